"""What the owner of a source is told of its files: bounds to the hundredth, falls, late files to the day."""

from __future__ import annotations

from datetime import date

import pytest

from yulin.atlas.core.source_quality import FileQuality, QualityRules, alerts_of, due_on
from yulin.base.text import Text

RULES = QualityRules(least_bp=9_500, fall_bp=500, files=3, grace_days=15)
LABELS = {"staff": Text("职工", "Staff")}


def file(held: int, filled: int = 1_000, out: int = 0, **other: object) -> FileQuality:
    """A file of a thousand rows: of `filled` cells `held` hold."""
    problems = {"unreadable": filled - held} if filled > held else {}
    quality = {"staff": {"filled": filled, "taken": held, "problems": problems}}
    return FileQuality(1_000, out, quality, **{"drift": {}, **other})  # type: ignore[arg-type]


def told(*files: FileQuality) -> list[str]:
    return [one.en for one in alerts_of(files, LABELS, RULES)]


@pytest.mark.parametrize(
    ("held", "said"), [(950, []), (949, ["Staff: 94.9% hold, less than 95%"]), (0, ["Staff: 0% hold, less than 95%"])]
)
def test_what_holds_is_told_of_under_the_bound_and_not_at_it(held: int, said: list[str]) -> None:
    assert told(file(held)) == said


@pytest.mark.parametrize(("held", "said"), [(950, []), (949, ["Staff: 94.9% hold, 100% before"])])
def test_a_fall_under_the_usual_of_the_files_before_is_told_once(held: int, said: list[str]) -> None:
    assert told(file(held), file(1_000), file(1_000), file(700)) == said


def test_the_files_before_are_the_last_few_whole_ones() -> None:
    broken = file(1_000, is_whole=False)
    assert told(file(960), broken, file(960), file(960), file(960), *[file(1_000)] * 9) == []
    assert told(broken) == ["The latest file broke off: what came after is not taken in"]


def test_fewer_filled_cells_and_rows_kept_out_are_told() -> None:
    assert told(file(400, 400), file(1_000)) == ["Staff: 40% are filled, 100% before"]
    assert told(file(1_000, out=60)) == ["Whole rows: 94% hold, less than 95%"]


def test_a_field_without_a_cell_has_no_rate_and_columns_that_drift_are_named() -> None:
    drift = {"missing": ["职工", "营收"], "new": ["电话"]}
    assert told(file(0, 0, drift=drift)) == [
        "The latest file lacks columns: 职工、营收",
        "The latest file has a new column: 电话",
    ]
    assert told() == []


@pytest.mark.parametrize(
    ("schedule", "day"),
    [
        ("daily", date(2022, 1, 16)),
        ("weekly", date(2022, 1, 22)),
        ("monthly", date(2022, 2, 15)),
        ("quarterly", date(2022, 4, 15)),
        ("yearly", date(2023, 1, 15)),
        ("when it changes", None),
    ],
)
def test_a_file_is_due_when_its_term_and_the_grace_are_over(schedule: str, day: date | None) -> None:
    assert due_on(schedule, date(2021, 12, 31), RULES) == day


def test_rows_that_may_lack_their_code_and_wait_are_no_fault_of_their_source() -> None:
    waiting = FileQuality(24, 18, {"": {"filled": 24, "taken": 6, "waiting": 18, "problems": {"code_missing": 18}}}, {})
    assert waiting.passed_bp("") == 10_000
    wrong = FileQuality(24, 20, {"": {"filled": 24, "taken": 4, "waiting": 18, "problems": {"code_missing": 18}}}, {})
    assert wrong.passed_bp("") == 6_666
    assert FileQuality(4, 4, {"": {"filled": 4, "taken": 0, "waiting": 4, "problems": {}}}, {}).passed_bp("") is None
