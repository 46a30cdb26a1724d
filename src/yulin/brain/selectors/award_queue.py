"""What waits of benefits paid without an application for an actor: lists, releases, objections, short applications."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from yulin.base.text import Text
from yulin.brain.core.award_claims import CLAIM_WORDS, ClaimState
from yulin.brain.core.awards import AWARD_WORDS, BATCH_WORDS, AwardState, BatchState
from yulin.brain.models import AwardBatch, AwardClaim, AwardObjection
from yulin.brain.selectors.awards import own_awards, own_gaps
from yulin.brain.selectors.bank_orders import AWARD
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, Role
from yulin.pool.selectors.payables import orders_holding

_SHOWN = 20
_OBJECTED = ("warn", Text("有异议", "Objected to"))
_SHORT = ("unk", Text("缺事实", "A fact is missing"))


@dataclass(frozen=True)
class AwardWaiting:
    """One thing that waits: what it is called and about, the page's name and number, what to do, by when."""

    title: Text
    below: str
    page: tuple[str, int]
    state: tuple[str, Text]
    todo: Text
    amount_fen: int | None = None
    due_on: date | None = None


def waiting_awards(actor: Actor, today: date) -> list[AwardWaiting]:
    """Return what waits of awards for a firm's user, or for the authority's officer."""
    if actor.role == Role.FIRM_USER:
        return list(_of_firm(actor, today))
    if not actor.may(Action.DECIDE_APPLICATIONS) or actor.user_id is None:
        return []
    with scope(EVERYTHING):
        return [*_lists(actor), *_money(actor, today), *_objections(actor), *_claims()]


def _of_firm(actor: Actor, today: date) -> Iterator[AwardWaiting]:
    for award in own_awards(actor):
        if award.state == AwardState.NOTICED:
            until = award.batch.notice_until
            yield AwardWaiting(
                _batch_title(award.batch), _policy(award.batch), ("brain:award", award.pk),
                AWARD_WORDS[AwardState.NOTICED], Text("确认收款账户，或放弃", "Confirm the account, or decline"),
                award.amount_fen, until if until and today <= until else None,
            )  # fmt: skip
    for gap in own_gaps(actor):
        yield AwardWaiting(
            Text("快申快享%(number)s", "Short application %(number)s").with_values(number=gap.batch.number),
            _policy(gap.batch), ("brain:award-gap", gap.pk), _SHORT,
            Text("补一项事实即可享受", "Say the missing fact to have it"), gap.batch.amount_fen,
        )  # fmt: skip


def _lists(actor: Actor) -> Iterator[AwardWaiting]:
    if not actor.may(Action.CONFIRM_APPLICATIONS):
        return
    waiting = _batches().filter(state=BatchState.PROPOSED.value).exclude(made_by=actor.user_id)
    for one in waiting.order_by("pk")[:_SHOWN]:
        yield AwardWaiting(
            _batch_title(one), _policy(one), ("brain:award-batch", one.pk), BATCH_WORDS[BatchState.PROPOSED],
            Text("复核%(n)s家企业的名单", "Check the list of %(n)s {n:firm|firms}").with_values(n=one.firm_count),
            one.firm_count * one.amount_fen,
        )  # fmt: skip


def _money(actor: Actor, today: date) -> Iterator[AwardWaiting]:
    """Yield the lists of which the actor can release awards, and those that the bank has to pay."""
    objected = AwardObjection.objects.filter(award=OuterRef("awards__pk"), is_upheld__isnull=True)
    is_own = Q(awards__first_release_by=actor.user_id)
    ready = Q(~is_own, ~Exists(objected), awards__state=AwardState.ACCEPTED.value)
    in_file = orders_holding(AWARD).filter(payable_id=OuterRef("awards__pk"))
    released = Q(~Exists(in_file), awards__state=AwardState.RELEASED.value)
    rows = _batches().filter(state=BatchState.NOTICED.value).annotate(
        ready=Count("awards", filter=ready), ready_fen=Sum("awards__amount_fen", filter=ready),
        released=Count("awards", filter=released), released_fen=Sum("awards__amount_fen", filter=released),
    )  # fmt: skip
    for one in rows.filter(Q(ready__gt=0, notice_until__lt=today) | Q(released__gt=0)).order_by("pk")[:_SHOWN]:
        page = ("brain:award-batch", one.pk)
        if one.ready and one.notice_until is not None and one.notice_until < today:
            todo = Text("放款%(n)s家", "Release %(n)s {n:award|awards}").with_values(n=one.ready)
            state = AWARD_WORDS[AwardState.ACCEPTED]
            yield AwardWaiting(_batch_title(one), _policy(one), page, state, todo, one.ready_fen)
        if one.released:
            todo = Text("付款%(n)s笔", "Pay %(n)s {n:award|awards}").with_values(n=one.released)
            state = AWARD_WORDS[AwardState.RELEASED]
            yield AwardWaiting(_batch_title(one), _policy(one), page, state, todo, one.released_fen)


def _objections(actor: Actor) -> Iterator[AwardWaiting]:
    if not actor.may(Action.CONFIRM_APPLICATIONS):
        return
    own = Q(award__batch__made_by=actor.user_id) | Q(award__batch__checked_by=actor.user_id)
    rows = AwardObjection.objects.filter(~own, is_upheld__isnull=True).select_related("award__firm", "award__batch")
    for one in rows.defer("award__facts", "award__clauses").order_by("due_on", "pk")[:_SHOWN]:
        yield AwardWaiting(
            _batch_title(one.award.batch), one.award.firm.name, ("brain:award", one.award_id), _OBJECTED,
            Text("答复异议", "Answer the objection"), one.award.amount_fen, one.due_on,
        )  # fmt: skip


def _claims() -> Iterator[AwardWaiting]:
    rows = AwardClaim.objects.filter(state=ClaimState.SUBMITTED.value).select_related("firm", "gap__batch")
    for one in rows.order_by("due_on", "pk")[:_SHOWN]:
        yield AwardWaiting(
            Text("快申快享%(number)s", "Short application %(number)s").with_values(number=one.number), one.firm.name,
            ("brain:award-gap", one.gap_id), CLAIM_WORDS[ClaimState.SUBMITTED],
            Text("核实企业补充的事实", "Verify what the firm says"), one.gap.batch.amount_fen, one.due_on,
        )  # fmt: skip


def _batches() -> QuerySet[AwardBatch]:
    return AwardBatch.objects.select_related("policy__current", "criteria__version").defer(
        "policy__current__text", "policy__current__parts", "criteria__version__text", "criteria__version__parts"
    )


def _batch_title(batch: AwardBatch) -> Text:
    return Text("免申即享%(number)s", "Award %(number)s").with_values(number=batch.number)


def _policy(batch: AwardBatch) -> str:
    return batch.criteria.version.title
