"""What a reader may use of a firm's facts: what consent or law opens to him, and what is public by its source.

What is closed never leaves this module: neither its value, nor whether there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from yulin.atlas.adapters.public_facts import shipped_public_facts
from yulin.atlas.core.access import Access, Permission
from yulin.atlas.core.public_facts import is_public
from yulin.atlas.core.statements import Said, values_on
from yulin.atlas.models import Consent, Firm, FirmCode, Objection
from yulin.atlas.selectors.firms import USCC, firm_by_code, statements_of
from yulin.atlas.selectors.particulars import AsKnown
from yulin.atlas.selectors.rights import access_if_any, access_on
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor

_CLOSED = Access(frozenset(), ())


@dataclass(frozen=True)
class OpenFacts:
    """A firm, what counts of it among what its reader may see, what it contests, and which classes are open."""

    firm: Firm
    said: Mapping[str, Said]
    contested: frozenset[str]
    access: Access


def open_facts(
    actor: Actor, code: str, wanted: Mapping[str, str], when: AsKnown, *, identifier_scheme: str = USCC
) -> OpenFacts | None:
    """Return what a reader may use of the firm that a code leads to; None where nobody has the code.

    `wanted` is each fact by its name without a year, with its class; where nothing is wanted nothing is asked of the
    firm's consents. What is open counts as ever; of a closed class only what is public counts, as if there were no
    more. Two queries; one more where no consent opens all that is wanted.
    """
    found = _firm(actor, code, identifier_scheme)
    if found is None:
        return None
    firm, permissions, contested = found
    if not wanted:
        return OpenFacts(firm, {}, contested, _CLOSED)
    access = access_on(actor, firm, permissions, needed=frozenset(wanted.values()))
    statements = statements_of(firm.pk, when.on, when.known_at)
    return OpenFacts(firm, values_on(_visible(statements, wanted, access), when.on, when.known_at), contested, access)


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
    is_open: Callable[[str], bool] = {name: access.opens(group) for name, group in wanted.items()}.__getitem__
    named = ((one, _named(one.fact, wanted)) for one in statements)
    return [one for one, name in named if name and (is_open(name) or is_public(public, one.fact, one.source))]


def _named(fact: str, wanted: Mapping[str, str]) -> str:
    """Return the fact that is wanted, where a statement says it, of some year or none."""
    bare, _, year = fact.rpartition("_")
    return fact if fact in wanted else bare if year.isdecimal() and bare in wanted else ""


def _firm(actor: Actor, code: str, identifier_scheme: str) -> tuple[Firm, list[Permission], frozenset[str]] | None:
    leads_to = Firm.objects.filter(identifier_scheme=identifier_scheme, identifier=code).values("pk")
    if identifier_scheme == USCC:
        leads_to = leads_to.union(FirmCode.objects.filter(code=code).values("firm_id"))
    given = Consent.objects.filter(firm=OuterRef("pk"), organisation=actor.organisation_id)
    open_ones = Objection.objects.filter(firm=OuterRef("pk"), decision__isnull=True)
    row = JSONObject(
        id="id", classes="classes", purpose="purpose", given_at="given_at", valid_until="valid_until",
        revoked_at="revocation__revoked_at",
    )  # fmt: skip
    asked = Firm.objects.filter(pk__in=leads_to).annotate(
        given=ArraySubquery(given.values(row=row)), objected=ArraySubquery(open_ones.values("fact"))
    )
    with scope(EVERYTHING):  # the objections of all; of consents only the reader's own are asked for
        firm = asked.first()
    if firm is None:
        return None
    return firm, [_permission(one) for one in firm.given], frozenset(firm.objected)


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
