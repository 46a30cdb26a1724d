"""The review: screening, a draw that leaves out who is tied, hidden scores, the panel, two people, appeals."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction
from tests.factories.applications import make_applicant, make_bureau, make_call, make_submitted
from tests.factories.people import TODAY, make_actor, make_demo_book, make_organisation

from yulin.atlas.models import Particular, Reading
from yulin.brain.core.application_states import AppStep
from yulin.brain.core.review import Vote
from yulin.brain.errors import (
    ApplicationNotFoundError,
    ApplicationStateError,
    ExpertsTooFewError,
    PanelError,
    ReviewHandsError,
    ReviewReasonError,
    ScoreError,
)
from yulin.brain.models import Application, ApplicationDecision, Expert, ExpertReview
from yulin.brain.selectors.application_queue import waiting_applications
from yulin.brain.selectors.applications import applications_visible_to
from yulin.brain.selectors.reviews import granted_fen, grants, letter_by_code, review_page
from yulin.brain.services._applications import Why
from yulin.brain.services.applications import save_field, submit_application
from yulin.brain.services.experts import ExpertFacts, keep_expert
from yulin.brain.services.reviewing import (
    Outcome,
    answer_appeal,
    confirm_outcome,
    draw_experts,
    file_appeal,
    propose_outcome,
    recuse,
    score_application,
    screen_application,
    vote_on,
)
from yulin.kit.clock import standing_on
from yulin.kit.row_security import scope
from yulin.people.core.actors import PUBLIC_ACTOR, row_scope
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Membership, Notice, User
from yulin.people.selectors import actor_for, actor_in

pytestmark = pytest.mark.django_db

POINTS = {"novelty": 30, "method": 20, "benefit_points": 25}


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


@pytest.fixture
def bureau():
    return make_bureau()


@pytest.fixture
def applicant():
    return make_applicant()


def make_expert(bureau, **facts):
    actor = make_actor(Role.EXPERT, make_organisation(OrganisationKind.EXPERT))
    seat = Membership.objects.get(user_id=actor.user_id)
    keep_expert(actor=bureau.officer, membership_id=seat.pk, facts=ExpertFacts(**facts))
    return actor


def accepted(bureau, applicant, **terms):
    application = make_submitted(make_call(bureau, **terms), applicant)
    screen_application(actor=bureau.officer, application_id=application.pk, verdict=AppStep.ACCEPT, why=Why(["formal"]))
    return application


def in_review(bureau, applicant, count=2, **terms):
    people = [make_expert(bureau) for _ in range(count)]
    application = accepted(bureau, applicant, **terms)
    draw_experts(actor=bureau.officer, application_id=application.pk)
    return application, people


def drawn(application):
    """Return who was drawn, whoever else stands in the register."""
    users = User.objects.filter(pk__in=application.reviews.values("expert__user")).order_by("pk")
    return [actor_for(one, on=TODAY) for one in users]


def voted(bureau, applicant, votes=(Vote.FOR, Vote.FOR), **terms):
    application, _ = in_review(bureau, applicant, **terms)
    people = drawn(application)
    for one in people:
        score_application(actor=one, application_id=application.pk, points=POINTS, words="示例意见")
    for one, vote in zip(people, votes, strict=True):
        vote_on(actor=one, application_id=application.pk, vote=vote)
    return application


def granted(bureau, applicant, **terms):
    application = voted(bureau, applicant, **terms)
    propose_outcome(actor=bureau.officer, application_id=application.pk, outcome=Outcome(True, 400_000_00))
    confirm_outcome(actor=bureau.checker, application_id=application.pk, is_confirmed=True)
    return Application.objects.get(pk=application.pk)


def test_returned_application_is_completed_after_the_call_has_shut_and_submitted_again(bureau, applicant):
    application = make_submitted(make_call(bureau, last=TODAY), applicant)
    with pytest.raises(ReviewReasonError):
        screen_application(
            actor=bureau.officer, application_id=application.pk, verdict=AppStep.RETURN, why=Why(), until=TODAY
        )
    screen_application(
        actor=bureau.officer, application_id=application.pk, verdict=AppStep.RETURN,
        why=Why(["papers"], ["paper_unsigned"]), until=TODAY + timedelta(days=3),
    )  # fmt: skip
    with standing_on(TODAY + timedelta(days=3)):
        save_field(actor=applicant.two, application_id=application.pk, field_id="leader", said="示例二", base=1)
        second = submit_application(actor=applicant.one, application_id=application.pk)
    assert (second.turn, second.content["values"]["leader"]) == (2, "示例二")
    assert application.submissions.first().content["values"]["leader"] == "示例人"


def test_unknown_reason_and_a_refusal_without_one_are_refused(bureau, applicant):
    application = make_submitted(make_call(bureau), applicant)
    for why in (Why(), Why(reasons=["because"])):
        with pytest.raises(ReviewReasonError):
            screen_application(actor=bureau.officer, application_id=application.pk, verdict=AppStep.REFUSE, why=why)


def holding(firm, **value):
    Particular.objects.create(
        firm=firm, kind="holding", key=str(value), value={"share_ppm": 500_000, **value}, source="示例登记",
        valid_from=date(2020, 1, 1), original="", priority=10,
    )  # fmt: skip


def test_who_holds_works_for_or_shares_the_name_of_a_holder_is_not_drawn(bureau, applicant):
    holding(applicant.firm, holder="P-9", holder_name="示例甲")
    tied = [
        make_expert(bureau, person_code="P-9"),
        make_expert(bureau, employer=applicant.firm.identifier),
        make_expert(bureau, declared=[applicant.firm.identifier]),
        make_expert(bureau),
    ]
    holding(applicant.firm, holder_name=tied[3].name)
    free = [make_expert(bureau), make_expert(bureau)]
    application = accepted(bureau, applicant)
    made = draw_experts(actor=bureau.officer, application_id=application.pk)
    assert {one.expert.user_id for one in application.reviews.all()} == {one.user_id for one in free}
    ties = {one["name"]: one["ties"] for one in made.standing}
    assert [ties[one.name] for one in tied] == [["holds"], ["employed"], ["declared"], ["same_name"]]
    orders = [one["order"] for one in made.standing]
    assert orders == sorted(sha256(f"{made.seed}|{one['number']}".encode()).hexdigest() for one in made.standing)
    assert Reading.objects.filter(firm=applicant.firm).exists()


def in_office(firm, name, **days):
    Particular.objects.create(
        firm=firm, kind="key_person", key=name, value={"name": name, "position": "董事", **days}, source="示例登记",
        valid_from=date(2020, 1, 1), original="", priority=10,
    )  # fmt: skip


def test_who_shares_the_name_of_one_who_runs_the_firm_is_not_drawn_until_told_apart(bureau, applicant):
    alike, told_apart, of_one_who_left = (
        make_expert(bureau),
        make_expert(bureau, told_apart=[applicant.firm.identifier]),
        make_expert(bureau),
    )
    for one in (alike, told_apart):
        in_office(applicant.firm, one.name)
    in_office(applicant.firm, of_one_who_left.name, until_on="2021-12-31")
    application = accepted(bureau, applicant)
    made = draw_experts(actor=bureau.officer, application_id=application.pk)
    ties = {one["name"]: one["ties"] for one in made.standing}
    assert ties == {alike.name: ["name_in_office"], told_apart.name: [], of_one_who_left.name: []}
    drawn = {one.expert.user_id for one in application.reviews.all()}
    assert drawn == {told_apart.user_id, of_one_who_left.user_id}


def test_draw_with_too_few_experts_is_refused_and_leaves_nothing(bureau, applicant):
    make_expert(bureau)
    application = accepted(bureau, applicant)
    with pytest.raises(ExpertsTooFewError):
        draw_experts(actor=bureau.officer, application_id=application.pk)
    assert not application.draws.exists()


def test_expert_sees_only_what_is_asked_and_others_scores_only_after_the_own(bureau, applicant):
    application, (first, second) = in_review(bureau, applicant)
    score_application(actor=first, application_id=application.pk, points=POINTS)
    hidden = review_page(second, application)
    assert hidden.is_hidden
    assert [(one.is_own, one.is_open) for one in hidden.reviews] == [(True, True)]
    with scope(row_scope(second)):
        assert [one.organisation_id for one in ExpertReview.objects.all()] == [second.organisation_id]
    score_application(actor=second, application_id=application.pk, points=POINTS | {"novelty": 40})
    shown = review_page(second, application)
    assert sorted(one.review.total for one in shown.reviews) == [75, 85]
    assert shown.mean == 80
    assert list(applications_visible_to(make_expert(bureau))) == []


@pytest.mark.parametrize(
    "points", [{"novelty": 1}, POINTS | {"novelty": 41}, POINTS | {"novelty": -1}, POINTS | {"more": 1}]
)
def test_points_that_are_not_all_there_or_out_of_range_are_refused(bureau, applicant, points):
    application, (first, _) = in_review(bureau, applicant)
    with pytest.raises(ScoreError):
        score_application(actor=first, application_id=application.pk, points=points)


def test_score_that_is_in_never_changes(bureau, applicant):
    application, (first, _) = in_review(bureau, applicant)
    review = score_application(actor=first, application_id=application.pk, points=POINTS)
    with pytest.raises(ScoreError):
        score_application(actor=first, application_id=application.pk, points=POINTS)
    with pytest.raises(ScoreError):
        vote_on(actor=first, application_id=application.pk, vote=Vote.FOR)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExpertReview.objects.filter(pk=review.pk).update(total=100)


def test_expert_who_stands_aside_is_replaced_and_not_drawn_for_the_firm_again(bureau, applicant):
    application, people = in_review(bureau, applicant, count=3)
    asked = {one.expert.user_id for one in application.reviews.all()}
    aside = next(one for one in people if one.user_id in asked)
    recuse(actor=aside, application_id=application.pk, why="同门")
    now = {one.expert.user_id for one in application.reviews.filter(recused_at__isnull=True)}
    assert aside.user_id not in now
    assert len(now) == 2
    assert Expert.objects.get(user_id=aside.user_id).declared == [applicant.firm.identifier]
    with pytest.raises(ApplicationNotFoundError):
        score_application(actor=aside, application_id=application.pk, points=POINTS)


def test_expert_can_stand_aside_when_nobody_is_left_and_the_bureau_is_asked_to_draw(bureau, applicant):
    application, people = in_review(bureau, applicant)
    recuse(actor=people[0], application_id=application.pk, why="同门")
    assert Notice.objects.filter(organisation=bureau.house, title_zh__contains="补抽").exists()
    make_expert(bureau)
    draw_experts(actor=bureau.officer, application_id=application.pk)
    assert application.reviews.filter(recused_at__isnull=True).count() == 2


def test_nothing_is_granted_without_quorum_or_against_the_panel(bureau, applicant):
    application, _ = in_review(bureau, applicant)
    with pytest.raises(PanelError):
        propose_outcome(actor=bureau.officer, application_id=application.pk, outcome=Outcome(True, 1))
    other = voted(bureau, make_applicant(2), (Vote.FOR, Vote.AGAINST))
    with pytest.raises(PanelError):
        propose_outcome(actor=bureau.officer, application_id=other.pk, outcome=Outcome(True, 1))


@pytest.mark.parametrize(("fen", "is_taken"), [(0, False), (1, True), (500_000_00, True), (500_000_01, False)])
def test_amount_is_above_nought_and_at_most_what_was_asked(bureau, applicant, fen, is_taken):
    application = voted(bureau, applicant)
    outcome = Outcome(True, fen)
    if is_taken:
        propose_outcome(actor=bureau.officer, application_id=application.pk, outcome=outcome)
        return
    with pytest.raises(PanelError):
        propose_outcome(actor=bureau.officer, application_id=application.pk, outcome=outcome)


def test_outcome_is_confirmed_by_another_person_with_a_letter_and_days_of_notice(bureau, applicant):
    application = voted(bureau, applicant)
    propose_outcome(actor=bureau.checker, application_id=application.pk, outcome=Outcome(True, 400_000_00))
    with pytest.raises(ReviewHandsError):
        confirm_outcome(actor=bureau.checker, application_id=application.pk, is_confirmed=True)
    other = make_actor(Role.AUTHORITY_CHECKER, bureau.house)
    with pytest.raises(ReviewReasonError):
        confirm_outcome(actor=other, application_id=application.pk, is_confirmed=False)
    decision = confirm_outcome(actor=other, application_id=application.pk, is_confirmed=True)
    assert (decision.letter, decision.panel["votes"]["for"]) == ("JD-2022-0000001", 2)
    assert letter_by_code(decision.code) == decision
    (shown,) = grants(TODAY)
    assert (shown.title, shown.decision.amount_fen, shown.application.notice_until) == (
        "示例项目", 400_000_00, date(2022, 1, 26),
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationDecision.objects.update(amount_fen=1)


def test_outcome_sent_back_is_proposed_anew(bureau, applicant):
    application = voted(bureau, applicant)
    propose_outcome(actor=bureau.officer, application_id=application.pk, outcome=Outcome(True, 400_000_00))
    confirm_outcome(actor=bureau.checker, application_id=application.pk, is_confirmed=False, reason="金额偏高")
    propose_outcome(actor=bureau.officer, application_id=application.pk, outcome=Outcome(True, 300_000_00))
    confirm_outcome(actor=bureau.checker, application_id=application.pk, is_confirmed=True)
    assert [one.sent_back for one in application.decisions.all()] == ["金额偏高", ""]


def test_decline_against_the_panel_needs_its_reason_and_can_be_appealed_to_a_third_person(bureau, applicant):
    application = voted(bureau, applicant)
    with pytest.raises(ReviewReasonError):
        propose_outcome(actor=bureau.officer, application_id=application.pk, outcome=Outcome(False))
    outcome = Outcome(False, None, Why(reasons=["budget_out"]))
    propose_outcome(actor=bureau.officer, application_id=application.pk, outcome=outcome)
    confirm_outcome(actor=bureau.checker, application_id=application.pk, is_confirmed=True)
    appeal = file_appeal(actor=applicant.one, application_id=application.pk, words="资金未用完")
    with pytest.raises(ReviewHandsError):
        answer_appeal(actor=bureau.checker, appeal_id=appeal.pk, is_upheld=True, answer="重新受理")
    third = make_actor(Role.AUTHORITY_CHECKER, bureau.house)
    answer_appeal(actor=third, appeal_id=appeal.pk, is_upheld=True, answer="重新受理")
    assert Application.objects.get(pk=application.pk).state == "submitted"
    assert application.decisions.get().is_granted is False


def test_what_was_taken_up_again_is_judged_by_others_and_their_votes_alone(bureau, applicant):
    application = granted(bureau, applicant)
    objection = file_appeal(
        actor=PUBLIC_ACTOR, application_id=application.pk, words="重复资助", name="示例", contact="示例"
    )
    third = make_actor(Role.AUTHORITY_CHECKER, bureau.house)
    answer_appeal(actor=third, appeal_id=objection.pk, is_upheld=True, answer="复核")
    fresh = [make_expert(bureau) for _ in range(2)]
    screen_application(actor=bureau.officer, application_id=application.pk, verdict=AppStep.ACCEPT, why=Why())
    draw_experts(actor=bureau.officer, application_id=application.pk)
    page = review_page(bureau.officer, Application.objects.get(pk=application.pk))
    assert {one.review.expert.user_id for one in page.reviews} == {one.user_id for one in fresh}
    assert not page.result.has_quorum


def test_objection_after_the_notice_is_refused(bureau, applicant):
    application = granted(bureau, applicant)
    for day, is_open in ((date(2022, 1, 26), True), (date(2022, 1, 27), False)):
        with standing_on(day):
            if is_open:
                file_appeal(actor=PUBLIC_ACTOR, application_id=application.pk, words="重复", name="示例")
                continue
            with pytest.raises(ApplicationStateError):
                file_appeal(actor=PUBLIC_ACTOR, application_id=application.pk, words="重复", name="示例")


def test_grants_of_a_call_stay_within_its_money(bureau, applicant):
    application = granted(bureau, applicant, budget_fen=800_000_00)
    call = application.call
    second = make_submitted(call, make_applicant(2))
    screen_application(actor=bureau.officer, application_id=second.pk, verdict=AppStep.ACCEPT, why=Why())
    draw_experts(actor=bureau.officer, application_id=second.pk)
    for review in second.reviews.select_related("expert"):
        person = make_actor_of(review)
        score_application(actor=person, application_id=second.pk, points=POINTS)
    for review in second.reviews.select_related("expert"):
        vote_on(actor=make_actor_of(review), application_id=second.pk, vote=Vote.FOR)
    with pytest.raises(PanelError):
        propose_outcome(actor=bureau.officer, application_id=second.pk, outcome=Outcome(True, 400_000_01))
    propose_outcome(actor=bureau.officer, application_id=second.pk, outcome=Outcome(True, 400_000_00))
    assert granted_fen(call.pk) == 800_000_00


def make_actor_of(review):
    membership = Membership.objects.select_related("organisation", "user").get(user_id=review.expert.user_id)
    return actor_in(membership, membership.user)


def test_what_waits_is_shown_to_whom_it_waits_for(bureau, applicant):
    application = make_submitted(make_call(bureau), applicant)

    def todo(actor):
        return [one.todo.zh for one in waiting_applications(actor, TODAY)]

    assert (todo(bureau.officer), todo(applicant.one)) == (["形式审查"], [])
    people = [make_expert(bureau) for _ in range(2)]
    screen_application(actor=bureau.officer, application_id=application.pk, verdict=AppStep.ACCEPT, why=Why())
    assert todo(bureau.checker) == ["抽取专家"]
    draw_experts(actor=bureau.officer, application_id=application.pk)
    assert (todo(bureau.officer), todo(people[0])) == ([], ["评分"])
    for one in people:
        score_application(actor=one, application_id=application.pk, points=POINTS)
    assert todo(people[0]) == ["评分到齐后表决"]
    for one in people:
        vote_on(actor=one, application_id=application.pk, vote=Vote.FOR)
    assert (todo(bureau.officer), todo(people[0])) == (["拟定结果"], [])
    propose_outcome(actor=bureau.officer, application_id=application.pk, outcome=Outcome(True, 1))
    assert (todo(bureau.officer), todo(bureau.checker)) == ([], ["复核结果"])
