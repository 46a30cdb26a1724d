"""`yulin rules assess|check|show|population`: packs from the shell, those that ship. Needs no database."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

from yulin.base.errors import InputShapeError
from yulin.base.text import Text
from yulin.cli.answers import answer_file, field
from yulin.rules.adapters import population_files, spark
from yulin.rules.adapters.shipped import shipped_pack, shipped_pack_ids, shipped_texts, shipped_vocabulary
from yulin.rules.core.assess import assess
from yulin.rules.core.cases import run_cases
from yulin.rules.core.defects import collect_defects
from yulin.rules.core.law_diff import Kind, differences
from yulin.rules.core.linter import lint, lint_versions
from yulin.rules.core.load import load_pack
from yulin.rules.core.pack import DECISIONS, Pack, Row
from yulin.rules.core.versions import laws_of, version_for


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs of `yulin rules`."""
    verbs = subparsers.add_parser("rules", help="packs: show, check, assess").add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    parser = verbs.add_parser("assess", help="assess firms or loans under packs")
    parser.add_argument("file", metavar="FILE", help="a JSON list of {pack, on, facts}; - is standard input")
    parser.set_defaults(run=lambda arguments: answer_file(arguments.file, assess_answer))
    parser = verbs.add_parser("check", help="load packs, run their cases and say what the linter finds")
    parser.add_argument("packs", metavar="PACK", nargs="*", help="the id of a shipped pack, or a folder with one")
    parser.add_argument("--all", action="store_true", help="every shipped pack")
    parser.add_argument("--json", action="store_true", help="one JSON list instead of lines")
    parser.set_defaults(run=check)
    parser = verbs.add_parser("population", help="assess every firm of a Parquet file under packs")
    parser.add_argument("packs", metavar="PACK", nargs="+")
    parser.add_argument("--firms", metavar="F.parquet", required=True, type=Path, help="one row a firm, facts by name")
    parser.add_argument("--out", metavar="O.parquet", required=True, type=Path)
    parser.add_argument("--on", metavar="DATE", type=date.fromisoformat, default=None, help="today unless given")
    parser.add_argument("--engine", choices=sorted(_ENGINES), default="polars")
    parser.add_argument("--missing-unknown", action="store_true", help="a column that is not there is unknown")
    parser.add_argument("--details", action="store_true", help="also points, next bands and the facts that are missing")
    parser.set_defaults(run=population)
    parser = verbs.add_parser("which", help="say which version of a law rules a decision on a day")
    parser.add_argument("pack", metavar="PACK", help="any version of the law")
    parser.add_argument("--on", metavar="DATE", type=date.fromisoformat, default=None, help="today unless given")
    parser.add_argument("--for", dest="decision", choices=DECISIONS, default=DECISIONS[0])
    parser.add_argument("--granted-on", metavar="DATE", type=date.fromisoformat, default=None, help="of a title held")
    parser.set_defaults(run=which)
    parser = verbs.add_parser("diff", help="compare two versions of a law, article by article")
    parser.add_argument("old", metavar="OLD")
    parser.add_argument("new", metavar="NEW")
    parser.add_argument("--json", action="store_true", help="one JSON list instead of lines")
    parser.set_defaults(run=diff)
    parser = verbs.add_parser("show", help="show a pack as law: rows with clause, verification and text")
    parser.add_argument("pack", metavar="PACK")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.set_defaults(run=show)


def assess_answer(each: dict[str, Any]) -> dict[str, Any]:
    """Return the assessment that one input asks for."""
    text = field(each, "on", str)
    try:
        on = date.fromisoformat(text)
    except ValueError as error:
        raise InputShapeError(found=f"on = {text!r}", needed=Text("日期，如2024-05-06", "a day, 2024-05-06")) from error
    pack = shipped_pack(field(each, "pack", str))
    return assess(pack, field(each, "facts", dict), on, applies_to=each.get("applies_to")).as_json()


def check(arguments: argparse.Namespace) -> int:
    """Check packs; the exit status is 1 if one does not load or a case does not hold."""
    ids = shipped_pack_ids() if arguments.all or not arguments.packs else arguments.packs
    reports = [_report(pack_id) for pack_id in ids]
    seams = _seams(pack_id for pack_id in ids if pack_id in shipped_pack_ids())
    if arguments.json:
        print(json.dumps([*reports, *seams], ensure_ascii=False, indent=1))
    else:
        for report in (*reports, *seams):
            _print_report(report)
    return int(any(report["defects"] for report in reports))


def _seams(ids: Iterable[str]) -> list[dict[str, Any]]:
    """Report, for each law with several versions among `ids`, the days that two rule and the days that none does."""
    found = []
    for law in laws_of(shipped_pack(pack_id) for pack_id in ids):
        remarks = [remark.as_json() for remark in lint_versions(law)]
        if remarks:
            found.append({"pack": " → ".join(pack.id for pack in law), "cases": 0, "defects": [], "remarks": remarks})
    return found


def _report(pack_id: str) -> dict[str, Any]:
    texts = texts_of(pack_id)
    defects = collect_defects(texts, shipped_vocabulary())
    if defects:
        return {"pack": pack_id, "cases": 0, "defects": [str(each) for each in defects], "remarks": []}
    pack = load_pack(texts, shipped_vocabulary())
    results, remarks = [*run_cases(pack)], [remark.as_json() for remark in lint(pack)]
    if pack.kind == "scheme":
        from yulin.pool.adapters.schemes import trade_cases, trade_remarks  # noqa: PLC0415 - slow import

        results += trade_cases(pack)
        remarks += [row.remark.as_json() for row in trade_remarks(pack)]
    return {
        "pack": pack.id,
        "version": pack.version,
        "cases": len(results),
        "defects": [str(result.defect()) for result in results if not result.holds],
        "remarks": remarks,
    }


