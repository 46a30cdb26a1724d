"""Documents kept for good, named by what they hold: the SHA-256 of a document is its only address.

They lie in Django's default storage (a folder of YULIN_HOME; another by setting) under `documents/ab/cd/<sha256>`.

Invariant: storing the same content twice keeps one document; what is read back has the hash it was asked by.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage

from yulin.kit.errors import DocumentDamagedError, DocumentNotFoundError, UploadTooLargeError

_CHUNK_BYTES = 1 << 20
_IN_MEMORY_BYTES = 4 << 20


def store(content: bytes | IO[bytes] | File[bytes], *, limit_bytes: int | None = None, name: str = "") -> str:
    """Keep a document and return its SHA-256; a document that is kept already is not written again.

    Raises: `KIT.UPLOAD.TOO_LARGE` when the content is longer than `limit_bytes` (nothing is kept then).
    """
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as copy:
        for chunk in _chunks(content):
            size += len(chunk)
            if limit_bytes is not None and size > limit_bytes:
                raise UploadTooLargeError(name=name, found_bytes=size, limit_bytes=limit_bytes)
            digest.update(chunk)
            copy.write(chunk)
        sha256 = digest.hexdigest()
        if not is_stored(sha256):
            copy.seek(0)
            default_storage.save(_place(sha256), File(copy))
    return sha256


def is_stored(sha256: str) -> bool:
    """Tell whether a document is kept."""
    return default_storage.exists(_place(sha256))


def open_document(sha256: str) -> IO[bytes]:
    """Return a kept document for reading; the caller closes it.

    Raises: `KIT.DOCUMENT.NOT_FOUND`.
    """
    if not is_stored(sha256):
        raise DocumentNotFoundError(sha256=sha256)
    return default_storage.open(_place(sha256), "rb")


def read_document(sha256: str) -> bytes:
    """Return a kept document whole, after checking that it still is what its name says.

    Raises: `KIT.DOCUMENT.NOT_FOUND`, `KIT.DOCUMENT.DAMAGED`.
    """
    with open_document(sha256) as file:
        content = file.read()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise DocumentDamagedError(sha256=sha256, found=found)
    return content


def document_path(sha256: str) -> str | None:
    """Return the path of a kept document on this machine, or None where the storage has no folders."""
    if not is_stored(sha256):
        raise DocumentNotFoundError(sha256=sha256)
    try:
        return default_storage.path(_place(sha256))
    except NotImplementedError:
        return None


def _place(sha256: str) -> str:
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise DocumentNotFoundError(sha256=sha256)
    return f"documents/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _chunks(content: bytes | IO[bytes] | File[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    if content.seekable():
        content.seek(0)
    while chunk := content.read(_CHUNK_BYTES):
        yield chunk
