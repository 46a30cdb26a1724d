"""Whatever a program sends by the API's own description: no crash, and an answer that the description names."""

from __future__ import annotations

from datetime import date

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.factories.people import make_demo_book
from tests.factories.pool import make_bank, make_law

from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Action, Role
from yulin.people.services import create_api_client

pytestmark = pytest.mark.django_db
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SCOPES = (Action.ENROL_LOANS, Action.SEE_ENROLMENTS, Action.ASK_PRE_LOAN_ANSWER)


@pytest.fixture
def token():
    make_demo_book(date(2022, 1, 19))
    make_law()
    bank, _ = make_bank()
    made = create_api_client(
        actor=SYSTEM_ACTOR, organisation_id=bank.pk, name="核心系统", role=Role.BANK_CLERK, scopes=SCOPES
    )
    form = {"grant_type": "client_credentials", "client_id": made.client.client_id, "client_secret": made.secret}
    return Client().post("/api/v1/token", form).json()["access_token"]


@pytest.fixture
def _kept_connection(token):
    """Keep the test's connection between requests, as the test client does while it is used."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def operations():
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    return {found.ok().label: found.ok() for found in schema.get_all_operations()}


@pytest.mark.usefixtures("_kept_connection")
def test_every_answer_is_one_that_the_description_names(token):
    found = operations()
    assert {"POST /api/v1/pool/enrolments", "GET /api/v1/pool/enrolments"} <= set(found)
    for operation in found.values():
        holds_for(operation, token)


def holds_for(operation, token):
    @given(case=operation.as_strategy())
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def holds(case):
        answer = case.call(headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"})
        case.validate_response(answer, checks=CHECKS)

    holds()
