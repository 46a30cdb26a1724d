"""`yulin ledger VERB`: accounts, balances, statements, closed periods, and whether the book still holds."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.cli.answers import print_json
from yulin.cli.instance import book_ready, shell_language, tell

if TYPE_CHECKING:
    from yulin.ledger.models import Account, Hold
    from yulin.ledger.selectors import Verification
    from yulin.pool.selectors.reconciliation import Difference

Run = Callable[[argparse.Namespace], int]


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs of `yulin ledger`."""
    area = subparsers.add_parser("ledger", help="accounts, statements, periods, and whether the book holds")
    verbs = area.add_subparsers(dest="verb", required=True, metavar="VERB")

    verify = _verb(verbs, "verify", _verify, "recompute every total, hold and seal and name the first break")
    verify.add_argument("--pool", action="store_true", help="also hold the pool's own tables against the book")
    verify.add_argument("--json", action="store_true", help="print the result as JSON")

    accounts = _verb(verbs, "accounts", _accounts, "list the accounts with what stands on them")
    accounts.add_argument("--scheme", metavar="ID", default=None, help="those of one scheme")
    accounts.add_argument("--json", action="store_true", help="print the result as JSON")

    balance = _verb(verbs, "balance", _balance, "say what stands on an account, now or on a day as once known")
    balance.add_argument("account", metavar="ACCOUNT")
    balance.add_argument("--on", type=date.fromisoformat, default=None, metavar="DAY", help="at the end of this day")
    balance.add_argument(
        "--known-at",
        type=_instant,
        default=None,
        metavar="INSTANT",
        help="as known then: 2022-01-19T08:00+08:00",
    )

    statement = _verb(verbs, "statement", _statement, "print an account's statement as CSV")
    statement.add_argument("account", metavar="ACCOUNT")
    statement.add_argument("--from", dest="since", type=date.fromisoformat, default=None, metavar="DAY")
    statement.add_argument(
        "--until", type=date.fromisoformat, default=None, metavar="DAY", help="the first day that is left out"
    )

    holds = _verb(verbs, "holds", _holds, "list the open holds, those that end first in front")
    holds.add_argument("--until", type=date.fromisoformat, default=None, metavar="DAY", help="last day no later than")
    holds.add_argument("--json", action="store_true", help="print the result as JSON")

    close = _verb(verbs, "close-period", _close, "close every value date before a day for a scheme, for good")
    close.add_argument("scheme", metavar="SCHEME")
    close.add_argument("day", metavar="DAY", type=date.fromisoformat)

    _verb(verbs, "expire-holds", _expire, "release the holds whose last day is over")
    _verb(verbs, "seal", _seal, "seal what can be sealed now")


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, work: Run, about: str
) -> argparse.ArgumentParser:
    def run(arguments: argparse.Namespace) -> int:
        with book_ready():
            return work(arguments)

    parser = verbs.add_parser(name, help=about, description=about)
    parser.set_defaults(run=run)
    return parser


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no zone; write {text}+08:00")
    return instant


def _verify(arguments: argparse.Namespace) -> int:
    """Return 0 when the whole book holds, and where it is asked, when the pool's tables say the same; else 1."""
    from yulin.ledger.selectors import verify  # noqa: PLC0415 - app ready

    found = verify()
    apart = _differences() if arguments.pool else []
    if arguments.json:
        print_json(found.as_json() | ({"pool": [_difference_json(one) for one in apart]} if arguments.pool else {}))
    else:
        _tell_verified(found)
        if arguments.pool:
            _tell_compared(apart)
    return int(not found.holds or bool(apart))


def _differences() -> list[Difference]:
    from yulin.pool.selectors.reconciliation import differences  # noqa: PLC0415 - app ready

    return differences()


def _difference_json(one: Difference) -> dict[str, str | int]:
    return {"account": one.account, "what": one.what.en, "pool_fen": one.pool_fen, "ledger_fen": one.ledger_fen}


def _tell_compared(apart: Sequence[Difference]) -> None:
    if not apart:
        tell(Text("业务表与台账逐户相符。", "The pool's tables and the book agree on every account."))
        return
    first = apart[0]
    said = {
        "account": first.account,
        "what": first.what,
        "pool": yuan_text(first.pool_fen),
        "ledger": yuan_text(first.ledger_fen),
        "n": len(apart),
    }
    tell(
        Text(
            "业务表与台账有%(n)s处不符。第一处：账户%(account)s的%(what)s，业务表%(pool)s，台账%(ledger)s。",
            "The pool's tables and the book differ in %(n)s {n:place|places}. First: %(what)s on %(account)s is "
            "%(pool)s in the pool, %(ledger)s in the book.",
        ).with_values(**said)
    )


def _tell_verified(found: Verification) -> None:
    for problem in found.problems():
        tell(problem)
    if found.holds:
        tell(
            Text(
                f"{found.transfer_count}笔分录、{found.last_seal}个封存全部成立；末个{found.last_hash[:16]}…；"
                f"未封存{found.unsealed_count}笔。",
                f"The whole book holds; transfers: {found.transfer_count}, seals: {found.last_seal}, "
                f"last {found.last_hash[:16]}…, not sealed: {found.unsealed_count}.",
            )
        )


