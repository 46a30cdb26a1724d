"""Ed25519 signatures of this instance over plain JSON, which anybody checks with the public key alone.

The key is derived from the instance's secret, so that nothing more has to be kept safe; it changes with the secret.

Invariant: what is signed is the JSON with sorted keys and no spaces, in UTF-8.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_KEY_BYTES = 32


def canonical(content: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed.

    >>> canonical({"b": 1, "a": "甲"}).decode()
    '{"a":"甲","b":1}'
    """
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sign(content: Mapping[str, Any]) -> str:
    """Return the signature of a content, in base64."""
    return sign_bytes(canonical(content))


def sign_bytes(content: bytes) -> str:
    """Return the signature of bytes as they stand, in base64."""
    return base64.b64encode(_key(settings.SECRET_KEY).sign(content)).decode()


def key_id() -> str:
    """Return the name of this instance's key, so that a receiver knows when it has changed."""
    return hashlib.sha256(public_key().encode()).hexdigest()[:16]


def public_key() -> str:
    """Return the public key of this instance: 32 bytes in base64."""
    return base64.b64encode(_key(settings.SECRET_KEY).public_key().public_bytes_raw()).decode()


def is_signed(content: Mapping[str, Any], signature: str, key: str) -> bool:
    """Tell whether a signature is that of a content under a public key."""
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(
            base64.b64decode(signature), canonical(content)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=2)
def _key(secret: str) -> Ed25519PrivateKey:
    derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"yulin.kit.signing").derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(derived)
