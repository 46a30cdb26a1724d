"""`yulin atlas resolve` from files to files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from yulin.base.ids import make_uscc
from yulin.cli.__main__ import main

CODE = make_uscc("440112", 1)
RECORDS = f"""key,name,code,former_codes,founded_on
r1,广州华科科技有限公司,{CODE},,2015-03-02
r2,华科科技（广州）,,440112000000016；{CODE},
r3,广州华科,,,
"""


def run(
    folder: Path, records: str, judgements: str = "", encoding: str = "utf-8", more: tuple[str, ...] = ()
) -> tuple[int, list[list[str]]]:
    (folder / "records.csv").write_text(records, encoding=encoding)
    (folder / "judgements.csv").write_text(judgements or "left,right,same,judged_at,judged_by\n", encoding="utf-8")
    names = {name: str(folder / f"{name}.csv") for name in ("records", "judgements", "out", "possible")}
    options = ["--judgements", names["judgements"], "--out", names["out"], "--possible", names["possible"]]
    answer = main(["atlas", "resolve", names["records"], *options, *more])
    if not (folder / "out.csv").exists():
        return answer, []
    with (folder / "out.csv").open(encoding="utf-8", newline="") as rows:
        return answer, list(csv.reader(rows))[1:]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_records_become_firms_each_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    answer, rows = run(tmp_path, RECORDS, encoding=encoding)
    assert answer == 0
    assert [(row[0], row[1], row[2]) for row in rows] == [("1", "r1", ""), ("1", "r2", "r1"), ("2", "r3", "")]
    assert rows[1][4] == f"The USCC of one is a former one of the other: {CODE}"
    assert json.loads(capsys.readouterr().out) == {
        "records": 3, "entities": 2, "possible": 2, "conflicts": [], "not_compared": [], "merged_into": {},
        "parted_from": {},
    }  # fmt: skip
    assert "名称相近" in (tmp_path / "possible.csv").read_text(encoding="utf-8")


def test_what_a_person_judged_counts_and_can_be_taken_back(tmp_path: Path) -> None:
    head = "left,right,same,judged_at,judged_by,reason\n"
    same = "r3,r1,yes,2026-01-01T09:00:00+08:00,王五,看过营业执照\n"
    assert [row[0] for row in run(tmp_path, RECORDS, head + same)[1]] == ["1", "1", "1"]
    back = "r1,r3,no,2026-01-02,王五,看错了\n"
    assert [row[0] for row in run(tmp_path, RECORDS, head + same + back)[1]] == ["1", "1", "2"]


def test_numbers_stay_while_records_join_and_part(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tmp_path / "before.csv"
    before.write_text("entity,key\n7,r1\n7,r2\n9,r3\n", encoding="utf-8")
    assert [row[0] for row in run(tmp_path, RECORDS, more=("--before", str(before)))[1]] == ["7", "7", "9"]
    judged = "left,right,same,judged_at,judged_by\nr3,r1,yes,2026-01-01,王五\n"
    capsys.readouterr()
    assert [row[0] for row in run(tmp_path, RECORDS, judged, more=("--before", str(before)))[1]] == ["7", "7", "7"]
    assert json.loads(capsys.readouterr().out)["merged_into"] == {"9": 7}
    before.write_text("entity,key\n7,r1\n7,r2\n7,r3\n", encoding="utf-8")
    assert [row[0] for row in run(tmp_path, RECORDS, more=("--before", str(before)))[1]] == ["7", "7", "8"]
    assert json.loads(capsys.readouterr().out)["parted_from"] == {"8": 7}


@pytest.mark.parametrize(
    ("records", "judgements", "found"),
    [
        ("name\n华科\n", "", "name"),
        ("key,name\nr1,华科\nr1,华科\n", "", ":3: r1"),
        ("key,founded_on\nr1,2015年\n", "", ":2: 2015年"),
        (RECORDS, "left,right,same,judged_at,judged_by\nr1,r3,maybe,2026-01-01,王五\n", ":2: maybe"),
        (RECORDS, "left,right,same,judged_at,judged_by\nr1,r3,no,yesterday,王五\n", ":2: yesterday"),
    ],
)
def test_what_cannot_be_read_is_named_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], records: str, judgements: str, found: str
) -> None:
    answer, rows = run(tmp_path, records, judgements)
    assert (answer, rows) == (1, [])
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "BASE.INPUT.SHAPE"
    assert found in error["message"]
