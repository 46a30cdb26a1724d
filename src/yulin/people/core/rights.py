"""Rights: one table, action by action, of the roles that may do it; and which roles each kind of organisation has.

Invariant: what is not in the table is not allowed. Maker and checker are different people, which the services check;
the table only says which roles can be either.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from yulin.base.text import Text
from yulin.people.enums import Action, OrganisationKind, Role

_BANK = frozenset({Role.BANK_CLERK, Role.BANK_MANAGER})
_MANAGER = frozenset({Role.MANAGER_CLERK, Role.MANAGER_CHECKER})
_AUTHORITY = frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_CHECKER})
_X = frozenset({Role.GUARANTOR_OFFICER, Role.INSURER_OFFICER})
# Who reads a portrait only where the firm lets them in, or on a ground of their own.
_PARTNER = _BANK | _X | {Role.INVESTOR, Role.PARK_OFFICER, Role.SERVICE_OFFICER}
_POOL = _BANK | _MANAGER | _AUTHORITY | _X | {Role.DISTRICT_OFFICER, Role.AUDITOR}
_APPLICANT = frozenset({Role.FIRM_USER, Role.SERVICE_OFFICER})
_SIGNED_IN = frozenset(Role) - {Role.PUBLIC, Role.SYSTEM}

RIGHTS: Mapping[Action, frozenset[Role]] = MappingProxyType(
    {
        Action.SEE_HOME: _SIGNED_IN,
        Action.SEE_NOTICES: _SIGNED_IN,
        Action.ENROL_LOANS: _BANK,
        Action.SEE_ENROLMENTS: _POOL,
        Action.SEE_UPLOADS: _BANK | _MANAGER | {Role.AUDITOR},
        Action.REVIEW_ENROLMENTS: _MANAGER,
        Action.CONFIRM_ENROLMENTS: _MANAGER,
        Action.REVOKE_ENROLMENTS: frozenset({Role.MANAGER_CHECKER}),
        Action.ASK_PRE_LOAN_ANSWER: _BANK | _MANAGER | _X,
        Action.FILE_RETURNS: _BANK,
        Action.SEE_RETURNS: _POOL,
        Action.SEE_CLAIMS: _POOL,
        Action.FILE_CLAIMS: _BANK | {Role.GUARANTOR_OFFICER},
        Action.REVIEW_CLAIMS: _MANAGER,
        Action.DECIDE_CLAIMS: _AUTHORITY,
        Action.SET_BUDGETS: _AUTHORITY,
        Action.PAY_CLAIMS: _MANAGER,
        Action.PAY_GRANTS: _AUTHORITY,
        Action.KEEP_PAYING_ACCOUNT: _MANAGER | _AUTHORITY,
        Action.SEE_GRANT_PAYMENTS: _AUTHORITY | {Role.AUDITOR},
        Action.SEE_FEES: _BANK | _MANAGER | _AUTHORITY | {Role.AUDITOR},
        Action.CHARGE_FEES: _MANAGER,
        Action.SEE_PAYOUTS: _MANAGER | _AUTHORITY | {Role.AUDITOR},
        Action.SEE_BUDGETS: _MANAGER | _AUTHORITY | {Role.DISTRICT_OFFICER, Role.AUDITOR},
        Action.SEE_BREAKERS: _BANK | _MANAGER | _AUTHORITY | {Role.GUARANTOR_OFFICER, Role.AUDITOR},
        Action.SEE_PROJECTION: _MANAGER | _AUTHORITY | {Role.AUDITOR},
        Action.SEE_INSURERS: _MANAGER | _AUTHORITY | {Role.INSURER_OFFICER, Role.AUDITOR},
        Action.STATE_PREMIUMS: frozenset({Role.INSURER_OFFICER}),
        Action.DECIDE_SUBSIDIES: _MANAGER | _AUTHORITY,
        Action.CONFIRM_SUBSIDIES: _AUTHORITY,
        Action.SEE_RECOVERIES: _POOL,
        Action.ENTER_RECOVERIES: _BANK | _MANAGER | {Role.GUARANTOR_OFFICER},
        Action.MATCH_REMITTANCES: _MANAGER,
        Action.PROPOSE_WRITE_OFF: _MANAGER,
        Action.APPROVE_WRITE_OFF: _AUTHORITY,
        Action.SEE_ASSIGNMENTS: _POOL,
        Action.REQUEST_ASSIGNMENTS: _BANK,
        Action.SEE_OWN_DEBTS: frozenset({Role.FIRM_USER}),
        Action.APPROVE_ASSIGNMENTS: _AUTHORITY | {Role.MANAGER_CHECKER},
        Action.SEE_SCHEMES: frozenset(Role),
        Action.DRAFT_PACK: _AUTHORITY | _MANAGER,
        Action.PUBLISH_PACK: frozenset({Role.AUTHORITY_CHECKER}),
        Action.SEE_MOVES: _MANAGER | _AUTHORITY | {Role.AUDITOR},
        Action.PROPOSE_MOVE: _MANAGER | _AUTHORITY,
        Action.MOVE_ENROLMENTS: frozenset({Role.MANAGER_CHECKER, Role.AUTHORITY_CHECKER}),
        Action.EDIT_PARTNERSHIPS: _AUTHORITY | _MANAGER,
        Action.EDIT_PRODUCTS: _BANK,
        Action.SEE_BOARD: frozenset(Role),
        Action.SEE_BOARD_ROWS: _MANAGER | _AUTHORITY | {Role.AUDITOR},
        Action.MAKE_AUDIT_PACKS: _MANAGER | {Role.AUDITOR},
        Action.SIMULATE_SCHEMES: _MANAGER | _AUTHORITY,
        Action.SEE_AUDIT: frozenset({Role.AUDITOR, Role.AUTHORITY_CHECKER, Role.OPERATOR}),
        Action.EDIT_CALENDAR: _AUTHORITY,
        Action.MANAGE_USERS: frozenset(
            {Role.BANK_MANAGER, Role.MANAGER_CHECKER, Role.AUTHORITY_CHECKER, Role.OPERATOR}
        ),
        Action.MANAGE_ORGANISATIONS: frozenset({Role.AUTHORITY_CHECKER, Role.OPERATOR}),
        Action.JUDGE_IDENTITY: _MANAGER | _AUTHORITY,
        Action.SEE_BY_HAND: _AUTHORITY | {Role.AUDITOR},
        Action.STATE_BY_HAND: _AUTHORITY,
        Action.APPROVE_BY_HAND: frozenset({Role.AUTHORITY_CHECKER}),
        Action.SEE_FIRMS: _MANAGER | _AUTHORITY | {Role.AUDITOR},
        Action.SEE_CHECK_UP: _MANAGER | _AUTHORITY | {Role.DISTRICT_OFFICER, Role.FIRM_USER, Role.AUDITOR},
        Action.SEE_PORTRAIT: _MANAGER | _AUTHORITY | _PARTNER | {Role.DISTRICT_OFFICER, Role.FIRM_USER, Role.AUDITOR},
        Action.SEE_OPEN_PORTRAITS: _PARTNER,
        Action.GIVE_CONSENT: frozenset({Role.FIRM_USER}),
        Action.CONTEST_FACTS: frozenset({Role.FIRM_USER}),
        Action.SEE_OBJECTIONS: _BANK | _MANAGER | _AUTHORITY | {Role.FIRM_USER, Role.AUDITOR},
        Action.DECIDE_OBJECTIONS: frozenset({Role.BANK_MANAGER}) | _MANAGER | _AUTHORITY,
        Action.SEE_RECORDS: _AUTHORITY | {Role.FIRM_USER, Role.AUDITOR},
        Action.ENTER_RECORDS: _AUTHORITY,
        Action.ASK_FOR_REPAIR: frozenset({Role.FIRM_USER}),
        Action.SEE_RECALLS: _PARTNER | _MANAGER | _AUTHORITY | {Role.AUDITOR},
        Action.RETURN_RECEIPTS: _PARTNER,
        Action.SEE_EXPORTS: _MANAGER | _AUTHORITY | {Role.AUDITOR},
        Action.ASK_EXPORTS: _MANAGER | _AUTHORITY,
        Action.APPROVE_EXPORTS: frozenset({Role.MANAGER_CHECKER, Role.AUTHORITY_CHECKER}),
        Action.USE_SANDBOX: _PARTNER,
        Action.SEE_OUTLETS: _PARTNER | _AUTHORITY | {Role.AUDITOR},
        Action.PROPOSE_OUTLETS: _AUTHORITY,
        Action.APPROVE_OUTLETS: frozenset({Role.AUTHORITY_CHECKER}),
        Action.SEE_RETENTION: _AUTHORITY | {Role.AUDITOR},
        Action.PROPOSE_RETENTION: _AUTHORITY,
        Action.APPROVE_RETENTION: frozenset({Role.AUTHORITY_CHECKER}),
        Action.FIND_FIRMS: _MANAGER | _AUTHORITY | {Role.DISTRICT_OFFICER, Role.AUDITOR},
        Action.SEE_AREA_COUNTS: _MANAGER
        | _AUTHORITY
        | {Role.DISTRICT_OFFICER, Role.FIRM_USER, Role.AUDITOR, Role.PARK_OFFICER, Role.SERVICE_OFFICER},
        Action.SEE_POLICIES: frozenset(Role),
        Action.SEE_PROJECTS: _SIGNED_IN,
        Action.EDIT_CALLS: _AUTHORITY,
        Action.PUBLISH_CALLS: frozenset({Role.AUTHORITY_CHECKER}),
        Action.SEE_APPLICATIONS: _AUTHORITY | _APPLICANT | {Role.EXPERT, Role.AUDITOR},
        Action.APPLY: frozenset({Role.FIRM_USER}),
        Action.WRITE_APPLICATIONS: _APPLICANT,
        Action.SCREEN_APPLICATIONS: _AUTHORITY,
        Action.SCORE_APPLICATIONS: frozenset({Role.EXPERT}),
        Action.DECIDE_APPLICATIONS: _AUTHORITY,
        Action.CONFIRM_APPLICATIONS: frozenset({Role.AUTHORITY_CHECKER}),
        Action.EDIT_EXPERTS: _AUTHORITY,
        Action.SUGGEST_CORRECTIONS: _SIGNED_IN,
        Action.EDIT_POLICIES: _AUTHORITY,
        Action.PUBLISH_POLICIES: frozenset({Role.AUTHORITY_CHECKER}),
        Action.SEE_LEDGER: _POOL,
        Action.CORRECT_LEDGER: frozenset({Role.MANAGER_CHECKER}),
        Action.SEE_PERIODS: _MANAGER | _AUTHORITY | {Role.AUDITOR},
        Action.CLOSE_PERIOD: frozenset({Role.MANAGER_CHECKER, Role.AUTHORITY_CHECKER}),
        Action.OPERATE: frozenset({Role.OPERATOR}),
    }
)

ROLES_OF_KIND: Mapping[OrganisationKind, tuple[Role, ...]] = MappingProxyType(
    {
        OrganisationKind.AUTHORITY: (Role.AUTHORITY_OFFICER, Role.AUTHORITY_CHECKER),
        OrganisationKind.MANAGER: (Role.MANAGER_CLERK, Role.MANAGER_CHECKER),
        OrganisationKind.BANK: (Role.BANK_CLERK, Role.BANK_MANAGER),
        OrganisationKind.DISTRICT: (Role.DISTRICT_OFFICER,),
        OrganisationKind.GUARANTOR: (Role.GUARANTOR_OFFICER,),
        OrganisationKind.INSURER: (Role.INSURER_OFFICER,),
        OrganisationKind.FIRM: (Role.FIRM_USER,),
        OrganisationKind.PARK: (Role.PARK_OFFICER,),
        OrganisationKind.SERVICE_BODY: (Role.SERVICE_OFFICER,),
        OrganisationKind.INVESTOR: (Role.INVESTOR,),
        OrganisationKind.EXPERT: (Role.EXPERT,),
        OrganisationKind.TALENT: (Role.TALENT,),
        OrganisationKind.AUDITOR: (Role.AUDITOR,),
        OrganisationKind.PUBLIC: (),
        OrganisationKind.OPERATOR: (Role.OPERATOR,),
    }
)

ROLE_NAMES: Mapping[Role, Text] = MappingProxyType(
    {
        Role.BANK_CLERK: Text("银行客户经理", "Bank account manager"),
        Role.BANK_MANAGER: Text("银行管理员", "Bank manager"),
        Role.MANAGER_CLERK: Text("受托管理机构经办", "Pool manager's clerk"),
        Role.MANAGER_CHECKER: Text("受托管理机构复核", "Pool manager's checker"),
        Role.AUTHORITY_OFFICER: Text("科技局经办", "Authority officer"),
        Role.AUTHORITY_CHECKER: Text("科技局审批", "Authority checker"),
        Role.DISTRICT_OFFICER: Text("区科技部门经办", "District officer"),
        Role.GUARANTOR_OFFICER: Text("担保机构经办", "Guarantor's officer"),
        Role.INSURER_OFFICER: Text("保险机构经办", "Insurer's officer"),
        Role.FIRM_USER: Text("企业用户", "Firm"),
        Role.PARK_OFFICER: Text("园区经办", "Park officer"),
        Role.SERVICE_OFFICER: Text("服务机构经办", "Service body's officer"),
        Role.INVESTOR: Text("投资人", "Investor"),
        Role.EXPERT: Text("评审专家", "Expert"),
        Role.TALENT: Text("科技人才", "Talent"),
        Role.AUDITOR: Text("审计人员", "Auditor"),
        Role.OPERATOR: Text("运维人员", "Operator"),
        Role.SYSTEM: Text("系统", "System"),
        Role.PUBLIC: Text("公众", "Public"),
    }
)

KIND_NAMES: Mapping[OrganisationKind, Text] = MappingProxyType(
    {
        OrganisationKind.AUTHORITY: Text("主管部门", "Authority"),
        OrganisationKind.MANAGER: Text("受托管理机构", "Pool manager"),
        OrganisationKind.BANK: Text("合作银行", "Bank"),
        OrganisationKind.DISTRICT: Text("区", "District"),
        OrganisationKind.GUARANTOR: Text("担保机构", "Guarantor"),
        OrganisationKind.INSURER: Text("保险机构", "Insurer"),
        OrganisationKind.FIRM: Text("科技企业", "Firm"),
        OrganisationKind.PARK: Text("园区", "Park"),
        OrganisationKind.SERVICE_BODY: Text("服务机构", "Service body"),
        OrganisationKind.INVESTOR: Text("投资机构", "Investor"),
        OrganisationKind.EXPERT: Text("专家", "Expert"),
        OrganisationKind.TALENT: Text("人才", "Talent"),
        OrganisationKind.AUDITOR: Text("审计机关", "Auditor"),
        OrganisationKind.PUBLIC: Text("公众", "Public"),
        OrganisationKind.OPERATOR: Text("运维", "Operator"),
    }
)


KIND_TASKS: Mapping[OrganisationKind, Text] = MappingProxyType(
    {
        OrganisationKind.BANK: Text(
            "贷前测算、上传借据、报月报", "ask before lending, upload loans, report each month"
        ),
        OrganisationKind.MANAGER: Text("审核备案、催收月报", "review filings, chase missing returns"),
        OrganisationKind.AUTHORITY: Text("方案、数字与工作日历", "schemes, figures, the calendar of working days"),
        OrganisationKind.DISTRICT: Text("本区贷款与叠加层", "the loans and the top-up layer of one district"),
        OrganisationKind.GUARANTOR: Text(
            "代偿后申请补偿与本机构份额", "claims after paying out, and the guarantor's share"
        ),
        OrganisationKind.INSURER: Text("测算与本机构份额", "pre-loan answers and the insurer's share"),
        OrganisationKind.FIRM: Text("本企业贷款与银行产品", "the firm's loans, the banks' products"),
        OrganisationKind.SERVICE_BODY: Text("应邀协助企业申报", "help firms apply, where let in"),
        OrganisationKind.EXPERT: Text("评审申报", "judge applications"),
        OrganisationKind.AUDITOR: Text("逐笔核对数字与留痕", "check figures and traces loan by loan"),
        OrganisationKind.OPERATOR: Text("账号、身份与留痕封存", "accounts, roles, the sealing of traces"),
    }
)


def may(role: Role | str, action: Action) -> bool:
    """Tell whether a role may do an action. The system may do everything that its tasks do.

    >>> may(Role.BANK_CLERK, Action.ENROL_LOANS), may(Role.BANK_CLERK, Action.PUBLISH_PACK)
    (True, False)
    """
    return role == Role.SYSTEM or role in RIGHTS[action]


def fits(kind: OrganisationKind | str, role: Role | str) -> bool:
    """Tell whether an organisation of this kind has people in this role.

    >>> fits(OrganisationKind.BANK, Role.MANAGER_CLERK)
    False
    """
    return role in ROLES_OF_KIND[OrganisationKind(kind)]
