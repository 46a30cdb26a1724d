"""Pulling a source from a real local server: pages, retries, going on where a run was cut off, nothing pulled twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.factories.people import make_client, make_demo_book, make_organisation

from yulin.atlas.adapters.pull_plans import PullPlan, pull_plans
from yulin.atlas.adapters.rest_pull import Endpoint, pull
from yulin.atlas.core.contracts import PullShape
from yulin.atlas.errors import SourcePullError
from yulin.atlas.errors.lake import PullPlanError
from yulin.atlas.models import Particular, SourcePull
from yulin.atlas.services.pulling import pull_by_clock, queue_due_pulls
from yulin.base.errors import InputShapeError
from yulin.base.ids import make_uscc
from yulin.cli.atlas_sources import pull_source, pulls_told
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Notice

SHAPE = PullShape("data.items", "page", "size", 2)
ROWS = [{"n": n} for n in range(5)]


class Server:
    """A source's API: rows by page, an ETag, faults by page as often as told, and what it was asked."""

    def __init__(self) -> None:
        self.faults: dict[int, list[int]] = {}
        self.asked: list[tuple[int, str, str]] = []
        self.body: Any = None
        self.etag = '"v1"'
        owner = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = int(parse_qs(urlsplit(self.path).query)["page"][0])
                tag = self.headers.get("If-None-Match", "")
                owner.asked.append((page, self.headers.get("Authorization", ""), tag))
                faults = owner.faults.get(page, [])
                status = faults.pop(0) if faults else 304 if tag == owner.etag else 200
                self.send_response(status)
                if status == 429:
                    self.send_header("Retry-After", "7")
                self.send_header("ETag", owner.etag)
                self.end_headers()
                if status == 200:
                    found = {"data": {"items": ROWS[2 * page - 2 : 2 * page]}}
                    self.wfile.write(json.dumps(found if owner.body is None else owner.body).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        Thread(target=self.http.serve_forever, daemon=True).start()
        self.endpoint = Endpoint(f"http://127.0.0.1:{self.http.server_port}/firms", "secret")

    @property
    def pages(self) -> list[int]:
        return [page for page, _, _ in self.asked]


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


def read(path: Path | None) -> list[Any]:
    assert path is not None
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_page_is_pulled_once_with_the_token(server: Server, tmp_path: Path) -> None:
    found = pull(server.endpoint, SHAPE, tmp_path)
    assert (read(found.path), found.pages, found.rows) == (ROWS, 3, 5)
    assert server.asked == [(page, "Bearer secret", "") for page in (1, 2, 3)]


def test_a_fault_that_passes_is_asked_again_after_the_wait_that_is_asked_for(server: Server, tmp_path: Path) -> None:
    server.faults = {2: [503, 429]}
    waits: list[float] = []
    assert read(pull(server.endpoint, SHAPE, tmp_path, waits.append).path) == ROWS
    assert waits == [0.5, 7.0]
    assert server.pages == [1, 2, 2, 2, 3]


def test_a_run_that_was_cut_off_goes_on_behind_what_it_has(server: Server, tmp_path: Path) -> None:
    server.faults = {3: [500] * 5}
    with pytest.raises(SourcePullError) as refused:
        pull(server.endpoint, SHAPE, tmp_path, lambda _: None)
    assert "page 3: it answered 500" in json.dumps(refused.value.envelope("en"))
    assert not (tmp_path / "pulled.jsonl").exists()
    with (tmp_path / "pulling.jsonl").open("ab") as torn:
        torn.write(b'{"n": 4}\n{"n"')
    server.asked.clear()
    assert read(pull(server.endpoint, SHAPE, tmp_path).path) == ROWS
    assert server.pages == [3]


def test_what_has_not_changed_is_not_pulled_again(server: Server, tmp_path: Path) -> None:
    pull(server.endpoint, SHAPE, tmp_path)
    server.asked.clear()
    again = pull(server.endpoint, SHAPE, tmp_path)
    assert (again.path, again.rows) == (None, 0)
    assert server.asked == [(1, "Bearer secret", '"v1"')]
    server.etag = '"v2"'
    assert read(pull(server.endpoint, SHAPE, tmp_path).path) == ROWS


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_is_not_asked_again_and_the_token_is_not_said(server: Server, tmp_path: Path, status: int) -> None:
    server.faults = {1: [status]}
    with pytest.raises(SourcePullError) as refused:
        pull(server.endpoint, SHAPE, tmp_path)
    assert server.pages == [1]
    assert "secret" not in json.dumps(refused.value.envelope("en"))


@pytest.mark.parametrize("body", [[], {"data": {}}, {"data": {"items": {}}}, "x"])
def test_an_answer_of_another_shape_is_refused(server: Server, tmp_path: Path, body: Any) -> None:
    server.body = body
    with pytest.raises(SourcePullError, match=r"data\.items"):
        pull(server.endpoint, SHAPE, tmp_path)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://host/x", "http://127.0.0.1:1/x"])
def test_an_address_that_is_none_or_answers_not_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(SourcePullError):
        pull(Endpoint(url), SHAPE, tmp_path, lambda _: None)


@pytest.mark.django_db
def test_a_source_is_pulled_and_taken_in_once(server: Server, tmp_path: Path, settings: Any) -> None:
    settings.YULIN_HOME = tmp_path / "home"
    code = make_uscc("440112", 81)
    server.body = {"data": {"items": [{"统一社会信用代码": code, "月份": "2021-12", "参保人数": 41}]}}
    first = pull_source("social-security", server.endpoint.url, "secret")
    assert (first["is_new"], first["pages"], first["taken"]) == (True, 1, 1)
    assert Particular.objects.get().value == {"month": "2021-12", "insured_count": 41}
    assert pull_source("social-security", server.endpoint.url, "secret")["is_new"] is False
    with pytest.raises(InputShapeError):
        pull_source("holdings", server.endpoint.url)
    assert Particular.objects.count() == 1


INSURED = {"统一社会信用代码": make_uscc("440112", 81), "月份": "2021-12", "参保人数": 41}


@pytest.fixture
def planned(server: Server, tmp_path: Path, settings: Any) -> Server:
    """One source that the clock pulls from the server."""
    settings.YULIN_HOME = tmp_path / "home"
    settings.YULIN_PULLS = str(tmp_path / "pulls.yaml")
    (tmp_path / "token").write_text("secret\n")
    plan = f'social-security: {{url: "{server.endpoint.url}", token_file: "{tmp_path}/token"}}\n'
    (tmp_path / "pulls.yaml").write_text(plan)
    make_demo_book()
    make_organisation(OrganisationKind.AUTHORITY)
    server.body = {"data": {"items": [INSURED]}}
    return server


def by_clock() -> SourcePull | None:
    return pull_by_clock(actor=SYSTEM_ACTOR, source="social-security")


@pytest.mark.django_db
def test_a_source_is_pulled_by_the_clock_when_its_term_has_come_and_not_before(planned: Server) -> None:
    assert queue_due_pulls() == ["social-security"]
    made = by_clock()
    assert made is not None
    assert (made.outcome, made.rows, Particular.objects.count()) == ("taken", 1, 1)
    assert planned.asked[0][1] == "Bearer secret"
    assert queue_due_pulls() == []
    assert by_clock() is None  # a second worker finds it done
    [told] = pulls_told()
    assert (told["outcome"], told["failures"], told["schedule"]) == ("taken", 0, "monthly")
    assert made.ended_at + timedelta(days=27) < datetime.fromisoformat(told["next_at"])


@pytest.mark.django_db
def test_a_failure_is_told_once_waited_on_longer_and_settled_by_success(
    planned: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = datetime.now(UTC)
    waits = []
    for at in range(3):
        planned.faults = {1: [404]}
        monkeypatch.setattr("yulin.kit.clock.now", lambda at=at: start + timedelta(hours=at))
        failed = by_clock()
        assert failed is not None
        assert (failed.outcome, failed.code) == ("failed", "ATLAS.SOURCE.PULL")
        [told] = pulls_told()
        waits.append((datetime.fromisoformat(told["next_at"]) - failed.ended_at, told["failures"]))
        assert by_clock() is None
    quarter = timedelta(minutes=15)
    assert waits == [(quarter, 1), (2 * quarter, 2), (4 * quarter, 3)]
    told = Notice.objects.filter(kind="atlas.source", about=f"pull-of:{failed.source_id}")
    assert [one.done_on for one in told] == [None]
    page = make_client(Role.AUTHORITY_OFFICER).get("/en/sources/social-security/").content.decode()
    assert all(said in page for said in ("Last pulled", "Failed", "it answered 404", "3 in a row", "Next pull"))
    planned.faults = {}
    monkeypatch.setattr("yulin.kit.clock.now", lambda: start + timedelta(hours=9))
    done = by_clock()
    assert done is not None
    assert done.outcome == "taken"
    assert [one.done_on is None for one in told.all()] == [False]


@pytest.mark.django_db
def test_what_was_pulled_but_refused_is_pulled_anew_though_nothing_has_changed_there(
    planned: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned.body = {"data": {"items": [{"月份": "2021-12"}]}}  # lacks the code and the count
    refused = by_clock()
    assert refused is not None
    assert (refused.outcome, refused.code) == ("failed", "ATLAS.SOURCE.DRIFT")
    planned.body = {"data": {"items": [INSURED]}}  # mended under the same ETag
    later = datetime.now(UTC) + timedelta(hours=1)
    monkeypatch.setattr("yulin.kit.clock.now", lambda: later)
    again = by_clock()
    assert again is not None
    assert (again.outcome, Particular.objects.count()) == ("taken", 1)


@pytest.mark.parametrize(
    "text", ["- a\n", "x: {token_file: a}\n", "x: {url: 7}\n", "x: {url: a, token: b}\n", "x: {url: [\n"]
)
def test_a_plan_that_cannot_be_understood_is_refused(tmp_path: Path, settings: Any, text: str) -> None:
    settings.YULIN_PULLS = str(tmp_path / "pulls.yaml")
    assert pull_plans() == []
    (tmp_path / "pulls.yaml").write_text(text)
    with pytest.raises(PullPlanError):
        pull_plans()


def test_a_token_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PullPlanError):
        PullPlan("x", "http://127.0.0.1/", str(tmp_path / "none")).endpoint()
