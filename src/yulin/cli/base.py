"""`yulin base check-id|workdays FILE`: identifiers and working days from the shell. Needs no database."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from yulin.base.errors import CalendarUnknownError, InputShapeError
from yulin.base.ids import check_id
from yulin.base.text import Text
from yulin.base.workdays import shipped_calendar
from yulin.cli.answers import answer_file, field


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs of `yulin base`."""
    area = subparsers.add_parser("base", help="identifiers and working days")
    verbs = area.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, answer, about in (
        ("check-id", check_id_answer, "say what kind of identifier each text is, and whether it holds"),
        ("workdays", workdays_answer, "say on which day a term of working days ends"),
    ):
        parser = verbs.add_parser(verb, help=about, description=about)
        parser.add_argument("file", metavar="FILE", help="a JSON list of inputs; - is standard input")
        parser.set_defaults(run=lambda arguments, answer=answer: answer_file(arguments.file, answer))


def check_id_answer(each: dict[str, Any]) -> dict[str, Any]:
    """Return what an identifier is."""
    check = check_id(field(each, "text", str))
    return {
        "kind": str(check.kind),
        "valid": check.valid,
        "normalised": check.normalised,
        "warnings": [warning.en for warning in check.warnings],
    }


def workdays_answer(each: dict[str, Any]) -> dict[str, Any]:
    """Return the day on which a term ends; the start day is not counted."""
    workdays = field(each, "workdays", int)
    if workdays < 0:
        raise InputShapeError(found=f"workdays = {workdays}", needed=Text("不小于零", "zero or more"))
    calendar = each.get("calendar", "CN")
    if calendar != "CN":
        raise CalendarUnknownError(name=str(calendar))
    return {"due_on": shipped_calendar().add_workdays(_day(field(each, "start", str)), workdays).isoformat()}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputShapeError(
            found=f"start = {text!r}", needed=Text("日期，如2025-03-03", "a day, 2025-03-03")
        ) from error
