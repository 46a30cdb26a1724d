"""Statements about some firms as tables of features take them, and what each firm's alone say, by the plain law."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl

from yulin.atlas.core.features import SAID, FeaturePlan, feature_plan, schema_of, years_apart
from yulin.atlas.core.statements import Said, values_on
from yulin.rules.adapters.shipped import shipped_vocabulary

FACTS = ["staff_count", "revenue", "registered_on", "has_valid_hnte", "industry", "list_number", "district"]
NAMES = [
    "staff_count", "revenue_fen", "revenue_fen_2021", "registered_on", "has_valid_hnte", "industry", "list_number",
    "district_code", "nobody_knows_this",
]  # fmt: skip
TEXTS = [
    "0", "7", "10", "9", "-1", "1000000000000000", "1000000000000001", "12345678901234567890", "007", "+5", "5 ", "5\n",
    "2021-02-28", "2021-02-31", "2021-2-3", "true", "false", "True", "software", "mining", "440112", "",
    "a", "a b", "ab",
    "a中", "中", '"', "\\", "😀", None,
]  # fmt: skip
FIRMS = ["91440101MA5A", "91440101MA5B", "91440101MA5C", "91440101MA5D"]
DAY, KNOWN = date(2022, 6, 1), datetime(2022, 6, 1, 4, tzinfo=UTC)
SOURCES = ["bank", "register", "税务", "Ω"]


def plan_of(facts: list[str] | None = FACTS, names: list[str] = NAMES) -> FeaturePlan:
    return feature_plan(facts, names, shipped_vocabulary(), DAY, KNOWN)


def random_statements(rng: random.Random, count: int) -> list[tuple]:
    """Statements with as many ties as may be: few days, few instants, few sources."""
    days = [None, *(DAY + timedelta(days=each) for each in (-400, -1, 0, 1))]
    instants = [KNOWN + timedelta(microseconds=each) for each in (-(10**13), -1, 0, 1)]
    return [
        (
            rng.choice(FIRMS), rng.choice(NAMES), rng.choice(TEXTS), rng.choice(SOURCES), rng.choice(days[1:]),
            rng.choice(days), rng.choice(instants), rng.choice([10, 50]),
        )
        for _ in range(count)
    ]  # fmt: skip


def random_years(rng: random.Random, count: int) -> list[tuple]:
    """Statements that say some of three years at once, one of them as none, tied as the others are."""
    said = random_statements(rng, count)
    amounts = [*(str(each) for each in range(3)), "null", '"7"', "true", "-1"]
    years = [
        ", ".join(f'"{year}": {rng.choice(amounts)}' for year in rng.sample(("2020", "2021", "2022"), rng.randrange(4)))
        for _ in said
    ]
    named = ("revenue_fen_by_year", "revenue_by_year", "rd_expense_fen_by_year", "staff_count_by_year")
    return [
        (row[0], rng.choice(named), f"{{{years[at]}}}" if rng.random() < 0.9 else row[2], *row[3:])
        for at, row in enumerate(said)
    ]


def table_of_statements(rows: list[tuple]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(SAID), orient="row")


def apart_by_year(rows: list[tuple]) -> pl.DataFrame:
    """Return statements as tables are filled with them: those of several years taken apart."""
    return years_apart(table_of_statements(rows).lazy(), shipped_vocabulary(), DAY, KNOWN).collect()


def by_the_law(rows: list[tuple], plan: FeaturePlan) -> pl.DataFrame:
    """Return what `values_on` says of each firm alone, read value by value."""
    table = []
    for firm in FIRMS:
        said = [Said(*row[1:]) for row in rows if row[0] == firm]
        counts = values_on(said, plan.on, plan.known_at)
        apart = [one for each in counts.values() for one in _years_of(each)]
        named = [replace(one, fact=plan.names[one.fact]) for one in apart if one.fact in plan.names]
        by_column = {name: one.value for name, one in values_on(named, plan.on, plan.known_at).items()}
        table.append((firm, *(read(by_column.get(name), fact) for name, fact in plan.columns.items())))
    return pl.DataFrame(table, schema=schema_of(plan), orient="row")


def _years_of(said: Said) -> list[Said]:
    stem, several, _ = said.fact.partition("_by_year")
    fact = shipped_vocabulary().find(stem)
    if not several or fact is None or not fact.is_by_year:
        return [said]
    years = json.loads(said.value) if said.value and said.value.startswith("{") else {}
    return [
        replace(said, fact=f"{stem}_{year}", value=value if isinstance(value, str) else json.dumps(value))
        for year, value in years.items()
        if value is not None
    ]


def read(text, fact):
    kind, vocabulary = fact.type.kind, shipped_vocabulary()
    if text is None or kind == "text":
        return text
    if kind == "bool":
        return {"true": True, "false": False}.get(text)
    if kind == "member":
        return text if text in vocabulary.lists[fact.type.unit].members else None
    try:
        if kind == "date":
            return date.fromisoformat(text) if len(text) == 10 else None
        number = int(text) if text.removeprefix("-").isdecimal() and len(text) <= 18 else None
    except ValueError:
        return None
    return number if number is not None and fact.lowest <= number <= fact.highest else None
