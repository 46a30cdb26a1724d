"""Every write of a grant's contract: drafted, signed by another; milestones reported, accepted, released, paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from yulin.base.dates import day_text
from yulin.base.text import Text
from yulin.brain.core.application_states import STATE_WORDS, ApplicationState, AppStep
from yulin.brain.core.awards import PayeeAccount, what_is_wrong
from yulin.brain.core.contracts import GrantMoney, MilestoneState, Planned, check_milestones, held, paid
from yulin.brain.errors import (
    ApplicationNotFoundError,
    ApplicationStateError,
    ContractError,
    ReviewHandsError,
    ReviewReasonError,
)
from yulin.brain.models import Application, GrantContract, GrantMilestone
from yulin.brain.selectors.applications import application_for
from yulin.brain.selectors.bank_orders import MILESTONE
from yulin.brain.services._applications import Why, ask_bureau, audit, keep_event, locked, person, take_step, tell
from yulin.brain.services.paying_awards import held_by
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.core.accounts import NewAccount
from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import AccountKind, TransferKind
from yulin.ledger.selectors import balances
from yulin.ledger.services import open_accounts
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import Action
from yulin.people.selectors import organisation
from yulin.people.services import settle_notices
from yulin.pool.selectors.payables import order_holding, orders_holding
from yulin.pool.services._steps import draw_from_series
from yulin.pool.services.booking import book


def draft_contract(*, actor: Actor, application_id: int, milestones: Sequence[Planned]) -> GrantContract:
    """Draft the contract of a grant whose days of notice are over, with milestones that sum to it.

    Effects: the contract with its milestones, a draft that stood before in its place; one event; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `.STATE`, `BRAIN.CONTRACT.TERMS`.
    """
    person(actor, Action.DECIDE_APPLICATIONS)
    seen, today = application_for(actor, application_id), clock.business_date()
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(seen.pk)
        _check_ready(application, today)
        decision = application.decisions.order_by("turn").last()
        amount_fen = decision.amount_fen or 0 if decision else 0
        check_milestones(application.number, milestones, amount_fen, today)
        before = GrantContract.objects.filter(application=application).first()
        number = before.number if before else draw_from_series("HT", today.year, 1)[0]
        if before is not None:
            before.milestones.all().delete()
            before.delete()
        made = GrantContract.objects.create(
            application=application, number=number, amount_fen=amount_fen, made_on=today, made_by_id=actor.user_id,
            made_by_name=actor.name,
        )  # fmt: skip
        GrantMilestone.objects.bulk_create(
            GrantMilestone(
                application=application, contract=made, place=place, title=one.title.strip()[:200], due_on=one.due_on,
                amount_fen=one.amount_fen,
            )
            for place, one in enumerate(milestones, start=1)
        )  # fmt: skip
        audit(actor, application, "draft_contract", {"contract": number, "amount_fen": amount_fen})
        ask_bureau(
            actor, application, Text("签订合同%(number)s：%(firm)s", "Sign the contract of %(number)s: %(firm)s")
        )
    return made


def _check_ready(application: Application, today: date) -> None:
    if application.state != ApplicationState.GRANTED:
        state = ApplicationState(application.state)
        raise ApplicationStateError(
            number=application.number, found=STATE_WORDS[state][1], needed=STATE_WORDS[ApplicationState.GRANTED][1]
        )
    until = application.notice_until
    if until is None or today <= until:
        why = Text("公示至%(day)s尚未结束", "it is under public notice until %(day)s")
        raise ContractError(number=application.number, why=why.with_values(day=day_text(until) if until else ""))
    if application.appeals.filter(is_upheld__isnull=True).exists():
        raise ContractError(number=application.number, why=Text("有异议未答复", "an objection is not answered yet"))


def sign_contract(*, actor: Actor, application_id: int) -> GrantContract:
    """Sign a contract that another person drafted: each milestone is held on the call's money from now on.

    Effects: the contract; the call's accounts and its money where they are missing; a hold a milestone; the application
    contracted; one event; a notice to the firm; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `.STATE`, `BRAIN.REVIEW.SAME_PERSON`,
    `BRAIN.CONTRACT.TERMS`, `LEDGER.ACCOUNT.OVERDRAFT`.
    """
    person(actor, Action.CONFIRM_APPLICATIONS)
    seen = application_for(actor, application_id)
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(seen.pk)
        _check_ready(application, clock.business_date())
        contract = GrantContract.objects.filter(application=application).first()
        if contract is None:
            raise ContractError(number=application.number, why=Text("合同尚未拟定", "no contract is drafted"))
        if contract.made_by_id == actor.user_id:
            raise ReviewHandsError(number=contract.number, name=contract.made_by_name)
        today, money = clock.business_date(), _money(application)
        _open(application, money)
        _fund(actor, application, money, today)
        every = list(contract.milestones.all())
        book(actor, money.scheme_id, [held(money, one.pk, one.amount_fen, today, contract.number) for one in every])
        contract.signed_on, contract.signed_by_id, contract.signed_by_name = today, actor.user_id, actor.name
        contract.save()
        take_step(actor, application, AppStep.CONTRACT, Why(note=contract.number))
        tell(actor, application, application.house_id, Text("合同已签订：%(number)s", "Contract signed: %(number)s"))
    return contract


def _money(application: Application) -> GrantMoney:
    return GrantMoney(application.call.number, application.house_id)


def _open(application: Application, money: GrantMoney) -> None:
    """Open the accounts of a call's grants that are not open yet."""
    call, house = application.call, organisation(application.house_id)
    names = {
        money.funding: (AccountKind.FUNDING, None, Text("资金来源", "funding")),
        money.budget: (AccountKind.BUDGET, None, Text("资金", "money")),
        money.payee: (AccountKind.CLEARING, house.pk, house.name),
    }
    there = balances(names)
    open_accounts(
        actor=SYSTEM_ACTOR,
        accounts=[
            NewAccount(
                code=code, kind=kind, owner_id=owner, scheme_id=money.scheme_id, layer="",
                may_overdraw=kind is AccountKind.FUNDING, name_zh=f"{call.number} {name.zh}",
                name_en=f"{call.number} {name.en}",
            )
            for code, (kind, owner, name) in names.items()
            if code not in there
        ],
    )  # fmt: skip


