"""Guarantee fees charged to a lender: once, in the ledger and in the book alike, as its yearly cap measures them."""

from __future__ import annotations

import contextlib
import json
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories.claims import TODAY
from tests.factories.people import make_actor, make_client, make_demo_book
from tests.factories.pool import FIRM_CODES, WAN, make_bank, make_enrolment

from yulin.base.errors import YulinError
from yulin.base.money import yuan_text
from yulin.cli import fees
from yulin.cli.__main__ import main
from yulin.ledger.selectors import balances
from yulin.ledger.services import reverse_transfer
from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry
from yulin.pool.adapters.packs import laws_of
from yulin.pool.core.fees import FeeVerdict
from yulin.pool.core.postings import fee_account, partner_account
from yulin.pool.errors import PoolError
from yulin.pool.models import Enrolment, FeeCharge, FeeUndo, MonthlyReturn
from yulin.pool.selectors.claim_case import book_of
from yulin.pool.selectors.reconciliation import differences
from yulin.pool.services.charge_fee import charge_fee
from yulin.pool.services.charge_fees import FeePeriod, charge_fees, preview_fees
from yulin.pool.services.undo_fee import undo_fee
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
    shown = {"confirmed_on": date(2021, 1, 19), "due_on": date(2023, 8, 2), "outstanding_fen": 400 * WAN}
    Enrolment.objects.filter(pk=enrolment.pk).update(**shown)
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


def test_a_fee_charged_late_is_of_what_was_outstanding_on_its_day(manager, loan):
    for month, balance in ((date(2020, 12, 1), 450), (date(2021, 1, 1), 430), (date(2021, 12, 1), 400)):
        arrived = {"loan_status": "current", "received_at": timezone.now()}
        MonthlyReturn.objects.create(enrolment=loan, month=month, outstanding_fen=balance * WAN, **arrived)
    found = preview_fees(actor=manager, period=PERIOD).lines
    bases = {line.due.number: line.due.loan.outstanding_fen for line in found if line.due.kind == "annual"}
    assert bases == {1: 450 * WAN, 2: 400 * WAN}  # what was told by 19 January 2021, and by 19 January 2022
    first = charge_fee(actor=manager, enrolment_id=loan.pk, kind="annual", number=1)
    assert first.base_fen == 450 * WAN * (10_000 - loan.ratio_bp["bank"]) // 10_000
    assert first.measured["outstanding_fen"] == 450 * WAN


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


def test_a_loan_that_matures_owes_no_further_year(manager, loan):
    Enrolment.objects.filter(pk=loan.pk).update(due_on=date(2022, 1, 19))  # the day on which a second year would begin
    charge_fee(actor=manager, enrolment_id=loan.pk, kind="annual", number=1)
    assert refusal(manager, loan, "annual", 2) == "POOL.FEE.NOT_THERE"
    second_year = FeePeriod(SCHEME, date(2022, 1, 19), date(2023, 1, 19))
    assert preview_fees(actor=manager, period=second_year).lines == []
    Enrolment.objects.filter(pk=loan.pk).update(due_on=date(2022, 1, 20))
    assert [line.due.number for line in preview_fees(actor=manager, period=second_year).lines] == [2]
    assert charge_fee(actor=manager, enrolment_id=loan.pk, kind="annual", number=2).measured["matures_on"] == (
        "2022-01-20"
    )


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


PERIOD = FeePeriod(SCHEME, date(2021, 1, 1), TODAY)  # two years of the annual fee have begun by 19 January 2022


@pytest.fixture
def loans(loan):
    """Three loans: in force, without a ratio, closed before its fees were charged."""
    clerk, law = make_bank()[1], laws_of(SCHEME)[-1]
    others = [make_enrolment(clerk, law, loan_number=f"L-{number}", firm_code=FIRM_CODES[number]) for number in (1, 2)]
    Enrolment.objects.filter(pk__in=[one.pk for one in others]).update(confirmed_on=date(2021, 1, 19))
    Enrolment.objects.filter(pk=others[0].pk).update(ratio_bp={})
    Enrolment.objects.filter(pk=others[1].pk).update(state="closed", closed_on=TODAY)
    return [loan, *others]


def counted(run):
    return {str(verdict): len(run.of(verdict)) for verdict in FeeVerdict if run.of(verdict)}


