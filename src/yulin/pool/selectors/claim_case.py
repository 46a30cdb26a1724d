"""A claim as it is put before its scheme: the loss, the book that caps are measured against, the breakers.

The preview on a page and the booking of a decision ask the same functions here; a decision asks them under the lock of
the scheme's year.

Invariant: a measure that the book does not hold is left out, so that its cap is said to be unchecked, never taken as 0.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from yulin.base.shares import split_shares
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.enums import OrganisationKind
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.breakers import WHOLE_SCHEME, BreakerState, breaker_state, breakers_for, needs_whole_scheme
from yulin.pool.core.caps import OTHER_PUBLIC
from yulin.pool.core.claims.deciding import ClaimSettlement, Deduction, settle_claim
from yulin.pool.core.claims.states import WITH_MONEY
from yulin.pool.core.deciding import Law
from yulin.pool.core.loss import Loss, LossCase
from yulin.pool.core.ratios import WHOLE_BP
from yulin.pool.core.settlement import choose_mode
from yulin.pool.core.states import IN_FORCE
from yulin.pool.enums import ClaimState, EnrolmentState, VoucherState
from yulin.pool.enums import Mode as EnrolmentMode
from yulin.pool.models import Claim, Enrolment, FeeCharge, MonthlyReturn, Recall, Remittance, Voucher
from yulin.rules.core.facts import known_facts
from yulin.rules.core.scheme import Breaker, Mode

if TYPE_CHECKING:
    from yulin.people.models import Organisation

_SUMS = ("year_loss", "year_paid", "year_enrolled", "year_guaranteed", "npl_balance", "loan_balance")
_OF_CLAIMS = frozenset({"year_loss", "year_paid"})
_NEVER_PAID_ON_LOAN = {"paid_on_loan": 0}  # a loan has one claim that stands

_COMMON_MODES = frozenset(one.value for one in EnrolmentMode)


@dataclass(frozen=True)
class Gauge:
    """One breaker of a bank: its sums of the year, where it stands, and where one more claim would bring it."""

    now: BreakerState
    then: BreakerState
    above_fen: int
    below_fen: int


def law_of(claim: Claim) -> Law:
    """Return the law under which a claim's loan is enrolled."""
    return law_by_id(claim.pack_id)


def loss_of(claim: Claim) -> Loss:
    """Return what was lost, as the claim states it."""
    return Loss(
        principal_fen=claim.principal_fen,
        interest_fen=claim.interest_fen,
        cost_fen=claim.cost_fen,
        recovered_fen=claim.recovered_fen,
        at_npa_fen=claim.npa_fen,
        at_claim_fen=None if claim.npa_fen is None else claim.principal_fen + claim.interest_fen,
        interest_days=claim.interest_days,
        paid_by_guarantor_fen=claim.guarantee_paid_fen,
        still_owed_fen=None
        if claim.guarantee_paid_fen is None
        else max(claim.guarantee_paid_fen - claim.recovered_fen, 0),
    )


def loss_case(enrolment: Enrolment, law: Law, loss: Loss, *, book: Mapping[str, int]) -> LossCase:
    """Return one loss on an enrolled loan, with the facts that were frozen at filing.

    Contract shares are those of third parties only: what a scheme itself gives is computed from the scheme.
    """
    vocabulary = law.pack.vocabulary
    facts = {name: value for name, value in enrolment.facts.items() if name in vocabulary.by_alias}
    if enrolment.mode not in _COMMON_MODES:
        facts.pop("mode", None)  # a mode of the scheme's own: the case names it, the vocabulary has no word for it
    return LossCase(
        on=enrolment.disbursed_on,
        mode=enrolment.mode,
        loss=loss,
        amount_fen=enrolment.enrolled_amount_fen,
        facts=known_facts(facts, vocabulary, enrolment.disbursed_on),
        contract_bp=contract_bp(enrolment, law),
        book=book,
    )


def case_of(claim: Claim, law: Law, book: Mapping[str, int]) -> LossCase:
    """Return a claim's loss as its claimant states it, with what other public money bears of it."""
    case = loss_case(claim.enrolment, law, loss_of(claim), book=book)
    other_fen = claim.statement.get("other_public_fen")
    return replace(case, other_public_fen={OTHER_PUBLIC: other_fen}) if other_fen else case


