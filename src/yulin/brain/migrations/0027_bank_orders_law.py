"""An order pays what two people have released, by the same fen; what an order holds is changed by the bank's word alone."""

from __future__ import annotations

from django.db import migrations

LAW = [
    """
    CREATE FUNCTION brain_payable_order() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.payable_kind = 'award' AND NOT EXISTS (
            SELECT FROM brain_award AS a WHERE a.id = NEW.payable_id AND a.state = 'released'
                AND a.amount_fen = NEW.amount_fen AND a.account = NEW.account AND a.bank_code = NEW.bank_code
        ) OR NEW.payable_kind = 'milestone' AND NOT EXISTS (
            SELECT FROM brain_grantmilestone AS m JOIN brain_grantcontract AS c ON c.id = m.contract_id
            WHERE m.id = NEW.payable_id AND m.state = 'released' AND m.amount_fen = NEW.amount_fen
                AND c.account = NEW.account AND c.bank_code = NEW.bank_code
        ) THEN
            RAISE EXCEPTION 'order %: what it pays is not released, or of another amount or account', NEW.reference
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER brain_payable_order BEFORE INSERT ON pool_payoutorder FOR EACH ROW"
    " WHEN (NEW.payable_kind <> '') EXECUTE FUNCTION brain_payable_order()",
    """
    CREATE FUNCTION brain_held_by_order() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM pool_payoutorder AS o
            WHERE o.payable_kind = TG_ARGV[0] AND o.payable_id = OLD.id AND o.outcome <> 'failed'
                AND NOT (NEW.state = 'paid' AND o.outcome = 'paid' AND o.reference = NEW.reference)
        ) THEN
            RAISE EXCEPTION '% %: a payment batch holds it', TG_ARGV[0], OLD.id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    *(
        f"CREATE TRIGGER brain_held_by_order BEFORE UPDATE OF state, amount_fen{more} ON {table} FOR EACH ROW"
        f" WHEN (OLD.state = 'released') EXECUTE FUNCTION brain_held_by_order('{kind}')"
        for table, kind, more in (
            ("brain_award", "award", ", account, bank_code"), ("brain_grantmilestone", "milestone", ""),
        )
    ),
]
NO_LAW = [
    "DROP TRIGGER brain_held_by_order ON brain_award",
    "DROP TRIGGER brain_held_by_order ON brain_grantmilestone",
    "DROP FUNCTION brain_held_by_order()",
    "DROP TRIGGER brain_payable_order ON pool_payoutorder",
    "DROP FUNCTION brain_payable_order()",
]


class Migration(migrations.Migration):
    dependencies = [("brain", "0026_contract_account"), ("pool", "0038_payables")]

    operations = [migrations.RunSQL(LAW, NO_LAW)]