def test_a_period_is_charged_at_once_and_twice_charges_nothing_more(manager, loans):
    shown = preview_fees(actor=manager, period=PERIOD)
    assert counted(shown) == {"charged": 3, "unknown": 5, "ended": 4}
    assert FeeCharge.objects.count() == 0
    done = charge_fees(actor=manager, period=PERIOD, shown_fen=shown.charged_fen)
    assert counted(done) == counted(shown)
    assert {(one.kind, one.number) for one in FeeCharge.objects.all()} == {("upfront", 1), ("annual", 1), ("annual", 2)}
    assert done.charged_fen == sum(FeeCharge.objects.values_list("amount_fen", flat=True)) == shown.charged_fen
    assert balances([fee_account(SCHEME)])[fee_account(SCHEME)].posted_fen == done.charged_fen
    again = charge_fees(actor=manager, period=PERIOD)
    assert counted(again) == {"before": 3, "unknown": 5, "ended": 4}
    assert again.charged_fen == 0
    assert FeeCharge.objects.count() == 3
    assert [one for one in differences() if "partner" in one.account or "fees" in one.account] == []
    entry = AuditEntry.objects.filter(action="pool.charge_fees").order_by("pk").first()
    assert entry.facts["charges"] == list(FeeCharge.objects.order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (date(2021, 1, 18), date(2021, 1, 18), {}),
        (date(2021, 1, 19), date(2021, 1, 19), {"charged": 2, "unknown": 1}),
        (date(2021, 1, 20), date(2022, 1, 18), {}),
        (date(2022, 1, 19), date(2022, 1, 19), {"charged": 1}),
        (date(2022, 1, 20), date(2023, 1, 19), {"later": 1}),
    ],
)
def test_a_period_takes_what_falls_due_on_its_days(manager, loan, since, until, found):
    assert counted(preview_fees(actor=manager, period=FeePeriod(SCHEME, since, until))) == found


def test_a_period_is_charged_in_as_many_statements_for_three_loans_as_for_one(manager, loan):
    def statements():
        with CaptureQueriesContext(connection) as asked:
            charge_fees(actor=manager, period=PERIOD)
        return len(asked)

    first = statements()
    clerk, law = make_bank()[1], laws_of(SCHEME)[-1]
    for number in (1, 2, 3):
        one = make_enrolment(clerk, law, loan_number=f"L-{number}", firm_code=FIRM_CODES[number])
        Enrolment.objects.filter(pk=one.pk).update(confirmed_on=date(2021, 1, 19))
    assert statements() <= first


def test_what_a_run_refuses_says_why(manager, loan):
    def refused(actor=manager, period=PERIOD, shown_fen=None):
        with pytest.raises(YulinError) as caught:
            charge_fees(actor=actor, period=period, shown_fen=shown_fen)
        return caught.value

    found = preview_fees(actor=manager, period=PERIOD).charged_fen
    changed = refused(shown_fen=found + 1)
    assert changed.code == "POOL.FEE.CHANGED"
    assert yuan_text(found) in changed.message.en
    assert changed.hint.en == "Look at the new list, then charge."
    backwards = refused(period=FeePeriod(SCHEME, TODAY, date(2022, 1, 18)))
    assert (backwards.code, "2022-01-18" in backwards.message.en) == ("POOL.FEE.PERIOD", True)
    assert refused(period=FeePeriod("nothing", TODAY, TODAY)).code == "POOL.FEE.NO_TABLE"
    assert refused(actor=make_actor(Role.BANK_CLERK)).code == "PEOPLE.NOT_ALLOWED"
    assert FeeCharge.objects.count() == 0


