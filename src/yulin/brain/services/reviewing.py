"""Every write of a review: screened, experts drawn, scored, voted, decided by two people, appealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from yulin.atlas.enums import Channel
from yulin.atlas.services.reading import Look, read_ownership
from yulin.base.text import Text
from yulin.brain.adapters.application_terms import application_terms
from yulin.brain.core.application_states import STATE_WORDS, ApplicationState, AppStep
from yulin.brain.core.review import Vote, draw
from yulin.brain.errors import (
    ApplicationNotFoundError,
    ApplicationStateError,
    ExpertsTooFewError,
    PanelError,
    ReviewHandsError,
    ReviewReasonError,
    ScoreError,
)
from yulin.brain.models import (
    Application,
    ApplicationAppeal,
    ApplicationDecision,
    Expert,
    ExpertDraw,
    ExpertReview,
)
from yulin.brain.selectors.applications import application_for
from yulin.brain.selectors.reviews import current_reviews, granted_fen, judges, own_review, panel_of, side_of
from yulin.brain.services._applications import Why, ask_bureau, audit, keep_event, locked, person, take_step, tell
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.speech import yuan
from yulin.people.adapters.calendar import work_calendar
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import Action, Role
from yulin.people.services import notify, settle_notices
from yulin.pool.services._steps import code_of, draw_from_series

_MOST_WORDS = 4000


@dataclass(frozen=True)
class Outcome:
    """What is proposed: granted with the amount, or declined; usual reasons and words."""

    is_granted: bool
    amount_fen: int | None = None
    why: Why = field(default_factory=Why)


def screen_application(
    *, actor: Actor, application_id: int, verdict: AppStep, why: Why, until: date | None = None
) -> Application:
    """Take a submitted application on, return it to be completed by a day, or refuse it with reasons.

    Effects: the application; one event with labels and reasons; a notice to the firm; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `.STATE`, `BRAIN.REVIEW.REASON`.
    """
    person(actor, Action.SCREEN_APPLICATIONS)
    seen, today = application_for(actor, application_id), clock.business_date()
    if verdict is AppStep.RETURN and (until is None or until < today):
        raise ReviewReasonError(number=seen.number)
    _known(seen, why)
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(seen.pk)
        changes: dict[str, object] = {"returned_until": until} if verdict is AppStep.RETURN else {}
        if verdict is AppStep.REFUSE:
            changes = {"notice_from": today, "notice_until": _after(application.call.notice_workdays)}
        take_step(actor, application, verdict, why, **changes)
        titles = {
            AppStep.ACCEPT: Text("申报%(number)s已受理", "Application %(number)s is taken on"),
            AppStep.RETURN: Text("请补正申报%(number)s", "Complete application %(number)s"),
            AppStep.REFUSE: Text("申报%(number)s不予受理", "Application %(number)s is not taken on"),
        }
        tell(actor, application, application.house_id, titles[verdict], asks=verdict is AppStep.RETURN)
    return application


def draw_experts(*, actor: Actor, application_id: int) -> ExpertDraw:
    """Draw as many experts as the call asks for, of those whom nothing ties to the applicant.

    Effects: one draw with everybody's ties and place; a review for each; notices to them; one event; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `.STATE`, `BRAIN.REVIEW.TOO_FEW`.
    """
    person(actor, Action.SCREEN_APPLICATIONS)
    seen = application_for(actor, application_id)
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(seen.pk)
        if application.state == ApplicationState.IN_REVIEW:  # who stood aside has to be replaced
            there = current_reviews(application).filter(recused_at__isnull=True).count()
            made = _drawn(actor, application, max(application.call.expert_count - there, 1))
            keep_event(actor, application, "redraw", Why(note=made.seed), is_inner=True)
            return made
        made = _drawn(actor, application, application.call.expert_count)
        take_step(actor, application, AppStep.DRAW, Why(note=made.seed))
    return made


def _drawn(actor: Actor, application: Application, count: int) -> ExpertDraw:
    """Draw so many experts who were not asked yet, in the caller's transaction."""
    asked = set(application.reviews.values_list("expert_id", flat=True))
    free = {one.number: one for one in Expert.objects.filter(is_active=True) if one.pk not in asked}
    turn = application.draws.count() + 1
    seed = f"{application.number}|{application.submissions.latest('turn').content_hash}|{turn}"
    side = side_of(application)
    if actor.role != Role.SYSTEM:  # a look at who holds a firm is in the firm's log
        look = Look(Channel.PAGE, clock.business_date(), clock.now())
        read_ownership(actor=actor, firm=application.firm, look=look)
    standing = draw(judges(free.values(), clock.business_date()), side, seed=seed, count=count)
    chosen = [free[one.judge.number] for one in standing if one.is_drawn]
    if len(chosen) < count:
        raise ExpertsTooFewError(number=application.number, needed=count, found=len(chosen))
    made = ExpertDraw.objects.create(
        application=application, turn=turn, seed=seed, count=count,
        round=application.decisions.filter(confirmed_on__isnull=False).count() + 1, drawn_on=clock.business_date(),
        drawn_by_id=actor.user_id, drawn_by_name=actor.name,
        standing=[
            {
                "number": one.judge.number, "name": one.judge.name, "order": one.order,
                "ties": [tie.value for tie in one.ties], "is_drawn": one.is_drawn,
            }
            for one in standing
        ],
    )  # fmt: skip
    for expert in chosen:
        ExpertReview.objects.create(
            application=application, draw=made, expert=expert, organisation_id=expert.organisation_id
        )
        _ask_expert(actor, application, expert)
    audit(actor, application, "draw", {"seed": seed, "drawn": [one.number for one in chosen]})
    return made


