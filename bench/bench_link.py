"""Link records without codes by a plan, beside Splink with the comparisons and blocking of its own manual, same run.

    python bench/bench_link.py [FOLDER of historical_figures_with_errors_50k.parquet and febrl3.csv]

Nothing is learnt from labels and nothing was tuned on them: what blocking lets through of one half's true pairs was
looked at once, and no line was changed after it. Pairs of records in one group are counted: F1 of groups. Each run is a
process of its own.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

import polars as pl
from instance import YULIN, report

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1] / "shared" / "data" / "entities"
LEAST_F1, MOST_MB = 88.0, 2048
SPLINK_MANUAL = "Splink, its manual's settings"


def main(folder: Path = SHARED) -> int:
    figures, febrl = folder / "historical_figures_with_errors_50k.parquet", folder / "febrl3.csv"
    if not (figures.exists() and febrl.exists() and find_spec("splink")):
        print("Needs the two sets of records and make link", file=sys.stderr)
        return 0
    clusters = dict(pl.read_parquet(figures, columns=["unique_id", "cluster"]).iter_rows())
    with febrl.open(encoding="utf-8", newline="") as lines:
        persons = {row["rec_id"]: row["rec_id"].split("-")[1] for row in csv.DictReader(lines)}
    met = [compare("historical figures", "historical", figures, clusters), compare("FEBRL 3", "febrl", febrl, persons)]
    return 0 if all(met) else 1


def compare(label: str, plan: str, records: Path, truth: Mapping[str, str]) -> bool:
    """Report F1, time and memory of both; return whether the plan reaches what is asked and beats the manual's."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "entities.csv"
        own = timed([str(YULIN), "atlas", "link", str(HERE / f"link_{plan}.yaml"), str(records), "--out", str(out)])
        ours = entities(out)
        plain = timed([sys.executable, __file__, "--manual", plan, str(records), str(out)])
        theirs = entities(out)
    mine, other = scores(ours, truth), scores(theirs, truth)
    more = {"precision_recall": mine[:2], "peer_precision_recall": other[:2]}
    name = f"{label}: F1 of groups"
    met = report(name, mine[2], (SPLINK_MANUAL, other[2]), unit="% found", budget=LEAST_F1, **more)
    met &= mine[2] >= other[2]
    report(f"{label}: {len(truth):,} records", own[0], (SPLINK_MANUAL, plain[0]), unit="s", budget=None)
    return report(f"{label}: peak memory", own[1], (SPLINK_MANUAL, plain[1]), unit="MB", budget=MOST_MB) and met


def timed(words: list[str]) -> tuple[float, float]:
    """Run a command; return its seconds and its peak memory in MB."""
    started = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: {' '.join(words)}")
    return time.perf_counter() - started, used.ru_maxrss / 1024


def entities(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["key"]: row["entity"] for row in csv.DictReader(lines)}


def scores(found: Mapping[str, str], truth: Mapping[str, str]) -> tuple[float, ...]:
    """Return precision, recall and F1 in percent of the pairs that groups make."""
    right, said, true = pairs((truth[key], found[key]) for key in truth), pairs(found.values()), pairs(truth.values())
    precision, recall = right / said, right / true
    return tuple(round(100 * one, 2) for one in (precision, recall, 2 * precision * recall / (precision + recall)))


def pairs(groups: Iterable[object]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(groups).values())


def manual(plan: str, records: Path, out: Path) -> None:
    """Link by the library's ready comparisons and the blocking its manual shows for such records."""
    import duckdb
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.internals.duckdb.database_api import DuckDBAPI

    if plan == "historical":
        key, born, table = "unique_id", "dob", pl.read_parquet(records)
        comparisons = [
            cl.ForenameSurnameComparison("first_name", "surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ]
        first, last, place = "first_name", "surname", "postcode_fake"
        blocks = [(first, last), (last, born), (first, born), (place, first), (place, last)]
    else:
        key, born = "rec_id", "date_of_birth"
        table = pl.read_csv(records, infer_schema=False).rename(lambda name: name.strip())
        table = table.with_columns(pl.all().str.strip_chars().replace("", None))
        first, last, place = "given_name", "surname", "postcode"
        comparisons = [
            cl.NameComparison(first),
            cl.NameComparison(last),
            cl.ExactMatch("soc_sec_id"),
            cl.LevenshteinAtThresholds(born, [1, 2]),
            cl.ExactMatch("suburb").configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds(place, [1]),
        ]
        blocks = [(first, last), ("soc_sec_id",), (born,), (last, place), (first, place)]
    connection = duckdb.connect()
    connection.register("given", table.to_arrow())
    connection.execute("CREATE TABLE records AS SELECT * FROM given")
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name=key,
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in blocks],
    )
    linker = Linker(DuckDBAPI(connection=connection).register("records"), settings, log_level=40)
    learn, certain = linker.training, f"l.{first} = r.{first} AND l.{last} = r.{last} AND l.{born} = r.{born}"
    learn.estimate_probability_two_random_records_match([certain], recall=0.6)
    learn.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    learn.estimate_parameters_using_expectation_maximisation(block_on(first, last))
    learn.estimate_parameters_using_expectation_maximisation(block_on(born))
    weighed = linker.inference.predict(threshold_match_probability=0.01)
    groups = linker.clustering.cluster_pairwise_predictions_at_threshold(weighed, threshold_match_probability=0.95)
    rows = connection.sql(f'SELECT cluster_id, "{key}" FROM {groups.physical_name}').fetchall()
    with out.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([("entity", "key"), *rows])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--manual"]:
        manual(sys.argv[2], *map(Path, sys.argv[3:]))
    else:
        sys.exit(main(*map(Path, sys.argv[1:])))
