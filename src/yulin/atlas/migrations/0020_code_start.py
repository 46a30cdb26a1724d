"""A firm is found by the start of its code: in the order of an index, not by sorting every code that starts so."""

from __future__ import annotations

from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("atlas", "0019_contested_particulars")]
    operations = [
        migrations.AddIndex(
            "firm",
            models.Index(
                OpClass("identifier", name="text_pattern_ops"),
                name="firm_code_start",
                condition=models.Q(identifier_scheme="USCC"),
            ),
        ),
    ]
