"""Every write of benefits paid without an application: listed, put under notice by another, objected to, answered.

Who is paid and how: `services/paying_awards.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from yulin.base.dates import day_text
from yulin.base.text import Text
from yulin.brain.core.award_claims import Given
from yulin.brain.core.awards import (
    OPEN_TO_OBJECTION,
    AwardMoney,
    AwardState,
    BatchState,
    Entitled,
    Open,
    Rhythm,
    content_hash,
    given_back,
    period_of,
)
from yulin.brain.core.policies import LIVE, state_of
from yulin.brain.errors import (
    AwardBudgetError,
    AwardNotFoundError,
    AwardPolicyError,
    AwardStateError,
    AwardTermsError,
    PolicyNotFoundError,
    ReviewHandsError,
    ReviewReasonError,
)
from yulin.brain.models import Award, AwardBatch, AwardGap, AwardObjection, Policy, PolicyCriteria
from yulin.brain.selectors.awards import (
    Moved,
    about_of,
    claimed_firms,
    decided_firms,
    hash_of,
    keeps_out,
    not_told,
    noticed_award,
    taken_firms,
    verified_claims,
)
from yulin.brain.selectors.radar import applied_firms, radar_policies
from yulin.brain.services._applications import person
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.core.accounts import NewAccount
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import balances
from yulin.ledger.services import open_accounts
from yulin.people.adapters.calendar import work_calendar
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.selectors import firm_organisations, organisations_of_kind
from yulin.people.services import NewNotice, notify, notify_all, record_audit, settle_notices
from yulin.pool.services._steps import draw_from_series
from yulin.pool.services.booking import book

_BATCH, _AWARD = "award_batch", "award"
_AT_ONCE = 2_000
Kept = Callable[[AwardBatch], None]


@dataclass(frozen=True)
class BatchTerms:
    """What a person says of a batch: the day whose facts decide, how often the policy pays, its notice, its money."""

    on: date
    rhythm: Rhythm
    budget_fen: int
    notice_workdays: int = 5


def propose_batch(
    *, actor: Actor, policy_id: int, terms: BatchTerms, moved: Moved = not_told, kept: Kept | None = None
) -> AwardBatch:
    """List the firms that a policy entitles by the facts of a day, and apart from them those of which a fact is open.

    Who has applied under the policy, or has an award of the period already, is not listed again. The firms are decided
    before anything is locked; `moved` is told how many of the book are, `kept` the batch before its transaction ends.

    Effects: the batch with its awards and gaps under one hash; notices to the authorities; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.POLICY.NOT_FOUND`, `BRAIN.AWARD.POLICY`, `.TERMS`, `.BUDGET`.
    """
    maker_id = person(actor, Action.DECIDE_APPLICATIONS)
    today, known_at = clock.business_date(), clock.now()
    with scope(EVERYTHING):
        decided = _decided(payable(Policy.objects.filter(pk=policy_id), policy_id, terms), terms, known_at, moved)
    with transaction.atomic(), scope(EVERYTHING):
        rows = Policy.objects.select_for_update().filter(pk=policy_id)  # batches of a policy one by one
        criteria = payable(rows, policy_id, terms)
        policy = criteria.policy
        period, amount_fen = period_of(terms.rhythm, terms.on), criteria.version.amount_fen or 0
        if not decided.holds_for(criteria, period):
            decided = _decided(criteria, terms, known_at, moved)
        entitled, opened = _listed(decided.firms, policy.pk, period)
        if not entitled:
            why = Text("没有应享而未兑付的企业", "nobody is entitled who has not been listed or applied")
            raise AwardTermsError(policy=criteria.version.title, why=why)
        needed = amount_fen * len(entitled)
        if terms.budget_fen < needed:
            raise AwardBudgetError(
                policy=criteria.version.title, firms=len(entitled), needed_fen=needed, found_fen=terms.budget_fen
            )
        batch = AwardBatch(
            policy=policy, criteria=criteria, number=draw_from_series("MS", today.year, 1)[0], on=terms.on,
            known_at=known_at, rhythm=terms.rhythm.value, period=period, amount_fen=amount_fen,
            budget_fen=terms.budget_fen, notice_workdays=terms.notice_workdays, firm_count=len(entitled),
            open_count=len(opened), made_on=today, made_by_id=maker_id, made_by_name=actor.name,
        )  # fmt: skip
        batch.content_hash = content_hash(
            about_of(batch), (one.as_json() for one in entitled), (one.as_json() for one in opened)
        )
        batch.save()
        _keep_firms(batch, entitled, opened)
        _ask_bureau(actor, batch, Text("复核免申即享%(number)s：%(title)s", "Check %(number)s: %(title)s"))
        facts = {"firms": len(entitled), "open": len(opened), "hash": batch.content_hash, "period": period}
        audit_award(actor, batch, "propose", facts | {"on": terms.on.isoformat(), "amount_fen": amount_fen})
        if kept is not None:
            kept(batch)
    return batch


def payable(rows: QuerySet[Policy], policy_id: int, terms: BatchTerms) -> PolicyCriteria:
    """Return the criteria that a policy is paid by, or refuse it with what keeps it out.

    `rows` reads the policy as the caller wants it, locked or not. The caller has the reach of all rows.
    Raises: `BRAIN.POLICY.NOT_FOUND`, `BRAIN.AWARD.POLICY`, `.TERMS`.
    """
    policy, today = rows.first(), clock.business_date()
    if policy is None:
        raise PolicyNotFoundError(policy=policy_id)
    criteria = next((one for one in radar_policies(today).criteria if one.policy_id == policy.pk), None)
    if criteria is None:
        why = Text("政策已失效，或条件尚未由另一人确认", "it is not live, or nobody has confirmed its criteria")
        raise AwardPolicyError(policy=policy.key, why=[why])
    title = criteria.version.title
    if why_not := keeps_out(criteria):
        raise AwardPolicyError(policy=title, why=why_not)
    if terms.on > today or state_of(criteria.version.terms, terms.on) not in LIVE:
        why = Text(
            "事实之日须在政策有效期内且不晚于今天", "the day of the facts lies within the policy's days, up to today"
        )
        raise AwardTermsError(policy=title, why=why)
    before = AwardBatch.objects.filter(policy=policy).exclude(state=BatchState.RETURNED.value)
    if before.filter(state=BatchState.PROPOSED.value).exists():
        raise AwardTermsError(policy=title, why=Text("已有一批待复核", "another batch waits to be checked"))
    if before.exclude(rhythm=terms.rhythm.value).exists():
        why = Text("与此前批次的兑付频次不同", "batches before were paid in another rhythm")
        raise AwardTermsError(policy=title, why=why)
    return criteria


@dataclass(frozen=True)
class _Decided:
    """How a policy's criteria decide the book, and what that rests on beside the facts of the day."""

    criteria_id: int
    given: Mapping[int, Given]
    firms: Sequence[Entitled | Open]

    def holds_for(self, criteria: PolicyCriteria, period: str) -> bool:
        """Tell whether it would be decided so again: by the same criteria, with the same verified claims."""
        return self.criteria_id == criteria.pk and self.given == verified_claims(criteria.policy_id, period)


def _decided(criteria: PolicyCriteria, terms: BatchTerms, known_at: datetime, moved: Moved) -> _Decided:
    given = verified_claims(criteria.policy_id, period_of(terms.rhythm, terms.on))
    return _Decided(criteria.pk, given, list(decided_firms(criteria, terms.on, known_at, given, moved)))


def _listed(firms: Iterable[Entitled | Open], policy_id: int, period: str) -> tuple[list[Entitled], list[Open]]:
    """Return who is entitled and who is open, without those whose turn it was, who applied, or whose claim waits."""
    taken = taken_firms(policy_id, period) | applied_firms(policy_id)
    claimed = claimed_firms(policy_id, period)
    entitled: list[Entitled] = []
    opened: list[Open] = []
    for one in firms:
        if one.firm_id in taken:
            continue
        if isinstance(one, Entitled):
            entitled.append(one)
        elif one.firm_id not in claimed:
            opened.append(one)
    return entitled, opened


def _keep_firms(batch: AwardBatch, entitled: Sequence[Entitled], opened: Sequence[Open]) -> None:
    identifiers = [one.identifier for one in entitled] + [one.identifier for one in opened]
    houses = firm_organisations(identifiers)

    def house(code: str) -> int | None:
        return houses[code].pk if code in houses else None

    Award.objects.bulk_create(
        (
            Award(
                batch=batch, policy_id=batch.policy_id, period=batch.period, firm_id=one.firm_id,
                identifier=one.identifier, house_id=house(one.identifier), amount_fen=batch.amount_fen,
                facts=said["facts"], clauses=said["clauses"],
            )
            for one in entitled
            for said in (one.as_json(),)
        ),
        batch_size=_AT_ONCE,
    )  # fmt: skip
    AwardGap.objects.bulk_create(
        (
            AwardGap(
                batch=batch, firm_id=one.firm_id, identifier=one.identifier, house_id=house(one.identifier),
                missing=list(one.missing), contested=list(one.contested),
            )
            for one in opened
        ),
        batch_size=_AT_ONCE,
    )  # fmt: skip


def decide_batch(*, actor: Actor, batch_id: int, is_confirmed: bool, reason: str = "") -> AwardBatch:
    """Put a list under public notice, or return it with the reason; never by the person who made it.

    Effects: the batch and its awards; the batch's money on the policy's budget; notices to the firms, to those of which
    a fact is open too; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.AWARD.NOT_FOUND`, `.STATE`, `BRAIN.REVIEW.SAME_PERSON`, `.REASON`.
    """
    checker_id = person(actor, Action.CONFIRM_APPLICATIONS)
    today = clock.business_date()
    with transaction.atomic(), scope(EVERYTHING):
        batch = _locked_batch(batch_id)
        if batch.state != BatchState.PROPOSED:
            raise AwardStateError(number=batch.number, why=Text("不在待复核状态", "it does not wait to be checked"))
        if batch.made_by_id == checker_id:
            raise ReviewHandsError(number=batch.number, name=batch.made_by_name)
        if not is_confirmed and not reason.strip():
            raise ReviewReasonError(number=batch.number)
        if hash_of(batch) != batch.content_hash:
            raise AwardStateError(number=batch.number, why=Text("名单与哈希不符", "the list is not what was hashed"))
        batch.checked_by_id, batch.checked_by_name, batch.checked_at = checker_id, actor.name, clock.now()
        if is_confirmed:
            batch.state, batch.notice_from = BatchState.NOTICED.value, today
            batch.notice_until = work_calendar().add_workdays(today, batch.notice_workdays)
            _grant(actor, batch, today)
        else:
            batch.state, batch.reason = BatchState.RETURNED.value, reason.strip()[:600]
        batch.save()
        batch.awards.update(state=(AwardState.NOTICED if is_confirmed else AwardState.DROPPED).value)
        settle_notices(about=(_BATCH, batch.pk))
        if is_confirmed:
            _tell_firms(actor, batch)
        audit_award(actor, batch, "notice" if is_confirmed else "return", {"reason": batch.reason})
    return batch


def _grant(actor: Actor, batch: AwardBatch, today: date) -> None:
    """Open the policy's accounts where they are missing, and grant the batch's money to its budget."""
    money = AwardMoney(batch.policy_id)
    names = {
        money.funding: (AccountKind.FUNDING, Text("资金来源", "funding")),
        money.budget: (AccountKind.BUDGET, Text("资金", "money")),
    }
    there, title = balances(names), batch.criteria.version.title[:80]
    missing = [
        NewAccount(
            code=code, kind=kind, owner_id=None, scheme_id=money.scheme_id, layer="",
            may_overdraw=kind is AccountKind.FUNDING, name_zh=f"{title} {name.zh}", name_en=f"{title} {name.en}",
        )
        for code, (kind, name) in names.items()
        if code not in there
    ]  # fmt: skip
    open_accounts(actor=SYSTEM_ACTOR, accounts=missing)
    book(actor, money.scheme_id, [money.granted(batch.pk, batch.budget_fen, today, batch.number)])


def _tell_firms(actor: Actor, batch: AwardBatch) -> None:
    title = batch.criteria.version.title
    until = day_text(batch.notice_until) if batch.notice_until else ""
    said = Text("免申即享公示至%(day)s：%(title)s", "Yours without applying, under notice until %(day)s: %(title)s")
    noticed = (
        NewNotice(
            award.house_id or 0, "brain.award", said.with_values(title=title, day=until), about=(_AWARD, award.pk),
            path=reverse("brain:award", args=[award.pk]),
        )
        for award in batch.awards.exclude(house=None).only("pk", "house_id")
    )  # fmt: skip
    lacks = Text("补充事实后可快申快享：%(title)s", "With what is missing a short application will do: %(title)s")
    lacking = (
        NewNotice(
            gap.house_id or 0, "brain.award", lacks.with_values(title=title),
            path=reverse("brain:award-gap", args=[gap.pk]),
        )
        for gap in batch.gaps.exclude(house=None)
    )  # fmt: skip
    notify_all(actor=actor, notices=chain(noticed, lacking))


def object_to_award(*, actor: Actor, award_id: int, words: str, name: str, contact: str = "") -> AwardObjection:
    """Object as anybody to one firm of a public notice, within its days; the others go on.

    Effects: one objection with the day of its answer; a notice to the authority; audit row.
    Raises: `BRAIN.AWARD.NOT_FOUND`, `BRAIN.REVIEW.REASON`.
    """
    today = clock.business_date()
    seen = noticed_award(award_id, today)
    if not words.strip():
        raise ReviewReasonError(number=seen.batch.number)
    with transaction.atomic(), scope(EVERYTHING):
        award = locked_award(award_id)
        if award.state not in OPEN_TO_OBJECTION:
            raise AwardStateError(number=str(award), why=Text("已不在公示名单", "it is not on the notice any more"))
        made = AwardObjection.objects.create(
            award=award, words=words.strip()[:2000], name=name.strip()[:120], contact=contact.strip()[:200],
            made_on=today, due_on=work_calendar().add_workdays(today, settings.YULIN_ANSWER_WORKDAYS),
        )  # fmt: skip
        for one in organisations_of_kind(OrganisationKind.AUTHORITY):
            notify(
                actor=actor, organisation_id=one.pk, kind="brain.award", about=("award_objection", made.pk),
                title=Text("答复公示异议：%(firm)s", "Answer an objection: %(firm)s").with_values(firm=award.firm.name),
                path=reverse("brain:award", args=[award.pk]), due_on=made.due_on,
            )  # fmt: skip
        facts = {"award": award.pk, "objection": made.pk}
        audit_award(actor, award.batch, "object_to", facts)
    return made


def answer_award_objection(*, actor: Actor, objection_id: int, is_upheld: bool, answer: str) -> AwardObjection:
    """Answer an objection; upheld, the firm is taken out of the list. Not by who listed it, nor who put it on notice.

    Effects: the objection; the award where upheld; a notice to the firm; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.AWARD.NOT_FOUND`, `.STATE`, `BRAIN.REVIEW.SAME_PERSON`, `.REASON`.
    """
    answerer_id = person(actor, Action.CONFIRM_APPLICATIONS)
    with transaction.atomic(), scope(EVERYTHING):
        seen = AwardObjection.objects.filter(pk=objection_id).first()
        if seen is None:
            raise AwardNotFoundError(award=objection_id)
        award = locked_award(seen.award_id)
        found = AwardObjection.objects.select_for_update().get(pk=objection_id)
        batch = award.batch
        if found.is_upheld is not None:
            raise AwardStateError(number=batch.number, why=Text("异议已答复", "the objection is answered"))
        hands = {batch.made_by_id: batch.made_by_name, batch.checked_by_id: batch.checked_by_name}
        if answerer_id in hands:
            raise ReviewHandsError(number=batch.number, name=hands[answerer_id])
        if not answer.strip():
            raise ReviewReasonError(number=batch.number)
        found.is_upheld, found.answer = is_upheld, answer.strip()[:2000]
        found.answered_on, found.answered_by_id = clock.business_date(), answerer_id
        found.answered_by_name = actor.name
        found.save()
        settle_notices(about=("award_objection", found.pk))
        if is_upheld and award.state in OPEN_TO_OBJECTION:
            _take_out(actor, award)
        audit_award(actor, batch, "answer_objection", {"award": award.pk, "is_upheld": is_upheld})
    return found


def _take_out(actor: Actor, award: Award) -> None:
    if award.state == AwardState.ACCEPTED:
        give_back(actor, award)
    award.state = AwardState.REMOVED.value
    award.save(update_fields=["state"])
    settle_notices(about=(_AWARD, award.pk))
    if award.house_id is not None:
        said = Text("异议成立，已移出免申即享名单：%(title)s", "Taken out after an objection: %(title)s")
        notify(
            actor=actor, organisation_id=award.house_id, kind="brain.award",
            title=said.with_values(title=award.batch.criteria.version.title),
            path=reverse("brain:award", args=[award.pk]),
        )  # fmt: skip


def _locked_batch(batch_id: int) -> AwardBatch:
    rows = AwardBatch.objects.select_for_update(of=("self",)).select_related("policy", "criteria__version")
    found = rows.filter(pk=batch_id).first()
    if found is None:
        raise AwardNotFoundError(award=batch_id)
    return found


def give_back(actor: Actor, award: Award) -> None:
    """Give the money that is held for an award back to the policy's budget. In the caller's transaction."""
    money = AwardMoney(award.policy_id)
    book(actor, money.scheme_id, [given_back(award.pk, award.turn, clock.business_date())])


def locked_award(award_id: int) -> Award:
    """Return an award, locked until the transaction ends. Raises: `BRAIN.AWARD.NOT_FOUND`."""
    rows = Award.objects.select_for_update(of=("self",)).select_related("batch__criteria__version", "firm")
    found = rows.filter(pk=award_id).first()
    if found is None:
        raise AwardNotFoundError(award=award_id)
    return found


def _ask_bureau(actor: Actor, batch: AwardBatch, title: Text) -> None:
    said = title.with_values(number=batch.number, title=batch.criteria.version.title)
    for one in organisations_of_kind(OrganisationKind.AUTHORITY):
        notify(
            actor=actor, organisation_id=one.pk, kind="brain.award", about=(_BATCH, batch.pk), title=said,
            path=reverse("brain:award-batch", args=[batch.pk]),
        )  # fmt: skip


def audit_award(actor: Actor, batch: AwardBatch, what: str, facts: Mapping[str, object]) -> None:
    """Write the audit row of a step."""
    record_audit(
        actor=actor, action=f"brain.{what}_award_batch", subject=(_BATCH, batch.pk),
        facts={"number": batch.number, **facts},
    )  # fmt: skip
