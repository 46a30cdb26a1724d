"""What a firm's check-up reads: a firm that the actor may see, what is known of it, the titles and their standing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from yulin.atlas.core.statements import Said
from yulin.atlas.selectors import facts_of, firm_by_code, firms
from yulin.atlas.selectors.objections import contested_facts
from yulin.atlas.selectors.portrait import SourcesNamed
from yulin.base.dates import add_months, day_text
from yulin.base.text import Text
from yulin.brain.core.check_up import (
    BOARD,
    TITLE,
    Compared,
    Line,
    bare_name,
    check_up,
    compared,
    facts_for,
    line_of,
    next_year,
    titles_on,
)
from yulin.brain.core.shown import (
    BothRow,
    ConditionRow,
    ScoreRow,
    TitleRow,
    both_rows,
    condition_rows,
    how_texts,
    label_of,
    missing_of,
    score_rows,
    title_row,
    value_text,
    way_text,
    would_decide_text,
)
from yulin.brain.core.ways import Way, ways
from yulin.brain.errors import FirmNotFoundError
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import Role
from yulin.people.selectors import organisation
from yulin.pool.core.words import joined
from yulin.rules.core.calendar import last_full_year
from yulin.rules.core.pack import Pack
from yulin.rules.core.vocabulary import Fact, Vocabulary
from yulin.rules.selectors import law_packs

if TYPE_CHECKING:
    from yulin.atlas.models import Firm


REGISTERED = "registered_on"  # the register keeps it with the firm itself


def title_packs() -> list[Pack]:
    """Return every version of a title or a board that is law in this book, whatever its day."""
    return [pack for kind in (TITLE, BOARD) for pack in law_packs(kind)]


def own_firm(actor: Actor) -> Firm | None:
    """Return the firm whose people the actor is of, or None."""
    if actor.role != Role.FIRM_USER or actor.organisation_id is None:
        return None
    code = organisation(actor.organisation_id).identifier
    return firm_by_code(code) if code else None


def firm_to_check(actor: Actor, firm_id: int) -> Firm:
    """Return a firm that the actor may check up: its own, one of its district, or any for those who see all rows.

    Raises: `BRAIN.FIRM.NOT_FOUND`, also where it is another's.
    """
    found = firms([firm_id]).get(firm_id)
    own = own_firm(actor)
    is_own = own is not None and own.pk == firm_id
    is_of_district = (
        found is not None and actor.district_code is not None and found.district_code == actor.district_code
    )
    if found is None or not (is_own or actor.sees_all_rows or (actor.role == Role.DISTRICT_OFFICER and is_of_district)):
        raise FirmNotFoundError(firm=firm_id)
    return found


@dataclass(frozen=True)
class WhatIf:
    """What the reader assumes: facts by public names in place of those known, and whether a year has passed."""

    changes: Mapping[str, Any]
    is_next_year: bool = False


@dataclass(frozen=True)
class CheckUp:
    """One firm's check-up: every title, one of them opened, what is known and what was assumed."""

    firm: Firm
    on: date
    what_if: WhatIf
    facts: Mapping[str, Any]  # with what was assumed
    said: Mapping[str, Said]  # by public name, as the register has it
    lines: Sequence[Line]
    before: Mapping[str, Line]  # by pack, without assumptions
    opened: Line | None
    ways: Sequence[Way]
    compared: Sequence[Compared]
    vocabulary: Vocabulary
    contested: frozenset[str]  # statements' names of facts whose objection is open

    @cached_property
    def said_last(self) -> Mapping[str, Said]:
        """What the register says, the last full year's values also under the names without a year."""
        year = last_full_year(self.on) - self.what_if.is_next_year
        closed = {name.removesuffix(f"_{year}"): one for name, one in self.said.items() if name.endswith(f"_{year}")}
        return {**self.said, **closed}

    @cached_property
    def named(self) -> SourcesNamed:
        """What each source is called."""
        return SourcesNamed.of_now()

    @property
    def contested_labels(self) -> list[Text]:
        """What the facts are called that the firm contests and that stand here as the register has them."""
        used = {name: one for name, one in self.said.items() if name not in self.what_if.changes}
        return [label_of(name, self.vocabulary) for name, one in sorted(used.items()) if one.fact in self.contested]

    @property
    def asked(self) -> list[Fact]:
        """The facts of the opened title whose last value can be assumed, in the vocabulary's order."""
        if self.opened is None:
            return []
        names = {slot.partition("[")[0] for slot in self.opened.pack.slots if not slot.endswith(("-1]", "-2]", "-3]"))}
        kinds = {"money", "count", "ratio", "bool", "months", "days", "member"}
        return [fact for name, fact in self.vocabulary.facts.items() if name in names and fact.type.kind in kinds]


