"""The table of features on Spark, for as many firms and statements as its machines hold: the same rows as on one.

Spark is optional (`make spark`). Rows come out in no order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

from yulin.atlas.adapters.feature_tables import FeatureTables, Files
from yulin.atlas.adapters.statement_files import unreadable
from yulin.atlas.core.features import SAID, FeaturePlan
from yulin.rules.adapters.spark import started, write_table

Tell = Callable[[int, int], None]


def write_features(tables: FeatureTables, plan: FeaturePlan, out: Path, tell: Tell = lambda _done, _rows: None) -> int:
    """Write what `feature_files.write_features` writes, computed by Spark.

    Raises: `RULES.ENGINE.MISSING`, `ATLAS.LAKE.PART`.
    """
    session = started()
    from py4j.protocol import Py4JJavaError  # noqa: PLC0415 - optional dependency
    from pyspark.errors import PySparkException  # noqa: PLC0415 - optional dependency

    from yulin.atlas.core.feature_sql import feature_tree, rendered  # noqa: PLC0415 - optional dependency

    try:
        codes = _read(session, [tables.codes])
        rows = [_statements(session, files, plan).join(codes, on="subject").select(*SAID) for files in tables.lake]
        said = reduce(lambda one, two: one.union(two), [_read(session, [tables.book]).select(*SAID), *rows])
        said.createOrReplaceTempView("statements")
        codes.select("firm_id").distinct().createOrReplaceTempView("firms")
        return write_table(session.sql(rendered(feature_tree(plan), "spark")), out, tell)
    except (PySparkException, Py4JJavaError) as error:
        found = unreadable(tables.parts)
        if found is None:
            raise
        raise found from error


def _statements(session: Any, files: Files, plan: FeaturePlan) -> Any:
    from pyspark.sql import functions  # noqa: PLC0415 - optional dependency

    rows = _read(session, files.parts)
    rows = rows.where(rows.predicate.isin(sorted(files.facts & set(plan.names))))
    if files.struck:
        gone = session.createDataFrame(list(files.struck), "row long, predicate string")
        rows = rows.join(gone, on=["row", "predicate"], how="left_anti")
    return rows.withColumnRenamed("predicate", "fact").withColumn("priority", functions.lit(files.priority))


def _read(session: Any, parts: Sequence[Path]) -> Any:
    return session.read.parquet(*(f"file://{part.resolve()}" for part in parts))
