"""The pre-loan answer with what the book knows: the firm's facts with their sources, the room under shared limits.

Of the firm's facts it rests on those alone that its asker may see: by consent, by law, or because their source
publishes them. What is closed counts as not known; the answer says for which facts the firm can be asked.

Five queries at most: who rules today, the firm with its facts, consents and objections, the running totals, the layers'
capacity, and (in schemes that bound it) the banks of the firm; one more where the scheme bounds what a firm owes, one
where no consent opens what is asked. Nothing is held: room that is shown may be gone tomorrow, and the answer says
until when it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from yulin.atlas.errors import ConsentMissingError
from yulin.atlas.selectors.open_facts import OpenFacts, open_facts, opens
from yulin.atlas.selectors.particulars import AsKnown
from yulin.base.errors import CalendarNotAnnouncedError
from yulin.base.ids import IdKind, check_id, normalise_code
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.adapters.calendar import recent_work_calendar
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.pool.adapters.packs import law_by_id, law_in_force, schemes_in_force
from yulin.pool.core.answers import answer
from yulin.pool.core.answers_json import answer_json
from yulin.pool.core.deciding import Law
from yulin.pool.core.judgement import Inquiry
from yulin.pool.core.postings import Place
from yulin.pool.core.questions import (
    DERIVED,
    GIVEN,
    ClosedFact,
    FactUsed,
    Question,
    asked_facts,
    closed_to,
    known_about,
)
from yulin.pool.enums import LimitKind
from yulin.pool.errors import AnswerNotFoundError, FirmCodeUnreadableError
from yulin.pool.models import Enrolment, Partnership, PreLoanAnswer
from yulin.pool.selectors.capacity import capacity_of
from yulin.pool.selectors.enrolments import answer_for, firm_balances, limit_uses
from yulin.rules.adapters.shipped import shipped_vocabulary

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from yulin.atlas.core.statements import Said
    from yulin.atlas.models import Firm

VALID_WORKDAYS = 2
REGISTER = "市场监管登记"
_FIRM_CODES = frozenset({IdKind.USCC, IdKind.REGISTRATION_15, IdKind.ORGANISATION_CODE})


@dataclass(frozen=True)
class Given:
    """An answer as it was given: in JSON values, with the question and the version that answered."""

    question: Question
    law: Law
    answer: Mapping[str, Any]
    firm: Firm | None
    facts: Sequence[FactUsed]
    closed: Sequence[ClosedFact]
    valid_until: date
    asked_at: datetime
    read: OpenFacts | None = None  # what of the firm stands behind it, for the firm's log

    def as_json(self) -> dict[str, Any]:
        """Return what is kept, and what the API says."""
        return {
            **self.answer,
            "firm": {"code": self.question.firm_code, "name": self.firm.name if self.firm else None},
            "facts": [fact.as_json() for fact in self.facts],
            "closed": [fact.as_json() for fact in self.closed],
            "asked_at": self.asked_at.isoformat(timespec="seconds"),
            "valid_until": self.valid_until.isoformat(),
        }


def pre_loan_answer(actor: Actor, question: Question) -> Given:
    """Return the answer to a bank's question before lending.

    Raises: `POOL.SCHEME.NOT_IN_FORCE`, `POOL.ANSWER.FIRM_CODE`, RULES.FACT.UNKNOWN_NAME, RULES.FACT.VALUE.
    """
    law = law_in_force(question.scheme_id, question.on)
    code = firm_code(question.firm_code, law)
    asked_at = clock.now()
    known = _known(actor, code, law, AsKnown(question.on, asked_at), question.facts)
    firm, used = known.firm, known.used
    facts = {**{one.name: one.value for one in used}, **question.facts}
    inquiry = Inquiry(
        on=question.on,
        facts=facts,
        used=_used(actor, law, code, firm.pk if firm else None, question.on),
        contract_bp=question.contract_bp,
        layer_room_fen=_layer_rooms(law, facts.get("district_code")),
    )
    said = answer_json(answer(law.pack, inquiry, law.layers))
    every = [*used, *_derived(law, question)]
    return Given(question, law, said, firm, every, known.closed, _valid_until(law), asked_at, known.read)


def firm_code(text: str, law: Law) -> str:
    """Return a firm's code, normalised and checked; nothing where none is given.

    Raises: `POOL.ANSWER.FIRM_CODE`.
    """
    if not text.strip():
        return ""
    if law.pack.scheme.identifier_scheme != "USCC":
        return text.strip()
    found = check_id(text)
    if not found.valid or found.kind not in _FIRM_CODES:
        reason = found.warnings[0] if found.warnings else None
        raise FirmCodeUnreadableError(found=normalise_code(text), reason=reason)
    return found.normalised or ""


def askable_laws(actor: Actor, on: date) -> list[Law]:
    """Return the schemes that an actor can ask under on a day: a bank those that it is a partner of, if any."""
    laws = [law for law in schemes_in_force(on) if law.pack.scheme.modes]
    if actor.kind != OrganisationKind.BANK or actor.organisation_id is None:
        return laws
    held = Partnership.objects.filter(bank_id=actor.organisation_id, valid_from__lte=on).exclude(valid_until__lte=on)
    own = set(held.values_list("scheme_id", flat=True))
    return [law for law in laws if law.pack.id in own] or laws


def kept_answers(actor: Actor) -> QuerySet[PreLoanAnswer]:
    """Return the answers that an actor's organisation kept, newest first."""
    return (
        PreLoanAnswer.objects.filter(organisation_id=actor.organisation_id or 0).select_related("pack").order_by("-id")
    )


