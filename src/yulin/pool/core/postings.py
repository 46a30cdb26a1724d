"""What the ledger books for each event of the pool: who gives, who takes, under which key. Pure; services book it.

A layer promises out of its capacity (a hold while the loan is enrolled) and pays out of its budget (a hold from the
decision, posted when the bank's answer says paid). The payee gets through the scheme's clearing account what layers
pay, so that clearing is always what all layers have paid, and nothing else. What a bank collects it owes at once: its
account gives to the layer's receivable; what it hands over moves on to what the layer has received.

Invariant: every amount is that of the pool's own row; what an event books is booked once, under a key that names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from yulin.base.shares import split_shares
from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import AccountKind, TransferKind
from yulin.pool.core.moving import borne_fen

BANK = "bank"
CLAIMANT = "claimant"  # what whoever was compensated gets of money that the new owner of its debt holds
DISTRICT = "district"
ANEW = "+"


class Place(NamedTuple):
    """One party of a scheme, a district's layer each by itself: whose accounts a transfer touches."""

    scheme_id: str
    party: str
    district_code: str | None = None

    @staticmethod
    def of(scheme_id: str, party: str, district_code: str | None) -> Place:
        """Return the place of a party; only a district's layer has a district.

        >>> Place.of("s", "city", "440112").code
        'city'
        """
        return Place(scheme_id, party, district_code if party == DISTRICT else None)

    @staticmethod
    def read(scheme_id: str, code: str) -> Place:
        """Return the place that a code names.

        >>> Place.read("s", "district-440112") == Place("s", "district", "440112")
        True
        """
        party, _, district_code = code.partition("-")
        return Place(scheme_id, party, district_code or None)

    @property
    def code(self) -> str:
        """The name of the place in codes of accounts."""
        return f"{self.party}-{self.district_code}" if self.district_code else self.party

    def account(self, kind: AccountKind, year: int | None = None) -> str:
        """Return the code of one of the place's accounts; a budget has one for each year.

        >>> Place("s", "district", "440112").account(AccountKind.BUDGET, 2022)
        's:district-440112:budget:2022'
        """
        code = f"{self.scheme_id}:{self.code}:{kind}"
        return f"{code}:{year}" if year else code


def partner_account(scheme_id: str, organisation_id: int) -> str:
    """Return the account of a bank, guarantor or insurer: what it was paid and got back, less what it owes."""
    return f"{scheme_id}:partner-{organisation_id}"


def clearing_account(scheme_id: str) -> str:
    """Return the account through which payees get what layers pay."""
    return f"{scheme_id}:payouts:{AccountKind.CLEARING}"


def refund_account(scheme_id: str) -> str:
    """Return the account of what a bank handed over and will get back: its own part where all is remitted."""
    return f"{scheme_id}:refunds:{AccountKind.CLEARING}"


def fee_account(scheme_id: str) -> str:
    """Return the account of the guarantee fees that a scheme has charged."""
    return f"{scheme_id}:fees:{AccountKind.CLEARING}"


def subsidy_account(place: Place) -> str:
    """Return the account of what a layer has paid to insurers of their excess losses.

    >>> subsidy_account(Place("s", "city"))
    's:city:excess_subsidy_paid'
    """
    return f"{place.scheme_id}:{place.code}:excess_subsidy_paid"


def receivable_of(place: Place) -> str:
    """Return the account of what others have collected for a party and not handed over."""
    return place.account(AccountKind.RECOVERY_RECEIVABLE)


def received_of(place: Place) -> str:
    """Return the account of what a party got back, where it is not an organisation with an account of its own."""
    return place.account(AccountKind.RECOVERY_RECEIVED)


class Fee(NamedTuple):
    """A guarantee fee: of which loan, who owes it under which scheme, of which kind and year, charged how often."""

    enrolment_id: int
    scheme_id: str
    bank_id: int
    kind: str
    number: int
    turn: int
    amount_fen: int

    @property
    def key(self) -> str:
        """The key of its transfer; a fee that was undone and is charged anew has a key anew."""
        return f"enrolment:{self.enrolment_id}:fee:{self.kind}-{self.number}{ANEW * (self.turn - 1)}"


# --- capacity: what a layer may promise ---