def _fund(actor: Actor, application: Application, money: GrantMoney, today: date) -> None:
    """Grant the call's money to its budget, once; a call without a sum is granted what its contracts hold."""
    call = application.call
    if call.budget_fen is not None:
        key, amount = f"grant:{money.scheme_id}", call.budget_fen
    else:
        contract = GrantContract.objects.get(application=application)
        key, amount = f"grant:{money.scheme_id}:{contract.number}", contract.amount_fen
    book(
        actor, money.scheme_id,
        [NewTransfer(key, TransferKind.POSTED, money.funding, money.budget, amount, _granted_on(application, today),
                     reason=call.number)],
    )  # fmt: skip


def _granted_on(application: Application, today: date) -> date:
    """Return the day on which a call's money was granted: always the same, so that the key is booked once."""
    call = application.call
    return call.opens_on if call.budget_fen is not None else today


def report_milestone(*, actor: Actor, milestone_id: int, report: str) -> GrantMilestone:
    """Report as the firm that a milestone is reached.

    Effects: the milestone; a notice to the authority; one event; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `BRAIN.CONTRACT.TERMS`, `BRAIN.REVIEW.REASON`.
    """
    person(actor, Action.APPLY)
    with transaction.atomic(), scope(EVERYTHING):
        milestone, application = _locked(actor, milestone_id, MilestoneState.PLANNED)
        if not report.strip():
            raise ReviewReasonError(number=milestone.contract.number)
        milestone.report, milestone.reported_on = report.strip()[:4000], clock.business_date()
        milestone.returned = ""
        _moved(actor, application, milestone, MilestoneState.REPORTED, "report")
        settle_notices(about=(MILESTONE, milestone.pk))
        ask_bureau(
            actor, application, Text("验收节点%(number)s：%(firm)s", "Accept a milestone of %(number)s: %(firm)s")
        )
    return milestone


