"""What the pool holds of a firm's facts, each reason alone: an enrolled loan, an open claim, an open audit, a recall.

Where a reason ends, what it held goes, unless the loan itself rested on it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.factories.claims import TODAY, make_claim, make_claim_law, make_people
from tests.factories.people import make_actor, make_demo_book, make_organisation
from tests.factories.pool import make_enrolment

from yulin.atlas.adapters.retention_rules import retention_rules
from yulin.atlas.enums import HoldKind
from yulin.atlas.models import AdverseRecord, Firm, RepairDecision, RepairRequest, Statement
from yulin.atlas.services.retaining import decide_retention, due_on, propose_retention, run_retention
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.pool.models import Claim, Enrolment, Recall, SampleAudit, SampleLine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _book(tmp_path: Path, settings: object) -> None:
    settings.YULIN_HOME = tmp_path  # type: ignore[attr-defined] # the fixture of pytest-django
    make_demo_book(TODAY)
    authority = make_organisation(OrganisationKind.AUTHORITY)
    officer, checker = (make_actor(role, authority) for role in (Role.AUTHORITY_OFFICER, Role.AUTHORITY_CHECKER))
    order = propose_retention(actor=officer, rule_id="conduct-ended", reason="已核对条文与试算")
    decide_retention(actor=checker, order_id=order.pk, is_approved=True)


def ended(firm: Firm, *, known_at: datetime = datetime(2016, 1, 1, tzinfo=UTC)) -> Statement:
    """Say of a firm what is over for long; known only after the loan, the loan did not rest on it."""
    return Statement.objects.create(
        firm=firm, fact="is_on_abnormal_list", value=True, source="信用信息公示", valid_from=date(2015, 1, 1),
        valid_until=date(2017, 1, 1), known_at=known_at,
    )  # fmt: skip


def held_for() -> dict[HoldKind, int]:
    return dict(due_on(next(one for one in retention_rules() if one.id == "conduct-ended"), TODAY)[0].kept_for)


def gone() -> int:
    return sum(run.gone_count for run in run_retention(actor=SYSTEM_ACTOR, on=TODAY))


LATER = datetime(2099, 1, 1, tzinfo=UTC)  # after every enrolment of these tests


def test_what_an_enrolled_loan_rested_on_stays_and_what_became_known_later_goes() -> None:
    law, people = make_claim_law(), make_people()
    firm = make_enrolment(people.clerk, law).firm
    kept, _ = ended(firm), ended(firm, known_at=LATER)
    assert held_for() == {HoldKind.ENROLLED: 1}
    assert gone() == 1
    assert list(Statement.objects.filter(fact=kept.fact)) == [kept]


def test_an_open_claim_holds_all_of_its_firm_until_it_has_ended() -> None:
    law, people = make_claim_law(), make_people()
    claim = make_claim(people.clerk, law)
    ended(claim.enrolment.firm, known_at=LATER)
    assert held_for() == {HoldKind.CLAIM: 1}
    assert gone() == 0
    Claim.objects.filter(pk=claim.pk).update(state="withdrawn")
    assert held_for() == {}
    assert gone() == 1


def test_an_open_audit_holds_all_of_the_firms_in_its_sample() -> None:
    law, people = make_claim_law(), make_people()
    claim = make_claim(people.clerk, law)
    Claim.objects.filter(pk=claim.pk).update(state="withdrawn")
    ended(claim.enrolment.firm, known_at=LATER)
    audit = SampleAudit.objects.create(
        scheme_id=law.pack.id, bank_id=claim.bank_id, drawn_on=TODAY, seed="s", claim_count=1, population_fen=100,
        most_bp=200,
    )  # fmt: skip
    SampleLine.objects.create(audit=audit, claim=claim, paid_fen=100)
    assert held_for() == {HoldKind.AUDIT: 1}
    assert gone() == 0
    SampleAudit.objects.update(closed_on=TODAY)
    assert (held_for(), gone()) == ({}, 1)


def test_compensation_that_is_asked_back_holds_until_it_is_repaid() -> None:
    law, people = make_claim_law(), make_people()
    claim = make_claim(people.clerk, law)
    Claim.objects.filter(pk=claim.pk).update(state="withdrawn")
    ended(claim.enrolment.firm, known_at=LATER)
    Recall.objects.create(
        claim=claim, bank_id=claim.bank_id, principal_fen=100, annual_rate_ppm=0, paid_on=TODAY, recalled_on=TODAY,
        clause="一", reason="x",
    )  # fmt: skip
    assert held_for() == {HoldKind.AUDIT: 1}
    Recall.objects.update(repaid_on=TODAY, reference="H1")
    assert (held_for(), gone()) == ({}, 1)


def test_a_repair_that_is_asked_for_holds_its_record_and_its_decision_keeps_it() -> None:
    law, people = make_claim_law(), make_people()
    firm = make_enrolment(people.clerk, law).firm
    Enrolment.objects.update(disbursed_on=date(2014, 1, 1))  # before the record: the loan did not rest on it
    said = ended(firm)
    record = AdverseRecord.objects.create(
        statement=said, decided_on=date(2015, 1, 1), document="x", entered_by=make_organisation(
            OrganisationKind.AUTHORITY
        ), is_ruled=False,
    )  # fmt: skip
    request = RepairRequest.objects.create(record=record, evidence="已缴罚款", asked_on=TODAY)
    assert held_for() == {HoldKind.REPAIR: 1}
    RepairDecision.objects.create(request=request, is_granted=False, reasons="未缴清", decided_on=TODAY)
    assert held_for() == {HoldKind.DECIDED: 1}
    assert gone() == 0
