"""How far each bank and guarantor stands from each breaker, what the next claims would do, who waits in the queue.

Invariant: each sees its own line only; the sums behind it are those that a decision is measured by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet, Sum

from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.people.core.rights import KIND_NAMES
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import organisation_names
from yulin.pool.adapters.packs import law_by_id, published_laws
from yulin.pool.core.breakers import BreakerState, Stage, Waiting, breaker_state, measured_words, walk_queue
from yulin.pool.core.claims.states import STATE_NAMES
from yulin.pool.core.codes import Note, note
from yulin.pool.core.deciding import Law
from yulin.pool.core.words import clause_word
from yulin.pool.enums import ClaimState
from yulin.pool.errors import BreakerNotFoundError
from yulin.pool.models import Claim, Enrolment
from yulin.pool.selectors.breaker_queue import Releasable, deferred_claims, releasable, taken_up
from yulin.pool.selectors.claim_case import (
    breaker_sums,
    breakers_of,
    claimant_gauges,
    scheme_sums,
    sums_by_claimant,
)
from yulin.pool.selectors.claim_page import Gauge, gauge_of
from yulin.pool.selectors.claims import claimable_loans
from yulin.rules.core.scheme import Breaker

if TYPE_CHECKING:
    from yulin.people.models import Organisation

_ON_THE_WAY = (ClaimState.SUBMITTED, ClaimState.REVIEWED, ClaimState.CHECKED)
_NEXT_SHOWN = 20
_KINDS = (OrganisationKind.BANK, OrganisationKind.GUARANTOR)  # whose claims breakers measure
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
class ClaimantRow:
    """One bank or guarantor under one scheme, with its breakers and its deferred claims."""

    claimant: Organisation
    scheme: Law
    standings: tuple[Standing, ...]
    deferred: int
    deferred_fen: int

    @property
    def bank_id(self) -> int:
        """Its id, as addresses carry it."""
        return int(self.claimant.pk)

    @property
    def bank(self) -> Text:
        """Its name."""
        return self.claimant.name

    @property
    def kind(self) -> Text:
        """What it is."""
        return KIND_NAMES[OrganisationKind(self.claimant.kind)]


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
    """One bank or guarantor under one scheme: breakers, the next claims, the deferred queue and its head that fits."""

    row: ClaimantRow
    next: tuple[NextClaim, ...]
    queue: Sequence[Claim]
    taken_up: Sequence[Claim]
    free: Releasable


def breaker_rows(actor: Actor, *, today: date) -> list[ClaimantRow]:
    """Return every bank and guarantor with loans or claims under a scheme with breakers, the nearest to its line first.

    A bank or a guarantor gets its own rows only.
    """
    own = actor.organisation_id if actor.kind in _KINDS else None
    kinds = (actor.kind,) if actor.kind in _KINDS else _KINDS
    rows = [row for law in _laws(today) for kind in kinds for row in _rows_of(law, kind, today, own)]
    return sorted(rows, key=lambda row: (-_nearness(row), row.bank.zh, row.scheme.pack.id))


def breaker_page(actor: Actor, claimant_id: int, scheme_id: str, *, today: date) -> BreakerPage:
    """Return one bank's or guarantor's standing under a scheme, with its next claims walked through the breakers.

    Raises: `POOL.BREAKER.NOT_FOUND`, also when it is another's.
    """
    is_own = actor.sees_all_rows or (actor.kind in _KINDS and actor.organisation_id == claimant_id)
    law = next((one for one in _laws(today) if one.pack.id == scheme_id), None)
    known = organisation_names([claimant_id]).get(claimant_id) if is_own else None
    rows = _rows_of(law, known.kind, today, claimant_id) if law is not None and known is not None else []
    if law is None or not rows:
        raise BreakerNotFoundError(scheme=scheme_id)
    queue = list(deferred_claims(claimant_id, scheme_id).select_related("bank"))
    waiting = list(taken_up(claimant_id, scheme_id))
    return BreakerPage(
        rows[0], _next_claims(actor, law, rows[0].claimant, today), queue, waiting, releasable(queue, on=today)
    )


def deferral_note(claimant: Organisation, law: Law, more_fen: int, *, today: date) -> Note | None:
    """Return that a breaker defers the decision of a claim of so much, counted in with the claimant's year, or None."""
    for gauge in claimant_gauges(claimant, law, on=today, more_fen=more_fen):
        if gauge.then.state == "defer" and gauge.then.measure is not None:
            return note("POOL.CLAIM.BANK_DEFERRED", claimant=claimant.short_name, **measured_words(gauge.then))
    return None


