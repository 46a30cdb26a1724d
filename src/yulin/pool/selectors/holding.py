"""What the pool holds of facts: with an open claim, audit or recall all of a firm; else what a filing rested on.

And the names of objectors that it keeps itself: with the objection to a claim, and in what managers were told of it.
"""

from __future__ import annotations

from yulin.atlas.adapters.holders import Holder
from yulin.atlas.adapters.kept_names import KeptNames
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

# What managers are told of an objection ends with two lines: who says so, and the receipt (`file_objection`).
_NAMED = r"""
SELECT o.id * 2 AS id, e.firm_id, o.receipt AS name, o.filed_on AS since
FROM pool_noticeobjection o
JOIN pool_claim c ON c.id = o.claim_id JOIN pool_enrolment e ON e.id = c.enrolment_id
WHERE o.name <> %(masked)s
UNION ALL
SELECT n.id * 2 + 1, e.firm_id, n.receipt, n.sent_on
FROM (
  SELECT id, sent_on, body_zh, substring(body_zh FROM E'\\n回执：([^\\n]*)$') AS receipt
  FROM people_notice WHERE kind = 'pool.objection' AND body_zh ~ E'\\n提出人：[^\\n]*\\n回执：[^\\n]*$'
) n
LEFT JOIN pool_noticeobjection o ON o.receipt = n.receipt
LEFT JOIN pool_claim c ON c.id = o.claim_id LEFT JOIN pool_enrolment e ON e.id = c.enrolment_id
WHERE NOT starts_with(reverse(n.body_zh), reverse(E'\n提出人：' || %(masked)s || E'\n回执：' || n.receipt))
"""
_UNANSWERED = """
SELECT r.id FROM retention_row r JOIN pool_noticeobjection o ON o.receipt = r.name
WHERE NOT EXISTS (SELECT FROM pool_objectionanswer a WHERE a.objection_id = o.id)
"""
_MASK_KEPT = """
UPDATE pool_noticeobjection SET name = %(masked)s, contact = %(masked)s
WHERE id * 2 IN (SELECT id FROM retention_row)
"""
_MASK_TOLD = r"""
UPDATE people_notice SET
  body_zh = regexp_replace(body_zh, E'\\n提出人：[^\\n]*(\\n回执：[^\\n]*)$', E'\n提出人：' || %(masked)s || '\1'),
  body_en = regexp_replace(body_en, E'\\n提出人：[^\\n]*(\\n回执：[^\\n]*)$', E'\n提出人：' || %(masked)s || '\1')
WHERE id * 2 + 1 IN (SELECT id FROM retention_row)
"""
OBJECTORS = KeptNames(_NAMED, ((HoldKind.OBJECTION, _UNANSWERED),), (_MASK_KEPT, _MASK_TOLD))
