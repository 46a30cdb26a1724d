from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from yulin.kit import documents
from yulin.kit.errors import DocumentDamagedError, DocumentNotFoundError, UploadTooLargeError


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_same_content_is_one_document() -> None:
    content = "借据".encode()
    sha256 = documents.store(content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert documents.store(io.BytesIO(content)) == sha256
    assert documents.store(SimpleUploadedFile("x.csv", content)) == sha256
    assert documents.read_document(sha256) == content
    assert default_storage.listdir(f"documents/{sha256[:2]}/{sha256[2:4]}")[1] == [sha256]


def test_changed_document_is_not_given_out() -> None:
    sha256 = documents.store(b"one")
    path = documents.document_path(sha256)
    assert path is not None
    Path(path).write_bytes(b"two")
    with pytest.raises(DocumentDamagedError):
        documents.read_document(sha256)


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "A" * 64])
def test_unknown_document_is_refused(name: str) -> None:
    with pytest.raises(DocumentNotFoundError):
        documents.open_document(name)


@pytest.mark.parametrize(("size", "is_refused"), [(9, False), (10, False), (11, True)])
def test_limit_is_kept_to_the_byte(size: int, is_refused: bool) -> None:
    if not is_refused:
        assert documents.store(b"x" * size, limit_bytes=10)
        return
    with pytest.raises(UploadTooLargeError):
        documents.store(b"x" * size, limit_bytes=10, name="big.xlsx")
    assert not documents.is_stored(hashlib.sha256(b"x" * size).hexdigest())
