"""What the law says of each row of a loan table: eligibility, missing facts, ratios; and the facts that it was said on.

Rows that share every fact that can matter are decided once, by the same functions that explain a single loan; so a row
of a file and a loan asked about alone can never be answered differently.

Invariant: the order and the number of rows stay; what is frozen is what was decided on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from yulin.base.outcome import Outcome
from yulin.pool.core.filing import FiledRatio, Filing, amount_class, contract_mode, ratio_at_filing, ratio_slots
from yulin.rules.core.assess import conditions_met
from yulin.rules.core.facts import public_name
from yulin.rules.core.pack import Pack
from yulin.rules.core.program import program_of

# What a row is decided to be; the table gets one column each.
DECIDED: Mapping[str, pl.DataType] = {
    "outcome": pl.String(),
    "missing": pl.String(),
    "ratio_bp": pl.String(),
    "ratio_clause": pl.String(),
    "is_offered": pl.Boolean(),
}

_DEFAULT_MODE = "bank"
_KEYED = frozenset({"loan_amount_fen", "mode"})  # facts that tell rows apart in a way of their own
_WHOLE_BP = 10_000
_SHARES = ("guarantor_bp", "insurer_bp")  # contract shares of third parties


@dataclass(frozen=True)
class Law:
    """One scheme version with the layer packs that may join it, and the key under which it was published.

    `ended_on` is the day from which a later publication took its place, if one did.
    """

    pack: Pack
    layers: tuple[Pack, ...] = ()
    published_id: int = 0
    ended_on: date | None = None

    @property
    def effective_from(self) -> date:
        """The first day of the version."""
        return self.pack.effective_from

    @property
    def effective_until(self) -> date | None:
        """The day on which the version no longer rules."""
        return min((day for day in (self.pack.effective_until, self.ended_on) if day is not None), default=None)

    def is_in_force(self, on: date) -> bool:
        """Tell whether the version rules loans of a day."""
        return self.effective_from <= on and (self.effective_until is None or on < self.effective_until)


@dataclass(frozen=True)
class Decision:
    """The answer on one loan."""

    outcome: Outcome
    missing: tuple[str, ...]
    ratio: FiledRatio


def decide_loan(law: Law, facts: Mapping[str, Any], filing: Filing) -> Decision:
    """Return eligibility and ratios of one loan; `facts` by public names, unknown ones absent or None.

    A scheme that states no condition leaves nothing unmet, as pre-loan answers say too.
    """
    if not law.pack.conditions:
        return Decision(Outcome.MET, (), ratio_at_filing(law.pack, law.layers, filing))
    outcome, missing = conditions_met(law.pack, facts, filing.on)
    return Decision(outcome, missing, ratio_at_filing(law.pack, law.layers, filing))


def decide_table(loans: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Return the table with what the law says of each row (`DECIDED`).

    **Shapes**: one row per loan, as `exchange` types it, with facts of the firm as further columns of public names.
    """
    if loans.is_empty():
        return _with_shares(loans).with_columns(pl.lit(None, dtype=kind).alias(name) for name, kind in DECIDED.items())
    loans = _as_contracted(_with_shares(loans), law)
    names = _deciding_facts(loans, law)
    classes = [amount_class(law.pack, law.layers, amount) for amount in loans.get_column("loan_amount_fen")]
    keyed = loans.with_columns(_deciding_day(law), amount_class=pl.Series(classes, dtype=pl.Int64))
    keys = [
        "decided_on",
        "amount_class",
        "mode",
        "contract_bp",
        *_SHARES,
        *(name for name in names if name not in _KEYED),
    ]
    if _amount_decides_eligibility(law):
        keys.append("loan_amount_fen")
    distinct = keyed.group_by(keys, maintain_order=True).agg(example_fen=pl.col("loan_amount_fen").first())
    decided = pl.DataFrame(
        [_decided_line(line, names, law) for line in distinct.iter_rows(named=True)], schema=dict(DECIDED)
    )
    answers = distinct.drop("example_fen").hstack(decided)
    joined = keyed.join(answers, on=keys, how="left", nulls_equal=True, maintain_order="left")
    return joined.drop("decided_on", "amount_class", "contract_bp")