def test_a_wrong_charge_is_undone_by_another_person_and_charged_anew(manager, loan):
    checker = make_actor(Role.MANAGER_CHECKER)
    wrong = charge_fee(actor=manager, enrolment_id=loan.pk, kind="upfront", number=1)
    Enrolment.objects.filter(pk=loan.pk).update(ratio_bp={"city": 4000, "bank": 6000})
    undo_fee(actor=checker, charge_id=wrong.pk, reason="ratio was wrong")
    accounts = [partner_account(SCHEME, loan.bank_id), fee_account(SCHEME)]
    assert [balances(accounts)[code].posted_fen for code in accounts] == [0, 0]
    assert book_of(loan, laws_of(SCHEME)[-1], on=date(2023, 3, 1))["fees"] == 0
    run = charge_fees(actor=manager, period=PERIOD)
    right = FeeCharge.objects.standing().get(kind="upfront")
    assert (right.turn, right.amount_fen) == (2, 480 * WAN * 4 // 10 * 2 // 100)
    assert right.measured == {
        "approved_on": "2021-01-19", "gross_fen": 480 * WAN, "enrolled_fen": 480 * WAN,
        "outstanding_fen": 400 * WAN, "bank_bp": 6000, "matures_on": "2023-08-02",
    }  # fmt: skip
    assert balances(accounts)[fee_account(SCHEME)].posted_fen == run.charged_fen
    assert [one for one in differences() if "partner" in one.account or "fees" in one.account] == []
    assert AuditEntry.objects.get(action="pool.undo_fee").facts["reason"] == "ratio was wrong"


def test_undoing_a_charge_is_refused_with_its_reason(loan):
    checker = make_actor(Role.MANAGER_CHECKER)

    def refused(actor, charge_id, reason="wrong"):
        with pytest.raises(YulinError) as caught:
            undo_fee(actor=actor, charge_id=charge_id, reason=reason)
        return caught.value.code

    charge = charge_fee(actor=checker, enrolment_id=loan.pk, kind="upfront", number=1)
    other = make_actor(Role.MANAGER_CHECKER)
    assert refused(checker, charge.pk) == "POOL.FEE.SAME_PERSON"
    assert refused(other, charge.pk, " ") == "POOL.FEE.REASON"
    assert refused(other, charge.pk + 1) == "POOL.FEE.NOT_FOUND"
    assert refused(make_actor(Role.MANAGER_CLERK), charge.pk) == "PEOPLE.NOT_ALLOWED"
    undo_fee(actor=other, charge_id=charge.pk, reason="wrong")
    assert refused(other, charge.pk) == "POOL.FEE.UNDONE"


def test_a_charge_that_was_reversed_in_the_ledger_is_undone_without_a_second_reversal(manager, loan):
    checker = make_actor(Role.MANAGER_CHECKER)
    charge = charge_fee(actor=manager, enrolment_id=loan.pk, kind="upfront", number=1)
    reverse_transfer(actor=checker, key=f"enrolment:{loan.pk}:fee:upfront-1", reason="by hand", value_on=TODAY)
    assert [one.pool_fen for one in differences() if "fees" in one.account] == [charge.amount_fen]
    undo_fee(actor=checker, charge_id=charge.pk, reason="reversed by hand")
    assert [one for one in differences() if "partner" in one.account or "fees" in one.account] == []


def test_the_database_knows_two_people_and_one_standing_charge(manager, loan):
    charge = charge_fee(actor=manager, enrolment_id=loan.pk, kind="upfront", number=1)
    with pytest.raises(IntegrityError, match="does not undo it"), transaction.atomic():
        FeeUndo.objects.create(charge=charge, reason="x", undone_on=TODAY, undone_by_id=manager.user_id)
    charge.pk, charge.turn = None, 2
    with pytest.raises(IntegrityError, match=r"charge no\. 1 stands"), transaction.atomic():
        charge.save(force_insert=True)
    charge.turn = 1
    with pytest.raises(IntegrityError, match="fee_once"), transaction.atomic():
        charge.save(force_insert=True)
    undo_fee(actor=make_actor(Role.MANAGER_CHECKER), charge_id=FeeCharge.objects.get().pk, reason="x")
    assert FeeUndo.objects.update(reason="y") == 0  # row security lets nobody change one


def test_the_pages_look_charge_and_undo(loan):
    client = make_client(Role.MANAGER_CLERK)
    address = "/en/fees/due/"
    asked = {"scheme": SCHEME, "since": "2021-01-01", "until": "2022-01-19"}
    assert "There is no" not in client.get(address).content.decode()
    page = client.get(address, asked).content.decode()
    assert "Charge all: 3" in page
    assert "rate, case or guaranteed share not known" in page
    shown = preview_fees(actor=make_actor(Role.MANAGER_CLERK), period=PERIOD).charged_fen
    stale = client.post(address, {**asked, "shown_fen": shown - 1})
    assert (stale.status_code, "POOL.FEE.CHANGED" in stale.content.decode()) == (422, True)
    done = client.post(address, {**asked, "shown_fen": shown}, follow=True).content.decode()
    assert "Fees charged: 3" in done
    assert "Charge all" not in done
    assert client.get(address, {**asked, "until": "2020-01-01"}).status_code == 422
    sheet = b"".join(client.get(address, {**asked, "format": "csv"}).streaming_content).decode()
    assert sheet.count("charged before") == 3
    charge = FeeCharge.objects.get(kind="upfront")
    assert client.get(f"/en/fees/{charge.pk}/undo/").status_code == 403
    checker = make_client(Role.MANAGER_CHECKER)
    assert "Undo this charge" in checker.get(f"/en/fees/{charge.pk}/undo/").content.decode()
    assert checker.post(f"/en/fees/{charge.pk}/undo/", {"reason": ""}).status_code == 422
    gone = checker.post(f"/en/fees/{charge.pk}/undo/", {"reason": "twice"}, follow=True).content.decode()
    assert "is undone" in gone
    assert "twice" in gone
    listed = checker.get("/en/fees/", {"state": "False"}).content.decode()
    assert (listed.count("upfront"), listed.count("twice")) == (0, 1)
    again = checker.post(f"/en/fees/{charge.pk}/undo/", {"reason": "twice"}, follow=True).content.decode()
    assert "was undone on" in again


def test_a_bank_sees_its_own_fees_alone(manager, loan):
    charge_fee(actor=manager, enrolment_id=loan.pk, kind="upfront", number=1)
    own, other = make_client(Role.BANK_CLERK, loan.bank), make_client(Role.BANK_CLERK)
    assert loan.loan_number in own.get("/en/fees/").content.decode()
    assert loan.loan_number not in other.get("/en/fees/").content.decode()
    assert own.get("/en/fees/due/").status_code == 403


def test_the_command_says_what_it_does_and_does_it(loan, monkeypatch, capsys):
    monkeypatch.setattr(fees, "database_ready", contextlib.nullcontext)

    def run(*more):
        assert main(["pool", "charge-fees", SCHEME, "--to", "2022-01-19", *more]) == 0
        return capsys.readouterr().out

    dry = json.loads(run("--dry-run", "--json"))
    assert (dry["charged"], dry["dry_run"], FeeCharge.objects.count()) == (3, True, 0)
    assert sorted(one["result"] for one in dry["fees"]) == ["charged", "charged", "charged", "unknown"]
    assert "charged: 3, CNY" in run()
    done = json.loads(run("--json"))
    assert (done["charged"], [one["result"] for one in done["fees"]].count("before")) == (0, 3)
    assert "charged: 0, CNY 0.00; charged before: 3" in run()


def test_fees_of_a_dollar_scheme_are_shown_in_dollars(loan):
    maker, checker = make_actor(Role.AUTHORITY_OFFICER), make_actor(Role.AUTHORITY_CHECKER)
    publish_pack(actor=checker, draft_id=draft_pack(actor=maker, texts=shipped_texts("us-sba-7a")).pk)
    charge = FeeCharge.objects.create(
        enrolment=loan, bank=loan.bank, scheme_id="us-sba-7a", pack_id=loan.pack_id, kind="upfront", number=1,
        table_id="t", base_fen=10_000, amount_fen=5_500, charged_on=TODAY,
    )  # fmt: skip
    clerk, checker_page = make_client(Role.MANAGER_CLERK), make_client(Role.MANAGER_CHECKER)
    for language in ("en", "zh-hans"):
        listed = clerk.get(f"/{language}/fees/")
        assert (listed.context["is_mixed"], ">USD 55.00<" in listed.content.decode()) == (True, True)
        assert ">USD 100.00<" in checker_page.get(f"/{language}/fees/{charge.pk}/undo/").content.decode()
    exported = b"".join(clerk.get("/en/fees/?format=csv").streaming_content).decode("utf-8-sig")
    assert "USD 55.00" in exported
    asked = {"scheme": "us-sba-7a", "since": "2022-01-01", "until": "2022-01-19", "format": "csv"}
    due = b"".join(clerk.get("/en/fees/due/", asked).streaming_content).decode("utf-8-sig")
    assert "Fee (USD)" in due.splitlines()[0]
    assert clerk.get("/en/fees/?scheme=gz-credit-2021").status_code == 200
