"""The deferred queue of a bank or guarantor under a scheme, and how far of it the breakers allow to be taken up.

Invariant: the order of the deferrals is the order of the release; what was taken up before and is not decided yet
counts like what is decided, so that two releases allow no more than one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yulin.base.text import Text
from yulin.pool.core.breakers import Stage, Waiting, walk_queue
from yulin.pool.core.words import percent_word
from yulin.pool.enums import ClaimState
from yulin.pool.models import Claim
from yulin.pool.models.claims import ClaimQuerySet
from yulin.pool.selectors.claim_case import breaker_sums, breakers_of, law_of

_NOTHING = Text("—", "—")


@dataclass(frozen=True)
class Releasable:
    """The claims of a queue that can be taken up now, and the breaker that holds the first of the others."""

    claims: tuple[Claim, ...]
    stage: Stage | None = None

    @property
    def title(self) -> Text:
        """What the breaker is called that holds the rest."""
        return self.stage.by.breaker.title if self.stage and self.stage.by else _NOTHING

    @property
    def found(self) -> str:
        """The measure with the first held claim counted in."""
        measure = self.stage.by.measure if self.stage and self.stage.by else None
        return "—" if measure is None else f"{float(measure):.3%}"

    @property
    def level(self) -> str:
        """The line."""
        return percent_word((self.stage.by.breaker.level_bp or 0) if self.stage and self.stage.by else 0)


def deferred_claims(claimant_id: int, scheme_id: str) -> ClaimQuerySet:
    """Return the deferred claims of a bank or guarantor under a scheme, in the order in which they are taken up."""
    rows = Claim.objects.filter(bank_id=claimant_id, scheme_id=scheme_id, state=ClaimState.DEFERRED.value)
    return rows.order_by("deferred_at", "id")


def taken_up(claimant_id: int, scheme_id: str) -> ClaimQuerySet:
    """Return the claims that were deferred and taken up again and wait for their decision."""
    rows = Claim.objects.filter(bank_id=claimant_id, scheme_id=scheme_id, deferred_at__isnull=False)
    return rows.filter(state=ClaimState.CHECKED.value).order_by("deferred_at", "id")


def releasable(queue: Sequence[Claim], *, on: date) -> Releasable:
    """Return how much of a queue, from its head, the breakers of each claim's own law allow to be taken up on a day."""
    if not queue:
        return Releasable(())
    first = queue[0]
    before = list(taken_up(first.bank_id, first.scheme_id))
    kind = first.bank.kind
    waiting = [Waiting(one.loss_base_fen, breakers_of(law_of(one), kind)) for one in (*before, *queue)]
    met = [breaker for one in waiting for breaker in one.breakers]
    stages = walk_queue(waiting, breaker_sums(first.bank, first.scheme_id, on=on, breakers=met))[len(before) :]
    held = next((place for place, stage in enumerate(stages) if stage.is_held_back), None)
    return Releasable(tuple(queue[:held]), None if held is None else stages[held])
