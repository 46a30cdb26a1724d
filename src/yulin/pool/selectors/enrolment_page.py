"""Everything that one enrolment's page shows: shares, facts with sources, findings, room, history, returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yulin.base.articles import article_en
from yulin.base.errors import YulinError
from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.people.core.actors import Actor
from yulin.people.core.rights import ROLE_NAMES
from yulin.people.enums import Role
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.answer_shown import fact_value
from yulin.pool.core.deciding import Law
from yulin.pool.core.names import STEP_NAMES, state_name
from yulin.pool.core.words import cited_clause, clause_word, joined, party_word
from yulin.pool.models import Enrolment
from yulin.pool.selectors.enrolments import enrolment_for, history_of, returns_of
from yulin.pool.selectors.fees import LoanFees, fees_of
from yulin.pool.selectors.rooms import RoomLine, rooms_of_enrolment
from yulin.pool.selectors.schemes import articles_of
from yulin.rules.core.assess import Assessment, assess
from yulin.rules.core.findings import Finding
from yulin.rules.core.vocabulary import Vocabulary

_PAYING_ORDER = ("city", "scheme", "province", "district", "guarantor", "insurer", "other", "bank")
_FROM_BANK = Text("银行报送", "filed by the bank")
_SYSTEM = ROLE_NAMES[Role.SYSTEM]
_NOTES = {"按规则自动办理": Text("按规则自动办理", "by the rules alone")}
_VERDICTS = {Outcome.MET: "ok", Outcome.NOT_MET: "bad", Outcome.UNKNOWN: "unk"}


@dataclass(frozen=True)
class Part:
    """One party's share of a loss, as the layer bar and its table show it."""

    party: str
    name: Text
    bp: int
    full_loss_fen: int

    @property
    def percent(self) -> str:
        """The share as a number of the bar."""
        return f"{self.bp / 100:g}"

    @property
    def kind(self) -> str:
        """Which pattern the share has."""
        if self.party == "bank":
            return "own"
        return {"district": "district", "guarantor": "x", "insurer": "x", "other": "x"}.get(self.party, "city")


@dataclass(frozen=True)
class FactLine:
    """One fact that was used: what it is called, its value, where it comes from."""

    name: str
    label: Text
    value: Text
    source: Text


@dataclass(frozen=True)
class FindingLine:
    """One condition: clause, words, verdict, what was found."""

    clause: Text
    says: Text
    verdict: str
    outcome: Text
    facts: Text


@dataclass(frozen=True)
class EnrolmentPage:
    """The page of one enrolment."""

    enrolment: Enrolment
    law: Law
    ratio_clause: Text
    parts: list[Part]
    facts: list[FactLine]
    findings: list[FindingLine]
    missing: list[FactLine]
    rooms: list[RoomLine]
    steps: list[dict[str, Any]]
    returns: list[Any]
    fees: LoanFees


def enrolment_page(actor: Actor, enrolment_id: int) -> EnrolmentPage:
    """Return what the page of one enrolment shows; the explanation is recomputed from the frozen facts and the pack.

    Raises: `POOL.ENROLMENT.NOT_FOUND`.
    """
    enrolment = enrolment_for(actor, enrolment_id)
    law = law_by_id(enrolment.pack_id)
    vocabulary = law.pack.vocabulary
    assessment = assessment_of(enrolment, law)
    return EnrolmentPage(
        enrolment=enrolment,
        law=law,
        ratio_clause=_ratio_clause(enrolment, law),
        parts=shares_of(enrolment),
        facts=_facts(enrolment, vocabulary),
        findings=[_finding(one, vocabulary) for one in assessment.findings] if assessment else [],
        missing=[_fact_line(name, None, vocabulary, _FROM_BANK) for name in enrolment.missing],
        rooms=rooms_of_enrolment(enrolment, law),
        steps=_steps(enrolment),
        returns=list(returns_of(enrolment)[:24]),
        fees=fees_of(enrolment, today=business_date()),
    )


