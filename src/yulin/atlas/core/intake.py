"""A batch of a source's rows becomes statements; what cannot be believed goes to quarantine with its reason.

A row is kept out whole when its code, its key or a required field does not hold; a single cell that does not hold is
kept out alone, and the rest of its row is taken. Nothing is dropped: every cell of the file stands in a statement, in
quarantine, or is blank.

Property: rows taken, repeated and kept out sum to the rows read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from yulin.atlas.core.cells import column_of
from yulin.atlas.core.contracts import SourceContract
from yulin.atlas.core.field_rules import broken_rules
from yulin.atlas.enums import FieldType, Problem
from yulin.base.id_columns import check_id_columns

USCC = "USCC"
QUARANTINE = {
    "row": pl.UInt32, "fact": pl.String, "problem": pl.String, "found": pl.String, "raw": pl.String,
    "column": pl.String, "needed": pl.String,
}  # fmt: skip
STATEMENTS = {
    "subject": pl.String, "predicate": pl.String, "value": pl.String, "original": pl.String, "row": pl.UInt32,
}  # fmt: skip
SEEN = {"key": pl.UInt64, "content": pl.UInt64, "first": pl.UInt32}
_LONGEST_CODE = 60
_KEY_BREAK = "\x1f"


@dataclass(frozen=True)
class Intake:
    """What became of a batch.

    `firms`: row, subject, name, registered_on (a day, or null) of each row taken. `seen`: the keys so far.
    `quality`: per fact how many cells are filled and taken. `waiting`: how many of the rows kept out lack the code that
    their source may leave out, and name their firm.
    """

    read: int
    repeated: int
    firms: pl.DataFrame
    statements: pl.DataFrame
    quarantine: pl.DataFrame
    seen: pl.DataFrame
    filled: dict[str, int]
    taken: dict[str, int]
    waiting: int = 0


def nothing_seen() -> pl.DataFrame:
    """Return the keys seen before the first batch: none."""
    return pl.DataFrame(schema=SEEN)


def take_rows(batch: pl.DataFrame, contract: SourceContract, seen: pl.DataFrame, today: date) -> Intake:
    """Return what becomes of a batch of text rows; `row` is the file's own number of each."""
    cells = _blanks_as_null(batch, contract)
    rows = _with_subject(cells, contract)
    rows, seen, repeated = _sort_out_keys(rows, contract, seen)
    rows = _read_fields(rows, contract, today)
    rows = _refuse_without_required(rows, contract)
    out = rows.filter(pl.col("_why").is_not_null())
    good = rows.filter(pl.col("_why").is_null())
    return Intake(
        read=batch.height,
        repeated=repeated,
        firms=_firms(good, contract),
        statements=_statements(good, contract),
        quarantine=pl.concat([_rows_out(out, batch.columns), _cells_out(good, contract)]),
        seen=seen,
        filled={field.fact: int(cells[field.column].is_not_null().sum()) for field in contract.fields},
        taken={field.fact: int(good[_value(field.fact)].is_not_null().sum()) for field in contract.fields},
        waiting=_waiting(out, contract),
    )


def _waiting(out: pl.DataFrame, contract: SourceContract) -> int:
    if not contract.may_lack_code:
        return 0
    lacks_code = pl.col("_why") == Problem.CODE_MISSING.value
    return out.filter(lacks_code, pl.col(contract.name_column).is_not_null()).height


def keep_out(taken: Intake, rows: pl.DataFrame) -> Intake:
    """Return a batch without some rows more, which go to quarantine whole.

    `rows`: `row`, `problem`, `found`, `raw`, and where they are known `column` and `needed`.
    """
    numbers = rows["row"].implode()
    unsaid = [pl.lit(None, pl.String).alias(name) for name in QUARANTINE if name not in rows.columns]
    more = rows.with_columns(unsaid).select(*QUARANTINE).cast(QUARANTINE)  # type: ignore[arg-type]
    statements = taken.statements.filter(~pl.col("row").is_in(numbers))
    counts = dict(statements.group_by("predicate").len().iter_rows())
    return Intake(
        read=taken.read,
        repeated=taken.repeated,
        firms=taken.firms.filter(~pl.col("row").is_in(numbers)),
        statements=statements,
        quarantine=pl.concat([taken.quarantine.filter(~pl.col("row").is_in(numbers)), more]),
        seen=taken.seen,
        filled=taken.filled,
        taken={fact: counts.get(fact, 0) for fact in taken.taken},
        waiting=taken.waiting,
    )


