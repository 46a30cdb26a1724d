"""The guide and the manual of a new policy: owed for seven working days, published by an editor, kept as they were."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from tests.brain.test_policy_pages import take_in
from tests.factories.people import TODAY, make_actor, make_client, make_demo_book, make_organisation
from tests.web.test_pages import faults_of

from yulin.base.workdays import shipped_calendar
from yulin.brain.core.guides import GuideKind, guides_owed
from yulin.brain.errors import GuideTextError
from yulin.brain.models import GuideTerm, PolicyGuide
from yulin.brain.selectors.guides import guides_of
from yulin.brain.selectors.guides import guides_owed as policies_owing
from yulin.brain.services import publish_guide
from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry, Notice

CALENDAR = shipped_calendar()


@pytest.mark.parametrize(
    ("issued_on", "came_on", "found"),
    [
        (None, TODAY, (False, None)),
        (date(2026, 3, 2), date(2026, 3, 2), (True, date(2026, 3, 11))),
        (date(2026, 3, 2), date(2026, 3, 11), (True, date(2026, 3, 11))),
        (date(2026, 3, 2), date(2026, 3, 12), (False, date(2026, 3, 11))),
        (date(1987, 3, 2), date(2026, 3, 12), (False, None)),
        (date(2026, 9, 30), date(2026, 9, 30), (True, date(2026, 10, 15))),  # over the National Day holidays
        (date(2026, 12, 30), date(2026, 12, 30), (True, None)),  # the next year's calendar is not announced
    ],
)
def test_a_policy_owes_its_guides_for_seven_working_days(issued_on, came_on, found):
    assert guides_owed(issued_on, came_on, CALENDAR) == found


@pytest.fixture
def bureau():
    make_demo_book(TODAY)
    return make_organisation(OrganisationKind.AUTHORITY)


def item(number: int, issued_on: date) -> dict[str, str]:
    text = f"示例条件\n（一）营业收入不低于{number}00万元。\n（二）注册地在示例市。"
    return {"id": f"解{number}", "title": f"示例政策{number}", "text": text, "publish_date": issued_on.isoformat()}


@pytest.mark.django_db
def test_a_new_policy_starts_the_term_and_an_old_one_does_not(bureau):
    new, old = take_in(item(1, TODAY), item(2, TODAY - timedelta(days=400)))
    term = GuideTerm.objects.get()
    assert (term.policy, term.due_on) == (new, CALENDAR.add_workdays(TODAY, 7))
    assert not GuideTerm.objects.filter(policy=old).exists()
    notice = Notice.objects.get(kind="brain.guide")
    assert (notice.organisation, notice.due_on) == (bureau, term.due_on)
    assert notice.path.endswith(f"/policies/{new.pk}/#guides")


@pytest.mark.django_db
def test_a_policy_that_is_changed_starts_no_second_term(bureau):
    (one,) = take_in(item(1, TODAY))
    take_in(item(1, TODAY) | {"text": "示例条件\n（一）营业收入不低于500万元。"})
    assert one.versions.count() == 2
    assert GuideTerm.objects.count() == Notice.objects.filter(kind="brain.guide").count() == 1


@pytest.mark.django_db
def test_both_texts_end_the_term_and_its_notice(bureau):
    (one,) = take_in(item(1, TODAY))
    officer = make_actor(Role.AUTHORITY_OFFICER, bureau)
    publish_guide(actor=officer, policy_id=one.pk, kind=GuideKind.GUIDE, text="支持营业收入较高的企业。")
    (owed,) = policies_owing()
    assert [name.en for name in owed.missing] == ["Manual of application"]
    publish_guide(actor=officer, policy_id=one.pk, kind=GuideKind.MANUAL, text="在线填报，科技局审核。")
    assert policies_owing() == []
    assert GuideTerm.objects.get().done_on == TODAY
    assert not Notice.objects.filter(kind="brain.guide", done_on=None).exists()
    assert AuditEntry.objects.filter(action="brain.publish_guide").count() == 2


@pytest.mark.django_db
def test_a_further_text_stands_before_the_earlier_one_which_the_database_keeps(bureau):
    (one,) = take_in(item(1, TODAY))
    officer = make_actor(Role.AUTHORITY_OFFICER, bureau)
    for text in ("甲", "乙"):
        publish_guide(actor=officer, policy_id=one.pk, kind=GuideKind.GUIDE, text=text)
    (shown,) = guides_of(one.pk, one.current_id)
    assert (shown.guide.text, shown.is_behind, one.guides.count()) == ("乙", False, 2)
    take_in(item(1, TODAY) | {"text": "示例条件\n（一）营业收入不低于500万元。"})
    one.refresh_from_db()
    assert guides_of(one.pk, one.current_id)[0].is_behind
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyGuide.objects.filter(text="甲").update(text="丙")
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyGuide.objects.filter(text="甲").delete()


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "  \n ", "已有"])
def test_a_text_without_anything_new_is_refused(bureau, text):
    (one,) = take_in(item(1, TODAY))
    officer = make_actor(Role.AUTHORITY_OFFICER, bureau)
    publish_guide(actor=officer, policy_id=one.pk, kind=GuideKind.GUIDE, text="已有")
    with pytest.raises(GuideTextError):
        publish_guide(actor=officer, policy_id=one.pk, kind=GuideKind.GUIDE, text=text)


@pytest.mark.django_db
def test_only_an_editor_publishes_and_everybody_reads(bureau):
    (one,) = take_in(item(1, TODAY))
    with pytest.raises(NotAllowedError):
        publish_guide(actor=make_actor(Role.BANK_MANAGER), policy_id=one.pk, kind=GuideKind.GUIDE, text="x")
    officer = make_client(Role.AUTHORITY_OFFICER, bureau)
    assert f"/policies/{one.pk}/#guides" in officer.get("/en/home/").content.decode()
    empty = officer.post(f"/en/policies/{one.pk}/guide/", {"kind": "guide", "text": " "})
    assert empty.status_code == 422
    sent = officer.post(f"/en/policies/{one.pk}/guide/", {"kind": "guide", "text": "支持营业收入较高的企业。"})
    assert sent["Location"] == f"/en/policies/{one.pk}/#guides"
    for language in ("zh-hans", "en"):
        for reader in (Client(), officer):
            page = reader.get(f"/{language}/policies/{one.pk}/").content.decode()
            assert "支持营业收入较高的企业。" in page
            assert [each for each in faults_of(page, language) if "示例" not in each and "企业" not in each] == []
        assert "示例政策1" in officer.get(f"/{language}/policies/desk/").content.decode()
