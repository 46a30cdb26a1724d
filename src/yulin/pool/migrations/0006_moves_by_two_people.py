"""Decisions on the enrolments of a replaced scheme: proposed by one person, decided by another."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pool", "0005_claim_hands"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("schememove", "answer", models.CharField("复核意见", max_length=300, blank=True, default=""), preserve_default=False),
        migrations.AddField("schememove", "checked_at", models.DateTimeField("复核时间", null=True)),
        migrations.AddField(
            "schememove",
            "checked_by",
            models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"),
        ),
        migrations.AddField("schememove", "note", models.CharField("提议理由", max_length=300, default=""), preserve_default=False),
        migrations.AddField(
            "schememove", "state", models.CharField("状态", max_length=12, default="carried_out"), preserve_default=False
        ),
        migrations.AddConstraint(
            "schememove",
            models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "carried_out", "refused"])), name="scheme_move_state"
            ),
        ),
        migrations.AddConstraint(
            "schememove",
            models.CheckConstraint(
                condition=models.Q(
                    ("checked_by__isnull", True),
                    ("made_by__isnull", True),
                    models.Q(("made_by", models.F("checked_by")), _negated=True),
                    _connector="OR",
                ),
                name="scheme_move_two_people",
            ),
        ),
        migrations.AddConstraint(
            "schememove",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "proposed"), _negated=True), ("checked_at__isnull", True), _connector="OR"
                ),
                name="scheme_move_waits",
            ),
        ),
        migrations.AddConstraint(
            "schememove",
            models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("from_pack", "to_pack"),
                name="scheme_move_one_proposal",
            ),
        ),
    ]
