"""Benefits paid without an application (免申即享): which policy allows it, who is entitled, what the ledger books.

A policy can be paid so only where its criteria are decided by data alone and it names the amount of a firm: a ceiling
or a share is not an amount, an unknown amount is never zero. A firm of which a fact is unknown, or contested by the
firm, is not dropped: it goes the short way with what is missing (快申快享).

Invariant: a list is frozen with the facts and clauses that decided it under one hash; a firm has one award under a
policy and period; the ledger books each award once, under keys that name it.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.brain.core.check_up import Line, Standing
from yulin.brain.core.criteria import person_rows
from yulin.brain.core.criteria_reading import Criterion
from yulin.brain.core.policies import Part
from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import TransferKind
from yulin.pool.core.words import cited_clause
from yulin.rules.core.pack import Pack

FIRMS_WORD = "企业申报"  # the vocabulary's source of what a firm says of itself


class BatchState(StrEnum):
    """Where a batch is on its way: proposed by one person, returned or put under public notice by another."""

    PROPOSED = "proposed"
    RETURNED = "returned"
    NOTICED = "noticed"


class AwardState(StrEnum):
    """How far the award of one firm has come."""

    LISTED = "listed"
    DROPPED = "dropped"
    NOTICED = "noticed"
    REMOVED = "removed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RELEASED = "released"
    PAID = "paid"


# Whoever has one of these has had its turn of the period.
STANDING = frozenset(AwardState) - {AwardState.DROPPED, AwardState.REMOVED}
OPEN_TO_OBJECTION = frozenset({AwardState.NOTICED, AwardState.ACCEPTED, AwardState.DECLINED})
BATCH_WORDS: Mapping[BatchState, tuple[str, Text]] = MappingProxyType(
    {
        BatchState.PROPOSED: ("warn", Text("待复核", "Waits for a check")),
        BatchState.RETURNED: ("bad", Text("已退回", "Returned")),
        BatchState.NOTICED: ("ok", Text("已公示", "Under notice or after it")),
    }
)
AWARD_WORDS: Mapping[AwardState, tuple[str, Text]] = MappingProxyType(
    {
        AwardState.LISTED: ("idle", Text("待复核", "Listed, to be checked")),
        AwardState.DROPPED: ("idle", Text("批次退回", "Its batch was returned")),
        AwardState.NOTICED: ("warn", Text("待企业确认", "The firm's answer is awaited")),
        AwardState.REMOVED: ("bad", Text("异议成立，移出", "Taken out: an objection holds")),
        AwardState.ACCEPTED: ("warn", Text("已确认账户，待放款", "Account confirmed, to be released")),
        AwardState.DECLINED: ("idle", Text("企业放弃", "Declined by the firm")),
        AwardState.RELEASED: ("warn", Text("已放款，待银行付款", "Released, with the bank")),
        AwardState.PAID: ("ok", Text("已付款", "Paid")),
    }
)


class Rhythm(StrEnum):
    """How often a policy pays one firm."""

    YEAR = "year"
    ONCE = "once"


def period_of(rhythm: Rhythm, on: date) -> str:
    """Return the period of an award: nobody is paid twice within one.

    >>> period_of(Rhythm.YEAR, date(2022, 1, 19)), period_of(Rhythm.ONCE, date(2022, 1, 19))
    ('2022', 'once')
    """
    return str(on.year) if rhythm is Rhythm.YEAR else rhythm.value


_CEILING = re.compile(r"最高|最多|上限|不超过|不高于|封顶|至多|以内|百分之|[%％‰]|比例|按.{0,20}(?:给予|核定|分档)")
_SENTENCE = re.compile(r"[^。；;\n]+")


def ceiling_words(parts: Iterable[Part]) -> str:
    """Return the words by which a policy's amount is a ceiling or a share, or nothing where it is the amount of a firm.

    >>> ceiling_words([("amount", "给予一次性奖励10万元。")])
    ''
    >>> ceiling_words([("amount", "按研发费用的5%给予补助，最高50万元。")])
    '按研发费用的5%给予补助，最高50万元'
    """
    said = list(parts)
    amounts = [text for name, text in said if name == "amount"] or [text for name, text in said if name != "conditions"]
    sentences = [one.group().strip() for text in amounts for one in _SENTENCE.finditer(text) if "元" in one.group()]
    return next((one for one in sentences if _CEILING.search(one)), "")


def what_keeps_out(rows: Sequence[Criterion], pack: Pack, parts: Iterable[Part], amount_fen: int | None) -> list[Text]:
    """Return why a policy cannot be paid without an application; empty where it can."""
    found = [
        Text(f"须人工核对：“{one.quote}”", f"a person has to look at “{one.quote}”") for one in person_rows(rows)[:3]
    ]
    asked = {fact.name: fact for fact in (pack.fact(slot) for slot in pack.slots) if fact.source == FIRMS_WORD}
    found += [
        Text(f"“{fact.label.zh}”只有企业自己申报", f"only the firm itself says its “{fact.label.en}”")
        for fact in asked.values()
    ]
    if amount_fen is None:
        found.append(Text("金额不明", "the amount is unknown"))
    elif words := ceiling_words(parts):
        found.append(Text(f"金额只是上限或比例：“{words}”", f"the amount is only a ceiling or a share: “{words}”"))
    return found


@dataclass(frozen=True)
class FactKept:
    """One fact that decided: its public name, value and source, and since when it holds."""

    name: str
    value: Any
    source: str
    since: str


@dataclass(frozen=True)
class ClauseKept:
    """One condition that the firm meets: its clause and the document's words."""

    clause: str
    words: str


