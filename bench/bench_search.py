"""Find firms among a million by part of a name, brand, pinyin, first letters and code, beside a plain search of names.

    python bench/bench_search.py [REGISTRY.parquet]

The register's names, each with the brand of another beside its own place and trade, are registered in a throw-away
instance and spelled; what is typed is cut from 3,000 of them. The peer is `name LIKE '%…%'` in the same database for
the same parts of names. One JSON line a figure; each query is timed alone, the whole selector with its answer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl
from instance import YULIN, p95, report, said_inside

from yulin.atlas.core.name_folding import fold_names
from yulin.atlas.core.name_parts import BRAND, parts_of
from yulin.base.ids import make_uscc

REGISTRY = Path(__file__).resolve().parents[2] / "shared" / "data" / "registry" / "guangdong_dev.parquet"
ROWS, MOST_MS, SERIALS_A_PLACE = 1_000_000, 50, 900_000
MEASURE = """
from yulin.cli.instance import database_ready
with database_ready():
    import json, random, time
    from dataclasses import replace
    from django.db import connection
    from yulin.atlas.core.spelling import spelling_of
    from yulin.atlas.models import Firm
    from yulin.atlas.selectors.search import find_firms
    from yulin.atlas.services.spelling import spell_firms
    from yulin.people.core.actors import SYSTEM_ACTOR
    from yulin.people.enums import Role
    with connection.cursor() as cursor, open({file!r}, "rb") as file:
        with cursor.copy("COPY atlas_firm (identifier_scheme, identifier, name, name_original) FROM STDIN CSV") as copy:
            while part := file.read(1 << 20):
                copy.write(part)
    start = time.perf_counter()
    spelled = spell_firms(actor=SYSTEM_ACTOR)
    seconds = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    actor, by = replace(SYSTEM_ACTOR, role=Role.AUDITOR), random.Random(7)
    firms = Firm.objects.order_by("id").values_list("identifier", "name")[:: {rows} // 3000]
    taken, plain, missed = {{}}, [], 0
    for at, (code, name) in enumerate(firms):
        spelling = spelling_of(name)
        begin = by.randrange(max(len(name) - 3, 1))
        ways = {{
            "brand": spelling.brand, "part": name[begin : begin + 4], "two characters": name[begin : begin + 2],
            "place and brand": name[:6], "pinyin": spelling.pinyin[:7], "first letters": spelling.placed_initials,
            "code": code[: by.randint(8, 18)],
        }}
        for way, typed in ways.items():
            start = time.perf_counter()
            found = find_firms(actor, typed)
            taken.setdefault(way, []).append((time.perf_counter() - start) * 1000)
            missed += way == "brand" and len(found) < 50 and code not in [one.identifier for one in found]
        if at % 30 == 0:
            start = time.perf_counter()
            list(Firm.objects.filter(name__contains=ways["part"]).order_by("name")[:50])
            plain.append((time.perf_counter() - start) * 1000)
    print(json.dumps({{"spelled": spelled, "seconds": seconds, "taken": taken, "plain": plain, "missed": missed}}))
"""


def main(registry: Path = REGISTRY) -> int:
    if not registry.exists():
        print(f"No register at {registry}", file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory(prefix="yulin-bench-", dir="/tmp") as folder:
        file = Path(folder) / "firms.csv"
        write_firms(registry, file)
        os.environ["YULIN_HOME"] = home = f"{folder}/home"
        try:
            subprocess.run([YULIN, "prepare"], check=True, stdout=subprocess.DEVNULL)
            said = said_inside(MEASURE.format(file=str(file), rows=ROWS))
        finally:
            shutil.rmtree(home, ignore_errors=True)
    report("names of 1,000,000 firms spelled", said["seconds"], None, unit="s", budget=None, firms=said["spelled"])
    every = [one for taken in said["taken"].values() for one in taken]
    peer = ("LIKE '%…%' for the parts of names", p95(said["plain"]))
    met = report("a search among them, p95", p95(every), peer, unit="ms", budget=MOST_MS, missed=said["missed"])
    for way, taken in said["taken"].items():
        met &= report(f"by {way}, p95", p95(taken), None, unit="ms", budget=MOST_MS)
    return 0 if met and not said["missed"] else 1


def write_firms(registry: Path, file: Path) -> None:
    """Write a million firms: the register's names, each copy with another one's brand."""
    names = [name for name in fold_names(pl.read_parquet(registry)["企业名称"]) if 4 < len(name) < 60]
    brands = [parts_of(name).part(BRAND) for name in names]
    made = [
        names[at % len(names)].replace(
            brands[at % len(names)] or "\0", brands[(at * 7919 + at // len(names)) % len(names)] or "新", 1
        )
        for at in range(ROWS)
    ]
    codes = [make_uscc("440112" if at < SERIALS_A_PLACE else "440115", at % SERIALS_A_PLACE) for at in range(ROWS)]
    table = pl.DataFrame({"scheme": ["USCC"] * ROWS, "code": codes, "name": made, "original": made})
    table.write_csv(file, include_header=False)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
