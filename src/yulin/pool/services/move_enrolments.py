"""Keep or move the enrolments of a replaced scheme: one person proposes, another carries out, the report is kept.

A moved enrolment keeps its number, its facts and its history; version of the law, outcome and ratios are those of the
new scheme for the same facts. One that the new law does not take for certain stays where it is and is listed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import notify, record_audit, settle_notices
from yulin.pool.adapters import bulk
from yulin.pool.core.deciding import Law
from yulin.pool.core.limits import LimitKey
from yulin.pool.core.moving import Line, move_report
from yulin.pool.core.names import MOVE_RULES, MOVE_STATES
from yulin.pool.core.postings import Promise
from yulin.pool.enums import LimitKind, MoveRule, MoveState
from yulin.pool.errors import (
    AgainstReplacementLawError,
    MoveCurrencyError,
    MoveDecidedError,
    MoveNotFoundError,
    MoveSameHandsError,
    MoveStaleError,
    MoveWaitsError,
    NoteMissingError,
    NothingToMoveError,
)
from yulin.pool.models import Enrolment, SchemeMove
from yulin.pool.selectors.capacity import promise_of
from yulin.pool.selectors.moves import hold_totals, law_pair, move_lines, open_enrolments, proposed_moves
from yulin.pool.services._steps import room_keys
from yulin.pool.services.capacity import hold_capacity, release_capacity
from yulin.rules.core.scheme import Replacement

_ABOUT = "scheme_move"

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


@transaction.atomic
def propose_move(*, actor: Actor, from_pack: int, to_pack: int, rule: MoveRule, note: str) -> SchemeMove:
    """Propose what becomes of the loans in force under one published version when another replaces it.

    `from_pack` and `to_pack` are keys of published versions. The report of before and after is kept with the proposal;
    no enrolment changes until another person carries it out.

    Effects: one `SchemeMove` that waits, a notice to the maker's organisation, an audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ENROLMENT.NOTE`, `POOL.MOVE.NOT_REPLACED`, `POOL.MOVE.AGAINST_LAW`,
    `POOL.MOVE.CURRENCY`, `POOL.MOVE.WAITS`, `POOL.MOVE.NOTHING`.
    """
    _require(actor, Action.PROPOSE_MOVE)
    if not note.strip():
        raise NoteMissingError(step="move")
    old, new, law = law_pair(from_pack, to_pack)
    _within_law(rule, law)
    if rule == MoveRule.MOVE and old.pack.currency != new.pack.currency:
        raise MoveCurrencyError(old=old.pack.currency, new=new.pack.currency)
    with scope(EVERYTHING):
        lines = move_lines(old, new)
    if not lines:
        raise NothingToMoveError(old=old.pack.title, new=new.pack.title)
    try:
        with transaction.atomic():
            move = SchemeMove.objects.create(
                from_pack_id=from_pack,
                to_pack_id=to_pack,
                rule=rule.value,
                state=MoveState.PROPOSED.value,
                note=note.strip(),
                made_by_id=actor.user_id,
                report=move_report(rule, lines),
            )
    except IntegrityError:
        waits = proposed_moves().get(from_pack_id=from_pack, to_pack_id=to_pack)
        raise MoveWaitsError(move=waits.pk) from None
    _record(actor, "pool.propose_move", move)
    if actor.organisation_id is not None:
        title = Text("复核新旧衔接：%(old)s", "Check what becomes of loans under %(old)s")
        notify(
            actor=actor, organisation_id=actor.organisation_id, kind="pool.move",
            title=title.with_values(old=old.pack.title), path=reverse("pool:move", args=[move.pk]),
            about=(_ABOUT, move.pk),
        )  # fmt: skip
    return move


def decide_move(*, actor: Actor, move_id: int, is_approved: bool, note: str = "") -> SchemeMove:
    """Carry out a proposal, or turn it down with the reason; whoever proposed it cannot.

    Effects of carrying out `move`: enrolments, events, the totals of both schemes in the order of their keys, the
    layers' capacity; then, as for `keep` and a refusal, the decision, notices to the banks, an audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.MOVE.NOT_FOUND`, `POOL.MOVE.DECIDED`, `POOL.MOVE.SAME_HANDS`,
    `POOL.ENROLMENT.NOTE`, `POOL.MOVE.STALE` where the book would no longer do what the proposal shows.
    """
    _require(actor, Action.MOVE_ENROLMENTS)
    with transaction.atomic(), scope(EVERYTHING):
        move = SchemeMove.objects.select_for_update(of=("self",)).filter(pk=move_id).first()
        if move is None:
            raise MoveNotFoundError(move=move_id)
        if move.state != MoveState.PROPOSED:
            raise MoveDecidedError(move=move_id, state=MOVE_STATES[move.state])
        if move.made_by_id is not None and move.made_by_id == actor.user_id:
            raise MoveSameHandsError(move=move_id)
        if not is_approved and not note.strip():
            raise NoteMissingError(step="refuse")
        if is_approved and move.rule == MoveRule.MOVE:
            _carry_out(actor, move)
        move.state = (MoveState.CARRIED_OUT if is_approved else MoveState.REFUSED).value
        move.answer, move.checked_by_id, move.checked_at = note.strip(), actor.user_id, clock.now()
        move.save(update_fields=["state", "answer", "checked_by", "checked_at"])
        settle_notices(about=(_ABOUT, move.pk))
        _record(actor, "pool.move_enrolments" if is_approved else "pool.refuse_move", move)
        if is_approved and move.rule == MoveRule.MOVE:
            _tell_banks(actor, move)
    return move


def _within_law(rule: MoveRule, law: Replacement | None) -> None:
    """Hold a choice to the scheme's own words, where somebody has verified them."""
    if law is not None and law.row.verified == "yes" and law.old_loans != rule:
        raise AgainstReplacementLawError(
            clause=law.row.clause, needed=MOVE_RULES[law.old_loans], found=MOVE_RULES[rule.value]
        )


