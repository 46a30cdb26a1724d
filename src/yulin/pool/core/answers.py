"""The pre-loan answer: would this loan be covered, at what ratio, under which article, and what would change it.

The judgement put into words: one sentence, the parties with their ratios, article by article, the room under every
limit, what is missing, what would change it. What rests on an article that nobody has read says so and promises
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.pool.core.codes import REFUSALS
from yulin.pool.core.counterfactuals import Counterfactual, counterfactuals
from yulin.pool.core.judgement import Inquiry, Judgement, LayerAnswer, judge
from yulin.pool.core.names import district_name
from yulin.pool.core.ratios import Use
from yulin.pool.core.rooms import SHARED, Room
from yulin.pool.core.words import (
    LIMITS,
    NOT_AVAILABLE,
    clause_word,
    joined,
    number_word,
    party_word,
    percent_word,
    rate_word,
)
from yulin.rules.core.assess import assess
from yulin.rules.core.facts import Known
from yulin.rules.core.findings import Finding
from yulin.rules.core.pack import Pack, Row
from yulin.rules.core.scheme import RateTerm

# Refusals that no article's line shows.
_WITHOUT_LINE = frozenset(
    {"POOL.SCHEME.NOT_IN_FORCE", "POOL.MODE.NOT_OFFERED", "POOL.MODE.SECOND", "POOL.MODE.X_SHARES", "POOL.RATIO.NONE"}
)


@dataclass(frozen=True)
class Line:
    """One article as it meets this loan."""

    id: str
    clause: Text
    says: Text
    found: Text  # what stands in the facts, or what the row gives
    outcome: Outcome
    verified: str
    source: str


@dataclass(frozen=True)
class Answer:
    """The pre-loan answer in full."""

    pack: str
    version: str
    on: date
    covered: Outcome
    sentence: Text
    layers: tuple[LayerAnswer, ...]
    lines: tuple[Line, ...]
    rooms: tuple[Room, ...]
    changes: tuple[Counterfactual, ...]
    refusals: tuple[str, ...]
    missing: tuple[str, ...]  # facts by public name that could turn the answer
    unverified: tuple[Row, ...]  # rows that would decide and that nobody has verified
    currency: str = "CNY"


def answer(pack: Pack, inquiry: Inquiry, layers: Sequence[Pack] = ()) -> Answer:
    """Return the pre-loan answer of a scheme pack.

    Raises: RULES.FACT.UNKNOWN_NAME, RULES.FACT.VALUE.
    """
    found = judge(pack, inquiry, layers)
    is_asked = bool(pack.conditions) and pack.is_in_force(inquiry.on)
    assessment = assess(pack, inquiry.facts, inquiry.on) if is_asked else None
    lines = (
        *(_eligibility_lines(pack, assessment.findings, found.known) if assessment else ()),
        *(_room_line(room, pack.currency) for room in found.rooms),
        *_ratio_lines(found),
    )
    missing = (*(assessment.missing if assessment else ()), *_missing_for_ratio(pack, found))
    return Answer(
        pack=pack.id,
        version=pack.version,
        on=inquiry.on,
        covered=found.covered,
        sentence=_sentence(found, lines, missing, pack),
        layers=found.layers,
        lines=lines,
        rooms=found.rooms,
        changes=counterfactuals(pack, inquiry, found, layers),
        refusals=found.refusals,
        missing=tuple(dict.fromkeys(missing)),
        unverified=_unverified(pack, found),
        currency=pack.currency,
    )


def _eligibility_lines(pack: Pack, findings: Sequence[Finding], known: Known) -> Iterator[Line]:
    for condition, finding in zip(pack.conditions.values(), findings, strict=False):
        row = condition.row
        facts = [_fact_word(pack, slot, known) for slot in sorted(condition.that.slots)]
        found = NOT_AVAILABLE if row.is_unverified else joined(facts, "；", "; ")
        yield _line(row, row.text or Text(row.id, row.id), found, finding.outcome)


def _fact_word(pack: Pack, slot: str, known: Known) -> Text:
    """Return a fact with its value as people say it."""
    name = slot.partition("[")[0]
    fact, value = pack.vocabulary.facts[name], known.get(slot)
    said = Text("未知", "unknown")
    if fact.type.kind == "bool" and value is not None:
        said = Text("是", "yes") if value else Text("否", "no")
    elif fact.type.kind == "member" and value is not None:
        said = pack.vocabulary.lists[fact.type.unit].members[value]
    elif fact.type.kind == "date" and value is not None:
        said = Text(date.fromordinal(value).isoformat(), date.fromordinal(value).isoformat())
    elif fact.type.kind == "area" and value is not None:
        said = district_name(str(value))
    elif value is not None:
        said = number_word(fact.type.kind, value, pack.currency)
    return Text(f"{fact.label.zh}：{said.zh}", f"{fact.label.en}: {said.en}")


def _room_line(room: Room, currency: str) -> Line:
    limit, unit = room.limit, room.limit.unit
    bound = limit.at_most if limit.at_most is not None else limit.at_least
    label = LIMITS.get(room.kind, Text(room.kind, room.kind))
    if limit.by is not None:
        return _rate_line(room, limit.by, label)
    if bound is None:
        return _line(limit.row, limit.row.text or label, NOT_AVAILABLE, Outcome.UNKNOWN)
    most = number_word(unit, bound, currency)
    is_most = limit.at_most is not None
    says = Text(f"{label.zh}不{'超过' if is_most else '少于'}{most.zh}",
                f"{label.en}: at {'most' if is_most else 'least'} {most.en}")  # fmt: skip
    return _line(limit.row, says, _room_found(room, currency), room.outcome)


def _rate_line(room: Room, by: RateTerm, label: Text) -> Line:
    """Say a bound that a rate gives: its name, what it is on the day of lending, what the loan costs."""
    rate, word = rate_word(by), NOT_AVAILABLE if room.before is None else number_word("ratio", room.before)
    says = Text(f"{label.zh}不超过{rate.zh}：{word.zh}", f"{label.en}: at most {rate.en}: {word.en}")
    asked = Text("未填", "not given")
    if room.asked is not None:
        own = number_word("ratio", room.asked)
        asked = Text(f"本笔{own.zh}", f"this loan: {own.en}")
    return _line(room.limit.row, says, asked, room.outcome)


def _room_found(room: Room, currency: str) -> Text:
    if room.after is None:
        return Text("已用额度未知", "what is used is not known") if room.used is None else Text("未填", "not given")
    if room.kind == "firm":
        return _balance_found(room, currency)
    left = number_word(room.limit.unit, max(room.after, 0), currency)
    if room.kind not in SHARED and room.asked is not None:
        own = number_word(room.limit.unit, room.asked, currency)
        return Text(f"本笔{own.zh}", f"this loan: {own.en}")
    if room.over:
        over = number_word(room.limit.unit, room.over, currency)
        return Text(f"超出{over.zh}", f"over by {over.en}")
    return Text(f"本笔后余{left.zh}", f"{left.en} left after this loan")


def _balance_found(room: Room, currency: str) -> Text:
    """Return what the firm owes, what is asked, and where that passes the ceiling what to do next."""
    owed, own = (number_word(room.limit.unit, fen or 0, currency) for fen in (room.used, room.asked))
    said = Text(f"在保余额{owed.zh}，本笔{own.zh}", f"it owes {owed.en}, this loan: {own.en}")
    if not room.over:
        left = number_word(room.limit.unit, room.after or 0, currency)
        return Text(f"{said.zh}，本笔后余{left.zh}", f"{said.en}; {left.en} left after it")
    over, fits = (number_word(room.limit.unit, fen, currency) for fen in (room.over, room.before or 0))
    smaller = Text(f"降到{fits.zh}以内，或", f"lend no more than {fits.en}, or ") if room.before else Text("", "")
    return Text(
        f"{said.zh}，超出{over.zh}：{smaller.zh}待该户还款结清、月报余额下降后再申请",
        f"{said.en}; over by {over.en}: {smaller.en}wait until the firm has repaid and the monthly return shows it",
    )


def _ratio_lines(found: Judgement) -> Iterator[Line]:
    for layer in found.layers:
        for use in layer.ratio.uses if layer.ratio else ():
            yield _ratio_line(layer.party, use)
        if layer.ratio is None and layer.open_rows:
            yield _line(layer.open_rows[0], party_word(layer.party), NOT_AVAILABLE, Outcome.UNKNOWN)


def _ratio_line(party: str, use: Use) -> Line:
    word = party_word(party)
    kind = (
        Text("上限", "cap") if ".cap." in use.row.id else Text("加成", "bonus") if ".bonuses." in use.row.id else None
    )
    said = percent_word(use.bp) if use.bp is not None else "?"
    plain = Text(f"{word.zh}{kind.zh if kind else '比例'}{said}", f"{word.en}: {kind.en if kind else 'ratio'} {said}")
    is_open = use.row.is_unverified or use.bp is None
    outcome = Outcome.UNKNOWN if is_open and use.outcome is Outcome.MET else use.outcome
    return _line(use.row, use.row.text or plain, NOT_AVAILABLE if is_open else Text(said, said), outcome)


def _line(row: Row, says: Text, found: Text, outcome: Outcome) -> Line:
    return Line(row.id, clause_word(row), says, found, outcome, row.verified, row.source)


def _missing_for_ratio(pack: Pack, found: Judgement) -> Iterator[str]:
    """Yield the facts, by public name, that leave a ratio or a limit open."""
    for layer in found.layers:
        for use in layer.ratio.undecided if layer.ratio else ():
            yield from _facts_of(use.row, pack, found)
    names = {
        "loan": "loan_amount", "firm": "loan_amount", "line": "line", "tenor": "due_on",
        "rate": "rate", "insured_rate": "rate", "premium": "premium_rate",
    }  # fmt: skip
    for room in found.rooms:
        fact = names.get(room.kind)
        if fact and room.outcome is Outcome.UNKNOWN and room.asked is None and room.limit.is_bounded:
            yield pack.vocabulary.facts[fact].alias


def _facts_of(row: Row, pack: Pack, found: Judgement) -> Iterator[str]:
    """Yield the unknown facts that a ratio row or a bonus asks for."""
    mode = found.mode
    questions = [(bonus.row, bonus.when) for bonus in mode.bonuses] if mode else []
    for table in mode.ratios.values() if mode else ():
        questions += [(part.row, part.when) for part in table.rows]
        questions += [(table.tiers.row, table.tiers.by)] if table.tiers else []
    for asked, question in questions:
        if asked.id == row.id and question is not None:
            for slot in sorted(question.slots):
                if slot not in found.known:
                    yield pack.vocabulary.facts[slot.partition("[")[0]].alias


def _unverified(pack: Pack, found: Judgement) -> tuple[Row, ...]:
    rows = [condition.row for condition in pack.conditions.values()]
    rows += [room.limit.row for room in found.rooms]
    rows += [row for layer in found.layers for row in layer.open_rows]
    return tuple({row.id: row for row in rows if row.is_unverified}.values())


def _sentence(found: Judgement, lines: Sequence[Line], missing: Sequence[str], pack: Pack) -> Text:
    if found.covered is Outcome.NOT_MET:
        return _refusal(found, lines)
    if found.covered is Outcome.UNKNOWN:
        return _open(lines, missing, pack)
    mode, layers = found.mode, found.layers
    parts = [layer for layer in layers if mode and layer.party != mode.rest and layer.ratio_bp]
    public = sum(layer.ratio_bp or 0 for layer in parts if layer.party in _public(pack, layers))
    others = [layer for layer in parts if layer.party not in _public(pack, layers)]
    said = [Text(f"财政合计分担{percent_word(public)}", f"public money bears {percent_word(public)}")]
    for layer in others:
        word, bp = party_word(layer.party), percent_word(layer.ratio_bp or 0)
        said.append(Text(f"{word.zh}分担{bp}", f"{word.en.lower()} {bp}"))
    rest = layers[-1]
    word = party_word(rest.party)
    if rest.ratio_bp is not None:
        bp = percent_word(rest.ratio_bp)
        said.append(Text(f"{word.zh}自担{bp}", f"the {word.en.lower()} keeps {bp}"))
    else:
        said.append(
            Text("区级叠加的条文未查到，不作承诺", "the district's article is not available, so no top-up is promised")
        )
    whole = joined(said)
    if mode and mode.loss_base.measure == "paid_by_guarantor":
        return Text(f"担保机构代偿后，代偿额中{whole.zh}", f"Of what the guarantor has paid, {whole.en}")
    return Text(f"本金发生损失时，{whole.zh}", f"If principal is lost, {whole.en}")


def _public(pack: Pack, layers: Sequence[LayerAnswer]) -> set[str]:
    return {layer.party for layer in layers if layer.party in pack.scheme.layers}


def _refusal(found: Judgement, lines: Sequence[Line]) -> Text:
    reasons = [line.says for line in lines if line.outcome is Outcome.NOT_MET and not line.id.startswith("modes.")]
    reasons = [*(REFUSALS[code] for code in found.refusals if code in _WITHOUT_LINE), *reasons]
    why = joined(reasons, "；", "; ")
    return Text(f"不予补偿，不符合：{why.zh}", f"Not covered; not met: {why.en}")


def _open(lines: Sequence[Line], missing: Sequence[str], pack: Pack) -> Text:
    unread = [line.says for line in lines if line.outcome is Outcome.UNKNOWN and line.found == NOT_AVAILABLE]
    labels = [pack.vocabulary.label(name) for name in dict.fromkeys(missing)]
    parts = []
    if labels:
        words = joined(labels, "、")
        parts.append(Text(f"缺少：{words.zh}", f"missing: {words.en}"))
    if unread:
        words = joined(unread, "、", "; ")
        parts.append(Text(f"条文未查到：{words.zh}", f"article not available: {words.en}"))
    why = joined(parts or [Text("额度已用数未知", "what is used of the limits is not known")], "；", "; ")
    return Text(f"尚不能答复，{why.zh}", f"No answer yet; {why.en}")
