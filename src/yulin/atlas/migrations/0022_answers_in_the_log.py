"""What a pre-loan answer used of a firm stands in the firm's log too."""

from __future__ import annotations

from django.db import migrations, models

CHANNELS = ("page", "pdf", "api", "export", "predicate", "embedded", "feed", "answer")


class Migration(migrations.Migration):
    dependencies = [("atlas", "0021_former_names")]
    operations = [
        migrations.AlterField(
            "reading",
            "channel",
            models.CharField(choices=[(one, one) for one in CHANNELS], max_length=10, verbose_name="方式"),
        ),
    ]
