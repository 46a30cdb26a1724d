"""The headline board: figures from the book's rows, definitions beside them, lists that add up, nothing leaked."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from tests.factories.people import make_client, make_demo_book
from tests.factories.pool import FIRM_CODES, WAN, enrol, loan, make_bank, make_law

from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import AccountKind, TransferKind
from yulin.ledger.services import book_transfers
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role
from yulin.pool.core import board
from yulin.pool.core.postings import Place
from yulin.pool.models import BoardSnapshot, Enrolment
from yulin.pool.selectors.board import BoardFigures, board_figures
from yulin.pool.services.board import BOARD_GROUP, snapshot_board
from yulin.pool.services.layer_accounts import open_layer_accounts
from yulin.web.board import printed_figures, shown_figures

pytestmark = pytest.mark.django_db
AS_OF = date(2021, 12, 31)


@pytest.fixture(autouse=True)
def book() -> None:
    make_demo_book()
    law = make_law()
    _, clerk = make_bank()
    _, other = make_bank()
    enrol(
        clerk,
        law,
        loan(firm_code=FIRM_CODES[0], loan_amount_fen=300 * WAN, sector="iab", annual_rate_ppm=41_000),
        loan(firm_code=FIRM_CODES[0], loan_amount_fen=200 * WAN, sector="iab", annual_rate_ppm=43_000),
        loan(firm_code=FIRM_CODES[1], loan_amount_fen=100 * WAN, sector="nem", security="mortgage"),
    )
    enrol(
        other,
        law,
        loan(firm_code=FIRM_CODES[2], loan_amount_fen=400 * WAN, sector="other", disbursed_on=date(2021, 9, 1)),
        loan(
            firm_code=FIRM_CODES[3], loan_amount_fen=50 * WAN, disbursed_on=date(2022, 1, 4), due_on=date(2022, 12, 4)
        ),
    )


def test_figures_equal_what_the_rows_add_up_to() -> None:
    figures = board_figures(scheme_group=BOARD_GROUP, as_of=AS_OF)
    assert (figures.loans, figures.firms, figures.lent_fen) == (4, 3, 1000 * WAN)
    assert (figures.iab_nem_firms, figures.pure_credit_firms) == (2, 2)
    assert sum(year.lent_fen for year in figures.years) == figures.lent_fen
    for groups in (figures.banks, figures.districts, figures.industries, figures.sectors):
        assert sum(group.lent_fen for group in groups) == figures.lent_fen
        assert sum(group.loans for group in groups) == figures.loans


def test_loans_that_are_not_enrolled_or_paid_out_later_do_not_count() -> None:
    before = board_figures(scheme_group=BOARD_GROUP, as_of=AS_OF).lent_fen
    one = Enrolment.objects.filter(loan_amount_fen=400 * WAN).get()
    Enrolment.objects.filter(pk=one.pk).update(state="revoked")
    assert board_figures(scheme_group=BOARD_GROUP, as_of=AS_OF).lent_fen == before - 400 * WAN
    assert board_figures(scheme_group=BOARD_GROUP, as_of=date(2022, 1, 31)).lent_fen == before - 350 * WAN
    assert board_figures(scheme_group="us-sba", as_of=AS_OF).loans == 0


def test_a_snapshot_is_kept_once_and_again_when_a_figure_changes() -> None:
    first = snapshot_board(actor=SYSTEM_ACTOR, as_of=AS_OF)
    assert snapshot_board(actor=SYSTEM_ACTOR, as_of=AS_OF).pk == first.pk
    Enrolment.objects.filter(loan_amount_fen=400 * WAN).update(state="revoked")
    assert snapshot_board(actor=SYSTEM_ACTOR, as_of=AS_OF).pk != first.pk
    assert BoardSnapshot.objects.count() == 2
    assert BoardFigures.from_json(first.figures).as_json() == first.figures


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_reads_one_row_of_figures(language: str, django_assert_max_num_queries: object) -> None:
    snapshot_board(actor=SYSTEM_ACTOR, as_of=AS_OF)
    with django_assert_max_num_queries(8):
        html = unescape(Client().get(f"/{language}/").content.decode())
    for figure in board.FIGURES:
        assert f'id="d-{figure.key}"' in html
        assert figure.definition.in_language(language) in html


def test_the_page_without_figures_says_what_will_be_there() -> None:
    answer = Client().get("/en/")
    assert answer.status_code == 200
    assert "No figures to publish yet" in answer.content.decode()


def test_rows_are_for_those_who_may_see_them_and_sums_for_everybody() -> None:
    snapshot_board(actor=SYSTEM_ACTOR, as_of=AS_OF)
    code = FIRM_CODES[2]
    for role, sees in (
        (Role.AUDITOR, True),
        (Role.MANAGER_CLERK, True),
        (Role.BANK_CLERK, False),
        (Role.FIRM_USER, False),
    ):
        html = make_client(role).get("/en/board/lent/").content.decode()
        assert (code in html) is sees, role
    for key in ("lent", "firms", "lines", "iab-nem", "hnte", "pure-credit", "leverage"):
        public = Client().get(f"/en/board/{key}/").content.decode()
        assert not any(one in public for one in FIRM_CODES), key
        assert "format=csv" not in public
    assert not any(one in Client().get("/en/board/lent/?format=csv").content.decode() for one in FIRM_CODES)


@pytest.mark.parametrize(
    ("key", "count"),
    [
        ("lent", 4),
        ("firms", 3),
        ("iab-nem", 2),
        ("pure-credit", 2),
        ("lines", 4),
        ("leverage", 4),
        ("leverage-paid", 4),
    ],
)
def test_a_list_has_exactly_the_rows_that_its_figure_counts(key: str, count: int) -> None:
    snapshot_board(actor=SYSTEM_ACTOR, as_of=AS_OF)
    client = make_client(Role.AUDITOR)
    answer = client.get(f"/zh-hans/board/{key}/?format=csv")
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(lines) == count + 1
    assert client.get(f"/en/board/{key}/?q=nobody&sort=-amount&page=9").status_code == 200


def test_the_loans_exported_add_up_to_the_figure() -> None:
    snapshot_board(actor=SYSTEM_ACTOR, as_of=AS_OF)
    answer = make_client(Role.AUDITOR).get("/zh-hans/board/lent/?format=csv")
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert sum(Decimal(line[-1].replace(",", "")) for line in lines[1:]) == Decimal("10000000.00")


def test_the_money_lent_is_set_against_what_the_ledger_has_paid_by_then() -> None:
    figures = board_figures(scheme_group=BOARD_GROUP, as_of=AS_OF)
    assert (figures.paid_fen, shown_figures(figures)["leverage-paid"].value.zh) == (0, "—")
    city = Place("gz-credit-2021", "city")
    open_layer_accounts([(city, kind, None) for kind in (AccountKind.FUNDING, AccountKind.COMPENSATION_PAID)])
    accounts = city.account(AccountKind.FUNDING), city.account(AccountKind.COMPENSATION_PAID)
    days = {"paid-1": date(2021, 12, 31), "paid-2": date(2022, 1, 4)}
    booked = [NewTransfer(key, TransferKind.POSTED, *accounts, 8 * WAN, on) for key, on in days.items()]
    book_transfers(actor=SYSTEM_ACTOR, transfers=booked, today=date(2022, 1, 19))
    figures = board_figures(scheme_group=BOARD_GROUP, as_of=AS_OF)
    assert figures.paid_fen == 8 * WAN  # what was paid after the day is not in it
    assert shown_figures(figures)["leverage-paid"].value.zh == "125.0"  # 1,000万 ÷ 8万


def test_open_data_gives_figures_and_definitions() -> None:
    snapshot_board(actor=SYSTEM_ACTOR, as_of=AS_OF)
    data = Client().get("/en/board/data/?format=json").json()
    assert data["figures"]["lent_fen"] == 1000 * WAN
    assert set(data["definitions"]) == {figure.key for figure in board.FIGURES}
    sheet = b"".join(Client().get("/en/board/data/").streaming_content).decode("utf-8-sig")
    assert "total,lent,,3,4,10000000.00" in sheet


def year(number: int, lent_yi: int, cumulative_yi: int, low: int, high: int) -> dict[str, int]:
    return {
        "year": number, "loans": 1, "firms": 1, "lent_fen": lent_yi * board.YI_FEN,
        "cumulative_fen": cumulative_yi * board.YI_FEN, "rate_low_ppm": low, "rate_high_ppm": high,
    }  # fmt: skip


def seed_figures(**changes: int) -> BoardFigures:
    yi = board.YI_FEN
    kept = {
        "as_of": "2021-12-31", "first_on": "2016-02-01", "loans": 12_885, "firms": 6_550, "lent_fen": 504 * yi,
        "lines": 9_163, "lines_fen": 698 * yi, "iab_nem_firms": 3_748, "hnte_firms": 5_190, "hnte_unknown_firms": 0,
        "pure_credit_firms": 4_835, "units": 37,
        "years": [year(2016, 12, 12, 60_000, 80_000), year(2021, 492, 504, 40_000, 50_000)],
        "milestones": [{"amount_fen": 100 * yi, "reached_on": "2018-10-15"}],
        "banks": [], "districts": [], "industries": [], "sectors": [],
    }  # fmt: skip
    return BoardFigures.from_json(kept | changes)


def test_the_seeds_figures_read_as_the_book_computes_them() -> None:
    shown = shown_figures(seed_figures(paid_fen=7_100 * WAN))
    read = {key: one.value.zh for key, one in shown.items()}
    assert read == {
        "lent": "504.00", "lines": "698.00", "firms": "6,550", "iab-nem": "57.22", "hnte": "79.24",
        "pure-credit": "73.82", "rates": "4.0–5.0", "units": "37", "growth": "71.5", "leverage": "252.0",
        "leverage-paid": "709.9",
    }  # fmt: skip
    assert shown["lent"].value.en == "50.40"
    assert "4,835 ÷ 6,550 = 73.8168%" in [row[1].zh for row in shown["pure-credit"].rows]


def test_the_newspapers_figures_stand_beside_ours_and_two_differ() -> None:
    rows = {row.key: row for row in printed_figures(seed_figures())}
    assert [key for key, row in rows.items() if not row.agrees] == ["pure-credit", "growth"]
    assert "73.83%" in rows["pure-credit"].finding.zh
    assert printed_figures(seed_figures(firms=6_551)) == []
