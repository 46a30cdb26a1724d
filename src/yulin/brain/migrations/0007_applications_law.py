"""What the database itself keeps of applications: who sees which rows, and what never changes once it is written."""

from django.db import migrations

from yulin.kit.row_security import policy_operations, row_policies

_ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
_ORG = "(SELECT substring(current_setting('yulin.scope', true) FROM '^organisation:([0-9]+)$')::bigint)"
_HELPS = (
    "EXISTS (SELECT FROM brain_applicationhelper AS helper WHERE helper.application_id = brain_application.id"
    f" AND helper.organisation_id = {_ORG} AND helper.revoked_at IS NULL)"
)
_JUDGES = (
    "EXISTS (SELECT FROM brain_expertreview AS review WHERE review.application_id = brain_application.id"
    f" AND review.organisation_id = {_ORG} AND review.recused_at IS NULL)"
)
_OWN = f"{_ALL} OR house_id = {_ORG}"


def _of_application(table: str) -> str:
    return f"EXISTS (SELECT FROM brain_application AS one WHERE one.id = {table}.application_id)"


_WITH_IT = (
    "brain_applicationfield",
    "brain_fieldedit",
    "brain_applicationpaper",
    "brain_submission",
    "brain_applicationevent",
    "brain_applicationappeal",
    "brain_applicationdecision",
    "brain_expertdraw",
)

UNCHANGING = """
CREATE FUNCTION brain_application_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  may text[] := CASE TG_TABLE_NAME
    WHEN 'brain_fieldedit' THEN ARRAY['settled_at', 'settled_by_name']
    WHEN 'brain_applicationpaper' THEN ARRAY['removed_at', 'removed_by_name']
    WHEN 'brain_applicationhelper' THEN ARRAY['revoked_at', 'revoked_by_name']
    ELSE ARRAY[]::text[] END;
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - may = to_jsonb(OLD) - may THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% on row % of % was refused: it is written once.', TG_OP, OLD.id, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION brain_call_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A published call never changes: % of % was refused.', TG_OP, OLD.number
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION brain_score_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE may text[] := ARRAY['vote', 'voted_at'];
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.voted_at IS NULL AND to_jsonb(NEW) - may = to_jsonb(OLD) - may THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A score that is in never changes: % of review % was refused.', TG_OP, OLD.id
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION brain_decision_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A confirmed decision never changes: % of decision % was refused.', TG_OP, OLD.id
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
REVERSE = """
DROP FUNCTION brain_application_unchanging();
DROP FUNCTION brain_call_unchanging();
DROP FUNCTION brain_score_unchanging();
DROP FUNCTION brain_decision_unchanging();
"""
_ONCE = (
    "brain_submission", "brain_fieldedit", "brain_applicationpaper", "brain_applicationhelper",
    "brain_applicationevent", "brain_callextension", "brain_expertdraw",
)  # fmt: skip


def _trigger(table: str, function: str, when: str = "") -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {function} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {when}"
        f" EXECUTE FUNCTION {function}()",
        f"DROP TRIGGER {function} ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("brain", "0006_applications")]

    operations = [
        *policy_operations(
            "brain_applicationhelper", owner_columns=["house_id"], party_columns=["organisation_id"]
        ),
        *row_policies(
            "brain_expertreview",
            seen=f"{_ALL} OR organisation_id = {_ORG}",
            written=_ALL,
        ),
        *row_policies(
            "brain_application",
            seen=f"{_OWN} OR {_HELPS} OR {_JUDGES}",
            written=_OWN,
            changed=f"{_OWN} OR {_HELPS}",
        ),
        *[
            operation
            for table in _WITH_IT
            for operation in row_policies(
                table, seen=f"{_ALL} OR {_of_application(table)}", written=f"{_ALL} OR {_of_application(table)}"
            )
        ],
        migrations.RunSQL(UNCHANGING, REVERSE),
        *[_trigger(table, "brain_application_unchanging") for table in _ONCE],
        _trigger("brain_call", "brain_call_unchanging", "WHEN (OLD.state = 'published')"),
        _trigger("brain_expertreview", "brain_score_unchanging", "WHEN (OLD.scored_at IS NOT NULL)"),
        _trigger("brain_applicationdecision", "brain_decision_unchanging", "WHEN (OLD.confirmed_on IS NOT NULL)"),
    ]
