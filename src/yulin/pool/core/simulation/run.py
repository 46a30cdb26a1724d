"""Past claims settled again under a draft, in the order in which they were decided, and what that changes.

Each claim is settled by the function that decides; the sums that caps in money are measured by are those that the
draft itself would have paid before it in the year. A claim that lacks a fact, or meets a number that is open, is
counted apart and changes no sum: unknown stays unknown.

Invariant: the shares of a claim sum to its loss; under the unchanged scheme every difference is nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.pool.core.breakers import HOLDS_BACK, NONE, UNKNOWN, BreakerState, breaker_state
from yulin.pool.core.claims.deciding import settle_claim
from yulin.pool.core.deciding import Law
from yulin.pool.core.loss import LossCase
from yulin.rules.core.scheme import Breaker

_OWN_SUMS = ("scheme_paid", "mode_paid", "paid", "paid_on_loan")  # what a simulation measures by itself


@dataclass(frozen=True)
class PastClaim:
    """One decided claim: whose it is, the loss that was decided on, and what was booked to whom."""

    id: int
    number: str
    decided_on: date
    bank_id: int  # who claims: the lender, or in guarantee mode the guarantor
    claimant_kind: str  # bank | guarantor
    district_code: str | None
    firm_class: str  # "": not known
    case: LossCase
    booked_fen: Mapping[str, int]
    public: frozenset[str]  # which of the booked parties are public layers


class Sum(NamedTuple):
    """An amount that was added to a bank's sum on a day."""

    on: date
    fen: int


@dataclass(frozen=True)
class BankHistory:
    """What breakers divide by, by whoever claims: what was enrolled or guaranteed on which day, balances by month."""

    enrolled: Mapping[int, Sequence[Sum]] = field(default_factory=dict)
    guaranteed: Mapping[int, Sequence[Sum]] = field(default_factory=dict)
    balances: Mapping[int, Sequence[Sum]] = field(default_factory=dict)
    bad_balances: Mapping[int, Sequence[Sum]] = field(default_factory=dict)


@dataclass(frozen=True)
class SimulatedClaim:
    """One claim under the draft: who would bear what, or why that cannot be said."""

    claim: PastClaim
    shares_fen: Mapping[str, int]
    public: frozenset[str]
    refused: str | None = None  # the code under which the draft does not cover the loan
    unknown: str | Text | None = None  # why nobody can say
    deferred_by: str = ""

    @property
    def public_fen(self) -> int:
        """What all public layers would pay."""
        return sum(fen for party, fen in self.shares_fen.items() if party in self.public)

    @property
    def booked_public_fen(self) -> int:
        """What they were booked to pay."""
        return sum(fen for party, fen in self.claim.booked_fen.items() if party in self.claim.public)


@dataclass(frozen=True)
class Fired:
    """A breaker that would have fired: whose, when, at which claim, at which measure."""

    breaker: Breaker
    bank_id: int | None  # None: the scheme's
    on: date
    claim: str
    state: BreakerState


@dataclass(frozen=True)
class Simulation:
    """Every claim under the draft, and the breakers that would have fired."""

    claims: tuple[SimulatedClaim, ...]
    fired: tuple[Fired, ...]

    @property
    def known(self) -> tuple[SimulatedClaim, ...]:
        """The claims of which the draft says who bears what; all sums are over these."""
        return tuple(one for one in self.claims if one.unknown is None)

    @property
    def unknown(self) -> tuple[SimulatedClaim, ...]:
        """The claims of which nobody can say."""
        return tuple(one for one in self.claims if one.unknown is not None)


def simulate(law: Law, claims: Sequence[PastClaim], history: BankHistory) -> Simulation:
    """Return what each claim would have come to under a scheme, and which breakers would have fired.

    `claims` are taken in the order given, which is that of their decisions.
    """
    paid = _Paid(law)
    gauges = _Gauges(law.pack.scheme.breakers, history)
    found = []
    for claim in claims:
        simulated = _settled(law, claim, paid)
        if simulated.unknown is None:
            loss = sum(simulated.shares_fen.values())
            is_guarantor = claim.claimant_kind == "guarantor"  # it has paid the whole of its loss
            by = gauges.take(claim, loss, loss if is_guarantor else simulated.public_fen)
            simulated = replace(simulated, deferred_by=by)
            paid.add(claim, simulated)
        found.append(simulated)
    return Simulation(tuple(found), tuple(gauges.fired))


