"""What is known of firms goes when its time is over: under rules that two persons put in force, never under a hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from yulin.atlas.adapters.retention_rows import (
    OnlyInFile,
    counted,
    drop_kept,
    going_things,
    kept_things,
    places_to_go,
    receipts_to_go,
    sort_out_kept,
    stage_due,
    stage_of_files,
    take_away,
    vanishing,
)
from yulin.atlas.adapters.retention_rules import retention_rules
from yulin.atlas.adapters.statement_files import Gone, drop_quarantine, drop_rows, has_quarantine, subjects_of
from yulin.atlas.core.particulars import FORMS
from yulin.atlas.core.retention import RetentionRule
from yulin.atlas.enums import HoldKind, RetentionOf, RetentionSince
from yulin.atlas.errors import FirmNotFoundError
from yulin.atlas.errors.retention import (
    HoldNotFoundError,
    RetentionChangedError,
    RetentionDecidedError,
    RetentionOrderNotFoundError,
    RetentionReasonError,
    RetentionSameHandsError,
)
from yulin.atlas.models import (
    Receipt,
    RetentionDecision,
    RetentionEnd,
    RetentionHold,
    RetentionHoldEnd,
    RetentionOrder,
    RetentionRun,
    Statement,
)
from yulin.atlas.selectors import firm_by_code
from yulin.atlas.selectors.portrait import shown_as_now
from yulin.atlas.selectors.retention import order_in_force, orders_in_force, rule_by_id, waiting_order
from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import notify, record_audit, settle_notices

MOST_TOLD = 20
_ABOUT = "retention_order"


@dataclass(frozen=True)
class Due:
    """What a rule finds by a day: how many things are due, how many of them stay for which reason.

    `kept`: why, whose, what, since when of the first that stay; `going`: whose, what, on which day of the next that go.
    """

    rule: RetentionRule
    until: date
    due: int
    kept_for: Mapping[HoldKind, int]
    kept: list[tuple[HoldKind, int | None, str, date]] = field(default_factory=list)
    going: list[tuple[int | None, str, date]] = field(default_factory=list)

    @property
    def kept_count(self) -> int:
        """How many stay."""
        return sum(self.kept_for.values())

    @property
    def goes(self) -> int:
        """How many go."""
        return self.due - self.kept_count


@transaction.atomic
def propose_retention(*, actor: Actor, rule_id: str, reason: str) -> RetentionOrder:
    """Propose to put a rule in force as it stands now; nothing goes until another person approves it.

    Raises: `PEOPLE.NOT_ALLOWED`, `ATLAS.RETENTION.NOT_FOUND`, `ATLAS.RETENTION.DECIDED`, `ATLAS.RETENTION.REASON`.
    Effects: one `RetentionOrder`; a notice to the proposer's organisation; audit row.
    """
    _require(actor, Action.PROPOSE_RETENTION)
    rule = rule_by_id(rule_id)
    if waiting_order(rule) or order_in_force(rule):
        raise RetentionDecidedError(rule=rule_id)
    made = RetentionOrder.objects.create(
        rule_id=rule.id,
        rule_hash=rule.content_hash,
        rule=dict(rule.content),
        reason=_said(reason),
        proposed_by_id=actor.user_id,
        proposed_by_name=actor.name[:120],
    )
    if actor.organisation_id is not None:
        title = Text("审批留存规则：%(rule)s", "Decide on a rule of retention: %(rule)s").with_values(rule=rule.title)
        path = reverse("atlas:retention")
        notify(
            actor=actor, organisation_id=actor.organisation_id, kind="atlas.retention", title=title, path=path,
            about=(_ABOUT, made.pk),
        )  # fmt: skip
    facts = {"rule": rule.id, "hash": rule.content_hash, "years": rule.years, "then": rule.then.value}
    record_audit(actor=actor, action="atlas.propose_retention", subject=(_ABOUT, made.pk), facts=facts)
    return made


@transaction.atomic
def decide_retention(*, actor: Actor, order_id: int, is_approved: bool, reasons: str = "") -> RetentionDecision:
    """Approve a rule as it was proposed, or turn it down; approved, it takes the place of an earlier text of its own.

    Raises: `PEOPLE.NOT_ALLOWED`, `ATLAS.RETENTION.NOT_FOUND_ORDER`, `ATLAS.RETENTION.DECIDED`,
    `ATLAS.RETENTION.SAME_HANDS`, `ATLAS.RETENTION.CHANGED`, `ATLAS.RETENTION.REASON` (turned down without one).
    Effects: one `RetentionDecision`; the `RetentionEnd` of what it replaces; audit row.
    """
    _require(actor, Action.APPROVE_RETENTION)
    order = _locked(order_id)
    if RetentionDecision.objects.filter(order=order).exists() or RetentionEnd.objects.filter(order=order).exists():
        raise RetentionDecidedError(rule=order.rule_id)
    if order.proposed_by_id is not None and order.proposed_by_id == actor.user_id:
        raise RetentionSameHandsError(rule=order.rule_id)
    if is_approved and order.rule_hash != {one.id: one.content_hash for one in retention_rules()}.get(order.rule_id):
        raise RetentionChangedError(rule=order.rule_id)
    decided = RetentionDecision.objects.create(
        order=order,
        is_approved=is_approved,
        reasons=reasons.strip() if is_approved else _said(reasons),
        decided_by_id=actor.user_id,
        decided_by_name=actor.name[:120],
    )
    if is_approved:
        for before in orders_in_force().filter(rule_id=order.rule_id).exclude(pk=order.pk):
            RetentionEnd.objects.create(order=before, ended_by_name=actor.name[:120])
    settle_notices(about=(_ABOUT, order.pk))
    facts = {"rule": order.rule_id, "hash": order.rule_hash, "is_approved": is_approved}
    record_audit(actor=actor, action="atlas.decide_retention", subject=(_ABOUT, order.pk), facts=facts)
    return decided


@transaction.atomic
def end_retention(*, actor: Actor, order_id: int) -> RetentionEnd:
    """Take a rule out of force, or a proposal back: from now on nothing goes under it. Done twice, done once.

    Raises: `PEOPLE.NOT_ALLOWED`, `ATLAS.RETENTION.NOT_FOUND_ORDER`.
    Effects: one `RetentionEnd`; audit row.
    """
    _require(actor, Action.PROPOSE_RETENTION)
    order = _locked(order_id)
    ended, is_new = RetentionEnd.objects.get_or_create(order=order, defaults={"ended_by_name": actor.name[:120]})
    if is_new:
        settle_notices(about=(_ABOUT, order.pk))
        record_audit(actor=actor, action="atlas.end_retention", subject=(_ABOUT, order.pk))
    return ended


@transaction.atomic
def place_hold(*, actor: Actor, firm_code: str, reason: str) -> RetentionHold:
    """Hold everything that is known of a firm, whatever its time, until the hold is lifted.

    Raises: `PEOPLE.NOT_ALLOWED`, `ATLAS.FIRM.NOT_FOUND`, `ATLAS.RETENTION.REASON`.
    Effects: one `RetentionHold`; audit row.
    """
    _require(actor, Action.PROPOSE_RETENTION)
    firm = firm_by_code(firm_code.strip())
    if firm is None:
        raise FirmNotFoundError(firm_code=firm_code)
    made = RetentionHold.objects.create(firm=firm, reason=_said(reason), placed_by_name=actor.name[:120])
    facts = {"firm": firm.identifier, "reason": made.reason}
    record_audit(actor=actor, action="atlas.place_hold", subject=("retention_hold", made.pk), facts=facts)
    return made


@transaction.atomic
def lift_hold(*, actor: Actor, hold_id: int) -> RetentionHoldEnd:
    """Lift a hold; what is due then goes with the next run.

    Raises: `PEOPLE.NOT_ALLOWED`, `ATLAS.RETENTION.HOLD_NOT_FOUND`.
    Effects: one `RetentionHoldEnd`; audit row.
    """
    _require(actor, Action.PROPOSE_RETENTION)
    hold = RetentionHold.objects.select_for_update(of=("self",)).filter(pk=hold_id, end__isnull=True).first()
    if hold is None:
        raise HoldNotFoundError(hold=hold_id)
    ended = RetentionHoldEnd.objects.create(hold=hold, ended_by_name=actor.name[:120])
    record_audit(actor=actor, action="atlas.lift_hold", subject=("retention_hold", hold.pk))
    return ended


def run_retention(*, actor: Actor, on: date) -> list[RetentionRun]:
    """Delete or mask what is due on a day under each rule in force, one transaction a rule; the rest stays, counted.

    Run twice on a day, the second finds nothing more. Raises: `ATLAS.RETENTION.RULE` (nothing is touched).
    Effects: rows and Parquet of what goes; one `RetentionRun` and one audit row a rule that found anything due.
    """
    made = []
    for rule in retention_rules():
        with transaction.atomic(), scope(EVERYTHING):
            order = order_in_force(rule)
            if order is not None and (run := _run(actor, rule, order, on)) is not None:
                made.append(run)
    return made


def _run(actor: Actor, rule: RetentionRule, order: RetentionOrder, on: date) -> RetentionRun | None:
    RetentionOrder.objects.select_for_update().get(pk=order.pk)  # two runs take turns
    with _staged(rule, on) as in_files:
        due = Due(rule, on, *counted(on))
        if not due.due:
            return None
        run = RetentionRun.objects.create(order=order, ran_on=on)
        drop_kept()
        gone = _gone_from_files(rule, in_files)
        receipts = receipts_to_go() if rule.of is RetentionOf.QUARANTINE else []
        run.gone_count = take_away(rule.of, run.pk)
    run.due_count, run.kept_count = due.due, due.kept_count
    run.kept_for = {kind.value: count for kind, count in due.kept_for.items()}
    run.ended_at = clock.now()
    run.save()
    facts = {
        "rule": rule.id, "hash": rule.content_hash, "due": run.due_count, "gone": run.gone_count,
        "kept_for": run.kept_for, "then": rule.then.value,
    }  # fmt: skip
    record_audit(actor=actor, action="atlas.run_retention", subject=("retention_run", run.pk), facts=facts)
    # Files last: where the transaction then fails, the next run finds the rows again and the files without them.
    for receipt_id, rows in gone.items():
        drop_rows(_folder_of(receipt_id), rows)
    for receipt_id in receipts:
        drop_quarantine(_folder_of(receipt_id))
    return run


def due_on(rule: RetentionRule, day: date, *, ahead: date | None = None) -> tuple[Due, Due]:
    """Return what a rule finds by a day, and by a later one, and what of it stays; nothing is touched."""
    later = ahead or day
    with transaction.atomic(), scope(EVERYTHING), _staged(rule, later):
        then = Due(rule, later, *counted(later), kept_things(later, MOST_TOLD), going_things(MOST_TOLD))
        return Due(rule, day, *counted(day), kept_things(day, MOST_TOLD)), then


@contextmanager
def _staged(rule: RetentionRule, until: date) -> Iterator[list[OnlyInFile]]:
    """Give the tables of what is due by a day and what of it stays; yield what stands in files alone."""
    receipts = _with_quarantine() if rule.of is RetentionOf.QUARANTINE else []
    stage_due(rule, _names_of(rule), until, {"zone": settings.TIME_ZONE, "receipts": receipts})
    in_files = list(_only_in_files(rule, until)) if rule.of is RetentionOf.STATEMENT else []
    if in_files:
        stage_of_files(in_files)
    sort_out_kept(rule)
    yield in_files


def _with_quarantine() -> list[int]:
    return [one.pk for one in Receipt.objects.select_related("source") if has_quarantine(_folder(one))]


def _names_of(rule: RetentionRule) -> dict[str, str]:
    """Return each fact, or kind of particular, of the rule's classes with its class."""
    wanted = set(rule.classes)
    if rule.of is RetentionOf.PARTICULAR:
        return {kind.value: form.group for kind, form in FORMS.items() if form.group in wanted}
    if rule.of is not RetentionOf.STATEMENT:
        return {}
    shown = shown_as_now()
    names = Statement.objects.order_by().values_list("fact", flat=True).distinct()
    return {name: group for name in names if (group := shown(name).group) in wanted}


