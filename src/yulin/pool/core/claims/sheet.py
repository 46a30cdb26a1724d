"""The settlement sheet that all parties of a claim see: who bears what, under which article, in which order.

A sheet is written once, at the decision, and read as written: stored fen, never ratio times amount again. It proves
that its lines sum to the loss base and that no fen is paid twice.

Invariant: the lines sum to the loss base; a scheme where third parties pay first lists them first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.pool.core.caps import OTHER_PUBLIC
from yulin.pool.core.claims.deciding import ClaimSettlement
from yulin.pool.core.ratios import PartyRatio
from yulin.pool.core.words import clause_word, party_word
from yulin.rules.core.pack import Row

UNCOVERED = "uncovered"
_ORDERS = {
    "pool": Text("资金池先付，第三方按合同付", "The pool pays first, third parties under their contracts"),
    "third_party": Text("第三方先付，资金池后付", "Third parties pay first, then the pool"),
}
_PUBLIC, _THIRD, _OWN, _UNCOVERED = "public", "third", "own", "uncovered"


@dataclass(frozen=True)
class SheetLine:
    """One party's line."""

    party: str
    kind: str  # public | third | own | uncovered
    ratio_bp: int | None
    amount_fen: int
    clause_zh: str
    clause_en: str

    @property
    def name(self) -> Text:
        """What the party is called."""
        if self.kind == _UNCOVERED:
            return Text("不予补偿部分", "Not covered")
        return party_word(self.party)

    @property
    def clause(self) -> Text:
        """The article that gives the ratio."""
        return Text(self.clause_zh, self.clause_en)

    @property
    def bar(self) -> str:
        """Which pattern the bar of the line has."""
        if self.kind == _PUBLIC:
            return "district" if self.party == "district" else "city"
        return {"third": "x", "own": "own", "uncovered": "own"}[self.kind]


@dataclass(frozen=True)
class Sheet:
    """A settlement sheet as it is kept with a decision."""

    loss_base_fen: int
    lines: tuple[SheetLine, ...]
    over_cap_fen: int = 0
    unverified: tuple[str, ...] = ()
    outside_fen: int = 0  # of the same loss, outside the loss base: what a guarantee leaves with the lender
    pays_first: str = "pool"  # pool | third_party

    @property
    def total_fen(self) -> int:
        """What the lines add up to."""
        return sum(line.amount_fen for line in self.lines)

    @property
    def difference_fen(self) -> int:
        """What the lines and the loss differ by: nothing, on every sheet that was written here."""
        return self.total_fen - self.loss_base_fen - self.outside_fen

    @property
    def has_other_public(self) -> bool:
        """Whether public money from outside the scheme has paid for the same loss, so that the layers give way."""
        return any(line.party == OTHER_PUBLIC and line.amount_fen for line in self.lines)

    @property
    def order(self) -> Text:
        """Who pays first."""
        return _ORDERS[self.pays_first]

    def plain(self) -> dict[str, Any]:
        """Return the sheet as plain JSON, to be kept."""
        return {**asdict(self), "lines": [asdict(line) for line in self.lines], "unverified": list(self.unverified)}


def sheet_of(settled: ClaimSettlement) -> Sheet:
    """Return the sheet of a settlement."""
    result = settled.settlement
    ratios = result.ratios or {}
    lines = [_line(party, amount, ratios, settled) for party, amount in result.shares_fen.items()]
    pays_first = result.mode.pays_first if result.mode else "pool"
    first = {_THIRD: 0, _PUBLIC: 1} if pays_first == "third_party" else {_PUBLIC: 0, _THIRD: 1}
    lines.sort(key=lambda line: first.get(line.kind, 2))
    if settled.deducted_fen:
        lines.append(SheetLine(UNCOVERED, _UNCOVERED, None, settled.deducted_fen, "决定书", "the decision"))
    outside = sum(result.shares_fen.values()) - settled.decided_base_fen
    unverified = tuple(row.id for row in result.unverified)
    return Sheet(settled.loss_base_fen, tuple(lines), result.over_cap_fen, unverified, outside, pays_first)


def read_sheet(kept: Mapping[str, Any]) -> Sheet:
    """Return a sheet as it was kept."""
    lines = tuple(SheetLine(**line) for line in kept["lines"])
    return Sheet(
        kept["loss_base_fen"], lines, kept["over_cap_fen"], tuple(kept["unverified"]),
        kept.get("outside_fen", 0), kept.get("pays_first", "pool"),
    )  # fmt: skip


def _line(party: str, amount: int, ratios: Mapping[str, PartyRatio], settled: ClaimSettlement) -> SheetLine:
    ratio = ratios.get(party)
    clause = _STATED if party == OTHER_PUBLIC else _clause(ratio)
    base = settled.decided_base_fen
    bp = ratio.bp if ratio is not None else amount * 10_000 // base if base else None
    kind = _PUBLIC if party in settled.public else _OWN if party in {_rest(settled), "bank"} else _THIRD
    return SheetLine(party, kind, bp, amount, clause.zh, clause.en)


_STATED = Text("申请表所列", "as the claim form states")


def _rest(settled: ClaimSettlement) -> str:
    mode = settled.settlement.mode
    return mode.rest if mode else "bank"


def _clause(ratio: PartyRatio | None) -> Text:
    if ratio is None:
        return Text("余数", "the rest")
    rows: list[Row] = [use.row for use in ratio.uses if use.outcome is Outcome.MET]
    if not rows:
        return Text("—", "—")
    named = next((row for row in rows if row.clause not in {"", "–", "-", "—"}), rows[0])
    return clause_word(named)