def check_up_of(firm: Firm, *, on: date, what_if: WhatIf, title: str = "") -> CheckUp:
    """Return the check-up of a firm on a day, as known now; `title` is the pack to open, else the nearest.

    Raises: RULES.FACT.VALUE where the register holds a value that a fact cannot have.
    """
    packs = title_packs()
    vocabulary = packs[0].vocabulary
    said = said_of(firm, on, vocabulary)
    register = {name: one.value for name, one in said.items()}
    now = titles_on(packs, on)
    lines = check_up(now, register, on)
    before = {line.pack.id: line for line in lines}
    known = facts_for(packs[0], register, on)
    day = on
    if what_if.is_next_year:
        known, day = next_year(known, vocabulary, on), add_months(on, 12)
    facts = {**known, **what_if.changes}
    if what_if.changes or what_if.is_next_year:
        lines = check_up(titles_on(packs, day), facts, day)
    opened = next((line for line in lines if line.pack.id == title), lines[0] if lines else None)
    if opened is not None:
        place, opened = lines.index(opened), line_of(opened.pack, facts, day)
        lines[place] = opened
    return CheckUp(
        firm=firm,
        on=day,
        what_if=what_if,
        facts=facts,
        said=said,
        lines=lines,
        before=before,
        opened=opened,
        ways=ways(opened.pack, facts_for(opened.pack, facts, day), day) if opened and not opened.is_met else [],
        compared=compared(packs, facts),
        vocabulary=vocabulary,
        contested=contested_facts(firm.pk),
    )


def said_of(firm: Firm, on: date, vocabulary: Vocabulary) -> dict[str, Said]:
    """Return what the register says of a firm on a day, by the public names of the vocabulary."""
    known = facts_of([firm.pk], on=on, known_at=clock.now())[firm.pk]
    found = by_public_names(known, vocabulary)
    if firm.registered_on and REGISTERED not in found:
        day, source = firm.registered_on, vocabulary.facts[REGISTERED].source
        found[REGISTERED] = Said(REGISTERED, day.isoformat(), source, day, None, firm.created_at)
    return found


def register_of(firm: Firm, on: date, vocabulary: Vocabulary, *, as_named: str) -> tuple[dict[str, Any], str | None]:
    """Return what the register says of a firm by public names, and the public name of one fact; None: no rule's."""
    said = {name: one.value for name, one in said_of(firm, on, vocabulary).items()}
    day = Said(as_named, None, "", on, None, clock.now())
    return said, next(iter(by_public_names({as_named: day}, vocabulary)), None)


def by_public_names(known: Mapping[str, Said], vocabulary: Vocabulary) -> dict[str, Said]:
    """Return what counts about a firm, by the public names of the vocabulary; what no rule knows is left out."""
    found: dict[str, Said] = {}
    for name, one in known.items():
        bare, _, year = name.rpartition("_")
        fact = vocabulary.find(name)
        of_year = vocabulary.find(bare) if year.isdecimal() else None
        if fact is not None:
            found[fact.alias] = one
        elif of_year is not None:
            found[f"{of_year.alias}_{year}"] = one
    return found


@dataclass(frozen=True)
class Missing:
    """A fact that nobody has said: which of its values would bring the title, and who can supply it."""

    label: Text
    would: Text | None
    source: Text
    ask: Text


@dataclass(frozen=True)
class Known:
    """A fact as it counts: its value, and which source said it when; None where it is assumed here or not known.

    `is_contested` while the firm's objection to the register's value is open.
    """

    label: Text
    value: Text
    source: Text | None
    since: date | None
    is_known: bool = True
    is_contested: bool = False


@dataclass(frozen=True)
class WayShown:
    """A way in words, and how each of its facts can be moved."""

    text: Text
    how: Sequence[Text]


_Row = TypeVar("_Row", ConditionRow, ScoreRow)


@dataclass(frozen=True)
class Evidenced(Generic[_Row]):
    """A row of the opened title with the facts that it rests on."""

    row: _Row
    facts: Sequence[Known]


@dataclass(frozen=True)
class Both:
    """A title under its old and its new rule: both lines, and thing by thing."""

    old: TitleRow
    new: TitleRow
    rows: Sequence[BothRow]


@dataclass(frozen=True)
class Shown:
    """A check-up in words, as page and paper show it."""

    titles: Sequence[TitleRow]
    boards: Sequence[TitleRow]
    opened: TitleRow | None
    conditions: Sequence[Evidenced[ConditionRow]]
    scores: Sequence[Evidenced[ScoreRow]]
    ways: Sequence[WayShown]
    missing: Sequence[Missing]
    compared: Sequence[Both]


def shown_of(page: CheckUp) -> Shown:
    """Return a check-up in words."""
    opened, vocabulary = page.opened, page.vocabulary
    rows = [title_row(line, page.before.get(line.pack.id)) for line in page.lines]
    findings = opened.found.findings if opened else ()
    return Shown(
        titles=[row for row in rows if not row.line.is_board],
        boards=[row for row in rows if row.line.is_board],
        opened=next((row for row in rows if row.line is opened), None),
        conditions=[Evidenced(row, _evidence(page, row.facts)) for row in condition_rows(findings, vocabulary)],
        scores=[Evidenced(row, _evidence(page, row.facts)) for row in score_rows(findings, vocabulary)],
        ways=[WayShown(way_text(way, vocabulary), how_texts(way, vocabulary)) for way in page.ways],
        missing=[_missing(name, opened, vocabulary) for name in missing_of(opened)] if opened else [],
        compared=[
            Both(title_row(pair.old, None), title_row(pair.new, None), both_rows(pair.old, pair.new))
            for pair in page.compared
        ],
    )


