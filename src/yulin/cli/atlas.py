"""`yulin atlas …`: names, records, invoices, the files of sources and holdings of firms from the shell."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yulin.base.errors import YulinError
from yulin.cli import (
    atlas_control,
    atlas_entities,
    atlas_features,
    atlas_invoices,
    atlas_link,
    atlas_retention,
    atlas_sources,
)
from yulin.cli.answers import answer_file, field, print_json
from yulin.cli.inputs import text_encoding
from yulin.cli.outputs import show_percent, whole_file


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs of `yulin atlas`."""
    area = subparsers.add_parser(
        "atlas", help="firms: match names, find which records are one firm, read invoices and holdings"
    )
    verbs = area.add_subparsers(dest="verb", required=True, metavar="VERB")
    about = "find the full names that short or written names mean; writes query, rank, name and score, tab-separated"
    match = verbs.add_parser("match-names", help=about, description=about)
    match.add_argument("queries", metavar="QUERIES.txt", type=Path, help="one name a line")
    match.add_argument("--against", metavar="NAMES.txt", type=Path, required=True, help="full names, one a line")
    match.add_argument("--top", metavar="N", type=_positive, default=10, help="the best N names of each query")
    match.add_argument("--out", metavar="RUN.tsv", type=Path, required=True)
    match.set_defaults(run=_match)
    about = "say part by part whether two names can be one firm's"
    compare = verbs.add_parser("compare-names", help=about, description=about)
    compare.add_argument("file", metavar="FILE", help='a JSON list of {"left", "right"}; - is standard input')
    compare.set_defaults(run=lambda arguments: answer_file(arguments.file, compare_answer))
    atlas_entities.register(verbs)
    atlas_link.register(verbs)
    atlas_invoices.register(verbs)
    atlas_sources.register(verbs)
    atlas_control.register(verbs)
    atlas_retention.register(verbs)
    atlas_features.register(verbs)


def compare_answer(each: dict[str, Any]) -> dict[str, Any]:
    """Return verdict, score and the reason of each part of two names."""
    from yulin.atlas.core.names import compare_names  # noqa: PLC0415 - slow import

    found = compare_names(field(each, "left", str), field(each, "right", str))
    return {
        "verdict": found.verdict.value,
        "score": found.score,
        "parts": [
            {
                "part": one.part_name.en,
                "agreement": one.agreement.value,
                "left": one.left,
                "right": one.right,
                "why": one.why.en,
                "why_zh": one.why.zh,
            }
            for one in found.findings
        ],
    }


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _match(arguments: argparse.Namespace) -> int:
    try:
        print_json(match_files(arguments.queries, arguments.against, arguments.top, arguments.out))
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def match_files(queries: Path, against: Path, top: int, out: Path) -> dict[str, int]:
    """Write the best names of each query of a file, query by query, and return the counts."""
    from yulin.atlas.core.name_search import NameSearch  # noqa: PLC0415 - slow import

    wanted = sum(1 for _ in named_lines(queries))
    names = list(dict.fromkeys(named_lines(against)))
    search = NameSearch(names)
    asked = found = 0
    with whole_file(out) as run:
        for query in named_lines(queries):
            hits = search.find(query, top)
            asked, found = asked + 1, found + bool(hits)
            for rank, hit in enumerate(hits, 1):
                run.write(f"{query}\t{rank}\t{names[hit.position]}\t{hit.score:.4f}\n".encode())
            if asked * 100 // wanted != (asked - 1) * 100 // wanted:
                show_percent(asked * 100 // wanted)
    return {"queries": asked, "names": len(names), "found": found, "not_found": asked - found}


def named_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a text file that hold something, tabs as blanks. **Raises**: `BASE.INPUT.SHAPE`."""
    with path.open(encoding=text_encoding(path)) as lines:
        for line in lines:
            text = " ".join(line.split())
            if text:
                yield text
