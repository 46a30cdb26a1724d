"""What was decided again after a correction: seen by who holds it and by the firm, written by the system, never changed."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.models import Q

from yulin.kit.row_security import row_policies

ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
OWN_FIRMS = "ANY ((SELECT atlas_own_firms())::bigint[])"
OURS = "ANY ((SELECT atlas_own_organisations())::bigint[])"


class Migration(migrations.Migration):
    dependencies = [("pool", "0028_subsidies_paid"), ("atlas", "0016_retention")]

    operations = [
        migrations.CreateModel(
            name="Redecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("check_up", "check_up"),
                            ("pre_loan_answer", "pre_loan_answer"),
                            ("signed_answer", "signed_answer"),
                        ],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                ("fact", models.CharField(max_length=80, verbose_name="事实")),
                ("why", models.CharField(max_length=12, verbose_name="原因")),
                ("cause", models.CharField(max_length=60, verbose_name="所据决定")),
                ("changes", models.JSONField(verbose_name="变化")),
                ("decided_on", models.DateField(verbose_name="业务日期")),
                (
                    "decided_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="时间"),
                ),
                (
                    "answer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redecisions",
                        to="pool.preloananswer",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="atlas.firm"),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
                (
                    "signed_answer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="atlas.signedanswer",
                    ),
                ),
            ],
            options={
                "verbose_name": "重新认定",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["firm", "kind"], name="redecision_of_firm")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "firm", "cause", "answer", "signed_answer"),
                        name="redecision_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=Q(kind="check_up", answer=None, signed_answer=None, organisation=None)
                        | Q(kind="pre_loan_answer", answer__isnull=False, signed_answer=None)
                        | Q(kind="signed_answer", answer=None, signed_answer__isnull=False),
                        name="redecision_of_one_thing",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER pool_append_only BEFORE UPDATE OR DELETE ON pool_redecision"
            " FOR EACH ROW EXECUTE FUNCTION pool_append_only()",
            "DROP TRIGGER pool_append_only ON pool_redecision",
        ),
        *row_policies(
            "pool_redecision",
            seen=f"{ALL} OR organisation_id = {OURS} OR firm_id = {OWN_FIRMS}",
            written=ALL,
        ),
    ]
