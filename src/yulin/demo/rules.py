"""The law of the demo book: every pack that ships, drafted by one person of the bureau and published by the other.

The pool of 2018/2019 paid half of a loss at most; what it paid was never found. The demo's manager takes the bound, as
the pack lets it, so that the loans of those years stand under a ratio; the pack's note on the number stays beside it.
"""

from __future__ import annotations

from typing import Any

from yulin.demo import targets
from yulin.people.core.actors import Actor
from yulin.people.enums import Role
from yulin.people.selectors import actor_in, demo_memberships
from yulin.pool.adapters.schemes import scheme_pack
from yulin.rules.adapters.shipped import shipped_pack_ids
from yulin.rules.core.pack import Pack
from yulin.rules.services import draft_shipped_pack, publish_pack

_CLAUSE = "演示规程"
CLAIMS: dict[str, Any] = {
    "claim": {"overdue": {"days": 60, "clause": _CLAUSE, "text": ["逾期超过60日", "More than 60 days overdue"]}},
    "timetable": {
        name: {"workdays": workdays, "clause": _CLAUSE}
        for name, workdays in {
            "review": 5, "check": 5, "opinion": 5, "supplement": 5, "notice": 5, "appeal": 10, "payment": 10,
            "remit": 5,
        }.items()
    }
    | {"claim_limit": {"months": 24, "clause": _CLAUSE, "text": ["违约后24个月内", "Within 24 months of the default"]}},
    "documents": {
        "form": {"checks": ["amount", "code"], "clause": _CLAUSE, "text": ["补偿申请表（盖章）", "Claim form, sealed"]},
        "contract": {
            "checks": ["name", "code", "loan"], "clause": _CLAUSE, "text": ["借款合同、借据", "Loan contract and note"],
        },
        "dunning": {"checks": ["after_default"], "clause": _CLAUSE, "text": ["催收记录", "Record of dunning"]},
        "application": {
            "checks": ["name", "code", "before_lending"], "only": "early_default", "clause": _CLAUSE,
            "text": ["借款申请书及申请时的财务报表", "Loan application with the statements of that time"],
        },
        "appraisal": {
            "checks": ["name", "before_lending"], "only": "early_default", "clause": _CLAUSE,
            "text": ["贷前调查报告", "Appraisal before lending"],
        },
        "approval": {
            "checks": ["name", "before_lending"], "only": "early_default", "clause": _CLAUSE,
            "text": ["授信审批书", "Credit approval"],
        },
        "drawdown": {
            "checks": ["loan"], "only": "early_default", "clause": _CLAUSE,
            "text": ["放款凭证与受托支付、用途凭证", "Proof of disbursement and of the use of the money"],
        },
    },
    "diligence": {
        "purpose": {"clause": _CLAUSE, "text": ["未核查贷款用途", "The loan's purpose was not checked"]},
        "after_loan": {"clause": _CLAUSE, "text": ["未做贷后检查", "No checks after lending"]},
    },
    "routing": {
        "amount": {"money": "300万", "clause": _CLAUSE},
        "early_default": {"months": 18, "clause": _CLAUSE},
    },
}  # fmt: skip
CERTIFICATE: dict[str, Any] = {
    "recovery.certificate": {
        "as_of": "12-31", "due": "03-31", "clause": _CLAUSE,
        "text": ["每年3月31日前提交截至上年末的审计证明", "An auditor's certificate for the year, by 31 March"],
    },
}  # fmt: skip
MANAGER_VALUES: dict[str, dict[str, Any]] = {
    "gz-credit-2018": {"modes.bank.ratio.city": {"at": "50%"}, **CLAIMS, **CERTIFICATE},
    "gz-credit-2021": {
        **CLAIMS,
        **CERTIFICATE,
        "insurance": {
            "loss_ratio_stop": {
                "ratio": "120%", "clause": _CLAUSE, "text": ["赔付率达到120%停办", "Stops at a loss ratio of 120 %"],
            },
            "excess_subsidy": {
                "ratio": "80%", "clause": _CLAUSE, "text": ["超过部分财政补贴80%", "Finance pays 80 % of the excess"],
            },
            "overdue_stop": {
                "ratio": "10%", "clause": _CLAUSE, "text": ["逾期率达到10%停办", "Business stops at 10 % overdue"],
            },
        },
    },
}  # fmt: skip
"""What the demo's manager fills into the packs; its chapters on claims are an invented rule book, and named so."""


def demo_scheme(pack_id: str) -> Pack:
    """Return a scheme as the demo book publishes it."""
    return scheme_pack(pack_id, MANAGER_VALUES.get(pack_id))


def demo_actor(role: Role, organisation_id: int | None = None) -> Actor:
    """Return the first demo person who has a role, in one organisation if it is named."""
    held = (one for one in demo_memberships(on=targets.BUSINESS_DATE) if one.role == role)
    membership = next(one for one in held if organisation_id in {None, one.organisation_id})
    return actor_in(membership, membership.user)


def publish_demo_packs() -> dict[str, int]:
    """Publish every shipped pack and return the version's id by pack."""
    maker, checker = demo_actor(Role.AUTHORITY_OFFICER), demo_actor(Role.AUTHORITY_CHECKER)
    drafts = [
        draft_shipped_pack(actor=maker, pack_id=pack_id, manager_values=MANAGER_VALUES.get(pack_id))
        for pack_id in shipped_pack_ids()
    ]
    return {draft.pack_id: publish_pack(actor=checker, draft_id=draft.pk).pk for draft in drafts}
