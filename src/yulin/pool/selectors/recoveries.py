"""Every read of money that comes back: one debt's account, the list, what is overdue, the half-yearly report.

Invariant: an actor sees the recoveries of the claims that it sees, and nothing else; row security says the same again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from yulin.base.shares import split_shares
from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.selectors import closed_days
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import organisation_names
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.caps import OTHER_PUBLIC
from yulin.pool.core.claims.clawback import most_recallable_fen
from yulin.pool.core.claims.sheet import UNCOVERED, read_sheet
from yulin.pool.core.claims.states import WITH_MONEY
from yulin.pool.core.codes import Note, note
from yulin.pool.core.postings import CLAIMANT
from yulin.pool.core.recoveries import DatedReceipt, DebtTerms, Drawn, Paid
from yulin.pool.core.words import party_word
from yulin.pool.enums import ClaimState, WriteOffState
from yulin.pool.errors import ClaimNotFoundError
from yulin.pool.models import Claim, PayoutOrder, Recovery, RecoveryLine, Remittance, WriteOff
from yulin.pool.selectors.claim_case import loss_of, mode_of_loan
from yulin.pool.selectors.recalls import paid_by_party, standing_recall
from yulin.rules.core.scheme import Mode

_A_DAY = timedelta(1)
Rows = TypeVar("Rows", bound=QuerySet[Any])
_COMPENSATED = WITH_MONEY - {ClaimState.RECALLED}
_CLAIMANTS = frozenset({OrganisationKind.BANK, OrganisationKind.GUARANTOR})
_PARTIES = {OrganisationKind.GUARANTOR: "guarantor_id", OrganisationKind.INSURER: "insurer_id"}
_HOLDER = Coalesce("holder_id", "bank_id")
_NOT_PUBLIC = ("bank", "guarantor", "insurer", "other", OTHER_PUBLIC)


def closed_note(claim_id: int, on: date) -> Note | None:
    """Return that money of a day lies in a closed period and on which day it is booked; None where it is open."""
    with scope(EVERYTHING):
        scheme_id = Claim.objects.values_list("scheme_id", flat=True).get(pk=claim_id)
        until = closed_days([scheme_id]).get(scheme_id)
    if until is None or on >= until:
        return None
    return note("POOL.RECOVERY.PERIOD_CLOSED", on=on, last=until - _A_DAY, booked=until)


@dataclass(frozen=True)
class PartyAccount:
    """One party of a debt: what it bore, what came back to it."""

    party: str
    name: Text
    borne_fen: int
    returned_fen: int

    @property
    def kind(self) -> str:
        """Which pattern the party has."""
        return {"bank": "own", "district": "district"}.get(self.party, "x" if self.party in _NOT_PUBLIC else "city")

    @property
    def open_fen(self) -> int:
        """What has not come back."""
        return self.borne_fen - self.returned_fen

    @property
    def returned_percent(self) -> str:
        """How much came back, as a number of the bar."""
        return f"{self.returned_fen * 100 // self.borne_fen}" if self.borne_fen else "0"


@dataclass(frozen=True)
class HeldElsewhere:
    """What the new owner of a debt has received of it, is to hand on, and has handed on."""

    holder_id: int
    name: Text
    due_fen: int
    remitted_fen: int

    @property
    def open_fen(self) -> int:
        """What it still has to hand on."""
        return self.due_fen - self.remitted_fen


@dataclass(frozen=True)
class Refunds:
    """A bank's own part where it remits all: due to it in all, handed over by now, and given back."""

    due_fen: int
    remitted_fen: int
    refunded_fen: int

    @property
    def open_fen(self) -> int:
        """What is to be given back now: of its own part only what it has handed over."""
        return self.remitted_fen - self.refunded_fen


@dataclass(frozen=True)
class DebtAccount:
    """Everything about one debt's recoveries; what is due is the claimant's, `elsewhere` says what others hold."""

    claim: Claim
    parties: list[PartyAccount]
    recoveries: list[Recovery]
    remittances: list[Remittance]
    write_off: WriteOff | None
    due_fen: int
    remitted_fen: int
    elsewhere: list[HeldElsewhere]
    refunds: Refunds | None  # None: the bank keeps its own part

    @property
    def open_due_fen(self) -> int:
        """What is still to be remitted; below nothing, the bank has a credit."""
        return self.due_fen - self.remitted_fen

    @property
    def gross_fen(self) -> int:
        """What came in, of entries that stand."""
        return sum(one.gross_fen for one in self.recoveries if one.undone_on is None)

    @property
    def cost_fen(self) -> int:
        """What it cost, of entries that stand."""
        return sum(one.cost_fen for one in self.recoveries if one.undone_on is None)

    @property
    def returned_fen(self) -> int:
        """What came back to all parties together."""
        return sum(one.returned_fen for one in self.parties)


