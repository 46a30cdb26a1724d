"""What an audit pack carries of the book: which loans, and the rows of every table about them.

Invariant: only what the asking actor may see; a column that a table gains is carried without a change here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import CharField, Model, Q, QuerySet
from django.db.models.functions import Cast

from yulin.base.outcome import Outcome
from yulin.people.core.actors import Actor
from yulin.people.selectors import entries_about, organisation_names
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.core.deciding import Law
from yulin.pool.errors import AuditPackAmbiguousError, AuditPackEmptyError
from yulin.pool.models import (
    AssignedDebt,
    AssignmentPaper,
    Claim,
    ClaimDeduction,
    ClaimDocument,
    ClaimEvent,
    ClaimVisit,
    DebtorNotice,
    DebtOwnership,
    DebtPackage,
    DiligenceCase,
    Enrolment,
    EnrolmentEvent,
    ExcessSubsidy,
    FeeCharge,
    FeeUndo,
    InstalmentEvent,
    JointMeeting,
    MonthlyReturn,
    NoticeObjection,
    ObjectionAnswer,
    PackageEvent,
    PassedOnPayment,
    PayoutAnswer,
    PayoutBatch,
    PayoutOrder,
    Premium,
    Recall,
    Recovery,
    RecoveryLine,
    Refund,
    Remittance,
    SampleLine,
    TransferAsk,
    Voucher,
    WriteOff,
)
from yulin.pool.selectors.enrolment_page import assessment_of
from yulin.pool.selectors.enrolments import enrolments_visible_to
from yulin.rules.selectors import published_packs

Rows = Iterator[Sequence[Any]]
_CHUNK = 2_000
SHEET_COLUMNS = ("claim_id", "place", "party", "kind", "ratio_bp", "amount_fen", "clause_zh", "clause_en")
_ELSEWHERE = {"Enrolment": {"facts"}, "Claim": {"sheet"}}  # columns that have a file of their own


def loans_in(actor: Actor, scope: PackScope) -> QuerySet[Enrolment]:
    """Return the loans that a pack is about, of those that the actor may see.

    Raises: `POOL.AUDIT_PACK.EMPTY`, `POOL.AUDIT_PACK.AMBIGUOUS`.
    """
    seen = enrolments_visible_to(actor)
    if scope.loan:
        found = seen.filter(Q(loan_number=scope.loan) | Q(number=scope.loan))
        numbers = list(found.order_by("pk").values_list("number", flat=True))
        if len(numbers) > 1:
            raise AuditPackAmbiguousError(loan=scope.loan, numbers=[one or "—" for one in numbers])
    elif scope.claim:
        found = seen.filter(claims__number=scope.claim)
    else:
        found = seen.filter(_of_year(scope.year or 0))
        found = found.filter(scheme_id=scope.scheme) if scope.scheme else found
    if not found.exists():
        raise AuditPackEmptyError(title=scope.title)
    return Enrolment.objects.filter(pk__in=found.values("pk")).order_by("pk")


def _of_year(year: int) -> Q:
    """Return which loans a year is about: filed, claimed or recovered in it."""
    touched: list[tuple[type[Model], str]] = [
        (ClaimEvent, "on"),
        (Recovery, "value_on"),
        (Remittance, "on"),
        (Refund, "on"),
        (WriteOff, "on"),
        (Recall, "recalled_on"),
    ]
    found = Q(confirmed_on__year=year) | Q(confirmed_on__isnull=True, submitted_on__year=year)
    for model, day in touched:
        rows: QuerySet[Any] = model._default_manager.filter(**{f"{day}__year": year})  # noqa: SLF001 - Django's own name
        found |= Q(pk__in=rows.order_by().values("claim__enrolment"))
    for scheme_id, insurer_id, of_year in _touched_years(year):
        claims = Claim.objects.filter(scheme_id=scheme_id, insurer_id=insurer_id, decided_on__year=of_year)
        found |= Q(pk__in=claims.order_by().values("enrolment"))
    return found


def _touched_years(year: int) -> list[tuple[str, int, int]]:
    """Return the insurers' years about which a subsidy was for, or was decided, confirmed, undone or paid in a year."""
    touched = Q(year=year)
    for day in ("decided_on", "confirmed_on", "undone_on", "paid_on"):
        touched |= Q(**{f"{day}__year": year})
    rows = ExcessSubsidy.objects.filter(touched).order_by("scheme_id", "insurer_id", "year")
    return list(rows.values_list("scheme_id", "insurer_id", "year").distinct())


