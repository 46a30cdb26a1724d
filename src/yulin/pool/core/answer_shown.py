"""A pre-loan answer as the screen and the print show it, from the JSON values that are given and kept.

Live and kept answers go through the same form, so that a kept one reads as it was given. Nothing is promised here that
the answer does not promise: a bar is drawn only where every party's part is known and the loan is covered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yulin.base.text import Text
from yulin.pool.core.names import district_name
from yulin.pool.core.scheme_table import kind_of
from yulin.pool.core.words import day_word, number_word, percent_word
from yulin.rules.core.vocabulary import Vocabulary

VERDICTS: Mapping[str, tuple[str, Text]] = {
    "met": ("ok", Text("可以补偿", "Covered")),
    "not_met": ("bad", Text("不予补偿", "Not covered")),
    "unknown": ("unk", Text("尚不能答复", "No answer yet")),
}
_OUTCOMES: Mapping[str, tuple[str, Text]] = {
    "met": ("ok", Text("符合", "Met")),
    "not_met": ("bad", Text("不符合", "Not met")),
    "unknown": ("unk", Text("未知", "Unknown")),
}
_NOT_APPLIED = ("idle", Text("不适用", "Not applied"))
_YES_NO = {True: Text("是", "yes"), False: Text("否", "no")}
_NONE = Text("—", "—")
_WHOLE_BP = 10_000


@dataclass(frozen=True)
class PartyLine:
    """One party of the table under the bar."""

    name: Text
    kind: str
    ratio_bp: int | None
    percent: str
    full_loss_fen: int | None
    before_fen: int | None
    after_fen: int | None
    is_rest: bool
    is_verified: bool


@dataclass(frozen=True)
class ArticleLine:
    """One article with its verdict."""

    clause: Text
    says: Text
    found: Text
    verdict: tuple[str, Text]
    verified: str


@dataclass(frozen=True)
class RoomLine:
    """One limit with the room before and after this loan."""

    name: Text
    bound: Text
    before: Text
    after: Text
    verdict: tuple[str, Text]


@dataclass(frozen=True)
class ChangeLine:
    """What the answer would be after one change."""

    says: Text
    others: Text
    own: Text
    is_better: bool


@dataclass(frozen=True)
class FactLine:
    """One fact with its source; `is_contested` where the firm's objection was open when the answer was given."""

    label: Text
    value: Text
    source: Text
    since: str | None
    is_contested: bool = False


@dataclass(frozen=True)
class Shown:
    """Everything that the page says of one answer."""

    verdict: tuple[str, Text]
    sentence: Text
    is_covered: bool
    bar: tuple[PartyLine, ...]
    parties: tuple[PartyLine, ...]
    total_fen: int | None
    articles: tuple[ArticleLine, ...]
    rooms: tuple[RoomLine, ...]
    now: ChangeLine
    changes: tuple[ChangeLine, ...]
    missing: tuple[Text, ...]
    unverified_count: int
    facts: tuple[FactLine, ...]
    closed: tuple[Text, ...]  # facts that need the firm's consent
    closed_groups: tuple[Text, ...]
    firm_name: str
    firm_code: str
    valid_until: date
    version: str
    currency: str


def shown(answer: Mapping[str, Any], vocabulary: Vocabulary) -> Shown:
    """Return an answer in JSON values as the page shows it."""
    covered = answer["covered"]
    parties = _parties(answer)
    known = [party.full_loss_fen for party in parties]
    is_drawn = covered == "met" and all(party.ratio_bp is not None for party in parties)
    total = None if None in known or not known else sum(fen or 0 for fen in known)
    return Shown(
        verdict=VERDICTS[covered],
        sentence=_text(answer["sentence"]),
        is_covered=covered == "met",
        bar=tuple(party for party in parties if party.ratio_bp) if is_drawn else (),
        parties=parties,
        total_fen=total,
        articles=tuple(_article(line) for line in answer["lines"]),
        rooms=tuple(_room(room, answer["currency"]) for room in answer["rooms"]),
        now=_now(answer, parties),
        changes=tuple(_change(change) for change in answer["changes"]),
        missing=tuple(vocabulary.label(name) for name in answer["missing"]),
        unverified_count=len(answer["unverified"]),
        facts=tuple(fact_line(fact, vocabulary) for fact in answer["facts"]),
        closed=tuple(_text(fact["label"]) for fact in answer.get("closed", ())),
        closed_groups=tuple(dict.fromkeys(_text(fact["group"]) for fact in answer.get("closed", ()))),
        firm_name=answer["firm"]["name"] or "",
        firm_code=answer["firm"]["code"],
        valid_until=date.fromisoformat(answer["valid_until"]),
        version=answer["version"],
        currency=answer["currency"],
    )