def shares_of(enrolment: Enrolment) -> list[Part]:
    """Return who bears what, in paying order; of a full loss every party but the bank is rounded down."""
    ranked = sorted(
        enrolment.ratio_bp.items(), key=lambda one: _PAYING_ORDER.index(one[0]) if one[0] in _PAYING_ORDER else 2
    )
    amount = enrolment.enrolled_amount_fen
    taken = {party: amount * bp // 10_000 for party, bp in ranked if party != "bank"}
    rest = amount - sum(taken.values())
    return [Part(party, party_word(party), int(bp), taken.get(party, rest)) for party, bp in ranked]


def _ratio_clause(enrolment: Enrolment, law: Law) -> Text:
    """Return the words that gave the ratio; the filing keeps the Chinese ones, the law has both."""
    both = {one.says.zh: one.says.en for pack in (law.pack, *law.layers) for one in articles_of(pack)}
    parts = [Text(said, both.get(said, article_en(said))) for said in enrolment.ratio_clause.split("；") if said]
    return joined(parts, "；", "; ")


def assessment_of(enrolment: Enrolment, law: Law) -> Assessment | None:
    """Return the explanation of an enrolment, computed anew from its frozen facts; None where its law asks nothing."""
    facts = {name: value for name, value in enrolment.facts.items() if name in law.pack.vocabulary.by_alias}
    try:
        return assess(law.pack, facts, enrolment.disbursed_on) if law.pack.conditions else None
    except YulinError:  # the law of an older day, or facts that it does not know
        return None


def _facts(enrolment: Enrolment, vocabulary: Vocabulary) -> list[FactLine]:
    sources = enrolment.facts.get("_sources") or {}
    names = [name for name in vocabulary.by_alias if name in enrolment.facts]
    return [
        _fact_line(
            name,
            enrolment.facts[name],
            vocabulary,
            Text(sources[name], sources[name]) if name in sources else _FROM_BANK,
        )
        for name in names
    ]


def _fact_line(name: str, value: Any, vocabulary: Vocabulary, source: Text) -> FactLine:
    return FactLine(name, vocabulary.label(name), fact_value(name, value, vocabulary), source)


def _finding(one: Finding, vocabulary: Vocabulary) -> FindingLine:
    words = {
        Outcome.MET: Text("符合", "met"),
        Outcome.NOT_MET: Text("不符合", "not met"),
        Outcome.UNKNOWN: Text("未知", "unknown"),
    }
    labels = [vocabulary.label(name) for name in one.facts]
    return FindingLine(
        clause=cited_clause(one.clause),
        says=one.text or Text(one.id, one.id),
        verdict=_VERDICTS[one.outcome],
        outcome=words[one.outcome],
        facts=Text("、".join(label.zh for label in labels), ", ".join(label.en for label in labels)),
    )


def _steps(enrolment: Enrolment) -> list[dict[str, Any]]:
    return [
        {
            "name": STEP_NAMES.get(event.step, Text(event.step, event.step)),
            "to": state_name(event.to_state),
            "at": event.at,
            "who": _SYSTEM if event.actor_user_id is None else Text(event.actor_name, event.actor_name),
            "is_system": event.actor_user_id is None,
            "clause": event.clause,
            "note": _NOTES.get(event.note, Text(event.note, event.note)),
        }
        for event in history_of(enrolment)
    ]


def refusal_clauses(law: Law) -> list[tuple[str, Text]]:
    """Return the clauses under which a filing can be refused: the conditions and limits of its law."""
    rows = [condition.row for condition in law.pack.conditions.values()]
    rows += [limit.row for limit in law.pack.scheme.limits.values()]
    found = []
    for row in rows:
        clause, words = clause_word(row), row.text or Text(row.id, row.id)
        found.append((row.id, Text(f"{clause.zh}：{words.zh}", f"{clause.en}: {words.en}")))
    return found
