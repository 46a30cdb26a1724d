"""What search reads: texts taken in, their words indexed, their passages given vectors.

Each step can be cut short and goes on where it stopped: a text is marked when its words are in the index, a passage has
its vector or has none. Invariant: one writer of an index at a time, here or in another process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from django.db import connection, transaction

from yulin.brain.adapters import embedding
from yulin.brain.core.passages import passages
from yulin.brain.models import Collection, Passage, TextDocument
from yulin.brain.selectors.texts import groups_of, word_index
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit

_AT_ONCE = 500
_VECTORS_AT_ONCE = 32
_INDEX_LOCK = 0x59554C10


@dataclass(frozen=True)
class Imported:
    """How many texts were new, changed, and as they were."""

    new: int = 0
    changed: int = 0
    same: int = 0


def import_texts(*, actor: Actor, collection: str, texts: Iterable[tuple[str, str]]) -> Imported:
    """Take texts in under their names; one whose text is the same stays as it is, one that changed is read anew.

    Effects: the collection, its texts and their passages without vectors; audit row. Words are indexed by
    `index_words`, vectors made by `embed_passages`.
    """
    total = Imported()
    with transaction.atomic():
        kept, _ = Collection.objects.get_or_create(name=collection)
        rows = iter(dict(texts).items())
        while batch := dict(islice(rows, _AT_ONCE)):
            total = _added(total, keep_texts(kept, batch))
        facts = {"new": total.new, "changed": total.changed, "same": total.same}
        record_audit(actor=actor, action="brain.import_texts", subject=("collection", kept.name), facts=facts)
    return total


def keep_texts(collection: Collection, texts: dict[str, str]) -> Imported:
    """Keep some texts of a collection, in the caller's transaction."""
    known = {row.docid: row for row in collection.documents.filter(docid__in=texts)}
    fresh = [
        TextDocument(collection=collection, docid=docid, text=text)
        for docid, text in texts.items()
        if docid not in known
    ]
    changed = [row for docid, row in known.items() if row.text != texts[docid]]
    for row in changed:
        row.text, row.is_indexed = texts[row.docid], False
    TextDocument.objects.bulk_create(fresh)
    TextDocument.objects.bulk_update(changed, ["text", "is_indexed"])
    Passage.objects.filter(document__in=changed).delete()
    Passage.objects.bulk_create(
        Passage(document=row, collection=collection, start=start, end=end)
        for row in [*fresh, *changed]
        for start, end in passages(row.text)
    )
    return Imported(len(fresh), len(changed), len(known) - len(changed))


def _added(one: Imported, other: Imported) -> Imported:
    return Imported(one.new + other.new, one.changed + other.changed, one.same + other.same)


def index_words(*, collection: Collection) -> int:
    """Bring the word index of a collection up to its texts, and return how many texts were written.

    An index that is missing, or holds fewer texts than are marked, is made anew; the words of texts that are gone go.
    Nothing while another does so.
    Effects: the index on disk; the texts' marks. No audit row: it is derived.
    """
    with _one_writer(collection) as is_ours:
        if not is_ours:
            return 0
        index = word_index(collection)
        marked = collection.documents.filter(is_indexed=True)
        if index.count() < marked.count():
            index.drop()
            marked.update(is_indexed=False)
        written = 0
        while batch := list(collection.documents.filter(is_indexed=False).order_by("pk")[: _AT_ONCE * 10]):
            groups = groups_of([row.pk for row in batch])
            written += index.write((row.pk, groups.get(row.pk, 0), row.text) for row in batch)
            _mark_indexed(batch)
        if index.count() > collection.documents.count():
            kept = set(collection.documents.values_list("pk", flat=True))
            index.remove([number for number in index.numbers() if number not in kept])
        return written


def _mark_indexed(batch: Sequence[TextDocument]) -> None:
    """Mark texts as indexed in one statement; one that changed meanwhile is read again."""
    hashes = [hashlib.md5(row.text.encode(), usedforsecurity=False).hexdigest() for row in batch]
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE brain_textdocument kept SET is_indexed = true
               FROM unnest(%s::bigint[], %s::text[]) AS read (id, hash)
               WHERE kept.id = read.id AND md5(kept.text) = read.hash""",
            [[row.pk for row in batch], hashes],
        )


@contextmanager
def _one_writer(collection: Collection) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_INDEX_LOCK, collection.pk])
        is_ours = bool(cursor.fetchone()[0])
        try:
            yield is_ours
        finally:
            if is_ours:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_INDEX_LOCK, collection.pk])


def embed_passages(
    *,
    collection: Collection | None = None,
    threads: int = 1,
    most: int | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> int:
    """Give vectors to passages that have none, oldest first, and return how many; the next call goes on after them.

    Effects: the passages' vectors, some at a time. No audit row: they are derived.
    """
    done = 0
    while embedding.is_available() and (most is None or done < most):
        waiting = Passage.objects.filter(vector__isnull=True).select_related("document").order_by("pk")
        if collection is not None:
            waiting = waiting.filter(collection=collection)
        batch = list(waiting[: min(_VECTORS_AT_ONCE, most - done) if most is not None else _VECTORS_AT_ONCE])
        if not batch:
            break
        texts = [row.document.text[row.start : row.end] for row in batch]
        for row, vector in zip(batch, embedding.passage_vectors(texts, threads), strict=True):
            row.vector = vector
        Passage.objects.bulk_update(batch, ["vector"])
        done += len(batch)
        told(done)
    return done
