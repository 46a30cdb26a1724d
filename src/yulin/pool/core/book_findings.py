"""Findings on rows of a loan table, as frames: where, under which code, what was found and what is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from yulin.base.outcome import Outcome
from yulin.exchange.core.verdicts import FINDING_SCHEMA, JOINED_BY, no_findings
from yulin.pool.core.limits import Excess, LimitKey, Usage
from yulin.pool.core.words import place_name
from yulin.pool.enums import LimitKind


class Held(NamedTuple):
    """A live enrolment that a row meets: the bank's own or another's, by the loan itself or by its contract."""

    row: int
    is_own: bool
    is_loan: bool
    number: str
    enrolment_id: int
    amount_fen: int


@dataclass(frozen=True)
class Sheet:
    """Which column letters the fields of the file have, to name a finding's cell."""

    letters: Mapping[str, str]

    def finding(self, row: int, field: str, code: str, found: str, needed: str | None = None) -> dict[str, Any]:
        """Return one finding as a line of a frame."""
        letters = self.letters.get(field, "")
        cell = f"{letters}{row}" if letters else ""
        return {"row": row, "cell": cell, "field": field, "code": code, "found": found, "needed": needed}

    def findings(self, rows: pl.DataFrame, code: str, field: str, found: pl.Expr) -> pl.DataFrame:
        """Return one finding for each of `rows`."""
        lines = rows.select("row", found=found.cast(pl.String)).iter_rows()
        return as_findings([self.finding(row, field, code, words) for row, words in lines])


def as_findings(lines: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Return lines as a frame of findings."""
    return pl.DataFrame(list(lines), schema=FINDING_SCHEMA) if lines else no_findings()


def yuan_text(fen: int) -> str:
    """Return an amount in full, as findings quote it.

    >>> yuan_text(300_000_001)
    '3,000,000.01'
    """
    return f"{fen // 100:,}.{fen % 100:02d}"


def open_ratios(sheet: Sheet, decided: pl.DataFrame) -> pl.DataFrame:
    """Return a remark on each eligible row whose ratio promises nothing yet."""
    is_open = (pl.col("outcome") == Outcome.MET.value) & (pl.col("ratio_bp") == "{}") & pl.col("is_offered")
    return sheet.findings(decided.filter(is_open), "POOL.RATIO.OPEN", "mode", pl.col("mode"))


def on_duplicates(sheet: Sheet, rows: pl.DataFrame, held: Sequence[Held]) -> pl.DataFrame:
    """Return one finding for each row that a live enrolment holds; the same loan of the same bank again only warns."""
    if not held:
        return no_findings()
    lines = {line["row"]: line for line in rows.iter_rows(named=True)}
    found: dict[int, dict[str, Any]] = {}
    for one in held:
        found.setdefault(one.row, _on_duplicate(sheet, lines[one.row], one))
    return as_findings(list(found.values()))


def _on_duplicate(sheet: Sheet, line: Mapping[str, Any], held: Held) -> dict[str, Any]:
    loan = line["loan_number"]
    if held.is_own and held.amount_fen == line["loan_amount_fen"]:
        number = held.number or f"#{held.enrolment_id}"
        return sheet.finding(held.row, "loan_number", "POOL.LOAN.ENROLLED", loan, number)
    if held.is_own:
        return sheet.finding(held.row, "loan_number", "POOL.LOAN.CHANGED", loan, yuan_text(held.amount_fen))
    if held.is_loan:
        return sheet.finding(held.row, "loan_number", "POOL.DUPLICATE.LOAN", loan)
    return sheet.finding(held.row, "contract_number", "POOL.DUPLICATE.CONTRACT", line["contract_number"])


def on_limits(
    sheet: Sheet,
    rows: Sequence[int],
    excesses: Sequence[Excess | None],
    keys: Sequence[LimitKey],
    usages: Mapping[LimitKey, Usage],
) -> pl.DataFrame:
    """Return one finding for each row that would pass a limit: the total it would reach, and the limit."""
    found = []
    for row, excess in zip(rows, excesses, strict=True):
        if excess is not None:
            key = keys[excess.limit]
            code = f"POOL.LIMIT.{str(key.kind).upper()}"
            found.append(sheet.finding(row, "loan_amount_fen", code, *_found_and_needed(key, excess, usages[key])))
    return as_findings(found)


def _found_and_needed(key: LimitKey, excess: Excess, usage: Usage) -> tuple[str, str]:
    """Return the total and its limit; of a layer's capacity what is asked of which layer, and what is left."""
    limit = usage.limit_fen or 0
    if key.kind is not LimitKind.CAPACITY:
        return yuan_text(excess.total_fen), yuan_text(limit)
    before_fen = excess.total_fen - excess.amount_fen
    return f"{place_name(key.key).zh}{JOINED_BY}{yuan_text(excess.amount_fen)}", yuan_text(max(limit - before_fen, 0))