def _ask_expert(actor: Actor, application: Application, expert: Expert) -> None:
    notify(
        actor=actor, organisation_id=expert.organisation_id, user_id=expert.user_id, kind="brain.review",
        title=Text("评审申报%(number)s", "Review application %(number)s").with_values(number=application.number),
        path=reverse("brain:application", args=[application.pk]), about=_asked(application, expert),
    )  # fmt: skip


def _asked(application: Application, expert: Expert) -> tuple[str, str]:
    return "expert_review", f"{application.pk}-{expert.pk}"


def recuse(*, actor: Actor, application_id: int, why: str) -> ExpertReview:
    """Stand aside as an expert who is tied to the applicant; another is drawn at once by the same rule.

    Effects: the review ended; the firm among those that the expert has named; a further draw; events; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `BRAIN.REVIEW.REASON`, `.SCORE`.
    """
    person(actor, Action.SCORE_APPLICATIONS)
    application = application_for(actor, application_id)
    if not why.strip():
        raise ReviewReasonError(number=application.number)
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(application.pk)
        review = _own(actor, application)
        if review.scored_at is not None:
            raise ScoreError(number=application.number, why=Text("评分已提交", "the score is in"))
        review.recused_at, review.recused_why = clock.now(), why.strip()[:300]
        review.save(update_fields=["recused_at", "recused_why"])
        expert = review.expert
        expert.declared = sorted({*expert.declared, application.firm.identifier})
        expert.save(update_fields=["declared"])
        keep_event(actor, application, "recuse", Why(note=review.recused_why), is_inner=True)
        settle_notices(about=_asked(application, expert))
        try:
            made = _drawn(SYSTEM_ACTOR, application, 1)
            keep_event(SYSTEM_ACTOR, application, "redraw", Why(note=made.seed), is_inner=True)
        except ExpertsTooFewError:  # nobody is left: the authority adds an expert and draws
            ask_bureau(actor, application, Text("补抽专家%(number)s", "Draw another expert for %(number)s"))
        audit(actor, application, "recuse", {"expert": expert.number, "why": review.recused_why})
    return review


def score_application(*, actor: Actor, application_id: int, points: Mapping[str, int], words: str = "") -> ExpertReview:
    """Give an application its points by criterion; a score that is in never changes.

    Effects: the review; audit row. Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `BRAIN.REVIEW.SCORE`.
    """
    person(actor, Action.SCORE_APPLICATIONS)
    application = application_for(actor, application_id)
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(application.pk)
        review = _own(actor, application)
        _check_score(application, review, points)
        review.points, review.total = dict(points), sum(points.values())
        review.words, review.scored_at = words.strip()[:_MOST_WORDS], clock.now()
        review.save(update_fields=["points", "total", "words", "scored_at"])
        settle_notices(about=_asked(application, review.expert))
        audit(actor, application, "score", {"expert": review.expert.number, "total": review.total})
    return review


