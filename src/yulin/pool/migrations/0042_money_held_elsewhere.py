"""Who has the money of a recovery, where it is the new owner of the debt; who handed it on."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_notices_done'),
        ('pool', '0041_recall_interest_parts'),
    ]

    operations = [
        migrations.AddField(
            model_name='recovery',
            name='held_by',
            field=models.CharField(blank=True, max_length=30, verbose_name='收款方为'),
        ),
        migrations.AddField(
            model_name='recovery',
            name='holder',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation', verbose_name='收款方'),
        ),
        migrations.AddField(
            model_name='remittance',
            name='holder',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation', verbose_name='上缴方'),
        ),
        migrations.AddConstraint(
            model_name='recovery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('held_by', ''), ('holder__isnull', True)), models.Q(('holder__isnull', False), models.Q(('held_by', ''), _negated=True)), _connector='OR'), name='recovery_holder_is_named'),
        ),
    ]
