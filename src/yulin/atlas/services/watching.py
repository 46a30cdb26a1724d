"""Who answers for a source is told when its file is worse than expected, or late; the next file settles it."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse

from yulin.atlas.models import Source
from yulin.atlas.selectors.objections import answerer_of
from yulin.atlas.selectors.source_quality import SourceShown, late_alert_of, sources_with_files
from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import is_asked, organisation_by_code, organisations_of_kind
from yulin.people.services import notify, record_audit, settle_notices

_WORSE = Text("处理数据质量告警：%(source)s", "Look into a source's quality: %(source)s")
_LATE = Text("催收数据：%(source)s应于%(due)s前报送", "Ask for a file: %(source)s, due by %(due)s")


def watch_sources(*, actor: Actor) -> int:
    """Tell who answers for each source what its latest file lacks and whether the next is late, each once.

    What was told of an earlier file is done when another has come. Done twice it does nothing more; returns how many
    notices were sent. Effects: for each source, in a transaction of its own, notices and an audit row a notice.
    """
    return sum(_watch(actor, shown) for shown in sources_with_files())


@transaction.atomic
def _watch(actor: Actor, shown: SourceShown) -> int:
    source, latest = shown.source, shown.files[0]
    for earlier in shown.files[1:]:
        settle_notices(about=("quality-of", earlier.pk))
        settle_notices(about=("next-after", earlier.pk))
    if not _has_owner(source):
        return 0
    told = 0
    if shown.alerts and not is_asked(("quality-of", latest.pk)):
        body = Text("；".join(one.zh for one in shown.alerts), "; ".join(one.en for one in shown.alerts))
        _tell(actor, source, _WORSE.with_values(source=_title(source)), body, ("quality-of", latest.pk))
        told += 1
    if late_alert_of(shown) is not None and shown.due_on and not is_asked(("next-after", latest.pk)):
        title = _LATE.with_values(source=_title(source), due=shown.due_on.isoformat())
        _tell(actor, source, title, None, ("next-after", latest.pk))
        told += 1
    return told


def _has_owner(source: Source) -> bool:
    """Tell whether anybody of this book answers for a source: itself, else the authority."""
    return organisation_by_code(source.code) is not None or bool(
        list(organisations_of_kind(OrganisationKind.AUTHORITY))[:1]
    )


def _title(source: Source) -> Text:
    return Text(source.title_zh, source.title_en)


def _tell(actor: Actor, source: Source, title: Text, body: Text | None, about: tuple[str, int]) -> None:
    notify(
        actor=actor,
        organisation_id=answerer_of(source.code),
        kind="atlas.source",
        title=title,
        body=body,
        path=reverse("atlas:source", args=[source.code]),
        about=about,
    )
    facts = {"source": source.code, "title": title.en, "told": body.en if body else ""}
    record_audit(actor=actor, action="atlas.tell_of_source", subject=("source", source.pk), facts=facts)
