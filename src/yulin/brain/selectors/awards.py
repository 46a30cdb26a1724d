"""What the pages of awards read: which policies can be paid without an application, batches, a firm's own award.

A batch that waits is the authority's and the auditor's; once under notice everybody sees the firms and the amount, and
what decided stays with the firm, the authority and the auditor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from yulin.atlas.core.statements import Said
from yulin.atlas.selectors import firms, said_in_parts
from yulin.atlas.selectors.objections import contested_by_firm
from yulin.atlas.selectors.portrait import SourcesNamed
from yulin.base.text import Text
from yulin.brain.core.award_claims import ClaimState, Given, who_has
from yulin.brain.core.awards import (
    OPEN_TO_OBJECTION,
    STANDING,
    AwardState,
    BatchState,
    Entitled,
    FactKept,
    Open,
    Subject,
    content_hash,
    sorted_out,
    what_keeps_out,
)
from yulin.brain.core.check_up import facts_for, line_of
from yulin.brain.core.local_variants import speaker
from yulin.brain.core.radar import CODES, radar_facts, radar_table
from yulin.brain.core.shown import label_of, value_text
from yulin.brain.errors import AwardNotFoundError
from yulin.brain.models import Award, AwardBatch, AwardClaim, AwardGap, AwardListing, AwardObjection, PolicyCriteria
from yulin.brain.selectors.check_up import own_firm
from yulin.brain.selectors.radar import pack_of, radar_policies, said_of, with_register
from yulin.kit import clock
from yulin.kit.clock import business_date
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, Role
from yulin.rules.adapters.shipped import shipped_vocabulary
from yulin.rules.core.pack import Pack

if TYPE_CHECKING:
    from yulin.atlas.models import Firm

REGISTER = "市场监管登记"
GIVEN = "企业补充，科技局核实"
_GIVEN_WORDS = Text(GIVEN, "said by the firm, verified by the authority")
_AT_ONCE = 500
_WANTED = (CODES["met"], CODES["unknown"])


Moved = Callable[[int], None]


def not_told(done: int) -> None:
    """Take no notice of how far something is."""


@dataclass(frozen=True)
class Candidate:
    """A live policy with confirmed criteria, and what keeps it from being paid without an application."""

    criteria: PolicyCriteria
    why_not: Sequence[Text]


def award_candidates(on: date) -> list[Candidate]:
    """Return the live policies with confirmed criteria, those that can be paid without an application first."""
    found = [Candidate(one, keeps_out(one)) for one in radar_policies(on).criteria]
    return sorted(found, key=lambda one: (bool(one.why_not), one.criteria.policy_id))


def keeps_out(criteria: PolicyCriteria) -> list[Text]:
    """Return why a policy with confirmed criteria cannot be paid without an application; empty where it can."""
    version, pack = criteria.version, pack_of(criteria.pack_version, criteria.pack)
    return what_keeps_out(criteria.criteria, pack, version.parts, version.amount_fen)


def decided_firms(
    criteria: PolicyCriteria,
    on: date,
    known_at: datetime,
    given: Mapping[int, Given],
    moved: Moved = not_told,
) -> Iterator[Entitled | Open]:
    """Yield every firm that a policy's criteria entitle on a day, and every one of which something is open.

    `given` holds what firms have said in short applications and the authority found right; what is known goes first.
    `moved` is told, again and again, how many firms of the book are decided.

    The book is decided some firms at a time in columns; who may be on the list is then decided alone, from the very
    facts that are kept.
    """
    pack, contested = pack_of(criteria.pack_version, criteria.pack), contested_by_firm()
    before = radar_policies(on).over.get(criteria.policy_id, ())
    vocabulary, done = shipped_vocabulary(), 0
    for part in said_in_parts(on=on, known_at=known_at):
        table = radar_table([pack], radar_facts(part.said, part.firms, vocabulary, on), on)
        inside = {pk for pk, _ in part.firms}
        wanted = set(table.filter(pl.col(pack.id).is_in(_WANTED))["firm_id"]) | (inside & set(contested))
        ids = sorted(wanted)
        for start in range(0, len(ids), _AT_ONCE):
            for one in _subjects(pack, ids[start : start + _AT_ONCE], on, known_at, contested):
                whole = with_given(one, given.get(one.firm_id))
                values = {name: kept.value for name, kept in whole.known.items()}
                if speaker(before, values.get("district_code")):
                    continue  # the local variant that is in force there pays, or is asked
                found = sorted_out(whole, line_of(pack, values, on, asks=False))
                if found is not None:
                    yield found
            moved(done + len(part.firms) * min(start + _AT_ONCE, len(ids)) // len(ids))
        done += len(part.firms)
        moved(done)


def _subjects(
    pack: Pack, ids: Sequence[int], on: date, known_at: datetime, contested: dict[int, frozenset[str]]
) -> Iterator[Subject]:
    said, found = said_of(ids, on=on, known_at=known_at), firms(ids)
    for pk in ids:
        names = facts_for(pack, dict.fromkeys(contested.get(pk, ()), True), on)
        yield Subject(pk, found[pk].identifier, _known(pack, said[pk], found[pk], on), frozenset(names))


def _known(pack: Pack, said: dict[str, Said], firm: Firm, on: date) -> dict[str, FactKept]:
    """Return what is known by the names that the pack reads: the last full year's under bare ones."""
    since = firm.registered_on.isoformat() if firm.registered_on else ""
    kept = {}
    for name, value in with_register({name: one.value for name, one in said.items()}, firm).items():
        one = said.get(name)
        if value is not None:
            source, day = (one.source, one.valid_from.isoformat()) if one else (REGISTER, since)
            kept[name] = FactKept(name, value, source, day)
    return {name: replace(one, name=name) for name, one in facts_for(pack, kept, on).items()}


