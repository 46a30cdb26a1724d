"""Tables of the pool: enrolments and their history, limits, returns, partners, answers, snapshots, moves, claims."""

from __future__ import annotations

from yulin.pool.models.answers import PreLoanAnswer
from yulin.pool.models.assignments import (
    AssignedDebt,
    AssignmentPaper,
    DebtorNotice,
    DebtOwnership,
    DebtPackage,
    PackageEvent,
    PassedOnPayment,
    TransferAsk,
)
from yulin.pool.models.audit_packs import AuditPack
from yulin.pool.models.board import BoardSnapshot
from yulin.pool.models.certificates import RecoveryCertificate
from yulin.pool.models.claim_parts import ClaimVisit, InstalmentEvent, JointMeeting, NoticeObjection, ObjectionAnswer
from yulin.pool.models.claims import Claim, ClaimDeduction, ClaimDocument, ClaimEvent, DiligenceCase, Voucher
from yulin.pool.models.enrolments import Enrolment, EnrolmentEvent, NumberSeries
from yulin.pool.models.fees import FeeCharge, FeeUndo
from yulin.pool.models.limits import LimitUse
from yulin.pool.models.moves import SchemeMove
from yulin.pool.models.partners import CreditLine, Partnership, Product
from yulin.pool.models.payouts import PaymentAccount, PayoutAnswer, PayoutBatch, PayoutOrder
from yulin.pool.models.premiums import Premium
from yulin.pool.models.recalls import Recall
from yulin.pool.models.recoveries import Recovery, RecoveryLine, Refund, Remittance, WriteOff
from yulin.pool.models.redecisions import Redecision
from yulin.pool.models.returns import MonthlyReturn, ReturnFile
from yulin.pool.models.samples import SampleAudit, SampleLine
from yulin.pool.models.subsidies import ExcessSubsidy

__all__ = [
    "AssignedDebt",
    "AssignmentPaper",
    "AuditPack",
    "BoardSnapshot",
    "Claim",
    "ClaimDeduction",
    "ClaimDocument",
    "ClaimEvent",
    "ClaimVisit",
    "CreditLine",
    "DebtOwnership",
    "DebtPackage",
    "DebtorNotice",
    "DiligenceCase",
    "Enrolment",
    "EnrolmentEvent",
    "ExcessSubsidy",
    "FeeCharge",
    "FeeUndo",
    "InstalmentEvent",
    "JointMeeting",
    "LimitUse",
    "MonthlyReturn",
    "NoticeObjection",
    "NumberSeries",
    "ObjectionAnswer",
    "PackageEvent",
    "Partnership",
    "PassedOnPayment",
    "PaymentAccount",
    "PayoutAnswer",
    "PayoutBatch",
    "PayoutOrder",
    "PreLoanAnswer",
    "Premium",
    "Product",
    "Recall",
    "Recovery",
    "RecoveryCertificate",
    "RecoveryLine",
    "Redecision",
    "Refund",
    "Remittance",
    "ReturnFile",
    "SampleAudit",
    "SampleLine",
    "SchemeMove",
    "TransferAsk",
    "Voucher",
    "WriteOff",
]
