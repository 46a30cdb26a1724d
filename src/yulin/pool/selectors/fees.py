"""Guarantee fees: what was charged on a loan and what comes next; every fee of a scheme and period at one look.

The law of a fee is that under which the loan stands; a fee of a loan that is no longer in force is not charged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.pool.adapters.packs import law_by_id, laws_by_id, published_laws
from yulin.pool.core.fees import FeeDue, FeeVerdict, GuaranteedLoan, fee_verdict, fees_between, fees_due
from yulin.pool.core.postings import BANK
from yulin.pool.core.returns import month_end
from yulin.pool.core.states import IN_FORCE
from yulin.pool.core.surcharge import SurchargeStanding
from yulin.pool.enums import EnrolmentState
from yulin.pool.errors import FeeChargeNotFoundError
from yulin.pool.models import Enrolment, FeeCharge, MonthlyReturn
from yulin.pool.selectors.surcharges import Surcharges

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from yulin.people.core.actors import Actor
    from yulin.pool.models.fees import FeeChargeQuerySet
    from yulin.rules.core.scheme import FeeTable

_ONCE_IN_FORCE = (*IN_FORCE, EnrolmentState.CLOSED)


@dataclass(frozen=True)
class FeeLine:
    """One fee that was charged, by the name of its table."""

    name: Text
    charge: FeeCharge


@dataclass(frozen=True)
class LoanFees:
    """What was charged on a loan, and what can be: each next fee with whether its day has come."""

    charged: list[FeeLine]
    due: list[FeeDue]
    today: date
    surcharges: list[SurchargeStanding] = field(default_factory=list)  # those that apply, or may

    def __bool__(self) -> bool:
        """Tell whether there is anything to show."""
        return bool(self.charged or self.due)

    @property
    def payable(self) -> list[FeeDue]:
        """Those that can be charged today."""
        return [one for one in self.due if one.amount_fen is not None and one.due_on <= self.today]

    @property
    def later(self) -> list[FeeDue]:
        """Those whose day has not come, or of which nobody knows how much they are."""
        return [one for one in self.due if one.amount_fen is None or one.due_on > self.today]


@dataclass(frozen=True)
class PeriodFee:
    """One fee whose day lies in a period: of which loan, what happens to it, and the charge that stands."""

    enrolment: Enrolment
    due: FeeDue
    verdict: FeeVerdict
    turn: int  # which charge of this fee comes next: one more than those that were undone
    charge: FeeCharge | None = None
    surcharge: SurchargeStanding | None = None  # where the lender stands, under a law that has one

    @property
    def amount_fen(self) -> int | None:
        """What was charged, else what would be; None where nobody knows."""
        return self.charge.amount_fen if self.charge else self.due.amount_fen


def fees_of(enrolment: Enrolment, *, today: date) -> LoanFees:
    """Return the fees of a loan; none are due on one that is not in force."""
    law = law_by_id(enrolment.pack_id)
    tables = law.pack.scheme.fees
    if not tables:
        return LoanFees([], [], today)
    charged = list(FeeCharge.objects.filter(enrolment=enrolment).select_related("undo").order_by("id"))
    lines = [FeeLine(table_name(tables, one.table_id), one) for one in charged]
    if enrolment.state not in IN_FORCE:
        return LoanFees(lines, [], today)
    loan = measured(enrolment, _balances([enrolment.pk]).get(enrolment.pk, ()))
    surcharges = Surcharges()
    due = fees_due(tables, loan, standing_fees(charged), surcharges.plus_of(law, enrolment.bank_id))
    years = sorted({one.due_on.year for one in due})
    found = [surcharges.standing(law, enrolment.bank_id, year) for year in years]
    return LoanFees(lines, due, today, [one for one in found if one and one.outcome != Outcome.NOT_MET])


def standing_fees(charges: Iterable[FeeCharge]) -> set[tuple[str, int]]:
    """Return which fees of a loan are charged, by kind and year: those of its charges that were not undone."""
    return {(one.kind, one.number) for one in charges if not is_undone(one)}


def is_undone(charge: FeeCharge) -> bool:
    """Tell whether a charge was undone."""
    return hasattr(charge, "undo")


def table_name(tables: Sequence[FeeTable], table_id: str) -> Text:
    """Return the name of a fee's table, or its id where the law no longer has it."""
    return next((table.title for table in tables if table.id == table_id), Text(table_id, table_id))


def measured(enrolment: Enrolment, balances: Sequence[tuple[date, int]] = ()) -> GuaranteedLoan:
    """Return what a loan's fees are measured by, with the balances told at month ends, in order."""
    ratio = enrolment.ratio_bp
    return GuaranteedLoan(
        approved_on=enrolment.confirmed_on or enrolment.disbursed_on,
        gross_fen=enrolment.loan_amount_fen,
        enrolled_fen=enrolment.enrolled_amount_fen,
        outstanding_fen=enrolment.outstanding_fen,
        bank_bp=int(ratio.get(BANK, 0)) if ratio else None,
        balances=tuple(balances),
        lent_on=enrolment.disbursed_on,
        matures_on=enrolment.due_on,
    )


