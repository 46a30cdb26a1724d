"""Every page that a role can open: one heading, labelled fields, both languages, few queries, little weight."""

from __future__ import annotations

import gzip
import re
from datetime import date
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.people import make_client, make_demo_book, make_membership, make_organisation
from tests.factories.pool import WAN, enrol, loan, make_bank, make_law
from tests.web.reading import read
from tests.web.test_matrix import addresses

from yulin.base.text import Text
from yulin.people import services
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import User
from yulin.pool.services.board import snapshot_board

pytestmark = pytest.mark.django_db

PUBLIC = (
    "",
    "board/lent/",
    "board/hnte/",
    "board/units/",
    "lists/",
    "lists/2021-12/",
    "banks/",
    "verify/",
    "objections/",
    "accessibility/",
    "account/login/",
)
SIGNED_IN = {
    Role.BANK_CLERK: ("home/", "answers/", "uploads/", "enrolments/", "returns/", "schemes/", "products/", "notices/"),
    Role.BANK_MANAGER: ("home/", "people/"),
    Role.MANAGER_CLERK: ("home/", "review/", "enrolments/", "returns/", "uploads/", "partnerships/"),
    Role.MANAGER_CHECKER: ("home/", "review/"),
    Role.AUTHORITY_OFFICER: ("home/", "schemes/", "moves/", "calendar/", "budgets/"),
    Role.AUTHORITY_CHECKER: ("home/", "board/lent/", "board/firms/", "board/lines/", "audit/"),
    Role.DISTRICT_OFFICER: ("home/", "enrolments/", "budgets/"),
    Role.GUARANTOR_OFFICER: ("home/",),
    Role.INSURER_OFFICER: ("home/",),
    Role.FIRM_USER: ("home/",),
    Role.PARK_OFFICER: ("home/",),
    Role.SERVICE_OFFICER: ("home/",),
    Role.INVESTOR: ("home/",),
    Role.EXPERT: ("home/",),
    Role.TALENT: ("home/",),
    Role.AUDITOR: ("home/", "audit/", "enrolments/", "board/pure-credit/"),
    Role.OPERATOR: ("home/", "people/", "audit/"),
}
MOST_QUERIES = 30
MOST_BYTES = 300_000


@pytest.fixture(autouse=True)
def book() -> None:
    make_demo_book()
    _, clerk = make_bank("Demo Bank")
    enrol(clerk, make_law(), loan(firm_name="Demo Firm"), loan(firm_name="Demo Firm", loan_amount_fen=300 * WAN))
    snapshot_board(actor=SYSTEM_ACTOR, as_of=date(2021, 12, 31))
    existing = {address.removeprefix("/zh-hans/") for address in addresses().values()}
    for role, pages in SIGNED_IN.items():
        SIGNED_IN[role] = tuple(page for page in pages if page in existing or page.startswith("board/"))


def clients() -> list[tuple[str, Client, tuple[str, ...]]]:
    signed_in = []
    for role, pages in SIGNED_IN.items():
        client = make_client(role)
        User.objects.update(name="Demo Person", name_en="Demo Person")
        signed_in.append((str(role), client, pages))
    return [("public", Client(), PUBLIC), *signed_in]


def test_every_page_reads_well_in_both_languages() -> None:
    wrong = []
    for who, client, pages in clients():
        for path in pages:
            for language in ("zh-hans", "en"):
                with CaptureQueriesContext(
                    connection,
                ) as queries:
                    answer = client.get(f"/{language}/{path}", follow=True)
                faults = (
                    faults_of(answer.content.decode(), language)
                    if answer.status_code == 200
                    else [f"status {answer.status_code}"]
                )
                if len(queries) > MOST_QUERIES:
                    faults.append(f"{len(queries)} queries")
                wrong += [f"{who} /{language}/{path}: {fault}" for fault in faults]
    assert not wrong, "\n".join(sorted(set(wrong)))


def faults_of(html: str, language: str) -> list[str]:
    page = read(html)
    faults = list(page.faults)
    if page.headings.count("h1") != 1:
        faults.append(f"{page.headings.count('h1')} main headings")
    faults += [f"no label: {name}" for name in page.unlabelled()] + page.jumps()
    faults += [f"id twice: {name}" for name in {each for each in page.ids if page.ids.count(each) > 1}]
    faults += ["dead link" for href in page.links if href in {"", "#"}]
    if language == "en":
        faults += [f"Chinese: {text}" for text in page.foreign if "示例" not in text]  # the factories' own names
    weight = len(gzip.compress(html.encode())) + sum(map(weight_of, set(re.findall(r"/static/([^\"]+)\"", html))))
    if weight > MOST_BYTES:
        faults.append(f"{weight} bytes")
    return faults


def weight_of(name: str) -> int:
    place = find(name)
    return len(gzip.compress(Path(place).read_bytes())) if place else 0


def test_pages_of_faults_keep_the_shell() -> None:
    for path, status in (("no-such-page/", 404), ("audit/", 403)):
        answer = make_client(Role.BANK_CLERK).get(f"/en/{path}")
        assert answer.status_code == status
        assert faults_of(answer.content.decode(), "en") == []


def test_role_switch_lists_only_roles_that_the_person_holds() -> None:
    seat = make_membership(Role.BANK_CLERK)
    other = make_organisation(OrganisationKind.MANAGER)
    make_membership(Role.MANAGER_CLERK, other, user=seat.user)
    client = Client()
    client.force_login(seat.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    html = client.get("/en/home/").content.decode()
    assert html.count('name="membership"') == 1
    assert f"Demo {other.code}" in html


def test_demo_banner_stands_on_demo_books_only() -> None:
    assert "Demo book" in Client().get("/en/banks/").content.decode()
    services.keep_book(actor=SYSTEM_ACTOR, name=Text("账本", "Book"), is_demo=False)
    assert "Demo book" not in Client().get("/en/banks/").content.decode()
