"""Any page of the demo book as its people use it: 50 of them signed in, each opening a page and reading it for 5 s.

    python bench/bench_pages.py                # a throw-away instance with the demo book
    YULIN_HOME=… python bench/bench_pages.py   # the instance of that folder

Every page is opened once; then each person walks what the home of a role links to and the first line of each list.
Prints one JSON line, with the medians of the slowest kinds of page. The peer is the page that says how accessible Yulin
is, asked at the same pace in the same run: the shell of a page with nothing in it.
"""

from __future__ import annotations

import itertools
import random
import re
import statistics
import threading
import time
from collections import defaultdict
from html import unescape
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from urllib.parse import urlencode

from instance import p95, report, running_instance

PEOPLE = 50
READING_SECONDS = 5.0
ROUND_SECONDS = 120
PEER_SECONDS = 30
BUDGET_MS = 150
SLOWEST = 5
PEER = "/zh-hans/accessibility/"
_FORM = re.compile(r'<form method="post">(.*?)</form>', re.DOTALL)
_FIELD = re.compile(r'name="([^"]+)" value="([^"]*)"')
_ROLE = re.compile(r'aria-label="[^"]*（([^）"]+)）')
_LINK = re.compile(r'<a\b[^>]*?href="([^"#]+)"')
_MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
_FIRST_LIST = re.compile(r"<tbody.*?</tbody>", re.DOTALL)
_KIND = re.compile(r"\d[\w-]*|GZ[\w-]+|\?.*")


class Person:
    """One signed-in person: a connection, its cookies and the pages that the person's role reaches."""

    def __init__(self, port: int, number: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.language = ("zh-hans", "en")[number % 2]
        self.role = self._sign_in(number // 2)

    def ask(self, path: str, form: str | None = None) -> tuple[int, str, str]:
        """Return the status, the kind and the text of a page; cookies are kept."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            answer = self._answer(path, form, headers)
        except (ConnectionError, RemoteDisconnected):  # a server may close a connection that stood idle
            self.connection.close()
            answer = self._answer(path, form, headers)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer.status, answer.headers.get_content_type(), answer.read().decode("utf-8", "replace")

    def _answer(self, path: str, form: str | None, headers: dict[str, str]) -> HTTPResponse:
        self.connection.request("GET" if form is None else "POST", path, form, headers)
        return self.connection.getresponse()

    def reachable(self) -> list[str]:
        """Return home, every page that it links to, and the first line of each list there."""
        home = f"/{self.language}/home/"
        found = dict.fromkeys([home, *self._links(home)])
        for path in list(found):
            found |= dict.fromkeys(self._links(path, _MAIN, _FIRST_LIST)[:1])
        return [path for path in found if self.ask(path)[:2] == (200, "text/html")]

    def _sign_in(self, turn: int) -> str:
        page = self.ask("/zh-hans/demo/")[2]
        by_role = {role[1]: form for form in _FORM.findall(page) if (role := _ROLE.search(form))}
        role, form = list(by_role.items())[turn % len(by_role)]
        status, _, _ = self.ask("/zh-hans/demo/", urlencode(_FIELD.findall(form)))
        if status != 302:
            raise SystemExit(f"signing in answered {status}")
        return role

    def _links(self, path: str, *within: re.Pattern[str]) -> list[str]:
        text = self.ask(path)[2]
        for part in within:
            match = part.search(text)
            text = match[0] if match else ""
        links = (unescape(link) for link in _LINK.findall(text))
        return [link for link in links if link.startswith(f"/{self.language}/") and "/account/" not in link]


def read(person: Person, paths: list[str], seconds: float, taken: dict[str, list[float]], failed: list[str]) -> None:
    """Open the person's pages one after the other, each read for some seconds, and keep how long each took to come."""
    end = time.monotonic() + seconds
    time.sleep(random.Random(id(person)).uniform(0, READING_SECONDS))
    for path in itertools.cycle(paths):
        if time.monotonic() >= end or failed:
            return
        start = time.perf_counter()
        status = person.ask(path)[0]
        if status != 200:
            failed.append(f"{path} answered {status}")
        taken[_KIND.sub("#", path.split("/", 2)[2])].append((time.perf_counter() - start) * 1000)
        time.sleep(READING_SECONDS)


def all_read(walks: list[tuple[Person, list[str]]], seconds: float) -> dict[str, list[float]]:
    """Return the milliseconds of every page, by its kind, while all read side by side, each from another page on."""
    taken: dict[str, list[float]] = defaultdict(list)
    failed: list[str] = []
    threads = []
    for number, (person, paths) in enumerate(walks):
        turn = number * 7 % len(paths)
        way = paths[turn:] + paths[:turn]
        threads.append(threading.Thread(target=read, args=(person, way, seconds, taken, failed)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise SystemExit(failed[0])
    return taken


def main() -> int:
    """Measure, print, and return 1 where the budget is passed."""
    with running_instance() as port:
        people = [Person(port, number) for number in range(PEOPLE)]
        pages = {key: first.reachable() for key, first in {(one.role, one.language): one for one in people}.items()}
        taken = all_read([(one, pages[one.role, one.language]) for one in people], ROUND_SECONDS)
        shell = [each for kind in all_read([(one, [PEER]) for one in people], PEER_SECONDS).values() for each in kind]
    every = [one for kind in taken.values() for one in kind]
    middle = {kind: round(statistics.median(each)) for kind, each in taken.items()}
    slowest = dict(sorted(middle.items(), key=lambda pair: -pair[1])[:SLOWEST])
    peer = ("the page on accessibility, asked at the same pace", p95(shell))
    name = f"any page of the demo book, p95, {PEOPLE} people reading {READING_SECONDS:.0f} s"
    more = {"asked": len(every), "kinds": len(taken), "median": round(statistics.median(every), 1), "slowest": slowest}
    return int(not report(name, p95(every), peer, unit="ms", budget=BUDGET_MS, **more))


if __name__ == "__main__":
    raise SystemExit(main())
