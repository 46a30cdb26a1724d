"""Policies in the queues of the home pages: guides that are owed, awards to list, confirm, release, pay or verify."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from yulin.base.text import OWN_CURRENCY, Text
from yulin.brain.selectors.award_queue import waiting_awards
from yulin.brain.selectors.guides import guides_owed
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.web.addresses import address
from yulin.web.home.parts import Row
from yulin.web.home.rows import workdays_left

_MOST = 20
_OWED = ("warn", Text("待发布", "To publish"))


def award_rows(actor: Actor, today: date) -> list[Row]:
    """Return what waits of benefits paid without an application for an actor."""
    return [
        Row(
            title=one.title,
            below=Text(one.below, one.below),
            href=address(*one.page),
            state=one.state,
            todo=one.todo,
            amounts=None if one.amount_fen is None else {OWN_CURRENCY: one.amount_fen},
            due_on=one.due_on,
            workdays_left=workdays_left(today, one.due_on),
            act=Text("办理", "Open it"),
        )
        for one in waiting_awards(actor, today)
    ]


def guide_rows(actor: Actor, today: date) -> list[Row]:
    """Return the policies of which an editor owes the guide or the manual, the nearest day first."""
    if not actor.may(Action.EDIT_POLICIES):
        return []
    return [
        Row(
            title=_to_publish(one.missing),
            below=Text(one.title, one.title),
            href=address("brain:policy", one.policy_id) + "#guides",
            state=_OWED,
            todo=Text("政策发布后7个工作日内", "Within seven working days of the policy"),
            due_on=one.due_on,
            workdays_left=workdays_left(today, one.due_on),
            act=Text("写解读", "Write it"),
        )
        for one in guides_owed()[:_MOST]
    ]


def _to_publish(names: Sequence[Text]) -> Text:
    words = dict(zip("ab", names, strict=False))
    if len(names) == 1:
        return Text("发布%(a)s", "Publish: %(a)s").with_values(**words)
    return Text("发布%(a)s与%(b)s", "Publish: %(a)s, %(b)s").with_values(**words)
