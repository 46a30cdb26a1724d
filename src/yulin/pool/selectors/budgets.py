"""Every read of layers' budgets: how the law funds a layer, what was granted, what is held, paid, left and received."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import CharField, QuerySet, Sum, Value

from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.core.accounts import Totals
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import moved_in, totals_of_kinds
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.pool.adapters.packs import laws_of, published_laws
from yulin.pool.core.budgets import ReserveGap, reserve_gap, year_cap_fen
from yulin.pool.core.law import BUDGET_NAMES
from yulin.pool.core.layers import covers_area
from yulin.pool.core.limits import Usage
from yulin.pool.core.postings import Place, received_of
from yulin.pool.core.states import IN_FORCE
from yulin.pool.core.words import place_name
from yulin.pool.enums import VoucherState
from yulin.pool.errors import BudgetNotFoundError
from yulin.pool.models import Enrolment, ExcessSubsidy, Voucher
from yulin.rules.core.scheme import Layer

if TYPE_CHECKING:
    from yulin.pool.models.subsidies import ExcessSubsidyQuerySet

CASH_POOL = "cash_pool"


@dataclass(frozen=True)
class LayerLaw:
    """How the law funds a layer in a year; None where no published text says so."""

    layer: Layer | None
    cap_fen: int | None
    year: int

    @property
    def account_year(self) -> int | None:
        """The year of the budget's account; none for a pot, which goes on from year to year."""
        return None if self.layer is not None and self.layer.budget == CASH_POOL else self.year


def layer_law(place: Place, year: int) -> LayerLaw:
    """Return how the law of a scheme's latest version in a year funds one of its layers.

    A district's layer is funded as its own pack says.
    """
    laws = [law for law in laws_of(place.scheme_id) if law.effective_from <= date(year, 12, 31)]
    if not laws:
        return LayerLaw(None, None, year)
    law = laws[-1]
    district = int(place.district_code) if place.district_code and place.district_code.isdecimal() else None
    own = [pack for pack in law.layers if district is not None and covers_area(pack, district)]
    for pack in (*own, law.pack):
        layer = pack.scheme.layers.get(place.party)
        if layer is not None and layer.budget:
            return LayerLaw(layer, year_cap_fen(pack.scheme, place.party), year)
    return LayerLaw(None, None, year)


def vouchers_of_year(place: Place, year: int | None) -> QuerySet[Voucher]:
    """Return a layer's vouchers on claims that were decided in a year; in all years where none is named."""
    rows = Voucher.objects.filter(
        claim__scheme_id=place.scheme_id, party=place.party, district_code=place.district_code
    )
    return (rows if year is None else rows.filter(claim__decided_on__year=year)).select_related("claim")


def subsidies_of_year(place: Place, year: int | None) -> ExcessSubsidyQuerySet:
    """Return the insurers' subsidies that a layer bears, confirmed in a year; in all years where none is named."""
    rows = ExcessSubsidy.objects.filter(scheme_id=place.scheme_id, party=place.party)
    if place.district_code:
        return rows.none()
    return rows if year is None else rows.filter(confirmed_on__year=year)


def paid_out_fen(place: Place, year: int | None) -> int:
    """Return what a layer has paid on claims decided, and of subsidies confirmed, in a year, or in all years."""
    both = (vouchers_of_year(place, year), subsidies_of_year(place, year))
    sums = (rows.filter(state=VoucherState.PAID.value).aggregate(sum=Sum("amount_fen"))["sum"] for rows in both)
    return sum(int(one or 0) for one in sums)


@dataclass(frozen=True)
class BudgetLine:
    """One layer as its budget and its capacity stand; None where nobody has set one."""

    place: Place
    scheme: Text
    law: LayerLaw
    granted_fen: int | None
    available_fen: int | None
    held_fen: int
    paid_fen: int
    queued_fen: int
    received_fen: int
    capacity: Usage | None
    reserve: ReserveGap | None = None

    @property
    def name(self) -> Text:
        """What the layer is called."""
        return place_name(self.place.code)

    @property
    def form(self) -> Text:
        """How its law funds it."""
        budget = self.law.layer.budget if self.law.layer else ""
        return BUDGET_NAMES.get(budget, Text("条文没有写明", "the text does not say"))

    @property
    def is_used(self) -> bool:
        """Whether anybody has set or promised anything on it; the others are schemes that are only published."""
        return self.granted_fen is not None or self.capacity is not None or bool(self.paid_fen + self.held_fen)

    @property
    def is_pot(self) -> bool:
        """Whether its money goes on from year to year."""
        return self.law.account_year is None

    @property
    def keeps_interest(self) -> bool:
        """Whether its law says that interest stays in the pot."""
        return self.law.layer is not None and self.law.layer.interest == "rolls_in"

    @property
    def used_percent(self) -> float:
        """How much of the budget is held or paid, for the eye."""
        return round(100 * (self.held_fen + self.paid_fen) / self.granted_fen, 1) if self.granted_fen else 0.0

    @property
    def account(self) -> str:
        """The account of the budget, or of what was paid where there is no budget."""
        if self.granted_fen is None:
            return self.place.account(AccountKind.COMPENSATION_PAID)
        return self.place.account(AccountKind.BUDGET, self.law.account_year)