def _check_score(application: Application, review: ExpertReview, points: Mapping[str, int]) -> None:
    number, criteria = application.number, application.call.asks.criteria
    if application.state != ApplicationState.IN_REVIEW:
        raise ScoreError(number=number, why=Text("不在评审阶段", "it is not in review"))
    if review.scored_at is not None:
        raise ScoreError(number=number, why=Text("您已评分", "your score is in already"))
    if set(points) != {one.id for one in criteria}:
        raise ScoreError(number=number, why=Text("有未评的项", "a criterion has no points"))
    wrong = next((one for one in criteria if not 0 <= points[one.id] <= one.most), None)
    if wrong is not None:
        why = Text("“%(name)s”应为0至%(most)s分", "“%(name)s” takes 0 to %(most)s")
        raise ScoreError(number=number, why=why.with_values(name=wrong.label, most=wrong.most))


def vote_on(*, actor: Actor, application_id: int, vote: Vote) -> ExpertReview:
    """Vote as a member of the panel, once every score is in.

    Effects: the review; at the last vote a notice to the authority; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `BRAIN.REVIEW.SCORE`.
    """
    person(actor, Action.SCORE_APPLICATIONS)
    application = application_for(actor, application_id)
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(application.pk)
        review = _own(actor, application)
        asked = current_reviews(application).filter(recused_at__isnull=True)
        if application.state != ApplicationState.IN_REVIEW or review.vote:
            raise ScoreError(number=application.number, why=Text("不能再表决", "no vote is taken any more"))
        if asked.filter(scored_at__isnull=True).exists():
            raise ScoreError(number=application.number, why=Text("评分尚未到齐", "not every score is in yet"))
        review.vote, review.voted_at = vote.value, clock.now()
        review.save(update_fields=["vote", "voted_at"])
        audit(actor, application, "vote", {"expert": review.expert.number, "vote": vote.value})
        if not asked.filter(vote="").exists():
            ask_bureau(actor, application, Text("拟定结果%(number)s：%(firm)s", "Decide %(number)s: %(firm)s"))
    return review


def propose_outcome(*, actor: Actor, application_id: int, outcome: Outcome) -> ApplicationDecision:
    """Propose what becomes of an application, by the panel's vote; another person confirms it.

    Nothing is granted against the panel; to decline what the panel is for needs a reason. The sums of a call's grants
    stay within its money.

    Effects: one decision; the application decided; one event; a notice to the authority; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `.STATE`, `BRAIN.REVIEW.PANEL`, `.REASON`.
    """
    person(actor, Action.DECIDE_APPLICATIONS)
    seen = application_for(actor, application_id)
    _known(seen, outcome.why)
    with transaction.atomic(), scope(EVERYTHING):
        type(seen.call).objects.select_for_update().get(pk=seen.call_id)  # grants of a call are counted one by one
        application = locked(seen.pk)
        _check_outcome(application, outcome)
        panel = panel_of(application)
        made = ApplicationDecision.objects.create(
            application=application, turn=application.decisions.count() + 1, is_granted=outcome.is_granted,
            amount_fen=outcome.amount_fen if outcome.is_granted else None, reasons=list(outcome.why.reasons),
            note=outcome.why.note.strip()[:1000], made_on=clock.business_date(), made_by_id=actor.user_id,
            made_by_name=actor.name,
            panel={"votes": {vote.value: count for vote, count in panel.votes.items()}, "quorum": panel.quorum},
        )  # fmt: skip
        take_step(actor, application, AppStep.DECIDE, outcome.why)
        ask_bureau(actor, application, Text("复核结果%(number)s：%(firm)s", "Confirm %(number)s: %(firm)s"))
    return made


