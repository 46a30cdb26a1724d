"""What a correction changes in something decided: line by line, in words, what it says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from yulin.base.text import Text

_NO_RATIO = Text("未定", "not set")
_SENTENCE = Text("结论", "Answer")


@dataclass(frozen=True)
class SaidOtherwise:
    """One thing that is said otherwise."""

    what: Text
    before: Text
    after: Text

    def as_json(self) -> dict[str, dict[str, str]]:
        """Return it as it is kept."""
        return {name: _words(getattr(self, name)) for name in ("what", "before", "after")}

    @classmethod
    def from_json(cls, kept: Mapping[str, Mapping[str, str]]) -> SaidOtherwise:
        """Return what was kept."""
        return cls(*(Text(kept[name]["zh"], kept[name]["en"]) for name in ("what", "before", "after")))


def differences(before: Mapping[str, tuple[Text, Text]], after: Mapping[str, tuple[Text, Text]]) -> list[SaidOtherwise]:
    """Return what differs of things by key, each what it is called and what it says; what is on one side only differs.

    >>> one, two = (Text("研发", "R&D"), Text("符合", "met")), (Text("研发", "R&D"), Text("未知", "unknown"))
    >>> [each.after.en for each in differences({"a": one, "b": one}, {"a": two, "b": one})]
    ['unknown']
    """
    none = Text("—", "—")
    found = []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old != new:
            what = (new or old or (none, none))[0]
            found.append(SaidOtherwise(what, old[1] if old else none, new[1] if new else none))
    return found


def answer_said(answer: Mapping[str, Any]) -> dict[str, tuple[Text, Text]]:
    """Return what a pre-loan answer says that a reader acts on: its sentence, and the share of each that bears."""
    sentence = answer["sentence"]
    said = {"sentence": (_SENTENCE, Text(sentence["zh"], sentence["en"]))}
    for layer in answer["layers"]:
        said[layer["party"]] = (Text(layer["name"]["zh"], layer["name"]["en"]), _share(layer["ratio_bp"]))
    return said


def _share(ratio_bp: int | None) -> Text:
    if ratio_bp is None:
        return _NO_RATIO
    return Text(f"{ratio_bp / 100:g}%", f"{ratio_bp / 100:g}%")


def _words(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def in_json(found: Iterable[SaidOtherwise]) -> list[dict[str, dict[str, str]]]:
    """Return all as they are kept."""
    return [one.as_json() for one in found]
