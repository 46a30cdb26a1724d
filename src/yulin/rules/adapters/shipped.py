"""The packs that ship with Yulin: one folder each under `yulin/packs`, read once per process."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from threading import Lock

from yulin.rules.core.load import load_pack
from yulin.rules.core.load_vocabulary import load_vocabulary
from yulin.rules.core.pack import Pack
from yulin.rules.core.vocabulary import Vocabulary
from yulin.rules.errors import UnknownPackError

_reading = Lock()  # two threads that want all packs share the work instead of each doing all of it


def _root() -> Traversable:
    return files("yulin.packs")


@cache
def shipped_vocabulary() -> Vocabulary:
    """Return the vocabulary that all shipped packs speak."""
    return load_vocabulary(_root().joinpath("vocabulary.yaml").read_text(encoding="utf-8"))


@cache
def shipped_pack_ids() -> tuple[str, ...]:
    """Return the ids of all shipped packs, sorted."""
    return tuple(sorted(part.name for part in _root().iterdir() if part.joinpath("pack.yaml").is_file()))


@cache
def shipped_ids_of(kind: str) -> tuple[str, ...]:
    """Return the ids of the shipped packs of one kind, sorted, without loading them."""
    return tuple(each for each in shipped_pack_ids() if f"\nkind: {kind}\n" in shipped_texts(each)["pack.yaml"])


@cache
def shipped_texts(pack_id: str) -> dict[str, str]:
    """Return the files of a shipped pack by name.

    Raises: RULES.PACK.UNKNOWN.
    """
    if pack_id not in shipped_pack_ids():
        raise UnknownPackError(pack_id, shipped_pack_ids())
    folder = _root().joinpath(pack_id)
    return {part.name: part.read_text(encoding="utf-8") for part in folder.iterdir() if part.name.endswith(".yaml")}


def shipped_pack(pack_id: str) -> Pack:
    """Return a shipped pack.

    Raises: RULES.PACK.UNKNOWN, and every loading error.
    """
    with _reading:
        return _pack(pack_id)


@cache
def _pack(pack_id: str) -> Pack:
    return load_pack(shipped_texts(pack_id), shipped_vocabulary())
