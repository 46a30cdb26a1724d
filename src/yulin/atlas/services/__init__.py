"""Every write of firms: register them, add codes and statements, take in the files of sources."""

from __future__ import annotations

from yulin.atlas.services.ingesting import Delivery, ingest_file
from yulin.atlas.services.registering import (
    NewFirm,
    NewStatement,
    add_firm_code,
    add_statements,
    register_firms,
)

__all__ = [
    "Delivery",
    "NewFirm",
    "NewStatement",
    "add_firm_code",
    "add_statements",
    "ingest_file",
    "register_firms",
]