@dataclass(frozen=True)
class Entitled:
    """A firm that meets every condition, with what decided."""

    firm_id: int
    identifier: str
    facts: tuple[FactKept, ...]
    clauses: tuple[ClauseKept, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON, without the database's number."""
        return {
            "identifier": self.identifier,
            "facts": [dict(vars(one)) for one in self.facts],
            "clauses": [dict(vars(one)) for one in self.clauses],
        }


@dataclass(frozen=True)
class Open:
    """A firm of which something that decides is unknown or contested, by the facts' public names."""

    firm_id: int
    identifier: str
    missing: tuple[str, ...]
    contested: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON, without the database's number."""
        return {"identifier": self.identifier, "missing": list(self.missing), "contested": list(self.contested)}


@dataclass(frozen=True)
class Subject:
    """A firm to decide: what is kept of each known fact by public names, and which of them it contests."""

    firm_id: int
    identifier: str
    known: Mapping[str, FactKept]
    contested: frozenset[str]


def sorted_out(subject: Subject, line: Line) -> Entitled | Open | None:
    """Return a firm with its award's grounds, or with what is open, or None where the policy is not for it.

    A contested value decides neither for nor against: whoever it concerns is open.
    """
    findings = line.found.findings
    read = tuple(dict.fromkeys(name for one in findings for name in one.facts))
    contested = tuple(name for name in read if name in subject.contested)
    if line.standing is Standing.MET and not contested:
        return Entitled(
            subject.firm_id,
            subject.identifier,
            tuple(subject.known[name] for name in read if name in subject.known),
            tuple(ClauseKept(cited_clause(one.clause).zh, one.text.zh if one.text else one.id) for one in findings),
        )
    fails = [one for one in findings if one.outcome is Outcome.NOT_MET and not subject.contested & set(one.facts)]
    if not fails and (line.standing is Standing.UNKNOWN or contested):
        return Open(subject.firm_id, subject.identifier, line.unknown, contested)
    return None


def content_hash(about: Mapping[str, Any], entitled: Iterable[Mapping[str, Any]], opened: Iterable[Any]) -> str:
    """Return the hash of a list: what it is about, each firm with facts and clauses, and those that are open."""

    def by_code(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return sorted(rows, key=lambda one: one["identifier"])

    said = {"about": dict(about), "entitled": by_code(entitled), "open": by_code(opened)}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


_ACCOUNT, _BANK_CODE = re.compile(r"[0-9A-Za-z]{6,34}"), re.compile(r"[0-9]{12}")


@dataclass(frozen=True)
class PayeeAccount:
    """The account that a firm names for its award."""

    name: str
    account: str
    bank_code: str


def what_is_wrong(given: PayeeAccount, firm_name: str) -> Text | None:
    """Return why an account cannot be paid, or None; an award is paid to its firm's own account.

    >>> what_is_wrong(PayeeAccount("示例公司", "440100001", "102581000013"), "示例 公司")
    >>> what_is_wrong(PayeeAccount("示例人", "440100001", "102581000013"), "示例公司").en
    'the holder is not “示例公司”'
    """
    if _plain(given.name) != _plain(firm_name):
        return Text(f"户名不是“{firm_name}”", f"the holder is not “{firm_name}”")
    if not _ACCOUNT.fullmatch(given.account):
        return Text("账号须为6至34位数字或字母", "an account number has 6 to 34 digits or letters")
    if not _BANK_CODE.fullmatch(given.bank_code):
        return Text("联行号须为12位数字", "a bank code has 12 digits")
    return None


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


@dataclass(frozen=True)
class AwardMoney:
    """Which accounts the awards of a policy touch, and what is booked there."""

    policy_id: int

    @property
    def scheme_id(self) -> str:
        """Under which name the ledger keeps the policy's accounts.

        >>> AwardMoney(7).budget
        'awards-7:budget'
        """
        return f"awards-{self.policy_id}"

    @staticmethod
    def policy_of(scheme_id: str) -> int:
        """Return the policy whose money has that name; 0 where it is none's.

        >>> AwardMoney.policy_of("awards-7"), AwardMoney.policy_of("gz-credit-2021")
        (7, 0)
        """
        number = scheme_id.removeprefix("awards-")
        return int(number) if number.isascii() and number.isdecimal() else 0

    @property
    def funding(self) -> str:
        """Where the money comes from."""
        return f"{self.scheme_id}:funding"

    @property
    def budget(self) -> str:
        """The money of the policy's awards."""
        return f"{self.scheme_id}:budget"

    def granted(self, batch_id: int, amount_fen: int, on: date, about: str) -> NewTransfer:
        """Return the grant of a batch's money to the budget."""
        key = f"award-batch:{batch_id}:granted"
        return NewTransfer(key, TransferKind.POSTED, self.funding, self.budget, amount_fen, on, reason=about)

    def payee(self, house_id: int) -> str:
        """Return the account that says what a firm was paid under the policy."""
        return f"{self.scheme_id}:partner-{house_id}"

    def held(self, award: int, turn: int, house_id: int, amount_fen: int, on: date) -> NewTransfer:
        """Return the hold of an award on the policy's money, from the day on which its firm has confirmed."""
        return NewTransfer(
            hold_key(award, turn), TransferKind.HOLD, self.budget, self.payee(house_id), amount_fen, on,
            reason=f"award {award}",
        )  # fmt: skip


def hold_key(award: int, turn: int) -> str:
    """Return the key of the hold of an award; a firm that confirms again after it had declined is held anew.

    >>> hold_key(3, 1)
    'award:3:hold:1'
    """
    return f"award:{award}:hold:{turn}"


def given_back(award: int, turn: int, on: date) -> NewTransfer:
    """Return what gives the held money of an award back to the budget."""
    return NewTransfer(
        f"award:{award}:void:{turn}", TransferKind.VOID, value_on=on, hold_key=hold_key(award, turn),
        reason=f"award {award}",
    )  # fmt: skip


def award_paid(award: int, turn: int, amount_fen: int, on: date, reference: str) -> NewTransfer:
    """Return what a payment books: the hold posted whole, once.

    >>> award_paid(3, 1, 100, date(2022, 1, 28), "B-9").key
    'award:3:paid'
    """
    return NewTransfer(
        f"award:{award}:paid", TransferKind.POST, amount_fen=amount_fen, value_on=on, hold_key=hold_key(award, turn),
        reason=f"award {award}", facts={"reference": reference},
    )  # fmt: skip
