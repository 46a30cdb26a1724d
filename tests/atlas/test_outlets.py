"""A portrait in a partner's own system: two people open it; each look asks consent, audience, list and rate anew."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.core import signing
from django.db import IntegrityError, connection, transaction
from django.test import Client
from tests.factories.firms import house_of, make_firm
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation

from yulin.atlas.core.outlets import origin_of
from yulin.atlas.core.usage_bill import Prices
from yulin.atlas.enums import LinkKind
from yulin.atlas.errors.outlets import (
    LinkTimeError,
    OriginNotListedError,
    OutletDecidedError,
    OutletMissingError,
    OutletNotFoundError,
    OutletSameHandsError,
    OutletUnclearError,
    TooManyRequestsError,
)
from yulin.atlas.models import Firm, Outlet, OutletEnd, OutletMinute, OutletUse, PortraitLink, Reading
from yulin.atlas.selectors.outlets import LINK_SALT, bills_of, outlets_in_force
from yulin.atlas.services.consenting import NewConsent, give_consent, revoke_consent
from yulin.atlas.services.embedding import NewLink, make_link, revoke_link, take_turn
from yulin.atlas.services.objecting import Verdict, contest_fact, decide_objection
from yulin.atlas.services.outlets import NewOutlet, decide_outlet, end_outlet, propose_outlet
from yulin.kit import clock
from yulin.kit.row_security import organisation_scope, scope
from yulin.people.enums import Action, OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry, Notice, Organisation
from yulin.people.services.clients import create_api_client, issue_token

pytestmark = pytest.mark.django_db
TODAY = date(2022, 1, 19)
BANK_PAGE = "https://bank.example"
FRAMED = {"HTTP_SEC_FETCH_DEST": "iframe"}


class World:
    """A firm that lets a bank see operation and innovation; an authority with two people; the bank's program."""

    def __init__(self, per_minute: int = 60) -> None:
        make_demo_book(TODAY)
        self.authority = make_organisation(OrganisationKind.AUTHORITY)
        self.officer = make_actor(Role.AUTHORITY_OFFICER, self.authority)
        self.checker = make_actor(Role.AUTHORITY_CHECKER, self.authority)
        self.firm: Firm = make_firm()
        self.house = house_of(self.firm)
        self.person = make_actor(Role.FIRM_USER, self.house)
        self.bank = make_organisation(OrganisationKind.BANK)
        self.banker = make_actor(Role.BANK_CLERK, self.bank)
        asked = NewConsent(self.bank.pk, frozenset({"operation", "innovation"}), "loan", date(2022, 6, 1))
        self.consent = give_consent(actor=self.person, asked=asked)
        self.per_minute = per_minute
        self.outlet = self.approve(self.propose())

    def propose(self, **other: object) -> Outlet:
        fields = {
            "organisation_id": self.bank.pk,
            "facts": frozenset({"staff_count"}),
            "origins": [BANK_PAGE],
            "per_minute": self.per_minute,
            "reason": "贷后系统",
        }
        return propose_outlet(actor=self.officer, asked=NewOutlet(**{**fields, **other}))  # type: ignore[arg-type]

    def approve(self, outlet: Outlet) -> Outlet:
        decide_outlet(actor=self.checker, outlet_id=outlet.pk, is_approved=True)
        return outlet

    def widget(self, **other: object) -> str:
        with scope(organisation_scope(self.bank.pk)):
            made = make_link(actor=self.banker, firm=self.firm, asked=NewLink(LinkKind.WIDGET, 10, BANK_PAGE))
        return f"/en/shown/{made.token}/"

    def link(self) -> str:
        made = make_link(actor=self.banker, firm=self.firm, asked=NewLink(LinkKind.LINK))
        return f"/en/shown/{made.token}/"


@pytest.fixture
def world() -> World:
    return World()


def uses() -> dict[tuple[str, str], int]:
    return {(one.kind, one.outcome): one.times for one in OutletUse.objects.all()}


