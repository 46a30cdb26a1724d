"""A firm's heading follows the name that counts: the right or newer one; the name before stays and finds the firm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl

from yulin.atlas.core.access import OF_ITSELF
from yulin.atlas.core.contracts import SourceContract
from yulin.atlas.core.name_folding import fold_name
from yulin.atlas.core.particulars import first_day_meant
from yulin.atlas.core.portrait import PortraitLine
from yulin.atlas.core.spelling import spelling_of
from yulin.atlas.errors import CorrectionUnreadableError
from yulin.atlas.models import Firm, FirmFormerName, Receipt
from yulin.atlas.selectors import firm_ids_by_code
from yulin.atlas.selectors.portrait import portrait_of
from yulin.atlas.services.spelling import keep_spellings
from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.selectors import firm_organisation
from yulin.people.services import record_audit, rename_organisation

NAME = "name"
_LONGEST = 300
_NEEDED = Text("不超过300字的名称", "a name of at most 300 characters")


def settle_name(*, actor: Actor, firm_id: int, cause: str) -> bool:
    """Let a firm be called what counts as its name today, and tell whether that is another name than before.

    Where no name counts any more the old one stays: a firm has to be called something. In the caller's transaction.

    Raises: `ATLAS.OBJECTION.VALUE` (the name is too long).
    Effects: `Firm` and its spelling; a `FirmFormerName`; the name of the firm's own organisation; audit row.
    """
    firm = Firm.objects.select_for_update().get(pk=firm_id)
    line = _name_that_counts(firm)
    name = _text(line)
    if not name or name == firm.name:
        return False
    if len(name) > _LONGEST:
        raise CorrectionUnreadableError(found=name[:40], needed=_NEEDED)
    _rename(actor, firm, _Change(name, cause))
    return True


def follow_names(*, actor: Actor, receipt: Receipt, names: Sequence[tuple[int, int, str, str]]) -> int:
    """Let a register's file rename firms: row, firm, its name and the file's of each that the file calls otherwise.

    The name that counts becomes the heading. What the register itself called the firm before is a name that it bore,
    until the day that the first file with the newer name stands for; also where the older file comes in later. Another
    spelling of the same name renames nothing. In the caller's transaction; returns how many firms were renamed.

    Effects: as `settle_name`, and a `FirmFormerName` for each name that an older file says.
    """
    renamed = 0
    for _, firm_id, _, said in names:
        firm = Firm.objects.select_for_update().get(pk=firm_id)
        line = _name_that_counts(firm)
        name, code, cause = _text(line), receipt.source.code, f"receipt:{receipt.pk}"
        if line is None or fold_name(said) == fold_name(firm.name):
            continue
        own = [one.said for one in line.statements if one.said.source == code]
        since = min((one.valid_from for one in own if _is(one.value, name)), default=None)
        if fold_name(said) == fold_name(name):
            bore = any(_is(one.value, firm.name) for one in own)
            _rename(actor, firm, _Change(name, cause, *((code, since) if bore else ())))
            renamed += 1
        elif since is not None and receipt.as_of < since:
            _keep_former(firm, said, cause=cause, source=code, held_until=since, known_until=None)
    return renamed


def keep_former_names(*, actor: Actor, receipt: Receipt, contract: SourceContract, statements: pl.DataFrame) -> int:
    """Keep the names that a register says firms bore before, with its days; each name of a firm once a source.

    In the caller's transaction. Effects: `FirmFormerName` rows; audit row.
    """
    if contract.naming is None or not contract.naming.former:
        return 0
    facts = {one.column: one.fact for one in contract.fields}
    former, until = facts[contract.naming.former], facts.get(contract.naming.until, "")
    by_row: dict[tuple[int, str], dict[str, str]] = defaultdict(dict)
    for row, subject, fact, value in statements.select("row", "subject", "predicate", "value").iter_rows():
        by_row[row, subject][fact] = value
    firms = firm_ids_by_code(subject for _, subject in by_row)
    names = dict(Firm.objects.filter(pk__in=firms.values()).values_list("pk", "name"))
    made = 0
    for (_, subject), said in by_row.items():
        if former in said and subject in firms and not _is(said[former], names[firms[subject]]):
            made += _keep_former(
                Firm(pk=firms[subject]),
                said[former],
                cause=f"receipt:{receipt.pk}",
                source=contract.id,
                held_until=first_day_meant(said[until]) if said.get(until) else None,
                known_until=None,
            )
    if made:
        facts_told = {"source": contract.id, "names": made}
        record_audit(actor=actor, action="atlas.keep_former_names", subject=("receipt", receipt.pk), facts=facts_told)
    return made


@dataclass(frozen=True)
class _Change:
    """What a firm is called from now on, and why; with the source and day by which it bore the name before."""

    name: str
    cause: str
    source: str = ""
    held_until: date | None = None


def _rename(actor: Actor, firm: Firm, change: _Change) -> None:
    was, name = firm.name, change.name
    _keep_former(
        firm, was, cause=change.cause, source=change.source, held_until=change.held_until, known_until=clock.now()
    )
    Firm.objects.filter(pk=firm.pk).update(name=name)
    keep_spellings([(firm.pk, name)])
    house = firm_organisation(firm.identifier)
    if house is not None:
        rename_organisation(actor=actor, organisation_id=house.pk, name_zh=name)
    facts = {"was": was, "is": name, "cause": change.cause}
    record_audit(actor=actor, action="atlas.rename_firm", subject=("firm", firm.pk), facts=facts)


def _keep_former(firm: Firm, name: str, **told: Any) -> bool:
    """Keep a name that a firm had; one that the same source told before is kept once."""
    if (
        told["source"]
        and FirmFormerName.objects.filter(firm=firm, name=name[:_LONGEST], source=told["source"]).exists()
    ):
        return False
    spelled = asdict(spelling_of(fold_name(name)))
    FirmFormerName.objects.create(firm=firm, name=name[:_LONGEST], **spelled, **told)
    return True


def _is(said: Any, name: str) -> bool:
    return isinstance(said, str) and fold_name(said) == fold_name(name)


def _text(line: PortraitLine | None) -> str:
    return str(line.said.value).strip() if line is not None and line.said.value else ""


def _name_that_counts(firm: Firm) -> PortraitLine | None:
    found = portrait_of(firm, OF_ITSELF, on=clock.business_date(), known_at=clock.now())
    lines = (line for section in found.sections for line in section.lines if line.fact == NAME)
    return next((line for line in lines if line.said.value), None)