def _laws(today: date) -> list[Law]:
    """Return the schemes with breakers by claimant, each in the version that ruled last."""
    latest: dict[str, Law] = {}
    for law in published_laws():
        if law.effective_from <= today and any(breakers_of(law, kind) for kind in _KINDS):
            latest[law.pack.id] = law
    return list(latest.values())


def _rows_of(law: Law, kind: OrganisationKind | str, today: date, claimant_id: int | None) -> list[ClaimantRow]:
    breakers = breakers_of(law, kind)
    if not breakers:
        return []
    sums = sums_by_claimant(law.pack.id, kind, on=today, claimant_id=claimant_id)
    whole = scheme_sums(law.pack.id, breakers, on=today) if sums else {}
    known = organisation_names(sums)
    waiting = (
        Claim.objects.filter(scheme_id=law.pack.id, bank_id__in=list(sums), state=ClaimState.DEFERRED.value)
        .order_by()
        .values("bank_id")
        .annotate(count=Count("pk"), sum=Sum("loss_base_fen"))
    )
    deferred = {row["bank_id"]: (row["count"], row["sum"]) for row in waiting}
    return [
        ClaimantRow(
            claimant=known[one],
            scheme=law,
            standings=tuple(_standing(breaker, {**sums[one], **whole}) for breaker in breakers),
            deferred=deferred.get(one, (0, 0))[0],
            deferred_fen=deferred.get(one, (0, 0))[1],
        )
        for one in sorted(sums)
    ]


def _standing(breaker: Breaker, sums: Mapping[str, int]) -> Standing:
    state = breaker_state(breaker, sums)
    return Standing(state, sums.get(breaker.above, 0), sums.get(breaker.below, 0), gauge_of(state))


def _nearness(row: ClaimantRow) -> float:
    """Return how much of the way to its nearest line a claimant has gone."""
    gone = [
        float(one.state.measure) * 10_000 / one.state.breaker.level_bp
        for one in row.standings
        if one.state.measure is not None and one.state.breaker.level_bp
    ]
    return max(gone, default=-1.0)


def _next_claims(actor: Actor, law: Law, claimant: Organisation, today: date) -> tuple[NextClaim, ...]:
    """Return claims on their way in the order of their submission, then loans that can be claimed, oldest first.

    Each meets the breakers of the law under which its loan was enrolled, as its decision will.
    """
    bank_id = claimant.pk
    on_the_way = list(
        Claim.objects.filter(
            bank_id=bank_id, scheme_id=law.pack.id, state__in=[state.value for state in _ON_THE_WAY]
        ).order_by("submitted_on", "id")[:_NEXT_SHOWN]
    )
    loans = list(_claimable(actor, claimant).filter(scheme_id=law.pack.id)[: _NEXT_SHOWN - len(on_the_way)])
    amounts = [(one.pack_id, one.loss_base_fen) for one in on_the_way]
    amounts += [(one.pack_id, min(one.outstanding_fen, one.enrolled_amount_fen)) for one in loans]
    queue = [Waiting(fen, breakers_of(law_by_id(pack_id), claimant.kind)) for pack_id, fen in amounts]
    met = [breaker for one in queue for breaker in one.breakers]
    stages = walk_queue(queue, breaker_sums(claimant, law.pack.id, on=today, breakers=met))
    known: list[tuple[str, str, str, int | None, int, Text]] = [
        (one.firm_name, one.loan_number, one.number, one.pk, one.enrolment_id, STATE_NAMES[ClaimState(one.state)])
        for one in on_the_way
    ]
    unclaimed = Text("尚未申请", "not claimed yet")
    known += [(one.firm_name, one.loan_number, "", None, one.pk, unclaimed) for one in loans]
    return tuple(NextClaim(*line, stage) for line, stage in zip(known, stages, strict=True))


def _claimable(actor: Actor, claimant: Organisation) -> QuerySet[Enrolment]:
    """Return the loans that a bank or guarantor can claim on, as far as the actor sees them."""
    party = "guarantor_id" if claimant.kind == OrganisationKind.GUARANTOR else "bank_id"
    return claimable_loans(actor, kind=OrganisationKind(claimant.kind)).filter(**{party: claimant.pk})
