"""A scheme whose claims chapter is filled, loans in default, claims on every stage of their way."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories.pool import WAN, make_enrolment, make_law

from yulin.people.core.actors import Actor
from yulin.pool.core.deciding import Law
from yulin.pool.models import Claim, Enrolment, MonthlyReturn
from yulin.pool.services.claims.open_claim import open_claim

TODAY = date(2022, 1, 19)
DEFAULTED_ON = date(2021, 12, 20)
RULES: dict[str, Any] = {
    "claim": {"overdue": {"days": 60, "clause": "规程一"}},
    "timetable": {
        "review": {"workdays": 5, "clause": "规程三"},
        "check": {"workdays": 3, "clause": "规程三"},
        "opinion": {"workdays": 5, "clause": "规程三"},
        "supplement": {"workdays": 5, "clause": "规程三"},
        "notice": {"workdays": 5, "clause": "规程三"},
        "appeal": {"workdays": 10, "clause": "规程三"},
    },
    "documents": {"form": {"checks": ["amount", "code", "loan", "dated"], "clause": "规程四"}},
    "diligence": {"purpose": {"clause": "规程五", "text": ["未核查用途", "Purpose not checked"]}},
    "routing": {"amount": {"money": "400万", "clause": "规程六"}, "early_default": {"months": 3, "clause": "规程六"}},
}


def make_claim_law(**more: Any) -> Law:
    """Publish Guangzhou 2021 with its districts and a filled chapter on claims; `more` fills or replaces chapters."""
    return make_law(values={**RULES, **more})


def make_default(actor: Actor, law: Law, *, outstanding_fen: int = 300 * WAN, **fields: Any) -> Enrolment:
    """Enrol a loan of which the return of December 2021 says: 90 days overdue, substandard."""
    enrolment = make_enrolment(actor, law, **fields)
    shown = {"outstanding_fen": outstanding_fen, "overdue_days": 90, "five_class": "substandard"}
    for name, value in {
        **shown, "loan_status": "overdue", "defaulted_on": DEFAULTED_ON, "last_return_month": date(2021, 12, 1),
    }.items():  # fmt: skip
        setattr(enrolment, name, value)
    enrolment.save()
    MonthlyReturn.objects.create(
        enrolment=enrolment, month=date(2021, 12, 1), loan_status="overdue", received_at="2022-01-08T02:00Z", **shown
    )
    return enrolment


def make_claim(actor: Actor, law: Law, **fields: Any) -> Claim:
    """Open a claim on a loan in default."""
    return open_claim(actor=actor, enrolment_id=make_default(actor, law, **fields).pk)
