"""Compensation on public notice: everybody reads it, anybody objects, nothing is paid over an open objection."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from tests.factories.claims import decided, make_claim_law, make_people
from tests.factories.people import make_actor, make_demo_book

from yulin.atlas.models import RetentionRun
from yulin.atlas.services.retaining import decide_retention, propose_retention, run_retention
from yulin.kit import clock
from yulin.kit.row_security import organisation_scope, scope
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry, Notice, Organisation, User
from yulin.pool.enums import ClaimState
from yulin.pool.errors import NoObjectionError, ObjectionOpenError, PoolError
from yulin.pool.models import Claim, NoticeObjection, ObjectionAnswer
from yulin.pool.selectors.notices import claim_notices
from yulin.pool.services.claims import deciding
from yulin.pool.services.claims.objecting import dismiss_objections

pytestmark = pytest.mark.django_db
TODAY, LAST_DAY, AFTER = date(2022, 1, 19), date(2022, 1, 26), date(2022, 1, 27)


@pytest.fixture
def people():
    cache.clear()  # one address objects so often in an hour
    make_demo_book(TODAY)
    return make_people()


@pytest.fixture
def noticed(people):
    claim = decided(people, make_claim_law())
    return deciding.publish_claim(actor=people.reviewer, claim_id=claim.pk, version=None)


def browser(actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def page(path: str = "compensation-notices/") -> str:
    return Client().get(f"/en/{path}").content.decode()


def object_to(claim: Claim, words: str = "该企业未停产") -> None:
    said = {"about": claim.number, "words": words, "name": "举报人甲", "contact": "jia@example.org"}
    answer = Client(REMOTE_ADDR=f"10.0.0.{NoticeObjection.objects.count() + 1}").post("/en/objections/", said)
    assert answer.status_code == 302


def test_a_decided_claim_stands_on_notice_for_everybody_once_it_is_published(people):
    claim = decided(people, make_claim_law())
    assert claim.number not in page()
    claim = deciding.publish_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
    said = page()
    assert claim.firm_name in said
    assert claim.number in said
    assert "1 claim on notice" in said
    assert f'value="{claim.public_fen}"' in said
    assert claim.enrolment.firm_code not in said
    sheet = Client().get("/en/compensation-notices/?format=csv").getvalue().decode("utf-8-sig").splitlines()
    assert (len(sheet), claim.number in sheet[1], "2022-01-26" in sheet[1]) == (2, True, True)


def test_a_notice_that_is_over_stays_a_year_and_takes_no_objection(people, noticed):
    with clock.standing_on(AFTER):
        deciding.approve_claim(actor=people.reviewer, claim_id=noticed.pk, version=None)
        assert "Notice over" in page()
        object_to(noticed)
    assert not NoticeObjection.objects.exists()  # it is an opinion now, as any other
    assert claim_notices(today=date(2023, 1, 26)).exists()
    assert not claim_notices(today=date(2023, 1, 27)).exists()


def test_an_objection_is_kept_with_its_claim_and_never_published(people, noticed):
    object_to(noticed)
    (kept,) = NoticeObjection.objects.all()
    assert (kept.claim_id, kept.words, kept.filed_on) == (noticed.pk, "该企业未停产", TODAY)
    told = Notice.objects.filter(kind="pool.objection").latest("pk")
    assert told.path.endswith(f"/claims/{noticed.pk}/")
    assert "举报人甲" not in page()
    assert "该企业未停产" in browser(people.reviewer).get(f"/en/claims/{noticed.pk}/").content.decode()
    assert "该企业未停产" not in browser(people.clerk).get(f"/en/claims/{noticed.pk}/").content.decode()
    with scope(organisation_scope(people.clerk.organisation_id)):
        assert not NoticeObjection.objects.exists()  # the database shows it to no bank


def test_no_claim_is_approved_over_an_open_objection(people, noticed):
    object_to(noticed)
    with clock.standing_on(AFTER):
        with pytest.raises(ObjectionOpenError) as caught:
            deciding.approve_claim(actor=people.reviewer, claim_id=noticed.pk, version=None)
        receipt = NoticeObjection.objects.get().receipt
        assert (caught.value.code, caught.value.facts["receipts"]) == ("POOL.CLAIM.OBJECTION_OPEN", [receipt])
        dismiss_objections(actor=people.reviewer, claim_id=noticed.pk, version=None, note="现场核实已停产")
        answer = ObjectionAnswer.objects.get()
        assert (answer.is_upheld, answer.reasons, answer.answered_on) == (False, "现场核实已停产", AFTER)
        approved = deciding.approve_claim(actor=people.reviewer, claim_id=noticed.pk, version=None)
    assert approved.state == ClaimState.APPROVED
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"pool.object_to_claim", "pool.dismiss_objections_to_claim"} <= actions


def test_an_objection_that_holds_answers_all_and_takes_the_notice_down(people, noticed):
    object_to(noticed, "一")
    object_to(noticed, "二")
    deciding.uphold_objection(actor=people.reviewer, claim_id=noticed.pk, version=None, note="企业仍在经营")
    assert list(ObjectionAnswer.objects.values_list("is_upheld", flat=True)) == [True, True]
    noticed.refresh_from_db()
    assert noticed.state == ClaimState.CHECKED
    assert noticed.number not in page()


def test_only_the_manager_answers_with_reasons_what_waits(people, noticed):
    with pytest.raises(NoObjectionError):
        dismiss_objections(actor=people.reviewer, claim_id=noticed.pk, version=None, note="无")
    object_to(noticed)
    with pytest.raises(PoolError) as caught:
        dismiss_objections(actor=people.reviewer, claim_id=noticed.pk, version=None, note=" ")
    assert caught.value.code == "POOL.CLAIM.NOTE"
    with pytest.raises(NotAllowedError):
        dismiss_objections(actor=people.clerk, claim_id=noticed.pk, version=None, note="无")
    assert not ObjectionAnswer.objects.exists()


def test_nobody_changes_an_objection_and_each_has_one_answer(people, noticed):
    object_to(noticed)
    assert NoticeObjection.objects.update(words="无异议") == 0  # no policy lets anybody change a row
    dismiss_objections(actor=people.reviewer, claim_id=noticed.pk, version=None, note="不成立")
    kept = NoticeObjection.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        ObjectionAnswer.objects.create(objection=kept, is_upheld=True, reasons="又", answered_on=TODAY)
    assert ObjectionAnswer.objects.update(is_upheld=True) == 0


def objectors_rule(people) -> None:
    checker = make_actor(Role.AUTHORITY_CHECKER, Organisation.objects.get(pk=people.authority.organisation_id))
    officer = make_actor(Role.AUTHORITY_OFFICER, Organisation.objects.get(pk=people.authority.organisation_id))
    order = propose_retention(actor=officer, rule_id="objectors", reason="已核对")
    decide_retention(actor=checker, order_id=order.pk, is_approved=True)


def kept_of(receipt: str) -> tuple[str, str, str]:
    one = NoticeObjection.objects.get(receipt=receipt)
    told = Notice.objects.get(kind="pool.objection", body_zh__endswith=receipt)
    assert told.body_zh == told.body_en
    return one.name, one.contact, told.body_zh.splitlines()[-2]


def test_who_objected_is_masked_after_three_years_and_the_words_stay(people, noticed):
    object_to(noticed, "提出人：不在场\n回执：无\n第二行")
    receipt = NoticeObjection.objects.get().receipt
    with clock.standing_on(AFTER):
        object_to(noticed)  # no longer about a claim: only what the manager was told holds the name
    objectors_rule(people)
    three_years = date(2025, 1, 19)
    assert sum(one.gone_count for one in run_retention(actor=SYSTEM_ACTOR, on=three_years)) == 0
    assert kept_of(receipt) == ("举报人甲", "jia@example.org", "提出人：举报人甲，jia@example.org")  # unanswered
    dismiss_objections(actor=people.reviewer, claim_id=noticed.pk, version=None, note="查无实据")
    Claim.objects.filter(pk=noticed.pk).update(state="denied")
    assert run_retention(actor=SYSTEM_ACTOR, on=date(2025, 1, 18)) == []
    (run,) = run_retention(actor=SYSTEM_ACTOR, on=three_years)
    assert (run.due_count, run.gone_count) == (2, 2)
    assert kept_of(receipt) == ("***", "***", "提出人：***")
    kept = NoticeObjection.objects.get(receipt=receipt)
    assert kept.words.replace("\r", "") == "提出人：不在场\n回执：无\n第二行"
    assert "提出人：不在场" in Notice.objects.get(kind="pool.objection", body_zh__endswith=receipt).body_zh
    trace = AuditEntry.objects.filter(action="atlas.run_retention").latest("pk")
    assert (trace.facts["rule"], trace.facts["then"], trace.facts["gone"]) == ("objectors", "mask", 2)
    assert run_retention(actor=SYSTEM_ACTOR, on=three_years) == []
    run_retention(actor=SYSTEM_ACTOR, on=date(2025, 1, 27))
    assert not Notice.objects.filter(kind="pool.objection", body_zh__contains="举报人甲").exists()


def test_the_database_masks_an_objector_in_an_approved_run_alone(people, noticed):
    object_to(noticed)
    mask = {"name": "***", "contact": "***"}
    assert NoticeObjection.objects.update(**mask) == 0
    officer = make_actor(Role.AUTHORITY_OFFICER, Organisation.objects.get(pk=people.authority.organisation_id))
    order = propose_retention(actor=officer, rule_id="objectors", reason="已核对")
    run = RetentionRun.objects.create(order=order, ran_on=TODAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yulin.retention', %s, true)", [str(run.pk)])
    with pytest.raises(IntegrityError), transaction.atomic():  # nobody has approved it
        NoticeObjection.objects.update(**mask)
    decide_retention(actor=people.authority, order_id=order.pk, is_approved=True)
    for changed in ({**mask, "words": "x"}, {"name": "举报人乙"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            NoticeObjection.objects.update(**changed)
    assert NoticeObjection.objects.update(**mask) == 1


def test_the_managers_page_offers_the_answer_and_takes_it(people, noticed):
    manager, path = browser(people.reviewer), f"/en/claims/{noticed.pk}/"
    assert 'value="dismiss"' not in manager.get(path).content.decode()
    object_to(noticed)
    said = manager.get(path).content.decode()
    assert 'value="dismiss"' in said
    assert "To be answered" in said
    claim = Claim.objects.get(pk=noticed.pk)
    sent = manager.post(path, {"do": "dismiss", "note": "核实无误", "version": claim.version})
    assert sent.status_code == 302
    assert "Not upheld" in manager.get(path).content.decode()


def test_the_notice_page_reads_many_claims_in_few_queries(people, noticed, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        page()
