"""A row without a code that a person judged to be a firm is said of that firm, until a judgement takes that back.

What it brings are statements and particulars like any other of its source, with its file, row and original text, known
since the judgement; taken back they end, known since then, and are called back from who received them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db.models import Exists, OuterRef

from yulin.atlas.adapters.statement_files import quarantine_of, statements_about
from yulin.atlas.core.contracts import SourceContract, read_contract
from yulin.atlas.core.judged_rows import KeptOut, Place, Told, not_outdone, told_by_row
from yulin.atlas.core.particulars import named_kind, particular_name
from yulin.atlas.enums import EndReason, ParticularKind, Problem
from yulin.atlas.models import Candidate, Firm, Particular, ParticularEnd, Receipt, Source, Statement, StatementEnd
from yulin.atlas.services.recalling import Gone, recall_fact
from yulin.kit import clock
from yulin.people.core.actors import Actor

_OTHER_FIRM = str(EndReason.OTHER_FIRM)


@dataclass(frozen=True)
class Brought:
    """What a judgement brought: statements made and ended, how many a better row outdoes, what does not hold.

    `is_gone`: the row's file keeps it no more, so that nothing of it can be read.
    """

    statements: int = 0
    ended: int = 0
    outdone: int = 0
    kept_out: tuple[KeptOut, ...] = ()
    is_gone: bool = False

    @property
    def told(self) -> dict[str, object]:
        """Return it as the judgement keeps it."""
        return {
            "statements": self.statements,
            "ended": self.ended,
            "outdone": self.outdone,
            "kept_out": [[one.column, str(one.problem), one.found[:200]] for one in self.kept_out],
            "is_gone": self.is_gone,
        }


@dataclass(frozen=True)
class _Kept:
    """A row of the book that stands or stood, and what it says."""

    record: Statement | Particular
    told: Told
    is_over: bool


def settle_judged(
    *, actor: Actor, asked: Candidate, standing: Sequence[Candidate], at: datetime, cause: str
) -> Brought:
    """Let the rows of a source that stand as a firm be what is said of it, and no others; return what became of one.

    `standing`: the rows that are judged to be the firm, `asked` among them or not. Done twice it does nothing more. In
    the caller's transaction.

    Effects: `Statement`, `Particular`, `StatementEnd` and `ParticularEnd` rows; a recall of each thing that ended.
    """
    firm = Firm.objects.select_for_update().get(pk=asked.firm_id)
    source = Source.objects.get(pk=asked.receipt.source_id)
    contract = read_contract(source.contract, source.code)
    rows = {(one.receipt_id, one.row) for one in standing}
    judged, coded = _in_the_book(firm, source)
    _end(actor, firm, gone := [one for one in judged if one.told.place.row not in rows], at, cause)
    kept = [one for one in judged if one.told.place.row in rows]
    known = {(one.told.place.row, one.told.name) for one in kept}
    wanted: list[Told] = []
    kept_out: tuple[KeptOut, ...] = ()
    is_read = False
    for one in standing:
        found = _read(one, contract, firm)
        if one.pk == asked.pk:
            kept_out, is_read = found[1] if found else (), found is not None
        wanted += [told for told in (found[0] if found else ()) if (told.place.row, told.name) not in known]
    others = [*(one.told for one in kept if not one.is_over), *coded, *_in_the_lake(firm, source)]
    made = not_outdone(wanted, others)
    for told in made:
        _state(firm, contract, told, at)
    own = (asked.receipt_id, asked.row)
    count = sum(told.place.row == own for told in made)
    outdone = sum(told.place.row == own for told in wanted) - count
    return Brought(count, len(gone), outdone, tuple(kept_out), own in rows and not is_read)


def _read(one: Candidate, contract: SourceContract, firm: Firm) -> tuple[list[Told], tuple[KeptOut, ...]] | None:
    """Return what a candidate's row says, and what of it does not hold; None where its file keeps it no more."""
    receipt = one.receipt
    file = quarantine_of(receipt.source.code, receipt.file_sha256, receipt.contract_hash)
    is_row = (pl.col("row") == one.row, pl.col("problem") == Problem.CODE_MISSING, pl.col("fact").is_null())
    raw = file.filter(*is_row, pl.col("raw").is_not_null()).select("raw").collect()["raw"].to_list()
    if not raw:
        return None
    place = Place.of_row(receipt.known_at, receipt.pk, one.row)
    days = (receipt.as_of, clock.business_date())
    found, out = told_by_row(json.loads(raw[0]), contract, firm.identifier, place, days)
    return found, tuple(out)


