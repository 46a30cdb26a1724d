"""Payments are seen by those who see all rows: the manager, the authority, the auditor."""

from django.db import migrations

from yulin.kit.row_security import policy_operations

TABLES = ("pool_paymentaccount", "pool_payoutbatch", "pool_payoutorder", "pool_payoutanswer")


class Migration(migrations.Migration):
    dependencies = [("pool", "0010_payouts")]

    operations = [operation for table in TABLES for operation in policy_operations(table, owner_columns=[])]
