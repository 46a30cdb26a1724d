"""Every read of insurers' subsidies: one year with its claims and decisions, and what may be done about it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.core.insurance import (
    ExcessLossRule,
    SubsidyVerdict,
    excess_fen,
    excess_loss,
    subsidy_payer,
    subsidy_verdict,
)
from yulin.pool.core.postings import partner_account
from yulin.pool.core.words import party_word, percent_word
from yulin.pool.enums import SubsidyState
from yulin.pool.models import ExcessSubsidy
from yulin.pool.selectors.insurers import CountedClaim, InsurerLine, counted_claims, insurance_year, insurer_line

SUBSIDY_STATES: Mapping[SubsidyState, tuple[str, Text]] = {
    SubsidyState.DECIDED: ("warn", Text("待确认", "To be confirmed")),
    SubsidyState.HELD: ("ok", Text("待拨付", "To be paid")),
    SubsidyState.SENT: ("warn", Text("拨付中", "With the bank")),
    SubsidyState.PAID: ("ok", Text("已拨付", "Paid")),
    SubsidyState.FAILED: ("bad", Text("付款失败", "Payment failed")),
    SubsidyState.UNDONE: ("idle", Text("已撤销", "Undone")),
}
UNDOABLE = frozenset({SubsidyState.DECIDED.value, SubsidyState.HELD.value, SubsidyState.FAILED.value})
VERDICTS: Mapping[SubsidyVerdict, tuple[str, Text]] = {
    SubsidyVerdict.DUE: ("warn", Text("可决定", "To be decided")),
    SubsidyVerdict.YEAR_RUNS: ("idle", Text("年度未结束", "Year not over")),
    SubsidyVerdict.NO_PREMIUM: ("bad", Text("未申报保费", "No premiums stated")),
    SubsidyVerdict.NOTHING: ("idle", Text("无超额", "Nothing above")),
    SubsidyVerdict.NO_PAYER: ("bad", Text("方案未定承担方", "No layer bears it")),
}


@dataclass(frozen=True)
class SubsidyCase:
    """One insurer's year under one scheme, as its page shows it."""

    line: InsurerLine
    claims: list[CountedClaim]
    decisions: list[ExcessSubsidy]  # the latest first
    verdict: SubsidyVerdict

    @property
    def standing(self) -> ExcessSubsidy | None:
        """The subsidy that stands."""
        return self.line.subsidy

    @property
    def state(self) -> tuple[str, Text]:
        """Where the year stands, as a verdict."""
        return SUBSIDY_STATES[SubsidyState(self.standing.state)] if self.standing else VERDICTS[self.verdict]

    @property
    def level_fen(self) -> int:
        """The claims at which the level is reached, rounded down."""
        return self.line.year.premium_fen * self.line.rule.level_bp // 10_000

    @property
    def above_fen(self) -> int:
        """What lies above the level, rounded down; nothing without premium."""
        return int(excess_fen(self.line.year, self.line.rule.level_bp)) if self.line.year.premium_fen else 0

    @property
    def share(self) -> str:
        """Finance's share of it."""
        return percent_word(self.line.rule.subsidy_bp)

    @property
    def payer(self) -> Text:
        """The layer that bears it."""
        party = self.standing.party if self.standing else subsidy_payer(self.line.law.pack.scheme)
        return party_word(party) if party else Text("—", "—")

    @property
    def account(self) -> str:
        """The insurer's account under the scheme."""
        return partner_account(self.line.law.pack.id, self.line.insurer.pk)

    @property
    def is_changed(self) -> bool:
        """Whether premium and claims now give another amount than the subsidy that stands."""
        return self.standing is not None and self.standing.amount_fen != self.line.result.subsidy_fen

    def may_decide(self, actor: Actor) -> bool:
        """Tell whether the actor may decide now."""
        return actor.may(Action.DECIDE_SUBSIDIES) and not self.standing and self.verdict is SubsidyVerdict.DUE

    def may_confirm(self, actor: Actor) -> bool:
        """Tell whether the actor may confirm now."""
        one = self.standing
        is_open = one is not None and one.state == SubsidyState.DECIDED and one.decided_by_id != actor.user_id
        return is_open and actor.may(Action.CONFIRM_SUBSIDIES)

    def may_undo(self, actor: Actor) -> bool:
        """Tell whether the actor may undo now."""
        one = self.standing
        is_open = one is not None and one.state in UNDOABLE and one.confirmed_by_id != actor.user_id
        return is_open and actor.may(Action.DECIDE_SUBSIDIES)


def subsidy_case(actor: Actor, scheme_id: str, insurer_id: int, year: int, *, today: date) -> SubsidyCase:
    """Return one insurer's year. Raises: `POOL.SUBSIDY.NOT_FOUND`, also where it is somebody else's."""
    line = insurer_line(actor, (scheme_id, insurer_id, year), today=today)
    with scope(EVERYTHING):
        decisions = list(ExcessSubsidy.objects.filter(scheme_id=scheme_id, insurer_id=insurer_id, year=year))
        claims = counted_claims(scheme_id, insurer_id, year)
    return SubsidyCase(line, claims, decisions, subsidy_verdict(line.law.pack.scheme, line.year, year, today))


def subsidies_to_pay(scheme_id: str = "") -> list[ExcessSubsidy]:
    """Return the confirmed subsidies that no order may still pay, and that the year still gives, oldest first.

    One of which premiums and claims by now give less is held back: it has to be undone and decided anew.
    """
    waiting = [SubsidyState.HELD.value, SubsidyState.FAILED.value]
    rows = ExcessSubsidy.objects.filter(state__in=waiting).exclude(orders__outcome__in=["unknown", "paid"])
    rows = rows.filter(scheme_id=scheme_id) if scheme_id else rows
    found = list(rows.select_related("insurer").order_by("confirmed_on", "id"))
    return [one for one in found if one.amount_fen <= given_now(one)]


def given_now(subsidy: ExcessSubsidy) -> int:
    """Return what the premiums and claims of a subsidy's year give now, by the terms of its decision."""
    year = insurance_year(subsidy.scheme_id, subsidy.insurer_id, subsidy.year)
    return excess_loss(ExcessLossRule(subsidy.level_bp, subsidy.subsidy_bp), year).subsidy_fen
