"""Every read of compensation that was asked back."""

from __future__ import annotations

from django.db.models import Sum

from yulin.pool.enums import VoucherState
from yulin.pool.errors import ClaimNotFoundError
from yulin.pool.models import Claim, Recall


def paid_fen(claim: Claim) -> int:
    """Return what all layers together have paid on a claim."""
    rows = claim.vouchers.filter(state=VoucherState.PAID.value)
    return int(rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0)


def paid_by_party(claim: Claim) -> dict[str, int]:
    """Return what each layer has paid on a claim, in paying order."""
    rows = claim.vouchers.filter(state=VoucherState.PAID.value).order_by("instalment", "id")
    found: dict[str, int] = {}
    for party, fen in rows.values_list("party", "amount_fen"):
        found[party] = found.get(party, 0) + fen
    return found


def standing_recall(claim: Claim) -> Recall | None:
    """Return what was asked back on a claim, or None."""
    return Recall.objects.filter(claim=claim).first()


def recall_of(claim: Claim) -> Recall:
    """Return what was asked back on a claim. Raises: `POOL.CLAIM.NOT_FOUND` where nothing was."""
    found = standing_recall(claim)
    if found is None:
        raise ClaimNotFoundError(claim=claim.pk)
    return found
