"""What firms contest: the marks beside a portrait's values, the firm's list, the queue of who has to answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import F, Q, QuerySet

from yulin.atlas.core.particulars import named_kind, particular_name, words_of
from yulin.atlas.core.portrait import FactShown, value_text
from yulin.atlas.core.statements import Said
from yulin.atlas.enums import ParticularKind
from yulin.atlas.errors import ObjectionNotFoundError
from yulin.atlas.models import Firm, Objection, ObjectionDecision, Source
from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import organisation_by_code, organisations_of_kind

_NO_VALUE = Text("删去，按未知处理", "struck out: unknown from now on")


@dataclass(frozen=True)
class Mark:
    """What stands beside a contested value: that it is contested, or what the firm adds to a value left as it was."""

    is_open: bool
    since: date
    note: str


def marks_of(firm: Firm) -> Mapping[str, Mark]:
    """Return the mark of each contested fact of a firm; a fact that was corrected has none.

    Whoever may read the fact sees its mark; the objection itself stays with the firm and who answers it.
    """
    kept = Q(decision__isnull=True) | Q(note__isnull=False, decision__is_upheld=False)
    with scope(EVERYTHING):
        rows = Objection.objects.filter(kept, firm=firm).select_related("decision", "note").order_by("pk")
        return {row.fact: _mark(row) for row in rows}


def marks_of_holdings(firm_ids: Iterable[int]) -> Mapping[tuple[int, str], Mark]:
    """Return the marks of what is listed of the holders of some firms, by firm and name: one query for many firms."""
    kept = Q(decision__isnull=True) | Q(note__isnull=False, decision__is_upheld=False)
    of_holdings = Q(fact__startswith=particular_name(ParticularKind.HOLDING, ""), firm__in=list(firm_ids))
    with scope(EVERYTHING):
        rows = Objection.objects.filter(kept, of_holdings).select_related("decision", "note").order_by("pk")
        return {(row.firm_id, row.fact): _mark(row) for row in rows}


def marked(said: Said, mark: Mark | None) -> Said:
    """Return a particular with its mark, so that it is seen wherever the particular is shown."""
    return said if mark is None else replace(said, is_contested=mark.is_open, firm_says=mark.note)


def contested_facts(firm_id: int) -> frozenset[str]:
    """Return the facts of a firm that it contests and nobody has decided yet: whoever uses one of them says so."""
    with scope(EVERYTHING):
        rows = Objection.objects.filter(firm_id=firm_id, decision__isnull=True)
        return frozenset(rows.values_list("fact", flat=True))


def contested_by_firm() -> dict[int, frozenset[str]]:
    """Return, for every firm that contests something which nobody has decided yet, the facts."""
    found: dict[int, set[str]] = {}
    with scope(EVERYTHING):
        for firm, fact in Objection.objects.filter(decision__isnull=True).values_list("firm_id", "fact"):
            found.setdefault(firm, set()).add(fact)
    return {firm: frozenset(facts) for firm, facts in found.items()}


def _mark(objection: Objection) -> Mark:
    note = getattr(objection, "note", None)
    return Mark(not hasattr(objection, "decision"), objection.made_on, note.text if note else "")


def objections_by(firm: Firm) -> QuerySet[Objection]:
    """Return what a firm has contested, the open ones first, then the latest."""
    return _ordered(Objection.objects.filter(firm=firm))


def objections_to(actor: Actor) -> QuerySet[Objection]:
    """Return what the actor's organisation has to answer; who oversees sees all; by deadline."""
    rows = Objection.objects.all()
    if actor.kind == OrganisationKind.AUDITOR:
        return _ordered(rows)
    return _ordered(rows.filter(routed_to=actor.organisation_id or 0))


def _ordered(rows: QuerySet[Objection]) -> QuerySet[Objection]:
    return rows.select_related("firm", "routed_to", "decision", "note").order_by(
        F("decision__decided_on").desc(nulls_first=True), "due_on", "-pk"
    )


def objection_of(firm: Firm, objection_id: int) -> Objection:
    """Return an objection that a firm has made. Raises: `ATLAS.OBJECTION.NOT_FOUND`."""
    return _only(objections_by(firm), objection_id)


def objection_to(actor: Actor, objection_id: int) -> Objection:
    """Return an objection that the actor's organisation may read. Raises: `ATLAS.OBJECTION.NOT_FOUND`."""
    return _only(objections_to(actor), objection_id)


def _only(rows: QuerySet[Objection], objection_id: int) -> Objection:
    found = rows.filter(pk=objection_id).first()
    if found is None:
        raise ObjectionNotFoundError(objection=objection_id)
    return found


def open_objection(firm: Firm, fact: str) -> Objection | None:
    """Return what the firm contests about a fact and nobody has decided, or None."""
    return Objection.objects.filter(firm=firm, fact=fact, decision__isnull=True).first()


def answerer_of(source: str) -> int:
    """Return the organisation that answers for a source: itself, its owner, else the authority.

    A bank's statements are answered by the bank, a register's by the organisation named as its owner, if it takes part.
    """
    itself = organisation_by_code(source)
    if itself is not None:
        return itself.pk
    owner = Source.objects.filter(code=source).values_list("owner", flat=True).first()
    authorities = list(organisations_of_kind(OrganisationKind.AUTHORITY))
    named = [one for one in authorities if owner and owner in {one.name_zh, one.code}]
    return (named or authorities)[0].pk


def source_of(objection: Objection) -> Source | None:
    """Return the source of a contested value, where it has a contract."""
    return Source.objects.filter(code=objection.said["source"]).first()


def corrected_to(decision: ObjectionDecision, form: FactShown) -> Text | None:
    """Return what the source says since a decision, in words; None where nothing was corrected.

    Who may see the objection may see what it came to: also who decided it and may read of the firm no more.
    """
    if not decision.is_upheld:
        return None
    with scope(EVERYTHING):
        particular, said = decision.corrected_particular, decision.correction
    if particular is not None:
        return words_of(ParticularKind(particular.kind), particular.value)
    if said is not None and said.value is not None:
        return value_text(said.value, form)
    is_thing = named_kind(decision.objection.fact) is not None
    return Text("不再列出，并无此项", "struck out: there is no such thing") if is_thing else _NO_VALUE


def value_of(objection: Objection, form: FactShown) -> Text:
    """Return the contested value in words."""
    kind = named_kind(objection.fact)
    if kind is not None:
        return words_of(kind, objection.said["value"])
    return value_text(objection.said["value"], form)
