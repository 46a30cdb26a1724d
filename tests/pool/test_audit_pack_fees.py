"""The pack's own script recomputes guarantee fees from the law's tables: equal, and different after one fen."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tests.factories.claims import TODAY
from tests.factories.people import make_actor, make_demo_book
from tests.factories.pool import WAN, make_bank, make_enrolment
from tests.pool.test_audit_packs import changed, recompute, table, table_bytes, write
from tests.pool.test_fees import SCHEME, make_fee_law

from yulin.people.enums import Role
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.models import Enrolment, FeeCharge
from yulin.pool.services.charge_fee import charge_fee
from yulin.pool.services.charge_fees import FeePeriod, charge_fees
from yulin.pool.services.undo_fee import undo_fee

pytestmark = pytest.mark.django_db
FEES, BOOKED = "担保费：费率表、基数与金额到分", "总账：担保费的记账"


@pytest.fixture
def loan():
    make_demo_book(TODAY)
    enrolment = make_enrolment(make_bank()[1], make_fee_law())
    Enrolment.objects.filter(pk=enrolment.pk).update(confirmed_on=date(2021, 1, 19), outstanding_fen=400 * WAN + 1)
    enrolment.refresh_from_db()
    return enrolment


@pytest.fixture
def pack(loan):
    """A loan's pack with five charges: one was undone and charged anew."""
    manager, checker = make_actor(Role.MANAGER_CLERK), make_actor(Role.MANAGER_CHECKER)
    wrong = charge_fee(actor=manager, enrolment_id=loan.pk, kind="upfront", number=1)
    undo_fee(actor=checker, charge_id=wrong.pk, reason="wrong")
    charge_fees(actor=manager, period=FeePeriod(SCHEME, date(2021, 1, 1), TODAY))
    assert FeeCharge.objects.count() == 4
    return write(PackScope(loan=loan.loan_number))


def cells(pack, name, column, row=0, *, to):
    """Return the file with one cell changed by `to`."""
    head, rows = table(pack, name)
    rows[row][head.index(column)] = to(rows[row][head.index(column)])
    return {name: table_bytes(head, rows)}


def checks_that_differ(pack, folder):
    """Return the Chinese names of the checks that differ."""
    said = recompute(pack, folder).stdout.splitlines()
    return {line.split("  ")[1].split(" / ")[0] for line in said if line.startswith("不符 differs  ")}


def fen_more(text):
    return str(int(text) + 1)


def measured(**new):
    return lambda text: json.dumps(json.loads(text) | new)


def test_the_fees_recompute_as_equal_on_bare_python(pack, tmp_path):
    done = recompute(pack, tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert f"相符 equal    {FEES}" in done.stdout
    assert f"相符 equal    {BOOKED}" in done.stdout
    assert "fees whose table" not in done.stdout


@pytest.mark.parametrize(
    ("column", "row", "to", "found_by"),
    [
        ("amount_fen", 0, fen_more, {FEES, BOOKED}),
        ("amount_fen", 3, fen_more, {FEES, BOOKED}),
        ("base_fen", 1, fen_more, {FEES}),
        ("table_id", 1, lambda _: "upfront-2020", {FEES}),
        ("turn", 1, lambda _: "1", {FEES, BOOKED}),
        ("number", 2, lambda _: "3", {FEES, BOOKED}),  # the loan matures before a third year begins
        ("measured", 2, measured(matures_on="2022-08-03"), {FEES}),
        ("measured", 1, measured(enrolled_fen=480 * WAN + 100), {FEES}),
        ("measured", 1, measured(bank_bp=4_999), {FEES}),
        ("measured", 1, measured(gross_fen=300 * WAN), {FEES}),
        ("measured", 2, measured(outstanding_fen=500 * WAN), {FEES}),
        ("measured", 2, measured(approved_on="2021-01-20"), {FEES}),
    ],
)
def test_one_changed_cell_differs_even_under_a_mended_manifest(pack, tmp_path, column, row, to, found_by):
    new = changed(pack, cells(pack, "fee_charges.csv", column, row, to=to), is_manifest_mended=True)
    assert checks_that_differ(new, tmp_path) == found_by


def test_a_charge_or_an_undoing_that_was_taken_out_or_made_by_one_person_differs(pack, tmp_path):
    head, rows = table(pack, "fee_charges.csv")
    fewer = changed(pack, {"fee_charges.csv": table_bytes(head, rows[:-1])}, is_manifest_mended=True)
    assert checks_that_differ(fewer, tmp_path / "charge") == {BOOKED}
    undo_head, undos = table(pack, "fee_undoings.csv")
    assert len(undos) == 1
    none = changed(pack, {"fee_undoings.csv": table_bytes(undo_head, [])}, is_manifest_mended=True)
    assert checks_that_differ(none, tmp_path / "undo") == {FEES, BOOKED}
    charger = rows[0][head.index("charged_by_id")]
    alone = cells(pack, "fee_undoings.csv", "undone_by_id", to=lambda _: charger)
    assert checks_that_differ(changed(pack, alone, is_manifest_mended=True), tmp_path / "one") == {FEES}


def test_a_fee_whose_table_is_not_there_is_said_to_be_not_shown(pack, tmp_path):
    ids = FeeCharge.objects.order_by("pk").values_list("pk", flat=True)
    lines = "".join(json.dumps({"charge": one, "terms": None}) + "\n" for one in ids)
    done = recompute(changed(pack, {"fee_terms.jsonl": lines.encode()}, is_manifest_mended=True), tmp_path)
    assert done.returncode == 0
    assert "fees whose table or measure is not here: 4" in done.stdout
