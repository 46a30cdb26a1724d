"""What of the law of stacking a firm can have on a day, and which combination of it pays most.

A firm can have a benefit where it would be given one of its titles on that day, and where its district lies in the
benefit's area; and every policy of the library that the radar matches with it, under the rules of the law where that
names the policy by its key. What the firm is near to, and what hangs on a fact that nobody has said, stands apart and
is not summed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from yulin.base.text import Text
from yulin.brain.adapters.stacking_solver import CpSat
from yulin.brain.core.check_up import Line, Standing, check_up, family, titles_on
from yulin.brain.core.load_stacking import StackingLaw
from yulin.brain.core.shown import label_of
from yulin.brain.core.stacked import Combination, Stacked, stacked
from yulin.brain.core.stacking import LEVEL_NAMES, Benefit, Clause, Level, Stack
from yulin.brain.core.stacking_words import LeftRow, Swapped, TakenRow, left_rows, swapped, taken_rows
from yulin.brain.selectors.check_up import said_of, title_packs
from yulin.brain.selectors.radar import Benefit as Entitled
from yulin.brain.selectors.radar import RadarLine, benefit_of, radar_of
from yulin.brain.selectors.stacking_law import stacking_law

if TYPE_CHECKING:
    from yulin.atlas.models import Firm

_DISTRICT = Text("企业所在区", "the firm's district")
_ORDER = (Standing.MET, Standing.NEAR, Standing.UNKNOWN, Standing.NOT_MET)


@dataclass(frozen=True)
class Beyond:
    """A benefit that the firm cannot have yet: the title it is near to, or the facts that nobody has said."""

    benefit: Benefit
    level: Text
    title: Text
    missing: tuple[Text, ...]  # none: the firm is near


@dataclass(frozen=True)
class FirmStack:
    """A firm's benefits, the answer, and what stands apart."""

    firm: Firm
    on: date
    stack: Stack
    answer: Stacked
    beyond: Sequence[Beyond]

    @property
    def best(self) -> Combination:
        """The combination that pays most."""
        return self.answer.best

    @property
    def taken(self) -> list[TakenRow]:
        """The rows of the best combination."""
        return taken_rows(self.stack, self.answer.best)

    @property
    def left_out(self) -> list[LeftRow]:
        """The rows of what is left out."""
        return left_rows(self.stack, self.answer)

    @property
    def runner_up(self) -> Swapped | None:
        """The runner-up beside the best."""
        return swapped(self.answer)

    @property
    def unread(self) -> list[Benefit]:
        """The benefits taken together of which nobody has read whether they may be."""
        return [one for one in self.best.taken if not one.is_stacking_read] if len(self.best.taken) > 1 else []

    @property
    def more_without_doubted_fen(self) -> int:
        """What would be paid more if the rules that nobody has verified did not hold."""
        other = self.answer.unless_doubted
        return other.total_fen - self.best.total_fen if other else 0


def firm_stack(firm: Firm, *, on: date, law: StackingLaw | None = None) -> FirmStack:
    """Return which benefits a firm can have on a day and which of them together pay most.

    Raises: RULES.FACT.VALUE, BRAIN.STACKING.TIME.
    """
    law = law or stacking_law()
    in_force = [one for one in law.benefits.values() if one.clause.holds_on(on)]
    offered = [one for one in in_force if one.titles and _may_lie(firm, one)]
    named = {one.policy: one for one in in_force if one.policy}
    of_library = radar_of(firm, on=on)
    lines = _lines(firm, on, {title for one in offered for title in one.titles})
    standing = {one.id: _best_line(one, lines) for one in offered}
    had = [one for one in offered if (line := standing[one.id]) and line.is_met and _lies(firm, one)]
    had += [_of_policy(benefit_of(one), named) for one in of_library if one.standing is Standing.MET]
    stack = Stack.of(had, law.rules_on(on))
    beyond = [
        Beyond(one, LEVEL_NAMES[one.level], line.pack.title, _missing(firm, one, line))
        for one in offered
        if one not in had and (line := standing[one.id]) and line.standing is not Standing.NOT_MET
    ]
    beyond += [
        _beyond(named[key], one)
        for one in of_library
        if (key := one.criteria.policy.key) in named and one.standing in {Standing.NEAR, Standing.UNKNOWN}
    ]
    return FirmStack(firm, on, stack, stacked(stack, CpSat()), beyond)


def _beyond(benefit: Benefit, one: RadarLine) -> Beyond:
    """Return a policy of the law that the firm is near to, or of which something is not known."""
    held = _as_held(benefit, one.version.policy_id, one.version.amount_fen)
    return Beyond(held, LEVEL_NAMES[held.level], one.why, (one.why,) if one.standing is Standing.UNKNOWN else ())


def _as_held(benefit: Benefit, policy_id: int, amount_fen: int | None) -> Benefit:
    """Return a policy of the law with its page, and with what the library says that it pays where the law does not."""
    pays = amount_fen if benefit.takes_amount else benefit.amount_fen
    return replace(benefit, policy_id=policy_id, amount_fen=pays)


def _of_policy(policy: Entitled, named: Mapping[str, Benefit]) -> Benefit:
    """Return a policy of the library that the radar matched, as the law has it.

    Where the law does not name it, nobody has read what it says beside other benefits.
    """
    benefit = named.get(policy.policy_key)
    if benefit is not None:
        return _as_held(benefit, policy.policy_id, policy.amount_fen)
    until = policy.ends_on + timedelta(days=1) if policy.ends_on else None
    article = policy.clauses[0].zh if policy.clauses else ""
    clause = Clause(policy.title, article, "yes", holds_until=until)
    return Benefit(
        f"policy:{policy.policy_key}", Text(policy.title, policy.title), Level(policy.level), policy.amount_fen, clause,
        is_ceiling=True, is_stacking_read=False, policy_id=policy.policy_id,
    )  # fmt: skip


def _may_lie(firm: Firm, benefit: Benefit) -> bool:
    return not firm.district_code or _lies(firm, benefit)


def _lies(firm: Firm, benefit: Benefit) -> bool:
    return not benefit.area or (firm.district_code or "").startswith(benefit.area)


def _lines(firm: Firm, on: date, wanted: Iterable[str]) -> dict[str, Line]:
    """Return how the firm stands to each title wanted."""
    families = set(wanted)
    packs = [pack for pack in title_packs() if family(pack.id) in families]
    if not packs:
        return {}
    facts: Mapping[str, Any] = {name: one.value for name, one in said_of(firm, on, packs[0].vocabulary).items()}
    return {family(line.pack.id): line for line in check_up(titles_on(packs, on), facts, on)}


def _best_line(benefit: Benefit, lines: Mapping[str, Line]) -> Line | None:
    found = [lines[name] for name in benefit.titles if name in lines]
    return min(found, key=lambda line: _ORDER.index(line.standing), default=None)


def _missing(firm: Firm, benefit: Benefit, line: Line) -> tuple[Text, ...]:
    facts = [] if _lies(firm, benefit) else [_DISTRICT]
    if line.standing is Standing.UNKNOWN:
        facts += [label_of(name, line.pack.vocabulary) for name in line.unknown]
    return tuple(facts)
