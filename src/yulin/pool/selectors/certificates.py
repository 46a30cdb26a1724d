"""Which yearly certificates on recoveries are owed by whom, which have come, and which are overdue.

Invariant: a task is never stored: it follows from the law, from the day of a lender's first compensation and from
today; so none can be lost, and none stays that the law no longer asks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Min, Q, QuerySet, Sum
from django.db.models.functions import Least

from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import organisation_names
from yulin.pool.adapters.packs import published_laws
from yulin.pool.core.certificates import ProofYear, proof_years
from yulin.pool.enums import VoucherState
from yulin.pool.models import Claim, Recovery, RecoveryCertificate, Remittance

_Key = tuple[str, int, date]
Rows = TypeVar("Rows", bound=QuerySet[Any])
_LENDERS = frozenset({OrganisationKind.BANK, OrganisationKind.GUARANTOR})


@dataclass(frozen=True)
class CertificateTask:
    """One lender's year under one scheme: what is owed by when, and the certificate that stands."""

    scheme_id: str
    scheme: Text
    bank_id: int
    bank: Text
    year: ProofYear
    certificate: RecoveryCertificate | None = None

    @property
    def is_open(self) -> bool:
        """Whether no certificate has come yet."""
        return self.certificate is None

    @property
    def mark(self) -> str:
        """How a form names the task."""
        return f"{self.scheme_id}:{self.year.as_of}"


@dataclass(frozen=True)
class YearSums:
    """What the book says of one lender's year: money received, and money remitted."""

    received_fen: int
    remitted_fen: int


def certificate_tasks(actor: Actor, *, today: date) -> list[CertificateTask]:
    """Return the years to be certified that an actor may see: open ones first by their last day, then the filed."""
    rules = {law.pack.id: law for law in published_laws()}  # the version published last speaks for the scheme
    is_paid = Q(paid_on__isnull=False) | Q(vouchers__state=VoucherState.PAID.value)  # in full, or a first instalment
    paid = _own(actor, Claim.objects.filter(is_paid, public_fen__gt=0)).order_by()
    since = Least(Min("paid_on"), Min("vouchers__paid_on"))
    lenders = list(paid.values("scheme_id", "bank_id").annotate(since=since).order_by("scheme_id", "bank_id"))
    names = organisation_names({row["bank_id"] for row in lenders})
    filed = _standing(actor)
    tasks = []
    for row in lenders:
        law = rules.get(row["scheme_id"])
        recovery = law.pack.scheme.recovery if law else None
        if law is None or recovery is None:
            continue
        for year in proof_years(recovery.certificate, since=row["since"], today=today):
            certificate = filed.get((row["scheme_id"], row["bank_id"], year.as_of))
            bank = names[row["bank_id"]].name
            tasks.append(CertificateTask(row["scheme_id"], law.pack.title, row["bank_id"], bank, year, certificate))
    return sorted(tasks, key=lambda one: (not one.is_open, one.year.due_on, one.scheme_id, one.bank_id))


def open_certificates(actor: Actor, *, today: date) -> list[CertificateTask]:
    """Return the years of which no certificate has come, the nearest last day first."""
    return [one for one in certificate_tasks(actor, today=today) if one.is_open]


def year_sums(scheme_id: str, bank_id: int, year: ProofYear) -> YearSums:
    """Return what the book says of a lender's year, by value date; entries that were undone do not count."""
    of_bank = {"claim__scheme_id": scheme_id, "bank_id": bank_id}
    received = Recovery.objects.filter(
        **of_bank, holder__isnull=True, undone_on__isnull=True, value_on__gte=year.first_on, value_on__lte=year.as_of
    )
    remitted = Remittance.objects.filter(**of_bank, holder__isnull=True, on__gte=year.first_on, on__lte=year.as_of)
    return YearSums(
        received.aggregate(sum=Sum("gross_fen"))["sum"] or 0, remitted.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    )


def certificate_for(actor: Actor, certificate_id: int) -> RecoveryCertificate | None:
    """Return a certificate that an actor may see, or None."""
    return _own(actor, RecoveryCertificate.objects.filter(pk=certificate_id)).first()


def _own(actor: Actor, rows: Rows) -> Rows:
    """Return the rows of the lender that an actor works for, all for those who see all, none for others."""
    if actor.sees_all_rows:
        return rows
    if actor.kind in _LENDERS and actor.organisation_id is not None:
        return rows.filter(bank_id=actor.organisation_id)
    return rows.none()


def _standing(actor: Actor) -> dict[_Key, RecoveryCertificate]:
    rows = _own(actor, RecoveryCertificate.objects.filter(is_current=True))
    return {(one.scheme_id, one.bank_id, one.as_of): one for one in rows}
