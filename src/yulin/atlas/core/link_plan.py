"""Records without identifiers that may be one: how they are compared, as data, and the Splink settings that follow.

A plan says which columns are compared and how, which pairs are looked at (`block`: each line a set of columns that
both share), which pairs are certain enough to estimate how many there are, and from which probability on a pair is a
match or waits for a person. Weights are learnt from the records themselves (expectation maximisation), never from
labels.

Invariant: a plan compares at least one column that is no name, because nobody is linked by a name alone.
**Source**: Fellegi and Sunter (1969), "A theory for record linkage".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from yulin.atlas.core.name_parts import BRAND, DIVISION, FORM, INDUSTRY
from yulin.atlas.core.reading import MappingReader
from yulin.atlas.errors import LinkPlanError
from yulin.base.text import Text


class Likeness(StrEnum):
    """How two values of a column are compared."""

    TEXT = "text"
    DAY = "day"
    CODE = "code"


class Take(StrEnum):
    """What a made column takes of another."""

    START = "start"
    END = "end"
    WORD = "word"
    PART = "part"


_LEAST_SLIP = 0.001
_UNTAUGHT_SLIP = 0.1
_LEAST_CHANCE = 0.000_001
PARTS = {"division": DIVISION, "brand": BRAND, "industry": INDUSTRY, "form": FORM}


@dataclass(frozen=True)
class MadeColumn:
    """A column made of another: its first or last characters, its n-th word, or a part of a firm's name."""

    name: str
    of: str
    take: Take
    count: int = 0
    part: str = ""


@dataclass(frozen=True)
class Compared:
    """A column that is compared. `near` are Jaro–Winkler likenesses in percent, the nearest first."""

    column: str
    likeness: Likeness
    label: Text
    near: tuple[int, ...] = ()
    area: str = ""
    is_name: bool = False
    rarity_counts: bool = False


@dataclass(frozen=True)
class LinkPlan:
    """How records are linked; see the module."""

    id: str
    key: str
    made: tuple[MadeColumn, ...]
    compared: tuple[Compared, ...]
    block: tuple[tuple[str, ...], ...]
    certain: tuple[tuple[str, ...], ...]
    certain_percent: int
    train: tuple[tuple[str, ...], ...]
    match_percent: int
    possible_percent: int

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that a file must have, the key first."""
        made = {column.name for column in self.made}
        used = [column.of for column in self.made]
        used += [name for one in self.compared for name in (one.column, one.area)]
        used += [name for line in (*self.block, *self.certain, *self.train) for name in line]
        return tuple(dict.fromkeys((self.key, *(name for name in used if name and name not in made))))


def read_plan(content: Any, where: str) -> LinkPlan:
    """Return the plan that a YAML mapping says. **Raises**: `ATLAS.LINK.PLAN`."""
    reader = MappingReader(content, where, LinkPlanError)
    made = reader.part("columns") if "columns" in reader.content else None
    compare = reader.part("compare")
    plan = LinkPlan(
        id=reader.text("id"),
        key=reader.text("key"),
        made=tuple(_made(name, reader.of("columns", name)) for name in made.content) if made else (),
        compared=tuple(_compared(name, reader.of("compare", name)) for name in compare.content),
        block=_lines(reader, "block"),
        certain=_lines(reader, "certain"),
        certain_percent=reader.number("certain_percent", 1, 100),
        train=_lines(reader, "train"),
        match_percent=reader.number("match_percent", 51, 100),
        possible_percent=reader.number("possible_percent", 1, 99),
    )
    reader.close()
    if all(one.is_name for one in plan.compared):
        reader.refuse("compare", Text("至少一个非名称的列", "at least one column that is no name"))
    if plan.possible_percent > plan.match_percent:
        reader.refuse("possible_percent", Text("不高于match_percent", "no more than match_percent"))
    return plan


def _made(name: str, reader: MappingReader) -> MadeColumn:
    takes = [take for take in Take if take in reader.content]
    if len(takes) != 1:
        reader.refuse("", Text("start、end、word、part之一", "one of start, end, word, part"))
    take = takes[0]
    column = MadeColumn(
        name,
        reader.text("of"),
        take,
        0 if take is Take.PART else reader.number(take, 1, 100),
        reader.text("part") if take is Take.PART else "",
    )
    if take is Take.PART and column.part not in PARTS:
        reader.refuse("part", Text(" | ".join(PARTS), " | ".join(PARTS)))
    reader.close()
    return column


def _compared(column: str, reader: MappingReader) -> Compared:
    likeness = reader.text("as")
    if likeness not in set(Likeness):
        reader.refuse("as", Text(" | ".join(Likeness), " | ".join(Likeness)))
    near = reader.content.get("near", [])
    reader.known("near")
    if not isinstance(near, list) or not all(isinstance(one, int) and 1 <= one <= 100 for one in near):
        reader.refuse("near", Text("一列百分数", "a list of percentages"))
    found = Compared(
        column=column,
        likeness=Likeness(likeness),
        label=reader.words("label"),
        near=tuple(sorted(near, reverse=True)),
        area=reader.text("area", ""),
        is_name=reader.flag("name"),
        rarity_counts=reader.flag("rarity"),
    )
    reader.close()
    return found


def _lines(reader: MappingReader, key: str) -> tuple[tuple[str, ...], ...]:
    lines = reader.content.get(key)
    reader.known(key)
    if not isinstance(lines, list) or not lines:
        reader.refuse(key, Text("若干行列名", "lines of column names"))
    for line in lines:
        if not isinstance(line, list) or not line or not all(isinstance(name, str) for name in line):
            reader.refuse(key, Text("每行若干列名", "column names in each line"))
    return tuple(tuple(line) for line in lines)


def splink_settings(plan: LinkPlan) -> dict[str, Any]:
    """Return the settings that Splink runs a plan by."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "key",
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
        "comparisons": [_comparison(one) for one in plan.compared],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": shared(line), "sql_dialect": "duckdb"} for line in plan.block
        ],
    }


