"""The sandbox: a key of its own scope alone, answers in the shape of the real ones, nothing of the book."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from tests.factories.firms import make_firm
from tests.factories.people import make_actor, make_demo_book, make_organisation

from yulin.atlas.adapters.sandbox_firms import sandbox_firms
from yulin.atlas.models import OutletUse, Reading
from yulin.base.ids import check_id
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
