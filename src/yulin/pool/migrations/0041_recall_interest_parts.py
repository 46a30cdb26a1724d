"""What of a recall's interest each layer gets is kept with it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pool', '0040_objectors_masked'),
    ]

    operations = [
        migrations.AddField(
            model_name='recall',
            name='interest_parts',
            field=models.JSONField(default=dict, verbose_name='各层利息'),
        ),
        migrations.AlterField(
            model_name='recall',
            name='paid_on',
            field=models.DateField(verbose_name='首次拨付日'),
        ),
    ]
