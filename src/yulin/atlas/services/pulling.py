"""A source's API pulled and taken in: asked for from the shell, or by the clock when its term has come.

What the clock did is kept; who answers for the source is told once when it fails, until it has succeeded again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from yulin.atlas.adapters.pull_plans import PullPlan, pull_plans
from yulin.atlas.adapters.rest_pull import Endpoint, forget_pulled, pull
from yulin.atlas.adapters.shipped_sources import contract_and_content
from yulin.atlas.enums import PullOutcome
from yulin.atlas.errors.lake import PullPlanError
from yulin.atlas.models import Receipt, Source, SourcePull
from yulin.atlas.selectors.objections import answerer_of
from yulin.atlas.selectors.pulls import pull_state
from yulin.atlas.services.ingesting import Delivery, ingest_file, keep_source
from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.tasks import defer
from yulin.people.core.actors import Actor
from yulin.people.selectors import is_asked
from yulin.people.services import notify, record_audit, settle_notices

_ABOUT = "pull-of"
_NO_SHAPE = Text("约定中写明pull的来源", "a source whose contract says pull:")
_FAILED = Text("定时拉取失败：%(source)s", "A source could not be pulled: %(source)s")


@dataclass(frozen=True)
class PulledIn:
    """What a pull brought: pages, rows, the receipt, whether its file was new; no receipt: nothing had changed."""

    pages: int = 0
    rows: int = 0
    receipt: Receipt | None = None
    is_new: bool = False


def pull_in(*, actor: Actor, source: str, endpoint: Endpoint, as_of: date | None = None) -> PulledIn:
    """Pull a source to its end and take the file in; what was refused is pulled anew the next time.

    Raises: `ATLAS.SOURCE.UNKNOWN`, `ATLAS.SOURCE.PULL_PLAN` (its contract says no pull), `ATLAS.SOURCE.PULL`, and as
    `ingest_file`. Effects: as `ingest_file`.
    """
    contract, content = contract_and_content(source)
    if contract.pull is None:
        raise PullPlanError(where=source, needed=_NO_SHAPE)
    folder = Path(settings.YULIN_HOME) / "pulls" / contract.id
    pulled = pull(endpoint, contract.pull, folder)
    if pulled.path is None:
        return PulledIn()
    delivery = Delivery(pulled.path, as_of or clock.business_date())
    try:
        receipt, is_new = ingest_file(actor=actor, contract=contract, content=content, delivery=delivery)
    except YulinError:
        forget_pulled(folder)  # else "nothing has changed" would hide that it was never taken in
        raise
    return PulledIn(pulled.pages, pulled.rows, receipt, is_new)


def queue_due_pulls() -> list[str]:
    """Put the sources whose term has come into the queue, each once; return them. Raises: `ATLAS.SOURCE.PULL_PLAN`."""
    due = [plan.source for plan in pull_plans() if _is_due(plan, clock.now())]
    for source in due:
        defer("atlas.pull_source", once_as=f"atlas.pull_source:{source}", lock=f"atlas.pull:{source}", source=source)
    return due


def _is_due(plan: PullPlan, at: datetime) -> bool:
    try:
        contract, _ = contract_and_content(plan.source)
    except YulinError:
        return True  # nobody answers for an unknown source: its task fails with the code, and `yulin doctor` counts it
    return pull_state(Source.objects.filter(code=contract.id).first(), contract.schedule).is_due(at)


def pull_by_clock(*, actor: Actor, source: str) -> SourcePull | None:
    """Pull a planned source if it still is due, and keep what came of it; None where it is not due any more.

    Effects: as `pull_in`; one `SourcePull`; where it failed a notice to who answers for the source, unless one is open;
    where it did not, what was told is done; audit row.
    """
    plan = next((one for one in pull_plans() if one.source == source), None)
    if plan is None or not _is_due(plan, clock.now()):
        return None
    contract, content = contract_and_content(source)
    kept = keep_source(contract, content)
    began_at, brought, fault = clock.now(), PulledIn(), None
    try:
        brought = pull_in(actor=actor, source=source, endpoint=plan.endpoint())
    except YulinError as error:
        fault = error
    return _keep(actor, kept, began_at, brought, fault)


@transaction.atomic
def _keep(actor: Actor, source: Source, began_at: datetime, brought: PulledIn, fault: YulinError | None) -> SourcePull:
    said = fault.message if fault is not None else Text("", "")
    why = said if isinstance(said, Text) else Text(said, said)
    outcome = PullOutcome.FAILED if fault else PullOutcome.TAKEN if brought.is_new else PullOutcome.UNCHANGED
    made = SourcePull.objects.create(
        source=source,
        began_at=began_at,
        ended_at=clock.now(),
        outcome=str(outcome),
        rows=brought.rows,
        receipt=brought.receipt,
        code=fault.code if fault else "",
        why_zh=why.zh[:500],
        why_en=why.en[:500],
    )
    if fault is None:
        settle_notices(about=(_ABOUT, source.pk))
    elif not is_asked((_ABOUT, source.pk)):
        title = _FAILED.with_values(source=Text(source.title_zh, source.title_en))
        notify(
            actor=actor,
            organisation_id=answerer_of(source.code),
            kind="atlas.source",
            title=title,
            body=Text(made.why_zh, made.why_en),
            path=reverse("atlas:source", args=[source.code]),
            about=(_ABOUT, source.pk),
        )
    facts = {"source": source.code, "outcome": made.outcome, "rows": made.rows, "code": made.code}
    record_audit(actor=actor, action="atlas.pull_source", subject=("source", source.pk), facts=facts)
    return made
