"""The reviews of a call as a sheet: a line for each expert of each draw, with scores, words, conflicts, decision.

Only who oversees reads it: who sees the rows of everybody. An application that nobody judged has a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yulin.base.text import Text
from yulin.brain.adapters.application_terms import application_terms
from yulin.brain.core.application_states import STATE_WORDS, ApplicationState
from yulin.brain.core.review import TIES, Tie, Vote
from yulin.brain.models import ApplicationDecision, Call, ExpertDraw, ExpertReview
from yulin.brain.selectors.applications import applications_visible_to
from yulin.brain.selectors.reviews import VOTES
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_APPLICATION = (
    Text("申报编号", "Application"),
    Text("申报单位", "Firm"),
    Text("统一社会信用代码", "USCC"),
    Text("状态", "State"),
)
_REVIEW = (
    Text("评审轮次", "Round"),
    Text("抽取次序", "Draw"),
    Text("专家编号", "Expert no."),
    Text("专家", "Expert"),
    Text("抽取结果", "Drawn"),
    Text("利益关联", "Conflicts"),
    Text("回避理由", "Why stood aside"),
)
_JUDGED = (
    Text("总分", "Total"),
    Text("评审意见", "Words"),
    Text("表决", "Vote"),
)
_DECISION = (
    Text("决定", "Decision"),
    Text("支持金额（元）", "Amount (CNY)"),
    Text("决定理由", "Reasons"),
    Text("说明", "Note"),
    Text("拟定人", "Proposed by"),
    Text("确认人", "Confirmed by"),
    Text("确认日", "Confirmed on"),
    Text("文书编号", "Letter"),
)
_DRAWN = Text("已抽取", "drawn")
_ASIDE = Text("抽取后回避", "drawn, stood aside")
_TIED = Text("因利益关联未抽取", "not drawn: conflict")
_RESERVE = Text("未抽中", "not drawn")


def oversees_reviews(actor: Actor) -> bool:
    """Tell whether an actor may have the whole review: the authority and the auditor, nobody who applies or judges."""
    return actor.sees_all_rows and actor.may(Action.SEE_APPLICATIONS)


def sheet_heads(call: Call) -> list[Text]:
    """Return the heads of a call's sheet; each criterion of the call is a column."""
    return [*_APPLICATION, *_REVIEW, *(one.label for one in call.asks.criteria), *_JUDGED, *_DECISION]


def sheet_rows(actor: Actor, call: Call) -> Iterator[list[Any]]:
    """Yield the lines of a call's sheet, by application, draw and the order of the draw."""
    rows = applications_visible_to(actor).filter(call=call).order_by("pk")
    rows = rows.prefetch_related("draws", "decisions", "reviews__expert")
    for application in rows:
        reviews = {(one.draw_id, one.expert.number): one for one in application.reviews.all()}
        last = next(reversed(list(application.decisions.all())), None)
        decision = _decision(last)
        head = [
            application.number, application.firm.name, application.firm.identifier,
            STATE_WORDS[ApplicationState(application.state)][1],
        ]  # fmt: skip
        lines = [
            [*head, *_standing(draw, one, reviews.get((draw.pk, one["number"])), call), *decision]
            for draw in application.draws.all()
            for one in draw.standing
        ]
        blank = [None] * (len(_REVIEW) + len(call.asks.criteria) + len(_JUDGED))
        yield from lines or [[*head, *blank, *decision]]


def _standing(draw: ExpertDraw, one: Mapping[str, Any], review: ExpertReview | None, call: Call) -> list[Any]:
    ties = [TIES[Tie(tie)] for tie in one["ties"]]
    drawn = _RESERVE if not ties else _TIED
    if one["is_drawn"]:
        drawn = _ASIDE if review is not None and review.recused_at else _DRAWN
    points = (review.points or {}) if review is not None else {}
    return [
        draw.round, draw.turn, one["number"], one["name"], drawn, joined(ties),
        review.recused_why if review is not None else None,
        *(points.get(criterion.id) for criterion in call.asks.criteria),
        *_judged(review),
    ]  # fmt: skip


def _judged(review: ExpertReview | None) -> list[Any]:
    if review is None:
        return [None, None, None]
    return [review.total, review.words or None, VOTES[Vote(review.vote)] if review.vote else None]


def _decision(last: ApplicationDecision | None) -> list[Any]:
    if last is None:
        return [None] * len(_DECISION)
    said = application_terms().every_reason
    reasons = joined([said.get(code, Text(code, code)) for code in last.reasons])
    yuan = None if last.amount_fen is None else f"{last.amount_fen // 100}.{last.amount_fen % 100:02d}"
    state = Text("予以立项", "granted") if last.is_granted else Text("不予立项", "not granted")
    if last.sent_back:
        state = Text("已退回重拟", "sent back")
    return [
        state, yuan, reasons, last.note or None, last.made_by_name, last.confirmed_by_name or None,
        None if last.confirmed_on is None else last.confirmed_on.isoformat(), last.letter or None,
    ]  # fmt: skip


def joined(texts: list[Text]) -> Text | None:
    """Return several words as one cell."""
    return Text("；".join(one.zh for one in texts), "; ".join(one.en for one in texts)) if texts else None
