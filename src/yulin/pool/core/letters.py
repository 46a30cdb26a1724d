"""The confirmation letter's contents: parties, three amounts, who bears what, and the articles with their marks.

Invariant: amounts stand to the fen; the layers' parts sum to the enrolled amount; a number that nobody has verified is
marked so, and an open ratio is said to promise nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yulin.base.money import wan_text, yuan_text
from yulin.base.shares import split_ceiling, split_shares
from yulin.base.text import Text
from yulin.pool.core.words import (
    LIMITS,
    NOT_AVAILABLE,
    VERIFIED,
    clause_word,
    number_word,
    party_word,
    percent_word,
    rate_word,
)
from yulin.rules.core.pack import Pack, Row
from yulin.rules.core.scheme import Limit, Mode

EXACT_WAN_PLACES = 6  # one fen is a millionth of 万元
ROUNDING_WORDS: Mapping[str, Text] = {
    "ceiling": Text("除余额承担方外各方向下取整至分。", "Every party but the one that keeps the rest is rounded down."),
    "shares": Text("按份额分配，余分归小数最大者。", "Split by shares; left-over fen go to the largest fractions."),
}
_NO_TEXT = {"zh": "", "en": ""}


@dataclass(frozen=True)
class Article:
    """One row of law as a letter cites it."""

    row: Row
    says: Text


def full_loss_parts(ratio_bp: Mapping[str, int], amount_fen: int, *, rest: str, rounding: str) -> dict[str, int]:
    """Return what each party bears of a loss of the whole amount, the rest party last.

    **Rounding**: the pack's; the parts always sum to the amount.

    >>> full_loss_parts({"bank": 1000, "city": 5000, "district": 4000}, 333, rest="bank", rounding="ceiling")
    {'city': 166, 'district': 133, 'bank': 34}
    """
    named = {party: bp for party, bp in ratio_bp.items() if party != rest}
    if rounding == "shares":
        return split_shares(amount_fen, {**named, rest: ratio_bp.get(rest, 10_000 - sum(named.values()))})
    return split_ceiling(amount_fen, named, rest)


def in_paying_order(ratio_bp: Mapping[str, int], mode: Mode | None, layers: Iterable[str]) -> dict[str, int]:
    """Return ratios in the order in which the parties pay, the rest party last.

    >>> in_paying_order({"bank": 1000, "city": 5000, "district": 4000}, None, ("city", "district"))
    {'city': 5000, 'district': 4000, 'bank': 1000}
    """
    rest = mode.rest if mode else "bank"
    order = [*(mode.ratios if mode else ()), *layers, *sorted(ratio_bp)]
    found = {party: ratio_bp[party] for party in dict.fromkeys(order) if party in ratio_bp and party != rest}
    return found | ({rest: ratio_bp[rest]} if rest in ratio_bp else {})


def limit_says(limit: Limit, currency: str) -> Text:
    """Return a limit in words: what it is over, and its number, or that none was found."""
    name = LIMITS.get(limit.kind, Text(limit.kind, limit.kind))
    if limit.by is not None:
        rate = rate_word(limit.by)
        return Text(f"{name.zh}不超过{rate.zh}（按放款日）", f"{name.en}: at most {rate.en}, on the day of lending")
    if limit.at_most is None and limit.at_least is None:
        return Text(f"{name.zh}：{NOT_AVAILABLE.zh}", f"{name.en}: {NOT_AVAILABLE.en}")
    number = number_word(limit.unit, limit.at_least if limit.at_most is None else limit.at_most, currency)  # type: ignore[arg-type]  # one of the two is there
    zh, en = ("至少", "at least") if limit.at_most is None else ("不超过", "at most")
    return Text(f"{name.zh}{zh}{number.zh}", f"{name.en}: {en} {number.en}")


def ratio_says(party: str, bp: int | None, row: Row) -> Text:
    """Return a row that gives a ratio in words: its own, or the party and the number."""
    if row.text is not None:
        return row.text
    name = party_word(party)
    if bp is None:
        return Text(f"{name.zh}：{NOT_AVAILABLE.zh}", f"{name.en}: {NOT_AVAILABLE.en}")
    return Text(f"{name.zh}分担{percent_word(bp)}", f"{name.en} bears {percent_word(bp)}")


def articles_of(pack: Pack, mode: Mode | None, ratio_rows: Iterable[tuple[str, int | None, Row]]) -> list[Article]:
    """Return the rows of law that a confirmation rests on: eligibility, limits, loss base, ratios; each row once."""
    found = [Article(one.row, one.row.text or Text(one.that.text, one.that.text)) for one in pack.conditions.values()]
    found += [Article(one.row, limit_says(one, pack.currency)) for one in pack.scheme.limits.values()]
    found += [Article(row, ratio_says(party, bp, row)) for party, bp, row in ratio_rows]
    if mode and mode.all_layers:
        most = percent_word(mode.all_layers.at_most_bp)
        says = mode.all_layers.row.text or Text(f"各层合计不超过{most}", f"All public layers together at most {most}")
        found.append(Article(mode.all_layers.row, says))
    return list({id(one.row): one for one in found}.values())


def article_json(article: Article) -> dict[str, Any]:
    """Return one article for the letter's template."""
    return {
        "clause": text_json(clause_word(article.row)),
        "says": text_json(article.says),
        "mark": mark_json(article.row.verified),
    }


