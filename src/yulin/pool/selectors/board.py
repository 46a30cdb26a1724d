"""What the headline board reads: the latest snapshot, one row; and the set-based pass that a snapshot is made from.

Invariant: every figure of a snapshot comes from one statement over one view of the book, so that the figures agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from itertools import accumulate
from typing import Any

import polars as pl
from django.contrib.postgres.aggregates import ArrayAgg, BoolOr
from django.db import connection
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum

from yulin.base.text import OWN_CURRENCY
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import totals_of_kinds, totals_on
from yulin.pool.core import board
from yulin.pool.core.board_groups import LINE_COLUMNS, LOAN_COLUMNS, Group, groups_of
from yulin.pool.models import BoardSnapshot, CreditLine, Enrolment, Partnership
from yulin.rules.selectors import pack_currencies

COUNTED_STATES = ("confirmed", "conditional", "active", "closed")

# One statement reads the book once, so that the figures agree; what is added up of it is `core.board_groups`' work,
# which takes a fraction of the time that the same sums take in SQL. Rows come as text, thousands in one value each: a
# row at a time would take as long as all the rest.
_BOOK = """
SELECT 'loan', string_agg(concat_ws(
    %(between)s, id, firm_id, bank_id, coalesce(district_code, ''), industry, sector,
    coalesce(is_hnte::text, 'unknown'), coalesce(is_pure_credit::text, ''), disbursed_on,
    coalesce(annual_rate_ppm::text, ''), loan_amount_fen), E'\n')
FROM pool_enrolment
WHERE state = ANY(%(states)s) AND loan_status <> 'undisbursed' AND disbursed_on <= %(as_of)s
  AND scheme_id LIKE %(schemes)s AND scheme_id <> ALL(%(foreign)s)
GROUP BY id / 20000
UNION ALL
SELECT 'line', string_agg(concat_ws(%(between)s, firm_id, line_fen), E'\n')
FROM pool_creditline AS line WHERE signed_on <= %(as_of)s {of_currency}
GROUP BY id / 20000
UNION ALL
SELECT DISTINCT 'unit', concat_ws(%(between)s, bank_id, unit_name)
FROM pool_partnership
WHERE unit_name <> '' AND valid_from <= %(as_of)s AND (valid_until IS NULL OR valid_until > %(as_of)s)
  AND scheme_id LIKE %(schemes)s
