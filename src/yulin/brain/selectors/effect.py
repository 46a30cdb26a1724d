"""What the page of a change of law reads: how many firms of the book come out otherwise, and, for who may, which ones.

The answers are those of the last run over all firms for the two versions. Who may not see firms sees counts only, and
a small count not exactly: a number of one or two is a firm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator

from yulin.atlas.selectors import facts_of, firms, last_statement_id
from yulin.base.text import Text
from yulin.brain.adapters.area_tables import kept_table
from yulin.brain.core.area import facts_table
from yulin.brain.core.effect import MOVES, Move, Side, firms_of_move, sides_of
from yulin.brain.models import EffectRun
from yulin.brain.selectors.area import FEW
from yulin.brain.selectors.check_up import REGISTERED
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
    """The effect of a change of law on the firms of the reader's area, as of a run."""

    run: EffectRun
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


def effect_run(old: Pack, new: Pack) -> EffectRun | None:
    """Return the run over all firms for two versions, or None before one was asked for."""
    return EffectRun.objects.filter(old_version=old.version, new_version=new.version).first()


def effect_is_old(run: EffectRun, *, on: date) -> bool:
    """Tell whether a run no longer says what would be found now, or says nothing yet: another day, newer statements."""
    return run.computed_at is None or run.on != on or run.last_statement != last_statement_id()


def effect_for(
    actor: Actor, run: EffectRun, old: Pack, new: Pack, *, move: str = "", page: str | None = None
) -> Effect | None:
    """Return what a change of law does to the firms that the actor looks after; None before the first result.

    Who looks after no district is told of all firms of the book.
    """
    if run.on is None or run.computed_at is None:
        return None
    district = _district(actor)
    own = [moved for code, moved in run.moves.items() if district in {None, code}]
    counts = {each: sum(moved.get(each.value, 0) for moved in own) for each in Move}
    may_see = sees_firms(actor)
    lines = tuple(_line(each, count, may_see=may_see) for each, count in counts.items())
    asked = next((line for line in lines if line.move.value == move), None)
    opened = asked or next((line for line in lines if line.count), lines[0])
    ids = None
    if may_see:
        ids = Paginator(firms_of_move(kept_table(run.table), opened.move, district), PER_PAGE).get_page(page)
    listed = tuple(_moved(run, old, new, list(ids))) if ids else ()
    return Effect(run, run.on, sum(counts.values()), lines, opened, may_see, ids, listed)


def moved_firms(actor: Actor, run: EffectRun, old: Pack, new: Pack, *, move: str) -> Iterator[tuple[Move, MovedFirm]]:
    """Yield every firm of one move, or of all moves that change an answer, for a sheet.

    Whoever may not see firms gets none.
    """
    if not sees_firms(actor) or run.computed_at is None:
        return
    table, district = kept_table(run.table), _district(actor)
    chosen = [each for each in Move if each.value == move] or [each for each in Move if each is not Move.SAME]
    for each in chosen:
        ids = firms_of_move(table, each, district)
        for first in range(0, len(ids), _AT_ONCE):
            yield from ((each, firm) for firm in _moved(run, old, new, ids[first : first + _AT_ONCE]))


def _district(actor: Actor) -> str | None:
    return actor.district_code if actor.role == Role.DISTRICT_OFFICER else None


def _line(move: Move, count: int, *, may_see: bool) -> MoveLine:
    is_small = 0 < count < FEW and not may_see
    return MoveLine(move, MOVES[move], count, f"<{FEW}" if is_small else f"{count:,}")


def _moved(run: EffectRun, old: Pack, new: Pack, ids: Sequence[int]) -> Iterator[MovedFirm]:
    assert run.on is not None  # noqa: S101 - a run with a result has its day
    found, known = firms(ids), _facts(run, ids)
    for firm_id in ids:
        firm = found[firm_id]
        yield MovedFirm(firm_id, firm.name, firm.identifier, *sides_of(old, new, known.get(firm_id, {}), run.on))


def _facts(run: EffectRun, ids: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    """Return what was known of some firms when the run was made, read as the run read it."""
    assert run.on is not None  # noqa: S101 - as above
    assert run.computed_at is not None  # noqa: S101 - as above
    said = facts_of(ids, on=run.on, known_at=run.computed_at)
    rows = [(pk, name, _text(one.value)) for pk, facts in said.items() for name, one in facts.items()]
    rows += [(pk, REGISTERED, day.isoformat()) for pk, firm in firms(ids).items() if (day := firm.registered_on)]
    table = facts_table(rows, shipped_vocabulary(), run.on).iter_rows(named=True)
    return {row["firm_id"]: {name: value for name, value in row.items() if name != "firm_id"} for row in table}


def _text(value: Any) -> str | None:
    """Return a value as the database gives it as text."""
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
