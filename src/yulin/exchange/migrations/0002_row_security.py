"""What the database itself keeps: a bank reads and writes its own files."""

from django.db import migrations

from yulin.kit.row_security import policy_operations


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_uploads")]

    operations = [
        *policy_operations("exchange_upload", owner_columns=["bank_id"]),
        *policy_operations("exchange_uploadverdict", owner_columns=["bank_id"]),
        *policy_operations("exchange_columnmapping", owner_columns=["bank_id"]),
    ]