def test_the_widget_shows_listed_facts_that_the_consent_opens_and_nothing_else(world: World) -> None:
    answer = Client().get(world.widget(), **FRAMED)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert ">60<" in text
    assert "R&amp;D" not in text
    assert "3,000,000" not in text
    [read] = Reading.objects.all()
    assert (read.organisation_id, read.channel, read.facts, read.classes, read.purpose) == (
        world.bank.pk,
        "embedded",
        ["staff_count"],
        ["operation"],
        "loan",
    )
    assert uses() == {("widget", "shown"): 1}


def test_the_widget_marks_what_the_firm_contests_until_it_is_decided(world: World) -> None:
    assert "Contested" not in Client().get(world.widget(), **FRAMED).content.decode()
    made = contest_fact(actor=world.person, fact="staff_count", reason="应为75人")
    assert "Contested</span>" in Client().get(world.widget(), **FRAMED).content.decode()
    opened = make_client(Role.BANK_CLERK, world.bank).get(world.link())
    assert "Contested</span>" in opened.content.decode()
    decide_objection(actor=world.officer, objection_id=made.pk, verdict=Verdict(False, "与社保一致"))
    assert "Contested" not in Client().get(world.widget(), **FRAMED).content.decode()


def test_a_listed_class_that_no_consent_opens_is_not_shown(world: World) -> None:
    world.approve(world.propose(facts=frozenset({"staff_count", "has_serious_dishonesty", "rd_expense_fen"})))
    Client().get(world.widget(), **FRAMED)
    assert Reading.objects.get().facts == ["staff_count", "rd_expense_fen_2020"]


def test_only_the_registered_origin_may_frame_it_and_nothing_keeps_it(world: World) -> None:
    answer = Client().get(world.widget(), **FRAMED)
    policy = answer["Content-Security-Policy"]
    assert [part for part in policy.split("; ") if "frame" in part] == [f"frame-ancestors {BANK_PAGE}"]
    assert "default-src 'self'" in policy
    assert "X-Frame-Options" not in answer
    assert "no-store" in answer["Cache-Control"]
    assert "ETag" not in answer
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "sessionid" not in answer.cookies
    other = make_client(Role.BANK_CLERK, world.bank).get("/en/")
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"]


def test_a_revoked_consent_blocks_the_next_request_inside_the_frame_too(world: World) -> None:
    address, browser = world.widget(), Client()
    assert browser.get(address, **FRAMED).status_code == 200
    revoke_consent(actor=world.person, consent_id=world.consent.pk)
    blocked = browser.get(address, **FRAMED)
    text = blocked.content.decode()
    assert blocked.status_code == 403
    assert "ATLAS.CONSENT.MISSING" in text
    assert ">60<" not in text
    assert world.firm.name not in text
    assert f"frame-ancestors {BANK_PAGE}" in blocked["Content-Security-Policy"]
    assert Reading.objects.count() == 1
    assert uses() == {("widget", "shown"): 1, ("widget", "refused"): 1}


def test_a_consent_that_runs_out_blocks_on_its_day(world: World) -> None:
    address, browser = world.link(), make_client(Role.BANK_CLERK, world.bank)
    for day, status in ((date(2022, 5, 31), 200), (date(2022, 6, 1), 403)):
        make_demo_book(day)
        assert browser.get(address).status_code == status


def test_a_widget_opened_outside_a_frame_or_a_link_inside_one_is_refused(world: World) -> None:
    alone = Client().get(world.widget(), HTTP_SEC_FETCH_DEST="document")
    assert alone.status_code == 403
    assert "ATLAS.LINK.AUDIENCE" in alone.content.decode()
    assert "frame-ancestors 'none'" in alone["Content-Security-Policy"]
    framed = make_client(Role.BANK_CLERK, world.bank).get(world.link(), **FRAMED)
    assert framed.status_code == 403
    assert Reading.objects.count() == 0


def test_a_link_opens_for_the_partners_own_people_only(world: World) -> None:
    address = world.link()
    sent = Client().get(address)
    assert sent.status_code == 302
    assert "/account/login/" in sent["Location"]
    assert make_client(Role.BANK_CLERK).get(address).status_code == 403
    assert make_client(Role.AUTHORITY_CHECKER, world.authority).get(address).status_code == 403
    opened = make_client(Role.BANK_MANAGER, world.bank).get(address)
    assert opened.status_code == 200
    assert "frame-ancestors 'none'" in opened["Content-Security-Policy"]
    [read] = Reading.objects.all()
    assert read.user_id is not None