def with_given(subject: Subject, given: Given | None) -> Subject:
    """Return a firm with what it has said of itself where nothing else is known."""
    if given is None:
        return subject
    own = {name: FactKept(name, value, GIVEN, given.since) for name, value in given.values.items()}
    return replace(subject, known=own | dict(subject.known))


def verified_claims(policy_id: int, period: str) -> dict[int, Given]:
    """Return what firms have said in short applications of a policy's period that the authority found right.

    What was right in one period is said and verified anew in the next.
    """
    rows = AwardClaim.objects.filter(policy=policy_id, period=period, state=ClaimState.VERIFIED.value)
    return {one.firm_id: Given(one.given, one.submitted_on.isoformat()) for one in rows}


def claimed_firms(policy_id: int, period: str) -> set[int]:
    """Return the firms whose short application under a policy and period is being verified."""
    waits = [ClaimState.SUBMITTED.value, ClaimState.RETURNED.value]
    rows = AwardClaim.objects.filter(policy=policy_id, period=period, state__in=waits)
    return set(rows.values_list("firm_id", flat=True))


def known_of(gap: AwardGap) -> list[FactShown]:
    """Return what is known today of a firm that goes the short way, of the facts that the policy asks."""
    criteria, today = gap.batch.criteria, business_date()
    pack = pack_of(criteria.pack_version, criteria.pack)
    subject = next(_subjects(pack, [gap.firm_id], today, clock.now(), {}))
    asked = dict.fromkeys(name for one in line_of(pack, {}, today, asks=False).found.findings for name in one.facts)
    return facts_in_words([asdict(subject.known[name]) for name in asked if name in subject.known])


def batches_visible_to(actor: Actor) -> QuerySet[AwardBatch]:
    """Return the batches that an actor sees, the latest first: who oversees all, everybody else those noticed."""
    rows = AwardBatch.objects.select_related("policy__current", "criteria__version")
    return rows if sees_all(actor) else rows.filter(state=BatchState.NOTICED.value)


def sees_all(actor: Actor) -> bool:
    """Tell whether an actor sees what decided on every firm: the authority and the auditor."""
    return actor.role == Role.AUDITOR or actor.may(Action.DECIDE_APPLICATIONS)


def batch_for(actor: Actor, batch_id: int) -> AwardBatch:
    """Return a batch that an actor sees. Raises: `BRAIN.AWARD.NOT_FOUND`."""
    found = batches_visible_to(actor).filter(pk=batch_id).first()
    if found is None:
        raise AwardNotFoundError(award=batch_id)
    return found


def listing_for(listing_id: int) -> AwardListing:
    """Return a list that is made, or was made, in the background; for a caller who may ask for one.

    Raises: `BRAIN.AWARD.NOT_FOUND`.
    """
    with scope(EVERYTHING):
        found = AwardListing.objects.select_related("policy__current").filter(pk=listing_id).first()
    if found is None:
        raise AwardNotFoundError(award=listing_id)
    return found


def refusal_of(listing: AwardListing) -> tuple[str, Text, Text] | None:
    """Return why a list was not made: code, sentence, what to do; None where nothing refused it."""
    if not listing.refusal:
        return None
    zh, en = (listing.refusal[language] for language in ("zh-hans", "en"))
    return zh["code"], Text(zh["message"], en["message"]), Text(zh["hint"], en["hint"])


