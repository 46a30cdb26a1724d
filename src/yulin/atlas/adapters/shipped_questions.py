"""The yes-or-no questions that ship with the firm register."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from yulin.atlas.core.questions import Question, read_question
from yulin.atlas.errors import QuestionUnknownError
from yulin.rules.adapters.shipped import shipped_vocabulary


@cache
def shipped_questions() -> Mapping[str, Question]:
    """Return every question by id."""
    text = files("yulin.atlas").joinpath("questions.yaml").read_text(encoding="utf-8")
    content = YAML(typ="safe").load(text)["questions"]
    return {name: read_question(name, one["title"], one["that"], shipped_vocabulary()) for name, one in content.items()}


def question_of(name: str) -> Question:
    """Return one question. Raises: `ATLAS.QUESTION.UNKNOWN`."""
    found = shipped_questions().get(name)
    if found is None:
        raise QuestionUnknownError(question=name, known=tuple(shipped_questions()))
    return found