def _accounts(arguments: argparse.Namespace) -> int:
    from yulin.ledger.selectors import accounts_visible_to, with_currency  # noqa: PLC0415 - app ready
    from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready

    accounts = accounts_visible_to(SYSTEM_ACTOR)
    if arguments.scheme is not None:
        accounts = accounts.filter(scheme_id=arguments.scheme)
    if arguments.json:
        print_json([_account_json(account) for account in accounts])
        return 0
    for account in with_currency(accounts):
        stands, held = yuan_text(account.posted_fen), yuan_text(account.held_out_fen)
        said = Text(f"{account.code}：余额{stands}元，冻结{held}元", f"{account.code}: CNY {stands}, {held} held")
        tell(said.in_currency(account.currency))
    return 0


def _account_json(account: Account) -> dict[str, str | int]:
    return {
        "account": account.code,
        "kind": account.kind,
        "scheme": account.scheme_id,
        "layer": account.layer,
        "posted_fen": account.posted_fen,
        "held_fen": account.held_out_fen,
        "available_fen": account.available_fen,
    }


def _balance(arguments: argparse.Namespace) -> int:
    from yulin.ledger.selectors import balance  # noqa: PLC0415 - app ready

    found = balance(arguments.account, on=arguments.on, known_at=arguments.known_at)
    print_json(
        {
            "account": arguments.account,
            "on": arguments.on and arguments.on.isoformat(),
            "known_at": arguments.known_at and arguments.known_at.isoformat(),
            "posted_fen": found.posted_fen,
            "held_fen": found.held_fen,
            "available_fen": found.available_fen,
        }
    )
    return 0


def _statement(arguments: argparse.Namespace) -> int:
    from yulin.ledger.selectors import ROW_HEADS, currency_of_account, statement  # noqa: PLC0415 - app ready

    language, found = shell_language(), statement(arguments.account, arguments.since, arguments.until)
    sheet, currency = csv.writer(sys.stdout), currency_of_account(found.account)
    sheet.writerow([head.in_currency(currency).in_language(language) for head in ROW_HEADS])
    for line in found.lines():
        sheet.writerow([cell.in_language(language) if isinstance(cell, Text) else cell for cell in line.cells()])
    return 0


def _holds(arguments: argparse.Namespace) -> int:
    from yulin.ledger.selectors import accounts_of_holds, holds_visible_to  # noqa: PLC0415 - app ready
    from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready

    found = holds_visible_to(SYSTEM_ACTOR).order_by("expires_on", "pk")
    if arguments.until:
        found = found.filter(expires_on__lte=arguments.until)
    accounts = accounts_of_holds(found)
    if arguments.json:
        print_json([_hold_json(hold, accounts) for hold in found])
        return 0
    for hold in found:
        key, left, until = hold.transfer.key, yuan_text(hold.rest_fen), hold.expires_on
        said = Text(
            f"{key}：尚余{left}元，{f'至{until}' if until else '不过期'}",
            f"{key}: CNY {left} left, {f'until {until}' if until else 'no last day'}",
        )
        tell(said.in_currency(accounts[hold.transfer.debit_id].currency))  # type: ignore[attr-defined]  # annotated
    return 0


def _hold_json(hold: Hold, accounts: Mapping[int, Account]) -> dict[str, str | int | None]:
    return {
        "key": hold.transfer.key,
        "debit": accounts[hold.transfer.debit_id].code,
        "credit": accounts[hold.transfer.credit_id].code,
        "rest_fen": hold.rest_fen,
        "expires_on": hold.expires_on.isoformat() if hold.expires_on else None,
    }


def _close(arguments: argparse.Namespace) -> int:
    from yulin.ledger.services import close_period  # noqa: PLC0415 - app ready
    from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready

    closed = close_period(actor=SYSTEM_ACTOR, scheme_id=arguments.scheme, closed_until=arguments.day)
    tell(
        Text(
            f"方案{closed.scheme_id}在{closed.closed_until}之前的期间已关账；涉及{len(closed.totals)}个账户。",
            f"Everything before {closed.closed_until} is closed for {closed.scheme_id}, {len(closed.totals)} accounts.",
        )
    )
    return 0


def _expire(_arguments: argparse.Namespace) -> int:
    from yulin.ledger.services import expire_holds  # noqa: PLC0415 - app ready

    count = expire_holds()
    tell(Text(f"解除到期冻结{count}笔。", f"Released {count} expired holds."))
    return 0


def _seal(_arguments: argparse.Namespace) -> int:
    from yulin.ledger.services import seal_transfers  # noqa: PLC0415 - app ready

    count = seal_transfers()
    tell(Text(f"封存了{count}笔。", f"Transfers sealed: {count}."))
    return 0