def open_listings() -> list[AwardListing]:
    """Return the lists that are being made; for a caller who may ask for one."""
    with scope(EVERYTHING):
        rows = AwardListing.objects.filter(done_at=None).select_related("policy__current")
        return list(rows.order_by("pk"))


def awards_of(batch: AwardBatch) -> QuerySet[Award]:
    """Return the awards of a batch with their firms and how many objections are open; for a caller who sees the batch.

    The caller reads them within `scope(EVERYTHING)`: of the public notice only names, amounts and states are shown.
    """
    is_open = Q(objections__is_upheld__isnull=True, objections__isnull=False)
    return (
        batch.awards.select_related("firm")
        .annotate(open_objections=Count("objections", filter=is_open))
        .defer("facts", "clauses")
        .order_by("pk")
    )


def about_of(batch: AwardBatch) -> dict[str, object]:
    """Return what a list is about, as its hash covers it."""
    return {
        "policy": batch.policy.key,
        "pack": batch.criteria.pack_version,
        "on": batch.on.isoformat(),
        "known_at": batch.known_at.astimezone(UTC).isoformat(),
        "period": batch.period,
        "amount_fen": batch.amount_fen,
    }


def hash_of(batch: AwardBatch) -> str:
    """Return the hash of a list as its rows stand; for a caller who sees all of the batch."""
    entitled = batch.awards.values("identifier", "facts", "clauses")
    return content_hash(about_of(batch), entitled, batch.gaps.values("identifier", "missing", "contested"))


@dataclass(frozen=True)
class FactShown:
    """One fact as people read it."""

    label: Text
    value: Text
    source: Text
    since: date | None


@dataclass(frozen=True)
class AwardPage:
    """One firm's award as its page shows it."""

    award: Award
    facts: Sequence[FactShown]
    objections: Sequence[AwardObjection]
    is_own: bool


def award_for(actor: Actor, award_id: int) -> Award:
    """Return an award that the authority, the auditor or its firm sees. Raises: `BRAIN.AWARD.NOT_FOUND`."""
    with scope(EVERYTHING):
        rows = Award.objects.select_related("batch__policy__current", "batch__criteria__version", "firm")
        found = rows.filter(pk=award_id).first()
    if found is None or not (sees_all(actor) or is_own_award(actor, found)):
        raise AwardNotFoundError(award=award_id)
    return found


def is_own_award(actor: Actor, award: Award) -> bool:
    """Tell whether an award that has left the bureau is of the actor's own firm."""
    own = own_firm(actor)
    return own is not None and own.pk == award.firm_id and award.batch.state == BatchState.NOTICED


def award_page(actor: Actor, award_id: int) -> AwardPage:
    """Return an award with what decided and what is said against it. Raises: `BRAIN.AWARD.NOT_FOUND`."""
    found = award_for(actor, award_id)
    with scope(EVERYTHING):
        objections = list(found.objections.all())
    return AwardPage(found, facts_shown(found), objections, is_own_award(actor, found))


def facts_shown(award: Award) -> list[FactShown]:
    """Return the facts that decided, in words."""
    return facts_in_words(award.facts)


def facts_in_words(facts: Iterable[Mapping[str, Any]]) -> list[FactShown]:
    """Return facts as they are kept in words, each with what its source is called today."""
    vocabulary, named = shipped_vocabulary(), SourcesNamed.of_now()
    return [
        FactShown(
            label_of(one["name"], vocabulary),
            value_text(one["name"], one["value"], vocabulary),
            _GIVEN_WORDS if one["source"] == GIVEN else named.source_name(one["source"]),
            date.fromisoformat(one["since"]) if one["since"] else None,
        )
        for one in facts
    ]


def releasable(batch: AwardBatch) -> QuerySet[Award]:
    """Return the awards of a batch that two people may release: confirmed by the firm, no objection open."""
    open_ones = AwardObjection.objects.filter(award=OuterRef("pk"), is_upheld__isnull=True)
    return batch.awards.filter(~Exists(open_ones), state=AwardState.ACCEPTED.value).order_by("pk")


@dataclass(frozen=True)
class GapShown:
    """A firm that goes the short way, with what is missing and what it contests."""

    gap: AwardGap
    missing: Sequence[Text]
    contested: Sequence[Text]


def gaps_of(batch: AwardBatch) -> QuerySet[AwardGap]:
    """Return the firms of a batch of which something is open; for a caller who sees all of the batch."""
    return batch.gaps.select_related("firm").order_by("pk")


def gap_shown(gap: AwardGap) -> GapShown:
    """Return one of them in words."""
    vocabulary = shipped_vocabulary()

    def said(names: Sequence[str]) -> list[Text]:
        return [label_of(name, vocabulary) for name in names]

    return GapShown(gap, said(gap.missing), said(gap.contested))


