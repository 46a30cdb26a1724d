"""Everything that one package's page shows: debts, pre-flight, who owned them when, papers, notices, its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yulin.base.errors import YulinError
from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.pool.core.assignment.debts import DEBT_BLOCKS
from yulin.pool.core.assignment.kinds import KIND_LAWS, KindLaw
from yulin.pool.core.assignment.package import ACT_NAMES, PACKAGE_NAMES, STEP_NAMES, PackageStep
from yulin.pool.core.assignment.preflight import Item, Preflight
from yulin.pool.core.assignment.timeline import ROW_NAMES
from yulin.pool.enums import AssignmentKind, AssignmentState, PackageState, RequestState, TransferAct
from yulin.pool.models import (
    AssignedDebt,
    AssignmentPaper,
    DebtorNotice,
    DebtOwnership,
    DebtPackage,
    PackageEvent,
    PassedOnPayment,
    TransferAsk,
)
from yulin.pool.selectors.assignments import package_for, preflight_of
from yulin.pool.selectors.claim_page import WayStep

_WAY = (PackageState.DRAFT, PackageState.SUBMITTED, PackageState.APPROVED, PackageState.ACTIVE)
_UNDECIDED = frozenset({PackageState.DRAFT, PackageState.SUBMITTED})
_OTHER_STEPS = {
    "make": Text("建立转让包", "Made"),
    "ask_back": Text("申请回购", "Buy-back asked for"),
    "approve_buy_back": Text("批准回购", "Buy-back approved"),
    "decline_buy_back": Text("不予回购", "Buy-back declined"),
    "cancel_buy_back": Text("撤销回购申请", "Buy-back cancelled"),
    "lapse_buy_back": Text("回购未获批准", "Buy-back not approved in time"),
}
_ROW_VERDICTS = {
    AssignmentState.PENDING: "warn",
    AssignmentState.ACTIVE: "ok",
    AssignmentState.DECLINED: "bad",
}


@dataclass(frozen=True)
class DebtLine:
    """One debt of a package: its notice, what stands against it, what was passed on."""

    debt: AssignedDebt
    notice: DebtorNotice | None
    against: tuple[Item, ...]
    state: tuple[str, Text]
    was_sold: bool


@dataclass(frozen=True)
class Sold:
    """The debts of a package that did change hands, and what they add up to."""

    count: int
    principal_fen: int
    price_fen: int


@dataclass(frozen=True)
class Span:
    """Days over which debts of the package were in one state."""

    verdict: str
    state: Text
    act: Text
    first_on: date
    last_on: date | None
    debts: int
    reason: Text


@dataclass(frozen=True)
class PackagePage:
    """The page of one package."""

    package: DebtPackage
    law: KindLaw
    debts: list[DebtLine]
    preflight: Preflight | None
    refused_pack: YulinError | None
    asks: list[TransferAsk]
    spans: list[Span]
    papers: list[AssignmentPaper]
    notices: list[DebtorNotice]
    passed_on: list[PassedOnPayment]
    way: list[WayStep]

    @property
    def pending(self) -> TransferAsk | None:
        """The request that waits for a decision."""
        return next((one for one in self.asks if one.state == RequestState.SUBMITTED), None)

    @property
    def buy_back(self) -> TransferAsk | None:
        """The buy-back that waits, for a decision or for its settlement."""
        waits = {RequestState.SUBMITTED, RequestState.APPROVED}
        return next((one for one in self.asks if one.act == TransferAct.BUY_BACK and one.state in waits), None)

    @property
    def without_notice(self) -> list[AssignedDebt]:
        """The debts whose debtor was not told yet."""
        return [one.debt for one in self.debts if one.notice is None]

    @property
    def sold(self) -> Sold | None:
        """What took effect of a package of which not every debt could change hands; None of any other."""
        if self.package.active_from is None or all(one.was_sold for one in self.debts):
            return None
        gone = [one.debt for one in self.debts if one.was_sold]
        return Sold(len(gone), sum(one.principal_fen for one in gone), sum(one.price_fen for one in gone))

    @property
    def compensated_fen(self) -> int:
        """What the pool had compensated of these debts."""
        return sum(one.debt.compensated_fen for one in self.debts)

    @property
    def passed_on_fen(self) -> int:
        """What the bank has passed on to the new owner."""
        return sum(one.amount_fen for one in self.passed_on)

    @property
    def good(self) -> int:
        """How many items of the pre-flight are met."""
        return sum(one.outcome == Outcome.MET for one in self.preflight.items) if self.preflight else 0


def package_page(actor: Actor, package_id: int, *, today: date) -> PackagePage:
    """Return the page of a package.

    Raises: `POOL.ASSIGNMENT.NOT_FOUND`.
    """
    package = package_for(actor, package_id)
    debts = list(package.debts.order_by("id"))
    asks = list(package.asks.order_by("id"))
    found, refused = _preflight(package, debts, asks, today)
    notices = list(package.notices.select_related("proof", "debt").order_by("id"))
    latest = {one.debt_id: one for one in notices}
    rows = list(DebtOwnership.objects.filter(debt__package=package).order_by("id"))
    states = {row.debt_id: AssignmentState(row.state) for row in rows if row.act == TransferAct.SALE}
    return PackagePage(
        package=package,
        law=KIND_LAWS[AssignmentKind(package.kind)],
        debts=[
            DebtLine(
                debt,
                latest.get(debt.pk),
                found.of_debt(debt.pk) if found else (),
                _state(states.get(debt.pk)),
                was_sold=states.get(debt.pk) == AssignmentState.ACTIVE,
            )
            for debt in debts
        ],
        preflight=found,
        refused_pack=refused,
        asks=asks,
        spans=_spans(rows),
        papers=list(package.papers.order_by("id")),
        notices=notices,
        passed_on=list(package.passed_on.select_related("debt").order_by("received_on", "id")),
        way=_way(package, list(package.history.order_by("id"))),
    )


def _preflight(
    package: DebtPackage, debts: list[AssignedDebt], asks: Sequence[TransferAsk], today: date
) -> tuple[Preflight | None, YulinError | None]:
    """Return the pre-flight of today while it is open, afterwards the one that was decided on."""
    kept = next((one.preflight for one in asks if one.preflight), None)
    if package.state not in _UNDECIDED and kept is not None:
        return Preflight.read(kept), None
    try:
        return preflight_of(package, debts, today=today), None
    except YulinError as error:
        return None, error


def _state(state: AssignmentState | None) -> tuple[str, Text]:
    if state is None:
        return "idle", PACKAGE_NAMES[PackageState.DRAFT]
    return _ROW_VERDICTS.get(state, "idle"), ROW_NAMES[state]


def _spans(rows: Sequence[DebtOwnership]) -> list[Span]:
    """Return the rows of all debts, those alike as one line with their number."""
    counts: dict[tuple[int, str, str, date, date | None, str], int] = {}
    for row in rows:
        key = (row.ask_id, row.act, row.state, row.valid_from, row.valid_until, row.reason)
        counts[key] = counts.get(key, 0) + 1
    return [
        Span(
            verdict=_ROW_VERDICTS.get(AssignmentState(state), "idle"),
            state=ROW_NAMES[AssignmentState(state)],
            act=ACT_NAMES[TransferAct(act)],
            first_on=first,
            last_on=None if until is None else date.fromordinal(until.toordinal() - 1),
            debts=count,
            reason=_reason(reason),
        )
        for (_, act, state, first, until, reason), count in counts.items()
    ]


def _reason(reason: str) -> Text:
    """Return a reason in words; codes of a decline are said as their texts."""
    codes = reason.split()
    if codes and all(code in DEBT_BLOCKS for code in codes):
        said = [DEBT_BLOCKS[code] for code in codes]
        return Text("、".join(one.zh for one in said), ", ".join(one.en for one in said))
    return Text(reason, reason)


def _way(package: DebtPackage, events: Sequence[PackageEvent]) -> list[WayStep]:
    steps = [WayStep("done", _step_name(event.step), _event_note(event)) for event in events]
    state = PackageState(package.state)
    if state not in _WAY:
        return steps
    if state != PackageState.ACTIVE:
        settles_on = package.settles_on
        note = Text(f"{settles_on}交割", f"settles on {settles_on}") if settles_on else Text("", "")
        steps.append(WayStep("now", PACKAGE_NAMES[state], note))
    ahead = _WAY[_WAY.index(state) + 1 :]
    return [*steps, *(WayStep("todo", PACKAGE_NAMES[later], Text("", "")) for later in ahead)]


def _step_name(step: str) -> Text:
    return STEP_NAMES[PackageStep(step)] if step in set(PackageStep) else _OTHER_STEPS[step]


def _event_note(event: PackageEvent) -> Text:
    note = _reason(event.note)
    parts = [f"{event.on:%Y-%m-%d}", event.actor_name]
    return Text(" · ".join(x for x in (*parts, note.zh) if x), " · ".join(x for x in (*parts, note.en) if x))
