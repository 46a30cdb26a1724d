"""Words on disk: one tantivy index a collection, characters and their pairs, ranked by BM25.

An index is derived from the database and stands in `YULIN_HOME/index/<key>.<form>`; one that is missing, of an older
form, or holds fewer texts than the database says, is built anew. A text may belong to a group: a clause to its policy.
Invariant: one writer at a time, whoever runs it (its caller holds a lock).
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from yulin.brain.core.passages import folded

FORM = 2
"""The form of the fields; a higher one where they change, so that every index is built anew."""
_WRITER_BYTES = 64_000_000


class WordIndex:
    """The words of one collection."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def _schema(self) -> Any:
        import tantivy  # noqa: PLC0415 - slow import

        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("id", stored=False, indexed=True, fast=True)
        builder.add_unsigned_field("group", stored=False, indexed=True, fast=True)
        builder.add_text_field("text", stored=False, tokenizer_name="grams", index_option="freq")
        return builder.build()

    @cached_property
    def _index(self) -> Any:
        import tantivy  # noqa: PLC0415 - slow import

        self.folder.mkdir(parents=True, exist_ok=True)
        index = tantivy.Index(self._schema, path=str(self.folder))
        index.register_tokenizer("grams", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(1, 2)).build())
        return index

    def count(self) -> int:
        """Return how many texts the index holds."""
        if not (self.folder / "meta.json").exists():
            return 0
        self._index.reload()
        return int(self._index.searcher().num_docs)

    def write(self, texts: Iterable[tuple[int, int, str]]) -> int:
        """Put texts in (number, group, words), each in the place of an older one of its number; return how many."""
        import tantivy  # noqa: PLC0415 - slow import

        writer, written = self._index.writer(_WRITER_BYTES, 1), 0
        for number, group, text in texts:
            document = tantivy.Document()
            document.add_unsigned("id", number)
            document.add_unsigned("group", group)
            document.add_text("text", folded(text))
            # By query: a term made of a Python number is a signed one, and deletes nothing.
            writer.delete_documents_by_query(tantivy.Query.term_query(self._schema, "id", number))
            writer.add_document(document)
            written += 1
        writer.commit()
        writer.wait_merging_threads()
        return written

    def numbers(self) -> list[int]:
        """Return the number of each text that the index holds."""
        import tantivy  # noqa: PLC0415 - slow import

        self._index.reload()
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.all_query(), max(searcher.num_docs, 1), count=False).hits
        return [int(number) for number in searcher.fast_field_values("id", [place for _, place in hits])]

    def remove(self, numbers: Sequence[int]) -> None:
        """Take texts out."""
        import tantivy  # noqa: PLC0415 - slow import

        writer = self._index.writer(_WRITER_BYTES, 1)
        writer.delete_documents_by_query(tantivy.Query.term_set_query(self._schema, "id", list(numbers)))
        writer.commit()
        writer.wait_merging_threads()

    def drop(self) -> None:
        """Remove the index, and what stands of it in older forms; the next writing makes it anew."""
        self.__dict__.pop("_index", None)
        for folder in self.folder.parent.glob(f"{self.folder.stem}*"):
            if folder.stem == self.folder.stem:
                shutil.rmtree(folder, ignore_errors=True)

    def find(
        self, grams: Sequence[str], limit: int, groups: Collection[int] | None = None
    ) -> list[tuple[int, int, float]]:
        """Return number, group and BM25 score of the texts that hold most of the grams, best first.

        Of `groups` alone where they are named; their texts are gone through one by one, so name few.
        """
        import tantivy  # noqa: PLC0415 - slow import

        if not grams or not (self.folder / "meta.json").exists():
            return []
        self._index.reload()
        searcher = self._index.searcher()
        asked = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "text", gram, "freq")) for gram in grams]
        if groups is not None:
            within = tantivy.Query.term_set_query(self._schema, "group", list(groups))
            asked.append((tantivy.Occur.Must, tantivy.Query.const_score_query(within, 0.0)))
        found = searcher.search(tantivy.Query.boolean_query(asked), limit, count=False).hits
        hits = [hit for hit in found if hit[0] > 0]
        places = [place for _, place in hits]
        held = zip(searcher.fast_field_values("id", places), searcher.fast_field_values("group", places), strict=True)
        return [(number, group, score) for (number, group), (score, _) in zip(held, hits, strict=True)]

    def rarity(self, grams: Sequence[str]) -> dict[str, int]:
        """Return how many texts hold each gram."""
        if not (self.folder / "meta.json").exists():
            return dict.fromkeys(grams, 0)
        searcher = self._index.searcher()
        return {gram: int(searcher.doc_freq("text", gram)) for gram in grams}
