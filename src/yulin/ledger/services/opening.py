"""Open accounts. An account once opened keeps what it is."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.core.accounts import NewAccount
from yulin.ledger.errors import AccountConflictError
from yulin.ledger.models import Account
from yulin.ledger.selectors import closed_days
from yulin.ledger.services._locks import share_closing_locks
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import organisation_names
from yulin.people.services import record_audit


def open_accounts(*, actor: Actor, accounts: Sequence[NewAccount]) -> list[int]:
    """Open the accounts that are not open yet and return the numbers of all, in their order.

    Effects: accounts with nothing on them, closed as far as their scheme is; one audit row where any was opened.
    Raises: `LEDGER.ACCOUNT.CONFLICT` where one is open with another owner, kind or rule.
    """
    if not accounts:
        return []
    with transaction.atomic(), scope(EVERYTHING):
        codes = [each.code for each in accounts]
        before = set(Account.objects.filter(code__in=codes).values_list("code", flat=True))
        share_closing_locks({each.scheme_id for each in accounts})
        closed = closed_days({each.scheme_id for each in accounts})
        districts = _district_codes(accounts)
        wanted = {each.code: _row(each, districts.get(each.owner_id or 0)) for each in accounts}
        for account in wanted.values():
            account.closed_until = closed.get(account.scheme_id)
        Account.objects.bulk_create([wanted[code] for code in sorted(wanted.keys() - before)], ignore_conflicts=True)
        kept = {each.code: each for each in Account.objects.filter(code__in=codes)}
        for code, account in kept.items():
            if _kept_fields(account) != _kept_fields(wanted[code]):
                raise AccountConflictError(account=code)
        opened = sorted(wanted.keys() - before)
        if opened:
            record_audit(
                actor=actor,
                action="ledger.open_accounts",
                subject=("account", opened[0]),
                facts={"opened": len(opened), "codes": opened[:50]},
            )
        return [kept[code].pk for code in codes]


def _district_codes(accounts: Sequence[NewAccount]) -> dict[int, str | None]:
    owners = organisation_names(each.owner_id for each in accounts if each.owner_id)
    return {pk: one.district_code for pk, one in owners.items() if one.kind == OrganisationKind.DISTRICT}


def _row(new: NewAccount, district_code: str | None) -> Account:
    return Account(
        code=new.code,
        kind=str(new.kind),
        owner_id=new.owner_id,
        scheme_id=new.scheme_id,
        layer=new.layer,
        district_code=new.district_code or district_code,
        name_zh=new.name_zh,
        name_en=new.name_en,
        may_overdraw=new.may_overdraw,
        may_overfill=new.may_overfill,
    )


def _kept_fields(account: Account) -> tuple[object, ...]:
    return (
        account.kind,
        account.owner_id,
        account.scheme_id,
        account.layer,
        account.district_code,
        account.may_overdraw,
        account.may_overfill,
    )
