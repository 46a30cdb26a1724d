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
from yulin.exchange.errors import BankUnknownError
from yulin.settings.environment import upload_limits

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
    about = "check a loan file and enrol the rows that pass; the same file again enrols nothing twice"
    enrol = verbs.add_parser("enrol", help=about, description=about)
    enrol.add_argument("file", metavar="FILE", type=Path, help="an XLSX or CSV file")
    enrol.add_argument("--as", dest="kind", choices=["loans"], default="loans", help="what the file holds")
    enrol.add_argument("--bank", required=True, help="the code of the bank that files")
    enrol.add_argument("--scheme", required=True, help="the published scheme")
    enrol.add_argument("--whole-file", action="store_true", help="enrol nothing if one row is refused")
    enrol.add_argument("--dry-run", action="store_true", help="check against the book, enrol nothing")
    enrol.set_defaults(run=_enrol)


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
    from yulin.exchange.adapters.bounds import Bounds  # noqa: PLC0415 - slow import
    from yulin.exchange.adapters.files import read_path  # noqa: PLC0415 - slow import
    from yulin.exchange.core.reasons import REASONS, WORDS  # noqa: PLC0415 - slow import
    from yulin.exchange.core.typing import type_sheet  # noqa: PLC0415 - slow import
    from yulin.exchange.core.verdicts import join_findings, tally_rows, verdicts_of  # noqa: PLC0415 - slow import
    from yulin.kit.limits import BYTES_PER_MB  # noqa: PLC0415 - slow import
    from yulin.pool.adapters.laws import shipped_laws  # noqa: PLC0415 - slow import
    from yulin.pool.core.screening import SCREENING_REASONS, form_of, screen_loans, screening_words  # noqa: PLC0415 - slow import

    laws = shipped_laws(scheme_id)
    form = form_of(laws)
    megabytes, rows = upload_limits()
    sheet = read_path(path, Bounds(file_bytes=megabytes * BYTES_PER_MB, rows=rows))
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


def _enrol(arguments: argparse.Namespace) -> int:
    from yulin.cli.instance import book_ready  # noqa: PLC0415 - slow import

    try:
        with book_ready():
            answer = enrol_file(arguments)
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except OSError as error:
        print(f"{arguments.file}: {error.strerror}", file=sys.stderr)
        return 2
    print_json(answer)
    return int("error" in answer)


def enrol_file(arguments: argparse.Namespace) -> dict[str, Any]:
    """Receive, check and, unless it is a dry run, enrol a file; columns that nobody confirmed are guessed by heads."""
    from yulin.exchange.core.columns import ColumnMapping  # noqa: PLC0415 - app ready
    from yulin.exchange.enums import UploadMode, UploadState  # noqa: PLC0415 - app ready
    from yulin.exchange.selectors import upload_for  # noqa: PLC0415 - app ready
    from yulin.exchange.services import receive_upload, save_mapping  # noqa: PLC0415 - app ready
    from yulin.exchange.services.receiving import Parcel  # noqa: PLC0415 - app ready
    from yulin.kit.limits import upload_limit_bytes  # noqa: PLC0415 - app ready
    from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready
    from yulin.people.selectors import organisation_by_code  # noqa: PLC0415 - app ready
    from yulin.pool.services.check_upload import check_upload  # noqa: PLC0415 - app ready
    from yulin.pool.services.enrol_upload import enrol_upload  # noqa: PLC0415 - app ready

    bank = organisation_by_code(arguments.bank)
    if bank is None:
        raise BankUnknownError(arguments.bank)
    mode = UploadMode.WHOLE_FILE if arguments.whole_file else UploadMode.VALID_ROWS
    parcel = Parcel(bank.pk, scheme_id=arguments.scheme, mode=mode)
    limit = upload_limit_bytes()
    with arguments.file.open("rb") as content:
        upload, is_new = receive_upload(
            actor=SYSTEM_ACTOR, parcel=parcel, file_name=arguments.file.name, content=content, limit_bytes=limit
        )
    if upload.state != UploadState.ENROLLED:
        check_upload(actor=SYSTEM_ACTOR, upload_id=upload.pk)
        upload = upload_for(SYSTEM_ACTOR, upload.pk)
        if upload.state == UploadState.MAPPING:
            guess = ColumnMapping.from_json(upload.columns)
            save_mapping(actor=SYSTEM_ACTOR, upload_id=upload.pk, mapping=guess)
            check_upload(actor=SYSTEM_ACTOR, upload_id=upload.pk)
            upload = upload_for(SYSTEM_ACTOR, upload.pk)
    why = upload.error_texts
    if upload.state == UploadState.FAILED and why is not None:
        code, message, hint = why
        return {"upload": upload.pk, "error": {"code": code, "message": message.en, "hint": hint.en}}
    answer = {
        "upload": upload.pk,
        "is_new": is_new,
        "rows": upload.rows_total,
        "accepted": upload.accepted_count,
        "warned": upload.warned_count,
        "refused": upload.refused_count,
    }
    if arguments.dry_run:
        return answer
    return answer | {"enrolment": enrol_upload(actor=SYSTEM_ACTOR, upload_id=upload.pk)}


def _mapping(path: Path | None, sheet: Sheet, form: FileForm) -> ColumnMapping | None:
    if path is None:
        return None
    import json  # noqa: PLC0415 - slow import

    from yulin.exchange.core.columns import ColumnMapping, apply_kept  # noqa: PLC0415 - slow import
    from yulin.exchange.core.typing import head_of  # noqa: PLC0415 - slow import

    kept = ColumnMapping.from_json(json.loads(path.read_text(encoding="utf-8")))
    return apply_kept(kept, head_of(sheet, form), form)
