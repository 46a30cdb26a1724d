"""Random firms for a pack, and each firm stepped over every value at which the pack turns."""

from __future__ import annotations

import random
from datetime import date

import polars as pl

from yulin.rules.core.facts import environment, public_name
from yulin.rules.core.pack import Pack
from yulin.rules.core.program import program_of
from yulin.rules.core.relevance import cells_of


def random_known(pack: Pack, rng: random.Random, share_unknown: float) -> dict:
    """Return a random firm by slot."""
    known = {}
    for slot in sorted(pack.slots):
        fact = pack.fact(slot)
        if rng.random() < share_unknown:
            continue
        kind = fact.type.kind
        if kind == "bool":
            known[slot] = rng.random() < 0.5
        elif kind == "member":
            known[slot] = rng.choice(sorted(pack.vocabulary.lists[fact.type.unit].members))
        elif kind == "text":
            known[slot] = "X-1"
        elif kind == "date":
            known[slot] = rng.randint(date(2018, 1, 1).toordinal(), date(2026, 1, 1).toordinal())
        else:
            most = max(rng.choice([0, 1, 10, 1_000, 10**6, 10**9, 5 * 10**11, fact.highest]), fact.lowest)
            known[slot] = rng.randint(max(fact.lowest, -most), min(fact.highest, most))
    return known


def boundary_firms(pack: Pack, known: dict, on: date) -> list[dict]:
    """Return the firm and its neighbours: each fact at, just under and just over every value where the pack turns."""
    program, firms = program_of(pack), [known]
    for slot in program.slots:
        without = {key: value for key, value in known.items() if key != slot}
        firms.append(without)
        if pack.fact(slot).type.kind == "text":
            continue
        env = environment(pack.vocabulary, without, on, program.slots)
        program.run(env)
        for cell in cells_of(program, slot, env)[:40]:
            ends = cell.first if isinstance(cell.first, tuple) else (cell.first, cell.last)
            firms += [{**without, slot: value} for value in dict.fromkeys(ends)]
    return firms


def facts_of(pack: Pack, known: dict, on: date) -> dict:
    """Return a firm under the names that files use."""
    return {public_name(slot, pack.vocabulary, on): value for slot, value in known.items()}


def table_of(pack: Pack, firms: list[dict], on: date) -> pl.DataFrame:
    """Return firms as a table with the columns that files have."""
    columns = {"firm_id": pl.Series(range(len(firms)), dtype=pl.Int64)}
    for slot in sorted(pack.slots):
        fact = pack.fact(slot)
        values = [firm.get(slot) for firm in firms]
        if fact.type.kind == "date":
            values = [None if value is None else date.fromordinal(value) for value in values]
        dtype = {"bool": pl.Boolean, "member": pl.String, "text": pl.String, "date": pl.Date}.get(
            fact.type.kind, pl.Int64
        )
        columns[public_name(slot, pack.vocabulary, on)] = pl.Series(values, dtype=dtype)
    return pl.DataFrame(columns)
