"""Keep or move the enrolments of a replaced scheme, with a report of every loan before and after.

A moved enrolment keeps its number, its facts and its history; version of the law, outcome and ratios are those of the
new scheme for the same facts. One that the new law would refuse stays where it is and is listed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from yulin.base.outcome import Outcome
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.adapters import bulk
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.deciding import Decision, Law, decide_loan
from yulin.pool.core.filing import Filing
from yulin.pool.core.filing_rows import limits_of
from yulin.pool.core.limits import LimitKey
from yulin.pool.enums import MoveRule
from yulin.pool.errors import NothingToMoveError
from yulin.pool.models import Enrolment, SchemeMove
from yulin.pool.services._steps import change_room, room_keys

_MOVE = """
UPDATE pool_enrolment AS held SET
  scheme_id = %(scheme)s, pack_id = %(pack)s, outcome = one.outcome, missing = one.missing::jsonb,
  ratio_bp = one.ratio_bp::jsonb, ratio_clause = one.ratio_clause, version = held.version + 1
FROM unnest(%(ids)s::bigint[], %(outcomes)s::text[], %(missing)s::text[], %(ratios)s::text[], %(clauses)s::text[])
  AS one (id, outcome, missing, ratio_bp, ratio_clause)
WHERE held.id = one.id
"""
_EVENTS = """
INSERT INTO pool_enrolmentevent (
  enrolment_id, actor_user_id, actor_organisation_id, actor_name, step, from_state, to_state, clause, note
)
SELECT id, %(user)s, %(organisation)s, %(name)s, 'move', state, state, '', %(note)s
FROM pool_enrolment WHERE id = ANY(%(ids)s) ORDER BY id
"""
_STATES = ("confirmed", "conditional", "active")


def move_enrolments(
    *, actor: Actor, from_pack: int, to_pack: int, rule: MoveRule, dry_run: bool = False
) -> dict[str, Any]:
    """Decide on the open enrolments under one published version when another replaces it, and report.

    `from_pack` and `to_pack` are keys of published versions. `keep` changes no enrolment and leaves the decision on
    record; `move` puts every loan that the new law takes under it. A dry run only reports.

    Effects: enrolments, events, the totals of both schemes in the order of their keys, one `SchemeMove`, an audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.MOVE.NOTHING`.
    """
    if not actor.may(Action.MOVE_ENROLMENTS):
        raise NotAllowedError(action=str(Action.MOVE_ENROLMENTS), role=str(actor.role))
    old, new = law_by_id(from_pack), law_by_id(to_pack)
    with transaction.atomic(), scope(EVERYTHING):
        held = Enrolment.objects.filter(pack_id=from_pack, state__in=_STATES).select_related("firm").order_by("id")
        loans = list(held if dry_run else held.select_for_update(of=("self",)))
        if not loans:
            raise NothingToMoveError(from_scheme=old.pack.id, to_scheme=new.pack.id)
        lines = list(_before_and_after(loans, new))
        report = _report(rule, lines)
        if dry_run:
            return report
        if rule == MoveRule.MOVE:
            _move(actor, old, new, [line for line in lines if line[2]])
        move = SchemeMove.objects.create(
            from_pack_id=from_pack, to_pack_id=to_pack, rule=rule.value, made_by_id=actor.user_id, report=report
        )
        facts = {key: value for key, value in report.items() if key != "loans"}
        record_audit(
            actor=actor,
            action="pool.move_enrolments",
            subject=("scheme_move", move.pk),
            facts={"from": old.pack.id, "to": new.pack.id, **facts},
        )
    return report


def _before_and_after(loans: list[Enrolment], new: Law) -> Iterator[tuple[Enrolment, Decision, bool]]:
    """Yield each loan with what the new law says of it, and whether it can move."""
    names = new.pack.vocabulary.by_alias
    for loan in loans:
        facts = {name: value for name, value in loan.facts.items() if name in names}
        on = max(loan.disbursed_on, new.effective_from)
        found = decide_loan(new, facts, Filing(on, loan.mode, loan.loan_amount_fen, facts))
        yield loan, found, found.ratio.is_offered and found.outcome is not Outcome.NOT_MET and not found.ratio.is_open


def _report(rule: MoveRule, lines: list[tuple[Enrolment, Decision, bool]]) -> dict[str, Any]:
    loans = [
        {
            "number": loan.number,
            "firm": loan.firm_name,
            "enrolled_amount_fen": loan.enrolled_amount_fen,
            "before": loan.ratio_bp,
            "after": dict(found.ratio.ratio_bp) if can_move else None,
            "outcome_after": found.outcome.value,
        }
        for loan, found, can_move in lines
    ]
    moving = [(loan, found) for loan, found, can_move in lines if can_move]
    return {
        "rule": rule.value,
        "loans_in_all": len(lines),
        "can_move": len(moving),
        "stay": len(lines) - len(moving),
        "public_before_fen": sum(_public(loan.ratio_bp, loan.enrolled_amount_fen) for loan, _ in moving),
        "public_after_fen": sum(_public(found.ratio.ratio_bp, loan.enrolled_amount_fen) for loan, found in moving),
        "loans": loans,
    }


def _public(ratio_bp: Any, amount_fen: int) -> int:
    """Return what the others bear of a full loss of an amount, each rounded down."""
    return sum(amount_fen * int(bp) // 10_000 for party, bp in ratio_bp.items() if party != "bank")


def _move(actor: Actor, old: Law, new: Law, lines: list[tuple[Enrolment, Decision, bool]]) -> None:
    changes: dict[LimitKey, int] = {}
    for loan, _, _ in lines:
        for key in room_keys(loan):
            changes[key] = changes.get(key, 0) - loan.enrolled_amount_fen
            other = key._replace(scheme_id=new.pack.id)
            changes[other] = changes.get(other, 0) + loan.enrolled_amount_fen
    bulk.locked_totals(limits_of(sorted(changes), [old, new]))
    change_room(changes)
    values: dict[str, Any] = {
        "scheme": new.pack.id,
        "pack": new.published_id,
        "ids": [loan.pk for loan, _, _ in lines],
        "outcomes": [found.outcome.value for _, found, _ in lines],
        "missing": [json.dumps(found.missing) for _, found, _ in lines],
        "ratios": [json.dumps(dict(found.ratio.ratio_bp)) for _, found, _ in lines],
        "clauses": [found.ratio.clause[:200] for _, found, _ in lines],
    }
    note = f"{old.pack.id} → {new.pack.id}"
    by = {"user": actor.user_id, "organisation": actor.organisation_id, "name": actor.name, "note": note}
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, values)
        cursor.execute(_EVENTS, {**by, "ids": values["ids"]})
