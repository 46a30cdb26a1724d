"""Money after compensation: costs first, back through the layers that bore, in any order of entry the same."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories.claims import RULES, make_claim, make_claim_law
from tests.factories.people import make_actor, make_demo_book, make_organisation
from tests.factories.pool import WAN, make_bank
from tests.pool.test_concurrency import at_once

from yulin.kit.row_security import EVERYTHING, district_scope, organisation_scope, scope
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import AuditEntry
from yulin.pool.core.claims.deciding import settle_claim
from yulin.pool.core.claims.sheet import sheet_of
from yulin.pool.errors import PoolError
from yulin.pool.models import Claim, Enrolment, Recovery, RecoveryLine, Remittance, WriteOff
from yulin.pool.selectors.claim_case import loss_case, loss_of
from yulin.pool.selectors.recoveries import booked_shares, debt_account, half_year_report, overdue_remittances
from yulin.pool.services.recoveries.enter_recovery import Received, enter_recovery, preview_recovery, undo_recovery
from yulin.pool.services.recoveries.remit import record_remittance
from yulin.pool.services.recoveries.write_off import approve_write_off, propose_write_off, undo_write_off

pytestmark = pytest.mark.django_db
REMIT = {**RULES["timetable"], "remit": {"workdays": 5, "clause": "规程八"}}


def make_debt(clerk, law, **fields):
    """A claim that was paid in full: Huangpu, HNTE, 300 万 lost."""
    claim = make_claim(clerk, law, **fields)
    found = settle_claim(law, loss_case(claim.enrolment, law, loss_of(claim), book={}))
    Claim.objects.filter(pk=claim.pk).update(
        state="paid", decided_by_id=1, decision="full", decided_on=date(2022, 1, 10), submitted_on=date(2022, 1, 4),
        decided_base_fen=found.decided_base_fen, public_fen=found.public_fen, sheet=sheet_of(found).plain(),
        paid_on=date(2022, 1, 14),
    )  # fmt: skip
    return Claim.objects.get(pk=claim.pk)


@pytest.fixture
def clerk():
    make_demo_book(date(2022, 1, 19))
    return make_bank()[1]


@pytest.fixture
def claim(clerk):
    return make_debt(clerk, make_claim_law(timetable=REMIT))


def received(day, gross, cost=0, reference="", **more):
    return Received(date(2022, 1, day), gross, cost, reference or f"LS{day}-{gross}", **more)


def refused(work):
    with pytest.raises(PoolError) as caught:
        work()
    return caught.value


def shares(claim):
    """What each party has back of each receipt, receipts by their reference."""
    references = dict(Recovery.objects.filter(claim=claim).values_list("pk", "reference"))
    return {(references[key], party): fen for (key, party), fen in booked_shares(claim).items()}


def test_costs_come_first_then_every_layer_gets_its_part(clerk, claim):
    borne = {one.party: one.borne_fen for one in debt_account(clerk, claim.pk).parties}
    assert borne == {"city": 150 * WAN, "district": 120 * WAN, "bank": 30 * WAN}
    found = preview_recovery(actor=clerk, claim_id=claim.pk, received=received(18, 20 * WAN, 3 * WAN))
    assert Recovery.objects.count() == 0
    entry = enter_recovery(actor=clerk, claim_id=claim.pk, received=received(18, 20 * WAN, 3 * WAN))
    booked = {party: fen for (_, party), fen in booked_shares(claim).items()}
    assert booked == found.shares_fen == {"city": 8_500_000, "district": 6_800_000, "bank": 1_700_000}
    assert (entry.net_fen, entry.remitted_fen, entry.refund_due_fen) == (17 * WAN, 15_300_000, 0)
    assert entry.remit_due_on == date(2022, 1, 25)
    assert AuditEntry.objects.get(action="pool.enter_recovery").facts["gross_fen"] == 20 * WAN


ENTRIES = [received(5, 1_000_003), received(8, 20_000, 70_000), received(12, 777_777, 11), received(18, 50_001)]


def test_any_order_of_entry_ends_the_same_to_the_fen(clerk):
    law = make_claim_law()
    ends = []
    for order in list(permutations(ENTRIES))[::5]:
        claim = make_debt(clerk, law)
        for one in order:
            enter_recovery(actor=clerk, claim_id=claim.pk, received=one)
        sums = Recovery.objects.filter(claim=claim).order_by("value_on").values_list("net_fen", "remitted_fen")
        ends.append((shares(claim), list(sums)))
        assert ends[-1] == ends[0]
    net = [net for net, _ in ends[0][1]]
    assert net == [1_000_003, 0, 777_777 - 11 - 50_000, 50_001]  # the cost of the 8th is carried to the 12th
    assert sum(ends[0][0].values()) == sum(net)


def test_late_entry_is_booked_by_mirrors_and_nothing_is_lost(clerk, claim):
    enter_recovery(actor=clerk, claim_id=claim.pk, received=received(12, 1_000, 0))
    late = enter_recovery(actor=clerk, claim_id=claim.pk, received=received(6, 100, 400))
    lines = list(RecoveryLine.objects.filter(cause=late).values_list("party", "amount_fen"))
    assert lines == [
        ("bank", -100), ("city", -500), ("district", -400), ("bank", 70), ("city", 350), ("district", 280),
    ]  # fmt: skip
    assert RecoveryLine.objects.count() == 9


def test_undone_entry_leaves_what_never_entering_it_would(clerk, claim):
    first = enter_recovery(actor=clerk, claim_id=claim.pk, received=received(6, 100, 400))
    enter_recovery(actor=clerk, claim_id=claim.pk, received=received(12, 1_000))
    undo_recovery(actor=clerk, recovery_id=first.pk, note="重复登记")
    undo_recovery(actor=clerk, recovery_id=first.pk, note="twice")
    assert shares(claim) == {("LS12-1000", "bank"): 100, ("LS12-1000", "city"): 500, ("LS12-1000", "district"): 400}
    assert Recovery.objects.get(pk=first.pk).undone_note == "重复登记"


def test_same_reference_is_one_entry_and_with_other_money_a_conflict(clerk, claim):
    one = enter_recovery(actor=clerk, claim_id=claim.pk, received=received(6, 500, reference="LS1"))
    assert enter_recovery(actor=clerk, claim_id=claim.pk, received=received(6, 500, reference="LS1")).pk == one.pk
    error = refused(lambda: enter_recovery(actor=clerk, claim_id=claim.pk, received=received(6, 501, reference="LS1")))
    assert (error.code, Recovery.objects.count()) == ("POOL.RECOVERY.REFERENCE", 1)


@pytest.mark.parametrize(
    ("money", "code"),
    [
        (received(3, 500), "POOL.RECOVERY.DAY"),  # before the claim was handed in on the 4th
        (received(4, 500), None),
        (received(19, 500), None),
        (received(20, 500), "POOL.RECOVERY.DAY"),  # tomorrow
        (received(6, 0), "POOL.RECOVERY.AMOUNT"),
        (received(6, 5, -1), "POOL.RECOVERY.AMOUNT"),
        (received(6, 300 * WAN), None),
        (received(6, 300 * WAN + 1), "POOL.RECOVERY.ABOVE_LOSS"),
        (received(6, 300 * WAN + 1, 1), None),
    ],
)
def test_bounds_of_day_and_amount(clerk, claim, money, code):
    if code is None:
        assert enter_recovery(actor=clerk, claim_id=claim.pk, received=money).pk
    else:
        assert refused(lambda: enter_recovery(actor=clerk, claim_id=claim.pk, received=money)).code == code
        assert Recovery.objects.count() == 0


def test_nobody_has_more_back_than_was_borne_also_by_the_database(clerk, claim):
    entry = enter_recovery(actor=clerk, claim_id=claim.pk, received=received(6, 300 * WAN))
    assert all(one.open_fen == 0 for one in debt_account(clerk, claim.pk).parties)
    line = RecoveryLine(claim=claim, recovery=entry, cause=entry, party="city", amount_fen=1)

    def above():
        line.save()
        connection.check_constraints()

    with pytest.raises(IntegrityError, match="it bore 15000"), transaction.atomic():
        above()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        RecoveryLine.objects.update(amount_fen=1)


def test_claim_that_was_not_decided_has_nothing_to_share(clerk):
    claim = make_claim(clerk, make_claim_law())
    error = refused(lambda: enter_recovery(actor=clerk, claim_id=claim.pk, received=received(6, 5)))
    assert error.code == "POOL.RECOVERY.STATE"


def test_remittances_pay_the_oldest_and_what_is_left_is_overdue(clerk, claim):
    manager = make_actor(Role.MANAGER_CLERK)
    enter_recovery(actor=clerk, claim_id=claim.pk, received=received(5, 1_000))
    enter_recovery(actor=clerk, claim_id=claim.pk, received=received(6, 2_000))
    Recovery.objects.filter(gross_fen=1_000).update(remit_due_on=date(2022, 1, 12))
    assert [one.amount_fen for one in overdue_remittances(manager, today=date(2022, 1, 19))] == [2_700]
    pay = {"actor": manager, "claim_id": claim.pk, "on": date(2022, 1, 18)}
    record_remittance(**pay, amount_fen=901, reference="HD1")
    record_remittance(**pay, amount_fen=901, reference="HD1")
    late = overdue_remittances(manager, today=date(2022, 1, 19))
    assert [(one.amount_fen, one.since) for one in late] == [(1_799, date(2022, 1, 13))]
    assert overdue_remittances(manager, today=date(2022, 1, 13)) == []
    error = refused(lambda: record_remittance(**pay, amount_fen=1_800, reference="HD2"))
    assert (error.code, error.facts["due_fen"]) == ("POOL.REMITTANCE.ABOVE_DUE", 1_799)
    record_remittance(**pay, amount_fen=1_799, reference="HD2")
    assert overdue_remittances(manager, today=date(2022, 2, 19)) == []
    assert Remittance.objects.count() == 2


@pytest.mark.parametrize(
    ("day", "code"), [(4, "POOL.REMITTANCE.DAY"), (5, None), (19, None), (20, "POOL.REMITTANCE.DAY")]
)
def test_a_remittance_comes_after_the_money_and_not_tomorrow(clerk, claim, day, code):
    manager = make_actor(Role.MANAGER_CLERK)
    enter_recovery(actor=clerk, claim_id=claim.pk, received=received(6, 1_000))
    enter_recovery(actor=clerk, claim_id=claim.pk, received=received(5, 1_000))
    pay = {"actor": manager, "claim_id": claim.pk, "on": date(2022, 1, day), "amount_fen": 900, "reference": "HD1"}
    if code is None:
        assert record_remittance(**pay).pk
    else:
        assert refused(lambda: record_remittance(**pay)).code == code
        assert Remittance.objects.count() == 0


def test_half_yearly_report_counts_by_value_date(clerk, claim):
    manager = make_actor(Role.MANAGER_CLERK)
    enter_recovery(actor=clerk, claim_id=claim.pk, received=received(5, 1_000, 100))
    enter_recovery(actor=clerk, claim_id=claim.pk, received=received(6, 2_000))
    record_remittance(actor=manager, claim_id=claim.pk, on=date(2022, 1, 18), amount_fen=500, reference="HD1")
    row = half_year_report(manager, first=date(2022, 1, 1), until=date(2022, 7, 1))[0]
    assert (row.receipts, row.debts, row.gross_fen, row.cost_fen, row.net_fen) == (2, 1, 3_000, 100, 2_900)
    assert (row.due_fen, row.remitted_fen, row.public_fen) == (2_610, 500, 2_610)
    assert half_year_report(manager, first=date(2021, 7, 1), until=date(2022, 1, 1)) == []


def test_write_off_closes_the_past_and_later_money_is_shared(clerk, claim):
    maker, checker = make_actor(Role.MANAGER_CLERK), make_actor(Role.AUTHORITY_CHECKER)
    before = enter_recovery(actor=clerk, claim_id=claim.pk, received=received(12, 1_000))
    proposed = propose_write_off(actor=maker, claim_id=claim.pk, clause="第九条", reason="破产终结")
    assert refused(lambda: approve_write_off(actor=maker, write_off_id=proposed.pk)).code == "POOL.WRITE_OFF.SAME_HANDS"
    again = refused(lambda: propose_write_off(actor=maker, claim_id=claim.pk, clause="第九条", reason="x"))
    assert again.code == "POOL.WRITE_OFF.STANDS"
    approved = approve_write_off(actor=checker, write_off_id=proposed.pk)
    assert (approved.amount_fen, approved.on) == (300 * WAN - 1_000, date(2022, 1, 19))
    for work in (
        lambda: enter_recovery(actor=clerk, claim_id=claim.pk, received=received(19, 5)),
        lambda: undo_recovery(actor=clerk, recovery_id=before.pk, note="x"),
    ):
        assert refused(work).code == "POOL.DEBT.WRITTEN_OFF"
    WriteOff.objects.filter(pk=approved.pk).update(on=date(2022, 1, 17))  # as if two days had gone
    later = enter_recovery(actor=clerk, claim_id=claim.pk, received=received(18, 1_000))
    assert later.remitted_fen == 900
    undo_write_off(actor=checker, write_off_id=approved.pk, note="证据不足")
    assert enter_recovery(actor=clerk, claim_id=claim.pk, received=received(7, 10)).net_fen == 10


def test_p_16a_what_is_left_is_written_off_and_the_past_is_closed(clerk):
    """Of 1,000 yuan 350 came back: 650 are written off, and neither an earlier nor the day's own entry changes."""
    claim = make_debt(clerk, make_claim_law(timetable=REMIT), loan_amount_fen=100_000)
    maker, checker = make_actor(Role.MANAGER_CLERK), make_actor(Role.AUTHORITY_CHECKER)
    enter_recovery(actor=clerk, claim_id=claim.pk, received=received(5, 25_000))
    paid = enter_recovery(actor=clerk, claim_id=claim.pk, received=received(12, 10_000))
    proposed = propose_write_off(actor=maker, claim_id=claim.pk, clause="第九条", reason="破产终结")
    assert approve_write_off(actor=checker, write_off_id=proposed.pk).amount_fen == 65_000
    assert refused(lambda: undo_recovery(actor=clerk, recovery_id=paid.pk, note="x")).code == "POOL.DEBT.WRITTEN_OFF"
    for day in (13, 19):
        late = refused(lambda day=day: enter_recovery(actor=clerk, claim_id=claim.pk, received=received(day, 1)))
        assert late.code == "POOL.DEBT.WRITTEN_OFF"


