"""Claims and payouts in the queues of the home pages: whose turn it is, what to do, until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.pool.core.claims.states import STATE_NAMES, STATE_VERDICTS
from yulin.pool.enums import BatchState, ClaimState
from yulin.pool.selectors.certificates import CertificateTask, open_certificates
from yulin.pool.selectors.claims import claimable_today, claims_waiting_for
from yulin.pool.selectors.currencies import currency_under, sums_by_currency
from yulin.pool.selectors.payouts import BATCH_STATES, batches_visible_to, vouchers_to_pay
from yulin.pool.selectors.subsidies import subsidies_to_pay
from yulin.web.addresses import address
from yulin.web.home.parts import Row
from yulin.web.home.rows import workdays_left

if TYPE_CHECKING:
    from yulin.pool.core.claims.window import Window
    from yulin.pool.models import Claim, Enrolment

SHOWN = 30
_TODO: Mapping[ClaimState, Text] = {
    ClaimState.DRAFT: Text("补齐材料后提交", "Complete the papers, then submit"),
    ClaimState.RETURNED: Text("按退回意见补正", "Mend what was returned"),
    ClaimState.SUBMITTED: Text("初审", "Review"),
    ClaimState.REVIEWED: Text("复核（与初审不同的人）", "Check, by another person than the reviewer"),
    ClaimState.CHECKED: Text("审定", "Decide"),
    ClaimState.DECIDED: Text("开始公示", "Put it on public notice"),
    ClaimState.NOTICED: Text("公示期满后办结公示", "Close the notice when its time is over"),
    ClaimState.APPROVED: Text("列入拨付批次", "Put its vouchers into a payout batch"),
    ClaimState.RECALLED: Text("退回补偿款", "Pay the compensation back"),
}


def claim_rows(actor: Actor, today: date) -> list[Row]:
    """Return the claims that wait for the actor's organisation, the nearest last day first."""
    return [_claim_row(one, today) for one in claims_waiting_for(actor).select_related("bank")[:SHOWN]]


def claimable_rows(actor: Actor, today: date) -> list[Row]:
    """Return the loans in default on which the actor can claim today, each with the last day for it."""
    return [_claimable_row(loan, window, today) for loan, window in claimable_today(actor, today=today)]


def certificate_rows(actor: Actor, today: date) -> list[Row]:
    """Return the yearly certificates on recoveries that have not come: a lender's own, or those that are overdue."""
    tasks = open_certificates(actor, today=today)
    mine = tasks if not actor.sees_all_rows else [one for one in tasks if one.year.is_overdue(today)]
    return [_certificate_row(one, actor, today) for one in mine[:SHOWN]]


def payout_rows(actor: Actor) -> list[Row]:
    """Return what waits in paying: vouchers that no batch holds, batches to be released, batches without an answer."""
    batches = batches_visible_to(actor).filter(state__in=[BatchState.DRAFT.value, BatchState.SENT.value])
    rows = [_batch_row(one, actor) for one in batches.order_by("id")[:SHOWN]]
    waiting = list(vouchers_to_pay())
    if waiting:
        rows.append(
            Row(
                title=Text("待拨付凭证%(n)s张", "%(n)s {n:voucher|vouchers} to pay").with_values(n=len(waiting)),
                below=Text("公示通过、尚未列入批次", "their notice is over; no batch holds them yet"),
                href=address("pool:payouts"),
                state=("warn", Text("待制批次", "No batch")),
                todo=Text("制作拨付批次", "Make a batch"),
                amounts=sums_by_currency((one.claim.scheme_id, one.amount_fen) for one in waiting),
                act=Text("制作批次", "Make a batch"),
            )
        )
    subsidies = subsidies_to_pay()
    if subsidies:
        rows.append(
            Row(
                title=Text("待拨付超赔补贴%(n)s笔", "%(n)s {n:subsidy|subsidies} of insurers to pay").with_values(
                    n=len(subsidies)
                ),
                below=Text("已确认、尚未列入批次", "confirmed; no batch holds them yet"),
                href=address("pool:payouts"),
                state=("warn", Text("待制批次", "No batch")),
                todo=Text("制作拨付批次", "Make a batch"),
                amounts=sums_by_currency((one.scheme_id, one.amount_fen) for one in subsidies),
                act=Text("制作批次", "Make a batch"),
            )
        )
    return rows


def _certificate_row(task: CertificateTask, actor: Actor, today: date) -> Row:
    title = Text("追偿审计证明，截至%(day)s", "Certificate on recoveries, year to %(day)s")
    todo = Text("催交审计证明", "Ask for it") if actor.sees_all_rows else Text("提交审计证明", "File it")
    is_overdue = task.year.is_overdue(today)
    return Row(
        title=title.with_values(day=task.year.as_of),
        below=Text(f"{task.bank.zh} · {task.scheme.zh}", f"{task.bank.en} · {task.scheme.en}"),
        href=address("pool:certificates"),
        state=("bad", Text("逾期", "Overdue")) if is_overdue else ("warn", Text("待提交", "Owed")),
        todo=todo,
        due_on=task.year.due_on,
        workdays_left=workdays_left(today, task.year.due_on),
        act=todo,
    )


def _claim_row(claim: Claim, today: date) -> Row:
    state = ClaimState(claim.state)
    return Row(
        title=Text(f"补偿申请 {claim.number}", f"Claim {claim.number}"),
        below=Text(f"{claim.firm_name} · {claim.bank.name.zh}", f"{claim.firm_name} · {claim.bank.name.en}"),
        href=address("pool:claim", claim.pk),
        state=(STATE_VERDICTS[state], STATE_NAMES[state]),
        todo=_TODO.get(state, STATE_NAMES[state]),
        amounts={currency_under(claim.pack_id): claim.loss_base_fen},
        due_on=claim.due_on,
        workdays_left=workdays_left(today, claim.due_on),
        act=Text("打开申请", "Open the claim"),
    )


def _claimable_row(loan: Enrolment, window: Window, today: date) -> Row:
    return Row(
        title=Text(f"可申请补偿 {loan.loan_number}", f"Can be claimed: {loan.loan_number}"),
        below=Text(f"{loan.firm_name} · {loan.bank.name.zh}", f"{loan.firm_name} · {loan.bank.name.en}"),
        href=address("pool:claim-open", loan.pk),
        state=("bad", Text("逾期%(n)s天", "%(n)s {n:day|days} overdue").with_values(n=loan.overdue_days)),
        todo=Text("申请补偿", "Claim"),
        amounts={currency_under(loan.pack_id): loan.outstanding_fen},
        due_on=window.last_day,
        workdays_left=workdays_left(today, window.last_day),
        act=Text("申请补偿", "Claim"),
    )


def _batch_row(batch: Any, actor: Actor) -> Row:
    is_draft = batch.state == BatchState.DRAFT
    is_mine = batch.first_release_by_id is not None and batch.first_release_by_id == actor.user_id
    release = Text("第二人放款", "Release by a second person") if batch.first_release_by_id else Text("放款", "Release")
    if is_draft and is_mine:
        release = Text("等待第二人放款", "Waits for a second person")
    return Row(
        title=Text(f"拨付批次 {batch.number}", f"Payout batch {batch.number}"),
        below=Text("%(n)s笔", "%(n)s {n:order|orders}").with_values(n=batch.order_count),
        href=address("pool:payout", batch.pk),
        state=BATCH_STATES[BatchState(batch.state)],
        todo=release if is_draft else Text("收到银行回盘后上传", "Upload the bank's answer when it has come"),
        amounts={batch.currency: batch.total_fen},
        act=release if is_draft else Text("打开批次", "Open the batch"),
    )
