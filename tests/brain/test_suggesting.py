"""A model outside that proposes criteria: a local server stands for it, with every answer that it may give."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection
from tests.brain.test_check_up_pages import text
from tests.brain.test_policy_pages import take_in
from tests.factories.people import TODAY, make_actor, make_client, make_demo_book

from yulin.brain import services, tasks
from yulin.brain.adapters.model_endpoint import MOST_ANSWER_BYTES
from yulin.brain.core.criteria_reading import Criterion
from yulin.brain.errors import ModelAnswerError
from yulin.brain.models import Policy, PolicyCriteria
from yulin.brain.services.radar import decide_criteria, propose_criteria
from yulin.brain.services.suggesting import ask_for_criteria, suggest_criteria
from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry, Notice

pytestmark = pytest.mark.django_db

TEXT = "一、申报条件\n企业上年度研发费用不低于100万元。\n企业应当信誉良好。\n二、支持标准\n给予20万元奖励。"
RULE = {"quote": "上年度研发费用不低于100万元", "rule": "rd_expense[0] >= wan(100)"}


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


@pytest.fixture
def policy() -> Policy:
    (one,) = take_in({"id": "奖1", "title": "示例市研发奖励办法", "text": TEXT})
    return one


class Model:
    """A server that answers as it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = lambda handler: said(handler, [RULE])


