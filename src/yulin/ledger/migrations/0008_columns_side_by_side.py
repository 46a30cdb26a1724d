"""Where holds are posted or released, columns are taken apart side by side: each array read into a table costs more."""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("yulin.ledger.migrations.0006_whole_sets")

CHANGES = (
    (
        """
    FROM unnest(p_refers, p_debits, p_credits, p_amounts, p_kinds) WITH ORDINALITY
      AS u(refers, debit_id, credit_id, amount, kind, ord)
""",
        """
    FROM (
      SELECT unnest(p_refers) AS refers, unnest(p_debits) AS debit_id, unnest(p_credits) AS credit_id,
        unnest(p_amounts) AS amount, unnest(p_kinds) AS kind, generate_subscripts(p_refers, 1) AS ord
    ) AS u
""",
    ),
    (
        """
      FROM unnest(v_refers, v_amounts, p_amounts) AS u(refers_id, amount, asked)
""",
        """
      FROM (
        SELECT unnest(v_refers) AS refers_id, unnest(v_amounts) AS amount, unnest(p_amounts) AS asked
      ) AS u
""",
    ),
)


def _changed() -> str:
    text = _BEFORE.BOOK_ALL
    for before, after in CHANGES:
        assert text.count(before) == 1
        text = text.replace(before, after)
    return text


BOOK_ALL = _changed()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_lines_as_one_text")]

    operations = [migrations.RunSQL(BOOK_ALL, _BEFORE.BOOK_ALL)]
