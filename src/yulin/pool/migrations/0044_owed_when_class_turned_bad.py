"""What was owed when the class turned bad is kept with a claim whose scheme counts the lower of two days."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pool', '0043_claim_visits'),
    ]

    operations = [
        migrations.AddField(
            model_name='claim',
            name='npa_fen',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='不良认定日应收本息'),
        ),
    ]