def noticed_award(award_id: int, today: date) -> Award:
    """Return an award under public notice, against which anybody may object. Raises: `BRAIN.AWARD.NOT_FOUND`."""
    with scope(EVERYTHING):
        rows = Award.objects.select_related("batch__policy__current", "firm").defer("facts", "clauses")
        found = rows.filter(pk=award_id, batch__state=BatchState.NOTICED.value).first()
    until = found.batch.notice_until if found else None
    if found is None or until is None or today > until or found.state not in OPEN_TO_OBJECTION:
        raise AwardNotFoundError(award=award_id)
    return found


def taken_firms(policy_id: int, period: str) -> set[int]:
    """Return the firms that have an award under a policy and period that stands."""
    states = [str(one) for one in STANDING]
    with scope(EVERYTHING):
        rows = Award.objects.filter(policy=policy_id, period=period, state__in=states)
        return set(rows.values_list("firm_id", flat=True))


def own_awards(actor: Actor) -> list[Award]:
    """Return the awards of the actor's own firm that are under notice or beyond, the latest first."""
    own = own_firm(actor)
    if own is None:
        return []
    with scope(EVERYTHING):
        rows = Award.objects.filter(firm=own, batch__state=BatchState.NOTICED.value)
        return list(rows.exclude(state=AwardState.DROPPED.value).select_related("batch__policy__current"))


def gap_for(actor: Actor, gap_id: int) -> AwardGap:
    """Return a gap that the authority, the auditor or its firm sees. Raises: `BRAIN.AWARD.NOT_FOUND`."""
    with scope(EVERYTHING):
        rows = AwardGap.objects.select_related("batch__policy__current", "batch__criteria__version", "firm", "claim")
        found = rows.filter(pk=gap_id, batch__state=BatchState.NOTICED.value).first()
    own = own_firm(actor)
    if found is None or not (sees_all(actor) or (own is not None and own.pk == found.firm_id)):
        raise AwardNotFoundError(award=gap_id)
    return found


def claim_of(gap: AwardGap) -> AwardClaim | None:
    """Return the short application of a gap, if the firm has made one."""
    return getattr(gap, "claim", None)


@dataclass(frozen=True)
class ClaimShown:
    """A short application with who has it; None: nobody any more."""

    claim: AwardClaim
    award: Award | None
    holder: Text | None


def claims_shown(actor: Actor) -> list[ClaimShown]:
    """Return the short applications that somebody has: all for who oversees, else the own firm's; by the day due."""
    own = own_firm(actor)
    if not sees_all(actor) and own is None:
        return []
    with scope(EVERYTHING):
        rows = AwardClaim.objects.select_related("firm", "policy__current")
        found = list(rows if sees_all(actor) else rows.filter(firm=own))
        firms_, policies = {one.firm_id for one in found}, {one.policy_id for one in found}
        awards = Award.objects.filter(firm__in=firms_, policy__in=policies).defer("facts", "clauses").order_by("pk")
        latest = {(one.policy_id, one.firm_id, one.period): one for one in awards}
    return [shown for one in found if (shown := _shown(one, latest)).holder is not None]


def _shown(claim: AwardClaim, latest: Mapping[tuple[int, int, str], Award]) -> ClaimShown:
    award = latest.get((claim.policy_id, claim.firm_id, claim.period))
    return ClaimShown(claim, award, who_has(ClaimState(claim.state), AwardState(award.state) if award else None))


def holder_of(claim: AwardClaim) -> Text | None:
    """Return who has a short application."""
    with scope(EVERYTHING):
        rows = Award.objects.filter(policy=claim.policy_id, firm=claim.firm_id, period=claim.period).order_by("pk")
        last = rows.defer("facts", "clauses").last()
    return who_has(ClaimState(claim.state), AwardState(last.state) if last else None)


def given_shown(claim: AwardClaim) -> list[FactShown]:
    """Return what a firm says of itself in words."""
    since = claim.submitted_on.isoformat()
    return facts_in_words([asdict(FactKept(name, value, GIVEN, since)) for name, value in claim.given.items()])


def own_gaps(actor: Actor) -> list[AwardGap]:
    """Return what the actor's own firm could have with a short application that it has not made, the latest first."""
    own = own_firm(actor)
    if own is None:
        return []
    with scope(EVERYTHING):
        rows = AwardGap.objects.filter(firm=own, batch__state=BatchState.NOTICED.value, claim=None)
        found = list(rows.select_related("batch__policy__current", "batch__criteria__version").order_by("-pk")[:20])
    return [one for one in found if own.pk not in taken_firms(one.batch.policy_id, one.batch.period)]
