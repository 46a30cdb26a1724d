"""What the law alone says of each row of a loan file: in force, once in the file, within limits, eligible.

Nothing here looks into the book. Rows are judged in file order: a refused row uses up no limit, so a smaller one
after it may still fit. What is unknown, or rests on a number that nobody verified, warns and never refuses.

Invariant: without a book in the way, a row that passes here is enrolled; a row refused here never is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from yulin.base.districts import GUANGZHOU_DISTRICTS
from yulin.base.money import yuan_text
from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.exchange.core.fields import FileForm, loan_form
from yulin.exchange.core.verdicts import JOINED_BY, Reason, join_findings, no_findings, refused_rows
from yulin.exchange.enums import Severity
from yulin.pool.core.book_reasons import BOOK_REASONS
from yulin.pool.core.deciding import DECIDED, Law, by_law, decide_table, fact_names, tenor_months
from yulin.pool.core.limits import Ask, Usage, fitting_rows
from yulin.pool.core.rooms import OF_INSURED
from yulin.pool.core.words import PARTIES, clause_word, place_name, rate_word
from yulin.pool.enums import Security
from yulin.rules.core.assess import assess
from yulin.rules.core.scheme import Limit

_SMALLER = Text("把金额降到上限以内，或改列非补偿贷款。", "Bring the amount within the limit, or leave the loan out.")
_OF_ROW = {
    "loan": ("loan_amount_fen", "POOL.LIMIT.LOAN"),
    "line": ("line_fen", "POOL.LIMIT.LINE"),
    "rate": ("annual_rate_ppm", "POOL.LIMIT.RATE"),
    "insured_rate": ("annual_rate_ppm", "POOL.LIMIT.INSURED_RATE"),
    "premium": ("premium_rate_ppm", "POOL.LIMIT.PREMIUM"),
    "tenor": ("due_on", "POOL.LIMIT.TENOR"),
}
_OF_FILE = {
    "firm": "POOL.LIMIT.FIRM",
    "firm_year": "POOL.LIMIT.FIRM_YEAR",
    "bank": "POOL.LIMIT.BANK",
    "scheme": "POOL.LIMIT.SCHEME",
}
_OF_FIRM = frozenset({"firm", "firm_year"})
_RATES = frozenset({"rate", "insured_rate", "premium"})
NO_YEAR = 0  # under which a balance of now is looked up
_RATE_PPM_PER_BP = 100


def _refused(code: str, message: Text, what_next: Text) -> Reason:
    return Reason(code, Severity.REFUSED, message, what_next)


_TABLE = (
    _refused(
        "POOL.DUPLICATE.IN_FILE",
        Text(
            "借据%(found)s与第%(needed)s行重复。一笔借据只能备案一次。",
            "Loan %(found)s stands in row %(needed)s already; a loan is enrolled once.",
        ),
        Text("核对借据号；若是另一笔借款，请填它自己的借据号。", "Check it; another loan has a number of its own."),
    ),
    _refused(
        "POOL.LIMIT.LOAN",
        Text(
            "本笔%(found)s元，单笔上限%(needed)s元。",
            "The loan is CNY %(found)s; the limit of one loan is CNY %(needed)s.",
        ),
        _SMALLER,
    ),
    _refused(
        "POOL.LIMIT.LINE",
        Text(
            "授信额度%(found)s元，上限%(needed)s元。", "The credit line is CNY %(found)s; the limit is CNY %(needed)s."
        ),
        _SMALLER,
    ),
    _refused(
        "POOL.LIMIT.TENOR",
        Text(
            "期限%(found)s个月，最长%(needed)s个月。",
            "The loan runs %(found)s {found:month|months}; the limit is %(needed)s.",
        ),
        Text("核对到期日；期限超出的贷款不能备案。", "Check the due date; a longer loan cannot be enrolled."),
    ),
    _refused(
        "POOL.LIMIT.RATE",
        Text("年利率%(found)s%%，上限%(needed)s%%。", "The yearly rate is %(found)s %%; the limit is %(needed)s %%."),
        Text("核对利率；超出上限的贷款不能备案。", "Check the rate; a dearer loan cannot be enrolled."),
    ),
    _refused(
        "POOL.LIMIT.INSURED_RATE",
        Text(
            "投保贷款年利率%(found)s%%，高于上限：%(needed)s%%。",
            "The yearly rate of the insured loan is %(found)s %%, above its limit: %(needed)s %%.",
        ),
        Text("核对利率；超出上限的投保贷款不能备案。", "Check the rate; a dearer insured loan cannot be enrolled."),
    ),
    _refused(
        "POOL.LIMIT.PREMIUM",
        Text(
            "年保险费率%(found)s%%，高于上限：%(needed)s%%。",
            "The yearly premium rate is %(found)s %%, above its limit: %(needed)s %%.",
        ),
        Text(
            "核对保险费率；请保险机构降低费率，或改由其他机构承保后再报。",
            "Check the premium; let the insurer lower it or another one insure the loan, and file again.",
        ),
    ),
    _refused(
        "POOL.LIMIT.PREMIUM_UNSTATED",
        Text(
            "借据%(found)s已投保，没有写明年保险费率；上限：%(needed)s%%。",
            "Loan %(found)s is insured and states no yearly premium rate; its limit: %(needed)s %%.",
        ),
        Text("写明年保险费率后再报。", "State the yearly premium rate and file again."),
    ),
    Reason(
        "POOL.LIMIT.PRICE_OPEN",
        Severity.WARNED,
        Text(
            "借据%(found)s的价格不能核对：上限%(needed)s未查证，或当日利率未公布。",
            "The price of loan %(found)s cannot be compared: the limit %(needed)s is unverified or unknown that day.",
        ),
        Text("无须操作；由受托管理机构审核。", "There is nothing to do; the manager decides."),
    ),
    Reason(
        "POOL.LIMIT.UNVERIFIED",
        Severity.WARNED,
        Text(
            "%(found)s超过未查证的上限%(needed)s，由受托管理机构审核。",
            "%(found)s is beyond the limit %(needed)s, which nobody verified; the manager decides.",
        ),
        Text("无须操作；结果以审核为准。", "There is nothing to do; the review decides."),
    ),
    _refused(
        "POOL.AMOUNT.ELIGIBLE",
        Text(
            "申请入库金额%(found)s元，大于放款金额%(needed)s元。",
            "The eligible amount CNY %(found)s is above the loan amount CNY %(needed)s.",
        ),
        Text("入库金额不能大于放款金额。", "Enrol no more than was lent."),
    ),
)
SCREENING_REASONS: dict[str, Reason] = {**BOOK_REASONS, **{reason.code: reason for reason in _TABLE}}


@dataclass(frozen=True)
class Screened:
    """The rows that some law rules, with what it says of each (`DECIDED`), and every finding."""

    decided: pl.DataFrame
    findings: pl.DataFrame

    @property
    def fitting(self) -> pl.DataFrame:
        """The decided rows that nothing refuses."""
        refused = refused_rows(self.findings, SCREENING_REASONS)
        return self.decided.filter(~pl.col("row").is_in(refused.implode()))


def screen_loans(
    loans: pl.DataFrame,
    laws: Sequence[Law],
    letters: Mapping[str, str],
    used_fen: Mapping[tuple[str, str, int], int] | None = None,
) -> Screened:
    """Return what the versions of one scheme say of typed loans that reading did not refuse.

    **Shapes**: `loans` as `exchange` types them, in file order; `letters` gives the column of each field, for cells.
    `used_fen` may say what the book holds already by (kind of limit, firm identifier or "", year; `NO_YEAR` of a firm's
    balance).
    """
    cells = _Cells(letters)
    found = [_not_in_force(loans, laws, cells)]
    decided: list[pl.DataFrame] = []
    for number, (law, part) in enumerate(by_law(loans, laws)):
        judged = decide_table(part, law).with_columns(law=pl.lit(number, dtype=pl.Int32))
        found += [_eligibility(judged, law, cells), _amounts(judged, cells)]
        found += [_limit_of_row(judged, limit, cells) for limit in law.pack.scheme.limits.values()]
        found += [_unpriced(judged, limit, cells) for limit in law.pack.scheme.limits.values()]
        decided.append(judged)
    table = pl.concat(decided).sort("row") if decided else loans.clear().with_columns(_empty_columns())
    found.append(_repeated(_without_refused(table, found), cells))
    for number, law in enumerate(laws):
        rows = _without_refused(table, found).filter(pl.col("law") == number)
        found.append(_running_limits(rows, law, cells, used_fen or {}))
    return Screened(table, join_findings(found))


@dataclass(frozen=True)
class _Cells:
    letters: Mapping[str, str]

    def finding(self, lines: pl.DataFrame, field: str, code: str) -> pl.DataFrame:
        """Return findings of one code from lines with `row`, `found` and `needed`."""
        letter = self.letters.get(field)
        cell = pl.lit(None, dtype=pl.String) if letter is None else pl.lit(letter) + pl.col("row").cast(pl.String)
        return lines.select(
            "row",
            cell=cell,
            field=pl.lit(field),
            code=pl.lit(code),
            found=pl.col("found").cast(pl.String),
            needed=pl.col("needed").cast(pl.String),
        )


def _empty_columns() -> list[pl.Expr]:
    return [pl.lit(None, dtype=kind).alias(name) for name, kind in {**DECIDED, "law": pl.Int32()}.items()]


def _without_refused(table: pl.DataFrame, found: Sequence[pl.DataFrame]) -> pl.DataFrame:
    refused = refused_rows(join_findings(found), SCREENING_REASONS)
    return table.filter(~pl.col("row").is_in(refused.implode()))


def _not_in_force(loans: pl.DataFrame, laws: Sequence[Law], cells: _Cells) -> pl.DataFrame:
    ruled = (
        pl.concat([part.get_column("row") for _, part in by_law(loans, laws)])
        if laws
        else pl.Series([], dtype=pl.UInt32)
    )
    intervals = "；".join(f"{law.pack.effective_from} – {law.pack.effective_until or ''}" for law in laws)
    lines = loans.filter(~pl.col("row").is_in(ruled.implode()))
    lines = lines.with_columns(found=pl.col("disbursed_on").cast(pl.String), needed=pl.lit(intervals))
    return cells.finding(lines, "disbursed_on", "POOL.SCHEME.NOT_IN_FORCE")


def _eligibility(judged: pl.DataFrame, law: Law, cells: _Cells) -> pl.DataFrame:
    unknown = judged.filter(pl.col("outcome") == Outcome.UNKNOWN.value)
    names = {text: ",".join(json.loads(text)) for text in unknown.get_column("missing").unique().to_list()}
    said = pl.col("missing").replace_strict(names, default="", return_dtype=pl.String)
    unknown = unknown.with_columns(found=said, needed=pl.lit(None, dtype=pl.String))
    failed = judged.filter(pl.col("outcome") == Outcome.NOT_MET.value)
    failed = failed.with_columns(found=_failed_conditions(failed, law), needed=pl.lit(None, dtype=pl.String))
    absent = judged.filter(~pl.col("is_offered")).with_columns(
        found=pl.col("mode"), needed=pl.lit(None, dtype=pl.String)
    )
    return join_findings(
        [
            cells.finding(unknown, "firm_code", "POOL.ELIGIBILITY.UNKNOWN"),
            cells.finding(failed, "firm_code", "POOL.ELIGIBILITY.NOT_MET"),
            cells.finding(absent, "mode", "POOL.MODE.NOT_OFFERED"),
        ]
    )


def _failed_conditions(failed: pl.DataFrame, law: Law) -> pl.Series:
    """Return, per row, the rows of law that the facts do not meet; rows with the same facts are looked at once."""
    names = [name for name in fact_names(law, law.pack.effective_from) if name in failed.columns]
    seen: dict[tuple[object, ...], str] = {}
    said = []
    for on, *values in failed.select("disbursed_on", *names).iter_rows():
        key = (on, *values)
        if key not in seen:
            facts = {name: value for name, value in zip(names, values, strict=True) if value is not None}
            found = assess(law.pack, facts, on).findings
            seen[key] = ",".join(finding.id for finding in found if finding.outcome is Outcome.NOT_MET)
        said.append(seen[key])
    return pl.Series(said, dtype=pl.String)


def form_of(laws: Sequence[Law]) -> FileForm:
    """Return what a loan file must hold under a scheme: the pack says its currency and identifiers."""
    if not laws:
        return loan_form()
    pack = laws[0].pack
    return loan_form(currency=pack.currency, identifier_scheme=pack.scheme.identifier_scheme)


def screening_words(laws: Sequence[Law]) -> dict[str, Text]:
    """Return what findings hold by name, as a person reads it: facts by their labels, rows of law by their texts."""
    words: dict[str, Text] = {}
    for law in laws:
        words |= {row.id: row.text for row in law.pack.rows() if row.text is not None}
        words |= {fact.alias: fact.label for fact in law.pack.vocabulary.facts.values()}
        words |= {mode.id: mode.title for mode in law.pack.scheme.modes.values()}
    places = [*PARTIES, *(f"district-{code}" for code in GUANGZHOU_DISTRICTS)]
    limits = [one for law in laws for one in law.pack.scheme.limits.values()]
    clauses = [clause_word(one.row) for one in limits if one.kind in OF_INSURED]
    rates = [rate_word(one.by) for one in limits if one.by is not None]
    return words | {name.zh: name for name in (*map(place_name, places), *clauses, *rates)}


def _amounts(judged: pl.DataFrame, cells: _Cells) -> pl.DataFrame:
    above = judged.filter(pl.col("eligible_amount_fen") > pl.col("loan_amount_fen"))
    above = above.with_columns(found=_yuan(above, "eligible_amount_fen"), needed=_yuan(above, "loan_amount_fen"))
    return cells.finding(above, "eligible_amount_fen", "POOL.AMOUNT.ELIGIBLE")


def _yuan(lines: pl.DataFrame, name: str) -> pl.Series:
    return pl.Series([None if fen is None else yuan_text(fen) for fen in lines.get_column(name)], dtype=pl.String)


def _limit_of_row(judged: pl.DataFrame, limit: Limit, cells: _Cells) -> pl.DataFrame:
    """Return the rows beyond a limit that each loan meets alone; what the row does not state is not judged."""
    if limit.kind not in _OF_ROW or judged.is_empty():
        return no_findings()
    field, code = _OF_ROW[limit.kind]
    if field not in judged.columns:
        return no_findings()
    if limit.kind in OF_INSURED:
        judged = judged.filter(_is_insured(judged))
    value = pl.lit(tenor_months(judged)) if limit.kind == "tenor" else pl.col(field)
    in_unit = _RATE_PPM_PER_BP if limit.kind in _RATES else 1
    is_beyond = pl.lit(value=False)
    judged = judged.with_columns(most=_most_of(judged, limit, in_unit))
    is_beyond |= (value > pl.col("most")).fill_null(value=False)
    if limit.at_least is not None:
        is_beyond |= value < limit.at_least * in_unit
    beyond = judged.with_columns(value=value).filter(is_beyond)
    if limit.row.is_unverified:
        code = "POOL.LIMIT.UNVERIFIED"
    found = [
        _said(amount // in_unit if limit.kind not in _RATES else -(-amount // in_unit), limit.kind)
        for amount in beyond.get_column("value")
    ]
    needed = pl.Series([_needed(limit, most) for most in beyond.get_column("most")], dtype=pl.String)
    return cells.finding(beyond.with_columns(found=pl.Series(found, dtype=pl.String), needed=needed), field, code)


def _most_of(judged: pl.DataFrame, limit: Limit, in_unit: int) -> pl.Series:
    """Return the most of each row: the law's number, or the rate of the row's day of lending, which may be unknown."""
    if limit.by is None:
        most = None if limit.at_most is None else limit.at_most * in_unit
        return pl.Series([most] * judged.height, dtype=pl.Int64)
    days = judged.get_column("disbursed_on")
    by_day = {day: limit.most_ppm(day) for day in days.unique()}
    return pl.Series([by_day[day] for day in days], dtype=pl.Int64)


def _needed(limit: Limit, most_ppm: int | None = None) -> str:
    """Return the bounds of a limit; before those that an insured loan meets, the clause that sets them."""
    said = " – ".join(_said(bound, limit.kind) for bound in (limit.at_least, limit.at_most) if bound is not None)
    if limit.by is not None:
        said = rate_word(limit.by).zh + ("" if most_ppm is None else f"{JOINED_BY}{_exactly(most_ppm)}")
    return f"{clause_word(limit.row).zh}{JOINED_BY}{said}" if limit.kind in OF_INSURED else said


def _is_insured(loans: pl.DataFrame) -> pl.Expr:
    """Return which loans are insured: by their security, by the insurer, or by the premium that they name."""
    is_insured = pl.lit(value=False)
    if "security" in loans.columns:
        is_insured |= (pl.col("security") == Security.INSURANCE.value).fill_null(value=False)
    for name in ("insurer", "premium_rate_ppm"):
        if name in loans.columns:
            is_insured |= pl.col(name).is_not_null()
    return is_insured


def _unpriced(judged: pl.DataFrame, limit: Limit, cells: _Cells) -> pl.DataFrame:
    """Return the insured loans that name no premium where the law bounds it, and loans whose bound is open.

    A rate of interest is always stated: no file and no program can leave it out.
    """
    if limit.kind not in _RATES or not limit.is_bounded or judged.is_empty():
        return no_findings()
    field = _OF_ROW[limit.kind][0]
    stated = pl.col(field) if field in judged.columns else pl.lit(None)
    judged = judged.filter(_is_insured(judged)) if limit.kind in OF_INSURED else judged
    judged = judged.with_columns(most=_most_of(judged, limit, _RATE_PPM_PER_BP), found=pl.col("loan_number"))
    judged = judged.with_columns(needed=pl.lit(_needed(limit)))
    unstated, open_ = judged.filter(stated.is_null()), judged.filter(stated.is_not_null() & pl.col("most").is_null())
    if limit.row.is_unverified:
        return cells.finding(pl.concat([unstated, open_]), field, "POOL.LIMIT.PRICE_OPEN")
    asked = cells.finding(unstated, field, "POOL.LIMIT.PREMIUM_UNSTATED") if limit.kind == "premium" else no_findings()
    return join_findings([asked, cells.finding(open_, field, "POOL.LIMIT.PRICE_OPEN")])


def _exactly(ppm: int) -> str:
    """Return a rate in percent with two decimals, or as many as it has.

    >>> _exactly(53_500), _exactly(56_550)
    ('5.35', '5.655')
    """
    return f"{ppm / 10_000:.2f}" if ppm % 100 == 0 else f"{ppm / 10_000:g}"


def _said(value: int, kind: str) -> str:
    if kind == "tenor":
        return str(value)
    return f"{value / 100:.2f}" if kind in _RATES else yuan_text(value)


def _repeated(rows: pl.DataFrame, cells: _Cells) -> pl.DataFrame:
    """Return the later rows of a loan number; two equal loans with numbers of their own are two loans."""
    first = pl.col("row").first().over("loan_number")
    again = rows.with_columns(first=first).filter(pl.col("row") != pl.col("first"))
    return cells.finding(
        again.with_columns(found="loan_number", needed="first"), "loan_number", "POOL.DUPLICATE.IN_FILE"
    )


def _running_limits(
    rows: pl.DataFrame, law: Law, cells: _Cells, used_fen: Mapping[tuple[str, str, int], int]
) -> pl.DataFrame:
    """Return the rows that would carry a shared total past its limit, in file order."""
    limits = [
        limit for limit in law.pack.scheme.limits.values() if limit.kind in _OF_FILE and limit.at_most is not None
    ]
    if not limits or rows.is_empty():
        return no_findings()
    amounts = rows.select(enrolled_amount()).to_series().to_list()
    is_resolved = law.pack.scheme.identifier_scheme == "USCC"  # else nobody knows whose two loans are one borrower's
    keys: dict[tuple[str, str, int], int] = {}
    of_rows: list[list[Ask]] = []
    years = rows.select("identifier", pl.col("disbursed_on").dt.year()).iter_rows()
    for amount, (identifier, year) in zip(amounts, years, strict=True):
        firm = identifier if is_resolved else None
        holders = [(limit.kind, firm if limit.kind in _OF_FIRM else "") for limit in limits]
        wanted = [(kind, holder, NO_YEAR if kind == "firm" else year) for kind, holder in holders if holder is not None]
        of_rows.append([Ask(keys.setdefault(key, len(keys)), amount) for key in wanted])
    at_most = {limit.kind: limit for limit in limits}
    usages = [Usage(at_most[key[0]].at_most, used_fen.get(key, 0)) for key in keys]
    kinds = [key[0] for key in keys]
    found = []
    for row, excess in zip(rows.get_column("row"), fitting_rows(of_rows, usages), strict=True):
        if excess is not None:
            limit = at_most[kinds[excess.limit]]
            found.append((row, limit.kind, yuan_text(excess.total_fen), yuan_text(limit.at_most or 0)))
    lines = pl.DataFrame(
        found, schema={"row": pl.UInt32, "kind": pl.String, "found": pl.String, "needed": pl.String}, orient="row"
    )
    return join_findings(
        [
            cells.finding(
                lines.filter(pl.col("kind") == kind),
                "loan_amount_fen",
                "POOL.LIMIT.UNVERIFIED" if at_most[kind].row.is_unverified else code,
            )
            for kind, code in _OF_FILE.items()
            if kind in at_most
        ]
    )


def enrolled_amount() -> pl.Expr:
    """Return what a row asks to enrol: the eligible amount where the bank states one, else the loan amount."""
    return pl.coalesce("eligible_amount_fen", "loan_amount_fen").alias("enrolled_amount_fen")
