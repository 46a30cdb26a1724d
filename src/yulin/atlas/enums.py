"""Closed lists of the firm register."""

from __future__ import annotations

from enum import StrEnum


class CodeKind(StrEnum):
    """What a further code of a firm is."""

    USCC = "uscc"
    SUCCESSOR = "successor"
    REGISTRATION_15 = "registration_15"
    ORGANISATION_CODE = "organisation_code"
    OTHER = "other"


class FieldType(StrEnum):
    """What the values of a source's column are."""

    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    COUNT = "count"
    RATIO = "ratio"
    BOOL = "bool"


class Problem(StrEnum):
    """Why a row or a cell of a source's file is in quarantine."""

    CODE_MISSING = "code_missing"
    CODE_WRONG = "code_wrong"
    CODE_OF_PERSON = "code_of_person"
    CODE_CHANGES_HANDS = "code_changes_hands"
    KEY_CONFLICT = "key_conflict"
    REQUIRED_MISSING = "required_missing"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    FOREIGN_CURRENCY = "foreign_currency"
    OUT_OF_BOUNDS = "out_of_bounds"
    IN_FUTURE = "in_future"
    WRONG_FORM = "wrong_form"
    NOT_LISTED = "not_listed"
    ENDS_BEFORE = "ends_before"
    WRONG_WIDTH = "wrong_width"
    ENCODING = "encoding"
    NO_INVOICE = "no_invoice"


class ReceiptState(StrEnum):
    """How far a file of a source has been taken in."""

    READING = "reading"
    DONE = "done"
    STOPPED = "stopped"


class PullOutcome(StrEnum):
    """What came of asking a source's API."""

    TAKEN = "taken"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class Channel(StrEnum):
    """By which way a firm's facts are read."""

    PAGE = "page"
    PDF = "pdf"
    API = "api"
    EXPORT = "export"
    PREDICATE = "predicate"
    EMBEDDED = "embedded"
    FEED = "feed"
    ANSWER = "answer"


class Condition(StrEnum):
    """When a legal ground opens a firm's facts to an organisation of its kinds."""

    ALWAYS = "always"
    OWN_DISTRICT = "own_district"
    OWN_ENROLMENT = "own_enrolment"


class EndReason(StrEnum):
    """Why a statement is neither used nor shown any more."""

    CORRECTED = "corrected"
    EXPIRED = "expired"
    REPAIRED = "repaired"
    UNSETTLED = "unsettled"
    OTHER_FIRM = "other_firm"


class FoundBy(StrEnum):
    """How a search found a firm."""

    CODE = "code"
    FORMER_CODE = "former_code"
    BRAND = "brand"
    NAME = "name"
    PART = "part"
    PINYIN = "pinyin"
    INITIALS = "initials"
    FORMER_NAME = "former_name"


class ParticularKind(StrEnum):
    """What one of the many things of a kind that a source lists of a firm is."""

    INVOICE = "invoice"
    HOLDING = "holding"
    JUDICIAL = "judicial"
    EXIT = "exit"
    PERMIT = "permit"
    IP_RIGHT = "ip_right"
    STAFF_MONTH = "staff_month"
    HONOUR = "honour"
    EVENT = "event"
    KEY_PERSON = "key_person"
    TALENT = "talent"
    POLICY_RECEIVED = "policy_received"
    LOAN = "loan"
    EQUIPMENT = "equipment"
    RECEIVABLE = "receivable"
    ORDER = "order"
    DATA_ASSET = "data_asset"
    ENVIRONMENTAL_RIGHT = "environmental_right"
    PLEDGE = "pledge"
    DISPOSAL = "disposal"


class LinkKind(StrEnum):
    """By which way a partner's own system shows a portrait or hears news of it."""

    WIDGET = "widget"
    LINK = "link"
    FEED = "feed"
    ANSWER = "answer"
    WEBHOOK = "webhook"


class UseOutcome(StrEnum):
    """What came of a partner's request."""

    SHOWN = "shown"
    REFUSED = "refused"
    LIMITED = "limited"


class OutletEndReason(StrEnum):
    """Why a partner's terms are over."""

    REVOKED = "revoked"
    REPLACED = "replaced"


class RetentionOf(StrEnum):
    """What a rule on how long things are kept is about."""

    STATEMENT = "statement"
    PARTICULAR = "particular"
    QUARANTINE = "quarantine"
    READING = "reading"
    OBJECTOR = "objector"


class RetentionSince(StrEnum):
    """From which day on the years of such a rule are counted."""

    ENDED = "ended"
    VALID_FROM = "valid_from"
    KNOWN = "known"


class RetentionThen(StrEnum):
    """What becomes of a thing whose time is over."""

    DELETE = "delete"
    MASK = "mask"


class HoldKind(StrEnum):
    """Why a thing whose time is over stays."""

    OBJECTION = "objection"
    RECALL = "recall"
    REPAIR = "repair"
    CLAIM = "claim"
    AUDIT = "audit"
    PLACED = "placed"
    JUDGING = "judging"
    DECIDED = "decided"
    READ = "read"
    ANSWERED = "answered"
    ENROLLED = "enrolled"


class EntityChangeKind(StrEnum):
    """What becomes of the number of an entity."""

    MERGED = "merged"
    PARTED = "parted"
