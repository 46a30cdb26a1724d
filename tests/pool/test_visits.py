"""Visits of claims by experts: who may make one, what it has to say, whom it keeps out, where it is shown."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from tests.factories.claims import TODAY, make_claim_law, make_people, submitted
from tests.factories.experts import enter_expert, make_expert, visited
from tests.factories.people import make_demo_book, make_membership, make_organisation
from tests.factories.pool import WAN

from yulin.atlas.models import Reading
from yulin.base.errors import YulinError
from yulin.kit.row_security import organisation_scope, scope
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import User
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.models import ClaimVisit, Enrolment
from yulin.pool.selectors.audit_pack import tables_about
from yulin.pool.services.claims import reviewing
from yulin.pool.services.claims.visiting import record_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_claim_law()


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def claim(law, people):
    return submitted(people, law, outstanding_fen=400 * WAN)


def refusal(act):
    with pytest.raises(YulinError) as caught:
        act()
    return caught.value


def signed_in(actor):
    client = Client()
    client.force_login(
        User.objects.get(pk=actor.user_id), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def test_a_visit_names_its_expert_and_what_was_found(claim, people):
    number = make_expert(employer_name="示例大学")
    kept = visited(people.reviewer, claim, TODAY, expert=number, note=" 已停产，厂房已退租 ")
    assert (kept.expert_number, kept.expert_house, kept.finding) == (number, "示例大学", "已停产，厂房已退租")
    assert kept.recorded_by_name == people.reviewer.name
    look = Reading.objects.get(firm=claim.enrolment.firm)  # the firm's log says who looked at its holders
    assert look.user_id == people.reviewer.user_id
    reviewing.review_claim(actor=people.reviewer, claim_id=claim.pk, version=None, note="可")
    assert reviewing.check_claim(actor=people.checker, claim_id=claim.pk, version=None).state == "checked"


@pytest.mark.parametrize("note", ["", " \n "])
def test_a_visit_without_findings_is_none(claim, people, note):
    make_expert()
    assert refusal(lambda: visited(people.reviewer, claim, TODAY, note=note)).code == "POOL.CLAIM.VISIT_NOTE"
    assert not ClaimVisit.objects.exists()


def test_nobody_outside_the_register_visits(claim, people):
    gone = make_expert(is_active=False)
    visit = {"actor": people.reviewer, "claim_id": claim.pk, "version": None, "on": TODAY, "note": "已停产"}
    for number in ("", "ZJ-0", gone):
        assert refusal(lambda n=number: record_visit(expert=n, **visit)).code == "POOL.CLAIM.VISIT_EXPERT"


def test_an_expert_with_a_part_in_the_claim_stands_aside(claim, people):
    firm = claim.enrolment.firm.identifier
    clerk = User.objects.get(pk=people.clerk.user_id)
    seat = make_membership(Role.EXPERT, make_organisation(OrganisationKind.EXPERT), user=clerk)
    of_bank = enter_expert(people.clerk)
    assert seat.user_id == people.clerk.user_id
    found = {
        number: refusal(lambda n=number: visited(people.reviewer, claim, TODAY, expert=n))
        for number in (
            make_expert(employer=firm), make_expert(declared=[firm]), make_expert(employer=claim.bank.code), of_bank,
        )
    }  # fmt: skip
    assert {one.code for one in found.values()} == {"POOL.CLAIM.EXPERT_TIED"}
    assert [one.facts["reasons"] for one in found.values()] == [
        ["works for the firm"],
        ["has named the firm"],
        ["works for a bank or guarantor of the firm", f"is employed by {claim.bank.name.en}"],
        [f"belongs to {claim.bank.name.en}", "took this claim's step “Submitted”"],
    ]
    assert not ClaimVisit.objects.exists()


def test_who_visits_neither_records_nor_reviews_nor_checks_nor_decides(claim, people):
    user = User.objects.get(pk=people.checker.user_id)
    make_membership(Role.EXPERT, make_organisation(OrganisationKind.EXPERT), user=user)
    number = enter_expert(people.checker)
    assert refusal(lambda: visited(people.checker, claim, TODAY, expert=number)).code == "POOL.CLAIM.SAME_HANDS"
    visited(people.reviewer, claim, TODAY, expert=number)
    step = {"claim_id": claim.pk, "version": None}
    assert refusal(lambda: reviewing.review_claim(actor=people.checker, note="可", **step)).code == (
        "POOL.CLAIM.SAME_HANDS"
    )
    reviewing.review_claim(actor=people.reviewer, note="可", **step)
    assert refusal(lambda: reviewing.check_claim(actor=people.checker, **step)).code == "POOL.CLAIM.SAME_HANDS"


def test_only_the_manager_records_and_only_while_it_reviews(claim, people):
    make_expert()
    assert refusal(lambda: visited(people.clerk, claim, TODAY)).code == "PEOPLE.NOT_ALLOWED"
    reviewing.return_claim(actor=people.reviewer, claim_id=claim.pk, version=None, note="缺页")
    assert refusal(lambda: visited(people.reviewer, claim, TODAY)).code == "POOL.CLAIM.STEP"


def test_visits_only_grow_and_are_the_pools_alone(claim, people):
    kept = visited(people.reviewer, claim, TODAY)
    assert ClaimVisit.objects.update(finding="未停产") == 0  # no policy lets anybody change a row
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO pool_claimvisit (claim_id, visited_on, expert_number, expert_name, expert_house,"
                       " expert_user_id, finding, recorded_by_name) VALUES (%s, %s, 'ZJ', '某', '', 1, '', '')",
                       [claim.pk, TODAY])  # fmt: skip
    with scope(organisation_scope(claim.bank_id)):
        assert not ClaimVisit.objects.exists()  # the database shows it to no bank
    assert ClaimVisit.objects.get() == kept


def test_the_claims_page_and_its_audit_pack_show_the_visit(claim, people):
    number = make_expert(employer_name="示例大学")
    browser, address = signed_in(people.reviewer), f"/en/claims/{claim.pk}/"
    page = browser.get(address).content.decode()
    assert "needed before the check" in page
    sent = {"do": "visit", "expert": number, "visit_on": TODAY.isoformat(), "note": "已停产，厂房已退租", "version": ""}
    refused = browser.post(address, {**sent, "note": ""})
    assert (refused.status_code, ClaimVisit.objects.count()) == (422, 0)
    claim.refresh_from_db()
    assert browser.post(address, {**sent, "version": claim.version}).status_code == 302
    page = browser.get(address).content.decode()
    assert all(said in page for said in ("示例大学", number, "已停产，厂房已退租", people.reviewer.name))
    rows = tables_about(Enrolment.objects.filter(pk=claim.enrolment_id), PackScope(claim=claim.number))[
        "claim_visits.csv"
    ]
    assert [one.expert_number for one in rows] == [number]
    assert "厂房已退租" not in signed_in(people.clerk).get(address).content.decode()
