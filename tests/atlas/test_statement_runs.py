"""Statements in the order of firms: what is read of a firm stays the same, whatever was cut off or went."""

from __future__ import annotations

import random
import tempfile
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from tests.atlas.test_ingesting import HEAD, ingest, line

from yulin.atlas.adapters import statement_runs
from yulin.atlas.adapters.lake_files import lake_root
from yulin.atlas.adapters.statement_files import (
    Gone,
    Stamp,
    drop_rows,
    sorted_by_subject,
    statements_about,
    write_statements,
)
from yulin.atlas.core.intake import STATEMENTS
from yulin.atlas.enums import ReceiptState
from yulin.atlas.models import Receipt
from yulin.atlas.services.sorting import sort_statements
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.models import AuditEntry

FIRMS = [f"9144010{number:02}" for number in range(12)]


class CutOffError(Exception):
    """The process ended here."""


@pytest.fixture(autouse=True)
def _small(tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.YULIN_HOME = tmp_path / "home"
    monkeypatch.setattr(statement_runs, "ROWS_A_FILE", 20)
    monkeypatch.setattr(statement_runs, "ROWS_IN_MEMORY", 40)
    monkeypatch.setattr(statement_runs, "_SAMPLED", 2)


def key_of(number: int) -> tuple[str, str, str]:
    return f"s{number % 3}", f"{number:016x}", "c" * 8


def add_file(rng: random.Random, number: int, parts: int = 2, rows: int = 30) -> tuple[str, str, str]:
    source, file, contract = key_of(number)
    at = datetime(2022, 1, 1, tzinfo=UTC) + timedelta(days=number)
    stamp = Stamp(source, file, contract, "internal", 9000, date(2022, 1, 1) + timedelta(days=number), at, at)
    for part in range(parts):
        said = [
            (rng.choice(FIRMS), rng.choice(["staff_count", "name"]), str(rng.randrange(9)), None, part * rows + row)
            for row in range(rows)
        ]
        write_statements(stamp, part, pl.DataFrame(said, schema=STATEMENTS, orient="row"))
    return source, file, contract


def read() -> list[tuple]:
    """Return what is said of every firm; rows that are equal in all are told apart by nothing."""
    return [row for firm in FIRMS for row in sorted(statements_about(firm).rows(), key=repr)]


def sort_cut_off(keys: list, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Sort, but let the process end at the write of one of the run's files."""
    with pytest.raises(CutOffError):
        sort_until(keys, monkeypatch, after)


def sort_until(keys: list, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Sort, but let the process end after so many of the run's files; a run of no more files comes to its end."""
    done = []

    def write(*words: object) -> None:
        done.append(words)
        if len(done) > after:
            raise CutOffError
        whole(*words)

    whole = statement_runs.write_whole
    with monkeypatch.context() as patch:
        patch.setattr(statement_runs, "write_whole", write)
        sorted_by_subject(keys)


def runs() -> list[str]:
    return sorted(place.name for place in (lake_root() / "by_subject").glob("*"))


def test_a_firm_is_found_as_before_and_the_second_time_nothing_is_done() -> None:
    rng = random.Random(1)
    keys = [add_file(rng, number) for number in range(3)]
    before = read()
    made = sorted_by_subject(keys[:2])
    assert made is not None
    assert (made.rows, len(made.files)) == (120, 2)
    assert len(made.begins) > 3
    assert read() == before
    assert sorted_by_subject(keys[:2]) is None
    assert statements_about(FIRMS[0]).columns == pl.read_parquet(next(lake_root().rglob("part-*"))).columns
    assert statements_about("nobody").is_empty()
    assert sorted_by_subject(keys, least_rows=61) is None


def test_what_is_sorted_is_read_without_the_files_that_it_came_from() -> None:
    keys = [add_file(random.Random(2), number) for number in range(3)]
    before = read()
    sorted_by_subject(keys)
    for part in (lake_root() / "statements").rglob("part-*"):
        part.write_bytes(b"")
    assert read() == before


def test_a_run_takes_in_those_of_its_size_and_no_larger_one() -> None:
    rng = random.Random(3)
    keys = [add_file(rng, number, parts=8) for number in range(2)]
    sorted_by_subject(keys)
    for number in range(2, 7):
        keys.append(add_file(rng, number, parts=1))
        before = read()
        sorted_by_subject(keys)
        assert read() == before
    found = statement_runs.finished_runs()
    assert sum(len(run.files) for run in found) == len(keys)
    assert max(run.rows for run in found) == 480
    assert len(found) == len(runs()) <= 3


@pytest.mark.parametrize("after", range(4))
def test_a_sort_that_was_cut_off_goes_on(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    keys = [add_file(random.Random(4), number) for number in range(3)]
    before = read()
    sort_cut_off(keys, monkeypatch, after)
    assert read() == before
    (unfinished,) = (lake_root() / "by_subject").glob("*.unfinished")
    written = {place.name: place.stat().st_mtime_ns for place in unfinished.glob("rows-*.parquet")}
    assert len(written) == after
    made = sorted_by_subject(keys)
    assert made is not None
    assert read() == before
    whole = after // 2 * 2  # two are written at once
    kept = sorted(written)[:whole]
    assert {name: (made.folder / name).stat().st_mtime_ns for name in kept} == {name: written[name] for name in kept}
    assert runs() == [made.folder.name]


def test_what_goes_goes_from_runs_too_and_from_one_that_is_being_written(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [add_file(random.Random(5), number) for number in range(4)]
    sorted_by_subject(keys[:2])
    sort_cut_off(keys, monkeypatch, 3)
    drop_rows(keys[0], [Gone(subject=FIRMS[1]), Gone(row=3)])
    drop_rows(keys[3], [Gone(subject=FIRMS[1], fact="name")])
    before = read()
    sorted_by_subject(keys)
    assert read() == before
    assert len(runs()) == 1
    at = str(Path(f"source={keys[0][0]}") / f"{keys[0][1]}-{keys[0][2]}")
    for run in statement_runs.finished_runs():
        table = pl.concat([pl.read_parquet(place) for place in run.folder.glob("rows-*.parquet")])
        of_first = table.filter(pl.col("_file") == run.files.index(at))
        assert of_first.filter((pl.col("subject") == FIRMS[1]) | (pl.col("row") == 3)).is_empty()
        assert table.height == sum(pl.read_parquet(part).height for part in lake_root().rglob("part-*"))


def test_what_was_cut_off_between_run_and_part_goes_when_it_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from yulin.atlas.adapters import statement_files

    keys = [add_file(random.Random(6), 0)]
    sorted_by_subject(keys)

    def stop(*_: object) -> None:
        raise CutOffError

    with monkeypatch.context() as patch:
        patch.setattr(statement_files, "write_whole", stop)
        with pytest.raises(CutOffError):
            drop_rows(keys[0], [Gone(subject=FIRMS[2])])
    assert statements_about(FIRMS[2]).height < 60
    drop_rows(keys[0], [Gone(subject=FIRMS[2])])
    assert statements_about(FIRMS[2]).is_empty()
    rows = pl.concat([pl.read_parquet(part) for part in lake_root().rglob("part-*")])
    assert rows.filter(pl.col("subject") == FIRMS[2]).is_empty()


@examples(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.lists(st.sampled_from(["file", "sort", "cut", "drop"]), max_size=12))
def test_whatever_happens_a_firm_is_read_as_its_files_say(seed: int, steps: list[str]) -> None:
    from django.test import override_settings

    rng, keys = random.Random(seed), []
    with (
        tempfile.TemporaryDirectory() as home,
        override_settings(YULIN_HOME=home),
        pytest.MonkeyPatch.context() as patch,
    ):
        for step in steps:
            if step == "file" or not keys:
                keys.append(add_file(rng, len(keys), parts=rng.choice([1, 3])))
            elif step == "sort":
                sorted_by_subject(keys)
            elif step == "cut" and statement_runs._waiting(files_of(keys), 0):
                with suppress(CutOffError):  # what was dropped before may leave a single file to write
                    sort_until(keys, patch, rng.randrange(2))
            elif step == "drop":
                drop_rows(rng.choice(keys), [Gone(subject=rng.choice(FIRMS)), Gone(row=rng.randrange(30))])
        parts = list((lake_root() / "statements").rglob("part-*"))
        every = [row for part in parts for row in pl.read_parquet(part, hive_partitioning=False).rows()]
        by_firm = [row for firm in FIRMS for row in sorted((row for row in every if row[0] == firm), key=repr)]
        assert read() == by_firm


def files_of(keys: list) -> dict[str, list[Path]]:
    found = {f"source={key[0]}/{key[1]}-{key[2]}" for key in keys}
    return {name: sorted((lake_root() / "statements" / name).glob("*.parquet")) for name in found}


@pytest.mark.django_db
def test_only_files_that_were_taken_in_whole_are_sorted(tmp_path: Path) -> None:
    ingest(tmp_path / "a.csv", HEAD + line(0) + line(1))
    ingest(tmp_path / "b.csv", HEAD + line(2) + line(3))
    Receipt.objects.filter(file_name="b.csv").update(state=str(ReceiptState.STOPPED))
    assert sort_statements(actor=SYSTEM_ACTOR) is None
    made = sort_statements(actor=SYSTEM_ACTOR, least_rows=0)
    assert made is not None
    assert (made.files, made.rows) == (1, 8)
    assert AuditEntry.objects.get(action="atlas.sort_statements").facts["rows"] == 8
