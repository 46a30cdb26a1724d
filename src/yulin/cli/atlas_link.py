"""`yulin atlas link`: which records without codes are probably one, by a plan, and why. Needs no database."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from yulin.base.errors import YulinError
from yulin.cli.answers import print_json
from yulin.cli.atlas_entities import read_judgements
from yulin.cli.outputs import whole_file

if TYPE_CHECKING:
    from yulin.atlas.adapters.linking import Linked

_ABOUT = (
    "say which records without codes are probably one, with probability and weight of each column. PLAN is a YAML file"
    " (docs/operate/linking.md) or the id of a shipped plan (firms). RECORDS is CSV or Parquet; nothing is learnt from"
    " labels. Needs make link"
)
_ENTITY_HEAD = ("entity", "key", "tied_to", "probability", "weight", "why_zh", "why")
_PAIR_HEAD = ("left", "right", "verdict", "probability", "weight", "why_zh", "why")


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    link = verbs.add_parser(
        "link", help="say which records without codes are probably one, and why", description=_ABOUT
    )
    link.add_argument("plan", metavar="PLAN")
    link.add_argument("records", metavar="RECORDS", type=Path)
    link.add_argument("--judgements", metavar="JUDGEMENTS.csv", type=Path, help="what persons decided before")
    link.add_argument("--out", metavar="ENTITIES.csv", type=Path, required=True, help="entity and key of each record")
    link.add_argument("--pairs", metavar="PAIRS.csv", type=Path, help="every pair that is a match or possible, and why")
    link.set_defaults(run=_link)


def _link(arguments: argparse.Namespace) -> int:
    from yulin.atlas.adapters.linking import link_file  # noqa: PLC0415 - slow import
    from yulin.atlas.adapters.shipped_linkages import link_plan  # noqa: PLC0415 - slow import
    from yulin.atlas.core.entities import standing  # noqa: PLC0415 - slow import

    try:
        judgements = read_judgements(arguments.judgements) if arguments.judgements else []
        judged = {pair: one.is_same for pair, one in standing(judgements).items()}
        found = link_file(link_plan(arguments.plan), arguments.records, judged)
        _write(arguments.out, _ENTITY_HEAD, _entity_rows(found))
        if arguments.pairs:
            _write(arguments.pairs, _PAIR_HEAD, _pair_rows(found))
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    matches = found.pairs["verdict"].eq("match").sum()
    print_json(
        {
            "records": sum(map(len, found.grouped.groups)),
            "entities": len(found.grouped.groups),
            "matches": matches,
            "possible": found.pairs.height - matches,
            "kept_apart_by_judgement": len(found.grouped.barred),
        }
    )
    return 0


def _pair_rows(found: Linked) -> Iterator[tuple[str, ...]]:
    for verdict, one in found.weighed():
        yield (*one.pair, verdict, *_figures(one.probability, one.weight), one.why.zh, one.why.en)


def _entity_rows(found: Linked) -> Iterator[tuple[str, ...]]:
    """Yield each record with the surest pair that ties it into its group; a record alone has none."""
    matches = found.pairs.filter(found.pairs["verdict"] == "match")
    entity_of = {key: number for number, keys in enumerate(found.grouped.groups, 1) for key in keys}
    surest: dict[str, tuple[str, ...]] = {}
    for _, one in found.weighed(matches):
        left, right = one.pair
        if entity_of[left] == entity_of[right] and (left not in surest or right not in surest):
            told = (*_figures(one.probability, one.weight), one.why.zh, one.why.en)
            surest.setdefault(left, (right, *told))
            surest.setdefault(right, (left, *told))
    for key, number in entity_of.items():
        yield (str(number), key, *surest.get(key, ("",) * 5))


def _figures(probability: float, weight: float) -> tuple[str, str]:
    return f"{probability:.4f}", f"{weight:.1f}"


def _write(path: Path, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with whole_file(path) as out:
        text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
        table = csv.writer(text)
        table.writerow(head)
        table.writerows(rows)
        text.detach()
