"""A decided claim's settlement sheet as a signed document: the same bytes for every party that may see the claim."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings

from yulin.base.text import Text
from yulin.kit.signing import canonical, key_id, public_key, sign
from yulin.people.core.actors import Actor
from yulin.people.selectors import the_book
from yulin.pool.core.claims.sheet import read_sheet
from yulin.pool.core.claims.signed_sheet import Decided, digest_of, printed_code, sheet_code, signed_content
from yulin.pool.core.claims.states import STATE_NAMES, WITH_MONEY
from yulin.pool.core.letters import amount_json, text_json
from yulin.pool.core.words import percent_word
from yulin.pool.enums import ClaimDecision, ClaimState
from yulin.pool.errors import NoSheetError
from yulin.pool.models import Claim
from yulin.pool.selectors.claim_case import law_of
from yulin.pool.selectors.claim_page import VOUCHER_NAMES, PartyLine, claim_page
from yulin.pool.selectors.claims import claim_for

_ABOVE_CAP = Text("其中超上限，由银行自担", "Above a cap, within the bank's part")
_GIVEN_WAY = Text(
    "各层比按比例少付（其他财政资金已付或达到上限）", "Less than by the layers' ratios (other public money, or a cap)"
)
_DECISIONS = {
    ClaimDecision.FULL.value: Text("全额补偿", "in full"),
    ClaimDecision.PARTIAL.value: Text("部分补偿", "in part"),
}


def has_sheet(claim: Claim) -> bool:
    """Whether a claim is decided, and so has a sheet that stands."""
    return bool(claim.sheet and claim.decision) and claim.state in WITH_MONEY


def sheet_content(claim: Claim) -> dict[str, Any]:
    """Return what is signed of a claim's sheet.

    Raises: `POOL.CLAIM.NO_SHEET`.
    """
    if not has_sheet(claim):
        raise NoSheetError(claim=claim.number, state=STATE_NAMES[ClaimState(claim.state)])
    law = law_of(claim)
    named = {"bank": claim.lender, "guarantor": claim.guarantor, "insurer": claim.insurer}
    assert claim.decided_on is not None  # noqa: S101 - the database's law of a decision
    decided = Decided(
        claim=claim.number, enrolment=claim.enrolment.number or "", loan=claim.loan_number, firm=claim.firm_name,
        firm_code=claim.enrolment.firm_code, scheme=law.pack.id, version=law.pack.version,
        currency=law.pack.currency, decided_on=claim.decided_on.isoformat(), decision=claim.decision,
        names={party: one.name_zh for party, one in named.items() if one is not None},
    )  # fmt: skip
    return signed_content(decided, read_sheet(claim.sheet))


def signed_sheet(actor: Actor, claim_id: int) -> dict[str, Any]:
    """Return the signed sheet of a claim: content, hash, signature, and the key that proves it.

    Raises: `POOL.CLAIM.NOT_FOUND`, `POOL.CLAIM.NO_SHEET`.
    """
    content = sheet_content(claim_for(actor, claim_id))
    return {
        "sheet": content, "sha256": digest_of(canonical(content)), "signature": sign(content),
        "public_key": public_key(), "key_id": key_id(),
    }  # fmt: skip


def code_of(content: dict[str, Any]) -> str:
    """Return the code printed on the sheet with this content."""
    return sheet_code(settings.SECRET_KEY.encode(), content["claim"], digest_of(canonical(content)))


def sheet_letter_facts(actor: Actor, claim_id: int, *, verify_url: str, today: date) -> dict[str, Any]:
    """Return the facts of the printed sheet: the signed content in words, and the vouchers as they stand today.

    Raises: `POOL.CLAIM.NOT_FOUND`, `POOL.CLAIM.NO_SHEET`.
    """
    signed = signed_sheet(actor, claim_id)
    content, book = signed["sheet"], the_book()
    page = claim_page(actor, claim_id, today=today)
    assert page.sheet is not None  # noqa: S101 - `signed_sheet` has refused the others
    code = code_of(content)
    return {
        "book": text_json(book.name),
        "is_demo": book.is_demo,
        "scheme": text_json(page.law.pack.title),
        "document": page.law.pack.document or "—",
        "decision": text_json(_DECISIONS[content["decision"]]),
        "order": text_json(page.sheet.order),
        "content": content,
        "base": amount_json(content["loss_base_fen"]),
        "outside": amount_json(content["outside_base_fen"]),
        "over_cap": amount_json(content["over_cap_fen"]),
        "over_cap_says": text_json(_GIVEN_WAY if page.sheet.has_other_public else _ABOVE_CAP),
        "total": amount_json(content["total_fen"]),
        "public": amount_json(content["public_fen"]),
        "lines": [_printed(part) for part in page.parties],
        "today": today.isoformat(),
        "sha256": signed["sha256"],
        "signature": signed["signature"],
        "public_key": signed["public_key"],
        "code": printed_code(content["claim"], code),
        "verify_url": f"{verify_url}sheets/{content['claim']}/{code}/",
    }


def _printed(part: PartyLine) -> dict[str, Any]:
    return {
        "name": text_json(part.name),
        "who": text_json(part.who) if part.who else None,
        "clause": text_json(part.line.clause),
        "ratio": "—" if part.line.ratio_bp is None else percent_word(part.line.ratio_bp),
        **amount_json(part.line.amount_fen),
        "vouchers": [
            {
                "instalment": one.instalment, "state": text_json(VOUCHER_NAMES[one.state][1]),
                "paid_on": one.paid_on.isoformat() if one.paid_on else "", **amount_json(one.amount_fen),
            }
            for one in part.vouchers
        ],
    }  # fmt: skip
