"""Draw a sample of a lender's claims, enter what was found in each, and close it: passed, or held back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import organisation_names
from yulin.people.services import record_audit
from yulin.pool.core.sampling import SampleRule, drawn
from yulin.pool.errors import (
    SampleErrorAmountError,
    SampleHandsError,
    SampleNotFoundError,
    SampleNothingError,
    SampleUnfinishedError,
)
from yulin.pool.models import SampleAudit, SampleLine
from yulin.pool.selectors.samples import estimate_of, paid_on, population, sampled_laws
from yulin.pool.services.claims._steps import lock_decisions

_NOBODY = Text("该机构", "this organisation")


def draw_sample(*, actor: Actor, scheme_id: str, bank_id: int) -> SampleAudit:
    """Draw a lender's claims whose later instalments wait, as many as the scheme says.

    Effects: one sample with its lines; audit row. Raises: `PEOPLE.NOT_ALLOWED`, `POOL.SAMPLE.NOTHING`.
    """
    _check(actor)
    with transaction.atomic(), scope(EVERYTHING):
        lock_decisions(scheme_id)
        bank = organisation_names([bank_id]).get(bank_id)
        rules = [rule for law, rule in sampled_laws().values() if law.pack.id == scheme_id]
        claims = {one.number: one for one in population(scheme_id, bank_id)} if bank and rules else {}
        is_open = SampleAudit.objects.filter(scheme_id=scheme_id, bank_id=bank_id, closed_on__isnull=True).exists()
        if bank is None or not claims or is_open:
            raise SampleNothingError(bank=bank.name if bank else _NOBODY, scheme=scheme_id)
        today, paid = business_date(), paid_on(population(scheme_id, bank_id))
        seed = f"{scheme_id}|{bank.code}|{today.isoformat()}"
        sample = SampleAudit.objects.create(
            scheme_id=scheme_id, bank=bank, drawn_on=today, seed=seed, claim_count=len(claims),
            population_fen=sum(paid.values()), most_bp=rules[-1].most_bp, drawn_by_id=actor.user_id,
        )  # fmt: skip
        chosen = drawn(claims, seed=seed, count=rules[-1].count)
        SampleLine.objects.bulk_create(
            SampleLine(audit=sample, claim=claims[number], paid_fen=paid[claims[number].pk]) for number in chosen
        )
        _audit(actor, sample, "draw", {"seed": seed, "claims": len(claims), "drawn": chosen})
    return sample


def enter_finding(*, actor: Actor, sample_id: int, line_id: int, error_fen: int, finding: str) -> SampleLine:
    """Enter what was found in one claim of an open sample; entered again, the later stands.

    Effects: the line; audit row. Raises: `PEOPLE.NOT_ALLOWED`, `POOL.SAMPLE.NOT_FOUND`, `POOL.SAMPLE.ERROR_AMOUNT`.
    """
    _check(actor)
    with transaction.atomic(), scope(EVERYTHING):
        sample = _locked(sample_id)
        line = SampleLine.objects.filter(audit=sample, pk=line_id).select_related("claim").first()
        if line is None:
            raise SampleNotFoundError(sample=sample_id)
        if not 0 <= error_fen <= line.paid_fen or not finding.strip():
            raise SampleErrorAmountError(claim=line.claim.number, error_fen=error_fen, paid_fen=line.paid_fen)
        line.error_fen, line.finding, line.found_by_id = error_fen, finding[:1000], actor.user_id
        line.save(update_fields=["error_fen", "finding", "found_by_id"])
        _audit(actor, sample, "enter_finding", {"claim": line.claim.number, "error_fen": error_fen})
    return line


def close_sample(*, actor: Actor, sample_id: int, conclusion: str) -> SampleAudit:
    """Close a sample by another person: its errors are extrapolated, and the lender passes or is held back.

    Effects: the sample; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.SAMPLE.NOT_FOUND`, `POOL.SAMPLE.SAME_HANDS`, `POOL.SAMPLE.UNFINISHED`.
    """
    _check(actor)
    with transaction.atomic(), scope(EVERYTHING):
        sample = _locked(sample_id)
        if sample.drawn_by_id == actor.user_id:
            raise SampleHandsError
        missing = SampleLine.objects.filter(audit=sample, error_fen__isnull=True).count()
        if missing or not conclusion.strip():
            raise SampleUnfinishedError(open_count=missing)
        found = estimate_of(sample)
        sample.audited_fen, sample.error_fen = found.audited_fen, found.error_fen
        sample.extrapolated_fen = found.extrapolated_fen
        sample.has_passed = found.passes(SampleRule(0, sample.most_bp))
        sample.conclusion, sample.closed_on, sample.closed_by_id = conclusion[:1000], business_date(), actor.user_id
        sample.save()
        facts = {"error_fen": found.error_fen, "extrapolated_fen": found.extrapolated_fen, "passed": sample.has_passed}
        _audit(actor, sample, "close", facts)
    return sample


def _check(actor: Actor) -> None:
    if not actor.may(Action.REVIEW_CLAIMS):
        raise NotAllowedError(action=str(Action.REVIEW_CLAIMS), role=str(actor.role))


def _locked(sample_id: int) -> SampleAudit:
    found = SampleAudit.objects.filter(pk=sample_id, closed_on__isnull=True).select_for_update().first()
    if found is None:
        raise SampleNotFoundError(sample=sample_id)
    return found


def _audit(actor: Actor, sample: SampleAudit, what: str, facts: Mapping[str, Any]) -> None:
    record_audit(actor=actor, action=f"pool.{what}_sample", subject=("sample", sample.pk), facts=dict(facts))
