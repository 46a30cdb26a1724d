"""Accounts as their readers may see them, and holds as the services need them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Greatest

from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.enums import AccountKind
from yulin.ledger.errors import AccountNotFoundError
from yulin.ledger.models import Account, Hold, PeriodClose
from yulin.ledger.selectors.currencies import with_currency
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind


def accounts_visible_to(actor: Actor) -> QuerySet[Account]:
    """Return the accounts that are an actor's business: all, the own ones, or those of the own district's layer."""
    accounts = Account.objects.select_related("owner").order_by("code")
    if actor.sees_all_rows:
        return accounts
    if actor.kind == OrganisationKind.DISTRICT:
        return accounts.filter(district_code=actor.district_code or "-")
    return accounts.filter(owner_id=actor.organisation_id or 0)


def account_scheme_ids(accounts: QuerySet[Account]) -> list[str]:
    """Return the schemes that the accounts belong to."""
    return list(accounts.exclude(scheme_id="").order_by("scheme_id").values_list("scheme_id", flat=True).distinct())


@dataclass(frozen=True)
class LayerRoom:
    """What a layer of a scheme may promise, what it has promised, and what is left."""

    account: Account
    scheme_id: str
    granted_fen: int
    held_fen: int

    @property
    def left_fen(self) -> int:
        """What the layer can still promise."""
        return self.granted_fen - self.held_fen

    @property
    def name(self) -> Text:
        """The layer's name."""
        return self.account.name


def layer_rooms() -> list[LayerRoom]:
    """Return the room of every layer: everybody who lends under a scheme may know what it can still bear."""
    with scope(EVERYTHING):
        found = with_currency(Account.objects.filter(kind=AccountKind.CAPACITY.value).order_by("scheme_id", "code"))
        return [LayerRoom(one, one.scheme_id, one.posted_fen, one.held_out_fen) for one in found]


def account_for(actor: Actor, code: str) -> Account:
    """Return one account of the actor's. **Raises**: `LEDGER.ACCOUNT.NOT_FOUND`."""
    found = accounts_visible_to(actor).filter(code=code).first()
    if found is None:
        raise AccountNotFoundError(account=code)
    return found


def closed_days(scheme_ids: Iterable[str]) -> dict[str, date]:
    """Return before which day the periods of each scheme are closed; a scheme without any has no line."""
    closed = PeriodClose.objects.filter(scheme_id__in=list(scheme_ids)).values("scheme_id")
    return {one["scheme_id"]: one["until"] for one in closed.annotate(until=Max("closed_until")).order_by()}


def open_holds(code: str) -> QuerySet[Hold]:
    """Return the holds on an account from which something is left, oldest first."""
    held = Hold.objects.filter(Q(transfer__debit__code=code) | Q(transfer__credit__code=code), rest_fen__gt=0)
    return held.select_related("transfer").order_by("transfer_id")


def standing_holds(keys: Iterable[str]) -> dict[str, int]:
    """Return what is left of holds, by key; one of which nothing is left, or that never was, has no line."""
    held = Hold.objects.filter(transfer__key__in=list(keys), rest_fen__gt=0)
    return dict(held.values_list("transfer__key", "rest_fen"))


def expired_holds(today: date, limit: int) -> list[tuple[str, date, date | None]]:
    """Return up to `limit` holds whose last day is before `today`: key, last day, and before which day it is closed."""
    held = Hold.objects.filter(expires_on__lt=today, rest_fen__gt=0).order_by("expires_on", "pk")
    closed = Greatest(F("transfer__debit__closed_until"), F("transfer__credit__closed_until"))
    found = held.annotate(closed=closed).values_list("transfer__key", "expires_on", "closed")[:limit]
    return [(key, last_day, closed_until) for key, last_day, closed_until in found if last_day is not None]
