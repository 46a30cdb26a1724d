"""What a reader may use of a firm's facts: what consent or law opens to him, and what is public by its source.

What is closed never leaves this module: neither its value, nor whether there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from yulin.atlas.adapters.public_facts import shipped_public_facts
from yulin.atlas.core.access import Access, Permission
from yulin.atlas.core.public_facts import is_public
from yulin.atlas.core.statements import Said, values_on
from yulin.atlas.enums import Channel
from yulin.atlas.models import Consent, Firm, FirmCode, Objection, Reading, Statement
from yulin.atlas.selectors.firms import USCC, firm_by_code, has_ended
from yulin.atlas.selectors.particulars import AsKnown
from yulin.atlas.selectors.rights import access_if_any, access_on
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor

NOTED_FOR = timedelta(days=1)  # the same look again within it is the same line of the log
_CLOSED = Access(frozenset(), ())
_OF_CONSENT = ("id", "classes", "purpose", "given_at", "valid_until")
_OF_STATEMENT = ("fact", "value", "source", "valid_from", "valid_until", "known_at", "priority")


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
    with scope(EVERYTHING):  # the objections of all; of consents and looks only the reader's own are asked for
        firm = _asked(actor, code, wanted, when, identifier_scheme).first()
    if firm is None:
        return None
    contested = frozenset(firm.objected)
    if not wanted:
        return OpenFacts(firm, {}, contested, _CLOSED)
    access = access_on(actor, firm, [_permission(one) for one in firm.given], needed=frozenset(wanted.values()))
    said = values_on(_visible(map(_said, firm.told), wanted, access), when.on, when.known_at)
    return OpenFacts(firm, said, contested, access, [frozenset(facts) for facts in firm.noted])


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


def _asked(
    actor: Actor, code: str, wanted: Mapping[str, str], when: AsKnown, identifier_scheme: str
) -> QuerySet[Any, Any]:
    leads_to = Firm.objects.filter(identifier_scheme=identifier_scheme, identifier=code).values("pk")
    if identifier_scheme == USCC:
        leads_to = leads_to.union(FirmCode.objects.filter(code=code).values("firm_id"))
    firms = Firm.objects.filter(pk__in=leads_to)
    open_ones = Objection.objects.filter(firm=OuterRef("pk"), decision__isnull=True)
    firms = firms.annotate(objected=ArraySubquery(open_ones.values("fact")))
    if not wanted:
        return firms
    given = Consent.objects.filter(firm=OuterRef("pk"), organisation=actor.organisation_id)
    consent = JSONObject(**{name: name for name in _OF_CONSENT}, revoked_at="revocation__revoked_at")
    told = Statement.objects.filter(
        firm=OuterRef("pk"), fact__in=wanted, known_at__lte=when.known_at, valid_from__lte=when.on
    ).exclude(has_ended("pk", when.on, when.known_at))
    looks = Reading.objects.filter(
        firm=OuterRef("pk"), organisation=actor.organisation_id, user=actor.user_id, channel=Channel.ANSWER,
        facts_on=when.on, known_by__gt=when.known_at - NOTED_FOR,
    )  # fmt: skip
    return firms.annotate(
        given=ArraySubquery(given.values(whole=consent)),
        told=ArraySubquery(told.values(whole=JSONObject(**{name: name for name in _OF_STATEMENT}))),
        noted=ArraySubquery(looks.values("facts")),
    )


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
