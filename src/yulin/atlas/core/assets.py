"""A firm's assets, each with its state of pledge, and the alarms: pledged twice, pledged and sold, invoice taken back.

Assets, pledges and disposals come from different sources; a pledge or a disposal names its asset by kind and number. A
pledge holds over a half-open interval of days. An alarm is raised where two creditors hold one asset on one day, where
an asset was sold while pledged or pledged after it was sold, and where the invoice behind a receivable was taken back
by a red one or is void. It is an alarm, not a verdict: a person looks at the papers that it names.

Property: the order of pledges, disposals and invoices changes no alarm; a pledge released earlier raises no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations

from yulin.atlas.core.invoices import SALE, SetAside, sort_invoices, taken_back
from yulin.atlas.core.operations import invoice_frame
from yulin.atlas.core.panels import Alarm, Figure, Panel, Row, Table, figure
from yulin.atlas.core.particulars import ASSETS, FORMS, day_of, first_day_meant, key_of, kind_of
from yulin.atlas.core.statements import Said
from yulin.atlas.enums import ParticularKind
from yulin.base.text import Text

ASSET_KINDS = (
    ParticularKind.EQUIPMENT,
    ParticularKind.RECEIVABLE,
    ParticularKind.IP_RIGHT,
    ParticularKind.HOLDING,
    ParticularKind.ORDER,
    ParticularKind.DATA_ASSET,
    ParticularKind.ENVIRONMENTAL_RIGHT,
)
_NOT_OF_ASSETS = frozenset({"granted_on"})  # the list of rights has it; what an asset is worth depends on its end
_EQUITY = Text("对外股权", "Equity held")
# What registers of pledges and of sales call a kind beside its own title.
_MORE_WORDS = {
    ParticularKind.EQUIPMENT: "机器设备 生产设备",
    ParticularKind.RECEIVABLE: "应收款 应收帐款",
    ParticularKind.IP_RIGHT: "专利 专利权 商标 商标专用权 著作权 软件著作权",
    ParticularKind.HOLDING: "股权 股份",
    ParticularKind.ENVIRONMENTAL_RIGHT: "碳排放权 碳排放配额 排污权",
}
_KIND_OF_WORD = {FORMS[kind].title.zh: kind.value for kind in ASSET_KINDS} | {
    word: kind.value for kind, words in _MORE_WORDS.items() for word in words.split()
}


class PledgeState(StrEnum):
    """How an asset stands on a day."""

    FREE = "free"
    PLEDGED = "pledged"
    SOLD = "sold"


class InvoiceState(StrEnum):
    """What the firm's invoices say of a receivable."""

    NOT_OPEN = "not_open"
    UNKNOWN = "unknown"
    SOUND = "sound"
    TAKEN_BACK = "taken_back"
    VOID = "void"
    TOO_SMALL = "too_small"


_STATES = {
    PledgeState.FREE: Text("未登记抵质押", "No pledge registered"),
    PledgeState.PLEDGED: Text("已抵质押", "Pledged"),
    PledgeState.SOLD: Text("已处置", "Sold"),
}
_INVOICES = {
    InvoiceState.NOT_OPEN: Text("未开放发票，未核验", "Not verified: invoices are not open"),
    InvoiceState.UNKNOWN: Text("未见此发票，未核验", "Not verified: no such invoice is known"),
    InvoiceState.SOUND: Text("发票已核验", "Verified by its invoice"),
    InvoiceState.TAKEN_BACK: Text("发票已被红字冲销", "Its invoice was taken back by a red one"),
    InvoiceState.VOID: Text("发票已作废", "Its invoice is void"),
    InvoiceState.TOO_SMALL: Text("金额超过发票", "More than its invoice"),
}
_BAD = frozenset({InvoiceState.TAKEN_BACK, InvoiceState.VOID, InvoiceState.TOO_SMALL})
_TWICE = Text(
    "%(kind)s%(asset)s在%(day)s同时质押给%(one)s与%(other)s",
    "%(kind)s %(asset)s: pledged to %(one)s and to %(other)s at the same time on %(day)s",
)
_SOLD = Text(
    "%(kind)s%(asset)s已质押给%(creditor)s，又于%(day)s处置给%(buyer)s",
    "%(kind)s %(asset)s: pledged to %(creditor)s and sold to %(buyer)s on %(day)s",
)
_INVOICE = Text("应收账款%(asset)s：%(why)s", "Receivable %(asset)s: %(why)s")


