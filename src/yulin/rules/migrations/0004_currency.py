"""The currency of a version's amounts, which is one for all published versions of a pack: its accounts go on."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import migrations, models
from django.db.models import Q

# What was published keeps its text; the column only says what the text says, so its guard stands aside for this once.
FILL = """
ALTER TABLE rules_publishedpack DISABLE TRIGGER rules_published_unchanging;
UPDATE rules_publishedpack SET currency = substring(content ->> 'pack.yaml' from '(?n)^currency:\\s*([A-Z]{3})')
 WHERE content ->> 'pack.yaml' ~ '(?n)^currency:\\s*[A-Z]{3}';
ALTER TABLE rules_publishedpack ENABLE TRIGGER rules_published_unchanging;
"""


class Migration(migrations.Migration):
    dependencies = [("rules", "0003_pack_drafts")]

    operations = [
        migrations.AddField(
            "publishedpack",
            "currency",
            models.CharField(db_default="CNY", default="CNY", max_length=3, verbose_name="币种"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "publishedpack",
            ExclusionConstraint(
                name="pack_one_currency",
                expressions=[("pack_id", RangeOperators.EQUAL), ("currency", RangeOperators.NOT_EQUAL)],
                condition=Q(state="published"),
            ),
        ),
    ]
