"""Identifiers by the column: the answers of `ids.check_id` for every row of a file at once.

Property: each row equals `check_id` of its text. Rows other than plain 18-character USCCs are checked one by one.
"""

from __future__ import annotations

import polars as pl

from yulin.base.ids import (
    DEPARTMENTS,
    LEAVE_OUT,
    ORGANISATION_ALPHABET,
    ORGANISATION_WEIGHTS,
    USCC_ALPHABET,
    USCC_WEIGHTS,
    check_id,
)

SCHEMA = {"kind": pl.String, "valid": pl.Boolean, "normalised": pl.String, "warning": pl.Boolean}

_NO_VALUE = 255
_USCC_VALUE = bytes(USCC_ALPHABET.index(chr(n)) if chr(n) in USCC_ALPHABET else _NO_VALUE for n in range(256))
_ORGANISATION_VALUE = bytes(
    ORGANISATION_ALPHABET.index(chr(n)) if chr(n) in ORGANISATION_ALPHABET else _NO_VALUE for n in range(256)
)
_PLAIN = r"^[0-9A-Z]{18}$"
_PERSON_FORM = r"^[1-8]\d{5}(19|20)\d\d[01]\d[0-3]\d{4}[0-9X]$"


def normalise_code_column(texts: pl.Series) -> pl.Series:
    """Return the column's codes in half-width capitals without blanks and hyphens; null stays null."""
    normal = texts.cast(pl.String).str.normalize("NFKC").str.replace_all(LEAVE_OUT.pattern, "").str.to_uppercase()
    return normal.rename("normalised")


def check_id_columns(texts: pl.Series) -> pl.DataFrame:
    """Return `kind`, `valid`, `normalised` and whether there is a warning for each text, as `ids.check_id` says.

    **Shapes**: one row a text; a null text is of kind `none`. `normalised` is null for kind `none`.
    """
    codes = normalise_code_column(texts)
    is_plain = (codes.str.contains(_PLAIN) & ~codes.str.contains(_PERSON_FORM)).fill_null(value=False)
    rows = codes.to_frame().with_columns(position=pl.int_range(pl.len(), dtype=pl.UInt32))
    plain, other = rows.filter(is_plain), rows.filter(~is_plain)
    answered = pl.concat([_check_plain(plain), _check_one_by_one(other)])
    return answered.sort("position").select(*SCHEMA)


def uscc_check_columns(texts: pl.Series) -> pl.DataFrame:
    """Return `check_id_columns` of a column that should hold USCCs: `valid` is False for every other kind."""
    return check_id_columns(texts).with_columns(valid=pl.col("valid") & (pl.col("kind") == "uscc"))


def uscc_valid_mask(texts: pl.Series) -> pl.Series:
    """Return which texts are USCCs that hold."""
    return uscc_check_columns(texts)["valid"]


def _check_plain(rows: pl.DataFrame) -> pl.DataFrame:
    """Answer rows of 18 capitals and digits that cannot be a person's number."""
    codes = rows["normalised"]
    is_of_letters = ~codes.str.contains("[IOSVZ]")
    is_of_form = codes.str.contains(f"^[{DEPARTMENTS}].[0-9]{{6}}")
    total = _weighted_sum(codes, _USCC_VALUE, (*USCC_WEIGHTS, 1))
    inner = _weighted_sum(codes.str.slice(8, 8), _ORGANISATION_VALUE, ORGANISATION_WEIGHTS)
    expected = pl.Series(list("0123456789X")).gather((11 - inner % 11) % 11)
    is_valid = is_of_letters & is_of_form & (total % 31 == 0)
    return rows.select(
        "position",
        kind=pl.lit("uscc"),
        valid=is_valid,
        normalised="normalised",
        warning=~is_valid | (codes.str.slice(16, 1) != expected),
    )


def _check_one_by_one(rows: pl.DataFrame) -> pl.DataFrame:
    checks = [check_id(code or "") for code in rows["normalised"]]
    return pl.DataFrame(
        {
            "position": rows["position"],
            "kind": [str(check.kind) for check in checks],
            "valid": [check.valid for check in checks],
            "normalised": [check.normalised for check in checks],
            "warning": [bool(check.warnings) for check in checks],
        },
        schema={"position": pl.UInt32, **SCHEMA},
    )


def _weighted_sum(codes: pl.Series, values: bytes, weights: tuple[int, ...]) -> pl.Series:
    """Return the sum of character value times weight of each code; all are as long as `weights` and ASCII.

    The column is one string of bytes; every place of the codes is a stride through it.
    """
    width = len(weights)
    if not len(codes):
        return pl.Series([], dtype=pl.UInt32)
    joined = "".join(codes.to_list()).encode("ascii").translate(values)
    places = pl.Series([joined]).bin.reinterpret(dtype=pl.Array(pl.UInt8, len(joined)), endianness="little")
    flat = places.explode(empty_as_null=False, keep_nulls=False).cast(pl.UInt32)
    total = flat.gather_every(width, 0) * weights[0]
    for place in range(1, width):
        total = total + flat.gather_every(width, place) * weights[place]
    return total
