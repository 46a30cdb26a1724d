"""The radar: every firm against every live policy whose criteria somebody confirmed.

Four outcomes: matched, near (with what is missing and the cheapest step), not applicable (with the clause), unknown
(with the missing fact, or what a person has to look at). The table is decided some policies at a time and keeps one
small number a policy, so that any number of both fits in memory.

Invariant: a firm's row in the table says what `check_up.line_of` says of the firm alone, and of a family of variants at
most one speaks for it (`core/local_variants.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

import polars as pl

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.brain.core.area import STANDINGS, assessed, facts_table, standing_name
from yulin.brain.core.check_up import Line, Standing
from yulin.brain.core.local_variants import Local, codes_within
from yulin.brain.core.shown import lacks_of
from yulin.pool.core.words import cited_clause, joined
from yulin.rules.core.pack import Pack
from yulin.rules.core.vocabulary import Vocabulary

PACKS_AT_ONCE = 25
CODES: Mapping[str, int] = {name: code for code, name in enumerate(STANDINGS)}
VERDICTS: Mapping[Standing, tuple[str, Text]] = {
    Standing.MET: ("ok", Text("可享受", "Entitled")),
    Standing.NEAR: ("warn", Text("差一步", "Near")),
    Standing.UNKNOWN: ("unk", Text("待查明", "Not known")),
    Standing.NOT_MET: ("idle", Text("不适用", "Not applicable")),
}
_DISTRICT = "__district"
_NOT_NAMED = Text("条件未逐项读出", "what it asks is not read row by row")


def radar_facts(
    said: Iterable[tuple[int, str, str | None]],
    firms: Sequence[tuple[int, str | None]],
    vocabulary: Vocabulary,
    on: date,
) -> pl.DataFrame:
    """Return one row a firm, also where nothing is said of it; the register's district stands in for a statement."""
    rows = list(said)
    placed = {firm for firm, fact, value in rows if fact in {"district", "district_code"} and value is not None}
    rows += [(firm, "district_code", code) for firm, code in firms if firm not in placed]
    return facts_table(rows, vocabulary, on)


def radar_table(
    packs: Sequence[Pack], facts: pl.DataFrame, on: date, over: Mapping[str, Sequence[Local]] = MappingProxyType({})
) -> pl.DataFrame:
    """Return `firm_id` and for each policy's pack the code of its standing (`CODES`).

    `over` has, by pack, the local variants that go before it, the nearest last: where one applies, the pack does not;
    where what that one asks is not confirmed, nothing is known.
    """
    parts = [facts.select("firm_id")]
    for start in range(0, len(packs), PACKS_AT_ONCE):
        some = packs[start : start + PACKS_AT_ONCE]
        answers = assessed(some, facts, on)
        codes = [
            pl.col(standing_name(pack)).replace_strict(CODES, return_dtype=pl.UInt8).alias(pack.id) for pack in some
        ]
        parts.append(answers.select(codes))
    table = pl.concat(parts, how="horizontal")
    led = [_led(pack.id, over[pack.id]) for pack in packs if over.get(pack.id)]
    if not led:
        return table
    known = facts["district_code"] if "district_code" in facts.columns else pl.Series([None] * facts.height)
    district = known.cast(pl.Int64, strict=False).alias(_DISTRICT)
    return table.with_columns(district).with_columns(led).drop(_DISTRICT)


def _led(pack: str, before: Sequence[Local]) -> pl.Expr:
    """Return the code of a pack with what local variants take over; the last, the nearest, has the last word."""
    code = pl.col(pack)
    for one in before:
        standing = Standing.NOT_MET if one.decides else Standing.UNKNOWN
        here = pl.col(_DISTRICT).is_between(*codes_within(one.code)) if one.area else pl.lit(value=True)
        code = pl.when(here).then(pl.lit(CODES[standing.value], dtype=pl.UInt8)).otherwise(code)
    return code.alias(pack)


def radar_counts(packs: Sequence[Pack], table: pl.DataFrame) -> dict[str, dict[str, list[int]]]:
    """Return, by pack and district, how many firms stand how, in the order of `STANDINGS`."""
    asked = [(pl.col(pack.id) == code).sum().alias(f"{pack.id} {code}") for pack in packs for code in CODES.values()]
    rows = table.group_by("district_code").agg(asked).sort("district_code").to_dicts()
    return {
        pack.id: {row["district_code"]: [int(row[f"{pack.id} {code}"]) for code in CODES.values()] for row in rows}
        for pack in packs
    }


def standing_of(line: Line, local: Local | None) -> Standing:
    """Return how a firm stands to a policy of which a local variant may speak for it instead."""
    if local is None:
        return line.standing
    return Standing.NOT_MET if local.decides else Standing.UNKNOWN


def why(line: Line) -> Text:
    """Say in one line what an outcome rests on: the step, the clause that refuses, or what is not known."""
    if line.standing in {Standing.MET, Standing.NEAR}:
        return lacks_of(line)
    if line.standing is Standing.NOT_MET:
        failing = [
            joined([cited_clause(one.clause), one.text or Text(one.id, one.id)], "：", ": ")
            for one in line.found.findings
            if one.outcome is Outcome.NOT_MET and one.verified != "no"
        ]
        return joined(failing[:2], "；", "; ")
    asks = [one.text for one in line.found.findings if one.verified == "no" and one.text]
    if line.unknown:
        return lacks_of(line)
    looked = joined(asks[:2], "；", "; ")
    return Text(f"须人工核对：{looked.zh}", f"a person looks at: {looked.en}") if asks else _NOT_NAMED
