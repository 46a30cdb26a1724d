"""Confirmation numbers and verification codes."""

from __future__ import annotations

from pathlib import Path

import yulin
from yulin.pool.core.numbers import confirmation_number, number_prefix, verification_code


def test_no_two_shipped_schemes_share_a_prefix():
    folders = [place.parent.name for place in (Path(yulin.__file__).parent / "packs").glob("*/pack.yaml")]
    schemes = [name for name in folders if not name.startswith(("title-", "size-"))]
    prefixes = [number_prefix(name) for name in schemes]
    assert len(set(prefixes)) == len(prefixes)


def test_number_form():
    assert confirmation_number(number_prefix("gz-credit-2021"), 2022, 123) == "GZ21-2022-0000123"


def test_code_needs_the_secret():
    one = verification_code(b"one", "GZ21-2022-0000123")
    assert one == verification_code(b"one", "GZ21-2022-0000123")
    assert one != verification_code(b"two", "GZ21-2022-0000123")
    assert one != verification_code(b"one", "GZ21-2022-0000124")
    assert not set(one) & set("0O1IL")
