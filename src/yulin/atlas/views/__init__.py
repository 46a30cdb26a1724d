"""Pages of firms: find one, its portrait, who may read it, what is contested, called back, and repaired."""

from __future__ import annotations

from yulin.atlas.views.entities import entities, entity
from yulin.atlas.views.entities import judge as judge_records
from yulin.atlas.views.exports import decide as decide_export
from yulin.atlas.views.exports import export, exports
from yulin.atlas.views.exports import take as take_export
from yulin.atlas.views.finding import find
from yulin.atlas.views.hand_edits import decide as decide_hand_edit
from yulin.atlas.views.hand_edits import document as hand_edit_document
from yulin.atlas.views.hand_edits import end as end_hand_edit
from yulin.atlas.views.hand_edits import hand_edits, state_by_hand
from yulin.atlas.views.identity import identity, judge
from yulin.atlas.views.objections import annotate, contest, decide, objection, objections
from yulin.atlas.views.outlets import decide as decide_outlet
from yulin.atlas.views.outlets import end as end_outlet
from yulin.atlas.views.outlets import outlet, outlets, replay, sandbox_shown, shown
from yulin.atlas.views.portraits import open_portraits, particulars, portrait, portrait_bods, portrait_pdf
from yulin.atlas.views.recalls import recalls, receipt
from yulin.atlas.views.records import ask, record, records
from yulin.atlas.views.records import decide as decide_repair
from yulin.atlas.views.retention import decide as decide_retention
from yulin.atlas.views.retention import end as end_retention
from yulin.atlas.views.retention import hold as place_hold
from yulin.atlas.views.retention import lift as lift_hold
from yulin.atlas.views.retention import propose as propose_retention
from yulin.atlas.views.retention import retention
from yulin.atlas.views.rights import consents, revoke
from yulin.atlas.views.sources import quarantine, source, sources

__all__ = [
    "annotate",
    "ask",
    "consents",
    "contest",
    "decide",
    "decide_export",
    "decide_hand_edit",
    "decide_outlet",
    "decide_repair",
    "decide_retention",
    "end_hand_edit",
    "end_outlet",
    "end_retention",
    "entities",
    "entity",
    "export",
    "exports",
    "find",
    "hand_edit_document",
    "hand_edits",
    "identity",
    "judge",
    "judge_records",
    "lift_hold",
    "objection",
    "objections",
    "open_portraits",
    "outlet",
    "outlets",
    "particulars",
    "place_hold",
    "portrait",
    "portrait_bods",
    "portrait_pdf",
    "propose_retention",
    "quarantine",
    "recalls",
    "receipt",
    "record",
    "records",
    "replay",
    "retention",
    "revoke",
    "sandbox_shown",
    "shown",
    "source",
    "sources",
    "state_by_hand",
    "take_export",
]
