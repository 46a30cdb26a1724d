"""Money given back to banks that remit all: for those who see the claim, never changed."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from yulin.kit.row_security import policy_operations


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_notices_done'),
        ('pool', '0044_owed_when_class_turned_bad'),
    ]

    operations = [
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('district_code', models.CharField(blank=True, max_length=12, null=True, verbose_name='区划')),
                ('on', models.DateField(verbose_name='返还日')),
                ('amount_fen', models.BigIntegerField(verbose_name='金额')),
                ('reference', models.CharField(max_length=80, verbose_name='回单号')),
                ('entered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='登记时间')),
                ('entered_by_id', models.BigIntegerField(null=True, verbose_name='登记人')),
                ('bank', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation', verbose_name='银行')),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='pool.claim')),
            ],
            options={
                'verbose_name': '回收返还',
                'ordering': ['on', 'id'],
                'constraints': [models.UniqueConstraint(fields=('claim', 'reference'), name='refund_reference_once'), models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0)), name='refund_amount')],
            },
        ),
        *policy_operations("pool_refund", owner_columns=["bank_id"], district_column="district_code"),
        migrations.RunSQL(
            "CREATE POLICY pool_refund_of_seen_claim ON pool_refund FOR SELECT"
            " USING (EXISTS (SELECT FROM pool_claim WHERE pool_claim.id = claim_id))",
            "DROP POLICY pool_refund_of_seen_claim ON pool_refund",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER pool_append_only BEFORE UPDATE OR DELETE ON pool_refund"
            " FOR EACH ROW EXECUTE FUNCTION pool_append_only()",
            "DROP TRIGGER pool_append_only ON pool_refund",
        ),
    ]
