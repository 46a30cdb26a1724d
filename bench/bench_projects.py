"""Approved projects: lists of 5,000 taken in, found by words, and compared with a proposal.

    python bench/bench_projects.py [CORPUS.jsonl]

The projects are made up: their titles and abstracts are sentences of real texts put together anew, their units and
people are named after nobody. Four lists are taken in one after the other; the last one counts, as every index is the
slower to write the more it holds. Then the list is narrowed by one common character, a pair and a longer word (count,
sums and first page together, as the page asks for them), and proposals that borrow a third of an abstract are compared
with all. Peers in the same run: a table of the same texts with the trigram index of `pg_trgm`, filled by COPY and asked
by LIKE; `rapidfuzz.fuzz.partial_ratio` of each proposal's text over all abstracts, where it is installed.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from instance import YULIN, report, said_inside

DATA = Path(os.environ.get("YULIN_DATA", "/work/shared/data")) / "retrieval" / "ncpolicies" / "corpus.jsonl"
LISTS, ROWS, PROPOSALS, ABSTRACT = 4, 5_000, 40, 300
IMPORT_SECONDS, SEARCH_MS, OVERLAP_MS = 5, 200, 300
WORDS = {"one common character": "业", "a pair": "企业", "a word of four": "疫情防控", "what none holds": "示例无"}
ASK = """
from yulin.cli.instance import database_ready
with database_ready():
    import json, os, time
    from importlib.util import find_spec
    from pathlib import Path
    from django.db import connection
    from yulin.brain.core.overlap import Work
    from yulin.brain.selectors import projects as reads
    from yulin.brain.selectors.overlap import overlaps_of
    from yulin.brain.services.projects import take_in_projects
    from yulin.people.core.actors import SYSTEM_ACTOR

    def took(work):
        began = time.perf_counter()
        found = work()
        return time.perf_counter() - began, found

    lists = [Path(one) for one in {lists!r}]
    imports = []
    for one in lists:
        spent = time.process_time()
        wall, taken = took(lambda: take_in_projects(actor=SYSTEM_ACTOR, name=one.name, content=one.read_bytes()))
        assert taken.file.report["new"] == {rows}, taken.file.report
        imports.append([wall, time.process_time() - spent])
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE plain (id bigint, words text)")
        cursor.execute("CREATE INDEX ON plain USING gin (words gin_trgm_ops)")
        fill = "INSERT INTO plain SELECT id, words FROM brain_approvedproject WHERE file_id = %s"
        loads = []
        for number in sorted(reads.projects().values_list("file_id", flat=True).order_by().distinct()):
            loads.append(took(lambda: cursor.execute(fill, [number]))[0])
        cursor.execute("ANALYZE plain; ANALYZE brain_approvedproject")

        def asked(said):
            rows = reads.with_words(reads.projects(), said)
            return rows.count(), reads.totals(rows), list(rows.order_by("-year", "-pk")[:50])

        def plainly(said):
            cursor.execute("SELECT count(*) FROM plain WHERE words LIKE %s", ["%" + said + "%"])
            return cursor.fetchone()[0]

        searches = {{}}
        for name, said in {words!r}.items():
            ours = sorted(took(lambda: asked(said))[0] for _ in range(9))
            theirs = sorted(took(lambda: plainly(said))[0] for _ in range(9))
            assert asked(said)[0] == plainly(said), said
            searches[name] = [ours[4], theirs[4], plainly(said)]
    proposals = json.loads(Path({proposals!r}).read_text(encoding="utf-8"))
    overlaps, found, fuzzy = [], 0, []
    for title, text, number in proposals:
        wall, said = took(lambda: overlaps_of(Work("", title, text, "", "", (), "", None, None)))
        overlaps.append(wall)
        found += any(one.project.number == number for one in said.near)
    if find_spec("rapidfuzz"):
        from rapidfuzz import fuzz, process
        abstracts = list(reads.projects().values_list("abstract", flat=True))
        for _, text, _ in proposals[:3]:
            fuzzy.append(took(lambda: process.extract(text, abstracts, scorer=fuzz.partial_ratio, limit=80))[0])
    print(json.dumps({{"imports": imports, "loads": loads, "searches": searches, "overlaps": sorted(overlaps),
                       "found": found, "fuzzy": sorted(fuzzy)}}))
