"""Transfers are booked once, whole or not at all, never past zero, and stand as they were booked."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from tests.factories.ledger import TODAY, book, open_all, posted
from tests.factories.threads import in_parallel

from yulin.ledger import selectors, services
from yulin.ledger.adapters.lines import numbered_lines
from yulin.ledger.core.accounts import NewAccount
from yulin.ledger.core.chain import FIELDS, ChainBreak, line_of
from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import AccountKind, TransferKind
from yulin.ledger.errors import KeyConflictError, OverdraftError, PeriodClosedError, PeriodNotClosableError
from yulin.ledger.models import Account, Seal, Transfer
from yulin.people.core.actors import SYSTEM_ACTOR

DAYS = [date(2022, 1, day) for day in range(1, 20)]


@pytest.mark.django_db
def test_transfer_is_booked_once_per_key() -> None:
    open_all()
    first = book(posted("k1", "funding", "budget", 100))[0]
    again = book(posted("k1", "funding", "budget", 100))[0]
    assert (first.is_new, again.is_new, first.id == again.id) == (True, False, True)
    with pytest.raises(KeyConflictError):
        book(posted("k1", "funding", "budget", 101))
    assert selectors.balance("budget").posted_fen == 100


@pytest.mark.django_db
@pytest.mark.parametrize(("amount", "is_booked"), [(99, True), (100, True), (101, False)])
def test_account_gives_no_fen_more_than_it_holds(amount: int, is_booked: bool) -> None:
    open_all()
    book(posted("in", "funding", "budget", 150), NewTransfer("h", TransferKind.HOLD, "budget", "paid", 50, TODAY))
    if is_booked:
        book(posted("out", "budget", "paid", amount))
    else:
        with pytest.raises(OverdraftError, match=r"1\.00.*0\.01"):
            book(posted("other", "funding", "budget", 1, group="g"), posted("out", "budget", "paid", 102, group="g"))
    assert selectors.balance("budget").available_fen == (100 - amount if is_booked else 100)


@pytest.mark.django_db
def test_group_that_fails_spoils_no_other_when_the_call_goes_on() -> None:
    open_all()
    found = book(
        posted("in", "funding", "budget", 100),
        posted("a1", "funding", "due", 5, group="a"),
        posted("a2", "budget", "paid", 5, group="a"),
        posted("b", "budget", "paid", 100),
        goes_on=True,
    )
    assert [one.is_new for one in found] == [True, False, False, True]
    assert {one.refusal.code for one in found if one.refusal} == {"LEDGER.ACCOUNT.OVERFILL"}


@pytest.mark.django_db
def test_closed_period_takes_nothing_more() -> None:
    open_all()
    book(posted("k1", "funding", "budget", 100, date(2021, 12, 31)))
    closed = services.close_period(actor=SYSTEM_ACTOR, scheme_id="s", closed_until=date(2022, 1, 1), today=TODAY)
    assert closed.totals["budget"] == [100, 0]
    with pytest.raises(PeriodClosedError):
        book(posted("k2", "funding", "budget", 100, date(2021, 12, 31)))
    book(posted("k3", "funding", "budget", 100, date(2022, 1, 1)))
    with pytest.raises(PeriodNotClosableError):
        services.close_period(actor=SYSTEM_ACTOR, scheme_id="s", closed_until=date(2022, 1, 20), today=TODAY)


@pytest.mark.django_db
def test_expired_hold_is_released_once() -> None:
    open_all()
    hold = NewTransfer("h", TransferKind.HOLD, "budget", "paid", 70, DAYS[0], expires_on=DAYS[5])
    book(posted("in", "funding", "budget", 100), hold)
    assert services.expire_holds(today=DAYS[5]) == 0
    assert (services.expire_holds(today=DAYS[6]), services.expire_holds(today=DAYS[6])) == (1, 0)
    assert selectors.balance("budget").available_fen == 100


@pytest.mark.django_db
def test_reversal_goes_back_and_the_statement_shows_it() -> None:
    open_all()
    book(posted("in", "funding", "budget", 100))
    services.reverse_transfer(actor=SYSTEM_ACTOR, key="in", reason="重复入账", value_on=TODAY)
    lines = list(selectors.statement("budget").lines())
    assert [(one.in_fen, one.out_fen, one.balance_fen) for one in lines] == [(100, None, 100), (None, 100, 0)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE ledger_transfer SET amount_fen = 1", "UPDATE on ledger_transfer was refused"),
        ("DELETE FROM ledger_transfer", "DELETE on ledger_transfer was refused"),
        ("INSERT INTO ledger_transfer SELECT * FROM ledger_transfer", 'security policy for table "ledger_transfer"'),
        ("UPDATE ledger_account SET posted_fen = 1", 'security policy for table "ledger_account"'),
        ("UPDATE ledger_account SET may_overdraw = true", "UPDATE on ledger_account was refused"),
        ("DELETE FROM ledger_account", "DELETE on ledger_account was refused"),
        ("UPDATE ledger_hold SET rest_fen = 0", "UPDATE was refused"),
    ],
)
def test_database_refuses_to_change_what_was_booked(statement: str, said: str) -> None:
    open_all()
    book(posted("in", "funding", "budget", 100))
    with pytest.raises(DatabaseError, match=said), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def as_if_booking(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yulin.booking', 'on', true)")
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "is_lawful"),
    [
        ("posted_fen = 0 WHERE code = 'budget'", True),
        ("posted_fen = -1 WHERE code = 'budget'", False),
        ("posted_fen = -1 WHERE code = 'funding'", True),
        ("held_out_fen = 100 WHERE code = 'budget'", True),
        ("held_out_fen = 101 WHERE code = 'budget'", False),
        ("held_out_fen = -1 WHERE code = 'funding'", False),
        ("held_in_fen = -1 WHERE code = 'budget'", False),
        ("posted_fen = 0 WHERE code = 'due'", True),
        ("posted_fen = 1 WHERE code = 'due'", False),
        ("posted_fen = -5, held_in_fen = 5 WHERE code = 'due'", True),
        ("posted_fen = -5, held_in_fen = 6 WHERE code = 'due'", False),
    ],
)
def test_database_keeps_accounts_in_their_bounds_from_booking_functions_too(changed: str, is_lawful: bool) -> None:
    open_all()
    book(posted("in", "funding", "budget", 100))
    if is_lawful:
        as_if_booking(f"UPDATE ledger_account SET {changed}")
    else:
        with pytest.raises(DatabaseError, match="row-level security policy"):
            as_if_booking(f"UPDATE ledger_account SET {changed}")


@pytest.mark.django_db
def test_database_opens_no_account_with_money_in_it() -> None:
    open_all()
    opened = Account.objects.get(code="budget")
    opened.pk, opened.code, opened.posted_fen = None, "other", 1
    with pytest.raises(DatabaseError, match="row-level security policy"), transaction.atomic():
        opened.save(force_insert=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("columns", "is_lawful"),
    [
        ("kind", True),
        ("'hold' AS kind, DATE '2022-02-01' AS expires_on", True),
        ("0 AS amount_fen", False),
        ("-1 AS amount_fen", False),
        ("credit_id AS debit_id", False),
        ("id AS refers_to_id", False),
        ("'post' AS kind", False),
        ("'post' AS kind, id AS refers_to_id", True),
        ("DATE '2022-02-01' AS expires_on", False),
    ],
)
def test_database_takes_no_transfer_of_another_shape_from_booking_functions_either(
    columns: str, is_lawful: bool
) -> None:
    open_all()
    book(posted("in", "funding", "budget", 100))
    kept = ("kind", "debit_id", "credit_id", "amount_fen", "refers_to_id", "value_on", "booked_at", "expires_on")
    statement = (
        f"INSERT INTO ledger_transfer (id, key, {', '.join(kept)}, reason, facts, transaction)"
        f" SELECT id + 1000, 'other', {', '.join(f'x.{name}' for name in kept)}, '', '{{}}', 1 FROM ("
        f"   SELECT (jsonb_populate_record(t, to_jsonb(o))).* FROM ledger_transfer AS t,"
        f"   LATERAL (SELECT {columns} FROM ledger_transfer WHERE id = t.id) AS o"
        f" ) AS x"
    )
    if is_lawful:
        as_if_booking(statement)
        assert Transfer.objects.filter(key="other").exists()
    else:
        with pytest.raises(DatabaseError, match="row-level security policy"):
            as_if_booking(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("with_others", [False, True])
def test_posting_a_whole_hold_again_answers_the_same(with_others: bool) -> None:
    open_all()
    hold = NewTransfer("h", TransferKind.HOLD, "budget", "paid", 70, TODAY)
    book(posted("in", "funding", "budget", 100), hold)
    post = NewTransfer("p", TransferKind.POST, value_on=TODAY, hold_key="h")
    others = [posted("more", "funding", "budget", 5)] if with_others else []
    first = book(post, *others)
    again = book(post, *others)
    assert [(one.id, one.amount_fen) for one in again] == [(one.id, one.amount_fen) for one in first]
    assert not any(one.is_new for one in again)
    assert selectors.balance("paid").posted_fen == 70


@pytest.mark.django_db
def test_refused_transfer_leaves_nothing_behind_on_the_short_way() -> None:
    open_all()
    book(posted("in", "funding", "budget", 100))
    with pytest.raises(OverdraftError):
        book(posted("out", "budget", "paid", 101))
    with pytest.raises(KeyConflictError):
        book(posted("in", "funding", "paid", 7))
    balances = [selectors.balance(code).posted_fen for code in ("funding", "budget", "paid")]
    assert (balances, Transfer.objects.count()) == ([-100, 100, 0], 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_book_one_key_once() -> None:
    open_all()
    found = in_parallel(20, lambda _: book(posted("same", "funding", "budget", 100))[0].is_new)
    assert sorted(found) == [False] * 19 + [True]
    assert selectors.balance("budget").posted_fen == 100


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_never_overdraw_and_never_lock_each_other_out() -> None:
    open_all()
    book(posted("in", "funding", "budget", 1_000), posted("in2", "funding", "paid", 1_000))

    def work(number: int) -> int:
        ways = [("budget", "paid"), ("paid", "budget")]
        asked = [posted(f"{number}-{n}", *ways[(number + n) % 2], 90) for n in range(10)]
        return sum(one.is_new for one in book(*asked, goes_on=True))

    found = in_parallel(20, work)
    assert all(isinstance(one, int) for one in found), found
    assert selectors.balance("budget").posted_fen + selectors.balance("paid").posted_fen == 2_000
    assert all(account.available_fen >= 0 for account in Account.objects.exclude(code="funding"))
    assert selectors.verify().holds


def tamper(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER ledger_stands")
        cursor.execute("ALTER TABLE ledger_transfer NO FORCE ROW LEVEL SECURITY")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE ledger_transfer FORCE ROW LEVEL SECURITY")
        cursor.execute("ALTER TABLE ledger_transfer ENABLE TRIGGER ledger_stands")


SWAP = (
    "UPDATE ledger_transfer AS t SET amount_fen = o.amount_fen, value_on = o.value_on FROM ledger_transfer AS o"
    " WHERE t.key IN ('k3', 'k4') AND o.key IN ('k3', 'k4') AND o.key <> t.key"
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_transfer SET amount_fen = amount_fen + 1 WHERE key = 'k3'",
        "DELETE FROM ledger_transfer WHERE key = 'k3'",
        SWAP,
    ],
)
def test_verify_names_the_transfer_that_was_touched(statement: str) -> None:
    open_all()
    book(*(posted(f"k{n}", "funding", "budget", n + 1) for n in range(3)))
    assert services.seal_transfers() == 3
    book(*(posted(f"k{n}", "funding", "budget", n + 1) for n in range(3, 6)))
    assert (services.seal_transfers(), services.seal_transfers()) == (3, 0)
    found = selectors.verify()
    assert (found.holds, found.last_seal, found.unsealed_count) == (True, 2, 0)
    touched = Transfer.objects.get(key="k3").pk
    tamper(statement)
    assert selectors.verify().chain_break == ChainBreak(2, "transfers", touched)


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "入库", "a\tb\\N\n\r\v\f\b", "\\N"])
def test_lines_of_the_database_are_those_of_the_chain(reason: str) -> None:
    open_all()
    book(
        posted("k0", "funding", "budget", 5, reason=reason, facts={"bb": ["二", 1], "a": 'q"'} if reason else {}),
        NewTransfer("k1", TransferKind.HOLD, "budget", "paid", 3, TODAY, expires_on=date(2022, 2, 1)),
        NewTransfer("k2", TransferKind.POST, value_on=TODAY, amount_fen=1, hold_key="k1", group="g"),
    )
    rows = Transfer.objects.order_by("pk").select_related("debit", "credit")
    needed = [(each.pk, line_of(_fields(each))) for each in rows]
    assert list(numbered_lines([(each.pk, each.pk) for each in rows])) == needed
    assert list(numbered_lines([(needed[1][0], needed[-1][0])])) == needed[1:]


def _fields(one: Transfer) -> dict[str, object]:
    own = {"group": one.link, "debit": one.debit.code, "credit": one.credit.code, "refers_to": one.refers_to_id}
    return {name: own[name] if name in own else getattr(one, name) for name in FIELDS}


@pytest.mark.django_db(transaction=True)
def test_sealer_leaves_out_no_transfer_that_commits_late() -> None:
    open_all()
    services.open_accounts(
        actor=SYSTEM_ACTOR,
        accounts=[NewAccount(code, AccountKind.CLEARING, None, "s", "", may_overdraw=True) for code in ("x", "y")],
    )
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            book(posted("slow", "x", "y", 1))
            begun.set()
            may_end.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(10)
    book(posted("quick", "funding", "budget", 1))
    assert services.seal_transfers() == 0
    may_end.set()
    thread.join()
    assert services.seal_transfers() == 2
    assert selectors.verify().holds


@pytest.mark.django_db(transaction=True)
def test_sealer_passes_over_numbers_that_never_came_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    open_all()
    book(posted("k0", "funding", "budget", 1))
    with transaction.atomic():
        book(posted("lost", "funding", "budget", 1))
        transaction.set_rollback(True)
    book(posted("k1", "funding", "budget", 1), posted("k2", "funding", "budget", 1))
    book(posted("k3", "funding", "budget", 1))
    monkeypatch.setattr("yulin.ledger.services.sealing.BATCH", 2)
    assert services.seal_transfers() == 4
    first, second, third, fourth = Transfer.objects.order_by("pk").values_list("pk", flat=True)
    ranges = [list(zip(one.first_ids, one.last_ids, strict=True)) for one in Seal.objects.order_by("pk")]
    assert second > first + 1
    assert ranges == [[(first, first), (second, second)], [(third, fourth)]]
    assert (selectors.verify().holds, selectors.verify().unsealed_count) == (True, 0)
