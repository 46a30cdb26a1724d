"""A check-up in words: what each title asks, what was found, what is lacking, and the ways to it, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.brain.core.check_up import Line, Standing, bare_name
from yulin.brain.core.ways import Way
from yulin.pool.core.answer_shown import fact_value
from yulin.pool.core.words import cited_clause, joined, money_word, number_word, percent_word
from yulin.rules.core.facts import public_name
from yulin.rules.core.findings import Finding, Question
from yulin.rules.core.pack import Pack
from yulin.rules.core.requirements import Requirement
from yulin.rules.core.vocabulary import Vocabulary

STANDINGS: Mapping[Standing, tuple[str, Text]] = {
    Standing.MET: ("ok", Text("可认定", "Qualifies")),
    Standing.NEAR: ("warn", Text("差一步", "Near")),
    Standing.NOT_MET: ("bad", Text("未达到", "Does not qualify")),
    Standing.UNKNOWN: ("unk", Text("未定", "Open")),
}
OUTCOMES: Mapping[Outcome, tuple[str, Text]] = {
    Outcome.MET: ("ok", Text("达到", "Met")),
    Outcome.NOT_MET: ("bad", Text("未达", "Not met")),
    Outcome.UNKNOWN: ("unk", Text("未定", "Open")),
}
_RULE_OPEN = Text("条文或权重未公布，不作认定", "the rule or its weights are not published; nothing is decided")
_SPARED = ("idle", Text("不需要", "Not needed"))
_NONE = Text("—", "—")
_YES_NO = {"yes": Text("是", "yes"), "no": Text("否", "no"), "known": Text("已知", "known")}
_SIGNS = {">=": "≥", "<=": "≤", "!=": "≠", "==": "=", ">": ">", "<": "<"}
_YUAN = re.compile(r"(-?\d+)\.(\d\d) 元")
_TIMES = {"天": "days", "个月": "months"}
_TIME = re.compile(r"(-?\d+) (天|个月)")
_WHOLE_BP = 10_000
_HUNDRED_YUAN = 10_000  # in fen
_COUNTED: Mapping[str, tuple[str, str, str]] = {  # by the vocabulary's unit
    "persons": ("人", "person", "persons"),
    "items": ("项", "item", "items"),
    "points": ("分", "point", "points"),
    "reports": ("次", "report", "reports"),
    "US dollars": ("美元", "US dollar", "US dollars"),
}


@dataclass(frozen=True)
class ConditionRow:
    """One comparison of a condition, or a condition of its own: found, needed, lacking."""

    id: str
    text: Text
    clause: Text
    verdict: tuple[str, Text]
    value: Text
    needed: Text
    lacks: Text
    facts: tuple[str, ...]
    is_first: bool  # of its condition
    verified: str


@dataclass(frozen=True)
class ScoreRow:
    """One indicator: its points with bounds, how far the next band is."""

    id: str
    text: Text
    clause: Text
    low: int
    high: int
    of: int
    value: Text
    next_points: int | None
    lacks: Text
    facts: tuple[str, ...]
    verified: str

    @property
    def low_percent(self) -> float:
        """The bar's sure part."""
        return _percent(self.low, self.of)

    @property
    def high_percent(self) -> float:
        """The bar's end, what is open counted."""
        return _percent(self.high, self.of)

    @property
    def next_text(self) -> Text:
        """The next band: its points, and what is lacking for it."""
        if self.next_points is None:
            return _NONE
        return Text(f"{self.next_points}分：{self.lacks.zh}", f"{self.next_points}: {self.lacks.en}")

    @property
    def points(self) -> str:
        """The points, or their bounds."""
        return f"{self.low}" if self.low == self.high else f"{self.low}–{self.high}"


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


@dataclass(frozen=True)
class TitleRow:
    """One title in the table of all: standing, bar, points, what is lacking."""

    line: Line
    verdict: tuple[str, Text]
    before: tuple[str, Text] | None  # where an assumption changed it
    points: str
    needed: str
    low_percent: float | None
    high_percent: float
    mark_percent: float
    lacks: Text


