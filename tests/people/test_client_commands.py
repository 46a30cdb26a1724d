"""`yulin people client`: the secret is shown once, the list shows none, and a switched-off client gets no token."""

from __future__ import annotations

import contextlib
import json

import pytest
from django.test import Client
from tests.factories.people import make_organisation

from yulin.cli.__main__ import main
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import audit_trail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _database_of_the_test(monkeypatch):
    monkeypatch.setattr("yulin.cli.people.book_ready", contextlib.nullcontext)


def run(capsys, *words):
    status = main(["people", "client", *words])
    said = capsys.readouterr()
    return status, said.out + said.err


def token_status(made):
    form = {"grant_type": "client_credentials", "client_id": made["client_id"], "client_secret": made["client_secret"]}
    return Client().post("/api/v1/token", form).status_code


def test_from_making_a_client_to_switching_it_off(capsys):
    bank = make_organisation(OrganisationKind.BANK)
    words = ("create", "核心系统", "--organisation", bank.code, "--role", "bank_clerk", "--scope", "enrol_loans")
    status, said = run(capsys, *words)
    made = json.loads(said[: said.rindex("}") + 1])
    assert (status, made["scopes"], token_status(made)) == (0, ["enrol_loans"], 200)
    _, listed = run(capsys, "list", "--json")
    assert [row["client_id"] for row in json.loads(listed)] == [made["client_id"]]
    assert made["client_secret"] not in listed
    assert run(capsys, "revoke", made["client_id"])[0] == 0
    assert token_status(made) == 401
    assert made["client_id"] in run(capsys, "list")[1]
    assert audit_trail(action="people.switch_off_api_client").count() == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("revoke", "nobody"), "PEOPLE.CLIENT.UNKNOWN"),
        (("create", "x", "--organisation", "none", "--role", "bank_clerk", "--scope", "enrol_loans"), "PEOPLE."),
    ],
)
def test_what_is_not_there_is_named(capsys, words, code):
    status, said = run(capsys, *words)
    assert status != 0
    assert code in said
