"""Read `vocabulary.yaml` into the vocabulary, refusing what could not be told apart later."""

from __future__ import annotations

from collections.abc import Mapping

from yulin.base.text import Text
from yulin.rules.core.entries import Entry, read_entries
from yulin.rules.core.vocabulary import WIDEST, ClosedList, Fact, Function, SourceOfFacts, Type, Vocabulary
from yulin.rules.errors import PackKeyError

_SUFFIXES = {"money": "_fen", "ratio": "_bp", "days": "_days", "months": "_months"}
_FACT_KEYS = {"type", "unit", "by_year", "alias", "scale", "lowest", "highest", "label", "source", "group", "adverse"}


def load_vocabulary(text: str, file: str = "vocabulary.yaml") -> Vocabulary:
    """Read the vocabulary's YAML text.

    >>> load_vocabulary("facts: {line: {type: money, label: [授信额度, Line]}}").facts["line"].alias
    'line_fen'
    """
    root = read_entries(text, file).keys(
        {"lists", "areas", "functions", "sources", "how_to", "groups", "facts"}, {"facts"}
    )
    lists = {name: _list(name, entry) for name, entry in _items(root, "lists").items()}
    groups = {name: entry.said() for name, entry in _items(root, "groups").items()}
    facts = {name: _fact(name, entry, lists, groups) for name, entry in _items(root, "facts").items()}
    _refuse_shared_names(root.need("facts"), facts)
    functions = {name: _function(name, entry, facts) for name, entry in _items(root, "functions").items()}
    return Vocabulary(
        facts,
        lists,
        {name: entry.whole() for name, entry in _items(root, "areas").items()},
        functions,
        sources={name: _source(entry) for name, entry in _items(root, "sources").items()},
        how_to={Entry(name, entry.where).one_of(facts): entry.said() for name, entry in _items(root, "how_to").items()},
        groups=groups,
    )


def _items(root: Entry, key: str) -> Mapping[str, Entry]:
    entry = root.get(key)
    return entry.mapping() if entry else {}


def _list(name: str, entry: Entry) -> ClosedList:
    return ClosedList(name, {member: label.said() for member, label in entry.items()})


def _source(entry: Entry) -> SourceOfFacts:
    entry.keys({"name", "ask"}, {"name", "ask"})
    return SourceOfFacts(entry.need("name").said(), entry.need("ask").said())


def _fact(name: str, entry: Entry, lists: Mapping[str, ClosedList], groups: Mapping[str, Text]) -> Fact:
    entry.keys(_FACT_KEYS, {"type", "label", "group"} if groups else {"type", "label"})
    kind = entry.need("type").one_of([*_PLAIN_KINDS, *lists])
    unit = entry.get("unit")
    type_ = Type("member", kind) if kind in lists else Type(kind, unit.text() if unit else "")
    lowest, highest = WIDEST.get(type_.kind, (0, 0))
    return Fact(
        name,
        type_,
        entry.need("label").said(),
        is_by_year="by_year" in entry and entry.need("by_year").flag(),
        alias=entry.need("alias").text() if "alias" in entry else name + _SUFFIXES.get(type_.kind, ""),
        scale=_number(entry, "scale", 10_000 if type_.kind == "ratio" else 1),
        lowest=_number(entry, "lowest", lowest),
        highest=_number(entry, "highest", highest),
        source=entry.need("source").text() if "source" in entry else "",
        is_adverse="adverse" in entry and entry.need("adverse").flag(),
        group=entry.need("group").one_of(groups) if "group" in entry else "",
    )


_PLAIN_KINDS = (*WIDEST, "bool", "text")


def _number(entry: Entry, key: str, default: int) -> int:
    found = entry.get(key)
    return found.whole() if found else default


def _refuse_shared_names(entry: Entry, facts: Mapping[str, Fact]) -> None:
    owners: dict[str, str] = {}
    for fact in facts.values():
        for name in {fact.name, fact.alias}:
            if owners.setdefault(name, fact.name) != fact.name:
                raise PackKeyError(
                    entry.need(fact.name).where,
                    Text(
                        f"名称“{name}”已属于“{owners[name]}”。",
                        f"The name “{name}” already belongs to “{owners[name]}”.",
                    ),
                )


def _function(name: str, entry: Entry, facts: Mapping[str, Fact]) -> Function:
    entry.keys({"fact", "label"}, {"fact", "label"})
    return Function(name, entry.need("fact").one_of(facts), entry.need("label").said())
