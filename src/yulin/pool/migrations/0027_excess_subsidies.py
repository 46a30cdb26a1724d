"""Subsidies of insurers whose year passed the level: seen by their insurer, written by those who see all rows."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from yulin.kit.row_security import policy_operations

LAW = [
    """
    ALTER TABLE pool_excesssubsidy ADD CONSTRAINT subsidy_as_the_law_gives CHECK (
        amount_fen = div((claims_fen::numeric * 10000 - premium_fen::numeric * level_bp) * subsidy_bp, 100000000)
    )
    """,
    """
    ALTER TABLE pool_excesssubsidy ADD CONSTRAINT subsidy_year_over CHECK (EXTRACT(YEAR FROM decided_on) > year)
    """,
    """
    CREATE FUNCTION pool_subsidy_law() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'subsidy %: rows are kept', OLD.id USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'UPDATE' AND (
            (NEW.scheme_id, NEW.pack_id, NEW.insurer_id, NEW.year, NEW.turn, NEW.party, NEW.premium_fen, NEW.claims_fen,
             NEW.level_bp, NEW.subsidy_bp, NEW.amount_fen, NEW.decided_on)
            <> (OLD.scheme_id, OLD.pack_id, OLD.insurer_id, OLD.year, OLD.turn, OLD.party, OLD.premium_fen,
                OLD.claims_fen, OLD.level_bp, OLD.subsidy_bp, OLD.amount_fen, OLD.decided_on)
            OR NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id
        ) THEN
            RAISE EXCEPTION 'subsidy %: what was decided does not change', OLD.id USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'UPDATE' AND NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('decided', 'held'), ('decided', 'undone'), ('held', 'sent'), ('held', 'undone'), ('sent', 'paid'),
            ('sent', 'failed'), ('failed', 'sent'), ('failed', 'undone')
        ) THEN
            RAISE EXCEPTION 'subsidy %: not from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
        END IF;
        IF (TG_OP = 'INSERT' OR (OLD.state, NEW.state) = ('decided', 'held')) AND NOT EXISTS (
            SELECT FROM pool_premium AS p WHERE p.scheme_id = NEW.scheme_id AND p.insurer_id = NEW.insurer_id
              AND p.year = NEW.year AND p.premium_fen = NEW.premium_fen
        ) THEN
            RAISE EXCEPTION 'subsidy of %: its premium is not the one that stands', NEW.year
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER pool_subsidy_law BEFORE INSERT OR UPDATE OR DELETE ON pool_excesssubsidy"
    " FOR EACH ROW EXECUTE FUNCTION pool_subsidy_law()",
    """
    CREATE FUNCTION pool_premium_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND (NEW.scheme_id, NEW.insurer_id, NEW.year, NEW.premium_fen)
            = (OLD.scheme_id, OLD.insurer_id, OLD.year, OLD.premium_fen) THEN
            RETURN NEW;
        END IF;
        IF EXISTS (
            SELECT FROM pool_excesssubsidy AS s WHERE s.scheme_id = OLD.scheme_id AND s.insurer_id = OLD.insurer_id
              AND s.year = OLD.year AND s.state <> 'undone'
        ) THEN
            RAISE EXCEPTION 'premium of %: a subsidy computed from it stands', OLD.year
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN COALESCE(NEW, OLD);
    END $$
    """,
    "CREATE TRIGGER pool_premium_frozen BEFORE UPDATE OR DELETE ON pool_premium"
    " FOR EACH ROW EXECUTE FUNCTION pool_premium_frozen()",
]
NO_LAW = [
    "DROP TRIGGER pool_premium_frozen ON pool_premium",
    "DROP FUNCTION pool_premium_frozen()",
    "DROP TRIGGER pool_subsidy_law ON pool_excesssubsidy",
    "DROP FUNCTION pool_subsidy_law()",
    "ALTER TABLE pool_excesssubsidy DROP CONSTRAINT subsidy_year_over",
    "ALTER TABLE pool_excesssubsidy DROP CONSTRAINT subsidy_as_the_law_gives",
]


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_notices_done'),
        ('pool', '0032_bank_tables'),
        ('rules', '0001_packs'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExcessSubsidy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scheme_id', models.CharField(max_length=60, verbose_name='方案')),
                ('year', models.PositiveIntegerField(verbose_name='年度')),
                ('turn', models.PositiveSmallIntegerField(default=1, verbose_name='第几次决定')),
                ('party', models.CharField(max_length=30, verbose_name='承担方')),
                ('premium_fen', models.BigIntegerField(verbose_name='保费收入')),
                ('claims_fen', models.BigIntegerField(verbose_name='赔付')),
                ('level_bp', models.PositiveIntegerField(verbose_name='赔付率界线')),
                ('subsidy_bp', models.PositiveIntegerField(verbose_name='补贴比例')),
                ('amount_fen', models.BigIntegerField(verbose_name='补贴金额')),
                ('state', models.CharField(default='decided', max_length=10, verbose_name='状态')),
                ('decided_on', models.DateField(verbose_name='决定日')),
                ('decided_by_id', models.BigIntegerField(null=True, verbose_name='决定人')),
                ('confirmed_on', models.DateField(blank=True, null=True, verbose_name='确认日')),
                ('confirmed_by_id', models.BigIntegerField(blank=True, null=True, verbose_name='确认人')),
                ('undone_on', models.DateField(blank=True, null=True, verbose_name='撤销日')),
                ('undone_by_id', models.BigIntegerField(blank=True, null=True, verbose_name='撤销人')),
                ('undo_reason', models.CharField(blank=True, max_length=300, verbose_name='撤销理由')),
                ('hold_key', models.CharField(blank=True, max_length=120, verbose_name='冻结键')),
                ('transfer_key', models.CharField(blank=True, max_length=120, verbose_name='转账键')),
                ('paid_on', models.DateField(blank=True, null=True, verbose_name='付款日')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('insurer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation', verbose_name='保险机构')),
                ('pack', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rules.publishedpack', verbose_name='方案版本')),
            ],
            options={
                'verbose_name': '超赔补贴',
                'ordering': ['-year', 'scheme_id', 'insurer_id', '-turn'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'undone'), _negated=True), fields=('scheme_id', 'insurer', 'year'), name='subsidy_stands_once'), models.UniqueConstraint(fields=('scheme_id', 'insurer', 'year', 'turn'), name='subsidy_turn'), models.UniqueConstraint(condition=models.Q(('transfer_key', ''), _negated=True), fields=('transfer_key',), name='subsidy_paid_by_one_transfer'), models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), ('premium_fen__gt', 0), ('subsidy_bp__lte', 10000), ('turn__gte', 1)), name='subsidy_amounts'), models.CheckConstraint(condition=models.Q(('state__in', ['decided', 'held', 'sent', 'paid', 'failed', 'undone'])), name='subsidy_state'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_by_id', models.F('decided_by_id')), _negated=True), models.Q(('undone_by_id', models.F('confirmed_by_id')), _negated=True)), name='subsidy_two_people'), models.CheckConstraint(condition=models.Q(('state__in', ['decided', 'undone']), models.Q(('confirmed_on__isnull', False), models.Q(('hold_key', ''), _negated=True)), _connector='OR'), name='subsidy_confirmed'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'paid'), _negated=True), models.Q(('paid_on__isnull', False), models.Q(('transfer_key', ''), _negated=True)), _connector='OR'), name='subsidy_paid'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'undone'), _negated=True), models.Q(('undone_on__isnull', False), models.Q(('undo_reason', ''), _negated=True)), _connector='OR'), name='subsidy_undone')],
            },
        ),
        *policy_operations("pool_excesssubsidy", owner_columns=[], party_columns=["insurer_id"]),
        migrations.RunSQL(LAW, NO_LAW),
    ]
