"""Money recovered after compensation comes back through the same layers: its costs first, then by the shares borne.

Nobody gets back more than was borne; a receipt smaller than its cost gives nothing, and the cost is carried to the
next. `share`: the lender hands on the others' parts. `whole`: it remits all, and its own part is returned later.

A layer that has not paid all of its share yet gets back in money what it paid; what exceeds that lessens what it still
has to pay, and stays with the collector. Source: 13 CFR 107.585, example 1 (P-08): of a share of 40, 25 drawn are
repaid and 15 undrawn cancelled.

Money that somebody else holds, who has taken the debt over, is handed on to all but the holder: the lender's part too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from yulin.base.shares import split_shares
from yulin.pool.core.loss import Receipt
from yulin.rules.core.scheme import Recovery


@dataclass(frozen=True)
class RecoveryShare:
    """What one receipt gives to whom; `remitted_fen` is what the collecting party hands over at once."""

    net_fen: int
    shares_fen: dict[str, int]
    remitted_fen: int
    refund_due_fen: int
    cost_carried_fen: int
    beyond_fen: int  # what is left when all have everything back: it is the borrower's other debt, not the pool's
    unpaid_fen: Mapping[str, int] = field(default_factory=dict)  # of each share: what lessens a payment to come

    def in_money(self, party: str) -> int:
        """Return what a party gets of its share in money."""
        return self.shares_fen.get(party, 0) - self.unpaid_fen.get(party, 0)

    def set_against(self, unpaid_fen: Mapping[str, int], *, is_whole: bool) -> RecoveryShare:
        """Return the same shares where parts of them lessen payments to come: the collector keeps that money.

        >>> share = share_recoveries(None, {"city": 50, "bank": 25}, [Receipt(61, 1)], "bank")[0]
        >>> then = share.set_against({"city": 15}, is_whole=False)
        >>> then.shares_fen, then.in_money("city"), then.remitted_fen
        ({'city': 40, 'bank': 20}, 25, 25)
        """
        kept = sum(unpaid_fen.values())
        if is_whole:
            return replace(self, unpaid_fen=dict(unpaid_fen), refund_due_fen=self.refund_due_fen + kept)
        return replace(self, unpaid_fen=dict(unpaid_fen), remitted_fen=self.remitted_fen - kept)


def share_recoveries(
    rule: Recovery | None, borne_fen: Mapping[str, int], receipts: Sequence[Receipt], collector: str
) -> tuple[RecoveryShare, ...]:
    """Return the shares of each receipt, in order of receipt.

    **Rounding**: left-over fen to the largest fraction, ties in paying order; the sum is the net receipt.

    >>> share_recoveries(None, {"city": 500, "bank": 500}, [Receipt(200, 30)], "bank")[0].shares_fen
    {'city': 85, 'bank': 85}
    """
    returned = dict.fromkeys(borne_fen, 0)
    carried, shared = 0, []
    for receipt in receipts:
        net = receipt.gross_fen - receipt.cost_fen - carried
        carried = -min(net, 0) if rule is None or rule.cost == "carried" else 0
        net = max(net, 0)
        room = {party: borne_fen[party] - returned[party] for party in borne_fen}
        shares = _within(net, borne_fen, room)
        returned = {party: returned[party] + shares[party] for party in returned}
        own = shares.get(receipt.held_by or collector, 0)
        is_whole = rule is not None and rule.remit == "whole" and not receipt.held_by
        given = sum(shares.values())
        shared.append(
            RecoveryShare(
                net_fen=net,
                shares_fen=shares,
                remitted_fen=given if is_whole else given - own,
                refund_due_fen=own if is_whole else 0,
                cost_carried_fen=carried,
                beyond_fen=net - given,
            )
        )
    return tuple(shared)


def _within(net_fen: int, weights: Mapping[str, int], room: Mapping[str, int]) -> dict[str, int]:
    """Divide by weights without giving anybody more than the room; what one cannot take goes to the others."""
    shares = dict.fromkeys(weights, 0)
    left = min(net_fen, sum(room.values()))
    while left > 0:
        open_parties = {party: weights[party] for party in weights if room[party] > shares[party]}
        parts = split_shares(left, open_parties)
        for party, part in parts.items():
            taken = min(part, room[party] - shares[party])
            shares[party] += taken
            left -= taken
    return shares
