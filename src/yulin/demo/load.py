"""Loading the demo book into an empty database: rules published by two people, then rows by COPY.

The book holds years of history, which no service would write today; so it is written as rows, in one transaction, under
the same constraints as everything else, with one audit row for the whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.conf import settings
from django.db import connection, transaction

from yulin.atlas.core.statements import DEFAULT_PRIORITY
from yulin.atlas.selectors import USCC
from yulin.atlas.services.spelling import spell_firms
from yulin.base.text import Text
from yulin.brain.services import compute_area
from yulin.brain.services.radar import compute_radar
from yulin.demo import targets
from yulin.demo.applications import enter_experts, file_applications
from yulin.demo.book import SEED, DemoBook, demo_book
from yulin.demo.claims import file_claims, keep_demo_accounts, set_demo_budgets, state_demo_premium
from yulin.demo.deliveries import load_deliveries
from yulin.demo.entities import load_extracts
from yulin.demo.errors import BookNotEmptyError
from yulin.demo.ip_fund import fill_fund
from yulin.demo.ledger import load_ledger
from yulin.demo.packages import compensate_last_year, file_packages
from yulin.demo.park_list import load_park_list
from yulin.demo.people import create_demo_organisations
from yulin.demo.policies import publish_policies
from yulin.demo.portraits import portrait_statements
from yulin.demo.projects import take_in_lists
from yulin.demo.queue import file_waiting_loans
from yulin.demo.recoveries import enter_recoveries
from yulin.demo.returns import MONTHS_OF_RETURNS, monthly_returns, months_before, standing
from yulin.demo.rights import use_rights
from yulin.demo.rules import demo_scheme, publish_demo_packs
from yulin.demo.world import load_world
from yulin.kit import clock
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.services import keep_book, record_audit
from yulin.pool.adapters.schemes import layers_of
from yulin.pool.core.filing import Filing, ratio_at_filing
from yulin.pool.core.numbers import number_prefix, verification_code
from yulin.pool.services.board import snapshot_board
from yulin.rules.core.pack import Pack

_STATEMENTS = ("staff_count", "revenue_fen", "total_assets_fen", "industry", "sector", "is_hnte")
_FACT_OF_COLUMN = {"revenue_fen": "revenue", "total_assets_fen": "total_assets", "is_hnte": "has_valid_hnte"}
_SOURCE = "演示账本"
_CONTRACT = ("third_party", "third_bp", "fourth_party", "fourth_bp")
_NUMBERS_OF = ("atlas_firm", "pool_creditline", "pool_enrolment")


@dataclass(frozen=True)
class Loaded:
    """How many rows of each kind were loaded."""

    firms: int
    lines: int
    loans: int
    returns: int


def is_empty() -> bool:
    """Tell whether the database holds no enrolment and no organisation yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pool_enrolment) OR EXISTS (SELECT FROM people_organisation)")
        return not cursor.fetchone()[0]


def load_demo_book(*, scale: int = 1, seed: int = SEED) -> Loaded:
    """Load the demo book. Raises: `DEMO.BOOK.NOT_EMPTY`.

    Effects: the book's day, organisations, people, packs, firms with statements and particulars, lines, enrolments with
    their steps, returns, totals under limits, the board's snapshot, a park's list, the register's files, what was done
    about facts, a call with two applications, lists of approved projects, how names can be typed, how all firms stand
    to every title; one audit row for the rows.
    """
    if not is_empty():
        raise BookNotEmptyError
    book = demo_book(scale, seed)
    with transaction.atomic():
        keep_book(
            actor=SYSTEM_ACTOR,
            name=Text("科技金融服务平台", "Technology-finance platform"),
            is_demo=True,
            business_date_pin=targets.BUSINESS_DATE,
        )
        organisations = create_demo_organisations(book)
        packs = publish_demo_packs()
        loaded = _rows(book, organisations, packs)
        record_audit(
            actor=SYSTEM_ACTOR,
            action="demo.load_book",
            subject=("book", 1),
            facts={"seed": seed, "scale": scale, "loans": loaded.loans, "firms": loaded.firms},
        )
    _analyse()
    file_waiting_loans(book, organisations)
    set_demo_budgets()
    enter_experts()
    compensated = compensate_last_year(organisations)
    file_claims(organisations)
    state_demo_premium()
    enter_recoveries()
    file_packages(organisations, compensated)
    fill_fund(book, organisations)
    keep_demo_accounts(organisations)
    snapshot_board(actor=SYSTEM_ACTOR, as_of=targets.AS_OF)
    load_park_list(book)
    load_deliveries(book)
    load_extracts(book)
    use_rights(book, organisations)
    file_applications(organisations)
    take_in_lists(book)
    publish_policies()
    spell_firms(actor=SYSTEM_ACTOR)
    compute_area(actor=SYSTEM_ACTOR, on=targets.BUSINESS_DATE)
    compute_radar(actor=SYSTEM_ACTOR, on=targets.BUSINESS_DATE)
    return loaded


