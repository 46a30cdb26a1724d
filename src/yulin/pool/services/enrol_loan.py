"""Enrol one loan from a form or the API, by the same core as a whole file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from yulin.base.ids import check_id
from yulin.exchange.core.verdicts import verdicts_of
from yulin.kit.idempotency import idempotent
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.pool.adapters.packs import laws_of
from yulin.pool.core.screening import SCREENING_REASONS, screening_words
from yulin.pool.errors import RowRefusedError, SchemeUnknownError
from yulin.pool.services.enrol_table import Order, enrol_table

_ROW = 1
_KINDS: dict[str, Any] = {
    "loan_amount_fen": pl.Int64,
    "line_fen": pl.Int64,
    "eligible_amount_fen": pl.Int64,
    "annual_rate_ppm": pl.Int64,
    "disbursed_on": pl.Date,
    "due_on": pl.Date,
}


@idempotent
def enrol_loan(*, actor: Actor, bank_id: int, scheme_id: str, loan: Mapping[str, Any]) -> dict[str, Any]:
    """Enrol one loan; `loan` names the fields of a typed loan table and facts by their public names.

    Takes `idempotency_key`: the same key with the same loan answers the same, with another loan is a conflict. The same
    loan under another key changes nothing and answers with the enrolment that holds it.

    Effects: as `enrol_table`. Raises: `PEOPLE.NOT_ALLOWED`, `POOL.SCHEME.UNKNOWN`, `POOL.LOAN.REFUSED` with the codes.
    """
    may = actor.may(Action.ENROL_LOANS) and (actor.sees_all_rows or actor.organisation_id == bank_id)
    if not may:
        raise NotAllowedError(action=str(Action.ENROL_LOANS), role=str(actor.role))
    laws = laws_of(scheme_id)
    if not laws:
        raise SchemeUnknownError(scheme=scheme_id)
    row = {"row": _ROW, "mode": "bank", **{name: _typed(name, value) for name, value in loan.items()}}
    if code := row.get("firm_code"):
        row["firm_code"] = check_id(str(code)).normalised or code
    kinds = {"row": pl.UInt32, **{name: kind for name, kind in _KINDS.items() if name in row}}
    table = pl.DataFrame([row], schema_overrides=kinds)
    enrolled = enrol_table(actor=actor, order=Order(bank_id, laws), loans=table)
    found = list(verdicts_of(enrolled.findings, SCREENING_REASONS, screening_words(laws)))
    if enrolled.refused:
        refused = [one for one in found if one.severity == "refused"]
        raise RowRefusedError(reasons=[(one.code, one.message) for one in refused], hint=refused[0].next)
    return {
        "enrolment_id": enrolled.ids.get(_ROW),
        "number": enrolled.first_number or None,
        "state": next(iter(enrolled.by_state), None),
        "is_unchanged": bool(enrolled.unchanged),
        "remarks": [{"code": one.code, "message": one.message.zh, "message_en": one.message.en} for one in found],
    }


def _typed(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if _KINDS.get(name) == pl.Date and isinstance(value, str) else value
