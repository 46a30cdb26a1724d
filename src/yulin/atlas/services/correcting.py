"""What was wrong ends, and the same source says what is right: a new row, never a changed one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from yulin.atlas.core.corrections import read_particular, read_value
from yulin.atlas.core.particular_rows import Placed, placed_again
from yulin.atlas.core.statements import DEFAULT_PRIORITY
from yulin.atlas.enums import EndReason, ParticularKind
from yulin.atlas.models import Objection, Particular, ParticularEnd, Statement, StatementEnd
from yulin.atlas.selectors.objections import source_of
from yulin.atlas.selectors.portrait import shown_as

_CORRECTED = str(EndReason.CORRECTED)


def correct_statement(objection: Objection, written: str) -> Statement | None:
    """End the contested statement and say what is right, as a person wrote it; empty: there is no right value.

    Raises: `ATLAS.OBJECTION.VALUE`.
    Effects: a `StatementEnd`, unless the value stands in the lake alone; a `Statement`.
    """
    wrong = objection.statement
    value = read_value(written, shown_as(objection.fact)) if written.strip() else None
    if wrong is not None:
        StatementEnd.objects.create(statement=wrong, ends_on=wrong.valid_from, why=_CORRECTED)
    if value is None and wrong is not None:
        return None
    said = objection.said
    # What stands in the lake alone has no row that could end: the correction is believed as its source is.
    priority = wrong.priority if wrong is not None else said.get("priority", DEFAULT_PRIORITY)
    return Statement.objects.create(
        firm=objection.firm,
        fact=objection.fact,
        value=value,
        source=said["source"],
        valid_from=date.fromisoformat(said["valid_from"]),
        valid_until=wrong.valid_until if wrong is not None else None,
        priority=priority,
        original=_cause(objection),
    )


def correct_particular(objection: Objection, wrong: Particular, fields: Mapping[str, str]) -> Particular | None:
    """End what a source lists of a thing, and list it anew with the fields as written; no fields: it does not exist.

    Other sources' words stay as they are: each answers for its own.

    Raises: `ATLAS.OBJECTION.VALUE`.
    Effects: a `ParticularEnd` for each row that says the wrong thing; a `Particular`.
    """
    value = read_particular(fields, ParticularKind(wrong.kind), wrong.value) if fields else None
    said_alike = Q() if value is None else Q(value=wrong.value)
    of_thing = Particular.objects.filter(firm=wrong.firm_id, kind=wrong.kind, key=wrong.key, source=wrong.source)
    for row in of_thing.filter(said_alike, ends__isnull=True):
        ParticularEnd.objects.create(particular=row, ends_on=row.valid_from, why=_CORRECTED)
    return _listed_anew(objection, wrong, value) if value is not None else None


def _listed_anew(objection: Objection, wrong: Particular, value: Mapping[str, Any]) -> Particular:
    source = source_of(objection)
    place = Placed(wrong.key, wrong.valid_from, wrong.valid_until)
    place = placed_again(source.contract, value, place) if source is not None else place
    return Particular.objects.create(
        firm_id=wrong.firm_id,
        kind=wrong.kind,
        key=place.key,
        value=value,
        source=wrong.source,
        valid_from=place.valid_from,
        valid_until=place.valid_until,
        priority=wrong.priority,
        original=_cause(objection),
    )


def _cause(objection: Objection) -> str:
    return f"objection:{objection.pk}"
