"""The library of policies at the size of a country: 100,000 policies of ten clauses each, asked through its page.

    python bench/bench_library.py [CORPUS.jsonl QUESTIONS.jsonl]

The clauses are sentences of real texts put together anew; their VECTORS ARE GENERATED, not read by the model, which
would take hours: points about 2,000 centres, so that the nearest ones differ as those of texts do. Questions are real
ones. Eight readers each ask one through the page, with an area and with a state chosen in turn, and wait 250 ms; first
questions that were not asked before, whose vector the model makes, then the same ones with another filter, searched
anew with the vector that is known, then the very same again, which is known whole. The peer is the same page
without a question. One JSON line a figure: words indexed, the index of the vectors built, memory, both askings.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import polars as pl
from instance import YULIN, get, p95, report, running_instance, said_inside

DATA = Path(os.environ.get("YULIN_DATA", "/work/shared/data")) / "retrieval" / "ncpolicies"
POLICIES, CLAUSES = int(os.environ.get("POLICIES", "100000")), 10
CENTRES, DIMENSIONS, AT_ONCE = 2_000, 384, 50_000
CLIENTS, PAUSE_SECONDS, QUESTIONS = 8, 0.25, 25
INDEX_MINUTES, MOST_GIB, CACHED_MS, UNCACHED_MS = 30, 4, 50, 120
AREAS = (
    "",
    "广东",
    "广东/广州",
    "广东/广州/黄埔区",
    "北京",
    "上海",
    "上海/徐汇区",
    "江苏/苏州",
    "浙江/杭州",
    "四川/成都",
)
FILTERS = ({}, {"area": "广东/广州/黄埔区"}, {"state": "open"}, {"area": "北京", "state": "unknown_end"})
FILL = """
from yulin.cli.instance import database_ready
with database_ready():
    import json, time
    from django.db import connection
    from yulin.brain.models import Collection
    from yulin.brain.selectors.texts import LIBRARY
    from yulin.brain.services.texts import index_words
    kept, _ = Collection.objects.get_or_create(name=LIBRARY)
    def copy(cursor, into, file):
        with cursor.copy(into) as lines, open(file, "rb") as parts:
            while part := parts.read(1 << 20):
                lines.write(part)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE made (policy int, number int, start int, stop int, text text)")
        copy(cursor, "COPY made FROM STDIN CSV", {clauses!r})
        cursor.execute('''
            INSERT INTO brain_policy (key) SELECT 'bench:' || lpad(n::text, 7, '0') FROM generate_series(0, {last}) n;
            INSERT INTO brain_policyversion
                (policy_id, number, state, title, document_number, authority, area, audience, domain, url, issued_on,
                 ending, ends_on, amount_fen, parts, text, content_hash, sketch, sure, quotes, defects, place, note,
                 made_by_name, checked_by_name, reason)
            SELECT p.id, 1, 'published', left(said.text, 40), '穗科' || n || '号', '科技局',
                   (%s::text[])[1 + n %% {areas}], (ARRAY['中小企业', '高新技术企业', '园区', ''])[1 + n %% 4], '', '',
                   date '2020-01-01' + n %% 2300, (ARRAY['dated', 'unknown', 'permanent'])[1 + n %% 3],
                   CASE WHEN n %% 3 = 0 THEN date '2024-01-01' + n %% 1500 END, 100 * (1 + n), '[]', said.text,
                   md5(said.text), '{{}}', '{{}}', '{{}}', '{{}}', '', '', 'bench', '', ''
            FROM (SELECT policy AS n, string_agg(text, E'\\n' ORDER BY number) AS text FROM made GROUP BY policy) said
            JOIN brain_policy p ON p.key = 'bench:' || lpad(n::text, 7, '0');
            UPDATE brain_policy p SET current_id = v.id FROM brain_policyversion v WHERE v.policy_id = p.id;
            INSERT INTO brain_textdocument (collection_id, docid, text, is_indexed)
            SELECT %s, 'bench:' || policy || '#' || number, text, false FROM made ORDER BY policy, number;
            INSERT INTO brain_policyclause (version_id, number, part, label, path, heading, start, "end", searched_id)
            SELECT v.id, made.number, 'body', '', '', '', made.start, made.stop, t.id
            FROM made JOIN brain_policy p ON p.key = 'bench:' || lpad(policy::text, 7, '0')
            JOIN brain_policyversion v ON v.policy_id = p.id
            JOIN brain_textdocument t ON t.docid = 'bench:' || policy || '#' || made.number;
            DROP TABLE made;''', [{area_names!r}, kept.pk])
        cursor.execute("ANALYZE")
    start = time.perf_counter()
    indexed = index_words(collection=kept)
    seconds = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM brain_textdocument")
        first = cursor.fetchone()[0]
    import resource
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    said = {{"indexed": indexed, "seconds": seconds, "first": first, "collection": kept.pk, "memory": memory}}
    print(json.dumps(said))