def _check_outcome(application: Application, outcome: Outcome) -> None:
    number, call = application.number, application.call
    panel = panel_of(application)
    if application.state != ApplicationState.IN_REVIEW:
        return  # the table of steps says what is needed
    if call.asks.criteria and not panel.has_quorum:
        cast = sum(panel.votes.values())
        why = Text("已表决%(n)s票，需%(q)s票", "%(n)s {n:vote is|votes are} in, %(q)s needed")
        raise PanelError(number=number, why=why.with_values(n=cast, q=panel.quorum))
    if not outcome.is_granted:
        if not outcome.why.is_given:
            raise ReviewReasonError(number=number)
        return
    if call.asks.criteria and not panel.is_for:
        raise PanelError(number=number, why=Text("专家组未通过", "the panel is not for it"))
    amount, most = outcome.amount_fen or 0, call.most_fen
    asked = _asked_fen(application)
    bound = min(one for one in (most, asked, 10**17) if one is not None)
    if not 0 < amount <= bound:
        why = Text("金额应大于0且不超过%(most)s元", "the amount is above 0 and at most CNY %(most)s")
        raise PanelError(number=number, why=why.with_values(most=yuan(bound)))
    left = None if call.budget_fen is None else call.budget_fen - granted_fen(call.pk)
    if left is not None and amount > left:
        why = Text("本批次资金只剩%(left)s元", "only CNY %(left)s of the call's money is left")
        raise PanelError(number=number, why=why.with_values(left=yuan(left)))


def _asked_fen(application: Application) -> int | None:
    field = application.call.asks.asked
    value = application.submissions.latest("turn").content["values"].get(field.id) if field else None
    return value if isinstance(value, int) else None


def confirm_outcome(*, actor: Actor, application_id: int, is_confirmed: bool, reason: str = "") -> ApplicationDecision:
    """Confirm what another person proposed, or send it back with the reason.

    A confirmed decision gets its letter; a grant is publicly noticed for the working days of the call, a decline can be
    appealed for as long.

    Effects: the decision; the application; one event; a notice to the firm; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `.STATE`, `BRAIN.REVIEW.SAME_PERSON`, `.REASON`.
    """
    person(actor, Action.CONFIRM_APPLICATIONS)
    seen = application_for(actor, application_id)
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(seen.pk)
        last = application.decisions.order_by("turn").last()
        if last is None or application.state != ApplicationState.DECIDED:
            state = ApplicationState(application.state)
            raise ApplicationStateError(
                number=application.number, found=STATE_WORDS[state][1],
                needed=STATE_WORDS[ApplicationState.DECIDED][1],
            )  # fmt: skip
        if last.made_by_id == actor.user_id:
            raise ReviewHandsError(number=application.number, name=last.made_by_name)
        if not is_confirmed:
            last.sent_back = reason.strip()[:600]
            last.save(update_fields=["sent_back"])
            take_step(actor, application, AppStep.SEND_BACK, Why(note=reason))
            return last
        today = clock.business_date()
        last.confirmed_on, last.confirmed_by_id, last.confirmed_by_name = today, actor.user_id, actor.name
        last.letter = draw_from_series("JD", today.year, 1)[0]
        last.code = code_of(last.letter)
        last.save()
        step = AppStep.GRANT if last.is_granted else AppStep.DECLINE
        why = Why(reasons=last.reasons, note=last.note)
        until = _after(application.call.notice_workdays)
        take_step(actor, application, step, why, notice_from=today, notice_until=until)
        said = (
            Text("申报%(number)s予以立项，公示中", "Application %(number)s is granted, under public notice")
            if last.is_granted
            else Text("申报%(number)s不予立项，可申诉", "Application %(number)s is declined; it can be appealed")
        )
        tell(actor, application, application.house_id, said)
    return last