def _value(fact: str) -> str:
    return f"_value:{fact}"


def _problem(fact: str) -> str:
    return f"_problem:{fact}"


def _refuse_without_required(rows: pl.DataFrame, contract: SourceContract) -> pl.DataFrame:
    """Mark rows that lack a required value, or whose value does not hold: why, in which column, what it says."""
    required = [field for field in contract.fields if field.is_required]
    why = {field.column: pl.col(_problem(field.fact)) for field in required}
    at = [pl.when(problem.is_not_null()).then(pl.lit(column)) for column, problem in why.items()]
    found = [pl.when(problem.is_not_null()).then(pl.col(column).fill_null("")) for column, problem in why.items()]
    is_out = pl.col("_why").is_not_null()
    return rows.with_columns(
        _why=pl.coalesce("_why", *why.values()),
        _at=pl.when(is_out).then(pl.col("_at")).otherwise(pl.coalesce(*at) if at else None),
        _found=pl.when(is_out).then(pl.col("_found")).otherwise(pl.coalesce(*found) if found else None),
    )


def _blanks_as_null(batch: pl.DataFrame, contract: SourceContract) -> pl.DataFrame:
    absent = [pl.lit(None, pl.String).alias(name) for name in contract.columns if name not in batch.columns]
    batch = batch.with_columns(absent)
    blanks = ["", *contract.missing]
    stripped = (pl.col(name).str.strip_chars() for name in contract.columns)
    return batch.with_columns(stripped).with_columns(
        pl.when(pl.col(name).is_in(blanks)).then(None).otherwise(pl.col(name)).alias(name) for name in contract.columns
    )


def _with_subject(cells: pl.DataFrame, contract: SourceContract) -> pl.DataFrame:
    codes = cells[contract.subject_column]
    if contract.identifier_scheme != USCC:
        subject = pl.col(contract.subject_column)
        why = pl.when(subject.is_null()).then(pl.lit(Problem.CODE_MISSING.value))
        is_odd = (subject.str.len_chars() > _LONGEST_CODE) | subject.str.contains(r"[[:cntrl:]]")
        return cells.with_columns(_subject=codes, _why=why.when(is_odd).then(pl.lit(Problem.CODE_WRONG.value)))
    checks = check_id_columns(codes)
    is_sound = checks["valid"] & (checks["kind"] == "uscc")
    return cells.with_columns(
        _subject=checks["normalised"],
        _why=pl.when(codes.is_null())
        .then(pl.lit(Problem.CODE_MISSING.value))
        .when(checks["kind"] == "personal_id")
        .then(pl.lit(Problem.CODE_OF_PERSON.value))
        .when(~is_sound)
        .then(pl.lit(Problem.CODE_WRONG.value))
        .otherwise(None),
    )


