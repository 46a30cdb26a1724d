"""The true-sale pre-flight (出表预检): every item of the rule pack on a package and its debts, with its article.

What the bank declares, what the papers prove and what the book knows are put before the pack together. An item that
nobody has answered is open, never met. An item that reads a debt's own facts is judged debt by debt.

Invariant: a package passes when every item is met for every debt; one debt's failure names that debt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yulin.base.outcome import Outcome, all_of
from yulin.base.text import Text
from yulin.pool.core.assignment.kinds import KIND_LAWS
from yulin.pool.core.returns import CLASS_NAMES
from yulin.pool.core.words import cited_clause
from yulin.pool.enums import AssignmentKind, FiveClass, TransfereeKind
from yulin.rules.core.assess import assess
from yulin.rules.core.findings import Finding
from yulin.rules.core.pack import Pack

PACK_ID = "debt-transfer-2012"
DECLARED: Mapping[str, Text] = {
    "is_true_sale": Text("风险与报酬是否全部转移（真实出售）", "Are all risks and rewards transferred (true sale)?"),
    "has_buy_back_promise": Text(
        "是否附回购或差额补足承诺", "Is there a promise to buy back or to make up a shortfall?"
    ),
    "has_hidden_guarantee": Text("出让方是否提供显性或隐性担保", "Does the seller give an open or hidden guarantee?"),
}
"""What only the bank can say of its contract, by fact."""
_OF_A_DEBT = frozenset({"five_class"})
_WITHOUT_TITLE = frozenset({"contract", "notice"})


@dataclass(frozen=True)
class Transfer:
    """A package as the pre-flight sees it; `answers` are the declared facts, None where not answered."""

    kind: AssignmentKind
    transferee_kind: TransfereeKind | None
    debt_count: int
    transferred_on: date | None
    answers: Mapping[str, bool | None] = field(default_factory=dict)
    has_contract: bool = False
    all_notified: bool = False

    def facts(self, five_class: str) -> dict[str, Any]:
        """Return the facts of one debt in this package; what is not known is left out."""
        known: dict[str, Any] = {
            **{name: self.answers.get(name) for name in DECLARED},
            "has_contract_signed": self.has_contract or None,
            "has_debtor_notice": self.all_notified or None,
            "transferee_kind": self.transferee_kind.value if self.transferee_kind else None,
            "debt_count": self.debt_count,
            "transferred_on": self.transferred_on,
            "five_class": five_class or None,
            "is_personal_debt": False,  # the pool insures loans to firms alone
            "is_retransfer": False,
        }
        return {name: value for name, value in known.items() if value is not None}


@dataclass(frozen=True)
class Item:
    """One item of the pre-flight: its article, its text, how it stands, and the debts that it stands against."""

    id: str
    clause: str
    text: Text
    outcome: Outcome
    of_debts: bool
    debts: tuple[int, ...] = ()

    @property
    def article(self) -> Text:
        """The article as people cite it."""
        return cited_clause(self.clause)

    def plain(self) -> dict[str, Any]:
        """Return the item as it is kept with a request."""
        words = {"zh": self.text.zh, "en": self.text.en}
        return {"id": self.id, "clause": self.clause, "text": words, "outcome": self.outcome.value}


@dataclass(frozen=True)
class Preflight:
    """Every item, in the pack's order, and the version that said so."""

    pack: str
    version: str
    title: Text
    document: str
    items: tuple[Item, ...]

    @property
    def outcome(self) -> Outcome:
        """Return how the package stands as a whole."""
        return all_of(item.outcome for item in self.items)

    @property
    def blocking(self) -> tuple[Item, ...]:
        """Return the items that stand against it."""
        return tuple(item for item in self.items if item.outcome == Outcome.NOT_MET)

    @property
    def open(self) -> tuple[Item, ...]:
        """Return the items that nobody has answered yet."""
        return tuple(item for item in self.items if item.outcome == Outcome.UNKNOWN)

    def of_debt(self, key: int) -> tuple[Item, ...]:
        """Return the items that stand against one debt, or are open for it."""
        return tuple(item for item in self.items if key in item.debts)

    def plain(self) -> dict[str, Any]:
        """Return the pre-flight as it is kept with a request."""
        title = {"zh": self.title.zh, "en": self.title.en}
        items = [item.plain() for item in self.items]
        kept = {"pack": self.pack, "version": self.version, "title": title, "document": self.document}
        return kept | {"items": items}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Preflight:
        """Return the pre-flight that was kept with a request."""
        items = tuple(
            Item(one["id"], one["clause"], Text(**one["text"]), Outcome(one["outcome"]), of_debts=False)
            for one in kept["items"]
        )
        return cls(kept["pack"], kept["version"], Text(**kept["title"]), kept["document"], items)


def preflight(pack: Pack, transfer: Transfer, five_classes: Mapping[int, str], on: date) -> Preflight:
    """Return the pre-flight of a package on a day; `five_classes` is each debt's class by the debt's key.

    **Raises** RULES.PACK.NOT_IN_FORCE.
    """
    findings = {
        five_class: _findings(pack, transfer, five_class, on) for five_class in sorted({*five_classes.values()} or {""})
    }
    leaves = KIND_LAWS[transfer.kind].leaves_balance_sheet
    names = [name for name in next(iter(findings.values())) if leaves or name in _WITHOUT_TITLE]
    items = tuple(_item(name, {key: found[name] for key, found in findings.items()}, five_classes) for name in names)
    return Preflight(pack.id, pack.version, pack.title, pack.document, items)


def debt_items(pack: Pack, five_class: str, on: date) -> dict[str, tuple[Text, Outcome]]:
    """Return the items that a debt's own facts decide, for the plan: what is the package's business is left out.

    **Raises** RULES.PACK.NOT_IN_FORCE.
    """
    transfer = Transfer(AssignmentKind.TO_AMC, None, 1, on)
    found = _findings(pack, transfer, five_class, on)
    of_debt = {name: finding for name, finding in found.items() if _OF_A_DEBT & {*finding.facts}}
    return {name: (_said(finding, five_class), finding.outcome) for name, finding in of_debt.items()}


def _findings(pack: Pack, transfer: Transfer, five_class: str, on: date) -> dict[str, Finding]:
    assessment = assess(pack, transfer.facts(five_class), on)
    return {finding.id.rpartition(".")[2]: finding for finding in assessment.findings}


def _item(name: str, findings: Mapping[str, Finding], five_classes: Mapping[int, str]) -> Item:
    first = next(iter(findings.values()))
    of_debts = bool(_OF_A_DEBT & {*first.facts})
    worst = all_of(finding.outcome for finding in findings.values())
    against: Sequence[int] = ()
    if of_debts:
        against = [key for key, one in five_classes.items() if findings[one].outcome != Outcome.MET]
    return Item(name, first.clause, first.text or Text(name, name), worst, of_debts, tuple(against))


def _said(finding: Finding, five_class: str) -> Text:
    """Say what was found of a debt, then what the item asks for and where."""
    class_word = CLASS_NAMES[FiveClass(five_class)] if five_class else Text("未报", "not reported")
    needed = finding.text or Text(finding.id, finding.id)
    article = cited_clause(finding.clause)
    said = Text(
        "五级分类为%(found)s；预检要求%(needed)s（%(article)s）",
        "the class is %(found)s; the pre-flight asks for: %(needed)s (%(article)s)",
    )
    return said.with_values(found=class_word, needed=needed, article=article)
