"""Enrol a table of loans under a scheme: one transaction, set-based, every limit kept while other banks file too.

The order of the work: law → firms → facts → eligibility and ratios → locks on the shared totals → duplicates across
banks → what still fits, under totals and layers' capacity → numbers → rows, history, totals, holds, audit. Nothing that
a decision rests on is read before its lock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

import polars as pl
from django.db import IntegrityError, transaction

from yulin.atlas.services import NewFirm, register_firms
from yulin.exchange.core.verdicts import join_findings, no_findings, refused_rows
from yulin.exchange.enums import UploadMode
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.services import record_audit
from yulin.pool.adapters import bulk
from yulin.pool.core.book_findings import Sheet, on_duplicates, on_limits, open_ratios
from yulin.pool.core.deciding import Law, is_within
from yulin.pool.core.filing_rows import (
    ceiling_schemes,
    completed,
    filing_rows,
    limits_of,
    promises_of_rows,
    steps_to,
    totals_of_rows,
)
from yulin.pool.core.limits import SHARED_LIMIT_CODES, Ask, LimitKey, Usage, fitting_rows
from yulin.pool.core.screening import SCREENING_REASONS, screen_loans
from yulin.pool.core.states import NUMBERED, Step
from yulin.pool.enums import EnrolmentState, LimitKind
from yulin.pool.selectors.capacity import capacity_of
from yulin.pool.selectors.facts import register_facts
from yulin.pool.selectors.parties import with_parties
from yulin.pool.selectors.partners import partner_intervals
from yulin.pool.services._steps import code_of, draw_numbers
from yulin.pool.services.capacity import hold_capacity

Progress = Callable[[str, int, int], None]
_RACES = frozenset({"enrolment_loan_once", "enrolment_loan_of_one_bank", "enrolment_contract_of_one_bank"})
_TRIES = 3


@dataclass(frozen=True)
class Order:
    """Who files, under which versions of the law, and whether one refused row stops all.

    `has_refused_rows`: reading refused rows of the file before, which stops it in whole-file mode.
    """

    bank_id: int
    laws: Sequence[Law]
    mode: UploadMode = UploadMode.VALID_ROWS
    upload_id: int | None = None
    letters: Mapping[str, str] = field(default_factory=dict)  # field to column letters, to name cells
    has_refused_rows: bool = False

    @property
    def sheet(self) -> Sheet:
        """Where findings point to."""
        return Sheet(self.letters)

    @property
    def identifier_scheme(self) -> str:
        """How borrowers are identified: the USCC, unless the pack names another scheme."""
        return str(self.laws[0].pack.scheme.identifier_scheme) if self.laws else "USCC"

    @property
    def has_resolved_firms(self) -> bool:
        """Whether two loans of one borrower can be told to be so."""
        return self.identifier_scheme == "USCC"


@dataclass(frozen=True)
class Enrolled:
    """What became of a table: rows by fate, the findings of the book, the numbers drawn."""

    rows: int
    by_state: Mapping[str, int]
    unchanged: int
    refused: int
    amount_fen: int
    findings: pl.DataFrame
    first_number: str = ""
    last_number: str = ""
    ids: Mapping[int, int] = field(default_factory=dict)

    @property
    def enrolled(self) -> int:
        """How many rows now stand in the book because of this table."""
        return sum(self.by_state.values())


class _WholeFileStopped(Exception):  # noqa: N818 - a way out of the transaction, never shown
    def __init__(self, result: Enrolled) -> None:
        super().__init__()
        self.result = result


def enrol_table(*, actor: Actor, order: Order, loans: pl.DataFrame, progress: Progress | None = None) -> Enrolled:
    """Enrol the rows of a typed loan table that nothing refuses.

    In whole-file mode one refused row leaves the book as it was.

    Effects: firms, credit lines, enrolments with frozen facts and ratios, events, totals, numbers, holds on the layers'
    capacity, one audit row.
    A loan that another bank files at the same instant is found when the transaction is tried again.
    """
    report = progress or _unwatched
    for attempt in range(_TRIES):
        try:
            with transaction.atomic(), scope(EVERYTHING):
                return _enrol(actor, order, loans, report)
        except _WholeFileStopped as stopped:
            return stopped.result
        except IntegrityError as error:
            if attempt + 1 == _TRIES or _constraint(error) not in _RACES:
                raise
    raise AssertionError("the loop returns or raises")


def _unwatched(_stage: str, _done: int, _total: int) -> None:
    """Report to nobody."""


def _enrol(actor: Actor, order: Order, loans: pl.DataFrame, report: Progress) -> Enrolled:
    total = loans.height
    report("decide", 0, total)
    today = clock.business_date()
    rows, on_law = _decided(actor, order, completed(loans), today)
    report("limits", total // 2, total)
    rows, on_book = _fitting(order, rows)
    enrolled_before = on_book.filter(pl.col("code") == "POOL.LOAN.ENROLLED").get_column("row")
    unchanged = enrolled_before.len()
    findings = join_findings([on_law.filter(~pl.col("row").is_in(enrolled_before.implode())), on_book])
    refused = refused_rows(findings, SCREENING_REASONS).len()
    nothing = Enrolled(total, {}, unchanged, refused, 0, findings)
    if order.mode == UploadMode.WHOLE_FILE and (refused or order.has_refused_rows):
        raise _WholeFileStopped(nothing)
    if rows.is_empty():
        return nothing
    report("write", total * 3 // 4, total)
    rows = _numbered(rows, today)
    ids = bulk.insert_enrolments(rows, bank_id=order.bank_id, upload_id=order.upload_id, today=today)
    _write_history(actor, rows, ids)
    _add_to_totals(order, rows)
    hold_capacity(actor, promises_of_rows(rows, ids), today=today)
    numbers = rows.get_column("number").drop_nulls()
    result = Enrolled(
        rows=total,
        by_state=dict(rows.group_by("state").len().sort("state").iter_rows()),
        unchanged=unchanged,
        refused=refused,
        amount_fen=int(rows.get_column("enrolled_amount_fen").sum()),
        findings=findings,
        first_number=numbers[0] if numbers.len() else "",
        last_number=numbers[-1] if numbers.len() else "",
        ids=ids,
    )
    _audit(actor, order, result)
    report("done", total, total)
    return result


def _decided(actor: Actor, order: Order, loans: pl.DataFrame, today: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows as the book would keep them, and what the law finds against or about rows.

    Totals of the year are left to the locks: what the book holds already may free or fill their room.
    """
    partners, strangers = _by_partnership(order, loans)
    rows = _with_register_facts(_with_firms(actor, order, partners), order.laws)
    rows, on_parties = with_parties(rows, order.sheet, order.laws)
    screened = screen_loans(rows, order.laws, order.letters)
    on_law = screened.findings.filter(~pl.col("code").is_in(SHARED_LIMIT_CODES))
    on_law = join_findings([on_law, on_parties])
    decided = screened.decided.filter(~pl.col("row").is_in(refused_rows(on_law, SCREENING_REASONS).implode()))
    parts = [
        filing_rows(decided.filter(pl.col("law") == number), law, today=today)
        for number, law in enumerate(order.laws)
        if (decided.get_column("law") == number).any()
    ]
    kept = pl.concat(parts, how="diagonal_relaxed").sort("row") if parts else decided.clear()
    return kept, join_findings([strangers, on_law, open_ratios(order.sheet, decided)])


