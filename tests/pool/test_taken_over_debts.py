"""Money of a debt that the manager, or a guarantor, has taken over and collects: who has it owes it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from tests.factories.assignments import TERMS, make_debts, make_submitted, make_transfer_law
from tests.factories.people import make_actor, make_demo_book, make_organisation
from tests.factories.pool import WAN, make_bank
from tests.pool.test_assignments import closed
from tests.pool.test_audit_packs import recompute, write

from yulin.base.errors import YulinError
from yulin.kit import clock
from yulin.ledger.selectors import balance
from yulin.ledger.services import seal_transfers
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Organisation, User
from yulin.people.services import seal_audit_trail
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.core.postings import Place, partner_account, receivable_of, received_of
from yulin.pool.enums import AssignmentKind, TransfereeKind
from yulin.pool.models import Recovery
from yulin.pool.selectors.reconciliation import differences
from yulin.pool.selectors.recoveries import debt_account, half_year_report, overdue_remittances
from yulin.pool.services.assignments.deciding import approve_request
from yulin.pool.services.recoveries.enter_recovery import Received, enter_recovery, preview_recovery, undo_recovery
from yulin.pool.services.recoveries.remit import record_remittance

pytestmark = pytest.mark.django_db
SCHEME = "gz-credit-2021"
CITY, HUANGPU, BANK = Place(SCHEME, "city"), Place(SCHEME, "district", "440112"), Place(SCHEME, "bank")
TAKEN_ON, LATER = date(2022, 1, 22), date(2022, 2, 20)


@pytest.fixture
def clerk():
    make_demo_book(date(2022, 1, 19))
    return make_bank()[1]


@pytest.fixture
def manager():
    return make_actor(Role.MANAGER_CHECKER, make_organisation(OrganisationKind.MANAGER))


@pytest.fixture
def claim(clerk):
    """A debt of 300 万 on which the city bore 150, the district 120 and the bank 30."""
    return make_debts(clerk, make_transfer_law())[0]


def take_over(clerk, claim, house, kind=AssignmentKind.TO_MANAGER, as_what=TransfereeKind.POOL_MANAGER):
    terms = replace(TERMS, kind=kind, transferee_kind=as_what, transferee_id=house)
    package = make_submitted(clerk, [claim], terms)
    approve_request(actor=make_actor(Role.AUTHORITY_CHECKER), package_id=package.pk, version=None)
    closed()
    return package


def received(day=date(2022, 1, 24), gross=100 * WAN, cost=0, *, by_owner=True, reference=""):
    return Received(day, gross, cost, reference or f"LS{day}-{gross}", by_owner=by_owner)


def enter(actor, claim, money):
    with clock.standing_on(LATER):
        return enter_recovery(actor=actor, claim_id=claim.pk, received=money)


def code_of(work):
    with pytest.raises(YulinError) as refused:
        work()
    return refused.value.code


def posted(account):
    return balance(account).posted_fen


def test_what_the_manager_collects_it_owes_to_all_and_the_bank_owes_nothing(clerk, manager, claim):
    take_over(clerk, claim, manager.organisation_id)
    with clock.standing_on(LATER):
        shown = preview_recovery(actor=manager, claim_id=claim.pk, received=received())
    assert (shown.remitted_fen, shown.refund_due_fen) == (100 * WAN, 0)
    entry = enter(manager, claim, received())
    assert (entry.remitted_fen, entry.holder_id, entry.held_by) == (100 * WAN, manager.organisation_id, "transferee")
    bank, house = (partner_account(SCHEME, one) for one in (clerk.organisation_id, manager.organisation_id))
    assert (posted(bank), posted(house)) == (0, -100 * WAN)
    assert [posted(receivable_of(one)) for one in (CITY, HUANGPU, BANK)] == [50 * WAN, 40 * WAN, 10 * WAN]
    account = debt_account(clerk, claim.pk)
    assert (account.open_due_fen, [one.open_fen for one in account.elsewhere]) == (0, [100 * WAN])
    assert differences() == []


def test_what_it_hands_on_reaches_every_party_the_bank_too(clerk, manager, claim, tmp_path):
    take_over(clerk, claim, manager.organisation_id)
    enter(manager, claim, received())
    enter(clerk, claim, received(gross=20 * WAN, by_owner=False))  # the debtor paid the wrong party
    remit = {"actor": manager, "claim_id": claim.pk, "on": LATER}
    with clock.standing_on(LATER):
        above = {"amount_fen": 18 * WAN + 1, "reference": "HD0"}
        assert code_of(lambda: record_remittance(**remit, **above)) == "POOL.REMITTANCE.ABOVE_DUE"
        own = record_remittance(**remit, amount_fen=18 * WAN, reference="HD1")
        handed = record_remittance(**remit, amount_fen=100 * WAN, reference="HD2", holder_id=manager.organisation_id)
        again = {"amount_fen": 100 * WAN, "reference": "HD2"}
        assert code_of(lambda: record_remittance(**remit, **again)) == "POOL.RECOVERY.REFERENCE"
    assert own.parts == {"city": 10 * WAN, "district": 8 * WAN}
    assert handed.parts == {"city": 50 * WAN, "district": 40 * WAN, "claimant": 10 * WAN}
    bank, house = (partner_account(SCHEME, one) for one in (clerk.organisation_id, manager.organisation_id))
    assert (posted(bank), posted(house)) == ((10 - 18) * WAN, -100 * WAN)
    assert [posted(received_of(one)) for one in (CITY, HUANGPU)] == [60 * WAN, 48 * WAN]
    assert differences() == []
    seal_transfers()
    seal_audit_trail()
    pack = recompute(write(PackScope(loan=claim.loan_number)), tmp_path)  # this claim was paid without vouchers
    assert "相符 equal    追偿回收" in pack.stdout
    assert "相符 equal    总账：拨付、回收与上缴的记账" in pack.stdout
    table = tmp_path / "recoveries.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",transferee,", ",,"), encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "recompute.py")],
        capture_output=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert "不符 differs  追偿回收" in told.stdout
    assert "remitted_fen" in told.stdout


def test_an_undone_entry_and_a_late_cost_are_mirrored_on_the_holders_account(clerk, manager, claim):
    take_over(clerk, claim, manager.organisation_id)
    entry = enter(manager, claim, received())
    enter(manager, claim, received(date(2022, 1, 23), 10 * WAN, 30 * WAN))  # its cost is carried to the 24th
    house = partner_account(SCHEME, manager.organisation_id)
    assert posted(house) == -80 * WAN
    with clock.standing_on(LATER):
        undo_recovery(actor=manager, recovery_id=entry.pk, note="重复")
    assert (posted(house), posted(receivable_of(BANK))) == (0, 0)
    assert differences() == []


def test_overdue_and_report_name_who_has_the_money(clerk, manager, claim):
    take_over(clerk, claim, manager.organisation_id)
    enter(manager, claim, received())
    late = overdue_remittances(manager, today=LATER)
    house = manager.organisation_id
    assert [(one.amount_fen, str(one.who.zh)) for one in late] == [(100 * WAN, str(name_of(house)))]
    assert overdue_remittances(clerk, today=LATER) == []
    rows = half_year_report(manager, first=date(2022, 1, 1), until=date(2022, 7, 1))
    assert [(one.bank_id, one.gross_fen, one.due_fen) for one in rows] == [(house, 100 * WAN, 100 * WAN)]


def name_of(organisation_id):
    return Organisation.objects.get(pk=organisation_id).name.zh


def test_a_guarantor_keeps_its_own_part_only_where_it_bore_one(clerk, manager, claim):
    house = make_organisation(OrganisationKind.GUARANTOR)
    take_over(clerk, claim, house.pk, AssignmentKind.SUBROGATION_WITH_TITLE, TransfereeKind.GUARANTOR)
    entry = enter(manager, claim, received())
    assert (entry.holder_id, entry.held_by, entry.remitted_fen) == (house.pk, "transferee", 100 * WAN)
    assert posted(partner_account(SCHEME, house.pk)) == -100 * WAN


@pytest.mark.parametrize("day", [date(2022, 1, 21), TAKEN_ON])
def test_only_an_owner_that_collects_for_all_has_it_and_from_its_first_day_on(clerk, manager, claim, day):
    take_over(clerk, claim, manager.organisation_id)
    if day < TAKEN_ON:
        assert code_of(lambda: enter(manager, claim, received(day))) == "POOL.RECOVERY.HOLDER"
        assert Recovery.objects.count() == 0
    else:
        assert enter(manager, claim, received(day)).holder_id == manager.organisation_id


def test_a_bank_enters_only_what_it_has_itself_and_undoes_nothing_else(clerk, manager, claim):
    assert code_of(lambda: enter(manager, claim, received())) == "POOL.RECOVERY.HOLDER"  # the bank still owns it
    take_over(clerk, claim, manager.organisation_id)
    assert code_of(lambda: enter(clerk, claim, received())) == "POOL.RECOVERY.HOLDER"
    entry = enter(manager, claim, received())
    with clock.standing_on(LATER):
        undo = {"recovery_id": entry.pk, "note": "x"}
        assert code_of(lambda: undo_recovery(actor=clerk, **undo)) == "POOL.RECOVERY.NOT_FOUND"
    page = Client()
    page.force_login(User.objects.get(pk=clerk.user_id))
    assert 'name="hand"' not in page.get(f"/zh-hans/recoveries/{claim.pk}/").content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_asks_who_received_it_and_takes_what_is_handed_on(clerk, manager, claim, language):
    take_over(clerk, claim, manager.organisation_id)
    make_demo_book(LATER)
    client = Client()
    client.force_login(User.objects.get(pk=manager.user_id))
    page = f"/{language}/recoveries/{claim.pk}/"
    assert 'name="hand"' in client.get(page).content.decode()
    form = {"value_on": "2022-01-24", "gross": "1000000", "source": "borrower", "reference": "LS1", "hand": "owner"}
    assert client.post(f"{page}enter/", {**form, "act": "enter"}).status_code == 302
    assert Recovery.objects.get().holder_id == manager.organisation_id
    shown = client.get(page).content.decode()
    assert shown.count("1,000,000.00") >= 2
    remit = {"on": "2022-02-20", "amount": "1000000", "reference": "HD1", "holder": str(manager.organisation_id)}
    assert client.post(f"{page}remit/", remit).status_code == 302
    with clock.standing_on(LATER):
        assert [one.open_fen for one in debt_account(clerk, claim.pk).elsewhere] == [0]
