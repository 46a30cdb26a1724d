"""Read, map and type a loan file of 100,000 rows, beside the plain reading of the same file by calamine, same run.

    python bench/bench_file_reading.py [ROWS]

Prints one JSON line a figure: {"name", "value", "unit", "peer", "peer_value", "ratio", "budget", "met"}.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import python_calamine
import xlsxwriter
from instance import report

from yulin.base.ids import make_uscc
from yulin.exchange.adapters.files import read_path
from yulin.exchange.core.fields import loan_form
from yulin.exchange.core.typing import type_sheet
from yulin.pool.adapters.laws import shipped_laws
from yulin.pool.core.screening import screen_loans

HEADS = [
    "机构名称",
    "客户名称",
    "证件号码",
    "借据编号",
    "合同编号",
    "发放日期",
    "到期日期",
    "发放金额（元）",
    "年利率（%）",
]
HEADS += ["担保方式", "贷款用途"]
RUNS = 3
FULL = 100_000


def write_file(path: Path, rows: int) -> None:
    chance = random.Random(7)
    codes = [make_uscc("440112", serial) for serial in range(max(rows // 3, 1))]
    with xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        page = book.add_worksheet("放款明细")
        page.write_row(0, 0, HEADS)
        for row in range(1, rows + 1):
            firm = chance.randrange(len(codes))
            lent = date(2021, 7, 5) + timedelta(days=chance.randrange(170))
            texts = [
                "示例银行广州分行",
                f"广州示例{firm}科技有限公司",
                codes[firm],
                f"JJ{row:08d}",
                f"HT{row // 2:08d}",
            ]
            for column, text in enumerate(texts):
                page.write_string(row, column, text)
            page.write_datetime(row, 5, lent)
            page.write_datetime(row, 6, lent + timedelta(days=364))
            page.write_number(row, 7, chance.randrange(10, 900) * 10_000)
            page.write_number(row, 8, 4.35)
            page.write_string(row, 9, chance.choice(["信用", "抵押", "保证", "知识产权质押"]))
            page.write_string(row, 10, "研发")


def seconds(work: object) -> float:
    best = float("inf")
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


def main(rows: int) -> int:
    """Measure, print, and return 1 where a budget is passed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loans.xlsx"
        write_file(path, rows)
        laws = shipped_laws("gz-credit-2021")

        def plain() -> None:
            python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()

        def typed() -> None:
            type_sheet(read_path(path), loan_form())

        def screened() -> None:
            file = type_sheet(read_path(path), loan_form())
            screen_loans(file.valid, laws, file.letters)

        peer = ("calamine to lists, same file", seconds(plain))
        typing, screening = (2.0, 6.0) if rows == FULL else (None, None)  # budgets are of the full size
        met = report(f"read and type {rows} rows", seconds(typed), peer, unit="s", budget=typing)
        met &= report(f"read, type and screen {rows} rows", seconds(screened), peer, unit="s", budget=screening)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        met &= report("file reading: memory", peak, None, unit="MiB", budget=400)
    return int(not met)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else FULL))