def mode_of_loan(enrolment: Enrolment, law: Law, loss: Loss | None = None) -> Mode | None:
    """Return the mode of a law that a loan falls under; None where it covers no such loan."""
    return choose_mode(law.pack, loss_case(enrolment, law, loss or Loss(), book={}))


def settled(claim: Claim, law: Law, deductions: Sequence[Deduction] = (), *, on: date) -> ClaimSettlement:
    """Return who bears what of a claim if it were decided on a day with these deductions.

    Raises: `POOL.CLAIM.ABOVE_BASE`, `POOL.CLAIM.NOTE`, `POOL.SETTLE.NUMBER_OPEN`, `POOL.SETTLE.FACT_MISSING`.
    """
    return settle_claim(law, case_of(claim, law, book_of(claim.enrolment, law, on=on)), deductions)


def book_of(enrolment: Enrolment, law: Law, *, on: date) -> dict[str, int]:
    """Return the sums of the book that the caps of a loan's mode are measured by."""
    modes = list(law.pack.scheme.modes_for(enrolment.mode))
    wanted = {name for mode in modes for cap in mode.money_caps for name in (*cap.of, cap.used)}
    scheme_id, bank_id = enrolment.scheme_id, enrolment.bank_id
    in_mode, of_bank = Q(claim__enrolment__mode=enrolment.mode), Q(claim__bank_id=bank_id)
    readers: dict[str, Callable[[], int]] = {
        "scheme_paid": lambda: _paid_fen(scheme_id, modes, "scheme_paid", on, Q()),
        "mode_paid": lambda: _paid_fen(scheme_id, modes, "mode_paid", on, in_mode),
        "paid": lambda: _paid_fen(scheme_id, modes, "paid", on, of_bank),
        "previous_year_balance": lambda: _balance_fen(enrolment, date(on.year - 1, 12, 1)),
        "lent": lambda: _lent_fen(enrolment),
        "fees": lambda: _fees_fen(scheme_id, bank_id, on.year - 1),
        "recoveries": lambda: _remitted_fen(scheme_id, bank_id, on.year - 1),
    }
    with scope(EVERYTHING):
        found = {name: reader() for name, reader in readers.items() if name in wanted}
    return {**_NEVER_PAID_ON_LOAN, **found}


def lender_year(law: Law, bank_id: int, year: int) -> dict[str, int]:
    """Return what a lender's cap of a year is measured by: fees and recoveries of the year before, and `paid`."""
    scheme_id, modes = law.pack.id, list(law.pack.scheme.modes.values())
    with scope(EVERYTHING):
        return {
            "paid": _paid_fen(scheme_id, modes, "paid", date(year, 12, 31), Q(claim__bank_id=bank_id)),
            "fees": _fees_fen(scheme_id, bank_id, year - 1),
            "recoveries": _remitted_fen(scheme_id, bank_id, year - 1),
        }


def breakers_of(law: Law, kind: OrganisationKind | str) -> list[Breaker]:
    """Return a scheme's breakers that claimants of a kind meet: by bank or by guarantor, and of the whole scheme."""
    return breakers_for(law.pack.scheme.breakers, str(kind))


def claimant_gauges(claimant: Organisation, law: Law, *, on: date, more_fen: int = 0) -> list[Gauge]:
    """Return where a bank or guarantor stands on each breaker that is measured by it, and with `more_fen` of loss."""
    breakers = breakers_of(law, claimant.kind)
    if not breakers:
        return []
    sums = breaker_sums(claimant, law.pack.id, on=on, breakers=breakers)
    gauges = []
    for one in breakers:
        above = sums.get(one.above, 0)
        then = {**sums, one.above: above + more_fen} if one.above in sums else sums
        gauges.append(Gauge(breaker_state(one, sums), breaker_state(one, then), above, sums.get(one.below, 0)))
    return gauges