def _carry_out(actor: Actor, move: SchemeMove) -> None:
    old, new, _ = law_pair(move.from_pack_id, move.to_pack_id)
    list(open_enrolments(old.published_id).select_for_update().values_list("pk"))
    hold_totals([old.pack.id, new.pack.id])
    lines = move_lines(old, new, is_locked=True)
    shown = {one["id"]: one for one in move.report["loans"]}
    found = {one["id"]: one for one in json.loads(json.dumps([line.as_json() for line in lines]))}
    changed = [key for key in shown.keys() | found.keys() if shown.get(key) != found.get(key)]
    if changed:
        raise MoveStaleError(move=move.pk, loans=len(changed))
    _move(actor, old, new, [line for line in lines if line.can_move])


def _move(actor: Actor, old: Law, new: Law, lines: list[Line]) -> None:
    changes: dict[LimitKey, int] = {}
    owed: set[LimitKey] = set()
    ids = [line.id for line in lines]
    before: list[Promise] = []
    for loan in Enrolment.objects.filter(pk__in=ids).select_related("firm").order_by("id"):
        before.append(promise_of(loan))
        for key in room_keys(loan):
            other = key._replace(scheme_id=new.pack.id)
            if key.kind is LimitKind.FIRM:
                owed |= {key, other}
                continue
            changes[key] = changes.get(key, 0) - loan.enrolled_amount_fen
            changes[other] = changes.get(other, 0) + loan.enrolled_amount_fen
    bulk.add_to_totals({key: change for key, change in changes.items() if change})
    values: dict[str, Any] = {
        "scheme": new.pack.id,
        "pack": new.published_id,
        "ids": ids,
        "outcomes": [line.outcome for line in lines],
        "missing": [json.dumps(list(line.missing)) for line in lines],
        "ratios": [json.dumps(dict(line.after)) for line in lines],
        "clauses": [line.clause[:200] for line in lines],
    }
    note = f"{old.pack.id} → {new.pack.id}"
    by = {"user": actor.user_id, "organisation": actor.organisation_id, "name": actor.name, "note": note}
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, values)
        cursor.execute(_EVENTS, {**by, "ids": values["ids"]})
    bulk.recount_balances(owed)
    _hold_anew(actor, before, new, lines)


def _hold_anew(actor: Actor, before: list[Promise], new: Law, lines: list[Line]) -> None:
    """Release what the layers of the old law promised, then hold what those of the new one do."""
    today, line_of = clock.business_date(), {line.id: line for line in lines}
    release_capacity(actor, before, today=today)
    moved = [
        replace(promise, pack_id=new.published_id, scheme_id=new.pack.id, ratio_bp=line_of[promise.enrolment_id].after)
        for promise in before
    ]
    hold_capacity(actor, moved, today=today)


def _record(actor: Actor, action: str, move: SchemeMove) -> None:
    counts = {key: value for key, value in move.report.items() if key not in {"loans", "banks", "reasons"}}
    record_audit(
        actor=actor,
        action=action,
        subject=("scheme_move", move.pk),
        facts={"from": move.from_pack.pack_id, "to": move.to_pack.pack_id, "note": move.answer or move.note, **counts},
    )


def _tell_banks(actor: Actor, move: SchemeMove) -> None:
    title = Text("%(n)s笔备案转入%(new)s", "%(n)s {n:enrolment|enrolments} moved to %(new)s")
    for bank in move.report["banks"]:
        if bank["moving"]:
            said = title.with_values(n=bank["moving"], new=move.to_pack.title)
            path = reverse("pool:enrolments")
            notify(actor=actor, organisation_id=bank["bank_id"], kind="pool.move", title=said, path=path)


def _require(actor: Actor, action: Action) -> None:
    if not actor.may(action):
        raise NotAllowedError(action=str(action), role=str(actor.role))
