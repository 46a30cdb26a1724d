"""Calls and applications: published by two, pre-filled, typed in by several, papers, submitted, late, missed."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.factories.applications import VALUES, fill, make_applicant, make_bureau, make_call, make_submitted
from tests.factories.people import TODAY, make_actor, make_client, make_demo_book, make_organisation

from yulin.brain.core.shared_fields import Saving
from yulin.brain.core.windows import Fate
from yulin.brain.errors import (
    AdviserError,
    ApplicationIncompleteError,
    ApplicationNotFoundError,
    ApplicationOnceError,
    ApplicationStateError,
    ApplicationValueError,
    CallDatesError,
    CallShutError,
    CallStateError,
    ReviewHandsError,
    ReviewReasonError,
)
from yulin.brain.models import Application, ApplicationField, Call, FieldEdit, Submission
from yulin.brain.selectors.application_queue import waiting_applications
from yulin.brain.selectors.applications import application_page, applications_visible_to
from yulin.brain.services.applications import (
    attach_paper,
    content_hash,
    detach_paper,
    invite_helper,
    revoke_helper,
    save_field,
    settle_difference,
    start_application,
    submit_application,
    withdraw_application,
)
from yulin.brain.services.calls import decide_call, extend_call
from yulin.brain.services.deadlines import remind_of_drafts
from yulin.kit import documents
from yulin.kit.clock import standing_on
from yulin.kit.row_security import scope
from yulin.people.core.actors import SYSTEM_ACTOR, row_scope
from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry, Notice

pytestmark = pytest.mark.django_db

LAST = TODAY + timedelta(days=20)


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


@pytest.fixture
def bureau():
    return make_bureau()


@pytest.fixture
def applicant():
    return make_applicant()


def begun(bureau, applicant, **window):
    return start_application(actor=applicant.one, call_id=make_call(bureau, **window).pk)


def type_in(actor, application, said, base, field="project"):
    return save_field(actor=actor, application_id=application.pk, field_id=field, said=said, base=base)


def test_call_is_published_by_another_person_and_never_changes_after(bureau):
    call = make_call(bureau)
    assert (call.state, call.made_by_name, call.checked_by_name) == (
        "published", bureau.officer.name, bureau.checker.name,
    )  # fmt: skip
    with pytest.raises(CallStateError):
        decide_call(actor=bureau.checker, call_id=call.pk, is_published=False, reason="迟了")
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(closes_on=LAST + timedelta(days=1))


def test_call_is_not_published_by_who_made_it(bureau):
    call = make_call(bureau)
    Call.objects.create(
        **{name: getattr(call, name) for name in ("policy", "title_zh", "title_en", "opens_on", "closes_on", "form")},
        number="TZ-2", state="proposed", made_by_id=bureau.checker.user_id, made_by_name=bureau.checker.name,
    )  # fmt: skip
    with pytest.raises(ReviewHandsError):
        decide_call(actor=bureau.checker, call_id=Call.objects.get(number="TZ-2").pk, is_published=True)


def test_extension_is_later_has_a_reason_and_tells_who_has_a_draft(bureau, applicant):
    application = begun(bureau, applicant)
    call_id = application.call_id
    with pytest.raises(CallDatesError):
        extend_call(actor=bureau.checker, call_id=call_id, until=LAST, reason="系统维护")
    with pytest.raises(ReviewReasonError):
        extend_call(actor=bureau.checker, call_id=call_id, until=LAST + timedelta(days=1), reason=" ")
    extend_call(actor=bureau.checker, call_id=call_id, until=LAST + timedelta(days=5), reason="系统维护")
    assert Call.objects.get(pk=call_id).window.last_on == LAST + timedelta(days=5)
    assert Notice.objects.filter(organisation=applicant.house, kind="brain.call").count() == 1


def test_application_starts_from_the_portrait_with_source_and_day(bureau, applicant):
    application = begun(bureau, applicant)
    rows = {row.field: (row.value, row.source, row.fact) for row in application.values.all()}
    assert rows == {
        "staff": (60, "社保与企业年报", "staff_count"),
        "rd": (3_000_000_00, "纳税申报", "rd_expense_fen_2020"),
    }
    page = application_page(applicant.two, application.pk, TODAY)
    assert [key for key, _ in page.lacking] == [*VALUES, "budget"]


def test_firm_has_one_application_under_a_call_until_it_withdraws(bureau, applicant):
    application = begun(bureau, applicant)
    with pytest.raises(ApplicationOnceError):
        start_application(actor=applicant.two, call_id=application.call_id)
    withdraw_application(actor=applicant.two, application_id=application.pk, reason="改报")
    again = start_application(actor=applicant.two, call_id=application.call_id)
    assert again.number != application.number


def test_two_people_who_type_at_once_lose_no_word(bureau, applicant):
    application = begun(bureau, applicant)
    assert type_in(applicant.one, application, "甲写的", 0).outcome is Saving.KEPT
    assert type_in(applicant.two, application, "乙写的", 0).outcome is Saving.BESIDE
    page = application_page(applicant.one, application.pk, TODAY)
    field = page.fields[0]
    assert (field.value, [one.words.zh for one in field.beside]) == ("甲写的", ["乙写的"])
    assert "两人同时修改" in page.lacking[-1][1].zh
    settle_difference(
        actor=applicant.one, application_id=application.pk, edit_id=field.beside[0].edit.pk, choice="both"
    )
    assert (
        type_in(applicant.two, application, "乙写的", 0).outcome is Saving.SAME
    )  # the field sends once more when left
    row = ApplicationField.objects.get(application=application, field="project")
    assert (row.value, row.version) == ("甲写的\n乙写的", 2)
    assert [one.value for one in FieldEdit.objects.filter(field="project")] == ["甲写的", "乙写的", "甲写的\n乙写的"]


@pytest.mark.parametrize(("choice", "stands"), [("theirs", "甲"), ("mine", "乙")])
def test_difference_settled_either_way_keeps_both_on_record(bureau, applicant, choice, stands):
    application = begun(bureau, applicant)
    type_in(applicant.one, application, "甲", 0)
    edit = type_in(applicant.two, application, "乙", 0).edit
    settle_difference(actor=applicant.two, application_id=application.pk, edit_id=edit.pk, choice=choice)
    assert ApplicationField.objects.get(application=application, field="project").value == stands
    assert {one.value for one in FieldEdit.objects.filter(field="project")} == {"甲", "乙"}
    with pytest.raises(ApplicationNotFoundError):
        settle_difference(actor=applicant.two, application_id=application.pk, edit_id=edit.pk, choice=choice)


def test_same_words_twice_change_nothing_and_a_value_that_is_none_leaves_what_stood(bureau, applicant):
    application = begun(bureau, applicant)
    type_in(applicant.one, application, "甲", 0)
    assert type_in(applicant.two, application, "甲", 0).outcome is Saving.SAME
    with pytest.raises(ApplicationValueError):
        type_in(applicant.one, application, "一百", 0, field="asked")
    assert not ApplicationField.objects.filter(application=application, field="asked").exists()


def test_edited_field_has_no_source_any_more(bureau, applicant):
    application = begun(bureau, applicant)
    row = type_in(applicant.one, application, "61", 1, field="staff").row
    assert (row.value, row.source, row.source_on, row.version) == (61, "", None, 2)


def test_paper_is_kept_by_hash_and_stays_on_record_when_taken_away(bureau, applicant):
    application = begun(bureau, applicant)
    paper = attach_paper(
        actor=applicant.one, application_id=application.pk, kind="budget", name="预算.pdf", content=b"%PDF"
    )
    assert paper.sha256 == hashlib.sha256(b"%PDF").hexdigest()
    assert documents.read_document(paper.sha256) == b"%PDF"
    detach_paper(actor=applicant.two, application_id=application.pk, paper_id=paper.pk)
    assert application.papers.get().removed_by_name == applicant.two.name
    assert ("budget", "经费预算书") in [
        (key, label.zh) for key, label in application_page(applicant.one, application.pk, TODAY).lacking
    ]


def test_submission_names_what_is_missing_and_gives_a_receipt_with_the_hash_of_its_content(bureau, applicant):
    application = begun(bureau, applicant)
    with pytest.raises(ApplicationIncompleteError) as refusal:
        submit_application(actor=applicant.one, application_id=application.pk)
    assert "项目名称" in str(refusal.value.message)
    fill(applicant.one, application)
    made = submit_application(actor=applicant.two, application_id=application.pk)
    assert made.content["values"]["asked"] == 500_000_00
    assert made.content_hash == content_hash(made.content)
    assert made.receipt == "HZ-2022-0000001"
    assert Notice.objects.filter(organisation=bureau.house, kind="brain.application", done_on=None).count() == 1
    with pytest.raises(ApplicationStateError):
        type_in(applicant.one, application, "改", 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.update(content_hash="0" * 64)
    assert AuditEntry.objects.filter(action="brain.submit_application").count() == 1


def test_draft_at_closing_time_is_kept_named_and_says_why(bureau, applicant):
    application = begun(bureau, applicant, last=TODAY, grace_days=1)
    fill(applicant.one, application)
    with standing_on(TODAY + timedelta(days=2)):
        with pytest.raises(CallShutError) as refusal:
            submit_application(actor=applicant.one, application_id=application.pk)
        assert "留存" in str(refusal.value.message)
        page = application_page(applicant.one, application.pk, TODAY + timedelta(days=2))
        assert (page.state[1].zh, page.may_write, page.fields[0].value) == ("未按时提交", False, "示例项目")
        with pytest.raises(CallShutError):
            type_in(applicant.one, application, "迟", 1)
        extend_call(
            actor=bureau.checker, call_id=application.call_id, until=TODAY + timedelta(days=2), reason="系统维护"
        )
        submit_application(actor=applicant.one, application_id=application.pk)


def test_submission_in_grace_is_taken_and_marked_late(bureau, applicant):
    application = begun(bureau, applicant, last=TODAY, grace_days=1)
    fill(applicant.one, application)
    with standing_on(TODAY + timedelta(days=1)):
        submit_application(actor=applicant.one, application_id=application.pk)
        page = application_page(applicant.one, application.pk, TODAY + timedelta(days=1))
    assert (page.is_late, page.fate) == (True, Fate.LATE)


def test_application_is_not_begun_before_the_call_opens(bureau, applicant):
    call = make_call(bureau, first=TODAY + timedelta(days=1))
    with pytest.raises(CallShutError):
        start_application(actor=applicant.one, call_id=call.pk)


def test_next_application_under_the_policy_starts_from_the_last_one(bureau, applicant):
    earlier = begun(bureau, applicant, last=TODAY)
    type_in(applicant.one, earlier, "示例项目", 0)
    later = begun(bureau, applicant)
    row = later.values.get(field="project")
    assert (row.value, row.source) == ("示例项目", earlier.number)


def test_adviser_does_what_it_was_let_in_for_and_nothing_after_it_is_shut_out(bureau, applicant):
    application = begun(bureau, applicant)
    body = make_organisation(OrganisationKind.SERVICE_BODY)
    adviser = make_actor(Role.SERVICE_OFFICER, body)
    with pytest.raises(ApplicationNotFoundError):
        type_in(adviser, application, "顾问写的", 0)
    invite_helper(actor=applicant.one, application_id=application.pk, organisation_id=body.pk, rights=["write"])
    assert type_in(adviser, application, "顾问写的", 0).outcome is Saving.KEPT
    last = application.call.window.last_on
    found = [(one.application.pk, one.todo.en, one.due_on) for one in waiting_applications(adviser, TODAY)]
    assert found == [(application.pk, "write", last)]
    assert waiting_applications(adviser, last + timedelta(days=1)) == []
    assert waiting_applications(make_actor(Role.SERVICE_OFFICER), TODAY) == []
    home = make_client(Role.SERVICE_OFFICER, body).get("/zh-hans/home/").content.decode()
    assert applicant.firm.name in home
    assert "还没有企业邀请" in make_client(Role.SERVICE_OFFICER).get("/zh-hans/home/").content.decode()
    with pytest.raises(NotAllowedError):
        attach_paper(actor=adviser, application_id=application.pk, kind="budget", name="x", content=b"x")
    with pytest.raises(NotAllowedError):
        submit_application(actor=adviser, application_id=application.pk)
    with pytest.raises(AdviserError):
        invite_helper(actor=applicant.one, application_id=application.pk, organisation_id=body.pk, rights=[])
    helper = application.helpers.get()
    revoke_helper(actor=applicant.two, application_id=application.pk, helper_id=helper.pk)
    assert waiting_applications(adviser, TODAY) == []
    with pytest.raises(ApplicationNotFoundError):
        type_in(adviser, application, "再写", 1)


def test_draft_is_seen_by_its_firm_alone_also_by_the_database(bureau, applicant):
    application = begun(bureau, applicant)
    stranger = make_applicant(2)
    assert list(applications_visible_to(bureau.officer)) == []
    assert list(applications_visible_to(stranger.one)) == []
    with scope(row_scope(stranger.one)):
        assert not Application.objects.exists()
        assert not FieldEdit.objects.exists()
    with scope(row_scope(applicant.one)):
        assert [one.pk for one in Application.objects.all()] == [application.pk]


def test_bureau_sees_a_submitted_application_as_it_was_submitted(bureau, applicant):
    application = make_submitted(make_call(bureau), applicant)
    page = application_page(bureau.officer, application.pk, TODAY)
    assert [one.value for one in page.fields][:2] == ["示例项目", "示例人"]
    assert page.rights == {"see"}


def told_of(house):
    rows = Notice.objects.filter(organisation=house, kind="brain.deadline").order_by("pk")
    return [(one.due_on, one.done_on is not None) for one in rows]


def test_who_writes_a_draft_is_told_once_for_each_last_day_and_it_is_done_when_handed_in(bureau, applicant):
    application = begun(bureau, applicant, grace_days=3)
    body, looker = (make_organisation(OrganisationKind.SERVICE_BODY) for _ in range(2))
    for one, rights in ((body, ["write"]), (looker, [])):
        invite_helper(actor=applicant.one, application_id=application.pk, organisation_id=one.pk, rights=rights)
    days = [(LAST - timedelta(days=8), 0), (LAST - timedelta(days=7), 1), (LAST, 0), (LAST + timedelta(days=1), 1),
            (LAST + timedelta(days=3), 0), (LAST + timedelta(days=4), 0)]  # fmt: skip
    for on, told in days:
        assert remind_of_drafts(actor=SYSTEM_ACTOR, on=on) == told, on
    expected = [(LAST, False), (LAST + timedelta(days=3), False)]
    assert (told_of(applicant.house), told_of(body), told_of(looker)) == (expected, expected, [])
    longer = LAST + timedelta(days=20)
    extend_call(actor=bureau.checker, call_id=application.call_id, until=longer, reason="系统维护")
    assert remind_of_drafts(actor=SYSTEM_ACTOR, on=LAST + timedelta(days=4)) == 0
    assert remind_of_drafts(actor=SYSTEM_ACTOR, on=longer) == 1
    withdraw_application(actor=applicant.one, application_id=application.pk, reason="改期")
    assert [is_done for _, is_done in told_of(applicant.house)] == [True, True, True]
    assert remind_of_drafts(actor=SYSTEM_ACTOR, on=longer) == 0
