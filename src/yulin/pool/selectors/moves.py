"""What moves when a scheme is replaced: the versions that can follow one another, the preview, the decisions kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Count, F, QuerySet

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.kit import clock
from yulin.pool.adapters import bulk
from yulin.pool.adapters.packs import law_by_id, published_laws
from yulin.pool.core.deciding import Law, decide_table, fact_names
from yulin.pool.core.filing_rows import ceiling_schemes, limits_of
from yulin.pool.core.limits import Ask, LimitKey, Usage, fitting_rows, limit_keys, standing_fen
from yulin.pool.core.moving import Line, reason_of
from yulin.pool.core.postings import Place, Promise
from yulin.pool.core.states import IN_FORCE
from yulin.pool.enums import LimitKind, MoveState
from yulin.pool.errors import MoveNotFoundError, NotReplacedError
from yulin.pool.models import Enrolment, LimitUse, SchemeMove
from yulin.pool.selectors.capacity import capacity_of
from yulin.pool.selectors.enrolments import firm_balances
from yulin.pool.selectors.partners import banks_outside
from yulin.rules.core.assess import assess
from yulin.rules.core.scheme import Replacement

_FIELDS = (
    "id", "number", "loan_number", "firm_id", "firm_name", "firm__identifier_scheme", "bank_id", "disbursed_on", "mode",
    "loan_amount_fen", "enrolled_amount_fen", "outstanding_fen", "ratio_bp", "facts", "district_code", "industry",
    "sector", "security", "is_hnte", "is_first_loan",
)  # fmt: skip
_OWN_COLUMNS = frozenset({"disbursed_on", "mode", "loan_amount_fen"})
# What the enrolment itself keeps of its filing, by the public name of the fact; the frozen facts go first.
_FILED = {
    "district_code": "district_code",
    "industry": "industry",
    "sector": "sector",
    "security": "security",
    "has_valid_hnte": "is_hnte",
    "is_first_loan": "is_first_loan",
}


@dataclass(frozen=True)
class Version:
    """One published version that loans can leave or come to."""

    law: Law
    loans: int  # in force under it

    @property
    def key(self) -> int:
        """The key under which it was published."""
        return self.law.published_id

    @property
    def title(self) -> Text:
        """What the version is called, with its first day."""
        title, since = self.law.pack.title, self.law.effective_from
        return Text(f"{title.zh}（{since}起）", f"{title.en} (from {since})")


def open_enrolments(published_id: int) -> QuerySet[Enrolment]:
    """Return the loans in force under one version, oldest first."""
    return Enrolment.objects.filter(pack_id=published_id, state__in=[str(state) for state in IN_FORCE]).order_by("id")


def versions() -> list[Version]:
    """Return the published scheme versions, newest first, each with its loans in force."""
    counts = dict(
        Enrolment.objects.filter(state__in=[str(state) for state in IN_FORCE])
        .order_by()
        .values_list("pack_id")
        .annotate(loans=Count("pk"))
    )
    laws = sorted(published_laws(), key=lambda law: (law.effective_from, law.pack.id), reverse=True)
    return [Version(law, counts.get(law.published_id, 0)) for law in laws]


def replacement_between(old: Law, new: Law) -> Replacement | None:
    """Return the rule by which `new` replaces `old`, directly or through versions between; None for its own version.

    Raises: `POOL.MOVE.NOT_REPLACED` where nothing published says that it does.
    """
    if old.pack.id == new.pack.id and old.effective_from < new.effective_from:
        return None
    rules: dict[str, Replacement | None] = {law.pack.id: law.pack.scheme.replacement for law in published_laws()}
    first: Replacement | None = new.pack.scheme.replacement
    rule = first
    seen = {new.pack.id}
    while rule is not None and rule.pack not in seen:
        if rule.pack == old.pack.id:
            return first
        seen.add(rule.pack)
        rule = rules.get(rule.pack)
    raise NotReplacedError(old=old.pack.title, new=new.pack.title)


def move_lines(old: Law, new: Law, *, is_locked: bool = False) -> list[Line]:
    """Return what the new law says of each loan in force under the old one, in the order of their filing.

    `is_locked`: inside a transaction, with the totals of the new scheme locked in the order of their keys.
    """
    loans = list(open_enrolments(old.published_id).values(*_FIELDS))
    if not loans:
        return []
    facts = [_facts(loan, new) for loan in loans]
    outside = banks_outside(new.pack.id, bank_ids={loan["bank_id"] for loan in loans}, on=clock.business_date())
    failed = _Failed(new)
    lines = []
    for loan, known, found in zip(loans, facts, _decided(loans, facts, new), strict=True):
        ratio_bp = json.loads(found["ratio_bp"])
        reason = reason_of(
            is_offered=found["is_offered"],
            outcome=found["outcome"],
            ratio_bp=ratio_bp,
            is_partner=loan["bank_id"] not in outside,
        )
        is_unmet = reason == "POOL.ELIGIBILITY.NOT_MET"
        lines.append(
            Line(
                id=loan["id"],
                number=loan["number"] or loan["loan_number"],
                firm=loan["firm_name"],
                bank_id=loan["bank_id"],
                amount_fen=loan["enrolled_amount_fen"],
                before=loan["ratio_bp"],
                after=ratio_bp,
                clause=found["ratio_clause"],
                outcome=found["outcome"],
                missing=json.loads(found["missing"]) if reason == "POOL.ELIGIBILITY.UNKNOWN" else (),
                reason=reason,
                because=failed.conditions(known, found) if is_unmet else (),
            )
        )
    return _with_room(loans, lines, old, new, is_locked=is_locked)


def _facts(loan: Mapping[str, Any], law: Law) -> dict[str, Any]:
    """Return what is known of a loan from its filing, by public names; unknown facts are absent."""
    filed = {name: loan[column] for name, column in _FILED.items() if loan[column] not in {None, ""}}
    known = law.pack.vocabulary.by_alias
    return {name: value for name, value in {**filed, **loan["facts"]}.items() if name in known and value is not None}


def _decided(
    loans: Sequence[Mapping[str, Any]], facts: Sequence[Mapping[str, Any]], new: Law
) -> Iterator[dict[str, Any]]:
    """Yield what the new law says of each loan on its first day of rule, or on the loan's own where that is later."""
    used = sorted({name for known in facts for name in known} - _OWN_COLUMNS)
    rows = [
        {
            **{name: known.get(name) for name in used},
            "disbursed_on": max(loan["disbursed_on"], new.effective_from),
            "mode": loan["mode"],
            "loan_amount_fen": loan["loan_amount_fen"],
        }
        for loan, known in zip(loans, facts, strict=True)
    ]
    table = pl.DataFrame(rows, infer_schema_length=None)
    for row, found in zip(rows, decide_table(table, new).iter_rows(named=True), strict=True):
        yield {**found, "on": row["disbursed_on"]}