def _balances(enrolment_ids: Sequence[int]) -> Mapping[int, list[tuple[date, int]]]:
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    told = MonthlyReturn.objects.filter(enrolment_id__in=enrolment_ids).order_by("enrolment_id", "month")
    for enrolment_id, month, outstanding_fen in told.values_list("enrolment_id", "month", "outstanding_fen"):
        found[enrolment_id].append((month_end(month), outstanding_fen))
    return found


def schemes_with_fees() -> dict[str, Text]:
    """Return the schemes whose published law has fee tables, by id, with the title of the latest version."""
    return {law.pack.id: law.pack.title for law in published_laws() if law.pack.scheme.fees}


def period_fees(scheme_id: str, since: date, until: date, *, today: date, is_locked: bool = False) -> list[PeriodFee]:
    """Return every fee of a scheme whose day lies from `since` up to, and not on, `until`, in the order of the loans.

    **Locked**, the loans stay as they are until the transaction ends, and nobody else charges them meanwhile.
    """
    loans = Enrolment.objects.filter(scheme_id=scheme_id, state__in=[str(one) for one in _ONCE_IN_FORCE])
    loans = loans.select_related("bank").defer("facts", "missing").order_by("id")
    found = list(loans.select_for_update(of=("self",)) if is_locked else loans)
    charges = _charges_by_loan(FeeCharge.objects.filter(scheme_id=scheme_id))  # read after the lock
    laws, surcharges = laws_by_id(one.pack_id for one in found), Surcharges()
    tables = {key: law.pack.scheme.fees for key, law in laws.items()}
    owing = [one for one in found if fees_between(tables[one.pack_id], measured(one), since, until)]
    balances = _balances([one.pk for one in owing])
    lines = []
    for loan in owing:
        law, by = laws[loan.pack_id], measured(loan, balances.get(loan.pk, ()))
        plus_of = surcharges.plus_of(law, loan.bank_id)
        for due in fees_between(tables[loan.pack_id], by, since, until, plus_of):
            line = _period_fee(loan, due, charges.get(loan.pk, {}).get((due.kind, due.number), []), today)
            lines.append(replace(line, surcharge=surcharges.standing(law, loan.bank_id, due.due_on.year)))
    return lines


def _charges_by_loan(charges: QuerySet[FeeCharge]) -> Mapping[int, Mapping[tuple[str, int], list[FeeCharge]]]:
    found: dict[int, dict[tuple[str, int], list[FeeCharge]]] = defaultdict(lambda: defaultdict(list))
    for one in charges.select_related("undo").order_by("id"):
        found[one.enrolment_id][one.kind, one.number].append(one)
    return found


def _period_fee(loan: Enrolment, due: FeeDue, charges: Sequence[FeeCharge], today: date) -> PeriodFee:
    standing = next((one for one in charges if not is_undone(one)), None)
    is_in_force = loan.state in IN_FORCE
    verdict = fee_verdict(due, is_charged=standing is not None, is_in_force=is_in_force, today=today)
    return PeriodFee(loan, due, verdict, len(charges) + 1, standing)


def own_surcharges(actor: Actor, *, year: int) -> list[tuple[Text, SurchargeStanding]]:
    """Return where a lender stands this year on each scheme with a surcharge under which it has a loan in force."""
    if actor.organisation_id is None or actor.sees_all_rows:
        return []
    ruling = [law for law in published_laws() if law.pack.scheme.surcharge]
    rows = Enrolment.objects.in_force().filter(bank_id=actor.organisation_id)
    held = set(
        rows.filter(scheme_id__in=[law.pack.id for law in ruling]).values_list("scheme_id", flat=True).distinct()
    )
    surcharges = Surcharges()
    found = [
        (law.pack.title, surcharges.standing(law, actor.organisation_id, year)) for law in ruling if law.pack.id in held
    ]
    return [(title, one) for title, one in found if one]


def charges_visible_to(actor: Actor) -> FeeChargeQuerySet:
    """Return the charges that an actor may see: a bank's own, or all."""
    rows = FeeCharge.objects.all()
    return rows if actor.sees_all_rows else rows.filter(bank_id=actor.organisation_id)


def charge_for(actor: Actor, charge_id: int) -> FeeCharge:
    """Return one charge of the actor's with its loan. **Raises**: `POOL.FEE.NOT_FOUND`."""
    rows = charges_visible_to(actor).select_related("enrolment", "bank", "undo")
    found = rows.filter(pk=charge_id).first()
    if found is None:
        raise FeeChargeNotFoundError(charge=charge_id)
    return found
