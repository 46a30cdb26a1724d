"""Keep or move when a scheme is replaced: proposed by one, decided by another, totals of both schemes, nothing lost."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.people import make_actor, make_demo_book
from tests.factories.pool import FIRM_CODES, WAN, make_bank, make_enrolment, make_law

from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry, Notice
from yulin.pool.enums import MoveRule
from yulin.pool.errors import (
    MoveDecidedError,
    MoveNotFoundError,
    MoveSameHandsError,
    MoveStaleError,
    MoveWaitsError,
    NoteMissingError,
    NothingToMoveError,
    NotReplacedError,
)
from yulin.pool.models import Enrolment, LimitUse, SchemeMove
from yulin.pool.services.lifecycle import revoke_enrolment
from yulin.pool.services.move_enrolments import decide_move, propose_move
from yulin.pool.services.partners import record_partnership

pytestmark = pytest.mark.django_db


@pytest.fixture
def laws():
    make_demo_book(date(2022, 1, 19))
    return make_law("gz-credit-2018"), make_law()


def old_loan(clerk, old, **fields):
    """One loan of 2020 that stands under the old scheme; its ratio was never found, so under a condition."""
    one = make_enrolment(clerk, old, **({"disbursed_on": date(2020, 8, 3), "due_on": date(2021, 8, 3)} | fields))
    Enrolment.objects.filter(pk=one.pk).update(
        state="conditional", conditional_until=date(2022, 12, 31), ratio_bp={"city": 4000, "bank": 6000}
    )
    one.refresh_from_db()
    return one


@pytest.fixture
def one(laws):
    return old_loan(make_bank()[1], laws[0])


def propose(laws, rule=MoveRule.MOVE, actor=None, note="局务会议定"):
    old, new = laws
    actor = actor or make_actor(Role.MANAGER_CLERK)
    return propose_move(actor=actor, from_pack=old.published_id, to_pack=new.published_id, rule=rule, note=note)


def carry_out(move, actor=None, **fields):
    actor = actor or make_actor(Role.AUTHORITY_CHECKER)
    return decide_move(actor=actor, move_id=move.pk, **({"is_approved": True} | fields))


def used() -> dict[str, int]:
    return dict(LimitUse.objects.filter(kind="firm_year").values_list("scheme_id", "used_fen"))


def test_a_proposal_reports_and_changes_nothing(laws, one):
    before = list(Enrolment.objects.values())
    report = propose(laws).report
    assert (report["loans_in_all"], report["can_move"], report["changing"], report["stay"]) == (1, 1, 1, 0)
    assert report["loans"][0]["after"] == {"city": 5000, "district": 4000, "bank": 1000}
    assert report["before_fen"] == {"city": 192 * WAN, "bank": 288 * WAN}
    assert report["after_fen"] == {"city": 240 * WAN, "district": 192 * WAN, "bank": 48 * WAN}
    assert report["banks"] == [{"bank_id": one.bank_id, "loans": 1, "moving": 1, "moving_fen": 480 * WAN}]
    assert list(Enrolment.objects.values()) == before


@pytest.mark.parametrize("rule", list(MoveRule))
def test_keep_and_move(laws, one, rule):
    old, new = laws
    move = carry_out(propose(laws, rule))
    one.refresh_from_db()
    moved = rule == MoveRule.MOVE
    assert (one.scheme_id, one.pack_id) == ((new if moved else old).pack.id, (new if moved else old).published_id)
    assert one.ratio_bp == ({"city": 5000, "district": 4000, "bank": 1000} if moved else {"city": 4000, "bank": 6000})
    assert (move.rule, move.state) == (rule.value, "carried_out")
    assert used() == ({old.pack.id: 0, new.pack.id: 480 * WAN} if moved else {old.pack.id: 480 * WAN})
    assert one.events.filter(step="move").count() == moved
    assert Notice.objects.filter(organisation_id=one.bank_id, kind="pool.move").count() == moved
    assert AuditEntry.objects.filter(action="pool.move_enrolments").count() == 1


def test_a_proposal_turned_down_changes_nothing_and_says_why(laws, one):
    move = propose(laws)
    with pytest.raises(NoteMissingError):
        carry_out(move, is_approved=False)
    carry_out(move, is_approved=False, note="条文未查证")
    one.refresh_from_db()
    move.refresh_from_db()
    assert (one.scheme_id, move.state, move.answer) == (laws[0].pack.id, "refused", "条文未查证")
    with pytest.raises(MoveDecidedError):
        carry_out(move)
    propose(laws)  # nothing waits any more, so it may be proposed again


def test_maker_is_not_checker_and_each_needs_the_right(laws, one):
    checker = make_actor(Role.MANAGER_CHECKER)
    move = propose(laws, actor=checker)
    with pytest.raises(MoveSameHandsError):
        carry_out(move, actor=checker)
    for actor in (make_actor(Role.MANAGER_CLERK), make_actor(Role.AUTHORITY_OFFICER), make_actor(Role.BANK_CLERK)):
        with pytest.raises(NotAllowedError):
            carry_out(move, actor=actor)
    with pytest.raises(NotAllowedError):
        propose(laws, actor=make_actor(Role.BANK_MANAGER))
    with pytest.raises(MoveNotFoundError):
        decide_move(actor=make_actor(Role.MANAGER_CHECKER), move_id=move.pk + 1, is_approved=True)
    one.refresh_from_db()
    assert one.scheme_id == laws[0].pack.id


def test_only_one_proposal_waits_and_it_has_a_reason(laws, one):
    with pytest.raises(NoteMissingError):
        propose(laws, note=" ")
    propose(laws)
    with pytest.raises(MoveWaitsError):
        propose(laws)
    assert SchemeMove.objects.count() == 1


def test_only_a_scheme_that_replaces_the_other_takes_its_loans(laws):
    with pytest.raises(NothingToMoveError):
        propose(laws)
    with pytest.raises(NotReplacedError):
        propose(laws[::-1])


def test_a_book_that_changed_meanwhile_is_not_moved(laws, one):
    move = propose(laws)
    revoke_enrolment(actor=make_actor(Role.MANAGER_CHECKER), enrolment_id=one.pk, clause="第六条", note="重复")
    with pytest.raises(MoveStaleError):
        carry_out(move)
    move.refresh_from_db()
    assert (move.state, used()) == ("proposed", {laws[0].pack.id: 0})


def test_what_the_new_law_does_not_take_for_certain_stays_with_its_reason(laws, one):
    clerk = make_bank()[1]
    common = {"loan_amount_fen": 100 * WAN, "line_fen": 200 * WAN}
    unknown = old_loan(clerk, laws[0], firm_code=FIRM_CODES[1], has_valid_hnte=None, **common)
    unfit = old_loan(clerk, laws[0], firm_code=FIRM_CODES[2], has_valid_hnte=False, **common)
    Enrolment.objects.filter(pk=unfit.pk).update(facts=unfit.facts | {"has_valid_techsme": False})
    move = carry_out(propose(laws))
    reasons = {each["id"]: each["reason"] for each in move.report["loans"]}
    assert reasons == {one.pk: "", unknown.pk: "POOL.ELIGIBILITY.UNKNOWN", unfit.pk: "POOL.ELIGIBILITY.NOT_MET"}
    assert [each["loans"] for each in move.report["reasons"]] == [1, 1]
    assert next(each for each in move.report["reasons"] if each["reason"] == "POOL.ELIGIBILITY.NOT_MET")["because"]
    schemes = dict(Enrolment.objects.values_list("pk", "scheme_id"))
    assert schemes == {one.pk: laws[1].pack.id, unknown.pk: laws[0].pack.id, unfit.pk: laws[0].pack.id}


def test_a_full_limit_of_the_new_scheme_keeps_the_later_loan(laws, one):
    later = old_loan(make_bank()[1], laws[0], loan_number="SECOND", contract_number="SECOND")
    key = {"kind": "firm_year", "key": str(one.firm_id), "period": "2020"}
    limit = laws[1].pack.scheme.limits["firm_year"].at_most
    LimitUse.objects.create(scheme_id=laws[1].pack.id, limit_fen=limit, used_fen=limit - 480 * WAN, **key)
    move = carry_out(propose(laws))
    reasons = {each["id"]: each["reason"] for each in move.report["loans"]}
    assert reasons == {one.pk: "", later.pk: "POOL.LIMIT.FIRM_YEAR"}
    assert LimitUse.objects.get(scheme_id=laws[1].pack.id, **key).used_fen == limit


def test_a_bank_outside_the_new_scheme_keeps_its_loans_under_the_old(laws, one):
    partner, _ = make_bank()
    record_partnership(
        actor=make_actor(Role.MANAGER_CLERK),
        scheme_id=laws[1].pack.id,
        bank_id=partner.pk,
        valid_from=date(2021, 7, 1),
    )
    assert propose(laws).report["loans"][0]["reason"] == "POOL.BANK.NOT_PARTNER"
