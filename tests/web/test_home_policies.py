"""Benefits paid without an application stand on the homes: each step with whom has to take it, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories.awards import FEN, list_firms, make_office, make_paid_firm, make_paying_policy
from tests.factories.people import TODAY, make_actor, make_demo_book

from yulin.atlas.models import Firm
from yulin.brain.core.awards import PayeeAccount
from yulin.brain.selectors.award_queue import AwardWaiting, waiting_awards
from yulin.brain.services.awarding import answer_award_objection, decide_batch, object_to_award
from yulin.brain.services.paying_awards import accept_award, keep_award_payment, release_awards
from yulin.people.core.actors import PUBLIC_ACTOR, Actor
from yulin.people.enums import Role
from yulin.people.models import Organisation

pytestmark = pytest.mark.django_db


def house(firm: Firm) -> Organisation:
    return Organisation.objects.get(identifier=firm.identifier)


def said(actor: Actor, day: object = TODAY) -> list[str]:
    return [one.todo.en for one in waiting_awards(actor, day)]  # type: ignore[arg-type]


def test_each_step_of_an_award_waits_for_whose_turn_it_is() -> None:
    make_demo_book(TODAY)
    office = make_office()
    policy, firm = make_paying_policy(office), make_paid_firm(1)
    owner = make_actor(Role.FIRM_USER, house(firm))
    batch = list_firms(office, policy, TODAY)
    assert said(office.checker) == ["Check the list of 1 firm"]
    assert said(office.officer) == said(owner) == []
    decide_batch(actor=office.checker, batch_id=batch.pk, is_confirmed=True)
    (own,) = waiting_awards(owner, TODAY)
    assert isinstance(own, AwardWaiting)
    assert (own.todo.en, own.amount_fen) == ("Confirm the account, or decline", FEN)
    assert said(office.checker) == []
    award = batch.awards.get()
    accept_award(actor=owner, award_id=award.pk, account=PayeeAccount(firm.name, "440100123456", "102581000013"))
    assert said(owner) == said(office.officer) == []
    batch.refresh_from_db()
    after = batch.notice_until + timedelta(days=1)
    make_demo_book(after)
    assert said(office.officer, after) == ["Release 1 award"]
    release_awards(actor=office.officer, batch_id=batch.pk)
    assert said(office.officer, after) == []
    assert said(office.third, after) == ["Release 1 award"]
    release_awards(actor=office.third, batch_id=batch.pk)
    assert said(office.officer, after) == ["Pay 1 award"]
    keep_award_payment(actor=office.officer, award_id=award.pk, on=after, reference="GZ1")
    assert said(office.officer, after) == said(office.third, after) == said(owner, after) == []


def test_an_objection_waits_for_a_checker_and_holds_the_release() -> None:
    make_demo_book(TODAY)
    office = make_office()
    policy, firm = make_paying_policy(office), make_paid_firm(1)
    owner = make_actor(Role.FIRM_USER, house(firm))
    batch = list_firms(office, policy, TODAY)
    decide_batch(actor=office.checker, batch_id=batch.pk, is_confirmed=True)
    award = batch.awards.get()
    accept_award(actor=owner, award_id=award.pk, account=PayeeAccount(firm.name, "440100123456", "102581000013"))
    object_to_award(actor=PUBLIC_ACTOR, award_id=award.pk, words="已迁出", name="示例", contact="示例")
    batch.refresh_from_db()
    after = batch.notice_until + timedelta(days=1)
    make_demo_book(after)
    assert said(office.checker, after) == [], "who put it on notice does not answer"
    (waiting,) = waiting_awards(office.third, after)
    assert (waiting.todo.en, waiting.page) == ("Answer the objection", ("brain:award", award.pk))
    assert said(office.officer, after) == []
    objection = award.objections.get()
    answer_award_objection(actor=office.third, objection_id=objection.pk, is_upheld=False, answer="未迁出")
    assert said(office.officer, after) == ["Release 1 award"]


def test_a_firm_of_which_a_fact_is_missing_is_asked_for_it() -> None:
    make_demo_book(TODAY)
    office = make_office()
    policy, firm = make_paying_policy(office), make_paid_firm(3, is_on_abnormal_list=None)
    make_paid_firm(1)
    owner = make_actor(Role.FIRM_USER, house(firm))
    batch = list_firms(office, policy, TODAY)
    decide_batch(actor=office.checker, batch_id=batch.pk, is_confirmed=True)
    (waiting,) = waiting_awards(owner, TODAY)
    assert (waiting.todo.en, waiting.page[0]) == ("Say the missing fact to have it", "brain:award-gap")
