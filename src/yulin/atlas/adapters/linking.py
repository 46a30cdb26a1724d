"""Records of a file linked by a plan: Splink on DuckDB, in one process, spilling to disk beyond its memory.

Splink is optional (`make link`). The same file gives the same answer: sampling is seeded and pairs are ordered.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from math import inf
from pathlib import Path
from typing import Any

import polars as pl

from yulin.atlas.core.link_plan import PARTS, LinkPlan, MadeColumn, Take, shared, splink_settings, with_slips
from yulin.atlas.core.linkage import Evidence, Grouped, Pair, Weighed, group
from yulin.atlas.core.name_parts import take_apart
from yulin.atlas.errors import LinkEngineMissingError, LinkPlanError
from yulin.base.text import Text

_MEMORY = "2GB"
_RANDOM_PAIRS = 2_000_000
_SEED = 1
_QUIET = 40  # the logging level of errors


@dataclass(frozen=True)
class Linked:
    """What came out: the groups, and every pair that is a match or possible, the surest first."""

    plan: LinkPlan
    grouped: Grouped
    pairs: pl.DataFrame

    def weighed(self, pairs: pl.DataFrame | None = None) -> Iterator[tuple[str, Weighed]]:
        """Yield the verdict and the evidence of each pair, or of some of `pairs`."""
        for row in (self.pairs if pairs is None else pairs).iter_rows(named=True):
            said = (
                Evidence(
                    one.label,
                    row[f"left_{at}"],
                    row[f"right_{at}"],
                    row[f"weight_{at}"],
                    one.is_name,
                )
                for at, one in enumerate(self.plan.compared)
                if row[f"left_{at}"] is not None and row[f"right_{at}"] is not None
            )
            yield row["verdict"], Weighed((row["left"], row["right"]), row["probability"], row["weight"], tuple(said))


def link_file(plan: LinkPlan, path: Path, judged: Mapping[Pair, bool]) -> Linked:
    """Return the records of a file (CSV or Parquet) linked by a plan, after what persons judged of pairs (same or not).

    Raises: `ATLAS.LINK.ENGINE`; `ATLAS.LINK.PLAN` (a column or a key is missing, or nothing can be learnt).
    """
    for package in ("duckdb", "splink"):
        if find_spec(package) is None:
            raise LinkEngineMissingError(lacks=package)
    records = _records(plan, path)
    if records.height < 2:
        raise LinkPlanError(where=path.name, at=plan.key, needed=Text("至少两条记录", "at least two records"))
    pairs = _decided(plan, records, _weighed_pairs(plan, records, path.name))
    matches = pairs.filter(pl.col("verdict") == "match")
    ties = list(zip(matches["left"].to_list(), matches["right"].to_list(), strict=True))
    weights = matches["weight"].to_list()
    keys = records["key"].to_list()
    known = set(keys)
    same = [pair for pair, is_same in judged.items() if is_same and known.issuperset(pair)]
    apart = {pair: None for pair, is_same in judged.items() if not is_same}
    return Linked(plan, group(keys, ties + same, weights + [inf] * len(same), apart), pairs)


def _records(plan: LinkPlan, path: Path) -> pl.DataFrame:
    is_parquet = path.suffix.lower() == ".parquet"
    table = pl.read_parquet(path) if is_parquet else pl.read_csv(path, infer_schema=False)
    table = table.rename(lambda name: name.strip())
    for column in plan.columns:
        if column not in table.columns:
            found = ", ".join(table.columns)
            needed = Text("记录中的列；文件有：%(found)s", "a column of the records; the file has %(found)s")
            raise LinkPlanError(where=path.name, at=column, needed=needed.with_values(found=found))
    text = pl.col(plan.columns).cast(pl.String).str.strip_chars()
    table = table.select(text).with_columns(pl.all().replace("", None))
    if table[plan.key].null_count() or table[plan.key].is_duplicated().any():
        needed = Text("每条记录唯一的键", "a key that no other record has")
        raise LinkPlanError(where=path.name, at=plan.key, needed=needed)
    for made in plan.made:  # one may be made of another
        table = table.with_columns(_made(made))
    return table.with_columns(pl.col(plan.key).alias("key")).sort("key")


def _made(column: MadeColumn) -> pl.Expr:
    of = pl.col(column.of)
    made: pl.Expr
    if column.take is Take.START:
        made = pl.when(of.str.len_chars() >= column.count).then(of.str.slice(0, column.count))
    elif column.take is Take.END:
        made = pl.when(of.str.len_chars() >= column.count).then(of.str.slice(-column.count))
    elif column.take is Take.WORD:
        made = of.str.split(" ").list.get(column.count - 1, null_on_oob=True)
    else:
        made = of.map_elements(lambda name: take_apart(name).part(PARTS[column.part]) or None, return_dtype=pl.String)
    return made.alias(column.name)


def _weighed_pairs(plan: LinkPlan, records: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return key_l, key_r, match_weight, match_probability and the mw_ columns of every pair that is possible."""
    import duckdb  # noqa: PLC0415 - optional dependency
    from splink import Linker  # noqa: PLC0415 - optional dependency
    from splink.internals.duckdb.database_api import DuckDBAPI  # noqa: PLC0415 - optional dependency

    with tempfile.TemporaryDirectory(prefix="yulin-link-") as spill, duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{_MEMORY}'")
        connection.execute(f"SET temp_directory = '{spill}'")
        connection.register("given", records.to_arrow())
        connection.execute("CREATE TABLE records AS SELECT * FROM given")
        settings = _learnt(plan, connection, name)
        linker = Linker(DuckDBAPI(connection=connection).register("records"), settings, log_level=_QUIET)
        found = linker.inference.predict(threshold_match_probability=plan.possible_percent / 100)
        rows = connection.sql(f'SELECT * FROM "{found.physical_name}"').to_arrow_table()  # noqa: S608 - Splink's own name
    table = pl.from_arrow(rows)
    assert isinstance(table, pl.DataFrame)  # noqa: S101 - a table of Arrow is one of polars
    return table