"""
VECTORS = """
from yulin.cli.instance import database_ready
with database_ready():
    import json, time
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX passage_nearest")
        into = 'COPY brain_passage (document_id, collection_id, start, "end", vector) FROM STDIN (FORMAT binary)'
        with cursor.copy(into) as lines, open({file!r}, "rb") as parts:
            while part := parts.read(1 << 20):
                lines.write(part)
        start = time.perf_counter()
        cursor.execute("SET maintenance_work_mem = '2GB'")
        cursor.execute("CREATE INDEX passage_nearest ON brain_passage USING hnsw (vector halfvec_ip_ops)")
        seconds = time.perf_counter() - start
        cursor.execute("ANALYZE")
        cursor.execute("SELECT pg_relation_size('passage_nearest')")
        print(json.dumps({{"seconds": seconds, "bytes": cursor.fetchone()[0]}}))
"""


def main(corpus: Path = DATA / "corpus.jsonl", questions: Path = DATA / "queries.dev.jsonl") -> int:
    if not corpus.exists() or not questions.exists():
        print(f"No texts at {corpus}, or no questions at {questions}", file=sys.stderr)
        return 0
    folder = Path(tempfile.mkdtemp(prefix="yulin-bench-", dir="/tmp"))
    given = os.environ.get("YULIN_HOME")
    os.environ["YULIN_HOME"] = given or str(folder / "home")
    try:
        met = True if given else filled(corpus, folder)
        asked = [json.loads(line)["text"] for line in questions.read_text(encoding="utf-8").splitlines()]
        return 0 if met & searched(asked) else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def filled(corpus: Path, folder: Path) -> bool:
    """Fill the instance, and report how long its indexes took."""
    subprocess.run([YULIN, "prepare"], check=True, stdout=subprocess.DEVNULL)
    write_clauses(corpus, folder / "clauses.csv")
    said = said_inside(
        FILL.format(clauses=str(folder / "clauses.csv"), last=POLICIES - 1, areas=len(AREAS), area_names=list(AREAS))
    )
    many = {"texts": said["indexed"], "memory_mib": round(said["memory"])}
    met = report("words indexed", said["seconds"] / 60, None, unit="min", budget=INDEX_MINUTES, **many)
    write_vectors(folder / "vectors.bin", said["first"], said["collection"])
    built = said_inside(VECTORS.format(file=str(folder / "vectors.bin")))
    size = {"mib": built["bytes"] >> 20, "vectors": "generated"}
    report("index of the vectors built at once", built["seconds"] / 60, None, unit="min", budget=None, **size)
    return met


def write_clauses(corpus: Path, file: Path) -> None:
    """Write ten clauses a policy, each of one to three sentences of the corpus."""
    by = random.Random(11)
    texts = [json.loads(line)["text"] for line in corpus.read_text(encoding="utf-8").splitlines()]
    sentences = [one for text in texts for one in re.findall(r"[^。；\s]{8,120}[。；]", text)]
    rows = []
    for policy in range(POLICIES):
        at = 0
        for number in range(1, CLAUSES + 1):
            said = "".join(by.choices(sentences, k=by.choice((1, 1, 2, 3))))
            rows.append((policy, number, at, at + len(said), said))
            at += len(said) + 1
    pl.DataFrame(rows, orient="row").write_csv(file, include_header=False)


def write_vectors(file: Path, first: int, collection: int) -> None:
    """Write a generated vector for each text, as PostgreSQL copies them."""
    by = np.random.default_rng(11)
    centres = by.normal(size=(CENTRES, DIMENSIONS)) + 2.0  # cosines of the model lie close together
    line = [("fields", ">i2"), ("s1", ">i4"), ("document", ">i8"), ("s2", ">i4"), ("collection", ">i8")]
    line += [("s3", ">i4"), ("start", ">i4"), ("s4", ">i4"), ("end", ">i4"), ("s5", ">i4")]
    line += [("dimensions", ">i2"), ("unused", ">i2"), ("vector", ">f2", (DIMENSIONS,))]
    with file.open("wb") as out:
        out.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for begin in range(0, POLICIES * CLAUSES, AT_ONCE):
            many = min(AT_ONCE, POLICIES * CLAUSES - begin)
            points = centres[by.integers(CENTRES, size=many)] + 0.6 * by.normal(size=(many, DIMENSIONS))
            rows = np.zeros(many, dtype=line)
            rows["fields"], rows["s1"], rows["s2"], rows["s3"], rows["s4"] = 5, 8, 8, 4, 4
            rows["s5"], rows["dimensions"] = 4 + 2 * DIMENSIONS, DIMENSIONS
            rows["document"], rows["collection"] = first + begin + np.arange(many), collection
            rows["end"], rows["vector"] = 40, points / np.linalg.norm(points, axis=1, keepdims=True)
            out.write(rows.tobytes())
        out.write(b"\xff\xff")


def searched(questions: list[str]) -> bool:
    """Ask through the page, and report."""
    with running_instance() as port:
        readers(port, questions[-CLIENTS * 4 :])  # the model is loaded, pages are in memory
        plain = readers(port, [""] * (CLIENTS * QUESTIONS))
        first = readers(port, questions[: CLIENTS * QUESTIONS])
        vectored = [one for turn in (1, 2) for one in readers(port, questions[: CLIENTS * QUESTIONS], turn)]
        again = [one for _ in range(2) for one in readers(port, questions[: CLIENTS * QUESTIONS])]
        memory = memory_of(Path(os.environ["YULIN_HOME"]))
    peer = ("the same page without a question", p95(plain))
    name = f"search of {POLICIES * CLAUSES:,} clauses by its page, p95, {CLIENTS} readers pausing 250 ms"
    more = {"median": round(statistics.median(first), 1), "asked": len(first)}
    met = report(f"{name}: new questions", p95(first), peer, unit="ms", budget=UNCACHED_MS, **more)
    for words, taken in (("the same with another filter", vectored), ("the same again", again)):
        more = {"median": round(statistics.median(taken), 1), "asked": len(taken)}
        met &= report(f"{name}: {words}", p95(taken), peer, unit="ms", budget=CACHED_MS, **more)
    return met & report("memory of all its processes", memory, None, unit="GiB", budget=MOST_GIB)


def readers(port: int, questions: list[str], turn: int = 0) -> list[float]:
    """Return the milliseconds of each answer; each turn asks with other filters."""
    taken: list[float] = []
    failed: list[int] = []

    def read(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port)
        for at, question in enumerate(questions[number::CLIENTS]):
            said = {"q": question, **FILTERS[(at + number + turn) % len(FILTERS)]}
            start = time.perf_counter()
            status, _ = get(connection, f"/zh-hans/policies/?{urlencode(said)}")
            taken.append((time.perf_counter() - start) * 1000)
            failed.extend([status] if status != 200 else [])
            time.sleep(PAUSE_SECONDS)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise SystemExit(f"status {failed[0]}, expected 200")
    return taken


def memory_of(home: Path) -> float:
    """Return the GiB that the instance's processes hold for themselves, what they share counted once among them."""
    held = 0
    for one in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = str(home).encode() in (one / "environ").read_bytes() + (one / "cmdline").read_bytes()
            is_ours |= str(home) in str((one / "cwd").readlink())
            shares = re.search(r"^Pss:\s+(\d+)", (one / "smaps_rollup").read_text(), re.MULTILINE)
        except OSError:
            continue
        held += int(shares[1]) if is_ours and shares and int(one.name) != os.getpid() else 0
    return held / (1 << 20)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
