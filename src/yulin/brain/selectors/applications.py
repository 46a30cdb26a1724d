"""Every read of applications: who sees which and may do what, what a form starts from, one with all its parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from yulin.atlas.selectors import facts_of
from yulin.atlas.selectors.portrait import SourcesNamed
from yulin.base.text import Text
from yulin.brain.adapters.application_terms import application_terms
from yulin.brain.core.application_states import EDITABLE, STATE_WORDS, STEP_WORDS, ApplicationState
from yulin.brain.core.call_forms import CallForm, FieldKind, FormField, Paper, fact_in, missing, shown, written
from yulin.brain.core.windows import Fate, Window, fate, why_missed
from yulin.brain.errors import ApplicationNotFoundError
from yulin.brain.models import (
    Application,
    ApplicationEvent,
    ApplicationField,
    ApplicationHelper,
    ApplicationPaper,
    FieldEdit,
    Submission,
)
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, Role
from yulin.rules.adapters.shipped import shipped_vocabulary

SEE, WRITE, ATTACH, SUBMIT = "see", "write", "attach", "submit"
HELPER_RIGHTS: Mapping[str, Text] = {
    SEE: Text("查看", "Read"),
    WRITE: Text("填写", "Write"),
    ATTACH: Text("上传附件", "Attach papers"),
}
_EDITS_SHOWN = 40
_KINDS = {FieldKind.MONEY: int, FieldKind.COUNT: int, FieldKind.YES_NO: bool, FieldKind.TEXT: str}


@dataclass(frozen=True)
class Prefilled:
    """What a field is pre-filled with: the value, the fact, who says so, since when."""

    value: Any
    fact: str
    source: str
    on: date


@dataclass(frozen=True)
class Difference:
    """Words that stand beside a field's value until somebody settles it."""

    edit: FieldEdit
    words: Text


@dataclass(frozen=True)
class FieldShown:
    """One field of an application: what stands in it, which version, whence, what stands beside."""

    field: FormField
    row: ApplicationField | None
    beside: tuple[Difference, ...] = ()
    source: Text | None = None

    @property
    def version(self) -> int:
        """The version that stands; 0 where nobody has written."""
        return self.row.version if self.row else 0

    @property
    def value(self) -> Any:
        """What stands."""
        return self.row.value if self.row else None

    @property
    def words(self) -> Text:
        """What stands, as people read it."""
        return shown(self.field, self.value)

    @property
    def written(self) -> str:
        """What stands, as it is typed."""
        return written(self.field, self.value)


@dataclass(frozen=True)
class PaperShown:
    """One kind of paper with the attachments of it."""

    paper: Paper
    held: tuple[ApplicationPaper, ...]


@dataclass(frozen=True)
class HistoryLine:
    """One line of the history."""

    what: Text
    who: str
    at: Any
    note: str = ""
    words: tuple[Text, ...] = ()
    step: str = ""


@dataclass(frozen=True)
class ApplicationPage:
    """One application as its page shows it to an actor on a day."""

    application: Application
    form: CallForm
    window: Window
    fate: Fate
    rights: frozenset[str]
    fields: tuple[FieldShown, ...]
    papers: tuple[PaperShown, ...]
    helpers: tuple[ApplicationHelper, ...]
    submissions: tuple[Submission, ...]
    history: tuple[HistoryLine, ...]
    lacking: tuple[tuple[str, Text], ...]

    @property
    def state(self) -> tuple[str, Text]:
        """Where it stands, as a verdict; a draft that missed the window says so."""
        if self.is_missed:
            return "bad", Text("未按时提交", "Not submitted in time")
        return STATE_WORDS[ApplicationState(self.application.state)]

    @property
    def is_missed(self) -> bool:
        """Whether it is a draft that was not submitted in time."""
        return self.application.state == ApplicationState.DRAFT and self.fate is Fate.MISSED

    @property
    def why_missed(self) -> Text:
        """What that means."""
        return why_missed(self.window)

    @property
    def is_late(self) -> bool:
        """Whether its first submission came in the days of grace."""
        return bool(self.submissions) and self.window.is_late(self.submissions[0].submitted_on)

    @property
    def is_open(self) -> bool:
        """Whether it can be written and submitted today."""
        state = self.application.state
        if state == ApplicationState.RETURNED:
            until = self.application.returned_until
            return until is None or clock.business_date() <= until
        return state in EDITABLE and not self.is_missed

    @property
    def may_write(self) -> bool:
        """Whether the reader may write in it now."""
        return self.is_open and WRITE in self.rights

    @property
    def may_attach(self) -> bool:
        """Whether the reader may attach papers now."""
        return self.is_open and ATTACH in self.rights

    @property
    def may_submit(self) -> bool:
        """Whether the reader may submit it now, once it is whole."""
        return self.is_open and SUBMIT in self.rights

    @property
    def open_differences(self) -> int:
        """How many words still stand beside others."""
        return sum(len(one.beside) for one in self.fields)