@dataclass(frozen=True)
class Pledge:
    """One creditor's pledge of one asset over a half-open interval, as one statement says it."""

    asset: tuple[str, str]
    creditor: str
    creditor_name: str
    since: date
    until: date | None
    said: Said

    def holds_on(self, day: date) -> bool:
        """Tell whether the pledge holds on a day."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Verified:
    """What the invoices say of a receivable, and which of them say so."""

    state: InvoiceState
    rests_on: tuple[Said, ...] = ()


def assets(
    found: Mapping[ParticularKind, Sequence[Said]], equity: Sequence[Said], on: date, *, has_invoices: bool
) -> Panel | None:
    """Return the panel of a firm's assets on a day; `equity` are the holdings that it has in others.

    `has_invoices` is False where the reader may not see invoices: then no receivable is verified, and none is doubted.
    """
    owned = {kind: list(found.get(kind, ())) for kind in ASSET_KINDS} | {ParticularKind.HOLDING: list(equity)}
    pledges = sorted(pledges_of(found.get(ParticularKind.PLEDGE, ())), key=_order)
    disposals = found.get(ParticularKind.DISPOSAL, ())
    if not any(owned.values()) and not pledges:
        return None
    checks = verified(owned[ParticularKind.RECEIVABLE], found.get(ParticularKind.INVOICE, ()), on, is_open=has_invoices)
    alarms = [*pledged_twice(pledges), *pledged_and_sold(pledges, disposals), *_unsound(checks, owned)]
    figures = [one for kind in ASSET_KINDS for one in _sums(kind, owned[kind], pledges, on)]
    tables = [
        table for kind in ASSET_KINDS if (table := _table(kind, owned[kind], _Seen(pledges, disposals, checks, on)))
    ]
    note = Text(
        "状态按抵质押登记与处置记录；警示不是结论，须核对原件。",
        "States by pledge and disposal records; an alarm is no verdict: look at the papers.",
    )
    return Panel("assets", ASSETS, Text("资产画像", "Assets"), note, tuple(figures), tuple(tables), tuple(alarms))


def pledges_of(said: Iterable[Said]) -> list[Pledge]:
    """Return pledges that name asset, creditor and day; one without is no pledge yet, and counts nowhere."""
    return [
        Pledge(
            _asset_named(one),
            str(one.value.get("creditor") or one.value["creditor_name"]),
            str(one.value.get("creditor_name") or one.value["creditor"]),
            since,
            first_day_meant(one.value["released_on"]) if one.value.get("released_on") else None,
            one,
        )
        for one in said
        if one.value.get("asset_kind") and one.value.get("asset_key")
        and (one.value.get("creditor") or one.value.get("creditor_name"))
        and (since := day_of(one, "registered_on"))
    ]  # fmt: skip


def _asset_named(said: Said) -> tuple[str, str]:
    """Return the kind and number of the asset that a pledge or a disposal names, by its word or its code."""
    word = str(said.value.get("asset_kind"))
    return _KIND_OF_WORD.get(word, word), str(said.value.get("asset_key"))


def pledged_twice(pledges: Iterable[Pledge]) -> list[Alarm]:
    """Return an alarm for each two creditors that hold one asset on one day, whenever that was."""
    by_asset: dict[tuple[str, str], list[Pledge]] = defaultdict(list)
    for one in sorted(pledges, key=_order):
        by_asset[one.asset].append(one)
    alarms = []
    for asset, held in sorted(by_asset.items()):
        for one, other in combinations(held, 2):
            day = max(one.since, other.since)
            if one.creditor != other.creditor and one.holds_on(day) and other.holds_on(day):
                sentence = _TWICE.with_values(
                    kind=_kind_title(asset[0]),
                    asset=asset[1],
                    day=day.isoformat(),
                    one=one.creditor_name,
                    other=other.creditor_name,
                )
                alarms.append(Alarm("double_pledge", sentence, (one.said, other.said)))
    return alarms


def pledged_and_sold(pledges: Iterable[Pledge], disposals: Iterable[Said]) -> list[Alarm]:
    """Return an alarm for each pledge that held when its asset was sold, or that began after it was."""
    sold = [(day, one) for one in disposals if (day := day_of(one, "sold_on"))]
    alarms = []
    for pledge in sorted(pledges, key=_order):
        for day, one in sorted(sold, key=lambda each: (each[0], each[1].fact)):
            is_its = _asset_named(one) == pledge.asset
            if is_its and (pledge.until is None or day < pledge.until):
                sentence = _SOLD.with_values(
                    kind=_kind_title(pledge.asset[0]),
                    asset=pledge.asset[1],
                    creditor=pledge.creditor_name,
                    day=day.isoformat(),
                    buyer=one.value.get("buyer_name") or "–",
                )
                alarms.append(Alarm("pledged_and_sold", sentence, (pledge.said, one)))
    return alarms


def verified(receivables: Sequence[Said], invoices: Sequence[Said], on: date, *, is_open: bool) -> dict[str, Verified]:
    """Return, for each receivable by its name, what the sale's invoice of its number says."""
    if not is_open:
        return {one.fact: Verified(InvoiceState.NOT_OPEN) for one in receivables}
    sales = {str(one.value.get("number")): one for one in invoices if one.value.get("side") == SALE}
    sorted_ = sort_invoices(invoice_frame(invoices), on)
    void = {
        number for number, reason in sorted_.set_aside.select("number", "reason").iter_rows() if reason == SetAside.VOID
    }
    backs = dict(taken_back(sorted_.kept).select("number", "red_number").iter_rows())
    return {one.fact: _verdict(one, sales, void, backs) for one in receivables}


