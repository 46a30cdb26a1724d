"""What became of the rows of a file, and under which schemes a bank may send one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yulin.base.text import Text
from yulin.exchange.core.fields import FileForm, return_form
from yulin.exchange.enums import UploadKind
from yulin.pool.adapters.packs import laws_of, published_laws
from yulin.pool.core.screening import form_of
from yulin.pool.models import Enrolment
from yulin.pool.selectors.partners import partner_intervals


def numbers_of_upload(upload_id: int) -> dict[int, str]:
    """Return, by row of the file, the confirmation numbers that it brought; "" where a row waits for review."""
    rows = Enrolment.objects.filter(upload_id=upload_id).values_list("upload_row", "number")
    return {row: number or "" for row, number in rows if row is not None}


def form_of_upload(kind: str, scheme_id: str) -> FileForm:
    """Return what a file of a kind must hold under a scheme."""
    return return_form() if kind == UploadKind.RETURNS else form_of(laws_of(scheme_id))


@dataclass(frozen=True)
class OfferedScheme:
    """A scheme under which a bank may file; `is_partner` where its partnership is on record."""

    scheme_id: str
    title: Text
    is_partner: bool
    is_in_force: bool


def schemes_of_bank(bank_id: int | None, *, on: date) -> list[OfferedScheme]:
    """Return the schemes under which a bank may file: its partnerships first, then those in force, newest first."""
    found: dict[str, tuple[bool, bool, date, Text]] = {}
    for law in published_laws():
        pack = law.pack
        intervals = partner_intervals(pack.id, bank_id=bank_id) if bank_id is not None else None
        if intervals is None or intervals:
            found[pack.id] = (bool(intervals), law.is_in_force(on), pack.effective_from, pack.title)
    ordered = sorted(found.items(), key=lambda one: one[1][:3], reverse=True)
    return [OfferedScheme(one, title, partner, rules) for one, (partner, rules, _, title) in ordered]
