"""What counts about every firm leaves as one table, for rules to decide over a population."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from yulin.atlas.adapters import feature_files, feature_spark
from yulin.atlas.adapters.feature_tables import feature_tables
from yulin.atlas.core.features import feature_plan
from yulin.base.errors import InputShapeError
from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit
from yulin.rules.adapters.shipped import shipped_vocabulary

ENGINES = {"polars": feature_files.write_features, "spark": feature_spark.write_features}


@dataclass(frozen=True)
class FeaturesAsked:
    """Which facts (None: all that anything is said about), as of a day, as known at an instant, by which engine."""

    facts: Sequence[str] | None
    on: date
    known_at: datetime
    engine: str = "polars"


@dataclass(frozen=True)
class FeaturesWritten:
    """What was written: how many firms, and which columns."""

    firms: int
    columns: tuple[str, ...]


def write_features(
    *, actor: Actor, asked: FeaturesAsked, out: Path, tell: Callable[[int, int], None] = lambda _done, _rows: None
) -> FeaturesWritten:
    """Write `firm_id` (the firm's USCC) and a column a fact, a row a firm of the book, as `rules population` reads.

    Raises: `RULES.FACT.UNKNOWN_NAME`, `RULES.ENGINE.MISSING`, `ATLAS.LAKE.PART`, `BASE.INPUT.SHAPE`.
    Effects: the file; one audit row.
    """
    if not out.parent.is_dir():
        raise InputShapeError(found=str(out), needed=Text("已有文件夹中的文件", "a file in a folder that exists"))
    vocabulary = shipped_vocabulary()
    feature_plan(asked.facts, (), vocabulary, asked.on, asked.known_at)  # an unknown name is refused before any work
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-said-") as folder:
        with transaction.atomic():
            tables = feature_tables(Path(folder), vocabulary, asked.on, asked.known_at)
        plan = feature_plan(asked.facts, tables.names(), vocabulary, asked.on, asked.known_at)
        firms = ENGINES[asked.engine](tables, plan, out, tell)
    facts = {
        "firms": firms, "columns": list(plan.columns), "on": asked.on.isoformat(),
        "known_at": asked.known_at.isoformat(), "engine": asked.engine,
    }  # fmt: skip
    with transaction.atomic():
        record_audit(actor=actor, action="atlas.write_features", subject=("firm", "many"), facts=facts)
    return FeaturesWritten(firms, tuple(plan.columns))
