"""The areas across the top: which page each role is shown, in the order of the work. One table of data.

Invariant: an area stands in the row only when the role's rights open it, so that no link leads to a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.web.addresses import address


@dataclass(frozen=True)
class Area:
    """One link of the row: where it leads, who may follow it, which pages lie under it, which count it shows."""

    name: Text
    url: str
    action: Action | None = None
    pages: tuple[str, ...] = ()
    count: str = ""


_RECOVERY_PAGES = (
    "pool:debt",
    "pool:debt-recovery",
    "pool:debt-remittance",
    "pool:debt-write-off",
    "pool:recovery-report",
)
WORK: tuple[Area, ...] = (
    Area(Text("工作台", "Home"), "web:home", Action.SEE_HOME),
    Area(Text("贷前测算", "Pre-loan answer"), "pool:answer", Action.ASK_PRE_LOAN_ANSWER, ("pool:answer-kept",)),
    Area(Text("借据文件", "Loan files"), "pool:uploads", Action.SEE_UPLOADS, ("pool:upload",), "uploads"),
    Area(Text("备案审核", "Review"), "pool:review", Action.REVIEW_ENROLMENTS, (), "review"),
    Area(Text("入库备案", "Enrolments"), "pool:enrolments", Action.SEE_ENROLMENTS, ("pool:enrolment",), "enrolments"),
    Area(Text("还款月报", "Monthly returns"), "pool:returns", Action.SEE_RETURNS, ("pool:return",), "returns"),
    Area(
        Text("补偿", "Claims"),
        "pool:claims",
        Action.SEE_CLAIMS,
        ("pool:claim", "pool:claim-open", "pool:claim-recall"),
        "claims",
    ),
    Area(Text("预警线", "Breakers"), "pool:breakers", Action.SEE_BREAKERS, ("pool:breaker",)),
    Area(Text("追偿回收", "Recoveries"), "pool:recoveries", Action.SEE_RECOVERIES, _RECOVERY_PAGES),
    Area(Text("拨付", "Payouts"), "pool:payouts", Action.SEE_PAYOUTS, ("pool:payout",)),
    Area(Text("资金账本", "Ledger"), "ledger:accounts", Action.SEE_LEDGER, ("ledger:account",)),
    Area(Text("方案", "Schemes"), "pool:schemes", Action.SEE_SCHEMES, ("pool:scheme", "pool:moves", "pool:move")),
    Area(Text("合作银行", "Partner banks"), "pool:partnerships", Action.EDIT_PARTNERSHIPS, ("pool:partnership",)),
    Area(Text("本行产品", "Products"), "pool:products", Action.EDIT_PRODUCTS, ("pool:product",)),
    Area(Text("数据公告", "Headline board"), "web:board", None, ("web:board-list",)),
)
PUBLIC: tuple[Area, ...] = (
    Area(Text("数据公告", "Headline board"), "web:board", None, ("web:board-list",)),
    Area(Text("入库名单", "Enrolment lists"), "pool:public-lists", None, ("pool:public-list",)),
    Area(Text("方案", "Schemes"), "pool:schemes", Action.SEE_SCHEMES, ("pool:scheme",)),
    Area(Text("合作银行与产品", "Banks and products"), "pool:banks"),
    Area(Text("文书核验", "Verify a letter"), "pool:verify", None, ("pool:verified",)),
)


@dataclass(frozen=True)
class Link:
    """One area as the row shows it."""

    name: Text
    href: str
    is_current: bool
    count: int


def links_for(actor: Actor, *, current: str, counts: Mapping[str, int]) -> list[Link]:
    """Return the row of areas of an actor; the public pages follow for those who have no work row of their own."""
    is_public = not actor.may(Action.SEE_HOME)
    areas = PUBLIC if is_public else WORK
    if not is_public and not actor.may(Action.SEE_ENROLMENTS):
        areas = (*WORK, *(area for area in PUBLIC if area not in WORK))
    links = []
    for area in areas:
        if area.action is not None and not actor.may(area.action):
            continue
        href = address(area.url)
        if href:
            links.append(Link(area.name, href, current in (area.url, *area.pages), counts.get(area.count, 0)))
    return links
