"""The short application: only what is missing, its proof, sixty working days, who has it, the list that holds it."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from tests.brain.test_check_up_pages import text
from tests.brain.test_paying_awards import account_of
from tests.factories.awards import list_firms, make_office, make_paid_firm, make_paying_policy, put_on_notice
from tests.factories.people import TODAY, make_actor, make_client, make_demo_book

from yulin.brain.core.awards import Rhythm
from yulin.brain.errors import (
    ApplicationValueError,
    AwardClaimError,
    AwardNotFoundError,
    AwardStateError,
    AwardTermsError,
    ReviewReasonError,
)
from yulin.brain.models import AwardClaim
from yulin.brain.selectors.awards import claims_shown, verified_claims
from yulin.brain.services.awarding import decide_batch
from yulin.brain.services.claiming_awards import open_proof, submit_claim, verify_claim
from yulin.brain.services.paying_awards import accept_award, keep_award_payment, release_awards
from yulin.kit.clock import standing_on
from yulin.people.enums import Role
from yulin.people.models import Organisation

pytestmark = pytest.mark.django_db

SAID = {"is_on_abnormal_list": "no"}


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


@pytest.fixture
def office():
    return make_office()


def person_of(firm):
    return make_actor(Role.FIRM_USER, Organisation.objects.get(identifier=firm.identifier))


@pytest.fixture
def gap(office):
    policy = make_paying_policy(office)
    make_paid_firm(1)
    make_paid_firm(2, is_on_abnormal_list=None)
    with standing_on(TODAY):
        return put_on_notice(office, policy, TODAY).gaps.get()


def submit(gap, said=SAID, paper=b"proof", **given):
    actor = given.get("actor") or person_of(gap.firm)
    with standing_on(given.get("on", TODAY)):
        return submit_claim(
            actor=actor, gap_id=gap.pk, said=said, paper=BytesIO(paper) if paper else None, paper_name="证明.pdf"
        )


def test_a_firm_says_only_what_is_missing_with_its_proof_and_is_paid_within_sixty_workdays(gap):
    for said in ({}, {"is_on_abnormal_list": ""}):
        with pytest.raises(AwardClaimError):
            submit(gap, said)
    with pytest.raises(ApplicationValueError):
        submit(gap, {"is_on_abnormal_list": "perhaps"})
    with pytest.raises(AwardClaimError):
        submit(gap, paper=None)
    with pytest.raises(AwardNotFoundError):
        submit(gap, actor=person_of(make_paid_firm(3)))
    claim = submit(gap, {**SAID, "staff_count": "1"})
    assert claim.given == {"is_on_abnormal_list": False}, "what is known is not said anew"
    assert (claim.number, claim.submitted_on, claim.due_on) == ("KS-2022-0000001", TODAY, date(2022, 4, 19))
    with pytest.raises(AwardStateError):
        submit(gap)


def test_what_is_returned_is_said_anew_and_its_day_stays(gap, office):
    claim = submit(gap)
    with pytest.raises(ReviewReasonError):
        verify_claim(actor=office.officer, gap_id=gap.pk, is_right=False)
    verify_claim(actor=office.officer, gap_id=gap.pk, is_right=False, reason="证明过期")
    again = submit(gap, on=date(2022, 2, 7))
    assert (again.pk, again.due_on, again.state) == (claim.pk, claim.due_on, "submitted")
    verify_claim(actor=office.officer, gap_id=gap.pk, is_right=True)
    with pytest.raises(AwardStateError):
        verify_claim(actor=office.officer, gap_id=gap.pk, is_right=False, reason="更正")
    with pytest.raises(IntegrityError), transaction.atomic():
        AwardClaim.objects.update(given={})


def test_the_next_list_holds_what_was_found_right_and_says_who_has_it_until_it_is_paid(gap, office):
    policy, firm = gap.batch.policy, person_of(gap.firm)
    submit(gap)
    seen = []

    def holder():
        seen.append([one.holder.en for one in claims_shown(office.officer)])

    holder()
    with pytest.raises(AwardTermsError):
        list_firms(office, policy, TODAY)
    verify_claim(actor=office.officer, gap_id=gap.pk, is_right=True)
    holder()
    batch = list_firms(office, policy, TODAY)
    award = batch.awards.get()
    assert award.firm_id == gap.firm_id
    given = next(one for one in award.facts if one["name"] == "is_on_abnormal_list")
    assert (given["value"], given["source"]) == (False, "企业补充，科技局核实")
    holder()
    with standing_on(TODAY):
        decide_batch(actor=office.checker, batch_id=batch.pk, is_confirmed=True)
    holder()
    with standing_on(date(2022, 1, 27)):
        accept_award(actor=firm, award_id=award.pk, account=account_of(gap.firm))
        holder()
        for hand in (office.officer, office.checker):
            release_awards(actor=hand, batch_id=batch.pk)
        holder()
        keep_award_payment(actor=office.officer, award_id=award.pk, on=date(2022, 1, 27), reference="B-1")
        holder()
    assert seen == [
        ["the authority's officer"], ["the authority's officer"], ["the authority's checker"], ["the firm"],
        ["two people of the authority"], ["the paying bank"], [],
    ]  # fmt: skip


def test_what_was_found_right_in_one_year_is_not_taken_for_right_in_the_next(gap, office):
    submit(gap)
    verify_claim(actor=office.officer, gap_id=gap.pk, is_right=True)
    assert set(verified_claims(gap.batch.policy_id, gap.batch.period)) == {gap.firm_id}
    assert not verified_claims(gap.batch.policy_id, "2023")


def test_what_a_firm_says_that_speaks_against_it_entitles_it_to_nothing(gap, office):
    submit(gap, {"is_on_abnormal_list": "yes"})
    verify_claim(actor=office.officer, gap_id=gap.pk, is_right=True)
    with pytest.raises(AwardTermsError):
        list_firms(office, gap.batch.policy, TODAY, rhythm=Rhythm.YEAR)


def test_the_pages_ask_for_what_is_missing_and_let_the_authority_verify(gap, office):
    client = make_client(Role.FIRM_USER, Organisation.objects.get(identifier=gap.firm.identifier))
    page = f"/zh-hans/awards/gaps/{gap.pk}/"
    with standing_on(TODAY):
        listed = text(client.get("/zh-hans/awards/"))
        assert page in listed
        shown = text(client.get(page))
        assert "职工总数" in shown, "known, not asked"
        assert 'name="is_on_abnormal_list"' in shown
        assert 'name="staff_count"' not in shown
        assert client.post(page, SAID).status_code == 422
        paper = SimpleUploadedFile("证明.pdf", b"proof", content_type="application/pdf")
        assert "60个工作日内兑付" in text(client.post(page, {**SAID, "paper": paper}, follow=True))
        other = make_client(Role.FIRM_USER, Organisation.objects.get(identifier=make_other().identifier))
        assert other.get(page).status_code == 404
        assert other.get(f"{page}proof/").status_code == 404
        officer = make_client(Role.AUTHORITY_OFFICER, office.house)
        assert officer.post(f"{page}verify/", {"verdict": "return", "reason": ""}).status_code == 422
        assert "已核实" in text(officer.post(f"{page}verify/", {"verdict": "right"}, follow=True))
        assert "快申快享" in text(officer.get("/zh-hans/awards/"))
    content, name = open_proof(actor=office.officer, gap_id=gap.pk)
    with content:
        assert (content.read(), name) == (b"proof", "证明.pdf")
    proof = officer.get(f"{page}proof/")
    assert b"".join(proof.streaming_content) == b"proof"
    assert proof["Content-Disposition"].startswith("attachment")
    proof.close()


def make_other():
    return make_paid_firm(4)
