"""Partners' own systems that show portraits: terms, links, usage; each row seen by its partner and who oversees all."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


from yulin.kit.row_security import row_policies

ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
OWN_FIRMS = "ANY ((SELECT atlas_own_firms())::bigint[])"
OURS = "ANY ((SELECT atlas_own_organisations())::bigint[])"


def with_row(table, column):
    """Return the condition that the reader sees the row of another table to which a row belongs."""
    return f"EXISTS (SELECT FROM {table} above WHERE above.id = {column})"


OF_OUTLET = with_row("atlas_outlet", "outlet_id")
OF_LINK = with_row("atlas_portraitlink", "link_id")
APPEND_ONLY = {
    "atlas_outlet": (f"{ALL} OR organisation_id = {OURS}", ALL),
    "atlas_outletdecision": (OF_OUTLET, ALL),
    "atlas_outletend": (OF_OUTLET, ALL),
    "atlas_portraitlink": (OF_OUTLET, OF_OUTLET),
    "atlas_linkrevocation": (OF_LINK, OF_LINK),
}
COUNTED = {
    "atlas_outletuse": (f"{ALL} OR organisation_id = {OURS} OR firm_id = {OWN_FIRMS}", f"{ALL} OR organisation_id = {OURS}"),
    "atlas_outletminute": (OF_OUTLET, OF_OUTLET),
}
LAW = [
    *(
        operation
        for table, (seen, written) in APPEND_ONLY.items()
        for operation in row_policies(table, seen=seen, written=written)
    ),
    *(
        operation
        for table, (seen, written) in COUNTED.items()
        for operation in row_policies(table, seen=seen, written=written, changed=written)
    ),
    *(
        migrations.RunSQL(
            f"CREATE TRIGGER atlas_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION atlas_append_only()",
            f"DROP TRIGGER atlas_append_only ON {table}",
        )
        for table in APPEND_ONLY
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ('atlas', '0012_row_security'),
        ('people', '0004_notices_done'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Outlet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('facts', models.JSONField(verbose_name='可展示的事实')),
                ('origins', models.JSONField(verbose_name='可嵌入的来源')),
                ('per_minute', models.PositiveIntegerField(verbose_name='每分钟次数上限')),
                ('reason', models.CharField(max_length=300, verbose_name='事由')),
                ('proposed_by_name', models.CharField(max_length=120, verbose_name='提议人')),
                ('proposed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='提议时间')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '场景接入',
            },
        ),
        migrations.AlterField(
            model_name='reading',
            name='channel',
            field=models.CharField(choices=[('page', 'page'), ('pdf', 'pdf'), ('api', 'api'), ('export', 'export'), ('predicate', 'predicate'), ('embedded', 'embedded'), ('feed', 'feed')], max_length=10, verbose_name='方式'),
        ),
        migrations.CreateModel(
            name='OutletMinute',
            fields=[
                ('outlet', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='minute', serialize=False, to='atlas.outlet')),
                ('began_at', models.DateTimeField(verbose_name='该分钟起点')),
                ('times', models.PositiveIntegerField(default=0, verbose_name='次数')),
            ],
            options={
                'verbose_name': '接入频次',
            },
        ),
        migrations.CreateModel(
            name='OutletDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_approved', models.BooleanField(verbose_name='同意')),
                ('reasons', models.CharField(blank=True, max_length=300, verbose_name='理由')),
                ('decided_by_name', models.CharField(max_length=120, verbose_name='决定人')),
                ('decided_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='决定时间')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('outlet', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='atlas.outlet')),
            ],
            options={
                'verbose_name': '场景接入决定',
            },
        ),
        migrations.CreateModel(
            name='OutletEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('revoked', 'revoked'), ('replaced', 'replaced')], max_length=10, verbose_name='原因')),
                ('ended_by_name', models.CharField(max_length=120, verbose_name='操作人')),
                ('ended_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='时间')),
                ('outlet', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='end', to='atlas.outlet')),
            ],
            options={
                'verbose_name': '场景接入终止',
            },
        ),
        migrations.CreateModel(
            name='OutletUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('used_on', models.DateField(verbose_name='日')),
                ('kind', models.CharField(choices=[('widget', 'widget'), ('link', 'link'), ('feed', 'feed'), ('webhook', 'webhook')], max_length=10, verbose_name='方式')),
                ('outcome', models.CharField(choices=[('shown', 'shown'), ('refused', 'refused'), ('limited', 'limited')], max_length=10, verbose_name='结果')),
                ('times', models.PositiveIntegerField(default=0, verbose_name='次数')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outlet_uses', to='atlas.firm')),
                ('outlet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='atlas.outlet')),
            ],
            options={
                'verbose_name': '接入用量',
            },
        ),
        migrations.CreateModel(
            name='PortraitLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('widget', 'widget'), ('link', 'link'), ('feed', 'feed'), ('webhook', 'webhook')], max_length=10, verbose_name='方式')),
                ('audience', models.CharField(max_length=200, verbose_name='对象')),
                ('made_by_name', models.CharField(max_length=120, verbose_name='生成人')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='生成时间')),
                ('expires_at', models.DateTimeField(verbose_name='失效时间')),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='atlas.firm')),
                ('outlet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='atlas.outlet')),
            ],
            options={
                'verbose_name': '画像链接',
            },
        ),
        migrations.CreateModel(
            name='LinkRevocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revoked_by_name', models.CharField(max_length=120, verbose_name='撤回人')),
                ('revoked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='撤回时间')),
                ('link', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='revocation', to='atlas.portraitlink')),
            ],
            options={
                'verbose_name': '撤回画像链接',
            },
        ),
        migrations.AddConstraint(
            model_name='outlet',
            constraint=models.CheckConstraint(condition=models.Q(('facts', []), _negated=True), name='outlet_has_facts'),
        ),
        migrations.AddConstraint(
            model_name='outlet',
            constraint=models.CheckConstraint(condition=models.Q(('per_minute__gte', 1)), name='outlet_has_a_rate'),
        ),
        migrations.AddIndex(
            model_name='outletuse',
            index=models.Index(fields=['firm', 'used_on'], name='outlet_use_firm'),
        ),
        migrations.AddConstraint(
            model_name='outletuse',
            constraint=models.UniqueConstraint(fields=('outlet', 'firm', 'used_on', 'kind', 'outcome'), name='outlet_use_once'),
        ),
        *LAW,
    ]
