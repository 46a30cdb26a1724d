"""Claims of the demo book, one in every state, taken there by the same services that the screens use.

Steps before the book's day are taken as of the day on which they would have been.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

from yulin.base.text import Text
from yulin.demo import targets
from yulin.demo.rules import demo_actor
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import Role
from yulin.pool.core.claims.checklist import DiligenceAnswer, Statement
from yulin.pool.core.claims.deciding import Deduction
from yulin.pool.core.postings import Place
from yulin.pool.enums import Mode
from yulin.pool.selectors.claim_case import law_of, settled
from yulin.pool.selectors.claims import claimable_loans, papers_of
from yulin.pool.selectors.experts import listed_experts
from yulin.pool.services.claims import budgets, deciding, meetings, papers, reviewing, vouchers
from yulin.pool.services.claims.open_claim import open_claim
from yulin.pool.services.claims.visiting import record_visit
from yulin.pool.services.payouts.batches import keep_account
from yulin.pool.services.state_premium import state_premium

if TYPE_CHECKING:
    from yulin.pool.models import Claim, Enrolment
    from yulin.rules.core.scheme import Provision

SCHEMES = ("gz-credit-2018", "gz-credit-2021")  # those whose chapters on claims the demo's manager has filled
_OPENED_ON = date(2022, 1, 6)  # the day after December's returns were due
_OPENED_LATER_ON = date(2022, 1, 13)
_OPENED_EARLY_ON = date(2022, 1, 5)  # once the fund's returns are in
_LATER = frozenset({"checked", "reviewed", "returned", "submitted", "complete", "draft"})
_DECIDED_ON = date(2022, 1, 11)
_LIMIT_BYTES = 1_000_000
_PREMIUM_FEN = 86 * 1_000_000
_ENOUGH_DAYS = 62
_WAN = 1_000_000
_BUDGETS_WAN: Mapping[tuple[str, str | None], int] = {
    ("city", None): 20_000,
    ("district", "440112"): 2_000,  # two districts have set one; the others pay from their funding until they do
    ("district", "440115"): 6_000,
}
_LAST_YEAR_ON = date(2021, 11, 8)
_LONG_AGO_DAYS = 140  # at the end of December: more than 60 in November


@dataclass(frozen=True)
class _Hands:
    clerk: Actor
    reviewer: Actor
    checker: Actor
    authority: Actor
    officer: Actor


_WAYS: Mapping[str, tuple[str, ...]] = {
    "B01": ("paid", "paid", "approved", "noticed", "partial", "denied", "checked", "reviewed", "returned"),
    "B02": ("submitted", "complete", "draft"),
}
_SHARED_WAYS = {"B01": "noticed", "B02": "checked"}  # of the loan that a guarantor or an insurer shares


def file_claims(organisations: Mapping[str, int]) -> int:
    """File claims of the two banks that have people and take each to its state; return how many there are."""
    filed = 0
    for bank, ways in _WAYS.items():
        clerk = demo_actor(Role.BANK_CLERK, organisations[bank])
        hands = _hands_of(clerk)
        claimable = claimable_loans(clerk).filter(scheme_id__in=SCHEMES, overdue_days__gt=_ENOUGH_DAYS)
        alone, shared = claimable.filter(mode=Mode.BANK.value), claimable.filter(mode=Mode.FIVE_PLUS_X.value)
        chosen = [*zip(ways, list(alone[: len(ways)]), strict=False)]
        # The shared loan that failed first is left to be claimed by whoever tries the book out.
        chosen += [(_SHARED_WAYS[bank], loan) for loan in shared.order_by("-defaulted_on", "id")[:1]]
        for way, loan in chosen:
            _take(hands, loan, way)
        filed += len(chosen)
    return filed


def file_meeting_claims(clerk: Actor, ways: Sequence[tuple[Enrolment, str]]) -> list[Claim]:
    """Take claims that go before a joint meeting each its way: `meets` waits for it, `in parts` is partly paid."""
    hands = _hands_of(clerk)
    return [_take(hands, loan, way) for loan, way in ways]


def pay_claims_of_last_year(clerk: Actor, *, count: int) -> list[Claim]:
    """Compensate a bank's oldest defaults that have no claim yet, as of the end of last year; return the claims."""
    hands = _hands_of(clerk)
    alone = claimable_loans(clerk).filter(scheme_id__in=SCHEMES, mode=Mode.BANK.value)
    long_ago = alone.filter(overdue_days__gt=_LONG_AGO_DAYS)
    return [_take(hands, loan, "last year") for loan in list(long_ago[:count])]


