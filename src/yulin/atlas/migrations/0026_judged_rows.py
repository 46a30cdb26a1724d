"""A judgement keeps what it brought; what is another firm's after all ends for that reason."""

from django.db import migrations, models

WHY = [(one, one) for one in ("corrected", "expired", "repaired", "unsettled", "other_firm")]


class Migration(migrations.Migration):
    dependencies = [("atlas", "0025_outlet_prices")]

    operations = [
        migrations.AddField(
            model_name="identityjudgement",
            name="brought",
            field=models.JSONField(default=dict, verbose_name="带入"),
        ),
        *(
            migrations.AlterField(
                model_name=name, name="why", field=models.CharField(choices=WHY, max_length=12, verbose_name="原因")
            )
            for name in ("statementend", "particularend", "recall")
        ),
    ]
