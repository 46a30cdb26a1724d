"""Insurers: premiums stated, loss ratio to the fen, the stop of new business, finance's part above the level (R-11)."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.claims import TODAY, checked, make_claim_law, make_people, shown_fen
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation
from tests.factories.pool import FIRM_CODES, WAN, enrol, loan, make_bank, make_law

from yulin.kit.row_security import organisation_scope, scope
from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.pool.errors import SchemeUnknownError
from yulin.pool.models import Enrolment, Premium
from yulin.pool.selectors.insurers import insurer_lines, stopped_insurers
from yulin.pool.services.claims.deciding import decide_claim
from yulin.pool.services.state_premium import state_premium

pytestmark = pytest.mark.django_db
SCHEME = "gz-credit-2021"
RULE = {
    "loss_ratio_stop": {"ratio": "120%", "clause": "规程八"},
    "excess_subsidy": {"ratio": "80%", "clause": "规程八"},
    "overdue_stop": {"ratio": "10%", "clause": "规程八"},
}


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_claim_law(insurance=RULE)


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def house():
    return make_organisation(OrganisationKind.INSURER, name="示例保险")


@pytest.fixture
def officer(house):
    return make_actor(Role.INSURER_OFFICER, house)


def insured(house, **fields):
    """Return a loan of 480 万 in 5+X mode of which the insurer bears 30 %."""
    shared = {"mode": "five_plus_x", "security": "insurance", "insurer": house.code, "insured_amount_fen": 144 * WAN}
    return {**shared, **fields}


def paid_claim(people, law, house):
    """Decide a claim of 300 万: the insurer bears 90 万."""
    claim = checked(people, law, **insured(house))
    return decide_claim(actor=people.authority, claim_id=claim.pk, version=None, shown_public_fen=shown_fen(claim))


@pytest.mark.parametrize(
    ("premium", "said"),
    [
        (60 * WAN, ("150.00%", 1_440 * WAN // 100, True)),  # of 90 万, 18 above 72; 80 % of it
        (75 * WAN, ("120.00%", 0, True)),  # reaching the level stops, and nothing is above it
        (75 * WAN + 1, ("120.00%", 0, False)),
        (0, ("—", 0, True)),  # nobody knows the ratio: nothing is promised
    ],
)
def test_r11_loss_ratio_stop_and_subsidy(law, people, house, premium, said):
    paid_claim(people, law, house)
    Enrolment.objects.update(overdue_days=0)
    officer = make_actor(Role.INSURER_OFFICER, house)
    state_premium(actor=officer, scheme_id=SCHEME, year=2022, premium_fen=premium)
    (line,) = insurer_lines(officer, today=TODAY)
    assert line.year.claims_fen == 90 * WAN
    assert (line.ratio, line.result.subsidy_fen, line.result.stops) == said
    assert stopped_insurers(law, year=2022) == ({house.pk} if said[-1] else set())


def test_the_insurers_part_stands_on_the_one_sheet(law, people, house):
    claim = paid_claim(people, law, house)
    parts = {line["party"]: line["amount_fen"] for line in claim.sheet["lines"]}
    assert parts == {"city": 150 * WAN, "insurer": 90 * WAN, "bank": 60 * WAN}
    assert (parts["insurer"], claim.insurer_id, claim.bank_id) == (90 * WAN, house.pk, people.clerk.organisation_id)


def test_no_new_business_with_a_stopped_insurer(law, people, house, officer):
    paid_claim(people, law, house)
    Enrolment.objects.update(overdue_days=0)
    _, clerk = make_bank("另一示例银行")
    lent = {"disbursed_on": date(2022, 1, 10), "due_on": date(2023, 1, 10), "firm_code": FIRM_CODES[5]}
    other = make_organisation(OrganisationKind.INSURER, name="别家示例保险")
    stopped, free = loan(**insured(house, **lent)), loan(**insured(other, **lent | {"firm_code": FIRM_CODES[6]}))
    state_premium(actor=officer, scheme_id=SCHEME, year=2022, premium_fen=75 * WAN)
    found = enrol(clerk, law, stopped, free)
    assert (found.refused, list(found.ids)) == (1, [free["row"]])
    assert found.findings.filter(row=stopped["row"]).row(0, named=True)["code"] == "POOL.INSURER.STOPPED"
    state_premium(actor=officer, scheme_id=SCHEME, year=2022, premium_fen=75 * WAN + 1)
    assert list(enrol(clerk, law, stopped).ids) == [stopped["row"]]


def test_a_tenth_of_the_years_loans_overdue_stops_too(law, people, house, officer):
    lent = {"disbursed_on": date(2022, 1, 10), "due_on": date(2023, 1, 10)}
    found = enrol(people.clerk, law, *(loan(**insured(house, **lent, firm_code=code)) for code in FIRM_CODES[:10]))
    state_premium(actor=officer, scheme_id=SCHEME, year=2022, premium_fen=100 * WAN)
    late = Enrolment.objects.filter(pk=min(found.ids.values()))
    late.update(overdue_days=1, outstanding_fen=480 * WAN - 1)
    assert stopped_insurers(law, year=2022) == set()
    late.update(outstanding_fen=480 * WAN)
    assert stopped_insurers(law, year=2022) == {house.pk}


def test_a_scheme_without_a_level_stops_nobody(people, house):
    make_demo_book(TODAY)
    law = make_claim_law()
    paid_claim(people, law, house)
    assert stopped_insurers(law, year=2022) == set()
    assert insurer_lines(people.authority, today=TODAY) == []


def test_each_insurer_states_and_sees_its_own(law, people, house, officer):
    state_premium(actor=officer, scheme_id=SCHEME, year=2022, premium_fen=5)
    assert state_premium(actor=officer, scheme_id=SCHEME, year=2022, premium_fen=7).premium_fen == 7
    assert Premium.objects.count() == 1
    other = make_actor(Role.INSURER_OFFICER)
    assert insurer_lines(other, today=TODAY) == insurer_lines(people.clerk, today=TODAY) == []
    assert [line.insurer.pk for line in insurer_lines(people.authority, today=TODAY)] == [house.pk]
    with scope(organisation_scope(other.organisation_id)):
        assert Premium.objects.count() == 0
    with pytest.raises(NotAllowedError):
        state_premium(actor=people.authority, scheme_id=SCHEME, year=2022, premium_fen=1)
    with pytest.raises(SchemeUnknownError):
        state_premium(actor=officer, scheme_id="none-such", year=2022, premium_fen=1)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page(law, people, house, officer, language):
    paid_claim(people, law, house)
    client, address = make_client(Role.INSURER_OFFICER, house), f"/{language}/insurers/"
    assert client.post(address, {"scheme": SCHEME, "premium": "x"}).status_code == 422
    assert client.post(address, {"scheme": SCHEME, "premium": "60万"})["Location"] == address
    shown = client.get(address).content.decode()
    assert "150.00%" in shown
    assert "144,000.00" in shown
    assert make_client(Role.AUDITOR).get(address).context["form"] is None
    assert make_client(Role.BANK_CLERK).get(address).status_code == 403


def test_a_premium_above_the_pilots_bound_is_refused_and_one_at_it_is_kept_with_the_loan(people, house):
    make_demo_book(TODAY)
    law = make_law("yn-loan-insurance-2014", values={"limits.rate": {"at_most": "6.63%", "clause": "规程一"}})
    lent = {
        "disbursed_on": date(2015, 6, 1), "due_on": date(2016, 6, 1), "loan_amount_fen": 200 * WAN,
        "security": "insurance", "insurer": house.code, "district_code": "530102",
    }  # fmt: skip
    above = loan(**lent, premium_rate_ppm=27_001)
    found = enrol(people.clerk, law, above)
    assert (found.refused, found.findings.get_column("code").to_list()) == (1, ["POOL.LIMIT.PREMIUM"])
    at_it = loan(**lent, premium_rate_ppm=27_000)
    found = enrol(people.clerk, law, at_it)
    kept = Enrolment.objects.get(pk=found.ids[at_it["row"]])
    assert (kept.facts["premium_rate_ppm"], kept.ratio_bp) == (27_000, {"insurer": 7_000, "bank": 3_000})
    client = make_client(Role.AUDITOR)
    assert "2.70%" in client.get(f"/en/enrolments/{kept.pk}/").content.decode()
    assert "2.7%" in client.get(f"/zh-hans/schemes/{law.pack.id}/").content.decode()
