"""The law of shipped packs, for commands that need no database."""

from __future__ import annotations

from yulin.pool.adapters.schemes import layers_of, scheme_pack
from yulin.pool.core.deciding import Law


def shipped_laws(scheme_id: str) -> tuple[Law, ...]:
    """Return the shipped version of a scheme with its layer packs.

    Raises: RULES.PACK.UNKNOWN.
    """
    pack = scheme_pack(scheme_id)
    return (Law(pack, layers_of(pack)),)