def _missing(name: str, opened: Line, vocabulary: Vocabulary) -> Missing:
    needed, source = opened.found.would_decide.get(name), vocabulary.source_of(bare_name(name))
    would = would_decide_text(name, needed, vocabulary) if needed else None
    nowhere = Text("", "")
    return Missing(
        label_of(name, vocabulary), would, source.name if source else nowhere, source.ask if source else nowhere
    )


def _evidence(page: CheckUp, names: Sequence[str]) -> list[Known]:
    """Return the facts of one row: value, source and day, or that nobody has said it."""
    return [_known(page, name) for name in names]


def _known(page: CheckUp, name: str) -> Known:
    label = label_of(name, page.vocabulary)
    if page.facts.get(name) is None:
        return Known(label, Text("未知", "not known"), None, None, is_known=False)
    said = None if name in page.what_if.changes else page.said_last.get(name)
    value = value_text(name, page.facts[name], page.vocabulary)
    if said is None:
        return Known(label, value, None, None)
    source = page.named.source_name(said.source)
    return Known(label, value, source, said.valid_from, is_contested=said.fact in page.contested)


def report_facts(page: CheckUp, language: str) -> dict[str, Any]:
    """Return what the report on paper shows in a language (`zh`, `en`), as plain JSON."""
    shown = shown_of(page)
    return {
        "language": language,
        "firm": {"name": page.firm.name, "identifier": page.firm.identifier},
        "day": _words(
            Text("按%(day)s的事实与当日规则", "by the facts and rules of %(day)s").with_values(day=day_text(page.on))
        ),
        "assumed": [_words(each) for each in _assumed(page)],
        "contested": [_words(each) for each in page.contested_labels],
        "titles": [_title_facts(row) for row in shown.titles],
        "boards": [_title_facts(row) for row in shown.boards],
        "compared": [_both_facts(both) for both in shown.compared],
        "opened": _opened_facts(page, shown) if page.opened else None,
    }


def _assumed(page: CheckUp) -> list[Text]:
    year = [Text("一年以后，上年数照旧", "a year from now, amounts repeated")] if page.what_if.is_next_year else []
    facts = [
        joined([label_of(name, page.vocabulary), value_text(name, value, page.vocabulary)], "：", ": ")
        for name, value in sorted(page.what_if.changes.items())
    ]
    return year + facts


def _title_facts(row: TitleRow) -> dict[str, Any]:
    return {
        "title": _words(row.line.pack.title),
        "document": row.line.pack.document,
        "mark_of": row.verdict[0],
        "standing": _words(row.verdict[1]),
        "low": row.low_percent,
        "high": row.high_percent,
        "mark": row.mark_percent,
        "points": row.points,
        "needed": row.needed,
        "lacks": _words(row.lacks),
    }


def _opened_facts(page: CheckUp, shown: Shown) -> dict[str, Any]:
    assert page.opened is not None  # noqa: S101 - asked for only where a title is open
    pack = page.opened.pack
    return {
        "title": _words(pack.title),
        "document": pack.document,
        "version": pack.version.removeprefix("sha256:")[:12],
        "conditions": [
            {
                "text": _words(one.row.text), "clause": _words(one.row.clause if one.row.is_first else Text("", "")),
                "mark_of": one.row.verdict[0], "outcome": _words(one.row.verdict[1]), "value": _words(one.row.value),
                "needed": _words(one.row.needed), "lacks": _words(one.row.lacks), "facts": _facts(one.facts),
            }
            for one in shown.conditions
        ],
        "scores": [
            {
                "text": _words(one.row.text), "clause": _words(one.row.clause), "low": one.row.low_percent,
                "high": one.row.high_percent, "mark": 0, "points": f"{one.row.points} / {one.row.of}",
                "value": _words(one.row.value), "next": _words(one.row.next_text), "facts": _facts(one.facts),
            }
            for one in shown.scores
        ],
        "ways": [{"text": _words(way.text), "how": [_words(how) for how in way.how]} for way in shown.ways],
        "missing": [
            {"label": _words(one.label), "source": _words(one.source), "ask": _words(one.ask)} for one in shown.missing
        ],
    }  # fmt: skip


def _both_facts(both: Both) -> dict[str, Any]:
    return {
        "title": _words(both.new.line.pack.title),
        "old": _title_facts(both.old) | {"since": _words(day_text(both.old.line.pack.effective_from))},
        "new": _title_facts(both.new) | {"since": _words(day_text(both.new.line.pack.effective_from))},
    }


def _facts(facts: Sequence[Known]) -> list[dict[str, Any]]:
    return [
        {
            "label": _words(one.label),
            "value": _words(one.value),
            "source": _words(one.source or Text("", "")),
            "since": _words(day_text(one.since) if one.since else Text("", "")),
            "assumed": one.is_known and one.source is None,
            "is_contested": one.is_contested,
        }
        for one in facts
    ]


def _words(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
