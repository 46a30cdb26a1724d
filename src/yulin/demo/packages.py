"""Packages of debts of the demo book, one in every state, taken there by the same services that the screens use.

The debts were compensated at the end of 2021, but that of the draft; each step is taken as of the day on which it would
have been. Buyers and prices are invented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from yulin.demo import targets
from yulin.demo.claims import pay_claims_of_last_year
from yulin.demo.rules import demo_actor
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.pool.enums import AssignmentKind, AssignmentPaperKind, NoticeWay, TransfereeKind
from yulin.pool.selectors.assignments import debts_to_assign
from yulin.pool.services.assignments import deciding
from yulin.pool.services.assignments.closing import close_assignments
from yulin.pool.services.assignments.make_package import Terms, make_package
from yulin.pool.services.assignments.papers import Sheet, Told, add_sheet, record_notices

if TYPE_CHECKING:
    from yulin.pool.models import Claim, DebtPackage

_LIMIT_BYTES = 1_000_000
_CLEAN = {"is_true_sale": True, "has_buy_back_promise": False, "has_hidden_guarantee": False}
_TO_AMC = Terms(
    AssignmentKind.TO_AMC,
    transferee_kind=TransfereeKind.LOCAL_AMC,
    transferee_name="示例资产管理有限公司",
    price_ratio_ppm=285_000,
    answers=_CLEAN,
)
_TO_TRUST = replace(
    _TO_AMC,
    kind=AssignmentKind.TO_TRUST,
    transferee_kind=TransfereeKind.TRUST,
    transferee_name="示例信托科创债权一号",
    price_ratio_ppm=310_000,
)


@dataclass(frozen=True)
class _Seller:
    """A bank's clerk, and who approves for the pool."""

    clerk: Actor
    checker: Actor
    authority: Actor


def compensate_last_year(organisations: Mapping[str, int]) -> dict[str, list[Claim]]:
    """Compensate the oldest defaults of two banks as of the end of last year; return the claims by bank."""
    return {
        code: pay_claims_of_last_year(_clerk_of(organisations, code), count=count)
        for code, count in {"B01": 1, "B03": 6}.items()
    }


def file_packages(organisations: Mapping[str, int], debts: Mapping[str, Sequence[Claim]]) -> int:
    """Assign compensated debts of two banks; return how many packages were made."""
    checker, authority = demo_actor(Role.MANAGER_CHECKER), demo_actor(Role.AUTHORITY_CHECKER)
    first, third = (_Seller(_clerk_of(organisations, code), checker, authority) for code in ("B01", "B03"))
    own, others = debts["B01"], debts["B03"]
    made = [
        _bought_back(first, own),
        _declined(first, own),
        _cancelled(first, own),
        _active(first, own),
        _subrogated(third, others[:1], organisations["GUARANTOR"]),
        _approved(third, others[1:3], organisations["MANAGER"]),
        _submitted(third, others[3:]),
        _draft(first, debts_to_assign(first.clerk)[-1:]),
    ]
    return len(made)


def _clerk_of(organisations: Mapping[str, int], code: str) -> Actor:
    """Return a bank's clerk: the demo's own person, or somebody of whom the demo knows no more."""
    if code == "B01":
        return demo_actor(Role.BANK_CLERK, organisations[code])
    return Actor(
        user_id=None, organisation_id=organisations[code], kind=OrganisationKind.BANK, role=Role.BANK_CLERK,
        district_code=None, name="银行经办",
    )  # fmt: skip


def _made(seller: _Seller, debts: Sequence[Claim], terms: Terms) -> DebtPackage:
    return make_package(actor=seller.clerk, terms=terms, claim_ids=[claim.pk for claim in debts])


def _on(day: date, step: Callable[[], object]) -> None:
    with clock.standing_on(day):
        step()


def _asked(seller: _Seller, debts: Sequence[Claim], terms: Terms, on: date) -> DebtPackage:
    """Make a package with its papers and notices, and submit it, all on one day."""
    with clock.standing_on(on):
        package = _made(seller, debts, terms)
        name = f"{package.number} 债权转让合同.txt"
        contract = Sheet(AssignmentPaperKind.CONTRACT, name, f"演示文件：{name}\n".encode(), on)
        add_sheet(actor=seller.clerk, package_id=package.pk, sheet=contract, limit_bytes=_LIMIT_BYTES)
        receipt = Sheet(AssignmentPaperKind.DELIVERY, "挂号回执.txt", f"演示文件：{package.number}回执\n".encode(), on)
        told = Told(NoticeWay.REGISTERED_POST, on, on, receipt)
        ids = list(package.debts.values_list("pk", flat=True))
        record_notices(
            actor=seller.clerk, package_id=package.pk, debt_ids=ids, told=told, limit_bytes=_LIMIT_BYTES
        )  # fmt: skip
        return deciding.submit_package(actor=seller.clerk, package_id=package.pk, version=None)


