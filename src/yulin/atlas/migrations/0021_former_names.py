"""A name that was corrected stays beside its firm, spelled, so that it still finds it; never changed."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models

TYPED = {
    "folded": "统一写法",
    "brand": "字号",
    "pinyin": "字号拼音",
    "initials": "字号首字母",
    "placed_pinyin": "带地名的拼音",
    "placed_initials": "带地名的首字母",
}
TRIGGER = (
    "CREATE TRIGGER atlas_append_only BEFORE UPDATE OR DELETE ON atlas_firmformername"
    " FOR EACH ROW EXECUTE FUNCTION atlas_append_only()"
)


class Migration(migrations.Migration):
    dependencies = [("atlas", "0020_code_start")]
    operations = [
        migrations.CreateModel(
            name="FirmFormerName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                *((name, models.TextField(verbose_name=says)) for name, says in TYPED.items()),
                (
                    "pieces",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None, verbose_name="二字片段"
                    ),
                ),
                ("name", models.CharField(max_length=300, verbose_name="更正前名称")),
                ("cause", models.CharField(max_length=60, verbose_name="更正依据")),
                (
                    "known_until",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="此前所知"
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="former_names", to="atlas.firm"
                    ),
                ),
            ],
            options={
                "verbose_name": "企业原名称",
                "indexes": [
                    GinIndex(fields=["pieces"], name="former_pieces"),
                    *(models.Index(OpClass(name, name="text_pattern_ops"), name=f"former_{name}") for name in TYPED),
                ],
            },
        ),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER atlas_append_only ON atlas_firmformername"),
    ]
