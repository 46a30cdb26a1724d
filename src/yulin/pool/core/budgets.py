"""The money behind a layer, by the form of its budget: what is there in a year, what is taken, what is left.

A cash pool goes on from year to year and keeps what comes back; its interest rolls in where the law says so. A yearly
budget is the year's grant alone. A budget in arrears is last year's verified compensation, cut to the yearly cap. A
layer has only its own money: nothing here reads another layer. What the law leaves open stays apart as uncertain and
is never counted as room.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from yulin.pool.core.ratios import WHOLE_BP
from yulin.rules.core.scheme import Layer, Reserve, Scheme


@dataclass(frozen=True)
class LayerBooks:
    """What one layer's books say of one year, none below zero."""

    granted_fen: int = 0  # paid into the pool, or granted for the year
    verified_fen: int = 0  # compensation verified on last year's loans, which a budget in arrears pays
    interest_fen: int = 0
    recovered_fen: int = 0
    paid_fen: int = 0
    held_fen: int = 0  # committed at the year's end and not yet paid


@dataclass(frozen=True)
class LayerMoney:
    """One layer's money in one year; of `available_fen` and `short_fen` one is always zero."""

    funds_fen: int
    available_fen: int  # what may still be committed
    short_fen: int  # by how much what is paid and held exceeds what may be paid
    over_cap_fen: int  # what the yearly cap keeps out of the budget
    uncertain_fen: int  # interest of which the law does not say where it goes
    closing_fen: int  # what the next year opens with


def year_cap_fen(scheme: Scheme, party: str) -> int | None:
    """Return the lowest bound on what a layer pays in a year under any mode, or None where no text states one."""
    caps = [cap for mode in scheme.modes.values() for cap in mode.money_caps]
    stated = [cap.at_most_fen for cap in caps if cap.party == party and cap.used == "scheme_paid"]
    return min((fen for fen in stated if fen is not None), default=None)


def layer_money(layer: Layer, cap_fen: int | None, opening_fen: int, books: LayerBooks) -> LayerMoney | None:
    """Return a layer's money at the end of a year, or None where the form of its budget is not known.

    >>> layer_money(Layer("city", "yearly", None), 900, 0, LayerBooks(granted_fen=1_000, paid_fen=300, held_fen=601))
    LayerMoney(funds_fen=900, available_fen=0, short_fen=1, over_cap_fen=100, uncertain_fen=0, closing_fen=0)
    """
    if not layer.budget:
        return None
    if layer.budget == "cash_pool":
        rolled = books.interest_fen if layer.interest == "rolls_in" else 0
        funds, over = opening_fen + books.granted_fen + books.recovered_fen + rolled, 0
        closing, uncertain = funds - books.paid_fen, books.interest_fen if not layer.interest else 0
    else:
        asked = books.granted_fen if layer.budget == "yearly" else books.verified_fen
        funds = asked if cap_fen is None else min(asked, cap_fen)
        over, closing, uncertain = asked - funds, 0, 0
    room = (funds if cap_fen is None else min(funds, cap_fen)) - books.paid_fen - books.held_fen
    return LayerMoney(funds, max(room, 0), max(-room, 0), over, uncertain, closing)


def layer_years(
    layer: Layer, cap_fen: int | None, opening_fen: int, years: Iterable[LayerBooks]
) -> Iterator[LayerMoney]:
    """Yield a layer's money year by year, each opening with what the one before closed with.

    Nothing is yielded where the form of the budget is not known.
    """
    for books in years:
        money = layer_money(layer, cap_fen, opening_fen, books)
        if money is None:
            return
        yield money
        opening_fen = money.closing_fen


@dataclass(frozen=True)
class ReserveGap:
    """How far a layer is from its target reserve: what is lacking to its floor, what lies above its ceiling."""

    short_fen: int
    above_fen: int


def reserve_gap(reserve: Reserve, in_hand_fen: int, outstanding_fen: int) -> ReserveGap:
    """Return how far money in hand is from the reserve aimed at for the loans outstanding at the year's end.

    **Rounding**: the floor up, the ceiling down, so that a part of a fen never counts as reached. A bound that the law
    does not state asks for nothing.
    """
    floor = -(-outstanding_fen * (reserve.at_least_bp or 0) // WHOLE_BP)
    most = reserve.at_most_bp
    above = 0 if most is None else max(in_hand_fen - outstanding_fen * most // WHOLE_BP, 0)
    return ReserveGap(max(floor - in_hand_fen, 0), above)
