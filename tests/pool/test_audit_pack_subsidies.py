"""The pack's own script recomputes insurers' subsidies from premiums and claims: equal, and different after one fen."""

from __future__ import annotations

import pytest
from tests.factories.subsidies import AFTER, CITY, SCHEME, SUBSIDY_FEN, YEAR, make_insurer_year, over
from tests.pool.test_audit_pack_fees import cells, checks_that_differ, fen_more
from tests.pool.test_audit_packs import changed, recompute, table, table_bytes, write
from tests.pool.test_subsidy_payouts import answered, line, sent

from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.models import ExcessSubsidy
from yulin.pool.services.claims.budgets import set_layer_budget
from yulin.pool.services.subsidies.undo_subsidy import undo_subsidy

pytestmark = pytest.mark.django_db
SUBSIDIES, BOOKED = "超赔补贴：保费、赔付与金额到分", "总账：超赔补贴的记账"
LAW = "方案文本与其版本散列"


@pytest.fixture
def year():
    """A year whose subsidy was confirmed, undone, decided anew, moved onto a budget, and paid."""
    found = over(make_insurer_year())
    undo_subsidy(actor=found.people.checker, subsidy_id=found.confirmed().pk, reason="wrong")
    found.confirmed()
    set_layer_budget(actor=found.people.authority, place=CITY, year=AFTER.year, budget_fen=SUBSIDY_FEN)
    batch = sent(found)
    answered(found, batch, line(batch.orders.get()))
    assert list(ExcessSubsidy.objects.order_by("pk").values_list("state", flat=True)) == ["undone", "paid"]
    return found


@pytest.mark.parametrize("scope", [{"year": YEAR}, {"year": AFTER.year}, {"year": AFTER.year, "scheme": SCHEME}])
def test_the_subsidies_recompute_as_equal_on_bare_python(year, tmp_path, scope):
    pack = write(PackScope(**scope))
    done = recompute(pack, tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert f"相符 equal    {SUBSIDIES}" in done.stdout
    assert f"相符 equal    {BOOKED}" in done.stdout
    assert "subsidies whose rule" not in done.stdout
    assert [len(table(pack, name)[1]) for name in ("premiums.csv", "excess_subsidies.csv", "payout_orders.csv")] == [
        1,
        2,
        1,
    ]


def test_one_changed_cell_differs_even_under_a_mended_manifest(year, tmp_path):
    pack = write(PackScope(year=YEAR))
    name = "excess_subsidies.csv"
    wrong = [
        (name, "amount_fen", 0, fen_more, {SUBSIDIES, BOOKED}),
        (name, "amount_fen", 1, fen_more, {SUBSIDIES, BOOKED}),
        (name, "premium_fen", 1, fen_more, {SUBSIDIES}),
        (name, "claims_fen", 1, fen_more, {SUBSIDIES}),
        (name, "level_bp", 1, lambda _: "12001", {SUBSIDIES}),
        (name, "subsidy_bp", 1, lambda _: "8001", {SUBSIDIES}),
        (name, "party", 1, lambda _: "province", {SUBSIDIES}),
        (name, "state", 0, lambda _: "held", {SUBSIDIES, BOOKED}),
        (name, "turn", 1, lambda _: "3", {SUBSIDIES}),
        (name, "confirmed_by_id", 1, lambda _: "", set()),
        (name, "decided_on", 1, lambda _: "2022-12-31", {SUBSIDIES}),
        (name, "pack_version", 1, lambda _: "sha256:0", {LAW}),
        ("premiums.csv", "premium_fen", 0, fen_more, {SUBSIDIES}),
        ("payout_orders.csv", "amount_fen", 0, fen_more, {SUBSIDIES}),
        ("payout_orders.csv", "outcome", 0, lambda _: "failed", {SUBSIDIES}),
        ("payout_orders.csv", "subsidy_id", 0, lambda _: "999", {SUBSIDIES}),
    ]
    for number, (file, column, row, to, found_by) in enumerate(wrong):
        new = changed(pack, cells(pack, file, column, row, to=to), is_manifest_mended=True)
        assert checks_that_differ(new, tmp_path / str(number)) == found_by, (file, column)


def test_one_person_for_both_steps_or_a_row_that_was_taken_out_differs(year, tmp_path):
    pack = write(PackScope(year=YEAR))
    head, rows = table(pack, "excess_subsidies.csv")
    decider = rows[1][head.index("decided_by_id")]
    alone = cells(pack, "excess_subsidies.csv", "confirmed_by_id", 1, to=lambda _: decider)
    assert checks_that_differ(changed(pack, alone, is_manifest_mended=True), tmp_path / "one") == {SUBSIDIES}
    for kept, found_by in ((rows[:1], {SUBSIDIES}), (rows[1:], {SUBSIDIES})):
        fewer = changed(pack, {"excess_subsidies.csv": table_bytes(head, kept)}, is_manifest_mended=True)
        assert checks_that_differ(fewer, tmp_path / str(len(kept[0][0]) + rows.index(kept[0]))) == found_by
    head, rows = table(pack, "sheet_lines.csv")
    at = next(n for n, row in enumerate(rows) if row[head.index("party")] == "insurer")
    other = cells(pack, "sheet_lines.csv", "amount_fen", at, to=fen_more)
    assert SUBSIDIES in checks_that_differ(changed(pack, other, is_manifest_mended=True), tmp_path / "claim")
