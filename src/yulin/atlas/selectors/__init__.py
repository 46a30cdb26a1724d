"""Every read of firms: their codes, what is said about them, the portrait that each reader may see."""

from __future__ import annotations

from yulin.atlas.selectors.firms import (
    USCC,
    Part,
    codes_of,
    district_of_firms,
    facts_of,
    firm_by_code,
    firm_count,
    firm_ids_by_code,
    firms,
    firms_named,
    last_statement_id,
    own_firm_ids,
    receipts_of,
    said_in_area,
    said_in_parts,
)

__all__ = [
    "USCC",
    "Part",
    "codes_of",
    "district_of_firms",
    "facts_of",
    "firm_by_code",
    "firm_count",
    "firm_ids_by_code",
    "firms",
    "firms_named",
    "last_statement_id",
    "own_firm_ids",
    "receipts_of",
    "said_in_area",
    "said_in_parts",
]
