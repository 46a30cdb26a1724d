"""Search: the texts of a collection that answer a question, best first, each with the passage that does.

Words come from the index on disk, meaning from vectors in PostgreSQL (HNSW of pgvector); `core/fusion.py` makes one
ranking of both. While passages wait for their vectors, or where the model is not installed, words alone decide, and the
answer says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import connection, transaction

from yulin.brain.adapters import embedding
from yulin.brain.adapters.asking import beside_asking
from yulin.brain.adapters.word_index import FORM, WordIndex
from yulin.brain.core.clauses import clause_at, clauses_of
from yulin.brain.core.evidence import content_grams
from yulin.brain.core.fusion import CANDIDATES, READ, Asked, Near, Weighed, read_again, weighed
from yulin.brain.core.passages import best_sentence, grams
from yulin.brain.core.postings import Groups
from yulin.brain.errors import CollectionNotFoundError
from yulin.brain.models import Collection, Passage, TextDocument
from yulin.brain.models.texts import vector_text
from yulin.kit.kept import kept

MOST_CHARACTERS = 500
"""What is read of a question; the rest of a longer one says nothing more."""
LIBRARY = "policies"
"""The collection of the library's clauses, one text each; texts taken in by command may stand beside them."""
_Nearest = tuple[int, int, float, float]
_FEW = 10  # one passage in ten texts may wait: then a text without vectors is judged by its words


@dataclass(frozen=True)
class Within:
    """Which groups of texts may be shown; their texts where each is compared in meaning."""

    groups: Groups
    texts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Found:
    """The texts found, best first, and how many passages of the collection wait for their vectors.

    `texts`: what was read of them so far, by number.
    """

    hits: tuple[Weighed, ...]
    asked: Asked
    waiting: int
    by_meaning: bool
    texts: Mapping[int, str]


def collection_named(name: str) -> Collection:
    """Return a collection. Raises: BRAIN.COLLECTION.NOT_FOUND."""
    found = Collection.objects.filter(name=name).first()
    if found is None:
        raise CollectionNotFoundError(name=name)
    return found


def word_index(collection: Collection) -> WordIndex:
    """Return the word index of a collection."""
    return WordIndex(Path(settings.YULIN_HOME) / "index" / f"{collection.key}.{FORM}")


def groups_of(texts: Sequence[int]) -> dict[int, int]:
    """Return the groups of texts that have one: a clause's policy."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT clause.searched_id, version.policy_id FROM brain_policyclause clause
               JOIN brain_policyversion version ON version.id = clause.version_id WHERE clause.searched_id = ANY(%s)""",
            [list(texts)],
        )
        return dict(cursor.fetchall())


def texts_of(numbers: Iterable[int]) -> dict[int, str]:
    """Return the texts of some numbers; one that is gone is left out."""
    return dict(TextDocument.objects.filter(pk__in=list(numbers)).values_list("pk", "text"))


def waiting_passages(collection: Collection) -> int:
    """Return how many passages have no vector yet."""
    return Passage.objects.filter(collection=collection, vector__isnull=True).count()


def collections() -> list[Collection]:
    """Return every collection."""
    return list(Collection.objects.order_by("pk"))


def texts_wait() -> bool:
    """Tell whether words wait for the index, or passages for their vectors where the model is installed."""
    return TextDocument.objects.filter(is_indexed=False).exists() or (
        embedding.is_available() and Passage.objects.filter(vector__isnull=True).exists()
    )


def search(
    collection: Collection,
    question: str,
    *,
    limit: int = 10,
    within: Within | None = None,
    use_meaning: bool = True,
    waiting: int | None = None,
) -> Found:
    """Return the texts that answer a question; `within` says which of them may be shown.

    `waiting`: how many passages have no vector yet, where that is known.
    """
    waiting = waiting_passages(collection) if waiting is None else waiting
    read = question[:MOST_CHARACTERS]
    asked_grams = grams(read)
    if not asked_grams:
        return Found((), Asked(0, 0, ()), waiting, by_meaning=False, texts={})
    index = word_index(collection)
    most = max(limit, CANDIDATES)
    content = content_grams(read)
    ranked = index.find(content, most, within.groups if within else None)
    words = dict(zip(ranked.numbers.tolist(), ranked.scores.tolist(), strict=True))
    texts = index.count()
    by_meaning = use_meaning and embedding.is_available() and waiting * _FEW <= texts
    near: dict[int, Near] = {}
    if by_meaning:
        nearest: list[_Nearest] = []
        if within is None or not within.texts:  # whichever of them may be shown
            stands = collection.key, collection.edition, index.written, waiting
            nearest = kept("nearest", (stands, read, most), lambda: _nearest(collection, read, most))
        near = _near(read, list(words), nearest, within)
    held = index.rarity(asked_grams)
    asked = Asked(len(asked_grams), texts, tuple(held.values()))
    hits = weighed(asked, words, near)
    said: dict[int, str] = {}
    if near:
        pairs = {gram: held[gram] for gram in content if len(gram) > 1}
        said = texts_of(hit.document_id for hit in hits[:READ])
        hits = read_again(hits, pairs, texts, said)
    return Found(tuple(hits[:limit]), asked, waiting, by_meaning, said)