@dataclass(frozen=True)
class Overdue:
    """A debt of which a remittance is overdue: since when, how much."""

    claim: Claim
    since: date
    amount_fen: int
    who: Text


@dataclass(frozen=True)
class ReportRow:
    """One bank's half year in one currency: what came in, what it cost, what is shared, what was handed over.

    What the new owner of a debt received and handed on stands under its own name.
    """

    bank_id: int
    name: Text
    currency: str
    receipts: int
    debts: int
    gross_fen: int
    cost_fen: int
    net_fen: int
    due_fen: int
    remitted_fen: int
    public_fen: int


def owed_after_compensation(bank_id: int, *, until: date) -> dict[int, int]:
    """Return, by enrolment, what a bank's compensated loans owe at least at the end of a day, in fen.

    That is the principal claimed less all that came in and was entered by then: what else the balance has lost was
    paid by the debtor and shared with nobody.
    """
    with scope(EVERYTHING):
        claims = Claim.objects.filter(
            bank_id=bank_id, lender_id=bank_id, submitted_on__lte=until, state__in=[str(one) for one in _COMPENSATED]
        )
        entered = Sum(
            "recoveries__gross_fen",
            filter=Q(recoveries__undone_on__isnull=True, recoveries__value_on__lte=until),
        )
        rows = claims.annotate(entered=Coalesce(entered, 0, output_field=BigIntegerField()))
        columns = rows.values_list("enrolment_id", "principal_fen", "recovered_fen", "entered")
        return {pk: max(principal - before - entered, 0) for pk, principal, before, entered in columns}


def _visible(actor: Actor, rows: Rows) -> Rows:
    if actor.sees_all_rows:
        return rows
    if actor.kind == OrganisationKind.DISTRICT and actor.district_code:
        return rows.filter(district_code=actor.district_code)
    if actor.organisation_id is None or actor.kind not in {*_CLAIMANTS, *_PARTIES}:
        return rows.none()
    seen = Q(bank_id=actor.organisation_id)
    if actor.kind in _PARTIES:  # it bore a part, so a part of what comes back is its own
        to_claim = "" if rows.model is Claim else "claim__"
        seen |= Q(**{f"{to_claim}{_PARTIES[actor.kind]}": actor.organisation_id})
    return rows.filter(seen)


def debts_visible_to(actor: Actor) -> QuerySet[Claim]:
    """Return the claims whose recoveries an actor may see: a claimant's, a bearing party's, a district's, or all."""
    return _visible(actor, Claim.objects.all())


def may_collect(actor: Actor, claim: Claim) -> bool:
    """Tell whether a debt's money is the actor's to enter: the claimant's, or that of those who see all."""
    return actor.sees_all_rows or claim.bank_id == actor.organisation_id


def recoveries_visible_to(actor: Actor) -> QuerySet[Recovery]:
    """Return the recoveries that an actor may see, with their claim and bank."""
    return _visible(actor, Recovery.objects.select_related("claim", "bank"))


def debts_to_collect(actor: Actor) -> QuerySet[Claim]:
    """Return the debts whose loss was decided, each with what came back of it and what is still to be remitted."""
    lines = RecoveryLine.objects.filter(claim=OuterRef("pk"))
    due = Recovery.objects.filter(claim=OuterRef("pk"), undone_on__isnull=True, holder__isnull=True)
    remitted = Remittance.objects.filter(claim=OuterRef("pk"), holder__isnull=True)
    rows = _visible(actor, Claim.objects.with_money().select_related("bank")).exclude(sheet={})
    return rows.annotate(
        returned_fen=_sum_of(lines, "amount_fen"),
        open_due_fen=_sum_of(due, "remitted_fen") - _sum_of(remitted, "amount_fen"),
    )


def _sum_of(rows: QuerySet[Any], field: str) -> Coalesce:
    """Return the sum of a field over one claim's rows, as part of a query over claims."""
    total = rows.order_by().values("claim").annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(total), 0, output_field=BigIntegerField())


