"""One case file of a firm across areas: each part as its reader may see it, each look in the firm's log."""

from __future__ import annotations

import re
from datetime import date

import pytest
from tests.factories.firms import house_of, make_firm
from tests.factories.people import make_client, make_demo_book, make_organisation
from tests.factories.pool import make_bank, make_enrolment, make_law

from yulin.atlas.models import Firm, Particular, Reading
from yulin.people.enums import OrganisationKind, Role
from yulin.pool.models import Enrolment

pytestmark = pytest.mark.django_db


def told(firm: Firm, kind: str, key: str, value: dict) -> None:
    Particular.objects.create(
        firm=firm, kind=kind, key=key, value=value, source="register", valid_from=date(2020, 1, 1)
    )


def lent_to(firm: Firm) -> Enrolment:
    return make_enrolment(make_bank()[1], make_law(), firm_code=firm.identifier, firm_name=firm.name)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<main") :]))


@pytest.fixture
def firm() -> Firm:
    make_demo_book(date(2022, 1, 19))
    made: Firm = make_firm()
    told(made, "event", "a", {"happened_on": "2021-03-01", "type": "完成股权融资"})
    told(made, "talent", "b", {"name": "林示例", "programme": "领军人才", "granted_on": "2020-06-30"})
    told(made, "policy_received", "c", {"title": "研发补助", "granted_on": "2021-09-28", "amount_fen": 20_000_000})
    return made


def test_loans_support_talent_and_investment_stand_in_one_order(firm: Firm) -> None:
    loan = lent_to(firm)
    client = make_client(Role.AUTHORITY_OFFICER)
    page = words(client.get(f"/zh-hans/check-up/{firm.pk}/case-file/").content.decode())
    places = [page.index(said) for said in ("研发补助", "完成股权融资", "领军人才 · 林示例")]
    assert places == sorted(places)
    assert "投资与资本市场 1" in page
    assert "科技贷款 1" in page
    assert (loan.number or loan.loan_number) in page
    only = words(client.get(f"/en/check-up/{firm.pk}/case-file/", {"kind": "talent"}).content.decode())
    assert "林示例" in only
    assert "研发补助" not in only
    assert Reading.objects.filter(firm=firm).count() == 2


def test_a_firm_reads_its_own_and_no_others(firm: Firm) -> None:
    loan = lent_to(firm)
    own, other = house_of(firm), make_firm(9)
    home = words(make_client(Role.FIRM_USER, own).get("/zh-hans/home/").content.decode())
    assert re.search(r"贷款\s*1\s*笔", home), home
    page = make_client(Role.FIRM_USER, own).get(f"/zh-hans/check-up/{firm.pk}/case-file/").content.decode()
    assert (loan.number or loan.loan_number) in page
    assert f"/enrolments/{loan.pk}/" not in page
    assert not Reading.objects.filter(firm=firm).exists()
    assert make_client(Role.FIRM_USER, own).get(f"/zh-hans/check-up/{other.pk}/case-file/").status_code == 404
    assert (
        make_client(Role.BANK_CLERK, make_organisation(OrganisationKind.BANK))
        .get(f"/zh-hans/check-up/{firm.pk}/case-file/")
        .status_code
        == 403
    )
