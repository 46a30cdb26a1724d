"""The pool's own tables against the ledger, account by account: what is promised, due, paid, owed and received.

Both are written in one transaction, so that any difference is a fault, and the first one is named. Nothing is read from
the ledger to say what the ledger should hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Sum

from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.core.accounts import KIND_NAMES
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import moved_in, totals_of_kinds
from yulin.pool.core.moving import borne_fen
from yulin.pool.core.postings import (
    BANK,
    CLAIMANT,
    Place,
    clearing_account,
    fee_account,
    partner_account,
    receivable_of,
    received_of,
    refund_account,
    subsidy_account,
)
from yulin.pool.core.states import IN_FORCE
from yulin.pool.enums import SubsidyState, VoucherState
from yulin.pool.models import (
    Claim,
    Enrolment,
    ExcessSubsidy,
    FeeCharge,
    Recall,
    RecoveryLine,
    Refund,
    Remittance,
    Voucher,
)
from yulin.pool.selectors.recalls import recalled_parts
from yulin.pool.selectors.recoveries import holders_of, partner_ids, terms_of

_UNPAID = tuple(state.value for state in (VoucherState.HELD, VoucherState.SENT, VoucherState.FAILED))
_PARTNERS = (AccountKind.BANK, AccountKind.GUARANTOR, AccountKind.INSURER)
PROMISED = Text("已承诺（冻结）", "promised, held")
DUE = Text("待付（冻结）", "due, held")


@dataclass(frozen=True)
class Difference:
    """One account on which the pool and the ledger differ."""

    account: str
    what: Text
    pool_fen: int
    ledger_fen: int


@dataclass
class _Expected:
    """What the pool's tables say of accounts, by code."""

    promised: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    due: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    paid: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    receivable: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    received: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    partner: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    clearing: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def differences() -> list[Difference]:
    """Return where the pool's tables and the ledger differ, in the order of accounts; none of a book that holds."""
    with scope(EVERYTHING):
        expected = _Expected()
        _promises(expected)
        _vouchers(expected)
        _debts(expected)
        _fees(expected)
        _subsidies(expected)
        return list(_compared(expected))


def _promises(expected: _Expected) -> None:
    rows = Enrolment.objects.filter(state__in=[str(state) for state in IN_FORCE]).order_by()
    columns = ("scheme_id", "district_code", "ratio_bp", "enrolled_amount_fen")
    for scheme_id, district, ratio_bp, amount, count in rows.values_list(*columns).annotate(count=Count("pk")):
        for party, fen in borne_fen(ratio_bp, amount).items():
            if party != BANK:
                code = Place.of(scheme_id, party, district).account(AccountKind.COMMITMENT)
                expected.promised[code] += fen * count


def _vouchers(expected: _Expected) -> None:
    rows = Voucher.objects.filter(state__in=[*_UNPAID, VoucherState.PAID.value]).order_by()
    columns = ("claim__scheme_id", "party", "district_code", "bank_id", "state")
    for scheme_id, party, district, payee_id, state, fen in rows.values_list(*columns).annotate(sum=Sum("amount_fen")):
        code = Place.of(scheme_id, party, district).account(AccountKind.COMPENSATION_PAID)
        if state != VoucherState.PAID:
            expected.due[code] += fen
            continue
        expected.paid[code] += fen
        expected.partner[partner_account(scheme_id, payee_id)] += fen
        expected.clearing[clearing_account(scheme_id)] -= fen


def _fees(expected: _Expected) -> None:
    rows = FeeCharge.objects.standing().order_by().values_list("scheme_id", "bank_id")
    for scheme_id, bank_id, fen in rows.annotate(sum=Sum("amount_fen")):
        expected.partner[partner_account(scheme_id, bank_id)] -= fen
        expected.clearing[fee_account(scheme_id)] += fen


def _subsidies(expected: _Expected) -> None:
    rows = ExcessSubsidy.objects.filter(state__in=[*_UNPAID, SubsidyState.PAID.value]).order_by()
    for scheme_id, party, insurer_id, state, fen in rows.values_list(
        "scheme_id", "party", "insurer_id", "state"
    ).annotate(sum=Sum("amount_fen")):
        code = subsidy_account(Place(scheme_id, party))
        if state != SubsidyState.PAID:
            expected.due[code] += fen
            continue
        expected.paid[code] += fen
        expected.partner[partner_account(scheme_id, insurer_id)] += fen
        expected.clearing[clearing_account(scheme_id)] -= fen


