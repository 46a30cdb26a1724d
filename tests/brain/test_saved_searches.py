"""Saved searches of the library: kept by a person, told once of each version that is new, seen by nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.brain.test_check_up_pages import text
from tests.brain.test_policy_pages import loan_item, take_in
from tests.factories.people import TODAY, make_actor, make_demo_book, make_membership, make_organisation
from tests.factories.threads import in_parallel
from tests.web.test_pages import MOST_QUERIES, faults_of

from yulin.brain import services, tasks
from yulin.brain.core.policies import Ending, Terms
from yulin.brain.errors import SavedSearchEmptyError, SavedSearchesFullError, SavedSearchNotFoundError
from yulin.brain.models import FoundPolicy, Policy, SavedSearch
from yulin.brain.selectors.saved_searches import MOST_SEARCHES, own_searches
from yulin.brain.services import Asked
from yulin.kit.row_security import scope
from yulin.people.core.actors import PUBLIC_ACTOR, SYSTEM_ACTOR, Actor, row_scope
from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry, Notice
from yulin.people.selectors import actor_in

pytestmark = pytest.mark.django_db

LOAN = Asked("贷款贴息期限")
CARE = "示例市托育机构按床位给予每张每年2000元补贴。"
LATER = TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


@pytest.fixture
def firm():
    return make_actor(Role.FIRM_USER)


def save(actor: Actor, asked: Asked = LOAN, name: str = "贴息"):
    return services.save_search(actor=actor, name=name, asked=asked, on=TODAY)


def look(on=TODAY) -> int:
    return services.look_for_policies(actor=SYSTEM_ACTOR, on=on)


def found_keys(search: SavedSearch) -> list[str]:
    rows = FoundPolicy.objects.filter(search=search).order_by("pk")
    return [f"{one.version.policy.key} v{one.version.number}" for one in rows.select_related("version__policy")]


def test_a_new_policy_is_told_once_and_one_that_was_there_is_not(firm):
    take_in(loan_item(1), index=True)
    kept = save(firm)
    assert look() == 0
    take_in(loan_item(2), loan_item(3, text=CARE), index=True)
    assert (look(), look(), look(LATER)) == (1, 0, 0)
    assert found_keys(kept) == ["示例:贴2 v1"]
    notice = Notice.objects.get(kind="brain.search")
    assert (notice.organisation_id, notice.user_id) == (firm.organisation_id, firm.user_id)
    assert notice.title_zh == "“贴息”找到新政策：示例市贷款贴息办法2"
    assert notice.path.endswith(f"/policies/{Policy.objects.get(key='示例:贴2').pk}/")


def test_a_policy_that_changed_is_told_again_each_version_once(firm):
    kept = save(firm)
    take_in(loan_item(1), index=True)
    assert look() == 1
    take_in(loan_item(1, text="（一）贷款贴息期限不超过五年。"), index=True)
    assert (look(), look()) == (1, 0)
    assert found_keys(kept) == ["示例:贴1 v1", "示例:贴1 v2"]
    assert Notice.objects.first().title_zh == "“贴息”关注的政策有变化：示例市贷款贴息办法1"
    take_in(loan_item(1, text=CARE), index=True)
    assert look() == 0


def test_many_at_once_are_one_notice_that_leads_to_their_list(firm):
    kept = save(firm)
    take_in(*(loan_item(number) for number in range(1, 60)), index=True)
    assert look() == 59
    notice = Notice.objects.get(kind="brain.search")
    assert notice.title_zh == "“贴息”找到59项新的或有变化的政策"
    assert notice.path.endswith(f"/policies/searches/{kept.pk}/")


def test_until_the_words_are_read_the_look_is_not_done(firm):
    save(firm)
    take_in(loan_item(1))
    assert look() == 0
    assert SavedSearch.objects.get().edition == 0
    tasks.read_texts()
    assert Notice.objects.filter(kind="brain.search").count() == 1
    assert SavedSearch.objects.get().edition == 1


def test_filters_count_as_on_the_page_and_need_no_question(firm):
    take_in(loan_item(1, region="北京市"), index=True)
    here = save(firm, Asked(area="北京", audience="tech"), "北京")
    assert look() == 0
    tech = "一、适用对象\n科技型中小企业。\n二、支持标准\n贴息。"
    take_in(loan_item(2, region="北京市", text=tech), loan_item(3, region="上海市", text=tech), index=True)
    assert look() == 1
    assert found_keys(here) == ["示例:贴2 v1"]


def test_a_search_for_open_policies_finds_one_on_the_day_it_opens(firm):
    officer = make_actor(Role.AUTHORITY_OFFICER)
    checker = make_actor(Role.AUTHORITY_CHECKER)
    kept = save(firm, Asked("贷款贴息期限", state="open"))
    edit = services.PolicyEdit(
        "示例市贷款贴息办法",
        (("body", "贷款贴息期限不超过三年。"),),
        Terms(Ending.DATED, opens_on=LATER, ends_on=LATER + timedelta(days=30)),
    )
    made = services.propose_version(actor=officer, policy_id=None, base=0, edit=edit)
    services.decide_version(actor=checker, version_id=made.pk, is_published=True)
    tasks.read_texts()
    assert found_keys(kept) == []
    assert (look(LATER), look(LATER), look(LATER + timedelta(days=1))) == (1, 0, 0)


def test_a_pause_is_silent_and_what_came_meanwhile_is_told_after_it(firm):
    kept = save(firm)
    services.pause_search(actor=firm, search_id=kept.pk, is_paused=True)
    take_in(loan_item(1), index=True)
    assert look() == 0
    services.pause_search(actor=firm, search_id=kept.pk, is_paused=False)
    assert (look(), look()) == (1, 0)


def test_a_person_sees_and_touches_only_their_own(firm):
    kept = save(firm)
    house = make_membership(Role.FIRM_USER).organisation
    other, colleague = make_actor(Role.FIRM_USER, house), make_actor(Role.FIRM_USER, house)
    save(colleague)
    for stranger in (other, make_actor(Role.AUTHORITY_CHECKER), make_actor(Role.SERVICE_OFFICER)):
        assert list(own_searches(stranger)) == []
        for write in (
            lambda actor: services.rename_search(actor=actor, search_id=kept.pk, name="他"),
            lambda actor: services.pause_search(actor=actor, search_id=kept.pk, is_paused=True),
            lambda actor: services.delete_search(actor=actor, search_id=kept.pk),
        ):
            with pytest.raises(SavedSearchNotFoundError):
                write(stranger)
    services.delete_search(actor=firm, search_id=kept.pk)
    assert SavedSearch.objects.filter(user=firm.user_id).count() == 0
    assert AuditEntry.objects.filter(action="brain.delete_search").count() == 1


def test_the_database_hides_the_rows_of_other_organisations(firm):
    district = make_actor(Role.DISTRICT_OFFICER)
    for actor in (firm, district, make_actor(Role.SERVICE_OFFICER)):
        with scope(row_scope(actor)):
            save(actor)
            assert [one.user_id for one in SavedSearch.objects.all()] == [actor.user_id]
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                SavedSearch.objects.create(
                    user_id=actor.user_id, organisation=make_organisation(OrganisationKind.BANK), name="x",
                    question="x", looked_on=TODAY,
                )  # fmt: skip
    take_in(loan_item(1), index=True)
    assert look() == 3
    with scope(row_scope(district)):
        assert FoundPolicy.objects.count() == 1


def test_a_person_keeps_so_many_and_no_more(firm):
    for number in range(MOST_SEARCHES):
        save(firm, Asked(f"贷款贴息{number}"))
    with pytest.raises(SavedSearchesFullError):
        save(firm, Asked("再一个"))
    again = save(firm, Asked("贷款贴息3"), "改名")
    assert (again.name, SavedSearch.objects.count()) == ("改名", MOST_SEARCHES)


@pytest.mark.parametrize("question", ["", "   ", "😀😀", "？！—"])
def test_a_search_that_asks_nothing_is_refused(firm, question):
    with pytest.raises(SavedSearchEmptyError):
        save(firm, Asked(question, area="无此地", audience="none", state="none"))
    with pytest.raises(NotAllowedError):
        save(PUBLIC_ACTOR)
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedSearch.objects.create(
            user_id=firm.user_id, organisation_id=firm.organisation_id, name="x", looked_on=TODAY
        )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_looks_at_once_give_one_notice(firm):
    kept = save(firm)
    take_in(loan_item(1), loan_item(2, text=CARE), index=True)
    assert sorted(in_parallel(20, lambda _: look())) == [0] * 19 + [1]
    assert found_keys(kept) == ["示例:贴1 v1"]
    assert Notice.objects.filter(kind="brain.search").count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_thirty_at_once_keep_no_more_than_the_limit(firm):
    found = in_parallel(MOST_SEARCHES + 5, lambda number: save(firm, Asked(f"贷款贴息{number}")).pk)
    assert sum(isinstance(one, SavedSearchesFullError) for one in found) == 5
    assert SavedSearch.objects.count() == MOST_SEARCHES


def browser(role: Role) -> tuple[Client, Actor]:
    membership = make_membership(role)
    client = Client()
    client.force_login(membership.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client, actor_in(membership, membership.user)


@pytest.mark.parametrize("role", [Role.FIRM_USER, Role.SERVICE_OFFICER, Role.AUTHORITY_OFFICER, Role.DISTRICT_OFFICER])
def test_from_the_search_to_the_notice_to_the_policy(role):
    client, actor = browser(role)
    take_in(loan_item(1), index=True)
    page = client.get("/zh-hans/policies/?q=贷款贴息期限").content.decode()
    path = re.search(r'href="(/zh-hans/policies/searches/\?q=[^"]*)"', page)[1].replace("&amp;", "&")
    assert 'value="贷款贴息期限"' in client.get(path).content.decode()
    sent = {"question": "贷款贴息期限", "name": "我的贴息", "area": "", "audience": "", "state": ""}
    assert client.post("/zh-hans/policies/searches/", sent).status_code == 302
    take_in(loan_item(2), index=True)
    tasks.read_texts()
    notices = client.get("/zh-hans/notices/").content.decode()
    assert "“我的贴息”找到新政策：示例市贷款贴息办法2" in notices
    opened = client.post(re.search(r'action="(/zh-hans/notices/\d+/[a-z]*/?)"', notices)[1], follow=True)
    assert opened.status_code == 200
    assert "示例市贷款贴息办法2" in opened.content.decode()
    kept = own_searches(actor).get()
    listed = client.get(f"/zh-hans/policies/searches/{kept.pk}/").content.decode()
    assert "示例市贷款贴息办法2" in listed
    assert "示例市贷款贴息办法1" not in listed


def test_pages_in_both_languages_rename_pause_and_delete(firm):
    client, actor = browser(Role.FIRM_USER)
    assert "还没有订阅的搜索" in text(client.get("/zh-hans/policies/searches/"))
    kept = save(actor, name="示例贴息")
    take_in(loan_item(1), index=True)
    look()
    for path in ("", f"{kept.pk}/"):
        for language in ("zh-hans", "en"):
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(f"/{language}/policies/searches/{path}")
            assert answer.status_code == 200
            assert [each for each in faults_of(answer.content.decode(), language) if "示例" not in each] == []
            assert len(queries) <= MOST_QUERIES
    client.post(f"/zh-hans/policies/searches/{kept.pk}/", {"name": "另名"})
    assert client.post(f"/zh-hans/policies/searches/{kept.pk}/", {"name": ""}).status_code == 422
    client.post(f"/zh-hans/policies/searches/{kept.pk}/pause/", {"act": "pause"})
    page = text(client.get("/zh-hans/policies/searches/"))
    assert ("另名" in page, "已暂停" in page) == (True, True)
    client.post(f"/zh-hans/policies/searches/{kept.pk}/pause/", {"act": "resume"})
    assert SavedSearch.objects.get(pk=kept.pk).is_paused is False
    client.post(f"/zh-hans/policies/searches/{kept.pk}/delete/")
    assert client.get(f"/zh-hans/policies/searches/{kept.pk}/").status_code == 404


def test_the_form_says_what_it_refuses():
    client, actor = browser(Role.FIRM_USER)
    answer = client.post("/zh-hans/policies/searches/", {"question": "😀"})
    assert (answer.status_code, "BRAIN.SEARCH.EMPTY" in answer.content.decode()) == (422, True)
    for number in range(MOST_SEARCHES):
        save(actor, Asked(f"贷款贴息{number}"))
    answer = client.post("/en/policies/searches/", {"question": "贷款"})
    assert (answer.status_code, "BRAIN.SEARCH.FULL" in answer.content.decode()) == (422, True)
    assert client.post("/zh-hans/policies/searches/", {"question": "字" * 10_000}).status_code == 422
