"""The book's own law of stacking: one person proposes, another puts it in force, and the firm's page follows."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from tests.brain.test_check_up_pages import make_firm, people_of, text
from tests.factories.people import TODAY, make_actor, make_client, make_demo_book

from yulin.base.errors import YulinError
from yulin.brain.models import StackingVersion
from yulin.brain.selectors.stacking_law import law_texts, stacking_law
from yulin.brain.services.stacking import decide_stacking, propose_stacking, withdraw_stacking
from yulin.people.enums import Role
from yulin.people.models import AuditEntry

pytestmark = pytest.mark.django_db
LAW = """\
title: [示例, Example]
benefits:
  prize: {title: [市级奖励, City prize], level: city, area: 4401, titles: [title-techsme], amount: 12万, document: 穗1, verified: yes}
"""  # noqa: E501


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


def propose(actor, law=LAW, base=0):
    return propose_stacking(actor=actor, key="own", base=base, text=law, note="按穗1号")


def refused(code, work):
    with pytest.raises(YulinError) as caught:
        work()
    assert caught.value.code == code
    return str(caught.value)


def test_one_proposes_another_puts_in_force_and_the_firm_sees_it():
    firm = make_firm("91440100YLAAAAAA1X", rd_expense_fen=206_000_000)
    maker, checker = make_actor(Role.AUTHORITY_OFFICER), make_actor(Role.AUTHORITY_CHECKER)
    address, client = f"/zh-hans/check-up/{firm.pk}/stacking/", people_of(firm)
    version = propose(maker)
    assert "prize" not in stacking_law().benefits
    assert "市级奖励" not in text(client.get(address))
    decide_stacking(actor=checker, version_id=version.pk, is_published=True)
    assert "prize" in stacking_law().benefits
    assert "gz-giant-2025" in stacking_law().benefits  # what ships stays beside it
    seen = text(client.get(address))
    assert "市级奖励" in seen
    assert "12.00" in seen
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"brain.propose_stacking", "brain.publish_stacking"} <= actions


def test_nobody_checks_their_own_and_a_return_needs_its_reason():
    both, other = make_actor(Role.AUTHORITY_CHECKER), make_actor(Role.AUTHORITY_CHECKER)
    version = propose(both)
    refused("BRAIN.POLICY.SAME_PERSON", lambda: decide_stacking(actor=both, version_id=version.pk, is_published=True))
    refused("BRAIN.POLICY.REASON", lambda: decide_stacking(actor=other, version_id=version.pk, is_published=False))
    decide_stacking(actor=other, version_id=version.pk, is_published=False, reason="条号不对")
    refused("BRAIN.POLICY.STATE", lambda: decide_stacking(actor=other, version_id=version.pk, is_published=True))
    assert "own" not in law_texts()


def test_what_does_not_hold_is_refused_with_its_line_and_nothing_is_kept():
    maker = make_actor(Role.AUTHORITY_OFFICER)
    said = refused("RULES.PACK.FORM", lambda: propose(maker, LAW.replace("12万", "0")))
    assert "own.yaml:3, benefits.prize.amount" in said
    circle = LAW + "rules: {a: {kind: needs, of: [prize], to: [gz-giant-2025], document: 穗1, verified: yes},"
    circle += " b: {kind: needs, of: [gz-giant-2025], to: [prize], document: 穗1, verified: yes}}"
    assert "gz-giant-2025 → prize → gz-giant-2025" in refused("BRAIN.STACKING.CIRCLE", lambda: propose(maker, circle))
    assert not StackingVersion.objects.exists()


def test_two_at_once_and_nothing_new_are_refused():
    maker, checker = make_actor(Role.AUTHORITY_OFFICER), make_actor(Role.AUTHORITY_CHECKER)
    version = propose(maker)
    refused("BRAIN.POLICY.STALE", lambda: propose(checker, LAW.replace("12万", "13万")))
    decide_stacking(actor=checker, version_id=version.pk, is_published=True)
    refused("BRAIN.POLICY.STALE", lambda: propose(maker, LAW.replace("12万", "13万")))
    refused("BRAIN.STACKING.NOTHING_NEW", lambda: propose(maker, base=1))
    again = propose(maker, LAW.replace("12万", "13万"), base=1)
    withdraw_stacking(actor=maker, version_id=again.pk)
    assert stacking_law().benefits["prize"].amount_fen == 12_000_000


def test_a_version_never_changes_in_the_database():
    version = propose(make_actor(Role.AUTHORITY_OFFICER))
    with pytest.raises(IntegrityError), transaction.atomic():
        StackingVersion.objects.filter(pk=version.pk).update(text="title: [a, b]")
    with pytest.raises(IntegrityError), transaction.atomic():
        version.delete()


def test_the_page_takes_a_proposal_and_the_other_person_decides_on_it():
    officer, checker = make_client(Role.AUTHORITY_OFFICER), make_client(Role.AUTHORITY_CHECKER)
    sent = {"key": "own", "text": LAW, "note": "按穗1号", "base": 0}
    wrong = officer.post("/zh-hans/stacking/", sent | {"text": LAW.replace("city,", "town,")})
    assert wrong.status_code == 422
    assert "own.yaml:3" in text(wrong)
    assert officer.post("/zh-hans/stacking/", sent).status_code == 302
    version = StackingVersion.objects.get()
    seen = text(checker.get("/zh-hans/stacking/"))
    assert "待复核：own" in seen
    assert "合计上限" in seen
    decided = checker.post(f"/zh-hans/stacking/versions/{version.pk}/decide/", {"verdict": "publish"})
    assert decided.status_code == 302
    page = text(checker.get("/en/stacking/?key=own"))
    assert "amount: 12万" in page
    assert checker.post("/en/stacking/versions/999/decide/", {"verdict": "publish"}).status_code == 404
