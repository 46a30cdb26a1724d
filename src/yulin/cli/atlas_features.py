"""`yulin atlas features`: what counts about every firm on a day as one table that rules read."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from yulin.base.errors import YulinError
from yulin.cli.answers import print_json
from yulin.cli.outputs import show_percent
from yulin.settings.environment import read_text

_ENGINES = ("polars", "spark")


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    about = (
        "write one row a firm and one column a fact: what counted on a day, as it was known at an instant. The file is"
        " what yulin rules population reads. Rows are the same on one machine (polars) and on Spark"
    )
    verb = verbs.add_parser("features", help="write what counts about every firm as one table", description=about)
    asked = verb.add_mutually_exclusive_group(required=True)
    asked.add_argument("--facts", metavar="A,B,C", type=_names, help="by their names in the vocabulary or in files")
    asked.add_argument("--all", action="store_true", help="every fact that anything is said about")
    verb.add_argument("--as-of", metavar="DAY", type=date.fromisoformat, help="today unless given")
    verb.add_argument(
        "--known-at", metavar="INSTANT", type=_instant, help="such as 2026-05-06T12:00+08:00; now unless given"
    )
    verb.add_argument("--engine", choices=_ENGINES, help="else YULIN_ENGINE, else polars")
    verb.add_argument("--out", metavar="FILE.parquet", type=Path, required=True)
    verb.set_defaults(run=_features)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError("an instant says its zone, as 2026-05-06T12:00+08:00 or …Z")
    return found.astimezone(UTC)


def _features(arguments: argparse.Namespace) -> int:
    from yulin.cli.instance import book_ready  # noqa: PLC0415 - slow import

    engine = arguments.engine or read_text("YULIN_ENGINE", "polars")
    if engine not in _ENGINES:
        print(f"YULIN_ENGINE is {engine!r}; it must be polars or spark.", file=sys.stderr)
        return 2
    try:
        with book_ready():
            answer = write_feature_table(arguments.facts, arguments.out, arguments.as_of, arguments.known_at, engine)
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print_json(answer)
    return 0


def write_feature_table(
    facts: Sequence[str] | None,
    out: Path,
    as_of: date | None = None,
    known_at: datetime | None = None,
    engine: str = "polars",
) -> dict[str, Any]:
    """Write the table of some facts, or of all (None), and return what was written."""
    from yulin.atlas.services.featuring import FeaturesAsked, write_features  # noqa: PLC0415 - app ready
    from yulin.kit import clock  # noqa: PLC0415 - app ready
    from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready

    asked = FeaturesAsked(facts, as_of or clock.business_date(), known_at or clock.now(), engine)
    written = write_features(
        actor=SYSTEM_ACTOR, asked=asked, out=out, tell=lambda done, rows: show_percent(done * 100 // max(rows, 1))
    )
    return {
        "firms": written.firms,
        "columns": list(written.columns),
        "as_of": asked.on.isoformat(),
        "known_at": asked.known_at.isoformat(),
        "engine": engine,
        "out": str(out),
    }
