"""`yulin pool file-reguarantee`: the file that a body behind the guarantors gets of a scheme and a period."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from yulin.base.text import Text
from yulin.cli.instance import database_ready, shell_language, tell
from yulin.cli.outputs import whole_file


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    about = "write what a re-guarantor or the national fund is told of a scheme and a period: loans, claims, recoveries"
    verb = verbs.add_parser("file-reguarantee", help=about, description=about)
    verb.add_argument("scheme", metavar="SCHEME", help="of which scheme")
    verb.add_argument("--party", metavar="LAYER", default="reguarantor", help="reguarantor (default) or national_fund")
    verb.add_argument("--from", dest="since", type=date.fromisoformat, required=True, metavar="DATE", help="first day")
    verb.add_argument("--to", dest="until", type=date.fromisoformat, required=True, metavar="DATE", help="last day")
    verb.add_argument(
        "--out", metavar="FILE", type=Path, required=True, help="the file to write: a workbook, or CSV by its name"
    )
    verb.set_defaults(run=_file)


def _file(arguments: argparse.Namespace) -> int:
    with database_ready():
        from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready
        from yulin.pool.adapters.filing_files import filing_csv, filing_xlsx  # noqa: PLC0415 - app ready
        from yulin.pool.selectors.reguarantee import filing_for  # noqa: PLC0415 - app ready

        filing = filing_for(
            SYSTEM_ACTOR, scheme_id=arguments.scheme, party=arguments.party, first=arguments.since,
            last=arguments.until,
        )  # fmt: skip
        write = filing_csv if arguments.out.suffix.lower() == ".csv" else filing_xlsx
        with whole_file(arguments.out) as out:
            out.write(write(filing, shell_language()))
        counts = "，".join(f"{one.name.zh}{one.rows}" for one in filing.sums)
        rows = ", ".join(f"{one.name.en.lower()} {one.rows}" for one in filing.sums)
        tell(Text(f"{arguments.out}：{counts}", f"{arguments.out}: {rows}"))
    return 0