def mark_json(verified: str) -> dict[str, str]:
    """Return how well a number is verified: its state and its words."""
    zh, en = ("未核实", "not verified") if verified == "no" else (VERIFIED[verified].zh, VERIFIED[verified].en)
    return {"state": verified, "zh": zh, "en": en}


def text_json(text: Text) -> dict[str, str]:
    """Return a text for the letter's template; an English line that repeats the Chinese is left out."""
    return {"zh": text.zh, "en": "" if text.en == text.zh else text.en}


def amount_json(fen: int) -> dict[str, str]:
    """Return an amount to the fen, in yuan and in 万元.

    >>> amount_json(328_461_743)
    {'yuan': '3,284,617.43', 'wan': '328.461743'}
    """
    return {"yuan": yuan_text(fen), "wan": wan_text(fen, EXACT_WAN_PLACES)}


def layers_json(ratio_bp: Mapping[str, int], amount_fen: int, *, rest: str, rounding: str) -> list[dict[str, Any]]:
    """Return who bears what, for the letter's template; empty where the ratio is open."""
    if not ratio_bp:
        return []
    parts = full_loss_parts(ratio_bp, amount_fen, rest=rest, rounding=rounding)
    return [
        {"name": text_json(party_word(party)), "ratio": percent_word(bp), **amount_json(parts.get(party, 0))}
        for party, bp in ratio_bp.items()
    ]


def interval_words(since: date, until: date | None) -> Text:
    """Return a version's half-open interval in words.

    >>> interval_words(date(2021, 7, 1), date(2025, 10, 1)).zh
    '自2021-07-01起，至2025-10-01止（不含当日）'
    """
    if until is None:
        return Text(f"自{since}起", f"from {since}")
    return Text(f"自{since}起，至{until}止（不含当日）", f"from {since} until {until} (that day not included)")


def state_json(state: str, closed_on: object) -> dict[str, str]:
    """Return what stands above a letter that no longer is in force; nothing otherwise."""
    if state == "revoked":
        return {"zh": "已撤销，本确认书失效", "en": "Revoked: this letter is void"}
    if state == "closed":
        return {"zh": f"已结清（{closed_on or '日期未填'}）", "en": f"Closed ({closed_on or 'day not given'})"}
    return dict(_NO_TEXT)


def weakest(marks: Sequence[str]) -> str:
    """Return the weakest of several degrees of verification.

    >>> weakest(["yes", "partly", "no", "yes"])
    'no'
    """
    return next((mark for mark in ("no", "partly") if mark in marks), "yes")
