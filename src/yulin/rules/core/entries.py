"""YAML 1.2 as entries that know their place, so that every refusal names file, line and path.

Words stay words (`yes`, `no`, `on`); only `true`, `false` and whole numbers become values. A reader asks an entry for
what it needs, and `keys` refuses what the format does not know, with the nearest known key.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode
from ruamel.yaml.reader import ReaderError

from yulin.base.text import Text
from yulin.rules.errors import PackFormError, PackKeyError, PlacedError, Where, nearest

_WHOLE = re.compile(r"[-+]?[0-9][0-9_]*\Z")
MOST_BYTES = 1_000_000
MOST_DEPTH = 40
MOST_OPENED = 200
_BRACKET = re.compile(r"[\[\]{}]")


@dataclass(frozen=True)
class Entry:
    """One value of a pack's text and its place."""

    value: Any  # str | int | bool | None | dict[str, Entry] | list[Entry]
    where: Where

    def __contains__(self, key: str) -> bool:
        """Whether a mapping holds `key`."""
        return isinstance(self.value, dict) and key in self.value

    def keys(self, known: Collection[str] | None = None, needed: Collection[str] = ()) -> Entry:
        """Refuse keys that are not `known` and the lack of those `needed`; return the entry itself."""
        entries = self.mapping()
        for key, entry in entries.items():
            if known is not None and key not in known:
                raise PackKeyError(
                    entry.where, Text(f"不认识的键“{key}”。", f"The key “{key}” is not known."), nearest(key, known)
                )
        for key in sorted(needed):
            if key not in entries:
                raise PackKeyError(
                    self.where, Text(f"缺少键“{key}”。", f"The key “{key}” is needed."), nearest(key, entries or [key]),
                    lacks=key,
                )  # fmt: skip
        return self

    def mapping(self) -> dict[str, Entry]:
        """Return the entry's keys and entries, or refuse what is no mapping."""
        if not isinstance(self.value, dict):
            raise self.defect("键与值", "a mapping")
        return self.value

    def items(self) -> Iterator[tuple[str, Entry]]:
        """Yield the keys and entries of a mapping, in the order of the text."""
        yield from self.mapping().items()

    def sequence(self) -> list[Entry]:
        """Return the parts of a list."""
        if not isinstance(self.value, list):
            raise self.defect("列表", "a list")
        return self.value

    def get(self, key: str) -> Entry | None:
        """Return the entry at `key`, or None."""
        return self.mapping().get(key)

    def need(self, key: str) -> Entry:
        """Return the entry at `key`, or refuse its absence."""
        return self.keys(None, [key]).mapping()[key]

    def text(self) -> str:
        """Return a scalar as its text."""
        if not isinstance(self.value, str | int) or isinstance(self.value, bool):
            raise self.defect("文字", "a text")
        return str(self.value)

    def whole(self) -> int:
        """Return a whole number."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.defect("整数", "a whole number")
        return self.value

    def flag(self) -> bool:
        """Return `true` or `false`."""
        if not isinstance(self.value, bool):
            raise self.defect("true 或 false", "true or false")
        return self.value

    def day(self) -> date:
        """Return an ISO date."""
        try:
            return date.fromisoformat(self.text())
        except ValueError as error:
            raise self.defect("日期，如 2025-10-01", "a date such as 2025-10-01") from error

    def one_of(self, words: Collection[str]) -> str:
        """Return a word of a closed list."""
        word = self.text()
        if word not in words:
            raise PackFormError(
                self.where, Text(f"值“{word}”不在允许之列。", f"“{word}” is not allowed here."), nearest(word, words)
            )
        return word

    def said(self) -> Text:
        """Return a text for people: `{zh, en}`, `[zh, en]`, or one text that serves both."""
        if isinstance(self.value, dict):
            self.keys({"zh", "en"}, {"zh", "en"})
            return Text(self.value["zh"].text(), self.value["en"].text())
        if isinstance(self.value, list) and len(self.value) == 2:
            return Text(self.value[0].text(), self.value[1].text())
        return Text(self.text(), self.text())

    def plain(self) -> Any:
        """Return the entry as plain Python values, without places."""
        if isinstance(self.value, dict):
            return {key: entry.plain() for key, entry in self.value.items()}
        if isinstance(self.value, list):
            return [entry.plain() for entry in self.value]
        return self.value

    def defect(self, zh: str, en: str) -> PackFormError:
        """Return the error that this entry is not what the place needs."""
        found = {"dict": "mapping", "list": "list"}.get(type(self.value).__name__, repr(self.value))
        return PackFormError(self.where, Text(f"值为 {found}，应为{zh}。", f"Found {found}; needed: {en}."))


@lru_cache(maxsize=128)
def read_entries(text: str, file: str) -> Entry:
    """Read YAML text into entries; `file` is the name that errors show. Entries never change, so a text is read once.

    >>> read_entries("scale: {clause: 第六条, verified: yes}", "pack.yaml").need("scale").need("verified").text()
    'yes'
    """
    return parse_entries(text, file)


def parse_entries(text: str, file: str, found: list[PlacedError] | None = None) -> Entry:
    """Read YAML text into entries, which nobody keeps: for a text that is still being written.

    Anchors and keys that stand twice join `found`, where a list is given, and are left out.
    Raises: RULES.PACK.FORM, RULES.PACK.KEY.
    """
    start = Where(file, 1)
    if len(text) > MOST_BYTES:
        raise PackFormError(
            start,
            Text(f"文件有{len(text):,}字符，至多{MOST_BYTES:,}。",
                 f"The file has {len(text):,} characters; at most {MOST_BYTES:,}."),
        )  # fmt: skip
    if _opened(text) > MOST_OPENED:
        raise PackFormError(start, Text("嵌套过深。", "It is nested too deeply."))
    try:
        root = YAML(typ="safe", pure=True).compose(text)
        if root is None:
            raise PackFormError(start, Text("文件为空。", "The file is empty."))
        return _entry(root, start, found)
    except (MarkedYAMLError, ReaderError) as error:
        raise _not_yaml(error, file) from error
    except RecursionError as error:
        raise PackFormError(start, Text("嵌套过深。", "It is nested too deeply.")) from error


def _opened(text: str) -> int:
    """Return how many brackets stand open at most: a quick look, before the reader descends into them."""
    return max(accumulate(1 if each[0] in "[{" else -1 for each in _BRACKET.finditer(text)), default=0)


def _not_yaml(error: MarkedYAMLError | ReaderError, file: str) -> PackFormError:
    if isinstance(error, ReaderError):
        return PackFormError(
            Where(file, 1), Text("含有不可见的控制字符。", f"It holds a control character: {error.reason}.")
        )
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    return PackFormError(
        Where(file, line),
        Text(f"不是有效的 YAML：{error.problem}。", f"Not valid YAML: {error.problem}."),
        Text("核对缩进、冒号后的空格和引号。", "Check the indents, the space after a colon, the quotes."),
    )


def _entry(node: Node, where: Where, found: list[PlacedError] | None, depth: int = 0) -> Entry:
    if node.anchor:
        error = PackFormError(
            Where(where.file, _line(node), where.path),
            Text("不允许用锚（&）和引用（*）。", "Anchors (&) and aliases (*) are not allowed."),
            Text("把内容写全；若是文字，请加引号。", "Write it out in full; quote it if it is a text."),
        )
        _refuse(error, found)
        return Entry(None, where)
    if depth > MOST_DEPTH:
        raise PackFormError(where, Text(f"嵌套超过{MOST_DEPTH}层。", f"It is nested more than {MOST_DEPTH} deep."))
    if isinstance(node, MappingNode):
        return Entry(_mapping(node, where, found, depth), where)
    if isinstance(node, SequenceNode):
        parts = enumerate(node.value)
        return Entry([_entry(part, where.under(str(i), _line(part)), found, depth + 1) for i, part in parts], where)
    return Entry(_scalar(str(node.value), getattr(node, "style", None)), where)


def _mapping(node: MappingNode, where: Where, found: list[PlacedError] | None, depth: int) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for key, value in node.value:
        place = where.under(str(key.value), _line(key))
        if str(key.value) in entries:
            twice = Text(f"键“{key.value}”出现两次。", f"The key “{key.value}” stands twice.")
            _refuse(PackKeyError(place, twice), found)
        else:
            entries[str(key.value)] = _entry(value, place, found, depth + 1)
    return entries


def _refuse(error: PlacedError, found: list[PlacedError] | None) -> None:
    """Raise a defect, or add it to those that are being collected."""
    if found is None:
        raise error
    found.append(error)


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _scalar(text: str, style: str | None) -> str | int | bool | None:
    if style in {"'", '"', "|", ">"}:
        return text
    if text in {"", "~", "null"}:
        return None
    if text in {"true", "false"}:
        return text == "true"
    return int(text.replace("_", "")) if _WHOLE.match(text) and len(text) < 40 else text
