"""Everything that one claim's page shows: the sheet, the checklist, the way and its terms, the bank's gauge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.ledger.enums import AccountKind
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.pool.core.breakers import BreakerState
from yulin.pool.core.caps import OTHER_PUBLIC
from yulin.pool.core.claims.checklist import CheckLine, defects_of
from yulin.pool.core.claims.deciding import ClaimSettlement, Deduction
from yulin.pool.core.claims.sheet import UNCOVERED, Sheet, SheetLine, read_sheet, sheet_of
from yulin.pool.core.claims.states import (
    HOLDER_NAMES,
    STATE_NAMES,
    STATE_VERDICTS,
    STEP_NAMES,
    TURNS,
    WAY,
    WITH_MONEY,
    ClaimStep,
)
from yulin.pool.core.claims.terms import TERM_NAMES, term_workdays
from yulin.pool.core.codes import Note
from yulin.pool.core.deciding import Law
from yulin.pool.core.postings import Place, partner_account
from yulin.pool.core.words import BODIES, place_name
from yulin.pool.enums import ClaimState, VoucherState
from yulin.pool.models import Claim, ClaimEvent, ClaimVisit, JointMeeting, NoticeObjection, Voucher
from yulin.pool.selectors.claim_case import claimant_gauges, law_of, settled
from yulin.pool.selectors.claim_parts import (
    Waiting,
    meeting_of_round,
    meetings_of,
    must_meet,
    visits_of,
    waiting_instalments,
)
from yulin.pool.selectors.claims import checklist_of, claim_for
from yulin.pool.selectors.notices import objections_to
from yulin.pool.selectors.vouchers import shortages

VOUCHER_NAMES: Mapping[str, tuple[str, Text]] = {
    VoucherState.HELD: ("idle", Text("待拨付", "To be paid")),
    VoucherState.QUEUED: ("warn", Text("预算排队", "Queued for budget")),
    VoucherState.SENT: ("idle", Text("已发银行", "Sent to the bank")),
    VoucherState.PAID: ("ok", Text("已付", "Paid")),
    VoucherState.FAILED: ("bad", Text("付款失败", "Payment failed")),
    VoucherState.VOID: ("idle", Text("已作废", "Void")),
}
_NO_ORGANISATION = Text(
    "未登记机构：由管理机构记其账户并拨付",
    "no organisation is registered: the manager keeps its account and pays from it",
)
_NOT_NAMED = Text("贷款未指明机构", "the loan names no organisation")
_MOST_PERCENT = 100


_ONE_FEN = 10_000  # in fen times basis points: rounding alone changes no share


@dataclass(frozen=True)
class LedgerEntry:
    """One voucher's transfer as a reader finds it: on which account, since which day."""

    voucher: Voucher
    account: str

    @property
    def name(self) -> Text:
        """Who pays."""
        return place_name(Place.of("", self.voucher.party, self.voucher.district_code).code)

    @property
    def since(self) -> str:
        """The day from which the statement shows it."""
        on = self.voucher.paid_on or self.voucher.claim.decided_on
        return on.isoformat() if on else ""


@dataclass(frozen=True)
class PartyLine:
    """One party's line of the sheet with its vouchers."""

    line: SheetLine
    vouchers: tuple[Voucher, ...]
    who: Text | None = None  # the organisation, where the enrolment names it
    total_fen: int = 0  # of the whole sheet

    @property
    def borne_bp(self) -> int:
        """What the party bears of the whole: its ratio, unless a cap, a deduction or other public money changed it."""
        ratio, amount = self.line.ratio_bp, self.line.amount_fen
        if not self.total_fen or (ratio is not None and abs(amount * 10_000 - ratio * self.total_fen) <= _ONE_FEN):
            return ratio or 0
        return (amount * 20_000 + self.total_fen) // (2 * self.total_fen)  # half up: floors would not look whole

    @property
    def is_changed(self) -> bool:
        """Whether the party bears another part than its ratio."""
        return self.line.ratio_bp is not None and self.borne_bp != self.line.ratio_bp

    @property
    def percent(self) -> str:
        """The share as a number of the bar."""
        return f"{self.borne_bp / 100:g}"

    @property
    def kind(self) -> str:
        """Which pattern the share has."""
        return self.line.bar

    @property
    def name(self) -> Text:
        """What the party is called."""
        return self.line.name

    @property
    def nobody(self) -> Text | None:
        """What is said of a body that no organisation stands for: who pays its part, or that the loan names nobody."""
        if self.who is not None or self.line.party not in BODIES or self.line.kind == UNCOVERED:
            return None
        return _NO_ORGANISATION if self.line.kind == "public" else _NOT_NAMED


