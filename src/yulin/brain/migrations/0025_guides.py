"""What explains a policy, kept as it was published, and by when it is owed."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

UNCHANGING = """
CREATE FUNCTION brain_guide_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'What explains a policy never changes: % of text % was refused.', TG_OP, OLD.id
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('brain', '0024_saved_searches'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GuideTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='应发布日')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='发布齐全日')),
                ('policy', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='guide_term', to='brain.policy')),
            ],
            options={
                'verbose_name': '解读时限',
                'indexes': [models.Index(condition=models.Q(('done_on__isnull', True)), fields=['due_on'], name='guide_term_open')],
            },
        ),
        migrations.CreateModel(
            name='PolicyGuide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12, verbose_name='种类')),
                ('text', models.TextField(verbose_name='正文')),
                ('made_by_name', models.CharField(max_length=120, verbose_name='发布人')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='发布时间')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='guides', to='brain.policy')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='brain.policyversion')),
            ],
            options={
                'verbose_name': '政策解读',
                'ordering': ['policy_id', 'kind', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['guide', 'manual'])), name='policy_guide_kind'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='policy_guide_has_text')],
            },
        ),
        migrations.RunSQL(UNCHANGING, "DROP FUNCTION brain_guide_unchanging()"),
        migrations.RunSQL(
            "CREATE TRIGGER brain_guide_unchanging BEFORE UPDATE OR DELETE ON brain_policyguide FOR EACH ROW"
            " EXECUTE FUNCTION brain_guide_unchanging()",
            "DROP TRIGGER brain_guide_unchanging ON brain_policyguide",
        ),
    ]
