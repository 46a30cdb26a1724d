"""A transfer is looked at, and reversed by a second person after a preview; periods close; holds are listed."""

from __future__ import annotations

import contextlib
import json
from datetime import date

import pytest
from django.contrib.auth import get_user
from django.db import connection
from tests.factories.ledger import TODAY, book, open_all, posted
from tests.factories.people import make_client, make_organisation

from yulin.cli.__main__ import main
from yulin.ledger import selectors, services
from yulin.ledger.core.accounts import NewAccount
from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import AccountKind, TransferKind
from yulin.ledger.errors import ReversalSamePersonError
from yulin.ledger.models import Account, PeriodClose, Transfer
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.selectors import actor_for

pytestmark = pytest.mark.django_db


def posted_fen(code: str) -> int:
    return Account.objects.get(code=code).posted_fen


@pytest.fixture
def booked() -> Transfer:
    open_all()
    book(posted("in", "funding", "budget", 12_345))
    return Transfer.objects.get(key="in")


def test_reversal_is_previewed_to_the_fen_and_then_booked(booked: Transfer) -> None:
    client = make_client(Role.MANAGER_CHECKER)
    address = f"/en/transfers/{booked.pk}/reversal/"
    asked = {"reason": "booked twice", "value_on": "2022-01-19"}
    preview = client.post(address, asked | {"act": "preview"})
    found = {one.account.code: (one.before_fen, one.after_fen) for one in preview.context["effects"]}
    assert found == {"budget": (12_345, 0), "funding": (-12_345, 0)}
    assert (posted_fen("budget"), Transfer.objects.count()) == (12_345, 1)
    assert client.post(address, asked | {"act": "reverse"}).status_code == 302
    assert {code: posted_fen(code) for code in found} == {code: after for code, (_, after) in found.items()}
    page = client.get(f"/en/transfers/{booked.pk}/")
    assert "booked twice" in page.content.decode()
    assert page.context["form"] is None


def test_reversal_that_would_overdraw_says_so_and_leaves_nothing(booked: Transfer) -> None:
    book(posted("out", "budget", "paid", 1))
    asked = {"reason": "r", "value_on": "2022-01-19", "act": "preview"}
    answer = make_client(Role.MANAGER_CHECKER).post(f"/en/transfers/{booked.pk}/reversal/", asked)
    assert answer.status_code == 422
    assert "LEDGER.ACCOUNT.OVERDRAFT" in answer.content.decode()
    assert Transfer.objects.count() == 2


def test_who_booked_a_transfer_does_not_reverse_it() -> None:
    open_all()
    client = make_client(Role.MANAGER_CHECKER)
    actor = actor_for(get_user(client), on=TODAY)
    assert actor is not None
    services.book_transfers(actor=actor, transfers=[posted("own", "funding", "budget", 1)], today=TODAY)
    with pytest.raises(ReversalSamePersonError):
        services.reverse_transfer(actor=actor, key="own", reason="r", value_on=TODAY)
    page = client.get(f"/en/transfers/{Transfer.objects.get(key='own').pk}/")
    assert (page.context["form"], page.context["is_own"]) == (None, True)


def test_transfer_of_others_is_not_found(booked: Transfer) -> None:
    bank = make_organisation(OrganisationKind.BANK, "bank-a")
    client = make_client(Role.BANK_CLERK, bank)
    assert client.get(f"/en/transfers/{booked.pk}/").status_code == 404
    account = NewAccount("bank-a", AccountKind.BANK, bank.pk, "s", "", may_overdraw=True)
    services.open_accounts(actor=SYSTEM_ACTOR, accounts=[account])
    book(posted("paid", "budget", "bank-a", 5))
    page = client.get(f"/en/transfers/{Transfer.objects.get(key='paid').pk}/")
    assert page.status_code == 200
    assert page.context["form"] is None


def test_holds_that_expire_first_stand_first_and_only_one_s_own() -> None:
    open_all()
    bank = make_organisation(OrganisationKind.BANK, "bank-a")
    account = NewAccount("bank-a", AccountKind.BANK, bank.pk, "s", "", may_overdraw=True)
    services.open_accounts(actor=SYSTEM_ACTOR, accounts=[account])
    book(posted("in", "funding", "budget", 1_000))
    for key, to, last in (("late", "bank-a", 30), ("soon", "paid", 20), ("ever", "paid", None)):
        last_day = date(2022, 1, last) if last else None
        book(NewTransfer(key, TransferKind.HOLD, "budget", to, 10, TODAY, expires_on=last_day))
    book(NewTransfer("x", TransferKind.VOID, hold_key="ever", value_on=TODAY, amount_fen=4))
    manager, clerk = make_client(Role.MANAGER_CLERK), make_client(Role.BANK_CLERK, bank)
    rows = [(row.transfer.key, row.rest_fen) for row in manager.get("/en/holds/").context["listing"].page]
    assert rows == [("soon", 10), ("late", 10), ("ever", 6)]
    assert [row.transfer.key for row in clerk.get("/en/holds/").context["listing"].page] == ["late"]
    book(NewTransfer("y", TransferKind.POST, hold_key="late", value_on=TODAY))
    assert not clerk.get("/en/holds/").context["listing"].page.object_list


def test_period_is_closed_after_a_preview_that_says_what_the_record_says(booked: Transfer) -> None:
    assert booked.value_on == TODAY
    book(posted("before", "funding", "budget", 100, date(2021, 12, 31)))
    client = make_client(Role.AUTHORITY_CHECKER)
    asked = {"scheme": "s", "closed_until": "2022-01-01"}
    preview = client.post("/en/periods/close/", asked | {"act": "preview"}).context["preview"]
    assert (preview.problem, preview.transfer_count, preview.moved_fen) == (None, 1, 100)
    assert not PeriodClose.objects.exists()
    assert client.post("/en/periods/close/", asked | {"act": "close"}).status_code == 302
    totals = PeriodClose.objects.get().totals
    assert {one.account.code: [one.posted_fen, one.held_fen] for one in preview.accounts} == totals
    refused = client.post("/en/periods/close/", asked | {"closed_until": "2021-12-01", "act": "close"})
    assert refused.status_code == 422
    assert "LEDGER.PERIOD.NOT_CLOSABLE" in refused.content.decode()
    assert selectors.closed_days(["s"]) == {"s": date(2022, 1, 1)}


def test_command_lists_the_holds_that_end_by_a_day(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yulin.cli.ledger.book_ready", contextlib.nullcontext)
    open_all()
    book(posted("in", "funding", "budget", 1_000))
    for key, last in (("late", 30), ("soon", 20)):
        book(NewTransfer(key, TransferKind.HOLD, "budget", "paid", 10, TODAY, expires_on=date(2022, 1, last)))
    found = []
    for words in ([], ["--until", "2022-01-20"]):
        assert main(["ledger", "holds", "--json", *words]) == 0
        found.append([one["key"] for one in json.loads(capsys.readouterr().out)])
    assert found == [["soon", "late"], ["soon"]]


@pytest.mark.parametrize(
    ("domain", "kinds"), [("ledger_account_kind", AccountKind), ("ledger_transfer_kind", TransferKind)]
)
def test_database_knows_the_kinds_that_the_program_knows(domain: str, kinds: type) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(c.oid) FROM pg_constraint AS c JOIN pg_type AS t ON t.oid = c.contypid"
            " WHERE t.typname = %s",
            [domain],
        )
        (text,) = cursor.fetchone()
    assert sorted(text.split("'")[1::2]) == sorted(str(kind) for kind in kinds)
