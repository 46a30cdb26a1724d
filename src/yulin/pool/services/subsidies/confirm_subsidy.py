"""Confirm a subsidy that another person decided: computed once more, then held on the layer that bears it."""

from __future__ import annotations

from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.errors import REFUSALS, OverdraftError
from yulin.ledger.selectors import balances
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.services import settle_notices
from yulin.pool.core.insurance import subsidy_payer
from yulin.pool.core.words import place_name
from yulin.pool.enums import SubsidyState
from yulin.pool.errors import SubsidyBudgetError, SubsidyChangedError, SubsidySamePersonError, SubsidyStateError
from yulin.pool.models import ExcessSubsidy
from yulin.pool.selectors.insurers import insurer_line
from yulin.pool.selectors.subsidies import SUBSIDY_STATES
from yulin.pool.selectors.vouchers import paying_accounts
from yulin.pool.services.subsidies._steps import (
    ABOUT,
    audit_subsidy,
    check_right,
    due_of_subsidy,
    hold_subsidy,
    locked_subsidy,
    refuse_not_due,
    refuse_partner,
    tell,
)


def confirm_subsidy(*, actor: Actor, subsidy_id: int) -> ExcessSubsidy:
    """Confirm a decided subsidy; premium and claims are taken again, and must give what was decided, to the fen.

    Effects: the subsidy, held on its layer's budget by one hold (on its funding where nobody has set a budget); notice
    to the insurer; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.CLAIM.CONFLICT`, `POOL.SUBSIDY.NOT_FOUND`, `.STATE`, `.SAME_PERSON`, `.CHANGED`,
    `.BUDGET`.
    """
    check_right(actor, Action.CONFIRM_SUBSIDIES)
    with transaction.atomic(), scope(EVERYTHING):
        subsidy = locked_subsidy(subsidy_id)
        refuse_partner(actor, subsidy.insurer.name, subsidy.insurer_id)
        _check(actor, subsidy)
        due, held = hold_subsidy(actor, due_of_subsidy(subsidy))
        if held.refusal is not None:
            if held.refusal.code != OverdraftError.code:
                raise REFUSALS[held.refusal.code](key=held.refusal.key, facts=held.refusal.facts)
            source = paying_accounts([due])[0]
            raise SubsidyBudgetError(
                layer=place_name(due.place.code), amount_fen=due.amount_fen,
                available_fen=balances([source])[source].available_fen,
            )  # fmt: skip
        subsidy.state, subsidy.hold_key = SubsidyState.HELD.value, due.hold_key
        subsidy.confirmed_on, subsidy.confirmed_by_id = clock.business_date(), actor.user_id
        subsidy.save(update_fields=["state", "hold_key", "confirmed_on", "confirmed_by_id"])
        settle_notices(about=(ABOUT, subsidy.pk))
        audit_subsidy(actor, subsidy, "confirm", {"layer": subsidy.party})
        said = Text(
            "%(year)s年超赔补贴%(sum)s元已确认，待拨付", "The subsidy for %(year)s is confirmed: %(sum)s will be paid"
        )
        tell(actor, subsidy, subsidy.insurer_id, said)
    return subsidy


def _check(actor: Actor, subsidy: ExcessSubsidy) -> None:
    name, year = subsidy.insurer.name, subsidy.year
    if subsidy.state != SubsidyState.DECIDED:
        found, needed = SUBSIDY_STATES[SubsidyState(subsidy.state)], SUBSIDY_STATES[SubsidyState.DECIDED]
        raise SubsidyStateError(insurer=name, year=year, state=found[1], needed=needed[1])
    if actor.user_id is not None and actor.user_id == subsidy.decided_by_id:
        raise SubsidySamePersonError(insurer=name, year=year)
    place = (subsidy.scheme_id, subsidy.insurer_id, year)
    line = insurer_line(actor, place, today=clock.business_date())
    was = (subsidy.premium_fen, subsidy.claims_fen, subsidy.level_bp, subsidy.subsidy_bp, subsidy.party)
    now = (line.year.premium_fen, line.year.claims_fen, line.rule.level_bp, line.rule.subsidy_bp)
    if was != (*now, subsidy_payer(line.law.pack.scheme)) or line.result.subsidy_fen != subsidy.amount_fen:
        raise SubsidyChangedError(
            insurer=name, year=year, shown_fen=subsidy.amount_fen, found_fen=line.result.subsidy_fen
        )
    refuse_not_due(line)
