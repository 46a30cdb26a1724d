"""`yulin pool settle|check`: losses settled, scheme packs looked through, from the packs alone. Needs no database."""

from __future__ import annotations

import argparse
from typing import Any

from yulin.cli.answers import answer_file, print_json


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs of `yulin pool`."""
    area = subparsers.add_parser("pool", help="schemes: settle, check")
    verbs = area.add_subparsers(dest="verb", required=True, metavar="VERB")
    about = "say who bears what of each loss, to the last fen"
    settle = verbs.add_parser("settle", help=about, description=about)
    settle.add_argument("file", metavar="FILE", help="a JSON list of inputs; - is standard input")
    settle.set_defaults(run=_settle)
    about = "run the cases beside scheme packs, and say what their numbers do at the edges"
    check = verbs.add_parser("check", help=about, description=about)
    check.add_argument("packs", metavar="PACK", nargs="*", help="ids of scheme packs; all that ship, if none is named")
    check.add_argument("--json", action="store_true", help="print JSON")
    check.set_defaults(run=_check)


def _settle(arguments: argparse.Namespace) -> int:
    from yulin.pool.adapters.schemes import settle_answer  # noqa: PLC0415 - slow import

    return answer_file(arguments.file, settle_answer)


def _check(arguments: argparse.Namespace) -> int:
    from yulin.pool.adapters.schemes import check_scheme, scheme_ids  # noqa: PLC0415 - slow import

    found = [check_scheme(pack_id) for pack_id in arguments.packs or scheme_ids()]
    if arguments.json:
        print_json(found)
    else:
        _print(found)
    return int(any(one["failing"] for one in found))


def _print(found: list[dict[str, Any]]) -> None:
    for one in found:
        print(f"{one['pack']}: {one['cases']} cases, {len(one['failing'])} failing")
        for line in one["failing"]:
            print(f"  fails: {line}")
        for remark in one["remarks"]:
            print(f"  {remark['code']} {remark['says']} ({remark['row']})")
