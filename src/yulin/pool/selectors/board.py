"""What the headline board reads: the latest snapshot, one row; and the set-based pass that a snapshot is made from.

Invariant: every figure of a snapshot comes from one statement over one view of the book, so that the figures agree.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import accumulate
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg, BoolOr
from django.db import connection
from django.db.models import Count, F, Min, Q, QuerySet, Sum

from yulin.pool.core import board
from yulin.pool.models import BoardSnapshot, CreditLine, Enrolment, Partnership

COUNTED_STATES = ("confirmed", "conditional", "active", "closed")

# One pass: the counted loans are read once, then summed by day, year and rate, bank, district, industry and sector, and
# once per firm. Firms are counted distinct within each group.
_SQL = """
WITH counted AS MATERIALIZED (
    SELECT id, firm_id, bank_id, district_code, industry, sector, is_hnte, is_pure_credit, disbursed_on,
           extract(year FROM disbursed_on)::int AS year, annual_rate_ppm, loan_amount_fen
    FROM pool_enrolment
    WHERE state = ANY(%(states)s) AND loan_status <> 'undisbursed' AND disbursed_on <= %(as_of)s
      AND scheme_id LIKE %(schemes)s
),
firm AS MATERIALIZED (
    SELECT DISTINCT ON (firm_id) firm_id, sector, is_hnte FROM counted ORDER BY firm_id, disbursed_on DESC, id DESC
),
line AS (
    SELECT line.line_fen FROM pool_creditline AS line
    WHERE line.signed_on <= %(as_of)s AND EXISTS (SELECT 1 FROM firm WHERE firm.firm_id = line.firm_id)
),
unit AS (
    SELECT DISTINCT bank_id, unit_name FROM pool_partnership
    WHERE unit_name <> '' AND valid_from <= %(as_of)s AND (valid_until IS NULL OR valid_until > %(as_of)s)
      AND scheme_id LIKE %(schemes)s
)
SELECT 'day', disbursed_on::text, count(*), 0, sum(loan_amount_fen) FROM counted GROUP BY disbursed_on
UNION ALL SELECT 'rate', year || ':' || annual_rate_ppm, count(*), 0, sum(loan_amount_fen)
    FROM counted WHERE annual_rate_ppm IS NOT NULL GROUP BY year, annual_rate_ppm
UNION ALL SELECT 'year', year::text, sum(loans), count(*), sum(lent)
    FROM (SELECT year, firm_id, count(*) AS loans, sum(loan_amount_fen) AS lent
          FROM counted GROUP BY 1, 2) AS f
    GROUP BY year
UNION ALL SELECT 'bank', bank_id::text, sum(loans), count(*), sum(lent)
    FROM (SELECT bank_id, firm_id, count(*) AS loans, sum(loan_amount_fen) AS lent
          FROM counted GROUP BY 1, 2) AS f
    GROUP BY bank_id
UNION ALL SELECT 'district', coalesce(district_code, ''), sum(loans), count(*), sum(lent)
    FROM (SELECT district_code, firm_id, count(*) AS loans, sum(loan_amount_fen) AS lent
          FROM counted GROUP BY 1, 2) AS f
    GROUP BY district_code
UNION ALL SELECT 'industry', coalesce(industry, ''), sum(loans), count(*), sum(lent)
    FROM (SELECT industry, firm_id, count(*) AS loans, sum(loan_amount_fen) AS lent
          FROM counted GROUP BY 1, 2) AS f
    GROUP BY industry
UNION ALL SELECT 'sector', coalesce(sector, ''), sum(loans), count(*), sum(lent)
    FROM (SELECT sector, firm_id, count(*) AS loans, sum(loan_amount_fen) AS lent
          FROM counted GROUP BY 1, 2) AS f
    GROUP BY sector
UNION ALL SELECT 'firms', coalesce(sector, '') || ':' || coalesce(is_hnte::text, 'unknown'), 0, count(*), 0
    FROM firm GROUP BY sector, is_hnte
UNION ALL SELECT 'pure', '', 0, count(DISTINCT firm_id), 0 FROM counted WHERE is_pure_credit
UNION ALL SELECT 'lines', '', count(*), 0, coalesce(sum(line_fen), 0) FROM line
UNION ALL SELECT 'units', '', count(*), 0, 0 FROM unit
"""


@dataclass(frozen=True)
class Group:
    """One row of a breakdown: its loans, its firms counted once, what was lent."""

    key: str
    loans: int
    firms: int
    lent_fen: int


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
class BoardFigures:
    """All figures of the board on one day, in whole numbers."""

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
        for name in ("banks", "districts", "industries", "sectors"):
            values[name] = [Group(**row) for row in kept[name]]
        return cls(**values)


def board_figures(*, scheme_group: str, as_of: date) -> BoardFigures:
    """Compute all figures from the book: schemes of `scheme_group`, loans paid out up to and including `as_of`.

    One statement; seconds on a million loans, so pages read the snapshot instead.
    """
    values: dict[str, Any] = {"states": list(COUNTED_STATES), "as_of": as_of, "schemes": f"{scheme_group}-%"}
    found: dict[str, list[Group]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        for kind, key, loans, firms, lent in cursor.fetchall():
            found[kind].append(Group(key, int(loans), int(firms), int(lent or 0)))
    return _figures(as_of, found)


def _figures(as_of: date, found: dict[str, list[Group]]) -> BoardFigures:
    days = sorted((date.fromisoformat(day.key), day.lent_fen) for day in found["day"])
    firms = {tuple(group.key.split(":")): group.firms for group in found["firms"]}
    lines, units = found["lines"][0], found["units"][0]
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
        units=units.loans,
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
    """Return the loans that the figures count: enrolled, paid out by `as_of`, under a scheme of the group."""
    return Enrolment.objects.filter(
        state__in=COUNTED_STATES, disbursed_on__lte=as_of, scheme_id__startswith=f"{scheme_group}-"
    ).exclude(loan_status="undisbursed")


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
    return CreditLine.objects.filter(signed_on__lte=as_of, firm_id__in=firms)


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