def _by_partnership(order: Order, loans: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows lent while the bank was a partner, and findings on the others."""
    is_partner = pl.Series([True] * loans.height, dtype=pl.Boolean)
    for law in order.laws:
        is_partner &= _of_partner(order, law, loans) | ~is_within(law, loans)
    strangers = loans.filter(~is_partner)
    found = order.sheet.findings(strangers, "POOL.BANK.NOT_PARTNER", "disbursed_on", pl.col("disbursed_on"))
    return loans.filter(is_partner), found


def _of_partner(order: Order, law: Law, rows: pl.DataFrame) -> pl.Series:
    """Return which rows were lent while the bank was a partner; a scheme without partners asks for none."""
    intervals = partner_intervals(law.pack.id, bank_id=order.bank_id)
    if intervals is None:
        return pl.Series([True] * rows.height, dtype=pl.Boolean)
    days = rows.get_column("disbursed_on")
    return pl.Series(
        [any(start <= day and (end is None or day < end) for start, end in intervals) for day in days], dtype=pl.Boolean
    )


def _with_firms(actor: Actor, order: Order, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the firm that each code leads to; a borrower without identifier is one per loan number."""
    code = "firm_code" if order.has_resolved_firms else "loan_number"
    firms = [
        NewFirm(identifier=identifier, name=name, district_code=district)
        for identifier, name, district in rows.unique(code, keep="first", maintain_order=True)
        .select(code, "firm_name", "district_code")
        .iter_rows()
    ]
    ids = register_firms(actor=actor, firms=firms, identifier_scheme=order.identifier_scheme)
    lookup = pl.DataFrame(
        {code: list(ids), "firm_id": list(ids.values())}, schema={code: pl.String, "firm_id": pl.Int64}
    )
    rows = rows.join(lookup, on=code, how="left", maintain_order="left").with_columns(firm_code=pl.col(code))
    identifier = pl.col("firm_id").cast(pl.String) if order.has_resolved_firms else pl.lit(None, dtype=pl.String)
    return rows.with_columns(identifier=identifier)


def _with_register_facts(rows: pl.DataFrame, laws: Sequence[Law]) -> pl.DataFrame:
    """Return the rows with facts of the register where the file brings none; the file's own value stands."""
    names = sorted({fact.alias for law in laws for fact in law.pack.vocabulary.facts.values()})
    said = register_facts(rows, names)
    for name in sorted({key for one in said for key in one if not key.startswith("_")}):
        values = pl.Series(name, [one.get(name) for one in said])
        own = pl.col(name) if name in rows.columns else pl.lit(None)
        rows = rows.with_columns(pl.coalesce(own, pl.lit(values)).alias(name))
    return rows


def _fitting(order: Order, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lock the totals, then leave out what another enrolment holds and what no longer fits."""
    if rows.is_empty():
        return rows, no_findings()
    keys = {key for keys in _totals(order, rows) for key in keys}
    usages = bulk.locked_totals(limits_of(sorted(keys), order.laws))
    duplicates = on_duplicates(order.sheet, rows, bulk.held_elsewhere(rows, bank_id=order.bank_id))
    rows = rows.filter(~pl.col("row").is_in(duplicates.get_column("row").implode()))
    asks = _asks(order, rows, usages)
    places = {key: index for index, key in enumerate(usages)}
    excesses = fitting_rows([[Ask(places[key], fen) for key, fen in mine] for mine in asks], list(usages.values()))
    over = on_limits(order.sheet, rows.get_column("row").to_list(), excesses, list(usages), usages)
    fits = pl.Series([excess is None for excess in excesses], dtype=pl.Boolean)
    return rows.filter(fits), join_findings([duplicates, over])


def _asks(order: Order, rows: pl.DataFrame, usages: dict[LimitKey, Usage]) -> list[list[tuple[LimitKey, int]]]:
    """Return what each row asks of each total and of each layer's capacity; the capacities join `usages`, locked."""
    amounts = rows.get_column("enrolled_amount_fen")
    promises = {promise.enrolment_id: promise for promise in promises_of_rows(rows)}
    asks = [[(key, amount) for key in keys] for keys, amount in zip(_totals(order, rows), amounts, strict=True)]
    shares = [promises[row].shares() if row in promises else [] for row in rows.get_column("row")]
    capacity = capacity_of({place for mine in shares for place, _ in mine}, is_locked=True)
    keys = {place: LimitKey(place.scheme_id, LimitKind.CAPACITY, place.code, "") for place in capacity}
    usages.update({keys[place]: usage for place, usage in capacity.items()})
    for ask, mine in zip(asks, shares, strict=True):
        ask += [(keys[place], fen) for place, fen in mine if place in keys]
    return asks


def _totals(order: Order, rows: pl.DataFrame) -> list[list[LimitKey]]:
    return totals_of_rows(
        rows,
        bank_id=order.bank_id,
        has_resolved_firms=order.has_resolved_firms,
        ceilings=ceiling_schemes(order.laws),
    )


def _numbered(rows: pl.DataFrame, today: date) -> pl.DataFrame:
    """Give every row that confirms itself its number and code, in row order, scheme by scheme."""
    states = rows.get_column("state").to_list()
    schemes = rows.get_column("scheme_id").to_list()
    numbers: list[str | None] = [None] * rows.height
    sure = [index for index, state in enumerate(states) if state in NUMBERED]
    for scheme_id, places in groupby(sorted(sure, key=lambda at: (schemes[at], at)), key=lambda at: schemes[at]):
        mine = list(places)
        for index, number in zip(mine, draw_numbers(scheme_id, today.year, len(mine)), strict=True):
            numbers[index] = number
    codes = [code_of(number) if number else None for number in numbers]
    return rows.with_columns(
        number=pl.Series(numbers, dtype=pl.String), verification_code=pl.Series(codes, dtype=pl.String)
    )


def _write_history(actor: Actor, rows: pl.DataFrame, ids: Mapping[int, int]) -> None:
    for (state,), part in rows.group_by("state", maintain_order=True):
        steps = [
            {
                "actor_user_id": who.user_id,
                "actor_organisation_id": who.organisation_id,
                "actor_name": who.name,
                "step": step.step.value,
                "from_state": step.from_state.value,
                "to_state": step.to_state.value,
                "note": "" if who is actor else "按规则自动办理",
            }
            for step in steps_to(EnrolmentState(str(state)))
            for who in [actor if step.step == Step.SUBMIT else SYSTEM_ACTOR]
        ]
        bulk.insert_events([ids[row] for row in part.get_column("row")], steps)


def _add_to_totals(order: Order, rows: pl.DataFrame) -> None:
    added: dict[LimitKey, int] = {}
    for keys, amount in zip(_totals(order, rows), rows.get_column("enrolled_amount_fen"), strict=True):
        for key in keys:
            added[key] = added.get(key, 0) + amount
    bulk.add_to_totals(added)


def _audit(actor: Actor, order: Order, result: Enrolled) -> None:
    record_audit(
        actor=actor,
        action="pool.enrol_table",
        subject=("upload", order.upload_id) if order.upload_id else ("bank", order.bank_id),
        facts={
            "rows": result.rows,
            "by_state": dict(result.by_state),
            "unchanged": result.unchanged,
            "refused": result.refused,
            "amount_fen": result.amount_fen,
            "numbers": [result.first_number, result.last_number],
            "packs": [{"pack": law.pack.id, "version": law.pack.version} for law in order.laws],
        },
    )


def _constraint(error: IntegrityError) -> str:
    diag = getattr(error.__cause__, "diag", None)
    return str(getattr(diag, "constraint_name", "") or "")
