"""Packages of compensated debts: made, approved by another, in effect after settlement, cancelled, bought back."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories.assignments import (
    LIMIT_BYTES,
    SETTLES_ON,
    TERMS,
    make_approved,
    make_debts,
    make_draft,
    make_submitted,
    make_transfer_law,
    prove,
)
from tests.factories.people import make_actor, make_demo_book, make_organisation
from tests.factories.pool import WAN, make_bank
from tests.pool.test_concurrency import at_once
from tests.pool.test_returns import line, report

from yulin.exchange.models import UploadVerdict
from yulin.kit import clock
from yulin.kit.row_security import organisation_scope, scope
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry, Notice
from yulin.pool.enums import AssignmentKind, AssignmentPaperKind, TransfereeKind
from yulin.pool.errors import PoolError
from yulin.pool.models import (
    AssignedDebt,
    AssignmentPaper,
    Claim,
    DebtOwnership,
    DebtPackage,
    Enrolment,
    Recovery,
    TransferAsk,
)
from yulin.pool.selectors.assignments import debts_to_assign, owners_on, packages_visible_to, preflight_of
from yulin.pool.selectors.claim_case import law_of
from yulin.pool.selectors.recoveries import debt_account
from yulin.pool.services.assignments.closing import close_assignments
from yulin.pool.services.assignments.deciding import (
    BuyBack,
    approve_request,
    ask_back,
    cancel_request,
    decline_request,
    submit_package,
)
from yulin.pool.services.assignments.make_package import change_terms, make_package, take_out_debt
from yulin.pool.services.assignments.papers import PassedOn, Sheet, Told, add_sheet, pass_on_payment, record_notices
from yulin.pool.services.claims.open_claim import open_claim
from yulin.pool.services.recoveries.enter_recovery import Received, enter_recovery, undo_recovery

pytestmark = pytest.mark.django_db
TODAY, ACTIVE_ON = date(2022, 1, 19), date(2022, 1, 22)


@pytest.fixture
def clerk():
    make_demo_book(TODAY)
    return make_bank()[1]


@pytest.fixture
def manager():
    return make_organisation(OrganisationKind.MANAGER)


@pytest.fixture
def checker(manager):
    return make_actor(Role.MANAGER_CHECKER, manager)


@pytest.fixture
def claims(clerk):
    return make_debts(clerk, make_transfer_law())


def refused(work):
    with pytest.raises(PoolError) as caught:
        work()
    return caught.value.code


def closed(day=ACTIVE_ON):
    with clock.standing_on(day):
        return close_assignments()


def rows(claim):
    found = DebtOwnership.objects.filter(claim=claim).order_by("id")
    return [(one.act, one.state, one.valid_from, one.valid_until) for one in found]


def test_a_package_holds_its_debts_at_one_price_to_the_fen(clerk, claims):
    package = make_draft(clerk, claims, replace(TERMS, price_ratio_ppm=333_333))
    assert (package.debt_count, package.principal_fen) == (2, 600 * WAN)
    prices = list(package.debts.values_list("price_fen", flat=True))
    assert package.price_fen == sum(prices) == 600 * WAN * 333_333 // 1_000_000
    assert [one.compensated_fen for one in package.debts.all()] == [270 * WAN, 270 * WAN]
    assert package.number.startswith("ZR-2022-")
    assert AuditEntry.objects.get(action="pool.make_package").facts["principal_fen"] == 600 * WAN
    assert debts_to_assign(clerk) == []


def test_from_request_to_the_new_owner(clerk, checker, claims):
    package = make_approved(clerk, checker, claims)
    assert (package.state, closed(SETTLES_ON)) == ("approved", 0)  # the day of settlement is not over
    assert closed() == 1
    package.refresh_from_db()
    assert (package.state, package.active_from) == ("active", ACTIVE_ON)
    for claim in claims:
        assert rows(claim) == [("sale", "pending", TODAY, ACTIVE_ON), ("sale", "active", ACTIVE_ON, None)]
        assert owners_on([claim.pk], SETTLES_ON) == {}
        assert owners_on([claim.pk], ACTIVE_ON)[claim.pk].name == TERMS.transferee_name
    loans = Enrolment.objects.filter(claims__in=claims).values_list("loan_status", "outstanding_fen")
    assert list(loans) == [("transferred", 0)] * 2
    assert closed(date(2022, 2, 1)) == 0
    assert [one.step for one in package.history.order_by("id")] == ["make", "submit", "approve", "take_effect"]
    assert Notice.objects.filter(kind="pool.debt_package", organisation_id=clerk.organisation_id).count() == 2


def test_the_price_is_money_recovered_and_shared_as_the_loss_was_borne(clerk, checker, claims):
    make_approved(clerk, checker, claims)
    closed()
    entry = Recovery.objects.get(claim=claims[0])
    assert (entry.value_on, entry.gross_fen, entry.source) == (SETTLES_ON, 90 * WAN, "sale")
    account = debt_account(clerk, claims[0].pk)
    assert {one.party: one.returned_fen for one in account.parties} == {
        "city": 45 * WAN, "district": 36 * WAN, "bank": 9 * WAN,
    }  # fmt: skip
    assert refused(lambda: undo_recovery(actor=clerk, recovery_id=entry.pk, note="x")) == "POOL.RECOVERY.SALE_PRICE"


def test_a_price_above_what_is_still_open_is_shared_up_to_it(clerk, checker, claims):
    enter_recovery(actor=clerk, claim_id=claims[0].pk, received=Received(date(2022, 1, 18), 280 * WAN, 0, "LS1"))
    make_approved(clerk, checker, claims)
    closed()
    assert Recovery.objects.get(claim=claims[0], source="sale").gross_fen == 20 * WAN


def test_money_after_the_assignment_is_the_buyers_and_is_passed_on(clerk, checker, claims):
    package = make_approved(clerk, checker, claims)
    closed()
    debt = package.debts.get(claim=claims[0])
    with clock.standing_on(date(2022, 1, 25)):
        late = Received(date(2022, 1, 24), 5 * WAN, 0, "LS24")
        code = refused(lambda: enter_recovery(actor=clerk, claim_id=claims[0].pk, received=late))
        assert code == "POOL.RECOVERY.ASSIGNED"
        early = Received(date(2022, 1, 20), 5 * WAN, 0, "LS20")
        assert enter_recovery(actor=clerk, claim_id=claims[0].pk, received=early).net_fen == 5 * WAN
        money = PassedOn(date(2022, 1, 24), date(2022, 1, 25), 5 * WAN, "ZF1")
        kept = pass_on_payment(actor=clerk, package_id=package.pk, debt_id=debt.pk, passed=money)
        assert pass_on_payment(actor=clerk, package_id=package.pk, debt_id=debt.pk, passed=money) == kept
        for passed, code in (
            (replace(money, amount_fen=6 * WAN), "POOL.RECOVERY.REFERENCE"),
            (replace(money, amount_fen=0, reference="ZF2"), "POOL.RECOVERY.AMOUNT"),
            (replace(money, received_on=SETTLES_ON, reference="ZF2"), "POOL.ASSIGNMENT.NOT_OWNED"),
            (replace(money, passed_on_on=date(2022, 1, 23), reference="ZF2"), "POOL.ASSIGNMENT.NOTICE_DAY"),
        ):
            found = refused(
                lambda passed=passed: pass_on_payment(
                    actor=clerk, package_id=package.pk, debt_id=debt.pk, passed=passed
                )
            )
            assert found == code


def test_what_the_manager_takes_over_is_shared_as_before(clerk, claims, manager):
    authority = make_actor(Role.AUTHORITY_CHECKER)
    terms = replace(
        TERMS, kind=AssignmentKind.TO_MANAGER, transferee_kind=TransfereeKind.POOL_MANAGER, transferee_id=manager.pk
    )
    package = make_submitted(clerk, claims, terms)
    assert package.transferee_name == manager.name.zh
    buyer = make_actor(Role.MANAGER_CHECKER, manager)
    code = refused(lambda: approve_request(actor=buyer, package_id=package.pk, version=None))
    assert code == "POOL.ASSIGNMENT.OWN_PURCHASE"
    approve_request(actor=authority, package_id=package.pk, version=None)
    closed()
    assert Recovery.objects.count() == 0
    with clock.standing_on(date(2022, 1, 25)):
        late = Received(date(2022, 1, 24), 10 * WAN, 0, "LS24")
        assert enter_recovery(actor=clerk, claim_id=claims[0].pk, received=late).remitted_fen == 9 * WAN


def test_subrogation_without_title_leaves_the_debt_with_its_bank(clerk, checker, claims):
    house = make_organisation(OrganisationKind.GUARANTOR)
    terms = replace(
        TERMS, kind=AssignmentKind.SUBROGATION, transferee_kind=TransfereeKind.GUARANTOR, transferee_id=house.pk,
        answers={},
    )  # fmt: skip
    package = make_approved(clerk, checker, claims, terms)
    items = preflight_of(package, list(package.debts.all()), today=TODAY).items
    assert [one.id for one in items] == ["contract", "notice"]
    closed()
    package.refresh_from_db()
    assert package.state == "active"
    assert owners_on([claims[0].pk], ACTIVE_ON) == {}
    assert Enrolment.objects.get(claims=claims[0]).loan_status == "overdue"
    guarantor = make_actor(Role.GUARANTOR_OFFICER, house)
    assert list(packages_visible_to(guarantor)) == [package]


# --- refusals ---


def test_what_cannot_be_made(clerk, claims):
    ids = [claim.pk for claim in claims]
    assert refused(lambda: make_package(actor=clerk, terms=TERMS, claim_ids=[])) == "POOL.ASSIGNMENT.EMPTY"
    assert refused(lambda: make_package(actor=clerk, terms=TERMS, claim_ids=[0])) == "POOL.CLAIM.NOT_FOUND"
    for terms, code in (
        (replace(TERMS, transferee_kind=TransfereeKind.TRUST), "POOL.ASSIGNMENT.TRANSFEREE_KIND"),
        (replace(TERMS, price_ratio_ppm=0), "POOL.ASSIGNMENT.PRICE"),
        (replace(TERMS, price_ratio_ppm=1_000_001), "POOL.ASSIGNMENT.PRICE"),
        (replace(TERMS, settles_on=date(2022, 1, 18)), "POOL.ASSIGNMENT.SETTLEMENT"),
    ):
        assert refused(lambda terms=terms: make_package(actor=clerk, terms=terms, claim_ids=ids)) == code
    make_draft(clerk, claims)
    assert refused(lambda: make_draft(clerk, claims)) == "POOL.ASSIGNMENT.STANDS"
    with pytest.raises(NotAllowedError):
        make_package(actor=make_actor(Role.MANAGER_CLERK), terms=TERMS, claim_ids=ids)
    assert DebtPackage.objects.count() == 1


@pytest.mark.parametrize(
    ("loan", "claim"),
    [
        ({"loan_status": "paid", "outstanding_fen": 0}, {}),
        ({"loan_status": "undisbursed"}, {}),
        ({}, {"state": "approved", "notice_until": date(2022, 1, 18)}),
        ({"state": "revoked"}, {}),
    ],
)
def test_a_debt_that_cannot_change_hands(clerk, claims, loan, claim):
    Enrolment.objects.filter(claims=claims[0]).update(**loan)
    Claim.objects.filter(pk=claims[0].pk).update(**claim)
    assert refused(lambda: make_draft(clerk, claims)) == "POOL.ASSIGNMENT.DEBT"
    assert len(debts_to_assign(clerk)) == 1


def test_one_package_has_one_bank(claims, clerk):
    others = make_debts(make_bank()[1], law_of(claims[0]), 1)
    assert refused(lambda: make_draft(clerk, others)) == "POOL.CLAIM.NOT_FOUND"
    assert refused(lambda: make_draft(SYSTEM_ACTOR, [*claims, *others])) == "POOL.ASSIGNMENT.ONE_BANK"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"transferee_name": ""}, "POOL.ASSIGNMENT.TRANSFEREE"),
        ({"transferee_kind": None}, "POOL.ASSIGNMENT.TRANSFEREE"),
        ({"price_ratio_ppm": None}, "POOL.ASSIGNMENT.PRICE"),
        ({"settles_on": None}, "POOL.ASSIGNMENT.SETTLEMENT"),
        ({"transferee_kind": TransfereeKind.OTHER}, "POOL.ASSIGNMENT.PRE_FLIGHT"),
        ({"answers": {"has_buy_back_promise": True}}, "POOL.ASSIGNMENT.PRE_FLIGHT"),
    ],
)
def test_p_16d_what_cannot_be_submitted(clerk, claims, terms, code):
    package = make_draft(clerk, claims, replace(TERMS, **terms))
    assert refused(lambda: submit_package(actor=clerk, package_id=package.pk, version=None)) == code
    assert DebtOwnership.objects.count() == 0


def test_a_normal_loan_blocks_the_package_and_is_named(clerk, claims):
    Enrolment.objects.filter(claims=claims[1]).update(five_class="special_mention")
    package = prove(clerk, make_draft(clerk, claims))
    debts = list(package.debts.order_by("id"))
    found = preflight_of(package, debts, today=TODAY)
    assert [(one.id, one.debts) for one in found.blocking] == [("bad_debt", (debts[1].pk,))]
    take_out_debt(actor=clerk, package_id=package.pk, debt_id=0)
    code = refused(lambda: take_out_debt(actor=clerk, package_id=package.pk, debt_id=debts[1].pk))
    assert code == "POOL.ASSIGNMENT.DEBTOR_TOLD"


def test_a_debt_is_taken_out_and_can_be_put_into_another(clerk, claims):
    package = make_draft(clerk, claims)
    first, second = package.debts.order_by("id")
    take_out_debt(actor=clerk, package_id=package.pk, debt_id=second.pk)
    package.refresh_from_db()
    assert (package.debt_count, package.principal_fen, package.price_fen) == (1, 300 * WAN, 90 * WAN)
    code = refused(lambda: take_out_debt(actor=clerk, package_id=package.pk, debt_id=first.pk))
    assert code == "POOL.ASSIGNMENT.EMPTY"
    assert make_draft(clerk, claims[1:]).debt_count == 1


def test_approval_needs_every_item_and_another_person(clerk, checker, claims):
    package = make_draft(clerk, claims, replace(TERMS, answers={}))
    submit_package(actor=clerk, package_id=package.pk, version=None)
    with pytest.raises(PoolError) as caught:
        approve_request(actor=checker, package_id=package.pk, version=None)
    assert caught.value.code == "POOL.ASSIGNMENT.PRE_FLIGHT_OPEN"
    assert caught.value.facts["items"] == ["true_sale", "buy_back", "guarantee", "contract", "notice"]
    with pytest.raises(NotAllowedError):
        approve_request(actor=clerk, package_id=package.pk, version=None)
    TransferAsk.objects.update(asked_by_id=checker.user_id)
    code = refused(lambda: approve_request(actor=checker, package_id=package.pk, version=None))
    assert code == "POOL.ASSIGNMENT.SAME_HANDS"
    code = refused(lambda: decline_request(actor=checker, package_id=package.pk, version=1, note="x"))
    assert code == "POOL.ASSIGNMENT.CHANGED"


def test_declined_and_cancelled_debts_are_free_again(clerk, checker, claims):
    package = make_submitted(clerk, claims)
    code = refused(lambda: decline_request(actor=checker, package_id=package.pk, version=None, note=" "))
    assert code == "POOL.ASSIGNMENT.NOTE"
    decline_request(actor=checker, package_id=package.pk, version=None, note="价格未经评估")
    assert rows(claims[0])[-1] == ("sale", "declined", TODAY, date(2022, 1, 20))
    again = make_submitted(clerk, claims)
    cancel_request(actor=clerk, package_id=again.pk, version=None, note="受让方退出")
    assert rows(claims[0])[-1] == ("sale", "cancelled", TODAY, date(2022, 1, 20))
    draft = make_draft(clerk, claims)
    cancel_request(actor=clerk, package_id=draft.pk, version=None, note="改为单户转让")
    assert sorted(DebtPackage.objects.values_list("state", flat=True)) == ["cancelled", "cancelled", "declined"]
    code = refused(lambda: cancel_request(actor=clerk, package_id=draft.pk, version=None, note="x"))
    assert code == "POOL.ASSIGNMENT.STEP"
    assert not AssignedDebt.objects.filter(is_open=True).exists()
    code = refused(lambda: change_terms(actor=clerk, package_id=again.pk, version=None, terms=TERMS))
    assert code == "POOL.ASSIGNMENT.STEP"


def test_what_nobody_approved_lapses_at_its_settlement(clerk, claims):
    package = make_submitted(clerk, claims)
    closed()
    package.refresh_from_db()
    assert package.state == "declined"
    assert DebtOwnership.objects.last().reason == "POOL.ASSIGNMENT.NOT_APPROVED"


def test_a_debt_repaid_before_settlement_is_declined_alone(clerk, checker, claims):
    package = make_approved(clerk, checker, claims)
    Enrolment.objects.filter(claims=claims[0]).update(loan_status="paid", outstanding_fen=0)
    closed()
    package.refresh_from_db()
    assert package.state == "active"
    assert [rows(claim)[-1][1] for claim in claims] == ["declined", "active"]
    assert Enrolment.objects.get(claims=claims[0]).loan_status == "paid"
    assert list(package.debts.order_by("id").values_list("is_open", flat=True)) == [False, True]


# --- buying back ---


def bought(clerk, package, **changes):
    terms = {"price_ratio_ppm": 320_000, "settles_on": date(2022, 2, 10), "note": "债权存在瑕疵"} | changes
    return ask_back(actor=clerk, package_id=package.pk, version=None, terms=BuyBack(**terms))


def test_bought_back_debts_are_the_banks_again(clerk, checker, claims):
    package = make_approved(clerk, checker, claims)
    closed()
    with clock.standing_on(date(2022, 2, 7)):
        assert refused(lambda: bought(clerk, package, price_ratio_ppm=None)) == "POOL.ASSIGNMENT.PRICE"
        assert refused(lambda: bought(clerk, package, note="")) == "POOL.ASSIGNMENT.NOTE"
        early = {"settles_on": date(2022, 2, 6)}
        assert refused(lambda: bought(clerk, package, **early)) == "POOL.ASSIGNMENT.SETTLEMENT"
        bought(clerk, package)
        assert refused(lambda: bought(clerk, package)) == "POOL.ASSIGNMENT.ACT"
        approve_request(actor=checker, package_id=package.pk, version=None)
    closed(date(2022, 2, 11))
    package.refresh_from_db()
    assert package.state == "bought_back"
    assert owners_on([claims[0].pk], date(2022, 2, 10))
    assert owners_on([claims[0].pk], date(2022, 2, 11)) == {}
    assert Enrolment.objects.get(claims=claims[0]).loan_status == "overdue"
    assert Enrolment.objects.get(claims=claims[0]).outstanding_fen == 300 * WAN
    assert len(debts_to_assign(clerk)) == 2
    price = Recovery.objects.get(claim=claims[0], source="sale")
    assert (price.undone_on, price.net_fen) == (date(2022, 2, 11), 0)
    assert sum(one.returned_fen for one in debt_account(clerk, claims[0].pk).parties) == 0


def test_p_16d_a_buy_back_that_settles_with_its_sale_offsets_it(clerk, checker, claims):
    package = make_approved(clerk, checker, claims)
    bought(clerk, package, settles_on=SETTLES_ON)
    approve_request(actor=checker, package_id=package.pk, version=None)
    closed()
    package.refresh_from_db()
    assert package.state == "cancelled"
    assert rows(claims[0]) == [
        ("sale", "pending", TODAY, ACTIVE_ON),
        ("buy_back", "pending", TODAY, ACTIVE_ON),
        ("sale", "cancelled", SETTLES_ON, ACTIVE_ON),
        ("buy_back", "cancelled", SETTLES_ON, ACTIVE_ON),
    ]
    assert owners_on([claims[0].pk], ACTIVE_ON) == {}


def test_a_buy_back_that_nobody_approved_leaves_the_sale(clerk, checker, claims):
    package = make_approved(clerk, checker, claims)
    bought(clerk, package, settles_on=SETTLES_ON)
    closed()
    package.refresh_from_db()
    assert package.state == "active"
    with clock.standing_on(date(2022, 2, 7)):
        bought(clerk, package)
        cancel_request(actor=clerk, package_id=package.pk, version=None, note="协商一致")
        bought(clerk, package)
        decline_request(actor=checker, package_id=package.pk, version=None, note="不同意回购")
    assert closed(date(2022, 3, 1)) == 0
    assert owners_on([claims[0].pk], date(2022, 3, 1))[claims[0].pk].package_id == package.pk
    assert refused(lambda: approve_request(actor=checker, package_id=package.pk, version=None)) == "POOL.ASSIGNMENT.ACT"


def test_a_late_close_leaves_the_rows_of_one_in_time(clerk, checker, claims):
    package = make_approved(clerk, checker, claims)
    bought(clerk, package, settles_on=date(2022, 1, 25))
    approve_request(actor=checker, package_id=package.pk, version=None)
    assert closed(date(2022, 3, 1)) == 1
    package.refresh_from_db()
    assert package.state == "bought_back"
    assert rows(claims[0])[2:] == [
        ("sale", "active", ACTIVE_ON, date(2022, 1, 26)),
        ("buy_back", "bought_back", date(2022, 1, 25), date(2022, 1, 26)),
    ]
    steps = [one.step for one in package.history.order_by("id")]
    assert steps[-2:] == ["take_effect", "buy_back"]


# --- papers ---


def test_papers_keep_their_hash_and_are_never_changed(clerk, claims):
    package = make_draft(clerk, claims)
    sheet = Sheet(AssignmentPaperKind.CONTRACT, "合同.pdf", b"contract")
    kept = add_sheet(actor=clerk, package_id=package.pk, sheet=sheet, limit_bytes=LIMIT_BYTES)
    assert kept.sha256 == hashlib.sha256(b"contract").hexdigest()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AssignmentPaper.objects.update(file_name="x")


def test_a_notice_needs_days_that_can_be(clerk, claims):
    package = make_draft(clerk, claims)
    proof = Sheet(AssignmentPaperKind.DELIVERY, "回执.pdf", b"receipt")
    for sent, delivered in ((18, 17), (18, 20)):
        told = Told("in_person", date(2022, 1, sent), date(2022, 1, delivered), proof)
        code = refused(
            lambda told=told: record_notices(
                actor=clerk, package_id=package.pk, debt_ids=[], told=told, limit_bytes=LIMIT_BYTES
            )
        )
        assert code == "POOL.ASSIGNMENT.NOTICE_DAY"


# --- the database's own law ---


def test_the_database_keeps_the_sums(clerk, claims):
    package = make_draft(clerk, claims)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="its debts are"), transaction.atomic():
        DebtPackage.objects.filter(pk=package.pk).update(principal_fen=600 * WAN + 1)


def test_the_database_freezes_what_was_submitted(clerk, claims):
    package = make_submitted(clerk, claims)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        package.debts.update(price_fen=1)


def test_the_database_keeps_owners_apart(clerk, checker, claims):
    package = make_approved(clerk, checker, claims)
    closed()
    row = DebtOwnership.objects.filter(state="active").first()
    with pytest.raises(IntegrityError, match="ownership_never_overlaps"), transaction.atomic():
        DebtOwnership.objects.create(
            debt_id=row.debt_id, claim_id=row.claim_id, ask_id=row.ask_id, act="buy_back", state="active",
            valid_from=date(2022, 3, 1), valid_until=date(2022, 3, 2),
        )  # fmt: skip
    assert package.debt_count == 2


def test_rows_are_hidden_from_other_banks(clerk, claims):
    package = make_submitted(clerk, claims)
    stranger = make_bank()[1]
    assert list(packages_visible_to(stranger)) == []
    with scope(organisation_scope(stranger.organisation_id)):
        for model in (DebtPackage, AssignedDebt, TransferAsk, DebtOwnership, AssignmentPaper):
            assert model.objects.count() == 0
    with scope(organisation_scope(clerk.organisation_id)):
        assert DebtOwnership.objects.count() == AssignedDebt.objects.count() == 2
    assert refused(lambda: submit_package(actor=stranger, package_id=package.pk, version=None)) == (
        "POOL.ASSIGNMENT.NOT_FOUND"
    )


# --- what follows elsewhere ---


def test_the_returns_of_an_assigned_loan_say_so(clerk, checker, claims):
    make_approved(clerk, checker, claims)
    closed()
    loan = Enrolment.objects.get(claims=claims[0])
    with clock.standing_on(date(2022, 2, 8)):
        held = {"outstanding_fen": 300 * WAN, "overdue_days": 130, "five_class": "doubtful", "loan_status": "逾期"}
        upload, result = report(clerk, line(loan, **held), month=date(2022, 1, 1))
        assert (result["taken"], result["refused"]) == (0, 1)
        assert UploadVerdict.objects.get(upload=upload).code == "POOL.RETURN.ASSIGNED"
        gone = {"outstanding_fen": 0, "overdue_days": 0, "five_class": "doubtful", "loan_status": "已转让"}
        assert report(clerk, line(loan, **gone), month=date(2022, 1, 1))[1]["taken"] == 1
        assert report(clerk, line(loan, **held), month=date(2021, 12, 1))[1]["taken"] == 1  # it was the bank's then
    loan.refresh_from_db()
    assert (loan.loan_status, loan.outstanding_fen) == ("transferred", 0)


def test_a_return_of_a_month_before_the_assignment_does_not_bring_the_loan_back(clerk, checker, claims):
    make_approved(clerk, checker, claims)
    closed()
    loan = Enrolment.objects.get(claims=claims[0])
    held = {"outstanding_fen": 300 * WAN, "overdue_days": 90, "five_class": "substandard", "loan_status": "逾期"}
    with clock.standing_on(date(2022, 1, 25)):
        assert report(clerk, line(loan, **held), month=date(2021, 12, 1))[1]["taken"] == 1
    loan.refresh_from_db()
    assert (loan.loan_status, loan.outstanding_fen) == ("transferred", 0)


def test_an_assigned_loan_cannot_be_claimed(clerk, checker, claims):
    make_approved(clerk, checker, claims)
    closed()
    Claim.objects.filter(pk=claims[0].pk).update(state="withdrawn")
    loan = Enrolment.objects.get(claims=claims[0])
    assert refused(lambda: open_claim(actor=clerk, enrolment_id=loan.pk)) == "POOL.CLAIM.LOAN_ASSIGNED"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_hands_put_a_debt_into_one_package(clerk, claims):
    def make():
        try:
            return make_draft(clerk, claims).number
        except PoolError as error:
            return error.code

    made = at_once(*[make] * 8)
    assert made.count("POOL.ASSIGNMENT.STANDS") == 7
    assert DebtPackage.objects.get().number in made
