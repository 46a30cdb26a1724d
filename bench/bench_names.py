"""Find full company names by short ones, beside rapidfuzz (Jaro–Winkler) and character TF-IDF in the same run.

    python bench/bench_names.py [PAIRS.csv [REGISTRY.parquet]]

Weights were chosen on one half of the short names (shuffled with a fixed seed); the figures of the other half are said
apart. With a register its names, multiplied to a million, are searched for 10,000 of them. One JSON line a figure.
"""

from __future__ import annotations

import csv
import random
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import polars as pl
from instance import report

from yulin.atlas.core.name_search import NameSearch
from yulin.cli.atlas import match_files

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
PAIRS, REGISTRY = SHARED / "entities" / "company_alias_pairs.dev.csv", SHARED / "registry" / "guangdong_dev.parquet"
TOP, SEED, MANY, ASKED = 10, 1, 1_000_000, 10_000
MOST_SECONDS, MOST_MB = 300, 2048
Find = Callable[[str], list[str]]


def main(pairs: Path = PAIRS, registry: Path = REGISTRY) -> int:
    with pairs.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    truth: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        truth[row["alias"]].add(row["full_name"])
    names = sorted({row["full_name"] for row in rows})
    asked = sorted(truth)
    random.Random(SEED).shuffle(asked)
    held_out = asked[len(asked) // 2 :]
    finders = peers(names)
    ours = yulin(names)
    met = []
    for label, queries in (("all", asked), ("held-out half", held_out)):
        own = recall(ours, queries, truth)
        for peer, find in finders.items():
            theirs = recall(find, queries, truth)
            for rank, mine, other, budget in zip((1, TOP), own, theirs, (95.0, 98.5), strict=True):
                report(f"Recall@{rank}, {label}", mine, (peer, other), unit="% found", budget=budget)
                met.append(mine > other)
    reach = sum(any(set(name) & set(query) for name in truth[query]) for query in asked) / len(asked)
    report("short names with any character of the full one", 100 * reach, None, unit="% found", budget=None)
    if registry.exists():
        met.append(many(registry))
    return 0 if all(met) else 1


def yulin(names: list[str]) -> Find:
    search = NameSearch(names)
    return lambda query: [names[hit.position] for hit in search.find(query, TOP)]


def peers(names: list[str]) -> dict[str, Find]:
    """Return what a user would pick instead, as far as it is installed."""
    if not (find_spec("rapidfuzz") and find_spec("sklearn")):
        print("The peers are not installed (pip install --require-hashes -r requirements/bench.txt)", file=sys.stderr)
        return {}
    return {"Jaro-Winkler": winkler(names), "character TF-IDF": tf_idf(names)}


def winkler(names: list[str]) -> Find:
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    return lambda query: [hit[0] for hit in process.extract(query, names, scorer=JaroWinkler.similarity, limit=TOP)]


def tf_idf(names: list[str]) -> Find:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2))
    table = vectors.fit_transform(names)

    def find(query: str) -> list[str]:
        likeness = (table @ vectors.transform([query]).T).toarray().ravel()
        return [names[at] for at in np.argsort(-likeness, kind="stable")[:TOP]]

    return find


def recall(find: Find, queries: list[str], truth: dict[str, set[str]]) -> tuple[float, float]:
    first = within = 0
    for query in queries:
        found = find(query)
        first += bool(truth[query] & set(found[:1]))
        within += bool(truth[query] & set(found))
    return 100 * first / len(queries), 100 * within / len(queries)


def many(registry: Path) -> bool:
    """Search a million names, made of a register's by other brands, for 10,000 shortened ones."""
    chance = random.Random(SEED)
    real = pl.read_parquet(registry, columns=["企业名称"]).to_series().to_list()
    letters = sorted({letter for name in real for letter in name[3:6] if "\u4e00" <= letter <= "\u9fff"})
    names = dict.fromkeys(real)
    while len(names) < MANY:
        name = chance.choice(real)
        names[name[:3] + chance.choice(letters) + chance.choice(letters) + name[chance.choice((5, 6, 7)) :]] = None
    with tempfile.TemporaryDirectory() as folder:
        queries, against, out = (Path(folder) / name for name in ("q.txt", "n.txt", "run.tsv"))
        against.write_text("\n".join(names), encoding="utf-8")
        asked = [
            name[chance.choice((0, 2, 3)) : chance.choice((6, 8, 40))] for name in chance.sample(list(names), ASKED)
        ]
        queries.write_text("\n".join(asked), encoding="utf-8")
        started = time.perf_counter()
        match_files(queries, against, TOP, out)
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    is_fast = report("10,000 queries, 1,000,000 names", seconds, None, unit="s", budget=MOST_SECONDS)
    return report("peak memory of all", peak, None, unit="MB", budget=MOST_MB) and is_fast


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
