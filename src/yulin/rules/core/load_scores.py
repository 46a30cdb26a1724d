"""Read the scores of a title, and the groups that add them up."""

from __future__ import annotations

import re
from collections.abc import Mapping

from yulin.base.text import Text
from yulin.rules.core.context import ROW_KEYS, Context, undefined_missing
from yulin.rules.core.entries import Entry
from yulin.rules.core.language import parse_expression
from yulin.rules.core.pack import (
    Bands,
    BestOf,
    FirstOf,
    Group,
    Guarded,
    PointsWhen,
    Score,
    Scoring,
    Step,
    SumOf,
    expressions_of,
)
from yulin.rules.core.vocabulary import BOOL, POINTS
from yulin.rules.errors import PackFormError

_COMPARATORS = {"at_least": ">=", "above": ">", "up_to": "<=", "below": "<"}
_GROUPS: Mapping[str, type[BestOf | FirstOf | SumOf]] = {"best_of": BestOf, "first_of": FirstOf, "sum_of": SumOf}
_WAYS = ("bands", "when", "points", *_GROUPS)
_KEYS = ROW_KEYS | {"at_most", "entered", "applies_to", *_WAYS}
MOST_BANDS = 200
_RANGE = re.compile(r"(\d+)-(\d+)\Z")


def load_scores(ctx: Context, entry: Entry | None) -> dict[str, Score]:
    """Read the section `scores`."""
    return {key: _score(ctx, f"scores.{key}", part) for key, part in entry.items()} if entry else {}


def _score(ctx: Context, row_id: str, entry: Entry) -> Score:
    entry.keys(_KEYS)
    entered = ctx.expression(entry.need("entered"), expected=POINTS) if "entered" in entry else None
    if entered and not any(way in entry for way in _WAYS):
        rule: Scoring = PointsWhen(
            parse_expression("True", ctx.vocabulary, where=entry.where), 0, entry.need("at_most").whole()
        )
    else:
        rule = _scoring(ctx, entry)
    if entered is None and _has_range(rule):
        raise PackFormError(
            entry.where,
            Text(f"“{row_id}”的分数是区间，须写明由哪一事实填定（entered）。", f"“{row_id}” gives ranges of points."),
            Text("写 entered: 专家评分的事实名。", "Write entered: the fact that holds the expert's points."),
        )
    most = entry.need("at_most").whole() if "at_most" in entry else most_points(rule)
    read = [*expressions_of(rule), *([entered] if entered else [])]
    return Score(ctx.row(row_id, entry, *read), rule, most, entered)


def _scoring(ctx: Context, entry: Entry) -> Scoring:
    if "points" in entry:
        entry.keys(ROW_KEYS | {"when", "points", "at_most", "entered", "applies_to"}, {"when", "points"})
        least, most = _points(entry.need("points"))
        return PointsWhen(ctx.expression(entry.need("when"), expected=BOOL), least, most)
    entry.keys(_KEYS)
    if "when" in entry:
        inner = Entry({key: part for key, part in entry.mapping().items() if key != "when"}, entry.where)
        return Guarded(ctx.expression(entry.need("when"), expected=BOOL), _scoring(ctx, inner))
    way = next((key for key in _GROUPS if key in entry), None)
    if way is not None:
        group: type[BestOf | FirstOf | SumOf] = _GROUPS[way]
        return group(tuple(_scoring(ctx, part) for part in entry.need(way).sequence()))
    return _bands(ctx, entry.need("bands"))


def _points(entry: Entry) -> tuple[int, int | None]:
    """Read points: `8`, or `7-8` where the law leaves a range to an expert."""
    found = _RANGE.match(str(entry.value)) if isinstance(entry.value, str) else None
    if found is None:
        return entry.whole(), None
    least, most = int(found[1]), int(found[2])
    if least >= most:
        raise entry.defect("由小到大的分数区间，如 7-8", "a range of points from less to more, such as 7-8")
    return least, most


def _bands(ctx: Context, entry: Entry) -> Bands:
    entry.keys({"of", "undefined", "otherwise", *_COMPARATORS}, {"of"})
    of = ctx.expression(entry.need("of"))
    key = next((key for key in _COMPARATORS if key in entry), None)
    if key is None or not of.type.is_numeric:
        raise entry.defect(
            "一个数（of）和一组界限（at_least 等）", "a number (of) and bounds (at_least, above, up_to, below)"
        )
    if of.has_division and "undefined" not in entry:
        raise undefined_missing(entry.need("of"))
    if len(entry.need(key).mapping()) > MOST_BANDS:
        raise PackFormError(
            entry.need(key).where,
            Text(f"有{len(entry.need(key).mapping()):,}档，至多{MOST_BANDS}档。",
                 f"{len(entry.need(key).mapping()):,} bands; at most {MOST_BANDS}."),
        )  # fmt: skip
    steps = [Step(ctx.quantity(bound, part.where, of.type), *_points(part)) for bound, part in entry.need(key).items()]
    steps.sort(key=lambda step: step.bound, reverse=key in {"at_least", "above"})
    undefined = entry.need("undefined").whole() if "undefined" in entry else None
    otherwise = entry.need("otherwise").whole() if "otherwise" in entry else 0
    return Bands(of, _COMPARATORS[key], tuple(steps), undefined, otherwise)


def _has_range(rule: Scoring) -> bool:
    if isinstance(rule, Bands):
        return any(step.most is not None for step in rule.steps)
    if isinstance(rule, PointsWhen):
        return rule.most is not None
    return any(_has_range(way) for way in _ways(rule))


def _ways(rule: Guarded | BestOf | FirstOf | SumOf) -> tuple[Scoring, ...]:
    return (rule.way,) if isinstance(rule, Guarded) else rule.ways


def most_points(rule: Scoring) -> int:
    """Return the most points that a scoring rule can give.

    >>> from yulin.rules.core.vocabulary import Vocabulary
    >>> most_points(PointsWhen(parse_expression("1 > 0", Vocabulary({})), 7, 8))
    8
    """
    if isinstance(rule, PointsWhen):
        return rule.most or rule.points
    if isinstance(rule, Bands):
        return max(rule.otherwise, rule.undefined or 0, *(step.most or step.points for step in rule.steps))
    each = [most_points(way) for way in _ways(rule)]
    return sum(each) if isinstance(rule, SumOf) else max(each)


def load_groups(ctx: Context, entry: Entry | None, scores: Mapping[str, Score]) -> dict[str, Group]:
    """Read the section `groups`; a score belongs to one group at most."""
    found: dict[str, Group] = {}
    owned: dict[str, str] = {}
    for key, part in entry.items() if entry else ():
        part.keys(ROW_KEYS | {"of", "at_most"}, {"of"})
        names = tuple(each.one_of(scores) for each in part.need("of").sequence())
        for name in names:
            if owned.setdefault(name, key) != key:
                raise part.need("of").defect(
                    f"未列入其他组的分数（“{name}”已在“{owned[name]}”）", f"scores of no other group than {owned[name]}"
                )
        most = part.need("at_most").whole() if "at_most" in part else sum(scores[name].at_most for name in names)
        row = ctx.row(f"groups.{key}", part)
        found[key] = Group(row, names, most)
    return found
