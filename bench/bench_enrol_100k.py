"""A loan file of 100,000 rows (XLSX): read, checked, enrolled, beside the plain reading of the same file by calamine.

Prints one JSON line a figure. The server is a throwaway one with fsync on, as a real instance has.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROWS = int(os.environ.get("YULIN_BENCH_ROWS", "100000"))
FIRMS = 30_000
BUDGET_SECONDS = 30.0
BUDGET_MIB = 1536.0


def report(name: str, value: float, unit: str, budget: float, peer: str = "", peer_value: float | None = None) -> bool:
    """Print one figure; a budget is met at or below its value."""
    ratio = None if not peer_value else round(value / peer_value, 2)
    line = {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "peer": peer or None,
        "peer_value": None if peer_value is None else round(peer_value, 2),
        "ratio": ratio,
        "budget": budget,
        "met": value <= budget,
    }
    print(json.dumps(line, ensure_ascii=False), flush=True)
    return value <= budget


def write_file(path: Path) -> None:
    """Write the file: each firm a few loans, every row its own borrower facts, some titles unknown."""
    import xlsxwriter

    from yulin.base.ids import make_uscc

    dice = random.Random(7)
    codes = [make_uscc("440112", serial) for serial in range(1, FIRMS + 1)]
    heads = [
        "机构名称",
        "企业名称",
        "统一社会信用代码",
        "借据编号",
        "合同编号",
        "发放日期",
        "到期日期",
        "发放金额",
        "授信额度",
    ]
    heads += ["年利率", "担保方式", "贷款用途", "注册地区划", "是否高新技术企业", "职工总数", "营业收入"]
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, heads)
        for row in range(ROWS):
            firm = row % FIRMS
            lent = date(2021, 7, 1) + timedelta(dice.randrange(184))
            amount = dice.randrange(10, 900)
            line: list[Any] = [
                "示例支行",
                f"广州示例{firm:05d}科技有限公司",
                codes[firm],
                f"JJ{row:010d}",
                f"HT{row:010d}",
            ]
            line += [lent.isoformat(), (lent + timedelta(365)).isoformat(), amount * 10_000, amount * 12_000]
            line += [4.35, dice.choice(["信用", "保证", "知识产权质押"]), "流动资金"]
            line += [dice.choice(["440112", "440115", "440106"]), dice.choice(["是", "是", "是", ""])]
            line += [dice.randrange(5, 400), dice.randrange(100, 20_000) * 10_000]
            sheet.write_row(row + 1, 0, line)


def plain_reading(path: Path) -> float:
    """Return how long calamine takes to read the file and nothing else."""
    from python_calamine import CalamineWorkbook

    start = time.perf_counter()
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert len(rows) == ROWS + 1
    return time.perf_counter() - start


def prepare() -> Any:
    """Migrate, publish Guangzhou 2021 by two people, and return a clerk of a bank."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.factories.people import make_demo_book
    from tests.factories.pool import make_bank, make_law

    make_demo_book(date(2022, 1, 19))
    law = make_law()
    open_capacity(law.pack.id)
    return make_bank()[1]


def open_capacity(scheme_id: str) -> None:
    """Give the city and every district an account to hold on, so that each loan is held on two layers."""
    from tests.factories.people import make_actor

    from yulin.base.districts import GUANGZHOU_DISTRICTS
    from yulin.people.enums import Role
    from yulin.pool.core.postings import Place
    from yulin.pool.services.layer_accounts import set_layer_capacity

    places = [Place(scheme_id, "city"), *(Place(scheme_id, "district", code) for code in GUANGZHOU_DISTRICTS)]
    authority = make_actor(Role.AUTHORITY_CHECKER)
    for place in places:
        set_layer_capacity(actor=authority, place=place, capacity_fen=10**15)


def main() -> int:
    """Measure and say whether the budgets are met."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from yulin.kit.postgres import throwaway_server

    with (
        tempfile.TemporaryDirectory() as folder,
        throwaway_server(
            settings={
                "fsync": "on",
                "synchronous_commit": "on",
                "full_page_writes": "on",
                "shared_buffers": "256MB",
                "max_wal_size": "2GB",
            }
        ) as url,
    ):
        os.environ.update(DATABASE_URL=url, YULIN_HOME=folder, DJANGO_SETTINGS_MODULE="yulin.settings.base")
        path = Path(folder) / "loans.xlsx"
        write_file(path)
        clerk = prepare()
        return measure(path, clerk)


def measure(path: Path, clerk: Any) -> int:
    """Send, check and enrol the file as the screens do."""
    from django.db.models import F
    from tests.factories.pool import send

    from yulin.pool.models import Enrolment, LimitUse
    from yulin.pool.services.enrol_upload import enrol_upload

    plain = plain_reading(path)
    content = path.read_bytes()
    start = time.perf_counter()
    upload = send(clerk, content, scheme_id="gz-credit-2021", file_name="loans.xlsx")
    checked = time.perf_counter() - start
    start = time.perf_counter()
    result = enrol_upload(actor=clerk, upload_id=upload.pk)
    enrolled = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert LimitUse.objects.filter(limit_fen__isnull=False, used_fen__gt=F("limit_fen")).count() == 0
    assert Enrolment.objects.count() == result["enrolled"]
    print(json.dumps({"result": result, "upload": upload.state}, ensure_ascii=False), file=sys.stderr)
    report("enrol_100k: checked with verdicts before", checked, "s", BUDGET_SECONDS, "calamine, reading alone", plain)
    met = report("enrol_100k: read, checked, enrolled", enrolled, "s", BUDGET_SECONDS, "calamine, reading alone", plain)
    met &= report("enrol_100k: memory", peak, "MiB", BUDGET_MIB)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