def _rows(book: DemoBook, organisations: Mapping[str, int], packs: Mapping[str, int]) -> Loaded:
    banks = book.banks.select("code").with_row_index("bank").select(pl.col("bank").cast(pl.Int64), "code")
    bank_ids = banks.with_columns(bank_id=pl.col("code").replace_strict(dict(organisations)))
    _partnerships(book, organisations)
    _copy("atlas_firm", _firm_rows(book.firms))
    statements = _statement_rows(book.firms)
    _copy("atlas_source", _source())
    _copy("atlas_statement", statements)
    load_world(book, statements, _copy)
    lines = book.lines.join(bank_ids, on="bank", how="left", maintain_order="left")
    _copy("pool_creditline", _line_rows(lines))
    loans = _enrolments(book, bank_ids, packs, organisations)
    _copy("pool_enrolment", loans.select(_enrolment_columns()))
    _copy("pool_enrolmentevent", _event_rows(loans))
    returns = monthly_returns(loans, months_before(targets.AS_OF, MONTHS_OF_RETURNS if book.scale == 1 else 1))
    _copy("pool_monthlyreturn", _return_rows(returns))
    _copy("pool_returnfile", _return_file_rows(returns))
    _copy("pool_limituse", _limit_rows(loans))
    _copy("pool_numberseries", _series_rows(loans))
    _renumber()
    load_ledger(loans, targets.AS_OF)
    return Loaded(len(book.firms), len(book.lines), len(loans), len(returns))


def _firm_rows(firms: pl.DataFrame) -> pl.DataFrame:
    return firms.select(
        pl.col("firm").alias("id") + 1,
        pl.lit(USCC).alias("identifier_scheme"),
        "identifier",
        "name",
        pl.col("name").alias("name_original"),
        "registered_on",
        "district_code",
    )


def _source() -> pl.DataFrame:
    """Return what the book's own facts are said to come from, in both languages; no file ever comes of it."""
    contract = json.dumps({"id": _SOURCE, "fields": {}, "classes": ["basics"]}, ensure_ascii=False)
    return pl.DataFrame(
        {
            "code": [_SOURCE], "title_zh": [_SOURCE], "title_en": ["Demo book"], "owner": [""], "licence": [""],
            "priority": [DEFAULT_PRIORITY], "contract_hash": [""], "contract": [contract],
        }
    )  # fmt: skip


