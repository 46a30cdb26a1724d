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
from yulin.brain.services.deadlines import (
    make_feed,
    remind_of_deadlines,
    remind_of_drafts,
    remind_of_milestones,
    revoke_feed,
)
from yulin.brain.services.guides import publish_guide
from yulin.brain.services.library import TakenIn, take_in_policies
from yulin.brain.services.policies import (
    PolicyEdit,
    answer_correction,
    decide_version,
    propose_version,
    publish_file,
    suggest_correction,
    withdraw_version,
)
from yulin.brain.services.radar import (
    ask_for_radar,
    compute_radar,
    decide_criteria,
    draft_criteria,
    export_entitled,
    propose_criteria,
)
from yulin.brain.services.saved_searches import (
    Asked,
    delete_search,
    look_for_policies,
    pause_search,
    rename_search,
    save_search,
)
from yulin.brain.services.scans import ask_for_scan, read_scan
from yulin.brain.services.texts import embed_passages, import_texts, index_words

__all__ = [
    "KEPT_EFFECTS",
    "STALLED",
    "Asked",
    "PolicyEdit",
    "TakenIn",
    "answer_correction",
    "ask_for_area",
    "ask_for_effect",
    "ask_for_radar",
    "ask_for_scan",
    "compute_area",
    "compute_effect",
    "compute_radar",
    "decide_criteria",
    "decide_version",
    "delete_search",
    "draft_criteria",
    "embed_passages",
    "export_counts",
    "export_entitled",
    "export_firms",
    "export_moved_firms",
    "import_texts",
    "index_words",
    "look_for_policies",
    "make_feed",
    "pause_search",
    "propose_criteria",
    "propose_version",
    "publish_file",
    "publish_guide",
    "read_scan",
    "remind_of_deadlines",
    "remind_of_drafts",
    "remind_of_milestones",
    "rename_search",
    "revoke_feed",
    "save_search",
    "suggest_correction",
    "take_in_policies",
    "withdraw_version",
]
