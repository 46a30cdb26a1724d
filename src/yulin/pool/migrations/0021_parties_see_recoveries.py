"""Whoever may see a claim may read what came back on it; an audit pack says how far it is."""

from django.db import migrations, models

TABLES = ("pool_recovery", "pool_remittance", "pool_writeoff")
OF_SEEN_CLAIM = "EXISTS (SELECT FROM pool_claim WHERE pool_claim.id = claim_id)"


class Migration(migrations.Migration):
    dependencies = [("pool", "0020_recovery_certificates")]

    operations = [
        *(
            migrations.RunSQL(
                f"CREATE POLICY {table}_of_seen_claim ON {table} FOR SELECT USING ({OF_SEEN_CLAIM})",
                f"DROP POLICY {table}_of_seen_claim ON {table}",
            )
            for table in TABLES
        ),
        migrations.AddField(
            "auditpack", "percent", models.PositiveSmallIntegerField(default=0, verbose_name="进度")
        ),
    ]
