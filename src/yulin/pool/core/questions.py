"""A pre-loan question: a loan, a firm, the facts that the asker gives; and which facts a scheme asks for at all.

Facts of the register stand behind what the asker gives: given facts win, and the answer says where each came from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yulin.base.dates import add_months
from yulin.base.money import parse_fen
from yulin.base.text import Text
from yulin.pool.core.deciding import Law
from yulin.pool.core.filing import ratio_slots
from yulin.rules.core.program import program_of
from yulin.rules.core.scheme import Mode
from yulin.rules.core.vocabulary import Fact

_NOTHING: Mapping[str, Any] = {}
# What the form and the API ask of the loan by their own fields.
LOAN_FACTS = ("loan_amount", "disbursed_on", "due_on", "tenor", "security", "mode", "rate", "line", "is_pure_credit")
_PRICES: Mapping[str, str] = {"rate": "rate", "insured_rate": "rate", "premium": "premium_rate"}  # what a limit asks
_OF_THE_LOAN = "loans"  # a class that the bank itself tells: nobody's consent opens it
GIVEN = Text("本次填写", "given with the question")
DERIVED = Text("由担保方式得出", "from the security")


@dataclass(frozen=True)
class Question:
    """What is asked: facts by public names, the loan's own among them."""

    scheme_id: str
    on: date  # the day on which the bank would lend
    facts: Mapping[str, Any]
    firm_code: str = ""
    contract_bp: Mapping[str, int] = field(default_factory=lambda: _NOTHING)

    def as_json(self) -> dict[str, Any]:
        """Return the question as it is kept with its answer."""
        return {
            "scheme": self.scheme_id,
            "on": self.on.isoformat(),
            "firm_code": self.firm_code,
            "facts": dict(self.facts),
            "contract_bp": dict(self.contract_bp),
        }


@dataclass(frozen=True)
class FactUsed:
    """One fact that the answer rests on, and where it comes from; `is_contested`: the firm's objection is open."""

    name: str
    label: Text
    value: Any
    source: Text
    since: date | None = None
    is_contested: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the fact as it is kept with the answer."""
        return {
            "name": self.name,
            "label": {"zh": self.label.zh, "en": self.label.en},
            "value": self.value,
            "source": {"zh": self.source.zh, "en": self.source.en},
            "since": self.since.isoformat() if self.since else None,
            "is_contested": self.is_contested,
        }


@dataclass(frozen=True)
class ClosedFact:
    """One fact that a scheme asks for and its asker may not see: who may let him is the firm."""

    name: str
    label: Text
    group: Text

    def as_json(self) -> dict[str, Any]:
        """Return the fact as it is kept with the answer."""
        return {
            "name": self.name,
            "label": {"zh": self.label.zh, "en": self.label.en},
            "group": {"zh": self.group.zh, "en": self.group.en},
        }


def loan_facts(
    *, amount_fen: int, on: date, months: int | None, security: str, mode: str, rate_ppm: int | None = None
) -> dict[str, Any]:
    """Return the facts of a loan by public names; the due day is the same day of the month in which the term ends.

    >>> loan_facts(amount_fen=1, on=date(2022, 1, 31), months=1, security="credit", mode="bank")["due_on"]
    '2022-02-28'
    """
    facts: dict[str, Any] = {"loan_amount_fen": amount_fen, "disbursed_on": on.isoformat(), "mode": mode}
    if security:
        facts |= {"security": security, "is_pure_credit": security == "credit"}
    if months:
        facts |= {"due_on": add_months(on, months).isoformat(), "tenor_months": months}
    if rate_ppm is not None:
        facts["annual_rate_ppm"] = rate_ppm
    return facts


def asked_facts(law: Law) -> tuple[Fact, ...]:
    """Return the facts of the firm and its circumstances that a scheme asks for, in the vocabulary's order.

    Where it bounds what a loan costs, rate and premium are among them.
    """
    slots = set(program_of(law.pack).slots) if law.pack.conditions else set()
    slots |= ratio_slots(law.pack, law.layers)
    if any(layer.by_district for layer in law.pack.scheme.layers.values()):
        slots.add("district")
    names = {slot.partition("[")[0] for slot in slots} - set(LOAN_FACTS)
    priced = {kind for kind, limit in law.pack.scheme.limits.items() if limit.is_bounded}
    names |= {fact for kind, fact in _PRICES.items() if kind in priced}
    return tuple(fact for name, fact in law.pack.vocabulary.facts.items() if name in names)


def contract_parties(law: Law, mode_word: str) -> tuple[str, ...]:
    """Return the parties whose shares the loan's contract brings in a mode."""
    parties: list[str] = []
    for mode in law.pack.scheme.modes_for(mode_word):
        parties += _parties_by_contract(mode)
    return tuple(dict.fromkeys(parties))


def _parties_by_contract(mode: Mode) -> Sequence[str]:
    own = [party for party, table in mode.ratios.items() if table.by_contract]
    return [*own, *(mode.third_parties.parties if mode.third_parties else ())]


def read_fact(fact: Fact, text: str) -> Any:
    """Return a fact typed into a form: yes or no, 万 for money, per cent for ratios, whole numbers, days, words.

    **Raises** BASE.MONEY.*, ValueError.
    """
    kind = fact.type.kind
    if kind == "bool":
        return text == "yes"
    if kind == "money":
        return parse_fen(text, "wan").fen
    if kind == "ratio":
        return parse_fen(text.rstrip("%％"), "yuan").fen * fact.scale // 10_000
    if kind in {"count", "days", "months", "number"}:
        return int(text)
    return date.fromisoformat(text).isoformat() if kind == "date" else text.strip()


def known_about(
    asked: Sequence[Fact],
    register: Mapping[str, tuple[Any, str, date | None]],
    given: Mapping[str, Any],
    contested: Collection[str] = (),
) -> list[FactUsed]:
    """Return what is known of the facts that a scheme asks for; `register` holds value, source and day by name.

    `contested`: names of the register whose value the firm contests. What is given with the question is not of them.
    """
    used = []
    for fact in asked:
        if given.get(fact.alias) is not None:
            used.append(FactUsed(fact.alias, fact.label, given[fact.alias], GIVEN))
        elif fact.alias in register or fact.name in register:
            name = fact.alias if fact.alias in register else fact.name
            value, source, since = register[name]
            used.append(FactUsed(fact.alias, fact.label, value, Text(source, source), since, name in contested))
    return used


def closed_to(
    asked: Sequence[Fact], used: Iterable[FactUsed], opens: Callable[[str], bool], groups: Mapping[str, Text]
) -> list[ClosedFact]:
    """Return the facts that nobody gave, that are not public, and whose class `opens` does not open.

    They are the same whether or not the register knows them: that there is a value says something too.
    """
    known = {one.name for one in used}
    return [
        ClosedFact(fact.alias, fact.label, groups.get(fact.group, Text(fact.group, fact.group)))
        for fact in asked
        if fact.alias not in known and fact.group != _OF_THE_LOAN and not opens(fact.group)
    ]