@dataclass(frozen=True)
class Promise:
    """One enrolment as the layers promise it."""

    enrolment_id: int
    pack_id: int
    scheme_id: str
    district_code: str | None
    number: str
    ratio_bp: Mapping[str, int]
    amount_fen: int
    times_reopened: int = 0

    def key(self, party: str) -> str:
        """Return the key of a layer's hold; a loan under another version of the law, or opened again, is held anew."""
        anew = f":{self.times_reopened}" if self.times_reopened else ""
        return f"enrolment:{self.enrolment_id}:{self.pack_id}:{party}{anew}"

    def hold_keys(self) -> list[str]:
        """Return the keys under which the layers may hold."""
        return [self.key(party) for party in self.ratio_bp if party != BANK]

    def shares(self) -> list[tuple[Place, int]]:
        """Return what each party but the bank would bear of a full loss.

        **Rounding**: down for every party; the bank keeps the rest.
        """
        return [
            (Place.of(self.scheme_id, party, self.district_code), fen)
            for party, fen in borne_fen(self.ratio_bp, self.amount_fen).items()
            if party != BANK and fen
        ]


def enrolled(promise: Promise, on: date, places: Iterable[Place] | None = None) -> tuple[NewTransfer, ...]:
    """Return the holds on the capacity of the layers; of `places` only, where some layers have no account.

    >>> held = enrolled(Promise(7, 3, "s", None, "N-1", {"city": 5000, "bank": 5000}, 101), date(2022, 1, 19))
    >>> [(each.key, each.debit, each.amount_fen) for each in held]
    [('enrolment:7:3:city', 's:city:capacity', 50)]
    """
    return tuple(
        NewTransfer(
            promise.key(place.party), TransferKind.HOLD, place.account(AccountKind.CAPACITY),
            place.account(AccountKind.COMMITMENT), fen, on, reason=promise.number,
        )
        for place, fen in promise.shares()
        if places is None or place in places
    )  # fmt: skip


def closed(hold_keys: Iterable[str], on: date, reason: str = "") -> tuple[NewTransfer, ...]:
    """Return the releases of what still stands of holds: of an enrolment that ends, of vouchers that are voided."""
    return tuple(
        NewTransfer(f"{key}:void", TransferKind.VOID, value_on=on, hold_key=key, reason=reason) for key in hold_keys
    )


def fee_charged(fee: Fee, number: str, on: date) -> tuple[NewTransfer, ...]:
    """Return what a guarantee fee books: the lender owes it, the scheme has it; nothing where the rate is nothing.

    >>> booked = fee_charged(Fee(7, "s", 9, "annual", 2, 1, 55), "N-7", date.min)
    >>> [(each.key, each.debit, each.credit) for each in booked]
    [('enrolment:7:fee:annual-2', 's:partner-9', 's:fees:clearing')]
    """
    if not fee.amount_fen:
        return ()
    giver, taker = partner_account(fee.scheme_id, fee.bank_id), fee_account(fee.scheme_id)
    return (NewTransfer(fee.key, TransferKind.POSTED, giver, taker, fee.amount_fen, on, reason=number),)


def fee_undone(fee: Fee, on: date, reason: str) -> tuple[NewTransfer, ...]:
    """Return the reversal of what a fee booked; nothing where it booked nothing."""
    if not fee.amount_fen:
        return ()
    return (NewTransfer(f"reversal:{fee.key}", TransferKind.REVERSAL, value_on=on, hold_key=fee.key, reason=reason),)


# --- vouchers and subsidies: what a layer pays ---


@dataclass(frozen=True)
class Due:
    """What a layer pays to whom, a voucher on a claim or an insurer's subsidy, and the key of its hold.

    Every key of it begins with `name`; `about` is what its transfers say that they are for.
    """

    name: str
    about: str
    place: Place
    payee_id: int
    year: int
    amount_fen: int
    hold_key: str = ""
    is_subsidy: bool = False

    @staticmethod
    def voucher_name(claim_id: int, voucher_id: int) -> str:
        """Return how every key of a voucher begins."""
        return f"claim:{claim_id}:voucher-{voucher_id}"

    @staticmethod
    def subsidy_name(subsidy_id: int) -> str:
        """Return how every key of an insurer's subsidy begins."""
        return f"subsidy:{subsidy_id}"

    @property
    def paid_account(self) -> str:
        """The account of what the layer has paid of this kind: compensation, or subsidies of insurers."""
        return subsidy_account(self.place) if self.is_subsidy else self.place.account(AccountKind.COMPENSATION_PAID)

    @property
    def paid_key(self) -> str:
        """The key of the transfer that pays."""
        return f"{self.name}:paid"

    @property
    def budgets(self) -> tuple[str, str]:
        """The accounts that may pay: a pot that goes on from year to year, else the budget of the decision's year."""
        return self.place.account(AccountKind.BUDGET), self.place.account(AccountKind.BUDGET, self.year)

    @property
    def funding(self) -> str:
        """Where the layer's money comes from: it pays as long as nobody has set a budget."""
        return self.place.account(AccountKind.FUNDING)

    def held_on(self, source: str) -> Due:
        """Return the voucher with the key of a hold on an account; a hold in place of a former one has a key anew."""
        word = "unbudgeted" if source == self.funding else "hold"
        count = self.hold_key.count(ANEW) + bool(self.hold_key)
        return replace(self, hold_key=f"{self.name}:{word}{ANEW * count}")

    @property
    def is_unbudgeted(self) -> bool:
        """Whether its hold, if any, is on no budget."""
        return not self.hold_key.startswith(f"{self.name}:hold")


