"""Whoever decides after an appeal is another; a void voucher frees its place; a claim's parts are seen with the claim."""

from django.db import migrations, models

PARTS = ("pool_claimevent", "pool_claimdeduction", "pool_diligencecase")


def seen_with_its_claim(table):
    """Return the operation that shows a row to whoever sees its claim; a district, which only reads, writes none."""
    own = "EXISTS (SELECT FROM pool_claim WHERE pool_claim.id = claim_id)"
    reads_only = "(SELECT current_setting('yulin.scope', true)) LIKE 'district:%'"
    return migrations.RunSQL(
        [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {table}_seen ON {table} FOR SELECT USING ({own})",
            f"CREATE POLICY {table}_written ON {table} FOR ALL"
            f" USING ({own} AND NOT {reads_only}) WITH CHECK ({own} AND NOT {reads_only})",
        ],
        [
            f"DROP POLICY {table}_written ON {table}",
            f"DROP POLICY {table}_seen ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_api_clients"),
        ("pool", "0004_claims_law"),
        ("rules", "0002_database_law"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="voucher",
            name="voucher_once",
        ),
        migrations.AddField(
            model_name="claim",
            name="former_decider_id",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="复议前审定人"),
        ),
        migrations.AddField(
            model_name="voucher",
            name="transfer_key",
            field=models.CharField(blank=True, max_length=120, verbose_name="转账键"),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by_id__isnull", True),
                    ("former_decider_id__isnull", True),
                    models.Q(("decided_by_id", models.F("former_decider_id")), _negated=True),
                    _connector="OR",
                ),
                name="claim_appeal_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "void"), _negated=True),
                fields=("claim", "party", "instalment"),
                name="voucher_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.UniqueConstraint(
                condition=models.Q(("transfer_key", ""), _negated=True),
                fields=("transfer_key",),
                name="voucher_paid_by_one_transfer",
            ),
        ),
        *(seen_with_its_claim(table) for table in PARTS),
    ]
