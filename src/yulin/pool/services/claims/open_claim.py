"""A bank opens a claim on a defaulted loan: the day, the amounts and the class come from its own monthly returns.

In guarantee mode the guarantor opens it for what it paid the bank out and has not got back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.breakers import measured_words
from yulin.pool.core.claims.deciding import settle_claim
from yulin.pool.core.claims.guarantee import GuaranteePayment, most_payable_fen, open_for_guarantor
from yulin.pool.core.claims.opening import Opened, confirmed_conditions, open_claim_from
from yulin.pool.core.claims.routing import route_claim
from yulin.pool.core.claims.window import refuse_outside
from yulin.pool.core.deciding import Law
from yulin.pool.core.loss import Loss, counted_days
from yulin.pool.core.numbers import number_prefix
from yulin.pool.enums import ClaimState, Holder
from yulin.pool.errors import (
    BankSuspendedError,
    ClaimNotCoveredError,
    ClaimRulesOpenError,
    ClaimTwiceError,
    InterestDaysError,
    LoanPaidError,
    NotGuaranteedError,
    NpaAmountError,
)
from yulin.pool.models import Claim, ClaimEvent, Enrolment, MonthlyReturn
from yulin.pool.selectors.claim_case import (
    book_of,
    claimant_gauges,
    contract_bp,
    loss_case,
    loss_of,
    mode_of_loan,
)
from yulin.pool.selectors.claims import standing_of
from yulin.pool.services._steps import draw_from_series, locked_enrolment
from yulin.pool.services.claims._steps import audit_claim

if TYPE_CHECKING:
    from yulin.people.models import Organisation

_PREFIX = "BC"  # 补偿


@dataclass(frozen=True)
class Asked:
    """What a claimant states: the day of default as it has it, days of papers, amounts, what a guarantor paid."""

    stated_default_on: date | None = None
    declared: Mapping[str, date] = field(default_factory=dict)
    interest_fen: int = 0
    interest_days: int | None = None
    cost_fen: int = 0
    npa_fen: int | None = None  # principal and interest owed when the class turned bad, where the law counts the lower
    recovered_fen: int = 0
    payment: GuaranteePayment | None = None


def open_claim(*, actor: Actor, enrolment_id: int, asked: Asked | None = None) -> Claim:
    """Open a claim on a loan that the returns show in default; it waits as a draft for its papers.

    Effects: the loan locked, one claim with its number, event, audit row.
    Raises: `POOL.ENROLMENT.NOT_FOUND`, `POOL.CLAIM.TWICE`, `.DATE_DIFFERS`, `.TOO_EARLY`, `.TOO_LATE`,
    `.REPORTED_LATE` and the other codes of a loan that cannot be claimed; `POOL.CLAIM.BANK_SUSPENDED`, `.NOT_COVERED`,
    `.DISTRICT_UNKNOWN`, `.GUARANTEE_PAYMENT`, `.INTEREST_DAYS`, `.NPA_AMOUNT`.
    """
    asked = asked or Asked()
    today = clock.business_date()
    with transaction.atomic(), scope(EVERYTHING):
        enrolment = locked_enrolment(actor, enrolment_id)
        law = law_by_id(enrolment.pack_id)
        _refuse_second(enrolment)
        is_guarantors = actor.kind == OrganisationKind.GUARANTOR
        opened = (_opened_by_guarantor if is_guarantors else _opened_by_lender)(actor, enrolment, law, asked, today)
        claimant = _claimant(enrolment, is_guarantors=is_guarantors)
        refuse_suspended(claimant, law, today)
        claim = _created(enrolment, law, asked, opened, today, claimant)
        ClaimEvent.objects.create(
            claim=claim, on=today, actor_user_id=actor.user_id, actor_organisation_id=actor.organisation_id,
            actor_name=actor.name, step="open", from_state="", to_state=claim.state,
        )  # fmt: skip
        facts = {"loss_base_fen": claim.loss_base_fen, "principal_fen": claim.principal_fen}
        audit_claim(actor, claim, "open", {**facts, "guarantee_paid_fen": claim.guarantee_paid_fen})
    return claim


def _opened_by_lender(_: Actor, enrolment: Enrolment, law: Law, asked: Asked, today: date) -> Opened:
    standing = standing_of(enrolment)
    opened = open_claim_from(
        standing,
        law.pack.scheme.claim,
        today=today,
        stated_default_on=asked.stated_default_on,
        declared=asked.declared,
    )
    refuse_outside(law.pack.scheme, standing, today=today)
    return opened


def _opened_by_guarantor(actor: Actor, enrolment: Enrolment, law: Law, asked: Asked, today: date) -> Opened:
    if enrolment.guarantor_id != actor.organisation_id:
        raise NotGuaranteedError(loan=enrolment.loan_number)
    if not confirmed_conditions(law.pack.scheme.claim):
        raise ClaimRulesOpenError(scheme=enrolment.scheme_id)
    most = most_payable_fen(owed_when_paid_fen(enrolment), contract_bp(enrolment, law))
    payment = asked.payment or GuaranteePayment(0, today)
    standing = standing_of(enrolment)
    opened = open_for_guarantor(standing, payment, most_fen=most, today=today)
    refuse_outside(law.pack.scheme, standing, today=today)
    return opened


def _claimant(enrolment: Enrolment, *, is_guarantors: bool) -> Organisation:
    if is_guarantors and enrolment.guarantor is not None:
        return enrolment.guarantor
    return enrolment.bank


def principal_fen(enrolment: Enrolment) -> int:
    """Return what of a loan's balance can be claimed: as the newest return shows it, at most what was enrolled."""
    return min(enrolment.outstanding_fen, enrolment.enrolled_amount_fen)


