"""A project is found by one character too: marks of its words, characters and pairs, stand in the place of its pairs.

No statistics are kept of marks: what says that nearly every project holds a character would make the planner read every
row's marks instead of the index.
"""

from __future__ import annotations

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Value

OFF = "ALTER TABLE brain_approvedproject DISABLE TRIGGER brain_project_unchanging"
ON = "ALTER TABLE brain_approvedproject ENABLE TRIGGER brain_project_unchanging"
FILL = r"""
UPDATE brain_approvedproject SET marks = ARRAY(
  SELECT unnest(pairs) UNION SELECT ascii(character) & 65535
  FROM regexp_split_to_table(replace(words, E'\n', ''), '') AS character WHERE character <> ''
)
"""
NO_STATISTICS = "ALTER TABLE brain_approvedproject ALTER COLUMN marks SET STATISTICS 0"


def numbers() -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(models.IntegerField())


class Migration(migrations.Migration):
    dependencies = [("brain", "0029_project_pairs")]

    operations = [
        migrations.AddField(
            "approvedproject",
            "marks",
            django.contrib.postgres.fields.ArrayField(
                models.IntegerField(), db_default=Value([], numbers()), default=list, size=None
            ),
        ),
        migrations.RunSQL([NO_STATISTICS, OFF, FILL, ON], migrations.RunSQL.noop),
    ]
