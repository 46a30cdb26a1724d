"""Every write of the rules: drafts that are being written, and versions that two people make law."""

from yulin.rules.services.drafts import (
    publish_draft,
    return_draft,
    save_draft,
    start_draft,
    submit_draft,
    withdraw_pack_draft,
)
from yulin.rules.services.publishing import draft_pack, draft_shipped_pack, publish_pack, withdraw_draft

__all__ = [
    "draft_pack",
    "draft_shipped_pack",
    "publish_draft",
    "publish_pack",
    "return_draft",
    "save_draft",
    "start_draft",
    "submit_draft",
    "withdraw_draft",
    "withdraw_pack_draft",
]