def owed_when_paid_fen(enrolment: Enrolment) -> int:
    """Return the principal that a guarantor answers for: the highest balance returned since the default.

    After the guarantor has paid, the bank's returns show less or nothing.
    """
    since = enrolment.defaulted_on or enrolment.disbursed_on
    rows = MonthlyReturn.objects.filter(enrolment=enrolment, month__gte=since.replace(day=1))
    highest = rows.aggregate(most=Max("outstanding_fen"))["most"] or 0
    return min(max(highest, enrolment.outstanding_fen), enrolment.enrolled_amount_fen)


def _refuse_second(enrolment: Enrolment) -> None:
    held = Claim.objects.filter(enrolment=enrolment).exclude(state=ClaimState.WITHDRAWN.value).first()
    if held is not None:
        raise ClaimTwiceError(loan=enrolment.loan_number, claim=held.number)


def refuse_suspended(bank: Organisation, law: Law, today: date) -> None:
    """Refuse the claims of a bank that a breaker has stopped. Raises: `POOL.CLAIM.BANK_SUSPENDED`."""
    for gauge in claimant_gauges(bank, law, on=today):
        if gauge.now.state == "suspend" and gauge.now.measure is not None:
            raise BankSuspendedError(bank=bank.short_name, **measured_words(gauge.now))


def interest_days_at_most(enrolment: Enrolment, law: Law) -> int | None:
    """Return how many days of interest count of a loan's loss; None where its scheme sets no bound."""
    mode = mode_of_loan(enrolment, law)
    return counted_days(mode.loss_base) if mode is not None else None


def counts_lower_of(enrolment: Enrolment, law: Law, loss: Loss | None = None) -> bool:
    """Tell whether a loan's scheme counts the lower of what was owed when the class turned bad and at the claim."""
    mode = mode_of_loan(enrolment, law, loss)
    return mode is not None and mode.loss_base.measure == "lower_of_npa_and_claim"


def _loss_base(enrolment: Enrolment, law: Law, loss: Loss, today: date) -> int:
    if not loss.principal_fen:
        raise LoanPaidError(loan=enrolment.loan_number)
    if counts_lower_of(enrolment, law, loss) and (loss.at_npa_fen or 0) <= 0:
        raise NpaAmountError(loan=enrolment.loan_number, found_fen=loss.at_npa_fen)
    mode = mode_of_loan(enrolment, law, loss)
    most = counted_days(mode.loss_base) if mode is not None else None
    if most is not None and loss.interest_fen and not loss.interest_days:
        raise InterestDaysError(loan=enrolment.loan_number, interest_fen=loss.interest_fen, days_at_most=most)
    case = loss_case(enrolment, law, loss, book=book_of(enrolment, law, on=today))
    found = settle_claim(law, case).settlement
    if found.refused:
        raise ClaimNotCoveredError(loan=enrolment.loan_number, scheme=enrolment.scheme_id, reason=found.refused)
    return found.loss_base_fen


def _created(
    enrolment: Enrolment, law: Law, asked: Asked, opened: Opened, today: date, claimant: Organisation
) -> Claim:
    defaulted_on = enrolment.defaulted_on or today
    paid = asked.payment if claimant.pk != enrolment.bank_id else None
    stated: dict[str, Any] = {
        "principal_fen": owed_when_paid_fen(enrolment) if paid else principal_fen(enrolment),
        "interest_fen": asked.interest_fen,
        "interest_days": asked.interest_days,
        "cost_fen": asked.cost_fen,
        "npa_fen": asked.npa_fen if counts_lower_of(enrolment, law) else None,
        "recovered_fen": asked.recovered_fen,
        "guarantee_paid_fen": paid.amount_fen if paid else None,
    }
    base = _loss_base(enrolment, law, loss_of(Claim(**stated)), today)
    routing = route_claim(
        law.pack.scheme.routing, loss_base_fen=base, disbursed_on=enrolment.disbursed_on, defaulted_on=defaulted_on,
        currency=law.pack.currency,
    )  # fmt: skip
    number = draw_from_series(f"{_PREFIX}-{number_prefix(enrolment.scheme_id)}", today.year, 1)[0]
    return Claim.objects.create(
        number=number,
        enrolment=enrolment,
        scheme_id=enrolment.scheme_id,
        pack_id=enrolment.pack_id,
        bank=claimant,
        lender_id=enrolment.bank_id,
        guarantor_id=enrolment.guarantor_id,
        insurer_id=enrolment.insurer_id,
        guarantee_paid_on=paid.paid_on if paid else None,
        district_code=enrolment.district_code,
        firm_name=enrolment.firm_name,
        loan_number=enrolment.loan_number,
        holder=Holder.BANK.value,
        since_on=today,
        opens_on=opened.opens_on,
        defaulted_on=defaulted_on,
        events={name: day.isoformat() for name, day in opened.events.items()},
        **stated,
        loss_base_fen=base,
        route=routing.route.value,
        is_early_default=routing.is_early_default,
        route_reasons=[{"zh": one.zh, "en": one.en} for one in routing.reasons],
    )
