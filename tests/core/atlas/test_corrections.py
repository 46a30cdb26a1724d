"""A corrected value is read as the fact's kind, exactly, or refused with what is needed."""

from __future__ import annotations

import pytest

from yulin.atlas.core.corrections import read_value
from yulin.atlas.core.portrait import FactShown
from yulin.atlas.errors import CorrectionUnreadableError
from yulin.base.text import Text

LISTED = {"small": Text("小型", "Small")}


def form(kind: str) -> FactShown:
    return FactShown(Text("", ""), kind, LISTED if kind == "member" else {})


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("300万元", "money", 300_000_000),
        ("1,234.56", "money", 123_456),
        ("0", "money", 0),
        ("3.25%", "ratio", 325),
        ("57", "count", 57),
        ("是", "bool", True),
        ("No", "bool", False),
        ("2021-12-31", "date", "2021-12-31"),
        ("小型", "member", "small"),
        ("small", "member", "small"),
        (" 甲 ", "text", "甲"),
    ],
)
def test_a_value_is_read_in_the_unit_of_its_kind(text: str, kind: str, value: object) -> None:
    assert read_value(text, form(kind)) == value


@pytest.mark.parametrize(
    ("text", "kind"),
    [("many", "money"), ("3.255", "ratio"), ("5.5", "count"), ("perhaps", "bool"), ("2021-13-01", "date"),
     ("huge", "member"), ("  ", "text"), ("NaN", "ratio"), ("Infinity", "ratio")],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused(text: str, kind: str) -> None:
    with pytest.raises(CorrectionUnreadableError):
        read_value(text, form(kind))
