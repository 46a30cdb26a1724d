"""Write an audit pack, file by file, from one snapshot of the book; the making itself leaves an audit row.

The same book gives the same bytes, but for the instant of making that the manifest states.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import IO, Any

from django.db import connection, transaction
from django.db.models import QuerySet

from yulin.kit import clock
from yulin.kit.documents import open_document
from yulin.kit.errors import DocumentNotFoundError
from yulin.kit.row_security import scope as reach
from yulin.ledger.selectors import exporting as ledger
from yulin.people.core.actors import Actor, row_scope
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import places_under, seals_over
from yulin.people.services import record_audit
from yulin.pool.adapters.pack_zip import PackZip, cell
from yulin.pool.core.audit_pack.readme import readme
from yulin.pool.core.audit_pack.scope import FORMAT, PackScope
from yulin.pool.models import Enrolment
from yulin.pool.selectors import audit_pack as book
from yulin.pool.selectors.audit_terms import fee_lines, settlement_lines, subsidy_lines
from yulin.rules.selectors import canonical_text

SCRIPTS = (
    "recompute.py", "recompute_fees.py", "recompute_files.py", "recompute_money.py", "recompute_subsidies.py",
)  # fmt: skip
_BLOCK_BYTES = 1 << 20
Progress = Callable[[int], None]  # percent


@dataclass(frozen=True)
class WrittenPack:
    """What a pack holds, and the hash of its manifest, which proves the rest."""

    manifest_sha256: str
    loans: int
    claims: int
    transfers: int
    audit_rows: int


def write_audit_pack(
    *, actor: Actor, scope: PackScope, out: IO[bytes], progress: Progress = lambda _percent: None
) -> WrittenPack:
    """Write the pack of what the actor may see of a loan, a claim or a year.

    Effects: the ZIP in `out`; audit row with the manifest's hash.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.AUDIT_PACK.EMPTY`, `POOL.AUDIT_PACK.AMBIGUOUS`.
    """
    if not actor.may(Action.MAKE_AUDIT_PACKS):
        raise NotAllowedError(action=str(Action.MAKE_AUDIT_PACKS), role=str(actor.role))
    is_outermost = not connection.in_atomic_block
    with reach(row_scope(actor)), transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with PackZip(out) as pack:
            written = _Writing(actor, scope, pack, progress).run()
        record_audit(
            actor=actor,
            action="pool.make_audit_pack",
            subject=("audit_pack", written.manifest_sha256),
            facts={**scope.plain(), "loans": written.loans, "claims": written.claims},
        )
    progress(100)
    return written


class _Writing:
    """One pack while it is written."""

    def __init__(self, actor: Actor, scope: PackScope, pack: PackZip, progress: Progress) -> None:
        self.scope, self.pack, self.progress = scope, pack, progress
        self.loans: QuerySet[Enrolment] = book.loans_in(actor, scope)
        self.tables = book.tables_about(self.loans, scope)
        self.laws = book.Laws()

    def run(self) -> WrittenPack:
        self.read_first()
        self.law()
        self.progress(5)
        counts = {name: self.table(name) for name in self.tables}
        self.progress(30)
        self.lines()
        self.progress(60)
        transfers = self.transfers()
        self.progress(80)
        audit_rows = self.audit()
        if self.scope.with_documents:
            self.documents()
        self.progress(95)
        manifest = {"format": FORMAT, "made_at": cell(clock.now()), "scope": self.scope.plain()}
        digest = self.pack.seal({**manifest, "ledger": "whole" if self.scope.is_whole_year else "part"})
        return WrittenPack(digest, counts["enrolments.csv"], counts["claims.csv"], transfers, audit_rows)

    def read_first(self) -> None:
        self.pack.add("README.txt", [readme(self.scope).encode()])
        folder = files("yulin.pool.core.audit_pack") / "scripts"
        for name in SCRIPTS:
            self.pack.add(name, [(folder / name).read_bytes()])

    def law(self) -> None:
        rows = []
        for one in book.law_versions(self.tables, self.laws):
            folder = f"law/{one.pack_id}-{one.effective_from:%Y%m%d}-{one.pk}"
            rows.append((one.pk, one.pack_id, one.version, one.effective_from, one.effective_until, one.state,
                         one.made_by_id, one.checked_by_id, one.published_at, one.currency, folder))  # fmt: skip
            for name, text in sorted(one.content.items()):
                self.pack.add(f"{folder}/{name}", [text.encode()])
            self.pack.add(f"{folder}/manager_values.json", [_pretty(one.manager_values)])
            self.pack.add(f"{folder}/law.json", [canonical_text(one)])
        columns = ("id", "pack_id", "version", "effective_from", "effective_until", "state", "made_by_id",
                   "checked_by_id", "published_at", "currency", "folder")  # fmt: skip
        self.pack.add_table("law.csv", columns, rows)
        heads = ("id", "kind", "code", "name_zh", "name_en")
        self.pack.add_table("organisations.csv", heads, book.organisation_rows(self.tables))

    def table(self, name: str) -> int:
        rows = self.tables[name]
        return self.pack.add_table(name, book.columns_of(rows), book.rows_of(rows))

    def lines(self) -> None:
        claims = self.tables["claims.csv"]
        self.pack.add_table("sheet_lines.csv", book.SHEET_COLUMNS, book.sheet_rows(claims))
        self.pack.add_lines("settlements.jsonl", settlement_lines(claims, self.laws))
        self.pack.add_lines("fee_terms.jsonl", fee_lines(self.tables["fee_charges.csv"], self.laws))
        self.pack.add_lines("subsidy_terms.jsonl", subsidy_lines(self.tables["excess_subsidies.csv"], self.laws))
        self.pack.add_lines("facts.jsonl", book.fact_lines(self.loans))
        self.pack.add_lines("explanations.jsonl", book.explanation_lines(self.loans, self.laws))

    def transfers(self) -> int:
        part = self._ledger_part()
        head = "\t".join(ledger.LINE_FIELDS) + "\n"
        count = self.pack.add("ledger/transfers.tsv", _heading(head, ledger.placed_lines(part))) - 1
        self.pack.add_table("ledger/places.csv", ("transfer_id", "seal", "mark"), _places(part))
        seals = None if part.is_whole else sorted({one.seal for one in ledger.placed_lines(part) if one.seal})
        heads = ("seal", "previous_hash", "seal_hash", "row_count")
        self.pack.add_table("ledger/seals.csv", heads, ledger.seal_rows(seals))
        accounts = ledger.accounts_of(part)
        self.pack.add_table("ledger/accounts.csv", _ACCOUNT_COLUMNS, (_account(*one) for one in accounts))
        self.pack.add_table("ledger/balances.csv", _BALANCE_COLUMNS, self._balances(accounts))
        self.pack.add_table("ledger/holds.csv", ("transfer_id", "rest_fen"), ledger.hold_rests(part))
        return count

    def _ledger_part(self) -> ledger.LedgerPart:
        if self.scope.is_whole_year:
            return ledger.whole_ledger()
        if self.scope.scheme:
            return ledger.ledger_of_scheme(self.scope.scheme)
        beginnings = [f"enrolment:{one}:" for one in self.loans.order_by().values_list("pk", flat=True)]
        beginnings += [f"claim:{one}:" for one in self.tables["claims.csv"].order_by().values_list("pk", flat=True)]
        return ledger.ledger_of_keys(beginnings)

    def _balances(self, accounts: list[tuple[Any, bool]]) -> Iterator[tuple[Any, ...]]:
        whole = [account.code for account, is_whole in accounts if is_whole]
        if self.scope.year is None or not whole:
            return
        for day, totals in ledger.month_ends(whole, self.scope.year):
            for code, one in sorted(totals.items()):
                yield code, day, one.posted_fen, one.held_out_fen, one.held_in_fen, True

    def audit(self) -> int:
        schemes = set(self.loans.order_by().values_list("scheme_id", flat=True).distinct())
        entries = book.audit_entries(self.tables, schemes)
        here = set(entries.order_by().values_list("pk", flat=True))
        count = self.pack.add_lines("audit/entries.jsonl", _entry_lines(entries))
        seals = seals_over(entries)
        rows = ((seal, place, entry, hashed, entry in here) for seal, place, entry, hashed in places_under(seals))
        self.pack.add_table("audit/places.csv", ("seal", "place", "entry_id", "entry_hash", "is_here"), rows)
        fields = ("pk", "previous_hash", "seal_hash", "entry_count")
        heads = ("seal", "previous_hash", "seal_hash", "row_count")
        self.pack.add_table("audit/seals.csv", heads, seals.values_list(*fields).iterator(chunk_size=2_000))
        return count

    def documents(self) -> None:
        papers = self.tables["claim_documents.csv"].order_by("sha256").values_list("sha256", flat=True).distinct()
        lost = []
        for sha256 in papers:
            try:
                self.pack.add(f"documents/{sha256}", _blocks(sha256))
            except DocumentNotFoundError:
                lost.append(sha256)
        self.pack.add_lines("documents/missing.jsonl", lost)


_ACCOUNT_COLUMNS = ("account", "kind", "scheme_id", "layer", "district_code", "owner_id", "may_overdraw",
                    "may_overfill", "currency", "posted_fen", "held_out_fen", "held_in_fen", "is_whole")  # fmt: skip
_BALANCE_COLUMNS = ("account", "on", "posted_fen", "held_out_fen", "held_in_fen", "is_whole")


def _account(account: Any, is_whole: bool) -> tuple[Any, ...]:
    return account.code, *(getattr(account, name) for name in _ACCOUNT_COLUMNS[1:-1]), is_whole


def _heading(head: str, placed: Iterator[ledger.Placed]) -> Iterator[bytes]:
    yield head.encode()
    yield from (one.line for one in placed)


def _places(part: ledger.LedgerPart) -> Iterator[tuple[int, int | None, str]]:
    yield from ((one.number, one.seal, one.mark.hex()) for one in ledger.placed_lines(part))


def _entry_lines(entries: QuerySet[Any]) -> Iterator[Mapping[str, Any]]:
    for entry in entries.select_related("sealed").iterator(chunk_size=2_000):
        sealed = getattr(entry, "sealed", None)
        yield {
            "seal": sealed.seal_id if sealed else None,
            "place": sealed.place if sealed else None,
            "entry": entry.as_line(),
        }


def _blocks(sha256: str) -> Iterator[bytes]:
    with open_document(sha256) as file:
        while block := file.read(_BLOCK_BYTES):
            yield block


def _pretty(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
