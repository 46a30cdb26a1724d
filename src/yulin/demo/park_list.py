"""A park's list in the demo book, some of its rows without a code: of these some are firms, some only bear their names.

The truth of each row is planted, so that what the queue of identities shows can be held against it: a duplicate waits
beside its firm, a name twin is another firm and waits as well, a stranger waits beside nobody. One duplicate and one
twin are judged already.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from yulin.atlas.adapters.shipped_sources import contract_and_content
from yulin.atlas.selectors.identity import open_candidates
from yulin.atlas.services import Delivery, ingest_file
from yulin.atlas.services.identifying import judge_candidate
from yulin.demo import targets
from yulin.demo.book import DemoBook
from yulin.demo.rules import demo_actor
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role

FILE_NAME = "示例园区企业名单.csv"
_KNOWN, _DUPLICATES, _TWINS, _STRANGERS = 100, 12, 6, 4


@dataclass(frozen=True)
class PlantedRow:
    """One row of the list: as written, the firm that it is (by its number), or None, and the firm that it bears."""

    name: str
    founded_on: str
    is_firm: int | None
    named_after: int | None


def planted_rows(book: DemoBook) -> list[PlantedRow]:
    """Return the rows of the list: duplicates, then name twins, then strangers."""
    some = book.firms.tail(_DUPLICATES + _TWINS).select("firm", "name", "registered_on").rows()
    rows = []
    for place, (firm, name, founded_on) in enumerate(some):
        is_twin = place >= _DUPLICATES
        day = "" if is_twin else founded_on.isoformat()  # with another day the twin would be told apart at once
        written = name if is_twin else _written(name, place)
        rows.append(PlantedRow(written, day, None if is_twin else firm, firm))
    strangers = (
        PlantedRow(f"珠海示例{word}海产有限公司", "2010-10-10", None, None) for word in "鲸鲨鳐鲟"[:_STRANGERS]
    )
    return [*rows, *strangers]


def _written(name: str, place: int) -> str:
    """Return a name as another source may write it: the longer form, the place in brackets, or behind the brand."""
    rest = name.removeprefix("广州")
    ways = (name.replace("有限公司", "有限责任公司"), f"（广州）{rest}", rest.replace("有限公司", "（广州）有限公司"))
    return ways[place % len(ways)]


def load_park_list(book: DemoBook) -> None:
    """Take the park's list in, and judge one duplicate and one twin. Effects: those of `ingest_file` and judgements."""
    contract, content = contract_and_content("register-extract")
    heads = [contract.subject_column, contract.name_column, contract.registered_column or ""]
    planted = planted_rows(book)
    with TemporaryDirectory() as folder:
        path = Path(folder) / FILE_NAME
        with path.open("w", encoding="utf-8", newline="") as lines:
            known = book.firms.tail(_KNOWN + _DUPLICATES + _TWINS).head(_KNOWN)
            coded = known.select("identifier", "name", "registered_on").rows()
            bare = (("", row.name, row.founded_on) for row in planted)
            csv.writer(lines).writerows([heads, *coded, *bare])
        ingest_file(actor=SYSTEM_ACTOR, contract=contract, content=content, delivery=Delivery(path, targets.AS_OF))
    officer = demo_actor(Role.MANAGER_CLERK)
    waiting = {(one.name, one.firm_id): one.pk for one in open_candidates()}
    for row, is_same, reason in (
        (planted[0], True, "成立日期与注册地址一致，电话核实"),
        (planted[_DUPLICATES], False, "注册地址与法定代表人均不同，系同名企业"),
    ):
        found = waiting[row.name, (row.named_after or 0) + 1]
        judge_candidate(actor=officer, candidate_id=found, is_same=is_same, reason=reason)
