"""The letter of a decision on an application as plain facts; the template sets them and computes nothing."""

from __future__ import annotations

from typing import Any

from yulin.base.money import wan_text, yuan_text
from yulin.base.text import Text
from yulin.brain.adapters.application_terms import application_terms
from yulin.brain.models import ApplicationDecision
from yulin.people.selectors import the_book


def decision_letter(decision: ApplicationDecision, *, language: str) -> dict[str, Any]:
    """Return what stands in the letter of a confirmed decision."""
    application = decision.application
    call, book = application.call, the_book()
    submission = application.submissions.latest("turn")
    first = call.asks.fields[0]
    terms = application_terms().every_reason
    rows: list[tuple[Text, str]] = [
        (Text("申报单位", "Applicant"), application.firm.name),
        (Text("统一社会信用代码", "USCC"), application.firm.identifier),
        (Text("申报通知", "Call"), call.title.in_language(language)),
        (Text("申报编号", "Application"), application.number),
        (first.label, str(submission.content["values"].get(first.id) or "—")),
        (Text("回执及内容哈希", "Receipt and hash"), f"{submission.receipt} {submission.content_hash}"),
    ]
    if decision.amount_fen is not None:
        yuan = yuan_text(decision.amount_fen)
        amount = Text(f"{yuan}元（{wan_text(decision.amount_fen, 6)}万元）", f"CNY {yuan}")
        rows.append((Text("支持金额", "Amount granted"), amount.in_language(language)))
    reasons = [terms.get(one, Text(one, one)).in_language(language) for one in decision.reasons]
    return {
        "language": language,
        "is_demo": book.is_demo,
        "book": book.name_zh or "雨林",
        "title": _words(_title(decision)),
        "number": decision.letter,
        "rows": [{"label": _words(label), "value": value} for label, value in rows],
        "body": _words(_body(decision)),
        "reasons": [*reasons, *([decision.note] if decision.note else [])],
        "day": decision.confirmed_on.isoformat() if decision.confirmed_on else "",
        "code": decision.code,
    }


def _title(decision: ApplicationDecision) -> Text:
    if decision.is_granted:
        return Text("立项决定书", "Decision: granted")
    return Text("不予立项决定书", "Decision: declined")


def _body(decision: ApplicationDecision) -> Text:
    panel = decision.panel["votes"]
    until = decision.application.notice_until
    values = {
        "yes": panel.get("for", 0), "no": panel.get("against", 0), "none": panel.get("abstain", 0),
        "until": until.isoformat() if until else "—",
    }  # fmt: skip
    votes = Text(
        "专家组表决：同意%(yes)s票，不同意%(no)s票，弃权%(none)s票。",
        "The panel: %(yes)s for, %(no)s against, %(none)s abstained. ",
    ).with_values(**values)
    end = (
        Text("决定予以立项；公示至%(until)s，公示无异议后签订合同。",
             "It is granted. The grant stands under public notice until %(until)s; the contract follows.")
        if decision.is_granted
        else Text("决定不予立项；可在%(until)s前申诉。", "It is declined. An appeal can be filed until %(until)s.")
    ).with_values(**values)  # fmt: skip
    return Text(votes.zh + end.zh, votes.en + end.en)


def _words(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