def breaker_sums(claimant: Organisation, scheme_id: str, *, on: date, breakers: Iterable[Breaker]) -> dict[str, int]:
    """Return a claimant's sums under a scheme that breakers are measured by: of the year, and of its loans now."""
    found = sums_by_claimant(scheme_id, claimant.kind, on=on, claimant_id=claimant.pk)
    return {**(found.get(claimant.pk) or dict.fromkeys(_SUMS, 0)), **scheme_sums(scheme_id, breakers, on=on)}


def scheme_sums(scheme_id: str, breakers: Iterable[Breaker], *, on: date) -> dict[str, int]:
    """Return the sums of all claimants, by names of their own; nothing where no breaker is measured by them.

    What is enrolled and owed is that of all banks; losses and payments are those of banks and of guarantors.
    """
    if not needs_whole_scheme(breakers):
        return {}
    banks, guarantors = (
        sums_by_claimant(scheme_id, kind, on=on).values()
        for kind in (OrganisationKind.BANK, OrganisationKind.GUARANTOR)
    )
    return {
        WHOLE_SCHEME + name: sum(one[name] for one in (*banks, *(guarantors if name in _OF_CLAIMS else ())))
        for name in _SUMS
    }


def sums_by_claimant(
    scheme_id: str, kind: OrganisationKind | str, *, on: date, claimant_id: int | None = None
) -> dict[int, dict[str, int]]:
    """Return those sums for every bank (or guarantor) with a loan or a claim under a scheme, or for one of them.

    A guarantor's are of its loans in guarantee mode: what it paid out, and what it guarantees. What was asked back of a
    claim no longer counts.
    """
    party = "guarantor_id" if kind == OrganisationKind.GUARANTOR else "bank_id"
    wanted = Q(scheme_id=scheme_id) if claimant_id is None else Q(**{"scheme_id": scheme_id, party: claimant_id})
    owned = Q(bank_id=F("guarantor_id")) if party == "guarantor_id" else Q(bank_id=F("lender_id"))
    loans = Enrolment.objects.filter(wanted)
    if party == "guarantor_id":
        loans = loans.filter(mode=EnrolmentMode.GUARANTEE.value, guarantor_id__isnull=False)
    found: dict[int, dict[str, int]] = {}
    with scope(EVERYTHING):
        claims = Claim.objects.filter(wanted, owned, decided_on__year=on.year)
        for row in [*_loan_sums(loans, party, on), *_claim_sums(claims, party)]:
            sums = found.setdefault(row.pop(party), dict.fromkeys(_SUMS, 0))
            for name, fen in row.items():
                sums[name] += fen or 0
    return found


def _loan_sums(loans: QuerySet[Enrolment], party: str, on: date) -> list[dict[str, Any]]:
    bad = Q(five_class__in=["substandard", "doubtful", "loss"])
    ever = loans.exclude(state=EnrolmentState.REVOKED.value).filter(disbursed_on__year=on.year)
    held = loans.filter(state__in=sorted(IN_FORCE))
    share = Coalesce(Cast(KeyTextTransform("guarantor", "contract_bp"), BigIntegerField()), Value(WHOLE_BP))
    guaranteed = Sum(F("enrolled_amount_fen") * share / WHOLE_BP)
    return [
        *_by(ever, party, year_enrolled=Sum("enrolled_amount_fen"), year_guaranteed=guaranteed),
        *_by(held, party, loan_balance=Sum("outstanding_fen"), npl_balance=Sum("outstanding_fen", filter=bad)),
    ]


def _claim_sums(claims: QuerySet[Claim], party: str) -> list[dict[str, Any]]:
    """Return the year's losses and payments; a guarantor has paid the whole loss base, a bank gets the public part."""
    paid = "decided_base_fen" if party == "guarantor_id" else "public_fen"
    recalled = Count("pk", filter=Q(state=ClaimState.RECALLED.value))
    counted = claims.filter(state__in=sorted(state.value for state in WITH_MONEY))
    rows = _by(counted, party, year_loss=Sum("decided_base_fen"), year_paid=Sum(paid), recalled=recalled)
    if sum(row.pop("recalled") for row in rows):
        rows += _asked_back(counted, party)
    return rows