def test_p_16b_an_undone_recovery_restates_the_proposed_write_off_by_mirror_lines(clerk):
    """Of 1,000 yuan 250 came back: 750 are proposed; once that entry is undone, 1,000, and both lines stay visible."""
    claim = make_debt(clerk, make_claim_law(timetable=REMIT), loan_amount_fen=100_000)
    maker, checker = make_actor(Role.MANAGER_CLERK), make_actor(Role.AUTHORITY_CHECKER)
    paid = enter_recovery(actor=clerk, claim_id=claim.pk, received=received(12, 25_000))
    proposed = propose_write_off(actor=maker, claim_id=claim.pk, clause="第九条", reason="破产终结")
    assert proposed.amount_fen == 75_000
    undo_recovery(actor=clerk, recovery_id=paid.pk, note="与另案混淆")
    proposed.refresh_from_db()
    assert (proposed.state, proposed.amount_fen) == ("proposed", 100_000)
    lines = RecoveryLine.objects.filter(claim=claim, party="city").values_list("amount_fen", flat=True)
    assert sorted(lines) == [-12_500, 12_500]
    trace = AuditEntry.objects.get(action="pool.restate_write_off")
    assert (trace.facts["before_fen"], trace.facts["amount_fen"]) == (75_000, 100_000)
    assert approve_write_off(actor=checker, write_off_id=proposed.pk).amount_fen == 100_000


