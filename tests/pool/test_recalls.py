"""Compensation that was paid wrongly: asked back to the fen with interest by days, paid back once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from tests.factories.claims import RULES, decided, make_claim_law, make_people
from tests.factories.people import make_client, make_demo_book
from tests.factories.pool import GUANGZHOU, WAN, make_bank
from tests.pool.test_audit_packs import recompute, write
from tests.pool.test_claim_parts import publish

from yulin.base.errors import YulinError
from yulin.kit import clock
from yulin.kit.row_security import organisation_scope, scope
from yulin.ledger.services import seal_transfers
from yulin.people.enums import Role
from yulin.people.models import AuditEntry, Notice, User
from yulin.people.services import seal_audit_trail
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.core.law import law as articles
from yulin.pool.models import Claim, Recall
from yulin.pool.selectors.recoveries import debt_account
from yulin.pool.services.claims.recalling import Asking, recall_claim, record_repayment
from yulin.pool.services.claims.vouchers import pay_voucher
from yulin.pool.services.recoveries.enter_recovery import Received, enter_recovery, undo_recovery
from yulin.rules.adapters.shipped import shipped_texts

pytestmark = pytest.mark.django_db
ASKING = Asking(270 * WAN, 78_500, "第二十条", "资料不实")


@pytest.fixture
def people():
    make_demo_book(date(2022, 1, 19))
    return make_people()


@pytest.fixture
def claim(people):
    """A claim on which 270 万 were paid 365 days ago: at 10 % a year the interest is a tenth."""
    law = make_claim_law(timetable={**RULES["timetable"], "remit": {"workdays": 5, "clause": "规程八"}})
    found = decided(people, law)
    Claim.objects.filter(pk=found.pk).update(state="approved", notice_until=date(2021, 1, 18))
    for one in found.vouchers.all():
        pay_voucher(actor=people.checker, voucher_id=one.pk, on=date(2021, 1, 19), transfer_key=f"T-{one.pk}")
    return Claim.objects.get(pk=found.pk)


def refused(work):
    with pytest.raises(YulinError) as caught:
        work()
    return caught.value.code


def at(name, claim):
    with translation.override("zh-hans"):
        return reverse(f"pool:{name}", args=[claim.pk])


def browser(actor):
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_whole_compensation_comes_back_with_a_years_interest(people, claim):
    recall = recall_claim(actor=people.authority, claim_id=claim.pk, asking=ASKING)
    assert (recall.principal_fen, recall.interest_fen) == (270 * WAN, 21_195_000)  # 7.85 % of 270 万
    claim.refresh_from_db()
    assert (claim.state, claim.holder, claim.due_on) == ("recalled", "bank", date(2022, 1, 26))
    assert Notice.objects.filter(organisation_id=claim.bank_id, title_zh__startswith="退回补偿款").count() == 1
    assert AuditEntry.objects.filter(action="pool.recall_claim").get().facts["interest_fen"] == 21_195_000


@pytest.mark.parametrize(("year", "interest"), [("360", 21_489_375), ("actual", 21_195_000)])
def test_the_schemes_year_counts_and_the_audit_pack_recomputes_by_it(people, tmp_path, year, interest):
    text = shipped_texts(GUANGZHOU[-1])["pack.yaml"]
    said = text.replace("recovery: {order: costs_first,", f"recovery: {{order: costs_first, recall_year: {year},", 1)
    law = publish({"pack.yaml": said}, RULES)
    words = {"360": "一年按360天计", "actual": "一年按公历天数计"}
    assert words[year] in "".join(one.value.zh for one in articles(law.pack))
    found = decided(people, law)
    Claim.objects.filter(pk=found.pk).update(state="approved", notice_until=date(2021, 1, 18))
    for one in found.vouchers.all():
        pay_voucher(actor=people.checker, voucher_id=one.pk, on=date(2021, 1, 19), transfer_key=f"T-{one.pk}")
    recall = recall_claim(actor=people.authority, claim_id=found.pk, asking=ASKING)
    assert recall.interest_fen == interest
    seal_transfers()
    seal_audit_trail()
    pack = recompute(write(PackScope(loan=found.loan_number)), tmp_path)
    assert (pack.returncode, pack.stderr) == (0, ""), pack.stdout


@pytest.mark.parametrize(
    ("asking", "code"),
    [
        (Asking(270 * WAN + 1, 0, "一", "x"), "POOL.CLAIM.ABOVE_BASE"),
        (Asking(0, 0, "一", "x"), "POOL.CLAIM.ABOVE_BASE"),
        (Asking(1, 0, " ", "x"), "POOL.CLAIM.NOTE"),
        (Asking(1, 0, "一", " "), "POOL.CLAIM.NOTE"),
    ],
)
def test_what_cannot_be_asked_back(people, claim, asking, code):
    assert refused(lambda: recall_claim(actor=people.authority, claim_id=claim.pk, asking=asking)) == code
    assert Recall.objects.count() == 0


def test_only_the_authority_asks_back_and_only_once(people, claim):
    assert refused(lambda: recall_claim(actor=people.checker, claim_id=claim.pk, asking=ASKING)) == "PEOPLE.NOT_ALLOWED"
    recall_claim(actor=people.authority, claim_id=claim.pk, asking=ASKING)
    again = refused(lambda: recall_claim(actor=people.authority, claim_id=claim.pk, asking=ASKING))
    assert (again, Recall.objects.count()) == ("POOL.CLAIM.STEP", 1)


def test_a_claim_that_was_not_paid_has_nothing_to_ask_back(people):
    claim = decided(people, make_claim_law())
    assert refused(lambda: recall_claim(actor=people.authority, claim_id=claim.pk, asking=ASKING)) == "POOL.CLAIM.STEP"


def test_repayment_is_whole_and_once(people, claim):
    recall = recall_claim(actor=people.authority, claim_id=claim.pk, asking=ASKING)
    pay = {"actor": people.reviewer, "claim_id": claim.pk, "on": date(2022, 1, 19)}
    total = recall.total_fen
    less = refused(lambda: record_repayment(**pay, amount_fen=total - 1, reference="HD1"))
    assert less == "POOL.REMITTANCE.ABOVE_DUE"
    record_repayment(**pay, amount_fen=total, reference="HD1")
    assert record_repayment(**pay, amount_fen=total, reference="HD1").repaid_on == date(2022, 1, 19)
    again = refused(lambda: record_repayment(**pay, amount_fen=total, reference="HD2"))
    assert again == "POOL.RECALL.REPAID"


@pytest.mark.parametrize(
    ("day", "code"), [(18, "POOL.REMITTANCE.DAY"), (19, None), (20, None), (21, "POOL.REMITTANCE.DAY")]
)
def test_repayment_lies_between_the_recall_and_today(people, claim, day, code):
    recall = recall_claim(actor=people.authority, claim_id=claim.pk, asking=ASKING)
    pay = {"actor": people.reviewer, "claim_id": claim.pk, "on": date(2022, 1, day), "reference": "HD1"}
    with clock.standing_on(date(2022, 1, 20)):
        if code is None:
            assert record_repayment(**pay, amount_fen=recall.total_fen).repaid_on == date(2022, 1, day)
        else:
            assert refused(lambda: record_repayment(**pay, amount_fen=recall.total_fen)) == code
            assert Recall.objects.get().repaid_on is None


def recovered(people, claim, gross_fen, reference):
    received = Received(date(2022, 1, 19), gross_fen, reference=reference)
    return enter_recovery(actor=people.clerk, claim_id=claim.pk, received=received)


def test_no_layer_gets_back_a_fen_twice_by_recovery_and_recall(people, claim):
    recovered(people, claim, 100 * WAN, "LS1")  # 50 to the city, 40 to the district, 10 to the bank
    asked = {"actor": people.authority, "claim_id": claim.pk}
    above = refused(lambda: recall_claim(**asked, asking=replace(ASKING, principal_fen=180 * WAN + 1)))
    assert above == "POOL.CLAIM.ABOVE_BASE"
    assert recall_claim(**asked, asking=replace(ASKING, principal_fen=180 * WAN)).principal_fen == 180 * WAN
    assert refused(lambda: recovered(people, claim, 100, "LS2")) == "POOL.RECOVERY.RECALLED"
    first = claim.recoveries.get(reference="LS1")
    assert undo_recovery(actor=people.clerk, recovery_id=first.pk, note="登记有误").net_fen == 0


@pytest.mark.parametrize(("gross_fen", "code"), [(50 * WAN, None), (50 * WAN + 100, "POOL.RECOVERY.RECALLED")])
def test_after_a_part_is_asked_back_recoveries_fill_what_is_left(people, claim, gross_fen, code):
    recovered(people, claim, 100 * WAN, "LS1")
    half = replace(ASKING, principal_fen=135 * WAN)  # leaves 75 to the city, 60 to the district
    recall_claim(actor=people.authority, claim_id=claim.pk, asking=half)
    if code is not None:
        assert refused(lambda: recovered(people, claim, gross_fen, "LS2")) == code
        return
    recovered(people, claim, gross_fen, "LS2")
    returned = {one.party: one.returned_fen for one in debt_account(people.clerk, claim.pk).parties}
    assert returned == {"city": 75 * WAN, "district": 60 * WAN, "bank": 15 * WAN}


def test_database_keeps_days_and_owner(people, claim):
    recall = recall_claim(actor=people.authority, claim_id=claim.pk, asking=ASKING)
    for fields in ({"repaid_on": date(2022, 1, 18), "reference": "x"}, {"repaid_on": date(2022, 1, 19)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Recall.objects.filter(pk=recall.pk).update(**fields)
    with scope(organisation_scope(make_bank()[0].pk)):
        assert Recall.objects.count() == 0
    with scope(organisation_scope(claim.bank_id)):
        assert Recall.objects.count() == 1


def test_page_previews_asks_and_takes_the_repayment(people, claim):
    authority, manager, bank = (browser(one) for one in (people.authority, people.reviewer, people.clerk))
    form = {"principal": "2,700,000.00", "rate": "7.85", "clause": "第二十条", "reason": "资料不实"}
    shown = authority.post(at("claim-recall-ask", claim), {**form, "act": "preview"})
    assert (shown.status_code, Recall.objects.count()) == (200, 0)
    assert "2,911,950.00" in shown.content.decode()
    assert bank.post(at("claim-recall-ask", claim), {**form, "act": "ask"}).status_code == 403
    assert authority.post(at("claim-recall-ask", claim), {**form, "act": "ask"}).status_code == 302
    assert "2,911,950.00" in bank.get(at("claim-recall", claim)).content.decode()
    repaid = {"on": "2022-01-19", "amount": "2911950", "reference": "HD1"}
    assert manager.post(at("claim-repay", claim), repaid).status_code == 302
    assert "已退回" in bank.get(at("claim-recall", claim)).content.decode()
    assert make_client(Role.BANK_CLERK).get(at("claim-recall", claim)).status_code == 404
