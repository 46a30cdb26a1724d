"""The panels of a portrait in their order, out of the particulars that count and the holdings around the firm.

Invariant: nothing of a class that is not open stands in any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from yulin.atlas.core import plain_panels
from yulin.atlas.core.assets import assets
from yulin.atlas.core.control_panel import HeldFirm, control
from yulin.atlas.core.operations import operations
from yulin.atlas.core.panels import Panel
from yulin.atlas.core.particulars import ASSETS, FORMS, particular_name
from yulin.atlas.core.statements import Said
from yulin.atlas.enums import ParticularKind


def portrait_panels(
    firm_code: str,
    counting: Mapping[ParticularKind, Sequence[Said]],
    around: Sequence[HeldFirm],
    on: date,
    opens: Callable[[str], bool],
) -> list[Panel]:
    """Return the panels; `counting`: what counts of the kinds that are open; `opens`: whether a class of facts is."""
    found = {kind: list(counting.get(kind, ())) for kind in ParticularKind}
    panels = (
        plain_panels.exits(found[ParticularKind.EXIT]),
        assets(found, _equity(firm_code, around), on, has_invoices=opens(FORMS[ParticularKind.INVOICE].group))
        if opens(ASSETS)
        else None,
        plain_panels.people(found[ParticularKind.KEY_PERSON], on),
        control(firm_code, around),
        operations(found[ParticularKind.INVOICE], on),
        plain_panels.staff(found[ParticularKind.STAFF_MONTH]),
        plain_panels.talent(found[ParticularKind.TALENT], on),
        plain_panels.rights(found[ParticularKind.IP_RIGHT], on),
        plain_panels.honours(found[ParticularKind.HONOUR], found[ParticularKind.PERMIT]),
        plain_panels.support(found[ParticularKind.POLICY_RECEIVED]),
        plain_panels.loans(found[ParticularKind.LOAN]),
        plain_panels.judicial(found[ParticularKind.JUDICIAL]),
        plain_panels.events(found[ParticularKind.EVENT]),
    )
    return [panel for panel in panels if panel is not None]


def _equity(firm_code: str, around: Sequence[HeldFirm]) -> list[Said]:
    """Return the holdings that a firm has in others."""
    return [
        replace(
            one, fact=particular_name(ParticularKind.HOLDING, each.code), value={**one.value, "firm_name": each.name}
        )
        for each in around
        for one in each.holdings
        if one.value.get("holder") == firm_code
    ]
