"""Every defect of a pack's files at once, for somebody who is still writing them.

The loader stops at the first defect, as law that does not hold must. Here the entry that it names is left out and the
rest is read again, until it holds; what is only said because of an entry left out (a name that is no longer known, a
key that now lacks) is no defect of its own. Invariant: no defect is found where `load_pack` accepts, and the first
one is `load_pack`'s, unless a file is not even YAML without doubled keys and anchors: of those all come first.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yulin.base.text import Text
from yulin.rules.core.entries import Entry, parse_entries
from yulin.rules.core.load import filled, load_pack, pack_of, place_of
from yulin.rules.core.load_scheme import SCHEME_KEYS
from yulin.rules.core.vocabulary import Vocabulary
from yulin.rules.errors import PackKeyError, PlacedError, Where

MOST_DEFECTS = 40
_RESULT_OF = {"scores": "total"}
MOST_ROUNDS = 160
LAW, CASES = "pack.yaml", "cases.yaml"
# What stands for a header that is being written, so that the sections below it are read all the same.
_PLANTED: Mapping[str, Any] = {"id": "draft", "title": "—", "document": "—", "effective": {"from": str(date.min)}}


@dataclass(frozen=True)
class Defect:
    """One thing that does not hold, with its place in the text: line and column count from one."""

    file: str
    line: int
    column: int
    path: str
    code: str
    message: Text
    hint: Text

    @property
    def place(self) -> str:
        """The place as an editor writes it: `pack.yaml:12:7`."""
        return f"{self.file}:{self.line}:{self.column}"

    def __str__(self) -> str:
        """Return place, sentence, hint and code on one line."""
        said = (self.place + "：" + str(self.message), str(self.hint), f"[{self.code}]")
        return " ".join(part for part in said if part)


def collect_defects(
    texts: Mapping[str, str], vocabulary: Vocabulary, manager_values: Mapping[str, Any] | None = None
) -> tuple[Defect, ...]:
    r"""Return every defect of a pack's files, in the order in which they are found; at most `MOST_DEFECTS`.

    >>> from yulin.rules.core.vocabulary import Vocabulary
    >>> [each.place for each in collect_defects({"pack.yaml": "id: demo\nkidn: title"}, Vocabulary({}))]
    ['pack.yaml:1:1', 'pack.yaml:2:1', 'pack.yaml:1:1', 'pack.yaml:1:1', 'pack.yaml:1:1']
    """
    if LAW not in texts:
        return (_placed(_first(texts, vocabulary), texts),)
    errors = _Collector(texts, vocabulary).found(manager_values)
    return tuple(dict.fromkeys(_placed(error, texts) for error in errors))[:MOST_DEFECTS]


def _first(texts: Mapping[str, str], vocabulary: Vocabulary) -> PlacedError:
    try:
        load_pack(texts, vocabulary)
    except PlacedError as error:
        return error
    raise AssertionError("a pack without its law cannot load")


class _Collector:
    """Reads the files again and again, each time without what was found to be wrong."""

    def __init__(self, texts: Mapping[str, str], vocabulary: Vocabulary) -> None:
        self.texts, self.vocabulary = texts, vocabulary
        self.errors: list[PlacedError] = []
        self.trees: dict[str, Entry] = {}
        self.left_out: dict[str, dict[str, PlacedError]] = {LAW: {}, CASES: {}}

    def found(self, manager_values: Mapping[str, Any] | None) -> list[PlacedError]:
        for name in (LAW, CASES):
            if name in self.texts:
                self.parse(name)
        if LAW not in self.trees:
            return self.errors
        self.fill(manager_values)
        for _ in range(MOST_ROUNDS):
            try:
                pack_of(self.texts, self.trees[LAW], self.trees.get(CASES), self.vocabulary)
            except PlacedError as error:
                if not self.mend(error) or len(self.errors) >= MOST_DEFECTS:
                    break
            else:
                break
        return self.errors

    def parse(self, name: str) -> None:
        read: list[PlacedError] = []
        try:
            self.trees[name] = parse_entries(self.texts[name], place_of(self.texts, name), read)
        except PlacedError as error:
            read.append(error)
        self.errors += read
        self.left_out[name] = {each.where.path: each for each in read if not isinstance(each, PackKeyError)}

    def fill(self, manager_values: Mapping[str, Any] | None) -> None:
        try:
            self.trees[LAW] = filled(self.trees[LAW], manager_values)
        except PlacedError as error:
            self.errors.append(error)

    def mend(self, error: PlacedError) -> bool:
        """Take note of an error unless it only follows from another, and leave out what it names.

        Returns whether there was anything to leave out or to put in its place.
        """
        name = error.where.file.rpartition("/")[2]
        tree = self.trees.get(name)
        if tree is None:
            self.errors.append(error)
            return False
        if not self.follows(error, name):
            self.errors.append(error)
        path = error.where.path
        if not path:
            return self.plant(error, tree)
        rest = _without(tree, path)
        self.left_out[name][path] = error
        if rest is None:
            return False
        self.trees[name] = rest
        return True

    def plant(self, error: PlacedError, tree: Entry) -> bool:
        """Put something in the place of a key that the header lacks."""
        lacks = error.facts.get("lacks", "")
        is_scheme = isinstance(tree.value, dict) and bool(tree.value.keys() & SCHEME_KEYS)
        planted = {**_PLANTED, "kind": "scheme" if is_scheme else "title"}.get(lacks)
        if planted is None or error.where.file.rpartition("/")[2] != LAW:
            return False
        self.trees[LAW] = Entry(
            {**tree.mapping(), lacks: _entry(planted, Where(tree.where.file, 1, lacks))}, tree.where
        )
        return True

    def follows(self, error: PlacedError, name: str) -> bool:
        """Tell whether an error is only there because of something that was left out before."""
        path, left_out = error.where.path, self.left_out[name]
        inside = f"{path}." if path else ""
        lacks = error.facts.get("lacks")
        if lacks is not None:
            unknown = [
                each.removeprefix(inside)
                for each, why in left_out.items()
                if each.startswith(inside) and isinstance(why, PackKeyError) and "lacks" not in why.facts
            ]
            return inside + lacks in left_out or bool(difflib.get_close_matches(lacks, unknown, n=1, cutoff=0.6))
        if path and any(each == path or each.startswith(inside) for each in left_out):
            return True
        words = {str(error.facts.get("name") or ""), str(_value(self.trees[name], path))} - {"", "None"}
        names = {word for each in left_out for word in (each, each.rpartition(".")[2]) if not word.isdigit()}
        # A section of which nothing is left has no result either: `routes`, and `total` of the scores.
        names |= {_RESULT_OF.get(section, section) for section in (each.partition(".")[0] for each in left_out)}
        return bool(words & names)


def _value(tree: Entry, path: str) -> object:
    found = _at(tree, path)
    return found.value if found and isinstance(found.value, str) else None


def _at(tree: Entry, path: str) -> Entry | None:
    if tree.where.path == path:
        return tree
    return next((found for part in _parts(tree) if _leads(part, path) and (found := _at(part, path))), None)


def _without(tree: Entry, path: str) -> Entry | None:
    """Return the tree without the entry of that path, or None where there is none."""
    if not any(_leads(part, path) for part in _parts(tree)):
        return None
    kept: list[tuple[str, Entry]] = []
    is_gone = False
    for key, part in tree.items() if isinstance(tree.value, dict) else ((str(i), p) for i, p in enumerate(tree.value)):
        if part.where.path == path and not is_gone:
            is_gone = True
        elif _leads(part, path) and not is_gone and (rest := _without(part, path)) is not None:
            is_gone = True
            kept.append((key, rest))
        else:
            kept.append((key, part))
    if not is_gone:
        return None
    value: Any = dict(kept) if isinstance(tree.value, dict) else [part for _, part in kept]
    return Entry(value, tree.where)


def _parts(tree: Entry) -> list[Entry]:
    if isinstance(tree.value, dict):
        return list(tree.value.values())
    return tree.value if isinstance(tree.value, list) else []


def _leads(part: Entry, path: str) -> bool:
    return path == part.where.path or path.startswith(f"{part.where.path}.")


def _entry(value: Any, where: Where) -> Entry:
    if isinstance(value, dict):
        return Entry({key: _entry(part, where.under(key)) for key, part in value.items()}, where)
    return Entry(value, where)


def _placed(error: PlacedError, texts: Mapping[str, str]) -> Defect:
    """Return an error as a defect; its column is that of the name it speaks of, else of its key, else of the text."""
    name = error.where.file.rpartition("/")[2]
    lines = texts.get(name, "").splitlines()
    line = max(error.where.line, 1)
    text = lines[line - 1] if line <= len(lines) else ""
    words = (str(error.facts.get("name") or ""), error.where.path.rpartition(".")[2])
    columns = [text.find(word) + 1 for word in words if word and word in text]
    indent = len(text) - len(text.lstrip()) + 1
    hint = error.hint if isinstance(error.hint, Text) else Text(error.hint, error.hint)
    column = columns[0] if columns else indent
    return Defect(name, line, column, error.where.path, error.code, error.said, hint)
