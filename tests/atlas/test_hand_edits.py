"""A value stated by hand: on a document, by two persons, in its place among sources, told to the firm, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.utils import IntegrityError
from django.test import Client
from tests.factories.firms import house_of, let_in, make_firm
from tests.factories.people import make_demo_book, make_membership, make_organisation

from yulin.atlas.core.access import OF_ITSELF
from yulin.atlas.core.portrait import PortraitLine
from yulin.atlas.errors import CorrectionUnreadableError
from yulin.atlas.errors.hand_edits import HandEditDecidedError, HandEditSameHandsError, HandEditUnclearError
from yulin.atlas.models import Firm, HandEdit, RecallNotice, Statement
from yulin.atlas.selectors import facts_of
from yulin.atlas.selectors.portrait import portrait_of
from yulin.atlas.services.hand_editing import NewHandEdit, decide_hand_edit, end_hand_edit, state_by_hand
from yulin.atlas.services.objecting import contest_fact
from yulin.kit import clock
from yulin.kit.documents import read_document
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry, Membership, Notice
from yulin.people.selectors import actor_in

pytestmark = pytest.mark.django_db
TODAY = date(2022, 1, 19)


def _actor(membership: Membership) -> Actor:
    return actor_in(membership, membership.user)


class World:
    """A firm with its house, two persons of the authority, and a bank that the firm lets in."""

    def __init__(self) -> None:
        authority = make_organisation(OrganisationKind.AUTHORITY)
        self.members = [
            make_membership(role, authority)
            for role in (Role.AUTHORITY_OFFICER, Role.AUTHORITY_CHECKER, Role.AUTHORITY_CHECKER)
        ]
        self.officer, self.checker, self.other = map(_actor, self.members)
        self.firm = make_firm()
        self.house = house_of(self.firm)
        self.bank = make_organisation(OrganisationKind.BANK)
        let_in(self.firm, self.bank, {"operation"}, self.house)

    def state(self, actor: Actor | None = None, **other: object) -> HandEdit:
        asked = NewHandEdit(
            self.firm.pk,
            "revenue_fen_2020",
            "1,234.5万元",
            date(2020, 12, 31),
            None,
            "现场核查",
            b"%PDF-1.7 x",
            "核查记录.pdf",
        )
        return state_by_hand(actor=actor or self.officer, asked=replace(asked, **other))

    def client(self, place: int) -> Client:
        client = Client()
        client.force_login(self.members[place].user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client


@pytest.fixture
def world(tmp_path: Path, settings: object) -> World:
    settings.YULIN_HOME = tmp_path / "home"
    make_demo_book(TODAY)
    return World()


def line(firm: Firm, fact: str) -> PortraitLine | None:
    found = portrait_of(firm, OF_ITSELF, on=clock.business_date(), known_at=clock.now())
    return next((one for section in found.sections for one in section.lines if one.fact == fact), None)


def test_it_counts_once_another_person_has_approved_it_and_says_why(world: World) -> None:
    edit = world.state()
    assert line(world.firm, "revenue_fen_2020") is None
    assert read_document(edit.document_sha256) == b"%PDF-1.7 x"
    decide_hand_edit(actor=world.checker, edit_id=edit.pk, is_approved=True)
    shown = line(world.firm, "revenue_fen_2020")
    assert shown is not None
    assert shown.said.value == 12_345_000_00
    assert shown.said.source == "hand-edit"
    why = shown.said.basis.en if shown.said.basis else ""
    assert "现场核查" in why
    assert edit.document_sha256[:12] in why
    assert shown.said.original == ""
    assert facts_of([world.firm.pk], on=TODAY, known_at=clock.now())[world.firm.pk]["revenue_fen_2020"].value == (
        12_345_000_00
    )
    assert Notice.objects.filter(organisation=world.house, kind="atlas.hand_edit").count() == 1
    told = AuditEntry.objects.filter(action__in=["atlas.state_by_hand", "atlas.decide_hand_edit"])
    assert told.count() == 2


def test_a_source_that_is_believed_first_still_counts_and_the_page_says_so(world: World) -> None:
    edit = world.state(fact="staff_count", written="99")  # 60 by the returns, which are believed before
    decide_hand_edit(actor=world.checker, edit_id=edit.pk, is_approved=True)
    shown = line(world.firm, "staff_count")
    assert shown is not None
    assert shown.said.value == 60
    [by_hand] = [one for one in shown.statements if one.said.source == "hand-edit"]
    assert by_hand.why.en == "Its source is believed after 社保与企业年报"


def test_who_stated_it_cannot_approve_it_and_nobody_decides_twice(world: World) -> None:
    edit = world.state(world.checker)
    with pytest.raises(HandEditSameHandsError):
        decide_hand_edit(actor=world.checker, edit_id=edit.pk, is_approved=True)
    with pytest.raises(NotAllowedError):
        decide_hand_edit(actor=world.officer, edit_id=edit.pk, is_approved=True)
    with pytest.raises(HandEditUnclearError):
        decide_hand_edit(actor=world.other, edit_id=edit.pk, is_approved=False)
    decide_hand_edit(actor=world.other, edit_id=edit.pk, is_approved=False, reasons="凭据不足")
    with pytest.raises(HandEditDecidedError):
        decide_hand_edit(actor=world.other, edit_id=edit.pk, is_approved=True)
    with pytest.raises(HandEditDecidedError):
        end_hand_edit(actor=world.officer, edit_id=edit.pk, reason="x")
    assert not Statement.objects.filter(source="hand-edit").exists()


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"fact": "has_serious_dishonesty", "written": "是"}, HandEditUnclearError),  # records have a procedure
        ({"fact": "colour"}, HandEditUnclearError),
        ({"reason": " "}, HandEditUnclearError),
        ({"document_name": ""}, HandEditUnclearError),
        ({"valid_from": date(2022, 1, 20)}, HandEditUnclearError),
        ({"valid_until": date(2020, 12, 31)}, HandEditUnclearError),
        ({"written": "很多"}, CorrectionUnreadableError),
    ],
)
def test_what_is_unclear_is_refused_and_leaves_nothing(
    world: World, other: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error), transaction.atomic():
        world.state(**other)
    assert not HandEdit.objects.exists()


def test_taken_back_it_has_gone_stands_as_it_was_known_and_is_called_back(world: World) -> None:
    edit = world.state()
    decide_hand_edit(actor=world.checker, edit_id=edit.pk, is_approved=True)
    between = clock.now()
    bank = Client()
    bank.force_login(
        make_membership(Role.BANK_CLERK, world.bank).user,
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    answer = bank.get(f"/api/v1/atlas/firms/{world.firm.identifier}/portrait").json()
    [fact] = [one for part in answer["classes"] for one in part["facts"] if one["fact"] == "revenue_fen_2020"]
    assert fact["basis"]["en"] == "Stated by hand on a document that is kept, by two persons"
    end_hand_edit(actor=world.officer, edit_id=edit.pk, reason="凭据系另一年度")
    assert line(world.firm, "revenue_fen_2020") is None
    then = portrait_of(world.firm, OF_ITSELF, on=TODAY, known_at=between)
    assert "revenue_fen_2020" in {one.fact for section in then.sections for one in section.lines}
    assert [one.organisation for one in RecallNotice.objects.filter(recall__fact="revenue_fen_2020")] == [world.bank]
    with pytest.raises(HandEditDecidedError):
        end_hand_edit(actor=world.officer, edit_id=edit.pk, reason="再撤")
    for rows in (HandEdit.objects.all(),):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(reason="改")


def test_the_firm_may_contest_it_and_the_authority_answers(world: World) -> None:
    edit = world.state()
    decide_hand_edit(actor=world.checker, edit_id=edit.pk, is_approved=True)
    person = _actor(make_membership(Role.FIRM_USER, world.house))
    made = contest_fact(actor=person, fact="revenue_fen_2020", reason="审定数不同")
    assert made.routed_to_id == world.officer.organisation_id
    assert made.statement is not None


def test_it_is_stated_checked_and_taken_back_on_the_pages(world: World) -> None:
    officer, checker = world.client(0), world.client(1)
    page = f"/en/firms/{world.firm.pk}/state/"
    assert page in officer.get(f"/en/firms/{world.firm.pk}/").content.decode()
    asked = {"fact": "staff_count", "value": "77", "valid_from": "2021-12-31", "reason": "Visit"}
    unread = {**asked, "value": "many", "file": SimpleUploadedFile("visit.pdf", b"x")}
    assert officer.post(page, unread).status_code == 422
    officer.post(page, {**asked, "file": SimpleUploadedFile("visit.pdf", b"x")})
    edit = HandEdit.objects.get()
    assert "A checker who did not state it decides" in officer.get("/en/hand-edits/").content.decode()
    assert "Check it" in checker.get("/en/hand-edits/").content.decode()
    checker.post(f"/en/hand-edits/{edit.pk}/decide/", {"verdict": "approved"})
    assert "Stated by hand: Visit" in checker.get(f"/en/firms/{world.firm.pk}/").content.decode()
    paper = checker.get(f"/en/hand-edits/{edit.pk}/document/")
    assert b"".join(paper.streaming_content) == b"x"
    assert "attachment" in paper["Content-Disposition"]
    officer.post(f"/en/hand-edits/{edit.pk}/end/", {"reason": "Wrong firm"})
    assert "Wrong firm" in officer.get("/en/hand-edits/?state=decided").content.decode()
    assert "Stated by hand: Visit" not in checker.get(f"/en/firms/{world.firm.pk}/").content.decode()
