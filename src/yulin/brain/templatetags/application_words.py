"""Words of the pages of calls and applications: kinds of fields, where an application stands, rights of advisers."""

from __future__ import annotations

from datetime import date

from django import template
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yulin.base.text import Text
from yulin.brain.adapters.application_terms import application_terms
from yulin.brain.core.application_states import STATE_WORDS, ApplicationState
from yulin.brain.core.call_forms import FIELD_KINDS, FieldKind
from yulin.brain.core.contracts import MILESTONE_WORDS, MilestoneState
from yulin.brain.core.windows import Fate, fate, why_phase
from yulin.brain.models import Application, ExpertDraw
from yulin.brain.selectors.applications import HELPER_RIGHTS, ApplicationPage, HistoryLine
from yulin.brain.selectors.reviews import StandingShown, standing_shown
from yulin.kit.clock import business_date
from yulin.kit.speech import say
from yulin.kit.templatetags.yulin import verdict
from yulin.rules.adapters.shipped import shipped_vocabulary

register = template.Library()
_ANSWERS = {"returned": "return", "refused": "refuse", "withdrawn": "withdraw"}


@register.filter
def kind_of_field(kind: str) -> Text:
    """Say what a field holds."""
    return FIELD_KINDS[FieldKind(kind)]


@register.filter
def fact_label(fact: str) -> Text:
    """Say what a fact is called."""
    return shipped_vocabulary().label(fact)


@register.filter
def usual_reason(code: str) -> Text:
    """Say a usual reason."""
    return application_terms().every_reason.get(code, Text(code, code))


@register.filter
def standing(draw: ExpertDraw) -> list[StandingShown]:
    """Return a draw as it was made."""
    return standing_shown(draw)


@register.simple_tag
def ticks(bound: BoundField) -> SafeString:
    """Render a choice of several as a group of boxes with its name."""
    return format_html(
        '<fieldset class="mb-3"><legend class="form-label">{}</legend>{}</fieldset>', say(bound.label), bound
    )


@register.simple_tag
def milestone_state(state: str) -> SafeString:
    """Say how far a milestone has come."""
    return verdict(*MILESTONE_WORDS[MilestoneState(state)])


@register.filter
def right_name(right: str) -> Text:
    """Say what an adviser may do."""
    return HELPER_RIGHTS.get(right, Text(right, right))


@register.simple_tag
def application_state(application: Application, today: date) -> SafeString:
    """Say where an application stands; a draft that missed the window says so."""
    is_draft = application.state == ApplicationState.DRAFT
    if is_draft and fate(application.call.window, today, None) is Fate.MISSED:
        return verdict("bad", "未按时提交", "Not submitted in time")
    return verdict(*STATE_WORDS[ApplicationState(application.state)])


@register.filter
def is_late(application: Application) -> bool:
    """Tell whether an application was first submitted in the days of grace."""
    sent = list(application.submissions.all())
    return bool(sent) and application.call.window.is_late(sent[0].submitted_on)


@register.filter
def window_why(page: ApplicationPage) -> Text:
    """Say where the window of an application's call stands."""
    return why_phase(page.window, business_date())


@register.filter
def last_answer(page: ApplicationPage) -> HistoryLine | None:
    """Return the line of the history that says why an application is where it is, where somebody gave a reason."""
    step = _ANSWERS.get(page.application.state)
    return next((line for line in page.history if line.step == step and (line.words or line.note)), None)