def _subsidies(scope: PackScope) -> Q:
    """Return which subsidies and premiums a pack carries: every decision on each insurer's year that a year touches."""
    found = Q(pk__in=[])
    for scheme_id, insurer_id, of_year in _touched_years(scope.year) if scope.year is not None else ():
        if scope.scheme in {"", scheme_id}:
            found |= Q(scheme_id=scheme_id, insurer_id=insurer_id, year=of_year)
    return found


def tables_about(loans: QuerySet[Enrolment], scope: PackScope) -> dict[str, QuerySet[Any]]:
    """Return the rows of every table about some loans, and the insurers' subsidies of a year, by the file of each."""
    ids = loans.order_by().values("pk")
    claims = Claim.objects.filter(enrolment__in=ids)
    of_claims = Q(claim__in=claims.order_by().values("pk"))
    vouchers = Voucher.objects.filter(of_claims)
    of_subsidies = _subsidies(scope)
    subsidies = ExcessSubsidy.objects.filter(of_subsidies)
    orders = PayoutOrder.objects.filter(
        Q(voucher__in=vouchers.order_by().values("pk")) | Q(subsidy__in=subsidies.order_by().values("pk"))
    )
    batches = PayoutBatch.objects.filter(pk__in=orders.order_by().values("batch"))
    return {
        "enrolments.csv": loans,
        "enrolment_events.csv": EnrolmentEvent.objects.filter(enrolment__in=ids),
        "monthly_returns.csv": MonthlyReturn.objects.filter(enrolment__in=ids),
        "fee_charges.csv": FeeCharge.objects.filter(enrolment__in=ids),
        "fee_undoings.csv": FeeUndo.objects.filter(charge__enrolment__in=ids),
        "claims.csv": claims,
        "claim_events.csv": ClaimEvent.objects.filter(of_claims),
        "claim_documents.csv": ClaimDocument.objects.filter(of_claims),
        "claim_deductions.csv": ClaimDeduction.objects.filter(of_claims),
        "diligence_cases.csv": DiligenceCase.objects.filter(of_claims),
        "claim_visits.csv": ClaimVisit.objects.filter(of_claims),
        "joint_meetings.csv": JointMeeting.objects.filter(of_claims),
        "instalment_events.csv": InstalmentEvent.objects.filter(of_claims),
        "notice_objections.csv": NoticeObjection.objects.filter(of_claims),
        "objection_answers.csv": ObjectionAnswer.objects.filter(objection__in=_objections(of_claims)),
        "sample_lines.csv": SampleLine.objects.filter(of_claims),
        "vouchers.csv": vouchers,
        "premiums.csv": Premium.objects.filter(of_subsidies),
        "excess_subsidies.csv": subsidies,
        "payout_batches.csv": batches,
        "payout_orders.csv": orders,
        "payout_answers.csv": PayoutAnswer.objects.filter(batch__in=batches.order_by().values("pk")),
        "recoveries.csv": Recovery.objects.filter(of_claims),
        "recovery_lines.csv": RecoveryLine.objects.filter(of_claims),
        "remittances.csv": Remittance.objects.filter(of_claims),
        "refunds.csv": Refund.objects.filter(of_claims),
        "recalls.csv": Recall.objects.filter(of_claims),
        "write_offs.csv": WriteOff.objects.filter(of_claims),
        **_assignments(of_claims),
    }


def _objections(of_claims: Q) -> QuerySet[Any, Any]:
    return NoticeObjection.objects.filter(of_claims).order_by().values("pk")


def _assignments(of_claims: Q) -> dict[str, QuerySet[Any]]:
    """Return what was assigned of some claims: their own debts, and the packages that these lie in."""
    debts = AssignedDebt.objects.filter(of_claims)
    own = Q(debt__in=debts.order_by().values("pk"))
    of_packages = Q(package__in=debts.order_by().values("package"))
    return {
        "debt_packages.csv": DebtPackage.objects.filter(pk__in=debts.order_by().values("package")),
        "assigned_debts.csv": debts,
        "transfer_asks.csv": TransferAsk.objects.filter(of_packages),
        "debt_ownership.csv": DebtOwnership.objects.filter(own),
        "assignment_papers.csv": AssignmentPaper.objects.filter(of_packages),
        "debtor_notices.csv": DebtorNotice.objects.filter(own),
        "passed_on_payments.csv": PassedOnPayment.objects.filter(own),
        "package_events.csv": PackageEvent.objects.filter(of_packages),
    }


def columns_of(rows: QuerySet[Any]) -> list[str]:
    """Return the columns of a table's file: its own, and the version of the law where it names one."""
    left_out = _ELSEWHERE.get(rows.model.__name__, set())
    own = [field.attname for field in rows.model._meta.concrete_fields if field.attname not in left_out]  # noqa: SLF001 - Django's own name
    return [*own, "pack_version"] if "pack_id" in own else own