def fact_line(fact: Mapping[str, Any], vocabulary: Vocabulary) -> FactLine:
    """Return a fact in words, with its source."""
    value = fact_value(fact["name"], fact["value"], vocabulary)
    # An answer that was kept before facts were marked says nothing of it.
    return FactLine(_text(fact["label"]), value, _text(fact["source"]), fact["since"], fact.get("is_contested", False))


def fact_value(name: str, value: Any, vocabulary: Vocabulary) -> Text:
    """Return the value of a fact as people say it."""
    fact = vocabulary.find(name)
    if value is None or fact is None:
        return _NONE if value is None else Text(str(value), str(value))
    kind = fact.type.kind
    if kind == "bool":
        return _YES_NO[bool(value)]
    if kind == "member":
        return vocabulary.lists[fact.type.unit].members.get(str(value), Text(str(value), str(value)))
    if kind == "area":
        return district_name(str(value))
    if kind == "date":
        return day_word(date.fromisoformat(str(value)))
    if isinstance(value, int) and kind == "ratio":
        return Text(percent := percent_word(value * _WHOLE_BP // fact.scale), percent)
    if isinstance(value, int) and kind in {"money", "months", "days", "count"}:
        return number_word(kind, value)
    return Text(str(value), str(value))


def _text(words: Mapping[str, str]) -> Text:
    return Text(words["zh"], words["en"])


def _parties(answer: Mapping[str, Any]) -> tuple[PartyLine, ...]:
    layers: Sequence[Mapping[str, Any]] = answer["layers"]
    last = len(layers) - 1
    return tuple(
        PartyLine(
            name=_text(layer["name"]),
            kind="own" if index == last else kind_of(layer["party"]),
            ratio_bp=layer["ratio_bp"],
            percent=percent_word(layer["ratio_bp"] or 0).removesuffix("%"),
            full_loss_fen=layer["full_loss_fen"],
            before_fen=layer["room_before_fen"],
            after_fen=layer["room_after_fen"],
            is_rest=index == last,
            is_verified=layer["outcome"] == "met",
        )
        for index, layer in enumerate(layers)
    )


def _article(line: Mapping[str, Any]) -> ArticleLine:
    outcome = line["outcome"]
    # A ratio row whose question does not hold is no fault of the loan: it only does not apply.
    is_ratio = line["id"].startswith("modes.")
    verdict = _NOT_APPLIED if is_ratio and outcome == "not_met" else _OUTCOMES[outcome]
    return ArticleLine(_text(line["clause"]), _text(line["says"]), _text(line["found"]), verdict, line["verified"])


def _room(room: Mapping[str, Any], currency: str) -> RoomLine:
    unit = room["unit"]
    bound = room["at_most"] if room["at_most"] is not None else room["at_least"]
    least = room["at_most"] is None and bound is not None

    def say(number: int | None) -> Text:
        return _NONE if number is None else number_word(unit, number, currency)

    words = say(bound)
    return RoomLine(
        name=_text(room["name"]),
        bound=Text(f"至少{words.zh}", f"at least {words.en}") if least else words,
        before=say(room["before"]),
        after=_over(room["after"], unit, currency) if (room["after"] or 0) < 0 else say(room["after"]),
        verdict=_OUTCOMES[room["outcome"]],
    )


def _over(after: int, unit: str, currency: str) -> Text:
    words = number_word(unit, -after, currency)
    return Text(f"超{words.zh}", f"{words.en} over")


def _now(answer: Mapping[str, Any], parties: Sequence[PartyLine]) -> ChangeLine:
    others = [party.ratio_bp for party in parties if not party.is_rest]
    bp = None if None in others or not others else sum(one or 0 for one in others)
    says = Text("按当前条件", "As asked")
    return _change_line(says, answer["covered"], bp, is_better=False)


def _change(change: Mapping[str, Any]) -> ChangeLine:
    return _change_line(_text(change["says"]), change["covered"], change["others_bp"], is_better=change["gain_bp"] >= 0)


def _change_line(says: Text, covered: str, others_bp: int | None, *, is_better: bool) -> ChangeLine:
    if covered == "not_met":
        return ChangeLine(says, Text("不补偿", "none"), Text("100%", "100%"), is_better)
    if covered == "unknown" or others_bp is None:
        return ChangeLine(says, Text("未知", "unknown"), Text("未知", "unknown"), is_better)
    others, own = percent_word(others_bp), percent_word(_WHOLE_BP - others_bp)
    return ChangeLine(says, Text(others, others), Text(own, own), is_better)
