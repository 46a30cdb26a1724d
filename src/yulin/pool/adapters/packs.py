"""The schemes that are law in this database, loaded once per process: what is published never changes.

One light query says which versions there are and how long each rules; their texts are read when first used.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from yulin.pool.core.deciding import Law
from yulin.pool.errors import SchemeNotInForceError
from yulin.rules.core.pack import Pack
from yulin.rules.core.rates import with_rates
from yulin.rules.selectors import law_packs, loaded_pack, published_pack, published_packs


def published_laws() -> list[Law]:
    """Return every published scheme version, layer packs joined to the schemes that they top up."""
    rows = list(published_packs("scheme").order_by("pack_id", "effective_from").values_list("id", "effective_until"))
    packs = [(published_id, ended_on, _ruling(published_id)) for published_id, ended_on in rows]
    layers = tuple(pack for _, _, pack in packs if pack.scheme.on_top_of is not None)
    return [
        Law(pack, _layers_of(pack, layers), published_id, ended_on)
        for published_id, ended_on, pack in packs
        if pack.scheme.on_top_of is None
    ]


def laws_of(scheme_id: str) -> list[Law]:
    """Return the published versions of one scheme, oldest first."""
    return [law for law in published_laws() if law.pack.id == scheme_id]


def law_in_force(scheme_id: str, on: date) -> Law:
    """Return the version of a scheme that rules on a day.

    Raises: `POOL.SCHEME.NOT_IN_FORCE`.
    """
    found = next((law for law in laws_of(scheme_id) if law.is_in_force(on)), None)
    if found is None:
        raise SchemeNotInForceError(scheme=scheme_id, on=on)
    return found


def schemes_in_force(on: date) -> list[Law]:
    """Return the schemes that rule on a day."""
    return [law for law in published_laws() if law.is_in_force(on)]


def law_by_id(published_id: int) -> Law:
    """Return one published version by its key, with the layers published today."""
    return laws_by_id([published_id])[published_id]


def laws_by_id(published_ids: Iterable[int]) -> dict[int, Law]:
    """Return published versions by their keys, with the layers published today; all are asked for at once."""
    wanted = set(published_ids)
    found = {law.published_id: law for law in published_laws() if law.published_id in wanted} if wanted else {}
    return found | {key: Law(_ruling(key), (), key) for key in wanted - found.keys()}


def currency_under(published_id: int) -> str:
    """Return the currency of one published version."""
    return _loaded(published_id).currency


@lru_cache(maxsize=256)
def _loaded(published_id: int) -> Pack:
    return loaded_pack(published_pack(published_id))


def _ruling(published_id: int) -> Pack:
    """Return a published version with the rates that its limits point at, as this book's law states them today."""
    pack = _loaded(published_id)
    wanted = {limit.by.pack for limit in pack.scheme.limits.values() if limit.by is not None}
    if not wanted:
        return pack
    rates = {one.id: one for one in sorted(law_packs("rate"), key=lambda one: one.effective_from) if one.id in wanted}
    return _rated(published_id, tuple(sorted(rates.values(), key=lambda one: one.id)))


@lru_cache(maxsize=64)
def _rated(published_id: int, rates: tuple[Pack, ...]) -> Pack:
    """Return it once for as long as the same rates rule: what is compiled of a pack is kept with it."""
    by_id = {one.id: one for one in rates}
    return with_rates(_loaded(published_id), by_id.get)


def _layers_of(pack: Pack, layers: tuple[Pack, ...]) -> tuple[Pack, ...]:
    return tuple(layer for layer in layers if pack.id in layer.scheme.on_top_of.packs)
