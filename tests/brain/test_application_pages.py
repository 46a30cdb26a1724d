"""The pages of calls and applications: read in both languages by who may, autosave by field, what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.brain.test_reviewing import granted, make_expert
from tests.factories.applications import fill, make_applicant, make_bureau, make_call, make_submitted
from tests.factories.people import TODAY, make_client, make_demo_book, make_membership
from tests.web.test_pages import MOST_QUERIES, faults_of

from yulin.brain.models import Application, Call, Expert
from yulin.brain.selectors.applications import application_page
from yulin.brain.services.applications import save_field, start_application
from yulin.kit.clock import standing_on
from yulin.people.enums import Role
from yulin.people.models import Membership
from yulin.people.selectors import people_in_role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


@pytest.fixture
def bureau():
    return make_bureau()


@pytest.fixture
def applicant():
    return make_applicant()


def reads_well(client: Client, path: str) -> None:
    for language in ("zh-hans", "en"):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/{language}/{path}")
        assert answer.status_code == 200, path
        page = answer.content.decode()
        assert [each for each in faults_of(page, language) if "示例" not in each and "社保" not in each] == []
        assert len(queries) <= MOST_QUERIES, (path, len(queries))


def test_everybody_reads_a_published_call(bureau):
    call = make_call(bureau)
    for path in ("calls/", f"calls/{call.pk}/"):
        reads_well(Client(), path)


def test_firm_reads_its_draft_and_its_submission(bureau, applicant):
    call = make_call(bureau)
    client = make_client(Role.FIRM_USER, applicant.house)
    draft = start_application(actor=applicant.one, call_id=call.pk)
    for each in ("甲", "乙"):
        save_field(actor=applicant.one, application_id=draft.pk, field_id="leader", said=f"示例{each}", base=0)
    reads_well(client, f"applications/{draft.pk}/")
    sent = make_submitted(make_call(bureau), make_applicant(2))
    reads_well(make_client(Role.AUTHORITY_OFFICER, bureau.house), f"applications/{sent.pk}/")
    for path in ("applications/", "calls/"):
        reads_well(client, path)


def test_editor_writes_a_call_and_another_publishes_it(bureau):
    officer = make_client(Role.AUTHORITY_OFFICER, bureau.house)
    path = f"/zh-hans/policies/{bureau.policy.pk}/call/"
    reads_well(officer, path.removeprefix("/zh-hans/"))
    start = officer.get(path)
    sent = {name: value for name, value in initial_of(start.context).items() if value not in (None, "")}
    sent |= {"title_en": "Demo call", "closes_on": "2022-02-28", "budget": "500"}
    answer = officer.post(path, sent)
    assert answer.status_code == 302, answer.content.decode()
    call = Call.objects.get()
    assert (call.state, call.budget_fen, len(call.asks.fields)) == ("proposed", 5_000_000_00, 10)
    reads_well(officer, f"calls/{call.pk}/edit/")
    assert officer.post(f"/zh-hans/calls/{call.pk}/decide/", {"verdict": "publish"}).status_code == 403
    checker = make_client(Role.AUTHORITY_CHECKER, bureau.house)
    assert checker.post(f"/zh-hans/calls/{call.pk}/decide/", {"verdict": "publish"}).status_code == 302
    wrong = checker.post(f"/zh-hans/calls/{call.pk}/extend/", {"until": "2022-02-01", "reason": "早"})
    assert wrong.status_code == 422
    assert "BRAIN.CALL.DATES" in wrong.content.decode()
    assert Client().get(f"/zh-hans/calls/{call.pk}/").status_code == 200


def initial_of(context) -> dict[str, object]:
    """Return what the editor would send as it stands."""
    sent = {name: context["form"].get_initial_for_field(field, name) for name, field in context["form"].fields.items()}
    for name, rows in context["rows"].items():
        for key, value in rows.management_form.initial.items():
            sent[f"{name}-{key}"] = value
        for place, row in enumerate(rows.forms):
            sent |= {f"{name}-{place}-{key}": value for key, value in row.initial.items() if value is not False}
    return sent


def test_call_that_is_not_published_is_nobodys_but_the_bureaus(bureau):
    call = make_call(bureau)
    hidden = Call.objects.create(
        policy=call.policy, number="TZ-9", title_zh="示例未发布", title_en="Demo", opens_on=TODAY, closes_on=TODAY,
        form=call.form, made_by_name="示例",
    )  # fmt: skip
    assert Client().get(f"/zh-hans/calls/{hidden.pk}/").status_code == 404
    assert "示例未发布" not in Client().get("/zh-hans/calls/").content.decode()


def test_autosave_says_what_became_of_the_words(bureau, applicant):
    application = start_application(actor=applicant.one, call_id=make_call(bureau).pk)
    client = make_client(Role.FIRM_USER, applicant.house)
    path = f"/zh-hans/applications/{application.pk}/fields/project/"

    def type_in(words: str, version: str, **more: str):
        return client.post(path, {"value": words, "version": version}, headers={"hx-request": "true"} | more)

    kept = type_in("甲", "0").content.decode()
    assert "已保存" in kept
    assert 'id="version-project" name="version" value="1"' in kept
    beside = type_in("乙", "0").content.decode()
    assert "两人同时修改" in beside
    assert "乙" in beside
    assert "甲" in beside
    assert 'name="version" value="0"' in beside  # what is typed on is not typed on the other's words
    assert "乙丙" in type_in("乙丙", "0").content.decode()
    assert [one.words.zh for one in application_page(applicant.one, application.pk, TODAY).fields[0].beside] == ["乙丙"]
    long = type_in("长" * 121, "1").content.decode()
    assert "至多120字" in long
    assert client.post(path, {"value": "丙", "version": "1"}).status_code == 302
    assert type_in("丁", "²").status_code == 200


def test_draft_without_what_is_needed_is_refused_with_the_names(bureau, applicant):
    application = start_application(actor=applicant.one, call_id=make_call(bureau).pk)
    client = make_client(Role.FIRM_USER, applicant.house)
    answer = client.post(f"/zh-hans/applications/{application.pk}/submit/")
    assert answer.status_code == 422
    assert "经费预算书" in answer.content.decode()
    fill(applicant.one, application)
    assert client.post(f"/zh-hans/applications/{application.pk}/submit/").status_code == 302
    assert Application.objects.get(pk=application.pk).state == "submitted"


def test_other_firm_gets_neither_the_page_nor_the_paper(bureau, applicant):
    application = make_submitted(make_call(bureau), applicant)
    stranger = make_client(Role.FIRM_USER, make_applicant(2).house)
    paper = application.papers.get()
    assert stranger.get(f"/zh-hans/applications/{application.pk}/").status_code == 404
    assert stranger.get(f"/zh-hans/applications/{application.pk}/papers/{paper.pk}/").status_code == 404
    own = make_client(Role.FIRM_USER, applicant.house)
    answer = own.get(f"/zh-hans/applications/{application.pk}/papers/{paper.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    answer.close()


def test_review_reads_well_for_each_of_its_readers_at_each_of_its_steps(bureau, applicant):
    people = [make_expert(bureau) for _ in range(2)]
    application = make_submitted(make_call(bureau), applicant)
    officer, checker = (make_client(role, bureau.house) for role in (Role.AUTHORITY_OFFICER, Role.AUTHORITY_CHECKER))
    firm, one, two = client_of(applicant.one), client_of(people[0]), client_of(people[1])
    path, base = f"applications/{application.pk}/", f"/zh-hans/applications/{application.pk}/"

    def post(client: Client, step: str, sent: dict[str, object], status: int = 302) -> None:
        answer = client.post(f"{base}{step}/", sent)
        assert answer.status_code == status, answer.content.decode()

    for each in (path, "home/"):
        reads_well(officer, each)
    post(officer, "screen", {"verdict": "return", "labels": ["papers"]}, 422)
    post(officer, "screen", {"verdict": "accept", "labels": ["formal"]})
    reads_well(officer, path)
    post(officer, "draw", {})
    for client in (officer, one, firm):
        reads_well(client, path)
    reads_well(one, "home/")
    assert application.number in one.get("/zh-hans/home/").content.decode()
    points = {"points-novelty": 30, "points-method": 20, "points-benefit_points": 25, "words": "示例意见"}
    post(one, "score", points | {"points-novelty": 41}, 422)
    post(one, "score", points)
    reads_well(one, path)
    post(two, "score", points)
    reads_well(two, path)
    for client in (one, two):
        post(client, "vote", {"vote": "for"})
    reads_well(officer, path)
    post(officer, "outcome", {"verdict": "grant", "amount": "60万元"}, 422)
    post(officer, "outcome", {"verdict": "grant", "amount": "40万元"})
    for client in (officer, checker):
        reads_well(client, path)
    post(checker, "confirm", {"verdict": "confirm"})
    for client in (checker, firm, one):
        reads_well(client, path)
    for language in ("zh-hans", "en"):
        answer = firm.get(f"/{language}/applications/{application.pk}/letters/1.pdf")
        assert answer.content.startswith(b"%PDF")
    for each in ("grants/", f"grants/{application.pk}/objection/", f"grants/?code={application.decisions.get().code}"):
        reads_well(Client(), each)
    sent = {"words": "示例异议", "name": "示例", "contact": "示例"}
    assert Client().post(f"/zh-hans/grants/{application.pk}/objection/", sent).status_code == 302
    reads_well(checker, path)


def test_experts_are_entered_and_changed_in_the_register(bureau):
    make_membership(Role.EXPERT)
    officer = make_client(Role.AUTHORITY_OFFICER, bureau.house)
    reads_well(officer, "experts/new/")
    seat = people_in_role(Role.EXPERT, on=TODAY)[0]
    sent = {"person": seat.pk, "employer": "91440101000000000X", "declared": "A1 B2", "is_active": "on"}
    assert officer.post("/zh-hans/experts/new/", sent).status_code == 302
    expert = Expert.objects.get()
    assert (expert.employer, expert.declared) == ("91440101000000000X", ["A1", "B2"])
    for path in ("experts/", f"experts/{expert.number}/"):
        reads_well(officer, path)


def test_contract_goes_its_way_on_the_page_of_its_application(bureau, applicant):
    application = granted(bureau, applicant)
    officer, checker, firm = client_of(bureau.officer), client_of(bureau.checker), client_of(applicant.one)
    path, base = f"applications/{application.pk}/", f"/zh-hans/applications/{application.pk}/"
    rows = {"milestones-TOTAL_FORMS": "1", "milestones-INITIAL_FORMS": "0", "milestones-0-title": "示例节点",
            "milestones-0-due_on": "2022-06-30"}  # fmt: skip

    def post(client: Client, step: str, sent: dict[str, object], status: int = 302) -> None:
        answer = client.post(f"{base}{step}/", sent)
        assert answer.status_code == status, answer.content.decode()

    with standing_on(date(2022, 1, 27)):
        reads_well(officer, path)
        post(officer, "contract", rows, 422)
        post(officer, "contract", rows | {"milestones-0-amount": "39万元"}, 422)
        post(officer, "contract", rows | {"milestones-0-amount": "40万元"})
        reads_well(checker, path)
        post(checker, "contract/sign", {})
        one = f"milestones/{application.milestones.get().pk}"
        reads_well(firm, path)
        post(firm, f"{one}/report", {"report": "示例完成"})
        reads_well(officer, path)
        post(officer, f"{one}/judge", {"verdict": "accept"})
        for client in (officer, checker):
            reads_well(client, path)
            post(client, f"{one}/release", {})
        reads_well(officer, path)
        post(officer, f"{one}/pay", {"on": "2022-01-27", "reference": "B-1"})
        for client in (officer, firm):
            reads_well(client, path)
    assert application.milestones.get().state == "paid"


def client_of(actor) -> Client:
    """Return a browser in which an actor's person is signed in."""
    client = Client()
    user = Membership.objects.get(user_id=actor.user_id).user
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
