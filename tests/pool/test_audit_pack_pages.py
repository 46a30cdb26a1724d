"""The page of audit packs: asked for, made in the background, downloaded by those who may."""

from __future__ import annotations

import io
import zipfile
from dataclasses import asdict

import pytest
from tests.factories.claims import make_claim_law
from tests.factories.people import make_actor, make_client
from tests.factories.pool import make_bank, make_enrolment

from yulin.kit.row_security import organisation_scope, scope
from yulin.people.enums import Role
from yulin.people.models import AuditEntry
from yulin.pool.models import AuditPack
from yulin.pool.tasks import make_audit_pack

pytestmark = pytest.mark.django_db


@pytest.fixture
def loan():
    return make_enrolment(make_bank()[1], make_claim_law())


def work(pack):
    """Do what the queue would do."""
    actor = make_actor(Role.AUDITOR)
    make_audit_pack(pack_id=pack.pk, actor={**asdict(actor), "kind": str(actor.kind), "role": str(actor.role)})
    pack.refresh_from_db()
    return pack


def test_an_auditor_asks_for_a_pack_and_downloads_it(loan):
    client = make_client(Role.AUDITOR)
    assert client.post("/en/audit-packs/", {"loan": loan.number}).status_code == 302
    pack = AuditPack.objects.get()
    assert "Waiting" in client.get("/en/audit-packs/list/").content.decode()
    assert client.get(f"/en/audit-packs/{pack.pk}/").status_code == 404
    work(pack)
    assert "Ready" in client.get("/en/audit-packs/").content.decode()
    answer = client.get(f"/en/audit-packs/{pack.pk}/")
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as opened:
        assert "recompute.py" in opened.namelist()
    assert AuditEntry.objects.get(action="pool.make_audit_pack").subject_id == pack.manifest_sha256


def test_a_task_that_runs_twice_makes_one_pack(loan):
    make_client(Role.MANAGER_CLERK).post("/en/audit-packs/", {"loan": loan.number})
    pack = work(AuditPack.objects.get())
    before = pack.manifest_sha256
    assert work(pack).manifest_sha256 == before
    assert AuditEntry.objects.filter(action="pool.make_audit_pack").count() == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "one loan, one claim, or one year"),
        ({"loan": "a", "year": 2021}, "one loan"),
        ({"claim": "x"}, "no enrolment for"),
    ],
)
def test_what_names_nothing_or_two_things_is_refused_with_its_words(loan, asked, said):
    client = make_client(Role.AUDITOR)
    assert said in client.post("/en/audit-packs/", asked).content.decode()
    assert not AuditPack.objects.exists()


@pytest.mark.parametrize("role", [Role.BANK_MANAGER, Role.AUTHORITY_CHECKER, Role.DISTRICT_OFFICER])
def test_nobody_else_sees_the_page(loan, role):
    assert make_client(role).get("/en/audit-packs/").status_code == 403


def test_row_security_hides_packs_from_an_organisation(loan):
    make_client(Role.AUDITOR).post("/en/audit-packs/", {"loan": loan.number})
    with scope(organisation_scope(loan.bank_id)):
        assert not AuditPack.objects.exists()
