import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import yulin.brain.models.texts


class Migration(migrations.Migration):

    dependencies = [("brain", "0002_effect_runs")]

    operations = [
        # Where pgvector is missing and the role may not add it, PostgreSQL says so and the operator adds it.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS vector", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Collection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="名称")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={"verbose_name": "文集"},
        ),
        migrations.CreateModel(
            name="TextDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("docid", models.CharField(max_length=300, verbose_name="名称")),
                ("text", models.TextField(verbose_name="正文")),
                ("is_indexed", models.BooleanField(default=False, verbose_name="已建词索引")),
                ("collection", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="documents", to="brain.collection")),
            ],
            options={
                "verbose_name": "文本",
                "indexes": [models.Index(condition=models.Q(("is_indexed", False)), fields=["collection"], name="text_not_indexed")],
                "constraints": [models.UniqueConstraint(fields=("collection", "docid"), name="text_docid_once")],
            },
        ),
        migrations.CreateModel(
            name="Passage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start", models.PositiveIntegerField(verbose_name="起")),
                ("end", models.PositiveIntegerField(verbose_name="止")),
                ("vector", yulin.brain.models.texts.VectorField(null=True, verbose_name="向量")),
                ("collection", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="brain.collection")),
                ("document", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="passages", to="brain.textdocument")),
            ],
            options={
                "verbose_name": "段落",
                "indexes": [models.Index(condition=models.Q(("vector__isnull", True)), fields=["id"], name="passage_not_embedded")],
            },
        ),
        migrations.RunSQL(
            "CREATE INDEX passage_nearest ON brain_passage USING hnsw (vector halfvec_ip_ops)",
            "DROP INDEX passage_nearest",
        ),
    ]
