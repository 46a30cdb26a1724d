"""Keep or move when a scheme is replaced: report before and after, totals of both schemes, nothing lost."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.people import make_actor, make_demo_book
from tests.factories.pool import WAN, make_bank, make_enrolment, make_law

from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.pool.enums import MoveRule
from yulin.pool.errors import NothingToMoveError
from yulin.pool.models import Enrolment, LimitUse, SchemeMove
from yulin.pool.services.move_enrolments import move_enrolments

pytestmark = pytest.mark.django_db


@pytest.fixture
def book():
    make_demo_book(date(2022, 1, 19))
    old = make_law("gz-credit-2018")
    new = make_law()
    _, clerk = make_bank()
    one = make_enrolment(clerk, old, disbursed_on=date(2020, 8, 3), due_on=date(2021, 8, 3))
    # The number of the 2018 ratio was never found, so the manager confirms under a condition.
    Enrolment.objects.filter(pk=one.pk).update(state="conditional", conditional_until=date(2022, 12, 31))
    return old, new, one


def test_dry_run_reports_and_changes_nothing(book):
    old, new, _ = book
    before = list(Enrolment.objects.values())
    report = move_enrolments(
        actor=make_actor(Role.MANAGER_CHECKER),
        from_pack=old.published_id,
        to_pack=new.published_id,
        rule=MoveRule.MOVE,
        dry_run=True,
    )
    assert (report["loans_in_all"], report["can_move"]) == (1, 1)
    assert report["loans"][0]["after"] == {"city": 5000, "district": 4000, "bank": 1000}
    assert list(Enrolment.objects.values()) == before
    assert not SchemeMove.objects.exists()


@pytest.mark.parametrize("rule", list(MoveRule))
def test_keep_and_move(book, rule):
    old, new, one = book
    move_enrolments(
        actor=make_actor(Role.MANAGER_CHECKER), from_pack=old.published_id, to_pack=new.published_id, rule=rule
    )
    one.refresh_from_db()
    moved = rule == MoveRule.MOVE
    assert one.scheme_id == (new.pack.id if moved else old.pack.id)
    assert SchemeMove.objects.get().rule == rule.value
    used = dict(LimitUse.objects.filter(kind="firm_year").values_list("scheme_id", "used_fen"))
    wanted = {old.pack.id: 0, new.pack.id: 480 * WAN} if moved else {old.pack.id: 480 * WAN}
    assert used == wanted
    assert one.events.filter(step="move").count() == moved


def test_only_checkers_move_and_only_what_there_is(book):
    old, new, _ = book
    with pytest.raises(NotAllowedError):
        move_enrolments(
            actor=make_actor(Role.BANK_CLERK), from_pack=old.published_id, to_pack=new.published_id, rule=MoveRule.KEEP
        )
    with pytest.raises(NothingToMoveError):
        move_enrolments(
            actor=make_actor(Role.MANAGER_CHECKER),
            from_pack=new.published_id,
            to_pack=old.published_id,
            rule=MoveRule.MOVE,
        )