def _verdict(one: Said, sales: Mapping[str, Said], void: set[str], backs: Mapping[str, str]) -> Verified:
    number = str(one.value.get("number") or key_of(one))
    sale = sales.get(number)
    if sale is None:
        return Verified(InvoiceState.UNKNOWN)
    if number in void:
        return Verified(InvoiceState.VOID, (sale,))
    if number in backs:
        return Verified(InvoiceState.TAKEN_BACK, (sale, *filter(None, [sales.get(backs[number])])))
    is_above = (one.value.get("value_fen") or 0) > (sale.value.get("gross_fen") or 0)
    return Verified(InvoiceState.TOO_SMALL if is_above else InvoiceState.SOUND, (sale,))


def _unsound(checks: Mapping[str, Verified], owned: Mapping[ParticularKind, Sequence[Said]]) -> list[Alarm]:
    return [
        Alarm(
            "receivable_unsound",
            _INVOICE.with_values(asset=one.value.get("number") or key_of(one), why=_INVOICES[found.state]),
            (one, *found.rests_on),
        )
        for one in owned[ParticularKind.RECEIVABLE]
        if (found := checks[one.fact]).state in _BAD
    ]


def _order(pledge: Pledge) -> tuple[date, str, str, str]:
    return pledge.since, pledge.creditor, pledge.said.fact, pledge.said.source


def _kind_title(kind: str) -> Text:
    if kind == ParticularKind.HOLDING:
        return _EQUITY
    return FORMS[ParticularKind(kind)].title if kind in set(ParticularKind) else Text(kind, kind)


def asset_of(said: Said) -> tuple[str, str]:
    """Return by which kind and number pledges name an asset."""
    return kind_of(said).value, str(said.value.get("number") or key_of(said))


@dataclass(frozen=True)
class _Seen:
    """What states of assets are worked out from."""

    pledges: Sequence[Pledge]
    disposals: Sequence[Said]
    checks: Mapping[str, Verified]
    on: date

    def of(self, asset: Said) -> tuple[PledgeState, tuple[Said, ...]]:
        """Return how an asset stands on the day, and the records that say so."""
        name = asset_of(asset)
        sold = [
            one
            for one in self.disposals
            if _asset_named(one) == name and (day := day_of(one, "sold_on")) and day <= self.on
        ]
        held = [one.said for one in self.pledges if one.asset == name and one.holds_on(self.on)]
        state = PledgeState.SOLD if sold else PledgeState.PLEDGED if held else PledgeState.FREE
        return state, (*held, *sold)


def _sums(kind: ParticularKind, owned: Sequence[Said], pledges: Sequence[Pledge], on: date) -> list[Figure]:
    if not owned:
        return []
    title = _kind_title(kind.value)
    held = {one.asset for one in pledges if one.holds_on(on)}
    pledged = [one for one in owned if asset_of(one) in held]
    valued = [one for one in owned if one.value.get("value_fen") is not None]
    figures = [
        figure(f"{kind.value}_count", Text(f"{title.zh}：件数", f"{title.en}: how many"), len(owned), "count", owned),
        figure(
            f"{kind.value}_pledged",
            Text(f"{title.zh}：已抵质押", f"{title.en}: pledged"),
            len(pledged),
            "count",
            pledged,
        ),
    ]
    if valued:
        whole = sum(one.value["value_fen"] for one in valued)
        figures.insert(
            1,
            figure(f"{kind.value}_value_fen", Text(f"{title.zh}：价值", f"{title.en}: value"), whole, "money", valued),
        )
    return figures


def _table(kind: ParticularKind, owned: Sequence[Said], seen: _Seen) -> Table | None:
    if not owned:
        return None
    fields = {
        name: form
        for name, form in FORMS[kind].fields.items()
        if name not in _NOT_OF_ASSETS and any(one.value.get(name) is not None for one in owned)
    }
    is_receivable = kind is ParticularKind.RECEIVABLE
    rows = []
    for one in owned:
        state, records = seen.of(one)
        check = seen.checks.get(one.fact) if is_receivable else None
        cells = [form.says(one.value.get(name)) for name, form in fields.items()]
        cells += [_STATES[state], *([_INVOICES[check.state]] if check else [])]
        is_marked = check is not None and check.state in _BAD
        rows.append(Row(tuple(cells), (one, *records, *(check.rests_on if check else ())), is_marked))
    heads = (
        *(form.label for form in fields.values()),
        Text("抵质押状态", "Pledge"),
        *([Text("发票核验", "Invoice")] if is_receivable else []),
    )
    return Table(f"assets-{kind.value}", _kind_title(kind.value), heads, tuple(rows))
