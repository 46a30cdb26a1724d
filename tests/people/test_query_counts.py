"""A page asks the database as often for three rows as for one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.people import make_client, make_demo_book, make_membership, make_organisation

from yulin.base.text import Text
from yulin.people import services
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role
from yulin.people.models import Organisation

pytestmark = pytest.mark.django_db

MOST = 30


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def send_notice(bank: Organisation) -> None:
    services.notify(actor=SYSTEM_ACTOR, organisation_id=bank.pk, kind="test", title=Text("通知", "Notice"))


def add_person(bank: Organisation) -> None:
    make_membership(Role.BANK_CLERK, bank)


@pytest.mark.parametrize(
    ("role", "path", "add"),
    [
        (Role.BANK_MANAGER, "/zh-hans/notices/", send_notice),
        (Role.BANK_MANAGER, "/zh-hans/people/", add_person),
        (Role.BANK_MANAGER, "/zh-hans/demo/", add_person),
    ],
)
def test_page_asks_as_often_for_three_rows_as_for_one(
    role: Role, path: str, add: Callable[[Organisation], None]
) -> None:
    make_demo_book()
    bank = make_organisation()
    client = make_client(role, bank)
    add(bank)
    queries(client, path)  # the first answer fills what is kept for later ones
    one = queries(client, path)
    add(bank)
    add(bank)
    assert queries(client, path) == one
    assert one <= MOST