@dataclass(frozen=True)
class WayStep:
    """One step of the timeline: done, now, to come, or an end off the way."""

    state: str  # done | now | todo | no
    name: Text
    note: Text


@dataclass(frozen=True)
class Gauge:
    """Where the bank would stand with this claim counted in."""

    label: Text
    fill: str
    value: str
    top: str
    state: str
    lines: tuple[Mark, ...]


@dataclass(frozen=True)
class Mark:
    """The line of a gauge."""

    at: str
    label: Text


@dataclass(frozen=True)
class ClaimPage:
    """The page of one claim."""

    claim: Claim
    law: Law
    lines: tuple[CheckLine, ...]
    sheet: Sheet | None
    parties: tuple[PartyLine, ...]
    is_preview: bool
    unsettled: YulinError | None
    way: tuple[WayStep, ...]
    gauges: tuple[Gauge, ...]
    entries: tuple[LedgerEntry, ...]
    must_meet: bool
    waits_for_meeting: bool
    meetings: tuple[JointMeeting, ...]
    visits: tuple[ClaimVisit, ...]  # for those who see all rows
    waits: tuple[Waiting, ...]
    objections: tuple[NoticeObjection, ...]  # for those who see all rows
    shortages: tuple[Note, ...]  # of vouchers that wait for a budget

    @property
    def state_name(self) -> Text:
        """The state in words."""
        return STATE_NAMES[ClaimState(self.claim.state)]

    @property
    def verdict(self) -> str:
        """The state as a verdict."""
        return STATE_VERDICTS[ClaimState(self.claim.state)]

    @property
    def holder(self) -> Text:
        """Who has the claim."""
        return HOLDER_NAMES[TURNS[ClaimState(self.claim.state)].holder]

    @property
    def defects(self) -> list[Text]:
        """What has to be mended before the claim is submitted."""
        return defects_of(self.lines)

    @property
    def good(self) -> int:
        """How many lines of the checklist hold."""
        return sum(line.verdict == "ok" for line in self.lines)

    @property
    def public_fen(self) -> int:
        """What all public layers pay together, by the sheet that is shown."""
        return sum(line.amount_fen for line in self.sheet.lines if line.kind == "public") if self.sheet else 0

    @property
    def route_reasons(self) -> list[Text]:
        """Why the review is deeper."""
        return [Text(one["zh"], one["en"]) for one in self.claim.route_reasons]


def claim_page(actor: Actor, claim_id: int, *, today: date, deductions: Sequence[Deduction] = ()) -> ClaimPage:
    """Return the page of a claim; where nothing is decided yet the sheet previews what deciding now would give.

    Raises: `POOL.CLAIM.NOT_FOUND`.
    """
    claim = claim_for(actor, claim_id)
    law = law_of(claim)
    kept = read_sheet(claim.sheet) if claim.sheet and claim.decision and claim.state in WITH_MONEY else None
    preview, unsettled = (None, None) if kept else _preview(claim, law, deductions, today)
    sheet = kept or (sheet_of(preview) if preview else None)
    vouchers = list(claim.vouchers.exclude(state=VoucherState.VOID.value))
    named = {"bank": claim.lender, "guarantor": claim.guarantor, "insurer": claim.insurer}
    who = {party: one.name for party, one in named.items() if one is not None}
    if payer := claim.statement.get("other_public_from"):
        who[OTHER_PUBLIC] = Text(payer, payer)
    whole = sheet.total_fen if sheet else 0
    parties = tuple(
        PartyLine(line, tuple(one for one in vouchers if one.party == line.party), who.get(line.party), whole)
        for line in (sheet.lines if sheet else ())
    )
    return ClaimPage(
        claim=claim,
        law=law,
        lines=checklist_of(claim, law, today=today),
        sheet=sheet,
        parties=parties,
        is_preview=kept is None,
        unsettled=unsettled,
        way=tuple(_way(claim, law, list(claim.history.order_by("id")))),
        gauges=_gauges(claim, law, today, preview),
        entries=tuple(LedgerEntry(one, account) for one in vouchers if (account := _account(actor, claim, one))),
        must_meet=must_meet(claim),
        waits_for_meeting=claim.state == ClaimState.CHECKED and must_meet(claim) and meeting_of_round(claim) is None,
        meetings=tuple(meetings_of(claim)) if must_meet(claim) else (),
        visits=tuple(visits_of(claim)) if actor.sees_all_rows else (),
        waits=tuple(waiting_instalments(claim)) if any(one.awaits_event for one in vouchers) else (),
        objections=tuple(objections_to(claim)) if claim.noticed_on and actor.sees_all_rows else (),
        shortages=shortages(vouchers),
    )