"""
_OF_CURRENCY = """AND NOT EXISTS (
    SELECT FROM pool_enrolment WHERE credit_line_id = line.id AND scheme_id = ANY(%(foreign)s))"""
_BETWEEN = "\x1f"  # stands in no value


@dataclass(frozen=True)
class Year:
    """One calendar year of lending."""

    year: int
    loans: int
    firms: int
    lent_fen: int
    cumulative_fen: int
    rate_low_ppm: int | None
    rate_high_ppm: int | None


@dataclass(frozen=True)
class OtherCurrency:
    """What a group of schemes lent in another currency than its figures are in; it is in none of them."""

    currency: str
    loans: int
    firms: int
    lent_fen: int


@dataclass(frozen=True)
class BoardFigures:
    """All figures of the board on one day, in whole numbers, over the loans in one currency."""

    as_of: date
    first_on: date | None
    loans: int
    firms: int
    lent_fen: int
    lines: int
    lines_fen: int
    iab_nem_firms: int
    hnte_firms: int
    hnte_unknown_firms: int
    pure_credit_firms: int
    units: int
    years: list[Year] = field(default_factory=list)
    milestones: list[board.Milestone] = field(default_factory=list)
    banks: list[Group] = field(default_factory=list)
    districts: list[Group] = field(default_factory=list)
    industries: list[Group] = field(default_factory=list)
    sectors: list[Group] = field(default_factory=list)
    currency: str = OWN_CURRENCY
    others: list[OtherCurrency] = field(default_factory=list)
    paid_fen: int | None = None  # what all public layers have paid, by the ledger; None in snapshots of before

    def as_json(self) -> dict[str, Any]:
        """Return the figures as a snapshot keeps them: dates as ISO text."""
        return _dates_as_text(asdict(self))  # type: ignore[no-any-return]  # a dict stays a dict

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> BoardFigures:
        """Return the figures of a snapshot."""
        values = dict(kept)
        values["as_of"] = date.fromisoformat(kept["as_of"])
        values["first_on"] = _day(kept["first_on"])
        values["years"] = [Year(**row) for row in kept["years"]]
        values["milestones"] = [
            board.Milestone(row["amount_fen"], _day(row["reached_on"])) for row in kept["milestones"]
        ]
        values["others"] = [OtherCurrency(**row) for row in kept.get("others", ())]
        for name in ("banks", "districts", "industries", "sectors"):
            values[name] = [Group(**row) for row in kept[name]]
        return cls(**values)


def board_figures(*, scheme_group: str, as_of: date) -> BoardFigures:
    """Compute all figures from the book: schemes of `scheme_group`, loans paid out up to and including `as_of`.

    One statement; a second or two on a million loans, so pages read the snapshot instead.
    """
    currency, foreign = board_currency(scheme_group)
    values: dict[str, Any] = {
        "states": list(COUNTED_STATES), "as_of": as_of, "schemes": f"{scheme_group}-%", "foreign": list(foreign),
    }  # fmt: skip
    statement = _BOOK.format(of_currency=_OF_CURRENCY if foreign else "")
    parts: dict[str, list[str]] = {"loan": [], "line": [], "unit": []}
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"between": _BETWEEN})
        for kind, text in cursor:
            parts[kind].append(text)
    groups = groups_of(_table(parts["loan"], LOAN_COLUMNS), _table(parts["line"], LINE_COLUMNS))
    found = _figures(as_of, groups, units=len(parts["unit"]))
    others = _others(foreign, as_of) if foreign else []
    return replace(found, currency=currency, others=others, paid_fen=_paid_fen(scheme_group, foreign, as_of))


def _paid_fen(scheme_group: str, foreign: Collection[str], as_of: date) -> int:
    """Return what stands on the accounts of paid compensation of a group's layers at the end of a day."""
    codes = [
        code
        for code in totals_of_kinds([AccountKind.COMPENSATION_PAID])
        if code.startswith(f"{scheme_group}-") and code.partition(":")[0] not in foreign
    ]
    return sum(totals.posted_fen for totals in totals_on(codes, as_of).values()) if codes else 0


def board_currency(scheme_group: str) -> tuple[str, dict[str, str]]:
    """Return the currency of a group's figures and its schemes in others, each with its own.

    The yuan, unless no scheme of the group is in it.
    """
    found = {name: said for name, said in pack_currencies().items() if name.startswith(f"{scheme_group}-")}
    spoken = set(found.values()) or {OWN_CURRENCY}
    currency = OWN_CURRENCY if OWN_CURRENCY in spoken else min(spoken)
    return currency, {name: said for name, said in found.items() if said != currency}


def _others(foreign: Mapping[str, str], as_of: date) -> list[OtherCurrency]:
    sums: dict[str, list[Any]] = defaultdict(list)
    for scheme_id, currency in foreign.items():
        sums[currency].append(scheme_id)
    found = []
    for currency, schemes in sorted(sums.items()):
        lent = _counted(as_of).filter(scheme_id__in=schemes)
        row = lent.aggregate(n=Count("pk"), firms=Count("firm_id", distinct=True), sum=Sum("loan_amount_fen"))
        if row["n"]:
            found.append(OtherCurrency(currency, row["n"], row["firms"], row["sum"]))
    return found