def with_slips(settings: dict[str, Any]) -> dict[str, Any]:
    """Return learnt settings in which every way to differ happens to one and the same at least once in a thousand.

    What no pair of the records showed would else speak against one without bounds, or not be heard at all: where
    nothing was learnt of a column, one in ten differs, and what random pairs never showed is one in a million.
    """
    comparisons = [one | {"comparison_levels": _with_slip(one["comparison_levels"])} for one in settings["comparisons"]]
    return settings | {"comparisons": comparisons}


def _with_slip(levels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    filled, ways = [], sum(not level.get("is_null_level") for level in levels) - 1
    for level in levels:
        if level.get("is_null_level"):
            filled.append(level)
            continue
        untaught = _UNTAUGHT_SLIP / ways if any("m_probability" in one for one in filled) else 1 - _UNTAUGHT_SLIP
        of_one, of_two = _number(level, "m_probability", untaught), _number(level, "u_probability", 0.0)
        filled.append(level | {"m_probability": max(of_one, _LEAST_SLIP), "u_probability": max(of_two, _LEAST_CHANCE)})
    return filled


def _number(level: dict[str, Any], name: str, default: float) -> float:
    """Return a learnt number; Splink says in words that there is none."""
    found = level.get(name)
    return found if isinstance(found, float) else default


def shared(columns: Iterable[str]) -> str:
    """Return the SQL condition that two records share columns.

    >>> shared(("surname", "dob"))
    'l."surname" = r."surname" AND l."dob" = r."dob"'
    """
    return " AND ".join(f"l.{_quoted(name)} = r.{_quoted(name)}" for name in columns)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _comparison(one: Compared) -> dict[str, Any]:
    left, right = _quoted(f"{one.column}_l"), _quoted(f"{one.column}_r")
    same: dict[str, Any] = {"sql_condition": f"{left} = {right}", "label_for_charts": "same"}
    if one.rarity_counts:
        same |= {"tf_adjustment_column": one.column, "tf_adjustment_weight": 1.0}
    between = {Likeness.TEXT: _text_levels, Likeness.DAY: _day_levels, Likeness.CODE: _code_levels}[one.likeness]
    levels = [
        {"sql_condition": f"{left} IS NULL OR {right} IS NULL", "label_for_charts": "unknown", "is_null_level": True},
        *([] if one.likeness is Likeness.DAY else [same]),
        *({"sql_condition": sql, "label_for_charts": label} for label, sql in between(one, left, right)),
        {"sql_condition": "ELSE", "label_for_charts": "other"},
    ]
    return {"output_column_name": one.column, "comparison_levels": levels}


_Levels = list[tuple[str, str]]


def _text_levels(one: Compared, left: str, right: str) -> _Levels:
    return [(f"alike from {near} %", f"jaro_winkler_similarity({left}, {right}) >= {near / 100}") for near in one.near]


def _day_levels(_one: Compared, left: str, right: str) -> _Levels:
    """Return the levels of days; a first of January often means that only the year is known, and speaks less."""
    year_left, year_right = (f"substr({side}, 1, 4)" for side in (left, right))
    apart = f"abs(try_cast({year_left} AS int) - try_cast({year_right} AS int))"
    return [
        ("same", f"{left} = {right} AND {left} NOT LIKE '%01-01' AND {left} NOT LIKE '%0101'"),
        ("same first of January", f"{left} = {right}"),
        ("one slip", f"damerau_levenshtein({left}, {right}) <= 1"),
        ("same year", f"{year_left} = {year_right}"),
        ("two slips", f"damerau_levenshtein({left}, {right}) <= 2"),
        ("within ten years", f"{apart} <= 10"),
    ]


def _code_levels(one: Compared, left: str, right: str) -> _Levels:
    levels = [("one slip", f"damerau_levenshtein({left}, {right}) <= 1")]
    if one.area:
        levels.append(("same area", f"{_quoted(one.area + '_l')} = {_quoted(one.area + '_r')}"))
    return levels
