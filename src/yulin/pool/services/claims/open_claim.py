"""A bank opens a claim on a defaulted loan: the day, the amounts and the class come from its own monthly returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.claims.deciding import settle_claim
from yulin.pool.core.claims.opening import open_claim_from
from yulin.pool.core.claims.routing import route_claim
from yulin.pool.core.deciding import Law
from yulin.pool.core.loss import Loss
from yulin.pool.core.numbers import number_prefix
from yulin.pool.core.words import percent_word
from yulin.pool.enums import ClaimState, Holder
from yulin.pool.errors import BankSuspendedError, ClaimNotCoveredError, ClaimTwiceError, LoanPaidError
from yulin.pool.models import Claim, ClaimEvent, Enrolment
from yulin.pool.selectors.claim_case import bank_gauges, book_of, loss_case
from yulin.pool.selectors.claims import standing_of
from yulin.pool.services._steps import draw_from_series, locked_enrolment
from yulin.pool.services.claims._steps import audit_claim

if TYPE_CHECKING:
    from yulin.base.text import Text
    from yulin.people.models import Organisation

_PREFIX = "BC"  # 补偿


@dataclass(frozen=True)
class Asked:
    """What a bank states when it opens a claim: the day of default as it has it, days of papers, interest and costs."""

    stated_default_on: date | None = None
    declared: Mapping[str, date] = field(default_factory=dict)
    interest_fen: int = 0
    interest_days: int | None = None
    cost_fen: int = 0
    recovered_fen: int = 0


def open_claim(*, actor: Actor, enrolment_id: int, asked: Asked | None = None) -> Claim:
    """Open a claim on a loan that the returns show in default; it waits as a draft for its papers.

    Effects: the loan locked, one claim with its number, event, audit row.
    Raises: `POOL.ENROLMENT.NOT_FOUND`, `POOL.CLAIM.TWICE`, `.DATE_DIFFERS`, `.TOO_EARLY` and the other codes of a loan
    that cannot be claimed; `POOL.CLAIM.BANK_SUSPENDED`, `POOL.CLAIM.NOT_COVERED`, `POOL.CLAIM.DISTRICT_UNKNOWN`.
    """
    asked = asked or Asked()
    today = clock.business_date()
    with transaction.atomic(), scope(EVERYTHING):
        enrolment = locked_enrolment(actor, enrolment_id)
        law = law_by_id(enrolment.pack_id)
        _refuse_second(enrolment)
        opened = open_claim_from(
            standing_of(enrolment),
            law.pack.scheme.claim,
            today=today,
            stated_default_on=asked.stated_default_on,
            declared=asked.declared,
        )
        refuse_suspended(enrolment.bank, law, today)
        base = _loss_base(enrolment, law, asked, today)
        claim = _created(enrolment, law, asked, today, base=base, opens_on=opened.opens_on, events=opened.events)
        ClaimEvent.objects.create(
            claim=claim, on=today, actor_user_id=actor.user_id, actor_organisation_id=actor.organisation_id,
            actor_name=actor.name, step="open", from_state="", to_state=claim.state,
        )  # fmt: skip
        audit_claim(actor, claim, "open", {"loss_base_fen": base, "principal_fen": claim.principal_fen})
    return claim


def principal_fen(enrolment: Enrolment) -> int:
    """Return what of a loan's balance can be claimed: as the newest return shows it, at most what was enrolled."""
    return min(enrolment.outstanding_fen, enrolment.enrolled_amount_fen)


def _refuse_second(enrolment: Enrolment) -> None:
    held = Claim.objects.filter(enrolment=enrolment).exclude(state=ClaimState.WITHDRAWN.value).first()
    if held is not None:
        raise ClaimTwiceError(loan=enrolment.loan_number, claim=held.number)


def refuse_suspended(bank: Organisation, law: Law, today: date) -> None:
    """Refuse the claims of a bank that a breaker has stopped. Raises: `POOL.CLAIM.BANK_SUSPENDED`."""
    for gauge in bank_gauges(bank.pk, law, on=today):
        if gauge.now.state == "suspend" and gauge.now.measure is not None:
            breaker = gauge.now.breaker
            title: Text = breaker.title
            found = percent_word(int(gauge.now.measure * 10_000))
            level = percent_word(breaker.level_bp or 0)
            raise BankSuspendedError(bank=bank.short_name, breaker=title, found=found, level=level)


def _loss_base(enrolment: Enrolment, law: Law, asked: Asked, today: date) -> int:
    loss = Loss(
        principal_fen=principal_fen(enrolment), interest_fen=asked.interest_fen, interest_days=asked.interest_days,
        cost_fen=asked.cost_fen, recovered_fen=asked.recovered_fen,
    )  # fmt: skip
    if not loss.principal_fen:
        raise LoanPaidError(loan=enrolment.loan_number)
    case = loss_case(enrolment, law, loss, book=book_of(enrolment, law, on=today))
    found = settle_claim(law, case).settlement
    if found.refused:
        raise ClaimNotCoveredError(loan=enrolment.loan_number, scheme=enrolment.scheme_id, reason=found.refused)
    return found.loss_base_fen


def _created(  # noqa: PLR0913 - what was found out about one loan
    enrolment: Enrolment, law: Law, asked: Asked, today: date, *, base: int, opens_on: date, events: Mapping[str, date]
) -> Claim:
    defaulted_on = enrolment.defaulted_on or today
    routing = route_claim(
        law.pack.scheme.routing, loss_base_fen=base, disbursed_on=enrolment.disbursed_on, defaulted_on=defaulted_on
    )
    number = draw_from_series(f"{_PREFIX}-{number_prefix(enrolment.scheme_id)}", today.year, 1)[0]
    return Claim.objects.create(
        number=number,
        enrolment=enrolment,
        scheme_id=enrolment.scheme_id,
        pack_id=enrolment.pack_id,
        bank_id=enrolment.bank_id,
        district_code=enrolment.district_code,
        firm_name=enrolment.firm_name,
        loan_number=enrolment.loan_number,
        holder=Holder.BANK.value,
        since_on=today,
        opens_on=opens_on,
        defaulted_on=defaulted_on,
        events={name: day.isoformat() for name, day in events.items()},
        principal_fen=principal_fen(enrolment),
        interest_fen=asked.interest_fen,
        interest_days=asked.interest_days,
        cost_fen=asked.cost_fen,
        recovered_fen=asked.recovered_fen,
        loss_base_fen=base,
        route=routing.route.value,
        is_early_default=routing.is_early_default,
        route_reasons=[{"zh": one.zh, "en": one.en} for one in routing.reasons],
    )