def judge_milestone(*, actor: Actor, milestone_id: int, is_accepted: bool, reason: str = "") -> GrantMilestone:
    """Accept a reported milestone, or return it with the reason.

    Effects: the milestone; a notice to the firm where returned; one event; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `BRAIN.CONTRACT.TERMS`, `BRAIN.REVIEW.REASON`.
    """
    person(actor, Action.DECIDE_APPLICATIONS)
    with transaction.atomic(), scope(EVERYTHING):
        milestone, application = _locked(actor, milestone_id, MilestoneState.REPORTED)
        if is_accepted:
            milestone.accepted_on, milestone.accepted_by_name = clock.business_date(), actor.name
            _moved(actor, application, milestone, MilestoneState.ACCEPTED, "accept_milestone")
            return milestone
        if not reason.strip():
            raise ReviewReasonError(number=milestone.contract.number)
        milestone.returned = reason.strip()[:600]
        _moved(actor, application, milestone, MilestoneState.PLANNED, "return_milestone", milestone.returned)
        tell(actor, application, application.house_id, Text("节点退回：%(number)s", "Milestone returned: %(number)s"))
    return milestone


def release_milestone(*, actor: Actor, milestone_id: int) -> GrantMilestone:
    """Release an accepted milestone for payment; the second person's release sends it to the bank.

    Effects: the milestone; at the second release one event; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `BRAIN.CONTRACT.TERMS`, `BRAIN.REVIEW.SAME_PERSON`.
    """
    person(actor, Action.DECIDE_APPLICATIONS)
    with transaction.atomic(), scope(EVERYTHING):
        milestone, application = _locked(actor, milestone_id, MilestoneState.ACCEPTED)
        if milestone.first_release_by_id is None:
            milestone.first_release_by_id, milestone.first_release_name = actor.user_id, actor.name
            milestone.save()
            audit(actor, application, "release_milestone", {"milestone": milestone.pk, "release": 1})
            return milestone
        if milestone.first_release_by_id == actor.user_id:
            raise ReviewHandsError(number=milestone.contract.number, name=milestone.first_release_name)
        milestone.second_release_by_id, milestone.second_release_name = actor.user_id, actor.name
        _moved(actor, application, milestone, MilestoneState.RELEASED, "release_milestone")
    return milestone


def keep_payment(*, actor: Actor, milestone_id: int, on: date, reference: str) -> GrantMilestone:
    """Keep that the bank has paid a released milestone; the same reference again changes nothing.

    Effects: the milestone; its hold posted to the firm's account; one event; a notice to the firm; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `BRAIN.CONTRACT.TERMS`, what the ledger refuses.
    """
    person(actor, Action.DECIDE_APPLICATIONS)
    with transaction.atomic(), scope(EVERYTHING):
        milestone, application = _locked(actor, milestone_id, MilestoneState.RELEASED, MilestoneState.PAID)
        contract = milestone.contract
        if milestone.state == MilestoneState.PAID and milestone.reference == reference.strip():
            return milestone
        if order := order_holding(MILESTONE, milestone.pk):
            raise ContractError(number=contract.number, why=held_by(order.batch.number))
        if milestone.state == MilestoneState.PAID or not reference.strip() or on > clock.business_date():
            raise ContractError(
                number=contract.number,
                why=Text(
                    "须有银行流水号，付款日不晚于今天，且未付过",
                    "it needs the bank's reference, a day up to today, once",
                ),
            )
        settle_milestone(actor, application, milestone, on, reference.strip()[:60])
    return milestone


