"""`yulin demo load|day|bank-file|extracts`: the demo book, its day, and files as banks and registers send them."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

from yulin.base.text import Text
from yulin.cli.answers import print_json
from yulin.cli.instance import book_ready, tell


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs of `yulin demo`."""
    area = subparsers.add_parser("demo", help="the demo book, and loan files as a bank sends them")
    verbs = area.add_subparsers(dest="verb", required=True, metavar="VERB")
    load = verbs.add_parser("load", help="load the demo book into an empty database")
    load.add_argument("--scale", type=_at_least(1), default=1, help="how many times 6,550 firms (default 1)")
    load.add_argument("--if-empty", action="store_true", help="do nothing, and say so, where the database holds a book")
    load.add_argument("--json", action="store_true", help="print the counts as JSON")
    load.set_defaults(run=_load)
    day = verbs.add_parser(
        "day", help="let the demo book stand on another day, and take the steps that are due by then"
    )
    day.add_argument("day", metavar="YYYY-MM-DD", type=date.fromisoformat, help="the new business date")
    day.add_argument("--json", action="store_true", help="print the days and the counts of steps as JSON")
    day.set_defaults(run=_day)
    file = verbs.add_parser("bank-file", help="write a loan file as a bank extracts it: .xlsx, or .csv in GB18030")
    file.add_argument("file", metavar="FILE", type=Path)
    file.add_argument("--rows", type=_at_least(2), default=100, help="loans in the file (default 100)")
    file.add_argument("--wrong", type=_at_least(0), default=0, help="how many of them are wrong on purpose")
    file.add_argument("--bank", default="B01", metavar="CODE", help="the bank that sends it (default B01)")
    file.add_argument("--seed", type=int, default=None, help="another seed draws another file")
    file.add_argument("--new-firms", action="store_true", help="only firms that the demo book does not hold")
    file.set_defaults(run=_bank_file)
    extracts = verbs.add_parser(
        "extracts", help="write records of four registers for yulin atlas resolve, and beside them the planted truth"
    )
    extracts.add_argument("folder", metavar="FOLDER", type=Path)
    extracts.add_argument("--firms", type=_at_least(1), default=2_000, help="firms of the book (default 2000)")
    extracts.set_defaults(run=_extracts)


def _load(arguments: argparse.Namespace) -> int:
    with book_ready():
        from yulin.demo.load import is_empty, load_demo_book  # noqa: PLC0415 - app ready

        if arguments.if_empty and not is_empty():
            tell(Text("数据库已有账本，未加载演示账本。", "The database holds a book; the demo book was not loaded."))
            return 0
        started = time.monotonic()
        loaded = load_demo_book(scale=arguments.scale)
    counts = asdict(loaded) | {"seconds": round(time.monotonic() - started, 1)}
    if arguments.json:
        print_json(counts)
    else:
        tell(
            Text(
                "已加载演示账本：企业%(firms)s家，授信%(lines)s份，贷款%(loans)s笔，月报%(returns)s行，用时%(seconds)s秒。",
                "Demo book loaded: %(firms)s {firms:firm|firms}, %(lines)s {lines:line|lines}, "
                "%(loans)s {loans:loan|loans}, %(returns)s monthly {returns:return|returns}, in %(seconds)s s.",
            ).with_values(**counts)
        )
    return 0


def _day(arguments: argparse.Namespace) -> int:
    with book_ready():
        from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready
        from yulin.people.services import move_book_day  # noqa: PLC0415 - app ready
        from yulin.pool.tasks import daily_steps  # noqa: PLC0415 - app ready

        before = move_book_day(actor=SYSTEM_ACTOR, day=arguments.day)
        steps = daily_steps()
    told = {"from": before.isoformat(), "to": arguments.day.isoformat(), **steps}
    if arguments.json:
        print_json(told)
        return 0
    tell(
        Text(
            "演示账本的业务日期由%(from)s改为%(to)s；失效%(lapsed)s笔，生效%(activated)s笔，交割转让包%(assigned)s个。",
            "The demo book's day moved from %(from)s to %(to)s: %(lapsed)s {lapsed:loan|loans} lapsed, "
            "%(activated)s began, %(assigned)s {assigned:package|packages} settled.",
        ).with_values(**told)
    )
    if arguments.day < before:
        tell(Text("日期倒退：已登记的事项仍留在各自的日期。", "It went back: what is booked keeps the days it bears."))
    return 0


def _bank_file(arguments: argparse.Namespace) -> int:
    from yulin.demo.bank_file import FilePlan, write_bank_file  # noqa: PLC0415 - slow import
    from yulin.demo.book import SEED, demo_book  # noqa: PLC0415 - slow import

    book = demo_book()
    names = dict(book.banks.select("code", "name_zh").iter_rows())
    plan = FilePlan(
        rows=arguments.rows,
        wrong=arguments.wrong,
        bank_code=arguments.bank,
        bank_name=names.get(arguments.bank, "示例银行"),
        seed=SEED if arguments.seed is None else arguments.seed,
        known_firms=None if arguments.new_firms else book.firms,
    )
    wrong = write_bank_file(arguments.file, plan)
    print_json({"file": str(arguments.file), "rows": plan.rows, "wrong": [asdict(row) for row in wrong]})
    return 0


def _at_least(lowest: int) -> Callable[[str], int]:
    """Return a reader of whole numbers not below `lowest`, for argparse."""

    def read(text: str) -> int:
        number = int(text)
        if number < lowest:
            raise argparse.ArgumentTypeError(f"{number} is below {lowest}")
        return number

    return read


def _extracts(arguments: argparse.Namespace) -> int:
    from yulin.demo.book import demo_book  # noqa: PLC0415 - slow import
    from yulin.demo.extracts import planted_records, write_extracts  # noqa: PLC0415 - slow import

    records = planted_records(demo_book(), arguments.firms)
    write_extracts(arguments.folder, records)
    kinds = Counter(str(record.planted) for record in records)
    print_json({"records": len(records), "firms": len({record.is_of for record in records}), "planted": kinds})
    return 0
