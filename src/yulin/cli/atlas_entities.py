"""`yulin atlas resolve`: which records are one firm, why, and what a person has to decide. Needs no database.

`yulin atlas keep-entities` does so with all records of the book, and keeps the numbers there.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from yulin.base.errors import InputShapeError, YulinError
from yulin.base.text import Text
from yulin.cli.answers import print_json
from yulin.cli.inputs import csv_rows
from yulin.cli.outputs import whole_file

if TYPE_CHECKING:
    from yulin.atlas.core.entities import Judgement, Resolution, Tie
    from yulin.atlas.core.entity_ids import Numbered
    from yulin.atlas.core.identity import FirmRecord, Reason

_ABOUT = (
    "say which records are one firm. RECORDS.csv has the column key and any of name, code, former_codes, former_names"
    " (several with ;), founded_on, representative, address; JUDGEMENTS.csv has left, right, same (yes or no),"
    " judged_at, judged_by, reason. ENTITIES.csv of an earlier run given as --before keeps the numbers of entities"
)

_KEEP_ABOUT = (
    "take records in beside those that the book knows, resolve all, and keep the number of each with its history and"
    " why, for the page of entities. Files as in yulin atlas resolve; the same file again changes nothing"
)


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    resolve = verbs.add_parser("resolve", help="say which records of a file are one firm, and why", description=_ABOUT)
    resolve.add_argument("records", metavar="RECORDS.csv", type=Path)
    resolve.add_argument("--judgements", metavar="JUDGEMENTS.csv", type=Path, help="what persons decided before")
    resolve.add_argument(
        "--out", metavar="ENTITIES.csv", type=Path, required=True, help="entity and key of each record"
    )
    resolve.add_argument("--before", metavar="ENTITIES.csv", type=Path, help="numbers that an earlier run gave")
    resolve.add_argument("--possible", metavar="POSSIBLE.csv", type=Path, help="pairs that wait for a person")
    resolve.set_defaults(run=_resolve)
    keep = verbs.add_parser(
        "keep-entities",
        help="resolve records with all that the book knows, and keep numbers, reasons and history",
        description=_KEEP_ABOUT,
    )
    keep.add_argument("records", metavar="RECORDS.csv", type=Path)
    keep.add_argument("--judgements", metavar="JUDGEMENTS.csv", type=Path, help="what persons decided elsewhere")
    keep.set_defaults(run=_keep)


def _resolve(arguments: argparse.Namespace) -> int:
    from yulin.atlas.core.entities import resolve  # noqa: PLC0415 - slow import
    from yulin.atlas.core.entity_ids import number_entities  # noqa: PLC0415 - slow import

    try:
        records = read_records(arguments.records)
        judgements = read_judgements(arguments.judgements) if arguments.judgements else []
        before = read_numbers(arguments.before) if arguments.before else {}
        found = resolve(records, judgements)
        numbered = number_entities(found.entities, before, max(before.values(), default=0) + 1)
        _write(arguments.out, ("entity", "key", "tied_to", "why_zh", "why"), _entity_rows(found, numbered))
        if arguments.possible:
            _write(arguments.possible, ("left", "right", "points", "why_zh", "why"), map(_possible_row, found.possible))
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print_json(
        {
            "records": len(records),
            "entities": len(found.entities),
            "possible": len(found.possible),
            "conflicts": [{"pair": one.tie.pair, "why": one.because.sentence.en} for one in found.conflicts],
            "not_compared": list(found.crowded),
            "merged_into": numbered.merged,
            "parted_from": numbered.parted,
        }
    )
    return 0


def _keep(arguments: argparse.Namespace) -> int:
    from yulin.cli.instance import book_ready  # noqa: PLC0415 - slow import

    try:
        records = read_records(arguments.records)
        judgements = read_judgements(arguments.judgements) if arguments.judgements else []
        with book_ready():
            print_json(keep_entities(arguments.records, records, judgements))
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def keep_entities(path: Path, records: list[FirmRecord], judgements: list[Judgement]) -> dict[str, object]:
    """Resolve records with those of the book, and return the counts of the run."""
    from yulin.atlas.services.resolving import RecordsFile, resolve_records  # noqa: PLC0415 - app ready
    from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready

    file = RecordsFile(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    run = resolve_records(actor=SYSTEM_ACTOR, records=records, judgements=judgements, file=file)
    kinds = list(run.changes.values_list("kind", flat=True))
    return {
        "run": run.pk,
        "records": run.records,
        "entities": run.entities,
        "possible": run.possible,
        "merged": kinds.count("merged"),
        "parted": kinds.count("parted"),
    }


def read_records(path: Path) -> list[FirmRecord]:
    """Return the records of a CSV file. **Raises**: `BASE.INPUT.SHAPE` (a column, a day, a key twice)."""
    from yulin.atlas.core.identity import FirmRecord  # noqa: PLC0415 - slow import

    records: dict[str, FirmRecord] = {}
    for number, row in enumerate(csv_rows(path, ("key",)), 2):
        key = row["key"]
        if not key or key in records:
            raise InputShapeError(
                found=f"{path}:{number}: {key or '–'}", needed=Text("唯一的键", "a key that no other row has")
            )
        founded_on = row.get("founded_on", "")
        records[key] = FirmRecord(
            key,
            row.get("name", ""),
            row.get("code", ""),
            _several(row.get("former_codes", "")),
            _several(row.get("former_names", "")),
            _day(founded_on, path, number) if founded_on else None,
            row.get("representative", ""),
            row.get("address", ""),
        )
    return list(records.values())


def read_judgements(path: Path) -> list[Judgement]:
    """Return the judgements of a CSV file. **Raises**: `BASE.INPUT.SHAPE` (a column, an instant, no yes or no)."""
    from yulin.atlas.core.entities import Judgement  # noqa: PLC0415 - slow import

    judgements = []
    for number, row in enumerate(csv_rows(path, ("left", "right", "same", "judged_at", "judged_by")), 2):
        if row["same"] not in {"yes", "no"}:
            raise InputShapeError(found=f"{path}:{number}: {row['same'] or '–'}", needed=Text("yes或no", "yes or no"))
        judgements.append(
            Judgement(
                row["left"],
                row["right"],
                row["same"] == "yes",
                _instant(row["judged_at"], path, number),
                row["judged_by"],
                row.get("reason", ""),
            )
        )
    return judgements


def read_numbers(path: Path) -> dict[str, int]:
    """Return the entity of each record of an earlier run. **Raises**: `BASE.INPUT.SHAPE` (a column, no number)."""
    numbers: dict[str, int] = {}
    for number, row in enumerate(csv_rows(path, ("entity", "key")), 2):
        if not row["entity"].isdecimal():
            raise InputShapeError(
                found=f"{path}:{number}: {row['entity'] or '–'}", needed=Text("主体编号", "the number of an entity")
            )
        numbers[row["key"]] = int(row["entity"])
    return numbers


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("；", ";").split(";") if part.strip())


def _day(text: str, path: Path, number: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputShapeError(
            found=f"{path}:{number}: {text}", needed=Text("日期，如2026-01-31", "a day such as 2026-01-31")
        ) from None


def _instant(text: str, path: Path, number: int) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InputShapeError(
            found=f"{path}:{number}: {text or '–'}",
            needed=Text("时间，如2026-01-31T09:00:00+08:00", "an instant such as 2026-01-31T09:00:00+08:00"),
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _entity_rows(found: Resolution, numbered: Numbered) -> Iterable[tuple[str, ...]]:
    for entity in found.entities:
        for key in entity:
            steps = found.how(entity[0], key)
            last = steps[-1] if steps else None
            other = next((each for each in last.pair if each != key), "") if last else ""
            yield (str(numbered.number_of[key]), key, other, *_spoken(last.decision.reasons if last else ()))


def _possible_row(tie: Tie) -> tuple[str, ...]:
    return (*tie.pair, str(tie.decision.points), *_spoken(tie.decision.reasons))


def _spoken(reasons: Iterable[Reason]) -> tuple[str, str]:
    sentences = [reason.sentence for reason in reasons]
    return "；".join(each.zh for each in sentences), "; ".join(each.en for each in sentences)


def _write(path: Path, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with whole_file(path) as out:
        text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
        table = csv.writer(text)
        table.writerow(head)
        table.writerows(rows)
        text.detach()
