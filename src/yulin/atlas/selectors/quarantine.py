"""What of a source's file is in quarantine, as a person reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import QuerySet

from yulin.atlas.adapters.statement_files import quarantine_of
from yulin.atlas.core.contracts import SourceField, read_contract
from yulin.atlas.core.quarantine import refusal_of, told
from yulin.atlas.enums import Problem
from yulin.atlas.models import Receipt, Source

TOLD = ("row", "column", "fact", "problem", "found", "needed_zh", "needed", "next_zh", "next", "raw")
_LONGEST_RAW = 32_000  # a spreadsheet's cell holds no more; the Parquet has the whole row


def receipts(source: str = "") -> QuerySet[Receipt]:
    """Return the files taken in, of one source or all, the latest first."""
    rows = Receipt.objects.select_related("source").order_by("-fetched_at", "-pk")
    return rows.filter(source__code=source) if source else rows


def receipt_by_id(receipt_id: int) -> Receipt | None:
    """Return a file that was taken in, or None."""
    return Receipt.objects.select_related("source").filter(pk=receipt_id).first()


def sources_taken() -> list[Source]:
    """Return the sources of which a file was taken in, by code."""
    return list(Source.objects.filter(receipts__isnull=False).distinct().order_by("code"))


def problems_of(told: Iterable[tuple[str, ...]]) -> list[tuple[str, int]]:
    """Return what rows and cells are in quarantine for, the most frequent first."""
    return Counter(one[TOLD.index("problem")] for one in told).most_common()


def told_quarantine(receipt: Receipt) -> list[tuple[str, ...]]:
    """Return each row and cell of a file in quarantine, by row, in the columns of `TOLD`."""
    rows = quarantine_of(receipt.source.code, receipt.file_sha256, receipt.contract_hash).collect()
    by_fact, by_column = _rules(receipt)
    said: list[tuple[str, ...]] = []
    for one in rows.iter_rows(named=True):
        rule = by_fact.get(one["fact"] or "") or by_column.get(one["column"] or "")
        refusal = refusal_of(Problem(one["problem"]), rule, one["needed"])
        column = one["column"] or (rule.column if rule else "")
        raw = (one["raw"] or "")[:_LONGEST_RAW]
        needed, following = refusal.needed, refusal.next_step
        words = (needed.zh, needed.en, following.zh, following.en)
        said.append((str(one["row"]), column, one["fact"] or "", one["problem"], told(one["found"]), *words, raw))
    return said


def _rules(receipt: Receipt) -> tuple[dict[str, SourceField], dict[str, SourceField]]:
    """Return the fields of the contract by which the file was read, by fact and by column; none if it has changed."""
    contract = read_contract(receipt.source.contract, receipt.source.code)
    fields = contract.fields if contract.content_hash == receipt.contract_hash else ()
    return {one.fact: one for one in fields}, {one.column: one for one in fields}
