"""Every read of sample audits: who is to be sampled, samples with their lines, which payouts they hold back."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.selectors import organisation_names
from yulin.pool.adapters.packs import published_laws
from yulin.pool.core.deciding import Law
from yulin.pool.core.sampling import Estimate, SampleRule, sample_rule
from yulin.pool.enums import VoucherState
from yulin.pool.errors import SampleNotFoundError
from yulin.pool.models import Claim, SampleAudit, SampleLine, Voucher

_DONE = (VoucherState.PAID.value, VoucherState.VOID.value)


def sampled_laws() -> dict[int, tuple[Law, SampleRule]]:
    """Return the laws that ask for a sample before later instalments, by their published key."""
    found = {law.published_id: (law, sample_rule(law.pack.scheme.routing)) for law in published_laws()}
    return {key: (law, rule) for key, (law, rule) in found.items() if rule is not None}


def held_back() -> Q:
    """Return which vouchers wait for a sample audit of their claimant: later instalments without one that passed."""
    passed = SampleAudit.objects.filter(
        scheme_id=OuterRef("claim__scheme_id"), bank=OuterRef("bank"), has_passed=True, closed_on__isnull=False,
        drawn_on__gte=OuterRef("claim__decided_on"),
    )  # fmt: skip
    return Q(instalment__gt=1, claim__pack_id__in=list(sampled_laws())) & Q(~Exists(passed))


def population(scheme_id: str, bank_id: int) -> QuerySet[Claim]:
    """Return the claims whose later instalments wait while earlier ones are paid."""
    vouchers = Voucher.objects.filter(claim=OuterRef("pk"))
    later = vouchers.filter(held_back(), instalment__gt=1).exclude(state__in=_DONE)
    paid = vouchers.filter(state=VoucherState.PAID.value)
    rows = Claim.objects.filter(Exists(later), Exists(paid), scheme_id=scheme_id, bank_id=bank_id)
    return rows.order_by("number")


def paid_on(claims: QuerySet[Claim]) -> dict[int, int]:
    """Return what was paid on each of some claims."""
    rows = Voucher.objects.filter(claim__in=claims.order_by().values("pk"), state=VoucherState.PAID.value).order_by()
    return dict(rows.values_list("claim_id").annotate(Sum("amount_fen")))


@dataclass(frozen=True)
class ToSample:
    """A claimant whose later instalments wait for a sample."""

    scheme_id: str
    bank_id: int
    name: Text
    claims: int


def to_sample() -> list[ToSample]:
    """Return the claimants whose later instalments wait for a sample that nobody has drawn."""
    waiting = Voucher.objects.filter(held_back()).exclude(state__in=_DONE).order_by()
    pairs = set(waiting.values_list("claim__scheme_id", "bank_id"))
    opened = set(SampleAudit.objects.filter(closed_on__isnull=True).values_list("scheme_id", "bank_id"))
    names = organisation_names([bank for _, bank in pairs])
    found = [
        ToSample(scheme, bank, names[bank].name, population(scheme, bank).count())
        for scheme, bank in sorted(pairs - opened)
    ]
    return [one for one in found if one.claims]


def samples_visible_to(actor: Actor) -> QuerySet[SampleAudit]:
    """Return the samples that an actor may see: all, or none."""
    rows = SampleAudit.objects.select_related("bank")
    return rows if actor.may(Action.SEE_PAYOUTS) else rows.none()


def sample_for(actor: Actor, sample_id: int) -> SampleAudit:
    """Return one sample. Raises: `POOL.SAMPLE.NOT_FOUND`."""
    found = samples_visible_to(actor).filter(pk=sample_id).first()
    if found is None:
        raise SampleNotFoundError(sample=sample_id)
    return found


def lines_of(sample: SampleAudit) -> list[SampleLine]:
    """Return the claims of a sample."""
    return list(SampleLine.objects.filter(audit=sample).select_related("claim").order_by("id"))


def estimate_of(sample: SampleAudit) -> Estimate:
    """Return what the findings so far say of the whole."""
    lines = [one for one in lines_of(sample) if one.error_fen is not None]
    return Estimate(sum(one.paid_fen for one in lines), sum(one.error_fen or 0 for one in lines), sample.population_fen)