def settle_milestone(
    actor: Actor, application: Application, milestone: GrantMilestone, on: date, reference: str
) -> None:
    """Book a released milestone as paid by the bank. In the caller's transaction, which holds both locks.

    Effects: the milestone; its hold posted to the firm's account; one event; a notice to the firm; audit row.
    Raises: `BRAIN.CONTRACT.TERMS`, what the ledger refuses.
    """
    number = milestone.contract.number
    if milestone.state != MilestoneState.RELEASED:
        raise ContractError(number=number, why=Text("须由两人放款且未付过", "two people release it first, once"))
    book(
        actor, _money(application).scheme_id,
        [paid(milestone.pk, milestone.amount_fen, on, number, reference)],
    )  # fmt: skip
    milestone.paid_on, milestone.reference = on, reference
    _moved(actor, application, milestone, MilestoneState.PAID, "pay_milestone", reference)
    tell(actor, application, application.house_id, Text("合同款已拨付：%(number)s", "Paid: %(number)s"))


def name_account(*, actor: Actor, application_id: int, account: PayeeAccount) -> GrantContract:
    """Name as the firm the account to which a contract's milestones are paid; the same again changes nothing.

    What was released for another account, and is not with the bank, is released anew by two people.

    Effects: the contract; milestones that were released back to accepted; one event; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `BRAIN.CONTRACT.TERMS`.
    """
    person(actor, Action.APPLY)
    seen = application_for(actor, application_id)
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(seen.pk)
        contract = GrantContract.objects.filter(application=application, signed_on__isnull=False).first()
        if contract is None:
            raise ContractError(number=application.number, why=Text("合同尚未签订", "the contract is not signed"))
        if why := what_is_wrong(account, application.firm.name):
            raise ContractError(number=contract.number, why=why)
        named = PayeeAccount(account.name.strip(), account.account, account.bank_code)
        if named == PayeeAccount(contract.payee_name, contract.account, contract.bank_code):
            return contract
        every = list(contract.milestones.select_for_update().order_by("pk"))
        holding = orders_holding(MILESTONE).filter(payable_id__in=[one.pk for one in every], outcome="unknown")
        if order := holding.select_related("batch").first():
            raise ContractError(number=contract.number, why=held_by(order.batch.number))
        for one in every:
            if one.first_release_by_id is not None and one.state != MilestoneState.PAID:
                one.state, one.first_release_by_id, one.first_release_name = MilestoneState.ACCEPTED.value, None, ""
                one.second_release_by_id, one.second_release_name = None, ""
                one.save()
        contract.payee_name, contract.account, contract.bank_code = named.name, named.account, named.bank_code
        contract.save(update_fields=["payee_name", "account", "bank_code"])
        keep_event(actor, application, "name_account", Why(note=f"…{named.account[-4:]}"))
        audit(actor, application, "name_account", {"contract": contract.number, "account": named.account[-4:]})
    return contract


def _locked(actor: Actor, milestone_id: int, *needed: MilestoneState) -> tuple[GrantMilestone, Application]:
    """Return a milestone of a signed contract that the actor sees, and its application, both locked."""
    seen = GrantMilestone.objects.filter(pk=milestone_id, contract__signed_on__isnull=False).first()
    if seen is None:
        raise ApplicationNotFoundError(application=milestone_id)
    application_for(actor, seen.application_id)
    application = locked(seen.application_id)
    found = GrantMilestone.objects.select_for_update(of=("self",)).select_related("contract").get(pk=seen.pk)
    if found.state not in needed:
        raise ContractError(
            number=found.contract.number, why=Text("节点不在可办理的状态", "the milestone is not there yet")
        )
    return found, application


def _moved(
    actor: Actor, application: Application, milestone: GrantMilestone, state: MilestoneState, step: str, note: str = ""
) -> None:
    milestone.state = state.value
    milestone.save()
    words = f"{milestone.title} {note}".strip()
    keep_event(actor, application, step, Why(note=words))
    audit(actor, application, step, {"milestone": milestone.pk, "amount_fen": milestone.amount_fen, "note": note})