def _table(parts: list[str], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    text = "\n".join(parts).encode()
    if not text:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(text, has_header=False, schema=schema, separator=_BETWEEN, quote_char=None)


def _figures(as_of: date, found: dict[str, list[Group]], *, units: int) -> BoardFigures:
    days = sorted((date.fromisoformat(day.key), day.lent_fen) for day in found["day"])
    firms = {tuple(group.key.split(":")): group.firms for group in found["firms"]}
    lines = found["lines"][0]
    return BoardFigures(
        as_of=as_of,
        first_on=days[0][0] if days else None,
        loans=sum(day.loans for day in found["day"]),
        firms=sum(firms.values()),
        lent_fen=sum(amount for _, amount in days),
        lines=lines.loans,
        lines_fen=lines.lent_fen,
        iab_nem_firms=sum(count for (sector, _), count in firms.items() if sector in {"iab", "nem"}),
        hnte_firms=sum(count for (_, held), count in firms.items() if held == "true"),
        hnte_unknown_firms=sum(count for (_, held), count in firms.items() if held == "unknown"),
        pure_credit_firms=found["pure"][0].firms,
        units=units,
        years=_years(found),
        milestones=board.milestones(days),
        banks=_largest_first(found["bank"]),
        districts=_largest_first(found["district"]),
        industries=_largest_first(found["industry"]),
        sectors=_largest_first(found["sector"]),
    )


def _years(found: dict[str, list[Group]]) -> list[Year]:
    rates: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for group in found["rate"]:
        year, rate = group.key.split(":")
        rates[int(year)].append((int(rate), group.lent_fen))
    rows = sorted(found["year"], key=lambda group: int(group.key))
    running = accumulate(row.lent_fen for row in rows)
    years = []
    for row, cumulative in zip(rows, running, strict=True):
        low, high = board.weighted_band(sorted(rates[int(row.key)])) or (None, None)
        years.append(Year(int(row.key), row.loans, row.firms, row.lent_fen, cumulative, low, high))
    return years


def _largest_first(groups: list[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: (-group.lent_fen, group.key))


def latest_snapshot(scheme_group: str) -> BoardSnapshot | None:
    """Return the newest snapshot of a group of schemes: the one row that the board page reads."""
    return BoardSnapshot.objects.filter(scheme_group=scheme_group).order_by("-as_of", "-computed_at").first()


def counted_loans(*, scheme_group: str, as_of: date) -> QuerySet[Enrolment]:
    """Return the loans that the figures count: enrolled, paid out by `as_of`, under a scheme of the group.

    Those in another currency than the figures are left out.
    """
    _, foreign = board_currency(scheme_group)
    rows = _counted(as_of).filter(scheme_id__startswith=f"{scheme_group}-")
    return rows.exclude(scheme_id__in=list(foreign)) if foreign else rows


def _counted(as_of: date) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(state__in=COUNTED_STATES, disbursed_on__lte=as_of).exclude(
        loan_status="undisbursed"
    )


def counted_firms(*, scheme_group: str, as_of: date, share: str = "") -> QuerySet[Any, dict[str, Any]]:
    """Return one row per firm that the figures count, with sector and title as filed with its latest loan.

    `share` is the key of a figure that is a share: then only the firms of its numerator. Keys: firm_id, name, code,
    loans, lent_fen, first_on, sectors and hnte (of its loans, the latest first), has_pure_credit.
    """
    latest_first = ("-disbursed_on", "-id")
    rows: QuerySet[Any, Any] = (
        counted_loans(scheme_group=scheme_group, as_of=as_of)
        .values("firm_id")
        .annotate(
            name=F("firm__name"),
            code=F("firm__identifier"),
            loans=Count("id"),
            lent_fen=Sum("loan_amount_fen"),
            first_on=Min("disbursed_on"),
            sectors=ArrayAgg("sector", order_by=latest_first),
            hnte=ArrayAgg("is_hnte", order_by=latest_first),
            has_pure_credit=BoolOr("is_pure_credit"),
        )
    )
    numerators: dict[str, dict[str, Any]] = {
        "iab-nem": {"sectors__0__in": ("iab", "nem")},
        "hnte": {"hnte__0": True},
        "pure-credit": {"has_pure_credit": True},
    }
    return rows.filter(**numerators.get(share, {}))


def counted_lines(*, scheme_group: str, as_of: date) -> QuerySet[CreditLine]:
    """Return the credit lines that the figures count: signed by `as_of` with firms that the figures count."""
    firms = counted_loans(scheme_group=scheme_group, as_of=as_of).values("firm_id")
    rows = CreditLine.objects.filter(signed_on__lte=as_of, firm_id__in=firms)
    _, foreign = board_currency(scheme_group)
    drawn = Enrolment.objects.filter(credit_line=OuterRef("pk"), scheme_id__in=list(foreign))
    return rows.filter(~Exists(drawn)) if foreign else rows


def counted_units(*, scheme_group: str, as_of: date) -> QuerySet[Partnership]:
    """Return the technology units that the figures count, one per bank and name."""
    return (
        Partnership.objects.filter(scheme_id__startswith=f"{scheme_group}-", valid_from__lte=as_of)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=as_of))
        .exclude(unit_name="")
        .order_by("bank_id", "unit_name")
        .distinct("bank_id", "unit_name")
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _dates_as_text(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _dates_as_text(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(part) for part in value]
    return value
