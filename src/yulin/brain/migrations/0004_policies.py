"""The library of policies: files, policies, their versions and clauses, and corrections by readers."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('brain', '0003_texts'),
        ('people', '0004_notices_done'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True, verbose_name='编号')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('general', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='variants', to='brain.policy')),
            ],
            options={
                'verbose_name': '政策',
                'verbose_name_plural': '政策',
            },
        ),
        migrations.CreateModel(
            name='PolicyFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255, verbose_name='文件')),
                ('sha256', models.CharField(max_length=64, verbose_name='哈希')),
                ('form', models.CharField(max_length=8, verbose_name='格式')),
                ('profile', models.CharField(max_length=60, verbose_name='版式')),
                ('source', models.CharField(max_length=60, verbose_name='来源')),
                ('area', models.CharField(blank=True, max_length=120, verbose_name='适用地区')),
                ('pages', models.PositiveIntegerField(default=0, verbose_name='页数')),
                ('report', models.JSONField(default=dict, verbose_name='读取结果')),
                ('made_by_name', models.CharField(max_length=120, verbose_name='导入人')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='导入时间')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '政策文件',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='PolicyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='版次')),
                ('state', models.CharField(default='proposed', max_length=12, verbose_name='状态')),
                ('title', models.CharField(max_length=300, verbose_name='名称')),
                ('document_number', models.CharField(blank=True, max_length=200, verbose_name='发文字号')),
                ('authority', models.CharField(blank=True, max_length=200, verbose_name='发文机构')),
                ('area', models.CharField(blank=True, max_length=120, verbose_name='适用地区')),
                ('audience', models.TextField(blank=True, verbose_name='支持对象')),
                ('domain', models.CharField(blank=True, max_length=200, verbose_name='领域')),
                ('url', models.CharField(blank=True, max_length=500, verbose_name='网址')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='发布日期')),
                ('ending', models.CharField(default='unknown', max_length=12, verbose_name='截止方式')),
                ('opens_on', models.DateField(blank=True, null=True, verbose_name='开始日期')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='截止日期')),
                ('used_up_on', models.DateField(blank=True, null=True, verbose_name='额度用完日期')),
                ('archived_on', models.DateField(blank=True, null=True, verbose_name='归档日期')),
                ('amount_fen', models.BigIntegerField(blank=True, null=True, verbose_name='最高支持金额')),
                ('parts', models.JSONField(verbose_name='内容')),
                ('text', models.TextField(blank=True, verbose_name='全文')),
                ('content_hash', models.CharField(max_length=64, verbose_name='内容哈希')),
                ('sketch', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None, verbose_name='相似特征')),
                ('sure', models.JSONField(default=dict, verbose_name='把握')),
                ('quotes', models.JSONField(default=dict, verbose_name='依据文字')),
                ('defects', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None, verbose_name='读取问题')),
                ('place', models.CharField(blank=True, max_length=40, verbose_name='页码')),
                ('note', models.CharField(blank=True, max_length=600, verbose_name='修改说明')),
                ('made_by_name', models.CharField(max_length=120, verbose_name='提交人')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='提交时间')),
                ('checked_by_name', models.CharField(blank=True, max_length=120, verbose_name='复核人')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='复核时间')),
                ('reason', models.CharField(blank=True, max_length=600, verbose_name='退回理由')),
                ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='brain.policyfile')),
                ('general', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='brain.policy', verbose_name='一般政策')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='brain.policy')),
            ],
            options={
                'verbose_name': '政策版本',
                'ordering': ['policy_id', '-number'],
            },
        ),
        migrations.CreateModel(
            name='PolicyCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clause', models.PositiveIntegerField(blank=True, null=True, verbose_name='条款序号')),
                ('said', models.CharField(max_length=1000, verbose_name='建议')),
                ('source', models.CharField(blank=True, max_length=500, verbose_name='依据')),
                ('state', models.CharField(default='open', max_length=12, verbose_name='状态')),
                ('made_by_name', models.CharField(max_length=120, verbose_name='提出人')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='提出时间')),
                ('answer', models.CharField(blank=True, max_length=1000, verbose_name='答复')),
                ('answered_by_name', models.CharField(blank=True, max_length=120, verbose_name='答复人')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='答复时间')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='brain.policyversion')),
            ],
            options={
                'verbose_name': '更正建议',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='PolicyClause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='序号')),
                ('part', models.CharField(max_length=20, verbose_name='部分')),
                ('label', models.CharField(blank=True, max_length=30, verbose_name='标号')),
                ('path', models.CharField(blank=True, max_length=120, verbose_name='上级标号')),
                ('heading', models.CharField(blank=True, max_length=80, verbose_name='标题')),
                ('start', models.PositiveIntegerField(verbose_name='起')),
                ('end', models.PositiveIntegerField(verbose_name='止')),
                ('searched', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='clause', to='brain.textdocument')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clauses', to='brain.policyversion')),
            ],
            options={
                'verbose_name': '条款',
                'ordering': ['version_id', 'number'],
            },
        ),
        migrations.AddField(
            model_name='policy',
            name='current',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shown_for', to='brain.policyversion'),
        ),
        migrations.AddIndex(
            model_name='policyversion',
            index=django.contrib.postgres.indexes.GinIndex(fields=['sketch'], name='policy_sketch'),
        ),
        migrations.AddIndex(
            model_name='policyversion',
            index=models.Index(fields=['document_number'], name='policy_document_number'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.UniqueConstraint(fields=('policy', 'number'), name='policy_version_once'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('policy',), name='policy_one_proposal'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'published', 'returned', 'withdrawn'])), name='policy_version_state'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(('ending__in', ['dated', 'permanent', 'unknown'])), name='policy_ending'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ending', 'dated'), ('ends_on__isnull', False)), models.Q(models.Q(('ending', 'dated'), _negated=True), ('ends_on__isnull', True)), _connector='OR'), name='policy_end_iff_dated'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('opens_on__isnull', True), ('ends_on__gte', models.F('opens_on')), _connector='OR'), name='policy_end_not_before_start'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(('amount_fen__isnull', True), ('amount_fen__gt', 0), _connector='OR'), name='policy_amount_known_or_null'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by__isnull', True), ('made_by__isnull', True), models.Q(('checked_by', models.F('made_by')), _negated=True), _connector='OR'), name='policy_four_eyes'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('made_by__isnull', True), ('checked_by__isnull', False), _connector='OR'), name='policy_published_is_checked'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='policy_published_has_text'),
        ),
        migrations.AddConstraint(
            model_name='policycorrection',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'taken', 'declined'])), name='policy_correction_state'),
        ),
        migrations.AddConstraint(
            model_name='policycorrection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('answered_at__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='policy_correction_answered'),
        ),
        migrations.AddConstraint(
            model_name='policyclause',
            constraint=models.UniqueConstraint(fields=('version', 'number'), name='policy_clause_once'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(('general__isnull', True), models.Q(('general', models.F('id')), _negated=True), _connector='OR'), name='policy_not_variant_of_itself'),
        ),
    ]
