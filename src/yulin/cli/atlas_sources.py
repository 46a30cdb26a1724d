"""`yulin atlas sources|ingest|pull|pulls|quality|quarantine|sort-statements`: the files of sources, from the shell."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yulin.base.errors import InputShapeError, YulinError
from yulin.base.text import Text
from yulin.cli.answers import print_json
from yulin.cli.outputs import show_percent, whole_file

if TYPE_CHECKING:
    from yulin.atlas.models import Receipt


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs about sources to `yulin atlas`."""
    about = "list the sources that ship with Yulin: id, owner, licence, schedule, and the columns that each reads"
    verbs.add_parser("sources", help=about, description=about).set_defaults(run=_sources)
    about = (
        "take a source's file in: rows that hold become statements, the rest goes to quarantine; twice changes nothing"
    )
    ingest = verbs.add_parser("ingest", help=about, description=about)
    ingest.add_argument("source", metavar="SOURCE", help="a shipped source's id, or the path of a contract")
    ingest.add_argument(
        "file", metavar="FILE", type=Path, help="CSV, XLSX, JSON, Parquet, digital invoices (XML, zip, OFD)"
    )
    ingest.add_argument("--as-of", metavar="DATE", type=date.fromisoformat, help="what day it stands for; else today")
    ingest.set_defaults(run=_ingest)
    about = (
        "pull a source's API page by page and take what it gives in; goes on where a run was cut off, and does nothing"
        " where nothing has changed"
    )
    pull = verbs.add_parser("pull", help=about, description=about)
    pull.add_argument("source", metavar="SOURCE", help="a source whose contract says pull:, by id or path")
    pull.add_argument("url", metavar="URL", help="where it answers")
    pull.add_argument("--token-from", metavar="VARIABLE", default="", help="the environment variable of its token")
    pull.add_argument("--as-of", metavar="DATE", type=date.fromisoformat, help="what day it stands for; else today")
    pull.set_defaults(run=_pull)
    about = "what the clock pulls: each source with its last and next time, how often it failed since, and why"
    verbs.add_parser("pulls", help=about, description=about).set_defaults(run=_pulls)
    about = "what the fields of a source's files were worth, file by file"
    quality = verbs.add_parser("quality", help=about, description=about)
    quality.add_argument("source", metavar="SOURCE", nargs="?", default="", help="one source; else all")
    quality.set_defaults(run=_quality)
    about = (
        "write what a file's rows and cells are in quarantine for: row, column, problem, the value found, what is"
        " needed, what to do next, the row as it came"
    )
    quarantine = verbs.add_parser("quarantine", help=about, description=about)
    quarantine.add_argument(
        "receipt", metavar="RECEIPT", type=int, help="its number in the answer of ingest or quality"
    )
    quarantine.add_argument("--out", metavar="FILE.csv", type=Path, required=True)
    quarantine.set_defaults(run=_quarantine)
    about = (
        "put what files said into the order of firms, so that one firm's statements are found at once among any number;"
        " the clock does so each hour. Nothing that is read changes; cut off, it goes on where it was"
    )
    verbs.add_parser("sort-statements", help=about, description=about).set_defaults(run=_sort)


