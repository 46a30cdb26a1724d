"""Lists of entitled firms that are made in the background: who asked, how far each is, what came of it."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from yulin.kit.row_security import row_policies

_ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"


class Migration(migrations.Migration):

    dependencies = [
        ('brain', '0031_project_marks_index'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AwardListing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='事实之日')),
                ('rhythm', models.CharField(max_length=8, verbose_name='兑付频次')),
                ('budget_fen', models.BigIntegerField(verbose_name='批次资金')),
                ('notice_workdays', models.PositiveSmallIntegerField(verbose_name='公示工作日')),
                ('asked_as', models.JSONField(verbose_name='提出人的身份')),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='提出时间')),
                ('firms_total', models.PositiveBigIntegerField(default=0, verbose_name='企业数')),
                ('firms_done', models.PositiveBigIntegerField(default=0, verbose_name='已核算企业数')),
                ('moved_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='最近进展')),
                ('done_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('refusal', models.JSONField(default=dict, verbose_name='未成的原因')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('batch', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='brain.awardbatch')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='brain.policy')),
            ],
            options={
                'verbose_name': '拟定名单',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('done_at__isnull', True)), fields=('policy',), name='award_listing_one_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('batch__isnull', True), ('done_at__isnull', True), ('refusal', {})), models.Q(('done_at__isnull', False), models.Q(('batch__isnull', True), ('refusal', {}), _connector='XOR')), _connector='OR'), name='award_listing_ends_one_way')],
            },
        ),
        *row_policies("brain_awardlisting", seen=_ALL, written=_ALL, changed=_ALL),
    ]