def test_other_organisations_see_nothing(clerk, claim):
    enter_recovery(actor=clerk, claim_id=claim.pk, received=received(6, 500))
    _, stranger = make_bank()
    error = refused(lambda: enter_recovery(actor=stranger, claim_id=claim.pk, received=received(6, 5, reference="x")))
    assert error.code == "POOL.CLAIM.NOT_FOUND"
    for reach, seen in (
        (EVERYTHING, (1, 3)), (organisation_scope(claim.bank_id), (1, 3)), (district_scope("440112"), (1, 3)),
        (organisation_scope(stranger.organisation_id), (0, 0)), (district_scope("440106"), (0, 0)),
    ):  # fmt: skip
        with scope(reach):
            assert (Recovery.objects.count(), RecoveryLine.objects.count()) == seen


@pytest.mark.parametrize(
    ("role", "kind"),
    [(Role.GUARANTOR_OFFICER, OrganisationKind.GUARANTOR), (Role.INSURER_OFFICER, OrganisationKind.INSURER)],
)
def test_a_party_that_bore_a_part_sees_what_comes_back_and_enters_nothing(clerk, claim, role, kind):
    house, other = make_organisation(kind), make_organisation(kind)
    for rows in (Claim.objects.filter(pk=claim.pk), Enrolment.objects.filter(claims=claim)):
        rows.update(**{f"{kind.value}_id": house.pk})
    entry = enter_recovery(actor=clerk, claim_id=claim.pk, received=received(12, 1_000))
    party, stranger = make_actor(role, house), make_actor(role, other)
    with scope(organisation_scope(house.pk)):
        assert [one.pk for one in debt_account(party, claim.pk).recoveries] == [entry.pk]
    with scope(organisation_scope(other.pk)):
        assert refused(lambda: debt_account(stranger, claim.pk)).code == "POOL.CLAIM.NOT_FOUND"
        assert not Recovery.objects.exists()
    error = refused(lambda: enter_recovery(actor=party, claim_id=claim.pk, received=received(13, 5)))
    assert error.code == "POOL.CLAIM.NOT_CLAIMANT"
    assert Recovery.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_threads_enter_one_receipt_and_twenty_others_all_of_theirs():
    make_demo_book(date(2022, 1, 19))
    clerk = make_bank()[1]
    claim = make_debt(clerk, make_claim_law())
    same = received(6, 1_001)
    at_once(*[lambda: enter_recovery(actor=clerk, claim_id=claim.pk, received=same)] * 20)
    assert Recovery.objects.count() == 1
    others = [received(5 + number % 10, 100 + number, number % 3) for number in range(20)]
    at_once(*(lambda one=one: enter_recovery(actor=clerk, claim_id=claim.pk, received=one) for one in others))
    net = 1_001 + sum(one.gross_fen - one.cost_fen for one in others)
    assert Recovery.objects.count() == 21
    assert sum(booked_shares(claim).values()) == net
