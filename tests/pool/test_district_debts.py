"""A district sees the debts of its own loans in packages, and nobody else's."""

from __future__ import annotations

import pytest
from tests.factories.assignments import TERMS, make_paid_claim, make_transfer_law
from tests.factories.claims import TODAY
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation
from tests.factories.pool import FIRM_CODES, make_bank

from yulin.people.enums import OrganisationKind, Role
from yulin.pool.models import DebtPackage, Voucher
from yulin.pool.selectors.assignments import packages_visible_to
from yulin.pool.selectors.district_debts import DistrictSums, district_debts, district_sums, shown_debts
from yulin.pool.services.assignments.make_package import make_package

pytestmark = pytest.mark.django_db


@pytest.fixture
def book():
    """A package with one debt of Huangpu and one of Tianhe."""
    make_demo_book(TODAY)
    clerk, law = make_bank()[1], make_transfer_law()
    claims = [
        make_paid_claim(
            clerk, law, district_code=code, firm_code=FIRM_CODES[place], firm_name=f"广州示例{code}有限公司"
        )
        for place, code in enumerate(("440112", "440106"))
    ]
    Voucher.objects.create(
        claim=claims[0], party="district", district_code="440112", bank=claims[0].bank, amount_fen=120_000_000,
        state="paid", paid_on=TODAY,
    )  # fmt: skip
    package = make_package(actor=clerk, claim_ids=[one.pk for one in claims], terms=TERMS)
    DebtPackage.objects.filter(pk=package.pk).update(state="submitted")
    return package, claims


@pytest.fixture
def district():
    return make_organisation(OrganisationKind.DISTRICT, district_code="440112")


def test_only_its_own_debts_with_what_its_layer_paid(book, district):
    officer = make_actor(Role.DISTRICT_OFFICER, district)
    (line,) = shown_debts(district_debts(officer))
    assert (line.debt.claim_id, line.layer_fen) == (book[1][0].pk, 120_000_000)
    assert district_sums(officer) == DistrictSums(1, {"CNY": line.debt.principal_fen}, {"CNY": 0})
    assert list(packages_visible_to(officer)) == []
    assert list(district_debts(make_actor(Role.MANAGER_CLERK))) == []
    DebtPackage.objects.update(state="draft")
    assert list(district_debts(officer)) == []


def test_the_page_lists_them_and_leads_to_no_package(book, district):
    package, claims = book
    client = make_client(Role.DISTRICT_OFFICER, district)
    page = client.get("/en/assignments/").content.decode()
    assert claims[0].firm_name in page
    assert claims[1].firm_name not in page
    assert client.get(f"/en/assignments/{package.pk}/").status_code == 404
    sheet = client.get("/en/assignments/?format=csv").getvalue().decode("utf-8-sig").splitlines()
    assert len(sheet) == 2
    assert claims[0].loan_number in sheet[1]
    assert "本区债权" in client.get("/zh-hans/assignments/").content.decode()