def _sort(_arguments: argparse.Namespace) -> int:
    from yulin.cli.instance import book_ready  # noqa: PLC0415 - slow import

    with book_ready():
        from yulin.atlas.services.sorting import sort_statements  # noqa: PLC0415 - app ready
        from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready

        made = sort_statements(
            actor=SYSTEM_ACTOR, least_rows=0, tell=lambda done, of: show_percent(done * 100 // max(of, 1))
        )
    print_json({"files": made.files, "statements": made.rows} if made else {"files": 0, "statements": 0})
    return 0


def _sources(_arguments: argparse.Namespace) -> int:
    from yulin.atlas.adapters.shipped_sources import contract_and_content, shipped_source_ids  # noqa: PLC0415 - slow import

    contracts = [contract_and_content(source)[0] for source in shipped_source_ids()]
    print_json(
        [
            {
                "id": one.id,
                "title": one.title.en,
                "owner": one.owner,
                "licence": one.licence,
                "schedule": one.schedule,
                "priority": one.priority,
                "columns": {field.column: field.fact for field in one.fields},
            }
            for one in contracts
        ]
    )
    return 0


def _ingest(arguments: argparse.Namespace) -> int:
    from yulin.cli.instance import book_ready  # noqa: PLC0415 - slow import

    try:
        with book_ready():
            answer = ingest_path(arguments.source, arguments.file, arguments.as_of)
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print_json(answer)
    return 0


def _pull(arguments: argparse.Namespace) -> int:
    from yulin.cli.instance import book_ready  # noqa: PLC0415 - slow import

    try:
        with book_ready():
            token = os.environ.get(arguments.token_from, "") if arguments.token_from else ""
            answer = pull_source(arguments.source, arguments.url, token, arguments.as_of)
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    print_json(answer)
    return 0


def _pulls(_arguments: argparse.Namespace) -> int:
    from yulin.cli.instance import book_ready  # noqa: PLC0415 - slow import

    try:
        with book_ready():
            print_json(pulls_told())
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    return 0


def pulls_told() -> list[dict[str, Any]]:
    """Return what the clock pulls and how each source stands."""
    from yulin.atlas.selectors.pulls import planned_pulls  # noqa: PLC0415 - app ready

    told = []
    for contract, state in planned_pulls():
        told.append(
            {
                "source": contract.id,
                "schedule": contract.schedule,
                "last_at": state.last.ended_at.isoformat() if state.last else None,
                "outcome": state.last.outcome if state.last else None,
                "succeeded_at": state.succeeded.ended_at.isoformat() if state.succeeded else None,
                "failures": state.failures,
                "why": state.last.why_en if state.last and state.failures else "",
                "next_at": state.next_at.isoformat() if state.next_at else ("now" if state.is_clocked else None),
            }
        )
    return told


def pull_source(source: str, url: str, token: str = "", as_of: date | None = None) -> dict[str, Any]:
    """Pull a source and take what it gives in; return its receipt, or that nothing has changed."""
    from yulin.atlas.adapters.rest_pull import Endpoint  # noqa: PLC0415 - slow import
    from yulin.atlas.adapters.shipped_sources import contract_and_content  # noqa: PLC0415 - app ready
    from yulin.atlas.services.pulling import pull_in  # noqa: PLC0415 - app ready
    from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready

    contract, _ = contract_and_content(source)
    if contract.pull is None:
        raise InputShapeError(found=source, needed=Text("约定中有pull的来源", "a source whose contract says pull:"))
    brought = pull_in(actor=SYSTEM_ACTOR, source=source, endpoint=Endpoint(url, token), as_of=as_of)
    if brought.receipt is None:
        return {"source": contract.id, "is_new": False, "pages": 0, "rows": 0}
    return {"pages": brought.pages, "is_new": brought.is_new, **_said(brought.receipt)}


def ingest_path(source: str, path: Path, as_of: date | None = None) -> dict[str, Any]:
    """Take one file of a source in and return its receipt."""
    from yulin.atlas.adapters.shipped_sources import contract_and_content  # noqa: PLC0415 - app ready
    from yulin.atlas.services import Delivery, ingest_file  # noqa: PLC0415 - app ready
    from yulin.kit.clock import business_date  # noqa: PLC0415 - app ready
    from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready

    contract, content = contract_and_content(source)
    delivery = Delivery(path, as_of or business_date())
    receipt, is_new = ingest_file(actor=SYSTEM_ACTOR, contract=contract, content=content, delivery=delivery)
    return {"is_new": is_new, **_said(receipt)}


def _quality(arguments: argparse.Namespace) -> int:
    from yulin.cli.instance import book_ready  # noqa: PLC0415 - slow import

    with book_ready():
        from yulin.atlas.selectors import receipts_of  # noqa: PLC0415 - app ready

        print_json([_said(receipt) for receipt in receipts_of(arguments.source)])
    return 0


def _quarantine(arguments: argparse.Namespace) -> int:
    from yulin.cli.instance import book_ready  # noqa: PLC0415 - slow import

    try:
        with book_ready():
            rows = write_quarantine_table(arguments.receipt, arguments.out)
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print_json({"rows": rows})
    return 0


def write_quarantine_table(receipt_id: int, out: Path) -> int:
    """Write what is in quarantine of a file as CSV and return how many rows. **Raises**: `BASE.INPUT.SHAPE`."""
    import polars as pl  # noqa: PLC0415 - slow import

    from yulin.atlas.selectors import receipts_of  # noqa: PLC0415 - app ready
    from yulin.atlas.selectors.quarantine import TOLD, told_quarantine  # noqa: PLC0415 - app ready

    receipt = receipts_of().filter(pk=receipt_id).first()
    if receipt is None:
        raise InputShapeError(
            found=str(receipt_id),
            needed=Text("收件号，见yulin atlas quality", "a receipt that yulin atlas quality lists"),
        )
    rows = told_quarantine(receipt)
    with whole_file(out) as file:
        pl.DataFrame(rows, schema=dict.fromkeys(TOLD, pl.String), orient="row").write_csv(file, include_bom=True)
    return len(rows)


def _said(receipt: Receipt) -> dict[str, Any]:
    has_kept_out = receipt.rows_kept_out or receipt.cells_kept_out
    following = {"next": f"yulin atlas quarantine {receipt.pk} --out FILE.csv"} if has_kept_out else {}
    return following | {
        "receipt": receipt.pk,
        "source": receipt.source.code,
        "file": receipt.file_name,
        "sha256": receipt.file_sha256,
        "as_of": receipt.as_of,
        "state": receipt.state,
        "rows": receipt.rows_read,
        "taken": receipt.rows_taken,
        "repeated": receipt.rows_repeated,
        "kept_out": receipt.rows_kept_out,
        "cells_kept_out": receipt.cells_kept_out,
        "statements": receipt.statement_count,
        "drift": receipt.drift,
        "quality": receipt.quality,
    }
