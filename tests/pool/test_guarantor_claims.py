"""A guarantor's own claim: what it paid out and has not got back, once, on its own loans; breakers and caps by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.factories.claims import make_people
from tests.factories.guarantees import (
    PAID_ON,
    SCHEME,
    TODAY,
    WAN,
    checked,
    completed,
    decided,
    guaranteed,
    make_guarantee_law,
    make_guaranteed_default,
    make_guarantor,
    make_room,
    opened,
)
from tests.factories.people import make_actor, make_client, make_demo_book, make_membership, make_organisation
from tests.factories.pool import FIRM_CODES, enrol, loan, make_bank, make_enrolment

from yulin.kit.row_security import organisation_scope, scope
from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import User
from yulin.pool.core.claims.guarantee import GuaranteePayment
from yulin.pool.errors import (
    ClaimDeferredError,
    ClaimTwiceError,
    ConflictOfInterestError,
    GuaranteePaymentError,
    GuarantorNotNamedError,
    NotClaimantError,
    NotGuaranteedError,
    OtherModeError,
)
from yulin.pool.models import Claim, ClaimDocument, Enrolment, Recall, Voucher
from yulin.pool.selectors.breakers import breaker_page, breaker_rows
from yulin.pool.selectors.claim_case import book_of, law_of
from yulin.pool.selectors.claim_page import claim_page
from yulin.pool.selectors.claims import claimable_loans, claims_visible_to, claims_waiting_for
from yulin.pool.selectors.enrolments import enrolments_visible_to
from yulin.pool.services.claims import deciding, papers, reviewing
from yulin.pool.services.claims.open_claim import Asked, open_claim
from yulin.pool.services.name_guarantor import name_guarantor

pytestmark = pytest.mark.django_db


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_guarantee_law()


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def guarantor():
    return make_guarantor()


# --- enrolment ---


def test_a_loan_names_its_guarantor_by_code_or_name_with_its_share(law, guarantor):
    house, _ = guarantor
    _, clerk = make_bank()
    by_code = make_enrolment(clerk, law, **guaranteed(house))
    by_name = make_enrolment(clerk, law, **guaranteed(house) | {"guarantor": "示例担保公司（有限）"[:6]})
    for one in (by_code, by_name):
        assert (one.guarantor_id, one.contract_bp, one.insurer_id) == (house.pk, {"guarantor": 8_000}, None)
    assert make_enrolment(clerk, law, mode="bank", size_class="small", guarantor="无名", disbursed_on=PAID_ON,
                          due_on=PAID_ON + timedelta(days=365)).guarantor_id is None  # fmt: skip


def test_a_guarantor_that_nobody_knows_refuses_its_row_and_no_other(law, guarantor):
    house, _ = guarantor
    _, clerk = make_bank()
    lost, good = loan(**guaranteed(house) | {"guarantor": "别家担保"}), loan(**guaranteed(house))
    found = enrol(clerk, law, lost, good)
    assert (found.refused, list(found.ids)) == (1, [good["row"]])
    refused = found.findings.filter(row=lost["row"]).row(0, named=True)
    assert (refused["code"], refused["found"]) == ("POOL.PARTY.UNKNOWN", "别家担保")


def test_a_guaranteed_loan_without_guarantor_is_named_by_the_manager_once(law, people, guarantor):
    house, officer = guarantor
    found = enrol(people.clerk, law, one := loan(**guaranteed()))
    assert "POOL.PARTY.NO_GUARANTOR" in found.findings.get_column("code").to_list()
    given = {"enrolment_id": found.ids[one["row"]], "guarantor_id": house.pk, "share_bp": 8_000, "note": "担保合同"}
    for wrong in ({"share_bp": 0}, {"share_bp": 10_001}, {"guarantor_id": people.clerk.organisation_id}):
        with pytest.raises(GuarantorNotNamedError):
            name_guarantor(actor=people.checker, **given | wrong)
    with pytest.raises(NotAllowedError):
        name_guarantor(actor=people.clerk, **given)
    assert enrolments_visible_to(officer).count() == 0
    name_guarantor(actor=people.checker, **given)
    assert enrolments_visible_to(officer).count() == 1
    with pytest.raises(GuarantorNotNamedError):
        name_guarantor(actor=people.checker, **given)


# --- the claim ---


def test_eighty_percent_paid_out_gives_the_guarantor_a_fifth_of_it_back(law, people, guarantor):
    """R-08, threefold: of 300 万 the guarantor pays 240 万, the pool 48 万 of those; 60 万 stay with the bank."""
    house, officer = guarantor
    make_room(people.clerk, law, house)
    claim = completed(officer, opened(officer, make_guaranteed_default(people.clerk, law, house)))
    assert (claim.principal_fen, claim.loss_base_fen, claim.bank_id) == (300 * WAN, 240 * WAN, house.pk)
    claim = decided(people, checked(people, claim))
    page = claim_page(people.clerk, claim.pk, today=TODAY)
    assert [(one.line.party, one.line.kind, one.line.amount_fen) for one in page.parties] == [
        ("city", "public", 48 * WAN), ("guarantor", "own", 192 * WAN), ("bank", "own", 60 * WAN),
    ]  # fmt: skip
    assert (page.sheet.difference_fen, page.sheet.outside_fen, page.sheet.total_fen) == (0, 60 * WAN, 300 * WAN)
    assert [(one.bank_id, one.amount_fen) for one in claim.vouchers.all()] == [(house.pk, 48 * WAN)]
    assert [str(one.who) for one in page.parties[1:]] == [str(house.name), str(claim.lender.name)]


def test_what_came_back_since_is_not_claimed(law, people, guarantor):
    house, officer = guarantor
    make_room(people.clerk, law, house)
    claim = opened(officer, make_guaranteed_default(people.clerk, law, house), recovered_fen=40 * WAN)
    assert claim.loss_base_fen == 200 * WAN
    claim = decided(people, checked(people, completed(officer, claim)))
    assert claim.public_fen == 40 * WAN


@pytest.mark.parametrize(
    ("payment", "is_good"),
    [
        (GuaranteePayment(240 * WAN, PAID_ON), True),
        (GuaranteePayment(240 * WAN + 1, PAID_ON), False),
        (GuaranteePayment(0, PAID_ON), False),
        (GuaranteePayment(1, TODAY), True),
        (GuaranteePayment(1, TODAY + timedelta(days=1)), False),
        (GuaranteePayment(1, PAID_ON.replace(month=2, day=28)), True),
        (GuaranteePayment(1, PAID_ON.replace(month=2, day=27)), False),
        (None, False),
    ],
)
def test_a_payment_lies_within_the_share_and_between_default_and_today(law, people, guarantor, payment, is_good):
    house, officer = guarantor
    loan_ = make_guaranteed_default(people.clerk, law, house)
    if is_good:
        assert open_claim(actor=officer, enrolment_id=loan_.pk, asked=Asked(payment=payment)).state == "draft"
        return
    with pytest.raises(GuaranteePaymentError):
        open_claim(actor=officer, enrolment_id=loan_.pk, asked=Asked(payment=payment))


def test_the_certificate_is_needed_and_compared(law, people, guarantor):
    house, officer = guarantor
    claim = opened(officer, make_guaranteed_default(people.clerk, law, house))

    def line():
        lines = claim_page(officer, claim.pk, today=TODAY).lines
        return next(one for one in lines if one.id == "documents.guarantee_payment")

    assert (line().verdict, line().found.zh) == ("bad", "缺件")
    wrong = papers.PaperFile("guarantee_payment", "a.pdf", b"a", amount_fen=1, loan=claim.loan_number, dated_on=TODAY)
    papers.add_paper(actor=officer, claim_id=claim.pk, paper=wrong, limit_bytes=1_000)
    assert line().found.zh == "金额为0.01，应为2,400,000.00；日期为2026-04-20，应为2026-04-08"
    completed(officer, claim)
    assert line().verdict == "ok"


def test_a_bank_never_claims_on_a_guaranteed_loan_and_a_guarantor_on_nothing_else(law, people, guarantor):
    house, officer = guarantor
    loan_ = make_guaranteed_default(people.clerk, law, house)
    Enrolment.objects.filter(pk=loan_.pk).update(loan_status="overdue")
    with pytest.raises(OtherModeError):
        open_claim(actor=people.clerk, enrolment_id=loan_.pk)
    assert list(claimable_loans(people.clerk)) == []
    assert [one.pk for one in claimable_loans(officer)] == [loan_.pk]
    Enrolment.objects.filter(pk=loan_.pk).update(mode="five_plus_x")
    with pytest.raises(NotGuaranteedError):
        opened(officer, loan_)


def test_a_guaranteed_loan_is_claimed_once(law, people, guarantor):
    house, officer = guarantor
    loan_ = make_guaranteed_default(people.clerk, law, house)
    opened(officer, loan_)
    with pytest.raises(ClaimTwiceError):
        opened(officer, loan_)
    row = Claim.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=row.pk).update(guarantee_paid_fen=None, guarantee_paid_on=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=row.pk).update(guarantee_paid_on=None)


# --- whose rows ---


def test_each_party_sees_its_own_claim_and_nobody_else(law, people, guarantor):
    house, officer = guarantor
    make_room(people.clerk, law, house)
    claim = decided(
        people, checked(people, completed(officer, opened(officer, make_guaranteed_default(people.clerk, law, house))))
    )
    _, other = make_guarantor("别家担保")
    insurer = make_organisation(OrganisationKind.INSURER)
    stranger = make_actor(Role.INSURER_OFFICER, insurer)
    seen = {who.name: claims_visible_to(who).count() for who in (officer, people.clerk, other, stranger)}
    assert seen == {officer.name: 1, people.clerk.name: 1, other.name: 0, stranger.name: 0}
    for reach, count in ((house.pk, 1), (people.clerk.organisation_id, 1), (other.organisation_id, 0)):
        with scope(organisation_scope(reach)):
            found = [rows.objects.count() for rows in (Claim, Voucher, ClaimDocument, Enrolment)]
            assert found == [count, count, 2 * count, 5 * count]
    with scope(organisation_scope(people.clerk.organisation_id)):  # a party reads and never writes
        assert Claim.objects.filter(pk=claim.pk).update(state="paid") == 0
        assert Voucher.objects.filter(claim=claim).update(state="void") == 0
    with scope(organisation_scope(house.pk)):
        assert Enrolment.objects.filter(pk=claim.enrolment_id).update(purpose="x") == 0


def test_only_the_claimant_acts_on_its_claim(law, people, guarantor):
    house, officer = guarantor
    claim = opened(officer, make_guaranteed_default(people.clerk, law, house))
    with pytest.raises(NotClaimantError):
        papers.withdraw_claim(actor=people.clerk, claim_id=claim.pk, version=None)
    with pytest.raises(NotClaimantError):
        papers.submit_claim(actor=people.clerk, claim_id=claim.pk, version=None)
    assert [one.pk for one in claims_waiting_for(officer)] == [claim.pk]
    assert claims_waiting_for(people.clerk).count() == 0
    assert papers.withdraw_claim(actor=officer, claim_id=claim.pk, version=None).state == "withdrawn"


def test_people_of_lender_and_guarantor_are_kept_out_of_the_review(law, people, guarantor):
    house, officer = guarantor
    claim = completed(officer, opened(officer, make_guaranteed_default(people.clerk, law, house)))
    reviewer = User.objects.get(pk=people.reviewer.user_id)
    for organisation, role in ((house, Role.GUARANTOR_OFFICER), (claim.lender, Role.BANK_CLERK)):
        membership = make_membership(role, organisation=organisation, user=reviewer)
        with pytest.raises(ConflictOfInterestError):
            reviewing.review_claim(actor=people.reviewer, claim_id=claim.pk, version=None, note="齐全")
        membership.delete()


# --- breakers and caps ---


def test_the_breaker_is_measured_by_guarantor_on_what_it_guarantees(law, people, guarantor):
    house, officer = guarantor
    claim = checked(people, completed(officer, opened(officer, make_guaranteed_default(people.clerk, law, house))))
    with pytest.raises(ClaimDeferredError) as refused:
        decided(people, claim)
    assert refused.value.facts["found"] == "62.500%"  # 240 of 384 万; the law's line is 3 %
    row = breaker_rows(officer, today=TODAY)[0]
    assert (row.bank_id, row.kind.en, row.standings[0].below_fen) == (house.pk, "Guarantor", 384 * WAN)
    page = breaker_page(officer, house.pk, SCHEME, today=TODAY)
    assert [(one.claim_id, one.stage.is_held_back) for one in page.next] == [(claim.pk, True)]
    deciding.defer_claim(actor=people.authority, claim_id=claim.pk, version=None, note="代偿率超过3%")
    assert [one.pk for one in breaker_page(officer, house.pk, SCHEME, today=TODAY).queue] == [claim.pk]
    banks = {row.bank_id: row.standings[0].above_fen for row in breaker_rows(people.clerk, today=TODAY)}
    assert banks == {people.clerk.organisation_id: 0}  # what the guarantor paid is not the bank's loss


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_a_guarantor(law, people, guarantor, language):
    house, _ = guarantor
    loan_ = make_guaranteed_default(people.clerk, law, house)
    client = make_client(Role.GUARANTOR_OFFICER, house)
    root = f"/{language}"
    assert loan_.loan_number in client.get(f"{root}/claims/").content.decode()
    start = f"{root}/enrolments/{loan_.pk}/claim/"
    sent = {"defaulted_on": "2026-02-28", "paid": "240万", "paid_on": "2026-04-08"}
    assert client.post(start, sent | {"paid": ""}).status_code == 422
    assert "POOL.CLAIM.GUARANTEE_PAYMENT" in client.post(start, sent | {"paid": "2400000.01"}).content.decode()
    made = client.post(start, sent)
    claim = Claim.objects.get()
    assert made["Location"] == f"{root}/claims/{claim.pk}/"
    page = client.get(made["Location"])
    assert (page.status_code, page.context["forms"].is_banks) == (200, True)
    lender = make_client(Role.BANK_CLERK, claim.lender).get(made["Location"])
    assert (lender.status_code, lender.context["forms"].is_banks) == (200, False)
    assert client.get(f"{root}/breakers/").status_code == client.get(f"{root}/recoveries/").status_code == 200
    assert make_client(Role.GUARANTOR_OFFICER, make_guarantor("别家")[0]).get(made["Location"]).status_code == 404


def test_a_recall_gives_its_part_of_the_years_cap_back(law, people, guarantor):
    house, officer = guarantor
    make_room(people.clerk, law, house)
    first = make_guaranteed_default(people.clerk, law, house)
    claim = decided(people, checked(people, completed(officer, opened(officer, first))))
    second = make_guaranteed_default(people.clerk, law, house, firm_code=FIRM_CODES[4])
    assert book_of(second, law_of(claim), on=TODAY) == {
        "paid_on_loan": 0, "scheme_paid": 48 * WAN, "mode_paid": 48 * WAN
    }  # fmt: skip
    Voucher.objects.filter(claim=claim).update(state="paid", paid_on=TODAY)
    Claim.objects.filter(pk=claim.pk).update(state="recalled", paid_on=TODAY)
    Recall.objects.create(
        claim=claim, bank_id=claim.bank_id, principal_fen=18 * WAN, annual_rate_ppm=0, paid_on=TODAY,
        recalled_on=TODAY, clause="规程", reason="用途",
    )  # fmt: skip
    assert book_of(second, law_of(claim), on=TODAY) == {
        "paid_on_loan": 0, "scheme_paid": 30 * WAN, "mode_paid": 30 * WAN
    }  # fmt: skip
