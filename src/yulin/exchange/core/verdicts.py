"""Verdicts: what was found on a row, where, under which code, in words that say what to do next.

A frame of findings is bulk: one line per finding, codes instead of sentences (`FINDING_SCHEMA`). Sentences are made
from the table of reasons only for the findings that somebody reads. A row is accepted when nothing refuses it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from yulin.base.text import Text
from yulin.exchange.enums import Severity

JOINED_BY = " · "  # between a name and its amount, where a finding holds both
FINDING_SCHEMA: dict[str, pl.DataType] = {
    "row": pl.UInt32(),
    "cell": pl.String(),
    "field": pl.String(),
    "code": pl.String(),
    "found": pl.String(),
    "needed": pl.String(),
}


@dataclass(frozen=True)
class Reason:
    """One line of the table of reasons; `%(found)s` and `%(needed)s` are filled in both languages."""

    code: str
    severity: Severity
    message: Text
    next: Text


@dataclass(frozen=True)
class Verdict:
    """One finding as a person reads it."""

    row: int
    cell: str
    column: str
    field: str
    code: str
    severity: Severity
    found: str
    needed: str
    message: Text
    next: Text


@dataclass(frozen=True)
class Tally:
    """How many rows of a file are accepted as they are, accepted with a remark, and refused."""

    rows: int
    accepted: int
    warned: int
    refused: int

    @property
    def enrollable(self) -> int:
        """The rows that nothing refuses."""
        return self.accepted + self.warned


def no_findings() -> pl.DataFrame:
    """Return an empty frame of findings."""
    return pl.DataFrame(schema=FINDING_SCHEMA)


def join_findings(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the findings of `frames` as one frame in row order."""
    filled = [frame.select(*FINDING_SCHEMA) for frame in frames if frame.height]
    return pl.concat(filled).sort("row", maintain_order=True) if filled else no_findings()


def refused_rows(findings: pl.DataFrame, reasons: Mapping[str, Reason]) -> pl.Series:
    """Return the row numbers that at least one finding refuses, each once, in order."""
    codes = [code for code, reason in reasons.items() if reason.severity is Severity.REFUSED]
    return findings.filter(pl.col("code").is_in(codes)).get_column("row").unique().sort()


def tally_rows(row_count: int, findings: pl.DataFrame, reasons: Mapping[str, Reason]) -> Tally:
    """Count the rows by their worst finding."""
    refused = refused_rows(findings, reasons).len()
    warned = findings.get_column("row").n_unique() - refused
    return Tally(rows=row_count, accepted=row_count - warned - refused, warned=warned, refused=refused)


def verdicts_of(
    findings: pl.DataFrame, reasons: Mapping[str, Reason], words: Mapping[str, Text] | None = None
) -> Iterator[Verdict]:
    """Yield each finding in words, refused rows first, then by row; `words` says the names that findings hold."""
    words = words or {}
    sentences: dict[tuple[str, str, str], tuple[Text, Text]] = {}  # many rows of a file say the same
    severity = pl.col("code").replace_strict({code: reason.severity.value for code, reason in reasons.items()})
    ordered = findings.with_columns(severity=severity).sort("severity", "row", maintain_order=True)
    for line in ordered.iter_rows(named=True):
        reason = reasons[line["code"]]
        found, needed, cell = line["found"] or "", line["needed"] or "", line["cell"] or ""
        key = (reason.code, found, needed)
        if key not in sentences:
            values = {"found": _said(found, words), "needed": _said(needed, words)}
            sentences[key] = (reason.message.with_values(**values), reason.next.with_values(**values))
        message, what_next = sentences[key]
        yield Verdict(
            row=line["row"],
            cell=cell,
            column=cell.rstrip("0123456789"),
            field=line["field"] or "",
            code=reason.code,
            severity=reason.severity,
            found=found,
            needed=needed,
            message=message,
            next=what_next,
        )


def _said(text: str, words: Mapping[str, Text]) -> str | Text:
    """Return a name, or names set apart by commas, in words, also before an amount; anything else as it stands."""
    name, joined, amount = text.partition(JOINED_BY)
    if joined and name in words:
        return Text(f"{words[name].zh}{JOINED_BY}{amount}", f"{words[name].en}{JOINED_BY}{amount}")
    parts = text.split(",")
    if not all(part in words for part in parts):
        return text
    return Text("、".join(words[part].zh for part in parts), ", ".join(words[part].en for part in parts))


def column_letters(index: int) -> str:
    """Return the letters of the column at `index`, counted from 0.

    >>> [column_letters(i) for i in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
