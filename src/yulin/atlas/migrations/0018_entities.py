"""Records of sources resolved into entities, run by run; seen by those who oversee all, and never changed."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from yulin.kit.row_security import row_policies

ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
TABLES = (
    "atlas_entityrun", "atlas_entityrecord", "atlas_entityplace", "atlas_entitychange", "atlas_entitypair",
    "atlas_entityjudgement",
)


class Migration(migrations.Migration):

    dependencies = [
        ('atlas', '0017_statements_row_security'),
    ]

    operations = [
        migrations.CreateModel(
            name='EntityRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(blank=True, max_length=255, verbose_name='文件名')),
                ('file_sha256', models.CharField(blank=True, max_length=64, verbose_name='文件哈希')),
                ('records', models.PositiveIntegerField(verbose_name='记录数')),
                ('entities', models.PositiveIntegerField(verbose_name='主体数')),
                ('possible', models.PositiveIntegerField(verbose_name='待核对数')),
                ('run_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='时间')),
                ('run_by_name', models.CharField(max_length=120, verbose_name='操作人')),
            ],
            options={
                'verbose_name': '主体归并',
            },
        ),
        migrations.CreateModel(
            name='EntityJudgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('left', models.CharField(max_length=120, verbose_name='记录')),
                ('right', models.CharField(max_length=120, verbose_name='另一记录')),
                ('is_same', models.BooleanField(verbose_name='同一企业')),
                ('reason', models.CharField(max_length=300, verbose_name='理由')),
                ('judged_at', models.DateTimeField(verbose_name='判定时间')),
                ('judged_by_name', models.CharField(max_length=120, verbose_name='判定人')),
            ],
            options={
                'verbose_name': '记录判定',
                'constraints': [models.UniqueConstraint(fields=('left', 'right', 'judged_at', 'judged_by_name'), name='entity_judgement_once'), models.CheckConstraint(condition=models.Q(('left__lt', models.F('right'))), name='entity_judgement_in_order')],
            },
        ),
        migrations.CreateModel(
            name='EntityRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120, verbose_name='记录键')),
                ('name', models.CharField(blank=True, max_length=300, verbose_name='名称')),
                ('code', models.CharField(blank=True, max_length=60, verbose_name='代码')),
                ('content', models.JSONField(verbose_name='其他内容')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='atlas.entityrun')),
            ],
            options={
                'verbose_name': '来源记录',
                'indexes': [models.Index(fields=['code'], name='entity_record_code')],
                'constraints': [models.UniqueConstraint(fields=('key', 'run'), name='entity_record_once'), models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='entity_record_has_key')],
            },
        ),
        migrations.CreateModel(
            name='EntityPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120, verbose_name='记录键')),
                ('number', models.PositiveBigIntegerField(verbose_name='主体编号')),
                ('tied_to', models.CharField(blank=True, max_length=120, verbose_name='归并自')),
                ('reasons', models.JSONField(verbose_name='理由')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='atlas.entityrun')),
            ],
            options={
                'verbose_name': '记录所属主体',
                'indexes': [models.Index(fields=['number'], name='entity_place_number')],
                'constraints': [models.UniqueConstraint(fields=('key', 'run'), name='entity_place_once')],
            },
        ),
        migrations.CreateModel(
            name='EntityPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('left', models.CharField(max_length=120, verbose_name='记录')),
                ('right', models.CharField(max_length=120, verbose_name='另一记录')),
                ('points', models.PositiveSmallIntegerField(verbose_name='分值')),
                ('reasons', models.JSONField(verbose_name='理由')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairs', to='atlas.entityrun')),
            ],
            options={
                'verbose_name': '待核对记录对',
                'indexes': [models.Index(fields=['run', '-points'], name='entity_pair_points')],
                'constraints': [models.UniqueConstraint(fields=('run', 'left', 'right'), name='entity_pair_once')],
            },
        ),
        migrations.CreateModel(
            name='EntityChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(verbose_name='主体编号')),
                ('kind', models.CharField(choices=[('merged', 'merged'), ('parted', 'parted')], max_length=8, verbose_name='变化')),
                ('other', models.PositiveBigIntegerField(verbose_name='另一编号')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='atlas.entityrun')),
            ],
            options={
                'verbose_name': '主体编号变化',
                'indexes': [models.Index(fields=['other'], name='entity_change_other')],
                'constraints': [models.UniqueConstraint(fields=('number', 'run'), name='entity_change_once'), models.CheckConstraint(condition=models.Q(('number', models.F('other')), _negated=True), name='entity_change_between_two')],
            },
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER atlas_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION atlas_append_only()",
                f"DROP TRIGGER atlas_append_only ON {table}",
            )
            for table in TABLES
        ),
        *(operation for table in TABLES for operation in row_policies(table, seen=ALL, written=ALL)),
    ]