def _hands_of(clerk: Actor) -> _Hands:
    return _Hands(
        clerk=clerk,
        reviewer=demo_actor(Role.MANAGER_CLERK),
        checker=demo_actor(Role.MANAGER_CHECKER),
        authority=demo_actor(Role.AUTHORITY_CHECKER),
        officer=demo_actor(Role.AUTHORITY_OFFICER),
    )


def _take(hands: _Hands, loan: Enrolment, way: str) -> Claim:
    with clock.standing_on(_opened_on(way)):
        claim = open_claim(actor=hands.clerk, enrolment_id=loan.pk)
        if way != "draft":
            _complete(hands, claim)
        if way not in {"draft", "complete"}:
            papers.submit_claim(actor=hands.clerk, claim_id=claim.pk, version=None)
    for day, step in _STEPS.get(way, ()):
        with clock.standing_on(day):
            step(hands, claim)
    return claim


def _opened_on(way: str) -> date:
    special = {"last year": _LAST_YEAR_ON, "in parts": _OPENED_EARLY_ON, "meets": _OPENED_EARLY_ON}
    return special.get(way, _OPENED_LATER_ON if way in _LATER else _OPENED_ON)


def _complete(hands: _Hands, claim: Claim) -> None:
    said = Statement(
        is_declared=True,
        default_reason="主要客户停产，货款无法收回",
        is_fraud=False,
        possession_on=clock.business_date(),
        other_public_fen=0,
    )
    cases = [one.id for one in law_of(claim).pack.scheme.diligence]
    answers = {case: DiligenceAnswer(is_case=False, evidence="贷后检查记录与受托支付凭证") for case in cases}
    papers.fill_in_claim(actor=hands.clerk, claim_id=claim.pk, version=None, statement=said, answers=answers)
    for document in papers_of(claim, law_of(claim)):
        title = document.row.text or Text(document.id, document.id)
        paper = papers.PaperFile(
            kind=document.id,
            file_name=f"{title.zh}.txt",
            content=f"演示文件：{title.zh}，{claim.firm_name}，借据{claim.loan_number}\n".encode(),
            amount_fen=claim.loss_base_fen,
            name=claim.firm_name,
            code=claim.enrolment.firm_code,
            loan=claim.loan_number,
            dated_on=_dated_on(claim, document),
        )
        papers.add_paper(actor=hands.clerk, claim_id=claim.pk, paper=paper, limit_bytes=_LIMIT_BYTES)


def _dated_on(claim: Claim, document: Provision) -> date:
    return claim.enrolment.disbursed_on if "before_lending" in document.checks else clock.business_date()


def _review(hands: _Hands, claim: Claim) -> None:
    note = "材料齐备，金额与月报一致"
    reviewing.review_claim(actor=hands.reviewer, claim_id=claim.pk, version=None, note=note)


def _return(hands: _Hands, claim: Claim) -> None:
    note = "贷后检查记录缺2021年第三季度，请补交"
    reviewing.return_claim(actor=hands.reviewer, claim_id=claim.pk, version=None, note=note)


def _check(hands: _Hands, claim: Claim) -> None:
    note = "企业已停产，无可执行财产线索"
    record_visit(
        actor=hands.reviewer, claim_id=claim.pk, version=None, expert=listed_experts()[0].number,
        on=clock.business_date(), note=note,
    )  # fmt: skip
    reviewing.check_claim(actor=hands.checker, claim_id=claim.pk, version=None)


def _meet(hands: _Hands, claim: Claim) -> None:
    minutes = meetings.Minutes(
        held_on=clock.business_date(),
        agenda=f"审议补偿申请{claim.number}",
        members=[
            meetings.Member("黄示例", "示例市科学技术局"), meetings.Member("程示例", "示例市财政局"),
            meetings.Member("何示例", "示例科技金融服务中心"),
        ],
        opinion="质押登记有效，处置困难，同意按规程补偿",
        file_name="联席会议纪要.txt",
        content=f"演示文件：联席会议纪要，{claim.number}\n".encode(),
    )  # fmt: skip
    meetings.record_meeting(
        actor=hands.authority, claim_id=claim.pk, version=None, minutes=minutes, limit_bytes=_LIMIT_BYTES
    )


def _decide(hands: _Hands, claim: Claim) -> None:
    _decided(hands, claim, [])


