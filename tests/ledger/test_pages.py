"""Each organisation reads its own accounts, on the page, in the sheet and in the PDF; nobody reads another's."""

from __future__ import annotations

import csv
from datetime import date

import pytest
from django.test import Client
from tests.factories.ledger import ACCOUNTS, book, open_all, posted
from tests.factories.people import make_client, make_organisation

from yulin.ledger import selectors, services
from yulin.ledger.core.accounts import NewAccount
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import statement_letters
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def banks() -> dict[str, Client]:
    """Make two banks with an account each, and give the clients of their clerks."""
    clients = {}
    for code in ("bank-a", "bank-b"):
        bank = make_organisation(OrganisationKind.BANK, code)
        account = NewAccount(code, AccountKind.BANK, bank.pk, "s", "", may_overdraw=True)
        services.open_accounts(actor=SYSTEM_ACTOR, accounts=[account])
        clients[code] = make_client(Role.BANK_CLERK, bank)
    return clients


def codes_in(client: Client) -> list[str]:
    sheet = client.get("/zh-hans/ledger/?format=csv").getvalue().decode("utf-8-sig")
    return [row[0] for row in csv.reader(sheet.splitlines())][1:]


def test_bank_reads_its_own_accounts_and_the_pool_all(banks: dict[str, Client]) -> None:
    open_all()
    assert codes_in(banks["bank-a"]) == ["bank-a"]
    assert codes_in(make_client(Role.DISTRICT_OFFICER)) == []
    everything = sorted(["bank-a", "bank-b", *(each.code for each in ACCOUNTS)])
    for role in (Role.MANAGER_CLERK, Role.AUTHORITY_OFFICER, Role.AUDITOR):
        assert codes_in(make_client(role)) == everything


@pytest.mark.parametrize("page", ["", "statement.csv", "statement.pdf"])
def test_another_bank_s_account_is_not_found(banks: dict[str, Client], page: str) -> None:
    for code, status in (("bank-b", 404), ("bank-a", 200)):
        answer = banks["bank-a"].get(f"/zh-hans/ledger/{code}/{page}")
        assert answer.getvalue()  # read to its end, so that its file is closed
        assert answer.status_code == status


def test_statement_has_each_transfer_with_the_balance_after_it(banks: dict[str, Client]) -> None:
    open_all()
    days = [date(2022, 1, day) for day in (3, 1, 2)]
    book(*(posted(f"k{day.day}", "funding", "bank-a", 100 * day.day + 1, day) for day in days))
    answer = banks["bank-a"].get("/zh-hans/ledger/bank-a/statement.csv?since=2022-01-02&last=2022-01-03")
    rows = list(csv.reader(answer.getvalue().decode("utf-8-sig").splitlines()))[1:]
    assert [(row[0], row[2], row[4], row[5], row[8]) for row in rows] == [
        ("2022-01-02", "k2", "funding", "2.01", "3.02"),
        ("2022-01-03", "k3", "funding", "3.01", "6.03"),
    ]


def test_newest_lines_are_the_statement_s_lines_turned_round() -> None:
    open_all()
    book(*(posted(f"in{n}", "funding", "budget", 100 + n, date(2022, 1, 1 + n)) for n in range(9)))
    for until in (None, date(2022, 1, 8)):
        statement = selectors.statement("budget", date(2022, 1, 2), until)
        lines = list(statement.lines())[::-1]
        paged = [line for first in range(0, 12, 4) for line in statement.newest_lines(first, 4)]
        assert [(line.transfer.key, line.totals) for line in paged] == [
            (line.transfer.key, line.totals) for line in lines
        ]


def test_page_tells_a_balance_as_it_was_known(banks: dict[str, Client]) -> None:
    open_all()
    book(posted("k", "funding", "bank-a", 12_345, date(2022, 1, 3)))
    address = "/en/ledger/bank-a/?on=2022-01-03"
    assert b"123.45" in banks["bank-a"].get(address).content
    known = banks["bank-a"].get(f"{address}&known_on=2022-01-03").context["found"]
    assert (known.posted_fen, banks["bank-a"].get(address).context["found"].posted_fen) == (0, 12_345)


def test_pdf_is_made_of_a_short_statement_only(banks: dict[str, Client], monkeypatch: pytest.MonkeyPatch) -> None:
    open_all()
    book(*(posted(f"k{n}", "funding", "bank-a", 1) for n in range(3)))
    assert banks["bank-a"].get("/zh-hans/ledger/bank-a/statement.pdf").content[:5] == b"%PDF-"
    monkeypatch.setattr(statement_letters, "LONGEST_LETTER", 2)
    refused = banks["bank-a"].get("/zh-hans/ledger/bank-a/statement.pdf")
    assert refused.status_code == 422
    assert "LEDGER.STATEMENT.TOO_LONG" in refused.content.decode()
