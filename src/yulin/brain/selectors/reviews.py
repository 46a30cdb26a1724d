"""Every read of a review: the applicant's side from the registers, experts, scores as they may be seen, the panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import Max, QuerySet

from yulin.atlas.core.access import Access
from yulin.atlas.core.control import groups, shares_behind
from yulin.atlas.core.particulars import day_of
from yulin.atlas.enums import ParticularKind
from yulin.atlas.selectors.particulars import AsKnown, ownership_around, particulars_shown
from yulin.base.text import Text
from yulin.brain.core.application_states import ApplicationState
from yulin.brain.core.call_forms import Criterion
from yulin.brain.core.review import (
    TIES,
    Judge,
    PanelResult,
    Scored,
    Side,
    Tie,
    Vote,
    may_see_scores,
    mean_points,
    panel_result,
)
from yulin.brain.errors import ApplicationNotFoundError
from yulin.brain.models import (
    Application,
    ApplicationAppeal,
    ApplicationDecision,
    Expert,
    ExpertDraw,
    ExpertReview,
)
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import Action, Role
from yulin.people.selectors import organisations_of
from yulin.pool.selectors.enrolments import enrolments_visible_to

if TYPE_CHECKING:
    from yulin.atlas.models import Firm

OF_DUTY = Access(None, ("ground:authority",))
VOTES: Mapping[Vote, Text] = {
    Vote.FOR: Text("同意立项", "For"),
    Vote.AGAINST: Text("不同意", "Against"),
    Vote.ABSTAIN: Text("弃权", "Abstain"),
}


@dataclass(frozen=True)
class ReviewShown:
    """One expert's review as the reader may see it."""

    review: ExpertReview
    is_own: bool
    is_open: bool  # whether its points may be seen

    @property
    def state(self) -> tuple[str, Text]:
        """Where it stands, as a verdict."""
        if self.review.recused_at:
            return "idle", Text("已回避", "Stood aside")
        if self.review.vote:
            return "ok", Text("已评分并表决", "Scored and voted")
        if self.review.scored_at:
            return "ok", Text("已评分", "Scored")
        return "warn", Text("待评分", "To score")

    @property
    def vote(self) -> Text | None:
        """The vote in words, where it may be seen."""
        return VOTES[Vote(self.review.vote)] if self.review.vote and self.is_open else None


@dataclass(frozen=True)
class StandingShown:
    """One expert in a draw as its record says."""

    number: str
    name: str
    order: str
    ties: tuple[Text, ...]
    is_drawn: bool


@dataclass(frozen=True)
class ReviewPage:
    """The review of one application as its reader may see it, and what may be done now."""

    reviews: tuple[ReviewShown, ...]
    own: ExpertReview | None
    criteria: tuple[Criterion, ...]
    draws: tuple[ExpertDraw, ...]
    result: PanelResult
    mean: Fraction | None
    is_hidden: bool
    decisions: tuple[ApplicationDecision, ...]
    appeals: tuple[ApplicationAppeal, ...]
    may: frozenset[str]

    @property
    def mean_said(self) -> str:
        """The mean with two decimals."""
        return "—" if self.mean is None else f"{float(self.mean):.2f}"

    @property
    def last(self) -> ApplicationDecision | None:
        """The latest decision."""
        return self.decisions[-1] if self.decisions else None


def side_of(application: Application) -> Side:
    """Return an applicant's side as the registers know it today: who holds it, whom it holds, who lends to it.

    It is read by the authority's duty, also where the draw is the machine's after an expert stood aside.
    """
    helpers = application.helpers.values_list("organisation_id", flat=True)
    return side_of_firm(application.firm, frozenset({application.house_id, *helpers}))


def side_of_firm(firm: Firm, organisations: frozenset[int] = frozenset()) -> Side:
    """Return a firm's side as the registers know it today, with the organisations whose people belong to it."""
    at, access = AsKnown(clock.business_date(), clock.now()), OF_DUTY
    ownership, names = ownership_around(firm, access, at)
    direct = {
        str(one.said.value.get("holder") or f"{one.said.value.get('holder_name')}@{firm.identifier}")
        for one in particulars_shown(firm, access, ParticularKind.HOLDING, at)
        if one.said.counts_on(at.on, at.known_at) and one.said.value.get("holder_name", one.said.value.get("holder"))
    }
    holders = direct | set(shares_behind(ownership, firm.identifier))
    held = {code for code in names if "@" not in code and firm.identifier in shares_behind(ownership, code)}
    one_control = next((codes for codes in groups(ownership).values() if firm.identifier in codes), ())
    lent = enrolments_visible_to(SYSTEM_ACTOR).filter(firm=firm.pk)
    parties = lent.values_list("bank__identifier", "bank__code", "guarantor__identifier", "guarantor__code").distinct()
    return Side(
        firm.identifier,
        frozenset(one for one in holders if "@" not in one),
        frozenset(one.partition("@")[0] for one in holders if "@" in one),
        frozenset(held | set(one_control)),
        frozenset(code for row in parties for code in row if code),
        organisations,
        _names_in_office(firm, at),
    )


