"""Entities: what bears a number now, by which ties and reasons, what became of a number, and which pairs wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from yulin.atlas.enums import EntityChangeKind
from yulin.atlas.errors import EntityNotFoundError
from yulin.atlas.models import (
    EntityChange,
    EntityJudgement,
    EntityPair,
    EntityPlace,
    EntityRecord,
    EntityRun,
    Firm,
    FirmCode,
)
from yulin.base.ids import normalise_code
from yulin.base.text import Text

_MOST_FOUND = 50
LABELS = {
    "former_codes": Text("曾用代码", "former code"),
    "former_names": Text("曾用名", "former name"),
    "founded_on": Text("成立", "founded"),
    "representative": Text("法定代表人", "legal representative"),
    "address": Text("住所", "address"),
}


def latest_records() -> dict[str, tuple[str, str, Any]]:
    """Return name, code and what else is said of each record known, as last taken in."""
    rows = EntityRecord.objects.order_by("key", "-run_id").distinct("key")
    return {key: tuple(told) for key, *told in rows.values_list("key", "name", "code", "content")}


def latest_places() -> dict[str, tuple[int, str, Any]]:
    """Return the number that each record bears, the record it is tied to, and why."""
    rows = EntityPlace.objects.order_by("key", "-run_id").distinct("key")
    return {key: tuple(place) for key, *place in rows.values_list("key", "number", "tied_to", "reasons")}


@dataclass(frozen=True)
class RecordShown:
    """A record of an entity: what its source says, since when it bears the number, what ties it in and why."""

    key: str
    name: str
    code: str
    told: Sequence[tuple[Text, str]]
    since: EntityRun
    tied_to: str
    reasons: Sequence[Text]
    earlier: Sequence[EntityPlace]
    firm_id: int | None


@dataclass(frozen=True)
class EntityShown:
    """An entity: its number, the number it leads to now, its records, what became of it."""

    number: int
    leads_to: int
    records: Sequence[RecordShown]
    changes: Sequence[EntityChange]

    @property
    def name(self) -> str:
        """What it is called: the name of the first record with a code, else of the first."""
        coded = [one.name for one in self.records if one.code and one.name]
        return next(iter([*coded, *(one.name for one in self.records if one.name)]), "")


def entity_shown(number: int) -> EntityShown:
    """Return an entity by any number that it bears or ever bore. Raises: `ATLAS.ENTITY.NOT_FOUND`."""
    if not EntityPlace.objects.filter(number=number).exists():
        raise EntityNotFoundError(entity=number)
    now = _leads_to(number)
    keys = sorted(_bearing(now).values_list("key", flat=True))
    changes = EntityChange.objects.filter(Q(number__in=[number, now]) | Q(other__in=[number, now]))
    return EntityShown(number, now, _records(keys), list(changes.select_related("run").order_by("-run_id", "number")))


def _leads_to(number: int) -> int:
    seen = {number}
    while not _bearing(number).exists():
        merged = EntityChange.objects.filter(number=number, kind=EntityChangeKind.MERGED).order_by("-run_id").first()
        if merged is None or merged.other in seen:
            break
        number = merged.other
        seen.add(number)
    return number


def _bearing(number: int) -> QuerySet[EntityPlace]:
    """Return the places of the records that bear a number now."""
    later = EntityPlace.objects.filter(key=OuterRef("key"), run__gt=OuterRef("run"))
    return EntityPlace.objects.filter(~Exists(later), number=number)


def _records(keys: Sequence[str]) -> list[RecordShown]:
    said = EntityRecord.objects.filter(key__in=keys).order_by("key", "-run_id").distinct("key")
    told = {one.key: one for one in said}
    places: dict[str, list[EntityPlace]] = {key: [] for key in keys}
    for place in EntityPlace.objects.filter(key__in=keys).select_related("run").order_by("-run_id"):
        places[place.key].append(place)
    firms = _firms_of(one.code for one in told.values())
    return [
        RecordShown(
            key=key,
            name=told[key].name,
            code=told[key].code,
            told=_said(told[key].content),
            since=_since(places[key]),
            tied_to=places[key][0].tied_to,
            reasons=[Text(*each) for each in places[key][0].reasons],
            earlier=[one for one in places[key] if one.number != places[key][0].number],
            firm_id=firms.get(normalise_code(told[key].code)),
        )
        for key in keys
    ]


def _said(content: Mapping[str, Any]) -> list[tuple[Text, str]]:
    """Return what a record says beyond name and code, each with what it is called."""
    return [
        (label, "；".join(value) if isinstance(value, list) else str(value))
        for name, label in LABELS.items()
        if (value := content.get(name))
    ]


def _since(places: Sequence[EntityPlace]) -> EntityRun:
    """Return the run since which the latest number is borne without a break."""
    since = places[0]
    for one in places:
        if one.number != places[0].number:
            break
        since = one
    return since.run


def _firms_of(codes: Iterable[str]) -> dict[str, int]:
    """Return the firms of the register that codes lead to."""
    asked = sorted({normalise_code(code) for code in codes if code})
    found = dict(FirmCode.objects.filter(code__in=asked).values_list("code", "firm_id"))
    return found | dict(Firm.objects.filter(identifier__in=asked).values_list("identifier", "pk"))


@dataclass(frozen=True)
class PairShown:
    """Two records that a person has to judge, side by side."""

    left: RecordShown
    right: RecordShown
    reasons: Sequence[Text]


def open_pairs() -> QuerySet[EntityPair]:
    """Return the pairs that the last run found possible and nobody has judged since, the likeliest first."""
    last = EntityRun.objects.order_by("-pk").values("pk")[:1]
    judged = EntityJudgement.objects.filter(left=OuterRef("left"), right=OuterRef("right"))
    waiting = EntityPair.objects.filter(~Exists(judged), run=Subquery(last))
    return waiting.order_by("-points", "left", "right")


def pairs_shown(pairs: Iterable[EntityPair]) -> list[PairShown]:
    """Return pairs with what each record says."""
    listed = list(pairs)
    by_key = {one.key: one for one in _records(sorted({key for one in listed for key in (one.left, one.right)}))}
    return [PairShown(by_key[one.left], by_key[one.right], [Text(*each) for each in one.reasons]) for one in listed]


def changes_of_numbers() -> QuerySet[EntityChange]:
    """Return what became of numbers, the latest first."""
    return EntityChange.objects.select_related("run").order_by("-run_id", "number")


def latest_run() -> EntityRun | None:
    """Return the last run."""
    return EntityRun.objects.order_by("-pk").first()


def found_entities(text: str) -> list[tuple[int, Mapping[str, str]]]:
    """Return entities by number, by a record's key, code or part of its name: number, and the record that was found."""
    asked = text.strip()
    if not asked:
        return []
    of_record = Q(key=asked) | Q(code=normalise_code(asked)) | Q(name__icontains=asked)
    rows = EntityRecord.objects.filter(of_record).order_by("key", "-run_id").distinct("key")[:_MOST_FOUND]
    records = {one.key: {"key": one.key, "name": one.name, "code": one.code} for one in rows}
    places = EntityPlace.objects.filter(key__in=records).order_by("key", "-run_id").distinct("key")
    found: list[tuple[int, Mapping[str, str]]] = [(place.number, records[place.key]) for place in places]
    if asked.isdecimal() and len(asked) < 16 and EntityPlace.objects.filter(number=int(asked)).exists():
        found.insert(0, (int(asked), {"key": "", "name": "", "code": ""}))
    return found


def entities_of_codes(codes: Iterable[str]) -> list[int]:
    """Return the numbers that records with any of some codes bear now."""
    keys = EntityRecord.objects.filter(code__in=sorted(codes)).values("key")
    places = EntityPlace.objects.filter(key__in=keys).order_by("key", "-run_id").distinct("key")
    return sorted({place.number for place in places})
