"""The difference of two versions of a law, article by article: what came, what went, and which words or numbers moved.

Rows are matched by their id. Only what the packs say is compared, not comments, layout or the order of rows; a row's
source and mark of verification count as changes of what is known about it, not of the law.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from yulin.base.text import Text
from yulin.rules.core.entries import Entry, read_entries
from yulin.rules.core.pack import Pack

# Entries of the header that say which law it is; its words are not an article.
_HEADER = frozenset({"id", "kind", "zone", "verified", "source", "sources", "note", "replaces"})
_WHOLE = frozenset({"title", "document", "authority", "effective", "applies_to", "outcome", "direct_pass"})
# Sections whose rows stand one level deeper.
_NESTED = {"ladder": "rules", "classes": "rows"}
_ABOUT = frozenset({"verified", "source", "note"})


class Kind(StrEnum):
    """What became of a row."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"  # its law
    RESTATED = "restated"  # only its clause, its words or what is known about it


@dataclass(frozen=True)
class Part:
    """One word or number of a row, before and after; None where it does not stand."""

    path: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Difference:
    """One row that differs, with its clauses, its words and the parts that moved."""

    row: str
    kind: Kind
    old_clause: str
    new_clause: str
    old_text: Text | None
    new_text: Text | None
    parts: tuple[Part, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the difference for machines."""
        return {
            "row": self.row, "kind": self.kind.value, "clause": [self.old_clause, self.new_clause],
            "text": [text and {"zh": text.zh, "en": text.en} for text in (self.old_text, self.new_text)],
            "parts": [{"path": part.path, "old": part.old, "new": part.new} for part in self.parts],
        }  # fmt: skip


def differences(old: Pack, new: Pack) -> tuple[Difference, ...]:
    """Return the rows that differ, those of the old version in its order, then the new ones.

    >>> from yulin.rules.adapters.shipped import shipped_pack
    >>> found = differences(shipped_pack("title-giant-2022"), shipped_pack("title-giant-2026"))
    >>> next(each.parts[-1] for each in found if each.row == "conditions.niche").new
    'niche_time >= years(3)'
    """
    before, after = _rows(old), _rows(new)
    ids = [*before, *(row for row in after if row not in before)]
    return tuple(found for row in ids if (found := _difference(row, before.get(row), after.get(row))))


def _rows(pack: Pack) -> dict[str, Entry]:
    """Return every article of a pack by its path, from its text."""
    return dict(_articles(read_entries(pack.texts["pack.yaml"], f"{pack.id}/pack.yaml")))


def _articles(root: Entry) -> Iterator[tuple[str, Entry]]:
    for section, entry in root.items():
        if section in _HEADER:
            continue
        if section in _NESTED:
            yield from ((f"{section}.{key}", part) for key, part in entry.need(_NESTED[section]).items())
            others = {key: part for key, part in entry.items() if key != _NESTED[section]}
            yield section, Entry(others, entry.where)
        elif section not in _WHOLE and _is_section(entry):
            yield from ((f"{section}.{key}", part) for key, part in entry.items())
        else:
            yield section, entry


def _is_section(entry: Entry) -> bool:
    """Whether an entry holds rows by their names, and is no row itself."""
    if not isinstance(entry.value, dict) or "clause" in entry:
        return False
    return all(isinstance(part.value, dict) for part in entry.value.values())


def _difference(row: str, old: Entry | None, new: Entry | None) -> Difference | None:
    before, after = _leaves(old), _leaves(new)
    paths = [*before, *(path for path in after if path not in before)]
    parts = tuple(
        Part(path, before.get(path), after.get(path)) for path in paths if before.get(path) != after.get(path)
    )
    if not parts:
        return None
    kind = Kind.ADDED if old is None else Kind.REMOVED if new is None else _changed(parts)
    return Difference(row, kind, _clause(old), _clause(new), _text(old), _text(new), parts)


def _changed(parts: tuple[Part, ...]) -> Kind:
    words = {"clause", "text", *_ABOUT}
    return Kind.RESTATED if all(part.path.partition(".")[0] in words for part in parts) else Kind.CHANGED


def _leaves(entry: Entry | None) -> dict[str, str]:
    """Return every word and number of a row by its path; wrapped lines of one expression are one line."""
    return dict(_leaves_under("", entry.plain())) if entry is not None else {}


def _leaves_under(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping | list):
        pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, part in pairs:
            yield from _leaves_under(f"{path}.{key}" if path else str(key), part)
    elif value is not None:
        yield path, " ".join(str(value).split())


def _clause(entry: Entry | None) -> str:
    has = entry is not None and isinstance(entry.value, dict) and "clause" in entry
    return entry.need("clause").text() if has and entry is not None else ""


def _text(entry: Entry | None) -> Text | None:
    has = entry is not None and isinstance(entry.value, dict) and "text" in entry
    return entry.need("text").said() if has and entry is not None else None