def file_appeal(
    *, actor: Actor, application_id: int, words: str, name: str = "", contact: str = ""
) -> ApplicationAppeal:
    """Appeal as the firm against a refusal or decline, or object as anybody to a grant under public notice.

    Effects: one appeal with the day of its answer; a notice to the authority; one event; audit row.
    Raises: `BRAIN.APPLICATION.NOT_FOUND`, `.STATE`, `BRAIN.REVIEW.REASON`.
    """
    today, is_own = clock.business_date(), actor.may(Action.APPLY)
    seen = application_for(actor, application_id) if is_own else None
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(application_id)
        is_own = is_own and seen is not None
        against = {ApplicationState.REFUSED, ApplicationState.DECLINED} if is_own else {ApplicationState.GRANTED}
        until = application.notice_until
        if until is None or today > until or application.state not in against:
            state = ApplicationState(application.state)
            raise ApplicationStateError(
                number=application.number, found=STATE_WORDS[state][1],
                needed=Text("公示或申诉期内", "within the days of notice"),
            )  # fmt: skip
        if not words.strip():
            raise ReviewReasonError(number=application.number)
        made = ApplicationAppeal.objects.create(
            application=application, words=words.strip()[:2000], name=(name or actor.name)[:120],
            contact=contact[:200], is_own=is_own, made_by_id=actor.user_id, made_on=today,
            due_on=_after(settings.YULIN_ANSWER_WORKDAYS),
        )  # fmt: skip
        keep_event(actor, application, "appeal", Why(note=made.words), is_inner=not is_own)
        ask_bureau(actor, application, Text("答复对%(number)s的异议", "Answer what is said against %(number)s"))
        audit(actor, application, "appeal", {"appeal": made.pk, "is_own": is_own})
    return made


def answer_appeal(*, actor: Actor, appeal_id: int, is_upheld: bool, answer: str) -> ApplicationAppeal:
    """Answer an appeal or objection, by a person who neither proposed nor confirmed the decision.

    Upheld, the application is taken up again: what was decided stays on record.

    Effects: the appeal; the application where upheld; one event; a notice to the firm; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `.STATE`, `BRAIN.REVIEW.SAME_PERSON`, `.REASON`.
    """
    person(actor, Action.CONFIRM_APPLICATIONS)
    with transaction.atomic(), scope(EVERYTHING):
        found = ApplicationAppeal.objects.select_for_update().filter(pk=appeal_id, is_upheld__isnull=True).first()
        if found is None:
            raise ApplicationNotFoundError(application=appeal_id)
        application = locked(found.application_id)
        _refuse_own_hand(actor, application)
        if not answer.strip():
            raise ReviewReasonError(number=application.number)
        found.is_upheld, found.answer = is_upheld, answer.strip()[:2000]
        found.answered_on, found.answered_by_id = clock.business_date(), actor.user_id
        found.answered_by_name = actor.name
        found.save()
        if is_upheld:
            take_step(actor, application, AppStep.REOPEN, Why(note=answer), notice_from=None, notice_until=None)
        else:
            keep_event(actor, application, "appeal_rejected", Why(note=answer), is_inner=not found.is_own)
        if found.is_own:
            tell(
                actor, application, application.house_id, Text("申诉%(number)s已答复", "Appeal %(number)s is answered")
            )
        audit(actor, application, "answer_appeal", {"appeal": found.pk, "is_upheld": is_upheld})
    return found


def _refuse_own_hand(actor: Actor, application: Application) -> None:
    last = application.decisions.order_by("turn").last()
    event = application.events.filter(step="refuse").last()
    hands = {last.made_by_id: last.made_by_name, last.confirmed_by_id: last.confirmed_by_name} if last else {}
    if event is not None and last is None:
        hands = {event.made_by_id: event.made_by_name}
    if actor.user_id in hands:
        raise ReviewHandsError(number=application.number, name=hands[actor.user_id])


def _own(actor: Actor, application: Application) -> ExpertReview:
    found = own_review(actor, application)
    if found is None:
        raise ApplicationNotFoundError(application=application.pk)
    return ExpertReview.objects.select_for_update(of=("self",)).select_related("expert").get(pk=found.pk)


def _known(application: Application, why: Why) -> None:
    """Refuse labels and reasons that nobody has written down. Raises: `BRAIN.REVIEW.REASON`."""
    terms = application_terms()
    if not set(why.labels) <= set(terms.labels) or not set(why.reasons) <= set(terms.every_reason):
        raise ReviewReasonError(number=application.number)


def _after(workdays: int) -> date:
    return work_calendar().add_workdays(clock.business_date(), workdays)
