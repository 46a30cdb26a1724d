"""A signature proves a content under the public key, and nothing else."""

from __future__ import annotations

import base64

import pytest
from django.test import override_settings

from yulin.kit.signing import is_signed, public_key, sign

CONTENT = {"fact": "staff_count", "firm": "甲"}


def test_a_signature_holds_for_its_content_alone() -> None:
    signature, key = sign(CONTENT), public_key()
    assert is_signed({"firm": "甲", "fact": "staff_count"}, signature, key)
    assert not is_signed({**CONTENT, "fact": "revenue"}, signature, key)
    assert len(base64.b64decode(key)) == 32


@pytest.mark.parametrize("wrong", ["", "AAAA", "no base64!"])
def test_what_is_no_signature_or_key_proves_nothing(wrong: str) -> None:
    assert not is_signed(CONTENT, wrong, public_key())
    assert not is_signed(CONTENT, sign(CONTENT), wrong)


def test_another_secret_is_another_key() -> None:
    signature, key = sign(CONTENT), public_key()
    with override_settings(SECRET_KEY="another-secret-that-is-long-enough"):
        assert public_key() != key
        assert not is_signed(CONTENT, signature, public_key())
    assert is_signed(CONTENT, signature, key)