def terms_of(claim: Claim) -> DebtTerms:
    """Return under which rule a debt's recoveries are shared; with insurance, between the payer and its insurer."""
    law = law_by_id(claim.pack_id)
    mode = mode_of(claim)
    borne = {line.party: line.amount_fen for line in read_sheet(claim.sheet).lines if line.kind != UNCOVERED}
    insurance = mode.insurance if mode else None
    if insurance is not None:
        borne = {party: borne.get(party, 0) for party in (insurance.payer, insurance.insurer)}
    collector = insurance.payer if insurance else mode.rest if mode else "bank"
    drawn = {party: one for party, one in _drawn(claim, borne).items() if party != collector}
    return DebtTerms(law.pack.scheme.recovery, borne, collector, drawn)


def lost_fen(claim: Claim) -> int:
    """Return all that was lost on a decided claim: its loss base, and what a guarantee left with the lender."""
    return claim.loss_base_fen + read_sheet(claim.sheet).outside_fen


def mode_of(claim: Claim) -> Mode | None:
    """Return the mode under which a claim is settled."""
    return mode_of_loan(claim.enrolment, law_by_id(claim.pack_id), loss_of(claim))


def _drawn(claim: Claim, borne: Mapping[str, int]) -> dict[str, Drawn]:
    """Return what each layer that pays by vouchers has paid; what an order may still pay counts as paid."""
    bound = PayoutOrder.objects.filter(voucher=OuterRef("pk"), outcome="unknown")
    paid: dict[str, list[Paid]] = {}
    gone: dict[str, int] = {}
    for one in claim.vouchers.annotate(is_bound=Exists(bound)).order_by("paid_on", "id"):
        gone.setdefault(one.party, 0)
        if one.paid_on is not None:
            paid.setdefault(one.party, []).append(Paid(one.paid_on, one.amount_fen, one.paid_at))
        if one.paid_on is not None or one.is_bound:
            gone[one.party] += one.amount_fen
    return {
        party: Drawn(max(borne[party] - fen, 0), tuple(paid.get(party, ())))
        for party, fen in gone.items()
        if party in borne
    }


def partner_ids(claim: Claim) -> dict[str, int]:
    """Return the organisations behind the parties of a claim that are known by name."""
    partners = {"guarantor": claim.guarantor_id, "insurer": claim.insurer_id, "bank": claim.lender_id}
    return {party: one for party, one in partners.items() if one is not None}


def receipts_of(claim: Claim) -> list[DatedReceipt]:
    """Return a debt's receipts that stand."""
    rows = claim.recoveries.filter(undone_on__isnull=True).order_by("value_on", "id")
    return [
        DatedReceipt(one.pk, one.value_on, one.gross_fen, one.cost_fen, one.entered_at, one.held_by) for one in rows
    ]


def booked_shares(claim: Claim) -> dict[tuple[int, str], int]:
    """Return what each party's shares of a debt's money are, mirrors counted, by receipt and party."""
    return _booked(RecoveryLine.objects.filter(claim=claim))


def booked_money(claim: Claim) -> dict[tuple[int, str], int]:
    """Return what of the shares of a debt is money, by receipt and party."""
    return _booked(RecoveryLine.objects.filter(claim=claim, is_unpaid=False))


def booked_unpaid(claim: Claim) -> dict[tuple[int, str], int]:
    """Return what of the shares of a debt lessens payments to come, by receipt and party."""
    return _booked(RecoveryLine.objects.filter(claim=claim, is_unpaid=True))


def _booked(lines: QuerySet[RecoveryLine]) -> dict[tuple[int, str], int]:
    rows = lines.order_by().values("recovery_id", "party").annotate(sum=Sum("amount_fen"))
    return {(row["recovery_id"], row["party"]): row["sum"] for row in rows if row["sum"]}


def due_of(claim: Claim, holder_id: int | None = None) -> tuple[int, int]:
    """Return what the claimant, or the new owner of a debt, has to remit on it in all, and what it has."""
    standing = claim.recoveries.filter(undone_on__isnull=True, holder_id=holder_id)
    due = standing.aggregate(sum=Sum("remitted_fen"))["sum"] or 0
    remitted = claim.remittances.filter(holder_id=holder_id)
    return due, remitted.aggregate(sum=Sum("amount_fen"))["sum"] or 0


