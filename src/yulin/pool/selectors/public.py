"""What everybody may read of the pool: partner banks and products, each month's confirmed loans, issued letters.

Invariant: a list names firm, bank, district, day and amount; codes, rates, securities and repayments are not published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hmac import compare_digest
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from yulin.base.text import OWN_CURRENCY, Text
from yulin.kit.signing import canonical
from yulin.pool.core.claims.signed_sheet import digest_of
from yulin.pool.core.public import next_month
from yulin.pool.models import Claim, Enrolment, Partnership, Product
from yulin.pool.selectors.settlement_sheets import code_of, has_sheet, sheet_content

LISTED_STATES = ("confirmed", "conditional", "active", "closed")


@dataclass(frozen=True)
class Offer:
    """One partner bank: its technology units, since when it takes part, what it offers."""

    bank_id: int
    name: Text
    units: Sequence[str]
    schemes: Sequence[str]
    since: date
    products: Sequence[Product]

    def only(self, security: str) -> Offer:
        """Return the offer with the products that accept one form of security."""
        return replace(self, products=[each for each in self.products if security in each.securities])

    @property
    def securities(self) -> set[str]:
        """The forms of security that the bank's products accept."""
        return {each for product in self.products for each in product.securities}


@dataclass(frozen=True)
class ListSums:
    """What one month's list adds up to."""

    loans: int
    firms: int
    lent: Mapping[str, int]  # by currency


def partner_offers(*, on: date) -> list[Offer]:
    """Return the banks that take part on a day, with their open products, by name."""
    held = (
        Partnership.objects.filter(valid_from__lte=on)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on))
        .select_related("bank")
        .order_by("bank__code", "unit_name")
    )
    by_bank: dict[int, list[Partnership]] = {}
    for partnership in held:
        by_bank.setdefault(partnership.bank_id, []).append(partnership)
    products: dict[int, list[Product]] = {}
    for product in Product.objects.filter(is_open=True, bank_id__in=by_bank).order_by("bank_id", "-max_amount_fen"):
        products.setdefault(product.bank_id, []).append(product)
    return [
        Offer(
            bank_id=bank_id,
            name=rows[0].bank.name,
            units=sorted({row.unit_name for row in rows if row.unit_name}),
            schemes=sorted({row.scheme_id for row in rows}),
            since=min(row.valid_from for row in rows),
            products=products.get(bank_id, []),
        )
        for bank_id, rows in by_bank.items()
    ]


@dataclass(frozen=True)
class Letter:
    """What anybody who holds a letter may compare with it."""

    number: str
    firm_name: str
    bank: Text
    scheme: Text
    loan_amount_fen: int
    enrolled_amount_fen: int
    confirmed_on: date
    state: str
    conditional_until: date | None
    currency: str

    @property
    def is_in_force(self) -> bool:
        """Whether what the letter says still stands."""
        return self.state in LISTED_STATES


@dataclass(frozen=True)
class PublicSheet:
    """What anybody who holds a settlement sheet may compare with it: no firm, no loan."""

    content: dict[str, Any]
    sha256: str
    state: str


def listed_enrolments(first: date) -> QuerySet[Enrolment]:
    """Return the loans confirmed in the month that begins on `first`, as they are published."""
    return Enrolment.objects.filter(
        state__in=LISTED_STATES, confirmed_on__gte=first, confirmed_on__lt=next_month(first)
    ).select_related("bank")


def list_sums(first: date) -> ListSums:
    """Return what the list of a month adds up to."""
    listed = listed_enrolments(first).select_related(None).order_by()
    counts = listed.aggregate(loans=Count("pk"), firms=Count("firm_id", distinct=True))
    lent = dict(listed.values_list("pack__currency").annotate(Sum("loan_amount_fen")))
    return ListSums(counts["loans"], counts["firms"], lent or {OWN_CURRENCY: 0})


def latest_list_month(*, today: date, words: str = "") -> date | None:
    """Return the first day of the latest month with a confirmed loan, or with one that `words` find; None if none."""
    listed = Enrolment.objects.filter(state__in=LISTED_STATES, confirmed_on__lte=today)
    if words:
        listed = listed.filter(Q(firm_name__icontains=words) | Q(number__iexact=words))
    return _month(listed.aggregate(day=Max("confirmed_on"))["day"])


def month_before_with_list(first: date) -> date | None:
    """Return the latest month before `first` that has a list."""
    earlier = Enrolment.objects.filter(state__in=LISTED_STATES, confirmed_on__lt=first)
    return _month(earlier.aggregate(day=Max("confirmed_on"))["day"])


def month_after_with_list(first: date, *, today: date) -> date | None:
    """Return the first month after `first` that has a list."""
    later = Enrolment.objects.filter(
        state__in=LISTED_STATES, confirmed_on__gte=next_month(first), confirmed_on__lte=today
    )
    return _month(later.aggregate(day=Min("confirmed_on"))["day"])


def banks_of_list(first: date) -> list[tuple[str, Text]]:
    """Return the banks on a month's list, as choices of a filter."""
    rows = listed_enrolments(first).select_related(None).values_list("bank_id", "bank__name_zh", "bank__name_en")
    return [(str(pk), Text(zh, en or zh)) for pk, zh, en in rows.order_by("bank_id").distinct()]


def district_codes_of_list(first: date) -> list[str]:
    """Return the districts on a month's list."""
    rows = listed_enrolments(first).select_related(None).exclude(district_code="").order_by("district_code")
    return [code for code in rows.values_list("district_code", flat=True).distinct() if code]


def letter_by_code(code: str) -> Letter | None:
    """Return what the letter with this code says today; None where no such letter was issued."""
    if not code:
        return None
    found = Enrolment.objects.filter(verification_code=code).select_related("bank", "pack").first()
    if found is None or found.confirmed_on is None:
        return None
    return Letter(
        number=found.number or "",
        firm_name=found.firm_name,
        bank=found.bank.name,
        scheme=Text(found.pack.title_zh, found.pack.title_en),
        loan_amount_fen=found.loan_amount_fen,
        enrolled_amount_fen=found.enrolled_amount_fen or 0,
        confirmed_on=found.confirmed_on,
        state=found.state,
        conditional_until=found.conditional_until,
        currency=found.pack.currency,
    )


def sheet_by_code(number: str, code: str) -> PublicSheet | None:
    """Return what anybody who holds a settlement sheet may compare with it; None where none such stands."""
    claim = Claim.objects.filter(number=number).select_related("enrolment", "lender", "guarantor", "insurer").first()
    if claim is None or not has_sheet(claim):
        return None
    content = sheet_content(claim)
    if not compare_digest(code_of(content).encode(), code.encode()):
        return None
    return PublicSheet(content, digest_of(canonical(content)), claim.state)


def _month(day: date | None) -> date | None:
    return day.replace(day=1) if day else None
