"""Yearly certificates on recoveries: a task for each lender and year, filed by the lender, compared with the book."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from tests.factories.claims import make_claim_law
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation
from tests.factories.pool import WAN, make_bank
from tests.pool.test_recoveries import REMIT, make_debt

from yulin.kit import clock
from yulin.kit.row_security import organisation_scope, scope
from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry
from yulin.pool.core.certificates import ProofYear
from yulin.pool.errors import CertificateDayError, CertificateNotOwedError
from yulin.pool.models import Claim, RecoveryCertificate
from yulin.pool.selectors.certificates import certificate_tasks, open_certificates
from yulin.pool.services.recoveries.enter_recovery import Received, enter_recovery
from yulin.pool.services.recoveries.file_certificate import Certified, file_certificate
from yulin.pool.services.recoveries.remit import record_remittance

pytestmark = pytest.mark.django_db
PROOF = {"as_of": "12-31", "due": "03-31", "clause": "规程十"}
YEAR = date(2022, 12, 31)
DUE = date(2023, 3, 31)
FILED_ON = date(2023, 2, 20)


@pytest.fixture
def clerk():
    make_demo_book(date(2022, 1, 19))
    return make_bank()[1]


@pytest.fixture
def claim(clerk):
    """A claim that was paid on 14 January 2022, 20万 of which came back and 18万 were handed over."""
    claim = make_debt(clerk, make_claim_law(timetable=REMIT, **{"recovery.certificate": PROOF}))
    enter_recovery(actor=clerk, claim_id=claim.pk, received=Received(date(2022, 1, 18), 20 * WAN, reference="LS1"))
    record_remittance(
        actor=make_actor(Role.MANAGER_CLERK), claim_id=claim.pk, on=date(2022, 1, 19), amount_fen=18 * WAN,
        reference="HD1",
    )  # fmt: skip
    return claim


def certified(signed_on=FILED_ON, received=20 * WAN, remitted=18 * WAN, content=b"certificate"):
    return Certified("示例会计师事务所", signed_on, received, remitted, "审计证明.pdf", content)


def filed(clerk, paper, *, scheme_id, as_of=YEAR, on=FILED_ON):
    with clock.standing_on(on):
        return file_certificate(actor=clerk, scheme_id=scheme_id, as_of=as_of, certified=paper, limit_bytes=1_000_000)


@pytest.mark.parametrize(
    ("today", "count", "is_overdue"),
    [(YEAR, 0, None), (date(2023, 1, 1), 1, False), (DUE, 1, False), (date(2023, 4, 1), 1, True)],
    ids=["last day of the year", "day after", "last day", "day after the last day"],
)
def test_a_year_is_owed_from_its_end_and_overdue_after_its_last_day(clerk, claim, today, count, is_overdue):
    tasks = open_certificates(clerk, today=today)
    assert [(one.bank_id, one.year) for one in tasks] == [
        (claim.bank_id, ProofYear(date(2022, 1, 1), YEAR, DUE))
    ] * count
    assert [one.year.is_overdue(today) for one in tasks] == [is_overdue] * count


def test_a_bank_that_was_compensated_on_the_last_day_owes_that_year_and_the_next_day_does_not(clerk, claim):
    for paid_on, count in ((YEAR, 1), (date(2023, 1, 1), 0)):
        Claim.objects.filter(pk=claim.pk).update(paid_on=paid_on)
        assert len(open_certificates(clerk, today=date(2023, 6, 1))) == count


def test_a_scheme_that_asks_for_none_owes_none(clerk):
    make_debt(clerk, make_claim_law(timetable=REMIT))
    assert certificate_tasks(clerk, today=date(2024, 1, 1)) == []


def test_a_certificate_closes_its_task_and_stands_beside_the_book(clerk, claim):
    kept = filed(clerk, certified(received=21 * WAN), scheme_id=claim.scheme_id)
    assert (kept.book_received_fen, kept.book_remitted_fen, kept.filed_on) == (20 * WAN, 18 * WAN, FILED_ON)
    assert (kept.difference_fen, kept.remitted_difference_fen) == (WAN, 0)
    assert open_certificates(clerk, today=date(2023, 4, 1)) == []
    assert certificate_tasks(clerk, today=date(2023, 4, 1))[0].certificate == kept
    assert AuditEntry.objects.get(action="pool.file_certificate").facts["sha256"] == kept.sha256


def test_the_same_paper_is_one_certificate_and_another_takes_its_place(clerk, claim):
    first = filed(clerk, certified(), scheme_id=claim.scheme_id)
    assert filed(clerk, certified(), scheme_id=claim.scheme_id) == first
    second = filed(clerk, certified(content=b"corrected"), scheme_id=claim.scheme_id)
    first.refresh_from_db()
    assert (first.is_current, second.is_current, RecoveryCertificate.objects.count()) == (False, True, 2)


@pytest.mark.parametrize("signed_on", [YEAR, date(2023, 2, 21)], ids=["on the year's last day", "tomorrow"])
def test_a_certificate_is_signed_after_its_year_and_not_tomorrow(clerk, claim, signed_on):
    with pytest.raises(CertificateDayError):
        filed(clerk, certified(signed_on), scheme_id=claim.scheme_id)


def test_what_is_not_owed_is_not_taken(clerk, claim):
    with pytest.raises(CertificateNotOwedError):
        filed(clerk, certified(), scheme_id=claim.scheme_id, as_of=date(2021, 12, 31))
    with pytest.raises(NotAllowedError):
        filed(make_actor(Role.MANAGER_CLERK), certified(), scheme_id=claim.scheme_id)


def test_other_banks_and_districts_see_none(clerk, claim):
    kept = filed(clerk, certified(), scheme_id=claim.scheme_id)
    other = make_bank()[1]
    district = make_actor(Role.DISTRICT_OFFICER, make_organisation(OrganisationKind.DISTRICT, district_code="440112"))
    for actor in (other, district):
        assert certificate_tasks(actor, today=date(2023, 4, 1)) == []
    with scope(organisation_scope(other.organisation_id)):
        assert not RecoveryCertificate.objects.filter(pk=kept.pk).exists()
    manager = make_actor(Role.MANAGER_CLERK)
    assert [one.certificate for one in certificate_tasks(manager, today=date(2023, 4, 1))] == [kept]


def test_the_page_takes_a_certificate_and_gives_it_back(claim):
    client = make_client(Role.BANK_CLERK, Claim.objects.get(pk=claim.pk).bank)
    with translation.override("en"):
        at = reverse("pool:certificates")
        paper_at = reverse("pool:certificate-paper", args=[0])
    with clock.standing_on(FILED_ON):
        assert "Due on" in client.get(at).content.decode()
        answer = client.post(
            at,
            {
                "year": f"{claim.scheme_id}:{YEAR}", "auditor_name": "示例会计师事务所", "signed_on": "2023-02-20",
                "received": "200,000", "remitted": "170,000",
                "file": SimpleUploadedFile("proof.pdf", b"certificate"),
            },
        )  # fmt: skip
        assert (answer.status_code, answer["Location"]) == (302, at)
        page = client.get(at).content.decode()
        assert "They differ" in page
        kept = RecoveryCertificate.objects.get()
        paper = client.get(paper_at.replace("/0/", f"/{kept.pk}/"))
    assert b"".join(paper.streaming_content) == b"certificate"
