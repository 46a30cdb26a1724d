"""Pages of packages of debts: made from the plan, filled in, submitted, approved; each role sees its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from tests.factories.assignments import (
    ANSWERS,
    TERMS,
    make_approved,
    make_debts,
    make_draft,
    make_submitted,
    make_transfer_law,
)
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation
from tests.factories.pool import make_bank

from yulin.base.workdays import shipped_calendar
from yulin.kit import clock
from yulin.people.enums import OrganisationKind, Role
from yulin.pool.enums import AssignmentKind, TransfereeKind
from yulin.pool.models import Claim, DebtPackage, Enrolment
from yulin.pool.selectors.assignments import packages_to_decide
from yulin.pool.selectors.claim_case import law_of
from yulin.pool.selectors.year_end import year_end_plan
from yulin.pool.services.assignments.closing import close_assignments

pytestmark = pytest.mark.django_db
TODAY = date(2022, 1, 19)
FORM = {
    "do": "terms", "kind": "to_amc", "transferee_kind": "local_amc", "transferee_name": "示例资产管理有限公司",
    "transferee_code": "91440101DEMOAMC001", "price": "30", "settles_on": "2022-01-21",
    **{name: "yes" if value else "no" for name, value in ANSWERS.items()},
}  # fmt: skip


@pytest.fixture
def book():
    make_demo_book(TODAY)
    bank, clerk = make_bank()
    clerk_browser = make_client(Role.BANK_CLERK, bank)
    return bank, clerk, clerk_browser, make_debts(clerk, make_transfer_law())


@pytest.fixture
def checker():
    return make_actor(Role.MANAGER_CHECKER)


def at(name, *args, language="zh-hans"):
    with translation.override(language):
        return reverse(f"pool:{name}", args=args)


def text(answer):
    return answer.content.decode()


def sheet_of(browser, address):
    return b"".join(browser.get(address, {"format": "csv"}).streaming_content).decode()


def paper(name="合同.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7 demo", content_type="application/pdf")


def test_from_the_plan_to_a_submitted_package(book):
    _, _, browser, claims = book
    plan = text(browser.get(at("year-end")))
    assert "2笔债权现在可以组包" in plan
    made = browser.post(at("year-end"), {"kind": "to_amc"})
    package = DebtPackage.objects.get()
    address = at("package", package.pk)
    assert (made["Location"], package.debt_count) == (address, len(claims))
    assert "下一步：填写受让方、价格与交割日" in text(browser.get(address))
    version = {"version": str(package.version)}
    assert browser.post(address, {**FORM, **version}).status_code == 302
    package.refresh_from_db()
    assert (package.price_fen, package.price_ratio_ppm) == (180_000_000, 300_000)
    stale = browser.post(address, {**FORM, **version})
    assert (stale.status_code, "POOL.ASSIGNMENT.CHANGED" in text(stale)) == (422, True)
    assert browser.post(address, {"do": "sheet", "kind": "contract", "file": paper()}).status_code == 302
    notice = {
        "do": "notice", "debts": [str(one.pk) for one in package.debts.all()], "way": "registered_post",
        "sent_on": "2022-01-17", "delivered_on": "2022-01-18", "proof": paper("回执.pdf"),
    }  # fmt: skip
    assert browser.post(address, notice).status_code == 302
    page = text(browser.get(address))
    assert "下一步：提交转让申请" in page
    assert "预检全部通过" in page
    assert browser.post(address, {"do": "submit", "version": ""}).status_code == 302
    package.refresh_from_db()
    assert package.state == "submitted"
    kept = package.papers.first()
    assert sheet_of(browser, at("package-paper", package.pk, kept.pk)) == "%PDF-1.7 demo"
    assert browser.get(at("package-paper", package.pk, 0)).status_code == 404


def test_refusals_stand_on_the_page_with_their_code(book):
    _, clerk, browser, claims = book
    package = make_draft(clerk, claims, replace(TERMS, transferee_kind=TransfereeKind.OTHER))
    answer = browser.post(at("package", package.pk), {"do": "submit", "version": ""})
    assert (answer.status_code, "POOL.ASSIGNMENT.PRE_FLIGHT" in text(answer)) == (422, True)
    empty = browser.post(at("package-make"), {"kind": "to_amc"})
    assert (empty.status_code, "POOL.ASSIGNMENT.EMPTY" in text(empty)) == (422, True)
    taken = browser.post(at("package-make"), {"kind": "to_amc", "claim": [str(claims[0].pk)]})
    assert (taken.status_code, "POOL.ASSIGNMENT.STANDS" in text(taken)) == (422, True)
    assert browser.post(at("package", package.pk), {"do": "approve"}).status_code == 404


def test_the_checker_approves_and_the_buyer_sees_it(book, checker):
    _, clerk, browser, claims = book
    house = make_organisation(OrganisationKind.GUARANTOR)
    terms = replace(
        TERMS, kind=AssignmentKind.SUBROGATION_WITH_TITLE, transferee_kind=TransfereeKind.GUARANTOR,
        transferee_id=house.pk,
    )  # fmt: skip
    draft = make_draft(clerk, claims[:1], terms)
    guarantor = make_client(Role.GUARANTOR_OFFICER, house)
    assert guarantor.get(at("package", draft.pk)).status_code == 404  # a draft is the bank's own business
    browser.post(at("package", draft.pk), {"do": "cancel", "version": "", "note": "重做"})
    package = make_submitted(clerk, claims, terms)
    assert [one.package_id for one in packages_to_decide(checker)] == [package.pk]
    page = text(guarantor.get(at("package", package.pk)))
    assert claims[0].firm_name in page
    assert at("claim", claims[0].pk) not in page
    manager = make_client(Role.MANAGER_CHECKER)
    shown = text(manager.get(at("package", package.pk, language="en")))
    assert "Decide on the assignment" in shown
    bare = manager.post(at("package", package.pk), {"do": "decline", "note": ""})
    assert (bare.status_code, "POOL.ASSIGNMENT.NOTE" in text(bare)) == (422, True)
    assert manager.post(at("package", package.pk), {"do": "approve", "note": ""}).status_code == 302
    package.refresh_from_db()
    assert package.state == "approved"
    assert text(make_client(Role.AUDITOR).get(at("packages"))).count(package.number) == 1


def test_an_active_package_takes_passed_on_money_and_a_buy_back(book, checker):
    _, clerk, browser, claims = book
    package = make_approved(clerk, checker, claims)
    with clock.standing_on(date(2022, 1, 25)):
        close_assignments()
        address = at("package", package.pk)
        money = {
            "do": "passed", "debt": str(package.debts.first().pk), "received_on": "2022-01-24",
            "passed_on_on": "2022-01-25", "amount": "5万", "reference": "ZF1",
        }  # fmt: skip
        assert browser.post(address, money).status_code == 302
        assert "50,000.00" in text(browser.get(address))
        debt = text(browser.get(at("debt", claims[0].pk)))
        assert "示例资产管理有限公司" in debt
        back = {"do": "back", "settles_on": "2022-02-10", "note": "瑕疵"}
        assert browser.post(address, {**back, "price": ""}).status_code == 422
        assert "POOL.ASSIGNMENT.PRICE" in text(browser.post(address, {**back, "price": "0"}))
        assert browser.post(address, {**back, "price": "32"}).status_code == 302
        assert "回购办理中" in text(browser.get(address))
        assert browser.post(address, {"do": "cancel", "note": "不再回购", "version": ""}).status_code == 302
    package.refresh_from_db()
    assert package.state == "active"


def test_the_list_is_found_filtered_and_exported(book):
    _, clerk, browser, claims = book
    package = make_submitted(clerk, claims)
    assert package.number in text(browser.get(at("packages"), {"q": claims[0].loan_number, "state": "submitted"}))
    assert package.number not in text(browser.get(at("packages"), {"state": "active"}))
    sheet = sheet_of(browser, at("packages"))
    assert package.number in sheet
    debts = sheet_of(browser, at("package", package.pk))
    assert [claims[place].loan_number in debts for place in (0, 1)] == [True, True]
    plan = sheet_of(browser, at("year-end"))
    assert plan.count("\n") == 1  # both debts lie in a package


def plan_of(actor):
    return year_end_plan(actor, today=TODAY, calendar=shipped_calendar())


def test_the_plan_says_what_is_ready_what_comes_and_what_is_blocked(book, django_assert_max_num_queries):
    _, clerk, _, claims = book
    late = make_debts(clerk, law_of(claims[0]), 3)
    Claim.objects.filter(pk=late[0].pk).update(state="approved", notice_until=date(2022, 1, 18), paid_on=None)
    Claim.objects.filter(pk=late[1].pk).update(state="deferred")
    Enrolment.objects.filter(claims=late[2]).update(five_class="special_mention")
    with django_assert_max_num_queries(8):
        plan = plan_of(clerk)
    assert {one.claim.pk for one in plan.ready} == {claim.pk for claim in claims}
    assert [one.claim.pk for one in plan.coming] == [late[0].pk]
    assert plan.coming[0].line.earliest_on == date(2022, 2, 9)
    reasons = {one.claim.pk: [reason.zh for reason in one.reasons] for one in plan.blocked}
    assert reasons[late[1].pk] == ["申请处于“暂缓”"]
    assert reasons[late[2].pk] == ["五级分类为关注；预检要求五级分类为次级、可疑、损失（范围）"]
    assert plan.ready_sums == {"CNY": 600_000_000}
    make_submitted(clerk, claims)
    again = plan_of(clerk)
    assert (again.ready, again.in_packages, again.held) == ([], 2, {"CNY": 600_000_000})


def test_three_debts_are_shown_with_as_many_queries_as_one(book, django_assert_max_num_queries):
    _, clerk, browser, claims = book
    more = make_debts(clerk, law_of(claims[0]), 2)
    one, three = make_submitted(clerk, claims[:1]), make_submitted(clerk, [claims[1], *more])
    counts = []
    for package in (one, three):
        with django_assert_max_num_queries(30) as captured:
            assert browser.get(at("package", package.pk)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
