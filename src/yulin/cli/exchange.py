"""`yulin exchange check|enrol`: a bank's file read, judged and enrolled from the shell.

`check` needs no database: it reads the packs that ship with Yulin and writes nothing.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yulin.base.errors import YulinError
from yulin.cli.answers import print_json

if TYPE_CHECKING:
    from yulin.exchange.core.columns import ColumnMapping
    from yulin.exchange.core.fields import FileForm
    from yulin.exchange.core.sheets import Sheet


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs of `yulin exchange`."""
    area = subparsers.add_parser("exchange", help="files: check, enrol")
    verbs = area.add_subparsers(dest="verb", required=True, metavar="VERB")
    about = "say of every row whether it would be enrolled, and why not; writes nothing"
    check = verbs.add_parser("check", help=about, description=about)
    check.add_argument("file", metavar="FILE", type=Path, help="an XLSX or CSV file")
    check.add_argument("--as", dest="kind", choices=["loans"], default="loans", help="what the file holds")
    check.add_argument("--bank", default="", help="the bank's code; an unknown one has no saved mapping")
    check.add_argument("--scheme", required=True, help="the scheme's pack")
    check.add_argument("--mapping", type=Path, help="a saved mapping as JSON; else columns are guessed by their heads")
    check.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    try:
        answer = check_file(arguments.file, arguments.scheme, arguments.mapping)
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except OSError as error:
        print(f"{arguments.file}: {error.strerror}", file=sys.stderr)
        return 2
    print_json(answer)
    return 0


def check_file(path: Path, scheme_id: str, mapping_path: Path | None = None) -> dict[str, Any]:
    """Return the verdicts of a loan file under a shipped scheme, as the acceptance tests read them."""
    from yulin.exchange.adapters.files import read_path  # noqa: PLC0415 - slow import
    from yulin.exchange.core.reasons import REASONS, WORDS  # noqa: PLC0415 - slow import
    from yulin.exchange.core.typing import type_sheet  # noqa: PLC0415 - slow import
    from yulin.exchange.core.verdicts import join_findings, tally_rows, verdicts_of  # noqa: PLC0415 - slow import
    from yulin.pool.adapters.laws import shipped_laws  # noqa: PLC0415 - slow import
    from yulin.pool.core.screening import SCREENING_REASONS, form_of, screen_loans, screening_words  # noqa: PLC0415 - slow import

    laws = shipped_laws(scheme_id)
    form = form_of(laws)
    sheet = read_path(path)
    typed = type_sheet(sheet, form, _mapping(mapping_path, sheet, form))
    screened = screen_loans(typed.valid, laws, typed.letters)
    reasons = {**REASONS, **SCREENING_REASONS}
    findings = join_findings([typed.findings, screened.findings])
    tally = tally_rows(typed.row_count, findings, reasons)
    verdicts = verdicts_of(findings, reasons, {**screening_words(laws), **WORDS})
    return {
        "rows": tally.rows,
        "accepted": tally.accepted,
        "warned": tally.warned,
        "refused": tally.refused,
        "sheet": typed.sheet_name,
        "remarks": [remark.en for remark in typed.remarks],
        "verdicts": [
            {
                "row": verdict.row,
                "cell": verdict.cell,
                "code": verdict.code,
                "severity": verdict.severity.value,
                "message": verdict.message.en,
                "message_zh": verdict.message.zh,
                "next": verdict.next.en,
            }
            for verdict in verdicts
        ],
    }


def _mapping(path: Path | None, sheet: Sheet, form: FileForm) -> ColumnMapping | None:
    if path is None:
        return None
    import json  # noqa: PLC0415 - slow import

    from yulin.exchange.core.columns import ColumnMapping, apply_kept  # noqa: PLC0415 - slow import
    from yulin.exchange.core.typing import head_of  # noqa: PLC0415 - slow import

    kept = ColumnMapping.from_json(json.loads(path.read_text(encoding="utf-8")))
    return apply_kept(kept, head_of(sheet, form), form)
