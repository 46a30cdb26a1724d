"""`yulin atlas control`: who stands behind a firm, and which firms are one group. Needs no database."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yulin.base.errors import InputShapeError, YulinError
from yulin.base.money import parse_fen, yuan_text
from yulin.base.text import Text
from yulin.cli.answers import print_json
from yulin.cli.inputs import csv_rows
from yulin.cli.outputs import whole_file

if TYPE_CHECKING:
    from yulin.atlas.core.control import Holding, Ownership

_ABOUT = (
    "say who stands behind firms. HOLDINGS.csv has the columns holder, firm and percent, and may have holder_name and"
    " firm_name; a firm whose holdings cannot be true is set aside with the reason"
)


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    control = verbs.add_parser(
        "control", help="say who stands behind firms, and which are one group", description=_ABOUT
    )
    control.add_argument("holdings", metavar="HOLDINGS.csv", type=Path)
    control.add_argument("--firm", metavar="CODE", help="one firm: every part behind it, and its controller")
    control.add_argument(
        "--owed", metavar="OWED.csv", type=Path, help="columns firm and yuan: what each group owes in all"
    )
    control.add_argument(
        "--bods", metavar="STATEMENTS.json", type=Path, help="write the holdings as BODS 0.4 statements"
    )
    control.add_argument("--on", metavar="DATE", type=date.fromisoformat, default=None, help="today unless given")
    control.add_argument("--publisher", default="Yulin", help="who publishes the statements")
    control.set_defaults(run=_control)


def _control(arguments: argparse.Namespace) -> int:
    from yulin.atlas.core.bods import bods_statements  # noqa: PLC0415 - slow import
    from yulin.atlas.core.control import FAULT_NEXT, exposure_of_groups, sort_holdings  # noqa: PLC0415 - slow import

    try:
        holdings, names = read_holdings(arguments.holdings)
        ownership = sort_holdings(holdings)
        answer = _of_one(ownership, arguments.firm) if arguments.firm else _of_all(ownership)
        if arguments.owed:
            owed = exposure_of_groups(ownership, read_owed(arguments.owed))
            answer["owed_yuan"] = {group: yuan_text(fen) for group, fen in owed.items()}
        if arguments.bods:
            on = arguments.on or date.today()  # noqa: DTZ011 - the shell's own day
            statements = bods_statements(ownership, names, published_on=on, publisher=arguments.publisher)
            with whole_file(arguments.bods) as out:
                out.write(json.dumps(list(statements), ensure_ascii=False, indent=1).encode())
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    aside = [
        {
            "firm": one.firm,
            "fault": one.fault.value,
            "why": one.why.en,
            "why_zh": one.why.zh,
            "next": FAULT_NEXT.en,
            "next_zh": FAULT_NEXT.zh,
        }
        for one in ownership.set_aside
    ]
    print_json(answer | {"set_aside": aside})
    return 0


def read_holdings(path: Path) -> tuple[list[Holding], dict[str, str]]:
    """Return the holdings of a CSV file and the names it gives. **Raises**: `BASE.INPUT.SHAPE`."""
    from yulin.atlas.core.control import Holding  # noqa: PLC0415 - slow import

    holdings: list[Holding] = []
    names: dict[str, str] = {}
    for number, row in enumerate(csv_rows(path, ("holder", "firm", "percent")), 2):
        text = row["percent"].removesuffix("%").strip()
        try:
            share = Fraction(text) / 100
        except (ValueError, ZeroDivisionError):
            raise InputShapeError(
                found=f"{path}:{number}: {row['percent'] or '–'}",
                needed=Text("百分比，如33.4", "a percentage such as 33.4"),
            ) from None
        if not row["holder"] or not row["firm"]:
            raise InputShapeError(
                found=f"{path}:{number}: –", needed=Text("股东和企业", "a holder and a firm in each row")
            )
        holdings.append(Holding(row["holder"], row["firm"], share))
        names |= {row[each]: row[f"{each}_name"] for each in ("holder", "firm") if row.get(f"{each}_name")}
    return holdings, names


def read_owed(path: Path) -> dict[str, int]:
    """Return what each firm owes in fen, its rows summed. **Raises**: `BASE.INPUT.SHAPE`, `BASE.MONEY.…`."""
    owed: dict[str, int] = {}
    for number, row in enumerate(csv_rows(path, ("firm", "yuan")), 2):
        if not row["firm"]:
            raise InputShapeError(found=f"{path}:{number}: –", needed=Text("企业", "a firm in each row"))
        owed[row["firm"]] = owed.get(row["firm"], 0) + parse_fen(row["yuan"]).fen
    return owed


def _of_one(ownership: Ownership, firm: str) -> dict[str, Any]:
    from yulin.atlas.core.control import controllers, groups, owners_in_the_end, shares_behind  # noqa: PLC0415 - slow

    if firm not in ownership.holders_of and all(one.firm != firm for one in ownership.set_aside):
        raise InputShapeError(found=firm, needed=Text("表中的一家企业", "a firm of the table"))
    group = next((firms for firms in groups(ownership).values() if firm in firms), ())
    return {
        "firm": firm,
        "controller": controllers(ownership).get(firm),
        "group": group,
        "owners_in_the_end": {name: _percent(share) for name, share in owners_in_the_end(ownership, firm).items()},
        "behind": {name: _percent(share) for name, share in shares_behind(ownership, firm).items()},
    }


def _of_all(ownership: Ownership) -> dict[str, Any]:
    from yulin.atlas.core.control import controllers, groups  # noqa: PLC0415 - slow import

    return {"firms": len(ownership.holders_of), "controllers": controllers(ownership), "groups": groups(ownership)}


def _percent(share: Fraction) -> float:
    return round(float(share * 100), 6)
