"""What firms and houses of the demo book have done about facts: a consent and looks, an objection, exports, a record.

Written by the same services that the screens use. The rule on credit repair is not in force on the book's day, so the
record has no period yet and no repair can be asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from yulin.atlas.enums import Channel
from yulin.atlas.selectors import firm_by_code, firms, said_in_parts
from yulin.atlas.services.consenting import NewConsent, give_consent
from yulin.atlas.services.exporting import NewExport, ask_export, decide_export, take_export
from yulin.atlas.services.objecting import contest_fact
from yulin.atlas.services.reading import Look, read_portrait
from yulin.atlas.services.repairing import NewRecord, enter_record
from yulin.demo import targets
from yulin.demo.book import DemoBook
from yulin.demo.rules import demo_actor
from yulin.demo.world import MOST_FIRMS
from yulin.kit import clock
from yulin.people.enums import Role

_CONTESTED = f"equipment:SB{MOST_FIRMS - 2:04}-0"  # the first machine of the last firm but one of the world
_ADVERSE = "has_serious_dishonesty"
_FIRMS = 5


def use_rights(book: DemoBook, organisations: Mapping[str, int]) -> None:
    """Let a firm give a consent and contest a thing, a bank look, the authority export facts and enter a record."""
    person, bank = demo_actor(Role.FIRM_USER, organisations["FIRM2"]), organisations["B02"]
    own = firm_by_code(book.firms.row(len(book.firms) - 2, named=True)["identifier"])
    if own is None:
        return
    classes = frozenset({"basics", "operation", "innovation"})
    give_consent(actor=person, asked=NewConsent(bank, classes, "申请流动资金贷款（示例）", date(2022, 7, 1)))
    look = Look(Channel.PAGE, targets.BUSINESS_DATE, clock.now())
    read_portrait(actor=demo_actor(Role.BANK_CLERK, bank), firm=own, look=look)
    contest_fact(actor=person, fact=_CONTESTED, reason="该设备已于上年报废，附报废单（示例）")
    _exports(book)
    _record()


def _exports(book: DemoBook) -> None:
    """Ask for three files: one is approved and taken, one turned down, one waits."""
    officer, checker = demo_actor(Role.AUTHORITY_OFFICER), demo_actor(Role.AUTHORITY_CHECKER)
    codes = book.firms.tail(_FIRMS)["identifier"].to_list()
    for classes, purpose, verdict in (
        ({"operation"}, "2021年度绩效评价（示例）", True),
        ({"operation", "conduct"}, "调研用（示例）", False),
        ({"operation", "innovation"}, "科技企业成长分析（示例）", None),
    ):
        asked = ask_export(actor=officer, asked=NewExport(codes, frozenset(classes), purpose))
        if verdict is None:
            continue
        reasons = "" if verdict else "用途未写明，请补充后再提（示例）"
        decide_export(actor=checker, request_id=asked.pk, is_approved=verdict, reasons=reasons)
        if verdict:
            take_export(actor=officer, request_id=asked.pk, file_format="xlsx")


def _record() -> None:
    """Enter the decision behind what the book says of one firm's conduct."""
    parts = said_in_parts(on=targets.BUSINESS_DATE, known_at=clock.now(), facts={_ADVERSE})
    found = next((firm_id for part in parts for firm_id, _, value in part.said if value == "true"), None)
    if found is None:
        return
    firm = firms([found])[found]
    record = NewRecord(firm.identifier, _ADVERSE, "serious", date(2021, 6, 10), "示例市监罚〔2021〕9号")
    enter_record(actor=demo_actor(Role.AUTHORITY_OFFICER), record=record)
