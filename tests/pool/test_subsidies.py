"""Subsidies of insurers: one decides, another confirms, money is held to the fen, undone with a reason, never twice."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories.people import make_actor, make_client, make_demo_book, make_membership
from tests.factories.pool import WAN
from tests.factories.subsidies import (
    AFTER,
    CITY,
    SCHEME,
    SUBSIDY_FEN,
    YEAR,
    make_insurer_year,
    over,
)

from yulin.kit.row_security import organisation_scope, scope
from yulin.ledger.core.accounts import Totals
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import balance, totals_of_kinds
from yulin.ledger.services import close_period
from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import Notice
from yulin.people.selectors import audit_trail
from yulin.pool import errors
from yulin.pool.core.postings import subsidy_account
from yulin.pool.enums import SubsidyState
from yulin.pool.models import Claim, ExcessSubsidy, Premium
from yulin.pool.selectors.budgets import budget_line
from yulin.pool.selectors.reconciliation import differences
from yulin.pool.services.claims.budgets import set_layer_budget
from yulin.pool.services.state_premium import state_premium
from yulin.pool.services.subsidies.confirm_subsidy import confirm_subsidy
from yulin.pool.services.subsidies.decide_subsidy import decide_subsidy
from yulin.pool.services.subsidies.undo_subsidy import undo_subsidy

pytestmark = pytest.mark.django_db


@pytest.fixture
def year():
    return over(make_insurer_year())


def give_budget(year, fen):
    set_layer_budget(actor=year.people.authority, place=CITY, year=AFTER.year, budget_fen=fen)


def held_fen():
    code = subsidy_account(CITY)
    return totals_of_kinds([AccountKind.COMPENSATION_PAID]).get(code, Totals()).held_in_fen


def test_one_decides_another_confirms_and_the_layer_holds_it(year):
    give_budget(year, SUBSIDY_FEN)
    decided = year.decided()
    assert (decided.amount_fen, decided.party, decided.state) == (SUBSIDY_FEN, "city", SubsidyState.DECIDED)
    assert (decided.premium_fen, decided.claims_fen, decided.level_bp) == (60 * WAN, 90 * WAN, 12_000)
    (asked,) = Notice.objects.filter(organisation_id=year.people.authority.organisation_id, kind="pool.subsidy")
    confirmed = confirm_subsidy(actor=year.people.authority, subsidy_id=decided.pk)
    assert (confirmed.state, confirmed.confirmed_on, held_fen()) == (SubsidyState.HELD, AFTER, SUBSIDY_FEN)
    budget = balance(CITY.account(AccountKind.BUDGET, AFTER.year))
    assert (budget.held_fen, budget.available_fen) == (SUBSIDY_FEN, 0)
    asked.refresh_from_db()
    assert asked.done_on == AFTER
    told = Notice.objects.get(organisation_id=year.house.pk, kind="pool.subsidy")
    assert (told.title_zh, told.path) == (
        "2022年超赔补贴144,000.00元已确认，待拨付",
        f"/zh-hans/insurers/{SCHEME}/{year.house.pk}/{YEAR}/",
    )
    assert audit_trail(action="pool.confirm_subsidy").count() == 1
    assert differences() == []


def test_a_budget_one_fen_short_refuses_and_one_fen_more_confirms(year):
    decided = year.decided()
    give_budget(year, SUBSIDY_FEN - 1)
    with pytest.raises(errors.SubsidyBudgetError) as refused:
        confirm_subsidy(actor=year.people.authority, subsidy_id=decided.pk)
    assert refused.value.facts == {"amount_fen": SUBSIDY_FEN, "available_fen": SUBSIDY_FEN - 1}
    decided.refresh_from_db()
    assert (decided.state, held_fen()) == (SubsidyState.DECIDED, 0)
    give_budget(year, SUBSIDY_FEN)
    assert confirm_subsidy(actor=year.people.authority, subsidy_id=decided.pk).state == SubsidyState.HELD


def test_a_budget_set_later_takes_the_hold_over_and_counts_it_as_used(year):
    confirmed = year.confirmed()
    assert confirmed.hold_key == f"subsidy:{confirmed.pk}:unbudgeted"
    with pytest.raises(errors.BudgetBelowUseError):
        give_budget(year, SUBSIDY_FEN - 1)
    give_budget(year, SUBSIDY_FEN + 5)
    confirmed.refresh_from_db()
    assert confirmed.hold_key == f"subsidy:{confirmed.pk}:hold+"
    line = budget_line(year.people.authority, CITY, AFTER.year)
    assert (line.granted_fen, line.held_fen, line.available_fen, held_fen()) == (
        SUBSIDY_FEN + 5, SUBSIDY_FEN, 5, SUBSIDY_FEN,
    )  # fmt: skip
    assert differences() == []


def test_another_person_undoes_it_with_a_reason_and_it_can_be_decided_anew(year):
    confirmed = year.confirmed()
    for who, reason, error in (
        (year.people.authority, "错", errors.SubsidySamePersonError),
        (year.people.checker, " ", errors.SubsidyReasonError),
    ):
        with pytest.raises(error):
            undo_subsidy(actor=who, subsidy_id=confirmed.pk, reason=reason)
    undone = undo_subsidy(actor=year.people.checker, subsidy_id=confirmed.pk, reason="保费有误")
    assert (undone.state, undone.undo_reason, held_fen()) == (SubsidyState.UNDONE, "保费有误", 0)
    with pytest.raises(errors.SubsidyStateError):
        undo_subsidy(actor=year.people.checker, subsidy_id=confirmed.pk, reason="再来")
    with pytest.raises(errors.SubsidyStateError):
        confirm_subsidy(actor=year.people.authority, subsidy_id=confirmed.pk)
    assert (year.confirmed().turn, held_fen()) == (2, SUBSIDY_FEN)
    assert differences() == []


def test_who_decides_does_not_confirm_and_may_take_it_back(year):
    decided = decide_subsidy(actor=year.people.authority, **year.key, shown_fen=SUBSIDY_FEN)
    with pytest.raises(errors.SubsidySamePersonError):
        confirm_subsidy(actor=year.people.authority, subsidy_id=decided.pk)
    assert undo_subsidy(actor=year.people.authority, subsidy_id=decided.pk, reason="看错").confirmed_on is None
    assert Notice.objects.filter(organisation_id=year.house.pk, kind="pool.subsidy").count() == 0


@pytest.mark.parametrize("role", [Role.INSURER_OFFICER, Role.BANK_CLERK, Role.AUDITOR])
def test_who_may_not(year, role):
    with pytest.raises(NotAllowedError):
        decide_subsidy(actor=make_actor(role), **year.key, shown_fen=SUBSIDY_FEN)
    decided = year.decided()
    for act in (
        lambda who: confirm_subsidy(actor=who, subsidy_id=decided.pk),
        lambda who: undo_subsidy(actor=who, subsidy_id=decided.pk, reason="x"),
    ):
        with pytest.raises(NotAllowedError):
            act(make_actor(role))
    with pytest.raises(NotAllowedError):  # the manager decides, the authority confirms
        confirm_subsidy(actor=year.people.checker, subsidy_id=decided.pk)


def test_whoever_belongs_to_the_insurer_is_excluded(year):
    person = make_membership(Role.INSURER_OFFICER, year.house).user
    clerk = make_membership(Role.MANAGER_CLERK, user=person)
    actor = make_actor(Role.MANAGER_CLERK)
    with pytest.raises(errors.ConflictOfInterestError):
        decide_subsidy(
            actor=type(actor)(**{**vars_of(actor), "user_id": person.pk, "organisation_id": clerk.organisation_id}),
            **year.key, shown_fen=SUBSIDY_FEN,
        )  # fmt: skip


def vars_of(actor):
    return {name: getattr(actor, name) for name in actor.__dataclass_fields__}


@pytest.mark.parametrize("shown_fen", [SUBSIDY_FEN - 1, SUBSIDY_FEN + 1, 0])
def test_what_was_shown_is_what_is_decided(year, shown_fen):
    with pytest.raises(errors.SubsidyChangedError):
        decide_subsidy(actor=year.people.reviewer, **year.key, shown_fen=shown_fen)
    assert ExcessSubsidy.objects.count() == 0


def test_figures_are_taken_again_when_it_is_confirmed(year):
    decided = year.decided()
    Claim.objects.update(state="checked")  # reopened: it counts no more
    with pytest.raises(errors.SubsidyChangedError) as refused:
        confirm_subsidy(actor=year.people.authority, subsidy_id=decided.pk)
    assert (refused.value.facts["shown_fen"], refused.value.facts["found_fen"]) == (SUBSIDY_FEN, 0)


def test_one_stands_and_its_premium_with_it(year):
    year.decided()
    with pytest.raises(errors.SubsidyTwiceError):
        year.decided()
    state = {"actor": year.officer, "scheme_id": SCHEME, "year": YEAR}
    with pytest.raises(errors.PremiumFrozenError):
        state_premium(**state, premium_fen=60 * WAN - 1)
    assert state_premium(**state, premium_fen=60 * WAN).premium_fen == 60 * WAN
    undo_subsidy(actor=year.people.reviewer, subsidy_id=ExcessSubsidy.objects.get().pk, reason="改保费")
    assert state_premium(**state, premium_fen=60 * WAN - 1).premium_fen == 60 * WAN - 1


@pytest.mark.parametrize(
    ("day", "premium_fen", "error"),
    [
        (date(2022, 12, 31), 60 * WAN, errors.SubsidyYearRunsError),
        (date(2023, 1, 1), 0, errors.SubsidyPremiumError),
        (date(2023, 1, 1), 75 * WAN, errors.SubsidyNothingError),
        (date(2023, 1, 1), 75 * WAN - 1, errors.SubsidyNothingError),  # 1.2 fen above: 0.96 of one is nothing
        (date(2023, 1, 1), 75 * WAN - 2, None),
    ],
)
def test_when_there_is_something_to_decide(day, premium_fen, error):
    year = make_insurer_year(premium_fen)
    above_fen = max((90 * WAN * 5 - premium_fen * 6) * 4 // 25, 0) if premium_fen else 0
    make_demo_book(day)
    if error is not None:
        with pytest.raises(error):
            decide_subsidy(actor=year.people.reviewer, **year.key, shown_fen=above_fen)
        return
    decided = decide_subsidy(actor=year.people.reviewer, **year.key, shown_fen=above_fen)
    assert (decided.amount_fen, above_fen) == (1, 1)


def test_a_closed_period_takes_the_hold_on_its_first_open_day(year):
    give_budget(year, SUBSIDY_FEN)
    make_demo_book(date(2023, 2, 3))
    close_period(actor=year.people.checker, scheme_id=SCHEME, closed_until=date(2023, 2, 1))
    assert (year.confirmed().state, held_fen()) == (SubsidyState.HELD, SUBSIDY_FEN)


def test_a_year_that_is_not_there_or_not_ones_own_is_not_found(year):
    with pytest.raises(errors.SubsidyNotFoundError):
        decide_subsidy(actor=year.people.reviewer, **year.key | {"year": 2024}, shown_fen=0)
    with pytest.raises(errors.SubsidyNotFoundError):
        confirm_subsidy(actor=year.people.authority, subsidy_id=4_000_000)


def refused_by_the_database(sql):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_database_itself_keeps_the_law(year):
    confirmed = year.confirmed()
    one = f"UPDATE pool_excesssubsidy SET {{}} WHERE id = {confirmed.pk}"
    for change in (
        "amount_fen = amount_fen + 1",
        "premium_fen = premium_fen - 1",
        "confirmed_by_id = decided_by_id",
        "undone_by_id = confirmed_by_id",
        "state = 'paid', paid_on = '2023-01-05', transfer_key = 'T'",
        "state = 'undone', undone_on = '2023-01-05'",
        "insurer_id = insurer_id + 1",
    ):
        refused_by_the_database(one.format(change))
    refused_by_the_database(f"DELETE FROM pool_excesssubsidy WHERE id = {confirmed.pk}")
    columns = ", ".join(
        field.column
        for field in ExcessSubsidy._meta.concrete_fields
        if field.column not in {"id", "turn", "amount_fen"}
    )
    again = f"INSERT INTO pool_excesssubsidy (turn, amount_fen, {columns}) SELECT 2, amount_fen{{}}, {columns}"
    again += " FROM pool_excesssubsidy"
    refused_by_the_database(again.format(""))
    refused_by_the_database("UPDATE pool_premium SET premium_fen = premium_fen + 1")
    refused_by_the_database("DELETE FROM pool_premium")
    undo_subsidy(actor=year.people.checker, subsidy_id=confirmed.pk, reason="x")
    refused_by_the_database(again.format(" + 1"))
    Premium.objects.update(premium_fen=1)


def test_an_insurer_sees_its_own_and_writes_none(year):
    confirmed = year.confirmed()
    with scope(organisation_scope(year.house.pk)):
        assert ExcessSubsidy.objects.count() == 1
        assert ExcessSubsidy.objects.filter(pk=confirmed.pk).update(note="x") == 0
    with scope(organisation_scope(year.people.clerk.organisation_id)):
        assert ExcessSubsidy.objects.count() == 0


def address(year, language="zh-hans"):
    return f"/{language}/insurers/{SCHEME}/{year.house.pk}/{YEAR}/"


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "下一步：决定补贴"), ("en", "Next: decide the subsidy of")])
def test_the_page_leads_from_the_decision_to_the_undoing(year, language, said):
    at = address(year, language)
    clerk = make_client(Role.MANAGER_CLERK)
    shown = clerk.get(at)
    assert (shown.context["may_decide"], said in shown.content.decode()) == (True, True)
    assert clerk.post(at, {"do": "decide", "shown_fen": SUBSIDY_FEN + 1}).status_code == 422
    assert clerk.post(at, {"do": "decide", "shown_fen": SUBSIDY_FEN})["Location"] == at
    assert clerk.get(at).context["may_confirm"] is False
    assert clerk.post(at, {"do": "confirm"}).status_code == 403
    authority = make_client(Role.AUTHORITY_CHECKER)
    assert authority.get(at).context["may_confirm"] is True
    assert authority.post(at, {"do": "confirm"})["Location"] == at
    assert authority.get(at).context["may_undo"] is False
    assert clerk.post(at, {"do": "undo", "reason": ""}).status_code == 422
    assert clerk.post(at, {"do": "undo", "reason": "保费有误"})["Location"] == at
    assert "保费有误" in make_client(Role.AUDITOR).get(at).content.decode()
    assert clerk.post(at, {"do": "confirm"}).status_code == 404
    assert ExcessSubsidy.objects.get().state == SubsidyState.UNDONE


def test_the_insurers_own_page_shows_it_and_nobody_elses(year, django_assert_max_num_queries):
    year.confirmed()
    own = make_client(Role.INSURER_OFFICER, year.house)
    with django_assert_max_num_queries(30):
        shown = own.get(address(year))
    assert "144,000.00" in shown.content.decode()
    assert [shown.context[name] for name in ("may_decide", "may_confirm", "may_undo")] == [False] * 3
    assert shown.context["decisions"][0][1:] == (None, None, None)
    assert make_client(Role.INSURER_OFFICER).get(address(year)).status_code == 404
    assert make_client(Role.BANK_CLERK).get(address(year)).status_code == 403
    listed = own.get("/zh-hans/insurers/?year=2022").content.decode()
    assert "待拨付" in listed
    said = own.post("/zh-hans/insurers/?year=2022", {"scheme": SCHEME, "premium": "59万"})
    assert (said.status_code, "POOL.SUBSIDY.PREMIUM_FROZEN" in said.content.decode()) == (422, True)