def test_a_tampered_expired_or_revoked_link_opens_nothing(world: World) -> None:
    address = world.widget()
    token = address.split("/")[3]
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", token.replace(":", "", 1)):
        assert Client().get(f"/en/shown/{wrong}/", **FRAMED).status_code == 404
    made = PortraitLink.objects.get()
    other = PortraitLink.objects.create(
        outlet=made.outlet, firm=made.firm, kind="widget", audience=BANK_PAGE, made_by_name="x",
        expires_at=clock.now() - timedelta(seconds=1),
    )  # fmt: skip
    old = signing.dumps(other.pk, salt=LINK_SALT)
    assert Client().get(f"/en/shown/{old}/", **FRAMED).status_code == 410
    foreign = signing.dumps(made.pk, salt="another")
    assert Client().get(f"/en/shown/{foreign}/", **FRAMED).status_code == 404
    revoke_link(actor=world.banker, link_id=made.pk)
    assert Client().get(address, **FRAMED).status_code == 410
    assert Reading.objects.count() == 0


def test_ended_terms_end_every_link(world: World) -> None:
    address = world.widget()
    end_outlet(actor=world.officer, outlet_id=world.outlet.pk)
    assert Client().get(address, **FRAMED).status_code == 410
    with pytest.raises(OutletMissingError):
        world.widget()


def test_newer_terms_replace_the_older_ones(world: World) -> None:
    newer = world.approve(world.propose(origins=["https://other.example"]))
    assert [one.pk for one in outlets_in_force()] == [newer.pk]
    assert OutletEnd.objects.get().why == "replaced"
    with pytest.raises(OriginNotListedError):
        world.widget()


def test_too_many_requests_are_told_when_to_come_back() -> None:
    world = World(per_minute=2)
    address = world.widget()
    statuses = [Client().get(address, **FRAMED) for _ in range(4)]
    found = [one.status_code for one in statuses]
    if found != [200, 200, 429, 429]:  # the minute turned in between
        statuses = [Client().get(address, **FRAMED) for _ in range(4)]
        found = [one.status_code for one in statuses]
    assert found[-1] == 429
    assert 1 <= int(statuses[-1]["Retry-After"]) <= 60
    assert f"frame-ancestors {BANK_PAGE}" in statuses[-1]["Content-Security-Policy"]
    assert uses()["widget", "limited"] == found.count(429)


@pytest.mark.django_db(transaction=True)
def test_the_rate_holds_when_many_ask_at_once() -> None:
    outlet = World(per_minute=5).outlet

    def ask(_: int) -> bool:
        try:
            take_turn(outlet)
        except TooManyRequestsError:
            return False
        finally:
            connection.close()
        return True

    for _ in range(2):  # again from nothing where the minute turned in between
        OutletMinute.objects.all().delete()
        before = clock.now().replace(second=0, microsecond=0)
        with ThreadPoolExecutor(8) as threads:
            passed = sum(threads.map(ask, range(24)))
        if clock.now().replace(second=0, microsecond=0) == before:
            break
    assert passed == 5


