"""Orders pay vouchers or subsidies: one of both, by the same fen; what a batch holds is not undone."""

import django.db.models.deletion
from django.db import migrations, models

LAW = [
    """
    CREATE FUNCTION pool_subsidy_order() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.subsidy_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM pool_excesssubsidy AS s
            WHERE s.id = NEW.subsidy_id AND s.amount_fen = NEW.amount_fen AND s.state IN ('held', 'failed')
        ) THEN
            RAISE EXCEPTION 'order %: its subsidy is not confirmed, or of another amount', NEW.reference
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER pool_subsidy_order BEFORE INSERT ON pool_payoutorder"
    " FOR EACH ROW EXECUTE FUNCTION pool_subsidy_order()",
    """
    CREATE FUNCTION pool_subsidy_undone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.state = 'undone' AND EXISTS (
            SELECT FROM pool_payoutorder AS o WHERE o.subsidy_id = NEW.id AND o.outcome <> 'failed'
        ) THEN
            RAISE EXCEPTION 'subsidy %: a batch holds it', NEW.id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER pool_subsidy_undone BEFORE UPDATE ON pool_excesssubsidy"
    " FOR EACH ROW EXECUTE FUNCTION pool_subsidy_undone()",
]
NO_LAW = [
    "DROP TRIGGER pool_subsidy_undone ON pool_excesssubsidy",
    "DROP FUNCTION pool_subsidy_undone()",
    "DROP TRIGGER pool_subsidy_order ON pool_payoutorder",
    "DROP FUNCTION pool_subsidy_order()",
]


class Migration(migrations.Migration):

    dependencies = [
        ('pool', '0027_excess_subsidies'),
    ]

    operations = [
        migrations.AddField(
            model_name='payoutorder',
            name='subsidy',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='pool.excesssubsidy'),
        ),
        migrations.AlterField(
            model_name='payoutorder',
            name='voucher',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='pool.voucher'),
        ),
        migrations.AddConstraint(
            model_name='payoutorder',
            constraint=models.UniqueConstraint(condition=models.Q(('outcome', 'failed'), _negated=True), fields=('subsidy',), name='order_one_that_may_pay_subsidy'),
        ),
        migrations.AddConstraint(
            model_name='payoutorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('subsidy__isnull', False), ('voucher__isnull', True)), models.Q(('subsidy__isnull', True), ('voucher__isnull', False)), _connector='OR'), name='order_of_one'),
        ),
        migrations.RunSQL(LAW, NO_LAW),
    ]
