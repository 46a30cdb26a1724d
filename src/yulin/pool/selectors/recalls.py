"""Every read of compensation that was asked back."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Sum

from yulin.base.shares import split_shares
from yulin.pool.core.claims.clawback import Payment
from yulin.pool.enums import ClaimState, VoucherState
from yulin.pool.errors import ClaimNotFoundError
from yulin.pool.models import Claim, Recall


def paid_fen(claim: Claim) -> int:
    """Return what all layers together have paid on a claim."""
    rows = claim.vouchers.filter(state=VoucherState.PAID.value)
    return int(rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0)


def waiting_fen(claim: Claim) -> int:
    """Return what layers have not paid yet of a claim, and will not pay once it is asked back."""
    rows = claim.vouchers.exclude(state__in=[VoucherState.PAID.value, VoucherState.VOID.value])
    return int(rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0)


def is_recallable(claim: Claim) -> bool:
    """Tell whether something of a claim was paid that could be asked back: all of it, or the first instalments."""
    return claim.state == ClaimState.PAID or (claim.state == ClaimState.APPROVED and paid_fen(claim) > 0)


def paid_by_party(claim: Claim) -> dict[str, int]:
    """Return what each layer has paid on a claim, in paying order."""
    rows = claim.vouchers.filter(state=VoucherState.PAID.value).order_by("instalment", "id")
    found: dict[str, int] = {}
    for party, fen in rows.values_list("party", "amount_fen"):
        found[party] = found.get(party, 0) + fen
    return found


def payments_of(claim: Claim) -> list[Payment]:
    """Return what each layer has paid on a claim, payment by payment, in paying order."""
    rows = claim.vouchers.filter(state=VoucherState.PAID.value).order_by("instalment", "id")
    found = rows.values_list("party", "paid_on", "amount_fen")
    return [Payment(party, on, fen) for party, on, fen in found if on is not None]  # the database has a day of each


def recalled_parts(claim: Claim, recall: Recall) -> tuple[dict[str, int], dict[str, int]]:
    """Return what each layer gets of what was asked back, and of its interest, without zeros.

    A recall that was booked before interest ran from each payment's own day has it divided by what was paid.
    """
    paid = paid_by_party(claim)
    principal = split_shares(recall.principal_fen, paid)
    interest = recall.interest_parts or (split_shares(recall.interest_fen, paid) if recall.interest_fen else {})
    return _without_zeros(principal), _without_zeros(interest)


def _without_zeros(parts: Mapping[str, int]) -> dict[str, int]:
    return {party: fen for party, fen in parts.items() if fen}


def standing_recall(claim: Claim) -> Recall | None:
    """Return what was asked back on a claim, or None."""
    return Recall.objects.filter(claim=claim).first()


def recall_of(claim: Claim) -> Recall:
    """Return what was asked back on a claim. Raises: `POOL.CLAIM.NOT_FOUND` where nothing was."""
    found = standing_recall(claim)
    if found is None:
        raise ClaimNotFoundError(claim=claim.pk)
    return found