def title_row(line: Line, before: Line | None) -> TitleRow:
    """Return a title's row; the bar runs to the most points that the title gives."""
    found, whole = line.found, line.most_points
    low, high = (found.score_low or 0), (found.score_high or 0)
    has_points = whole is not None and found.score_low is not None
    changed = before is not None and before.standing != line.standing
    return TitleRow(
        line=line,
        verdict=("idle", band_text(line)) if line.is_class and line.is_met else STANDINGS[line.standing],
        before=STANDINGS[before.standing] if changed and before else None,
        points=("" if not has_points else f"{low}" if low == high else f"{low}–{high}") or "—",
        needed="" if line.pass_mark is None else f"≥{line.pass_mark}",
        low_percent=_percent(low, whole) if has_points and whole else None,
        high_percent=_percent(high, whole) if has_points and whole else 0.0,
        mark_percent=_percent(line.pass_mark or 0, whole) if whole else 0.0,
        lacks=lacks_of(line),
    )


def lacks_of(line: Line) -> Text:
    """Say in one line what stands between the firm and the title."""
    vocabulary, found = line.pack.vocabulary, line.found
    if line.standing is Standing.MET:
        spare = (found.score_low or 0) - (line.pass_mark or 0)
        return Text(f"超过{spare}分", f"{spare} above") if line.pass_mark is not None and spare > 0 else _NONE
    if line.standing is Standing.UNKNOWN:
        named = [label_of(name, vocabulary) for name in missing_of(line)]
        return _listed(Text("缺", "lacks "), named) if named else _RULE_OPEN
    if line.nearest is not None:
        return way_text(line.nearest, vocabulary, line.unknown)
    failing = [one.text or Text(one.id, one.id) for one in found.findings if _fails(one)]
    return _listed(Text("", ""), failing) if failing else _NONE


def missing_of(line: Line) -> tuple[str, ...]:
    """Return the facts that would settle what is open: those that could decide, else all that open rows read."""
    return line.found.missing or line.unknown


def band_text(line: Line) -> Text:
    """Return what the firm's class is called."""
    return class_text(line.found.band or "", line.pack)


def class_text(band: str, pack: Pack) -> Text:
    """Return what a class of a pack is called."""
    order = set(pack.classes.order if pack.classes else pack.ladder.order if pack.ladder else ())
    lists = (each.members for each in pack.vocabulary.lists.values() if order <= set(each.members))
    return next(lists, {}).get(band, Text(band, band))


def _fails(finding: Finding) -> bool:
    return finding.outcome is Outcome.NOT_MET and finding.of is None and finding.verified != "no"


def _listed(lead: Text, parts: list[Text], most: int = 3) -> Text:
    shown, more = joined(parts[:most], "、", "; "), len(parts) - most
    tail = Text(f"等{len(parts)}项", f" and {more} more") if more > 0 else Text("", "")
    return Text(f"{lead.zh}{shown.zh}{tail.zh}", f"{lead.en}{shown.en}{tail.en}")


def label_of(name: str, vocabulary: Vocabulary) -> Text:
    """Return what a fact is called, with its year where it names one.

    >>> from types import SimpleNamespace as S
    >>> label_of("r_fen_2021", S(label=lambda name: Text("收入", "revenue"))).en
    'revenue of 2021'
    """
    bare = bare_name(name)
    label = vocabulary.label(bare)
    year = name.removeprefix(bare).lstrip("_")
    return Text(f"{year}年{label.zh}", f"{label.en} of {year}") if year.isdecimal() else label


def way_text(way: Way, vocabulary: Vocabulary, unknown: Sequence[str] = ()) -> Text:
    """Say a way: each fact with what it would have to be, and by how much that is more or less; what is then open.

    `unknown` are the facts that are open anyway, for a way that was found without asking which of them matter.
    """
    said = joined([_change_text(change.fact, change.own, change.new, vocabulary) for change in way.changes], "；", "; ")
    if not way.is_open:
        return said
    named = [label_of(name, vocabulary) for name in way.missing or unknown]
    if not named:
        return Text(f"{said.zh}；另有事实须查明", f"{said.en}; further facts are still to be known")
    lacks = _listed(Text("", ""), named)
    return Text(f"{said.zh}；另须查明{lacks.zh}", f"{said.en}; still to be known: {lacks.en}")


