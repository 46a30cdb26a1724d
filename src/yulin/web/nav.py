"""The areas across the top: which page each role is shown, by the parts of the work. One table of data.

The first row shows the parts, the second the areas of the part that is open. Invariant: an area stands in a row only
when the role's rights open it, so that no link leads to a refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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


@dataclass(frozen=True)
class Group:
    """Areas that belong to one part of the work: they share a place in the first row and stand in the second."""

    name: Text
    areas: tuple[Area, ...]


_CLAIM_PAGES = ("pool:claim", "pool:claim-open", "pool:claim-recall")
_LEDGER_PAGES = (
    "ledger:account",
    "ledger:transfer",
    "ledger:reverse",
    "ledger:holds",
    "ledger:periods",
    "ledger:period-close",
)
_OBJECTION_PAGES = ("atlas:objection", "atlas:contest")
_RECOVERY_PAGES = (
    "pool:debt",
    "pool:debt-recovery",
    "pool:debt-remittance",
    "pool:debt-refund",
    "pool:debt-write-off",
    "pool:recovery-report",
    "pool:certificates",
)
_LAW_PAGES = ("rules:law", "rules:compare", "brain:law-effect")
_POLICY_PAGES = ("brain:policy", "brain:policy-version", "brain:policy-searches", "brain:policy-search")
_DESK_PAGES = ("brain:criteria", "brain:policy-file", "brain:policy-new", "brain:policy-edit")
_HOME = Area(Text("工作台", "Home"), "web:home", Action.SEE_HOME)
_BOARD = Area(Text("数据公告", "Headline board"), "web:board", None, ("web:board-list",))
_LOANS = (
    Area(Text("备案审核", "Review"), "pool:review", Action.REVIEW_ENROLMENTS, (), "review"),
    Area(Text("借据文件", "Loan files"), "pool:uploads", Action.SEE_UPLOADS, ("pool:upload",), "uploads"),
    Area(Text("入库备案", "Enrolments"), "pool:enrolments", Action.SEE_ENROLMENTS, ("pool:enrolment",), "enrolments"),
    Area(
        Text("还款月报", "Monthly returns"),
        "pool:returns",
        Action.SEE_RETURNS,
        ("pool:return", "pool:fund-use"),
        "returns",
    ),
    Area(Text("贷前测算", "Pre-loan answer"), "pool:answer", Action.ASK_PRE_LOAN_ANSWER, ("pool:answer-kept",)),
)
_CLAIMS = (
    Area(Text("补偿", "Claims"), "pool:claims", Action.SEE_CLAIMS, _CLAIM_PAGES, "claims"),
    Area(Text("预警线", "Breakers"), "pool:breakers", Action.SEE_BREAKERS, ("pool:breaker",)),
    Area(Text("保险赔付", "Insurers"), "pool:insurers", Action.SEE_INSURERS, ("pool:subsidy",)),
    Area(Text("追偿回收", "Recoveries"), "pool:recoveries", Action.SEE_RECOVERIES, _RECOVERY_PAGES),
    Area(
        Text("债权转让", "Assignments"),
        "pool:packages",
        Action.SEE_ASSIGNMENTS,
        ("pool:package", "pool:package-make", "pool:year-end"),
        "assignments",
    ),
)
_MONEY = (
    Area(
        Text("拨付", "Payouts"),
        "pool:payouts",
        Action.SEE_PAYOUTS,
        ("pool:payout", "pool:bank-table", "pool:samples", "pool:sample", "pool:filings"),
    ),
    Area(Text("担保费", "Guarantee fees"), "pool:fees", Action.SEE_FEES, ("pool:fees-due", "pool:fee-undo")),
    Area(Text("预算与额度", "Budgets"), "pool:budgets", Action.SEE_BUDGETS, ("pool:budget",)),
    Area(Text("多年测算", "Projection"), "pool:projection", Action.SEE_PROJECTION),
    Area(Text("资金账本", "Ledger"), "ledger:accounts", Action.SEE_LEDGER, _LEDGER_PAGES),
    Area(Text("审计包", "Audit packs"), "pool:audit-packs", Action.MAKE_AUDIT_PACKS),
)
_FIRMS = (
    Area(
        Text("科技体检", "Check-up"),
        "brain:check-ups",
        Action.SEE_AREA_COUNTS,
        ("brain:check-up", "brain:case-file", "atlas:portrait", "atlas:particulars"),
    ),
    Area(Text("政策匹配", "Policy radar"), "brain:radar", Action.SEE_CHECK_UP, ("brain:firm-radar",)),
    Area(Text("查找企业", "Find a firm"), "atlas:firms", Action.FIND_FIRMS),
    Area(Text("同一性核对", "Identities"), "atlas:identity", Action.JUDGE_IDENTITY),
    Area(Text("数据来源", "Sources"), "atlas:sources", Action.SEE_FIRMS, ("atlas:source", "atlas:quarantine")),
    Area(Text("主体归并", "Entities"), "atlas:entities", Action.JUDGE_IDENTITY, ("atlas:entity",)),
    Area(Text("数据授权", "Consents"), "atlas:consents", Action.GIVE_CONSENT),
    Area(Text("债权转让通知", "Assigned debts"), "pool:own-debts", Action.SEE_OWN_DEBTS),
    Area(Text("授权画像", "Open portraits"), "atlas:open-portraits", Action.SEE_OPEN_PORTRAITS),
    Area(Text("数据异议", "Contested facts"), "atlas:objections", Action.SEE_OBJECTIONS, _OBJECTION_PAGES),
    Area(Text("手工录入", "Stated by hand"), "atlas:hand-edits", Action.SEE_BY_HAND, ("atlas:state-by-hand",)),
    Area(Text("失信记录", "Adverse records"), "atlas:records", Action.SEE_RECORDS, ("atlas:record",)),
    Area(Text("数据导出", "Exports"), "atlas:exports", Action.SEE_EXPORTS, ("atlas:export",)),
    Area(Text("场景接入", "Outlets"), "atlas:outlets", Action.SEE_OUTLETS, ("atlas:outlet",)),
    Area(Text("数据召回", "Recalled facts"), "atlas:recalls", Action.SEE_RECALLS),
    Area(Text("留存与删除", "Retention"), "atlas:retention", Action.SEE_RETENTION),
)
_PROJECT_PAGES = ("brain:project", "brain:project-check", "brain:project-desk", "brain:project-file")
_CALL_PAGES = ("brain:call", "brain:call-new", "brain:call-edit")
_RULES = (
    Area(Text("政策库", "Policies"), "brain:policies", Action.SEE_POLICIES, _POLICY_PAGES),
    Area(Text("申报通知", "Calls"), "brain:calls", None, _CALL_PAGES),
    Area(
        Text("申报", "Applications"),
        "brain:applications",
        Action.SEE_APPLICATIONS,
        ("brain:application", "brain:application-overlap"),
    ),
    Area(
        Text("免申即享", "Awards"),
        "brain:awards",
        None,
        ("brain:award-batch", "brain:award", "brain:award-objection", "brain:award-propose", "brain:award-gap"),
    ),
    Area(Text("评审专家", "Experts"), "brain:experts", Action.EDIT_EXPERTS, ("brain:expert",)),
    Area(Text("立项公示", "Grants"), "brain:grants", None, ("brain:grant-objection",)),
    Area(Text("立项查询", "Approved projects"), "brain:projects", Action.SEE_PROJECTS, _PROJECT_PAGES),
    Area(Text("政策维护", "Policy desk"), "brain:policy-desk", Action.EDIT_POLICIES, _DESK_PAGES),
    Area(Text("方案", "Schemes"), "pool:schemes", Action.SEE_SCHEMES, ("pool:scheme",)),
    Area(Text("资质与分类", "Titles"), "rules:laws", Action.SEE_SCHEMES, _LAW_PAGES),
    Area(Text("规则草案", "Drafts"), "rules:drafts", Action.DRAFT_PACK, ("rules:draft",)),
    Area(Text("方案模拟", "Simulator"), "pool:simulation", Action.SIMULATE_SCHEMES),
    Area(Text("新旧方案衔接", "Scheme moves"), "pool:moves", Action.SEE_MOVES, ("pool:move", "pool:move-preview")),
    Area(Text("合作银行", "Partner banks"), "pool:partnerships", Action.EDIT_PARTNERSHIPS, ("pool:partnership",)),
    Area(Text("本行产品", "Products"), "pool:products", Action.EDIT_PRODUCTS, ("pool:product",)),
)
WORK: tuple[Group, ...] = (
    Group(_HOME.name, (_HOME,)),
    Group(Text("备案", "Loans"), _LOANS),
    Group(Text("补偿与追偿", "Claims"), _CLAIMS),
    Group(Text("资金", "Money"), _MONEY),
    Group(Text("企业", "Firms"), _FIRMS),
    Group(Text("政策与方案", "Policies"), _RULES),
    Group(_BOARD.name, (_BOARD,)),
)
PUBLIC: tuple[Area, ...] = (
    _BOARD,
    Area(Text("入库名单", "Enrolment lists"), "pool:public-lists", None, ("pool:public-list", "pool:public-notices")),
    Area(Text("方案", "Schemes"), "pool:schemes", Action.SEE_SCHEMES, ("pool:scheme",)),
    Area(Text("资质与分类", "Titles"), "rules:laws", Action.SEE_SCHEMES, _LAW_PAGES),
    Area(Text("政策库", "Policies"), "brain:policies", Action.SEE_POLICIES, _POLICY_PAGES),
    Area(Text("合作银行与产品", "Banks and products"), "pool:banks"),
    Area(Text("文书核验", "Verify a letter"), "pool:verify", None, ("pool:verified",)),
)


@dataclass(frozen=True)
class Link:
    """One place as a row shows it; a group leads to its first area, counts all of them, and holds them as `parts`."""

    name: Text
    href: str
    is_current: bool
    count: int
    parts: tuple[Link, ...] = ()


def links_for(actor: Actor, *, current: str, counts: Mapping[str, int]) -> list[Link]:
    """Return the first row for an actor; the public pages follow for those who have no work row of their own.

    A group of which the actor may open one area shows that area itself.
    """
    is_public = not actor.may(Action.SEE_HOME)
    groups = () if is_public else WORK
    is_guest = is_public or not actor.may(Action.SEE_ENROLMENTS)
    rows = [_area_links(group.areas, actor, current, counts) for group in groups]
    links = [_folded(group.name, parts) for group, parts in zip(groups, rows, strict=True) if parts]
    here = {link.href for parts in rows for link in parts}
    return links + [
        link for link in _area_links(PUBLIC if is_guest else (), actor, current, counts) if link.href not in here
    ]


def _area_links(areas: Iterable[Area], actor: Actor, current: str, counts: Mapping[str, int]) -> list[Link]:
    allowed = [area for area in areas if area.action is None or actor.may(area.action)]
    return [
        Link(area.name, href, current in (area.url, *area.pages), counts.get(area.count, 0))
        for area in allowed
        if (href := address(area.url))
    ]


def _folded(name: Text, parts: Sequence[Link]) -> Link:
    if len(parts) == 1:
        return parts[0]
    is_current, count = any(part.is_current for part in parts), sum(part.count for part in parts)
    return Link(name, parts[0].href, is_current, count, tuple(parts))
