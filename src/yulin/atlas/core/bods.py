"""Holdings as statements of the Beneficial Ownership Data Standard, version 0.4.

Each firm and each holder is a record, each direct holding a relationship. Numbers of statements follow from what they
say, so that the same holdings give the same file. A holder that is no firm is `unknownPerson` where all that is known
is its name: a name is never an identity.

**Source**: features.md F7.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import date
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