def _allow(seller: _Seller, package: DebtPackage, on: date, *, by_authority: bool = False) -> None:
    actor = seller.authority if by_authority else seller.checker
    _on(on, lambda: deciding.approve_request(actor=actor, package_id=package.pk, version=None, note="同意转让"))


def _declined(seller: _Seller, debts: Sequence[Claim]) -> DebtPackage:
    package = _asked(seller, debts, replace(_TO_AMC, settles_on=date(2021, 12, 30)), date(2021, 12, 20))
    note = "价格未经评估，请补充评估后重新申请"
    with clock.standing_on(date(2021, 12, 22)):
        deciding.decline_request(actor=seller.checker, package_id=package.pk, version=None, note=note)
    return package


def _active(seller: _Seller, debts: Sequence[Claim]) -> DebtPackage:
    package = _asked(seller, debts, replace(_TO_AMC, settles_on=date(2022, 1, 12)), date(2022, 1, 6))
    _allow(seller, package, date(2022, 1, 10))
    _on(date(2022, 1, 13), close_assignments)
    return package


def _bought_back(seller: _Seller, debts: Sequence[Claim]) -> DebtPackage:
    package = _asked(seller, debts, replace(_TO_TRUST, settles_on=date(2021, 12, 9)), date(2021, 12, 7))
    _allow(seller, package, date(2021, 12, 8))
    _on(date(2021, 12, 10), close_assignments)
    back = deciding.BuyBack(312_000, date(2021, 12, 16), "入池资产与约定标准不符")
    with clock.standing_on(date(2021, 12, 13)):
        deciding.ask_back(actor=seller.clerk, package_id=package.pk, version=None, terms=back)
    _allow(seller, package, date(2021, 12, 14))
    _on(date(2021, 12, 17), close_assignments)
    return package


def _cancelled(seller: _Seller, debts: Sequence[Claim]) -> DebtPackage:
    package = _asked(seller, debts, replace(_TO_AMC, settles_on=date(2021, 12, 31)), date(2021, 12, 24))
    with clock.standing_on(date(2021, 12, 28)):
        deciding.cancel_request(actor=seller.clerk, package_id=package.pk, version=None, note="受让方退出本次收购")
    return package


def _subrogated(seller: _Seller, debts: Sequence[Claim], guarantor_id: int) -> DebtPackage:
    terms = Terms(
        AssignmentKind.SUBROGATION,
        transferee_kind=TransfereeKind.GUARANTOR,
        transferee_id=guarantor_id,
        price_ratio_ppm=200_000,
        settles_on=date(2022, 1, 14),
    )
    package = _asked(seller, debts, terms, date(2022, 1, 11))
    _allow(seller, package, date(2022, 1, 13))
    _on(date(2022, 1, 17), close_assignments)
    return package


def _approved(seller: _Seller, debts: Sequence[Claim], manager_id: int) -> DebtPackage:
    terms = replace(
        _TO_AMC,
        kind=AssignmentKind.TO_MANAGER,
        transferee_kind=TransfereeKind.POOL_MANAGER,
        transferee_id=manager_id,
        price_ratio_ppm=100_000,
        settles_on=date(2022, 1, 24),
    )
    package = _asked(seller, debts, terms, date(2022, 1, 14))
    _allow(seller, package, date(2022, 1, 18), by_authority=True)
    return package


def _submitted(seller: _Seller, debts: Sequence[Claim]) -> DebtPackage:
    return _asked(seller, debts, replace(_TO_AMC, settles_on=date(2022, 1, 26)), date(2022, 1, 18))


def _draft(seller: _Seller, debts: Sequence[Claim]) -> DebtPackage:
    with clock.standing_on(targets.BUSINESS_DATE):
        return _made(seller, debts, replace(_TO_AMC, price_ratio_ppm=None, answers={}))