def refunds_of(claim: Claim, terms: DebtTerms) -> Refunds:
    """Return where a bank stands with its own part of what it remitted."""
    due = claim.recoveries.filter(undone_on__isnull=True).aggregate(sum=Sum("refund_due_fen"))["sum"] or 0
    handed = claim.remittances.filter(holder__isnull=True).values_list("parts", flat=True)
    given = claim.refunds.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    return Refunds(due, sum(parts.get(terms.collector, 0) for parts in handed), given)


def holders_of(claim: Claim) -> dict[int, str]:
    """Return who holds money of a debt that it has taken over, each with what it is to the sheet."""
    return dict(claim.recoveries.filter(holder__isnull=False).order_by("id").values_list("holder_id", "held_by"))


def open_shares(claim: Claim, terms: DebtTerms, holder_id: int | None = None) -> dict[str, int]:
    """Return what each party's share of money that one holds still lacks, in paying order.

    The collector's too where it remits all; of money that the new owner of the debt holds, the claimant's under a name
    of its own. Below nothing, a party was given more than the replay now says.
    """
    own = terms.collector if holder_id is None else holders_of(claim).get(holder_id, "")
    keeps_none = terms.is_whole and holder_id is None
    names = {party: party for party in terms.borne_fen if keeps_none or party != own}
    if holder_id is not None and terms.collector in names:
        names[terms.collector] = CLAIMANT
    open_fen = dict.fromkeys(names.values(), 0)
    of_holder = RecoveryLine.objects.filter(claim=claim, recovery__holder_id=holder_id)
    for (_, party), fen in _booked(of_holder.filter(is_unpaid=False)).items():
        if party in names:
            open_fen[names[party]] += fen
    if keeps_none:  # what lessens a payment is the collector's, who has remitted it
        open_fen[terms.collector] += sum(_booked(of_holder.filter(is_unpaid=True)).values())
    for parts in claim.remittances.filter(holder_id=holder_id).values_list("parts", flat=True):
        for party, fen in parts.items():
            open_fen[party] = open_fen.get(party, 0) - fen
    return open_fen


def pursued_fen(claim: Claim) -> dict[str, int]:
    """Return what each layer paid on a claim, was not promised back, and has not got back."""
    paid = paid_by_party(claim)
    recall = standing_recall(claim)
    left = dict(paid)
    if recall is not None:
        left = {party: left[party] - fen for party, fen in split_shares(recall.principal_fen, paid).items()}
    for (_, party), fen in booked_money(claim).items():
        if party in left:
            left[party] -= fen
    return left


def recallable_fen(claim: Claim) -> int:
    """Return the most of a claim's compensation that can be asked back: no layer gets a fen back twice."""
    return most_recallable_fen(paid_by_party(claim), pursued_fen(claim))


def standing_write_off(claim: Claim) -> WriteOff | None:
    """Return the write-off of a debt, proposed or approved, or None."""
    return claim.write_offs.exclude(state=WriteOffState.UNDONE.value).first()


def debt_account(actor: Actor, claim_id: int) -> DebtAccount:
    """Return one debt's account: who bore what, what came back, what is to be remitted.

    Raises: `POOL.CLAIM.NOT_FOUND`, also when it is somebody else's or nothing was decided on it.
    """
    claim = debts_visible_to(actor).select_related("bank", "enrolment__firm", "pack").filter(pk=claim_id).first()
    if claim is None or not claim.sheet:
        raise ClaimNotFoundError(claim=claim_id)
    returned: dict[str, int] = {}
    for (_, party), fen in booked_shares(claim).items():
        returned[party] = returned.get(party, 0) + fen
    due, remitted = due_of(claim)
    terms = terms_of(claim)
    return DebtAccount(
        claim=claim,
        parties=[
            PartyAccount(party, party_word(party), fen, returned.get(party, 0))
            for party, fen in terms.borne_fen.items()
        ],
        recoveries=list(claim.recoveries.select_related("holder").prefetch_related("lines").order_by("value_on", "id")),
        remittances=list(claim.remittances.select_related("holder").order_by("on", "id")),
        write_off=standing_write_off(claim),
        due_fen=due,
        remitted_fen=remitted,
        elsewhere=_held_elsewhere(claim),
        refunds=refunds_of(claim, terms) if terms.is_whole else None,
    )


