"""Which ratio each party bears: of all rows and tiers that fit the highest, then the bonuses, then the scheme's cap.

A bonus counts once, whichever of its reasons hold. A tier's upper bound is included. `whole`: the tier of the loan
amount rules all of the loss; `marginal`: each slice of the loss has its own tier. A fact that is missing leaves a
row undecided: `settle` computes without it, a pre-loan answer says which fact it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from yulin.base.outcome import Outcome
from yulin.pool.core.loss import LossCase
from yulin.rules.core.bounds import Env, bounds_of, truth_of
from yulin.rules.core.facts import environment
from yulin.rules.core.nodes import Expression
from yulin.rules.core.pack import Pack, Row
from yulin.rules.core.scheme import Bonus, Mode, RatioRow, RatioTable, TierTable

WHOLE_BP = 10_000
_ALL = Fraction(1)


@dataclass(frozen=True)
class Use:
    """A row of law that shaped a ratio: what it gives, and whether it holds, is undecided, or was cut by a cap."""

    row: Row
    bp: int | None
    outcome: Outcome


@dataclass(frozen=True)
class PartyRatio:
    """One party's exact share of the loss base and the rows behind it."""

    party: str
    share: Fraction | None  # None: no row fits, or the number is open
    uses: tuple[Use, ...]
    highest: Fraction | None = None  # if everything undecided held

    @property
    def bp(self) -> int | None:
        """The share in basis points, rounded down."""
        return None if self.share is None else int(self.share * WHOLE_BP)

    @property
    def undecided(self) -> tuple[Use, ...]:
        """Rows that a missing fact leaves open and that could raise the ratio."""
        if self.share is not None and self.highest == self.share:
            return ()
        return tuple(use for use in self.uses if use.outcome is Outcome.UNKNOWN)


def mode_environment(pack: Pack, mode: Mode, case: LossCase) -> Env:
    """Return the environment in which the questions of a mode are asked."""
    amount = {} if case.amount_fen is None else {"loan_amount": case.amount_fen}
    return environment(pack.vocabulary, {**amount, **case.facts}, case.on, _slots(mode))


@lru_cache(maxsize=1024)
def _slots(mode: Mode) -> frozenset[str]:
    return frozenset().union(*(expression.slots for expression in _expressions(mode)))


def _expressions(mode: Mode) -> Iterator[Expression]:
    questions = [mode.when, *(bonus.when for bonus in mode.bonuses)]
    for table in mode.ratios.values():
        questions += [row.when for row in table.rows]
        if table.tiers:
            yield table.tiers.by
    yield from (question for question in questions if question is not None)


def party_ratios(mode: Mode, case: LossCase, env: Env, base_fen: int) -> dict[str, PartyRatio]:
    """Return the ratio of every party of the mode, in paying order."""
    found = {party: _party_ratio(mode, table, case, env, base_fen) for party, table in mode.ratios.items()}
    if mode.third_parties:
        shares = {party: case.contract_bp.get(party, 0) for party in mode.third_parties.parties}
        row = mode.third_parties.row
        found |= {
            party: PartyRatio(party, part_of(bp), (Use(row, bp, Outcome.MET),), part_of(bp))
            for party, bp in shares.items()
            if bp
        }
    return found


def _party_ratio(mode: Mode, table: RatioTable, case: LossCase, env: Env, base_fen: int) -> PartyRatio:
    if table.by_contract:
        return _by_contract(table, case)
    rows = [Use(row.row, row.bp, _row_outcome(row, case, env)) for row in table.rows]
    tiers = _tier_uses(table.tiers, env, base_fen) if table.tiers else []
    bonuses = _bonuses(mode, table.party, case, env)
    cap = mode.ratio_caps.get(table.party)
    uses = (*rows, *(use for _, use in tiers), *bonuses, *((Use(cap.row, cap.bp, Outcome.MET),) if cap else ()))
    if any(use.bp is None for use in rows if use.outcome is Outcome.MET):
        return PartyRatio(table.party, None, uses)
    most = WHOLE_BP if cap is None or cap.bp is None else cap.bp
    sure, at_best = (
        _share(
            [use.bp or 0 for use in rows if use.outcome in counted],
            [(size, use.bp or 0) for size, use in tiers if use.outcome in counted],
            sum(use.bp or 0 for use in bonuses if use.outcome in counted),
            most,
        )
        for counted in ({Outcome.MET}, {Outcome.MET, Outcome.UNKNOWN})
    )
    return PartyRatio(table.party, sure, uses, at_best)


