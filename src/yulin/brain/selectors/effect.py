"""What the page of a change of law reads: how many firms of the book come out otherwise, and, for who may, which ones.

Who may not see firms sees counts only, and a small count not exactly: a number of one or two is a firm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl
from django.core.paginator import Page, Paginator

from yulin.atlas.selectors import firms, last_statement_id, said_in_area
from yulin.base.text import Text
from yulin.brain.core.area import facts_table
from yulin.brain.core.effect import MOVES, Move, Side, counts_of, decides, firms_of_move, moves, sides_of
from yulin.brain.selectors.area import FEW
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, Role
from yulin.rules.adapters.shipped import shipped_vocabulary
from yulin.rules.core.pack import Pack

PER_PAGE = 20
_AT_ONCE = 500  # firms of an export read together


@dataclass(frozen=True)
class MoveLine:
    """One move with its count as the reader may see it."""

    move: Move
    verdict: tuple[str, Text]
    count: int
    shown: str


@dataclass(frozen=True)
class MovedFirm:
    """One firm that comes out otherwise: how it stands under each version, and why."""

    pk: int
    name: str
    identifier: str
    old: Side
    new: Side


@dataclass(frozen=True)
class Effect:
    """The effect of a change of law on the firms of the reader's area."""

    on: date
    firms: int
    lines: tuple[MoveLine, ...]
    opened: MoveLine
    sees_firms: bool
    page: Page[int] | None
    listed: tuple[MovedFirm, ...]

    @property
    def changed(self) -> tuple[MoveLine, ...]:
        """The moves that change an answer or a class."""
        return tuple(line for line in self.lines if line.move not in {Move.POINTS, Move.SAME})


def sees_firms(actor: Actor) -> bool:
    """Tell whether an actor may see which firms a change concerns: all, or those of its district."""
    return actor.may(Action.SEE_FIRMS) or (actor.role == Role.DISTRICT_OFFICER and actor.district_code is not None)


def effect_for(
    actor: Actor, old: Pack, new: Pack, *, on: date, move: str = "", page: str | None = None
) -> Effect | None:
    """Return what a change of law does to the firms that the actor looks after; None where the law decides nothing.

    Who looks after no district is told of all firms of the book.
    """
    if not decides(old) or not decides(new):
        return None
    facts, found = _found(actor, old, new, on)
    may_see = sees_firms(actor)
    lines = tuple(_line(each, count, may_see=may_see) for each, count in counts_of(found).items())
    asked = next((line for line in lines if line.move.value == move), None)
    opened = asked or next((line for line in lines if line.count), lines[0])
    ids = Paginator(firms_of_move(found, opened.move), PER_PAGE).get_page(page) if may_see else None
    listed = tuple(_moved(old, new, facts, list(ids), on)) if ids else ()
    return Effect(on, found.height, lines, opened, may_see, ids, listed)


def moved_firms(actor: Actor, old: Pack, new: Pack, *, on: date, move: str) -> Iterator[tuple[Move, MovedFirm]]:
    """Yield every firm of one move, or of all moves that change an answer, for a sheet.

    Whoever may not see firms gets none.
    """
    if not sees_firms(actor) or not decides(old) or not decides(new):
        return
    facts, found = _found(actor, old, new, on)
    chosen = [each for each in Move if each.value == move] or [each for each in Move if each is not Move.SAME]
    for each in chosen:
        ids = firms_of_move(found, each)
        for first in range(0, len(ids), _AT_ONCE):
            yield from ((each, firm) for firm in _moved(old, new, facts, ids[first : first + _AT_ONCE], on))


def _line(move: Move, count: int, *, may_see: bool) -> MoveLine:
    is_small = 0 < count < FEW and not may_see
    return MoveLine(move, MOVES[move], count, f"<{FEW}" if is_small else f"{count:,}")


def _found(actor: Actor, old: Pack, new: Pack, on: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    district = actor.district_code if actor.role == Role.DISTRICT_OFFICER else None
    last = last_statement_id()
    return _facts(district, on, last), _moves(old, new, district, on, last)


@lru_cache(maxsize=4)
def _facts(district: str | None, on: date, _last: int) -> pl.DataFrame:
    return facts_table(said_in_area(district, on=on, known_at=clock.now()), shipped_vocabulary(), on)


@lru_cache(maxsize=16)
def _moves(old: Pack, new: Pack, district: str | None, on: date, last: int) -> pl.DataFrame:
    return moves(old, new, _facts(district, on, last), on)


def _moved(old: Pack, new: Pack, facts: pl.DataFrame, ids: Sequence[int], on: date) -> Iterator[MovedFirm]:
    found, known = firms(ids), _rows(facts, ids)
    for firm_id in ids:
        firm = found[firm_id]
        yield MovedFirm(firm_id, firm.name, firm.identifier, *sides_of(old, new, known[firm_id], on))


def _rows(facts: pl.DataFrame, ids: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    rows = facts.filter(pl.col("firm_id").is_in(list(ids))).iter_rows(named=True)
    return {row["firm_id"]: {name: value for name, value in row.items() if name != "firm_id"} for row in rows}