def _vectors(question: str) -> tuple[str, str]:
    """Return the vector that ranks passages for a question, and the plain one whose cosine is evidence."""

    def made() -> tuple[str, str]:
        plain = embedding.query_vector(question)
        return vector_text(beside_asking(plain)), vector_text(plain)

    return kept("vectors", (embedding.MODEL, question), made)


def _nearest(collection: Collection, question: str, most: int) -> list[_Nearest]:
    """Return the texts whose passages are the `most` nearest in meaning: number, group (0 for none), how near."""
    ranks, plain = _vectors(question)
    near = """SELECT document_id, -(vector <#> %s::halfvec), -(vector <#> %s::halfvec) FROM brain_passage
              WHERE collection_id = %s AND vector IS NOT NULL ORDER BY vector <#> %s::halfvec LIMIT %s"""
    found: dict[int, Near] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL hnsw.ef_search = 400; SET LOCAL hnsw.iterative_scan = relaxed_order")
        cursor.execute(near, [ranks, plain, collection.pk, ranks, most])
        for number, by, cosine in cursor.fetchall():
            before = found.get(number, Near(by, cosine))
            found[number] = Near(max(by, before.ranks), max(cosine, before.cosine))
    groups = groups_of(list(found))
    return [(number, groups.get(number, 0), *one) for number, one in found.items()]


def _near(question: str, by_words: list[int], nearest: list[_Nearest], within: Within | None) -> dict[int, Near]:
    """Return how near the best passage lies of the texts nearest in meaning, and of those found by words.

    Where few texts may be shown, it is that of every one of them.
    """
    if within is not None:
        may_be = within.groups.hold(np.array([one[1] for one in nearest], dtype=np.int64))
        nearest = [one for one, may in zip(nearest, may_be, strict=True) if may]
    found = {number: Near(by, cosine) for number, _, by, cosine in nearest}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT document_id, max(-(vector <#> %s::halfvec)), max(-(vector <#> %s::halfvec)) FROM brain_passage
               WHERE document_id = ANY(%s) AND vector IS NOT NULL GROUP BY document_id""",
            [*_vectors(question), [*by_words, *(within.texts if within else ())]],
        )
        return found | {number: Near(by, cosine) for number, by, cosine in cursor.fetchall()}


def ranked_names(hits: Sequence[Weighed]) -> list[tuple[str, float]]:
    """Return the names of texts with their scores, in order; a text that is gone is left out."""
    names = dict(TextDocument.objects.filter(pk__in=[hit.document_id for hit in hits]).values_list("pk", "docid"))
    return [(names[hit.document_id], hit.score) for hit in hits if hit.document_id in names]


@dataclass(frozen=True)
class Answer:
    """One text that answers, with the place in it that does."""

    docid: str
    score: float
    passage: str
    clause: str


@dataclass(frozen=True)
class Answers:
    """What was found for a question, and whether meaning had a say."""

    answers: tuple[Answer, ...]
    by_meaning: bool
    waiting: int


def answers(name: str, question: str, *, limit: int) -> Answers:
    """Return the best texts of a collection with the sentence nearest to a question. Raises: as `collection_named`."""
    collection = collection_named(name)
    found = search(collection, question, limit=limit)
    texts = TextDocument.objects.in_bulk([hit.document_id for hit in found.hits])
    asked = grams(question[:MOST_CHARACTERS])
    quoted = tuple(
        _quoted(text, hit.score, asked) for hit in found.hits if (text := texts.get(hit.document_id)) is not None
    )
    return Answers(quoted, found.by_meaning, found.waiting)


def _quoted(text: TextDocument, score: float, asked: Sequence[str]) -> Answer:
    start, end = best_sentence(text.text, asked)
    clause = clause_at(clauses_of(text.text), start)
    marks = f"{clause.path} {clause.label}".strip() if clause else ""
    return Answer(text.docid, score, text.text[start:end].strip(), marks)