def _as_contracted(loans: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Return the rows with the share that the guarantee's contract names, where the scheme knows such loans.

    A guaranteed amount in the file says that the loan is one; the share is rounded down.
    """
    contract = contract_mode(law.pack)
    if contract is None or "guaranteed_amount_fen" not in loans.columns:
        return loans.with_columns(contract_bp=pl.lit(None, dtype=pl.Int64))
    is_contracted = pl.col("guaranteed_amount_fen").is_not_null() & (pl.col("mode") == _DEFAULT_MODE)
    share = pl.col("guaranteed_amount_fen") * _WHOLE_BP // pl.col("loan_amount_fen")
    return loans.with_columns(
        contract_bp=pl.when(is_contracted).then(share),
        mode=pl.when(is_contracted).then(pl.lit(contract[0])).otherwise("mode"),
    )


def _with_shares(loans: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the contract shares of third parties, null where the file names none."""
    absent = [pl.lit(None, dtype=pl.Int64).alias(name) for name in _SHARES if name not in loans.columns]
    return loans.with_columns(absent)


def _deciding_day(law: Law) -> pl.Expr:
    """Return the day that stands for a row's own: days between which no law and no year changes are one."""
    day = pl.col("disbursed_on")
    if _reads_dates(law):
        return day.alias("decided_on")
    changes = [law.pack.effective_from]
    changes += [on for layer in law.layers for on in (layer.effective_from, layer.effective_until) if on is not None]
    since = [pl.when(day >= change).then(pl.lit(change)) for change in changes]
    return pl.max_horizontal(day.dt.truncate("1y"), *since).alias("decided_on")


def _decided_line(line: Mapping[str, Any], names: Sequence[str], law: Law) -> dict[str, Any]:
    facts = {name: line[name] for name in names if name in line and line[name] is not None}
    facts["loan_amount_fen"] = line["example_fen"]
    contract = contract_mode(law.pack)
    shares = {name.removesuffix("_bp"): line[name] for name in _SHARES if line[name] is not None}
    if contract and line["contract_bp"] is not None:
        shares[contract[1]] = line["contract_bp"]
    filing = Filing(line["decided_on"], line["mode"], line["example_fen"], facts, shares)
    found = decide_loan(law, facts, filing)
    return {
        "outcome": found.outcome.value,
        "missing": json.dumps(found.missing, ensure_ascii=False),
        "ratio_bp": json.dumps(dict(found.ratio.ratio_bp)),
        "ratio_clause": found.ratio.clause,
        "is_offered": found.ratio.is_offered,
    }


def _used_slots(law: Law) -> frozenset[str]:
    eligibility = program_of(law.pack).slots if law.pack.conditions else frozenset()
    return frozenset(eligibility) | ratio_slots(law.pack, law.layers)


def _deciding_facts(loans: pl.DataFrame, law: Law) -> list[str]:
    """Return the columns of the table that can decide, by public name, sorted."""
    vocabulary = law.pack.vocabulary
    used = {slot.partition("[")[0] for slot in _used_slots(law)}
    aliases = {vocabulary.facts[name].alias for name in used if name in vocabulary.facts}
    return sorted(aliases & set(loans.columns))


def _amount_decides_eligibility(law: Law) -> bool:
    slots = program_of(law.pack).slots if law.pack.conditions else frozenset()
    return "loan_amount" in slots


def _reads_dates(law: Law) -> bool:
    """Whether a pack reads a date, so that two days of a year may be answered differently."""
    facts = law.pack.vocabulary.facts
    return any(facts[slot.partition("[")[0]].type.kind == "date" for slot in _used_slots(law))


def frozen_facts(loans: pl.DataFrame, law: Law) -> pl.Series:
    """Return, as JSON, the facts of each row that the vocabulary knows: what is frozen with the enrolment.

    Unknown facts are left out, so that unknown stays unknown.
    """
    names = [name for name in loans.columns if name in law.pack.vocabulary.by_alias]
    columns = [
        pl.col(name).cast(pl.String) if loans.schema[name] == pl.Date else pl.col(name) for name in sorted(set(names))
    ]
    lines = loans.select(pl.struct(columns).struct.json_encode().alias("facts")).get_column("facts")
    # A null is a fact that nobody gave: no key is the honest way to say so.
    cleaned = lines.str.replace_all(r'"[A-Za-z0-9_]+":null,?', "").str.replace(r",}$", "}")
    return cleaned.alias("facts")


def tenor_months(loans: pl.DataFrame) -> pl.Series:
    """Return whole months from disbursement to due day; a begun month counts.

    >>> tenor_months(pl.DataFrame({"disbursed_on": [date(2021, 7, 5)], "due_on": [date(2022, 7, 6)]})).to_list()
    [13]
    """
    years = pl.col("due_on").dt.year() - pl.col("disbursed_on").dt.year()
    months = years * 12 + pl.col("due_on").dt.month() - pl.col("disbursed_on").dt.month()
    begun = (pl.col("due_on").dt.day() > pl.col("disbursed_on").dt.day()).cast(pl.Int64)
    return loans.select((months + begun).cast(pl.Int64).alias("tenor_months")).get_column("tenor_months")


def by_law(loans: pl.DataFrame, laws: Sequence[Law]) -> list[tuple[Law, pl.DataFrame]]:
    """Return the rows of each version in force on their day of disbursement; rows of a day without law are in none."""
    return [(law, loans.filter(is_within(law, loans))) for law in laws]


def is_within(law: Law, loans: pl.DataFrame) -> pl.Series:
    """Return which rows were lent while a version was in force."""
    within = pl.col("disbursed_on") >= law.effective_from
    if law.effective_until is not None:
        within &= pl.col("disbursed_on") < law.effective_until
    return loans.select(within.alias("within")).get_column("within")


def fact_names(law: Law, on: date) -> list[str]:
    """Return the public names of the facts that eligibility rests on, sorted."""
    slots = program_of(law.pack).slots if law.pack.conditions else frozenset()
    return sorted(public_name(slot, law.pack.vocabulary, on) for slot in slots)
