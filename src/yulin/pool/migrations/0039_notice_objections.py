"""Objections to claims on public notice, and their answers: for those who see all rows, and never changed."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

ALL_ROWS = "(SELECT current_setting('yulin.scope', true)) = 'all'"


def kept_by_the_pool(table):
    """Return the operations that show a table's rows to those who see all rows alone, and let nobody change them."""
    return [
        migrations.RunSQL(
            [
                f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
                f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY {table}_seen ON {table} FOR SELECT USING ({ALL_ROWS})",
                f"CREATE POLICY {table}_written ON {table} FOR INSERT WITH CHECK ({ALL_ROWS})",
            ],
            [
                f"DROP POLICY {table}_written ON {table}",
                f"DROP POLICY {table}_seen ON {table}",
                f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
                f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
            ],
        ),
        migrations.RunSQL(
            f"CREATE TRIGGER pool_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION pool_append_only()",
            f"DROP TRIGGER pool_append_only ON {table}",
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("pool", "0038_payables")]

    operations = [
        migrations.CreateModel(
            name="NoticeObjection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("receipt", models.CharField(max_length=40, unique=True, verbose_name="回执编号")),
                ("words", models.CharField(max_length=2000, verbose_name="异议")),
                ("name", models.CharField(max_length=80, verbose_name="提出人")),
                ("contact", models.CharField(max_length=120, verbose_name="联系方式")),
                ("filed_on", models.DateField(verbose_name="提出日")),
                ("answer_due_on", models.DateField(null=True, verbose_name="答复期限")),
                ("filed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="pool.claim"
                    ),
                ),
            ],
            options={"verbose_name": "公示异议", "ordering": ["claim_id", "id"]},
        ),
        migrations.CreateModel(
            name="ObjectionAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_upheld", models.BooleanField(verbose_name="成立")),
                ("reasons", models.CharField(max_length=1000, verbose_name="理由")),
                ("answered_on", models.DateField(verbose_name="答复日")),
                ("answered_by_id", models.BigIntegerField(null=True, verbose_name="答复人")),
                ("answered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "objection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answer", to="pool.noticeobjection"
                    ),
                ),
            ],
            options={"verbose_name": "异议答复", "ordering": ["objection_id"]},
        ),
        *(
            operation
            for table in ("pool_noticeobjection", "pool_objectionanswer")
            for operation in kept_by_the_pool(table)
        ),
    ]
