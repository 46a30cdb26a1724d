"""What the pool holds of facts: with an open claim, audit or recall all of a firm; else what a filing rested on."""

from __future__ import annotations

from yulin.atlas.adapters.holders import Holder
from yulin.atlas.enums import HoldKind
from yulin.pool.enums import ClaimState

_ENDED = ", ".join(f"'{state.value}'" for state in (ClaimState.PAID, ClaimState.DENIED, ClaimState.WITHDRAWN))
_OF_CLAIM = """
SELECT e.firm_id, NULL::date AS held_on, NULL::timestamptz AS held_at
FROM pool_claim c JOIN pool_enrolment e ON e.id = c.enrolment_id
"""
_IN_AUDIT = """
WHERE EXISTS (
  SELECT FROM pool_sampleline l JOIN pool_sampleaudit a ON a.id = l.audit_id
  WHERE l.claim_id = c.id AND a.closed_on IS NULL
) OR EXISTS (SELECT FROM pool_recall r WHERE r.claim_id = c.id AND r.repaid_on IS NULL)
"""
_ENROLMENTS = "SELECT firm_id, disbursed_on AS held_on, created_at AS held_at FROM pool_enrolment"

HOLDERS = (
    Holder(HoldKind.CLAIM, f"{_OF_CLAIM} WHERE c.state NOT IN ({_ENDED})"),
    Holder(HoldKind.AUDIT, _OF_CLAIM + _IN_AUDIT),
    Holder(HoldKind.ENROLLED, _ENROLMENTS),
)
