"""A firm's heading follows the name that counts: the right or newer one; the name before stays and finds the firm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from yulin.atlas.core.access import OF_ITSELF
from yulin.atlas.core.contracts import SourceContract
from yulin.atlas.core.intake import Intake
from yulin.atlas.core.name_folding import fold_name
from yulin.atlas.core.name_history import Borne, joined, names_before
from yulin.atlas.core.particulars import first_day_meant
from yulin.atlas.core.portrait import PortraitLine
from yulin.atlas.core.spelling import spelling_of
from yulin.atlas.core.statements import Said
from yulin.atlas.errors import CorrectionUnreadableError
from yulin.atlas.models import Firm, FirmFormerName, Receipt
from yulin.atlas.selectors import firm_ids_by_code
from yulin.atlas.selectors.firms import former_names, names_in_force
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


def follow_names(*, actor: Actor, receipt: Receipt, source: str, firm_ids: Iterable[int]) -> int:
    """Let a register's file rename firms, and keep what the register itself called them before.

    The name that counts becomes the heading where this register says it; another spelling of it renames nothing. The
    history is that of all files of the source, in whichever order they came. In the caller's transaction; returns how
    many firms were renamed.

    Effects: as `settle_name`; `FirmFormerName` rows: the whole history of the source where it is another than before.
    """
    renamed = 0
    cause = f"receipt:{receipt.pk}"
    for firm_id in firm_ids:
        firm = Firm.objects.select_for_update().get(pk=firm_id)
        line = _name_that_counts(firm)
        if line is None:
            continue
        own = [one.said for one in line.statements if one.said.source == source and isinstance(one.said.value, str)]
        known = dict(_borne(former_names(firm), source))
        history = _history(known, own)
        name, headed = _text(line), firm.name
        is_renamed = line.said.source == source and not _is(name, headed)
        if is_renamed:
            bore = next((until for was, until in history.items() if _is(was, headed)), None)
            _rename(actor, firm, _Change(name, cause, *((source, bore) if bore else ())))
            renamed += 1
        elif history == known:
            continue
        for was, until in history.items():
            if not (is_renamed and _is(was, headed)):
                _keep_former(firm, was, cause=cause, source=source, held_until=until, known_until=None)
    return renamed


def _history(known: Mapping[str, date | None], own: Sequence[Said]) -> dict[str, date | None]:
    """Return what all that a source has said makes of a firm's names.

    A name that was known and that nothing says any more stays as it was: its file has gone by the rules of retention.
    """
    said = {fold_name(one.value) for one in own}
    gone = [(name, until) for name, until in known.items() if fold_name(name) not in said]
    return dict(joined(gone, names_before((one.valid_from, one.known_at, one.value.strip()) for one in own)))


def keep_former_names(*, actor: Actor, receipt: Receipt, contract: SourceContract, taken: Intake) -> int:
    """Keep the names that a register says firms bore before, with its days; a change to the very same name is none.

    In the caller's transaction. Effects: `FirmFormerName` rows: the whole history of the source where there is more of
    it; audit row.
    """
    if contract.naming is None or not contract.naming.former:
        return 0
    facts = {one.column: one.fact for one in contract.fields}
    former, until = facts[contract.naming.former], facts.get(contract.naming.until, "")
    after = dict(taken.firms.select("row", "name").iter_rows())
    by_row: dict[tuple[int, str], dict[str, str]] = defaultdict(dict)
    for row, subject, fact, value in taken.statements.select("row", "subject", "predicate", "value").iter_rows():
        by_row[row, subject][fact] = value
    told: dict[str, list[Borne]] = defaultdict(list)
    for (row, subject), said in by_row.items():
        if former in said and not _is(said[former], after.get(row) or ""):
            told[subject].append((said[former], first_day_meant(said[until]) if said.get(until) else None))
    firms = firm_ids_by_code(told)
    before: dict[int, list[FirmFormerName]] = defaultdict(list)
    for one in FirmFormerName.objects.filter(firm__in=firms.values(), source=contract.id).order_by("pk"):
        before[one.firm_id].append(one)
    made = sum(
        _keep_history(firm, _borne(names_in_force(before[firm]), contract.id), told[subject], receipt)
        for subject, firm in firms.items()
    )
    if made:
        facts_told = {"source": contract.id, "names": made}
        record_audit(actor=actor, action="atlas.keep_former_names", subject=("receipt", receipt.pk), facts=facts_told)
    return made


def _keep_history(firm_id: int, known: Sequence[Borne], told: Sequence[Borne], receipt: Receipt) -> int:
    """Keep a source's history of a firm whole where it says more than was known; return by how many names."""
    history = joined(known, told)
    if history == tuple(known):
        return 0
    for name, until in history:
        _keep_former(
            Firm(pk=firm_id),
            name,
            cause=f"receipt:{receipt.pk}",
            source=receipt.source.code,
            held_until=until,
            known_until=None,
        )
    return len(set(history) - set(known))


def _borne(rows: Iterable[FirmFormerName], source: str) -> list[Borne]:
    """Return what is known of a source's history, in the order in which names were given up."""
    return list(joined([], [(one.name, one.held_until) for one in rows if one.source == source]))


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


def _keep_former(firm: Firm, name: str, **told: Any) -> None:
    spelled = asdict(spelling_of(fold_name(name)))
    FirmFormerName.objects.create(firm=firm, name=name[:_LONGEST], **spelled, **told)


def _is(said: Any, name: str) -> bool:
    return isinstance(said, str) and fold_name(said) == fold_name(name)


def _text(line: PortraitLine | None) -> str:
    return str(line.said.value).strip() if line is not None and line.said.value else ""


def _name_that_counts(firm: Firm) -> PortraitLine | None:
    found = portrait_of(firm, OF_ITSELF, on=clock.business_date(), known_at=clock.now())
    lines = (line for section in found.sections for line in section.lines if line.fact == NAME)
    return next((line for line in lines if line.said.value), None)
