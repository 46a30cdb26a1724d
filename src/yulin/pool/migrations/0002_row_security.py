"""What the database itself keeps: a bank reads and writes its own rows, a district reads its own."""

from django.db import migrations

from yulin.kit.row_security import policy_operations


class Migration(migrations.Migration):
    dependencies = [("pool", "0001_tables")]

    operations = [
        *policy_operations("pool_enrolment", owner_columns=["bank_id"], district_column="district_code"),
        *policy_operations("pool_creditline", owner_columns=["bank_id"]),
        *policy_operations("pool_returnfile", owner_columns=["bank_id"]),
        *policy_operations("pool_preloananswer", owner_columns=["organisation_id"]),
    ]
