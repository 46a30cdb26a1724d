"""Pages of firms: a portrait, and who may read it."""

from __future__ import annotations

from yulin.atlas.views.portraits import open_portraits, portrait, portrait_pdf
from yulin.atlas.views.rights import consents, revoke

__all__ = ["consents", "open_portraits", "portrait", "portrait_pdf", "revoke"]
