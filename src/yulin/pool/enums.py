"""Closed lists of the pool: states of an enrolment, loan statuses, classes, modes, securities, sectors, limits."""

from __future__ import annotations

from enum import StrEnum


class EnrolmentState(StrEnum):
    """Where an enrolment stands on its way."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    CONFIRMED = "confirmed"
    CONDITIONAL = "conditional"
    ACTIVE = "active"
    CLOSED = "closed"
    REVOKED = "revoked"


class LoanStatus(StrEnum):
    """What the bank's last monthly return says of a loan."""

    CURRENT = "current"
    OVERDUE = "overdue"
    DEFERRED = "deferred"
    IN_LIQUIDATION = "in_liquidation"
    PAID = "paid"
    TRANSFERRED = "transferred"
    PURCHASED = "purchased"
    UNDISBURSED = "undisbursed"


class FiveClass(StrEnum):
    """The five classes of credit assets; the last three are non-performing."""

    NORMAL = "normal"
    SPECIAL_MENTION = "special_mention"
    SUBSTANDARD = "substandard"
    DOUBTFUL = "doubtful"
    LOSS = "loss"


class Mode(StrEnum):
    """Under which arrangement a loan is enrolled."""

    BANK = "bank"
    GUARANTEE = "guarantee"
    FIVE_PLUS_X = "five_plus_x"
    PORTFOLIO = "portfolio"


class Security(StrEnum):
    """What secures a loan."""

    CREDIT = "credit"
    GUARANTEE = "guarantee"
    MORTGAGE = "mortgage"
    PLEDGE = "pledge"
    IP_PLEDGE = "ip_pledge"
    RECEIVABLES = "receivables"
    INVENTORY = "inventory"
    INSURANCE = "insurance"
    ENVIRONMENTAL_RIGHTS = "environmental_rights"
    OTHER = "other"


class Sector(StrEnum):
    """Guangzhou's two favoured families of industries, and the rest."""

    IAB = "iab"
    NEM = "nem"
    OTHER = "other"


class ClaimState(StrEnum):
    """Where a claim stands on its way from the bank to the money."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REVIEWED = "reviewed"
    CHECKED = "checked"
    DEFERRED = "deferred"
    DECIDED = "decided"
    NOTICED = "noticed"
    APPROVED = "approved"
    PAID = "paid"
    DENIED = "denied"
    RECALLED = "recalled"
    WITHDRAWN = "withdrawn"


class ClaimDecision(StrEnum):
    """What the authority decided on a claim."""

    FULL = "full"
    PARTIAL = "partial"
    DENIED = "denied"


class ClaimRoute(StrEnum):
    """How deep a claim is reviewed."""

    NORMAL = "normal"
    DEEP = "deep"


class Holder(StrEnum):
    """Who has a claim and has to act."""

    BANK = "bank"
    REVIEWER = "reviewer"
    CHECKER = "checker"
    AUTHORITY = "authority"
    MANAGER = "manager"
    NOBODY = "nobody"


class AssignmentKind(StrEnum):
    """How a compensated debt leaves its bank."""

    TO_MANAGER = "to_manager"
    TO_AMC = "to_amc"
    TO_TRUST = "to_trust"
    SUBROGATION_WITH_TITLE = "subrogation_with_title"
    SUBROGATION = "subrogation"


class AssignmentState(StrEnum):
    """Where a request to assign a debt stands."""

    PENDING = "pending"
    ACTIVE = "active"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    BOUGHT_BACK = "bought_back"


class TransferAct(StrEnum):
    """What a request about a debt's ownership asks for."""

    SALE = "sale"
    BUY_BACK = "buy_back"


class Collector(StrEnum):
    """Who collects an assigned debt."""

    BANK = "bank"
    TRANSFEREE = "transferee"


class LaterMoney(StrEnum):
    """Whose the money is that comes in on a debt after its assignment."""

    POOL = "pool"  # shared as the loss was borne, as before
    TRANSFEREE = "transferee"


class TransfereeKind(StrEnum):
    """What a transferee is, as the vocabulary's list of the same name says."""

    NATIONAL_AMC = "national_amc"
    LOCAL_AMC = "local_amc"
    BANK_AMC = "bank_amc"
    TRUST = "trust"
    POOL_MANAGER = "pool_manager"
    GUARANTOR = "guarantor"
    OTHER = "other"


class PackageState(StrEnum):
    """Where a package of debts stands on its way from the bank to the new owner."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    ACTIVE = "active"
    BOUGHT_BACK = "bought_back"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class RequestState(StrEnum):
    """Where a request about a package's ownership stands."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    DONE = "done"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class AssignmentPaperKind(StrEnum):
    """What a paper of a package is."""

    CONTRACT = "contract"
    DEBT_LIST = "debt_list"
    DELIVERY = "delivery"
    RESOLUTION = "resolution"
    ANNOUNCEMENT = "announcement"
    COURT = "court"
    PRICE = "price"


class NoticeWay(StrEnum):
    """How a debtor was told that its debt has a new owner."""

    REGISTERED_POST = "registered_post"
    IN_PERSON = "in_person"
    ELECTRONIC = "electronic"
    NOTARY = "notary"
    ANNOUNCEMENT = "announcement"
    PLATFORM = "platform"


class VoucherState(StrEnum):
    """Where one layer's payment on a claim stands."""

    HELD = "held"  # reserved on the layer's budget
    QUEUED = "queued"  # the layer's budget has no room: it waits, the other layers do not
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"
    VOID = "void"


class SubsidyState(StrEnum):
    """Where an insurer's subsidy for its excess losses stands."""

    DECIDED = "decided"  # by one person; another has to confirm it
    HELD = "held"  # confirmed, and reserved on the layer's budget
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"
    UNDONE = "undone"


class BatchState(StrEnum):
    """Where a batch of payments stands."""

    DRAFT = "draft"
    SENT = "sent"
    CLOSED = "closed"
    VOID = "void"


class LimitKind(StrEnum):
    """Over what a running total is kept."""

    FIRM = "firm"  # what a firm owes now on all its standing loans: no period
    FIRM_YEAR = "firm_year"
    BANK = "bank"
    SCHEME = "scheme"
    CAPACITY = "capacity"  # what a layer may promise: kept by the ledger, never in a row of totals


class MoveRule(StrEnum):
    """What happens to old enrolments when a scheme is replaced."""

    KEEP = "keep"
    MOVE = "move"


class AuditPackState(StrEnum):
    """Where an audit pack in the making stands."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


class MoveState(StrEnum):
    """Where a decision on the enrolments of a replaced scheme stands."""

    PROPOSED = "proposed"
    CARRIED_OUT = "carried_out"
    REFUSED = "refused"


class RecoverySource(StrEnum):
    """Where money after compensation comes from."""

    BORROWER = "borrower"
    SECURITY = "security"
    SURETY = "surety"
    COURT = "court"
    BANKRUPTCY = "bankruptcy"
    SALE = "sale"  # the price of the debt itself, paid by its new owner
    OTHER = "other"


class WriteOffState(StrEnum):
    """Where the end of a debt's pursuit stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    UNDONE = "undone"


class RedecisionKind(StrEnum):
    """What was decided again after a correction."""

    CHECK_UP = "check_up"
    PRE_LOAN_ANSWER = "pre_loan_answer"
    SIGNED_ANSWER = "signed_answer"
