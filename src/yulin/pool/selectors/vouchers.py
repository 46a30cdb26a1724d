"""What pays a voucher: the ledger's account, what is left on it, and how much is missing where a voucher waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yulin.base.money import yuan_text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.selectors import balances
from yulin.pool.core.codes import Note, note
from yulin.pool.core.postings import Due, Place
from yulin.pool.core.words import place_name
from yulin.pool.enums import VoucherState
from yulin.pool.models import Voucher


def due_of(voucher: Voucher) -> Due:
    """Return a voucher as the ledger pays it."""
    claim = voucher.claim
    return Due(
        name=Due.voucher_name(claim.pk, voucher.pk),
        about=claim.number,
        place=Place.of(claim.scheme_id, voucher.party, voucher.district_code),
        payee_id=voucher.bank_id,
        year=(claim.decided_on or clock.business_date()).year,
        amount_fen=voucher.amount_fen,
        hold_key=voucher.hold_key,
    )


def paying_accounts(dues: Sequence[Due]) -> list[str]:
    """Return which account pays each voucher: a pot, a year's budget, or the funding where nobody has set either."""
    is_open = balances({code for due in dues for code in due.budgets})
    return [next((code for code in due.budgets if code in is_open), due.funding) for due in dues]


def shortages(vouchers: Iterable[Voucher]) -> tuple[Note, ...]:
    """Return of each voucher that waits for its layer's budget what is left there and what is missing.

    Where room has come free and the task that holds what waits has not run yet, nothing is missing.
    """
    queued = [one for one in vouchers if one.state == VoucherState.QUEUED]
    dues = [due_of(one) for one in queued]
    with scope(EVERYTHING):
        sources = paying_accounts(dues)
        left = balances(set(sources))
    rooms = [max(left[source].available_fen, 0) if source in left else 0 for source in sources]
    return tuple(
        note(
            "POOL.VOUCHER.QUEUED", layer=place_name(due.place.code), room=yuan_text(room),
            needed=yuan_text(due.amount_fen), short=yuan_text(due.amount_fen - room),
        )
        for due, room in zip(dues, rooms, strict=True)
        if due.amount_fen > room
    )  # fmt: skip
