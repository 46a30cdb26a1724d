"""`yulin pool settle FILE`: losses settled under scheme packs alone. Needs no database."""

from __future__ import annotations

import argparse

from yulin.cli.answers import answer_file


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs of `yulin pool`."""
    area = subparsers.add_parser("pool", help="schemes: settle")
    verbs = area.add_subparsers(dest="verb", required=True, metavar="VERB")
    about = "say who bears what of each loss, to the last fen"
    settle = verbs.add_parser("settle", help=about, description=about)
    settle.add_argument("file", metavar="FILE", help="a JSON list of inputs; - is standard input")
    settle.set_defaults(run=_settle)


def _settle(arguments: argparse.Namespace) -> int:
    from yulin.pool.adapters.schemes import settle_answer  # noqa: PLC0415 - slow import

    return answer_file(arguments.file, settle_answer)
