"""The reviews of a call as a sheet: every line, only for who oversees, no formula, on record."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.brain.test_application_pages import client_of
from tests.brain.test_check_up_pages import text
from tests.brain.test_reviewing import make_expert
from tests.factories.applications import make_applicant, make_bureau, make_call, make_submitted
from tests.factories.people import TODAY, make_actor, make_client, make_demo_book

from yulin.brain.core.application_states import AppStep
from yulin.brain.core.review import Vote
from yulin.brain.models import Expert, ExpertReview
from yulin.brain.selectors.review_sheet import sheet_heads, sheet_rows
from yulin.brain.services._applications import Why
from yulin.brain.services.review_sheet import export_reviews
from yulin.brain.services.reviewing import (
    Outcome,
    confirm_outcome,
    draw_experts,
    propose_outcome,
    recuse,
    score_application,
    screen_application,
    vote_on,
)
from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry

pytestmark = pytest.mark.django_db
POINTS = {"novelty": 30, "method": 20, "benefit_points": 25}


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


@pytest.fixture
def bureau():
    return make_bureau()


@pytest.fixture
def judged(bureau):
    """Give a call with an application that was judged and granted, and one that nobody has judged yet."""
    people = {actor.user_id: actor for actor in (make_expert(bureau) for _ in range(4))}
    applicant = make_applicant()
    tied = Expert.objects.order_by("number").first()
    Expert.objects.filter(pk=tied.pk).update(declared=[applicant.firm.identifier])
    call = make_call(bureau)
    application = make_submitted(call, applicant)
    make_submitted(call, make_applicant(2))
    screen_application(actor=bureau.officer, application_id=application.pk, verdict=AppStep.ACCEPT, why=Why(["formal"]))
    draw_experts(actor=bureau.officer, application_id=application.pk)
    first = ExpertReview.objects.select_related("expert").order_by("pk").first()
    recuse(actor=people[first.expert.user_id], application_id=application.pk, why="同学关系")
    asked = ExpertReview.objects.filter(recused_at__isnull=True).select_related("expert")
    words = ['=HYPERLINK("http://x")', "+一般"]
    judges = [people[one.expert.user_id] for one in asked.order_by("pk")]
    for judge, said in zip(judges, words, strict=True):
        score_application(actor=judge, application_id=application.pk, points=POINTS, words=said)
    for judge in judges:
        vote_on(actor=judge, application_id=application.pk, vote=Vote.FOR)
    outcome = Outcome(is_granted=True, amount_fen=40_000_000)
    propose_outcome(actor=bureau.officer, application_id=application.pk, outcome=outcome)
    confirm_outcome(actor=bureau.checker, application_id=application.pk, is_confirmed=True)
    return call


def lines_of(actor, call) -> list[dict[str, object]]:
    heads = [one.en for one in sheet_heads(call)]
    return [
        dict(zip(heads, (getattr(cell, "en", cell) for cell in row), strict=True)) for row in sheet_rows(actor, call)
    ]


def test_every_expert_of_every_draw_has_a_line_with_scores_conflicts_and_the_decision(bureau, judged):
    lines = lines_of(bureau.checker, judged)
    of_first = [one for one in lines if one["Expert"]]
    drawn = [one["Drawn"] for one in of_first]
    assert drawn.count("drawn") == 2
    assert drawn.count("drawn, stood aside") == 1
    assert {one["Conflicts"] for one in of_first if one["Drawn"] == "not drawn: conflict"} == {"has named the firm"}
    assert {one["Why stood aside"] for one in of_first if one["Drawn"] == "drawn, stood aside"} == {"同学关系"}
    scored = [one for one in of_first if one["Total"] is not None]
    assert [(one["Total"], one["Vote"], one["Drawn"]) for one in scored] == [(75, "For", "drawn")] * 2
    assert [list(one.values())[11:14] for one in scored] == [[30, 20, 25]] * 2
    assert {(one["Decision"], one["Amount (CNY)"]) for one in of_first} == {("granted", "400000.00")}
    assert {(one["Proposed by"], one["Confirmed by"]) for one in of_first} == {
        (bureau.officer.name, bureau.checker.name)
    }
    (waiting,) = [one for one in lines if not one["Expert"]]
    assert (waiting["Total"], waiting["Decision"], waiting["Application"] is None) == (None, None, False)


def test_only_who_oversees_takes_it_and_it_is_on_record(bureau, judged):
    for role in (Role.AUTHORITY_OFFICER, Role.AUTHORITY_CHECKER, Role.AUDITOR):
        assert len(export_reviews(actor=make_actor(role), call=judged, file_format="csv")) > 4
    assert AuditEntry.objects.filter(action="brain.export_reviews").count() == 3
    expert = client_of(make_expert(bureau))
    firm = make_client(Role.FIRM_USER)
    for role in (Role.FIRM_USER, Role.EXPERT, Role.SERVICE_OFFICER, Role.MANAGER_CHECKER, Role.DISTRICT_OFFICER):
        with pytest.raises(NotAllowedError):
            export_reviews(actor=make_actor(role), call=judged, file_format="csv")
    for client in (expert, firm):
        assert client.get(f"/zh-hans/calls/{judged.pk}/reviews/").status_code == 403
        assert "导出评审记录" not in text(client.get(f"/zh-hans/calls/{judged.pk}/"))
    assert AuditEntry.objects.filter(action="brain.export_reviews").count() == 3


def test_the_sheet_is_given_in_both_forms_and_no_cell_is_a_formula(bureau, judged):
    client = make_client(Role.AUTHORITY_CHECKER, bureau.house)
    assert "导出评审记录" in text(client.get(f"/zh-hans/calls/{judged.pk}/"))
    answer = client.get(f"/zh-hans/calls/{judged.pk}/reviews/?format=csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[0][:4] == ["申报编号", "申报单位", "统一社会信用代码", "状态"]
    cells = {cell for row in rows for cell in row}
    assert {'\'=HYPERLINK("http://x")', "'+一般"} <= cells
    answer = client.get(f"/en/calls/{judged.pk}/reviews/?format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    every = [cell for row in book.active.iter_rows() for cell in row]
    assert book.active["A1"].value == "Application"
    assert [cell.value for cell in every if cell.data_type == "f"] == []
    assert '=HYPERLINK("http://x")' in {cell.value for cell in every}


def test_the_number_of_queries_does_not_grow_with_the_applications(bureau, judged):
    counts = []
    for number in (3, 4):
        with CaptureQueriesContext(connection) as queries:
            list(sheet_rows(bureau.checker, judged))
        counts.append(len(queries))
        make_submitted(judged, make_applicant(number))
    assert counts[0] == counts[1]
