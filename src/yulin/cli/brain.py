"""`yulin brain import|import-policies|projects|search|run|radar|stack`: taken in, asked, matched, stacked."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.cli.answers import print_json
from yulin.cli.inputs import text_encoding
from yulin.cli.instance import book_ready
from yulin.cli.outputs import show_percent, whole_file

if TYPE_CHECKING:
    from yulin.brain.adapters.policy_files import How
    from yulin.brain.core.load_stacking import StackingLaw
    from yulin.brain.core.stacked import Combination, Stacked
    from yulin.brain.core.stacking import Stack
    from yulin.brain.models import Collection

LIBRARY = "policies"


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs of `yulin brain`."""
    area = subparsers.add_parser("brain", help="policies: take texts in, search them")
    verbs = area.add_subparsers(dest="verb", required=True, metavar="VERB")
    about = 'take texts in from lines of {"docid", "text"}, index their words and give their passages vectors'
    take = verbs.add_parser("import", help=about, description=about + "; run again, it goes on where it stopped")
    take.add_argument("file", metavar="FILE.jsonl", type=Path)
    take.add_argument("--collection", metavar="C", default=LIBRARY)
    take.add_argument("--words-only", action="store_true", help="make no vectors now; the running instance makes them")
    take.set_defaults(run=_import)
    about = "take policies into the library from PDF, DOCX, HTML, text, JSON or CSV; tells what was read and left out"
    policies = verbs.add_parser("import-policies", help=about, description=about)
    policies.add_argument("file", metavar="FILE", type=Path)
    policies.add_argument("--source", metavar="NAME", default="", help="the source under which keys are kept")
    policies.add_argument(
        "--area", metavar="AREA", default="", help="where its policies apply if they do not say, as 上海/徐汇区"
    )
    policies.add_argument("--profile", metavar="LAYOUT", default="", help="the layout; else the one that fits")
    policies.add_argument(
        "--known-on", metavar="DAY", type=date.fromisoformat, help="the day of the source; today if not given"
    )
    policies.add_argument("--draft", action="store_true", help="publish nothing: a person checks each policy first")
    policies.add_argument("--dry-run", action="store_true", help="read and report only")
    policies.add_argument(
        "--words-only", action="store_true", help="make no vectors now; the running instance makes them"
    )
    policies.set_defaults(run=_import_policies)
    _register_projects(verbs)
    about = (
        "draft criteria where a policy has none, then decide every firm against every live policy with confirmed ones"
    )
    radar = verbs.add_parser("radar", help=about, description=about + "; run again, it goes on where it stopped")
    radar.set_defaults(run=_radar)
    about = "answer one question from a collection"
    search = verbs.add_parser("search", help=about, description=about)
    search.add_argument("question", metavar="QUESTION")
    search.add_argument("--collection", metavar="C", default=LIBRARY)
    search.add_argument("--top", metavar="N", type=_positive, default=10)
    search.set_defaults(run=_search)
    about = 'answer questions from lines of {"qid", "text"}; writes qid, docid, rank and score, tab-separated'
    run = verbs.add_parser("run", help=about, description=about)
    run.add_argument("queries", metavar="QUERIES.jsonl", type=Path)
    run.add_argument("--collection", metavar="C", default=LIBRARY)
    run.add_argument("--top", metavar="N", type=_positive, default=100)
    run.add_argument("--out", metavar="RUN.tsv", type=Path, required=True)
    run.add_argument("--words-only", action="store_true", help="leave meaning out")
    run.set_defaults(run=_run)
    _register_stack(verbs)


