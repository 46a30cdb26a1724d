"""The year-end plan: which reviewed or compensated claims leave the balance sheet by 31 December, and why others not.

Invariant: the plan counts a claim as leaving only where nothing stands against it and no term is open; what is ready is
what a package can be made of today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from yulin.base.errors import YulinError
from yulin.base.outcome import Outcome
from yulin.base.text import OWN_CURRENCY, Text
from yulin.base.workdays import WorkCalendar
from yulin.people.core.actors import Actor
from yulin.pool.adapters.packs import law_by_id, published_laws
from yulin.pool.core.assignment.debts import DEBT_BLOCKS
from yulin.pool.core.assignment.planner import Candidate, PlanLine, plan_line
from yulin.pool.core.assignment.preflight import PACK_ID, debt_items
from yulin.pool.core.claims.instalments import awaiting
from yulin.pool.core.claims.routing import needs_meeting
from yulin.pool.core.claims.terms import TERM_NAMES, term_workdays
from yulin.pool.core.deciding import Law
from yulin.pool.enums import ClaimState
from yulin.pool.models import AssignedDebt, Claim, JointMeeting
from yulin.pool.selectors.assignments import blocks_of, debts_visible
from yulin.rules.selectors import pack_in_force

_PLANNED = [
    ClaimState.SUBMITTED, ClaimState.RETURNED, ClaimState.REVIEWED, ClaimState.CHECKED, ClaimState.DEFERRED,
    ClaimState.DECIDED, ClaimState.NOTICED, ClaimState.APPROVED, ClaimState.PAID, ClaimState.RECALLED,
]  # fmt: skip
_WAITS = Text("后期补偿等待条件，何时付清未知", "a later instalment waits for its event: when all is paid is not known")
_UNCOMPENSATED = "POOL.ASSIGNMENT.DEBT_NOT_COMPENSATED"
_HELD = ("package__currency", "principal_fen")
_Items = dict[str, tuple[Text, Outcome]]


@dataclass(frozen=True)
class Planned:
    """One claim of the plan with what the plan says of it."""

    claim: Claim
    line: PlanLine
    currency: str

    @property
    def is_ready(self) -> bool:
        """Whether it can be put into a package today."""
        return self.claim.state == ClaimState.PAID and self.line.outcome == Outcome.MET

    @property
    def reasons(self) -> tuple[Text, ...]:
        """What stands against it, or what is open."""
        return (*self.line.blocks, *self.line.questions)


@dataclass(frozen=True)
class YearEndPlan:
    """The plan of one year: what is ready, what leaves if every step takes its term, what is open, what is blocked."""

    year_end: date
    workdays_left: int | None
    ready: list[Planned]
    coming: list[Planned]
    open: list[Planned]
    blocked: list[Planned]
    in_packages: int
    held: Mapping[str, int]  # what lies in packages, by currency

    @property
    def groups(self) -> list[tuple[str, Text, Text, list[Planned], Mapping[str, int]]]:
        """The parts of the plan as the page shows them, with what each adds up to by currency."""
        parts = (
            ("ready", _READY, self.ready),
            ("coming", _COMING, self.coming),
            ("open", _OPEN, self.open),
            ("blocked", _BLOCKED, self.blocked),
        )
        return [(key, name, hint, rows, _sums(rows)) for key, (name, hint), rows in parts]

    @property
    def ready_sums(self) -> Mapping[str, int]:
        """What is ready adds up to, by currency."""
        return _sums(self.ready)


_READY = (
    Text("现在可组包", "Ready for a package"),
    Text("补偿已拨付，预检的逐笔事项无不符", "compensated, and nothing of a debt's own stands against it"),
)
_COMING = (
    Text("年内可出表", "Leave in time"),
    Text("各环节用满时限仍可在年内生效", "in time even if every step takes its whole term"),
)
_OPEN = (
    Text("尚不能确定", "Not known yet"),
    Text("方案未定期限，或有事项未知", "a term is not stated, or something is not known"),
)
_BLOCKED = (
    Text("现在受阻", "Blocked now"),
    Text("逐笔列明原因，消除后重新推算", "each with its reasons; worked out again once they are gone"),
)


def _added(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for currency, fen in amounts:
        sums[currency] = sums.get(currency, 0) + fen
    return sums or {OWN_CURRENCY: 0}


def _sums(rows: Sequence[Planned]) -> dict[str, int]:
    return _added((one.currency, one.line.candidate.amount_fen) for one in rows)


def year_end_plan(actor: Actor, *, today: date, calendar: WorkCalendar, bank_id: int | None = None) -> YearEndPlan:
    """Return the plan of the year of `today` over the claims that an actor may see.

    Raises: `RULES.PACK.UNKNOWN`, `RULES.PACK.NOT_IN_FORCE` where the pre-flight is no law here.
    """
    year_end = date(today.year, 12, 31)
    _, pack = pack_in_force(PACK_ID, today)
    rows = debts_visible(actor).filter(state__in=[each.value for each in _PLANNED]).defer("sheet", "statement")
    if bank_id is not None:
        rows = rows.filter(bank_id=bank_id)
    laws = {law.published_id: law for law in published_laws()}
    items: dict[str, _Items] = {}
    found: list[Planned] = []
    assigned = AssignedDebt.objects.filter(claim__in=rows.values("pk"), is_open=True)
    held_by = {pk: (currency, fen) for pk, currency, fen in assigned.values_list("claim_id", *_HELD)}
    met = set(
        JointMeeting.objects.filter(claim__in=rows.values("pk"), held_on__gte=F("claim__since_on")).values_list(
            "claim_id", flat=True
        )
    )
    for claim in rows.order_by("paid_on", "since_on", "id"):
        if claim.pk in held_by:
            continue
        five_class = claim.enrolment.five_class
        if five_class not in items:
            items[five_class] = debt_items(pack, five_class, today)
        law = laws.get(claim.pack_id) or law_by_id(claim.pack_id)
        candidate = _candidate(claim, law, items[five_class], is_met=claim.pk in met)
        line = plan_line(candidate, today=today, year_end=year_end, calendar=calendar)
        found.append(Planned(claim, line, law.pack.currency))
    return YearEndPlan(
        year_end=year_end,
        workdays_left=_workdays_left(calendar, today, year_end),
        ready=[one for one in found if one.is_ready],
        coming=[one for one in found if one.line.outcome == Outcome.MET and not one.is_ready],
        open=[one for one in found if one.line.outcome == Outcome.UNKNOWN],
        blocked=[one for one in found if one.line.outcome == Outcome.NOT_MET],
        in_packages=len(held_by),
        held=_added(held_by.values()),
    )


def _candidate(claim: Claim, law: Law, items: _Items, *, is_met: bool) -> Candidate:
    scheme = law.pack.scheme
    waits = claim.state != ClaimState.PAID and any(awaiting(mode) for mode in scheme.modes_for(claim.enrolment.mode))
    return Candidate(
        number=claim.number,
        bank_name=claim.bank.short_name.zh,
        amount_fen=claim.enrolment.outstanding_fen,
        state=ClaimState(claim.state),
        since_on=claim.since_on,
        terms={term: term_workdays(scheme.timetable, term) for term in TERM_NAMES},
        pre_flight=items,
        blocks=tuple(DEBT_BLOCKS[code] for code in blocks_of(claim) if code != _UNCOMPENSATED),
        questions=(_WAITS,) if waits else (),
        is_to_be_met=not is_met and needs_meeting(scheme.routing, loss_base_fen=claim.loss_base_fen),
    )


def _workdays_left(calendar: WorkCalendar, today: date, year_end: date) -> int | None:
    try:
        return calendar.workdays_left(today, year_end)
    except YulinError:
        return None
