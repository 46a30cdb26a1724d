"""Panels that count and list particulars of one kind: court records, rights, staff, people, support, loans, events.

Invariant: a panel without a particular is not shown; nothing known is not nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from yulin.atlas.core.panels import Alarm, Figure, Panel, Table, figure, listed
from yulin.atlas.core.particulars import FORMS, day_of
from yulin.atlas.core.statements import Said
from yulin.atlas.enums import ParticularKind
from yulin.base.text import Text

_YEAR_DAYS, _MONTHS_SHOWN = 365, 12
_NO_NOTE = Text("", "")
_HAS_LEFT = Text("来源登记该企业已退出经营", "A source lists the firm as out of business")
_LEGAL = "法定代表人"
_GRADES = {"Ⅰ类": "class1", "I类": "class1", "Ⅱ类": "class2", "II类": "class2"}  # as sources write them


def exits(told: Sequence[Said]) -> Panel | None:
    """Return whether and when a firm has left business, the latest word first; that it has is an alarm.

    A source that says it has not left after all is listed too, and raises none.
    """
    if not told:
        return None
    left = [one for one in told if one.value.get("has_left") is True]
    alarms = (Alarm("has_left", _HAS_LEFT, tuple(left)),) if left else ()
    panel = _panel(ParticularKind.EXIT, _NO_NOTE, (), _latest_first(told, "left_on"))
    return replace(panel, alarms=alarms)


def judicial(records: Sequence[Said]) -> Panel | None:
    """Return how many court records count, what was in dispute, and each of them, the latest first."""
    if not records:
        return None
    told = [one for one in records if one.value.get("amount_fen") is not None]
    amount = sum(one.value["amount_fen"] for one in told) if told else None
    figures = (
        _how_many("judicial_count", Text("司法记录数", "Judicial records"), records),
        figure("judicial_amount_fen", Text("涉案金额合计", "In dispute, in all"), amount, "money", told),
    )
    note = Text(
        "只列仍在展示期内的记录；月份之外未写日的，不推定日期。",
        "Only what may still be shown; where a source gives a month, no day is made up.",
    )
    return _panel(ParticularKind.JUDICIAL, note, figures, _latest_first(records, "decided_on"))


def rights(rights: Sequence[Said], on: date) -> Panel | None:
    """Return which rights are in force on a day, by class, which soon end, which fees are overdue."""
    if not rights:
        return None
    in_force = [one for one in rights if is_in_force(one, on)]
    ending = [one for one in in_force if (end := day_of(one, "expires_on")) and end <= on + timedelta(_YEAR_DAYS)]
    overdue = {one.fact: True for one in in_force if (paid := day_of(one, "fees_paid_until")) and paid < on}
    classes = ((grade, [one for one in in_force if _grade(one) == grade]) for grade in ("class1", "class2"))
    names = {"class1": Text("I类知识产权", "Class I rights"), "class2": Text("II类知识产权", "Class II rights")}
    figures = (
        _how_many("ip_in_force", Text("有效知识产权", "Rights in force"), in_force),
        *(_how_many(f"ip_{grade}", names[grade], found) for grade, found in classes),
        _how_many("ip_ending", Text("一年内届满", "Ending within a year"), ending),
        _how_many(
            "ip_fees_overdue", Text("年费逾期", "Fees overdue"), [one for one in in_force if one.fact in overdue]
        ),
    )
    table = listed(ParticularKind.IP_RIGHT.value, sorted(rights, key=_newest("granted_on")), overdue)
    return _panel(ParticularKind.IP_RIGHT, _NO_NOTE, figures, table)


def _grade(right: Said) -> str:
    said = str(right.value.get("grade") or "")
    return _GRADES.get(said, said)


def is_in_force(right: Said, on: date) -> bool:
    """Tell whether a right has not ended by a day; one without an end is in force."""
    end = day_of(right, "expires_on")
    return end is None or on < end


def staff(months: Sequence[Said]) -> Panel | None:
    """Return the insured staff of the latest month, a year before, the growth, and the last twelve months."""
    latest_first = sorted((one for one in months if one.value.get("month")), key=_newest("month"))
    if not latest_first:
        return None
    by_month = {one.value["month"][:7]: one for one in latest_first}
    latest = latest_first[0]
    month = latest.value["month"][:7]
    before = by_month.get(f"{int(month[:4]) - 1}{month[4:]}")
    now, then = latest.value.get("insured_count"), before.value.get("insured_count") if before else None
    growth = (now - then) * 10_000 // then if then and now is not None else None
    both = (latest, *([before] if before else []))
    figures = (
        figure("insured_count", Text(f"参保人数（{month}）", f"Insured staff ({month})"), now, "count", (latest,)),
        figure("insured_before", Text("一年前", "A year before"), then, "count", both[1:]),
        figure("insured_growth", Text("一年变化", "Change over the year"), growth, "ratio", both),
    )
    table = listed(ParticularKind.STAFF_MONTH.value, latest_first[:_MONTHS_SHOWN])
    return _panel(ParticularKind.STAFF_MONTH, _NO_NOTE, figures, table)


def honours(honours: Sequence[Said], permits: Sequence[Said]) -> Panel | None:
    """Return honours and permits, the latest first."""
    if not honours and not permits:
        return None
    tables = (_latest_first(honours, "granted_on"), _latest_first(permits, "begins_on"))
    form = FORMS[ParticularKind.HONOUR]
    return Panel(
        "honour", form.group, Text("荣誉与资质", "Honours and permits"), _NO_NOTE, (), tuple(filter(None, tables))
    )


def people(people: Sequence[Said], on: date) -> Panel | None:
    """Return who runs a firm on a day, its legal representative first, and who did before, the latest first."""
    if not people:
        return None
    in_office = [one for one in people if (end := day_of(one, "until_on")) is None or on < end]
    figures = (_how_many("people_in_office", Text("在任", "In office"), in_office),)
    newest, now = _newest("since_on"), {one.fact for one in in_office}
    ordered = sorted(people, key=lambda one: (one.fact not in now, _LEGAL not in _position(one), *newest(one)))
    return _panel(ParticularKind.KEY_PERSON, _NO_NOTE, figures, listed(ParticularKind.KEY_PERSON.value, ordered))


def _position(person: Said) -> str:
    return str(person.value.get("position") or "")


def talent(talent: Sequence[Said], on: date) -> Panel | None:
    """Return the recognised talent of a firm: how many titles hold on a day, and each, the latest first."""
    if not talent:
        return None
    in_force = [one for one in talent if is_in_force(one, on)]
    figures = (_how_many("talent_in_force", Text("有效人才认定", "Titles in force"), in_force),)
    return _panel(ParticularKind.TALENT, _NO_NOTE, figures, _latest_first(talent, "granted_on"))


def support(received: Sequence[Said]) -> Panel | None:
    """Return what public support a firm has received: how often, how much in all, and each, the latest first."""
    if not received:
        return None
    figures = (
        _how_many("support_count", Text("已享受次数", "Times received"), received),
        _sum("support_fen", Text("金额合计", "In all"), received, "amount_fen"),
    )
    return _panel(ParticularKind.POLICY_RECEIVED, _NO_NOTE, figures, _latest_first(received, "granted_on"))


def loans(loans: Sequence[Said]) -> Panel | None:
    """Return what a firm owes lenders: how many loans are open, their balance, how many are overdue, and each."""
    if not loans:
        return None
    owed = [one for one in loans if one.value.get("balance_fen") != 0]  # what is not said may be owed
    overdue = {one.fact: True for one in owed if (one.value.get("overdue_days") or 0) > 0}
    figures = (
        _how_many("loans_open", Text("未结清笔数", "Open loans"), owed),
        _sum("loans_balance_fen", Text("余额合计", "Balance in all"), owed, "balance_fen"),
        _how_many("loans_overdue", Text("逾期笔数", "Overdue"), [one for one in owed if one.fact in overdue]),
    )
    table = listed(ParticularKind.LOAN.value, sorted(loans, key=_newest("begins_on")), overdue)
    note = Text(
        "按来源最近报送；来源未报的不在其中。", "As the sources last told; what none of them tells is not in it."
    )
    return _panel(ParticularKind.LOAN, note, figures, table)


def _sum(name: str, label: Text, rows: Sequence[Said], field: str) -> Figure:
    """Return a sum of money; unknown where one of the rows does not say its part."""
    told = [one.value.get(field) for one in rows]
    return figure(name, label, None if None in told else sum(told), "money", rows)


def events(events: Sequence[Said]) -> Panel | None:
    """Return what happened, the latest first."""
    return _panel(ParticularKind.EVENT, _NO_NOTE, (), _latest_first(events, "happened_on")) if events else None


def _how_many(name: str, label: Text, found: Sequence[Said]) -> Figure:
    return figure(name, label, len(found), "count", found)


def _latest_first(rows: Sequence[Said], field: str) -> Table | None:
    every = sorted(rows, key=_newest(field))
    return listed(every[0].fact.partition(":")[0], every) if every else None


def _newest(field: str) -> Any:
    def rank(one: Said) -> tuple[int, str]:
        day = day_of(one, field)
        return -(day.toordinal() if day else 0), one.fact

    return rank


def _panel(kind: ParticularKind, note: Text, figures: tuple[Figure, ...], table: Table | None) -> Panel:
    form = FORMS[kind]
    return Panel(kind.value, form.group, form.title, note, figures, (table,) if table else ())