def texts_of(pack: str) -> dict[str, str]:
    """Return the files of a pack: of a folder that holds a `pack.yaml`, else of the shipped pack of that id.

    Raises: RULES.PACK.UNKNOWN.
    """
    folder = Path(pack)
    if not folder.joinpath("pack.yaml").is_file():
        return shipped_texts(pack)
    return {each.name: each.read_text(encoding="utf-8") for each in sorted(folder.glob("*.yaml"))}


def _print_report(report: dict[str, Any]) -> None:
    state = "FAILS" if report["defects"] else "holds"
    print(f"{report['pack']}: {state}, {report['cases']} cases, {len(report['remarks'])} remarks")
    for defect in report["defects"]:
        print(f"  ✗ {defect}")
    for remark in report["remarks"]:
        print(f"  · {remark['code']} {remark['where']}: {remark['message']['zh']}")


def population(arguments: argparse.Namespace) -> int:
    """Assess a table of firms; per pack four columns, `<pack>__outcome`, `__score_low`, `__score_high`, `__band`.

    On request also points per indicator, the next band and what would reach it, and the facts that are missing.
    """
    engine = _ENGINES[arguments.engine]
    assess_file = engine.assess_file_in_detail if arguments.details else engine.assess_file
    rows = assess_file(
        [shipped_pack(pack_id) for pack_id in dict.fromkeys(arguments.packs)],
        arguments.firms,
        arguments.out,
        arguments.on or date.today(),  # noqa: DTZ011 - the shell's own day
        missing_is_unknown=arguments.missing_unknown,
        tell=_tell_progress,
    )
    print(json.dumps({"firms": rows, "packs": len(arguments.packs), "out": str(arguments.out)}))
    return 0


_ENGINES: dict[str, ModuleType] = {"polars": population_files, "spark": spark}


def _tell_progress(done: int, rows: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done:,} / {rows:,}", end="\n" if done == rows else "", file=sys.stderr, flush=True)


def show(arguments: argparse.Namespace) -> int:
    """Show one pack."""
    pack = shipped_pack(arguments.pack)
    if arguments.json:
        print(json.dumps(_as_json(pack), ensure_ascii=False, indent=1))
        return 0
    print(f"{pack.title.zh} · {pack.title.en}\n{pack.document} · {_said(pack.effective_from, pack.effective_until)}")
    if len({*pack.applies_to.values()}) > 1 or len(pack.applies_to) < len(DECISIONS):
        print("  " + "; ".join(f"{name}: {_said(days.first, days.until)}" for name, days in pack.applies_to.items()))
    print(f"  {pack.version}")
    for row in pack.rows():
        said = row.text.zh if row.text else ""
        only = f" [{', '.join(row.applies_to)}]" if row.applies_to else ""
        print(f"  {row.id:<28} {row.clause:<16} {row.verified:<7} {said}{only}")
    return 0


def _said(first: date, until: date | None) -> str:
    return f"{first} – {until or '…'}"


def which(arguments: argparse.Namespace) -> int:
    """Print the id of the version that rules."""
    packs = [shipped_pack(pack_id) for pack_id in shipped_pack_ids()]
    asked = shipped_pack(arguments.pack)
    law = next((law for law in laws_of(packs) if asked in law), (asked,))
    on = arguments.on or date.today()  # noqa: DTZ011 - the shell's own day
    print(version_for(law, arguments.decision, on, arguments.granted_on).id)
    return 0


def diff(arguments: argparse.Namespace) -> int:
    """Print what differs between two packs."""
    found = differences(shipped_pack(arguments.old), shipped_pack(arguments.new))
    if arguments.json:
        print(json.dumps([each.as_json() for each in found], ensure_ascii=False, indent=1))
        return 0
    for each in found:
        clauses = " → ".join(dict.fromkeys(clause for clause in (each.old_clause, each.new_clause) if clause))
        print(f"{each.kind:<9} {each.row}  {clauses}")
        for part in each.parts if each.kind not in {Kind.ADDED, Kind.REMOVED} else ():
            print(f"  {part.path or each.row}: {part.old or '–'} → {part.new or '–'}")
    return 0


def _as_json(pack: Pack) -> dict[str, Any]:
    return {
        "id": pack.id, "kind": pack.kind, "version": pack.version, "title": {"zh": pack.title.zh, "en": pack.title.en},
        "document": pack.document, "effective_from": pack.effective_from.isoformat(),
        "effective_until": pack.effective_until.isoformat() if pack.effective_until else None,
        "replaces": pack.replaces,
        "applies_to": {
            name: {"from": days.first.isoformat(), "until": days.until.isoformat() if days.until else None}
            for name, days in pack.applies_to.items()
        },
        "facts": sorted(pack.slots), "rows": [_row(row) for row in pack.rows()],
    }  # fmt: skip


def _both(text: Text | None) -> dict[str, str] | None:
    return {"zh": text.zh, "en": text.en} if text else None


def _row(row: Row) -> dict[str, Any]:
    return {
        "id": row.id, "clause": row.clause, "verified": row.verified, "source": row.source,
        "note": _both(row.note), "text": _both(row.text),
        "applies_to": list(row.applies_to),
    }  # fmt: skip
