"""A loan file as a Chinese bank's core system extracts it: PBoC column names, mixed habits, some rows wrong on purpose.

Loans start in January 2022 under gz-credit-2021; a row holds unless it is named among the wrong ones. Firms are those
of the demo book where given, else further invented ones whose codes begin their organisation part with YN.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from yulin.base.dates import add_months
from yulin.base.districts import GUANGZHOU_DISTRICTS
from yulin.base.ids import USCC_ALPHABET, make_uscc
from yulin.base.workdays import shipped_calendar
from yulin.demo.targets import BUSINESS_DATE

COLUMNS = (
    "机构名称",
    "客户名称",
    "证件号码",
    "借据编号",
    "合同编号",
    "发放日期",
    "到期日期",
    "发放金额（元）",
    "年利率（%）",
    "担保方式",
    "贷款用途",
    "授信额度（万元）",
    "所属行业",
    "产业领域",
    "注册地行政区划",
    "职工总数",
    "营业收入（万元）",
    "资产总额（万元）",
    "是否高新技术企业",
    "是否科技型中小企业",
    "是否首次贷款",
)
SHEET = "贷款明细"
Row = dict[str, Any]

_YUAN_PER_WAN = 10_000
_LONGEST_MONTHS = 36
_LIMIT_YUAN = 30_000_000
_NEAR_YUAN = 100_000
_FIRST_DAY = date(2022, 1, 4)
_LOANS_PER_FIRM = 2
_KNOWN_SHARE = 0.6
_BLANK_ROWS = 0.004
_STANDARDS_OWN_PERSON = "11010519491231002X"  # the example printed in GB 11643-1999
_ALL_DIGITS = 913205830880018839  # all digits, so that a spreadsheet takes it for a number (BL-13)
_SYLLABLES = "云衡远岚启明智汇卓越博睿恒泰锐新天元弘创瑞丰景行佳信凯德润达宏图星海"
_INDUSTRIES = {
    "software": ("软件和信息技术服务业", ("软件", "数据", "智能")),
    "industry": ("制造业", ("新材料", "智能装备", "医疗器械", "电子")),
    "information_transmission": ("信息传输业", ("通信", "网络")),
    "other": ("其他未列明行业", ("检测", "工业设计")),
}
_SECTORS = {"iab": "IAB", "nem": "NEM", "other": "其他"}
_SECURITIES = ("信用", "信用", "信用", "保证", "知识产权质押", "应收账款质押", "抵押")
_PURPOSES = ("研发投入", "采购原材料", "补充流动资金", "设备更新")


@dataclass(frozen=True)
class FilePlan:
    """What the file is to hold; `known_firms` are rows of the demo book's firms, who then borrow in it too.

    `waiting` further rows lack a fact that decides, so that a person has to; loans start before `filed_on`.
    """

    rows: int = 100
    wrong: int = 0
    waiting: int = 0
    filed_on: date = BUSINESS_DATE
    bank_code: str = "B01"
    bank_name: str = "木棉示例银行"
    seed: int = 20_220_119
    known_firms: pl.DataFrame | None = None


@dataclass(frozen=True)
class WrongRow:
    """A row made wrong on purpose: the sheet's own row number, the header being row 1, and what is wrong."""

    row: int
    kind: str


@dataclass(frozen=True)
class BankFile:
    """The file's rows below the header, None being a blank one, and which of them are wrong."""

    rows: Sequence[Row | None]
    wrong: tuple[WrongRow, ...] = field(default=())