def voucher_held(due: Due, on: date, source: str) -> NewTransfer:
    """Return the hold of a voucher on the account that will pay it.

    >>> due = Due("claim:5:voucher-1", "C-5", Place("s", "city"), 9, 2022, 100)
    >>> voucher_held(due.held_on(due.budgets[1]), date(2022, 1, 19), due.budgets[1]).key
    'claim:5:voucher-1:hold'
    """
    return NewTransfer(due.hold_key, TransferKind.HOLD, source, due.paid_account, due.amount_fen, on, reason=due.about)


def voucher_paid(due: Due, on: date, reference: str) -> tuple[NewTransfer, ...]:
    """Return what a payment books: the hold posted whole, and the payee's side of it; they stand or fall together.

    A voucher that waits in a queue, goes out in a payout file, or comes back failed moves nothing: its hold, if it has
    one, stands until the bank says paid.
    """
    group, facts = due.paid_key, {"reference": reference}
    return (
        NewTransfer(
            due.paid_key, TransferKind.POST, amount_fen=due.amount_fen, value_on=on, group=group,
            hold_key=due.hold_key, reason=due.about, facts=facts,
        ),
        NewTransfer(
            f"{due.paid_key}:payee", TransferKind.POSTED, clearing_account(due.place.scheme_id),
            partner_account(due.place.scheme_id, due.payee_id), due.amount_fen, on, group=group,
            reason=due.about, facts=facts,
        ),
    )  # fmt: skip


# --- money that comes back ---


@dataclass(frozen=True)
class Debt:
    """One compensated claim as its money is booked: whose accounts, and who collects."""

    claim_id: int
    claim_number: str
    scheme_id: str
    district_code: str | None
    payee_id: int
    collector: str
    partner_ids: Mapping[str, int] = field(default_factory=dict)  # third parties that are known by name

    def place(self, party: str) -> Place:
        """Return a party's place."""
        return Place.of(self.scheme_id, party, self.district_code)

    @property
    def payee(self) -> str:
        """The account of whom was paid."""
        return partner_account(self.scheme_id, self.payee_id)

    def held_by(self, holder_id: int, party: str) -> Debt:
        """Return the debt as it is booked where the new owner of it holds the money, itself a party of it or none."""
        return replace(self, payee_id=holder_id, collector=party)

    def transfer(self, key: str, debit: str, credit: str, amount_fen: int, on: date) -> NewTransfer:
        """Return a transfer of this debt."""
        return NewTransfer(
            f"claim:{self.claim_id}:{key}", TransferKind.POSTED, debit, credit, amount_fen, on,
            group=f"claim:{self.claim_id}:{key.rpartition(':')[0]}", reason=self.claim_number,
        )  # fmt: skip


def recovery_booked(debt: Debt, line_id: int, party: str, amount_fen: int, on: date) -> tuple[NewTransfer, ...]:
    """Return what one line of a recovery books; a mirror (below nothing) goes the other way.

    The collector's own part moves nothing: it never leaves the collector.

    >>> debt = Debt(5, "C-5", "s", None, 9, "bank")
    >>> [(each.debit, each.credit) for each in recovery_booked(debt, 1, "city", -40, date(2022, 1, 19))]
    [('s:city:recovery_receivable', 's:partner-9')]
    """
    if party == debt.collector:
        return ()
    giver, taker = debt.payee, receivable_of(debt.place(party))
    if amount_fen < 0:
        giver, taker = taker, giver
    return (debt.transfer(f"recovery-line-{line_id}:{party}", giver, taker, abs(amount_fen), on),)


