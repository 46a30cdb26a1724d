"""What a body behind the guarantors is told of a scheme and a period: from the book, the sheets and what was paid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Sum

from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.pool.adapters.packs import laws_of, published_laws
from yulin.pool.core.claims.sheet import read_sheet
from yulin.pool.core.moving import borne_fen
from yulin.pool.core.reguarantee import BODIES, Filing, FilingKind, FilingRow, in_order
from yulin.pool.enums import VoucherState
from yulin.pool.errors import FilingBodyError, FilingPeriodError
from yulin.pool.models import Claim, Enrolment, Recovery, RecoveryLine, Voucher

if TYPE_CHECKING:
    from yulin.pool.core.deciding import Law

_NOBODY = Text("", "")


class _Amounts(NamedTuple):
    whole_fen: int
    part_fen: int
    share_bp: int | None = None


def bodies_by_scheme() -> dict[str, tuple[Text, tuple[str, ...]]]:
    """Return the published schemes in which a re-guarantor or the national fund bears a share, with those bodies."""
    found = {law.pack.id: (law.pack.title, bodies_of(law)) for law in published_laws()}
    return {scheme_id: one for scheme_id, one in sorted(found.items()) if one[1]}


def bodies_of(law: Law) -> tuple[str, ...]:
    """Return the bodies behind the guarantors that are layers of a law."""
    return tuple(party for party in BODIES if party in law.pack.scheme.layers)


def filing_for(actor: Actor, *, scheme_id: str, party: str, first: date, last: date) -> Filing:
    """Return what a body is told of a scheme; both days count.

    What was revoked is not filed; a claim that was reopened or recalled is no compensation as long as it is.

    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.FILING.PERIOD`, `POOL.FILING.BODY`.
    """
    if not actor.may(Action.SEE_PAYOUTS):
        raise NotAllowedError(action=str(Action.SEE_PAYOUTS), role=str(actor.role))
    if last < first:
        raise FilingPeriodError(first=first, last=last)
    laws = laws_of(scheme_id)
    if not any(party in bodies_of(law) for law in laws):
        raise FilingBodyError(scheme=scheme_id, party=party, known=[one for law in laws for one in bodies_of(law)])
    within = {"gte": first, "lte": last}
    rows = [
        *_loans(scheme_id, party, within), *_claims(scheme_id, party, within), *_payments(scheme_id, party, within),
        *_recoveries(scheme_id, party, within),
    ]  # fmt: skip
    law = laws[-1]
    return Filing(scheme_id, law.pack.title, party, law.pack.currency, first, last, in_order(rows))


def _loans(scheme_id: str, party: str, within: dict[str, date]) -> Iterator[FilingRow]:
    rows = Enrolment.objects.live().filter(scheme_id=scheme_id, ratio_bp__has_key=party, number__isnull=False)
    for one in _in(rows, "confirmed_on", within).select_related("bank", "guarantor").defer("facts", "missing"):
        part = borne_fen(one.ratio_bp, one.enrolled_amount_fen)[party]
        yield _row(FilingKind.LOAN, one.confirmed_on, one, _Amounts(one.enrolled_amount_fen, part, one.ratio_bp[party]))


def _claims(scheme_id: str, party: str, within: dict[str, date]) -> Iterator[FilingRow]:
    rows = Claim.objects.with_money().filter(scheme_id=scheme_id).exclude(sheet={})
    for claim in _with_loan(_in(rows, "decided_on", within)):
        for line in read_sheet(claim.sheet).lines:
            if line.party == party:
                amounts = _Amounts(claim.decided_base_fen or 0, line.amount_fen, line.ratio_bp)
                yield _row(FilingKind.COMPENSATION, claim.decided_on, claim.enrolment, amounts, claim.number)


def _payments(scheme_id: str, party: str, within: dict[str, date]) -> Iterator[FilingRow]:
    rows = Voucher.objects.filter(claim__scheme_id=scheme_id, party=party, state=VoucherState.PAID.value)
    paid = {one.pk: one for one in _in(rows, "paid_on", within)}
    claims = {claim.pk: claim for claim in _with_loan(Claim.objects.filter(vouchers__in=paid).distinct())}
    for one in paid.values():
        claim, amounts = claims[one.claim_id], _Amounts(one.amount_fen, one.amount_fen)
        yield _row(FilingKind.PAYMENT, one.paid_on, claim.enrolment, amounts, claim.number)


def _recoveries(scheme_id: str, party: str, within: dict[str, date]) -> Iterator[FilingRow]:
    """Yield each receipt with what the body has of it now; a receipt that was undone or replayed to nothing is none."""
    rows = RecoveryLine.objects.filter(claim__scheme_id=scheme_id, party=party, is_unpaid=False)
    sums = _in(rows, "recovery__value_on", within).order_by().values("recovery_id").annotate(part=Sum("amount_fen"))
    parts = {row["recovery_id"]: row["part"] for row in sums if row["part"]}
    receipts = Recovery.objects.filter(pk__in=parts)
    claims = {claim.pk: claim for claim in _with_loan(Claim.objects.filter(recoveries__in=parts).distinct())}
    for one in receipts:
        claim, amounts = claims[one.claim_id], _Amounts(one.net_fen, parts[one.pk])
        yield _row(FilingKind.RECOVERY, one.value_on, claim.enrolment, amounts, claim.number)


def _in(rows: Any, field: str, within: dict[str, date]) -> Any:
    return rows.filter(**{f"{field}__{bound}": day for bound, day in within.items()})


def _with_loan(claims: Any) -> Iterable[Claim]:
    found: Iterable[Claim] = claims.select_related("enrolment", "enrolment__bank", "enrolment__guarantor").defer(
        "statement", "enrolment__facts", "enrolment__missing"
    )
    return found


def _row(kind: FilingKind, on: date | None, loan: Enrolment, amounts: _Amounts, claim_number: str = "") -> FilingRow:
    return FilingRow(
        kind=kind, on=on or date.min, number=claim_number or loan.number or "", loan_number=loan.loan_number,
        firm_name=loan.firm_name, firm_code=loan.firm_code, lender=loan.bank.name,
        guarantor=loan.guarantor.name if loan.guarantor else _NOBODY, lent_on=loan.disbursed_on, due_on=loan.due_on,
        amount_fen=amounts.whole_fen, share_bp=amounts.share_bp, part_fen=amounts.part_fen,
    )  # fmt: skip
