"""One firm's portrait among many generated statements, and all firms' facts as one table, beside plain scans, same run.

    python bench/bench_statements.py           # 18 million statements of 300,000 firms, and Spark if it is installed
    python bench/bench_statements.py --large   # 108 million, without Spark: 3 GB below /tmp, ten minutes

Generated are 30 facts of 300,000 firms, the demo book's among them, in 2 (12) deliveries of three sources, each in an
order of its own, in parts of 50,000 firms as `yulin atlas ingest` writes them; source, licence and original say so.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from bench_pages import Person
from instance import p95, report, running_instance, said_inside

FIRMS, FACTS, FIRMS_A_PART = 300_000, 30, 50_000
DELIVERIES, MANY_DELIVERIES = 2, 12
LOOKS, PLAIN_LOOKS = 200, 12
PORTRAIT_MS, FEATURES_S = 100, 60
DAY, KNOWN = date(2024, 5, 6), datetime(2024, 5, 6, tzinfo=UTC)
PRIORITY = {"generated-0": 10, "generated-1": 20, "generated-2": 30}
ACTIVE = """
from yulin.cli.instance import database_ready
with database_ready():
    import json
    from yulin.atlas.models import Firm
    print(json.dumps(list(Firm.objects.order_by("id").values_list("id", "identifier"))))
