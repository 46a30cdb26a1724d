"""The particulars of a firm that count on a day, as known at an instant, and the panels that they make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from yulin.atlas.adapters.loans_outside import owed_now
from yulin.atlas.adapters.lookups import AnyOf
from yulin.atlas.core.access import Access
from yulin.atlas.core.control import Ownership
from yulin.atlas.core.control_panel import HeldFirm, names_of, ownership_of
from yulin.atlas.core.masking import masked
from yulin.atlas.core.panels import Panel
from yulin.atlas.core.particulars import FORMS, counting, named_kind, particular_name
from yulin.atlas.core.portrait_panels import portrait_panels
from yulin.atlas.core.statements import Said, values_on, why_each
from yulin.atlas.enums import ParticularKind
from yulin.atlas.models import Firm, Particular, ParticularEnd
from yulin.atlas.selectors.identity import why_of_this_firm
from yulin.atlas.selectors.objections import Mark, marked, marks_of, marks_of_holdings
from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope

_SAID = ("kind", "key", "value", "source", "valid_from", "valid_until", "known_at", "priority", "original")
_ADVERSE = frozenset({ParticularKind.JUDICIAL})
_OF_DISTRICT = "ground:district"
_MOST_ROUNDS, _MOST_FIRMS = 6, 200


@dataclass(frozen=True)
class AsKnown:
    """A day and the instant by which what is said of it was known."""

    on: date
    known_at: datetime


@dataclass(frozen=True)
class ParticularShown:
    """One statement of a particular with its fields in words, whether it counts, and why."""

    said: Said
    cells: tuple[tuple[Text, Text], ...]
    why: Text
    counts: bool


def panels_of(
    firm: Firm, access: Access, at: AsKnown, marks: Mapping[str, Mark], judged: Mapping[tuple[int, int], Text]
) -> list[Panel]:
    """Return the panels of a firm that a reader may see, in the order of a portrait.

    `marks`: what it contests; `judged`: why rows without a code are said of it.
    """
    found = counting(_open(firm, access, at, marks, judged), at.on, at.known_at)
    around = _held_firms(firm, access, at) if _opens(access, ParticularKind.HOLDING) else []
    return portrait_panels(firm.identifier, found, around, at.on, access.opens)


def particulars_shown(firm: Firm, access: Access, kind: ParticularKind, at: AsKnown) -> list[ParticularShown]:
    """Return every statement of a kind that a reader may see, by particular, the one that counts first, with why."""
    judged = why_of_this_firm(firm, access, at.known_at if access.is_of_duty else clock.now())
    every = [one for one in _open(firm, access, at, marks_of(firm), judged, kind) if _is_known(one, access, at)]
    by_name: dict[str, list[Said]] = defaultdict(list)
    for one in every:
        by_name[one.fact].append(one)
    fields = FORMS[kind].fields
    return [
        ParticularShown(
            said,
            tuple((form.label, form.says(said.value.get(name))) for name, form in fields.items()),
            why,
            not place and said.counts_on(at.on, at.known_at),
        )
        for name in sorted(by_name)
        for place, (said, why) in enumerate(why_each(by_name[name], name, at.on, at.known_at))
    ]


def particular_that_counts(firm: Firm, fact: str) -> Particular | None:
    """Return the row that counts today of one of a firm's things, by the thing's name; None where none does."""
    kind = named_kind(fact)
    if kind is None:
        return None
    today, now = clock.business_date(), clock.now()
    key = fact.removeprefix(particular_name(kind, ""))
    rows = Particular.objects.filter(firm=firm, kind=str(kind), key=key).exclude(_is_over(today, now))
    every = list(rows)
    said = list(_said([tuple(getattr(row, name) for name in _SAID) for row in every]))
    best = values_on(said, today, now).get(fact)
    return next((row for row, one in zip(every, said, strict=True) if one is best), None)


def _is_over(on: date, known_at: datetime) -> Exists:
    return Exists(ParticularEnd.objects.filter(particular=OuterRef("pk"), ends_on__lte=on, known_at__lte=known_at))


def ownership_around(firm: Firm, access: Access, at: AsKnown) -> tuple[Ownership, dict[str, str]]:
    """Return the holdings around a firm, faulty ones set aside, and what each code in them is called."""
    firms = _held_firms(firm, access, at)
    return ownership_of(firms), names_of(firms)


def _is_known(said: Said, access: Access, at: AsKnown) -> bool:
    return access.is_of_duty or said.known_at <= at.known_at


def _opens(access: Access, kind: ParticularKind) -> bool:
    return access.opens(FORMS[kind].group)


def _open(
    firm: Firm,
    access: Access,
    at: AsKnown,
    marks: Mapping[str, Mark],
    judged: Mapping[tuple[int, int], Text],
    kind: ParticularKind | None = None,
) -> list[Said]:
    kinds = [one for one in ([kind] if kind else ParticularKind) if _opens(access, one)]
    rows = Particular.objects.filter(firm=firm, kind__in=[str(one) for one in kinds])
    ends = (at.on, at.known_at) if access.is_of_duty else (clock.business_date(), clock.now())
    alive = rows.exclude(_is_over(*ends)).values_list(*_SAID, "receipt_id", "row")
    told = (replace(one, basis=judged.get((receipt, row))) for *it, receipt, row in alive for one in _said([tuple(it)]))
    said = [marked(one, marks.get(one.fact)) for one in told]
    if access.is_of_duty:
        return said
    # A partner that asks for an earlier day does not get what may not be shown any more.
    today = counting(said, clock.business_date(), clock.now())
    shown = {one.fact for adverse in _ADVERSE for one in today.get(adverse, [])}
    hidden = tuple(f"{adverse}:" for adverse in _ADVERSE)
    return [_masked(one) for one in said if one.fact in shown or not one.fact.startswith(hidden)]


def _said(rows: Iterable[tuple[Any, ...]]) -> Iterator[Said]:
    for kind, key, *rest in rows:
        yield Said(particular_name(ParticularKind(kind), key), *rest)


def _masked(one: Said) -> Said:
    value = {name: masked(text) if isinstance(text, str) else text for name, text in one.value.items()}
    return replace(one, value=value, original=masked(one.original))


def _held_firms(firm: Firm, access: Access, at: AsKnown) -> list[HeldFirm]:
    """Return a firm and those that holdings join to it, by code, each with the holdings that count in it.

    Who may read about the firm's owners sees the whole chain: who stands behind it is said of other firms too.
    """
    with scope(EVERYTHING):
        names, holdings = _joined_by_holdings(firm, access, at)
    return _with_debts(names, holdings, access, at)


def _joined_by_holdings(
    firm: Firm, access: Access, at: AsKnown
) -> tuple[dict[str, tuple[int, str]], dict[str, dict[str, Said]]]:
    names = {firm.identifier: (firm.pk, firm.name)}
    holdings: dict[str, dict[str, Said]] = defaultdict(dict)
    asked: set[str] = set()
    asking = {firm.identifier}
    ends = (at.on, at.known_at) if access.is_of_duty else (clock.business_date(), clock.now())
    for _ in range(_MOST_ROUNDS):
        if not asking or len(names) > _MOST_FIRMS:
            break
        asked |= asking
        held = Q(AnyOf(F("firm__identifier"), sorted(asking)))
        holding = Q(AnyOf(F("holder"), sorted(asking)))
        rows = Particular.objects.filter(held | holding, kind=str(ParticularKind.HOLDING)).exclude(_is_over(*ends))
        of_firm: dict[str, list[Said]] = defaultdict(list)
        for pk, code, name, *said in rows.values_list("firm_id", "firm__identifier", "firm__name", *_SAID):
            names[code] = (pk, name)
            of_firm[code] += _said([tuple(said)])
        for code, every in of_firm.items():
            for one in counting(every, at.on, at.known_at).get(ParticularKind.HOLDING, []):
                holdings[code][one.fact] = one if access.is_of_duty else _masked(one)
        reached = {
            str(one.value["holder"]) for said in holdings.values() for one in said.values() if one.value.get("holder")
        }
        asking = (reached | set(names)) - asked
    marks = marks_of_holdings(pk for pk, _ in names.values()) if holdings else {}
    for (pk, fact), mark in marks.items():
        code = next(code for code, (known, _) in names.items() if known == pk)
        if fact in holdings[code]:
            holdings[code][fact] = marked(holdings[code][fact], mark)
    return names, holdings


def _with_debts(
    names: Mapping[str, tuple[int, str]], holdings: Mapping[str, Mapping[str, Said]], access: Access, at: AsKnown
) -> list[HeldFirm]:
    # A district sees the loans of its own district only: what it saw of a group would look like the whole.
    sees_all = access.is_of_duty and not access.is_itself and _OF_DISTRICT not in access.basis
    is_asked = sees_all and len(names) > 1 and at.on >= clock.business_date()
    owed = owed_now([pk for pk, _ in names.values()]) if is_asked else None
    return [
        HeldFirm(code, name, list(holdings.get(code, {}).values()), owed[pk] if owed else None)
        for code, (pk, name) in sorted(names.items())
    ]
