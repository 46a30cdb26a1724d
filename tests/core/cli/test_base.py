from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from yulin.cli.__main__ import main


def run(tmp_path: Path, verb: str, inputs: Any, capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    file = tmp_path / "inputs.json"
    file.write_text(json.dumps(inputs), encoding="utf-8")
    status = main(["base", verb, str(file)])
    return status, json.loads(capsys.readouterr().out or "null")


def test_check_id_answers_each_input_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, answers = run(tmp_path, "check-id", [{"text": "91350100M000100Y43"}, {"text": ""}], capsys)
    assert status == 0
    assert [answer["kind"] for answer in answers] == ["uscc", "none"]


def test_input_that_cannot_be_answered_yields_its_error_in_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = [
        {"start": "2025-03-03", "workdays": 5, "calendar": "CN"},
        {"start": "2026-12-31", "workdays": 1, "calendar": "CN"},
        {"start": "2025-13-01", "workdays": 1},
        {"start": "2025-03-03", "workdays": -1},
        {"start": "2025-03-03", "workdays": 1, "calendar": "XX"},
        {"start": "2025-03-03"},
        7,
    ]
    status, answers = run(tmp_path, "workdays", inputs, capsys)
    assert status == 1
    assert answers[0] == {"due_on": "2025-03-10"}
    assert [answer["error"]["code"] for answer in answers[1:]] == [
        "BASE.CALENDAR.NOT_ANNOUNCED",
        "BASE.INPUT.SHAPE",
        "BASE.INPUT.SHAPE",
        "BASE.CALENDAR.UNKNOWN",
        "BASE.INPUT.SHAPE",
        "BASE.INPUT.SHAPE",
    ]


@pytest.mark.parametrize("text", ["{}", "not json", ""])
def test_file_that_is_no_list_is_refused(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "inputs.json"
    file.write_text(text, encoding="utf-8")
    assert main(["base", "check-id", str(file)]) == 2
    said = capsys.readouterr()
    assert (said.out, "[BASE.INPUT.SHAPE]" in said.err) == ("", True)


def test_file_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["base", "check-id", str(tmp_path / "none.json")]) == 2
    assert "[BASE.INPUT.SHAPE]" in capsys.readouterr().err


def test_unknown_command_prints_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["nonsense"])
    assert caught.value.code == 2
    assert "usage: yulin" in capsys.readouterr().err