"""


def plan() -> Any:
    """Return the table of the first facts of the vocabulary that are no text."""
    from yulin.atlas.core.features import feature_plan
    from yulin.rules.adapters.shipped import shipped_vocabulary

    vocabulary = shipped_vocabulary()
    names = [fact.alias for fact in vocabulary.facts.values() if fact.type.kind != "text"][:FACTS]
    return feature_plan(names, names, vocabulary, DAY, KNOWN)


def value_of(fact: Any, vocabulary: Any, seed: int) -> pl.Expr:
    """Return a generated value of a fact for each row, as text."""
    turn = (pl.int_range(pl.len()) * 7_919 + seed) % 100_003
    if fact.type.kind == "bool":
        return pl.when(turn % 2 == 0).then(pl.lit("true")).otherwise(pl.lit("false"))
    if fact.type.kind == "member":
        members = sorted(vocabulary.lists[fact.type.unit].members)
        return (turn % len(members)).replace_strict(dict(enumerate(members)), return_dtype=pl.String)
    if fact.type.kind == "date":
        return pl.date(2000 + turn % 20, 1 + turn % 12, 1 + turn % 28).cast(pl.String)
    return (fact.lowest + turn % (fact.highest - fact.lowest + 1)).cast(pl.String)


def key_of(number: int) -> tuple[str, str, str]:
    """Return source, hash of the file and hash of the contract of a delivery."""
    return f"generated-{number % 3}", f"{number:016x}{0:048x}", "0" * 64


def generate(codes: pl.Series, deliveries: int) -> list[tuple[str, str, str]]:
    """Write the deliveries into the lake, and return by which names its files go."""
    from yulin.atlas.adapters.statement_files import Stamp, write_statements

    table, keys = plan(), []
    for number in range(deliveries):
        at = datetime(2022, 1, 1, tzinfo=UTC) + timedelta(days=30 * number)
        key = key_of(number)
        stamp = Stamp(*key, "generated", 9_000, at.date(), at, at)
        order = codes.sample(fraction=1, shuffle=True, seed=number)
        for part in range(0, len(order), FIRMS_A_PART):
            some = order.slice(part, FIRMS_A_PART)
            rows = [
                some.to_frame("subject").select(
                    "subject", predicate=pl.lit(name), value=value_of(fact, table.vocabulary, number * 31 + place),
                    original=pl.lit("generated"), row=pl.int_range(part, part + len(some), dtype=pl.UInt32),
                )
                for place, (name, fact) in enumerate(table.columns.items())
            ]  # fmt: skip
            write_statements(stamp, part // FIRMS_A_PART, pl.concat(rows))
        keys.append(key)
    return keys


def timed(work: Callable[[str], object], codes: Sequence[str]) -> list[float]:
    """Return the milliseconds that each look takes."""
    taken = []
    for code in codes:
        start = time.perf_counter()
        work(code)
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def looks(port: int, firms: list[list], codes: pl.Series, keys: list[tuple[str, str, str]], said: str) -> bool:
    """Report what reading one firm takes, before and after sorting, and the page over all of it."""
    from yulin.atlas.adapters.lake_files import lake_root
    from yulin.atlas.adapters.statement_files import sorted_by_subject, statements_about

    by = random.Random(7)
    some = by.sample(codes.to_list(), LOOKS)
    parts = sorted((lake_root() / "statements").glob("*/*/*.parquet"))
    expected = {code: statements_about(code).rows() for code in some[:PLAIN_LOOKS]}
    in_parts = p95(timed(statements_about, some[:PLAIN_LOOKS]))
    start = time.perf_counter()
    made = sorted_by_subject(keys)
    seconds = time.perf_counter() - start
    assert made is not None
    assert all(statements_about(code).rows() == rows for code, rows in expected.items())

    def plain(code: str) -> None:
        pl.scan_parquet(parts, hive_partitioning=False).filter(pl.col("subject") == code).collect()

    with duckdb.connect() as connection:
        words = f"SELECT * FROM read_parquet({[str(part) for part in parts]}) WHERE subject = ?"
        of_duckdb = p95(timed(lambda code: connection.execute(words, [code]).fetchall(), some[:PLAIN_LOOKS]))
    met = report(
        f"one firm's statements out of {said}, p95", p95(timed(statements_about, some)),
        ("polars scans the files as taken in", p95(timed(plain, some[:PLAIN_LOOKS]))), unit="ms", budget=PORTRAIT_MS,
        duckdb_ms=round(of_duckdb, 1), before_sorting_ms=round(in_parts, 1), files=len(parts),
    )  # fmt: skip
    report(
        f"{said} sorted by firm", seconds, None, unit="s", budget=None, peak_mib=peak_mib(),
        mib=round(sum(place.stat().st_size for place in made.folder.iterdir()) / 2**20),
        mib_as_taken_in=round(sum(part.stat().st_size for part in parts) / 2**20),
    )  # fmt: skip
    return page(port, firms, said) and met


def page(port: int, firms: list[list], said: str) -> bool:
    """Report the portrait's page of firms of the demo book, each with its generated statements."""
    readers = [Person(port, 2 * number) for number in range(12)]
    paths = [f"/zh-hans/firms/{firm}/" for firm, _ in firms]
    opens = [sum(one.ask(path)[0] == 200 for path in paths[:3]) for one in readers]
    reader = readers[opens.index(max(opens))]
    asked = [path for path in paths[:LOOKS] if reader.ask(path)[0] == 200]
    size = len(reader.ask(asked[0])[2])
    shell = p95(timed(lambda _: reader.ask("/zh-hans/accessibility/"), asked))
    return report(
        f"the page of a firm's portrait over {said}, p95 of {len(asked)} firms", p95(timed(reader.ask, asked)),
        ("the page on accessibility", shell), unit="ms", budget=PORTRAIT_MS, kb_a_page=round(size / 1000),
    )  # fmt: skip