def applications_visible_to(actor: Actor) -> QuerySet[Application]:
    """Return the applications that an actor sees: a firm's own, those one advises or judges, or all submitted ones."""
    rows = Application.objects.select_related("call", "firm", "house")
    if actor.role == Role.FIRM_USER:
        return rows.filter(house=actor.organisation_id)
    if actor.role == Role.SERVICE_OFFICER:
        return rows.filter(helpers__organisation=actor.organisation_id, helpers__revoked_at__isnull=True)
    if actor.role == Role.EXPERT:
        asked = Q(reviews__expert__user=actor.user_id, reviews__recused_at__isnull=True)
        return rows.filter(asked).distinct()
    if actor.sees_all_rows and actor.may(Action.SEE_APPLICATIONS):
        return rows.filter(submissions__turn=1)  # a draft is nobody's business but the firm's
    return rows.none()


def application_for(actor: Actor, application_id: int) -> Application:
    """Return an application that an actor sees. Raises: `BRAIN.APPLICATION.NOT_FOUND`."""
    found = applications_visible_to(actor).filter(pk=application_id).first()
    if found is None:
        raise ApplicationNotFoundError(application=application_id)
    return found


def rights_on(actor: Actor, application: Application) -> frozenset[str]:
    """Return what an actor may do with an application that it sees."""
    if actor.role == Role.FIRM_USER:
        return frozenset({SEE, WRITE, ATTACH, SUBMIT})
    if actor.role == Role.SERVICE_OFFICER:
        own = application.helpers.filter(organisation=actor.organisation_id, revoked_at__isnull=True).first()
        return frozenset(own.rights) if own else frozenset()
    return frozenset({SEE})


def prefilled(form: CallForm, firm_id: int, today: date) -> dict[str, Prefilled]:
    """Return what the portrait says for the fields of a form; what is unknown is left empty."""
    known = facts_of([firm_id], on=today, known_at=clock.now())[firm_id]
    found: dict[str, Prefilled] = {}
    for one in form.fields:
        if not one.fact:
            continue
        fact = shipped_vocabulary().find(one.fact)
        names = [one.fact, *([fact.name, fact.alias] if fact else [])]
        name = next((hit for each in names if each and (hit := fact_in(list(known), each))), None)
        if name is None or not _fits(one, known[name].value):
            continue
        said = known[name]
        found[one.id] = Prefilled(said.value, name, said.source, said.valid_from)
    return found


def _fits(field: FormField, value: Any) -> bool:
    wanted = _KINDS.get(field.kind)
    return wanted is not None and isinstance(value, wanted) and (wanted is not int or not isinstance(value, bool))


def values_of(application: Application) -> dict[str, Any]:
    """Return what stands in the fields of an application."""
    return dict(application.values.values_list("field", "value"))


def papers_of(application: Application) -> list[ApplicationPaper]:
    """Return the attachments that stand."""
    return list(application.papers.filter(removed_at__isnull=True))


def open_differences(application: Application) -> QuerySet[FieldEdit]:
    """Return the words that stand beside others and are not settled."""
    return application.edits.filter(version__isnull=True, settled_at__isnull=True)


