"""Every named page with the action that opens it; `None` is for everybody."""

from __future__ import annotations

from yulin.people.enums import Action

PAGES: dict[str, Action | None] = {
    "web:board": None,
    "web:board-data": None,
    "web:board-list": None,
    "web:home": Action.SEE_HOME,
    "web:find": None,
    "web:accessibility": None,
    "people:demo-sign-in": None,
    "people:switch-role": Action.SEE_HOME,
    "people:notices": Action.SEE_NOTICES,
    "people:open-notice": Action.SEE_NOTICES,
    "people:calendar": Action.EDIT_CALENDAR,
    "people:announce-year": Action.EDIT_CALENDAR,
    "people:users": Action.MANAGE_USERS,
    "people:first-password": Action.MANAGE_USERS,
    "people:end-role": Action.MANAGE_USERS,
    "people:audit": Action.SEE_AUDIT,
    "people:audit-lines": Action.SEE_AUDIT,
    "pool:banks": None,
    "pool:public-lists": None,
    "pool:public-list": None,
    "pool:verify": None,
    "pool:verified": None,
    "pool:objection": None,
    "pool:answer": Action.ASK_PRE_LOAN_ANSWER,
    "pool:answer-kept": Action.ASK_PRE_LOAN_ANSWER,
    "pool:enrolments": Action.SEE_ENROLMENTS,
    "pool:enrolment": Action.SEE_ENROLMENTS,
    "pool:letter": Action.SEE_ENROLMENTS,
    "pool:upload-letters": Action.SEE_ENROLMENTS,
    "pool:uploads": Action.SEE_UPLOADS,
    "pool:upload": Action.SEE_UPLOADS,
    "pool:upload-template": Action.SEE_UPLOADS,
    "pool:upload-progress": Action.SEE_UPLOADS,
    "pool:upload-columns": Action.ENROL_LOANS,
    "pool:upload-mode": Action.ENROL_LOANS,
    "pool:upload-enrol": Action.ENROL_LOANS,
    "pool:upload-result": Action.SEE_UPLOADS,
    "pool:review": Action.REVIEW_ENROLMENTS,
    "pool:returns": Action.SEE_RETURNS,
    "pool:return": Action.SEE_RETURNS,
    "pool:schemes": None,
    "pool:scheme": None,
    "pool:scheme-text": None,
}
# allauth's own pages guard themselves; the API answers with problem+json and has its own tests.
FOREIGN = ("account_", "mfa_", "api:")
