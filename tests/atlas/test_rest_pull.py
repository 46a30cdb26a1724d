"""Pulling a source from a real local server: pages, retries, going on where a run was cut off, nothing pulled twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from yulin.atlas.adapters.rest_pull import Endpoint, pull
from yulin.atlas.core.contracts import PullShape
from yulin.atlas.errors import SourcePullError
from yulin.atlas.models import Particular
from yulin.base.errors import InputShapeError
from yulin.base.ids import make_uscc
from yulin.cli.atlas_sources import pull_source

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
