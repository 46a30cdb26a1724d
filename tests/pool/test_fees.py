"""Guarantee fees charged to a lender: once, in the ledger and in the book alike, as its yearly cap measures them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.factories.claims import TODAY
from tests.factories.people import make_actor, make_client, make_demo_book
from tests.factories.pool import WAN, make_bank, make_enrolment

from yulin.ledger.selectors import balances
from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry
from yulin.pool.adapters.packs import laws_of
from yulin.pool.core.postings import fee_account, partner_account
from yulin.pool.errors import PoolError
from yulin.pool.models import Enrolment, FeeCharge
from yulin.pool.selectors.claim_case import book_of
from yulin.pool.selectors.reconciliation import differences
from yulin.pool.services.charge_fee import charge_fee
from yulin.rules.adapters.shipped import shipped_texts
from yulin.rules.services import draft_pack, publish_pack

pytestmark = pytest.mark.django_db
SCHEME = "gz-credit-2021"
CAP = "      lender_year: {of: [fees, recoveries], rate: 200%, used: paid, clause: 四}\n"
FEES = """
fees:
  upfront-2021: {base: guaranteed, tiers: {300万: 1%, above: {400万: 2%, above: 3%}}, clause: 一}
  annual-2021: {base: guaranteed_outstanding, per: year, tiers: {above: 0.5%}, clause: 二}
  open-2021: {base: loan, tiers: {above: unknown}, clause: 三}
"""


def make_fee_law():
    maker, checker = make_actor(Role.AUTHORITY_OFFICER), make_actor(Role.AUTHORITY_CHECKER)
    text = shipped_texts(SCHEME)["pack.yaml"].replace("    caps:\n", f"    caps:\n{CAP}", 1)
    texts = {"pack.yaml": text + FEES}
    publish_pack(actor=checker, draft_id=draft_pack(actor=maker, texts=texts).pk)
    return laws_of(SCHEME)[-1]


@pytest.fixture
def manager():
    return make_actor(Role.MANAGER_CLERK)


@pytest.fixture
def loan():
    make_demo_book(TODAY)
    clerk = make_bank()[1]
    enrolment = make_enrolment(clerk, make_fee_law())
    Enrolment.objects.filter(pk=enrolment.pk).update(confirmed_on=date(2021, 1, 19), outstanding_fen=400 * WAN)
    enrolment.refresh_from_db()
    return enrolment


def refusal(manager, loan, kind, number=1):
    with pytest.raises(PoolError) as caught:
        charge_fee(actor=manager, enrolment_id=loan.pk, kind=kind, number=number)
    return caught.value.code


def test_a_fee_is_owed_by_the_lender_once_and_book_and_ledger_agree(manager, loan):
    guaranteed = 480 * WAN * (10_000 - loan.ratio_bp["bank"]) // 10_000
    upfront = charge_fee(actor=manager, enrolment_id=loan.pk, kind="upfront", number=1)
    assert upfront.base_fen == guaranteed
    assert upfront.amount_fen == guaranteed * 2 // 100  # of 240万, within the first band of the tier of 480万
    again = charge_fee(actor=manager, enrolment_id=loan.pk, kind="upfront", number=1)
    assert again.pk == upfront.pk
    first = charge_fee(actor=manager, enrolment_id=loan.pk, kind="annual", number=1)
    second = charge_fee(actor=manager, enrolment_id=loan.pk, kind="annual", number=2)
    assert first.amount_fen == second.amount_fen == 400 * WAN * guaranteed // (480 * WAN) * 5 // 1_000
    total = upfront.amount_fen + first.amount_fen + second.amount_fen
    accounts = [partner_account(SCHEME, loan.bank_id), fee_account(SCHEME)]
    assert [balances(accounts)[code].posted_fen for code in accounts] == [-total, total]
    assert [one for one in differences() if "partner" in one.account or "fees" in one.account] == []
    assert AuditEntry.objects.filter(action="pool.charge_fee").count() == 3


def test_what_cannot_be_charged_says_why(manager, loan):
    assert refusal(manager, loan, "annual", 2) == "POOL.FEE.NOT_THERE"
    assert refusal(manager, loan, "nothing") == "POOL.FEE.NOT_THERE"
    assert refusal(manager, loan, "open") == "POOL.FEE.UNKNOWN"
    charge_fee(actor=manager, enrolment_id=loan.pk, kind="annual", number=1)
    charge_fee(actor=manager, enrolment_id=loan.pk, kind="annual", number=2)
    assert refusal(manager, loan, "annual", 3) == "POOL.FEE.TOO_EARLY"
    Enrolment.objects.filter(pk=loan.pk).update(state="closed", closed_on=TODAY)
    assert refusal(manager, loan, "upfront") == "POOL.FEE.NOT_THERE"
    with pytest.raises(NotAllowedError):
        charge_fee(actor=make_actor(Role.AUDITOR), enrolment_id=loan.pk, kind="upfront", number=1)


def test_the_database_keeps_a_charge_as_it_is(manager, loan):
    charge_fee(actor=manager, enrolment_id=loan.pk, kind="upfront", number=1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        FeeCharge.objects.update(amount_fen=1)


def test_the_lender_years_cap_is_measured_by_last_years_fees(manager, loan):
    law = laws_of(SCHEME)[-1]
    assert book_of(loan, law, on=date(2023, 3, 1)) == {
        "paid_on_loan": 0, "scheme_paid": 0, "fees": 0, "recoveries": 0, "paid": 0,
    }  # fmt: skip
    fee = charge_fee(actor=manager, enrolment_id=loan.pk, kind="upfront", number=1)
    assert book_of(loan, law, on=date(2023, 3, 1))["fees"] == fee.amount_fen
    assert book_of(loan, law, on=date(2022, 3, 1))["fees"] == 0


def test_the_page_lists_and_charges(loan):
    client = make_client(Role.MANAGER_CLERK)
    address = f"/en/enrolments/{loan.pk}/"
    page = client.get(address).content.decode()
    assert page.count("Charge Guarantee fee") == 2
    assert "rate not available" in page
    done = client.post(f"{address}fee/", {"kind": "upfront", "number": "1"}, follow=True).content.decode()
    assert "is charged" in done
    assert FeeCharge.objects.get().kind == "upfront"
    assert client.post(f"{address}fee/", {"kind": "", "number": "1"}).status_code == 404
