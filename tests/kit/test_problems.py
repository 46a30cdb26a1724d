from __future__ import annotations

import json

import pytest
from django.db import OperationalError
from django.test import RequestFactory, override_settings
from django.urls import path
from ninja import NinjaAPI, Schema
from tests.factories.people import make_client

from yulin.kit.api import make_api
from yulin.kit.errors import DocumentNotFoundError, IdempotencyConflictError, UploadTooLargeError
from yulin.kit.problems import problem_response, status_of
from yulin.people.adapters.guards import needs
from yulin.people.enums import Action, Role


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("POOL.LIMIT.LOAN", 422),
        ("PEOPLE.NOT_ALLOWED", 403),
        ("KIT.IDEMPOTENCY.CONFLICT", 409),
        ("KIT.UPLOAD.TOO_LARGE", 413),
        ("ATLAS.FIRM.NOT_FOUND", 404),
        ("", 422),
    ],
)
def test_status_of_a_code(code: str, status: int) -> None:
    assert status_of(code) == status


def test_problem_has_code_sentence_and_hint() -> None:
    answer = problem_response(UploadTooLargeError(name="a.xlsx", found_bytes=2_000_000, limit_bytes=1_000_000))
    body = json.loads(answer.content)
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
    assert (body["code"], body["status"]) == ("KIT.UPLOAD.TOO_LARGE", 413)
    assert "2.0 MB" in body["title"]
    assert body["hint"]


class Question(Schema):
    amount_fen: int


def _api() -> NinjaAPI:
    api = make_api()

    @api.post("/ask", auth=None)
    def ask(request: object, question: Question) -> dict[str, int]:
        if question.amount_fen == 1:
            raise IdempotencyConflictError(key="k")
        raise DocumentNotFoundError(sha256="0" * 64)

    @api.get("/closed")
    def closed(request: object) -> None:
        raise AssertionError

    @api.get("/audit")
    @needs(Action.SEE_AUDIT)
    def audit(request: object, start: int = 0) -> dict[str, int]:
        return {"start": start}

    return api


urlpatterns = [path("api/v1/", _api().urls)]


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount_fen": 1}, 409, "KIT.IDEMPOTENCY.CONFLICT"),
        ({"amount_fen": 2}, 404, "KIT.DOCUMENT.NOT_FOUND"),
        ({"amount_fen": "x"}, 422, "KIT.BAD_REQUEST"),
    ],
)
@pytest.mark.django_db
def test_api_refuses_with_a_code(client, body: dict[str, object], status: int, code: str) -> None:
    answer = client.post("/api/v1/ask", json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.django_db
@pytest.mark.parametrize("place", ["path", "query", "form", "body"])
def test_a_text_with_the_character_nul_is_refused_wherever_it_stands(client, place) -> None:
    asked = {
        "path": lambda: client.get("/api/v1/x%00y"),
        "query": lambda: client.get("/api/v1/audit?start=1&start=%00"),
        "form": lambda: client.post("/api/v1/ask", {"name": "a\0b"}),
        "body": lambda: client.post("/api/v1/ask", json.dumps({"name": "\0"}), content_type="application/json"),
    }
    answer = asked[place]()
    assert (answer.status_code, answer.json()["code"]) == (400, "KIT.BAD_REQUEST.UNREADABLE")


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.django_db
def test_api_wants_somebody_signed_in(client) -> None:
    answer = client.get("/api/v1/closed")
    assert (answer.status_code, answer.json()["code"]) == (401, "PEOPLE.NOT_SIGNED_IN")


def test_content_policy_forbids_inline_scripts() -> None:
    from django.http import HttpResponse

    from yulin.kit.middleware import ContentPolicyMiddleware

    answer = ContentPolicyMiddleware(lambda _: HttpResponse())(RequestFactory().get("/"))
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy
    assert policy.count("unsafe-inline") == 1


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.django_db
def test_guard_of_pages_guards_routes_too() -> None:
    answer = make_client(Role.AUDITOR).get("/api/v1/audit?start=3")
    assert (answer.status_code, answer.json()) == (200, {"start": 3})
    refused = make_client(Role.BANK_CLERK).get("/api/v1/audit")
    assert (refused.status_code, refused.json()["code"]) == (403, "PEOPLE.NOT_ALLOWED")


def test_pages_are_compressed_and_files_are_not() -> None:
    from django.http import HttpResponse

    from yulin.kit.middleware import CompressionMiddleware

    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    for kind, encoding in (("text/html; charset=utf-8", "gzip"), ("application/pdf", None)):
        answer = CompressionMiddleware(lambda _, kind=kind: HttpResponse("雨林" * 500, content_type=kind))(request)
        assert answer.headers.get("Content-Encoding") == encoding


def test_fault_is_told_even_when_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    from yulin.kit import views

    def away(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(views, "render", away)
    answer = views.fault(RequestFactory().get("/"))
    assert (answer.status_code, "没有写入" in answer.content.decode()) == (500, True)


@pytest.mark.django_db
def test_body_far_beyond_the_limit_is_refused_unread(client, settings) -> None:
    settings.YULIN_UPLOAD_LIMIT_MB = 1
    answer = client.post("/zh-hans/account/login/", CONTENT_LENGTH=str(9 * 1024 * 1024))
    assert (answer.status_code, "KIT.UPLOAD.TOO_LARGE" in answer.content.decode()) == (413, True)
