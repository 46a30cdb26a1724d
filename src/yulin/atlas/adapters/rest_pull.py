"""A source behind a REST API pulled page by page into a file that is then taken in like any other.

What the contract says (`pull:`) is only the shape: where the rows lie, which parameter names the page, how many rows a
page has. The address and the bearer token come from whoever runs it: no contract holds a secret. A page that fails for
a reason that passes (connection, 429, 5xx) is asked again, with longer and longer waits; what was pulled stays, and the
next run goes on behind it. What has not changed since the last whole pull (ETag of the first page) is not pulled again.

Invariant: the file appears whole or not at all; a page is in it once.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from yulin.atlas.core.contracts import PullShape
from yulin.atlas.errors import SourcePullError
from yulin.base.text import Text

MOST_TRIES, FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 5, 0.5, 60.0
_TIMEOUT_SECONDS, _LARGEST_PAGE, _MOST_PAGES = 60, 64 << 20, 100_000
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Endpoint:
    """Where a source answers, and the bearer token that it asks for, if any."""

    url: str
    token: str = ""


@dataclass(frozen=True)
class Pulled:
    """What became of a pull: the file (None where nothing has changed), how many pages and rows are in it."""

    path: Path | None
    pages: int
    rows: int


def pull(endpoint: Endpoint, shape: PullShape, folder: Path, wait: Callable[[float], None] = time.sleep) -> Pulled:
    """Pull every page into a file of JSON lines in a folder of the source. **Raises**: `ATLAS.SOURCE.PULL`."""
    if urlsplit(endpoint.url).scheme not in {"http", "https"}:
        raise _refused(endpoint, Text("地址须以http或https开头", "the address begins with http or https"))
    folder.mkdir(parents=True, exist_ok=True)
    state_file, part = folder / "state.json", folder / "pulling.jsonl"
    state = json.loads(state_file.read_text()) if state_file.exists() else {}
    page = state.get("next_page", 1) if part.exists() else 1
    rows, etag = (state.get("rows", 0), state.get("pulling_etag", "")) if page > 1 else (0, "")
    if page > 1:  # a page that was written when the run was cut off, but not noted, is cut away
        _cut(part, state["size"])
    else:
        part.write_bytes(b"")
    while page <= _MOST_PAGES:
        known = state.get("etag", "") if page == 1 else ""
        found, tag = _page(endpoint, shape, page, known, wait)
        if found is None:
            part.unlink()
            return Pulled(None, 0, 0)
        etag = tag if page == 1 else etag
        with part.open("ab") as out:
            out.writelines(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in found)
        rows += len(found)
        if len(found) < shape.page_rows:
            break
        page += 1
        _note(state_file, state | {"next_page": page, "rows": rows, "pulling_etag": etag, "size": part.stat().st_size})
    whole = folder / "pulled.jsonl"
    part.replace(whole)
    _note(state_file, {"etag": etag})
    return Pulled(whole, page, rows)


def forget_pulled(folder: Path) -> None:
    """Let the next pull of a source begin anew: what was pulled could not be taken in."""
    (folder / "state.json").unlink(missing_ok=True)


def _cut(part: Path, size: int) -> None:
    with part.open("r+b") as out:
        out.truncate(size)


def _note(state_file: Path, state: dict[str, Any]) -> None:
    unfinished = state_file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(state))
    unfinished.replace(state_file)


def _page(
    endpoint: Endpoint, shape: PullShape, page: int, etag: str, wait: Callable[[float], None]
) -> tuple[list[Any] | None, str]:
    """Return a page's rows and its ETag; None for the rows where it has not changed."""
    joint = "&" if urlsplit(endpoint.url).query else "?"
    asked = endpoint.url + joint + urlencode({shape.page_parameter: page, shape.size_parameter: shape.page_rows})
    headers = {"Accept": "application/json"}
    headers |= {"Authorization": f"Bearer {endpoint.token}"} if endpoint.token else {}
    headers |= {"If-None-Match": etag} if etag else {}
    seconds = FIRST_WAIT_SECONDS
    for tries_left in reversed(range(MOST_TRIES)):
        try:
            with urlopen(Request(asked, headers=headers), timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - http(s) only
                return _rows(endpoint, shape, page, answer.read(_LARGEST_PAGE + 1)), answer.headers.get("ETag", "")
        except HTTPError as error:
            error.close()
            if error.code == HTTPStatus.NOT_MODIFIED and etag:
                return None, etag
            if error.code not in _PASSING or not tries_left:
                why = Text("第%(page)s页：对方回复%(code)s", "page %(page)s: it answered %(code)s")
                raise _refused(endpoint, why.with_values(page=page, code=error.code)) from error
            told = error.headers.get("Retry-After", "")
            wait(min(float(told), LONGEST_WAIT_SECONDS) if told.isdecimal() else seconds)
        except (URLError, OSError) as error:
            if not tries_left:
                why = Text("第%(page)s页：无法连接（%(why)s）", "page %(page)s: no connection (%(why)s)")
                raise _refused(endpoint, why.with_values(page=page, why=str(error)[:120])) from error
            wait(seconds)
        seconds *= 2
    raise AssertionError


def _rows(endpoint: Endpoint, shape: PullShape, page: int, body: bytes) -> list[Any]:
    """Return the rows of a page's body. **Raises**: `ATLAS.SOURCE.PULL` where it is too large or of another shape."""
    try:
        found = json.loads(body) if len(body) <= _LARGEST_PAGE else None
    except (ValueError, RecursionError):
        found = None
    for key in filter(None, shape.rows_at.split(".")):
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, list):
        why = Text("第%(page)s页：%(at)s处不是列表", "page %(page)s: no list stands at %(at)s")
        raise _refused(endpoint, why.with_values(page=page, at=shape.rows_at or "/"))
    return found


def _refused(endpoint: Endpoint, why: Text) -> SourcePullError:
    parts = urlsplit(endpoint.url)
    return SourcePullError(address=f"{parts.scheme}://{parts.hostname or ''}{parts.path}", why=why)
