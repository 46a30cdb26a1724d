"""The tables of the firm register: what is said of firms, and who may read it."""

from __future__ import annotations

from yulin.atlas.models.firms import Firm, FirmCode, Receipt, Source, Statement
from yulin.atlas.models.rights import Consent, ConsentRevocation, Reading

__all__ = ["Consent", "ConsentRevocation", "Firm", "FirmCode", "Reading", "Receipt", "Source", "Statement"]
