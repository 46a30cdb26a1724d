"""Statements about some firms as tables of features take them, and what each firm's alone say, by the plain law."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import polars as pl

from yulin.atlas.core.features import SAID, FeaturePlan, feature_plan, schema_of
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


def table_of_statements(rows: list[tuple]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(SAID), orient="row")


def by_the_law(rows: list[tuple], plan: FeaturePlan) -> pl.DataFrame:
    """Return what `values_on` says of each firm alone, read value by value."""
    table = []
    for firm in FIRMS:
        said = [Said(*row[1:]) for row in rows if row[0] == firm]
        counts = values_on(said, plan.on, plan.known_at)
        by_column = {plan.names[name]: one.value for name, one in counts.items() if name in plan.names}
        table.append((firm, *(read(by_column.get(name), fact) for name, fact in plan.columns.items())))
    return pl.DataFrame(table, schema=schema_of(plan), orient="row")


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
