import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

LAW = [
    "ALTER TABLE pool_feeundo ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE pool_feeundo FORCE ROW LEVEL SECURITY",
    "CREATE POLICY pool_feeundo_seen ON pool_feeundo FOR SELECT"
    " USING (EXISTS (SELECT FROM pool_feecharge WHERE pool_feecharge.id = charge_id))",
    "CREATE POLICY pool_feeundo_written ON pool_feeundo FOR INSERT"
    " WITH CHECK ((SELECT current_setting('yulin.scope', true)) = 'all')",
    "CREATE TRIGGER pool_append_only BEFORE UPDATE OR DELETE ON pool_feeundo"
    " FOR EACH ROW EXECUTE FUNCTION pool_append_only()",
    """
    CREATE FUNCTION pool_fee_turn() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.turn > 1 AND NOT EXISTS (
            SELECT FROM pool_feecharge AS c JOIN pool_feeundo AS u ON u.charge_id = c.id
            WHERE c.enrolment_id = NEW.enrolment_id AND c.kind = NEW.kind AND c.number = NEW.number
              AND c.turn = NEW.turn - 1
        ) THEN
            RAISE EXCEPTION 'fee % of loan %: its charge no. % stands', NEW.kind, NEW.enrolment_id, NEW.turn - 1
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER pool_fee_turn BEFORE INSERT ON pool_feecharge FOR EACH ROW EXECUTE FUNCTION pool_fee_turn()",
    """
    CREATE FUNCTION pool_fee_two_people() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM pool_feecharge WHERE id = NEW.charge_id AND charged_by_id = NEW.undone_by_id) THEN
            RAISE EXCEPTION 'fee charge %: who charged it does not undo it', NEW.charge_id
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER pool_fee_two_people BEFORE INSERT ON pool_feeundo"
    " FOR EACH ROW EXECUTE FUNCTION pool_fee_two_people()",
]
NO_LAW = [
    "DROP TRIGGER pool_fee_two_people ON pool_feeundo",
    "DROP FUNCTION pool_fee_two_people()",
    "DROP TRIGGER pool_fee_turn ON pool_feecharge",
    "DROP FUNCTION pool_fee_turn()",
    "DROP TRIGGER pool_append_only ON pool_feeundo",
    "DROP POLICY pool_feeundo_written ON pool_feeundo",
    "DROP POLICY pool_feeundo_seen ON pool_feeundo",
    "ALTER TABLE pool_feeundo NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE pool_feeundo DISABLE ROW LEVEL SECURITY",
]


class Migration(migrations.Migration):

    dependencies = [
        ('pool', '0025_sample_audits'),
        ('rules', '0001_packs'),
    ]

    operations = [
        migrations.AddField(
            model_name='feecharge',
            name='pack',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rules.publishedpack', verbose_name='方案版本'),
        ),
        migrations.AddField(
            model_name='feecharge',
            name='turn',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='第几次计收'),
        ),
        migrations.AddField(
            model_name='feecharge',
            name='measured',
            field=models.JSONField(default=dict, verbose_name='计费依据'),
        ),
        migrations.RemoveConstraint(model_name='feecharge', name='fee_once'),
        migrations.RemoveConstraint(model_name='feecharge', name='fee_amounts'),
        migrations.AddConstraint(
            model_name='feecharge',
            constraint=models.UniqueConstraint(fields=('enrolment', 'kind', 'number', 'turn'), name='fee_once'),
        ),
        migrations.AddConstraint(
            model_name='feecharge',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1), ('turn__gte', 1), ('base_fen__gte', 0), ('amount_fen__gte', 0)), name='fee_amounts'),
        ),
        migrations.CreateModel(
            name='FeeUndo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='理由')),
                ('undone_on', models.DateField(verbose_name='撤销日')),
                ('undone_by_id', models.BigIntegerField(null=True, verbose_name='撤销人')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('charge', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='undo', to='pool.feecharge')),
            ],
            options={
                'verbose_name': '担保费撤销',
                'ordering': ['charge_id'],
            },
        ),
        migrations.RunSQL(LAW, NO_LAW),
    ]
