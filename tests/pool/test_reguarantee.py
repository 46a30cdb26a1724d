"""The file of a body behind the guarantors: its sums are the sheets' and the ledger's; one book gives one file."""

from __future__ import annotations

import contextlib
import csv
import io
from datetime import date

import openpyxl
import pytest
from tests.factories.claims import RULES, make_people
from tests.factories.guarantees import (
    TODAY,
    WAN,
    checked,
    completed,
    decided,
    make_guaranteed_default,
    make_guarantor,
    make_room,
    opened,
)
from tests.factories.people import make_actor, make_client, make_demo_book
from tests.factories.pool import make_bank, make_law

from yulin.cli import filings
from yulin.cli.__main__ import main
from yulin.kit import clock
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import balance
from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.pool.adapters.filing_files import filing_csv, filing_xlsx
from yulin.pool.core.claims.sheet import read_sheet
from yulin.pool.core.postings import Place
from yulin.pool.core.reguarantee import HEADS, FilingKind
from yulin.pool.errors import FilingBodyError, FilingPeriodError
from yulin.pool.models import Enrolment
from yulin.pool.selectors.reguarantee import bodies_by_scheme, filing_for
from yulin.pool.services.claims import deciding
from yulin.pool.services.claims.vouchers import pay_voucher
from yulin.pool.services.recoveries.enter_recovery import Received, enter_recovery

pytestmark = pytest.mark.django_db
SCHEME = "cn-tech-60"
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
LATER = date(2026, 6, 1)
HNTE = {"has_valid_hnte": True, "is_specialised_new": False}
NAME = "=HYPERLINK(1)示例智能技术有限公司"


@pytest.fixture
def book():
    """A guaranteed loan from its filing to the money that came back."""
    make_demo_book(TODAY)
    law = make_law(SCHEME, values=RULES)
    people, (house, officer), clerk = make_people(), make_guarantor(), make_bank()[1]
    make_room(clerk, law, house)
    loan = make_guaranteed_default(clerk, law, house, **HNTE)
    claim = decided(people, checked(people, completed(officer, opened(officer, loan))))
    deciding.publish_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
    with clock.standing_on(LATER):
        deciding.approve_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
        for voucher in claim.vouchers.all():
            pay_voucher(actor=people.reviewer, voucher_id=voucher.pk, on=LATER, transfer_key=f"t-{voucher.pk}", note="")
        enter_recovery(
            actor=officer, claim_id=claim.pk,
            received=Received(value_on=LATER, gross_fen=30 * WAN + 1, reference="LS1"),
        )  # fmt: skip
    Enrolment.objects.filter(pk=loan.pk).update(firm_name=NAME)
    claim.refresh_from_db()
    return people, claim


def filed(people, party="reguarantor", first=FIRST, last=LAST):
    return filing_for(people.reviewer, scheme_id=SCHEME, party=party, first=first, last=last)


@pytest.mark.parametrize("party", ["reguarantor", "national_fund"])
def test_sums_are_those_of_the_sheet_the_vouchers_and_the_ledger(book, party):
    people, claim = book
    sums = {one.kind: one for one in filed(people, party).sums}
    place = Place(SCHEME, party)
    on_sheet = sum(line.amount_fen for line in read_sheet(claim.sheet).lines if line.party == party)
    assert sums[FilingKind.COMPENSATION].part_fen == on_sheet
    paid = balance(place.account(AccountKind.COMPENSATION_PAID))
    assert (sums[FilingKind.PAYMENT].part_fen, sums[FilingKind.PAYMENT].rows) == (paid.posted_fen, 1)
    back = sum(claim.recovery_lines.filter(party=party, is_unpaid=False).values_list("amount_fen", flat=True))
    owed = balance(place.account(AccountKind.RECOVERY_RECEIVABLE))
    assert sums[FilingKind.RECOVERY].part_fen == back == owed.posted_fen
    assert back > 0
    loans = Enrolment.objects.filter(scheme_id=SCHEME, number__isnull=False)
    assert (sums[FilingKind.LOAN].rows, sums[FilingKind.LOAN].amount_fen) == (
        loans.count(), sum(loans.values_list("enrolled_amount_fen", flat=True)),
    )  # fmt: skip


