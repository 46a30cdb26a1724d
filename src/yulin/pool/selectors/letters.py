"""What a confirmation letter says: read from the enrolment as it was frozen, and from the version that decided it.

Invariant: the letter of an enrolment says the same whenever it is made, but for its state; only a confirmed enrolment
has one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.people.selectors import the_book
from yulin.pool.adapters.packs import laws_by_id
from yulin.pool.core.deciding import Law
from yulin.pool.core.judgement import Inquiry, Judgement, judge
from yulin.pool.core.letters import (
    ROUNDING_WORDS,
    amount_json,
    article_json,
    articles_of,
    in_paying_order,
    interval_words,
    layers_json,
    mark_json,
    state_json,
    text_json,
)
from yulin.pool.errors import LetterNotConfirmedError
from yulin.pool.models import Enrolment
from yulin.pool.selectors.enrolments import enrolment_for, enrolments_of_upload

_NONE = "—"
_AMOUNTS = (
    (Text("贷款金额", "Loan amount"), "loan_amount_fen"),
    (Text("合格金额", "Eligible amount"), "eligible_amount_fen"),
    (Text("入库金额", "Enrolled amount"), "enrolled_amount_fen"),
)


def letter_facts(actor: Actor, enrolment_id: int, *, verify_url: str) -> dict[str, Any]:
    """Return the facts of one letter; `verify_url` ends where the verification code is put behind it.

    Raises: `POOL.ENROLMENT.NOT_FOUND`, `POOL.LETTER.NOT_CONFIRMED`.
    """
    return _letters([enrolment_for(actor, enrolment_id)], verify_url)


def upload_letters(actor: Actor, upload_id: int) -> QuerySet[Enrolment]:
    """Return the enrolments of one file that have a letter, in the order of its rows."""
    return enrolments_of_upload(actor, upload_id).filter(number__isnull=False).select_related("bank", "firm", "pack")


def upload_letter_facts(enrolments: Iterable[Enrolment], *, verify_url: str) -> dict[str, Any]:
    """Return the facts of many letters in one file.

    Raises: `POOL.LETTER.NOT_CONFIRMED`, also where there are none.
    """
    return _letters(list(enrolments), verify_url)


def _letters(enrolments: list[Enrolment], verify_url: str) -> dict[str, Any]:
    book = the_book()
    waiting = next((one for one in enrolments if one.number is None), None)
    if waiting is not None or not enrolments:
        raise LetterNotConfirmedError(enrolment=waiting.pk if waiting else None)
    laws = laws_by_id(one.pack_id for one in enrolments)
    letters = [_letter(one, laws[one.pack_id], verify_url) for one in enrolments]
    return {"book": text_json(book.name), "is_demo": book.is_demo, "letters": letters}


def _letter(enrolment: Enrolment, law: Law, verify_url: str) -> dict[str, Any]:
    return {
        **_scheme(enrolment, law),
        **_parties(enrolment),
        **_shares(enrolment, law),
        "number": enrolment.number,
        "verification_code": enrolment.verification_code,
        "verify_url": f"{verify_url}{enrolment.verification_code}/",
        "state": state_json(enrolment.state, enrolment.closed_on),
        "condition": (enrolment.condition or _NONE) if enrolment.conditional_until else None,
        "conditional_until": _day(enrolment.conditional_until),
        "currency": law.pack.currency,
        "amounts": [
            {"name": text_json(name), **amount_json(getattr(enrolment, field))} for name, field in _AMOUNTS
        ],
    }  # fmt: skip


def _scheme(enrolment: Enrolment, law: Law) -> dict[str, Any]:
    return {
        "scheme": text_json(law.pack.title),
        "scheme_mark": mark_json(law.pack.verified),
        "document": law.pack.document or _NONE,
        "authority": text_json(law.pack.authority),
        "interval": text_json(interval_words(enrolment.pack.effective_from, enrolment.pack.effective_until)),
        "version": law.pack.version,
    }


def _parties(enrolment: Enrolment) -> dict[str, Any]:
    is_uscc = enrolment.firm.identifier_scheme == "USCC"
    return {
        "firm": enrolment.firm_name,
        "firm_code": enrolment.firm_code,
        "identifier_en": "USCC" if is_uscc else enrolment.firm.identifier_scheme,
        "bank": text_json(enrolment.bank.name),
        "branch": enrolment.branch_name or _NONE,
        "loan_number": enrolment.loan_number,
        "contract_number": enrolment.contract_number or _NONE,
        "disbursed_on": _day(enrolment.disbursed_on),
        "due_on": _day(enrolment.due_on),
        "submitted_on": _day(enrolment.submitted_on),
        "confirmed_on": _day(enrolment.confirmed_on),
    }


def _shares(enrolment: Enrolment, law: Law) -> dict[str, Any]:
    """Return the ratios as frozen, and the rows of law that gave them, found again from the frozen facts."""
    found = _judged(enrolment, law)
    mode = found.mode
    rest, rounding = (mode.rest, mode.rounding) if mode else ("bank", law.pack.scheme.rounding)
    order = [part.party for part in found.layers]
    ratio_bp = in_paying_order(enrolment.ratio_bp or {}, mode, order)
    rows = [
        (part.party, use.bp, use.row)
        for part in found.layers
        for use in (part.ratio.uses if part.ratio else ())
        if use.outcome is Outcome.MET
    ]
    return {
        "ratio_clause": enrolment.ratio_clause if ratio_bp else "",
        "layers": layers_json(ratio_bp, enrolment.enrolled_amount_fen, rest=rest, rounding=rounding),
        "total": amount_json(enrolment.enrolled_amount_fen),
        "rounding": text_json(ROUNDING_WORDS[rounding]),
        "articles": [article_json(one) for one in articles_of(law.pack, mode, rows)],
    }


def _judged(enrolment: Enrolment, law: Law) -> Judgement:
    on = enrolment.disbursed_on
    find = law.pack.vocabulary.find
    frozen = {name: value for name, value in enrolment.facts.items() if find(name)}
    loan = {"loan_amount_fen": enrolment.loan_amount_fen, "mode": enrolment.mode}
    named = {name: fact.name for name in loan if (fact := find(name))}
    facts = frozen | {name: loan[name] for name, fact in named.items() if fact not in frozen}
    return judge(law.pack, Inquiry(on=on, facts=facts), law.layers)


def _day(day: Any) -> str:
    return day.isoformat() if day else _NONE