def _settled(law: Law, claim: PastClaim, paid: _Paid) -> SimulatedClaim:
    case = replace(claim.case, book=paid.book(claim))
    try:
        found = settle_claim(law, case)
    except YulinError as error:  # a fact that is missing, a number that is open
        return SimulatedClaim(claim, {}, frozenset(), unknown=error.message)
    result = found.settlement
    if result.refused:
        return SimulatedClaim(claim, {"bank": sum(claim.booked_fen.values())}, frozenset(), refused=result.refused)
    if result.unchecked:
        said = Text("上限所需的数缺失：%(names)s", "what a cap is measured by is missing: %(names)s")
        return SimulatedClaim(claim, {}, frozenset(), unknown=said.with_values(names=", ".join(result.unchecked)))
    return SimulatedClaim(claim, dict(result.shares_fen), frozenset(found.public))


class _Paid:
    """What the draft has paid so far, year by year, as caps in money measure it."""

    def __init__(self, law: Law) -> None:
        schemes = [pack.scheme for pack in (law.pack, *law.layers)]
        caps = [cap for scheme in schemes for mode in scheme.modes.values() for cap in mode.money_caps]
        self.bound = {cap.used: cap.party for cap in caps if cap.party}
        self.sums: dict[tuple[object, ...], int] = defaultdict(int)

    def book(self, claim: PastClaim) -> dict[str, int]:
        year = claim.decided_on.year
        own = {
            "scheme_paid": self.sums["scheme_paid", year],
            "mode_paid": self.sums["mode_paid", year, claim.case.mode],
            "paid": self.sums["paid", year, claim.bank_id],
            "paid_on_loan": 0,
        }
        return {**{name: fen for name, fen in claim.case.book.items() if name not in _OWN_SUMS}, **own}

    def add(self, claim: PastClaim, one: SimulatedClaim) -> None:
        year = claim.decided_on.year
        keys: dict[str, tuple[object, ...]] = {
            "scheme_paid": ("scheme_paid", year),
            "mode_paid": ("mode_paid", year, claim.case.mode),
            "paid": ("paid", year, claim.bank_id),
        }
        for measure, key in keys.items():
            party = self.bound.get(measure)
            self.sums[key] += one.public_fen if party is None else one.shares_fen.get(party, 0)


class _Gauges:
    """The sums of the year by which breakers are measured, and those that fired."""

    def __init__(self, breakers: Sequence[Breaker], history: BankHistory) -> None:
        self.breakers = breakers
        self.history = history
        self.sums: dict[tuple[str, int | None, int], int] = defaultdict(int)
        self.stands: dict[tuple[str, int | None, int], str] = {}
        self.fired: list[Fired] = []

    def take(self, claim: PastClaim, loss_fen: int, public_fen: int) -> str:
        """Count a claim in, unless a breaker holds it back; return the id of the breaker that does."""
        held_by = ""
        for one in self.breakers:
            if one.scope not in {claim.claimant_kind, "scheme"}:
                continue
            bank = None if one.scope == "scheme" else claim.bank_id
            state = breaker_state(one, self._measured(claim, bank, loss_fen, public_fen))
            key = (one.id, bank, claim.decided_on.year)
            if state.state not in {NONE, UNKNOWN} and self.stands.get(key, NONE) != state.state:
                self.fired.append(Fired(one, bank, claim.decided_on, claim.number, state))
            self.stands[key] = state.state
            if state.state in HOLDS_BACK:
                held_by = held_by or one.id
        if not held_by:
            for bank in (claim.bank_id, None):
                self.sums["year_loss", bank, claim.decided_on.year] += loss_fen
                self.sums["year_paid", bank, claim.decided_on.year] += public_fen
        return held_by

    def _measured(self, claim: PastClaim, bank: int | None, loss_fen: int, public_fen: int) -> dict[str, int]:
        year = claim.decided_on.year
        found = {
            "year_loss": self.sums["year_loss", bank, year] + loss_fen,
            "year_paid": self.sums["year_paid", bank, year] + public_fen,
            "year_enrolled": self._sum(self.history.enrolled, bank, claim.decided_on),
            "year_guaranteed": self._sum(self.history.guaranteed, bank, claim.decided_on),
            "loan_balance": self._last(self.history.balances, bank, claim.decided_on),
            "npl_balance": self._last(self.history.bad_balances, bank, claim.decided_on),
        }
        return {name: fen for name, fen in found.items() if fen is not None}

    def _sum(self, by_bank: Mapping[int, Sequence[Sum]], bank: int | None, on: date) -> int:
        first = date(on.year, 1, 1)
        rows = [by_bank.get(bank, ())] if bank is not None else by_bank.values()
        return sum(one.fen for part in rows for one in part if first <= one.on <= on)

    def _last(self, by_bank: Mapping[int, Sequence[Sum]], bank: int | None, on: date) -> int | None:
        rows = [by_bank.get(bank, ())] if bank is not None else list(by_bank.values())
        last = [part[place - 1].fen for part in rows if (place := bisect_right(part, on, key=lambda one: one.on))]
        return sum(last) if last else None