def _asked_back(claims: QuerySet[Claim], party: str) -> list[dict[str, Any]]:
    """Return what recalls take from the sums: of the loss the same part as of the money."""
    back = claims.filter(recall__isnull=False).values_list(
        party, "decided_base_fen", "public_fen", "recall__principal_fen"
    )
    rows = []
    for claimant, base, public, asked in back:
        gone = base * asked // public if public else 0
        rows.append({party: claimant, "year_loss": -gone, "year_paid": -gone if party == "guarantor_id" else -asked})
    return rows


def _by(rows: QuerySet[Any], party: str, **sums: Sum | Count) -> list[dict[str, Any]]:
    return list(rows.order_by().values(party).annotate(**sums))


def contract_bp(enrolment: Enrolment, law: Law) -> dict[str, int]:
    """Return the shares that a loan's contracts give to third parties, in basis points."""
    if enrolment.contract_bp:
        return {party: int(bp) for party, bp in enrolment.contract_bp.items()}
    thirds = {
        party
        for mode in law.pack.scheme.modes_for(enrolment.mode)
        for party in (*_third_parties(mode), *_by_contract(mode))
    }
    return {party: int(bp) for party, bp in (enrolment.ratio_bp or {}).items() if party in thirds}


def _third_parties(mode: Mode) -> tuple[str, ...]:
    return mode.third_parties.parties if mode.third_parties else ()


def _by_contract(mode: Mode) -> list[str]:
    return [party for party, table in mode.ratios.items() if table.by_contract]


def _paid_fen(scheme_id: str, modes: Sequence[Mode], measure: str, on: date, narrower: Q) -> int:
    """Return what was decided to be paid in the year of a day, by the layer that the cap of this measure binds.

    What was asked back of a recalled claim gives its part of the year's cap back, layer by layer.
    """
    rows = Voucher.objects.filter(narrower, claim__scheme_id=scheme_id, claim__decided_on__year=on.year).exclude(
        state=VoucherState.VOID.value
    )
    bound = {cap.party for mode in modes for cap in mode.money_caps if cap.used == measure and cap.party}
    if bound:
        rows = rows.filter(party__in=bound)
    paid = int(rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0)
    return paid - _asked_back_fen(rows, bound)


def _asked_back_fen(rows: QuerySet[Voucher], bound: Collection[str | None]) -> int:
    """Return what of the vouchers was asked back, each recall divided among its claim's layers as they paid."""
    asked = dict(Recall.objects.filter(claim__in=rows.values("claim_id")).values_list("claim_id", "principal_fen"))
    layers: dict[int, dict[str, int]] = {}
    paid = Voucher.objects.filter(claim_id__in=asked, state=VoucherState.PAID.value)
    for claim_id, party, fen in paid.values_list("claim_id", "party", "amount_fen"):
        of_claim = layers.setdefault(claim_id, {})
        of_claim[party] = of_claim.get(party, 0) + fen
    return sum(
        fen
        for claim_id, of_claim in layers.items()
        for party, fen in split_shares(asked[claim_id], of_claim).items()
        if not bound or party in bound
    )


def _balance_fen(enrolment: Enrolment, month: date) -> int:
    rows = MonthlyReturn.objects.filter(
        month=month, enrolment__bank_id=enrolment.bank_id, enrolment__scheme_id=enrolment.scheme_id
    )
    return int(rows.aggregate(sum=Sum("outstanding_fen"))["sum"] or 0)


def _fees_fen(scheme_id: str, bank_id: int, year: int) -> int:
    """Return the guarantee fees that a lender was charged under a scheme in a year."""
    rows = FeeCharge.objects.standing().filter(scheme_id=scheme_id, bank_id=bank_id, charged_on__year=year)
    return int(rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0)


def _remitted_fen(scheme_id: str, bank_id: int, year: int) -> int:
    """Return what a lender handed over of recoveries under a scheme in a year."""
    rows = Remittance.objects.filter(claim__scheme_id=scheme_id, claim__bank_id=bank_id, on__year=year)
    rows = rows.filter(holder__isnull=True)  # what the new owner of a debt handed on is not the lender's
    return int(rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0)


def _lent_fen(enrolment: Enrolment) -> int:
    rows = Enrolment.objects.live().filter(bank_id=enrolment.bank_id, scheme_id=enrolment.scheme_id)
    return int(rows.aggregate(sum=Sum("loan_amount_fen"))["sum"] or 0)
