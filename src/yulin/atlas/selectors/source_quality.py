"""How good a source's files are: each field's rates over its last files, what its owner is told, when a file is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from yulin.atlas.adapters.house_rules import shipped_rules
from yulin.atlas.core.contracts import SourceContract, read_contract
from yulin.atlas.core.quarantine import rule_of
from yulin.atlas.core.source_quality import ROWS, ROWS_LABEL, FileQuality, alerts_of, due_on, late_alert
from yulin.atlas.enums import ReceiptState
from yulin.atlas.models import Receipt, Source
from yulin.atlas.selectors.pulls import PullState, pull_state
from yulin.base.text import Text
from yulin.kit import clock

FILES_SHOWN = 12


@dataclass(frozen=True)
class FieldShown:
    """One field of a source: its rule, its rates in the latest file, the part that held in each file, oldest first."""

    label: Text
    column: str
    rule: Text
    filled_bp: int | None
    passed_bp: int | None
    trend: tuple[int | None, ...]


@dataclass(frozen=True)
class SourceShown:
    """A source with its files, latest first, its fields, what its owner is told, and the last day for its next file."""

    source: Source
    contract: SourceContract
    files: Sequence[Receipt]
    fields: Sequence[FieldShown]
    alerts: Sequence[Text]
    due_on: date | None
    pull: PullState | None


def source_shown(code: str) -> SourceShown | None:
    """Return a source as its page shows it; None where there is none."""
    source = Source.objects.filter(code=code).first()
    return _shown(source) if source else None


def sources_with_files() -> Iterator[SourceShown]:
    """Yield each source of which a file was read to its end or broke off, by code."""
    for source in Source.objects.filter(receipts__isnull=False).distinct().order_by("code"):
        shown = _shown(source)
        if shown.files:
            yield shown


def late_alert_of(shown: SourceShown) -> Text | None:
    """Return what is told when a source's next file has not come by its last day; None where it is not late."""
    is_late = shown.due_on is not None and shown.due_on < clock.business_date()
    return late_alert(shown.due_on) if is_late and shown.due_on else None


def _shown(source: Source) -> SourceShown:
    contract = read_contract(source.contract, source.code)
    files = _files(source)
    worth = [_worth(one) for one in files]
    rows = FieldShown(ROWS_LABEL, "", Text("", ""), None, *_held(worth, ROWS))
    fields = [
        FieldShown(
            one.label, one.column, rule_of(one), worth[0].filled_bp(one.fact) if worth else None,
            *_held(worth, one.fact),
        )
        for one in contract.fields
    ]  # fmt: skip
    there = {one.fact: one.label for one in contract.fields if not worth or one.column not in worth[0].missing}
    rules = shipped_rules().quality
    due = due_on(contract.schedule, files[0].as_of, rules) if files else None
    pulled = pull_state(source, contract.schedule) if contract.pull is not None else None
    return SourceShown(source, contract, files, [rows, *fields], alerts_of(worth, there, rules), due, pulled)


def _held(worth: Sequence[FileQuality], fact: str) -> tuple[int | None, tuple[int | None, ...]]:
    trend = tuple(one.passed_bp(fact) for one in reversed(worth))
    return (trend[-1] if trend else None), trend


def _files(source: Source) -> list[Receipt]:
    done = Receipt.objects.filter(source=source).exclude(state=str(ReceiptState.READING))
    return list(done.order_by("-as_of", "-known_at", "-pk")[:FILES_SHOWN])


def _worth(receipt: Receipt) -> FileQuality:
    is_whole = receipt.state == ReceiptState.DONE
    return FileQuality(receipt.rows_read, receipt.rows_kept_out, receipt.quality, receipt.drift, is_whole=is_whole)
