"""SQL's `= ANY` of an array: one parameter, where `IN` would carry tens of thousands."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Lookup


class AnyOf(Lookup):
    """Whether a column is one of many values, given as one array."""

    lookup_name = "any_of"
    prepare_rhs = False
    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return `column = ANY(array)`."""
        left, values = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", (*values, list(self.rhs))
