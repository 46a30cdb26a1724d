"""A set that posts a whole hold again finds nothing left of it: that is for the long way to answer, not for the law."""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("yulin.ledger.migrations.0006_whole_sets").BOOK_ALL
BOOK_ALL = _BEFORE.replace("r.kind = 'hold' AND", "r.kind = 'hold' AND COALESCE(u.amount, r.rest_fen) > 0 AND")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_law_read_once")]

    operations = [migrations.RunSQL(BOOK_ALL, _BEFORE)]
