"""Real documents read into policies: recall per field on a sample checked by eye, and questions put to the guide.

    python bench/bench_policies.py [--meaning] [GUIDE.pdf] [CRAWL.json]

The guide is taken into a throw-away instance, or into that of `YULIN_HOME`, by words alone; with `--meaning` its
clauses get their vectors first (minutes). Prints JSON. A field counts
as found where its value is exactly that of the sample (texts: their first and last characters); as invented where the
sample has none and one was read. A question counts as answered where the clause is the right one.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from instance import YULIN, said_inside
from ruamel.yaml import YAML

DATA = Path(os.environ.get("YULIN_DATA", "/work/shared/data")) / "policies"
SAMPLE = Path(__file__).with_name("policy_cards_sample.yaml")
QUESTIONS = Path(__file__).with_name("policy_questions.yaml")
ASK = """
from yulin.cli.instance import book_ready
with book_ready():
    import json, sys
    from yulin.brain.selectors.library import library, search_library
    from yulin.kit.clock import business_date
    today = business_date()
    rows = library(today).filter(key__startswith={source!r} + ":")
    said = []
    for question in {questions!r}:
        found = search_library(question, rows, today)
        first = [
            [hit.policy.key.partition(":")[2], "".join(text for text, _ in one.pieces),
             hit.version.text[one.clause.start:one.clause.end], round(one.evidence, 2)]
            for hit in found.hits for one in hit.clauses
        ]
        said.append([question, found.is_known, first[:5], found.by_meaning])
    print(json.dumps(said))
"""
TEXTS = ("purpose", "basis", "audience", "operations", "conditions", "process")
FACTS = ("pages", "authority", "document_number", "issued_on", "amount_wan", "opens_on", "ends_on")


def said_by(one: Any) -> dict[str, Any]:
    """Return what was read of a policy in the sample's words."""
    parts = dict(one.parts)
    contact = re.findall(r"\d{5,}", parts.get("contact", ""))
    said = {
        "pages": one.place,
        "authority": one.authority,
        "document_number": one.document_number,
        "issued_on": str(one.issued_on or ""),
        "amount_wan": one.amount_fen and one.amount_fen // 1_000_000,
        "opens_on": str(one.terms.opens_on or ""),
        "ends_on": str(one.terms.ends_on or ""),
        "phones": contact,
    }
    return said | {name: parts.get(name, "") for name in TEXTS}


def is_found(name: str, wanted: Any, found: Any) -> bool:
    if name in TEXTS:
        return bool(found) and found.startswith(wanted[0]) and found.endswith(wanted[1])
    return bool(found == wanted)


def recall(readings: list[Any]) -> dict[str, Any]:
    sample = YAML(typ="safe").load(SAMPLE.read_text(encoding="utf-8"))
    wanted_of, found_of, invented, missed = Counter(), Counter(), Counter(), []
    for row in sample:
        said = said_by(readings[row["card"] - 1])
        for name in (*FACTS, "phones", *TEXTS):
            wanted = row.get(name)
            if wanted is None:
                invented[name] += bool(said[name])
                continue
            wanted_of[name] += 1
            if is_found(name, wanted, said[name]):
                found_of[name] += 1
            else:
                missed.append([row["card"], name, wanted, str(said[name])[:40]])
    return {
        "cards": len(sample),
        "recall": {name: f"{found_of[name]}/{wanted_of[name]}" for name in wanted_of},
        "invented": {name: count for name, count in invented.items() if count},
        "missed": missed,
    }


def answers(guide: Path, *, has_meaning: bool) -> dict[str, Any]:
    """Put the questions to the guide: how many are answered by the right clause, how many rightly "not known"."""
    asked = YAML(typ="safe").load(QUESTIONS.read_text(encoding="utf-8"))
    known, unknown = asked["answered"], asked["not_answered"]
    given = os.environ.get("YULIN_HOME")
    home = given or tempfile.mkdtemp(prefix="yulin-bench-", dir="/tmp")
    os.environ["YULIN_HOME"] = home
    try:
        if not given:
            subprocess.run([YULIN, "prepare"], check=True, stdout=subprocess.DEVNULL)
        words = [YULIN, "brain", "import-policies", guide, "--source", "bench"]
        words += [] if has_meaning else ["--words-only"]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        said = said_inside(ASK.format(source="bench", questions=[one[0] for one in known] + unknown))
    finally:
        if not given:
            shutil.rmtree(home, ignore_errors=True)
    wrong, right_first, right_among = [], 0, 0
    for (question, key, token), (_, is_known, hits, _) in zip(known, said, strict=False):
        first = bool(hits) and hits[0][0] == key and token in hits[0][2]
        among = any(hit[0] == key and token in hit[2] for hit in hits)
        right_first += is_known and first
        right_among += is_known and among
        if not (is_known and among):
            wrong.append([question, is_known, hits[:1]])
    answered = [[question, hits[:1]] for question, is_known, hits, _ in said[len(known) :] if is_known]
    return {
        "questions": len(known),
        "right clause first": right_first,
        "right clause among the first five": right_among,
        "missed": wrong,
        "not answerable": len(unknown),
        "rightly not known": len(unknown) - len(answered),
        "wrongly answered": answered,
    }


def main() -> None:
    files = [Path(one) for one in sys.argv[1:] if one != "--meaning"]
    guide = files[0] if files else DATA / "beijing_industry_policy_guide_2024.pdf"
    crawl = files[1] if len(files) > 1 else DATA / "xuhui_policies.json"
    answered = answers(guide, has_meaning="--meaning" in sys.argv)
    os.environ["DJANGO_SETTINGS_MODULE"] = "yulin.settings.test"  # files are read without a database
    import django

    django.setup()
    from yulin.brain.adapters.policy_files import How, read_policy_file

    started = time.perf_counter()
    read = read_policy_file(guide.name, guide.read_bytes())
    seconds = time.perf_counter() - started
    parts = Counter(part for one in read.readings for part, _ in one.parts)
    crawled = read_policy_file(crawl.name, crawl.read_bytes(), How(area="上海"))
    print(
        json.dumps(
            {
                "guide": {
                    "pages": read.pages,
                    "policies": len(read.readings),
                    "seconds": round(seconds, 2),
                    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                    "parts": dict(parts),
                    "amounts": sum(one.amount_fen is not None for one in read.readings),
                    "ends": sum(one.terms.ends_on is not None for one in read.readings),
                },
                "sample": recall(list(read.readings)),
                "answers": answered,
                "crawl": {
                    "policies": [
                        [one.title, one.authority, one.area, one.amount_fen, list(one.defects)]
                        for one in crawled.readings
                    ],
                    "left_out": [[one.title, one.why] for one in crawled.left_out],
                },
            },
            ensure_ascii=False,
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
