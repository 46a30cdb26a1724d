"""What readers and editors of the brain's pages ask for."""

from yulin.brain.forms.criteria import CriteriaForm
from yulin.brain.forms.policies import (
    AnswerForm,
    CheckForm,
    CorrectionForm,
    GuideForm,
    PolicyEditForm,
    PolicyFileForm,
)
from yulin.brain.forms.what_if import PREFIX, WhatIfForm, assumed_facts

__all__ = [
    "PREFIX",
    "AnswerForm",
    "CheckForm",
    "CorrectionForm",
    "CriteriaForm",
    "GuideForm",
    "PolicyEditForm",
    "PolicyFileForm",
    "WhatIfForm",
    "assumed_facts",
]
