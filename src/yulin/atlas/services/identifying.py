"""Rows without a code are laid beside the firms that they may be; a person judges, and may take it back."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import Q

from yulin.atlas.adapters.statement_files import last_said, quarantine_of, subjects_saying
from yulin.atlas.core.candidates import MayBe, candidates_of, firms_of_brands
from yulin.atlas.core.entities import sharing_two_facts
from yulin.atlas.core.identity import FirmRecord
from yulin.atlas.core.name_parts import BRAND
from yulin.atlas.core.particulars import FORMS
from yulin.atlas.core.quarantine import told as shortened
from yulin.atlas.enums import ParticularKind, Problem
from yulin.atlas.errors import AlreadyOneFirmError, CandidateNotFoundError, JudgementReasonError
from yulin.atlas.models import Candidate, Firm, FirmFormerName, IdentityJudgement, Receipt
from yulin.atlas.selectors.identity import judged_one_firm, one_firm_of
from yulin.atlas.services.judging import settle_judged
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit

_MOST_ROWS = 5_000  # of one file; what lies beyond stays in quarantine, as all of it does
_REPRESENTATIVE, _ADDRESS = "legal_representative", "address"


@transaction.atomic
def raise_candidates(*, actor: Actor, receipt: Receipt) -> int:
    """Lay a file's rows without a code beside the firms that they may be, and return how many pairs are new.

    Only this file is looked at: what was raised or judged before stands. Effects: `Candidate` rows; audit row.
    """
    said = _rows_without_code(receipt)
    rows = [row for row, _ in said.values()]
    if not rows:
        return 0
    names = [
        *Firm.objects.filter(identifier_scheme="USCC").values_list("pk", "name"),
        *FirmFormerName.objects.values_list("firm_id", "name"),
    ]
    known = pl.DataFrame([(str(pk), name) for pk, name in names], schema=["key", "name"], orient="row")
    by_brand = firms_of_brands(rows, known)
    firms, told = _firms_reached(rows, {key for keys in by_brand.values() for key in keys})
    by_facts = sharing_two_facts(rows, told.values())
    found = [one for row in rows for one in candidates_of(row, _beside(row, by_brand, by_facts, firms), told)]
    before = Candidate.objects.filter(receipt=receipt).count()
    Candidate.objects.bulk_create(
        (_candidate(receipt, said[one.row], one) for one in found), batch_size=2000, ignore_conflicts=True
    )
    made = Candidate.objects.filter(receipt=receipt).count() - before
    facts = {"rows": len(rows), "made": made}
    record_audit(actor=actor, action="atlas.raise_candidates", subject=("receipt", receipt.pk), facts=facts)
    return made


def _rows_without_code(receipt: Receipt) -> dict[str, tuple[FirmRecord, list[list[str]]]]:
    """Return, by number, what each row says of a firm, and what it says of the thing that it lists."""
    contract: Mapping[str, Any] = receipt.source.contract
    kept_out = quarantine_of(receipt.source.code, receipt.file_sha256, receipt.contract_hash).filter(
        pl.col("problem") == Problem.CODE_MISSING, pl.col("fact").is_null(), pl.col("raw").is_not_null()
    )
    columns = {fact: field["column"] for fact, field in contract["fields"].items()}
    found = {}
    for row, raw in kept_out.sort("row").head(_MOST_ROWS).select("row", "raw").collect().iter_rows():
        cells = json.loads(raw)
        name = str(cells.get(contract.get("name", "")) or "").strip()
        if name:
            texts = (str(cells.get(columns.get(fact, "")) or "").strip() for fact in (_REPRESENTATIVE, _ADDRESS))
            founded_on = _day(cells.get(contract.get("registered_on", "")))
            record = FirmRecord(str(row), name, "", (), (), founded_on, *texts)
            found[record.key] = record, _thing_listed(contract, cells)
    return found


def _thing_listed(contract: Mapping[str, Any], cells: Mapping[str, Any]) -> list[list[str]]:
    """Return what a row of a list of things says of its thing: labels in both languages and the cell, as it came."""
    if "particular" not in contract:
        return []
    form, blanks = FORMS[ParticularKind(contract["particular"])].fields, {"", *contract.get("missing", ())}
    said = [(form[fact].label, str(cells.get(at["column"]) or "").strip()) for fact, at in contract["fields"].items()]
    return [[label.zh, label.en, shortened(cell)] for label, cell in said if cell not in blanks]


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text).strip())
    except ValueError:
        return None


def _firm_record(firm: Firm) -> FirmRecord:
    before = (firm.name_original, *(one.name for one in firm.former_names.all()))
    former = tuple(name for name in dict.fromkeys(before) if name and name != firm.name)
    return FirmRecord(str(firm.pk), firm.name, firm.identifier, (), former, firm.registered_on)


def _firms_reached(
    rows: Sequence[FirmRecord], by_brand: Collection[str]
) -> tuple[dict[str, FirmRecord], dict[str, FirmRecord]]:
    """Return the firms of these keys and those that share an address or a representative with a row, by key.

    The second answer has the same firms with address and representative as they were said last.
    """
    said = {
        _ADDRESS: {row.address.strip() for row in rows} - {""},
        _REPRESENTATIVE: {row.representative.strip() for row in rows} - {""},
    }
    is_reached = Q(pk__in=by_brand) | Q(identifier_scheme="USCC", identifier__in=subjects_saying(said))
    firms = {str(firm.pk): firm for firm in Firm.objects.filter(is_reached).prefetch_related("former_names")}
    last = last_said([firm.identifier for firm in firms.values()], said)
    records = {key: _firm_record(firm) for key, firm in firms.items()}
    more = {key: last.get(firm.identifier, {}) for key, firm in firms.items()}
    told = {
        key: replace(record, representative=more[key].get(_REPRESENTATIVE, ""), address=more[key].get(_ADDRESS, ""))
        for key, record in records.items()
    }
    return records, told


def _beside(
    row: FirmRecord,
    by_brand: Mapping[str, Iterable[str]],
    by_facts: Mapping[str, Iterable[str]],
    firms: Mapping[str, FirmRecord],
) -> list[FirmRecord]:
    brands = {parts.part(BRAND) for parts in row.parts_ever}
    keys = {key for brand in brands for key in by_brand.get(brand, ())} | set(by_facts.get(row.key, ()))
    return [firms[key] for key in sorted(keys)]


def _candidate(receipt: Receipt, said: tuple[FirmRecord, list[list[str]]], one: MayBe) -> Candidate:
    row, thing = said
    told = {
        "founded_on": row.founded_on.isoformat() if row.founded_on else "",
        "representative": row.representative,
        "address": row.address,
        "thing": thing,
    }
    return Candidate(
        receipt=receipt,
        row=int(row.key),
        name=row.name[:300],
        record={fact: value for fact, value in told.items() if value},
        firm_id=int(one.firm),
        points=one.decision.points,
        reasons=[[reason.sentence.zh, reason.sentence.en] for reason in one.decision.reasons],
    )


@transaction.atomic
def judge_candidate(*, actor: Actor, candidate_id: int, is_same: bool, reason: str) -> IdentityJudgement:
    """Keep what a person found of a candidate; a later judgement takes an earlier one back, and both stay.

    A row that is the firm's brings what it says to the firm; one that is no more takes it away again.

    Raises: `ATLAS.IDENTITY.NOT_FOUND`; `ATLAS.IDENTITY.REASON` (none is given); `ATLAS.IDENTITY.ALREADY` (the row is
    judged to be another firm, which has to be taken back first).
    Effects: one `IdentityJudgement`; those of `settle_judged`; audit row.
    """
    asked = Candidate.objects.select_related("receipt__source", "firm").filter(pk=candidate_id).first()
    if asked is None:
        raise CandidateNotFoundError(candidate=candidate_id)
    if not reason.strip():
        raise JudgementReasonError
    # Two persons who judge one row at a time take turns.
    of_row = Candidate.objects.filter(receipt_id=asked.receipt_id, row=asked.row)
    list(of_row.select_for_update().order_by("pk").values_list("pk", flat=True))
    other = one_firm_of(asked)
    if is_same and other is not None and other.firm_id != asked.firm_id:
        raise AlreadyOneFirmError(row=asked.row, firm=other.firm.name)
    at = clock.now()  # not when the transaction began: it may have waited for another's
    before = judged_one_firm(asked.firm_id, asked.receipt.source_id).exclude(pk=asked.pk)
    standing = [*before, *([asked] if is_same else [])]
    brought = settle_judged(actor=actor, asked=asked, standing=standing, at=at, cause=f"candidate:{asked.pk}")
    judged = IdentityJudgement.objects.create(
        candidate=asked,
        is_same=is_same,
        reason=reason.strip(),
        judged_at=at,
        judged_by_id=actor.user_id,
        judged_by_name=actor.name[:120],
        brought=brought.told,
    )
    facts = {
        "firm": asked.firm_id, "receipt": asked.receipt_id, "row": asked.row, "same": is_same,
        "statements": brought.statements, "ended": brought.ended,
    }  # fmt: skip
    record_audit(actor=actor, action="atlas.judge_identity", subject=("candidate", asked.pk), facts=facts)
    return judged