def _in_the_book(firm: Firm, source: Source) -> tuple[list[_Kept], list[Told]]:
    """Return what stands or stood of judged rows, but for what was taken back, and what the source else says."""
    rows = set(Candidate.objects.filter(firm=firm, receipt__source=source).values_list("receipt_id", "row"))
    judged, coded = [], []
    for record, is_over in _alive(firm, source):
        if (record.receipt_id, record.row) in rows and record.receipt is not None:
            place = Place.of_row(record.receipt.known_at, record.receipt.pk, record.row or 0)
            judged.append(_Kept(record, _as_told(record, place), is_over))
        elif not is_over:
            since = record.receipt.known_at if record.receipt is not None else record.known_at
            coded.append(_as_told(record, Place.with_code(since)))
    return judged, coded


def _alive(firm: Firm, source: Source) -> Iterator[tuple[Statement | Particular, bool]]:
    """Yield what a source says of a firm, but for what was taken back; and whether it has ended otherwise."""
    for table, ends, path in ((Statement, StatementEnd, "statement"), (Particular, ParticularEnd, "particular")):
        of_row = ends.objects.filter(**{path: OuterRef("pk")})
        rows = table.objects.filter(~Exists(of_row.filter(why=_OTHER_FIRM)), firm=firm, source=source.code)
        is_over = Exists(of_row.filter(ends_on__lte=clock.business_date()))
        for record in rows.annotate(is_over=is_over).select_related("receipt").order_by("pk"):
            yield record, record.is_over


def _in_the_lake(firm: Firm, source: Source) -> Iterable[Told]:
    """Return what a source says of a firm under its code that stands in files alone."""
    rows = statements_about(firm.identifier).filter(pl.col("source") == source.code)
    for fact, valid_from, known_at in rows.select("predicate", "valid_from", "known_at").iter_rows():
        yield Told(fact, valid_from, Place.with_code(known_at))


def _as_told(record: Statement | Particular, place: Place) -> Told:
    name = record.fact if isinstance(record, Statement) else particular_name(ParticularKind(record.kind), record.key)
    return Told(name, record.valid_from, place, record.value)


def _state(firm: Firm, contract: SourceContract, told: Told, at: datetime) -> None:
    receipt_id, row = told.place.row
    said = {
        "firm": firm,
        "value": told.value,
        "source": contract.id,
        "valid_from": told.valid_from,
        "valid_until": told.valid_until,
        "known_at": at,
        "priority": contract.priority,
        "receipt": Receipt(pk=receipt_id),
        "row": row,
        "original": told.original,
    }
    kind = named_kind(told.name)
    if kind is None:
        Statement.objects.create(fact=told.name, **said)
    else:
        Particular.objects.create(kind=str(kind), key=told.name.removeprefix(particular_name(kind, "")), **said)


def _end(actor: Actor, firm: Firm, gone: Sequence[_Kept], at: datetime, cause: str) -> None:
    """End what rows brought that are another firm's, and call each thing back from who received it meanwhile."""
    for one in gone:
        said = {"ends_on": one.record.valid_from, "why": _OTHER_FIRM, "known_at": at}
        if isinstance(one.record, Statement):
            StatementEnd.objects.create(statement=one.record, **said)
        else:
            ParticularEnd.objects.create(particular=one.record, **said)
    first: dict[str, _Kept] = {}
    for one in sorted((each for each in gone if not each.is_over), key=lambda each: each.record.known_at):
        first.setdefault(one.told.name, one)
    for name, one in first.items():
        fell = Gone(EndReason.OTHER_FIRM, one.record.value, cause, one.record.known_at)
        recall_fact(actor=actor, firm=firm, fact=name, gone=fell)
