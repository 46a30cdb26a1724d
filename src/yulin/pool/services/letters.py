"""Confirmation letters and settlement sheets as PDF, made from what is frozen whenever one asks; nothing is written."""

from __future__ import annotations

from datetime import date

from yulin.kit.letters import make_letter
from yulin.people.core.actors import Actor
from yulin.pool.selectors.letters import letter_facts, upload_letter_facts, upload_letters
from yulin.pool.selectors.settlement_sheets import sheet_letter_facts

TEMPLATE = "pool/confirmation"
SHEET_TEMPLATE = "pool/settlement_sheet"
LETTERS_A_FILE = 200


def confirmation_letter(*, actor: Actor, enrolment_id: int, verify_url: str) -> bytes:
    """Return the letter of one enrolment as PDF.

    Raises: `POOL.ENROLMENT.NOT_FOUND`, `POOL.LETTER.NOT_CONFIRMED`.
    """
    return make_letter(TEMPLATE, letter_facts(actor, enrolment_id, verify_url=verify_url))


def letter_parts(*, actor: Actor, upload_id: int) -> int:
    """Return in how many files the letters of one upload come, `LETTERS_A_FILE` in each."""
    return -(-upload_letters(actor, upload_id).count() // LETTERS_A_FILE)


def confirmation_letters(*, actor: Actor, upload_id: int, verify_url: str, part: int = 1) -> bytes:
    """Return the letters of one upload's confirmed enrolments as one PDF; of a long file its `part`.

    Raises: `POOL.LETTER.NOT_CONFIRMED`.
    """
    first = (part - 1) * LETTERS_A_FILE
    rows = upload_letters(actor, upload_id)[first : first + LETTERS_A_FILE]
    return make_letter(TEMPLATE, upload_letter_facts(rows, verify_url=verify_url))


def settlement_sheet(*, actor: Actor, claim_id: int, verify_url: str, today: date) -> bytes:
    """Return the signed settlement sheet of one decided claim as PDF; its vouchers are those of `today`.

    Raises: `POOL.CLAIM.NOT_FOUND`, `POOL.CLAIM.NO_SHEET`.
    """
    return make_letter(SHEET_TEMPLATE, sheet_letter_facts(actor, claim_id, verify_url=verify_url, today=today))
