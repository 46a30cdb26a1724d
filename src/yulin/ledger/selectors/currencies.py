"""In which currency an account is: that of its scheme; an account of no published scheme is in yuan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, QuerySet, Value, When

from yulin.base.text import OWN_CURRENCY
from yulin.rules.selectors import pack_currencies

if TYPE_CHECKING:
    from yulin.ledger.models import Account


def currency_of_account(account: Account) -> str:
    """Return the currency of one account."""
    if not account.scheme_id:
        return OWN_CURRENCY
    return pack_currencies([account.scheme_id]).get(account.scheme_id, OWN_CURRENCY)


def with_currency(rows: QuerySet[Any, Any]) -> Any:
    """Return accounts, each with its currency as `currency`."""
    foreign = [When(scheme_id=key, then=Value(one)) for key, one in pack_currencies().items() if one != OWN_CURRENCY]
    return rows.annotate(currency=Case(*foreign, default=Value(OWN_CURRENCY), output_field=CharField()))