def _share(flat: list[int], slices: list[tuple[Fraction, int]], plus: int, most: int) -> Fraction | None:
    """Return the higher of the flat ratios and the tiers, each with the bonuses and under the cap."""
    if len(slices) == 1 and slices[0][0] == 1:
        flat, slices = [*flat, slices[0][1]], []
    best = part_of(min(max(flat) + plus, most)) if flat else None
    if not slices:
        return best
    sliced = sum((size * min(bp + plus, most) for size, bp in slices), Fraction()) / WHOLE_BP
    return sliced if best is None else max(best, sliced)


@lru_cache(maxsize=4096)
def part_of(bp: int) -> Fraction:
    """Return basis points as an exact part of the whole."""
    return Fraction(bp, WHOLE_BP)


def _by_contract(table: RatioTable, case: LossCase) -> PartyRatio:
    bp = case.contract_bp.get(table.party)
    if bp is not None and table.at_most_bp is not None:
        bp = min(bp, table.at_most_bp)
    share = None if bp is None else part_of(bp)
    return PartyRatio(table.party, share, (Use(table.row, bp, Outcome.of(True if bp is not None else None)),), share)


def _row_outcome(row: RatioRow, case: LossCase, env: Env) -> Outcome:
    if row.is_flat or row.id in case.classes:
        return Outcome.MET
    if case.classes:
        return Outcome.NOT_MET
    return Outcome.UNKNOWN if row.when is None else truth_of(row.when, env, undefined=False)


def _tier_uses(table: TierTable, env: Env, base_fen: int) -> list[tuple[Fraction, Use]]:
    """Return the tiers that the case falls into, each with its slice of the loss base."""
    if table.reading == "marginal":
        return list(_slices(table, base_fen))
    low, high, undefined = bounds_of(table.by, env)
    for tier in table.tiers:
        if tier.up_to_fen is None or low <= tier.up_to_fen:
            is_known = low == high and not undefined
            is_decided = is_known or (tier.up_to_fen is None or high <= tier.up_to_fen)
            return [(_ALL, Use(table.row, tier.bp, Outcome.MET if is_decided else Outcome.UNKNOWN))]
    return []


def _slices(table: TierTable, base_fen: int) -> Iterator[tuple[Fraction, Use]]:
    """Yield each tier's part of the loss base; what lies above the last tier has no ratio."""
    lower = 0
    for tier in table.tiers:
        upper = base_fen if tier.up_to_fen is None else min(base_fen, tier.up_to_fen)
        if upper > lower:
            yield Fraction(upper - lower, base_fen), Use(table.row, tier.bp, Outcome.MET)
        lower = max(lower, upper)


def _bonuses(mode: Mode, party: str, case: LossCase, env: Env) -> list[Use]:
    """Return the bonuses of a party and how each was decided."""
    if party != mode.bonus_to:
        return []
    return [Use(bonus.row, bonus.plus_bp, bonus_outcome(bonus, case, env)) for bonus in mode.bonuses]


def bonus_outcome(bonus: Bonus, case: LossCase, env: Env) -> Outcome:
    """Return whether a bonus counts: by the reasons that the enrolment names, else by the facts."""
    if case.bonuses is not None:
        return Outcome.of(any(reason in case.bonuses for reason in bonus.reasons))
    return Outcome.UNKNOWN if bonus.when is None else truth_of(bonus.when, env, undefined=False)


def with_reading(mode: Mode, reading: str) -> Mode:
    """Return the mode with its tiers read `whole` or `marginal`, for comparison of the two readings."""
    tables = {
        party: replace(table, tiers=replace(table.tiers, reading=reading)) if table.tiers else table
        for party, table in mode.ratios.items()
    }
    return replace(mode, ratios=tables)
