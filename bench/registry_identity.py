"""Run names, regions and codes of a business register through the identity check; one JSON line a figure.

python bench/registry_identity.py ../shared/data/registry/guangdong_dev.parquet
"""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

import polars as pl

from yulin.base.id_columns import check_id_columns
from yulin.base.ids import DEPARTMENTS, USCC_ALPHABET, check_id

CODE, NAME, PROVINCE, REGION = "统一社会信用代码", "企业名称", "所在省份", "地区"
_FORM = f"^[{DEPARTMENTS}][{USCC_ALPHABET}][0-9]{{6}}[{USCC_ALPHABET}]{{10}}$"
_PROVINCE_CODE = "44"
_EXAMPLES = 5


def main(path: Path) -> None:
    register = pl.read_parquet(path)
    checks = check_id_columns(register.get_column(CODE))
    rows = register.select(NAME, CODE, PROVINCE, REGION).hstack(checks).with_columns(why=_why())
    say("rows", rows.height)
    say("codes that pass", rows.filter(pl.col("why").is_null()).height)
    for why, count in (
        rows.filter(pl.col("why").is_not_null()).group_by("why").len().sort("len", descending=True).rows()
    ):
        failed = rows.filter(pl.col("why") == why).get_column(CODE).head(_EXAMPLES).to_list()
        say(f"codes that fail: {why}", count, examples=[shown(code) for code in failed])
    sound = rows.filter(pl.col("why").is_null())
    say("codes whose inner organisation code fails (warned)", sound.filter("warning").height)
    say(
        "codes registered outside Guangdong",
        sound.filter(pl.col("normalised").str.slice(2, 2) != _PROVINCE_CODE).height,
    )
    repeated = (
        sound.group_by("normalised").agg(pl.len(), pl.col(NAME).n_unique().alias("names")).filter(pl.col("len") > 1)
    )
    say("codes that stand more than once", repeated.height, rows=int(repeated.get_column("len").sum()))
    say("codes under two names", repeated.filter(pl.col("names") > 1).height)
    say_names(rows)
    say("rows without province or region", rows.filter(_blank(PROVINCE) | _blank(REGION)).height)


def _why() -> pl.Expr:
    kind, is_valid = pl.col("kind"), pl.col("valid")
    return (
        pl.when(_blank(CODE))
        .then(pl.lit("no code"))
        .when(kind == "personal_id")
        .then(pl.lit("a personal ID number"))
        .when(is_valid & (kind == "uscc"))
        .then(None)
        .when(is_valid)
        .then(pl.concat_str(pl.lit("an old code: "), kind))
        .when((kind == "uscc") & ~pl.col("normalised").str.contains(_FORM))
        .then(pl.lit("eighteen characters, but not the form of a code"))
        .when(kind == "uscc")
        .then(pl.lit("wrong check character"))
        .otherwise(pl.lit("neither eighteen, fifteen nor nine characters, or an old code with a wrong check"))
    )


def _blank(name: str) -> pl.Expr:
    return pl.col(name).is_null() | pl.col(name).str.strip_chars().is_in(["", "N/A", "-", "—"])


def say_names(rows: pl.DataFrame) -> None:
    names = rows.get_column(NAME)
    folded = pl.Series([None if name is None else unicodedata.normalize("NFKC", name).strip() for name in names])
    say("names that are blank", rows.filter(_blank(NAME)).height)
    say("names that NFKC changes (original kept)", int((folded != names).sum()))
    many = rows.group_by(NAME).agg(pl.col("normalised").n_unique().alias("codes")).filter(pl.col("codes") > 1)
    say("names borne by several codes (never one firm)", many.height)


def shown(code: str | None) -> str | None:
    """Return a code as a report may show it; a personal ID number never in full."""
    if code is None or check_id(code).kind != "personal_id":
        return code
    return code[:3] + "*" * (len(code) - 5) + code[-2:]


def say(name: str, value: int, **more: object) -> None:
    print(json.dumps({"name": name, "value": value, **more}, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
