"""Enrol one loan from a form or the API, by the same core as a whole file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from yulin.exchange.core.cells import raw_column
from yulin.exchange.core.codes import read_firm_codes
from yulin.exchange.core.fields import LOAN_FIELDS
from yulin.exchange.core.reasons import REASONS
from yulin.exchange.core.verdicts import verdicts_of
from yulin.kit.idempotency import idempotent
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.pool.adapters.packs import laws_of
from yulin.pool.core.screening import SCREENING_REASONS, screening_words
from yulin.pool.errors import RowRefusedError, SchemeUnknownError
from yulin.pool.services.enrol_table import Order, enrol_table
from yulin.rules.core.facts import known_facts
from yulin.rules.core.vocabulary import AREA, DATE, Fact, Vocabulary

_ROW = 1
_KINDS: dict[str, Any] = {
    "loan_amount_fen": pl.Int64,
    "line_fen": pl.Int64,
    "eligible_amount_fen": pl.Int64,
    "guaranteed_amount_fen": pl.Int64,
    "insured_amount_fen": pl.Int64,
    "annual_rate_ppm": pl.Int64,
    "premium_rate_ppm": pl.Int64,
    "disbursed_on": pl.Date,
    "due_on": pl.Date,
}


@idempotent
def enrol_loan(
    *, actor: Actor, bank_id: int, scheme_id: str, loan: Mapping[str, Any], facts: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Enrol one loan; `loan` names the fields of a typed loan table, `facts` are by their public names.

    Takes `idempotency_key`: the same key with the same loan answers the same, with another loan is a conflict. The same
    loan under another key changes nothing and answers with the enrolment that holds it.

    Effects: as `enrol_table`. Raises: `PEOPLE.NOT_ALLOWED`, `POOL.SCHEME.UNKNOWN`, `RULES.FACT.UNKNOWN_NAME`,
    `RULES.FACT.VALUE`, `POOL.LOAN.REFUSED` with the codes, those of a code's check among them.
    """
    may = actor.may(Action.ENROL_LOANS) and (actor.sees_all_rows or actor.organisation_id == bank_id)
    if not may:
        raise NotAllowedError(action=str(Action.ENROL_LOANS), role=str(actor.role))
    laws = laws_of(scheme_id)
    if not laws:
        raise SchemeUnknownError(scheme=scheme_id)
    order = Order(bank_id, laws)
    row = {"row": _ROW, "mode": "bank", **{name: _typed(name, value) for name, value in loan.items()}}
    if order.has_resolved_firms:
        row["firm_code"] = _checked_code(str(row.get("firm_code") or ""))
    row |= _known(facts or {}, laws[-1].pack.vocabulary, row["disbursed_on"])
    kinds = {"row": pl.UInt32, **{name: kind for name, kind in _KINDS.items() if name in row}}
    table = pl.DataFrame([row], schema_overrides=kinds)
    enrolled = enrol_table(actor=actor, order=order, loans=table)
    found = list(verdicts_of(enrolled.findings, SCREENING_REASONS, screening_words(laws)))
    if enrolled.refused:
        refused = [one for one in found if one.severity == "refused"]
        raise RowRefusedError(reasons=[(one.code, one.message) for one in refused], hint=refused[0].next)
    return {
        "enrolment_id": enrolled.ids.get(_ROW),
        "number": enrolled.first_number or None,
        "state": next(iter(enrolled.by_state), None),
        "is_unchanged": bool(enrolled.unchanged),
        "remarks": [
            {"code": one.code, "message": said.zh, "message_en": said.en}
            for one, said in ((one, one.message.in_currency(laws[-1].pack.currency)) for one in found)
        ],
    }


def _checked_code(text: str) -> str:
    """Return a firm's code as the book keeps it. Raises: `POOL.LOAN.REFUSED` with the finding that a file would get."""
    typed, _ = read_firm_codes(raw_column([text or None]))
    code, value, found, needed = typed.select("code", "value", "found", "needed").row(0)
    if value is None:
        reason = REASONS[code or "FILE.CELL.EMPTY"]
        said = {"found": found or "", "needed": needed or LOAN_FIELDS["firm_code"].label}
        raise RowRefusedError(reasons=[(reason.code, reason.message.with_values(**said))], hint=reason.next)
    return str(value)


def _known(facts: Mapping[str, Any], vocabulary: Vocabulary, on: date) -> dict[str, Any]:
    """Return facts as columns of a loan table, once every name and value has been understood."""
    known_facts(facts, vocabulary, on)
    return {name: _column(vocabulary.find(name), value) for name, value in facts.items() if value is not None}


def _column(fact: Fact | None, value: Any) -> Any:
    if fact is not None and fact.type == DATE:
        return date.fromisoformat(str(value))
    return str(value) if fact is not None and fact.type == AREA else value


def _typed(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if _KINDS.get(name) == pl.Date and isinstance(value, str) else value
