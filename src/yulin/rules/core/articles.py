"""A pack as people read it: row by row, its clause, its words, and its rule written out line by line.

Nothing is computed here; a rule stays in the language of packs, with bounds and points as the law states them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from yulin.base.text import Text
from yulin.rules.core.findings import say
from yulin.rules.core.nodes import Expression
from yulin.rules.core.pack import (
    Bands,
    BestOf,
    FirstOf,
    Guarded,
    Pack,
    PointsWhen,
    Row,
    Scoring,
    Step,
    SumOf,
)

SECTIONS: Mapping[str, Text] = {
    "parameters": Text("参数", "Parameters"),
    "conditions": Text("条件", "Conditions"),
    "routes": Text("途径（满足其一）", "Routes (any one)"),
    "scores": Text("评分指标", "Indicators"),
    "groups": Text("指标组", "Groups of indicators"),
    "direct_pass": Text("直接确认", "Direct confirmation"),
    "outcome": Text("结论", "Outcome"),
    "classes": Text("分类", "Classes"),
    "ladder": Text("等级", "Ladder"),
    "series": Text("利率", "Rates"),
    "terms": Text("期限与金额", "Terms"),
}
DECISION_NAMES: Mapping[str, Text] = {
    "new_application": Text("新申请", "new applications"),
    "review": Text("复核", "reviews"),
    "title_held": Text("已持有", "titles held"),
}
_SIGNS = {">=": "≥", "<=": "≤"}
_WAYS = {
    BestOf: Text("下列取最高", "the best of"),
    FirstOf: Text("下列取先满足者", "the first that applies of"),
    SumOf: Text("下列相加", "the sum of"),
}
_SERIES_SHOWN = 6


@dataclass(frozen=True)
class Article:
    """One row of a pack as it is shown."""

    section: str
    row: Row
    says: Text
    rule: tuple[Text, ...]


@dataclass(frozen=True)
class Marks:
    """How many rows are verified, partly, or not at all."""

    yes: int
    partly: int
    no: int

    @property
    def total(self) -> int:
        """All rows."""
        return self.yes + self.partly + self.no

    @property
    def percent(self) -> int:
        """The verified share, cut to whole per cent: 99.9 % is not all."""
        return self.yes * 100 // self.total if self.total else 0


def marks_among(verified: Iterable[str]) -> Marks:
    """Count marks of verification.

    >>> marks_among(["yes", "no", "yes"]).percent
    66
    """
    found = Counter(verified)
    return Marks(found["yes"], found["partly"], found["no"])


def marks_of(pack: Pack) -> Marks:
    """Count the marks of all rows of a pack."""
    return marks_among(row.verified for row in pack.rows())


def articles(pack: Pack) -> tuple[Article, ...]:
    """Return every row of a pack that is no scheme, in the order of the text."""
    return tuple(
        Article(row.id.partition(".")[0], row, row.text or _bare(row.id.partition(".")[2] or row.id), rule)
        for row, rule in _rules(pack)
    )


def _rules(pack: Pack) -> Iterator[tuple[Row, tuple[Text, ...]]]:
    for parameter in pack.parameters.values():
        yield parameter.row, (_code(parameter.value),)
    for condition in (*pack.conditions.values(), *pack.routes.values()):
        yield condition.row, (_code(condition.that),)
    for score in pack.scores.values():
        yield score.row, (*_scoring(score.rule), _most(score.at_most))
    for group in pack.groups.values():
        yield group.row, (_bare(" + ".join(group.scores)), _most(group.at_most))
    if pack.direct_pass:
        yield pack.direct_pass.row, (_code(pack.direct_pass.that),)
    if pack.outcome:
        others = [
            Text(f"{DECISION_NAMES[key].zh}：{_line(met)}", f"{DECISION_NAMES[key].en}: {_line(met)}")
            for key, met in pack.outcome.by_decision.items()
        ]
        yield pack.outcome.row, (_code(pack.outcome.met), *others)
    yield from _class_rules(pack)
    for series in pack.series.values():
        steps = [_bare(f"{first}: {_rate(float(rate))}") for first, rate in reversed(series.steps)]
        older = len(steps) - _SERIES_SHOWN
        more = [Text(f"更早的{older}个", f"and {older} before")] if older > 0 else []
        yield series.row, (*steps[:_SERIES_SHOWN], *more)
    for term in pack.terms.values():
        yield term.row, (_code(term.value),)


def _class_rules(pack: Pack) -> Iterator[tuple[Row, tuple[Text, ...]]]:
    for row in pack.classes.rows.values() if pack.classes else ():
        yield row.row, tuple(_bare(f"{name}: {_line(that)}") for name, that in row.classes)
    for rung in pack.ladder.rungs.values() if pack.ladder else ():
        yield rung.row, (_bare(f"{rung.name}: {_line(rung.that)}"),)


def _scoring(rule: Scoring) -> Iterator[Text]:
    if isinstance(rule, Bands):
        yield _code(rule.of)
        sign = _SIGNS.get(rule.comparator, rule.comparator)
        parts = [(f"{sign} {say(step.bound, rule.of.type)}", step) for step in rule.steps]
        yield Text(
            "；".join(f"{bound}得{_points(step)}分" for bound, step in parts),
            "; ".join(f"{bound} gives {_points(step)}" for bound, step in parts),
        )
    elif isinstance(rule, PointsWhen):
        yield Text(f"{_line(rule.when)} 得{_points(rule)}分", f"{_line(rule.when)} gives {_points(rule)}")
    elif isinstance(rule, Guarded):
        yield Text(f"仅当 {_line(rule.when)}", f"only while {_line(rule.when)}")
        yield from _scoring(rule.way)
    else:
        yield _WAYS[type(rule)]
        for way in rule.ways:
            yield from _scoring(way)


def _points(one: Step | PointsWhen) -> str:
    return f"{one.points}" if one.most is None else f"{one.points}–{one.most}"


def _most(points: int) -> Text:
    return Text(f"至多{points}分", f"at most {points}")


def _rate(rate: float) -> str:
    return f"{rate * 100:.2f} %"


def _code(expression: Expression) -> Text:
    return _bare(_line(expression))


def _line(expression: Expression) -> str:
    return " ".join(expression.text.split())


def _bare(text: str) -> Text:
    return Text(text, text)
