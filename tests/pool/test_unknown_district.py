"""A loan whose district nobody named: no layer is promised or left out in silence; the manager completes it once."""

from __future__ import annotations

import pytest
from tests.factories.claims import TODAY, checked, decided, make_claim_law, make_default, make_people, submitted
from tests.factories.people import make_actor, make_client, make_demo_book
from tests.factories.pool import WAN

from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.pool.errors import ClaimDistrictUnknownError, DistrictKnownError, NoteMissingError
from yulin.pool.models import Claim, Enrolment
from yulin.pool.selectors.claim_page import claim_page
from yulin.pool.services.claims.deciding import decide_claim
from yulin.pool.services.claims.open_claim import open_claim
from yulin.pool.services.complete_district import complete_district

pytestmark = pytest.mark.django_db


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_claim_law()


@pytest.fixture
def people():
    return make_people()


def forget_district(enrolment_id):
    one = Enrolment.objects.get(pk=enrolment_id)
    del one.facts["district_code"]
    one.district_code, one.ratio_bp, one.ratio_clause = None, {}, ""
    one.save()
    Claim.objects.filter(enrolment=one).update(district_code=None)
    return one


def test_no_claim_opens_until_the_district_is_named(law, people):
    loan = forget_district(make_default(people.clerk, law).pk)
    with pytest.raises(ClaimDistrictUnknownError) as refused:
        open_claim(actor=people.clerk, enrolment_id=loan.pk)
    assert "黄埔" in refused.value.message.zh
    assert "补充" in refused.value.hint.zh
    assert not Claim.objects.exists()
    done = complete_district(actor=people.checker, enrolment_id=loan.pk, district_code="440112", note="营业执照")
    assert done.ratio_bp == {"city": 5_000, "district": 4_000, "bank": 1_000}
    assert open_claim(actor=people.clerk, enrolment_id=loan.pk).district_code == "440112"


def test_a_claim_on_its_way_is_stopped_and_goes_on_once_it_is_completed(law, people):
    claim = checked(people, law)
    forget_district(claim.enrolment_id)
    page = claim_page(people.authority, claim.pk, today=TODAY)
    assert (page.sheet, page.unsettled.code) == (None, "POOL.CLAIM.DISTRICT_UNKNOWN")
    decide = {"actor": people.authority, "claim_id": claim.pk, "version": None}
    with pytest.raises(ClaimDistrictUnknownError):
        decide_claim(**decide, shown_public_fen=150 * WAN)
    complete_district(actor=people.checker, enrolment_id=claim.enrolment_id, district_code="440106", note="档案")
    assert decide_claim(**decide, shown_public_fen=150 * WAN).district_code == "440106"  # Tianhe has no layer


def test_a_district_is_completed_by_the_manager_with_a_reason_and_never_changed(law, people):
    loan = submitted(people, law).enrolment
    given = {"enrolment_id": loan.pk, "district_code": "440115", "note": "档案"}
    with pytest.raises(DistrictKnownError):
        complete_district(actor=people.checker, **given)
    forget_district(loan.pk)
    with pytest.raises(NoteMissingError):
        complete_district(actor=people.checker, **given | {"note": " "})
    with pytest.raises(NotAllowedError):
        complete_district(actor=make_actor(Role.BANK_CLERK), **given)
    complete_district(actor=people.checker, **given)
    loan.refresh_from_db()
    assert (loan.facts["district_code"], loan.events.order_by("-id").first().step) == ("440115", "district")


def test_a_decided_claim_keeps_its_district(law, people):
    claim = decided(people, law)
    forget_district(claim.enrolment_id)
    Claim.objects.filter(pk=claim.pk).update(state="paid", district_code="440112", paid_on=TODAY)
    complete_district(actor=people.checker, enrolment_id=claim.enrolment_id, district_code="440106", note="档案")
    claim.refresh_from_db()
    assert claim.district_code == "440112"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_offers_it_where_it_is_missing(law, people, language):
    loan = submitted(people, law).enrolment
    client, address = make_client(Role.MANAGER_CLERK), f"/{language}/enrolments/{loan.pk}/"
    assert "district_form" not in client.get(address).context
    version = forget_district(loan.pk).version
    assert "district_form" not in make_client(Role.AUDITOR).get(address).context
    sent = {"district_code": "440112", "note": "营业执照", "version": version}
    assert client.get(address).context["district_form"]
    for wrong in ({"district_code": "110105"}, {"note": ""}, {"version": version + 1}):
        assert client.post(f"{address}complete/district/", sent | wrong).status_code == 422
    assert client.post(f"{address}complete/district/", sent)["Location"] == address
    loan.refresh_from_db()
    assert loan.ratio_bp["district"] == 4_000