def test_one_person_proposes_and_another_approves(world: World) -> None:
    proposed = world.propose()
    with pytest.raises(NotAllowedError):
        decide_outlet(actor=world.officer, outlet_id=proposed.pk, is_approved=True)
    own = propose_outlet(
        actor=world.checker,
        asked=NewOutlet(world.bank.pk, frozenset({"staff_count"}), [BANK_PAGE], 10, "x"),
    )
    with pytest.raises(OutletSameHandsError):
        decide_outlet(actor=world.checker, outlet_id=own.pk, is_approved=True)
    decide_outlet(actor=world.checker, outlet_id=proposed.pk, is_approved=True)
    with pytest.raises(OutletDecidedError):
        decide_outlet(actor=world.checker, outlet_id=proposed.pk, is_approved=True)
    other = make_actor(Role.AUTHORITY_CHECKER, world.authority)
    with pytest.raises(OutletUnclearError):
        decide_outlet(actor=other, outlet_id=own.pk, is_approved=False, reasons=" ")
    with pytest.raises(OutletNotFoundError):
        end_outlet(actor=world.officer, outlet_id=0)
    actions = AuditEntry.objects.filter(action__startswith="atlas.").values_list("action", flat=True)
    assert {"atlas.propose_outlet", "atlas.decide_outlet"} <= set(actions)
    assert Notice.objects.filter(organisation=world.bank, kind="atlas.outlet").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"facts": frozenset()},
        {"facts": frozenset({"nothing_known"})},
        {"origins": ["http://bank.example"]},
        {"origins": ["https://*.example"]},
        {"origins": ["https://bank.example https://evil.example"]},
        {"per_minute": 0},
        {"per_minute": 6_001},
        {"reason": "  "},
        {"organisation_id": 0},
        {"feed_url": "ftp://bank.example/x"},
        {"feed_url": "https://me:word@bank.example/x"},
        {"feed_url": "https://"},
    ],
)
def test_unclear_terms_are_refused(world: World, wrong: dict[str, object]) -> None:
    before = Outlet.objects.count()
    with pytest.raises(OutletUnclearError):
        world.propose(**wrong)
    assert Outlet.objects.count() == before


@pytest.mark.parametrize("minutes", [0, 61])
def test_a_link_lives_for_minutes(world: World, minutes: int) -> None:
    with pytest.raises(LinkTimeError):
        make_link(actor=world.banker, firm=world.firm, asked=NewLink(LinkKind.LINK, minutes))


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://Bank.example", "https://bank.example"),
        ("https://bank.example:8443/", "https://bank.example:8443"),
        ("https://bank.example:443", "https://bank.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://10.0.0.1", None),
        ("https://bank.example;script-src *", None),
        ("https://bank.example/page", None),
        ("https://bank.example?x", None),
        ("https://bank.example:99999", None),
        ("https://user@bank.example", None),
        ("javascript:alert(1)", None),
        ("'self'", None),
        ("*", None),
        ("", None),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(written: str, origin: str | None) -> None:
    assert origin_of(written) == origin


def token_of(bank: Organisation) -> dict[str, str]:
    made = create_api_client(
        actor=make_actor(Role.OPERATOR), organisation_id=bank.pk, name="x", role=Role.BANK_CLERK,
        scopes=[Action.SEE_OPEN_PORTRAITS],
    )  # fmt: skip
    return {
        "HTTP_AUTHORIZATION": "Bearer " + issue_token(client_id=made.client.client_id, secret=made.secret).access_token
    }


def test_a_program_makes_and_revokes_its_own_links(world: World) -> None:
    ours, address = token_of(world.bank), f"/api/v1/atlas/firms/{world.firm.identifier}/links"
    made = Client().post(address, {"kind": "widget", "origin": BANK_PAGE}, "application/json", **ours)
    assert made.status_code == 201
    path = "/" + made.json()["url"].split("/", 3)[3]
    assert Client().get(path, **FRAMED).status_code == 200
    wrong = Client().post(address, {"kind": "widget", "origin": "https://x.example"}, "application/json", **ours)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "ATLAS.OUTLET.ORIGIN")
    theirs = token_of(make_organisation(OrganisationKind.BANK))
    refused = Client().post(address, {"kind": "link"}, "application/json", **theirs)
    assert (refused.status_code, refused.json()["code"]) == (403, "ATLAS.OUTLET.MISSING")
    own = f"/api/v1/atlas/links/{made.json()['id']}"
    assert Client().delete(own, **theirs).status_code == 404
    assert Client().delete(own, **ours).status_code == 200
    assert Client().delete(own, **ours).status_code == 200
    assert Client().get(path, **FRAMED).status_code == 410
    terms = Client().get("/api/v1/atlas/outlet", **ours).json()
    assert (terms["facts"], terms["origins"], terms["usage"]) == (
        ["staff_count"],
        [BANK_PAGE],
        [{"kind": "widget", "outcome": "shown", "times": 1, "firms": 1}],
    )


