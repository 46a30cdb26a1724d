"""Every table of the brain."""

from yulin.brain.models.applications import (
    Application,
    ApplicationEvent,
    ApplicationField,
    ApplicationHelper,
    ApplicationPaper,
    FieldEdit,
    Submission,
)
from yulin.brain.models.area import AreaRun, EffectRun
from yulin.brain.models.awards import Award, AwardBatch, AwardClaim, AwardGap, AwardListing, AwardObjection
from yulin.brain.models.calls import Call, CallExtension
from yulin.brain.models.contracts import GrantContract, GrantMilestone
from yulin.brain.models.guides import GuideTerm, PolicyGuide
from yulin.brain.models.policies import Policy, PolicyClause, PolicyCorrection, PolicyFile, PolicyVersion
from yulin.brain.models.projects import ApprovedProject, ProjectFile
from yulin.brain.models.radar import DeadlineFeed, DeadlineReminder, PolicyCriteria, RadarRun
from yulin.brain.models.reviews import (
    ApplicationAppeal,
    ApplicationDecision,
    Expert,
    ExpertDraw,
    ExpertReview,
)
from yulin.brain.models.searches import FoundPolicy, SavedSearch
from yulin.brain.models.stacking import StackingVersion
from yulin.brain.models.texts import Collection, Passage, TextDocument

__all__ = [
    "Application",
    "ApplicationAppeal",
    "ApplicationDecision",
    "ApplicationEvent",
    "ApplicationField",
    "ApplicationHelper",
    "ApplicationPaper",
    "ApprovedProject",
    "AreaRun",
    "Award",
    "AwardBatch",
    "AwardClaim",
    "AwardGap",
    "AwardListing",
    "AwardObjection",
    "Call",
    "CallExtension",
    "Collection",
    "DeadlineFeed",
    "DeadlineReminder",
    "EffectRun",
    "Expert",
    "ExpertDraw",
    "ExpertReview",
    "FieldEdit",
    "FoundPolicy",
    "GrantContract",
    "GrantMilestone",
    "GuideTerm",
    "Passage",
    "Policy",
    "PolicyClause",
    "PolicyCorrection",
    "PolicyCriteria",
    "PolicyFile",
    "PolicyGuide",
    "PolicyVersion",
    "ProjectFile",
    "RadarRun",
    "SavedSearch",
    "StackingVersion",
    "Submission",
    "TextDocument",
]
