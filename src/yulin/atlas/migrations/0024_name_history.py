"""Names that a register says a firm had: until which day, by which source; such a name was never its heading here."""

from __future__ import annotations

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("atlas", "0023_people_support_loans")]
    operations = [
        migrations.AddField(
            model_name="firmformername",
            name="source",
            field=models.CharField(blank=True, db_default="", max_length=120, verbose_name="来源"),
        ),
        migrations.AddField(
            model_name="firmformername",
            name="held_until",
            field=models.DateField(blank=True, null=True, verbose_name="使用至（不含）"),
        ),
        migrations.AddField(
            model_name="firmformername",
            name="told_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="获知时间"),
        ),
        migrations.AlterField(
            model_name="firmformername",
            name="known_until",
            field=models.DateTimeField(
                blank=True,
                db_default=django.db.models.functions.datetime.Now(),
                null=True,
                verbose_name="此前所知",
            ),
        ),
        migrations.AlterField(
            model_name="firmformername",
            name="name",
            field=models.CharField(max_length=300, verbose_name="原名称"),
        ),
    ]
