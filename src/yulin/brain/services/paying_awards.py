"""An award on its way to the firm: its account confirmed or the award declined, released by two people, paid once."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.urls import reverse

from yulin.base.text import Text
from yulin.brain.core.awards import AwardMoney, AwardState, PayeeAccount, award_paid, what_is_wrong
from yulin.brain.errors import AwardAccountError, AwardNotFoundError, AwardStateError, ReviewHandsError
from yulin.brain.models import Award, AwardBatch
from yulin.brain.selectors.awards import is_own_award, releasable
from yulin.brain.selectors.bank_orders import AWARD, may_name_anew
from yulin.brain.services._applications import person
from yulin.brain.services.awarding import audit_award, give_back, locked_award
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.core.accounts import NewAccount
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import balances
from yulin.ledger.services import open_accounts
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.selectors import organisation, organisations_of_kind
from yulin.people.services import notify, settle_notices
from yulin.pool.selectors.payables import order_holding
from yulin.pool.services.booking import book


def accept_award(*, actor: Actor, award_id: int, account: PayeeAccount) -> Award:
    """Confirm as the firm the account to which its award is paid; until it is released another one may be named.

    Once the bank has failed to pay it, another one may be named too; two people then release the award anew.

    Effects: the award; its amount held on the policy's budget; a notice to the authority; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.AWARD.NOT_FOUND`, `.STATE`, `.ACCOUNT`, what the ledger refuses.
    """
    person(actor, Action.APPLY)
    with transaction.atomic(), scope(EVERYTHING):
        award = _own(actor, award_id, AwardState.NOTICED, AwardState.ACCEPTED, AwardState.DECLINED, AwardState.RELEASED)
        if may_name_anew(award):
            award.state, award.first_release_by_id, award.first_release_name = AwardState.ACCEPTED.value, None, ""
            award.second_release_by_id, award.second_release_name = None, ""
        if award.first_release_by_id is not None:
            raise _state(award, Text("已在放款，账户不能再改", "it is being released, the account is fixed"))
        if why := what_is_wrong(account, award.firm.name):
            raise AwardAccountError(firm=award.firm.name, why=why)
        if award.state != AwardState.ACCEPTED:
            award.house_id, award.turn = actor.organisation_id, award.turn + 1
            _hold(actor, award)
        award.payee_name, award.account, award.bank_code = account.name.strip(), account.account, account.bank_code
        _answered(actor, award, AwardState.ACCEPTED)
        audit_award(actor, award.batch, "accept", {"award": award.pk, "account": account.account[-4:]})
        for one in organisations_of_kind(OrganisationKind.AUTHORITY):
            notify(
                actor=actor, organisation_id=one.pk, kind="brain.award", about=("award_release", award.batch_id),
                title=Text("免申即享%(number)s有企业待放款", "%(number)s: an award waits to be released").with_values(
                    number=award.batch.number
                ),
                path=reverse("brain:award-batch", args=[award.batch_id]),
            )  # fmt: skip
    return award


def decline_award(*, actor: Actor, award_id: int) -> Award:
    """Decline an award as the firm, which may think again until awards of the period are over.

    Effects: the award; what was held for it back on the budget; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.AWARD.NOT_FOUND`, `.STATE`.
    """
    person(actor, Action.APPLY)
    with transaction.atomic(), scope(EVERYTHING):
        award = _own(actor, award_id, AwardState.NOTICED, AwardState.ACCEPTED)
        if award.first_release_by_id is not None:
            raise _state(award, Text("已在放款", "it is being released"))
        if award.state == AwardState.ACCEPTED:
            give_back(actor, award)
        _answered(actor, award, AwardState.DECLINED)
        audit_award(actor, award.batch, "decline", {"award": award.pk})
    return award


def release_awards(*, actor: Actor, batch_id: int) -> int:
    """Release every confirmed award of a batch whose notice is over and against which no objection is open.

    The first person's release waits for the second's; what comes in between waits for both. Return how many moved.

    Effects: the awards; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.AWARD.NOT_FOUND`, `.STATE`, `BRAIN.REVIEW.SAME_PERSON`.
    """
    actor_id = person(actor, Action.DECIDE_APPLICATIONS)
    today = clock.business_date()
    with transaction.atomic(), scope(EVERYTHING):
        batch = AwardBatch.objects.filter(pk=batch_id).first()
        if batch is None:
            raise AwardNotFoundError(award=batch_id)
        if batch.notice_until is None or today <= batch.notice_until:
            raise AwardStateError(number=batch.number, why=Text("公示尚未结束", "its days of notice are not over"))
        waiting = list(releasable(batch).select_for_update(of=("self",)))
        seconds = [one for one in waiting if one.first_release_by_id not in {None, actor_id}]
        firsts = [one for one in waiting if one.first_release_by_id is None]
        if not seconds and not firsts:
            if waiting:
                raise ReviewHandsError(number=batch.number, name=waiting[0].first_release_name)
            raise AwardStateError(number=batch.number, why=Text("没有待放款的企业", "no award waits to be released"))
        for one in firsts:
            one.first_release_by_id, one.first_release_name = actor_id, actor.name
        for one in seconds:
            one.second_release_by_id, one.second_release_name = actor_id, actor.name
            one.state = AwardState.RELEASED.value
        Award.objects.bulk_update(
            [*firsts, *seconds],
            ["first_release_by", "first_release_name", "second_release_by", "second_release_name", "state"],
            batch_size=500,
        )
        if not firsts:
            settle_notices(about=("award_release", batch.pk))
        audit_award(actor, batch, "release", {"first": len(firsts), "second": len(seconds)})
    return len(firsts) + len(seconds)


def keep_award_payment(*, actor: Actor, award_id: int, on: date, reference: str) -> Award:
    """Keep that the bank has paid a released award; the same reference again changes nothing.

    Effects: the award; its hold posted to the firm's account; a notice to the firm; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.AWARD.NOT_FOUND`, `.STATE`, what the ledger refuses.
    """
    person(actor, Action.DECIDE_APPLICATIONS)
    said = reference.strip()[:60]
    with transaction.atomic(), scope(EVERYTHING):
        award = locked_award(award_id)
        if award.state == AwardState.PAID and award.reference == said:
            return award
        if order := order_holding(AWARD, award.pk):
            raise _state(award, held_by(order.batch.number))
        if not said or on > clock.business_date():
            raise _state(
                award, Text("须有银行流水号，付款日不晚于今天", "it needs the bank's reference and a day up to today")
            )
        settle_award(actor, award, on, said)
    return award


def settle_award(actor: Actor, award: Award, on: date, reference: str) -> None:
    """Book a released award as paid by the bank. In the caller's transaction, which holds the award's lock.

    Effects: the award; its hold posted to the firm's account; a notice to the firm; audit row.
    Raises: `BRAIN.AWARD.STATE`, what the ledger refuses.
    """
    if award.state != AwardState.RELEASED:
        raise _state(award, Text("须由两人放款且未付过", "two people release it first, and it is paid once"))
    book(
        actor, AwardMoney(award.policy_id).scheme_id,
        [award_paid(award.pk, award.turn, award.amount_fen, on, reference)],
    )  # fmt: skip
    award.state, award.paid_on, award.reference = AwardState.PAID.value, on, reference
    award.save(update_fields=["state", "paid_on", "reference"])
    settle_notices(about=("award", award.pk))
    notify(
        actor=actor, organisation_id=award.house_id or 0, kind="brain.award",
        title=Text("免申即享已付款：%(title)s", "Paid: %(title)s").with_values(
            title=award.batch.criteria.version.title
        ),
        path=reverse("brain:award", args=[award.pk]),
    )  # fmt: skip
    facts = {"award": award.pk, "reference": reference, "amount_fen": award.amount_fen}
    audit_award(actor, award.batch, "pay", facts)


def held_by(batch: str) -> Text:
    """Return why what a bank file holds is not paid or changed by hand."""
    return Text(
        "已列入付款批次%(batch)s，以银行回盘为准", "batch %(batch)s holds it; the bank's answer stands"
    ).with_values(batch=batch)


def _own(actor: Actor, award_id: int, *needed: AwardState) -> Award:
    """Return the actor's own firm's award, locked, in one of the states that a step needs."""
    award = locked_award(award_id)
    if not is_own_award(actor, award):
        raise AwardNotFoundError(award=award_id)
    if award.state not in needed:
        raise _state(award, Text("已不能答复", "it takes no answer any more"))
    return award


def _state(award: Award, why: Text) -> AwardStateError:
    return AwardStateError(number=award.batch.number, why=why)


def _answered(actor: Actor, award: Award, state: AwardState) -> None:
    award.state, award.answered_on, award.answered_by_name = state.value, clock.business_date(), actor.name
    award.save()
    settle_notices(about=("award", award.pk))


def _hold(actor: Actor, award: Award) -> None:
    """Open the firm's account under the policy where it is missing, and hold the award on the budget."""
    money, house = AwardMoney(award.policy_id), organisation(award.house_id or 0)
    code = money.payee(house.pk)
    if code not in balances([code]):
        title = award.batch.criteria.version.title[:60]
        made = NewAccount(
            code=code, kind=AccountKind.CLEARING, owner_id=house.pk, scheme_id=money.scheme_id, layer="",
            may_overdraw=False, name_zh=f"{title} {house.name.zh}", name_en=f"{title} {house.name.en}",
        )  # fmt: skip
        open_accounts(actor=SYSTEM_ACTOR, accounts=[made])
    today = clock.business_date()
    book(actor, money.scheme_id, [money.held(award.pk, award.turn, house.pk, award.amount_fen, today)])
