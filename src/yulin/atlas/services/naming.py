"""A firm's heading follows the name that counts: a right name replaces the wrong one, which still finds the firm."""

from __future__ import annotations

from dataclasses import asdict

from yulin.atlas.core.access import OF_ITSELF
from yulin.atlas.core.name_folding import fold_name
from yulin.atlas.core.spelling import spelling_of
from yulin.atlas.errors import CorrectionUnreadableError
from yulin.atlas.models import Firm, FirmFormerName
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
    name = _name_that_counts(firm)
    if not name or name == firm.name:
        return False
    if len(name) > _LONGEST:
        raise CorrectionUnreadableError(found=name[:40], needed=_NEEDED)
    was = firm.name
    FirmFormerName.objects.create(firm=firm, name=was, cause=cause, **asdict(spelling_of(fold_name(was))))
    Firm.objects.filter(pk=firm.pk).update(name=name)
    keep_spellings([(firm.pk, name)])
    house = firm_organisation(firm.identifier)
    if house is not None:
        rename_organisation(actor=actor, organisation_id=house.pk, name_zh=name)
    facts = {"was": was, "is": name, "cause": cause}
    record_audit(actor=actor, action="atlas.rename_firm", subject=("firm", firm.pk), facts=facts)
    return True


def _name_that_counts(firm: Firm) -> str:
    found = portrait_of(firm, OF_ITSELF, on=clock.business_date(), known_at=clock.now())
    lines = (line for section in found.sections for line in section.lines if line.fact == NAME)
    return next((str(line.said.value).strip() for line in lines if line.said.value), "")
