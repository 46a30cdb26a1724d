"""What the database keeps of parties: every claim has its lender; a guarantor and an insurer read, and write nothing.

Vouchers and papers are seen by whoever sees their claim, so that all parties of one sheet see the same.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from yulin.kit.row_security import policy_change, policy_operations

ORGANISATION = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": "people.organisation"}
PARTIES = ("guarantor_id", "insurer_id")
DISTRICT = {"district_column": "district_code"}
ITS_CLAIM_IS_SEEN = "EXISTS (SELECT FROM pool_claim AS seen WHERE seen.id = claim_id)"
NO_PAYMENT = Q(guarantee_paid_fen__isnull=True, guarantee_paid_on__isnull=True)
A_PAYMENT = Q(guarantee_paid_fen__isnull=False, guarantee_paid_on__isnull=False, guarantee_paid_fen__gt=0)


def changed(table, before, after):
    own = {"owner_columns": ["bank_id"]}
    return policy_change(
        policy_operations(table, **own, **before), policy_operations(table, **own, **after)
    )


class Migration(migrations.Migration):
    dependencies = [("pool", "0012_parties")]

    operations = [
        migrations.AlterField("claim", "lender", models.ForeignKey(verbose_name="放款银行", **ORGANISATION)),
        migrations.AddConstraint(
            "claim",
            models.CheckConstraint(
                condition=Q(bank=F("lender")) | Q(bank=F("guarantor"), guarantee_paid_fen__isnull=False),
                name="claim_by_lender_or_guarantor",
            ),
        ),
        migrations.AddConstraint(
            "claim", models.CheckConstraint(condition=NO_PAYMENT | A_PAYMENT, name="claim_guarantee_payment")
        ),
        *changed("pool_enrolment", DISTRICT, {**DISTRICT, "party_columns": PARTIES}),
        *changed("pool_claim", DISTRICT, {**DISTRICT, "party_columns": ("lender_id", *PARTIES)}),
        *changed("pool_voucher", DISTRICT, {"is_public": ITS_CLAIM_IS_SEEN}),
        *changed("pool_claimdocument", {}, {"is_public": ITS_CLAIM_IS_SEEN}),
    ]
