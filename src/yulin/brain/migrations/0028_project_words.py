"""A project is found by words through an index of pairs of characters; projects that are there get theirs now."""

from __future__ import annotations

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Value

from yulin.brain.core.project_words import marks_of, words_of

SEARCHED = ("title", "abstract", "programme", "number", "unit", "leader")
AT_ONCE = 1_000


def numbers() -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(models.IntegerField())


def fill(apps, editor) -> None:  # type: ignore[no-untyped-def]  # as Django calls it
    """Say of each row by which words it is found; what a list said is not touched."""
    model = apps.get_model("brain", "ApprovedProject")
    last = 0
    while part := list(model.objects.filter(pk__gt=last).only("pk", *SEARCHED).order_by("pk")[:AT_ONCE]):
        for one in part:
            one.words = words_of(getattr(one, name) for name in SEARCHED)
            one.pairs = marks_of(one.words)
        model.objects.bulk_update(part, ["words", "pairs"], batch_size=200)
        last = part[-1].pk


OFF = "ALTER TABLE brain_approvedproject DISABLE TRIGGER brain_project_unchanging"
ON = "ALTER TABLE brain_approvedproject ENABLE TRIGGER brain_project_unchanging"


class Migration(migrations.Migration):
    dependencies = [("brain", "0027_bank_orders_law")]

    operations = [
        migrations.AddField("approvedproject", "words", models.TextField(db_default="", default="")),
        migrations.AddField(
            "approvedproject",
            "pairs",
            django.contrib.postgres.fields.ArrayField(
                models.IntegerField(), db_default=Value([], numbers()), default=list, size=None
            ),
        ),
        migrations.RunSQL(OFF, migrations.RunSQL.noop),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(ON, migrations.RunSQL.noop),
    ]
