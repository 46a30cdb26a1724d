"""What every step of a subsidy does: lock the scheme's decisions, look at the year anew, hold money, tell, trace."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.speech import yuan
from yulin.ledger.core.transfers import Booked
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import organisations_of, organisations_of_kind
from yulin.people.services import notify, record_audit
from yulin.pool.core.claims.routing import conflict_of
from yulin.pool.core.insurance import SubsidyVerdict, subsidy_verdict
from yulin.pool.core.postings import Due, Place, voucher_held
from yulin.pool.errors import (
    ConflictOfInterestError,
    SubsidyNotFoundError,
    SubsidyNothingError,
    SubsidyPayerError,
    SubsidyPremiumError,
    SubsidyYearRunsError,
)
from yulin.pool.models import ExcessSubsidy
from yulin.pool.selectors.insurers import InsurerLine
from yulin.pool.selectors.vouchers import paying_accounts
from yulin.pool.services.booking import book
from yulin.pool.services.claims._steps import lock_decisions
from yulin.pool.services.layer_accounts import open_clearing, open_subsidy_accounts

ABOUT = "subsidy"


def check_right(actor: Actor, action: Action) -> None:
    """Keep out whoever may not. Raises: `PEOPLE.NOT_ALLOWED`."""
    if not actor.may(action):
        raise NotAllowedError(action=str(action), role=str(actor.role))


def locked_subsidy(subsidy_id: int) -> ExcessSubsidy:
    """Return a subsidy, locked together with its scheme's decisions until the transaction ends.

    Raises: `POOL.SUBSIDY.NOT_FOUND`.
    """
    scheme_id = ExcessSubsidy.objects.filter(pk=subsidy_id).values_list("scheme_id", flat=True).first()
    if scheme_id is None:
        raise SubsidyNotFoundError(scheme="", insurer=0, year=0)
    lock_decisions(scheme_id)
    return ExcessSubsidy.objects.select_related("insurer").select_for_update(of=("self",)).get(pk=subsidy_id)


def refuse_partner(actor: Actor, line_name: Text, insurer_id: int) -> None:
    """Keep out whoever belongs to the insurer. Raises: `POOL.CLAIM.CONFLICT`."""
    if actor.user_id is None:
        return
    party = conflict_of(organisations_of(actor.user_id, on=clock.business_date()), {insurer_id: line_name})
    if party is not None:
        raise ConflictOfInterestError(person=actor.name, party=party)


def refuse_not_due(line: InsurerLine) -> None:
    """Refuse a year of which finance's part cannot be decided.

    Raises: `POOL.SUBSIDY.YEAR_RUNS`, `.NO_PREMIUM`, `.NOTHING`, `.NO_PAYER`.
    """
    name, year = line.insurer.name, line.number
    verdict = subsidy_verdict(line.law.pack.scheme, line.year, year, clock.business_date())
    if verdict is SubsidyVerdict.YEAR_RUNS:
        raise SubsidyYearRunsError(insurer=name, year=year)
    if verdict is SubsidyVerdict.NO_PREMIUM:
        raise SubsidyPremiumError(insurer=name, year=year)
    if verdict is SubsidyVerdict.NO_PAYER:
        raise SubsidyPayerError(scheme=line.law.pack.id)
    if verdict is SubsidyVerdict.NOTHING:
        raise SubsidyNothingError(insurer=name, year=year, ratio=line.ratio, level=line.level)


def due_of_subsidy(subsidy: ExcessSubsidy) -> Due:
    """Return a subsidy as the ledger pays it: out of the layer's pot, or of the budget of the year it is confirmed."""
    return Due(
        name=Due.subsidy_name(subsidy.pk),
        about=f"{subsidy.scheme_id}/{subsidy.insurer_id}/{subsidy.year}",
        place=Place(subsidy.scheme_id, subsidy.party),
        payee_id=subsidy.insurer_id,
        year=(subsidy.confirmed_on or clock.business_date()).year,
        amount_fen=subsidy.amount_fen,
        hold_key=subsidy.hold_key,
        is_subsidy=True,
    )


def hold_subsidy(actor: Actor, due: Due) -> tuple[Due, Booked]:
    """Hold a subsidy on what pays it; the answer says whether it fits. In the caller's transaction.

    Effects: the layer's and the insurer's accounts where they are missing; at most one hold.
    """
    open_subsidy_accounts(due.place)
    open_clearing(due.place.scheme_id, [due.payee_id])
    source = paying_accounts([due])[0]
    anew = due.held_on(source)
    held = book(actor, due.place.scheme_id, [voucher_held(anew, clock.business_date(), source)], goes_on=True)
    return anew, held[0]


def audit_subsidy(actor: Actor, subsidy: ExcessSubsidy, action: str, facts: dict[str, Any]) -> None:
    """Write the audit row of a step."""
    record_audit(
        actor=actor,
        action=f"pool.{action}_subsidy",
        subject=("subsidy", subsidy.pk),
        facts={
            "scheme": subsidy.scheme_id, "insurer": subsidy.insurer_id, "year": subsidy.year,
            "amount_fen": subsidy.amount_fen, **facts,
        },
    )  # fmt: skip


def tell(actor: Actor, subsidy: ExcessSubsidy, organisation_id: int, title: Text, *, body: str = "") -> None:
    """Send an organisation a notice of what became of a subsidy."""
    _tell(actor, subsidy, organisation_id, title, body=body, asks=False)


def ask_kind(actor: Actor, subsidy: ExcessSubsidy, kind: OrganisationKind, title: Text) -> None:
    """Ask every organisation of a kind to take the next step on a subsidy."""
    for one in organisations_of_kind(kind):
        _tell(actor, subsidy, one.pk, title, body="", asks=True)


def _tell(actor: Actor, subsidy: ExcessSubsidy, organisation_id: int, title: Text, *, body: str, asks: bool) -> None:
    values = {"insurer": subsidy.insurer.short_name, "year": subsidy.year, "sum": yuan(subsidy.amount_fen)}
    notify(
        actor=actor,
        organisation_id=organisation_id,
        kind="pool.subsidy",
        title=title.with_values(**values),
        body=Text(body, body) if body else None,
        path=reverse("pool:subsidy", args=[subsidy.scheme_id, subsidy.insurer_id, subsidy.year]),
        about=(ABOUT, subsidy.pk) if asks else None,
    )