def _decide_in_part(hands: _Hands, claim: Claim) -> None:
    claim.refresh_from_db()
    cut = Deduction("principal", claim.principal_fen // 10, "演示规程第八条", "部分款项用途无凭证")
    _decided(hands, claim, [cut])


def _decided(hands: _Hands, claim: Claim, cuts: list[Deduction]) -> None:
    claim.refresh_from_db()
    shown = settled(claim, law_of(claim), cuts, on=clock.business_date()).public_fen
    deciding.decide_claim(
        actor=hands.authority, claim_id=claim.pk, version=None, shown_public_fen=shown, deductions=cuts,
        clause="演示规程第六条", note="同意补偿" if not cuts else "用途无凭证的部分不予补偿",
    )  # fmt: skip


def _deny(hands: _Hands, claim: Claim) -> None:
    deciding.deny_claim(
        actor=hands.authority, claim_id=claim.pk, version=None, clause="演示规程第九条", note="贷款被挪用于购置房产"
    )


def _publish(hands: _Hands, claim: Claim) -> None:
    deciding.publish_claim(actor=hands.reviewer, claim_id=claim.pk, version=None)


def _approve(hands: _Hands, claim: Claim) -> None:
    deciding.approve_claim(actor=hands.reviewer, claim_id=claim.pk, version=None)


def _pay(hands: _Hands, claim: Claim) -> None:
    for voucher in claim.vouchers.filter(awaits_event=False):
        vouchers.pay_voucher(
            actor=hands.checker, voucher_id=voucher.pk, on=clock.business_date(), transfer_key=f"DEMO-{voucher.pk}"
        )


_Step = Callable[[_Hands, "Claim"], None]
_DECIDED: tuple[tuple[date, _Step], ...] = (
    (date(2022, 1, 7), _review),
    (date(2022, 1, 10), _check),
    (_DECIDED_ON, _decide),
)
_APPROVED = (*_DECIDED, (_DECIDED_ON, _publish), (targets.BUSINESS_DATE, _approve))
_REVIEWED = ((date(2022, 1, 14), _review),)
_STEPS: Mapping[str, tuple[tuple[date, _Step], ...]] = {
    "returned": ((date(2022, 1, 14), _return),),
    "reviewed": _REVIEWED,
    "checked": (*_REVIEWED, (date(2022, 1, 17), _check)),
    "partial": (*_DECIDED[:2], (_DECIDED_ON, _decide_in_part)),
    "denied": (*_DECIDED[:2], (_DECIDED_ON, _deny)),
    "noticed": (*_DECIDED, (date(2022, 1, 18), _publish)),
    "approved": _APPROVED,
    "paid": (*_APPROVED, (targets.BUSINESS_DATE, _pay)),
    "meets": ((date(2022, 1, 7), _review), (date(2022, 1, 12), _check)),
    "in parts": (
        (_OPENED_EARLY_ON, _review),
        (date(2022, 1, 6), _check),
        (date(2022, 1, 7), _meet),
        (date(2022, 1, 7), _decide),
        (date(2022, 1, 7), _publish),
        (date(2022, 1, 17), _approve),
        (date(2022, 1, 18), _pay),
    ),
    "last year": (
        (date(2021, 11, 10), _review),
        (date(2021, 11, 15), _check),
        (date(2021, 11, 18), _decide),
        (date(2021, 11, 18), _publish),
        (date(2021, 11, 29), _approve),
        (date(2021, 12, 6), _pay),
    ),
}


def keep_demo_accounts(organisations: Mapping[str, int]) -> None:
    """Give the manager and the two banks with people an account, all invented."""
    clerk = demo_actor(Role.MANAGER_CLERK)
    names = {"MANAGER": "示例市科技信贷风险补偿资金池", "B01": "木棉示例银行待清算", "B02": "榕树示例银行待清算"}
    for place, (code, name) in enumerate(names.items()):
        keep_account(
            actor=clerk, organisation_id=organisations[code], name=name,
            account=f"DEMO-0000-{place:04d}", bank_code=f"{place:012d}",
        )  # fmt: skip


def set_demo_budgets() -> None:
    """Give the city and two districts their budgets for compensation, of last year and this, where there are claims."""
    authority, this_year = demo_actor(Role.AUTHORITY_CHECKER), targets.BUSINESS_DATE.year
    for scheme_id, year in product(SCHEMES, (this_year - 1, this_year)):
        for (party, district_code), wan in _BUDGETS_WAN.items():
            budgets.set_layer_budget(
                actor=authority, place=Place(scheme_id, party, district_code), year=year, budget_fen=wan * _WAN
            )


def state_demo_premium() -> None:
    """Let the demo's insurer state what it took in premiums this year."""
    state_premium(
        actor=demo_actor(Role.INSURER_OFFICER), scheme_id=SCHEMES[-1], year=targets.BUSINESS_DATE.year,
        premium_fen=_PREMIUM_FEN,
    )  # fmt: skip