def how_texts(way: Way, vocabulary: Vocabulary) -> list[Text]:
    """Return how a firm can move each fact of a way, where there is something to say."""
    facts = (vocabulary.find(bare_name(change.fact)) for change in way.changes)
    return [vocabulary.how_to[fact.name] for fact in facts if fact is not None and fact.name in vocabulary.how_to]


def _change_text(name: str, own: Any, new: Any, vocabulary: Vocabulary) -> Text:
    label = label_of(name, vocabulary)
    if isinstance(new, bool) or not isinstance(own, int):
        value = fact_value(bare_name(name), new, vocabulary)
        return Text(f"{label.zh}：{value.zh}", f"{label.en}: {value.en}")
    value = fact_value(bare_name(name), _readable(name, new, vocabulary, rises=new > own), vocabulary)
    by = amount_text(name, _readable(name, abs(new - own), vocabulary), vocabulary)
    zh, en = ("多", "more") if new > own else ("少", "less")
    verb = "达到" if new > own else "降到"
    return Text(f"{label.zh}{verb}{value.zh}（{zh}{by.zh}）", f"{label.en} at {value.en} ({by.en} {en})")


def _readable(name: str, amount: int, vocabulary: Vocabulary, *, rises: bool = True) -> int:
    """Return an amount of money to the hundred yuan, on the side that still suffices; other amounts as they are."""
    fact = vocabulary.find(bare_name(name))
    if fact is None or fact.type.kind != "money" or abs(amount) < _HUNDRED_YUAN:
        return amount
    return (-(-amount // _HUNDRED_YUAN) if rises else amount // _HUNDRED_YUAN) * _HUNDRED_YUAN


def amount_text(name: str, amount: int, vocabulary: Vocabulary) -> Text:
    """Return an amount of a fact in its own unit."""
    fact = vocabulary.find(bare_name(name))
    kind = fact.type.kind if fact else "count"
    if kind == "ratio":
        scale = fact.scale if fact else _WHOLE_BP
        percent = percent_word(amount * _WHOLE_BP // scale)
        return Text(percent, percent)
    counted = _COUNTED.get(fact.type.unit) if fact and kind == "count" else None
    if counted is None:
        return number_word(kind, amount)
    zh, one, many = counted
    return Text(f"{amount:,}{zh}", f"{amount:,} {one if amount == 1 else many}")


def condition_rows(findings: Iterable[Finding], vocabulary: Vocabulary) -> list[ConditionRow]:
    """Return the conditions, each with its comparisons."""
    rows: list[ConditionRow] = []
    for finding in findings:
        if finding.of is not None:
            continue
        questions: list[Question | None] = [*finding.questions] or [None]
        for place, question in enumerate(questions):
            rows.append(_condition_row(finding, question, place == 0, vocabulary))
    return rows


def _condition_row(finding: Finding, question: Question | None, is_first: bool, vocabulary: Vocabulary) -> ConditionRow:
    outcome = question.outcome if question and finding.verified != "no" else finding.outcome
    is_spared = finding.outcome is Outcome.MET and outcome is Outcome.NOT_MET  # another alternative holds
    facts = question.facts if question else finding.facts
    names = joined([label_of(name, vocabulary) for name in facts], "、", ", ")
    text = finding.text or Text(finding.id, finding.id)
    return ConditionRow(
        id=finding.id,
        text=text if is_first else names,
        clause=cited_clause(finding.clause),
        verdict=_SPARED if is_spared else OUTCOMES[outcome],
        value=pretty(question.value, vocabulary) if question and question.value else _NONE,
        needed=pretty(question.needed, vocabulary) if question else _NONE,
        lacks=_NONE if question is None or is_spared else _question_lacks(question, vocabulary),
        facts=facts,
        is_first=is_first,
        verified=finding.verified,
    )


def _question_lacks(question: Question, vocabulary: Vocabulary) -> Text:
    if question.gap or question.outcome is not Outcome.NOT_MET:
        return gap_text(question.gap, vocabulary)
    needed = pretty(question.needed, vocabulary)
    return Text(f"须为{needed.zh}", f"must be {needed.en}")


@dataclass(frozen=True)
class BothRow:
    """One thing that a title asks, under its old and its new rule; None where a rule does not ask it."""

    text: Text
    old: tuple[tuple[str, Text], Text] | None  # verdict, and what is needed or how many points
    new: tuple[tuple[str, Text], Text] | None


def both_rows(old: Line, new: Line) -> list[BothRow]:
    """Return what two versions of a title ask, thing by thing: those of the new rule first, then what it dropped."""
    olds, news = _asked_by(old), _asked_by(new)
    return [
        BothRow((news.get(key) or olds[key]).text, _cell(olds.get(key)), _cell(news.get(key)))
        for key in dict.fromkeys((*news, *olds))
    ]


def _asked_by(line: Line) -> dict[tuple[str, tuple[str, ...]], ConditionRow | ScoreRow]:
    vocabulary, findings = line.pack.vocabulary, line.found.findings
    rows: list[ConditionRow | ScoreRow] = [*condition_rows(findings, vocabulary), *score_rows(findings, vocabulary)]
    return {(row.id, tuple(sorted({bare_name(name) for name in row.facts}))): row for row in rows}


def _cell(row: ConditionRow | ScoreRow | None) -> tuple[tuple[str, Text], Text] | None:
    if row is None:
        return None
    if isinstance(row, ScoreRow):
        points = Text(f"{row.points}分，满分{row.of}", f"{row.points} of {row.of} points")
        is_open = row.low != row.high
        return OUTCOMES[Outcome.UNKNOWN if is_open else Outcome.MET if row.low else Outcome.NOT_MET], points
    return row.verdict, row.needed


def score_rows(findings: Iterable[Finding], vocabulary: Vocabulary) -> list[ScoreRow]:
    """Return the indicators that give points."""
    return [
        ScoreRow(
            id=one.id,
            text=one.text or Text(one.id, one.id),
            clause=cited_clause(one.clause),
            low=one.points_low or 0,
            high=one.points_high or 0,
            of=one.of,
            value=pretty(one.value, vocabulary) if one.value else _NONE,
            next_points=one.next_band.points if one.next_band else None,
            lacks=gap_text(one.next_band.gap, vocabulary) if one.next_band else _NONE,
            facts=one.facts,
            verified=one.verified,
        )
        for one in findings
        if one.of is not None
    ]


def requirement_text(each: Requirement, vocabulary: Vocabulary, on: date) -> Text:
    """Say what a requirement asks: its row's words, and which facts of them where the row asks several things."""
    text = each.row.text or Text(each.row.id, each.row.id)
    if each.parts == 1:
        return text
    labels = dict.fromkeys(label_of(public_name(slot, vocabulary, on), vocabulary) for slot in each.slots)
    named = joined(labels, "、", ", ")
    return Text(f"{text.zh}——{named.zh}", f"{text.en} – {named.en}")


@dataclass(frozen=True)
class Lack:
    """What one firm lacks of one requirement: in words, and the nearest change of one fact as an amount."""

    text: Text
    fact: str = ""
    more: int | None = None


def lack_of(each: Requirement, findings: Iterable[Finding], vocabulary: Vocabulary, on: date) -> Lack:
    """Return what a firm lacks of a requirement, from the findings of its assessment."""
    found = next((one for one in findings if one.id == each.row.id), None)
    if found is None:
        return Lack(_NONE)
    if found.next_band is not None:
        band = found.next_band
        return _lack(
            band.gap,
            Text(
                f"再得{band.points - (found.points_low or 0)}分", f"{band.points - (found.points_low or 0)} more points"
            ),
            vocabulary,
        )
    names = {public_name(slot, vocabulary, on) for slot in each.slots}
    asked = [one for one in found.questions if set(one.facts) <= names and one.outcome is Outcome.NOT_MET]
    if not asked:
        return Lack(_NONE)
    easiest = next((one for one in asked if one.gap), asked[0])
    needed, label = (
        pretty(easiest.needed, vocabulary),
        joined([label_of(n, vocabulary) for n in easiest.facts], "、", ", "),
    )
    return _lack(easiest.gap, Text(f"{label.zh}：须为{needed.zh}", f"{label.en}: must be {needed.en}"), vocabulary)


def _lack(gap: Mapping[str, int], otherwise: Text, vocabulary: Vocabulary) -> Lack:
    name = next((name for name, more in gap.items() if more > 0), next(iter(gap), ""))
    return Lack(gap_text(gap, vocabulary), name, gap[name]) if name else Lack(otherwise)


def gap_text(gap: Mapping[str, int], vocabulary: Vocabulary) -> Text:
    """Say by how much which fact alone would have to change, the first ways only."""
    parts = [_gap_part(name, more, vocabulary) for name, more in gap.items() if more > 0] or [
        _gap_part(name, more, vocabulary) for name, more in gap.items()
    ]
    return joined(parts[:2], "，或", ", or ") if parts else _NONE


def _gap_part(name: str, more: int, vocabulary: Vocabulary) -> Text:
    label, by = label_of(name, vocabulary), amount_text(name, _readable(name, abs(more), vocabulary), vocabulary)
    zh, en = ("多", "more") if more > 0 else ("少", "less")
    return Text(f"{label.zh}{zh}{by.zh}", f"{by.en} {en} of {label.en}")


def pretty(text: str, vocabulary: Vocabulary) -> Text:
    """Return a value or a bound of a finding as people read it.

    >>> pretty(">= 500000000.00 元", Vocabulary({})).zh, pretty("4.78 %", Vocabulary({})).en
    ('≥50,000.00万元', '4.78%')
    >>> pretty(">= 365 天", Vocabulary({})).en
    '≥ 365 days'
    """
    if text in _YES_NO:
        return _YES_NO[text]
    listed = re.fullmatch(r"(not )?in \((.*)\)", text)
    if listed:
        members = {name: said for each in vocabulary.lists.values() for name, said in each.members.items()}
        names = joined([members.get(each, Text(each, each)) for each in listed[2].split(", ")], "、", ", ")
        return Text(f"{'非' if listed[1] else ''}{names.zh}", f"{'not ' if listed[1] else ''}{names.en}")
    head, _, tail = text.partition(" ")
    mark, body = (_SIGNS[head], tail) if head in _SIGNS else ("", text)
    amount = _YUAN.fullmatch(body)
    if amount:
        fen = int(amount[1]) * 100 + int(amount[2])
        said = money_word(fen)
        return Text(f"{mark}{said.zh}", f"{mark} {said.en}".strip())
    time = _TIME.fullmatch(body)
    if time:
        said = number_word(_TIMES[time[2]], int(time[1]))
        return Text(f"{mark}{said.zh}", f"{mark} {said.en}".strip())
    body = body.replace(" %", "%")
    return Text(f"{mark}{body}", f"{mark}{body}")


def would_decide_text(name: str, needed: str, vocabulary: Vocabulary) -> Text:
    """Say which values of a missing fact would bring the title.

    >>> would_decide_text("staff_count", ">= 10", Vocabulary({})).en
    '≥10'
    """
    fact = vocabulary.find(bare_name(name))
    kind = fact.type.kind if fact else ""
    said: list[Text] = []
    for part in needed.split(" or "):
        head, _, tail = part.partition(" ")
        if kind == "bool":
            said.append(_YES_NO["yes" if tail == "true" else "no"])
        elif head in _SIGNS and tail.lstrip("-").isdecimal() and fact is not None:
            value = amount_text(name, int(tail), vocabulary)
            said.append(Text(f"{_SIGNS[head]}{value.zh}", f"{_SIGNS[head]}{value.en}"))
        else:
            said.append(pretty(part, vocabulary))
    return joined(said, "或", " or ")


def value_text(name: str, value: Any, vocabulary: Vocabulary) -> Text:
    """Return a fact's value as people say it, with its unit; the year, if any, is in its name."""
    fact = vocabulary.find(bare_name(name))
    if fact is not None and fact.type.kind == "count" and isinstance(value, int):
        return amount_text(name, value, vocabulary)
    return fact_value(bare_name(name), value, vocabulary)
