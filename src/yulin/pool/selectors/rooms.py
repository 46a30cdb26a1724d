"""The room that is left under a scheme's shared limits, as a bank and the manager see it beside a loan or a file.

What the law leaves open has no room to show: the line then says that no limit is known, never that there is none left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yulin.base.text import Text
from yulin.kit import clock
from yulin.pool.adapters.packs import laws_of
from yulin.pool.core.deciding import Law
from yulin.pool.core.filing_rows import ceiling_schemes, limits_of
from yulin.pool.core.limits import LimitKey, Usage, limit_keys
from yulin.pool.core.postings import DISTRICT, Place
from yulin.pool.core.words import place_name
from yulin.pool.enums import LimitKind
from yulin.pool.models import Enrolment
from yulin.pool.selectors.capacity import capacity_of, promise_of
from yulin.pool.selectors.enrolments import firm_balances, limit_uses

if TYPE_CHECKING:
    from yulin.exchange.models import Upload

NAMES = {
    LimitKind.FIRM: Text("单户在保余额（各银行合计）", "Balance of the firm, over all banks"),
    LimitKind.FIRM_YEAR: Text("单户年度（各银行合计）", "Firm and year, over all banks"),
    LimitKind.BANK: Text("本行年度", "This bank and year"),
    LimitKind.SCHEME: Text("方案年度", "Scheme and year"),
}
_CAPACITY = Text("%(layer)s备案额度", "Capacity, %(layer)s")


@dataclass(frozen=True)
class RoomLine:
    """One shared limit: how much it is, how much of it is used; None where it is not known."""

    name: Text
    period: str
    limit_fen: int | None
    used_fen: int | None

    @property
    def left_fen(self) -> int | None:
        """What still fits."""
        if self.limit_fen is None or self.used_fen is None:
            return None
        return max(self.limit_fen - self.used_fen, 0)

    @property
    def percent(self) -> float:
        """How full it is, for the eye."""
        return min(round(100 * (self.used_fen or 0) / self.limit_fen, 1), 100.0) if self.limit_fen else 100.0


def room_lines(law: Law, *, firm_id: int | None, bank_id: int, year: int) -> list[RoomLine]:
    """Return the limits that loans of a bank (and firm) share in a year: of the firm, the bank, the scheme."""
    uses = {use.kind: use for use in limit_uses(law.pack.id, firm_id=firm_id, bank_id=bank_id, year=year)}
    has_ceiling = bool(ceiling_schemes([law]))
    keys = limit_keys(scheme_id=law.pack.id, firm_id=firm_id, bank_id=bank_id, year=year, has_ceiling=has_ceiling)
    stated = limits_of(keys, [law])
    ranked = sorted(keys, key=lambda key: list(NAMES).index(key.kind))
    return [
        _balance_line(key, stated[key])
        if key.kind is LimitKind.FIRM
        else _line(key, uses.get(key.kind.value), stated[key])
        for key in ranked
    ]


def rooms_of_enrolment(enrolment: Enrolment, law: Law) -> list[RoomLine]:
    """Return the shared limits that one enrolment stands under, and the capacity of each layer that bears a share."""
    is_resolved = enrolment.firm.identifier_scheme == "USCC"
    year = enrolment.disbursed_on.year
    lines = room_lines(law, firm_id=enrolment.firm_id if is_resolved else None, bank_id=enrolment.bank_id, year=year)
    shares = promise_of(enrolment).shares()
    return lines + capacity_lines([place for place, _ in shares])


def capacity_lines(places: Sequence[Place]) -> list[RoomLine]:
    """Return the capacity of layers that keep an account in the ledger; of a district that keeps none, no number."""
    known = capacity_of(places)
    return [_capacity_line(place, known.get(place)) for place in places if place in known or place.party == DISTRICT]


def _capacity_line(place: Place, usage: Usage | None) -> RoomLine:
    name = _CAPACITY.with_values(layer=place_name(place.code))
    return RoomLine(name, "", usage.limit_fen, usage.used_fen) if usage else RoomLine(name, "", None, None)


def rooms_for_upload(upload: Upload) -> list[RoomLine]:
    """Return the room of the bank and of the scheme this year, and what one firm may have, beside a bank's file."""
    today = clock.business_date()
    law = next((law for law in laws_of(upload.scheme_id) if law.is_in_force(today)), None)
    if law is None:
        return []
    lines = room_lines(law, firm_id=None, bank_id=upload.bank_id, year=today.year)
    of_firm = [LimitKey(law.pack.id, LimitKind.FIRM, "", "")] if ceiling_schemes([law]) else []
    of_firm += [LimitKey(law.pack.id, LimitKind.FIRM_YEAR, "", str(today.year))]
    firms = [RoomLine(NAMES[key.kind], key.period, limit, None) for key, limit in limits_of(of_firm, [law]).items()]
    layers = [Place(law.pack.id, party) for party in law.pack.scheme.layers if party != DISTRICT]
    return [*firms, *lines, *capacity_lines(layers)]


def _balance_line(key: LimitKey, stated_fen: int | None) -> RoomLine:
    """Return a firm's ceiling with what it owes now; above the ceiling nothing is left."""
    owed = firm_balances(key.scheme_id, [int(key.key)])
    return RoomLine(NAMES[key.kind], key.period, stated_fen, owed.get(int(key.key), 0))


def _line(key: LimitKey, use: object, stated_fen: int | None) -> RoomLine:
    limit_fen = getattr(use, "limit_fen", None)
    return RoomLine(
        NAMES[key.kind], key.period, stated_fen if limit_fen is None else limit_fen, getattr(use, "used_fen", 0)
    )
