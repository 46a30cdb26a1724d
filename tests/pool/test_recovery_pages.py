"""Pages of money that comes back: preview and entry, remittance, write-off by two, the report; each sees its own."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation
from tests.factories.claims import RULES, make_claim_law
from tests.factories.people import make_client, make_demo_book
from tests.factories.pool import WAN, make_bank
from tests.pool.test_recoveries import make_debt, received

from yulin.people.enums import Role
from yulin.pool.models import Recovery, Remittance, WriteOff
from yulin.pool.selectors.claim_case import law_of
from yulin.pool.services.recoveries.enter_recovery import enter_recovery

pytestmark = pytest.mark.django_db
FORM = {"value_on": "2022-01-18", "gross": "200,000.00", "cost": "30000", "source": "court", "reference": "LS9"}


@pytest.fixture
def debt():
    make_demo_book(date(2022, 1, 19))
    bank, clerk = make_bank()
    claim = make_debt(clerk, make_claim_law(timetable={**RULES["timetable"], "remit": {"workdays": 5, "clause": "八"}}))
    claim.clerk, claim.browser = clerk, make_client(Role.BANK_CLERK, bank)
    return claim


def at(name, *args, language="zh-hans"):
    with translation.override(language):
        return reverse(f"pool:{name}", args=args)


def text(answer):
    return answer.content.decode()


def test_bank_previews_the_shares_then_enters_them(debt):
    shown = debt.browser.post(at("debt-recovery", debt.pk), {**FORM, "act": "preview"})
    assert shown.status_code == 200
    assert "85,000.00" in text(shown)
    assert "68,000.00" in text(shown)
    assert Recovery.objects.count() == 0
    done = debt.browser.post(at("debt-recovery", debt.pk), {**FORM, "act": "enter"})
    assert done["Location"] == at("debt", debt.pk)
    assert Recovery.objects.get().net_fen == 17 * WAN
    page = text(debt.browser.get(at("debt", debt.pk)))
    assert "153,000.00" in page  # to be remitted: the others' parts


def test_refusal_stands_in_the_form_with_its_code(debt):
    answer = debt.browser.post(at("debt-recovery", debt.pk), {**FORM, "gross": "3030000.01", "act": "enter"})
    assert (answer.status_code, Recovery.objects.count()) == (422, 0)
    assert "POOL.RECOVERY.ABOVE_LOSS" in text(answer)
    answer = debt.browser.post(at("debt-recovery", debt.pk), {**FORM, "gross": "12.345", "act": "enter"})
    assert answer.status_code == 422


def test_entry_is_undone_with_its_reason(debt):
    entry = enter_recovery(actor=debt.clerk, claim_id=debt.pk, received=received(12, 1_000))
    assert debt.browser.post(at("recovery-undo", entry.pk), {"note": ""}).status_code == 422
    assert debt.browser.post(at("recovery-undo", entry.pk), {"note": "重复"}).status_code == 302
    assert "重复" in text(debt.browser.get(at("debt", debt.pk)))


def test_manager_matches_remittance_and_two_people_write_off(debt):
    enter_recovery(actor=debt.clerk, claim_id=debt.pk, received=received(5, 1_000))
    manager, authority = make_client(Role.MANAGER_CLERK), make_client(Role.AUTHORITY_CHECKER)
    form = {"on": "2022-01-18", "amount": "9.01", "reference": "HD1"}
    assert "POOL.REMITTANCE.ABOVE_DUE" in text(manager.post(at("debt-remittance", debt.pk), form))
    assert manager.post(at("debt-remittance", debt.pk), {**form, "amount": "9.00"}).status_code == 302
    assert Remittance.objects.get().amount_fen == 900
    manager.post(at("debt-write-off", debt.pk), {"clause": "第九条", "reason": "破产终结"})
    write_off = WriteOff.objects.get()
    assert manager.post(at("write-off-approve", write_off.pk)).status_code == 403
    assert authority.post(at("write-off-approve", write_off.pk)).status_code == 302
    assert "已核销" in text(manager.get(at("debt", debt.pk)))


def test_overdue_remittance_heads_the_list_and_the_report_adds_up(debt):
    enter_recovery(actor=debt.clerk, claim_id=debt.pk, received=received(5, 1_000, 100))
    page = text(make_client(Role.MANAGER_CLERK).get(at("recoveries")))
    assert "逾期未上缴" in page
    assert "8.10" in page
    auditor = make_client(Role.AUDITOR)
    report = text(auditor.get(at("recovery-report", language="en") + "?half=2022-01-01"))
    assert "First half of 2022" in report
    assert all(amount in report for amount in ("10.00", "1.00", "9.00", "8.10"))
    sheet = b"".join(auditor.get(at("recovery-report") + "?half=2022-01-01&format=csv").streaming_content).decode()
    assert sheet.splitlines()[1].endswith(",1,1,10.00,1.00,9.00,8.10,8.10,0.00")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_only_parties_see_a_debt(debt, language):
    enter_recovery(actor=debt.clerk, claim_id=debt.pk, received=received(5, 1_000))
    address = at("debt", debt.pk, language=language)
    for role, status in (
        (Role.BANK_CLERK, 404), (Role.DISTRICT_OFFICER, 200), (Role.AUDITOR, 200), (Role.FIRM_USER, 403),
    ):  # fmt: skip
        assert make_client(role).get(address).status_code == status, role
    assert debt.firm_name not in text(make_client(Role.BANK_CLERK).get(at("recoveries", language=language)))
    assert debt.firm_name in text(debt.browser.get(at("recoveries", language=language)))


def test_list_asks_as_often_for_three_debts_as_for_one(debt, django_assert_max_num_queries):
    law = law_of(debt)
    with django_assert_max_num_queries(20):
        debt.browser.get(at("recoveries"))
    for _ in range(2):
        make_debt(debt.clerk, law)
    with django_assert_max_num_queries(20):
        assert text(debt.browser.get(at("recoveries"))).count("BC-GZ21") >= 3