def _statement_rows(firms: pl.DataFrame) -> pl.DataFrame:
    """One statement for each firm and fact, valid since the year before it first borrowed."""
    valid_from = pl.date(pl.col("first_year") - 1, 1, 1)
    known = pl.lit(str(targets.FIRST_LOAN_ON))
    known_techsme = firms.with_columns(has_valid_techsme=pl.lit(value=True))
    borrowing = pl.concat(
        known_techsme.select(
            pl.col("firm").alias("firm_id") + 1,
            pl.lit(_FACT_OF_COLUMN.get(column, column)).alias("fact"),
            _as_json(known_techsme, column).alias("value"),
            pl.lit(_SOURCE).alias("source"),
            valid_from.alias("valid_from"),
            known.alias("known_at"),
        )
        for column in (*_STATEMENTS, "has_valid_techsme")
    )
    portraits = portrait_statements(firms).select(
        pl.col("firm").cast(borrowing.schema["firm_id"]).alias("firm_id") + 1,
        "fact",
        "value",
        pl.lit(_SOURCE).alias("source"),
        pl.lit(targets.AS_OF).alias("valid_from"),
        pl.lit(str(targets.AS_OF)).alias("known_at"),
    )
    return pl.concat([borrowing, portraits])


def _as_json(frame: pl.DataFrame, column: str) -> pl.Expr:
    text = pl.col(column).cast(pl.String)
    return pl.concat_str(pl.lit('"'), text, pl.lit('"')) if frame[column].dtype == pl.String else text