def tables(folder: Path, keys: list[tuple[str, str, str]], codes: pl.Series) -> Any:
    """Return what features are made of, as the service finds it in the book."""
    from yulin.atlas.adapters.feature_tables import FeatureTables, Files
    from yulin.atlas.adapters.statement_files import parts_of
    from yulin.atlas.core.features import SAID

    firms = codes.sort()
    pl.DataFrame({"subject": firms, "firm_id": firms}).write_parquet(folder / "codes.parquet")
    pl.DataFrame(schema=dict(SAID)).write_parquet(folder / "book.parquet")
    facts, batches = frozenset(plan().names), -(-len(codes) // FIRMS_A_PART)
    lake = tuple(
        Files(tuple(part for key in keys if key[0] == source for part in parts_of(key, batches)), priority, facts)
        for source, priority in PRIORITY.items()
        if any(key[0] == source for key in keys)
    )
    return FeatureTables(folder / "codes.parquet", folder / "book.parquet", lake)


def in_duckdb(found: Any, out: Path) -> float:
    """Write the same table by DuckDB, from the same tree, and return the seconds."""
    from yulin.atlas.core.feature_sql import feature_tree, rendered

    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as spill, duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '4GB'; SET temp_directory = '{spill}'")
        connection.execute(f"CREATE VIEW firms AS SELECT firm_id FROM '{found.codes}'")
        some = " UNION ALL ".join(
            f"SELECT subject AS firm_id, predicate AS fact, value, source, valid_from, valid_until, known_at,"
            f" {files.priority} AS priority FROM read_parquet({[str(part) for part in files.parts]})"
            for files in found.lake
        )
        connection.execute(f"CREATE VIEW statements AS {some}")
        connection.execute(f"COPY ({rendered(feature_tree(plan()), 'duckdb')}) TO '{out}' (FORMAT parquet)")
    return time.perf_counter() - start


def differing(one: Path, two: Path) -> int:
    """Return how many rows of two tables differ."""
    left, right = (pl.read_parquet(place).sort("firm_id") for place in (one, two))
    return max(left.height, right.height) - int((left.hash_rows() == right.select(left.columns).hash_rows()).sum())


def features(folder: Path, keys: list[tuple[str, str, str]], codes: pl.Series, said: str, *, with_spark: bool) -> bool:
    """Report what the table of all firms takes, beside DuckDB and Spark on the same plan."""
    found = tables(folder, keys, codes)
    own, other = folder / "features.parquet", folder / "other.parquet"
    words = [sys.executable, __file__, "--features", str(folder), str(len(keys))]
    start = time.perf_counter()
    process = subprocess.Popen(words)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("the table was not written")
    seconds = time.perf_counter() - start
    peer = in_duckdb(found, other)
    rows = differing(own, other)
    name = f"{FACTS} columns × {len(codes):,} firms out of {said}"
    met = report(
        f"{name}, with its process's start", seconds, ("DuckDB, the same plan, 4 GB", peer), unit="s",
        budget=FEATURES_S, peak_mib=round(used.ru_maxrss / 1024), rows_that_differ=rows,
    )  # fmt: skip
    if with_spark and find_spec("pyspark"):
        from yulin.atlas.adapters import feature_spark

        start = time.perf_counter()
        feature_spark.write_features(found, plan(), other)
        spent, differ = time.perf_counter() - start, differing(own, other)
        rows += differ
        report(
            f"{name}, Spark local with its start", spent, ("polars", seconds), unit="s", budget=None,
            rows_that_differ=differ,
        )  # fmt: skip
    return met and rows == 0


def peak_mib() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def ready(home: str) -> None:
    """Set Yulin up on the lake of a folder."""
    import django

    os.environ |= {"YULIN_HOME": home, "DJANGO_SETTINGS_MODULE": "yulin.settings.base"}
    django.setup()


def only_features(folder: Path, deliveries: int) -> None:
    """Write the table in a process of its own."""
    from yulin.atlas.adapters import feature_files

    keys = [key_of(number) for number in range(deliveries)]
    codes = pl.read_parquet(folder / "codes.parquet")["subject"]
    feature_files.write_features(tables(folder, keys, codes), plan(), folder / "features.parquet")


def main() -> int:
    """Measure, print, and return 1 where a budget is passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--features", nargs=2, metavar=("FOLDER", "DELIVERIES"))
    arguments = parser.parse_args()
    if arguments.features:
        ready(os.environ["YULIN_HOME"])
        only_features(Path(arguments.features[0]), int(arguments.features[1]))
        return 0
    with running_instance() as port, tempfile.TemporaryDirectory(dir="/tmp") as folder:
        ready(os.environ["YULIN_HOME"])
        firms = said_inside(ACTIVE)
        others = [f"91440101MA{number:08d}" for number in range(FIRMS - len(firms))]
        codes = pl.Series("subject", [*(code for _, code in firms), *others])
        keys = generate(codes, MANY_DELIVERIES if arguments.large else DELIVERIES)
        said = f"{len(codes) * FACTS * len(keys):,} statements"
        met = [features(Path(folder), keys, codes, said, with_spark=not arguments.large)]
        met.append(looks(port, firms, codes, keys, said))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