def remittance_booked(
    debt: Debt, remittance_id: int, amount_fen: int, open_fen: Mapping[str, int], on: date
) -> tuple[NewTransfer, ...]:
    """Return what a remittance books: each party's part, by what is still open to it.

    **Rounding**: left-over fen to the largest fraction, ties in the order of `open_fen`. Nobody is given more than is
    open to it; the collector's own part, where all is remitted, waits on the account of refunds.
    """
    return tuple(
        debt.transfer(f"remittance-{remittance_id}:{party}", *_handed_over(debt, party), fen, on)
        for party, fen in remitted_parts(amount_fen, open_fen).items()
    )


def remitted_parts(amount_fen: int, open_fen: Mapping[str, int]) -> dict[str, int]:
    """Return what each party gets of a remittance, without zeros.

    >>> remitted_parts(10, {"city": 9, "district": 6, "insurer": -2})
    {'city': 6, 'district': 4}
    """
    parts = split_shares(amount_fen, {party: fen for party, fen in open_fen.items() if fen > 0})
    return {party: fen for party, fen in parts.items() if fen}


def _handed_over(debt: Debt, party: str) -> tuple[str, str]:
    if party == CLAIMANT:
        return receivable_of(debt.place(debt.collector)), debt.payee
    if party == debt.collector:
        return debt.payee, refund_account(debt.scheme_id)
    partner_id = debt.partner_ids.get(party)
    taker = received_of(debt.place(party)) if partner_id is None else partner_account(debt.scheme_id, partner_id)
    return receivable_of(debt.place(party)), taker


def refund_booked(debt: Debt, refund_id: int, amount_fen: int, on: date) -> tuple[NewTransfer, ...]:
    """Return what a refund books: the collector's own part, which it had remitted with all the rest, is its again.

    >>> booked = refund_booked(Debt(5, "C-5", "s", None, 9, "bank"), 1, 40, date.min)
    >>> [(each.debit, each.credit) for each in booked]
    [('s:refunds:clearing', 's:partner-9')]
    """
    key = f"refund-{refund_id}:{debt.collector}"
    return (debt.transfer(key, refund_account(debt.scheme_id), debt.payee, amount_fen, on),)


def recalled(
    debt: Debt, principal_fen: Mapping[str, int], interest_fen: Mapping[str, int], on: date
) -> tuple[NewTransfer, ...]:
    """Return what asking compensation back books, by layer: its payment undone in part, and owed by the payee."""
    booked = []
    for name, parts in (("principal", principal_fen), ("interest", interest_fen)):
        for party, fen in parts.items():
            place, key = debt.place(party), f"recall:{name}-{party}"
            if fen and name == "principal":
                paid = place.account(AccountKind.COMPENSATION_PAID)
                booked += [
                    debt.transfer(key, paid, receivable_of(place), fen, on),
                    debt.transfer(f"{key}-payee", debt.payee, clearing_account(debt.scheme_id), fen, on),
                ]
            elif fen:
                booked.append(debt.transfer(key, debt.payee, receivable_of(place), fen, on))
    return tuple(booked)


def recall_repaid(
    debt: Debt, principal_fen: Mapping[str, int], interest_fen: Mapping[str, int], on: date
) -> tuple[NewTransfer, ...]:
    """Return what the repayment of a recall books: each layer's receivable becomes money received."""
    return tuple(
        debt.transfer(f"repayment:{name}-{party}", *_handed_over(debt, party), fen, on)
        for name, parts in (("principal", principal_fen), ("interest", interest_fen))
        for party, fen in parts.items()
        if fen
    )


def written_off(debt: Debt, write_off_id: int, open_fen: Mapping[str, int], on: date) -> tuple[NewTransfer, ...]:
    """Return what a write-off books: what each layer paid and has not got back is no longer pursued."""
    return tuple(
        debt.transfer(
            f"write-off-{write_off_id}:{party}", place.account(AccountKind.COMPENSATION_PAID),
            place.account(AccountKind.WRITTEN_OFF), fen, on,
        )
        for party, fen in open_fen.items()
        if fen > 0
        for place in [debt.place(party)]
    )  # fmt: skip


def write_off_undone(
    debt: Debt, write_off_id: int, parties: Iterable[str], on: date, reason: str
) -> tuple[NewTransfer, ...]:
    """Return the reversals of what a write-off booked, layer by layer."""
    keys = [f"claim:{debt.claim_id}:write-off-{write_off_id}:{party}" for party in parties]
    return tuple(
        NewTransfer(f"reversal:{key}", TransferKind.REVERSAL, value_on=on, hold_key=key, reason=reason) for key in keys
    )
