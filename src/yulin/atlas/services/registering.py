"""Every write of firms: register them in bulk, add codes, add statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from yulin.atlas.enums import CodeKind
from yulin.atlas.errors import FirmCodeTakenError
from yulin.atlas.models import FirmCode, Statement
from yulin.atlas.selectors import USCC, firm_by_code, firm_ids_by_code, own_firm_ids
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.tasks import defer
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit


@dataclass(frozen=True)
class NewFirm:
    """One firm to register, as a file or a form names it."""

    identifier: str
    name: str
    name_original: str = ""
    registered_on: date | None = None
    district_code: str | None = None


@dataclass(frozen=True)
class NewStatement:
    """One source's value of one fact of a firm."""

    firm_id: int
    fact: str
    value: Any
    source: str
    valid_from: date
    valid_until: date | None = None


# Arrays instead of rows: one statement, whatever the number of firms. In order of the identifier, so that two uploads
# with the same firms never lock each other out.
_UPSERT = """
INSERT INTO atlas_firm (identifier_scheme, identifier, name, name_original, registered_on, district_code)
SELECT %(scheme)s, one.* FROM unnest(
  %(identifiers)s::text[], %(names)s::text[], %(originals)s::text[], %(registered)s::date[], %(districts)s::text[]
) AS one (identifier, name, name_original, registered_on, district_code)
ORDER BY one.identifier
ON CONFLICT (identifier_scheme, identifier) DO UPDATE SET
  registered_on = coalesce(atlas_firm.registered_on, excluded.registered_on),
  district_code = coalesce(atlas_firm.district_code, excluded.district_code)
WHERE (atlas_firm.registered_on IS NULL AND excluded.registered_on IS NOT NULL)
   OR (atlas_firm.district_code IS NULL AND excluded.district_code IS NOT NULL)
RETURNING (xmax = 0) AS is_new
"""


@transaction.atomic
def register_firms(*, actor: Actor, firms: Sequence[NewFirm], identifier_scheme: str = USCC) -> dict[str, int]:
    """Register firms that are not registered yet, and return the firm that each identifier leads to.

    A code that leads to a firm as an old or successor's code registers nothing. What is known of a firm is filled in
    where it was missing and never replaced: a change is a statement.

    Effects: `Firm` rows; one audit row with the counts when anything changed.
    """
    by_identifier = {firm.identifier: firm for firm in reversed(firms)}
    known = firm_ids_by_code(by_identifier, identifier_scheme=identifier_scheme)
    own = own_firm_ids(list(by_identifier), identifier_scheme=identifier_scheme)
    wanted = [firm for code, firm in by_identifier.items() if code not in known or code in own]
    made, changed = _upsert(wanted, identifier_scheme)
    if made or changed:
        record_audit(
            actor=actor,
            action="atlas.register_firms",
            subject=("firm", "many" if len(wanted) != 1 else wanted[0].identifier),
            facts={"identifier_scheme": identifier_scheme, "made": made, "filled_in": changed},
        )
    if made:
        defer("atlas.spell_firms", once_as="atlas.spell_firms")
    return firm_ids_by_code(by_identifier, identifier_scheme=identifier_scheme)


def _upsert(firms: Sequence[NewFirm], identifier_scheme: str) -> tuple[int, int]:
    if not firms:
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute(
            _UPSERT,
            {
                "scheme": identifier_scheme,
                "identifiers": [firm.identifier for firm in firms],
                "names": [firm.name for firm in firms],
                "originals": [firm.name_original or firm.name for firm in firms],
                "registered": [firm.registered_on for firm in firms],
                "districts": [firm.district_code for firm in firms],
            },
        )
        is_new = [row[0] for row in cursor.fetchall()]
    return sum(is_new), len(is_new) - sum(is_new)


@transaction.atomic
def add_firm_code(*, actor: Actor, firm_id: int, code: str, kind: CodeKind, valid_from: date | None = None) -> FirmCode:
    """Let one more code lead to a firm.

    Raises: `ATLAS.FIRM.CODE_TAKEN`.
    Effects: one `FirmCode`; audit row.
    """
    holder = firm_by_code(code)
    if holder is not None:
        raise FirmCodeTakenError(firm_code=code, holder=holder.name)
    added = FirmCode.objects.create(firm_id=firm_id, code=code, kind=str(kind), valid_from=valid_from)
    record_audit(
        actor=actor, action="atlas.add_firm_code", subject=("firm", firm_id), facts={"code": code, "kind": str(kind)}
    )
    return added


@transaction.atomic
def add_statements(*, actor: Actor, statements: Sequence[NewStatement]) -> int:
    """Add what a source says about firms; nothing that was said before is changed.

    Effects: `Statement` rows; one audit row with the count.
    """
    rows = [
        Statement(
            firm_id=one.firm_id,
            fact=one.fact,
            value=one.value,
            source=one.source,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
        )
        for one in statements
    ]
    with scope(EVERYTHING):  # a bank says of a firm what it may not read of it
        Statement.objects.bulk_create(rows, batch_size=5000)
    if rows:
        sources = sorted({row.source for row in rows})
        record_audit(
            actor=actor,
            action="atlas.add_statements",
            subject=("firm", "many" if len({row.firm_id for row in rows}) > 1 else rows[0].firm_id),
            facts={"count": len(rows), "sources": sources},
        )
    return len(rows)
