"""Who makes audit packs, of what, and what is refused."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from tests.factories.claims import make_claim_law
from tests.factories.people import make_actor
from tests.factories.pool import FIRM_CODES, make_bank, make_enrolment

from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.errors import AuditPackAmbiguousError, AuditPackEmptyError, AuditPackScopeError
from yulin.pool.services.audit_packs.write_audit_pack import write_audit_pack

pytestmark = pytest.mark.django_db


def write(asked: PackScope, actor=SYSTEM_ACTOR) -> bytes:
    out = io.BytesIO()
    write_audit_pack(actor=actor, scope=asked, out=out)
    return out.getvalue()


@pytest.fixture
def law():
    return make_claim_law()


@pytest.fixture
def loan(law):
    return make_enrolment(make_bank()[1], law)


def test_making_a_pack_leaves_an_audit_row_with_the_manifest_s_hash(loan) -> None:
    auditor = make_actor(Role.AUDITOR)
    pack = write(PackScope(loan=loan.loan_number), auditor)
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        digest = hashlib.sha256(opened.read("manifest.json")).hexdigest()
    row = AuditEntry.objects.get(action="pool.make_audit_pack")
    assert (row.subject_id, row.actor_user_id, row.facts["loan"]) == (digest, auditor.user_id, loan.loan_number)


@pytest.mark.parametrize("role", [Role.BANK_CLERK, Role.DISTRICT_OFFICER, Role.AUTHORITY_OFFICER])
def test_nobody_else_makes_a_pack(loan, role) -> None:
    with pytest.raises(NotAllowedError):
        write(PackScope(loan=loan.loan_number), make_actor(role))


def test_a_number_that_nobody_has_and_one_that_two_have_are_refused(loan, law) -> None:
    with pytest.raises(AuditPackEmptyError):
        write(PackScope(claim="C-none"))
    other = make_enrolment(make_bank("second")[1], law, loan_number=loan.loan_number, firm_code=FIRM_CODES[1])
    with pytest.raises(AuditPackAmbiguousError) as caught:
        write(PackScope(loan=loan.loan_number))
    assert caught.value.facts["numbers"] == [loan.number, other.number]
    assert write(PackScope(loan=other.number))


@pytest.mark.parametrize(
    "asked", [{}, {"loan": "a", "claim": "b"}, {"loan": "a", "scheme": "s"}, {"year": 1, "claim": "b"}]
)
def test_a_scope_is_one_thing(asked) -> None:
    with pytest.raises(AuditPackScopeError):
        PackScope(**asked)


def test_a_year_counts_what_was_filed_claimed_or_recovered_in_it(loan) -> None:
    assert write(PackScope(year=loan.confirmed_on.year))
    with pytest.raises(AuditPackEmptyError):
        write(PackScope(year=loan.confirmed_on.year - 1))