def _names_in_office(firm: Firm, at: AsKnown) -> frozenset[str]:
    """Return the names of who runs a firm on a day; who has left is told apart by having left."""
    people = particulars_shown(firm, OF_DUTY, ParticularKind.KEY_PERSON, at)
    in_force = [one.said for one in people if one.said.counts_on(at.on, at.known_at)]
    stays = [one for one in in_force if (end := day_of(one, "until_on")) is None or at.on < end]
    return frozenset(str(one.value["name"]) for one in stays if one.value.get("name"))


def judges(experts: Iterable[Expert], today: date) -> list[Judge]:
    """Return experts as the rule of conflicts needs them."""
    return [
        Judge(
            one.number, one.name, one.person_code, one.employer, frozenset(organisations_of(one.user_id, on=today)),
            frozenset(one.declared), frozenset(one.told_apart),
        )
        for one in experts
    ]  # fmt: skip


def experts() -> QuerySet[Expert]:
    """Return every expert, by number."""
    return Expert.objects.select_related("user", "organisation").order_by("number")


def expert_by_number(number: str) -> Expert:
    """Return one expert. Raises: `BRAIN.APPLICATION.NOT_FOUND`."""
    found = experts().filter(number=number).first()
    if found is None:
        raise ApplicationNotFoundError(application=number)
    return found


def current_reviews(application: Application) -> QuerySet[ExpertReview]:
    """Return the reviews of the round that runs: what was taken up again is judged anew."""
    last = application.draws.aggregate(last=Max("round"))["last"]
    return ExpertReview.objects.filter(application=application, draw__round=last).select_related("expert")


def own_review(actor: Actor, application: Application) -> ExpertReview | None:
    """Return the review that is asked of an expert in this round, None where none is."""
    return current_reviews(application).filter(expert__user=actor.user_id, recused_at__isnull=True).first()


def standing_shown(draw: ExpertDraw) -> list[StandingShown]:
    """Return a draw as it was made, in its order."""
    return [
        StandingShown(
            one["number"], one["name"], one["order"], tuple(TIES[Tie(tie)] for tie in one["ties"]), one["is_drawn"]
        )
        for one in draw.standing
    ]


def panel_of(application: Application) -> PanelResult:
    """Return what the votes that are in say."""
    return panel_of_votes(current_reviews(application).filter(recused_at__isnull=True), application.call.quorum)


def review_page(actor: Actor, application: Application) -> ReviewPage:
    """Return the review of an application that the actor sees; an expert sees others' only after the own is in."""
    is_expert, is_bureau = actor.role == Role.EXPERT, actor.may(Action.SEE_APPLICATIONS) and actor.sees_all_rows
    with scope(EVERYTHING):  # whose rows may be seen is decided here, by whether the own score is in
        every = list(current_reviews(application).order_by("pk"))
        decisions = list(application.decisions.all())
        appeals = list(application.appeals.all())
        draws = list(application.draws.all()) if is_bureau else []
    own = next((one for one in every if one.expert.user_id == actor.user_id and not one.recused_at), None)
    sees = is_bureau or (is_expert and may_see_scores(own is not None and own.scored_at is not None, is_expert=True))
    shown = [
        ReviewShown(one, one is own, sees or one is own)
        for one in every
        if is_bureau or one is own or (sees and not one.recused_at)
    ]
    asked = [one for one in every if not one.recused_at]
    scored = [Scored(one.expert.number, one.points or {}) for one in asked if one.scored_at]
    is_whole = sees and len(scored) == len(asked)
    return ReviewPage(
        tuple(shown), own if is_expert else None, application.call.asks.criteria, tuple(draws),
        panel_of_votes(asked, application.call.quorum), mean_points(scored) if is_whole else None,
        is_expert and not sees, tuple(decisions if is_bureau else [one for one in decisions if one.confirmed_on]),
        tuple(appeals if is_bureau else [one for one in appeals if one.is_own]),
        _may(actor, application, own, asked),
    )  # fmt: skip


