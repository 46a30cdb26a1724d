"""Run the cases beside a scheme pack: a loss settled, a limit, a breaker, a first day, a fee, a budget, keep or move.

Cases speak the trade's words: amounts are `400万`, `1_234_567.89` or a plain number of the pack's currency, ratios
are `45%`. Every named expectation is compared exactly; a difference says what was expected and what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from yulin.base.errors import YulinError
from yulin.base.money import parse_fen
from yulin.base.text import Text
from yulin.pool.core.breakers import breaker_state, strongest
from yulin.pool.core.budgets import LayerBooks, layer_money, reserve_gap, year_cap_fen
from yulin.pool.core.clocks import claim_opening
from yulin.pool.core.fees import fee_fen, fee_table
from yulin.pool.core.loss import LossCase
from yulin.pool.core.ratios import with_reading
from yulin.pool.core.replacement import takes_over
from yulin.pool.core.rooms import Asked, fitting_fen, rooms
from yulin.pool.core.settlement import Settlement
from yulin.pool.core.settlement_json import read_case
from yulin.rules.core.cases import Difference
from yulin.rules.core.pack import Case, Pack

Settler = Callable[[Pack, LossCase], Settlement]
_NOT_MONEY = frozenset({"interest_days", "days_to_next_date", "annual_rate"})


def case_differences(pack: Pack, case: Case, settler: Settler) -> tuple[Difference, ...]:
    """Return every expectation of the case that does not hold; none means that it passes.

    `settler` settles a loss under the pack, together with the layers that belong to it. A case whose words cannot be
    read is one difference that says so: it may be a draft's, which no loader knows.
    """
    try:
        found = _found(pack, case, settler)
    except YulinError as error:
        found = {"error": error.code}
        if "error" not in case.expect:
            return (Difference("error", "–", error.message),)
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
        return (Difference(" · ".join(case.more), "–", _unreadable(error)),)
    differences = tuple(_differences(case.expect, found, ()))
    if differences and found.get("refused", "none") != "none" and "refused" not in case.expect:
        return (Difference("refused", "none", str(found["refused"])),)  # all else follows from it
    return differences


def _found(pack: Pack, case: Case, settler: Settler) -> dict[str, Any]:
    for key, run in _KINDS.items():
        if key in case.more:
            return run(pack, case)
    return _settled(pack, case, settler) if "loss" in case.more else _limits(pack, case)


def _unreadable(error: Exception) -> Text:
    if isinstance(error, KeyError):
        return Text(f"缺少或不认识“{error.args[0]}”", f"“{error.args[0]}”, which lacks or is not known")
    return Text(f"读不出（{error}）", f"nothing that can be read ({error})")


def _settled(pack: Pack, case: Case, settler: Settler) -> dict[str, Any]:
    read = read_case(source_of(case), pack.vocabulary)
    reading = case.more.get("reading")
    under = _with_reading(pack, reading) if reading else pack
    settled = settler(under, read)
    scheme_ratio = Fraction(settled.ratio_bp, 10_000)
    advances = int(read.loss.advances_fen * scheme_ratio)
    return {
        "ratio": f"{settled.ratio_bp / 100:g}%",
        "base": settled.loss_base_fen,
        "shares": dict(settled.shares_fen),
        "over_cap": settled.over_cap_fen,
        "refused": settled.refused or "none",
        "recovery": [part.shares_fen for part in settled.recovery_shares],
        "remitted": [part.remitted_fen for part in settled.recovery_shares],
        "refund_due": [part.refund_due_fen for part in settled.recovery_shares],
        "instalments": list(settled.instalments_fen),
        "charge": settled.charge_fen,
        "caps": {use.id: use.room_fen for use in settled.caps},
        "unverified": [row.id for row in settled.unverified],
        "of_advances": advances,
        "rest": settled.shares_fen.get("scheme", 0) - advances,
    }


def _with_reading(pack: Pack, reading: str) -> Pack:
    modes = {key: with_reading(mode, reading) for key, mode in pack.scheme.modes.items()}
    return replace(pack, scheme=replace(pack.scheme, modes=modes))


def _limits(pack: Pack, case: Case) -> dict[str, Any]:
    loan, filed = case.more.get("loan", {}), case.more.get("filed", {})
    disbursed_on, due_on, filed_on = (_day(loan.get(key)) for key in ("disbursed_on", "due_on", "filed_on"))
    amount = amount_fen(loan["amount"]) if "amount" in loan else None
    used = {kind: value if kind == "banks_per_firm_year" else amount_fen(value) for kind, value in filed.items()}
    rate, premium = (100 * ratio_bp(loan[key]) if key in loan else None for key in ("rate", "premium_rate"))
    asked = Asked(
        amount, annual_rate_ppm=rate, premium_rate_ppm=premium, is_insured=loan.get("security") == "insurance",
        disbursed_on=disbursed_on, due_on=due_on, filed_on=filed_on, used=used,
    )  # fmt: skip
    found = rooms(pack.scheme, asked)
    refused = [room.code for room in found if room.outcome.value == "not_met"]
    fits = fitting_fen(found, amount) if amount is not None else None
    over = None if amount is None or fits is None else amount - fits
    return {"refused": refused[0] if refused else "none", "fits": fits, "over": over}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _breaker(pack: Pack, case: Case) -> dict[str, Any]:
    measured = {name: amount_fen(value) for name, value in case.more["measured"].items()}
    wanted = case.more["breaker"]
    states = [breaker_state(one, measured) for one in pack.scheme.breakers if wanted in {"all", one.id}]
    return {"state": strongest(states)}


def _clock(pack: Pack, case: Case) -> dict[str, Any]:
    events = {name: date.fromisoformat(day) for name, day in case.more["events"].items()}
    opening = claim_opening(pack.scheme.claim, events)
    return {"opens_on": opening.opens_on.isoformat() if opening.opens_on else "none", "missing": list(opening.missing)}


def _fee(pack: Pack, case: Case) -> dict[str, Any]:
    asked = case.more["fee"]
    table = fee_table(pack.scheme.fees, asked["kind"], case.on)
    gross = amount_fen(asked["gross"])
    fee = fee_fen(table, gross, Fraction(gross * ratio_bp(asked["share"]), 10_000)) if table else None
    return {"fee": "unknown" if fee is None else fee}


def _budget(pack: Pack, case: Case) -> dict[str, Any]:
    asked = dict(case.more["budget"])
    party = asked.pop("layer")
    layer, cap = pack.scheme.layers[party], year_cap_fen(pack.scheme, party)
    amounts = {name: amount_fen(value) for name, value in asked.items()}
    opening, outstanding = amounts.pop("opening", 0), amounts.pop("outstanding", 0)
    money = layer_money(layer, cap, opening, LayerBooks(**{f"{name}_fen": fen for name, fen in amounts.items()}))
    if money is None:
        return {"available": "unknown"}
    found = {name.removesuffix("_fen"): fen for name, fen in vars(money).items()}
    if layer.reserve:
        gap = reserve_gap(layer.reserve, money.closing_fen, outstanding)
        found |= {"reserve_short": gap.short_fen, "reserve_above": gap.above_fen}
    return found


def _replaced(pack: Pack, case: Case) -> dict[str, Any]:
    days = {key: date.fromisoformat(day) for key, day in case.more["replaces"].items()}
    return {"governed": "here" if takes_over(pack, **days) else "predecessor"}


def _amounts(_: Pack, case: Case) -> dict[str, Any]:
    return {"difference": amount_fen(case.more["lent"]) - amount_fen(case.more["counted"])}


_KINDS: Mapping[str, Callable[[Pack, Case], dict[str, Any]]] = {
    "breaker": _breaker,
    "events": _clock,
    "fee": _fee,
    "budget": _budget,
    "replaces": _replaced,
    "lent": _amounts,
}


def source_of(case: Case) -> dict[str, Any]:
    """Return a settlement case in the JSON form of `yulin pool settle`."""
    more = case.more
    loan, loss, book = (dict(more.get(key) or {}) for key in ("loan", "loss", "book"))
    loan_own = {key: loan[key] for key in loan if key not in {"amount", "x_shares"}}
    shares = {party: ratio_bp(share) for party, share in loan.get("x_shares", {}).items()}
    source: dict[str, Any] = {
        "on": case.on.isoformat(),
        "borrower": {key: _plain(value) for key, value in (more.get("borrower") or {}).items()},
        "loan": {**loan_own, "x_shares_bp": shares},
        "loss": _loss(loss),
        "book": {f"{key}_fen": amount_fen(value) for key, value in book.items() if key != "other_public"},
        "recoveries": [
            {f"{key}_fen": amount_fen(value) for key, value in part.items()} for part in more.get("recoveries", ())
        ],
    }
    if "amount" in loan:
        source["loan"]["amount_fen"] = amount_fen(loan["amount"])
    if "other_public" in book:
        source["book"]["other_public_fen"] = {party: amount_fen(value) for party, value in book["other_public"].items()}
    return source


def _loss(loss: Mapping[str, Any]) -> dict[str, int]:
    found = {f"{key}_fen": amount_fen(value) for key, value in loss.items() if key not in _NOT_MONEY}
    found |= {key: int(loss[key]) for key in ("interest_days", "days_to_next_date") if key in loss}
    if "annual_rate" in loss:
        found["annual_rate_ppm"] = ratio_bp(loss["annual_rate"]) * 100
    return found


def _plain(value: Any) -> Any:
    """Return a borrower's fact: an amount in fen where it is written as one, else the value itself."""
    return amount_fen(value) if isinstance(value, str) and value[-1:] in {"万", "亿"} else value


