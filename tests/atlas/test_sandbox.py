"""The sandbox: a key of its own scope alone, answers in the shape of the real ones, nothing of the book."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.http import HttpResponse
from django.test import Client
from tests.factories.firms import make_firm
from tests.factories.people import make_actor, make_demo_book, make_organisation

from yulin.atlas.adapters.sandbox_firms import sandbox_firms
from yulin.atlas.core.particulars import FORMS, kind_of
from yulin.atlas.models import OutletUse, PortraitLink, Reading
from yulin.base.ids import check_id
from yulin.exchange.core.messages import signed_content
from yulin.kit.problems import status_of
from yulin.people.enums import Action, OrganisationKind, Role
from yulin.people.services.clients import create_api_client, issue_token
from yulin.rules.adapters.shipped import shipped_vocabulary

pytestmark = pytest.mark.django_db
OPEN, CONTESTED, CLOSED, LIMITED = sandbox_firms()
SANDBOX = "/api/v1/atlas/sandbox"


def key(*scopes: Action) -> dict[str, str]:
    bank = make_organisation(OrganisationKind.BANK)
    made = create_api_client(
        actor=make_actor(Role.OPERATOR), organisation_id=bank.pk, name="x", role=Role.BANK_CLERK, scopes=scopes
    )
    token = issue_token(client_id=made.client.client_id, secret=made.secret).access_token
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


@pytest.fixture
def ours() -> dict[str, str]:
    make_demo_book(date(2022, 1, 19))
    return key(Action.USE_SANDBOX)


def test_firms_of_the_sandbox_are_nobodys_and_speak_of_facts_that_are_known() -> None:
    for code, firm in sandbox_firms().items():
        assert check_id(code).valid
        assert code[2:8] == "999999"
        for one in firm.said:
            bare = one.fact[:-5] if one.fact[-4:].isdigit() else one.fact
            assert shipped_vocabulary().find(bare) is not None, one.fact
        for one in firm.listed:
            assert set(one.value) <= set(FORMS[kind_of(one)].fields), one.fact


def test_a_portrait_of_the_sandbox_has_the_shape_of_a_real_one(ours: dict[str, str]) -> None:
    answer = Client().get(f"{SANDBOX}/firms/{OPEN}/portrait", **ours)
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    assert set(answer.json()) == {"firm_code", "firm_name", "as_of", "known_at", "classes", "panels"}
    facts = {one["fact"]: one for each in answer.json()["classes"] for one in each["facts"]}
    assert (facts["staff_count"]["value"], facts["staff_count"]["statement_count"]) == (42, 2)
    then = Client().get(f"{SANDBOX}/firms/{OPEN}/portrait?as_of=2021-06-30", **ours).json()
    assert {one["fact"]: one["value"] for each in then["classes"] for one in each["facts"]}["staff_count"] == 38
    contested = Client().get(f"{SANDBOX}/firms/{CONTESTED}/portrait", **ours).json()
    marked = {one["fact"]: one["is_contested"] for each in contested["classes"] for one in each["facts"]}
    assert marked == {"registered_on": False, "revenue_fen_2021": True}


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        (CLOSED, 403, "ATLAS.CONSENT.MISSING"),
        (LIMITED, 429, "ATLAS.OUTLET.TOO_MANY"),
        ("91999999YL00000553", 404, "ATLAS.FIRM.NOT_FOUND"),
    ],
)
def test_each_refusal_can_be_met_in_the_sandbox(ours: dict[str, str], code: str, status: int, error: str) -> None:
    answer = Client().get(f"{SANDBOX}/firms/{code}/portrait", **ours)
    assert (answer.status_code, answer.json()["code"]) == (status, error)


def test_the_feed_of_the_sandbox_goes_on_from_its_cursor_without_gap(ours: dict[str, str]) -> None:
    whole = Client().get(f"{SANDBOX}/changes", **ours).json()
    assert [one["number"] for one in whole["changes"]] == list(range(1, 10))
    read, cursor = [], 0
    while found := Client().get(f"{SANDBOX}/changes?after={cursor}&limit=4", **ours).json()["changes"]:
        read, cursor = read + found, found[-1]["number"]
    assert read == whole["changes"]
    assert Client().get(f"{SANDBOX}/changes?after={cursor}", **ours).json() == {"changes": [], "cursor": cursor}


def test_a_sandbox_key_reaches_nothing_real_and_a_real_key_no_sandbox(ours: dict[str, str]) -> None:
    firm = make_firm()
    real = f"/api/v1/atlas/firms/{firm.identifier}/portrait"
    assert Client().get(real, **ours).status_code == 403
    assert Client().get("/api/v1/atlas/changes", **ours).status_code == 403
    assert Client().get(f"{SANDBOX}/firms/{firm.identifier}/portrait", **ours).status_code == 404
    assert Client().get(f"{SANDBOX}/firms", **key(Action.SEE_PORTRAIT, Action.SEE_OPEN_PORTRAITS)).status_code == 403
    assert Client().get(f"{SANDBOX}/firms").status_code == 401
    listed = Client().get(f"{SANDBOX}/firms", **ours).json()
    assert [one["firm_code"] for one in listed] == [OPEN, CONTESTED, CLOSED, LIMITED]
    assert not Reading.objects.exists()
    assert not OutletUse.objects.exists()


def test_a_portrait_of_the_sandbox_has_panels_that_its_listed_things_make(ours: dict[str, str]) -> None:
    address = f"{SANDBOX}/firms/{OPEN}/portrait"
    panels = {one["id"]: one for one in Client().get(f"{address}?as_of=2022-01-19", **ours).json()["panels"]}
    assert set(panels) == {"assets", "control", "operations", "ip_right", "loan"}
    figures = {one["id"]: one["value"] for panel in panels.values() for one in panel["figures"]}
    assert (figures["ip_in_force"], figures["loans_balance_fen"]) == (1, 300_000_000)
    assert all(one["rests_on"] for panel in panels.values() for one in panel["figures"] if one["value"])
    before = Client().get(f"{address}?as_of=2018-01-01", **ours).json()["panels"]
    assert [one["id"] for one in before] == ["control"]
    some = Client().get(f"{address}?as_of=2022-01-19&classes=funding", **ours).json()
    assert ([one["id"] for one in some["classes"]], [one["id"] for one in some["panels"]]) == ([], ["loan"])


def test_a_link_of_the_sandbox_shows_an_invented_firm_where_it_may_be_framed(
    ours: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"kind": "widget", "origin": "https://bank.example", "minutes": 5}
    address = f"{SANDBOX}/firms/{CONTESTED}/links"

    def made(**other: object) -> HttpResponse:
        return Client().post(address, {**asked, **other}, content_type="application/json", **ours)

    answer = made()
    assert (answer.status_code, set(answer.json())) == (201, {"id", "url", "expires_at"})
    path = urlsplit(answer.json()["url"]).path
    shown = Client().get(path)
    text = shown.content.decode()
    assert (shown.status_code, "frame-ancestors https://bank.example" in shown["Content-Security-Policy"]) == (
        200,
        True,
    )
    assert "no-store" in shown["Cache-Control"]
    assert all(said in text for said in ("沙箱示例异议科技有限公司", "异议中", "均为虚构"))
    alone = Client().get(urlsplit(made(kind="link").json()["url"]).path)
    assert "frame-ancestors 'none'" in alone["Content-Security-Policy"]
    assert made(origin="https://bank.example/app").json()["code"] == "ATLAS.OUTLET.ORIGIN"
    closed = f"{SANDBOX}/firms/{CLOSED}/links"
    refused = Client().post(closed, asked, content_type="application/json", **ours)
    assert (refused.status_code, refused.json()["code"]) == (403, "ATLAS.CONSENT.MISSING")
    assert Client().get(path[:-2] + ("x/" if path[-2] != "x" else "y/")).status_code == 404
    later = datetime.now(UTC) + timedelta(minutes=6)
    monkeypatch.setattr("yulin.kit.clock.now", lambda: later)
    assert Client().get(path).status_code == status_of("ATLAS.LINK.OVER")
    assert not PortraitLink.objects.exists()
    assert not Reading.objects.exists()


def test_a_message_of_the_sandbox_is_signed_as_news_is(ours: dict[str, str]) -> None:
    sent = Client().get(f"{SANDBOX}/message", **ours).json()
    body = json.loads(sent["body"])
    assert (body["topic"], body["firm_code"]) == ("atlas.fact_changed", CONTESTED)
    assert {"number", "fact", "changed_at", "is_gone", "value", "source", "valid_from"} <= set(body)
    headers = sent["headers"]
    kind, signature = headers["webhook-signature"].split(",")
    content = signed_content(headers["webhook-id"], int(headers["webhook-timestamp"]), sent["body"].encode())
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(sent["public_key"]))
    key.verify(base64.b64decode(signature), content)
    assert (kind, headers["webhook-id"]) == ("v1a", body["id"])
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(signature), content + b" ")
