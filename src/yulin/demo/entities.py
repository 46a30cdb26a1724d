"""The extracts of four registers in the demo book: resolved, one duplicate and one twin judged, and resolved again."""

from __future__ import annotations

from datetime import date

from yulin.atlas.core.identity import FirmRecord
from yulin.atlas.selectors.entities import open_pairs
from yulin.atlas.services.resolving import RecordsFile, judge_records, resolve_records
from yulin.demo.book import DemoBook
from yulin.demo.extracts import PlantedRecord, planted_records
from yulin.demo.rules import demo_actor
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role

_LOADED = 240  # firms of the book whose records are resolved in it


def load_extracts(book: DemoBook) -> None:
    """Resolve the records of some firms, then judge a duplicate and a twin. Effects: two runs and two judgements."""
    records = planted_records(book, _LOADED)
    truth = {record.key: record.is_of for record in records}
    resolve_records(
        actor=SYSTEM_ACTOR, records=[_as_record(one) for one in records], file=RecordsFile("示例登记抽取.csv")
    )
    officer = demo_actor(Role.MANAGER_CLERK)
    waiting = [(one.left, one.right) for one in open_pairs()]
    for is_same, reason in ((True, "成立日期与住所一致，电话核实"), (False, "法定代表人与住所均不同，系同名企业")):
        pair = next(each for each in waiting if (truth[each[0]] == truth[each[1]]) is is_same)
        judge_records(actor=officer, pair=pair, is_same=is_same, reason=reason)
    resolve_records(actor=SYSTEM_ACTOR)


def _as_record(planted: PlantedRecord) -> FirmRecord:
    cells = planted.cells
    return FirmRecord(
        planted.key,
        cells.get("name", ""),
        cells.get("code", ""),
        tuple(filter(None, [cells.get("former_codes")])),
        tuple(filter(None, [cells.get("former_names")])),
        date.fromisoformat(cells["founded_on"]) if cells.get("founded_on") else None,
        cells.get("representative", ""),
        cells.get("address", ""),
    )
