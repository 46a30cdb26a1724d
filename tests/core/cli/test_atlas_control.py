"""`yulin atlas control` from a file of holdings to answers and BODS statements."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from yulin.base.ids import make_uscc
from yulin.cli.__main__ import main

ONE, TWO = make_uscc("440112", 1), make_uscc("440112", 2)
HOLDINGS = f"holder,holder_name,firm,percent\n{ONE},甲公司,{TWO},60\np1,张三,{ONE},100%\np2,,{TWO},40\n"


def faults_of(statements: list[dict[str, Any]]) -> list[str]:
    """Return what is wrong with a set of statements: a field that is missing, a record that nothing states."""
    needed = ("statementId", "declarationSubject", "recordId", "recordType", "recordDetails")
    faults = [f"{row}: {field}" for row in statements for field in needed if field not in row]
    stated = {row["recordId"] for row in statements if row["recordType"] != "relationship"}
    ends = [
        row["recordDetails"][end]
        for row in statements
        if row["recordType"] == "relationship"
        for end in ("subject", "interestedParty")
    ]
    return faults + [end for end in ends if end not in stated]


def run(folder: Path, text: str, *more: str) -> int:
    path = folder / "holdings.csv"
    path.write_text(text, encoding="utf-8")
    return main(["atlas", "control", str(path), *more])


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_one_firm_shows_parts_controller_and_group(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, HOLDINGS, "--firm", TWO) == 0
    assert said(capsys) == {
        "firm": TWO,
        "controller": "p1",
        "group": sorted([ONE, TWO, "p1"]),
        "owners_in_the_end": {"p1": 60.0, "p2": 40.0},
        "behind": {ONE: 60.0, "p1": 60.0, "p2": 40.0},
        "set_aside": [],
    }


def test_statements_are_complete_and_the_same_each_time(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one.json", "two.json")]
    assert [run(tmp_path, HOLDINGS, "--bods", str(file)) for file in files] == [0, 0]
    statements = json.loads(files[0].read_text(encoding="utf-8"))
    assert statements == json.loads(files[1].read_text(encoding="utf-8"))
    assert faults_of(statements) == []
    assert [row["recordType"] for row in statements] == ["entity", "entity", "person", "person", *["relationship"] * 3]
    assert statements[0]["recordDetails"]["identifiers"] == [{"id": ONE, "schemeName": "USCC"}]
    assert statements[2]["recordDetails"]["names"][0]["fullName"] == "张三"
    assert sorted(row["recordDetails"]["interests"][0]["share"]["exact"] for row in statements[4:]) == [40, 60, 100]
    assert len({row["statementId"] for row in statements}) == 7
    assert faults_of(statements[1:]) == [statements[0]["recordId"]] * 2


def test_more_than_a_whole_is_set_aside_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, HOLDINGS + f"p3,,{TWO},0.5\n") == 0
    answer = said(capsys)
    assert answer["set_aside"][0]["why"] == "the shares sum to more than 100%: 100.5%"
    assert answer["controllers"] == {ONE: "p1"}


@pytest.mark.parametrize(
    ("text", "more", "found"),
    [
        ("holder,firm\np1,x\n", [], "holder, firm"),
        ("holder,firm,percent\np1,x,half\n", [], ":2: half"),
        ("holder,firm,percent\n,x,10\n", [], ":2"),
        (HOLDINGS, ["--firm", "x"], "x"),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, more: list[str], found: str
) -> None:
    assert run(tmp_path, text, *more) == 1
    assert found in said(capsys)["error"]["message"]


def test_what_a_group_owes_is_what_its_firms_owe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    owed = tmp_path / "owed.csv"
    owed.write_text(f"firm,yuan\n{ONE},1000000.01\n{TWO},500\n{TWO},0.99\n其他,3\n", encoding="utf-8")
    assert run(tmp_path, HOLDINGS, "--owed", str(owed)) == 0
    assert json.loads(capsys.readouterr().out)["owed_yuan"] == {"p1": "1,000,501.00", "其他": "3.00"}
    owed.write_text(f"firm,yuan\n{ONE},许多\n", encoding="utf-8")
    assert run(tmp_path, HOLDINGS, "--owed", str(owed)) == 1
    assert "许多" in capsys.readouterr().out