def _register_projects(verbs: Any) -> None:
    about = "take a list of approved projects in from CSV, XLSX or JSON; tells which rows were refused and why"
    projects = verbs.add_parser("projects", help=about, description=about + "; the same list again adds nothing")
    projects.add_argument("file", metavar="FILE", type=Path)
    projects.add_argument("--unit", choices=("wan", "yuan"), default="", help="the unit of amounts that name none")
    projects.add_argument(
        "--column", metavar="HEAD=FIELD", action="append", default=[], help="what a head means that is not known"
    )
    projects.add_argument("--programme", metavar="NAME", default="", help="where rows do not say, as below")
    projects.add_argument("--year", metavar="YEAR", type=int)
    projects.add_argument("--level", choices=("national", "province", "city", "district"), default="")
    projects.add_argument("--authority", metavar="NAME", default="")
    projects.add_argument("--document", metavar="TITLE", default="", help="the notice that the list comes from")
    projects.add_argument("--url", metavar="ADDRESS", default="")
    projects.set_defaults(run=_projects)


def _register_stack(verbs: Any) -> None:
    about = "which combination of benefits pays most: for a firm of the book, or of all benefits in files of law"
    stack = verbs.add_parser("stack", help=about, description=about)
    stack.add_argument("files", metavar="FILE.yaml", type=Path, nargs="*", help="law in place of that in force")
    stack.add_argument("--firm", metavar="USCC", default="", help="a firm of the book; else every benefit is to be had")
    stack.add_argument("--on", metavar="DAY", type=date.fromisoformat, help="the day asked for; today if not given")
    stack.set_defaults(run=_stack)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def lines_of(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each line of a JSONL file. **Raises**: `BRAIN.TEXT.UNREADABLE`."""
    from yulin.brain.errors import TextUnreadableError  # noqa: PLC0415 - slow import

    needed = f'{{"{name}", "text"}}'
    with path.open(encoding=text_encoding(path)) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                each = json.loads(line)
            except ValueError as error:
                raise TextUnreadableError(line=number, found=str(error), needed=needed) from error
            named, text = (each.get(name), each.get("text")) if isinstance(each, dict) else (None, None)
            if not isinstance(named, str | int) or not isinstance(text, str):
                raise TextUnreadableError(line=number, found=line.strip()[:60], needed=needed)
            yield str(named), text


def _import(arguments: argparse.Namespace) -> int:
    try:
        with book_ready():
            from yulin.brain import services  # noqa: PLC0415 - app ready
            from yulin.brain.selectors.texts import collection_named, waiting_passages  # noqa: PLC0415 - app ready
            from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready

            texts = lines_of(arguments.file, "docid")
            taken = services.import_texts(actor=SYSTEM_ACTOR, collection=arguments.collection, texts=texts)
            collection = collection_named(arguments.collection)
            indexed = services.index_words(collection=collection)
            vectors = 0 if arguments.words_only else _embed(collection)
            waiting = waiting_passages(collection)
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    counts = {"new": taken.new, "changed": taken.changed, "same": taken.same}
    print_json({**counts, "indexed": indexed, "vectors": vectors, "waiting_for_vectors": waiting})
    return 0


def _import_policies(arguments: argparse.Namespace) -> int:
    try:
        content = arguments.file.read_bytes()
        with book_ready():
            from yulin.brain import services  # noqa: PLC0415 - app ready
            from yulin.brain.adapters.policy_files import How  # noqa: PLC0415 - app ready
            from yulin.brain.selectors.texts import collection_named, waiting_passages  # noqa: PLC0415 - app ready
            from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready

            how = How(arguments.profile, arguments.area, arguments.known_on)
            if arguments.dry_run:
                print_json(_policies_read(arguments.file.name, content, how))
                return 0
            taken = services.take_in_policies(
                actor=SYSTEM_ACTOR,
                name=arguments.file.name,
                content=content,
                source=arguments.source,
                how=how,
                is_published=not arguments.draft,
            )
            said = {"file": taken.file.pk, "form": taken.file.form, "profile": taken.file.profile}
            said |= taken.report.as_facts()
            if not arguments.draft and taken.versions:
                collection = collection_named(LIBRARY)
                said["indexed"] = services.index_words(collection=collection)
                said["vectors"] = 0 if arguments.words_only else _embed(collection)
                said["waiting_for_vectors"] = waiting_passages(collection)
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print_json(said)
    return 0


def _projects(arguments: argparse.Namespace) -> int:
    try:
        content = arguments.file.read_bytes()
        with book_ready():
            from yulin.brain.core.projects import Usual  # noqa: PLC0415 - app ready
            from yulin.brain.services.projects import ProjectHow, take_in_projects  # noqa: PLC0415 - app ready
            from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready

            usual = Usual(
                amount_unit=arguments.unit, programme=arguments.programme, level=arguments.level, year=arguments.year,
                authority=arguments.authority, document=arguments.document, url=arguments.url,
            )  # fmt: skip
            how = ProjectHow("\n".join(arguments.column), usual)
            taken = take_in_projects(actor=SYSTEM_ACTOR, name=arguments.file.name, content=content, how=how)
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print_json({"file": taken.file.pk, "is_again": taken.is_again, **taken.file.report})
    return 0


def _radar(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - every verb is given them
    try:
        with book_ready():
            from yulin.brain import services  # noqa: PLC0415 - app ready
            from yulin.brain.selectors.radar import waiting_criteria  # noqa: PLC0415 - app ready
            from yulin.kit.clock import business_date  # noqa: PLC0415 - app ready
            from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready

            drafted = services.draft_criteria(actor=SYSTEM_ACTOR)
            run = services.compute_radar(actor=SYSTEM_ACTOR, on=business_date())
            waiting = waiting_criteria().count()
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    said = {"run": run.pk, "on": run.on.isoformat(), "firms": run.firms_done, "policies": len(run.packs)}
    print_json(said | {"drafted": drafted, "criteria_to_confirm": waiting})
    return 0


def _policies_read(name: str, content: bytes, how: How) -> dict[str, Any]:
    from yulin.brain.adapters.policy_files import read_policy_file  # noqa: PLC0415 - app ready

    read = read_policy_file(name, content, how)
    return {
        "form": read.form,
        "profile": read.profile,
        "left_out": [{"title": one.title, "why": one.why} for one in read.left_out],
        "policies": [
            {
                "key": one.key,
                "title": one.title,
                "document_number": one.document_number,
                "authority": one.authority,
                "area": one.area,
                "issued_on": one.issued_on and one.issued_on.isoformat(),
                "opens_on": one.terms.opens_on and one.terms.opens_on.isoformat(),
                "ends_on": one.terms.ends_on and one.terms.ends_on.isoformat(),
                "ending": str(one.terms.ending),
                "amount_fen": one.amount_fen,
                "parts": [part for part, _ in one.parts],
                "sure": dict(one.sure),
                "defects": list(one.defects),
                "place": one.place,
            }
            for one in read.readings
        ],
    }


def _embed(collection: Collection) -> int:
    from yulin.brain import services  # noqa: PLC0415 - app ready
    from yulin.brain.selectors.texts import waiting_passages  # noqa: PLC0415 - app ready

    wanted = waiting_passages(collection)
    return services.embed_passages(
        collection=collection,
        threads=os.cpu_count() or 1,
        told=lambda done: show_percent(min(done * 100 // max(wanted, 1), 100)),
    )


def _search(arguments: argparse.Namespace) -> int:
    with book_ready():
        from yulin.brain.selectors.texts import answers  # noqa: PLC0415 - app ready

        found = answers(arguments.collection, arguments.question, limit=arguments.top)
    print_json(
        [
            {"docid": one.docid, "score": round(one.score, 4), "clause": one.clause, "passage": one.passage}
            for one in found.answers
        ]
    )
    if not found.by_meaning:
        said = Text(
            "只按字词检索：还有%(n)s个段落没有向量。",
            "By words alone: %(n)s {n:passage waits|passages wait} for a vector.",
        )
        print(said.with_values(n=found.waiting).en, file=sys.stderr)
    return 0


def _stack(arguments: argparse.Namespace) -> int:
    from yulin.brain.adapters.stacking_law import shipped_stacking  # noqa: PLC0415 - slow import
    from yulin.brain.core.load_stacking import load_stacking  # noqa: PLC0415 - slow import

    try:
        texts = {str(one): one.read_text(encoding="utf-8") for one in arguments.files}
        law = load_stacking(texts) if texts else None
        if arguments.firm:
            with book_ready():
                said = _firm_stack(arguments.firm, law, arguments.on)
        else:
            said = _law_stack(law or shipped_stacking(), arguments.on or date.today())  # noqa: DTZ011 - the day of the machine
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except (OSError, UnicodeDecodeError) as error:
        print(f"stack: {error}", file=sys.stderr)
        return 2
    print_json(said)
    return 0


def _firm_stack(code: str, law: StackingLaw | None, on: date | None) -> dict[str, Any]:
    from yulin.atlas.selectors import firm_by_code  # noqa: PLC0415 - app ready
    from yulin.brain.errors import FirmNotFoundError  # noqa: PLC0415 - app ready
    from yulin.brain.selectors.stacking import firm_stack  # noqa: PLC0415 - app ready
    from yulin.kit.clock import business_date  # noqa: PLC0415 - app ready

    firm = firm_by_code(code)
    if firm is None:
        raise FirmNotFoundError(firm=code)
    page = firm_stack(firm, on=on or business_date(), law=law)
    beyond = [
        {"benefit": one.benefit.id, "missing": [each.en for each in one.missing] or "near", "title": one.title.en}
        for one in page.beyond
    ]
    return {
        "firm": firm.identifier,
        "on": page.on.isoformat(),
        **stacking_facts(page.stack, page.answer),
        "beyond": beyond,
    }


def _law_stack(law: StackingLaw, on: date) -> dict[str, Any]:
    from yulin.brain.adapters.stacking_solver import CpSat  # noqa: PLC0415 - slow import
    from yulin.brain.core.stacked import stacked  # noqa: PLC0415 - slow import
    from yulin.brain.core.stacking import Stack  # noqa: PLC0415 - slow import

    stack = Stack.of([one for one in law.benefits.values() if one.clause.holds_on(on)], law.rules_on(on))
    return {"on": on.isoformat(), **stacking_facts(stack, stacked(stack, CpSat()))}


def stacking_facts(stack: Stack, answer: Stacked) -> dict[str, Any]:
    """Return an answer on stacking as plain JSON; amounts in fen, unknown ones null."""
    from yulin.brain.core.stacking_words import left_rows, swapped  # noqa: PLC0415 - slow import

    def told(found: Combination) -> dict[str, Any]:
        amounts = {one.id: found.received_fen.get(one.id) for one in found.taken}
        return {"known_total_fen": found.total_fen, "received_fen": amounts, "at_most": found.is_at_most}

    other = swapped(answer)
    return {
        "best": told(answer.best),
        "runner_up": other and {**told(other.combination), "less_fen": other.less_fen},
        "left_out": [
            {
                "benefit": row.benefit.id,
                "why": [
                    {"rule": rule.id, "says": said.en, "document": rule.clause.document, "article": rule.clause.article}
                    for said, rule in row.reasons
                ],
                "undecided": row.condition and row.condition.en,
            }
            for row in left_rows(stack, answer)
        ],
        "stacking_not_read": [one.id for one in answer.best.taken if not one.is_stacking_read],
        "doubted_rules": [rule.id for rule in answer.doubted],
        "without_doubted": answer.unless_doubted and told(answer.unless_doubted),
    }


def _run(arguments: argparse.Namespace) -> int:
    try:
        questions = list(lines_of(arguments.queries, "qid"))
        with book_ready(), whole_file(arguments.out) as out:
            from yulin.brain.selectors.texts import collection_named, ranked_names, search  # noqa: PLC0415 - app ready

            collection, by_meaning = collection_named(arguments.collection), True
            for number, (qid, text) in enumerate(questions, 1):
                found = search(collection, text, limit=arguments.top, use_meaning=not arguments.words_only)
                by_meaning = by_meaning and found.by_meaning
                for rank, (docid, score) in enumerate(ranked_names(found.hits), 1):
                    out.write(f"{qid}\t{docid}\t{rank}\t{score:.6f}\n".encode())
                show_percent(number * 100 // len(questions))
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print_json({"queries": len(questions), "by_meaning": by_meaning})
    return 0
