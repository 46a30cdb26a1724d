"""What is odd in a scheme's numbers: a fen more that pays less, tiers and caps that nothing reaches, two readings.

A cliff is no error; it is law that somebody should know of before lending 500.01万元. Each remark carries both sides'
numbers, computed exactly, in words for the scheme page and for the linter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from yulin.base.text import Text
from yulin.pool.core.ratios import WHOLE_BP
from yulin.pool.core.words import money_word, party_word, percent_word
from yulin.rules.core.pack import Pack, Row
from yulin.rules.core.scheme import Mode, RatioTable, Scheme, TierTable

STEP_FEN = 10_000  # one hundred of the currency's units above a bound, the smallest step that people write


@dataclass(frozen=True)
class Remark:
    """One thing to know of a pack's numbers."""

    code: str  # POOL.PACK.CLIFF, …
    says: Text
    row: Row


@dataclass(frozen=True)
class Cliff:
    """Both sides of a tier's bound: what a full loss pays at the bound, and just above it."""

    mode: str
    party: str
    bound_fen: int
    above_fen: int
    pays_at_bound_fen: int
    pays_above_fen: int
    even_again_fen: int | None  # the amount at which a full loss pays as much again; None: never within the table
    row: Row
    currency: str

    @property
    def says(self) -> Text:
        """The cliff in one sentence."""
        bound, above = money_word(self.bound_fen, self.currency), money_word(self.above_fen, self.currency)
        paid, less = money_word(self.pays_at_bound_fen, self.currency), money_word(self.pays_above_fen, self.currency)
        said = Text(f"全损{bound.zh}补{paid.zh}，{above.zh}补{less.zh}",
                    f"A full loss of {bound.en} pays {paid.en}, one of {above.en} pays {less.en}")  # fmt: skip
        if self.even_again_fen is None:
            return Text(f"{said.zh}；表内不再达到。", f"{said.en}; no amount of the table reaches that again.")
        even = money_word(self.even_again_fen, self.currency)
        return Text(f"{said.zh}；到{even.zh}才重新持平。", f"{said.en}; it is even again at {even.en}.")


def cliffs(pack: Pack) -> tuple[Cliff, ...]:
    """Return every bound of a tier table by loan amount at which a fen more pays less."""
    scheme: Scheme = pack.scheme
    return tuple(
        cliff
        for mode in scheme.modes.values()
        for party, table in mode.ratios.items()
        if table.tiers and table.tiers.reading == "whole" and table.tiers.by.slots == {"loan_amount"}
        for cliff in _cliffs_of(pack, mode, party, table.tiers)
    )


def _cliffs_of(pack: Pack, mode: Mode, party: str, table: TierTable) -> Iterator[Cliff]:
    for lower, upper in zip(table.tiers, table.tiers[1:], strict=False):
        if lower.up_to_fen is None or upper.bp >= lower.bp:
            continue
        bound, above = lower.up_to_fen, lower.up_to_fen + STEP_FEN
        at_bound = bound * lower.bp // WHOLE_BP
        yield Cliff(
            mode=mode.id,
            party=party,
            bound_fen=bound,
            above_fen=above,
            pays_at_bound_fen=at_bound,
            pays_above_fen=above * upper.bp // WHOLE_BP,
            even_again_fen=_even_again(table, bound, at_bound),
            row=table.row,
            currency=pack.currency,
        )


