"""The projection page: P-11 to the unit, a start that is the ledger's and the book's, the first year that lacks."""

from __future__ import annotations

from datetime import date

import pytest
from tests.core.pool.test_worked_examples import INTEREST, MULTIPLES, OUTSTANDING
from tests.factories.claims import TODAY, decided, make_claim_law, make_people
from tests.factories.people import make_client, make_demo_book
from tests.factories.pool import WAN, make_enrolment

from yulin.people.enums import Role
from yulin.pool.core.postings import Place
from yulin.pool.selectors.projection import projection_start
from yulin.pool.services.claims.budgets import set_layer_budget

pytestmark = pytest.mark.django_db
SCHEME = "gz-credit-2021"


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_claim_law()


def asked(**changed):
    """Return P-11 as the form sends it, a unit of the sheet being a fen."""
    fields = {"scheme": SCHEME, "opening": "10000", "years-TOTAL_FORMS": "5", "years-INITIAL_FORMS": "0"}
    rates = ("0", "2", "2", "2", "2")
    for place, (interest, out, multiple, rate) in enumerate(zip(INTEREST, OUTSTANDING, MULTIPLES, rates, strict=True)):
        fields |= {
            f"years-{place}-outstanding": f"{out / 100:.2f}", f"years-{place}-claim_rate": rate,
            f"years-{place}-interest": f"{interest / 100:.2f}", f"years-{place}-administration": "500",
            f"years-{place}-paid_in": "", f"years-{place}-multiple": str(multiple),
        }  # fmt: skip
    return fields | changed


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_p11_to_the_unit(law, language):
    page = make_client(Role.MANAGER_CLERK).get(f"/{language}/projection/", asked())
    lines = page.context["lines"]
    found = [line.projected for line in lines]
    assert [one.claims_fen for one in found] == [0, 9_515, 13_759, 16_826, 19_063]
    assert [one.closing_fen for one in found] == [979_250, 948_363, 912_305, 872_098, 828_448]
    assert [one.capacity_fen for one in found] == [979_250, 948_363, 1_824_610, 1_744_196, 2_485_344]
    assert [one.excess_fen for one in found] == [756_819, 472_637, 1_136_657, 902_891, 1_532_207]
    assert [line.year for line in lines] == [2022, 2023, 2024, 2025, 2026]
    assert page.context["short"] is None
    assert "9,792.50" in page.content.decode()


def test_the_first_year_that_lacks_is_named(law):
    page = make_client(Role.AUTHORITY_OFFICER).get("/en/projection/", asked(**{"years-3-outstanding": "20000"}))
    assert page.context["short"] == 4
    assert "From year 4 on" in page.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"opening": "x"}, {"years-2-claim_rate": "101"}, {"years-0-multiple": "0"}, {"years-1-outstanding": ""},
     {"years-TOTAL_FORMS": "2"}],
)  # fmt: skip
def test_assumptions_that_cannot_be_read_project_nothing(law, wrong):
    page = make_client(Role.MANAGER_CLERK).get("/zh-hans/projection/", asked(**wrong))
    assert (page.status_code, page.context["lines"]) == (422, [])


def test_it_starts_from_the_ledger_and_the_book(law):
    people = make_people()
    make_enrolment(people.clerk, law)  # 480 万: 90 % of it is public
    budget = {"actor": people.authority, "place": Place(SCHEME, "city"), "year": 2022}
    set_layer_budget(**budget, budget_fen=1_000 * WAN)
    start = projection_start(law, today=TODAY)
    assert (start.opening_fen, start.outstanding_fen, start.claim_rate_bp) == (1_000 * WAN, 432 * WAN, 0)
    decided(people, law)  # 300 万 are lost: the city holds 150, the district 120
    start = projection_start(law, today=TODAY)
    assert (start.opening_fen, start.outstanding_fen, start.decided_fen) == (850 * WAN, 702 * WAN, 270 * WAN)
    assert start.claim_rate_bp == -(-270 * 10_000 // 702)
    assert projection_start(law, today=date(2023, 2, 1)).decided_fen == 0


def test_who_sees_it(law):
    for role, status in ((Role.AUDITOR, 200), (Role.BANK_CLERK, 403), (Role.DISTRICT_OFFICER, 403)):
        assert make_client(role).get("/zh-hans/projection/").status_code == status
    assert make_client(Role.AUDITOR).get("/zh-hans/projection/?scheme=none-such").status_code == 404