def _held_elsewhere(claim: Claim) -> list[HeldElsewhere]:
    holders = holders_of(claim)
    names = organisation_names(holders) if holders else {}
    return [HeldElsewhere(one, names[one].name, *due_of(claim, one)) for one in holders]


def overdue_remittances(actor: Actor, *, today: date) -> list[Overdue]:
    """Return the debts of which a part is overdue, the longest first; what was remitted pays the oldest receipt.

    What the new owner of a debt holds is overdue by itself, and is no lender's task.
    """
    rows = recoveries_visible_to(actor).filter(undone_on__isnull=True, remit_due_on__lt=today, remitted_fen__gt=0)
    if not actor.sees_all_rows:
        rows = rows.filter(Q(holder__isnull=True) | Q(holder_id=actor.organisation_id))
    late = list(rows.select_related("holder").order_by("claim_id", "remit_due_on", "id"))
    paid = _remitted_by_holder({one.claim_id for one in late})
    found: dict[tuple[int, int | None], Overdue] = {}
    for one in late:
        key = one.claim_id, one.holder_id
        covered = min(paid.get(key, 0), one.remitted_fen)
        paid[key] = paid.get(key, 0) - covered
        missing = one.remitted_fen - covered
        if missing and one.remit_due_on is not None:
            first, who = found.get(key), (one.holder or one.bank).name
            since = first.since if first else one.remit_due_on
            found[key] = Overdue(one.claim, since, missing + (first.amount_fen if first else 0), who)
    return sorted(found.values(), key=lambda one: (one.since, one.claim.pk))


def _remitted_by_holder(claim_ids: set[int]) -> dict[tuple[int, int | None], int]:
    rows = Remittance.objects.filter(claim_id__in=claim_ids).order_by().values_list("claim_id", "holder_id")
    return {(claim_id, holder_id): fen for claim_id, holder_id, fen in rows.annotate(sum=Sum("amount_fen"))}


def half_year_report(actor: Actor, *, first: date, until: date) -> list[ReportRow]:
    """Return each bank's recoveries of a half-open interval of value dates, a row for each currency.

    Banks stand in the order of their keys; amounts of two currencies never add up.
    """
    rows = recoveries_visible_to(actor).filter(undone_on__isnull=True, value_on__gte=first, value_on__lt=until)
    public = RecoveryLine.objects.filter(recovery=OuterRef("pk")).exclude(party__in=_NOT_PUBLIC).order_by()
    public_sum = public.values("recovery").annotate(sum=Sum("amount_fen")).values("sum")
    sums = (
        rows.order_by()
        .annotate(public=Coalesce(Subquery(public_sum), 0), who=_HOLDER)
        .values("who", currency=F("claim__pack__currency"))
        .annotate(
            receipts=Count("pk"),
            debts=Count("claim_id", distinct=True),
            gross=Sum("gross_fen"),
            cost=Sum("cost_fen"),
            net=Sum("net_fen"),
            due=Sum("remitted_fen"),
            public_sum=Sum(F("public")),
        )
        .order_by("who")
    )
    found: dict[tuple[int, str], Mapping[str, Any]] = {(row["who"], row["currency"]): row for row in sums}
    handed = _visible(actor, Remittance.objects.filter(on__gte=first, on__lt=until)).order_by()
    parts = handed.annotate(who=_HOLDER).values("who", currency=F("claim__pack__currency"))
    remitted = {(row["who"], row["currency"]): row["sum"] for row in parts.annotate(sum=Sum("amount_fen"))}
    keys = sorted({*remitted, *found})
    names = organisation_names({bank for bank, _ in keys})
    return [_report_row(key, names[key[0]].name, found.get(key, {}), remitted.get(key, 0)) for key in keys]


def _report_row(key: tuple[int, str], name: Text, sums: Mapping[str, Any], remitted_fen: int) -> ReportRow:
    return ReportRow(
        bank_id=key[0],
        name=name,
        currency=key[1],
        receipts=sums.get("receipts", 0),
        debts=sums.get("debts", 0),
        gross_fen=sums.get("gross") or 0,
        cost_fen=sums.get("cost") or 0,
        net_fen=sums.get("net") or 0,
        due_fen=sums.get("due") or 0,
        remitted_fen=remitted_fen,
        public_fen=sums.get("public_sum") or 0,
    )
