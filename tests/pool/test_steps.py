"""Steps beside the review: offered where the state allows them, else explained; room that is left beside a loan."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.people import make_actor, make_client, make_demo_book
from tests.factories.pool import WAN, make_bank, make_enrolment, make_law

from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.pool.core.states import TRANSITIONS, Step
from yulin.pool.enums import EnrolmentState
from yulin.pool.errors import ClosingDayError, NotLentYetError
from yulin.pool.models import Enrolment, LimitUse
from yulin.pool.selectors.rooms import room_lines
from yulin.pool.services.lifecycle import activate_enrolment, close_enrolment, revoke_enrolment
from yulin.pool.services.review import ask_bank

pytestmark = pytest.mark.django_db
STEPS = (Step.ACTIVATE, Step.CLOSE, Step.REVOKE)


@pytest.fixture(autouse=True)
def _january() -> None:
    make_demo_book(date(2022, 1, 19))


@pytest.fixture
def one():
    law = make_law()
    return make_enrolment(make_bank()[1], law)


def put(one: Enrolment, state: str) -> Enrolment:
    fields = {"conditional_until": date(2022, 12, 31)} if state == "conditional" else {}
    Enrolment.objects.filter(pk=one.pk).update(state=state, **fields)
    one.refresh_from_db()
    return one


def lines_of(client, one, language="zh-hans"):
    answer = client.get(f"/{language}/enrolments/{one.pk}/")
    assert answer.status_code == 200
    return {line.step: line for line in answer.context["steps"]}


@pytest.mark.parametrize("state", list(EnrolmentState))
def test_each_step_is_offered_exactly_where_the_table_has_it(one, state):
    lines = lines_of(make_client(Role.MANAGER_CHECKER), put(one, state.value))
    possible = {each.step for each in TRANSITIONS if each.from_state == state}
    assert {step for step in STEPS if lines[step.value].form} == possible & set(STEPS)
    for step in set(STEPS) - possible:
        assert "只能从" in lines[step.value].why.zh


def test_who_may_not_revoke_is_told_who_does_and_others_see_no_steps(one):
    lines = lines_of(make_client(Role.MANAGER_CLERK), one)
    assert (lines["revoke"].form, "复核人员" in lines["revoke"].why.zh) == (None, True)
    assert lines["close"].form
    assert lines_of(make_client(Role.AUDITOR), one) == {}
    with pytest.raises(NotAllowedError):
        revoke_enrolment(actor=make_actor(Role.MANAGER_CLERK), enrolment_id=one.pk, clause="第六条", note="重复")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("state", ["active", "conditional", "confirmed", "draft"])
def test_checker_revokes_with_clause_and_reason(one, language, state):
    client, address = make_client(Role.MANAGER_CHECKER), f"/{language}/enrolments/{put(one, state).pk}/step/"
    sent = {"step": "revoke", "version": one.version, "clause": "other", "note": "银行误报"}
    for change, fault in (({"note": ""}, "revoke_note-error"), ({"clause": ""}, "revoke_clause-error")):
        answer = client.post(address, sent | change)
        assert (answer.status_code, fault in answer.content.decode()) == (422, True)
    assert client.post(address, sent)["Location"] == f"/{language}/enrolments/{one.pk}/"
    one.refresh_from_db()
    last = one.events.order_by("-id").first()
    assert (one.state, last.note, last.from_state) == ("revoked", "银行误报", state)
    assert LimitUse.objects.get(kind="bank").used_fen == 0


def test_a_page_that_is_old_changes_nothing(one):
    client = make_client(Role.MANAGER_CHECKER)
    sent = {"step": "revoke", "version": one.version + 1, "clause": "other", "note": "银行误报"}
    answer = client.post(f"/zh-hans/enrolments/{one.pk}/step/", sent)
    assert (answer.status_code, "KIT.CHANGED_MEANWHILE" in answer.content.decode()) == (422, True)
    for wrong in ({"step": "lapse"}, {"version": "x"}):
        assert client.post(f"/zh-hans/enrolments/{one.pk}/step/", sent | wrong).status_code == 404
    one.refresh_from_db()
    assert one.state == "active"


@pytest.mark.parametrize(
    ("on", "is_taken"),
    [(date(2021, 8, 1), False), (date(2021, 8, 2), True), (date(2022, 1, 19), True), (date(2022, 1, 20), False)],
)
def test_a_loan_is_closed_between_its_lending_and_today(one, on, is_taken):
    client = make_client(Role.MANAGER_CLERK)
    sent = {"step": "close", "version": one.version, "on": on.isoformat(), "note": "还款凭证"}
    answer = client.post(f"/zh-hans/enrolments/{one.pk}/step/", sent)
    one.refresh_from_db()
    assert (answer.status_code, one.state) == ((302, "closed") if is_taken else (422, "active"))
    if is_taken:
        assert (one.closed_on, one.outstanding_fen) == (on, 0)
        return
    with pytest.raises(ClosingDayError):
        close_enrolment(actor=make_actor(Role.MANAGER_CLERK), enrolment_id=one.pk, on=on)


def test_money_that_is_not_lent_makes_nothing_active():
    one = make_enrolment(make_bank()[1], make_law(), disbursed_on=date(2022, 1, 20), due_on=date(2023, 1, 19))
    assert one.state == "confirmed"
    assert "2022-01-20" in lines_of(make_client(Role.MANAGER_CLERK), one)["activate"].why.zh
    with pytest.raises(NotLentYetError):
        activate_enrolment(actor=make_actor(Role.MANAGER_CLERK), enrolment_id=one.pk)
    make_demo_book(date(2022, 1, 20))
    assert lines_of(make_client(Role.MANAGER_CLERK), one)["activate"].form
    sent = {"step": "activate", "version": one.version, "note": "借据"}
    assert make_client(Role.MANAGER_CLERK).post(f"/zh-hans/enrolments/{one.pk}/step/", sent).status_code == 302
    one.refresh_from_db()
    assert one.state == "active"


def test_a_conditional_filing_offers_only_what_its_state_allows(one):
    page = make_client(Role.MANAGER_CLERK).get(f"/zh-hans/enrolments/{put(one, 'conditional').pk}/")
    assert [key for key, _ in page.context["decision"].fields["decision"].choices] == ["confirm"]
    ask_bank(actor=make_actor(Role.MANAGER_CLERK), enrolment_id=put(one, "submitted").pk, note="补充")
    page = make_client(Role.MANAGER_CLERK).get(f"/zh-hans/enrolments/{one.pk}/")
    assert page.context["decision"] is None


def test_room_is_the_limit_less_what_is_used_and_unknown_where_no_limit_is_known(one):
    law = make_law_of(one)
    lines = {line.name.en: line for line in room_lines(law, firm_id=one.firm_id, bank_id=one.bank_id, year=2021)}
    firm = lines["Firm and year, over all banks"]
    assert (firm.used_fen, firm.left_fen) == (480 * WAN, firm.limit_fen - 480 * WAN)
    other_year = room_lines(law, firm_id=one.firm_id, bank_id=one.bank_id, year=2022)[0]
    assert (other_year.used_fen, other_year.left_fen) == (0, firm.limit_fen)
    assert {line.left_fen for line in lines.values() if line.limit_fen is None} <= {None}
    page = make_client(Role.MANAGER_CLERK).get(f"/zh-hans/enrolments/{one.pk}/").context["page"]
    district = page.rooms[-1]
    assert (district.name.en, district.limit_fen, district.used_fen) == ("Capacity, Huangpu district layer", None, None)


def make_law_of(one):
    from yulin.pool.adapters.packs import law_by_id

    return law_by_id(one.pack_id)
