"""Refusals of the API name amounts in the currency of the scheme that was asked about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from yulin.base.errors import YulinError
from yulin.kit.speech import speak_in
from yulin.pool.selectors.currencies import currency_of


@contextmanager
def refusing_in_currency_of(scheme_id: str) -> Iterator[None]:
    """Let a refusal within the block speak the scheme's currency; an answer that is given costs no look for it."""
    try:
        yield
    except YulinError:
        speak_in(currency_of(scheme_id))
        raise
