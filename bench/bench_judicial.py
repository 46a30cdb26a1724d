"""Take in the judicial extracts of 218,264 anonymous firms, both encodings, and add them up by kind.

    python bench/bench_judicial.py [FOLDER]

Four files of BDCI 2017: exits, lawsuits and dishonest-debtor records in UTF-8, permits in GB18030, months without days.
A throw-away instance; one JSON line a file (rows, taken, repeated, kept out, seconds), one a source for what the book
then adds up: particulars, firms, those in force on the last day. Beside it: polars reading the same files unchecked.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from instance import YULIN, report, said_inside

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "judicial"
CONTRACTS = Path(__file__).resolve().parent
AS_OF = "2015-08-31"
FILES = {
    "train.csv": ("exits", "utf8"),
    "7lawsuit.csv": ("lawsuits", "utf8"),
    "8breakfaith.csv": ("dishonest", "utf8"),
    "10qualification.csv": ("permits", "gb18030"),
}
SUMS = f"""
from yulin.cli.instance import database_ready
with database_ready():
    import json
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT source, count(*), count(DISTINCT firm_id),"
            " count(*) FILTER (WHERE valid_from <= '{AS_OF}' AND (valid_until IS NULL OR valid_until > '{AS_OF}')),"
            " coalesce(sum((value ->> 'amount_fen')::bigint), 0)::text,"
            " count(*) FILTER (WHERE value @> '{{\\"has_left\\": true}}')"
            " FROM atlas_particular GROUP BY source ORDER BY source"
        )
        print(json.dumps(cursor.fetchall()))
"""


def main(folder: Path = FOLDER) -> int:
    if not folder.exists():
        print(f"No extracts at {folder}", file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory(prefix="yulin-bench-") as home:
        os.environ["YULIN_HOME"] = f"{home}/home"
        try:
            subprocess.run([YULIN, "prepare"], check=True, stdout=subprocess.DEVNULL)
            lost = sum(ingested(folder / name, contract, encoding) for name, (contract, encoding) in FILES.items())
            for source, things, firms, in_force, fen, left in said_inside(SUMS):
                more = {"firms": firms, "in_force": in_force, "amount_yuan": int(fen) // 100, "have_left": left}
                report(f"{source}: particulars", things, None, unit="rows", budget=None, **more)
        finally:
            shutil.rmtree(f"{home}/home", ignore_errors=True)
    return 1 if lost else 0


def ingested(file: Path, contract: str, encoding: str) -> int:
    """Take one file in, say its figures, and return how many of its rows are unaccounted for: none may be."""
    started = time.perf_counter()
    plain = pl.read_csv(file.read_bytes().decode(encoding).removeprefix("\ufeff").encode(), infer_schema=False)
    peer = time.perf_counter() - started
    started = time.perf_counter()
    words = [YULIN, "atlas", "ingest", str(CONTRACTS / f"judicial_{contract}.yaml"), str(file), "--as-of", AS_OF]
    answer = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
    counts = {name: answer[name] for name in ("rows", "taken", "repeated", "kept_out", "cells_kept_out")}
    seconds = time.perf_counter() - started
    report(f"{file.name} taken in", seconds, ("polars, unchecked", peer), unit="s", budget=None, **counts)
    return plain.height - answer["rows"]


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