def budget_lines(actor: Actor, year: int) -> list[BudgetLine]:
    """Return the layers whose budget is an actor's business, by scheme and layer: all, or a district's own."""
    with scope(EVERYTHING):
        books = _Books.of(year)
        titles = {law.pack.id: law.pack.title for law in published_laws()}
        places = sorted(_places(books, year), key=lambda one: (one.scheme_id, one.code))
        lines = [_line(place, titles, books) for place in places if place.scheme_id in titles]  # not of other areas
    if actor.sees_all_rows:
        return lines
    own = actor.district_code if actor.kind == OrganisationKind.DISTRICT else None
    return [line for line in lines if own is not None and line.place.district_code == own]


def budget_line(actor: Actor, place: Place, year: int) -> BudgetLine:
    """Return one layer's line. Raises: `POOL.BUDGET.NOT_FOUND`, also where it is somebody else's."""
    found = next((line for line in budget_lines(actor, year) if line.place == place), None)
    if found is None:
        raise BudgetNotFoundError(layer=place_name(place.code))
    return found


@dataclass(frozen=True)
class _Books:
    """What the ledger and the vouchers say of all layers, read once."""

    year: int
    totals: Mapping[str, Totals]
    vouchers: Mapping[tuple[Place, int | None], Mapping[str, int]]
    received: Mapping[str, int]

    @staticmethod
    def of(year: int) -> _Books:
        rows = Voucher.objects.exclude(state=VoucherState.VOID.value).order_by()
        columns = ("claim__scheme_id", "party", "district_code", "claim__decided_on__year", "state")
        subsidies = ExcessSubsidy.objects.exclude(confirmed_on=None).standing().order_by()
        of_layers = subsidies.values_list("scheme_id", "party", Value(None, CharField()), "confirmed_on__year", "state")
        sums = (*rows.values_list(*columns).annotate(Sum("amount_fen")), *of_layers.annotate(Sum("amount_fen")))
        found: dict[tuple[Place, int | None], dict[str, int]] = {}
        for scheme_id, party, district, decided, state, fen in sums:
            place = Place.of(scheme_id, party, district)
            for when in (decided, None):
                by_state = found.setdefault((place, when), {})
                by_state[state] = by_state.get(state, 0) + fen
        kinds = (AccountKind.BUDGET, AccountKind.CAPACITY, AccountKind.COMPENSATION_PAID)
        return _Books(year, totals_of_kinds(kinds), found, moved_in(AccountKind.RECOVERY_RECEIVED))


def _places(books: _Books, year: int) -> set[Place]:
    """Return the layers that have an account, and those that the laws in force in a year name."""
    named = {Place.read(*code.split(":")[:2]) for code in books.totals}
    first, last = date(year, 1, 1), date(year, 12, 31)
    for law in published_laws():
        if law.effective_from <= last and (law.effective_until is None or law.effective_until > first):
            layers = law.pack.scheme.layers.values()
            named |= {Place(law.pack.id, layer.party) for layer in layers if not layer.by_district}
    return named


def _line(place: Place, titles: Mapping[str, Text], books: _Books) -> BudgetLine:
    law = layer_law(place, books.year)
    vouchers = books.vouchers.get((place, law.account_year), {})
    paid = vouchers.get(VoucherState.PAID.value, 0)
    held = sum(vouchers.get(state.value, 0) for state in (VoucherState.HELD, VoucherState.SENT, VoucherState.FAILED))
    budget = books.totals.get(place.account(AccountKind.BUDGET, law.account_year))
    capacity = books.totals.get(place.account(AccountKind.CAPACITY))
    return BudgetLine(
        place=place,
        scheme=titles.get(place.scheme_id, Text(place.scheme_id, place.scheme_id)),
        law=law,
        granted_fen=None if budget is None else budget.posted_fen + paid,
        available_fen=None if budget is None else budget.available_fen,
        held_fen=held,
        paid_fen=paid,
        queued_fen=vouchers.get(VoucherState.QUEUED.value, 0),
        received_fen=books.received.get(received_of(place), 0),
        capacity=None if capacity is None else Usage(capacity.posted_fen, capacity.held_out_fen),
        reserve=_reserve(place, law, budget),
    )


def _reserve(place: Place, law: LayerLaw, budget: Totals | None) -> ReserveGap | None:
    """Return how far a pot is from the reserve that its law aims at, over the loans outstanding now."""
    if law.layer is None or law.layer.reserve is None or budget is None:
        return None
    loans = Enrolment.objects.filter(scheme_id=place.scheme_id, state__in=[str(state) for state in IN_FORCE])
    if place.district_code:
        loans = loans.filter(district_code=place.district_code)
    outstanding = int(loans.aggregate(sum=Sum("outstanding_fen"))["sum"] or 0)
    return reserve_gap(law.layer.reserve, budget.posted_fen, outstanding)
