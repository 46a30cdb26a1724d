"""Decide finance's part of an insurer's year: from the premium and the claims as they stand, for another to confirm."""

from __future__ import annotations

from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.pool.core.insurance import subsidy_payer
from yulin.pool.errors import SubsidyChangedError, SubsidyTwiceError
from yulin.pool.models import ExcessSubsidy
from yulin.pool.selectors.insurers import InsurerLine, insurer_line
from yulin.pool.services.claims._steps import lock_decisions
from yulin.pool.services.subsidies._steps import ask_kind, audit_subsidy, check_right, refuse_not_due, refuse_partner


def decide_subsidy(*, actor: Actor, scheme_id: str, insurer_id: int, year: int, shown_fen: int) -> ExcessSubsidy:
    """Decide the subsidy of a scheme, insurer and year; `shown_fen` is what the actor was shown.

    Nothing is held yet: that comes with the confirmation by another person.

    Effects: one `ExcessSubsidy` with what it was computed from; a notice that asks the authority; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.CLAIM.CONFLICT`, `POOL.SUBSIDY.NOT_FOUND`, `.TWICE`, `.YEAR_RUNS`,
    `.NO_PREMIUM`, `.NOTHING`, `.NO_PAYER`, `.CHANGED`.
    """
    check_right(actor, Action.DECIDE_SUBSIDIES)
    with transaction.atomic(), scope(EVERYTHING):
        lock_decisions(scheme_id)
        line = insurer_line(actor, (scheme_id, insurer_id, year), today=clock.business_date())
        refuse_partner(actor, line.insurer.name, insurer_id)
        if line.subsidy is not None:
            raise SubsidyTwiceError(insurer=line.insurer.name, year=year, amount_fen=line.subsidy.amount_fen)
        refuse_not_due(line)
        found = line.result.subsidy_fen
        if found != shown_fen:
            raise SubsidyChangedError(insurer=line.insurer.name, year=year, shown_fen=shown_fen, found_fen=found)
        subsidy = _written(actor, line)
        audit_subsidy(actor, subsidy, "decide", {
            "premium_fen": subsidy.premium_fen, "claims_fen": subsidy.claims_fen, "level_bp": subsidy.level_bp,
            "subsidy_bp": subsidy.subsidy_bp, "layer": subsidy.party,
        })  # fmt: skip
        said = Text(
            "请确认%(insurer)s%(year)s年超赔补贴%(sum)s元", "Confirm the subsidy of %(insurer)s for %(year)s: %(sum)s"
        )
        ask_kind(actor, subsidy, OrganisationKind.AUTHORITY, said)
    return subsidy


def _written(actor: Actor, line: InsurerLine) -> ExcessSubsidy:
    pack = line.law.pack
    of_year = {"scheme_id": pack.id, "insurer_id": line.insurer.pk, "year": line.number}
    return ExcessSubsidy.objects.create(
        **of_year, pack_id=line.law.published_id, turn=ExcessSubsidy.objects.filter(**of_year).count() + 1,
        party=subsidy_payer(pack.scheme), premium_fen=line.year.premium_fen, claims_fen=line.year.claims_fen,
        level_bp=line.rule.level_bp, subsidy_bp=line.rule.subsidy_bp, amount_fen=line.result.subsidy_fen,
        decided_on=clock.business_date(), decided_by_id=actor.user_id,
    )  # fmt: skip
