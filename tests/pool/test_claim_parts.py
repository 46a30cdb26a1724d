"""The joint meeting before a decision, and the event that makes a later instalment due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.factories.claims import RULES, TODAY, checked, decided, make_people
from tests.factories.people import make_actor, make_client, make_demo_book
from tests.factories.pool import GUANGZHOU

from yulin.kit.row_security import organisation_scope, scope
from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry
from yulin.pool.adapters.packs import laws_of
from yulin.pool.enums import ClaimState
from yulin.pool.errors import PoolError
from yulin.pool.models import Claim, Enrolment, InstalmentEvent, JointMeeting, Voucher
from yulin.pool.selectors.claim_case import law_of, settled
from yulin.pool.selectors.payouts import vouchers_to_pay
from yulin.pool.services.claims.deciding import decide_claim, deny_claim
from yulin.pool.services.claims.instalments import Stated, state_event
from yulin.pool.services.claims.meetings import Member, Minutes, record_meeting
from yulin.rules.adapters.shipped import shipped_texts
from yulin.rules.services import draft_pack, draft_shipped_pack, publish_pack

pytestmark = pytest.mark.django_db
MEMBERS = (Member("甲", "市科技局"), Member("乙", "市财政局"))
INSTALMENTS = """    instalments:
      first: 75%
      second: {at: 25%, due: {recovery_ended: {}, decree: {years: 3, approved_from: 2013-01-01}}, clause: 十}