def _account(actor: Actor, claim: Claim, voucher: Voucher) -> str:
    """Return the account on which a reader sees a voucher's transfer: the layer's, or once it is paid the payee's."""
    if not voucher.hold_key or not actor.may(Action.SEE_LEDGER):
        return ""
    place = Place.of(claim.scheme_id, voucher.party, voucher.district_code)
    is_own_district = place.district_code is not None and place.district_code == actor.district_code
    if actor.sees_all_rows or (actor.kind == OrganisationKind.DISTRICT and is_own_district):
        return place.account(AccountKind.COMPENSATION_PAID)
    is_paid_to = voucher.paid_on is not None and voucher.bank_id == actor.organisation_id
    return partner_account(claim.scheme_id, voucher.bank_id) if is_paid_to else ""


def _preview(
    claim: Claim, law: Law, deductions: Sequence[Deduction], today: date
) -> tuple[ClaimSettlement | None, YulinError | None]:
    try:
        return settled(claim, law, deductions, on=today), None
    except YulinError as error:
        return None, error


def _way(claim: Claim, law: Law, events: Sequence[ClaimEvent]) -> list[WayStep]:
    steps = [WayStep("done", _step_name(event.step), _event_note(event)) for event in events]
    state = ClaimState(claim.state)
    if state == ClaimState.PAID:
        return steps
    if state not in WAY:
        note = Text(claim.decision_clause, claim.decision_clause) if state == ClaimState.DENIED else Text("", "")
        return [*steps, WayStep("no" if state == ClaimState.DENIED else "now", STATE_NAMES[state], note)]
    since = Text(f"自{claim.since_on:%Y-%m-%d}", f"since {claim.since_on:%Y-%m-%d}")
    steps.append(WayStep("now", STATE_NAMES[state], since))
    ahead = WAY[WAY.index(state) + 1 :]
    return [*steps, *(WayStep("todo", STATE_NAMES[later], _term_note(law, later)) for later in ahead)]


def _step_name(step: str) -> Text:
    return STEP_NAMES[ClaimStep(step)] if step in set(ClaimStep) else Text("建立申请", "Opened")


def _event_note(event: ClaimEvent) -> Text:
    parts = [f"{event.on:%Y-%m-%d}", event.actor_name, event.clause, event.note]
    said = " · ".join(part for part in parts if part)
    return Text(said, said)


def _term_note(law: Law, state: ClaimState) -> Text:
    term = TURNS[state].term
    if not term:
        return Text("", "")
    workdays = term_workdays(law.pack.scheme.timetable, term)
    name = TERM_NAMES[term]
    if workdays is None:
        return Text(f"{name.zh}：方案未规定时限", f"{name.en}: the scheme states no term")
    return Text("%(n)s个工作日", "%(n)s working {n:day|days}").with_values(n=workdays)


def _gauges(claim: Claim, law: Law, today: date, preview: ClaimSettlement | None) -> tuple[Gauge, ...]:
    """Return the bank's breakers with this claim counted in, where the law states a level."""
    further = 0 if claim.state in WITH_MONEY else preview.decided_base_fen if preview else claim.loss_base_fen
    found = claimant_gauges(claim.bank, law, on=today, more_fen=further)
    return tuple(gauge for one in found if (gauge := gauge_of(one.then)) is not None)


def gauge_of(state: BreakerState) -> Gauge | None:
    """Return a breaker as a gauge whose line stands at three quarters; None where nothing can be measured."""
    level_bp = state.breaker.level_bp
    if level_bp is None or state.measure is None:
        return None
    percent, line = float(state.measure) * 100, level_bp / 100
    top = line * 4 / 3
    label = Text(
        f"{state.breaker.title.zh}{percent:.2f}%，界限{line:.2f}%",
        f"{state.breaker.title.en}: {percent:.2f} %, the line is {line:.2f} %",
    )
    mark = Mark(f"{line / top * 100:.1f}", Text(f"界限{line:.2f}%", f"line {line:.2f} %"))
    fill = min(percent / top * 100, _MOST_PERCENT)
    tone = {"none": "", "warn": "warn"}.get(state.state, "bad")
    return Gauge(label, f"{fill:.1f}", f"{percent:.2f}", f"{top:.2f}", tone, (mark,))