def panel_of_votes(asked: Iterable[ExpertReview], quorum: int) -> PanelResult:
    """Return what the votes of reviews say."""
    return panel_result([Vote(one.vote) for one in asked if one.vote], quorum)


def _may(actor: Actor, application: Application, own: ExpertReview | None, asked: list[ExpertReview]) -> frozenset[str]:
    """Return what an actor may do with the review now, by word."""
    state = ApplicationState(application.state)
    is_asked = own is not None and state is ApplicationState.IN_REVIEW and actor.may(Action.SCORE_APPLICATIONS)
    last = application.decisions.last()
    waits = state is ApplicationState.DECIDED and last is not None
    all_in = all(one.scored_at for one in asked) and bool(asked)
    today = clock.business_date()
    in_notice = application.notice_until is not None and today <= application.notice_until
    found = {
        "screen": actor.may(Action.SCREEN_APPLICATIONS) and state is ApplicationState.SUBMITTED,
        "draw": actor.may(Action.SCREEN_APPLICATIONS) and state is ApplicationState.ACCEPTED,
        "redraw": actor.may(Action.SCREEN_APPLICATIONS)
        and state is ApplicationState.IN_REVIEW
        and len(asked) < application.call.expert_count,
        "score": is_asked and own is not None and not own.scored_at,
        "vote": is_asked and own is not None and bool(own.scored_at) and not own.vote and all_in,
        "wait_scores": is_asked and own is not None and bool(own.scored_at) and not all_in,
        "decide": actor.may(Action.DECIDE_APPLICATIONS) and state is ApplicationState.IN_REVIEW,
        "confirm": actor.may(Action.CONFIRM_APPLICATIONS) and waits and last.made_by_id != actor.user_id
        if last is not None
        else False,
        "own_decision": waits and last is not None and last.made_by_id == actor.user_id,
        "appeal": actor.may(Action.APPLY) and in_notice
        and state in {ApplicationState.REFUSED, ApplicationState.DECLINED},
        "answer": actor.may(Action.CONFIRM_APPLICATIONS),
    }  # fmt: skip
    return frozenset(word for word, is_so in found.items() if is_so)


@dataclass(frozen=True)
class GrantShown:
    """One grant of the public notice."""

    application: Application
    decision: ApplicationDecision
    title: str
    is_open: bool


def grants(today: date) -> list[GrantShown]:
    """Return the grants of the public notice, the latest first: firm, project, amount, until when one can object."""
    states = [ApplicationState.GRANTED.value, ApplicationState.CONTRACTED.value]
    with scope(EVERYTHING):
        rows = (
            Application.objects.filter(state__in=states, notice_from__lte=today)
            .select_related("call", "firm", "house")
            .prefetch_related("decisions", "submissions")
            .order_by("-notice_from", "-pk")[:500]
        )
        return [
            GrantShown(one, list(one.decisions.all())[-1], _project(one), today <= one.notice_until)
            for one in rows
            if one.notice_until is not None
        ]


def _project(application: Application) -> str:
    field = application.call.asks.fields[0]
    values: Mapping[str, Any] = list(application.submissions.all())[-1].content["values"]
    return str(values.get(field.id) or "")


def grant_for(application_id: int, today: date) -> GrantShown:
    """Return one grant of the public notice. Raises: `BRAIN.APPLICATION.NOT_FOUND`."""
    found = next((one for one in grants(today) if one.application.pk == application_id), None)
    if found is None:
        raise ApplicationNotFoundError(application=application_id)
    return found


def letter_by_code(code: str) -> ApplicationDecision | None:
    """Return the decision whose letter bears a code, or None."""
    with scope(EVERYTHING):
        rows = ApplicationDecision.objects.filter(confirmed_on__isnull=False).select_related("application__firm")
        return rows.filter(code=code).first() if code else None


def granted_fen(call_id: int) -> int:
    """Return what a call has granted or proposed to grant so far."""
    states = [ApplicationState.DECIDED.value, ApplicationState.GRANTED.value, ApplicationState.CONTRACTED.value]
    total = 0
    for one in Application.objects.filter(call=call_id, state__in=states).prefetch_related("decisions"):
        last = list(one.decisions.all())[-1]
        total += last.amount_fen or 0
    return total
