"""Texts taken in, indexed, given vectors, searched: by real files, a real index, the real model."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yulin.brain.core.postings import Groups
from yulin.brain.errors import CollectionNotFoundError
from yulin.brain.models import Passage, TextDocument
from yulin.brain.selectors.texts import (
    Within,
    answers,
    collection_named,
    ranked_names,
    search,
    waiting_passages,
    word_index,
)
from yulin.brain.services import embed_passages, import_texts, index_words
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.models import AuditEntry

pytestmark = pytest.mark.django_db

TEXTS = {
    "贴息": "对科技型中小企业的贷款按利息的百分之五十给予贴息。贴息期限不超过三年。",
    "专利": "对获得国内发明专利授权的企业，每件给予资助两千元。",
    "租金": "入驻孵化器的初创团队，第一年免收场地租金。",
}


def taken(name: str, texts: dict[str, str] | None = None) -> None:
    import_texts(actor=SYSTEM_ACTOR, collection=name, texts=(texts or TEXTS).items())


def names(name: str, question: str, **how: object) -> list[str]:
    return [docid for docid, _ in ranked_names(search(collection_named(name), question, **how).hits)]


def test_words_find_before_vectors_are_made_and_the_answer_says_so():
    taken("a")
    assert index_words(collection=collection_named("a")) == 3
    found = search(collection_named("a"), "发明专利资助多少")
    assert (found.by_meaning, found.waiting) == (False, 3)
    assert names("a", "发明专利资助多少")[0] == "专利"


def test_meaning_finds_what_shares_no_word():
    taken("b")
    collection = collection_named("b")
    index_words(collection=collection)
    assert embed_passages(collection=collection) == 3
    assert waiting_passages(collection) == 0
    assert names("b", "free office space for startups", use_meaning=False) == []
    found = search(collection, "free office space for startups")
    assert found.by_meaning is True
    assert names("b", "free office space for startups")[0] == "租金"


def test_the_nearest_in_meaning_are_sought_once_for_a_question_while_the_texts_stand():
    taken("n")
    collection = collection_named("n")

    def how_often_sought(within: Within | None = None) -> int:
        with CaptureQueriesContext(connection) as queries:
            search(collection, "free office space for startups", within=within)
        return sum("ORDER BY vector" in one["sql"] for one in queries)

    def read() -> None:
        index_words(collection=collection)
        embed_passages(collection=collection)

    read()
    assert [how_often_sought(), how_often_sought(Within(Groups(np.array([7])))), how_often_sought()] == [1, 0, 0]
    taken("n", TEXTS | {"desk": "免费提供办公桌椅与会议室。"})
    read()
    assert [how_often_sought(), how_often_sought()] == [1, 0]
    assert "desk" in names("n", "free office space for startups")


def test_vectors_are_made_a_few_at_a_time_and_go_on_where_they_stopped():
    taken("c")
    collection = collection_named("c")
    assert embed_passages(collection=collection, most=2) == 2
    first = list(Passage.objects.filter(collection=collection, vector__isnull=False).values_list("pk", flat=True))
    assert embed_passages(collection=collection) == 1
    assert embed_passages(collection=collection) == 0
    assert waiting_passages(collection) == 0
    assert len(first) == 2


def test_a_text_taken_in_again_stays_and_a_changed_one_is_read_anew():
    taken("d")
    collection = collection_named("d")
    index_words(collection=collection)
    embed_passages(collection=collection)
    again = import_texts(
        actor=SYSTEM_ACTOR,
        collection="d",
        texts=[("专利", TEXTS["专利"]), ("租金", "租金按市场价收取。"), ("新", "新的")],
    )
    assert (again.new, again.changed, again.same) == (1, 1, 1)
    assert waiting_passages(collection) == 2
    assert index_words(collection=collection) == 2
    assert names("d", "市场价", use_meaning=False)[0] == "租金"
    assert "租金" not in names("d", "初创", use_meaning=False)
    facts = AuditEntry.objects.filter(action="brain.import_texts").order_by("pk").last().facts
    assert facts == {"new": 1, "changed": 1, "same": 1}


def test_an_index_that_is_lost_is_made_anew():
    taken("e")
    collection = collection_named("e")
    index_words(collection=collection)
    folder = word_index(collection).folder
    shutil.rmtree(folder)
    older = folder.with_suffix("")
    older.mkdir()
    assert names("e", "专利") == []
    assert index_words(collection=collection) == 3
    assert not older.exists(), "an index of an older form goes"
    assert names("e", "专利", use_meaning=False)[0] == "专利"
    assert index_words(collection=collection) == 0


def test_the_words_of_a_text_that_is_gone_go_too():
    taken("i")
    collection = collection_named("i")
    index_words(collection=collection)
    TextDocument.objects.filter(collection=collection, docid="专利").delete()
    assert word_index(collection).count() == 3
    assert index_words(collection=collection) == 0
    assert word_index(collection).count() == 2
    assert names("i", "租金", use_meaning=False)[0] == "租金"


def test_what_may_not_be_shown_does_not_take_a_place():
    taken("f")
    collection = collection_named("f")
    rows = TextDocument.objects.filter(collection=collection)
    word_index(collection).write((one.pk, 7 if one.docid == "专利" else 8, one.text) for one in rows)
    assert shown_within({8}) == shown_within({8, *range(10, 3_000)}) == ["贴息"]
    assert shown_within({9}) == shown_within(set(range(10, 3_000))) == []


def shown_within(groups: set[int]) -> list[str]:
    """Find what is asked in some groups alone."""
    found = search(
        collection_named("f"), "资助企业", within=Within(Groups(np.array(sorted(groups)))), use_meaning=False
    )
    return [name for name, _ in ranked_names(found.hits)]


@pytest.mark.parametrize("question", ["", " \n", "😀😀😀", "'; DROP TABLE brain_passage; --", "字" * 10_000, "\x00"])
def test_a_question_of_any_kind_is_answered(question):
    taken("g")
    index_words(collection=collection_named("g"))
    found = search(collection_named("g"), question)
    assert len(found.hits) <= 3
    assert TextDocument.objects.filter(collection__name="g").count() == 3


def test_answers_carry_the_sentence_that_answers():
    taken("h", {"办法": "办法\n一、标准\n（一）给予贴息。\n（二）贴息期限不超过三年。", "其他": "无关的文字。"})
    index_words(collection=collection_named("h"))
    first = answers("h", "贴息期限", limit=1).answers[0]
    assert (first.docid, first.clause, first.passage) == ("办法", "一、 （二）", "（二）贴息期限不超过三年。")


def test_a_collection_that_is_not_there_is_named():
    with pytest.raises(CollectionNotFoundError) as refused:
        collection_named("没有")
    assert refused.value.envelope("en") == {
        "code": "BRAIN.COLLECTION.NOT_FOUND",
        "message": "There is no collection “没有”.",
        "hint": "Import texts first: yulin brain import.",
    }


def test_lines_that_cannot_be_read_are_named(tmp_path):
    from yulin.brain.errors import TextUnreadableError
    from yulin.cli.brain import lines_of

    path = tmp_path / "texts.jsonl"
    path.write_text(json.dumps({"docid": "a", "text": "甲"}) + "\n\n" + '{"docid": "b"}\n', encoding="utf-8")
    lines = lines_of(path, "docid")
    assert next(lines) == ("a", "甲")
    with pytest.raises(TextUnreadableError) as refused:
        next(lines)
    assert refused.value.facts["line"] == 3
    path.write_text("[1", encoding="utf-8")
    with pytest.raises(TextUnreadableError):
        next(lines_of(path, "docid"))
