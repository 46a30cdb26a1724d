"""`yulin atlas invoices`: a firm's trade as its VAT invoices show it. Needs no database."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yulin.base.errors import YulinError
from yulin.cli.answers import print_json
from yulin.cli.outputs import whole_file

if TYPE_CHECKING:
    import polars as pl

_EINVOICES = (".xml", ".zip", ".ofd")


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    about = (
        "read VAT invoices (digital ones as XML, zip or OFD; tables as CSV, XLSX or Parquet), set aside what does not"
        " count, and say each firm's sales, purchases, growth, season and dependence on few partners"
    )
    short = "say what VAT invoices show of each firm's trade"
    invoices = verbs.add_parser("invoices", help=short, description=about)
    invoices.add_argument("files", metavar="FILE", type=Path, nargs="+")
    invoices.add_argument("--firm", metavar="CODE", help="whose invoices the digital ones are")
    invoices.add_argument("--from", dest="begins_on", metavar="DAY", type=date.fromisoformat, required=True)
    invoices.add_argument("--until", dest="ends_on", metavar="DAY", type=date.fromisoformat, required=True)
    invoices.add_argument("--known-on", metavar="DAY", type=date.fromisoformat, help="when the data were taken")
    invoices.add_argument("--out", metavar="PORTRAITS.parquet", type=Path, help="one row a firm; else JSON is printed")
    invoices.add_argument(
        "--set-aside", metavar="ASIDE.parquet", type=Path, help="what does not count, with its reason"
    )
    invoices.set_defaults(run=_invoices)


def _invoices(arguments: argparse.Namespace) -> int:
    try:
        answer = read_and_portray(arguments)
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print_json(answer)
    return 0


def read_and_portray(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the counts, and the portraits where no file is named for them."""
    import polars as pl  # noqa: PLC0415 - slow import

    from yulin.atlas.core.invoices import COLUMNS, operating_portraits, sort_invoices  # noqa: PLC0415 - slow import

    table, unreadable, of_others = _read(arguments.files, arguments.firm)
    known_on = arguments.known_on or arguments.ends_on
    sorted_ = sort_invoices(table.select(*COLUMNS), known_on)
    portraits = operating_portraits(sorted_.kept, arguments.begins_on, arguments.ends_on)
    reasons = sorted_.set_aside.group_by("reason").agg(pl.len()).sort("reason")
    answer: dict[str, Any] = {
        "invoices": table.height,
        "kept": sorted_.kept.height,
        "set_aside": dict(reasons.iter_rows()),
        "unreadable": [error.envelope("en") for error in unreadable],
        "between_others": of_others,
        "firms": portraits.height,
    }
    if arguments.set_aside:
        _write(sorted_.set_aside, arguments.set_aside)
    if arguments.out:
        _write(portraits, arguments.out)
        return answer
    return answer | {"portraits": portraits.with_columns(pl.col(pl.Date).cast(pl.String)).to_dicts()}


def _read(files: list[Path], firm: str | None) -> tuple[pl.DataFrame, list[YulinError], int]:
    import polars as pl  # noqa: PLC0415 - slow import

    from yulin.atlas.adapters.einvoices import EInvoice, read_einvoices  # noqa: PLC0415 - slow import
    from yulin.atlas.adapters.invoice_tables import read_invoice_table, table_of  # noqa: PLC0415 - slow import
    from yulin.atlas.errors import InvoiceFirmMissingError  # noqa: PLC0415 - slow import

    tables = [read_invoice_table(path) for path in files if path.suffix.lower() not in _EINVOICES]
    digital = [path for path in files if path.suffix.lower() in _EINVOICES]
    if not digital:
        return pl.concat(tables), [], 0
    if not firm:
        raise InvoiceFirmMissingError(name=digital[0].name)
    answers = [answer for path in digital for answer in read_einvoices(path.read_bytes(), path.name)]
    table, of_others = table_of((one for one in answers if isinstance(one, EInvoice)), firm)
    return pl.concat([*tables, table]), [one for one in answers if not isinstance(one, EInvoice)], of_others


def _write(frame: pl.DataFrame, path: Path) -> None:
    with whole_file(path) as out:
        frame.write_parquet(out)
