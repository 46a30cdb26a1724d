"""The index of prints keeps no list of pending entries: one that is looked up print by print reads it every time."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("brain", "0018_awards_paid_law")]

    operations = [
        migrations.RemoveIndex(model_name="approvedproject", name="project_prints"),
        migrations.AddIndex(
            model_name="approvedproject",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("is_current", True)), fastupdate=False, fields=["prints"], name="project_prints"
            ),
        ),
    ]