class _Failed:
    """The conditions that a loan does not meet, asked once for the same facts."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._found: dict[str, tuple[str, ...]] = {}

    def conditions(self, known: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the ids of the conditions that are not met, in the order of the pack."""
        on: date = found["on"]
        facts = {**known, "mode": found["mode"], "loan_amount_fen": found["loan_amount_fen"]}
        wanted = {name: facts[name] for name in fact_names(self._law, on) if name in facts}
        key = json.dumps([on.isoformat(), wanted], sort_keys=True)
        if key not in self._found:
            findings = assess(self._law.pack, wanted, on).findings
            self._found[key] = tuple(one.id for one in findings if one.outcome is Outcome.NOT_MET)
        return self._found[key]


def _with_room(
    loans: Sequence[Mapping[str, Any]], lines: list[Line], old: Law, new: Law, *, is_locked: bool
) -> list[Line]:
    """Return the lines with those kept back that no longer fit under a limit of the new law, in their order.

    Within one scheme its totals stay as they are; what each layer bears may change.
    """
    places = [index for index, line in enumerate(lines) if line.can_move]
    asks: list[list[tuple[LimitKey, int]]] = [[] for _ in places]
    usages: dict[LimitKey, Usage] = {}
    if old.pack.id != new.pack.id:
        asks = [_asks(loans[index], new) for index in places]
        limits = limits_of(sorted({key for mine in asks for key, _ in mine}), [new])
        usages = bulk.locked_totals(limits) if is_locked else _usages(limits)
    changes = [_changes(loans[index], lines[index], old, new) for index in places]
    capacity = capacity_of({place for mine in changes for place in mine}, is_locked=is_locked)
    for ask, mine in zip(asks, changes, strict=True):
        ask += [(_capacity_key(place), fen) for place, fen in mine.items() if place in capacity]
    usages.update({_capacity_key(place): usage for place, usage in capacity.items()})
    at = {key: index for index, key in enumerate(usages)}
    excesses = fitting_rows([[Ask(at[key], fen) for key, fen in mine] for mine in asks], list(usages.values()))
    for index, excess in zip(places, excesses, strict=True):
        if excess is not None:
            lines[index] = replace(lines[index], reason=f"POOL.LIMIT.{list(usages)[excess.limit].kind.name}")
    return lines