def test_a_month_is_billed_by_the_prices_in_the_terms(world: World) -> None:
    Client().get(world.widget(), **FRAMED)
    outlet = world.propose(prices=Prices(look_fen=150, news_fen=20, free_a_month=1))
    decide_outlet(actor=world.checker, outlet_id=outlet.pk, is_approved=True)
    path = world.widget()
    for _ in range(3):
        assert Client().get(path, **FRAMED).status_code == 200
    revoke_consent(actor=world.person, consent_id=world.consent.pk)
    assert Client().get(path, **FRAMED).status_code == 403  # refused: not charged
    [made] = bills_of(outlet)
    assert [(one.kind, one.shown, one.free, one.amount_fen) for one in made.lines] == [("widget", 3, 1, 300)]
    assert [one.total_fen for one in bills_of(world.outlet)] == [0]  # of the terms before, which had no price
    said = Client().get("/api/v1/atlas/outlet/bills", **token_of(world.bank)).json()
    lines = [{"kind": "widget", "shown": 3, "free": 1, "price_fen": 150, "amount_fen": 300}]
    assert said == [{"month": "2022-01-01", "lines": lines, "total_fen": 300}]
    page = make_client(Role.BANK_MANAGER, world.bank).get(f"/en/outlets/{outlet.pk}/").content.decode()
    assert re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).count("3.00") == 2  # the line and the sum


@pytest.mark.parametrize("prices", [Prices(look_fen=-1), Prices(news_fen=1_000_001), Prices(free_a_month=-5)])
def test_prices_out_of_bounds_are_refused(world: World, prices: Prices) -> None:
    with pytest.raises(OutletUnclearError):
        world.propose(prices=prices)


def test_usage_is_read_by_partner_authority_and_firm_and_by_no_other(world: World) -> None:
    Client().get(world.widget(), **FRAMED)
    page = f"/en/outlets/{world.outlet.pk}/"
    for client in (make_client(Role.BANK_MANAGER, world.bank), make_client(Role.AUTHORITY_OFFICER, world.authority)):
        assert world.firm.name in client.get(page).content.decode()
    assert make_client(Role.BANK_MANAGER).get(page).status_code == 404
    own = make_client(Role.FIRM_USER, world.house).get("/en/consents/").content.decode()
    assert 'id="embedded"' in own
    for reach, count in (
        (organisation_scope(world.house.pk), 1),
        (organisation_scope(world.bank.pk), 1),
        (organisation_scope(world.authority.pk), 0),
        ("none", 0),
    ):
        with scope(reach):
            assert OutletUse.objects.count() == count


def test_terms_and_links_are_never_changed(world: World) -> None:
    world.widget()
    for rows, change in (
        (Outlet.objects.all(), {"origins": ["https://evil.example"]}),
        (PortraitLink.objects.all(), {"audience": "https://evil.example"}),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.update(**change)


def test_the_authority_opens_a_partner_on_the_pages(world: World) -> None:
    officer, checker = (make_client(role, world.authority) for role in (Role.AUTHORITY_OFFICER, Role.AUTHORITY_CHECKER))
    form = {
        "organisation": world.bank.pk,
        "facts": ["staff_count", "revenue_fen"],
        "origins": "https://a.example\nhttps://b.example",
        "per_minute": 30,
        "reason": "贷后",
    }
    assert "ATLAS.OUTLET.UNCLEAR" in officer.post("/en/outlets/", {**form, "origins": "http://x"}).content.decode()
    sent = officer.post("/en/outlets/", form)
    assert sent.status_code == 302
    made = Outlet.objects.latest("pk")
    assert made.origins == ["https://a.example", "https://b.example"]
    assert officer.post(f"/en/outlets/{made.pk}/decide/", {"verdict": "approved"}).status_code == 403
    assert checker.post(f"/en/outlets/{made.pk}/decide/", {"verdict": "approved"}).status_code == 302
    assert outlets_in_force().get().pk == made.pk
    assert officer.post(f"/en/outlets/{made.pk}/end/").status_code == 302
    assert not outlets_in_force().exists()
