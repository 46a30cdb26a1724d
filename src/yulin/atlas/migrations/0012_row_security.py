"""The database itself hides what firms gave, read, contested and were held to from everybody whose business it is not.

A firm's own rows are those of the firm whose code its organisation has; a district's organisation is found by its
district. Whoever may read a row may lock it; that nobody changes one is held by the append-only triggers.
"""

from django.db import migrations

from yulin.kit.row_security import row_policies

FUNCTIONS = (
    (
        "atlas_own_organisations",
        """
CREATE FUNCTION atlas_own_organisations() RETURNS bigint[] LANGUAGE sql STABLE AS $$
  SELECT array(
    SELECT id FROM people_organisation
    WHERE id = substring(current_setting('yulin.scope', true) FROM '^organisation:([0-9]+)$')::bigint
       OR (kind = 'district'
           AND district_code = substring(current_setting('yulin.scope', true) FROM '^district:(.+)$'))
  )
$$
""",
    ),
    (
        "atlas_own_firms",
        """
CREATE FUNCTION atlas_own_firms() RETURNS bigint[] LANGUAGE sql STABLE AS $$
  SELECT array(
    SELECT firm.id FROM people_organisation house JOIN atlas_firm firm ON firm.identifier = house.identifier
    WHERE house.kind = 'firm' AND house.id = ANY (atlas_own_organisations())
    UNION
    SELECT code.firm_id FROM people_organisation house JOIN atlas_firmcode code ON code.code = house.identifier
    WHERE house.kind = 'firm' AND house.id = ANY (atlas_own_organisations())
  )
$$
""",
    ),
)

# Sub-selects, so that the reach is worked out once a statement and not once a row.
ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
OWN_FIRMS = "ANY ((SELECT atlas_own_firms())::bigint[])"
OURS = "ANY ((SELECT atlas_own_organisations())::bigint[])"
OF_OWN_FIRM = f"firm_id = {OWN_FIRMS}"


def with_row(table: str, column: str, condition: str = "true") -> str:
    """Return the condition that the reader sees the row of another table to which a row belongs."""
    return f"EXISTS (SELECT FROM {table} above WHERE above.id = {column} AND {condition})"


SAID_OF_OWN_FIRM = f"EXISTS (SELECT FROM atlas_statement s WHERE s.id = statement_id AND s.firm_id = {OWN_FIRMS})"
NOTICE_TO_US = f"EXISTS (SELECT FROM atlas_recallnotice n WHERE n.recall_id = atlas_recall.id AND n.organisation_id = {OURS})"
NOTICE_OF_OWN_FIRM = (
    f"EXISTS (SELECT FROM atlas_firm f WHERE f.identifier = content ->> 'firm_code' AND f.id = {OWN_FIRMS})"
)

# table: who sees a row, who adds one
POLICIES = {
    "atlas_consent": (f"{ALL} OR {OF_OWN_FIRM} OR organisation_id = {OURS}", f"{ALL} OR {OF_OWN_FIRM}"),
    "atlas_consentrevocation": (
        with_row("atlas_consent", "consent_id"),
        f"{ALL} OR {with_row('atlas_consent', 'consent_id', f'above.firm_id = {OWN_FIRMS}')}",
    ),
    "atlas_reading": (
        f"{ALL} OR {OF_OWN_FIRM} OR organisation_id = {OURS}",
        f"{ALL} OR organisation_id = {OURS}",
    ),
    "atlas_objection": (f"{ALL} OR {OF_OWN_FIRM} OR routed_to_id = {OURS}", f"{ALL} OR {OF_OWN_FIRM}"),
    "atlas_objectiondecision": (
        with_row("atlas_objection", "objection_id"),
        f"{ALL} OR {with_row('atlas_objection', 'objection_id', f'above.routed_to_id = {OURS}')}",
    ),
    "atlas_objectionnote": (
        with_row("atlas_objection", "objection_id"),
        f"{ALL} OR {with_row('atlas_objection', 'objection_id', f'above.firm_id = {OWN_FIRMS}')}",
    ),
    "atlas_recallnotice": (f"{ALL} OR organisation_id = {OURS} OR {NOTICE_OF_OWN_FIRM}", ALL),
    "atlas_recall": (f"{ALL} OR {OF_OWN_FIRM} OR {NOTICE_TO_US}", ALL),
    "atlas_recallreceipt": (
        with_row("atlas_recallnotice", "notice_id"),
        f"{ALL} OR {with_row('atlas_recallnotice', 'notice_id', f'above.organisation_id = {OURS}')}",
    ),
    "atlas_adverserecord": (f"{ALL} OR entered_by_id = {OURS} OR {SAID_OF_OWN_FIRM}", ALL),
    "atlas_repairrequest": (
        with_row("atlas_adverserecord", "record_id"),
        with_row("atlas_adverserecord", "record_id"),
    ),
    "atlas_repairdecision": (with_row("atlas_repairrequest", "request_id"), ALL),
    "atlas_signedanswer": (
        f"{ALL} OR {OF_OWN_FIRM} OR organisation_id = {OURS}",
        f"{ALL} OR organisation_id = {OURS}",
    ),
    "atlas_candidate": (ALL, ALL),
    "atlas_identityjudgement": (ALL, ALL),
}


class Migration(migrations.Migration):

    dependencies = [
        ("atlas", "0009_particulars"),
        ("people", "0004_notices_done"),
    ]

    operations = [
        *(migrations.RunSQL(made, f"DROP FUNCTION {name}()") for name, made in FUNCTIONS),
        *(
            operation
            for table, (seen, written) in POLICIES.items()
            for operation in row_policies(table, seen=seen, written=written)
        ),
    ]