def _changes(loan: Mapping[str, Any], line: Line, old: Law, new: Law) -> dict[Place, int]:
    """Return by how much each layer of the new law would promise more for a loan than it does now."""
    district, amount = loan["district_code"], line.amount_fen
    before = dict(Promise(line.id, 0, old.pack.id, district, "", line.before, amount).shares())
    after = Promise(line.id, 0, new.pack.id, district, "", line.after, amount).shares()
    return {place: fen - before.get(place, 0) for place, fen in after}


def _capacity_key(place: Place) -> LimitKey:
    return LimitKey(place.scheme_id, LimitKind.CAPACITY, place.code, "")


def _asks(loan: Mapping[str, Any], law: Law) -> list[tuple[LimitKey, int]]:
    """Return what a loan asks of each total of a scheme: of its firm's ceiling what is still owed."""
    enrolled = loan["enrolled_amount_fen"]
    owed = standing_fen(outstanding_fen=loan["outstanding_fen"], enrolled_fen=enrolled)
    keys = limit_keys(
        scheme_id=law.pack.id,
        firm_id=loan["firm_id"] if loan["firm__identifier_scheme"] == "USCC" else None,
        bank_id=loan["bank_id"],
        year=loan["disbursed_on"].year,
        has_ceiling=bool(ceiling_schemes([law])),
    )
    return [(key, owed if key.kind is LimitKind.FIRM else enrolled) for key in keys]


def _usages(limits: Mapping[LimitKey, int | None]) -> dict[LimitKey, Usage]:
    """Return how the totals stand now, without holding them; a limit below what is used stays as it was."""
    schemes = {key.scheme_id for key in limits}
    held = {
        LimitKey(use.scheme_id, LimitKind(use.kind), use.key, use.period): use
        for use in LimitUse.objects.filter(scheme_id__in=schemes, kind__in=[str(kind) for kind in LimitKind])
    }
    balances = {
        scheme: firm_balances(scheme, [int(key.key) for key in limits if key.kind is LimitKind.FIRM])
        for scheme in schemes
    }
    found = {}
    for key, limit in limits.items():
        if key.kind is LimitKind.FIRM:
            found[key] = Usage(limit, balances[key.scheme_id].get(int(key.key), 0))
            continue
        use = held.get(key)
        if use is not None and limit is not None and use.used_fen > limit:
            limit = use.limit_fen  # noqa: PLW2901 - the law's number does not hold for what stood before it
        found[key] = Usage(limit, use.used_fen if use else 0)
    return found


def hold_totals(scheme_ids: Sequence[str]) -> None:
    """Lock every running total of some schemes in the order of their keys, until the transaction ends."""
    held = LimitUse.objects.filter(scheme_id__in=scheme_ids).order_by("scheme_id", "kind", "key", "period")
    list(held.select_for_update().values_list("pk"))


def moves() -> QuerySet[SchemeMove]:
    """Return the decisions on old enrolments, newest first."""
    return SchemeMove.objects.select_related("from_pack", "to_pack", "made_by", "checked_by")


def listed_moves() -> QuerySet[SchemeMove]:
    """Return the decisions for a list: with the counts of their reports, not with every loan."""
    return moves().defer("report").annotate(loans=F("report__loans_in_all"), can_move=F("report__can_move"))


def proposed_moves() -> QuerySet[SchemeMove]:
    """Return the proposals that wait for a second person."""
    return listed_moves().filter(state=MoveState.PROPOSED.value)


def move_for(move_id: int) -> SchemeMove:
    """Return one decision with its report. Raises: `POOL.MOVE.NOT_FOUND`."""
    found = moves().filter(pk=move_id).first()
    if found is None:
        raise MoveNotFoundError(move=move_id)
    return found


def law_pair(from_pack: int, to_pack: int) -> tuple[Law, Law, Replacement | None]:
    """Return two published versions by their keys, and the rule by which the second replaces the first.

    Raises: `RULES.PACK.UNKNOWN`, `POOL.MOVE.NOT_REPLACED`.
    """
    old, new = law_by_id(from_pack), law_by_id(to_pack)
    return old, new, replacement_between(old, new)
