"""Identifiers as text: firm codes checked by GB 32100, loan and contract numbers kept to the last character.

A number cell keeps fifteen digits: a longer code in one has lost its end and is refused (BL-13). A personal ID
number passes the check of a firm code now and then, so it is looked for first, refused, and never quoted in full
(BL-21).
"""

from __future__ import annotations

import re

import polars as pl

from yulin.base.id_columns import check_id_columns
from yulin.base.ids import DEPARTMENTS, USCC_ALPHABET, IdKind, check_id, uscc_check_char
from yulin.exchange.core.cells import RawColumn, number_as_text

LONGEST_NUMBER = 64
_EXACT_DIGITS = 1e15
_FLOAT_TEXT = r"^[+-]?\d+(?:\.\d+)?[eE][+-]?\d+$"
_POINT_TEXT = r"^(\d+)\.0+$"
_FOREIGN_LETTER = f"[^{USCC_ALPHABET}]"
_FORM = f"^[{DEPARTMENTS}][{USCC_ALPHABET}][0-9]{{6}}[{USCC_ALPHABET}]{{10}}$"
_OLD_KINDS = (IdKind.REGISTRATION_15.value, IdKind.ORGANISATION_CODE.value)


def read_number_texts(column: RawColumn) -> pl.DataFrame:
    """Return loan or contract numbers as text with the finding on each, as `RESULT_COLUMNS`."""
    frame = _as_codes(column)
    too_long = pl.col("plain").str.len_chars() > LONGEST_NUMBER
    code = pl.coalesce("code", pl.when(too_long).then(pl.lit("FILE.CELL.TOO_LONG")))
    return frame.with_columns(code=code).select(
        value=pl.when(_is_read()).then("plain"),
        code="code",
        found=pl.when(pl.col("code") == "FILE.ID.NUMBER_CELL").then("plain"),
        needed=pl.when(pl.col("code") == "FILE.CELL.TOO_LONG").then(pl.lit(str(LONGEST_NUMBER))),
    )


def _as_codes(column: RawColumn) -> pl.DataFrame:
    folded = pl.col("folded").str.replace_all(r"\s+", " ")
    of_point = folded.str.extract(_POINT_TEXT, 1)
    frame = column.frame().with_columns(
        plain=pl.coalesce(of_point, folded, number_as_text("number"), pl.col("day").cast(pl.String)),
        was_number=pl.col("number").is_not_null() | of_point.is_not_null(),
    )
    number_is_cut = (pl.col("number").abs() >= _EXACT_DIGITS) | (pl.col("number") != pl.col("number").round(0))
    text_is_cut = folded.str.contains(_FLOAT_TEXT) | (of_point.str.len_chars() > 15)
    is_cut = number_is_cut.fill_null(value=False) | text_is_cut.fill_null(value=False) | pl.col("day").is_not_null()
    code = pl.when(is_cut).then(pl.lit("FILE.ID.NUMERIC")).when("was_number").then(pl.lit("FILE.ID.NUMBER_CELL"))
    return frame.with_columns(code=code)


def _is_read() -> pl.Expr:
    return pl.col("code").is_null() | pl.col("code").is_in(
        ["FILE.ID.NUMBER_CELL", "FILE.ID.OLD_CODE", "FILE.ID.INNER_CHECK"]
    )


def read_firm_codes(column: RawColumn) -> tuple[pl.DataFrame, pl.Series]:
    """Return firm codes with the finding on each, as `RESULT_COLUMNS`, and the codes as they were written.

    What was written is kept but for personal ID numbers, which are masked.
    """
    frame = _as_codes(column)
    frame = frame.hstack(check_id_columns(frame.get_column("plain")).select("kind", "valid", "normalised", "warning"))
    kind, is_valid = pl.col("kind"), pl.col("valid")
    judged = (
        pl.when(kind == IdKind.PERSONAL_ID.value)
        .then(pl.lit("FILE.ID.PERSONAL"))
        .when(pl.col("code") == "FILE.ID.NUMERIC")
        .then("code")
        .when((kind == IdKind.USCC.value) & ~is_valid)
        .then(
            pl.when(pl.col("normalised").str.contains(_FORM))
            .then(pl.lit("FILE.ID.CHECK"))
            .otherwise(pl.lit("FILE.ID.FORM"))
        )
        .when(pl.col("plain").is_not_null() & ~is_valid)
        .then(pl.lit("FILE.ID.UNREADABLE"))
        .when(kind.is_in(_OLD_KINDS))
        .then(pl.lit("FILE.ID.OLD_CODE"))
        .when(is_valid & pl.col("warning"))
        .then(pl.lit("FILE.ID.INNER_CHECK"))
        .otherwise("code")
    )
    frame = frame.with_columns(code=judged)
    frame = frame.hstack(_in_words(frame))
    typed = frame.select(
        value=pl.when(_is_read() & is_valid).then("normalised"), code="code", found="found", needed="needed"
    )
    is_person = pl.col("code") == "FILE.ID.PERSONAL"
    original = frame.select(pl.when(is_person).then("found").otherwise(pl.coalesce("text", "plain")))
    return typed, original.to_series()


def _in_words(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what each finding shows as found, personal numbers masked, and what was needed instead."""
    flawed = frame.select("plain", "code", at=pl.int_range(pl.len(), dtype=pl.UInt32)).filter(
        pl.col("code").is_not_null()
    )
    told = [_told(text, code) for text, code in flawed.select("plain", "code").iter_rows()]
    said = pl.DataFrame(
        {"at": flawed.get_column("at"), "found": [one for one, _ in told], "needed": [two for _, two in told]},
        schema={"at": pl.UInt32, "found": pl.String, "needed": pl.String},
    )
    every = pl.DataFrame({"at": pl.int_range(frame.height, dtype=pl.UInt32, eager=True)})
    return every.join(said, on="at", how="left", maintain_order="left").select("found", "needed")


def _told(text: str, code: str) -> tuple[str | None, str | None]:
    if code == "FILE.ID.NUMERIC":
        return None, None
    said = check_id(text).normalised or text
    if code == "FILE.ID.PERSONAL":
        return masked(said), None
    if code == "FILE.ID.FORM":
        return said, flaw_of(said)
    if code == "FILE.ID.CHECK":
        return said, uscc_check_char(said[:17])
    return (said if len(said) <= 40 else said[:39] + "…"), None


def flaw_of(code: str) -> str:
    """Return the name of what makes eighteen characters no firm code, before any check character is looked at.

    >>> flaw_of("91350100O000100Y44"), flaw_of("9135010AM000100Y44"), flaw_of("D1350100M000100Y44")
    ('wrong_letter', 'wrong_division', 'wrong_department')
    """
    if re.search(_FOREIGN_LETTER, code):
        return "wrong_letter"
    return "wrong_division" if not code[2:8].isdigit() else "wrong_department"


def masked(text: str) -> str:
    """Return a personal ID number as it may be shown: three characters, then stars, then the last two.

    >>> masked("362322198709086409")
    '362*************09'
    """
    return text[:3] + "*" * max(len(text) - 5, 0) + text[-2:]