def amount_fen(value: Any) -> int:
    """Read an amount of a case in fen.

    >>> amount_fen("500.01万"), amount_fen(7), amount_fen("1_234.50")
    (500010000, 700, 123450)
    """
    return parse_fen(str(value).replace("_", "")).fen


def ratio_bp(value: Any) -> int:
    """Read a ratio of a case in basis points.

    >>> ratio_bp("50.01%")
    5001
    """
    return int(Fraction(str(value).removesuffix("%")) * 100)


def _differences(expected: Any, found: Any, path: tuple[str, ...]) -> Iterator[Difference]:
    of = " · ".join(path)
    if isinstance(expected, Mapping):
        for key, value in expected.items():
            if not isinstance(found, Mapping) or key not in found:
                known = "、".join(found) if isinstance(found, Mapping) else _said(found)
                yield Difference(" · ".join((*path, key)), str(value), f"– ({known})")
            else:
                yield from _differences(value, found[key], (*path, key))
    elif isinstance(expected, list):
        if not isinstance(found, list) or len(expected) != len(found):
            yield Difference(of, str(expected), _said(found))
            return
        for i, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from _differences(one, other, (*path, str(i + 1)))
    elif not _same(expected, found):
        is_whole = isinstance(expected, int) and not isinstance(expected, bool)
        yield Difference(of, f"{expected:_}" if is_whole else str(expected), _said(found))


def _same(expected: Any, found: Any) -> bool:
    if isinstance(found, int) and not isinstance(found, bool):
        return str(expected)[:1].isdigit() and amount_fen(expected) == found
    return str(expected) == str(found)


def _said(found: Any) -> str:
    """Return what was found as a case writes it: whole ten thousands of the currency, or units.

    >>> _said(123_456_78), _said(3_000_000_00), _said([500_00, "none"]), _said("45%")
    ('123_456.78', '300万', '[500.00, none]', '45%')
    """
    if isinstance(found, int) and not isinstance(found, bool):
        return (
            f"{found // 1_000_000:_}万"
            if found and found % 1_000_000 == 0
            else f"{Decimal(found) / 100:,.2f}".replace(",", "_")
        )
    if isinstance(found, list):
        return f"[{', '.join(map(_said, found))}]"
    if isinstance(found, Mapping):
        return f"{{{', '.join(f'{key}: {_said(value)}' for key, value in found.items())}}}"
    return str(found)
