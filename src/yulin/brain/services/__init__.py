"""Every write of the brain."""

from yulin.brain.services.area import (
    KEPT_EFFECTS,
    STALLED,
    ask_for_area,
    ask_for_effect,
    compute_area,
    compute_effect,
    export_counts,
    export_firms,
    export_moved_firms,
)
from yulin.brain.services.texts import embed_passages, import_texts, index_words

__all__ = [
    "KEPT_EFFECTS",
    "STALLED",
    "ask_for_area",
    "ask_for_effect",
    "compute_area",
    "compute_effect",
    "embed_passages",
    "export_counts",
    "export_firms",
    "export_moved_firms",
    "import_texts",
    "index_words",
]
