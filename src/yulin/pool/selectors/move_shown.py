"""The report of a move as its page shows it: names for codes, differences by party, one page of loans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yulin.base.articles import article_en
from yulin.base.text import Text
from yulin.people.selectors import organisation_names
from yulin.pool.core.moving import REASONS
from yulin.pool.core.words import NO_CLAUSES, PARTIES, joined, party_word, percent_word
from yulin.rules.core.pack import Pack

SHOWN = ("moving", "staying")


@dataclass(frozen=True)
class PartyLine:
    """What one party would bear of a full loss of every moving loan, before and after."""

    name: Text
    before_fen: int
    after_fen: int
    opened_fen: int  # of the loans whose shares the old law left open

    @property
    def change_fen(self) -> int:
        """How much more it would bear."""
        return self.after_fen - self.before_fen


@dataclass(frozen=True)
class ReasonLine:
    """Why some loans stay."""

    words: Text
    loans: int
    amount_fen: int


@dataclass(frozen=True)
class BankLine:
    """How many loans of one bank move."""

    name: Text
    loans: int
    moving: int
    moving_fen: int


@dataclass(frozen=True)
class LoanLine:
    """One loan before and after; `reason` says what keeps it, None where it moves."""

    id: int
    number: str
    firm: str
    bank: Text
    amount_fen: int
    before: Text
    after: Text
    reason: Text | None


@dataclass(frozen=True)
class ReportShown:
    """A report with words for its codes."""

    report: Mapping[str, Any]
    parties: list[PartyLine]
    reasons: list[ReasonLine]
    banks: list[BankLine]
    loans: list[Mapping[str, Any]]  # as the report keeps them; `loan_lines` says a page of them in words


def report_shown(report: Mapping[str, Any], pack: Pack, *, show: str = "") -> ReportShown:
    """Return a report as the page shows it; `show` narrows the loans to those that move or stay."""
    names = _bank_names(each["bank_id"] for each in report["banks"])
    wanted = [one for one in report["loans"] if show not in SHOWN or (not one["reason"]) == (show == "moving")]
    return ReportShown(
        report=report,
        parties=_parties(report),
        reasons=[ReasonLine(_reason(each, pack), each["loans"], each["amount_fen"]) for each in report["reasons"]],
        banks=[
            BankLine(names[each["bank_id"]], each["loans"], each["moving"], each["moving_fen"])
            for each in report["banks"]
        ],
        loans=wanted,
    )


def loan_lines(loans: Sequence[Mapping[str, Any]], pack: Pack) -> list[LoanLine]:
    """Return some loans of a report in words."""
    names = _bank_names(one["bank_id"] for one in loans)
    return [_loan(one, names, pack) for one in loans]


def _bank_names(ids: Iterable[int]) -> dict[int, Text]:
    return {pk: bank.short_name for pk, bank in organisation_names(ids).items()}


def _parties(report: Mapping[str, Any]) -> list[PartyLine]:
    before, after, opened = report["before_fen"], report["after_fen"], report["opened_fen"]
    parties = sorted({*before, *after, *opened}, key=_paying_order)
    return [
        PartyLine(party_word(party), before.get(party, 0), after.get(party, 0), opened.get(party, 0))
        for party in parties
    ]


def _paying_order(party: str) -> tuple[bool, int, str]:
    """Put the public parties first and the bank last, as the words name them."""
    known = list(PARTIES)
    return party == "bank", known.index(party) if party in known else len(known), party


def _loan(one: Mapping[str, Any], names: Mapping[int, Text], pack: Pack) -> LoanLine:
    return LoanLine(
        id=one["id"],
        number=one["number"],
        firm=one["firm"],
        bank=names[one["bank_id"]],
        amount_fen=one["enrolled_amount_fen"],
        before=_shares(one["before"]),
        after=_shares(one["after"] or {}),
        reason=_reason(one, pack) if one["reason"] else None,
    )


def _shares(ratio_bp: Mapping[str, int]) -> Text:
    if not ratio_bp:
        return Text("未定", "open")
    said = [
        (party_word(party), percent_word(bp))
        for party, bp in sorted(ratio_bp.items(), key=lambda one: _paying_order(one[0]))
    ]
    return joined([Text(f"{name.zh}{share}", f"{name.en} {share}") for name, share in said], " · ", " · ")


def _reason(one: Mapping[str, Any], pack: Pack) -> Text:
    words = REASONS.get(one["reason"]) or Text(one["reason"], one["reason"])
    if one["because"]:
        return _with(words, [_condition(name, pack) for name in one["because"]])
    return _with(words, [pack.vocabulary.label(name) for name in one["missing"]]) if one["missing"] else words


def _with(words: Text, named: list[Text]) -> Text:
    listed = joined(named, "、")
    return Text(f"{words.zh}：{listed.zh}", f"{words.en}: {listed.en}")


def _condition(name: str, pack: Pack) -> Text:
    """Return a condition by its clause and its words; a clause whose number is not visible is left out."""
    row = next((each.row for each in pack.conditions.values() if each.row.id == name), None)
    if row is None:
        return Text(name, name)
    words = row.text or Text(row.id, row.id)
    if row.clause in NO_CLAUSES:
        return words
    return Text(f"{row.clause}（{words.zh}）", f"{article_en(row.clause)} ({words.en})")
