"""Which rows of a file no finding concerns, kept as a document beside its verdicts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_row_security")]

    operations = [
        migrations.AddField(
            "upload",
            "accepted_sha256",
            models.CharField("无意见的行", max_length=64, blank=True, default=""),
            preserve_default=False,
        ),
    ]