def _debts(expected: _Expected) -> None:
    lines: dict[tuple[int, int | None], dict[str, int]] = defaultdict(dict)
    money = RecoveryLine.objects.filter(is_unpaid=False).order_by()
    sums = money.values_list("claim_id", "recovery__holder_id", "party").annotate(sum=Sum("amount_fen"))
    for claim_id, holder_id, party, fen in sums:
        lines[claim_id, holder_id][party] = fen
    handed: dict[tuple[int, int | None], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for claim_id, holder_id, parts in Remittance.objects.values_list("claim_id", "holder_id", "parts"):
        for party, fen in parts.items():
            handed[claim_id, holder_id][party] += fen
    recalls = {recall.claim_id: recall for recall in Recall.objects.all()}
    _refunds(expected)
    holders = sorted({*lines, *handed}, key=lambda one: (one[0], one[1] or 0))
    ids = {*(claim_id for claim_id, _ in holders), *recalls}
    for claim in Claim.objects.filter(pk__in=ids).select_related("enrolment__firm").order_by("id"):
        for key in holders:
            if key == (claim.pk, None):
                _collected(expected, claim, lines.get(key, {}), handed.get(key, {}))
            elif key[0] == claim.pk:
                _held_elsewhere(expected, claim, key[1] or 0, lines.get(key, {}), handed.get(key, {}))
        if claim.pk in recalls:
            _recalled(expected, claim, recalls[claim.pk])


def _refunds(expected: _Expected) -> None:
    rows = Refund.objects.order_by().values_list("claim__scheme_id", "bank_id").annotate(sum=Sum("amount_fen"))
    for scheme_id, bank_id, fen in rows:
        expected.partner[partner_account(scheme_id, bank_id)] += fen
        expected.clearing[refund_account(scheme_id)] -= fen


def _collected(expected: _Expected, claim: Claim, lines: Mapping[str, int], handed: Mapping[str, int]) -> None:
    collector = terms_of(claim).collector
    payee = partner_account(claim.scheme_id, claim.bank_id)
    for party in {*lines, *handed}:
        place = Place.of(claim.scheme_id, party, claim.district_code)
        owed, given = lines.get(party, 0), handed.get(party, 0)
        if party == collector:
            expected.partner[payee] -= given
            expected.clearing[refund_account(claim.scheme_id)] += given
            continue
        expected.partner[payee] -= owed
        expected.receivable[receivable_of(place)] += owed - given
        partner_id = partner_ids(claim).get(party)
        if partner_id is None:
            expected.received[received_of(place)] += given
        else:
            expected.partner[partner_account(claim.scheme_id, partner_id)] += given


def _held_elsewhere(
    expected: _Expected, claim: Claim, holder_id: int, lines: Mapping[str, int], handed: Mapping[str, int]
) -> None:
    """Say what money that the new owner of a debt holds makes due: to every party but itself, the claimant too."""
    own, collector = holders_of(claim).get(holder_id, ""), terms_of(claim).collector
    for party in {*lines, *handed} - {own, CLAIMANT}:
        given = handed.get(CLAIMANT if party == collector else party, 0)
        owed, place = lines.get(party, 0), Place.of(claim.scheme_id, party, claim.district_code)
        expected.partner[partner_account(claim.scheme_id, holder_id)] -= owed
        expected.receivable[receivable_of(place)] += owed - given
        partner_id = claim.bank_id if party == collector else partner_ids(claim).get(party)
        if partner_id is None:
            expected.received[received_of(place)] += given
        else:
            expected.partner[partner_account(claim.scheme_id, partner_id)] += given


def _recalled(expected: _Expected, claim: Claim, recall: Recall) -> None:
    principal, interest = recalled_parts(claim, recall)
    payee = partner_account(claim.scheme_id, claim.bank_id)
    expected.partner[payee] -= recall.total_fen
    expected.clearing[clearing_account(claim.scheme_id)] += recall.principal_fen
    for party in {**principal, **interest}:
        place = Place.of(claim.scheme_id, party, claim.district_code)
        expected.paid[place.account(AccountKind.COMPENSATION_PAID)] -= principal.get(party, 0)
        back = expected.receivable if recall.repaid_on is None else expected.received
        code = receivable_of(place) if recall.repaid_on is None else received_of(place)
        back[code] += principal.get(party, 0) + interest.get(party, 0)


def _compared(expected: _Expected) -> Iterator[Difference]:
    commitments = totals_of_kinds([AccountKind.COMMITMENT])
    promised = {code: fen for code, fen in expected.promised.items() if code in commitments}
    yield from _of(PROMISED, promised, {code: one.held_in_fen for code, one in commitments.items()})
    paid = totals_of_kinds([AccountKind.COMPENSATION_PAID])
    yield from _of(DUE, expected.due, {code: one.held_in_fen for code, one in paid.items()})
    written = {
        code.replace(f":{AccountKind.WRITTEN_OFF}", f":{AccountKind.COMPENSATION_PAID}"): one.posted_fen
        for code, one in totals_of_kinds([AccountKind.WRITTEN_OFF]).items()
    }
    both = {code: one.posted_fen + written.get(code, 0) for code, one in paid.items()}
    yield from _of(KIND_NAMES[AccountKind.COMPENSATION_PAID], expected.paid, both)
    for kinds, said in (
        ((AccountKind.RECOVERY_RECEIVABLE,), expected.receivable),
        (_PARTNERS, expected.partner),
    ):
        stands = {code: one.posted_fen for code, one in totals_of_kinds(kinds).items()}
        yield from _of(KIND_NAMES[kinds[0]], said, stands)
    yield from _of(
        KIND_NAMES[AccountKind.RECOVERY_RECEIVED], expected.received, moved_in(AccountKind.RECOVERY_RECEIVED)
    )
    through = {code: one.posted_fen for code, one in totals_of_kinds([AccountKind.CLEARING]).items()}
    kinds_of = (clearing_account, fee_account, refund_account)
    own = {code: {account(code.split(":")[0]) for account in kinds_of} for code in through}
    known = {code: fen for code, fen in through.items() if code in own[code]}
    yield from _of(KIND_NAMES[AccountKind.CLEARING], expected.clearing, known)


def _of(what: Text, pool: Mapping[str, int], ledger: Mapping[str, int]) -> Iterator[Difference]:
    for code in sorted({*pool, *ledger}):
        if pool.get(code, 0) != ledger.get(code, 0):
            yield Difference(code, what, pool.get(code, 0), ledger.get(code, 0))
