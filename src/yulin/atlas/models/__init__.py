"""The tables of the firm register: what is said of firms, who may read it, what is contested and called back."""

from __future__ import annotations

from yulin.atlas.models.answers import SignedAnswer
from yulin.atlas.models.entities import (
    EntityChange,
    EntityJudgement,
    EntityPair,
    EntityPlace,
    EntityRecord,
    EntityRun,
)
from yulin.atlas.models.exports import ExportDecision, ExportRequest, ExportTaking
from yulin.atlas.models.firms import (
    Firm,
    FirmCode,
    FirmFormerName,
    FirmSpelling,
    Particular,
    Receipt,
    RegisterChange,
    Source,
    Statement,
)
from yulin.atlas.models.hand_edits import HandEdit, HandEditDecision, HandEditEnd
from yulin.atlas.models.identity import Candidate, IdentityJudgement
from yulin.atlas.models.news import FactChange, NewsMark
from yulin.atlas.models.objections import (
    Objection,
    ObjectionDecision,
    ObjectionNote,
    ParticularEnd,
    Recall,
    RecallNotice,
    RecallReceipt,
    StatementEnd,
)
from yulin.atlas.models.outlets import (
    LinkRevocation,
    Outlet,
    OutletDecision,
    OutletEnd,
    OutletMinute,
    OutletUse,
    PortraitLink,
)
from yulin.atlas.models.pulls import SourcePull
from yulin.atlas.models.records import AdverseRecord, RepairDecision, RepairRequest
from yulin.atlas.models.retention import (
    RetentionDecision,
    RetentionEnd,
    RetentionHold,
    RetentionHoldEnd,
    RetentionOrder,
    RetentionRun,
)
from yulin.atlas.models.rights import Consent, ConsentRevocation, Reading

__all__ = [
    "AdverseRecord",
    "Candidate",
    "Consent",
    "ConsentRevocation",
    "EntityChange",
    "EntityJudgement",
    "EntityPair",
    "EntityPlace",
    "EntityRecord",
    "EntityRun",
    "ExportDecision",
    "ExportRequest",
    "ExportTaking",
    "FactChange",
    "Firm",
    "FirmCode",
    "FirmFormerName",
    "FirmSpelling",
    "HandEdit",
    "HandEditDecision",
    "HandEditEnd",
    "IdentityJudgement",
    "LinkRevocation",
    "NewsMark",
    "Objection",
    "ObjectionDecision",
    "ObjectionNote",
    "Outlet",
    "OutletDecision",
    "OutletEnd",
    "OutletMinute",
    "OutletUse",
    "Particular",
    "ParticularEnd",
    "PortraitLink",
    "Reading",
    "Recall",
    "RecallNotice",
    "RecallReceipt",
    "Receipt",
    "RegisterChange",
    "RepairDecision",
    "RepairRequest",
    "RetentionDecision",
    "RetentionEnd",
    "RetentionHold",
    "RetentionHoldEnd",
    "RetentionOrder",
    "RetentionRun",
    "SignedAnswer",
    "Source",
    "SourcePull",
    "Statement",
    "StatementEnd",
]
