"""Answers of a command that reads a JSON list from a file and writes a JSON list, one answer an input, in order.

An input that cannot be answered yields `{"error": …}` in its place, and the command ends with status 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from yulin.base.errors import InputShapeError, YulinError
from yulin.base.text import Text

A_LIST = Text("一个JSON列表", "a JSON list")


def answer_file(path: Path | str, answer: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Answer every input of a file and print the list; return the exit status (1 if an input was not answered)."""
    try:
        inputs = read_inputs(path)
    except YulinError as error:
        print(str(error), file=sys.stderr)
        return 2
    answers = [answer_or_error(each, answer) for each in inputs]
    print_json(answers)
    return int(any("error" in each for each in answers))


def read_input(path: Path | str, needed: Text = A_LIST) -> str:
    """Read a JSON text; `-` is standard input. **Raises**: `BASE.INPUT.SHAPE`."""
    try:
        return sys.stdin.read() if str(path) == "-" else Path(path).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise InputShapeError(found=f"{path}: {error}", needed=needed) from error


def read_inputs(path: Path | str) -> list[Any]:
    """Read a JSON list of inputs; `-` is standard input. **Raises**: `BASE.INPUT.SHAPE`."""
    try:
        inputs = json.loads(read_input(path))
    except ValueError as error:
        raise InputShapeError(found=f"{path}: {error}", needed=A_LIST) from error
    if not isinstance(inputs, list):
        raise InputShapeError(found=f"{path}: {type(inputs).__name__}", needed=A_LIST)
    return inputs


def answer_or_error(each: Any, answer: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Return the answer to one input, or its error in the form that the API gives it too."""
    try:
        if not isinstance(each, dict):
            raise InputShapeError(found=type(each).__name__, needed=Text("一个JSON对象", "a JSON object"))
        return answer(each)
    except YulinError as error:
        return {"error": error.envelope("en")}


def field(each: dict[str, Any], name: str, kind: type | tuple[type, ...]) -> Any:
    """Return a named field of an input. **Raises**: `BASE.INPUT.SHAPE` when it is missing or of another kind."""
    value = each.get(name)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        names = " | ".join(one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,)))
        raise InputShapeError(
            found=f"{name} = {value!r}",
            needed=Text("字段%(name)s，类型%(kind)s", "field %(name)s of type %(kind)s").with_values(
                name=name, kind=names
            ),
        )
    return value


def print_json(value: Any) -> None:
    """Print a value as JSON, Chinese as it is."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1, default=str)
    print()
