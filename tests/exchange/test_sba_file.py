"""A file shaped as the SBA's: one unresolved party a loan, limits per borrower unknown, the share as filed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.factories.people import make_demo_book
from tests.factories.pool import make_bank, make_law, send
from tests.factories.sba import HEADS, sas_day, sba_file, sba_loan

from yulin.atlas.models import Firm
from yulin.exchange.core.columns import DateForm, guess_mapping
from yulin.exchange.core.typing import head_of
from yulin.exchange.enums import UploadKind
from yulin.exchange.models import Upload, UploadVerdict
from yulin.exchange.selectors import upload_for
from yulin.exchange.services import read_upload, receive_upload, save_mapping
from yulin.exchange.services.receiving import Parcel
from yulin.people.core.actors import Actor
from yulin.pool.models import Enrolment, LimitUse
from yulin.pool.selectors.uploads import form_of_upload
from yulin.pool.services.check_upload import check_upload
from yulin.pool.services.enrol_upload import enrol_upload
from yulin.pool.services.returns import take_returns

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _book(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    make_demo_book(date(2022, 1, 6))
    make_law("us-sba-7a")


@pytest.fixture
def clerk() -> Actor:
    return make_bank()[1]


def filed(clerk: Actor, *loans: dict[str, Any]) -> tuple[Upload, dict[str, Any]]:
    """Send a file through the ordinary mapping and enrol what holds."""
    upload, _ = receive_upload(
        actor=clerk,
        parcel=Parcel(clerk.organisation_id or 0, scheme_id="us-sba-7a"),
        file_name="sba.csv",
        content=sba_file(*loans),
        limit_bytes=1_000_000,
    )
    check_upload(actor=clerk, upload_id=upload.pk)
    upload = upload_for(clerk, upload.pk)
    assert upload.state == "mapping"
    form = form_of_upload(UploadKind.LOANS, "us-sba-7a")
    sheet, _ = read_upload(upload, form)
    mapping = guess_mapping(head_of(sheet, form), form)
    assert mapping.date_form is DateForm.SAS
    save_mapping(actor=clerk, upload_id=upload.pk, mapping=mapping)
    check_upload(actor=clerk, upload_id=upload.pk)
    return upload, enrol_upload(actor=clerk, upload_id=upload.pk)


def test_two_loans_of_one_name_are_two_unresolved_parties(clerk: Actor) -> None:
    _, result = filed(clerk, sba_loan(), sba_loan())
    assert (result["enrolled"], result["confirmed"]) == (2, 2)
    first, second = Enrolment.objects.order_by("id").select_related("firm")
    assert first.firm_id != second.firm_id
    for one in (first, second):
        assert (one.firm.identifier_scheme, one.firm.identifier) == ("SBA-LOAN", one.loan_number)
        assert (one.disbursed_on, one.due_on) == (date(2001, 4, 30), date(2004, 4, 30))
        assert (one.firm_name, one.loan_amount_fen) == ("EXAMPLE MACHINE WORKS", 3_000_000)
    assert Firm.objects.count() == 2


def test_limits_of_a_borrower_stay_unknown(clerk: Actor) -> None:
    upload, _ = filed(clerk, sba_loan())
    assert set(LimitUse.objects.values_list("kind", flat=True)) == {"bank", "scheme"}
    remarks = [remark["en"] for remark in upload_for(clerk, upload.pk).remarks]
    assert any("limits per borrower stay unknown" in remark for remark in remarks)


def test_the_guaranteed_share_is_the_files_own(clerk: Actor) -> None:
    filed(
        clerk,
        sba_loan(),
        sba_loan(GrAppv=100_000, SBA_Appv=85_000),
        sba_loan(GrAppv=90_000, SBA_Appv=67_499.99),
    )
    found = Enrolment.objects.order_by("upload_row").values_list("mode", "ratio_bp")
    assert list(found) == [
        ("as_filed", {"scheme": 5_000, "bank": 5_000}),
        ("as_filed", {"scheme": 8_500, "bank": 1_500}),
        ("as_filed", {"scheme": 7_499, "bank": 2_501}),
    ]


def test_odd_days_are_refused_and_named_and_the_rest_enrols(clerk: Actor) -> None:
    upload, result = filed(
        clerk,
        sba_loan(DisbursementDate=sas_day(date(1999, 12, 31))),
        sba_loan(DisbursementDate=sas_day(date(2000, 1, 1))),
        sba_loan(DisbursementDate=""),
        sba_loan(DisbursementDate="30APR01"),
        sba_loan(DisbursementDate=-400),
        sba_loan(Term=0),
    )
    assert (result["rows"], result["enrolled"], result["refused"]) == (6, 1, 5)
    verdicts = UploadVerdict.objects.filter(upload=upload, severity="refused").order_by("row")
    letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[HEADS.index("DisbursementDate")]
    assert list(verdicts.values_list("row", "cell", "code")) == [
        (2, f"{letter}2", "POOL.SCHEME.NOT_IN_FORCE"),
        (4, f"{letter}4", "FILE.CELL.EMPTY"),
        (5, f"{letter}5", "FILE.DATE.UNREADABLE"),
        (6, f"{letter}6", "FILE.DATE.OUT_OF_RANGE"),
        (7, "H7", "FILE.DATE.ORDER"),
    ]
    assert Enrolment.objects.get().disbursed_on == date(2000, 1, 1)


def test_a_charge_off_enrols_and_is_reported_in_the_words_of_the_file(clerk: Actor) -> None:
    gone = sba_loan(MIS_Status="CHGOFF", ChgOffDate=sas_day(date(2003, 2, 1)), ChgOffPrinGr=12_000)
    paid = sba_loan()
    _, result = filed(clerk, gone, paid)
    assert result["enrolled"] == 2
    heads = ("LoanNr_ChkDgt", "BalanceGross", "MIS_Status", "Five-class")
    rows = [gone | {"Five-class": "loss"}, paid | {"Five-class": "pass"}]
    upload = send(clerk, sba_file(*rows, heads=heads), kind=UploadKind.RETURNS, month=date(2021, 12, 1))
    assert take_returns(actor=clerk, upload_id=upload.pk)["taken"] == 2
    found = Enrolment.objects.order_by("upload_row").values_list(
        "loan_status", "five_class", "outstanding_fen", "state"
    )
    assert list(found) == [("purchased", "loss", 0, "active"), ("paid", "normal", 0, "closed")]