def bank_file(plan: FilePlan) -> BankFile:
    """Draw the file's rows from the plan's seed."""
    rng = random.Random(plan.seed)  # noqa: S311 - a demo, not a secret
    firms = _firms(plan, rng)
    wrong_at = set(rng.sample(range(1, plan.rows), min(plan.wrong, plan.rows - 1)))
    days = _disbursement_days(plan.filed_on)
    rows: list[Row | None] = []
    wrong: list[WrongRow] = []
    earlier_number = ""
    for nth in range(plan.rows):
        if rng.random() < _BLANK_ROWS:
            rows.append(None)
        row = _sound_row(plan, nth, firms[nth // _LOANS_PER_FIRM], rng.choice(days), rng)
        if nth in wrong_at:
            kind = tuple(WRONG_KINDS)[len(wrong) % len(WRONG_KINDS)]
            WRONG_KINDS[kind](row, earlier_number)
            wrong.append(WrongRow(len(rows) + 2, kind))
        else:
            earlier_number = row["借据编号"]
            _write_as_people_do(row, rng)
        rows.append(row)
    return BankFile([*rows, *_waiting_rows(plan, days, rng)], tuple(wrong))


def _waiting_rows(plan: FilePlan, days: Sequence[date], rng: random.Random) -> Iterator[Row]:
    """Yield sound rows, each of a firm of its own that nobody knows yet, without what the law asks for."""
    for nth in range(plan.waiting):
        firm = _fresh_firm(_first_serial(plan) + plan.rows + nth, rng)
        row = _sound_row(plan, plan.rows + nth, firm, rng.choice(days), rng)
        WAITING_KINDS[nth % len(WAITING_KINDS)](row)
        yield row


def write_bank_file(path: Path, plan: FilePlan) -> tuple[WrongRow, ...]:
    """Write the file as XLSX or, by its suffix, as a GB18030 CSV; return the rows that are wrong on purpose."""
    file = bank_file(plan)
    if path.suffix.lower() == ".csv":
        _write_csv(path, file)
    else:
        _write_xlsx(path, file)
    return file.wrong


def _write_xlsx(path: Path, file: BankFile) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(SHEET)
    sheet.write_row(0, 0, COLUMNS)
    for number, row in enumerate(file.rows, 1):
        for place, value in enumerate(_cells(row)):
            if isinstance(value, date):
                sheet.write_datetime(number, place, value, day)
            elif isinstance(value, str):
                sheet.write_string(number, place, value)
            elif value is not None:
                sheet.write_number(number, place, value)
    book.close()


def _write_csv(path: Path, file: BankFile) -> None:
    with path.open("w", encoding="gb18030", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows([_as_csv(value) for value in _cells(row)] for row in file.rows)


def _cells(row: Row | None) -> Iterator[Any]:
    return (row[column] if row else None for column in COLUMNS)


def _as_csv(value: Any) -> str:
    if isinstance(value, int) and value > 10**15:
        return f"{value:.14E}"
    return "" if value is None else str(value)


def _disbursement_days(filed_on: date) -> list[date]:
    calendar = shipped_calendar()
    span = (filed_on - _FIRST_DAY).days
    return [day for n in range(span) if calendar.is_workday(day := _FIRST_DAY + timedelta(n))]


def _firms(plan: FilePlan, rng: random.Random) -> list[Row]:
    """Return the borrowers in file order; one borrows `_LOANS_PER_FIRM` loans at most, far below its yearly limit."""
    count = -(-plan.rows // _LOANS_PER_FIRM)
    known = [] if plan.known_firms is None else plan.known_firms.sort("identifier").to_dicts()
    known = rng.sample(known, min(len(known), round(count * _KNOWN_SHARE)))
    fresh = [_fresh_firm(_first_serial(plan) + nth, rng) for nth in range(count - len(known))]
    firms = [_known_firm(firm) for firm in known] + fresh
    rng.shuffle(firms)
    return firms


def _first_serial(plan: FilePlan) -> int:
    return int(plan.bank_code.lstrip("B") or 0) * 31**4


def _fresh_firm(serial: int, rng: random.Random) -> Row:
    district = rng.choice(list(GUANGZHOU_DISTRICTS))
    industry, trades = rng.choice(list(_INDUSTRIES.values()))
    brand = "".join(rng.choices(_SYLLABLES, k=3))
    staff, revenue_wan = rng.randint(20, 95), rng.randint(500, 1_900)
    is_hnte = rng.random() < 0.75
    return {
        "客户名称": f"示例{brand}（广州）{rng.choice(trades)}有限公司",
        "证件号码": make_uscc(district, serial, mark="YN"),
        "所属行业": industry,
        "产业领域": rng.choice(("IAB", "NEM", "其他")),
        "注册地行政区划": f"{GUANGZHOU_DISTRICTS[district].zh}",
        "职工总数": staff,
        "营业收入（万元）": revenue_wan,
        "资产总额（万元）": revenue_wan * rng.randint(6, 15) // 10,
        "是否高新技术企业": "是" if is_hnte else "否",
        "是否科技型中小企业": "是" if not is_hnte or rng.random() < 0.7 else None,
        "是否首次贷款": rng.choice(("是", "否")),
    }


def _known_firm(firm: Row) -> Row:
    return {
        "客户名称": firm["name"],
        "证件号码": firm["identifier"],
        "所属行业": _INDUSTRIES.get(firm["industry"], (firm["industry"], ()))[0],
        "产业领域": _SECTORS[firm["sector"]],
        "注册地行政区划": firm["district_code"],
        "职工总数": firm["staff_count"],
        "营业收入（万元）": firm["revenue_fen"] // 1_000_000,
        "资产总额（万元）": firm["total_assets_fen"] // 1_000_000,
        "是否高新技术企业": "是" if firm["is_hnte"] else "否",
        "是否科技型中小企业": None if firm["is_hnte"] else "是",
        "是否首次贷款": "否",
    }


def _sound_row(plan: FilePlan, nth: int, firm: Row, disbursed_on: date, rng: random.Random) -> Row:
    amount_wan = rng.randint(6, 160) * 5
    months = rng.choice((6, 12, 12, 12, 24, _LONGEST_MONTHS))
    return firm | {
        "机构名称": f"{plan.bank_name}{rng.choice(('黄埔', '天河', '南沙', '番禺'))}支行",
        "借据编号": f"JJ{plan.bank_code}2022{nth + 1:07d}",
        "合同编号": f"HT{plan.bank_code}2022{nth + 1:07d}",
        "发放日期": disbursed_on,
        "到期日期": add_months(disbursed_on, months),
        "发放金额（元）": amount_wan * _YUAN_PER_WAN,
        "年利率（%）": rng.randint(76, 100) * 5 / 100,
        "担保方式": rng.choice(_SECURITIES),
        "贷款用途": rng.choice(_PURPOSES),
        "授信额度（万元）": amount_wan * rng.randint(1, 2),
    }


def _write_as_people_do(row: Row, rng: random.Random) -> None:
    """Write some cells of a sound row as hands and core systems do; the meaning stays."""
    habit = rng.random()
    code, amount, day = row["证件号码"], row["发放金额（元）"], row["发放日期"]
    if habit < 0.02:
        row["证件号码"] = _full_width(code)
    elif habit < 0.05:
        row["证件号码"] = f" {code[:8]} {code[8:].lower()} "
    elif habit < 0.08:
        row["发放金额（元）"] = f"{amount:,}.00"
    elif habit < 0.09:
        row["发放金额（元）"] = _full_width(f"{amount:,}")
    elif habit < 0.10:
        row["发放金额（元）"] = f"{amount // _YUAN_PER_WAN}万"
    elif habit < 0.14:
        row["发放日期"] = f"{day.year}/{day.month}/{day.day}"
    elif habit < 0.17:
        row["发放日期"], row["到期日期"] = f"{day:%Y%m%d}", f"{row['到期日期']:%Y%m%d}"
    elif habit < 0.19:
        row["年利率（%）"] = f"{row['年利率（%）']:g}%"
    elif habit < 0.21:
        row["是否高新技术企业"] = row["是否科技型中小企业"] = None


def _full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


def _set(column: str, value: Any) -> Callable[[Row, str], None]:
    def make_wrong(row: Row, _earlier_number: str) -> None:
        row[column] = value

    return make_wrong


def _repeat_a_number(row: Row, earlier_number: str) -> None:
    row["借据编号"] = earlier_number


def _break_the_check(row: Row, _earlier_number: str) -> None:
    code = row["证件号码"]
    row["证件号码"] = code[:17] + USCC_ALPHABET[(USCC_ALPHABET.index(code[17]) + 1) % 31]


def _fall_due_too_early(row: Row, _earlier_number: str) -> None:
    row["到期日期"] = row["发放日期"] - timedelta(1)


def _fall_due_a_day_too_late(row: Row, _earlier_number: str) -> None:
    row["到期日期"] = add_months(row["发放日期"], _LONGEST_MONTHS) + timedelta(1)


def _without_titles(row: Row) -> None:
    row["是否高新技术企业"] = row["是否科技型中小企业"] = None


def _without_place(row: Row) -> None:
    row["注册地行政区划"] = None


def _near_the_limit(row: Row) -> None:
    """Lend nearly all that a firm may have in a year, to a larger one whose titles nobody has named."""
    row["发放金额（元）"] = _LIMIT_YUAN - _NEAR_YUAN
    row["授信额度（万元）"] = _LIMIT_YUAN // _YUAN_PER_WAN
    row["营业收入（万元）"], row["资产总额（万元）"], row["职工总数"] = 14_200, 9_800, 186
    _without_titles(row)


WAITING_KINDS: tuple[Callable[[Row], None], ...] = (_without_titles, _near_the_limit, _without_place)
"""What a sound row may lack, so that the machine leaves it to the manager."""

WRONG_KINDS: dict[str, Callable[[Row, str], None]] = {
    "code_in_number_cell": _set("证件号码", _ALL_DIGITS),
    "code_check": _break_the_check,
    "personal_id": _set("证件号码", _STANDARDS_OWN_PERSON),
    "amount_over_limit": _set("发放金额（元）", _LIMIT_YUAN + 0.01),
    "amount_missing": _set("发放金额（元）", None),
    "amount_zero": _set("发放金额（元）", 0),
    "amount_negative": _set("发放金额（元）", -5),
    "date_impossible": _set("发放日期", "2022-02-30"),
    "due_before_disbursed": _fall_due_too_early,
    "term_over_limit": _fall_due_a_day_too_late,
    "rate_impossible": _set("年利率（%）", 435),
    "loan_number_missing": _set("借据编号", None),
    "loan_number_twice": _repeat_a_number,
}
"""What can be wrong with a row → how to make it so; every one of them has to be refused."""
