"""Questions put to public sets of Chinese texts: what search finds, beside words, meaning, and both fused blindly.

    python bench/bench_retrieval.py [FOLDER …]

A folder holds `corpus.jsonl` ({"docid", "text"}), `queries.dev.jsonl` ({"qid", "text"}), `qrels.dev.tsv` (qid, docid,
relevance). Its texts are taken into a throw-away instance, or into that of `YULIN_HOME`, with their vectors (minutes).
One JSON line for each set and way: recall at 1, 10 and 100, MRR at 10, nDCG at 10, over all questions. BM25 of `bm25s`
over pairs of characters, and over the words of `jieba`, stand beside where both are installed. The fusion's constants
were chosen on these questions, and choosing was judged by halves (docs/performance.md); nDCG of each half is said too.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

from instance import YULIN, said_inside

DATA = Path(os.environ.get("YULIN_DATA", "/work/shared/data")) / "retrieval"
Run = list[list[str]]
ASK = """
from yulin.cli.instance import book_ready
with book_ready():
    import json
    from pathlib import Path
    from django.db import connection
    from yulin.brain.adapters.embedding import query_vector
    from yulin.brain.models import TextDocument
    from yulin.brain.models.texts import vector_text
    from yulin.brain.selectors.texts import collection_named, ranked_names, search
    collection = collection_named({name!r})
    names = dict(TextDocument.objects.filter(collection=collection).values_list("pk", "docid"))
    near = '''SELECT document_id FROM brain_passage WHERE collection_id = %s
              GROUP BY document_id ORDER BY min(vector <#> %s::halfvec) LIMIT 100'''
    said = {{"words": [], "meaning": [], "both": []}}
    for line in Path({file!r}).read_text(encoding="utf-8").splitlines():
        question = json.loads(line)["text"]
        for way, use_meaning in (("words", False), ("both", True)):
            found = search(collection, question, limit=100, use_meaning=use_meaning)
            said[way].append([docid for docid, _ in ranked_names(found.hits)])
        with connection.cursor() as cursor:
            cursor.execute(near, [collection.pk, vector_text(query_vector(question))])
            said["meaning"].append([names[number] for (number,) in cursor.fetchall()])
    print(json.dumps(said))
"""


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def relevant(folder: Path) -> list[dict[str, float]]:
    """Return of each question which texts answer it, and how well."""
    of: dict[str, dict[str, float]] = {}
    for line in (folder / "qrels.dev.tsv").read_text(encoding="utf-8").splitlines():
        qid, docid, grade = line.split("\t")[:3]
        of.setdefault(qid, {})[docid] = float(grade)
    return [of.get(str(one["qid"]), {}) for one in lines(folder / "queries.dev.jsonl")]


def measured(run: Run, wanted: list[dict[str, float]]) -> dict[str, float]:
    """Return what a run is worth, over the questions that some text answers."""
    sums = dict.fromkeys(("R@1", "R@10", "R@100", "MRR@10", "nDCG@10"), 0.0)
    judged = [(found, grades) for found, grades in zip(run, wanted, strict=True) if grades]
    for found, grades in judged:
        for most in (1, 10, 100):
            sums[f"R@{most}"] += len(grades.keys() & set(found[:most])) / len(grades)
        sums["MRR@10"] += next((1 / place for place, one in enumerate(found[:10], 1) if one in grades), 0.0)
        best = sorted(grades.values(), reverse=True)[:10]
        gains = [
            sum(value / math.log2(place + 1) for place, value in enumerate(one, 1))
            for one in ([grades.get(docid, 0.0) for docid in found[:10]], best)
        ]
        sums["nDCG@10"] += gains[0] / gains[1]
    return {name: round(value / len(judged), 4) for name, value in sums.items()}


def by_ranks(one: Run, other: Run) -> Run:
    """Return two runs fused blindly, each place worth 1 / (60 + rank)."""
    fused = []
    for lists in zip(one, other, strict=True):
        worth: dict[str, float] = {}
        for ranked in lists:
            for rank, docid in enumerate(ranked, 1):
                worth[docid] = worth.get(docid, 0.0) + 1 / (60 + rank)
        fused.append(sorted(worth, key=lambda docid: -worth[docid])[:100])
    return fused


def peers(folder: Path) -> dict[str, Run]:
    """Return the runs of bm25s where it is installed with jieba."""
    if not (find_spec("bm25s") and find_spec("jieba")):
        return {}
    import bm25s
    import jieba

    corpus, queries = lines(folder / "corpus.jsonl"), lines(folder / "queries.dev.jsonl")
    cuts: dict[str, Callable[[str], list[str]]] = {
        "bm25s, pairs": lambda text: [left + right for left, right in pairwise(text)],
        "bm25s, jieba": jieba.lcut,
    }
    runs = {}
    for name, cut in cuts.items():
        index = bm25s.BM25()
        index.index([cut(one["text"]) for one in corpus], show_progress=False)
        found, _ = index.retrieve([cut(one["text"]) for one in queries], k=100, show_progress=False)
        runs[name] = [[corpus[at]["docid"] for at in row] for row in found.tolist()]
    return runs


def main(folders: list[Path]) -> None:
    given = os.environ.get("YULIN_HOME")
    home = given or tempfile.mkdtemp(prefix="yulin-bench-", dir="/tmp")
    os.environ["YULIN_HOME"] = home
    try:
        if not given:
            subprocess.run([YULIN, "prepare"], check=True, stdout=subprocess.DEVNULL)
        for folder in folders:
            taken = [YULIN, "brain", "import", folder / "corpus.jsonl", "--collection", folder.name]
            subprocess.run(taken, check=True, stdout=subprocess.DEVNULL)
            said = said_inside(ASK.format(name=folder.name, file=str(folder / "queries.dev.jsonl")))
            runs = {**said, "by ranks": by_ranks(said["words"], said["meaning"]), **peers(folder)}
            wanted = relevant(folder)
            for way, run in runs.items():
                kept = measured(run[::2], wanted[::2])["nDCG@10"], measured(run[1::2], wanted[1::2])["nDCG@10"]
                line = {"set": folder.name, "way": way, **measured(run, wanted), "nDCG@10 of odd, even": kept}
                print(json.dumps(line, ensure_ascii=False), flush=True)
    finally:
        if not given:
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main([Path(one) for one in sys.argv[1:]] or [DATA / "ncpolicies", DATA / "stard"])
