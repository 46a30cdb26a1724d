"""Notices bear the business date, say what they ask to be done about, and are done once that has been."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_api_clients")]

    operations = [
        migrations.AddField("notice", "sent_on", models.DateField(null=True, verbose_name="日期")),
        migrations.RunSQL(
            "UPDATE people_notice SET sent_on = (sent_at AT TIME ZONE 'Asia/Shanghai')::date", migrations.RunSQL.noop
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField("notice", "sent_on", models.DateField(verbose_name="日期")),
        migrations.AddField(
            "notice", "about", models.CharField(blank=True, default="", max_length=60, verbose_name="所催事项"),
            preserve_default=False,
        ),
        migrations.AddField("notice", "done_on", models.DateField(blank=True, null=True, verbose_name="办结日")),
        migrations.AddIndex(
            "notice",
            models.Index(
                condition=models.Q(("done_on__isnull", True), models.Q(("about", ""), _negated=True)),
                fields=["about"],
                name="notice_open",
            ),
        ),
    ]
