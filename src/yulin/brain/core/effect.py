"""What a change of law does to firms: the same facts on the same day under two versions, and who comes out otherwise.

Both versions are asked as if each ruled on that day, so that only the law differs. What is open stays open: a firm can
also *become known*, or open, and that is counted for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

import polars as pl

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.brain.core.area import facts_table
from yulin.brain.core.check_up import facts_for, pass_mark
from yulin.brain.core.shown import condition_rows
from yulin.pool.core.words import joined
from yulin.rules.core.assess import Assessment, assess_without_asking
from yulin.rules.core.findings import Finding
from yulin.rules.core.pack import Days, Pack
from yulin.rules.core.population import assess_population
from yulin.rules.core.vocabulary import Vocabulary

_REASONS = 3  # shown of one firm under one version
_APPLICATION = "new_application"


class Move(StrEnum):
    """What becomes of a firm when the new version takes the place of the old one."""

    GAINS = "gains"
    LOSES = "loses"
    FOUND_MET = "found_met"
    FOUND_NOT_MET = "found_not_met"
    MET_OPENS = "met_opens"
    NOT_MET_OPENS = "not_met_opens"
    CLASS = "class"
    POINTS = "points"
    SAME = "same"


MOVES: Mapping[Move, tuple[str, Text]] = {
    Move.GAINS: ("ok", Text("未达到 → 可认定", "Did not → qualifies")),
    Move.FOUND_MET: ("ok", Text("未定 → 可认定", "Open → qualifies")),
    Move.LOSES: ("bad", Text("可认定 → 未达到", "Qualified → does not")),
    Move.FOUND_NOT_MET: ("bad", Text("未定 → 未达到", "Open → does not")),
    Move.MET_OPENS: ("unk", Text("可认定 → 未定", "Qualified → open")),
    Move.NOT_MET_OPENS: ("unk", Text("未达到 → 未定", "Did not → open")),
    Move.CLASS: ("warn", Text("类别改变", "Another class")),
    Move.POINTS: ("idle", Text("结论不变，分数改变", "Same answer, other points")),
    Move.SAME: ("idle", Text("不变", "Nothing changes")),
}
_MOVE_NAMES = pl.Enum([str(move) for move in Move])
_OF_OUTCOMES = {
    ("not_met", "met"): Move.GAINS,
    ("unknown", "met"): Move.FOUND_MET,
    ("met", "not_met"): Move.LOSES,
    ("unknown", "not_met"): Move.FOUND_NOT_MET,
    ("met", "unknown"): Move.MET_OPENS,
    ("not_met", "unknown"): Move.NOT_MET_OPENS,
}


def decides(pack: Pack) -> bool:
    """Whether a pack answers anything of a firm; a table of rates does not."""
    return bool(pack.outcome or pack.classes or pack.ladder)


@lru_cache(maxsize=64)
def ruling_always(pack: Pack) -> Pack:
    """Return a version as if it ruled new applications on every day, or else the first decision that it rules."""
    decision = _APPLICATION if _APPLICATION in pack.applies_to else next(iter(pack.applies_to), _APPLICATION)
    always = Days(date.min)
    return replace(
        pack, effective_from=always.first, effective_until=None, applies_to={decision: always}, decision=""
    ).deciding()


def needed_facts(*packs: Pack) -> frozenset[str]:
    """Return the facts that packs ask for, under every name by which something may be said, without a year."""
    facts = [pack.fact(slot) for pack in map(ruling_always, packs) for slot in pack.slots]
    return frozenset(name for fact in facts for name in (fact.name, fact.alias))


def moves_of_part(
    old: Pack, new: Pack, firms: Sequence[tuple[int, str | None]], said: Iterable[tuple[int, str, str | None]], on: date
) -> pl.DataFrame:
    """Return `moves` of some firms, each with its `district_code`, from what is said of them as firm, fact and text."""
    schema = {"firm_id": pl.Int64, "district_code": pl.String}
    listed = pl.DataFrame(list(firms), schema=schema, orient="row")
    known = facts_table(said, new.vocabulary, on)
    table = listed.select("firm_id").join(known, on="firm_id", how="left", maintain_order="left")
    found = moves(old, new, table, on)
    return found.with_columns(listed["district_code"].fill_null(""), pl.col("move").cast(_MOVE_NAMES))


def moves(old: Pack, new: Pack, firms: pl.DataFrame, on: date) -> pl.DataFrame:
    """Return `firm_id`, what each version answers (`old_outcome`, `old_score_low`, …, `new_band`) and the `move`.

    **Shapes** `firms`: one row a firm with `firm_id` and a column a fact, as `facts_table` gives it.
    """
    sides = [
        assess_population(ruling_always(pack), firms, on).select(
            pl.col("outcome").cast(pl.String).alias(f"{side}_outcome"),
            *(pl.col(name).alias(f"{side}_{name}") for name in ("score_low", "score_high", "band")),
        )
        for side, pack in (("old", old), ("new", new))
    ]
    return pl.concat([firms.select("firm_id"), *sides], how="horizontal").with_columns(_move().alias("move"))


def _move() -> pl.Expr:
    old, new = pl.col("old_outcome"), pl.col("new_outcome")
    found: Any = pl.when(pl.lit(value=False)).then(pl.lit(""))
    for (before, after), move in _OF_OUTCOMES.items():
        found = found.when((old == before) & (new == after)).then(pl.lit(move.value))
    same_class = pl.col("old_band").eq_missing(pl.col("new_band"))
    same_points = [pl.col(f"old_{name}").eq_missing(pl.col(f"new_{name}")) for name in ("score_low", "score_high")]
    answer: pl.Expr = (
        found.when(~same_class)
        .then(pl.lit(Move.CLASS.value))
        .when(~pl.all_horizontal(same_points))
        .then(pl.lit(Move.POINTS.value))
        .otherwise(pl.lit(Move.SAME.value))
    )
    return answer


def counts_of(found: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Return, by district, how many firms each move concerns."""
    counted: dict[str, dict[str, int]] = {}
    for district, move, firms in (
        found.group_by("district_code", "move").len().sort("district_code", "move").iter_rows()
    ):
        counted.setdefault(district, {})[move] = firms
    return counted