"""


def publish(texts, values):
    maker, checker = make_actor(Role.AUTHORITY_OFFICER), make_actor(Role.AUTHORITY_CHECKER)
    for pack_id in GUANGZHOU[:-1]:
        publish_pack(actor=checker, draft_id=draft_shipped_pack(actor=maker, pack_id=pack_id).pk)
    draft = draft_pack(actor=maker, texts=texts, manager_values=values)
    publish_pack(actor=checker, draft_id=draft.pk)
    return laws_of(GUANGZHOU[-1])[-1]


def make_law_with(**rules):
    text = shipped_texts(GUANGZHOU[-1])["pack.yaml"].replace("    caps:\n", f"{INSTALMENTS}    caps:\n", 1)
    return publish({"pack.yaml": text}, {**RULES, **rules})


@pytest.fixture
def people():
    make_demo_book(TODAY)
    return make_people()


def minutes(**changed):
    said = {
        "held_on": TODAY,
        "agenda": "审议",
        "members": MEMBERS,
        "opinion": "同意",
        "file_name": "纪要.pdf",
        "content": b"m",
    }
    return Minutes(**said | changed)


def code_of(work):
    with pytest.raises(PoolError) as caught:
        work()
    return caught.value.code


# --- joint meeting ---

MEETING = {
    "routing": {**RULES["routing"], "joint_meeting": {"money": "200万", "clause": "规程六"}},
    "timetable": {**RULES["timetable"], "joint_meeting": {"workdays": 7, "clause": "规程三"}},
}


def decide(people, claim):
    claim.refresh_from_db()
    shown = settled(claim, law_of(claim), on=TODAY).public_fen
    return decide_claim(actor=people.authority, claim_id=claim.pk, version=None, shown_public_fen=shown)


def record(people, claim, **changed):
    return record_meeting(
        actor=people.authority, claim_id=claim.pk, version=None, minutes=minutes(**changed), limit_bytes=1_000
    )


def test_a_large_claim_is_decided_on_a_meetings_minutes_and_its_clocks_follow_one_another(people):
    claim = checked(people, make_law_with(**MEETING))
    assert claim.due_on == date(2022, 1, 28)  # seven working days
    assert code_of(lambda: decide(people, claim)) == "POOL.CLAIM.MEETING_NEEDED"
    denied = lambda: deny_claim(actor=people.authority, claim_id=claim.pk, version=None, clause="四", note="无")  # noqa: E731
    assert code_of(denied) == "POOL.CLAIM.MEETING_NEEDED"
    kept = record(people, claim)
    claim.refresh_from_db()
    assert claim.due_on == date(2022, 1, 26)  # five working days for the decision, from the meeting on
    assert (kept.members[1]["house"], len(kept.minutes_sha256)) == ("市财政局", 64)
    assert decide(people, claim).state == ClaimState.DECIDED
    assert AuditEntry.objects.get(action="pool.meeting_claim").facts["members"] == 2


def test_a_smaller_claim_needs_no_meeting(people):
    rule = {"routing": {**MEETING["routing"], "joint_meeting": {"money": "300.01万", "clause": "规程六"}}}
    claim = checked(people, make_law_with(**rule))
    assert decide(people, claim).state == ClaimState.DECIDED


@pytest.mark.parametrize(
    "changed",
    [
        {"held_on": TODAY - timedelta(days=1)},
        {"held_on": TODAY + timedelta(days=1)},
        {"members": MEMBERS[:1]},
        {"opinion": " "},
    ],
)
def test_a_meeting_that_does_not_hold_is_not_recorded(people, changed):
    claim = checked(people, make_law_with(**MEETING))
    assert code_of(lambda: record(people, claim, **changed)) == "POOL.CLAIM.MEETING"
    assert JointMeeting.objects.count() == 0


def test_only_the_authority_records_and_the_record_stays(people):
    claim = checked(people, make_law_with(**MEETING))
    with pytest.raises(NotAllowedError):
        record_meeting(actor=people.clerk, claim_id=claim.pk, version=None, minutes=minutes(), limit_bytes=1_000)
    record(people, claim)
    assert JointMeeting.objects.update(opinion="不同意") == 0  # no policy lets anybody change a row
    with scope(organisation_scope(claim.bank_id)):
        assert JointMeeting.objects.count() == 1
    with scope(organisation_scope(claim.bank_id + 10_000)):
        assert JointMeeting.objects.count() == 0


def test_the_page_takes_the_minutes_and_gives_them_back(people):
    claim = checked(people, make_law_with(**MEETING))
    client = make_client(Role.AUTHORITY_OFFICER)
    address = f"/en/claims/{claim.pk}/"
    assert "Record the meeting" in client.get(address).content.decode()
    sent = {
        "do": "meeting", "held_on": TODAY.isoformat(), "agenda": "Claim", "members": "甲，市科技局\n乙, 市财政局",
        "opinion": "agreed", "file": SimpleUploadedFile("minutes.pdf", b"m"), "version": claim.version,
    }  # fmt: skip
    half = client.post(address, sent | {"members": "甲", "file": SimpleUploadedFile("minutes.pdf", b"m")})
    assert half.status_code == 422
    page = client.post(address, sent, follow=True).content.decode()
    kept = JointMeeting.objects.get()
    assert "minutes.pdf" in page
    assert b"".join(client.get(f"{address}minutes/{kept.pk}/").streaming_content) == b"m"
    assert client.get(f"{address}minutes/{kept.pk + 1}/").status_code == 404


# --- later instalments ---


@pytest.fixture
def waiting(people):
    claim = decided(people, make_law_with())
    Claim.objects.filter(pk=claim.pk).update(state="approved", notice_until=TODAY)
    Voucher.objects.filter(claim=claim, instalment=1).update(state="paid", paid_on=TODAY)
    claim.refresh_from_db()
    return claim


def stated(actor, claim, event="recovery_ended", on=TODAY, instalment=2):
    said = Stated(instalment, event, on, "终结执行裁定", "裁定.pdf", b"ruling")
    return state_event(actor=actor, claim_id=claim.pk, version=None, stated=said, limit_bytes=1_000)


def test_the_second_part_waits_for_its_event_and_is_payable_from_then_on(people, waiting):
    second = Voucher.objects.filter(claim=waiting, instalment=2)
    assert {one.awaits_event for one in second} == {True}
    assert list(vouchers_to_pay()) == []
    stated(people.reviewer, waiting)
    assert set(vouchers_to_pay()) == set(second)


@pytest.mark.parametrize(
    ("on", "approved_on", "due_on"),
    [
        (date(2019, 1, 19), date(2013, 1, 1), date(2022, 1, 19)),
        (date(2019, 1, 20), date(2013, 1, 1), date(2022, 1, 20)),
    ],
)
def test_a_decree_makes_it_due_three_years_later(people, waiting, on, approved_on, due_on):
    Enrolment.objects.filter(pk=waiting.enrolment_id).update(confirmed_on=approved_on)
    assert stated(people.reviewer, waiting, "decree", on).due_on == due_on
    assert bool(vouchers_to_pay()) == (due_on <= TODAY)


def test_what_does_not_make_it_due_is_refused(people, waiting):
    actor = people.reviewer
    Enrolment.objects.filter(pk=waiting.enrolment_id).update(confirmed_on=date(2012, 12, 31))
    wrong = [("decree", TODAY, 2), ("flood", TODAY, 2), ("recovery_ended", TODAY + timedelta(days=1), 2)]
    wrong += [("recovery_ended", TODAY, 1), ("recovery_ended", TODAY, 3)]
    for event, on, instalment in wrong:
        assert code_of(lambda e=event, o=on, i=instalment: stated(actor, waiting, e, o, i)) == (
            "POOL.CLAIM.INSTALMENT_EVENT"
        )
    stated(actor, waiting)
    assert code_of(lambda: stated(actor, waiting)) == "POOL.CLAIM.INSTALMENT_EVENT"
    with pytest.raises(NotAllowedError):
        stated(people.clerk, waiting)
    assert InstalmentEvent.objects.count() == 1


def test_the_page_states_the_event_with_its_evidence(people, waiting):
    client = make_client(Role.MANAGER_CLERK)
    address = f"/en/claims/{waiting.pk}/"
    assert "waits for its event" in client.get(address).content.decode()
    sent = {
        "do": "event", "instalment": "2", "event": "recovery_ended", "on": TODAY.isoformat(), "note": "ruling",
        "file": SimpleUploadedFile("ruling.pdf", b"r"), "version": waiting.version,
    }  # fmt: skip
    page = client.post(address, sent, follow=True).content.decode()
    kept = InstalmentEvent.objects.get()
    assert "ruling.pdf" in page
    assert b"".join(client.get(f"{address}evidence/{kept.pk}/").streaming_content) == b"r"