def test_both_days_of_a_period_count(book):
    people, _ = book

    def rows(first, last):
        return {one.kind: one.rows for one in filed(people, first=first, last=last).sums}

    assert rows(LATER, LATER)[FilingKind.PAYMENT] == 1
    assert rows(LATER, LATER)[FilingKind.RECOVERY] == 1
    assert rows(date(2026, 5, 31), date(2026, 5, 31))[FilingKind.PAYMENT] == 0
    assert rows(date(2026, 6, 2), LAST) == dict.fromkeys(FilingKind, 0)
    assert rows(TODAY, TODAY)[FilingKind.COMPENSATION] == 1


def test_the_same_filing_twice_is_the_same_bytes_and_no_text_a_formula(book):
    people, _ = book
    for write in (filing_csv, filing_xlsx):
        assert write(filed(people), "zh-hans") == write(filed(people), "zh-hans")
    rows = list(csv.reader(io.StringIO(filing_csv(filed(people), "en").decode("utf-8-sig"))))
    assert rows[0] == [head.en for head in HEADS]
    firms = {row[4] for row in rows[1:]}
    assert f"'{NAME}" in firms
    assert NAME not in firms
    book_ = openpyxl.load_workbook(io.BytesIO(filing_xlsx(filed(people), "en")))
    cells = [cell for sheet in book_ for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value == NAME} == {"s"}
    assert all(cell.data_type != "f" for cell in cells)


def test_the_sheets_of_the_workbook_sum_to_its_summary(book):
    people, _ = book
    filing = filed(people)
    pages = openpyxl.load_workbook(io.BytesIO(filing_xlsx(filing, "en")))
    summary = {row[0].value: row for row in pages["Summary"].iter_rows(min_row=6)}
    for one in filing.sums:
        rows = list(pages[one.name.en].iter_rows(min_row=2, values_only=True))
        assert len(rows) == one.rows == summary[one.name.en][1].value
        assert round(sum(row[13] for row in rows) * 100) == one.part_fen == round(summary[one.name.en][3].value * 100)


def test_only_a_body_of_the_scheme_and_a_period_that_can_be_are_filed(book):
    people, _ = book
    assert bodies_by_scheme()[SCHEME][1] == ("reguarantor", "national_fund")
    with pytest.raises(FilingBodyError) as caught:
        filed(people, "city")
    assert caught.value.code == "POOL.FILING.BODY"
    with pytest.raises(FilingPeriodError) as caught:
        filed(people, first=LAST, last=FIRST)
    assert caught.value.code == "POOL.FILING.PERIOD"
    with pytest.raises(NotAllowedError):
        filing_for(make_actor(Role.BANK_CLERK), scheme_id=SCHEME, party="reguarantor", first=FIRST, last=LAST)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_manager_and_auditor_see_the_page_and_fetch_the_file(book, language):
    people, claim = book
    path = f"/{language}/payouts/filings/"
    asked = {"of": f"{SCHEME}/reguarantor", "since": str(FIRST), "until": str(LAST)}
    for role in (Role.MANAGER_CLERK, Role.AUDITOR):
        client = make_client(role)
        assert client.get(path).status_code == 200
        page = client.get(path, asked)
        assert claim.number in page.content.decode()
        assert client.get(path, {**asked, "format": "csv"}).content == filing_csv(filed(people), language)
        assert client.get(path, {**asked, "format": "xlsx"}).content == filing_xlsx(filed(people), language)
    wrong = client.get(path, {**asked, "until": "2025-01-01"})
    assert (wrong.status_code, "POOL.FILING.PERIOD" in wrong.content.decode()) == (422, True)
    assert make_client(Role.GUARANTOR_OFFICER).get(path).status_code == 403


def test_the_shell_writes_the_same_file(book, tmp_path, monkeypatch):
    people, _ = book
    monkeypatch.setattr(filings, "database_ready", contextlib.nullcontext)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    for name, write in (("filing.csv", filing_csv), ("filing.xlsx", filing_xlsx)):
        out = tmp_path / name
        assert (
            main(["pool", "file-reguarantee", SCHEME, "--from", str(FIRST), "--to", str(LAST), "--out", str(out)]) == 0
        )
        assert out.read_bytes() == write(filed(people), "en")