"""


def main(corpus: Path = DATA) -> int:
    """Measure in a throw-away instance, or in that of `YULIN_HOME`; return 1 where a budget is passed."""
    given = os.environ.get("YULIN_HOME")
    home = given or tempfile.mkdtemp(prefix="yulin-bench-", dir="/tmp")
    os.environ["YULIN_HOME"] = home
    folder = Path(tempfile.mkdtemp(prefix="yulin-projects-", dir="/tmp"))
    try:
        if not given:
            subprocess.run([YULIN, "prepare"], check=True, stdout=subprocess.DEVNULL)
        lists, proposals = written(corpus, folder)
        said = said_inside(ASK.format(lists=lists, rows=ROWS, words=WORDS, proposals=str(proposals)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if not given:
            shutil.rmtree(home, ignore_errors=True)
    return 0 if all(reported(said)) else 1


def reported(said: dict[str, list[float]]) -> list[bool]:
    """Say each figure beside its peer; return which budgets are met."""
    busy = f"{os.getloadavg()[0]:.1f}"
    wall, spent = said["imports"][-1]
    plain = ("the same texts into a table with a trigram index of pg_trgm", said["loads"][-1])
    met = [
        report(f"{ROWS} projects taken in, {(LISTS - 1) * ROWS} there", wall, plain, unit="s", budget=IMPORT_SECONDS,
               processor=round(spent, 2), first=round(said["imports"][0][0], 2), load=busy)
    ]  # fmt: skip
    for name, (ours, theirs, hits) in said["searches"].items():
        peer = ("its count by LIKE with pg_trgm", theirs * 1000)
        title = f"projects narrowed by {name}: count, sums, first page, median"
        met.append(report(title, ours * 1000, peer, unit="ms", budget=SEARCH_MS, hits=hits, load=busy))
    overlaps, fuzzy = said["overlaps"], said["fuzzy"]
    peer = ("rapidfuzz partial_ratio over all abstracts", fuzzy[len(fuzzy) // 2] * 1000) if fuzzy else None
    slow = overlaps[int(len(overlaps) * 0.95)] * 1000
    title = f"overlap check of a proposal that borrows 100 characters, p95 of {len(overlaps)}"
    met.append(report(title, slow, peer, unit="ms", budget=OVERLAP_MS, load=busy))
    met.append(report("proposals whose source is found", said["found"] / len(overlaps), None, unit="found", budget=1.0))
    return met


def written(corpus: Path, folder: Path) -> tuple[list[str], Path]:
    """Write the lists and the proposals; return where they are."""
    texts = [json.loads(line)["text"] for line in corpus.read_text(encoding="utf-8").splitlines()]
    parts = [part for text in texts for part in re.findall(r"[\u4e00-\u9fa5]{4,24}", text)]
    dice = random.Random(7)
    heads = [
        "项目编号",
        "项目名称",
        "计划类别",
        "年度",
        "立项金额（万元）",
        "承担单位",
        "负责人",
        "成员",
        "状态",
        "项目简介",
    ]
    lists, proposals = [], []
    for number in range(LISTS):
        sheet = io.StringIO()
        rows = csv.writer(sheet)
        rows.writerow(heads)
        for row in range(number * ROWS, (number + 1) * ROWS):
            abstract = _said(dice, parts, ABSTRACT)
            title = f"示例{_said(dice, parts, 14)}研究"
            rows.writerow([f"K{row:06}", title, f"示例专项{row % 12}", 2015 + row % 8, row % 90 + 10,
                           f"示例{_said(dice, parts, 6)}有限公司", f"示例{row % 997}", f"示例{row % 991}", "在研",
                           abstract])  # fmt: skip
            if row % (LISTS * ROWS // PROPOSALS) == 0:
                borrowed = abstract[80:180]
                text = f"{_said(dice, parts, 150)}。{borrowed}。{_said(dice, parts, 50)}。"
                proposals.append([f"示例{_said(dice, parts, 16)}", text, f"K{row:06}"])
        file = folder / f"list{number}.csv"
        file.write_text(sheet.getvalue(), encoding="utf-8")
        lists.append(str(file))
    place = folder / "proposals.json"
    place.write_text(json.dumps(proposals, ensure_ascii=False), encoding="utf-8")
    return lists, place


def _said(dice: random.Random, parts: list[str], length: int) -> str:
    """Return so many characters of parts of real sentences put together anew."""
    said = ""
    while len(said) < length:
        said += dice.choice(parts)
    return said[:length]


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
