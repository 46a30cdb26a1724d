"""Who stands beside a loan: its guarantor and insurer with their contract shares; who claims, and what it paid out."""

import django.db.models.deletion
from django.db import migrations, models

ORGANISATION = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": "people.organisation"}
PARTY = {**ORGANISATION, "blank": True, "null": True}
LENDER_IS_BANK = "UPDATE pool_claim SET lender_id = bank_id"


class Migration(migrations.Migration):
    dependencies = [("pool", "0011_payouts_law")]

    operations = [
        migrations.AddField("enrolment", "guarantor", models.ForeignKey(verbose_name="担保机构", **PARTY)),
        migrations.AddField("enrolment", "insurer", models.ForeignKey(verbose_name="保险机构", **PARTY)),
        migrations.AddField("enrolment", "contract_bp", models.JSONField(default=dict, verbose_name="第三方合同比例")),
        migrations.AlterField("claim", "bank", models.ForeignKey(verbose_name="申请机构", **ORGANISATION)),
        migrations.AddField("claim", "lender", models.ForeignKey(verbose_name="放款银行", **{**ORGANISATION, "null": True})),
        migrations.AddField("claim", "guarantor", models.ForeignKey(verbose_name="担保机构", **PARTY)),
        migrations.AddField("claim", "insurer", models.ForeignKey(verbose_name="保险机构", **PARTY)),
        migrations.AddField(
            "claim", "guarantee_paid_fen", models.BigIntegerField(blank=True, null=True, verbose_name="代偿金额")
        ),
        migrations.AddField("claim", "guarantee_paid_on", models.DateField(blank=True, null=True, verbose_name="代偿日")),
        migrations.RunSQL(LENDER_IS_BANK, migrations.RunSQL.noop),
    ]
