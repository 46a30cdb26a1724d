"""Facts that leave as a file: two people, a purpose, masked by right, marked on every line, in every log."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader
from tests.factories.firms import make_firm
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation

from yulin.atlas.core.exports import MASK
from yulin.atlas.errors.exports import (
    ExportClosedError,
    ExportDecidedError,
    ExportNotFoundError,
    ExportSameHandsError,
    ExportUnclearError,
)
from yulin.atlas.models import ExportRequest, ExportTaking, Firm, Reading, Statement
from yulin.atlas.services import exporting
from yulin.atlas.services.exporting import NewExport, ask_export, decide_export, take_export
from yulin.kit import clock
from yulin.kit.row_security import organisation_scope, scope
from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry

pytestmark = pytest.mark.django_db
CLASSES = frozenset({"operation", "innovation"})


class World:
    """Two firms, an authority with an officer and two checkers."""

    def __init__(self) -> None:
        make_demo_book()
        self.authority = make_organisation(OrganisationKind.AUTHORITY)
        self.officer = make_actor(Role.AUTHORITY_OFFICER, self.authority)
        self.checker = make_actor(Role.AUTHORITY_CHECKER, self.authority)
        self.firms: list[Firm] = [make_firm(1), make_firm(2)]

    def ask(self, **other: object) -> ExportRequest:
        fields = {"codes": [one.identifier for one in self.firms], "classes": CLASSES, "purpose": "年度绩效评价"}
        return ask_export(actor=self.officer, asked=NewExport(**{**fields, **other}))  # type: ignore[arg-type]

    def approved(self) -> ExportRequest:
        made = self.ask()
        decide_export(actor=self.checker, request_id=made.pk, is_approved=True)
        return made


@pytest.fixture
def world() -> World:
    return World()


def test_values_above_the_askers_level_leave_masked_and_every_line_is_marked(world: World) -> None:
    request = world.approved()
    taken = take_export(actor=world.officer, request_id=request.pk, file_format="csv")
    found = [(one.firm_code, one.label.en, one.value.en, one.is_masked) for one in taken.lines]
    codes = sorted(one.identifier for one in world.firms)
    assert found == [
        line
        for code in codes
        for line in ((code, "Employees", MASK, True), (code, "R&D expense 2020", "CNY 300.00万", False))
    ]
    assert taken.mark.startswith(f"EX{request.pk} · {world.officer.name} · ")
    [kept] = ExportTaking.objects.all()
    assert (kept.file_format, kept.line_count, kept.masked_count) == ("csv", 4, 2)
    reads = Reading.objects.values_list("channel", "organisation_id", "user_id")
    assert list(reads) == [("export", world.authority.pk, world.officer.user_id)] * 2


def test_a_checkers_file_holds_the_values_but_never_whole_numbers_of_people(world: World) -> None:
    firm = world.firms[0]
    Statement.objects.create(
        firm=firm, fact="list_number", value="张三 440106199003071234 13812345678", source="s", valid_from="2021-01-01",
    )  # fmt: skip
    other = make_actor(Role.AUTHORITY_CHECKER, world.authority)
    asked = NewExport([firm.identifier], frozenset({"operation", "assessed"}), "x")
    request = ask_export(actor=world.checker, asked=asked)
    decide_export(actor=other, request_id=request.pk, is_approved=True)
    taken = take_export(actor=world.checker, request_id=request.pk, file_format="csv")
    assert ("Employees", "60") in [(one.label.en, one.value.en) for one in taken.lines]
    assert "张三 440106********1234 138****5678" in [one.value.zh for one in taken.lines]


def test_one_asks_and_another_approves(world: World) -> None:
    request = world.ask()
    with pytest.raises(ExportClosedError):
        take_export(actor=world.officer, request_id=request.pk, file_format="csv")
    with pytest.raises(NotAllowedError):
        decide_export(actor=world.officer, request_id=request.pk, is_approved=True)
    own = ask_export(actor=world.checker, asked=NewExport([world.firms[0].identifier], CLASSES, "x"))
    with pytest.raises(ExportSameHandsError):
        decide_export(actor=world.checker, request_id=own.pk, is_approved=True)
    stranger = make_actor(Role.AUTHORITY_CHECKER)
    with pytest.raises(ExportNotFoundError):
        decide_export(actor=stranger, request_id=request.pk, is_approved=True)
    with pytest.raises(ExportUnclearError):
        decide_export(actor=world.checker, request_id=request.pk, is_approved=False, reasons=" ")
    decide_export(actor=world.checker, request_id=request.pk, is_approved=False, reasons="用途不清")
    with pytest.raises(ExportDecidedError):
        decide_export(actor=world.checker, request_id=request.pk, is_approved=True)
    with pytest.raises(ExportClosedError):
        take_export(actor=world.officer, request_id=request.pk, file_format="csv")
    assert ExportTaking.objects.count() == Reading.objects.count() == 0


def test_only_who_asked_takes_it_and_only_for_some_days(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    request = world.approved()
    with pytest.raises(ExportClosedError):
        take_export(actor=world.checker, request_id=request.pk, file_format="csv")
    now = clock.now()
    for days, is_open in ((6.9, True), (7.1, False)):
        monkeypatch.setattr(clock, "now", lambda days=days: now + timedelta(days=days))
        if is_open:
            take_export(actor=world.officer, request_id=request.pk, file_format="csv")
        else:
            with pytest.raises(ExportClosedError):
                take_export(actor=world.officer, request_id=request.pk, file_format="csv")


@pytest.mark.parametrize(
    "wrong",
    [
        {"codes": []},
        {"codes": ["91440112YL0000099X"]},
        {"classes": frozenset()},
        {"classes": frozenset({"nothing"})},
        {"purpose": " "},
    ],
)
def test_an_unclear_request_is_refused(world: World, wrong: dict[str, object]) -> None:
    with pytest.raises(ExportUnclearError):
        world.ask(**wrong)
    assert ExportRequest.objects.count() == 0


def test_too_many_firms_are_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_FIRMS", 1)
    with pytest.raises(ExportUnclearError):
        world.ask()


def test_banks_ask_for_none(world: World) -> None:
    with pytest.raises(NotAllowedError):
        ask_export(actor=make_actor(Role.BANK_MANAGER), asked=NewExport([world.firms[0].identifier], CLASSES, "x"))
    assert make_client(Role.BANK_MANAGER).get("/en/exports/").status_code == 403


def test_the_pages_lead_from_the_request_to_three_marked_files(world: World) -> None:
    officer, checker = (make_client(role, world.authority) for role in (Role.AUTHORITY_OFFICER, Role.AUTHORITY_CHECKER))
    form = {"codes": world.firms[0].identifier, "classes": ["operation", "innovation"], "purpose": "评价"}
    assert "ATLAS.EXPORT.UNCLEAR" in officer.post("/en/exports/", {**form, "codes": "x"}).content.decode()
    assert officer.post("/en/exports/", form).status_code == 302
    made = ExportRequest.objects.get()
    page = f"/en/exports/{made.pk}/"
    assert "Take the file" not in officer.get(page).content.decode()
    assert checker.post(f"{page}decide/", {"verdict": "approved"}).status_code == 302
    assert "Take the file" in officer.get(page).content.decode()
    assert "Take the file" not in checker.get(page).content.decode()
    files = {one: officer.post(f"{page}take/", {"format": one}) for one in ("csv", "xlsx", "pdf")}
    contents = {one: b"".join(answer) for one, answer in files.items()}
    mark = f"EX{made.pk} · "
    rows = list(csv.reader(StringIO(contents["csv"].decode("utf-8-sig"))))
    assert len(rows) == 3
    assert all(row[-1].startswith(mark) for row in rows[1:])
    sheet = openpyxl.load_workbook(BytesIO(contents["xlsx"])).active
    assert [str(row[-1]).startswith(mark) for row in sheet.iter_rows(min_row=2, values_only=True)] == [True, True]
    pages = PdfReader(BytesIO(contents["pdf"])).pages
    assert all(f"EX{made.pk}" in one.extract_text() for one in pages)
    assert officer.post(f"{page}take/", {"format": "exe"}).status_code == 404
    assert make_client(Role.MANAGER_CHECKER).get(page).status_code == 404
    assert make_client(Role.AUDITOR).get(page).status_code == 200
    assert AuditEntry.objects.filter(action="atlas.take_export").count() == 3


def test_requests_are_never_changed_and_no_partner_sees_one(world: World) -> None:
    world.approved()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ExportRequest.objects.update(purpose="x")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ExportRequest.firms.through.objects.all().delete()
    bank = make_organisation(OrganisationKind.BANK)
    with scope(organisation_scope(bank.pk)):
        assert ExportRequest.objects.count() == ExportRequest.firms.through.objects.count() == 0
