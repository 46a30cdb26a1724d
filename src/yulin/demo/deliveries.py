"""Monthly files of the business register in the demo book, one with cells that do not hold, and changes of name.

The later month comes first, so that the name in the earlier file is one that a firm bore before.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from yulin.atlas.adapters.shipped_sources import contract_and_content
from yulin.atlas.services import Delivery, ingest_file
from yulin.atlas.services.watching import watch_sources
from yulin.demo.book import DemoBook
from yulin.people.core.actors import SYSTEM_ACTOR

_FIRMS, _MONTHS, _WRONG = 60, (date(2021, 11, 30), date(2021, 10, 31)), 2
RENAMED, OLD_BRAND = 7, "旧名"  # which of the firms bore another name in the earlier file
_CHANGES = ((11, date(2019, 6, 3)), (12, date(2020, 9, 1)))


def load_deliveries(book: DemoBook) -> None:
    """Take in two months of the register and a file of changes of name, and tell of what they lack.

    Effects: those of `ingest_file` and `watch_sources`.
    """
    firms = book.firms.tail(2 * _FIRMS).head(_FIRMS).rows(named=True)
    for as_of in _MONTHS:
        is_earlier = as_of == min(_MONTHS)
        rows = [_register_row(firm, at, is_earlier=is_earlier) for at, firm in enumerate(firms)]
        _take_in("register-extract", f"登记摘要{as_of:%Y-%m}.csv", rows, as_of)
    changes = [
        {
            "统一社会信用代码": firms[at]["identifier"], "变更前名称": old_name(firms[at]["name"]),
            "变更后名称": firms[at]["name"], "核准日期": on.isoformat(),
        }
        for at, on in _CHANGES
    ]  # fmt: skip
    _take_in("name-changes", "名称变更2021.csv", changes, max(_MONTHS))
    watch_sources(actor=SYSTEM_ACTOR)


def old_name(name: str) -> str:
    """Return what an invented firm was called before.

    >>> old_name("广州示例卓睿创数据有限公司")
    '广州示例旧名数据有限公司'
    """
    before, mark, after = name.partition("示例")
    return f"{before}{mark}{OLD_BRAND}{after[3:]}"


def _register_row(firm: Mapping[str, object], at: int, *, is_earlier: bool) -> dict[str, str]:
    name = str(firm["name"])
    return {
        "统一社会信用代码": str(firm["identifier"]),
        "企业名称": old_name(name) if is_earlier and at == RENAMED else name,
        "注册日期": str(firm["registered_on"]),
        "企业类型": "有限责任公司",
        "注册资金": "壹佰" if at < _WRONG and not is_earlier else f"{100 + at * 10}万元",
        "经营范围": "技术开发、技术服务（示例）",
        "所在省份": "广东省",
        "地区": "广州市",
        "注册地址": f"示例路{at + 1}号",
    }


def _take_in(source: str, file_name: str, rows: Sequence[Mapping[str, str]], as_of: date) -> None:
    contract, content = contract_and_content(source)
    with TemporaryDirectory() as folder:
        path = Path(folder) / file_name
        with path.open("w", encoding="utf-8", newline="") as lines:
            table = csv.DictWriter(lines, list(rows[0]))
            table.writeheader()
            table.writerows(rows)
        ingest_file(actor=SYSTEM_ACTOR, contract=contract, content=content, delivery=Delivery(path, as_of))
