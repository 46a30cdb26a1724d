"""A mapping out of YAML read key by key: what is missing, of another type or unknown stops loudly and says where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, Protocol

from yulin.base.text import Text


class _Refusal(Protocol):
    """An error that says where in which file what was needed."""

    def __call__(self, *, where: str, at: str, needed: Text) -> Exception: ...


class MappingReader:
    """Reads one mapping, key by key, and refuses what it does not know, by the error of whoever reads."""

    def __init__(self, content: Any, where: str, error: _Refusal, at: str = "") -> None:
        self.where, self.at, self._error = where, at, error
        if not isinstance(content, Mapping):
            self.refuse("", Text("一组键和值", "a mapping"))
        self.content: Mapping[str, Any] = content
        self._read: set[str] = set()

    def refuse(self, key: str, needed: Text) -> NoReturn:
        """Refuse what stands at a key."""
        raise self._error(where=self.where, at=f"{self.at}{key}", needed=needed)

    def _get(self, key: str, default: Any) -> Any:
        self._read.add(key)
        return self.content.get(key, default)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text."""
        value = self._get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.refuse(key, Text("文字", "a text"))
        return str(value)

    def texts(self, key: str, default: list[str] | None = None) -> list[str]:
        """Return a list of texts."""
        value = self._get(key, default)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.refuse(key, Text("一列文字", "a list of texts"))
        return list(value)

    def words(self, key: str) -> Text:
        """Return a text in both languages, written [Chinese, English]."""
        value = self.texts(key)
        if len(value) != 2:
            self.refuse(key, Text("[中文, 英文]", "[Chinese, English]"))
        return Text(value[0], value[1])

    def number(self, key: str, lowest: int, highest: int, default: int | None = None) -> int:
        """Return a whole number within bounds."""
        value = self._get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            self.refuse(key, Text(f"{lowest}至{highest}的整数", f"a whole number from {lowest} to {highest}"))
        return int(value)

    def flag(self, key: str) -> bool:
        """Return whether a flag is set; what is absent is not."""
        value = self._get(key, default=False)
        if not isinstance(value, bool):
            self.refuse(key, Text("true或false", "true or false"))
        return bool(value)

    def part(self, key: str) -> MappingReader:
        """Return the reader of a mapping within."""
        return MappingReader(self._get(key, None), self.where, self._error, f"{self.at}{key}.")

    def of(self, key: str, name: str) -> MappingReader:
        """Return the reader of one named entry of a mapping within."""
        return MappingReader(self.content[key][name], self.where, self._error, f"{self.at}{key}.{name}.")

    def close(self) -> None:
        """Refuse a key that nobody has read: a misspelt rule would silently not hold."""
        unknown = sorted(set(self.content) - self._read)
        if unknown:
            self.refuse(unknown[0], Text("没有这个键", "no such key is known"))

    def known(self, *keys: str) -> None:
        """Count keys as read that the caller reads itself."""
        self._read.update(keys)