@dataclass(frozen=True)
class Side:
    """How one firm stands under one version: the answer and what it rests on."""

    outcome: Outcome
    points: str
    why: Text


def sides_of(old: Pack, new: Pack, facts: Mapping[str, Any], on: date) -> tuple[Side, Side]:
    """Return how a firm stands under both versions, each with the rows in which it differs from the other.

    `facts` by public names.
    """
    packs = ruling_always(old), ruling_always(new)
    before, after = (assess_without_asking(pack, facts_for(pack, facts, on), on) for pack in packs)
    return _side(packs[0], before, after), _side(packs[1], after, before)


def _side(pack: Pack, found: Assessment, other: Assessment) -> Side:
    low, high, mark = found.score_low, found.score_high, pass_mark(pack)
    points = "" if low is None else f"{low}" if low == high else f"{low}–{high}"
    needed = "" if mark is None or not points else f" / {mark}"
    parts = list(_reasons(found, other, pack.vocabulary))
    return Side(found.outcome, f"{points}{needed}", joined(parts[:_REASONS], "；", "; "))


def _reasons(found: Assessment, other: Assessment, vocabulary: Vocabulary) -> Iterator[Text]:
    """Yield the rows that come out otherwise than under the other version, then those that fail."""
    if found.band is not None:
        yield _member(found.band, vocabulary)
    theirs = {finding.id: finding for finding in other.findings}
    differing = [one for one in found.findings if _comes_out(one) != _comes_out(theirs.get(one.id))]
    failing = [
        one
        for one in found.findings
        if one not in differing and one.of is None and one.outcome is not Outcome.MET and one.id != "direct_pass"
    ]
    shown = [*differing, *(failing if found.outcome is not Outcome.MET else ())]
    yield from (_finding_text(one, vocabulary) for one in shown)


def _comes_out(finding: Finding | None) -> tuple[Any, ...]:
    if finding is None:
        return ()
    needed = tuple((question.needed, question.outcome) for question in finding.questions)
    return (finding.outcome, finding.points_low, finding.points_high, needed)


def _finding_text(finding: Finding, vocabulary: Vocabulary) -> Text:
    text = finding.text or Text(finding.id, finding.id)
    if finding.of is not None:
        points = "–".join(dict.fromkeys((str(finding.points_low), str(finding.points_high))))
        return Text(f"{text.zh}：{points}分", f"{text.en}: {points} points")
    rows = condition_rows([finding], vocabulary)
    row = next((one for one in rows if one.verdict[0] in {"bad", "unk"}), rows[0])
    return Text(
        f"{text.zh}：现值{row.value.zh}，要求{row.needed.zh}", f"{text.en}: now {row.value.en}, needed {row.needed.en}"
    )


def _member(name: str, vocabulary: Vocabulary) -> Text:
    return next((each.members[name] for each in vocabulary.lists.values() if name in each.members), Text(name, name))


def firms_of_move(found: pl.LazyFrame, move: Move, district: str | None = None) -> Sequence[int]:
    """Return the firms that a move concerns, of one district or of all, most points under the new version first."""
    rows = found.filter(pl.col("move") == move.value)
    if district is not None:
        rows = rows.filter(pl.col("district_code") == district)
    ordered = rows.sort(["new_score_high", "firm_id"], descending=[True, False], nulls_last=True)
    listed: Sequence[int] = ordered.select("firm_id").collect()["firm_id"].to_list()
    return listed