def _learnt(plan: LinkPlan, connection: Any, name: str) -> dict[str, Any]:
    """Return the settings with the weights learnt from the records.

    A line within which there is nothing to learn is passed over: no pair shares it, or its pairs fall apart so cleanly
    that the chance of a slip goes to nothing, at which Splink stops. One line at least must teach.
    """
    from splink.internals.exceptions import EMTrainingException  # noqa: PLC0415 - optional dependency

    lines = list(plan.train)
    while lines:
        linker = _prepared(plan, connection)
        for line in lines:
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(shared(line))
            except (EMTrainingException, ValueError):
                lines.remove(line)  # what it left half done goes with its linker
                break
        else:
            return with_slips(dict(linker.misc.save_model_to_json()))
    needed = Text("足以学习权重的共有值", "values that enough records share to learn weights from")
    raise LinkPlanError(where=name, at="train", needed=needed)


def _prepared(plan: LinkPlan, connection: Any) -> Any:
    """Return a linker that knows how many pairs to expect and how often random pairs agree."""
    from splink import Linker  # noqa: PLC0415 - optional dependency
    from splink.internals.duckdb.database_api import DuckDBAPI  # noqa: PLC0415 - optional dependency

    linker = Linker(DuckDBAPI(connection=connection).register("records"), splink_settings(plan), log_level=_QUIET)
    certain: list[Any] = [shared(line) for line in plan.certain]
    linker.training.estimate_probability_two_random_records_match(certain, recall=plan.certain_percent / 100)
    linker.training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=_SEED)
    return linker


def _decided(plan: LinkPlan, records: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return pairs with their verdict and what each column says, the surest first."""
    weights = []
    for at, one in enumerate(plan.compared):
        weight = pl.col(f"mw_{one.column}")
        rarity = f"mw_tf_adj_{one.column}"
        weights.append((weight + pl.col(rarity) if rarity in found.columns else weight).alias(f"weight_{at}"))
    is_more = pl.any_horizontal(pl.col(f"weight_{at}") > 0 for at, one in enumerate(plan.compared) if not one.is_name)
    is_match = (pl.col("probability") >= plan.match_percent / 100) & is_more
    pairs = found.select(
        pl.min_horizontal("key_l", "key_r").alias("left"),
        pl.max_horizontal("key_l", "key_r").alias("right"),
        pl.col("match_probability").alias("probability"),
        pl.col("match_weight").alias("weight"),
        *weights,
    ).with_columns(verdict=pl.when(is_match).then(pl.lit("match")).otherwise(pl.lit("possible")))
    values = records.select("key", *(pl.col(one.column).alias(f"_{at}") for at, one in enumerate(plan.compared)))
    for side in ("left", "right"):
        named = values.rename({f"_{at}": f"{side}_{at}" for at in range(len(plan.compared))})
        pairs = pairs.join(named.rename({"key": side}), on=side, how="left")
    return pairs.sort("weight", "left", "right", descending=[True, False, False])