@dataclass(frozen=True)
class RegisterFacts:
    """What the register says to an asker of the facts that a scheme asks for, and which of them are closed to him."""

    firm: Firm | None
    used: Sequence[FactUsed] = ()
    closed: Sequence[ClosedFact] = ()
    read: OpenFacts | None = None


def register_facts_of(actor: Actor, code: str, law: Law, when: AsKnown) -> RegisterFacts:
    """Return a firm and what the register says to an asker of the facts that a scheme asks for."""
    return _known(actor, code, law, when, {})


def _known(actor: Actor, code: str, law: Law, when: AsKnown, given: Mapping[str, Any]) -> RegisterFacts:
    asked = asked_facts(law)
    left = [fact for fact in asked if given.get(fact.alias) is None]
    wanted = {name: fact.group for fact in left for name in (fact.alias, fact.name)}
    scheme = law.pack.scheme.identifier_scheme
    found = open_facts(actor, code, wanted, when, identifier_scheme=scheme) if code else None
    if found is None:
        return RegisterFacts(None, known_about(asked, {}, given))
    used = known_about(asked, _register(found.firm, found.said), given, found.contested)
    closed = closed_to(asked, used, found.access.opens, law.pack.vocabulary.groups)
    return RegisterFacts(found.firm, used, closed, found)


def kept_answer(actor: Actor, token: str) -> PreLoanAnswer:
    """Return a kept answer to who asked, as long as all that it rests on is open to him, and to the pool's own bodies.

    Raises: `POOL.ANSWER.NOT_FOUND`; `ATLAS.CONSENT.MISSING` where the firm has taken back what the answer rests on.
    """
    found = answer_for(actor, token)
    if found is None:
        raise AnswerNotFoundError(token=token)
    if not is_open_to(actor, found):
        raise ConsentMissingError(reader=actor.name)
    return found


def is_open_to(actor: Actor, kept: PreLoanAnswer) -> bool:
    """Tell whether a reader may still see all that a kept answer took from the register."""
    vocabulary = shipped_vocabulary()
    own = {GIVEN.zh, DERIVED.zh}
    rests_on = [
        (one["name"], one["source"]["zh"], fact.group)
        for one in kept.answer["facts"]
        if one["source"]["zh"] not in own and (fact := vocabulary.find(one["name"])) is not None
    ]
    scheme = law_by_id(kept.pack_id).pack.scheme.identifier_scheme
    return opens(actor, kept.inputs["firm_code"], rests_on, identifier_scheme=scheme)


def _register(firm: Firm, said: Mapping[str, Said]) -> dict[str, tuple[Any, str, date | None]]:
    """Return the register's facts by name; a statement goes before what the firm's own row says."""
    found: dict[str, tuple[Any, str, date | None]] = {}
    if firm.district_code:
        found["district_code"] = (firm.district_code, REGISTER, firm.registered_on)
    if firm.registered_on:
        found["registered_on"] = (firm.registered_on.isoformat(), REGISTER, firm.registered_on)
    return found | {name: (one.value, one.source, one.valid_from) for name, one in said.items()}


def _derived(law: Law, question: Question) -> list[FactUsed]:
    fact = law.pack.vocabulary.find("is_pure_credit")
    value = question.facts.get("is_pure_credit")
    return [FactUsed(fact.alias, fact.label, value, DERIVED)] if fact and value is not None else []


def _used(actor: Actor, law: Law, code: str, firm_id: int | None, on: date) -> dict[str, int]:
    """Return what is used of the limits that many loans share; a total that nobody began is nought."""
    bank_id = actor.organisation_id if actor.kind == OrganisationKind.BANK else None
    used = {"scheme": 0}
    used |= {"bank": 0} if bank_id is not None else {}
    used |= {"firm_year": 0} if code else {}
    for total in limit_uses(law.pack.id, firm_id=firm_id, bank_id=bank_id, year=on.year):
        used[total.kind] = total.used_fen
    if LimitKind.FIRM.value in law.pack.scheme.limits and code:
        used["firm"] = firm_balances(law.pack.id, [firm_id]).get(firm_id, 0) if firm_id else 0
    if "banks_per_firm_year" in law.pack.scheme.limits and code:
        used["banks_per_firm_year"] = _other_banks(firm_id, bank_id, on.year) if firm_id else 0
    return used


def _layer_rooms(law: Law, district_code: str | None) -> dict[str, int]:
    """Return what each layer can still promise, where its capacity is known."""
    packs = (law.pack, *law.layers)
    parties = dict.fromkeys(party for pack in packs for party in pack.scheme.layers)
    places = [Place.of(law.pack.id, party, district_code) for party in parties]
    return {place.party: usage.room_fen or 0 for place, usage in capacity_of(places).items()}


def _other_banks(firm_id: int, bank_id: int | None, year: int) -> int:
    with scope(EVERYTHING):
        rows = Enrolment.objects.live().filter(firm_id=firm_id, disbursed_on__year=year).exclude(bank_id=bank_id)
        return rows.values("bank_id").distinct().count()


def _valid_until(law: Law) -> date:
    """Return the last day on which the answer stands: two working days, never beyond the scheme's own last day."""
    today = clock.business_date()
    try:
        until = recent_work_calendar().add_workdays(today, VALID_WORKDAYS)
    except CalendarNotAnnouncedError:  # the year of the deadline is not announced yet
        until = today
    last = law.effective_until
    return until if last is None else min(until, last - timedelta(days=1))
