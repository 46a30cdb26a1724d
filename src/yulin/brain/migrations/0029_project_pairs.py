"""The indexes of pairs and prints; whoever writes rows empties their lists of pending entries."""

from __future__ import annotations

import django.contrib.postgres.indexes
from django.db import migrations
from django.db.models import Q


def index(field: str) -> django.contrib.postgres.indexes.GinIndex:
    return django.contrib.postgres.indexes.GinIndex(
        fields=[field], condition=Q(is_current=True), name=f"project_{field}"
    )


class Migration(migrations.Migration):
    dependencies = [("brain", "0028_project_words")]

    operations = [
        migrations.RemoveIndex("approvedproject", "project_prints"),
        migrations.AddIndex("approvedproject", index("prints")),
        migrations.AddIndex("approvedproject", index("pairs")),
    ]
