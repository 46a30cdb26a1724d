"""Terms of a partner say what a look and news cost, and how many are free a month; those made before cost nothing."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("atlas", "0024_name_history")]
    operations = [
        migrations.AddField(
            model_name="outlet",
            name="look_price_fen",
            field=models.PositiveIntegerField(db_default=0, verbose_name="每次展示价格（分）"),
        ),
        migrations.AddField(
            model_name="outlet",
            name="news_price_fen",
            field=models.PositiveIntegerField(db_default=0, verbose_name="每次变更价格（分）"),
        ),
        migrations.AddField(
            model_name="outlet",
            name="free_a_month",
            field=models.PositiveIntegerField(db_default=0, verbose_name="每月免费次数"),
        ),
    ]
