"""What the rules area refuses: packs that do not hold, facts that cannot be, versions that may not be published."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from yulin.base.errors import YulinError
from yulin.base.text import Text


@dataclass(frozen=True)
class Where:
    """A place in a pack: file, line and the path of keys that leads there.

    >>> str(Where("demo/pack.yaml", 12, "conditions.scale"))
    'demo/pack.yaml:12, conditions.scale'
    """

    file: str = "expression"
    line: int = 0
    path: str = ""

    def __str__(self) -> str:
        """Return file, line and path as one phrase."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}, {self.path}" if self.path else place

    def under(self, key: str, line: int = 0) -> Where:
        """Return the place of `key` below this one."""
        return Where(self.file, line or self.line, f"{self.path}.{key}" if self.path else key)


def nearest(word: str, known: Iterable[str]) -> Text:
    """Return a hint that names the known word nearest to `word`, or the first few known words."""
    names = sorted(set(known))
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return Text(f"是否想写“{close[0]}”？", f"Did you mean “{close[0]}”?")
    few = "、".join(names[:12]) + ("…" if len(names) > 12 else "")
    return Text(f"可用：{few}", f"Known: {few}")


class RulesError(YulinError):
    """Something that a rule pack, its facts or its publication does not allow."""

    code = "RULES.ERROR"


class PlacedError(RulesError):
    """A defect of a pack's text, with the place where it stands."""

    code = "RULES.PACK.DEFECT"

    def __init__(self, where: Where, said: Text, hint: Text | str = "", **facts: Any) -> None:
        super().__init__(Text(f"{where}：{said.zh}", f"{where}: {said.en}"), hint, file=where.file, line=where.line,
                         path=where.path, **facts)  # fmt: skip
        self.where = where


class ExpressionSyntaxError(PlacedError):
    """An expression is not of the language: only the listed operators, literals and functions exist."""

    code = "RULES.EXPRESSION.SYNTAX"


class ExpressionNameError(PlacedError):
    """An expression uses a name that neither the vocabulary nor the pack knows."""

    code = "RULES.EXPRESSION.UNKNOWN_NAME"


class ExpressionTypeError(PlacedError):
    """An expression mixes types or units, such as money with a count."""

    code = "RULES.EXPRESSION.TYPE"


class ExpressionSizeError(PlacedError):
    """An expression is longer or deeper than a reader could check."""

    code = "RULES.EXPRESSION.TOO_LARGE"


class PackFormError(PlacedError):
    """A pack's entry has not the form that its place asks for."""

    code = "RULES.PACK.FORM"


class PackKeyError(PlacedError):
    """A pack holds a key that the format does not know, or lacks one that it needs."""

    code = "RULES.PACK.KEY"


class PackCaseError(PlacedError):
    """A case beside a pack does not come out as it expects."""

    code = "RULES.PACK.CASE"


class UnknownPackError(RulesError):
    """No pack of that id is shipped or published."""

    code = "RULES.PACK.UNKNOWN"

    def __init__(self, pack_id: str, known: Iterable[str]) -> None:
        super().__init__(
            Text(f"没有规则包“{pack_id}”。", f"There is no pack “{pack_id}”."), nearest(pack_id, known), pack=pack_id
        )


class PackNotInForceError(RulesError):
    """The pack is not in force on the day asked for."""

    code = "RULES.PACK.NOT_IN_FORCE"


class NotApplicableError(RulesError):
    """The pack does not rule this kind of decision (new application, review, title held)."""

    code = "RULES.PACK.NOT_APPLICABLE"


class UnknownFactError(RulesError):
    """A fact is given under a name that the vocabulary does not know."""

    code = "RULES.FACT.UNKNOWN_NAME"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(
            Text(f"词汇表中没有事实“{name}”。", f"The vocabulary has no fact “{name}”."),
            nearest(name, known),
            fact=name,
        )


class FactValueError(RulesError):
    """A fact's value has the wrong type or lies outside what the vocabulary allows."""

    code = "RULES.FACT.VALUE"

    def __init__(self, name: str, found: object, needed: Text) -> None:
        super().__init__(
            Text(
                f"事实“{name}”的值为 {found!r}，应为{needed.zh}。", f"Fact “{name}” is {found!r}; needed: {needed.en}."
            ),
            Text("请更正数值，或留空表示未知。", "Correct the value, or leave it empty to say that it is not known."),
            fact=name,
        )
