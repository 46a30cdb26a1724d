"""A loan under the national guarantee system: fund, re-guarantor, guarantor and bank on one sheet, and its ceilings."""

from __future__ import annotations

import pytest
from tests.factories.claims import RULES, make_people
from tests.factories.guarantees import (
    TODAY,
    WAN,
    checked,
    completed,
    decided,
    guaranteed,
    make_guaranteed_default,
    make_guarantor,
    make_room,
    opened,
)
from tests.factories.people import make_client, make_demo_book
from tests.factories.pool import FIRM_CODES, enrol, loan, make_bank, make_law

from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import totals_of_kinds
from yulin.people.enums import Role
from yulin.pool.core.claims.sheet import SheetLine, read_sheet
from yulin.pool.core.postings import Place
from yulin.pool.enums import ClaimState
from yulin.pool.errors import ClaimDeferredError
from yulin.pool.models import Enrolment
from yulin.pool.selectors.claim_page import PartyLine, claim_page

pytestmark = pytest.mark.django_db
SCHEME = "cn-tech-60"
NO_ORGANISATION = "no organisation is registered: the manager keeps its account and pays from it"
LITTLE_GIANT, HNTE = {"is_specialised_new": True}, {"has_valid_hnte": True, "is_specialised_new": False}
TECHNOLOGY = {"has_valid_hnte": False, "is_specialised_new": False}


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_law(SCHEME, values=RULES)


@pytest.mark.parametrize(
    ("firm", "fund", "guarantor"),
    [(LITTLE_GIANT, 120, 60), (HNTE, 105, 75), (TECHNOLOGY, 90, 90)],
)
def test_four_parties_stand_on_one_sheet_and_each_layer_has_its_voucher(law, firm, fund, guarantor):
    people, (house, officer), clerk = make_people(), make_guarantor(), make_bank()[1]
    make_room(clerk, law, house)
    defaulted = make_guaranteed_default(clerk, law, house, **firm)
    claim = decided(people, checked(people, completed(officer, opened(officer, defaulted))))
    sheet = read_sheet(claim.sheet)
    assert {line.party: line.amount_fen for line in sheet.lines} == {
        "national_fund": fund * WAN, "reguarantor": 60 * WAN, "guarantor": guarantor * WAN, "bank": 60 * WAN,
    }  # fmt: skip
    assert (sheet.total_fen, sheet.difference_fen) == (300 * WAN, 0)
    # The guarantor paid 240 out; fund and re-guarantor give it their parts, each from its own account.
    assert list(claim.vouchers.order_by("party").values_list("party", "amount_fen", "bank_id")) == [
        ("national_fund", fund * WAN, house.pk), ("reguarantor", 60 * WAN, house.pk),
    ]  # fmt: skip
    assert 240 * WAN - claim.public_fen == guarantor * WAN
    accounts = totals_of_kinds([AccountKind.COMPENSATION_PAID])
    places = [Place(SCHEME, party).account(AccountKind.COMPENSATION_PAID) for party in ("national_fund", "reguarantor")]
    assert [accounts[code].held_in_fen for code in places] == [fund * WAN, 60 * WAN]


def test_the_sheet_says_of_which_party_no_organisation_is_registered(law):
    (house, officer), clerk = make_guarantor(), make_bank()[1]
    make_room(clerk, law, house)
    claim = opened(officer, make_guaranteed_default(clerk, law, house, **HNTE))
    parties = {one.line.party: one for one in claim_page(officer, claim.pk, today=TODAY).parties}
    assert {party: one.nobody.en if one.nobody else one.who.en for party, one in parties.items()} == {
        "national_fund": NO_ORGANISATION, "reguarantor": NO_ORGANISATION,
        "guarantor": house.name.en, "bank": claim.lender.name.en,
    }  # fmt: skip
    page = make_client(Role.MANAGER_CLERK).get(f"/en/claims/{claim.pk}/").content.decode()
    assert page.count(NO_ORGANISATION) == 2


@pytest.mark.parametrize(
    ("party", "kind", "said"),
    [
        ("insurer", "third", "the loan names no organisation"),
        ("reguarantor", "third", "the loan names no organisation"),
        ("city", "public", None),
        ("district", "public", None),
        ("bank", "own", None),
        ("uncovered", "uncovered", None),
    ],
)
def test_only_a_body_of_its_own_is_said_to_be_missing(party, kind, said):
    nobody = PartyLine(SheetLine(party, kind, 1_000, 1, "—", "—"), ()).nobody
    assert (nobody and nobody.en) == said


@pytest.mark.parametrize(("more_fen", "count"), [(0, 1), (1, 0)])
def test_nobody_is_guaranteed_above_the_ceiling_of_one_loan(law, more_fen, count):
    clerk, (house, _) = make_bank()[1], make_guarantor()
    large = {"loan_amount_fen": 3_000 * WAN + more_fen, "line_fen": 3_001 * WAN}
    enrol(clerk, law, loan(**guaranteed(house, **large)))
    assert Enrolment.objects.count() == count


@pytest.mark.parametrize(("less_fen", "is_suspended"), [(0, False), (2, True)])
def test_a_guarantor_above_the_payout_rate_waits_and_at_it_does_not(law, less_fen, is_suspended):
    people, (house, officer), clerk = make_people(), make_guarantor(), make_bank()[1]
    amounts = (
        3_000 * WAN,
        3_000 * WAN,
        1_020 * WAN - less_fen,
    )  # with 480 that is 7,500, of which 6,000 are guaranteed
    others = [
        loan(**guaranteed(house, loan_amount_fen=fen, line_fen=3_000 * WAN, firm_code=code))
        for fen, code in zip(amounts, FIRM_CODES[10:], strict=False)
    ]
    enrol(clerk, law, *others)
    claim = checked(people, completed(officer, opened(officer, make_guaranteed_default(clerk, law, house, **HNTE))))
    if is_suspended:
        with pytest.raises(ClaimDeferredError):
            decided(people, claim)
    else:
        assert decided(people, claim).state == ClaimState.DECIDED
