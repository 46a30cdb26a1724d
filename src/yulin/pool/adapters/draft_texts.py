"""A drafted text from a file: read like any pack, refused with file and line, never published from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yulin.base.text import Text
from yulin.pool.errors import DraftTextError
from yulin.rules.adapters.shipped import shipped_vocabulary
from yulin.rules.core.load import load_pack
from yulin.rules.core.pack import Pack
from yulin.rules.errors import RulesError

MOST_BYTES = 500_000  # the longest pack that ships has a tenth of it


def read_draft(content: bytes, *, scheme_id: str, manager_values: Mapping[str, Any]) -> Pack:
    """Return the scheme that a file drafts: in place of `scheme_id`, or a district's layer on top of it.

    What the manager has filled in the law of the day is filled in the draft too, where the draft leaves it open.

    Raises: `POOL.DRAFT.TEXT`, `RULES.PACK.*`, `RULES.EXPRESSION.*`.
    """
    try:
        texts = {"pack.yaml": content.decode("utf-8-sig")}
    except UnicodeDecodeError as error:
        raise DraftTextError(found=Text("不是UTF-8文本", "no UTF-8 text")) from error
    pack = _loaded(texts, manager_values)
    if pack.kind != "scheme":
        kind = Text("类别为%(kind)s", "a pack of kind %(kind)s").with_values(kind=pack.kind)
        raise DraftTextError(found=kind)
    on_top_of = pack.scheme.on_top_of
    if on_top_of is not None and scheme_id not in on_top_of.packs:
        named = "、".join(on_top_of.packs)
        found = Text("叠加于%(named)s的一层", "a layer on top of %(named)s")
        raise DraftTextError(found=found.with_values(named=named))
    return pack


def _loaded(texts: Mapping[str, str], manager_values: Mapping[str, Any]) -> Pack:
    try:
        return load_pack(texts, shipped_vocabulary(), manager_values or None)
    except RulesError:  # a value has no place in this text, or the text itself has a defect: then it is found again
        return load_pack(texts, shipped_vocabulary())
