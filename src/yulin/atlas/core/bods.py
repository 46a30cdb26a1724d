"""Holdings as statements of the Beneficial Ownership Data Standard, version 0.4: written, and read as rows.

Each firm and each holder is a record, each direct holding a relationship. Numbers of statements follow from what they
say, so that the same holdings give the same file. A holder that is no firm is `unknownPerson` where all that is known
is its name: a name is never an identity.

Read, the last statement of a record counts, and a relationship is a row for each firm with its holder's part; who a
record is, its statements say, wherever in the file they stand.

Property: what is written is read back as the same holdings.

**Source**: features.md F7; standard.openownership.org, version 0.4.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from yulin.atlas.core.control import Ownership
from yulin.base.ids import IdKind, check_id

VERSION = "0.4"
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:yulin:bods")
_PERSON, _ENTITY, _RELATIONSHIP = "person", "entity", "relationship"


def bods_statements(
    ownership: Ownership, names: Mapping[str, str], *, published_on: date, publisher: str
) -> Iterator[dict[str, Any]]:
    """Yield the statements: entities and persons first, then relationships, each in the order of its identifier.

    `names` gives the name of an identifier; without one the identifier itself is the name.
    """
    publication = {
        "publicationDate": published_on.isoformat(),
        "bodsVersion": VERSION,
        "publisher": {"name": publisher},
    }
    holders = {holder for held in ownership.holders_of.values() for holder in held}
    for each in sorted(ownership.holders_of.keys() | holders):
        is_firm = each in ownership.holders_of or check_id(each).kind is IdKind.USCC
        details = _entity(each, names) if is_firm else _person(each, names)
        yield _statement(each, each, _ENTITY if is_firm else _PERSON, details, publication)
    for firm, held in sorted(ownership.holders_of.items()):
        for holder, share in held.items():
            details = {
                "isComponent": False,
                "subject": _record(firm),
                "interestedParty": _record(holder),
                "interests": [
                    {
                        "type": "shareholding",
                        "directOrIndirect": "direct",
                        "share": {"exact": round(float(share * 100), 10)},
                    }
                ],
            }
            yield _statement(f"{holder} -> {firm}", firm, _RELATIONSHIP, details, publication)


def _entity(each: str, names: Mapping[str, str]) -> dict[str, Any]:
    checked = check_id(each)
    known = {"identifiers": [{"id": checked.normalised, "schemeName": "USCC"}]} if checked.kind is IdKind.USCC else {}
    return {
        "isComponent": False,
        "entityType": {"type": "registeredEntity" if known else "unknownEntity"},
        "name": names.get(each, each),
    } | known


def _person(each: str, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "isComponent": False,
        "personType": "unknownPerson",
        "names": [{"type": "legal", "fullName": names.get(each, each)}],
    }


def _statement(
    key: str, subject: str, kind: str, details: dict[str, Any], publication: dict[str, Any]
) -> dict[str, Any]:
    said = f"{kind} {key} {details} {publication}"
    return {
        "statementId": str(uuid.uuid5(_SPACE, said)),
        "declarationSubject": _record(subject),
        "statementDate": publication["publicationDate"],
        "publicationDetails": publication,
        "recordId": _record(key),
        "recordStatus": "new",
        "recordType": kind,
        "recordDetails": details,
    }


def _record(key: str) -> str:
    return str(uuid.uuid5(_SPACE, key))


def is_bods(statement: Any) -> bool:
    """Tell whether an object is a statement of the standard."""
    return isinstance(statement, dict) and {"recordType", "recordId", "recordDetails"} <= statement.keys()


def holdings_in(statements: Iterable[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
    """Yield a row a relationship with its statement's number, and what is no statement as it is.

    A row has `subject`, `holder`, `holder_name`, `share` as a percentage and `since`; what is not said is absent.

    >>> entity = {"recordId": "e", "recordType": "entity", "recordDetails": {"name": "甲"}}
    >>> held = {"subject": "e", "interestedParty": "p", "interests": [{"type": "shareholding", "share": {"exact": 60}}]}
    >>> relationship = {"recordId": "r", "recordType": "relationship", "recordDetails": held}
    >>> list(holdings_in([(1, relationship), (2, entity)]))
    [(1, {'subject': None, 'holder': None, 'holder_name': None, 'share': '60%', 'since': None})]
    """
    records: dict[str, tuple[int, dict[str, Any]]] = {}
    others = []
    for number, one in statements:
        if not is_bods(one):
            others.append((number, one))
            continue
        before = records.get(one["recordId"])
        if before is None or _said_on(one) >= _said_on(before[1]):
            records[one["recordId"]] = (number, one)
    yield from others
    for number, one in sorted(records.values(), key=lambda each: each[0]):
        if one["recordType"] == _RELATIONSHIP and one.get("recordStatus") != "closed":
            yield number, _row(one["recordDetails"], records)


def _said_on(statement: Mapping[str, Any]) -> str:
    return str(statement.get("statementDate") or "")


def _row(details: Mapping[str, Any], records: Mapping[str, tuple[int, dict[str, Any]]]) -> dict[str, str | None]:
    def said_of(record: Any) -> Mapping[str, Any]:
        found = records.get(record) if isinstance(record, str) else None
        return found[1]["recordDetails"] if found else {}

    holder = said_of(details.get("interestedParty"))
    names = [one.get("fullName") for one in holder.get("names", ()) if isinstance(one, dict)]
    held = [one for one in details.get("interests", ()) if isinstance(one, dict) and one.get("type") == "shareholding"]
    parts = [one["share"]["exact"] for one in held if isinstance(one.get("share"), dict) and "exact" in one["share"]]
    return {
        "subject": _code(said_of(details.get("subject"))),
        "holder": _code(holder),
        "holder_name": holder.get("name") or next(filter(None, names), None),
        "share": f"{sum(Decimal(str(one)) for one in parts):f}%" if parts else None,
        "since": next((one["startDate"] for one in held if one.get("startDate")), None),
    }


def _code(details: Mapping[str, Any]) -> str | None:
    """Return the USCC among the identifiers of a firm, whatever its scheme is called."""
    said = (str(one.get("id", "")) for one in details.get("identifiers", ()) if isinstance(one, dict))
    checked = (check_id(one) for one in said)
    return next((one.normalised for one in checked if one.kind is IdKind.USCC), None)
