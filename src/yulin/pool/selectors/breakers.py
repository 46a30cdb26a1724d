"""How far each bank stands from each breaker, what the next claims would do, and who waits in the deferred queue.

Invariant: a bank sees its own line only; the sums behind it are those that a decision is measured by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import organisation_names
from yulin.pool.adapters.packs import published_laws
from yulin.pool.core.breakers import BreakerState, Stage, breaker_state, walk_queue
from yulin.pool.core.claims.states import STATE_NAMES
from yulin.pool.core.deciding import Law
from yulin.pool.core.words import clause_word
from yulin.pool.enums import ClaimState
from yulin.pool.errors import BreakerNotFoundError
from yulin.pool.models import Claim
from yulin.pool.selectors.claim_case import bank_sums, sums_by_bank
from yulin.pool.selectors.claim_page import Gauge, gauge_of
from yulin.pool.selectors.claims import claimable_loans, deferred_claims
from yulin.rules.core.scheme import Breaker

_ON_THE_WAY = (ClaimState.SUBMITTED, ClaimState.REVIEWED, ClaimState.CHECKED)
_NEXT_SHOWN = 20
STATES = {
    "none": ("ok", Text("未触及", "clear")),
    "unknown": ("unk", Text("界限未定", "line not set")),
    "warn": ("warn", Text("预警", "warning")),
    "defer": ("bad", Text("暂缓", "deferring")),
    "suspend": ("bad", Text("暂停受理", "suspended")),
}


@dataclass(frozen=True)
class Standing:
    """One breaker of one bank: the sums, where it stands, how far it is from the line."""

    state: BreakerState
    above_fen: int
    below_fen: int
    gauge: Gauge | None

    @property
    def title(self) -> Text:
        """What the breaker is called."""
        return self.state.breaker.title

    @property
    def clause(self) -> Text:
        """The article it rests on."""
        return clause_word(self.state.breaker.row)

    @property
    def verdict(self) -> tuple[str, Text]:
        """Its state as a verdict and a word; where nobody has set the line, nothing is said to be clear."""
        return STATES["unknown" if self.state.breaker.level_bp is None else self.state.state]

    @property
    def then(self) -> Text:
        """What follows when the line is passed."""
        return STATES[self.state.breaker.then][1]


@dataclass(frozen=True)
class BankRow:
    """One bank under one scheme, with its breakers and its deferred claims."""

    bank_id: int
    bank: Text
    scheme: Law
    standings: tuple[Standing, ...]
    deferred: int
    deferred_fen: int


@dataclass(frozen=True)
class NextClaim:
    """A claim on its way, or a loan that can be claimed, as it would meet the breakers."""

    firm: str
    loan: str
    number: str
    claim_id: int | None
    enrolment_id: int
    where: Text
    stage: Stage

    @property
    def measure_percent(self) -> str:
        """The measure with this claim counted in."""
        by = self.stage.by
        if by is None or by.measure is None:
            return "—"
        said = f"{float(by.measure) * 100:.2f}%"
        is_just_over = self.stage.is_held_back and said == f"{(by.breaker.level_bp or 0) / 100:.2f}%"
        return f">{said}" if is_just_over else said

    @property
    def verdict(self) -> tuple[str, Text]:
        """What would happen to it."""
        if self.stage.is_held_back:
            return "warn", Text("将暂缓", "would be deferred")
        return (
            ("unk", Text("界限未定", "line not set"))
            if self.stage.state == "unknown"
            else ("ok", Text("可审定", "can be decided"))
        )


@dataclass(frozen=True)
class BreakerPage:
    """One bank under one scheme: breakers, the next claims, the deferred queue."""

    row: BankRow
    next: tuple[NextClaim, ...]
    queue: Sequence[Claim]


def breaker_rows(actor: Actor, *, today: date) -> list[BankRow]:
    """Return every bank with loans or claims under a scheme that has breakers, the nearest to its line first."""
    own = actor.organisation_id if actor.kind == OrganisationKind.BANK else None
    rows = [row for law in _laws(today) for row in _rows_of(law, today, own)]
    return sorted(rows, key=lambda row: (-_nearness(row), row.bank.zh, row.scheme.pack.id))


def breaker_page(actor: Actor, bank_id: int, scheme_id: str, *, today: date) -> BreakerPage:
    """Return one bank's standing under a scheme, with its next claims walked through the breakers.

    Raises: `POOL.BREAKER.NOT_FOUND`, also when it is another bank's.
    """
    is_own = actor.sees_all_rows or (actor.kind == OrganisationKind.BANK and actor.organisation_id == bank_id)
    law = next((one for one in _laws(today) if one.pack.id == scheme_id), None)
    rows = _rows_of(law, today, bank_id) if law is not None and is_own else []
    if law is None or not rows:
        raise BreakerNotFoundError(scheme=scheme_id)
    return BreakerPage(rows[0], _next_claims(actor, law, bank_id, today), list(deferred_claims(bank_id, scheme_id)))


def _laws(today: date) -> list[Law]:
    """Return the schemes with breakers by bank, each in the version that ruled last."""
    latest: dict[str, Law] = {}
    for law in published_laws():
        if law.effective_from <= today and _breakers(law):
            latest[law.pack.id] = law
    return list(latest.values())


def _breakers(law: Law) -> list[Breaker]:
    return [one for one in law.pack.scheme.breakers if one.scope == "bank"]


def _rows_of(law: Law, today: date, bank_id: int | None) -> list[BankRow]:
    sums = sums_by_bank(law.pack.id, on=today, bank_id=bank_id)
    names = organisation_names(sums)
    waiting = (
        Claim.objects.filter(scheme_id=law.pack.id, bank_id__in=list(sums), state=ClaimState.DEFERRED.value)
        .order_by()
        .values("bank_id")
        .annotate(count=Count("pk"), sum=Sum("loss_base_fen"))
    )
    deferred = {row["bank_id"]: (row["count"], row["sum"]) for row in waiting}
    return [
        BankRow(
            bank_id=one,
            bank=names[one].name,
            scheme=law,
            standings=tuple(_standing(breaker, sums[one]) for breaker in _breakers(law)),
            deferred=deferred.get(one, (0, 0))[0],
            deferred_fen=deferred.get(one, (0, 0))[1],
        )
        for one in sorted(sums)
    ]


def _standing(breaker: Breaker, sums: Mapping[str, int]) -> Standing:
    state = breaker_state(breaker, sums)
    return Standing(state, sums.get(breaker.above, 0), sums.get(breaker.below, 0), gauge_of(state))


def _nearness(row: BankRow) -> float:
    """Return how much of the way to its nearest line a bank has gone."""
    gone = [
        float(one.state.measure) * 10_000 / one.state.breaker.level_bp
        for one in row.standings
        if one.state.measure is not None and one.state.breaker.level_bp
    ]
    return max(gone, default=-1.0)


def _next_claims(actor: Actor, law: Law, bank_id: int, today: date) -> tuple[NextClaim, ...]:
    """Return claims on their way in the order of their submission, then loans that can be claimed, oldest first."""
    on_the_way = list(
        Claim.objects.filter(
            bank_id=bank_id, scheme_id=law.pack.id, state__in=[state.value for state in _ON_THE_WAY]
        ).order_by("submitted_on", "id")[:_NEXT_SHOWN]
    )
    loans = list(
        claimable_loans(actor).filter(Q(bank_id=bank_id, scheme_id=law.pack.id))[: _NEXT_SHOWN - len(on_the_way)]
    )
    amounts = [one.loss_base_fen for one in on_the_way]
    amounts += [min(one.outstanding_fen, one.enrolled_amount_fen) for one in loans]
    stages = walk_queue(_breakers(law), bank_sums(bank_id, law.pack.id, on=today), amounts)
    known: list[tuple[str, str, str, int | None, int, Text]] = [
        (one.firm_name, one.loan_number, one.number, one.pk, one.enrolment_id, STATE_NAMES[ClaimState(one.state)])
        for one in on_the_way
    ]
    unclaimed = Text("尚未申请", "not claimed yet")
    known += [(one.firm_name, one.loan_number, "", None, one.pk, unclaimed) for one in loans]
    return tuple(NextClaim(*line, stage) for line, stage in zip(known, stages, strict=True))