def _only_in_files(rule: RetentionRule, until: date) -> Iterator[OnlyInFile]:
    """Yield what files say that no table holds, and whose time is over by a day; none of it ever ends by itself."""
    if rule.since is RetentionSince.ENDED:
        return
    for receipt in Receipt.objects.select_related("source").order_by("pk"):
        contract = receipt.source.contract
        since = receipt.as_of if rule.since is RetentionSince.VALID_FROM else clock.date_in_zone(receipt.known_at)
        is_other = bool(rule.sources) and receipt.source.code not in rule.sources
        if is_other or contract.get("particular") or rule.goes_on(since) > until:
            continue
        groups = {
            fact: one.get("group") or contract["classes"][0]
            for fact, one in contract["fields"].items()
            if not one.get("serve")
        }
        facts = [fact for fact, group in groups.items() if group in rule.classes]
        for subject, fact in subjects_of(_folder(receipt), facts) if facts else ():
            yield OnlyInFile(
                receipt.pk, subject, fact, groups[fact], since, receipt.as_of, receipt.known_at, rule.goes_on(since)
            )


def _gone_from_files(rule: RetentionRule, in_files: list[OnlyInFile]) -> dict[int, list[Gone]]:
    """Return what goes from each receipt's files: originals of rows of the book, and what stands in files alone."""
    gone: dict[int, list[Gone]] = defaultdict(list)
    for receipt_id, row, name in vanishing():
        gone[receipt_id].append(Gone(row=row, fact=name if rule.of is RetentionOf.STATEMENT else None))
    for place in places_to_go():
        one = in_files[place - 1]
        gone[one.receipt_id].append(Gone(subject=one.subject, fact=one.fact))
    return gone


def _folder(receipt: Receipt) -> tuple[str, str, str]:
    return receipt.source.code, receipt.file_sha256, receipt.contract_hash


def _folder_of(receipt_id: int) -> tuple[str, str, str]:
    return _folder(Receipt.objects.select_related("source").get(pk=receipt_id))


def _locked(order_id: int) -> RetentionOrder:
    found = RetentionOrder.objects.select_for_update().filter(pk=order_id).first()
    if found is None:
        raise RetentionOrderNotFoundError(order=order_id)
    return found


def _said(reason: str) -> str:
    if not reason.strip():
        raise RetentionReasonError
    return reason.strip()[:300]


def _require(actor: Actor, action: Action) -> None:
    if not actor.may(action):
        raise NotAllowedError(action=str(action), role=str(actor.role))
