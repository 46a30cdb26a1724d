"""Visits of claims by experts: for those who see all rows, and never changed."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.models import F, Q

ALL_ROWS = "(SELECT current_setting('yulin.scope', true)) = 'all'"
TABLE = "pool_claimvisit"


class Migration(migrations.Migration):
    dependencies = [("pool", "0042_money_held_elsewhere")]

    operations = [
        migrations.CreateModel(
            name="ClaimVisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("visited_on", models.DateField(verbose_name="走访日")),
                ("expert_number", models.CharField(max_length=20, verbose_name="专家编号")),
                ("expert_name", models.CharField(max_length=120, verbose_name="专家")),
                ("expert_house", models.CharField(blank=True, max_length=200, verbose_name="任职单位")),
                ("expert_user_id", models.BigIntegerField()),
                ("finding", models.CharField(max_length=1000, verbose_name="走访结论")),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("recorded_by_id", models.BigIntegerField(null=True, verbose_name="登记人")),
                ("recorded_by_name", models.CharField(blank=True, max_length=120, verbose_name="登记人")),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="pool.claim"
                    ),
                ),
            ],
            options={
                "verbose_name": "专家走访",
                "ordering": ["claim_id", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(finding="") & ~Q(expert_number="") & ~Q(expert_name=""), name="claim_visit_named"
                    ),
                    models.CheckConstraint(
                        condition=Q(recorded_by_id__isnull=True) | ~Q(recorded_by_id=F("expert_user_id")),
                        name="claim_visit_by_another",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            [
                f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY",
                f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY {TABLE}_seen ON {TABLE} FOR SELECT USING ({ALL_ROWS})",
                f"CREATE POLICY {TABLE}_written ON {TABLE} FOR INSERT WITH CHECK ({ALL_ROWS})",
            ],
            [
                f"DROP POLICY {TABLE}_written ON {TABLE}",
                f"DROP POLICY {TABLE}_seen ON {TABLE}",
                f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY",
                f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY",
            ],
        ),
        migrations.RunSQL(
            f"CREATE TRIGGER pool_append_only BEFORE UPDATE OR DELETE ON {TABLE}"
            " FOR EACH ROW EXECUTE FUNCTION pool_append_only()",
            f"DROP TRIGGER pool_append_only ON {TABLE}",
        ),
    ]