def _sort_out_keys(
    rows: pl.DataFrame, contract: SourceContract, seen: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Leave out rows that say again what an earlier one said; mark those that say something else under its key."""
    names = ["_subject" if name == contract.subject_column else name for name in contract.key]
    if contract.particular and "_subject" not in names:
        names.insert(0, "_subject")  # one case or number may be several firms'
    key = [pl.col(name).fill_null("") for name in names]
    rows = rows.with_columns(
        _key=pl.concat_str(*key, separator=_KEY_BREAK).hash(seed=1),
        _content=pl.struct("_subject", *contract.columns).hash(seed=2),
    )
    sound = rows.filter(pl.col("_why").is_null())
    new = sound.select(key="_key", content="_content", first="row").unique("key", keep="first", maintain_order=True)
    seen = pl.concat([seen, new.join(seen, on="key", how="anti").cast(SEEN)])  # type: ignore[arg-type]
    rows = rows.join(seen, left_on="_key", right_on="key", how="left", maintain_order="left")
    is_later = pl.col("_why").is_null() & (pl.col("row") != pl.col("first"))
    is_repeat = is_later & (pl.col("_content") == pl.col("content"))
    repeated = rows.filter(is_repeat).height
    conflict = pl.when(is_later).then(pl.lit(Problem.KEY_CONFLICT.value))
    rows = rows.filter(~is_repeat).with_columns(
        _at=pl.when(is_later).then(pl.lit("、".join(contract.key))).otherwise(pl.lit(contract.subject_column)),
        _found=pl.when(is_later).then(pl.concat_str(*key, separator="、")).otherwise(pl.col(contract.subject_column)),
        _needed=pl.when(is_later).then(pl.col("first").cast(pl.String)),
    )
    return rows.with_columns(_why=pl.coalesce("_why", conflict)), seen, repeated


def _read_fields(rows: pl.DataFrame, contract: SourceContract, today: date) -> pl.DataFrame:
    """Add value and problem of each field; what needs reading is read once for each different text."""
    for field in contract.fields:
        value, problem = column_of(field)
        read = (value.alias(_value(field.fact)), problem.alias(_problem(field.fact)))
        if field.type is FieldType.TEXT:
            rows = rows.with_columns(read)
        else:
            texts = rows.select(pl.col(field.column).drop_nulls().unique()).with_columns(read)
            rows = rows.join(texts, on=field.column, how="left", maintain_order="left")
    values = rows.select("row", *(pl.col(_value(field.fact)).alias(field.fact) for field in contract.fields))
    return _without_broken(rows, broken_rules(values, contract.fields, today), contract)


def _without_broken(rows: pl.DataFrame, broken: pl.DataFrame, contract: SourceContract) -> pl.DataFrame:
    """Take the value away from cells that break a rule, and say which; what could not be read is said already."""
    for fact in [field.fact for field in contract.fields if field.fact in set(broken["fact"])]:
        said = broken.filter(fact=fact).select("row", _rule="problem")
        rows = rows.join(said, on="row", how="left", maintain_order="left").with_columns(
            pl.when(pl.col("_rule").is_null()).then(pl.col(_value(fact))).alias(_value(fact)),
            pl.coalesce(_problem(fact), "_rule").alias(_problem(fact)),
        )
        rows = rows.drop("_rule")
    return rows


def _firms(good: pl.DataFrame, contract: SourceContract) -> pl.DataFrame:
    registered = next((f.fact for f in contract.fields if f.column == contract.registered_column), None)
    day = pl.col(_value(registered)).str.to_date("%Y-%m-%d", strict=False) if registered else pl.lit(None, pl.Date)
    name = pl.col(contract.name_column) if contract.name_column else pl.lit(None, pl.String)
    return good.select("row", subject="_subject", name=name, registered_on=day)


def _statements(good: pl.DataFrame, contract: SourceContract) -> pl.DataFrame:
    parts = [
        good.select(
            subject="_subject", predicate=pl.lit(field.fact), value=_value(field.fact), original=field.column, row="row"
        ).filter(pl.col("value").is_not_null())
        for field in contract.fields
    ]
    return pl.concat(parts).cast(STATEMENTS) if parts else pl.DataFrame(schema=STATEMENTS)  # type: ignore[arg-type]


def _rows_out(out: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    raw = pl.struct(name for name in columns if name != "row").struct.json_encode() if out.height else pl.lit("")
    return out.select(
        "row",
        fact=pl.lit(None, pl.String),
        problem="_why",
        found="_found",
        raw=raw,
        column="_at",
        needed="_needed",
    ).cast(QUARANTINE)  # type: ignore[arg-type]


def _cells_out(good: pl.DataFrame, contract: SourceContract) -> pl.DataFrame:
    parts = [
        good.filter(pl.col(_problem(field.fact)).is_not_null()).select(
            "row",
            fact=pl.lit(field.fact),
            problem=_problem(field.fact),
            found=field.column,
            raw=pl.lit(None, pl.String),
            column=pl.lit(field.column),
            needed=pl.lit(None, pl.String),
        )
        for field in contract.fields
    ]
    return pl.concat(parts).cast(QUARANTINE)  # type: ignore[arg-type]
