"""What a reader may use of a firm's facts: what consent or law opens to him, and what is public by its source.

What is closed never leaves this module: neither its value, nor whether there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from yulin.atlas.adapters.public_facts import shipped_public_facts
from yulin.atlas.core.access import Access, Permission
from yulin.atlas.core.public_facts import is_public
from yulin.atlas.core.statements import Said, values_on
from yulin.atlas.enums import Channel
from yulin.atlas.models import Firm
from yulin.atlas.selectors.firms import USCC, firm_by_code
from yulin.atlas.selectors.particulars import AsKnown
from yulin.atlas.selectors.rights import access_if_any, access_on
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor

NOTED_FOR = timedelta(days=1)  # the same look again within it is the same line of the log
_CLOSED = Access(frozenset(), ())
# Asked by the thousand: written out, since to put it together takes longer than to answer it.
_ASKED = """
SELECT f.id, f.identifier, f.name, f.district_code, f.registered_on,
  ARRAY(
    SELECT o.fact FROM atlas_objection o
    WHERE o.firm_id = f.id AND NOT EXISTS (SELECT FROM atlas_objectiondecision d WHERE d.objection_id = o.id)
  ),
  ARRAY(
    SELECT json_build_object('id', c.id, 'classes', c.classes, 'purpose', c.purpose, 'given_at', c.given_at,
      'valid_until', c.valid_until, 'revoked_at', r.revoked_at)
    FROM atlas_consent c LEFT JOIN atlas_consentrevocation r ON r.consent_id = c.id
    WHERE c.firm_id = f.id AND c.organisation_id = %(organisation)s
  ),
  ARRAY(
    SELECT json_build_object('fact', s.fact, 'value', s.value, 'source', s.source, 'valid_from', s.valid_from,
      'valid_until', s.valid_until, 'known_at', s.known_at, 'priority', s.priority)
    FROM atlas_statement s
    WHERE s.firm_id = f.id AND s.fact = ANY(%(facts)s::text[]) AND s.known_at <= %(known_at)s
      AND s.valid_from <= %(on)s AND NOT EXISTS (
        SELECT FROM atlas_statementend e
        WHERE e.statement_id = s.id AND e.ends_on <= %(on)s AND e.known_at <= %(known_at)s
      )
  ),
  ARRAY(
    SELECT l.facts::json FROM atlas_reading l
    WHERE l.firm_id = f.id AND l.organisation_id = %(organisation)s AND l.user_id IS NOT DISTINCT FROM %(user)s::bigint
      AND l.channel = %(channel)s AND l.facts_on = %(on)s AND l.known_by > %(since)s
  )
FROM atlas_firm f WHERE f.id IN (
  SELECT id FROM atlas_firm WHERE identifier_scheme = %(scheme)s AND identifier = %(code)s
  UNION SELECT firm_id FROM atlas_firmcode WHERE %(is_uscc)s AND code = %(code)s
) ORDER BY f.id LIMIT 1
"""


@dataclass(frozen=True)
class OpenFacts:
    """A firm, what counts of it among what its reader may see, what it contests, and which classes are open.

    `noted` are the facts of each line that the reader's own looks of the last day left in the firm's log.
    """

    firm: Firm
    said: Mapping[str, Said]
    contested: frozenset[str]
    access: Access
    noted: Sequence[frozenset[str]] = ()

    @property
    def by_access(self) -> frozenset[str]:
        """The facts that are seen by consent or duty, and not because their source publishes them."""
        public = shipped_public_facts()
        return frozenset(name for name, one in self.said.items() if not is_public(public, name, one.source))


def open_facts(
    actor: Actor, code: str, wanted: Mapping[str, str], when: AsKnown, *, identifier_scheme: str = USCC
) -> OpenFacts | None:
    """Return what a reader may use of the firm that a code leads to; None where nobody has the code.

    `wanted` is each fact with its class; where nothing is wanted nothing is asked of the firm's consents. What is open
    counts as ever; of a closed class only what is public counts, as if there were no more. One query; one more where no
    consent opens all that is wanted.
    """
    found = _asked(actor, code, wanted, when, identifier_scheme)
    if found is None:
        return None
    firm, objected, given, told, noted = found
    contested = frozenset(objected)
    if not wanted:
        return OpenFacts(firm, {}, contested, _CLOSED)
    access = access_on(actor, firm, [_permission(one) for one in given], needed=frozenset(wanted.values()))
    said = values_on(_visible(map(_said, told), wanted, access), when.on, when.known_at)
    return OpenFacts(firm, said, contested, access, [frozenset(facts) for facts in noted])


def opens(actor: Actor, code: str, facts: Iterable[tuple[str, str, str]], *, identifier_scheme: str = USCC) -> bool:
    """Tell whether a reader may see all of some facts (name, source, class) of a firm at this instant."""
    public = shipped_public_facts()
    classes = {group for fact, source, group in facts if not is_public(public, fact, source)}
    if not classes:
        return True
    firm = firm_by_code(code, identifier_scheme=identifier_scheme)
    access = access_if_any(actor, firm) if firm else _CLOSED
    return all(access.opens(group) for group in classes)


def _visible(statements: Iterable[Said], wanted: Mapping[str, str], access: Access) -> list[Said]:
    public = shipped_public_facts()
    is_open = {name: access.opens(group) for name, group in wanted.items()}
    return [one for one in statements if is_open[one.fact] or is_public(public, one.fact, one.source)]


_Rows = Sequence[Mapping[str, Any]]


def _asked(
    actor: Actor, code: str, wanted: Mapping[str, str], when: AsKnown, identifier_scheme: str
) -> tuple[Firm, Sequence[str], _Rows, _Rows, Sequence[Sequence[str]]] | None:
    """Return the firm, the facts that it contests, its consents to the reader, what is said of it, what was noted."""
    asked: dict[str, Any] = {
        "scheme": identifier_scheme, "is_uscc": identifier_scheme == USCC, "code": code, "facts": sorted(wanted),
        "organisation": actor.organisation_id, "user": actor.user_id, "channel": str(Channel.ANSWER),
        "on": when.on, "known_at": when.known_at, "since": when.known_at - NOTED_FOR,
    }  # fmt: skip
    # The objections of all; of consents and looks only the reader's own are asked for.
    with scope(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(_ASKED, asked)
        row = cursor.fetchone()
    if row is None:
        return None
    pk, identifier, name, district_code, registered_on, objected, given, told, noted = row
    firm = Firm(
        id=pk, identifier_scheme=identifier_scheme, identifier=identifier, name=name, district_code=district_code,
        registered_on=registered_on,
    )  # fmt: skip
    return firm, objected, given, told, noted


def _said(row: Mapping[str, Any]) -> Said:
    until = row["valid_until"]
    return Said(
        fact=row["fact"],
        value=row["value"],
        source=row["source"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=date.fromisoformat(until) if until else None,
        known_at=datetime.fromisoformat(row["known_at"]),
        priority=row["priority"],
    )


def _permission(row: Mapping[str, Any]) -> Permission:
    revoked = row["revoked_at"]
    return Permission(
        id=row["id"],
        classes=frozenset(row["classes"]),
        purpose=row["purpose"],
        given_at=datetime.fromisoformat(row["given_at"]),
        revoked_at=datetime.fromisoformat(revoked) if revoked else None,
        valid_until=date.fromisoformat(row["valid_until"]),
    )
