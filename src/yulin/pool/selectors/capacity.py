"""What each layer may promise and has promised: the ledger's capacity accounts, read as totals under a limit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import balances, locked_balances
from yulin.pool.core.limits import Usage
from yulin.pool.core.postings import Place, Promise

if TYPE_CHECKING:
    from yulin.pool.models import Enrolment

_BOOKED_TOGETHER = (AccountKind.CAPACITY, AccountKind.COMMITMENT)


def capacity_of(places: Iterable[Place], *, is_locked: bool = False) -> dict[Place, Usage]:
    """Return the capacity of layers and what is held of it; a layer without an account has no line.

    Everybody who lends may know what a layer can still bear, so all accounts are read. Locked, they stay as they are
    until the transaction ends; running totals are locked before them, never after.
    """
    by_code = {place.account(AccountKind.CAPACITY): place for place in places}
    with scope(EVERYTHING):
        if is_locked:
            codes = [place.account(kind) for place in by_code.values() for kind in _BOOKED_TOGETHER]
            every = locked_balances(codes) if codes else {}
            found = {code: every[code] for code in by_code if code in every}
        else:
            found = balances(by_code) if by_code else {}
    return {by_code[code]: Usage(balance.posted_fen, balance.held_fen) for code, balance in found.items()}


def promise_of(enrolment: Enrolment) -> Promise:
    """Return an enrolment as the layers promise it."""
    return Promise(
        enrolment_id=enrolment.pk,
        pack_id=enrolment.pack_id,
        scheme_id=enrolment.scheme_id,
        district_code=enrolment.district_code,
        number=enrolment.number or enrolment.loan_number,
        ratio_bp=enrolment.ratio_bp,
        amount_fen=enrolment.enrolled_amount_fen,
        times_reopened=enrolment.times_reopened,
    )
