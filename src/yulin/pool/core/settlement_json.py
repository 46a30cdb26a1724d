"""A loss case, a settlement and a plan of instalments as JSON: one form for the command line, the API and the cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from yulin.base.text import Text
from yulin.pool.core.interest import DEFAULT_BASIS, Contract, equal_instalments, owed_on
from yulin.pool.core.loss import Loss, LossCase, Receipt
from yulin.pool.core.settlement import Settlement
from yulin.pool.errors import SettlementInputError
from yulin.rules.core.facts import known_facts
from yulin.rules.core.scheme import MEASURES
from yulin.rules.core.vocabulary import Vocabulary

_LOAN_OWN = frozenset({"mode", "bonuses", "x_shares_bp", "class", "other_modes"})
_LOSS_KEYS = frozenset(field.name for field in fields(Loss))


def read_case(source: Mapping[str, Any], vocabulary: Vocabulary) -> LossCase:
    """Read `{"on", "borrower", "loan", "loss", "book", "recoveries"}`; money is integer fen, dates are ISO.

    Raises: POOL.SETTLE.INPUT, RULES.FACT.UNKNOWN_NAME, RULES.FACT.VALUE.
    """
    loan, loss, book = (_mapping(source, key) for key in ("loan", "loss", "book"))
    on = _day(source)
    facts = {
        "loan_amount" if key == "amount_fen" else key: value for key, value in loan.items() if key not in _LOAN_OWN
    }
    named = loan.get("class")
    return LossCase(
        on=on,
        mode=str(loan.get("mode", "bank")),
        loss=Loss(
            **{key: _number(f"loss.{key}", value) for key, value in loss.items() if _known(key, _LOSS_KEYS, "loss")}
        ),
        amount_fen=None if loan.get("amount_fen") is None else _number("loan.amount_fen", loan["amount_fen"]),
        facts=known_facts({**_mapping(source, "borrower"), **facts}, vocabulary, on),
        classes=frozenset([named] if isinstance(named, str) else named or ()),
        bonuses=None if loan.get("bonuses") is None else frozenset(loan["bonuses"]),
        contract_bp=_numbers(loan, "x_shares_bp"),
        book={_measure(key): _number(f"book.{key}", value) for key, value in book.items() if key != "other_public_fen"},
        other_public_fen=_numbers(book, "other_public_fen"),
        other_modes=frozenset(loan.get("other_modes") or ()),
        recoveries=tuple(
            Receipt(_number("gross_fen", part.get("gross_fen")), _number("cost_fen", part.get("cost_fen", 0)))
            for part in source.get("recoveries") or ()
        ),
    )


def instalments_answer(source: Mapping[str, Any]) -> dict[str, Any]:
    """Answer `{"principal_fen", "annual_rate_ppm", "starts_on", "months", "basis", "up_to_fen", "on"}` with the plan.

    With a day (`on`), also what pays the loan off on it, all that fell due by then being paid.
    Raises: POOL.SETTLE.INPUT.
    """
    step = source.get("up_to_fen")
    contract = Contract(
        _number("principal_fen", source.get("principal_fen")),
        _number("annual_rate_ppm", source.get("annual_rate_ppm")),
        _day(source, "starts_on"),
        _number("months", source.get("months")),
        str(source.get("basis", DEFAULT_BASIS)),
        None if step is None else _number("up_to_fen", step),
    )
    plan = equal_instalments(contract)
    lines = [
        {"due_on": one.due_on.isoformat(), "instalment_fen": one.instalment_fen, "principal_fen": one.principal_fen,
         "interest_fen": one.interest_fen, "balance_fen": one.balance_fen}
        for one in plan
    ]  # fmt: skip
    answer = {"instalments": lines, "interest_fen": sum(one.interest_fen for one in plan)}
    if source.get("on") is None:
        return answer
    principal, interest = owed_on(contract, plan, _day(source))
    return answer | {"owed": {"principal_fen": principal, "interest_fen": interest, "total_fen": principal + interest}}


def _mapping(source: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = source.get(key) or {}
    if not isinstance(found, Mapping):
        raise SettlementInputError(key=key, found=found, needed=Text("键与值", "an object"))
    return found


def _day(source: Mapping[str, Any], key: str = "on") -> date:
    try:
        return date.fromisoformat(str(source.get(key)))
    except ValueError as error:
        needed = Text("日期，如 2026-03-02", "a date such as 2026-03-02")
        raise SettlementInputError(key=key, found=source.get(key), needed=needed) from error


def _number(key: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise SettlementInputError(
            key=key, found=value, needed=Text("不为负的整数（分）", "a whole number of fen, not negative")
        )
    return value


def _numbers(source: Mapping[str, Any], key: str) -> dict[str, int]:
    return {party: _number(f"{key}.{party}", value) for party, value in _mapping(source, key).items()}


def _known(key: str, known: frozenset[str], where: str) -> bool:
    if key not in known:
        raise SettlementInputError(
            key=f"{where}.{key}", found=key, needed=Text("、".join(known), ", ".join(sorted(known)))
        )
    return True


def _measure(key: str) -> str:
    name = key.removesuffix("_fen")
    _known(name, frozenset(MEASURES), "book")
    return name


def settlement_json(settlement: Settlement) -> dict[str, Any]:
    """Return a settlement as JSON values."""
    return {
        "mode": settlement.mode.id if settlement.mode else None,
        "ratio_bp": settlement.ratio_bp,
        "loss_base_fen": settlement.loss_base_fen,
        "shares_fen": dict(settlement.shares_fen),
        "over_cap_fen": settlement.over_cap_fen,
        "recovery_shares_fen": [part.shares_fen for part in settlement.recovery_shares],
        "recovery_remittances": [
            {"net_fen": part.net_fen, "remitted_fen": part.remitted_fen, "refund_due_fen": part.refund_due_fen,
             "cost_carried_fen": part.cost_carried_fen, "beyond_fen": part.beyond_fen}
            for part in settlement.recovery_shares
        ],
        "instalments_fen": list(settlement.instalments_fen),
        "charge_fen": settlement.charge_fen,
        "refused": settlement.refused,
        "caps": [
            {"id": use.id, "clause": use.row.clause, "room_fen": use.room_fen, "cut_fen": use.cut_fen}
            for use in settlement.caps
        ],
        "unverified": [{"id": row.id, "clause": row.clause, "source": row.source} for row in settlement.unverified],
        "unchecked": list(settlement.unchecked),
    }  # fmt: skip
