"""Work on firms' facts in the queues of the home pages; each row leads to its one next action."""

from __future__ import annotations

from datetime import date

from yulin.atlas.selectors.exports import waiting_exports
from yulin.atlas.selectors.identity import open_candidates
from yulin.atlas.selectors.outlets import waiting_outlets
from yulin.atlas.selectors.portrait import shown_as
from yulin.atlas.selectors.recalls import open_receipts
from yulin.atlas.selectors.retention import waiting_orders
from yulin.atlas.selectors.waiting import open_objections_to, open_repairs_to, overdue_receipts
from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.exchange.selectors import dead_messages
from yulin.people.adapters.calendar import recent_work_calendar
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.web.addresses import address
from yulin.web.home.parts import Row
from yulin.web.home.rows import workdays_left

SHOWN = 10


def firm_rows(actor: Actor, today: date) -> list[Row]:
    """Return what waits for the actor about firms' facts: dated work, then a row for each kind that piles up."""
    rows: list[Row] = []
    if actor.may(Action.DECIDE_OBJECTIONS):
        rows += _objections(actor, today)
    if actor.may(Action.ENTER_RECORDS):
        rows += _repairs(actor)
    if actor.may(Action.APPROVE_OUTLETS):
        rows += _outlets(actor)
    if actor.may(Action.APPROVE_EXPORTS):
        rows += _exports(actor)
    if actor.may(Action.APPROVE_RETENTION):
        rows += _retention(actor)
    if actor.may(Action.RETURN_RECEIPTS):
        rows += _receipts(actor)
    elif actor.may(Action.PROPOSE_OUTLETS):
        rows += _overdue_receipts(actor, today)
    if actor.may(Action.SEE_OUTLETS):
        rows += _messages(actor)
    if actor.may(Action.JUDGE_IDENTITY):
        rows += _identities()
    return rows


def _objections(actor: Actor, today: date) -> list[Row]:
    return [
        Row(
            title=Text("数据异议：%(fact)s", "Objection: %(fact)s").with_values(fact=shown_as(one.fact).label),
            below=Text(one.firm.name, one.firm.name),
            href=address("atlas:objection", one.pk),
            state=("warn", Text("异议中", "Contested")),
            todo=Text("核查并答复", "Check and answer"),
            due_on=one.due_on,
            workdays_left=workdays_left(today, one.due_on),
            act=Text("办理异议", "Answer it"),
        )
        for one in open_objections_to(actor)[:SHOWN]
    ]


def _repairs(actor: Actor) -> list[Row]:
    return [
        Row(
            title=Text("信用修复申请", "Request for repair"),
            below=Text(one.record.statement.firm.name, one.record.statement.firm.name),
            href=address("atlas:record", one.record_id),
            state=("warn", Text("待决定", "To decide")),
            todo=Text("核对凭据后决定", "Check the proof and decide"),
            act=Text("办理修复", "Decide it"),
        )
        for one in open_repairs_to(actor)[:SHOWN]
    ]


def _outlets(actor: Actor) -> list[Row]:
    return [
        Row(
            title=Text("场景接入", "Outlet"),
            below=one.organisation.short_name,
            href=address("atlas:outlet", one.pk),
            state=("warn", Text("待审批", "To decide")),
            todo=Text("核对事实与来源后审批", "Check facts and origins, then decide"),
            act=Text("审批接入", "Decide it"),
        )
        for one in waiting_outlets()[:SHOWN]
        if one.proposed_by_id is None or one.proposed_by_id != actor.user_id
    ]


def _exports(actor: Actor) -> list[Row]:
    return [
        Row(
            title=Text("数据导出%(no)s", "Export %(no)s").with_values(no=str(one)),
            below=Text(one.purpose, one.purpose),
            href=address("atlas:export", one.pk),
            state=("warn", Text("待审批", "To decide")),
            todo=Text("核对用途与范围后审批", "Check purpose and extent, then decide"),
            act=Text("审批导出", "Decide it"),
        )
        for one in waiting_exports(actor)[:SHOWN]
    ]


def _retention(actor: Actor) -> list[Row]:
    waiting = [one for one in waiting_orders() if one.proposed_by_id is None or one.proposed_by_id != actor.user_id]
    return _piled(
        len(waiting),
        Text("留存与删除", "Retention"),
        Text("审批%(n)s条留存规则", "Decide on %(n)s {n:rule|rules} of retention"),
        "atlas:retention",
        Text("审批规则", "Decide"),
    )


def _receipts(actor: Actor) -> list[Row]:
    count = open_receipts(actor)
    return _piled(
        count,
        Text("数据召回", "Recalled facts"),
        Text("停用%(n)s项事实并回执", "Drop %(n)s {n:fact|facts} and say so"),
        "atlas:recalls",
        Text("办理回执", "Return receipts"),
    )


def _overdue_receipts(actor: Actor, today: date) -> list[Row]:
    try:
        count = len(overdue_receipts(actor, on=today, calendar=recent_work_calendar()))
    except YulinError:  # the year is not announced: no day can be said to be over
        return []
    return _piled(
        count,
        Text("数据召回", "Recalled facts"),
        Text("催办%(n)s份逾期回执", "Chase %(n)s overdue {n:receipt|receipts}"),
        "atlas:recalls",
        Text("查看召回", "See the recalls"),
    )


def _messages(actor: Actor) -> list[Row]:
    count = dead_messages(actor).count()
    return _piled(
        count,
        Text("变更推送", "News of changes"),
        Text("%(n)s条推送已放弃，核对地址后重发", "%(n)s {n:message|messages} given up: mend the address, send anew"),
        "atlas:outlets",
        Text("查看接入", "See the outlets"),
    )


def _identities() -> list[Row]:
    return _piled(
        open_candidates().count(),
        Text("同一性核对", "Identities"),
        Text("核对%(n)s组名称", "Judge %(n)s {n:pair|pairs}"),
        "atlas:identity",
        Text("开始核对", "Start judging"),
    )


def _piled(count: int, title: Text, todo: Text, page: str, act: Text) -> list[Row]:
    """Return one row for all of a kind; none where nothing waits."""
    if not count:
        return []
    said = todo.with_values(n=count)
    return [Row(title=title, below=said, href=address(page), state=("warn", Text("待办", "To do")), todo=said, act=act)]
