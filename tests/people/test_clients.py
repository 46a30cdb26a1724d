"""Programs: a client proves itself by its secret, gets a token that ends, and may do what its scopes name."""

from __future__ import annotations

import base64
import time

import pytest
from django.core import signing
from django.test import Client
from tests.factories.people import make_organisation

from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Action, OrganisationKind, Role
from yulin.people.errors import RoleDoesNotFitError
from yulin.people.models import ApiClient
from yulin.people.selectors import audit_trail
from yulin.people.services import create_api_client, switch_off_api_client

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


def make(role=Role.BANK_CLERK, scopes=(Action.ASK_PRE_LOAN_ANSWER,)):
    bank = make_organisation(OrganisationKind.BANK)
    return create_api_client(actor=SYSTEM_ACTOR, organisation_id=bank.pk, name="核心系统", role=role, scopes=scopes)


def ask(**fields):
    body = "&".join(f"{name}={value}" for name, value in {"grant_type": "client_credentials", **fields}.items())
    return Client().post("/api/v1/token", body, content_type=FORM)


def test_secret_is_not_kept_and_scopes_stay_within_the_role():
    made = make(scopes=(Action.ASK_PRE_LOAN_ANSWER, Action.PUBLISH_PACK))
    kept = ApiClient.objects.get()
    assert made.secret not in (kept.secret_hash, kept.client_id)
    assert kept.scopes == ["ask_pre_loan_answer"]
    assert audit_trail(action="people.create_api_client").count() == 1


def test_role_must_fit_the_organisation():
    with pytest.raises(RoleDoesNotFitError):
        make(role=Role.AUDITOR)


def test_id_and_secret_give_a_token_in_the_form_or_by_basic():
    made = make()
    answer = ask(client_id=made.client.client_id, client_secret=made.secret)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["token_type"], found["expires_in"], found["scope"]) == ("Bearer", 900, "ask_pre_loan_answer")
    basic = base64.b64encode(f"{made.client.client_id}:{made.secret}".encode()).decode()
    answer = Client().post(
        "/api/v1/token", "grant_type=client_credentials", content_type=FORM, headers={"Authorization": f"Basic {basic}"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_wrong_secret_is_refused_with_its_code(secret):
    made = make()
    answer = ask(client_id=made.client.client_id, client_secret=secret)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["code"] == "PEOPLE.CLIENT.REFUSED"


def test_other_grants_are_not_understood():
    assert ask(grant_type="password").status_code == 422


def test_client_that_is_switched_off_gets_nothing_and_its_token_stops():
    made = make()
    token = ask(client_id=made.client.client_id, client_secret=made.secret).json()["access_token"]
    switch_off_api_client(actor=SYSTEM_ACTOR, client_id=made.client.client_id)
    assert ask(client_id=made.client.client_id, client_secret=made.secret).status_code == 401
    answer = Client().get("/api/v1/pool/pre-loan-answers/none", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_token_ends_after_its_time(monkeypatch):
    made = make()
    token = ask(client_id=made.client.client_id, client_secret=made.secret).json()["access_token"]
    now = time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 901)
    answer = Client().get("/api/v1/pool/pre-loan-answers/none", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_token_without_the_scope_is_forbidden():
    made = make(scopes=())
    token = ask(client_id=made.client.client_id, client_secret=made.secret).json()["access_token"]
    answer = Client().get("/api/v1/pool/pre-loan-answers/none", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403