def _line_rows(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.select(
        pl.col("line").cast(pl.Int64).alias("id") + 1,
        "bank_id",
        "contract_number",
        pl.col("firm").alias("firm_id") + 1,
        "line_fen",
        "signed_on",
    )


def _enrolments(
    book: DemoBook, bank_ids: pl.DataFrame, packs: Mapping[str, int], organisations: Mapping[str, int]
) -> pl.DataFrame:
    firms = book.firms.select("firm", "name", "identifier", "staff_count", "revenue_fen", "total_assets_fen")
    loans = (
        standing(book.loans, targets.AS_OF)
        .join(firms, on="firm", how="left", maintain_order="left")
        .join(bank_ids, on="bank", how="left", maintain_order="left")
        .with_row_index("id", offset=1)
        .with_columns(pack_id=pl.col("scheme_id").replace_strict(dict(packs)))
    )
    return _numbered(_with_ratios(_with_parties(loans, organisations))).with_columns(facts=_facts(), state=_state())


def _with_parties(loans: pl.DataFrame, organisations: Mapping[str, int]) -> pl.DataFrame:
    """Name the demo's guarantor or insurer on each loan that one of them shares, with its share by contract."""
    houses = {"guarantor": organisations["GUARANTOR"], "insurer": organisations["INSURER"]}
    named = [
        pl.when((pl.col("third_party") == party) | (pl.col("fourth_party") == party).fill_null(value=False))
        .then(pl.lit(house, dtype=pl.Int64))
        .alias(f"{party}_id")
        for party, house in houses.items()
    ]
    third, fourth = (
        pl.concat_str(pl.lit('"'), f"{place}_party", pl.lit('": '), f"{place}_bp") for place in ("third", "fourth")
    )
    shares = pl.concat_str(third, fourth, separator=", ", ignore_nulls=True)
    return loans.with_columns(*named, contract_bp=pl.concat_str(pl.lit("{"), shares, pl.lit("}")))


def _state() -> pl.Expr:
    return pl.when(pl.col("closed_on").is_not_null()).then(pl.lit("closed")).otherwise(pl.lit("active"))


def _facts() -> pl.Expr:
    """Return the facts as the enrolment froze them, as JSON text."""
    return pl.struct(
        district_code="district_code",
        industry="industry",
        sector="sector",
        staff_count="staff_count",
        revenue_fen="revenue_fen",
        total_assets_fen="total_assets_fen",
        has_valid_hnte="is_hnte",
        has_valid_techsme=pl.lit(value=True),
        is_first_loan="is_first_loan",
        security="security",
        loan_amount_fen="loan_amount_fen",
    ).struct.json_encode()


def _with_ratios(loans: pl.DataFrame) -> pl.DataFrame:
    """Add who bears what, asked once for each scheme, district, contract and day class that occurs."""
    keys = ["scheme_id", "district_code", "year", "mode", *_CONTRACT]
    asked = loans.group_by(keys, maintain_order=True).agg(
        pl.col("disbursed_on").min(), pl.col("loan_amount_fen").first(), pl.col("is_hnte").first()
    )
    laws = {scheme: (pack := demo_scheme(scheme), layers_of(pack)) for scheme in asked["scheme_id"].unique()}
    found = [_ratio(*laws[row["scheme_id"]], row) for row in asked.iter_rows(named=True)]
    ratios = asked.select(keys).with_columns(
        ratio_bp=pl.Series([json.dumps(ratio) for ratio, _ in found]),
        ratio_clause=pl.Series([clause for _, clause in found]),
    )
    return loans.join(ratios, on=keys, how="left", nulls_equal=True, maintain_order="left")


def _ratio(pack: Pack, layers: Sequence[Pack], row: Mapping[str, Any]) -> tuple[dict[str, int], str]:
    filing = Filing(
        on=row["disbursed_on"],
        mode=row["mode"],
        amount_fen=row["loan_amount_fen"],
        facts={"district": int(row["district_code"])},
        contract_bp={
            row[f"{place}_party"]: row[f"{place}_bp"] for place in ("third", "fourth") if row[f"{place}_party"]
        },
    )
    filed = ratio_at_filing(pack, layers, filing)
    return dict(filed.ratio_bp), filed.clause


def _numbered(loans: pl.DataFrame) -> pl.DataFrame:
    """Add confirmation numbers, running in each scheme and year of confirmation, and their codes."""
    secret = settings.SECRET_KEY.encode()
    prefixes = {scheme: number_prefix(scheme) for scheme in loans["scheme_id"].unique()}
    numbered = loans.with_columns(confirmed_year=pl.col("confirmed_on").dt.year()).with_columns(
        running=pl.int_range(1, pl.len() + 1).over("scheme_id", "confirmed_year", order_by="id")
    )
    numbered = numbered.with_columns(
        number=pl.format(
            "{}-{}-{}",
            pl.col("scheme_id").replace_strict(prefixes),
            "confirmed_year",
            pl.col("running").cast(pl.String).str.zfill(7),
        )
    )
    codes = pl.Series("verification_code", [verification_code(secret, number) for number in numbered["number"]])
    return numbered.with_columns(codes)


def _enrolment_columns() -> list[pl.Expr]:
    """Return the columns of the enrolment's table, each from the frame or as what every row of the demo has."""
    same = {
        "branch_name": "",
        "outcome": "met",
        "missing": "[]",
        "refusal_code": "",
        "condition": "",
        "version": 1,
    }
    taken = (
        "id number verification_code scheme_id pack_id bank_id loan_number contract_number mode security purpose "
        "disbursed_on due_on loan_amount_fen annual_rate_ppm district_code industry sector is_hnte is_first_loan facts "
        "ratio_bp ratio_clause state confirmed_on closed_on loan_status outstanding_fen overdue_days five_class "
        "defaulted_on guarantor_id insurer_id contract_bp"
    )
    return [
        *map(pl.col, taken.split()),
        *(pl.lit(value).alias(name) for name, value in same.items()),
        pl.col("firm").alias("firm_id") + 1,
        pl.col("name").alias("firm_name"),
        pl.col("identifier").alias("firm_code"),
        pl.col("line").cast(pl.Int64).alias("credit_line_id") + 1,
        pl.col("predecessor").cast(pl.Int64).alias("predecessor_id") + 1,
        pl.col("loan_amount_fen").alias("eligible_amount_fen"),
        pl.col("loan_amount_fen").alias("enrolled_amount_fen"),
        (pl.col("security") == "credit").alias("is_pure_credit"),
        pl.col("disbursed_on").alias("submitted_on"),
        pl.lit(targets.AS_OF.replace(day=1)).alias("last_return_month"),
    ]


def _event_rows(loans: pl.DataFrame) -> pl.DataFrame:
    """Return what happened to each enrolment: filed and confirmed, and closed when it was paid."""
    confirmed = loans.select(
        pl.col("id").alias("enrolment_id"),
        _noon("confirmed_on"),
        step=pl.lit("confirm"),
        from_state=pl.lit("submitted"),
        to_state=pl.lit("active"),
    )
    closed = loans.filter(pl.col("closed_on").is_not_null()).select(
        pl.col("id").alias("enrolment_id"),
        _noon("closed_on"),
        step=pl.lit("close"),
        from_state=pl.lit("active"),
        to_state=pl.lit("closed"),
    )
    return pl.concat([confirmed, closed]).with_columns(actor_name=pl.lit("系统"), clause=pl.lit(""), note=pl.lit(""))


def _noon(column: str) -> pl.Expr:
    return pl.format("{} 12:00:00+08", pl.col(column)).alias("at")


def _return_rows(returns: pl.DataFrame) -> pl.DataFrame:
    return returns.select(
        pl.col("id").alias("enrolment_id"),
        "month",
        "outstanding_fen",
        "overdue_days",
        "five_class",
        "annual_rate_ppm",
        "loan_status",
        _received().alias("received_at"),
        *_use_of_funds(),
        is_late=pl.lit(value=False),
    )


def _use_of_funds() -> tuple[pl.Expr, pl.Expr]:
    """Return what a few returns say of deposits and of the use that was found; most banks leave these columns out."""
    is_owed = pl.col("outstanding_fen") > 0
    has_deposits = is_owed & (pl.col("id") % 2_003 == 7)
    is_used_otherwise = is_owed & (pl.col("id") % 3_001 == 11)
    return (
        pl.when(has_deposits).then("outstanding_fen").alias("deposit_fen"),
        pl.when(is_used_otherwise).then(pl.lit("购买理财产品")).otherwise(pl.lit("")).alias("purpose"),
    )


def _received() -> pl.Expr:
    return pl.format("{} 10:00:00+08", pl.col("month").dt.offset_by("1mo").dt.offset_by("4d"))


def _return_file_rows(returns: pl.DataFrame) -> pl.DataFrame:
    return (
        returns.group_by("bank_id", "month", maintain_order=True)
        .len("line_count")
        .with_columns(
            due_on=pl.col("month").dt.offset_by("1mo").dt.offset_by("6d"),
            received_at=_received(),
            is_late=pl.lit(value=False),
        )
    )


def _limit_rows(loans: pl.DataFrame) -> pl.DataFrame:
    """Return the running totals that the enrolments add up to: firm and year, bank and year, scheme and year."""
    enrolled = loans.with_columns(
        period=pl.col("disbursed_on").dt.year().cast(pl.String), firm_key=(pl.col("firm") + 1).cast(pl.String)
    )
    limits = {scheme: _firm_year_limit_fen(scheme) for scheme in targets.SCHEME_FROM}
    used = pl.col("loan_amount_fen").sum().alias("used_fen")
    none = pl.lit(None, pl.Int64).alias("limit_fen")
    columns = ("scheme_id", "kind", "key", "period", "limit_fen", "used_fen")
    firm_years = (
        enrolled.group_by("scheme_id", "period", key="firm_key")
        .agg(used)
        .with_columns(pl.lit("firm_year").alias("kind"), limit_fen=pl.col("scheme_id").replace_strict(limits))
    )
    banks = enrolled.group_by("scheme_id", "period", key=pl.col("bank_id").cast(pl.String)).agg(used)
    schemes = enrolled.group_by("scheme_id", "period").agg(used).with_columns(key=pl.lit(""))
    return pl.concat(
        [
            firm_years.select(columns),
            banks.with_columns(none, kind=pl.lit("bank")).select(columns),
            schemes.with_columns(none, kind=pl.lit("scheme")).select(columns),
        ]
    )


def _firm_year_limit_fen(scheme_id: str) -> int:
    first_year = max(targets.SCHEME_FROM[scheme_id].year, targets.YEARS[0].year)
    return targets.FIRM_YEAR_LIMIT_WAN[first_year] * 1_000_000


def _series_rows(loans: pl.DataFrame) -> pl.DataFrame:
    return (
        loans.group_by("scheme_id", "confirmed_year", maintain_order=True)
        .agg(pl.len().alias("last"))
        .select(
            pl.col("scheme_id").map_elements(number_prefix, return_dtype=pl.String).alias("prefix"),
            pl.col("confirmed_year").alias("year"),
            "last",
        )
    )


def _partnerships(book: DemoBook, organisations: Mapping[str, int]) -> None:
    """Write which bank takes part since when, by which units, and what it offers."""
    partners, products = [], []
    for place, bank in enumerate(book.banks.iter_rows(named=True)):
        since = date(bank["joined_year"], 1, 1)
        units = ["广州科技支行", "科技金融部"][: bank["technology_units"]]
        bank_id = organisations[bank["code"]]
        partners += [
            (scheme, bank_id, max(since, valid_from), unit)
            for scheme, valid_from in targets.SCHEME_FROM.items()
            for unit in units
            if since < _scheme_until(scheme)
        ]
        products.append(_product(bank_id, bank["name_zh"], bank["name_en"], place))
    _copy(
        "pool_partnership",
        pl.DataFrame(partners, schema=["scheme_id", "bank_id", "valid_from", "unit_name"], orient="row").with_columns(
            valid_until=pl.col("scheme_id").replace_strict({name: _scheme_until(name) for name in targets.SCHEME_FROM})
        ),
    )
    _copy("pool_product", pl.DataFrame(products))


def _scheme_until(scheme_id: str) -> date:
    later = [day for day in targets.SCHEME_FROM.values() if day > targets.SCHEME_FROM[scheme_id]]
    return min(later, default=date(2025, 10, 1))


def _product(bank_id: int, name_zh: str, name_en: str, place: int) -> dict[str, Any]:
    kinds = (
        ("科技信用贷", "Technology credit loan", ["credit"], 500, 12),
        ("知产质押贷", "IP-pledge loan", ["ip_pledge"], 1_000, 24),
        ("高企成长贷", "High-tech growth loan", ["credit", "guarantee", "receivables"], 3_000, 36),
    )
    zh, en, securities, most_wan, months = kinds[place % len(kinds)]
    points = 30 + 10 * (place % 9)
    return {
        "bank_id": bank_id,
        "name_zh": f"{name_zh.removesuffix('示例银行')}{zh}",
        "name_en": f"{name_en.removesuffix(' Example Bank')} {en}",
        "max_amount_fen": most_wan * 1_000_000,
        "max_term_months": months,
        "rate_text_zh": f"一年期LPR+{points}基点起",
        "rate_text_en": f"from one-year LPR + {points} bp",
        "securities": json.dumps(securities),
        "audience_zh": "科技型中小企业、高新技术企业",
        "audience_en": "Technology-based SMEs, high-tech enterprises",
        "days_to_decide": 5 + place % 6,
        "url": "",
        "is_open": True,
        "updated_on": targets.AS_OF,
    }


def _copy(table: str, rows: pl.DataFrame) -> None:
    """Write a frame to the columns of its names: COPY to a staging table, for row-level security admits no COPY."""
    lines = rows.write_csv(include_header=False, quote_style="non_numeric", null_value="\\N")
    columns = ", ".join(f'"{name}"' for name in rows.columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE staged_demo ON COMMIT DROP AS SELECT {columns} FROM {table} LIMIT 0")  # noqa: S608 - our own names
        with cursor.copy(f"COPY staged_demo ({columns}) FROM STDIN (FORMAT csv, NULL '\\N')") as copy:
            copy.write(lines)
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM staged_demo")  # noqa: S608 - our own names
        cursor.execute("DROP TABLE staged_demo")


def _renumber() -> None:
    """Let the tables' sequences go on behind the ids that were written."""
    with connection.cursor() as cursor:
        for table in _NUMBERS_OF:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))"  # noqa: S608 - a fixed list of tables
            )


def _analyse() -> None:
    """Let the planner know what was loaded, and forget the day that stood before."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    clock.forget_pin()