def lacking(application: Application, form: CallForm) -> list[tuple[str, Text]]:
    """Return what still is to be done before an application can be submitted."""
    found = missing(form, values_of(application), [one.kind for one in papers_of(application)])
    for field_id in open_differences(application).values_list("field", flat=True).distinct():
        field = form.field(field_id)
        label = field.label if field else Text(field_id, field_id)
        found.append(
            (field_id, Text("“%(label)s”两人同时修改待处理", "“%(label)s” written by two, to be settled")
             .with_values(label=label))
        )  # fmt: skip
    return found


def application_page(actor: Actor, application_id: int, today: date) -> ApplicationPage:
    """Return an application with all its parts. Raises: `BRAIN.APPLICATION.NOT_FOUND`."""
    application = application_for(actor, application_id)
    form, window = application.call.asks, application.call.window
    submissions = tuple(application.submissions.all())
    first = submissions[0].submitted_on if submissions else None
    rights = rights_on(actor, application)
    is_writer = actor.role in {Role.FIRM_USER, Role.SERVICE_OFFICER}
    held = papers_of(application)
    return ApplicationPage(
        application,
        form,
        window,
        fate(window, today, first),
        rights,
        fields_shown(application, form, submissions if not is_writer else ()),
        tuple(PaperShown(one, tuple(each for each in held if each.kind == one.id)) for one in form.papers),
        tuple(application.helpers.select_related("organisation")) if is_writer else (),
        submissions,
        _history(actor, application, form) if actor.role != Role.EXPERT else (),
        tuple(lacking(application, form)) if is_writer and application.state in EDITABLE else (),
    )


def fields_shown(
    application: Application, form: CallForm, submissions: Sequence[Submission] = ()
) -> tuple[FieldShown, ...]:
    """Return the fields as they stand; where `submissions` are given, as the latest of them has them."""
    if submissions:
        values = submissions[-1].content["values"]
        return tuple(
            FieldShown(one, ApplicationField(field=one.id, value=values.get(one.id), version=0)) for one in form.fields
        )
    rows = {one.field: one for one in application.values.all()}
    beside: dict[str, list[Difference]] = defaultdict(list)
    for edit in open_differences(application):
        field = form.field(edit.field)
        if field is not None:
            beside[edit.field].append(Difference(edit, shown(field, edit.value)))
    named = SourcesNamed.of_now()

    def source(row: ApplicationField | None) -> Text | None:
        return named.source_name(row.source) if row and row.source else None

    return tuple(
        FieldShown(one, rows.get(one.id), tuple(beside[one.id]), source(rows.get(one.id))) for one in form.fields
    )


def _history(actor: Actor, application: Application, form: CallForm) -> tuple[HistoryLine, ...]:
    is_inside = actor.role in {Role.FIRM_USER, Role.SERVICE_OFFICER}
    events = application.events.filter(is_inner=False) if is_inside else application.events.all()
    lines = [event_line(one) for one in events]
    if is_inside:
        lines += _edit_lines(application, form)
    return tuple(sorted(lines, key=lambda one: one.at, reverse=True))


def event_line(one: ApplicationEvent) -> HistoryLine:
    """Return one event as a line of the history, its labels and usual reasons in words."""
    terms = application_terms()
    words = [terms.labels.get(code) or Text(code, code) for code in one.labels]
    words += [terms.every_reason.get(code) or Text(code, code) for code in one.reasons]
    return HistoryLine(
        STEP_WORDS.get(one.step, Text(one.step, one.step)),
        one.made_by_name,
        one.made_at,
        one.note,
        tuple(words),
        one.step,
    )


def _edit_lines(application: Application, form: CallForm) -> list[HistoryLine]:
    begun = application.events.filter(step="start").values_list("made_at", flat=True).first()
    grouped = (
        application.edits.filter(
            made_at__gt=begun or application.made_at
        )  # what it was pre-filled with says its source itself
        .values("field", "made_by_name", "made_at__date")
        .annotate(times=Count("id"), at=Max("made_at"))
        .order_by("-at")[:_EDITS_SHOWN]
    )
    return [
        HistoryLine(
            Text("修改“%(field)s”%(n)s次", "Edited “%(field)s” %(n)s {n:time|times}").with_values(
                field=found.label if (found := form.field(one["field"])) else one["field"], n=one["times"]
            ),
            one["made_by_name"],
            one["at"],
        )
        for one in grouped
    ]
