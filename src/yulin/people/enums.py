"""Closed lists: kinds of organisations, roles, and the actions that rights are given for."""

from __future__ import annotations

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation is in the pool."""

    AUTHORITY = "authority"
    MANAGER = "manager"
    BANK = "bank"
    DISTRICT = "district"
    GUARANTOR = "guarantor"
    INSURER = "insurer"
    FIRM = "firm"
    PARK = "park"
    SERVICE_BODY = "service_body"
    INVESTOR = "investor"
    EXPERT = "expert"
    TALENT = "talent"
    AUDITOR = "auditor"
    PUBLIC = "public"
    OPERATOR = "operator"


class Role(StrEnum):
    """Who a person is in an organisation. Checkers approve what officers and clerks make."""

    BANK_CLERK = "bank_clerk"
    BANK_MANAGER = "bank_manager"
    MANAGER_CLERK = "manager_clerk"
    MANAGER_CHECKER = "manager_checker"
    AUTHORITY_OFFICER = "authority_officer"
    AUTHORITY_CHECKER = "authority_checker"
    DISTRICT_OFFICER = "district_officer"
    GUARANTOR_OFFICER = "guarantor_officer"
    INSURER_OFFICER = "insurer_officer"
    FIRM_USER = "firm_user"
    PARK_OFFICER = "park_officer"
    SERVICE_OFFICER = "service_officer"
    INVESTOR = "investor"
    EXPERT = "expert"
    TALENT = "talent"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    SYSTEM = "system"
    PUBLIC = "public"


class Action(StrEnum):
    """What can be done; `people.core.rights.RIGHTS` says by whom."""

    SEE_HOME = "see_home"
    SEE_NOTICES = "see_notices"
    ENROL_LOANS = "enrol_loans"
    SEE_ENROLMENTS = "see_enrolments"
    SEE_UPLOADS = "see_uploads"
    REVIEW_ENROLMENTS = "review_enrolments"
    CONFIRM_ENROLMENTS = "confirm_enrolments"
    REVOKE_ENROLMENTS = "revoke_enrolments"
    ASK_PRE_LOAN_ANSWER = "ask_pre_loan_answer"
    FILE_RETURNS = "file_returns"
    SEE_RETURNS = "see_returns"
    SEE_CLAIMS = "see_claims"
    FILE_CLAIMS = "file_claims"
    REVIEW_CLAIMS = "review_claims"
    DECIDE_CLAIMS = "decide_claims"
    SEE_SCHEMES = "see_schemes"
    DRAFT_PACK = "draft_pack"
    PUBLISH_PACK = "publish_pack"
    MOVE_ENROLMENTS = "move_enrolments"
    EDIT_PARTNERSHIPS = "edit_partnerships"
    EDIT_PRODUCTS = "edit_products"
    SEE_BOARD = "see_board"
    SEE_BOARD_ROWS = "see_board_rows"
    SEE_AUDIT = "see_audit"
    EDIT_CALENDAR = "edit_calendar"
    MANAGE_USERS = "manage_users"
    MANAGE_ORGANISATIONS = "manage_organisations"
    SEE_FIRMS = "see_firms"
    OPERATE = "operate"