def sent(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def content(handler: BaseHTTPRequestHandler, words: object) -> None:
    sent(handler, json.dumps({"choices": [{"message": {"role": "assistant", "content": words}}]}).encode())


def said(handler: BaseHTTPRequestHandler, criteria: list[object]) -> None:
    content(handler, json.dumps({"criteria": criteria}, ensure_ascii=False))


@pytest.fixture
def model(settings) -> Iterator[Model]:
    kept = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.asked.append((self.path, dict(self.headers), json.loads(body)))
            with contextlib.suppress(OSError):  # whoever asked has hung up
                kept.answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.YULIN_MODEL_URL = f"http://127.0.0.1:{server.server_port}/v1"
    settings.YULIN_MODEL_NAME, settings.YULIN_MODEL_KEY, settings.YULIN_MODEL_SECONDS = "示例模型", "s3cret", 5
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


def rows_of(kept: PolicyCriteria | None) -> list[tuple[str, str]]:
    assert kept is not None
    return [(one.quote, one.that) for one in kept.criteria]


def test_nothing_is_asked_where_no_model_is_set_up(officer, policy, settings):
    settings.YULIN_MODEL_URL = ""
    with pytest.raises(ModelAnswerError):
        ask_for_criteria(actor=officer, policy_id=policy.pk)
    assert suggest_criteria(actor=officer, policy_id=policy.pk) is None
    assert PolicyCriteria.objects.count() == 0


def test_a_proposal_waits_for_another_person_and_only_public_text_was_sent(officer, bureau, policy, model):
    kept = suggest_criteria(actor=officer, policy_id=policy.pk)
    assert rows_of(kept) == [("上年度研发费用不低于100万元", "rd_expense[0] >= wan(100)")]
    assert (kept.state, kept.made_by_id) == ("proposed", officer.user_id)
    assert kept.criteria[0].clause > 0
    path, headers, body = model.asked[0]
    assert (path, headers["Authorization"]) == ("/v1/chat/completions", "Bearer s3cret")
    assert sorted(body) == ["messages", "model", "temperature"]
    assert body["messages"][1] == {"role": "user", "content": f"示例市研发奖励办法\n\n{policy.current.text}"}
    assert officer.name not in json.dumps(body, ensure_ascii=False)
    with pytest.raises(services.policies.SamePersonError):
        decide_criteria(actor=make_same(officer), criteria_id=kept.pk, is_confirmed=True)
    checker = make_actor(Role.AUTHORITY_CHECKER, bureau)
    decide_criteria(actor=checker, criteria_id=kept.pk, is_confirmed=True)
    kept.refresh_from_db()
    assert kept.state == "confirmed"


def make_same(actor):
    return replace(actor, role=Role.AUTHORITY_CHECKER)


def test_a_quote_that_the_text_does_not_hold_verbatim_is_dropped(officer, policy, model):
    invented = [
        {"quote": "净利润不低于500万元", "rule": "net_profit[0] >= wan(500)"},
        {"quote": "上年度研发费用不低于 100 万元", "rule": "rd_expense[0] >= wan(100)"},
        {"quote": "信誉良好。\n二、支持标准", "rule": ""},
        {"quote": "企业应当信誉良好。二、支持标准", "rule": ""},
        {"quote": "的", "rule": ""},
        {"quote": 7, "rule": ""},
        {"rule": "1 == 1"},
        "企业应当信誉良好",
        None,
    ]
    model.answer = lambda handler: said(handler, [*invented, RULE])
    kept = suggest_criteria(actor=officer, policy_id=policy.pk)
    assert [quote for quote, _ in rows_of(kept)] == [RULE["quote"]]
    assert "丢弃9条" in kept.note
    model.answer = lambda handler: said(handler, invented)
    assert suggest_criteria(actor=officer, policy_id=policy.pk) is None
    assert Notice.objects.get(kind="brain.suggest").body_zh == "9条建议的引文都不在文中"


@pytest.mark.parametrize("rule", ["__import__('os')", "rd_expense[0] >=", "no_such_fact >= 1", "x" * 5_000, 7, None])
def test_a_rule_that_is_none_is_left_to_a_person(officer, policy, model, rule):
    model.answer = lambda handler: said(handler, [{"quote": RULE["quote"], "rule": rule}])
    assert rows_of(suggest_criteria(actor=officer, policy_id=policy.pk)) == [(RULE["quote"], "")]


def test_what_stands_stays_and_a_row_left_to_a_person_gives_way_to_a_rule(officer, policy, model):
    at = policy.current.text.index(RULE["quote"])
    good = policy.current.text.index("企业应当信誉良好")
    rows = [
        Criterion(RULE["quote"], at, at + len(RULE["quote"]), 2, "", 0),
        Criterion("企业应当信誉良好", good, good + 8, 3, "not has_serious_dishonesty", 85),
    ]
    propose_criteria(actor=officer, version_id=policy.current_id, base=0, rows=rows)
    model.answer = lambda handler: said(handler, [RULE, {"quote": "信誉良好", "rule": "is_listed"}])
    kept = suggest_criteria(actor=officer, policy_id=policy.pk)
    assert rows_of(kept) == [(RULE["quote"], RULE["rule"]), ("企业应当信誉良好", "not has_serious_dishonesty")]


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(400):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


ANSWERS: list[tuple[Callable[[BaseHTTPRequestHandler], None], str]] = [
    (lambda handler: sent(handler, b"<html>"), "约定的格式"),
    (lambda handler: sent(handler, b'{"choices": []}'), "约定的格式"),
    (lambda handler: sent(handler, b"[" * 100_000), "约定的格式"),
    (lambda handler: content(handler, None), "不是文字"),
    (lambda handler: content(handler, "I think that the firm must be innovative."), "约定的JSON"),
    (lambda handler: content(handler, '{"criteria": 7}'), "约定的JSON"),
    (lambda handler: content(handler, "[" * 50_000), "约定的JSON"),
    (lambda handler: sent(handler, b"{}", 500), "HTTP 500"),
    (lambda handler: sent(handler, b"", 302), "HTTP 302"),
    (lambda handler: sent(handler, b" " * (MOST_ANSWER_BYTES + 1)), "回答超过"),
    (lambda handler: time.sleep(20), "1秒内没有回答完"),
    (drip, "1秒内没有回答完"),
    (lambda handler: handler.connection.close(), "无法连接"),
]


@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_an_answer_that_is_none_changes_nothing_and_says_why(officer, policy, model, settings, number):
    model.answer, why = ANSWERS[number]
    settings.YULIN_MODEL_SECONDS = 1
    begun = time.monotonic()
    assert suggest_criteria(actor=officer, policy_id=policy.pk) is None
    assert time.monotonic() - begun < 10
    notice = Notice.objects.get(kind="brain.suggest")
    assert (why in notice.body_zh, notice.user_id) == (True, officer.user_id)
    assert PolicyCriteria.objects.count() == 0


def test_an_answer_in_a_fence_is_read(officer, policy, model):
    fenced = f"```json\n{json.dumps({'criteria': [RULE]})}\n```"
    model.answer = lambda handler: content(handler, fenced)
    assert rows_of(suggest_criteria(actor=officer, policy_id=policy.pk)) == [(RULE["quote"], RULE["rule"])]


def test_no_key_is_sent_where_there_is_none_and_no_server_is_no_crash(officer, policy, model, settings):
    settings.YULIN_MODEL_KEY = ""
    suggest_criteria(actor=officer, policy_id=policy.pk)
    assert "Authorization" not in model.asked[0][1]
    settings.YULIN_MODEL_URL = "http://127.0.0.1:9"
    assert suggest_criteria(actor=officer, policy_id=policy.pk) is None


def test_it_is_asked_by_an_editor_once_in_the_background(officer, policy, model):
    with pytest.raises(NotAllowedError):
        ask_for_criteria(actor=make_actor(Role.FIRM_USER), policy_id=policy.pk)
    for _ in range(2):
        ask_for_criteria(actor=officer, policy_id=policy.pk)
    assert model.asked == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'brain.suggest_criteria'")
        ((arguments,),) = cursor.fetchall()
    arguments = json.loads(arguments) if isinstance(arguments, str) else arguments
    tasks.suggest_criteria(**arguments)
    assert PolicyCriteria.objects.get().made_by_id == officer.user_id
    assert AuditEntry.objects.get(action="brain.ask_for_criteria").facts["host"].startswith("127.0.0.1")


def test_the_page_offers_it_where_a_model_is_set_up(bureau, policy, model, settings):
    client = make_client(Role.AUTHORITY_OFFICER, bureau)
    page = f"/zh-hans/policies/{policy.pk}/criteria/"
    assert "请外部模型提出条件" in text(client.get(page))
    assert "Ask the model" in text(client.get(page.replace("zh-hans", "en")))
    assert client.post(f"{page}suggest/").status_code == 302
    settings.YULIN_MODEL_URL = ""
    assert "请外部模型提出条件" not in text(client.get(page))
