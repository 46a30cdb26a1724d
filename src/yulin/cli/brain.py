"""`yulin brain import|search|run`: texts taken in, one question answered, a file of them answered for measuring."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.cli.answers import print_json
from yulin.cli.inputs import text_encoding
from yulin.cli.instance import book_ready
from yulin.cli.outputs import show_percent, whole_file

if TYPE_CHECKING:
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