def _even_again(table: TierTable, bound_fen: int, paid_fen: int) -> int | None:
    """Return the least amount above the bound of which a full loss pays as much as at the bound."""
    for tier in table.tiers:
        if tier.up_to_fen is not None and tier.up_to_fen <= bound_fen:
            continue
        needed = -(-paid_fen * WHOLE_BP // tier.bp) if tier.bp else None
        if needed is not None and (tier.up_to_fen is None or needed <= tier.up_to_fen):
            return needed
    return None


def remarks(pack: Pack) -> tuple[Remark, ...]:
    """Return everything worth knowing of a scheme pack's numbers, in the order of its modes."""
    scheme: Scheme = pack.scheme
    found: list[Remark] = [Remark("POOL.PACK.CLIFF", cliff.says, cliff.row) for cliff in cliffs(pack)]
    for mode in scheme.modes.values():
        for party, table in mode.ratios.items():
            found += _reading(pack, party, table)
            found += _unreachable_rows(mode, party, table)
            found += _unreached_cap(mode, party, table)
            found += _end_of_table(pack, party, table)
        found += _unreached_bound(mode)
        found += _parts(mode)
    return tuple(found)


def _reading(pack: Pack, party: str, table: RatioTable) -> Iterator[Remark]:
    """Say where the two readings of a tier table part: at the first bound."""
    if table.tiers is None or table.tiers.by.slots != {"loan_amount"} or len(table.tiers.tiers) < 2:
        return
    first, second = table.tiers.tiers[:2]
    if first.up_to_fen is None:
        return
    amount = first.up_to_fen + STEP_FEN
    whole = amount * second.bp // WHOLE_BP
    sliced = int(Fraction(first.up_to_fen * first.bp + STEP_FEN * second.bp, WHOLE_BP))
    said, one, other = (money_word(fen, pack.currency) for fen in (amount, whole, sliced))
    read = Text("整档", "whole") if table.tiers.reading == "whole" else Text("分段", "by slices")
    word = party_word(party)
    yield Remark(
        "POOL.PACK.READING",
        Text(
            f"{word.zh}按“{read.zh}”读：全损{said.zh}，整档补{one.zh}，分段补{other.zh}。",
            f"{word.en} tiers are read {read.en}: a full loss of {said.en} pays {one.en} whole, {other.en} by slices.",
        ),
        table.tiers.row,
    )


def _unreachable_rows(mode: Mode, party: str, table: RatioTable) -> Iterator[Remark]:
    """Say which ratio rows can never be the highest, because a ratio that always applies is as high."""
    floor = max((row.bp or 0 for row in table.rows if row.is_flat), default=0)
    for row in table.rows:
        if not row.is_flat and row.bp is not None and row.bp <= floor:
            said = percent_word(row.bp)
            yield Remark(
                "POOL.PACK.UNREACHABLE",
                Text(
                    f"比例{said}永不适用：同表已有不低于它的比例。",
                    f"The ratio {said} never applies: one as high always does.",
                ),
                row.row,
            )
    cap = mode.ratio_caps.get(party)
    for tier in table.tiers.tiers if table.tiers else ():
        if cap and cap.bp is not None and tier.bp > cap.bp:
            one, most = percent_word(tier.bp), percent_word(cap.bp)
            yield Remark(
                "POOL.PACK.UNREACHABLE",
                Text(f"档内比例{one}高于上限{most}。", f"The tier's {one} lies above the cap of {most}."),
                cap.row,
            )


def _unreached_cap(mode: Mode, party: str, table: RatioTable) -> Iterator[Remark]:
    """Say that a cap on the ratio binds nothing: the highest ratio with all bonuses stays below it."""
    cap = mode.ratio_caps.get(party)
    if cap is None or cap.bp is None:
        return
    highest = _highest(mode, party, table)
    if highest < cap.bp:
        most, reached = percent_word(cap.bp), percent_word(highest)
        yield Remark(
            "POOL.PACK.CAP_UNREACHED",
            Text(
                f"上限{most}达不到：最高为{reached}。", f"The cap of {most} is never reached: {reached} is the highest."
            ),
            cap.row,
        )


def _highest(mode: Mode, party: str, table: RatioTable) -> int:
    ratios = [row.bp or 0 for row in table.rows] + [tier.bp for tier in (table.tiers.tiers if table.tiers else ())]
    plus = sum(bonus.plus_bp for bonus in mode.bonuses) if party == mode.bonus_to else 0
    return max(ratios, default=0) + plus


def _end_of_table(pack: Pack, party: str, table: RatioTable) -> Iterator[Remark]:
    """Say that loans above the last tier have no ratio, where no limit keeps them out."""
    last = table.tiers.tiers[-1].up_to_fen if table.tiers else None
    largest = pack.scheme.largest_loan_fen
    is_kept_out = largest is not None and last is not None and largest <= last
    if table.tiers is None or last is None or is_kept_out or any(row.is_flat for row in table.rows):
        return
    bound = money_word(last, pack.currency)
    yield Remark(
        "POOL.PACK.GAP",
        Text(
            f"超过{bound.zh}没有{party_word(party).zh}比例。",
            f"Above {bound.en} there is no ratio of the {party_word(party).en.lower()}.",
        ),
        table.tiers.row,
    )


def _unreached_bound(mode: Mode) -> Iterator[Remark]:
    """Say that the bound on all layers binds nothing within this pack."""
    rule = mode.all_layers
    tables = [(party, table) for party, table in mode.ratios.items() if party != mode.rest]
    if rule is None or any(table.by_contract for _, table in tables):
        return
    together = sum(_highest(mode, party, table) for party, table in tables)
    if together < rule.at_most_bp:
        most, reached = percent_word(rule.at_most_bp), percent_word(together)
        yield Remark(
            "POOL.PACK.CAP_UNREACHED",
            Text(
                f"各层合计上限{most}只在其他公共资金加入时起作用：本包最高{reached}。",
                f"The bound of {most} on all layers matters only with other public money: this pack reaches {reached}.",
            ),
            rule.row,
        )


def _parts(mode: Mode) -> Iterator[Remark]:
    """Say that a vector of flat shares does not sum to the whole."""
    flat = [table.rows[0].bp for table in mode.ratios.values() if len(table.rows) == 1 and table.rows[0].is_flat]
    is_vector = mode.rounding == "shares" and mode.rest in mode.ratios and len(flat) == len(mode.ratios)
    total = sum(bp or 0 for bp in flat)
    if is_vector and None not in flat and total != WHOLE_BP:
        said = percent_word(total)
        yield Remark(
            "POOL.PACK.PARTS",
            Text(f"各方份额合计{said}，应为100%。", f"The shares sum to {said}; they should sum to 100 %."),
            mode.row,
        )