def rows_of(rows: QuerySet[Any]) -> Rows:
    """Give a table's rows in the order of their numbers, under `columns_of`."""
    names = [name.replace("pack_version", "pack__version") for name in columns_of(rows)]
    yield from rows.order_by("pk").values_list(*names).iterator(chunk_size=_CHUNK)


def sheet_rows(claims: QuerySet[Claim]) -> Rows:
    """Give the lines of every settlement sheet as it was kept with its decision: claim, place, and the line."""
    kept = claims.exclude(sheet={}).order_by("pk").values_list("pk", "sheet")
    for claim, sheet in kept.iterator(chunk_size=_CHUNK):
        for place, line in enumerate(sheet["lines"], start=1):
            yield claim, place, *(line[name] for name in SHEET_COLUMNS[2:])


def fact_lines(loans: QuerySet[Enrolment]) -> Iterator[dict[str, Any]]:
    """Give the facts that were frozen with each loan."""
    for number, facts in loans.values_list("pk", "facts").iterator(chunk_size=_CHUNK):
        yield {"enrolment": number, "facts": facts}


def explanation_lines(loans: QuerySet[Enrolment], laws: Laws) -> Iterator[dict[str, Any]]:
    """Give each loan's findings, computed anew from the frozen facts; null where the law asks or knows nothing."""
    for enrolment in loans.iterator(chunk_size=_CHUNK):
        assessment = assessment_of(enrolment, laws.law(enrolment.pack_id))
        is_open = assessment is None or assessment.outcome is Outcome.UNKNOWN
        yield {
            "enrolment": enrolment.pk,
            "outcome": None if assessment is None else assessment.outcome.value,
            "missing": list(assessment.missing) if assessment is not None and is_open else [],
            "findings": [] if assessment is None else [finding.as_json() for finding in assessment.findings],
        }


class Laws:
    """The laws that a pack's decisions name, each read once."""

    def __init__(self) -> None:
        self._laws: dict[int, Law] = {}

    def law(self, published_id: int) -> Law:
        """Return one published version with its layers."""
        if published_id not in self._laws:
            self._laws[published_id] = law_by_id(published_id)
        return self._laws[published_id]


def law_versions(tables: Mapping[str, QuerySet[Any]], laws: Laws) -> list[Any]:
    """Return every version that a table's rows name, and every version of a layer pack beside them."""
    by_law = ("enrolments.csv", "claims.csv", "fee_charges.csv", "excess_subsidies.csv")
    named: set[Any] = {
        pack_id for name in by_law for pack_id in tables[name].order_by().values_list("pack", flat=True).distinct()
    } - {None}
    layers = {layer.id for one in named for layer in laws.law(one).layers}
    return list(
        published_packs().filter(Q(pk__in=named) | Q(pack_id__in=layers)).order_by("pack_id", "effective_from", "pk")
    )


def organisation_rows(tables: Mapping[str, QuerySet[Any]]) -> Rows:
    """Give the organisations that the loans and the subsidies name."""
    parties = tables["enrolments.csv"].order_by().values_list("bank", "guarantor", "insurer").distinct()
    insurers = tables["excess_subsidies.csv"].order_by().values_list("insurer").distinct()
    ids = {one for line in (*parties, *insurers) for one in line if one is not None}
    for number, one in sorted(organisation_names(ids).items()):
        yield number, one.kind, one.code, one.name_zh, one.name_en


def audit_entries(tables: Mapping[str, QuerySet[Any]], scheme_ids: set[str]) -> Any:
    """Return the audit rows about the loans, their uploads, claims, vouchers, payouts, laws and budgets."""
    loans = tables["enrolments.csv"]
    subjects: dict[str, Any] = {
        "enrolment": _texts(loans, "pk"),
        "upload": _texts(loans.exclude(upload=None), "upload"),
        "pack": _texts(loans, "pack"),
        "claim": _texts(tables["claims.csv"], "pk"),
        "voucher": _texts(tables["vouchers.csv"], "pk"),
        "subsidy": _texts(tables["excess_subsidies.csv"], "pk"),
        "premium": _texts(tables["premiums.csv"], "pk"),
        "payout": _texts(tables["payout_batches.csv"], "pk"),
        "debt_package": _texts(tables["debt_packages.csv"], "pk"),
    }
    found = entries_about(subjects)
    for scheme in sorted(scheme_ids):
        found = found | entries_about({}, beginnings={"layer_budget": f"{scheme}/"})
    return found


def _texts(rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    texts: QuerySet[Any] = rows.order_by().annotate(as_text=Cast(column, CharField())).values("as_text")
    return texts
