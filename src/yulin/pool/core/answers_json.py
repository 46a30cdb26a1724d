"""A pre-loan answer as JSON values: the form of the API and of the answer that is kept with a bank's file."""

from __future__ import annotations

from typing import Any

from yulin.base.text import Text
from yulin.pool.core.answers import Answer, Line
from yulin.pool.core.counterfactuals import Counterfactual
from yulin.pool.core.judgement import LayerAnswer
from yulin.pool.core.rooms import Room
from yulin.pool.core.words import LIMITS, party_word

SCHEMA = 1  # raised when a key changes its meaning


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON values, texts in both languages."""
    return {
        "schema": SCHEMA,
        "pack": answer.pack,
        "version": answer.version,
        "on": answer.on.isoformat(),
        "currency": answer.currency,
        "covered": answer.covered.value,
        "sentence": _text(answer.sentence),
        "layers": [_layer(layer) for layer in answer.layers],
        "lines": [_line(line) for line in answer.lines],
        "rooms": [_room(room) for room in answer.rooms],
        "changes": [_change(change) for change in answer.changes],
        "refusals": list(answer.refusals),
        "missing": list(answer.missing),
        "unverified": [{"id": row.id, "clause": row.clause, "source": row.source} for row in answer.unverified],
    }


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _layer(layer: LayerAnswer) -> dict[str, Any]:
    return {
        "party": layer.party,
        "name": _text(party_word(layer.party)),
        "ratio_bp": layer.ratio_bp,
        "outcome": layer.outcome.value,
        "verified": layer.verified,
        "full_loss_fen": layer.full_loss_fen,
        "room_before_fen": layer.room_before_fen,
        "room_after_fen": layer.room_after_fen,
        "open": [row.id for row in layer.open_rows],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "clause": _text(line.clause),
        "says": _text(line.says),
        "found": _text(line.found),
        "outcome": line.outcome.value,
        "verified": line.verified,
        "source": line.source,
    }


def _room(room: Room) -> dict[str, Any]:
    return {
        "kind": room.kind,
        "name": _text(LIMITS.get(room.kind, Text(room.kind, room.kind))),
        "unit": room.limit.unit,
        "at_most": room.limit.at_most,
        "at_least": room.limit.at_least,
        "used": room.used,
        "asked": room.asked,
        "before": room.before,
        "after": room.after,
        "outcome": room.outcome.value,
        "code": room.code,
    }


def _change(change: Counterfactual) -> dict[str, Any]:
    return {
        "id": change.id,
        "says": _text(change.says),
        "covered": change.covered.value,
        "others_bp": change.others_bp,
        "gain_bp": change.gain_bp,
        "refusals": list(change.refusals),
    }
