"""What the radar's pages read: live policies with confirmed criteria, one firm against them, an area's firms by policy.

A firm sees its own lines, a district the firms of its own, the authority all; who may not see firms sees nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl
from django.core import signing
from django.db.models import Exists, OuterRef, Q, QuerySet

from yulin.atlas.core.statements import Said
from yulin.atlas.selectors import facts_of, firms, last_statement_id
from yulin.base.text import Text
from yulin.brain.adapters.area_tables import kept_table
from yulin.brain.core.application_states import ApplicationState
from yulin.brain.core.check_up import Line, Standing, line_of
from yulin.brain.core.criteria import pack_id, policy_pack
from yulin.brain.core.criteria_reading import place_code
from yulin.brain.core.local_variants import Local, speaker, spoken_over
from yulin.brain.core.policies import LIVE, PolicyState, state_of
from yulin.brain.core.radar import CODES, VERDICTS, standing_of, why
from yulin.brain.enums import CriteriaState, VersionState
from yulin.brain.errors import FeedNotFoundError
from yulin.brain.models import Application, DeadlineFeed, PolicyCriteria, PolicyVersion, RadarRun
from yulin.brain.models.policies import Policy, state_on
from yulin.brain.selectors.calls import CallShown, calls_under
from yulin.brain.selectors.check_up import by_public_names, own_firm
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, Role
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import organisations_of
from yulin.pool.core.words import cited_clause
from yulin.rules.adapters.shipped import shipped_vocabulary
from yulin.rules.core.pack import Pack

if TYPE_CHECKING:
    from yulin.atlas.models import Firm

FEED_SALT = "brain.deadlines"
_LEVELS = ("national", "province", "city", "district")
_ORDER = (Standing.MET, Standing.NEAR, Standing.UNKNOWN, Standing.NOT_MET)
_NEVER = date.max
_HEAVY = ("version__text", "version__parts", "version__sketch", "version__sure", "version__quotes", "rows")


@dataclass(frozen=True)
class RadarPolicies:
    """The live policies of a day with confirmed criteria, and their packs."""

    criteria: tuple[PolicyCriteria, ...]
    over: Mapping[int, Sequence[Local]]  # by policy, the local variants that go before it, the nearest last

    @cached_property
    def over_packs(self) -> dict[str, Sequence[Local]]:
        """The same by the ids of the packs."""
        return {pack_id(policy): before for policy, before in self.over.items()}

    @cached_property
    def packs(self) -> list[Pack]:
        """Their packs, in the same order."""
        return [pack_of(one.pack_version, one.pack) for one in self.criteria]

    @cached_property
    def versions(self) -> dict[str, str]:
        """The versions of the packs by their ids, each with what goes before it."""
        return {pack_id(one.policy_id): self._version(one) for one in self.criteria}

    def _version(self, one: PolicyCriteria) -> str:
        before = self.over.get(one.policy_id, ())
        led = [f"{local.policy_id}:{local.code}:{local.decides}" for local in before]
        return " ".join([one.pack_version, *led])


@lru_cache(maxsize=2_000)
def pack_of(version: str, text: str) -> Pack:  # noqa: ARG001 - the version names the text
    """Return the pack of a policy's criteria."""
    return policy_pack(text, shipped_vocabulary())


def radar_policies(on: date) -> RadarPolicies:
    """Return the policies that are live on a day and whose current version has confirmed criteria."""
    rows = PolicyCriteria.objects.filter(
        state=CriteriaState.CONFIRMED.value, version__shown_for__isnull=False
    ).annotate(now=state_on(on, "version__"))
    live = rows.filter(now__in=[state.value for state in LIVE]).select_related("version", "policy")
    criteria = tuple(live.defer(*_HEAVY).order_by("policy_id"))
    return RadarPolicies(criteria, _variants_over(on, {one.policy_id for one in criteria}))


def _variants_over(on: date, deciding: set[int]) -> dict[int, tuple[Local, ...]]:
    """Return which live local variants go before which policies; `deciding` are those with confirmed criteria."""
    heads = set(Policy.objects.filter(general__isnull=False).values_list("general_id", flat=True).order_by())
    if not heads:
        return {}
    rows = Policy.objects.filter(Q(pk__in=heads) | Q(general__in=heads), current__state=VersionState.PUBLISHED.value)
    live = rows.annotate(now=state_on(on, "current__")).filter(now__in=[state.value for state in LIVE])
    said = live.order_by("pk").values_list("pk", "general_id", "current__area", "current__title")
    return spoken_over(
        Local(pk, general or pk, area, place_code(area), title, pk in deciding) for pk, general, area, title in said
    )


def policies_without_criteria() -> QuerySet[PolicyVersion]:
    """Return the current versions of policies for which nobody, and no rule, has said what they ask."""
    has_some = Exists(PolicyCriteria.objects.filter(version=OuterRef("pk")))
    waits = Exists(PolicyCriteria.objects.filter(policy=OuterRef("policy"), state=CriteriaState.PROPOSED.value))
    rows = PolicyVersion.objects.filter(shown_for__isnull=False, state=VersionState.PUBLISHED.value)
    return rows.exclude(has_some).exclude(waits).select_related("policy").order_by("pk")


def waiting_criteria() -> QuerySet[PolicyCriteria]:
    """Return the criteria that wait for a person, the oldest first."""
    rows = PolicyCriteria.objects.filter(state=CriteriaState.PROPOSED.value, version__shown_for__isnull=False)
    return rows.select_related("version", "policy").defer(*_HEAVY[:-1]).order_by("pk")


def criteria_sets(policy: Policy) -> list[PolicyCriteria]:
    """Return every set of criteria of a policy, the newest first."""
    return list(policy.criteria.select_related("version").order_by("-number"))


# One firm


@dataclass(frozen=True)
class RadarLine:
    """One policy for one firm: how the firm stands, why, what the policy pays at most, until when."""

    criteria: PolicyCriteria
    line: Line
    state: PolicyState
    local: Local | None = None  # the variant that speaks for the firm instead

    @property
    def version(self) -> PolicyVersion:
        """The policy as it rules."""
        return self.criteria.version

    @property
    def standing(self) -> Standing:
        """How the firm stands."""
        return standing_of(self.line, self.local)

    @property
    def verdict(self) -> tuple[str, Text]:
        """Its mark and its word."""
        return VERDICTS[self.standing]

    @property
    def why(self) -> Text:
        """What that rests on."""
        return self.local.why if self.local else why(self.line)

    @property
    def order(self) -> tuple[int, int, date, int]:
        """Where it stands in the list: by outcome, then most money, then the nearest end."""
        version = self.version
        return (
            _ORDER.index(self.standing), -(version.amount_fen or 0), version.ends_on or _NEVER, version.policy_id,
        )  # fmt: skip


def firm_facts(firm_ids: Sequence[int], found: Mapping[int, Firm], on: date) -> dict[int, dict[str, Any]]:
    """Return what counts about some firms by public names; the register's day and district where nothing else is."""
    said = said_of(firm_ids, on=on, known_at=clock.now())
    return {pk: with_register({name: one.value for name, one in said[pk].items()}, found[pk]) for pk in firm_ids}


def said_of(firm_ids: Sequence[int], *, on: date, known_at: datetime) -> dict[int, dict[str, Said]]:
    """Return the statements that count about some firms, by public names."""
    vocabulary, known = shipped_vocabulary(), facts_of(firm_ids, on=on, known_at=known_at)
    return {pk: by_public_names(known[pk], vocabulary) for pk in firm_ids}


def with_register(said: Mapping[str, Any], firm: Firm) -> dict[str, Any]:
    """Return facts with the register's day and district where nothing else is said of them."""
    own = dict(said)
    if firm.registered_on:
        own.setdefault("registered_on", firm.registered_on.isoformat())
    district = own.get("district_code") or firm.district_code
    if district:
        own["district_code"] = int(district)
    return own


def radar_of(firm: Firm, *, on: date) -> list[RadarLine]:
    """Return every live policy for one firm: what it can have first, by money and by the nearest end."""
    policies = radar_policies(on)
    facts = firm_facts([firm.pk], {firm.pk: firm}, on)[firm.pk]
    lines = [
        RadarLine(
            one,
            line_of(pack, facts, on, asks=False),
            state_of(one.version.terms, on),
            speaker(policies.over.get(one.policy_id, ()), facts.get("district_code")),
        )
        for one, pack in zip(policies.criteria, policies.packs, strict=True)
    ]
    return sorted(lines, key=lambda line: line.order)


@dataclass(frozen=True)
class Benefit:
    """What a firm can have: the policy, its level (`national` … `district`), what it pays at most, the clauses."""

    policy_id: int
    policy_key: str
    title: str
    level: str
    area: str
    amount_fen: int | None  # None: unknown
    ends_on: date | None
    clauses: tuple[Text, ...]


def benefit_of(one: RadarLine) -> Benefit:
    """Return a policy of the radar as the choice among several reads it."""
    return Benefit(
        policy_id=one.version.policy_id,
        policy_key=one.criteria.policy.key,
        title=one.version.title,
        level=level_of(one.version.area),
        area=one.version.area,
        amount_fen=one.version.amount_fen,
        ends_on=one.version.ends_on,
        clauses=tuple(dict.fromkeys(cited_clause(each.clause) for each in one.line.found.findings)),
    )


def level_of(area: str) -> str:
    """Return at which level of government an area's policies stand.

    >>> level_of(""), level_of("广东"), level_of("广东/广州/黄埔区")
    ('national', 'province', 'district')
    """
    return _LEVELS[min(len(area.split("/")) if area else 0, 3)]


@dataclass(frozen=True)
class Feed:
    """A calendar that was opened by its token: the firm, the policies with an end that concern it, and their calls."""

    firm: Firm
    lines: Sequence[RadarLine]
    calls: Sequence[tuple[RadarLine, CallShown]]


def feed_of(actor: Actor) -> DeadlineFeed | None:
    """Return the actor's calendar address, if there is one."""
    return DeadlineFeed.objects.filter(user=actor.user_id or 0, revoked_at=None).first()


def opened_feed(token: str, *, on: date) -> Feed:
    """Return what a calendar address shows. Raises: BRAIN.FEED.NOT_FOUND, also where it was taken back."""
    try:
        number = signing.loads(token, salt=FEED_SALT)
    except signing.BadSignature as error:
        raise FeedNotFoundError from error
    with scope(EVERYTHING):
        feed = DeadlineFeed.objects.filter(pk=number, revoked_at=None).select_related("firm").first()
    if feed is None or feed.organisation_id not in organisations_of(feed.user_id, on=on):
        raise FeedNotFoundError
    concern = [one for one in radar_of(feed.firm, on=on) if one.standing in {Standing.MET, Standing.NEAR}]
    calls = calls_under([one.version.policy_id for one in concern], on)
    with scope(EVERYTHING):
        done = set(_handed_in().filter(firm=feed.firm).values_list("call_id", flat=True))
    return Feed(
        feed.firm,
        [one for one in concern if one.version.ends_on],
        [(one, call) for one in concern for call in calls.get(one.version.policy_id, []) if call.call.pk not in done],
    )


# An area


def latest_radar() -> RadarRun | None:
    """Return the last finished run, or None before the first."""
    return RadarRun.objects.filter(computed_at__isnull=False).order_by("-pk").first()


def radar_is_old(run: RadarRun | None, *, on: date) -> bool:
    """Tell whether a run no longer says what would be found: another day, other policies or criteria, newer facts."""
    if run is None or run.on != on or run.last_statement != last_statement_id():
        return True
    return bool(run.packs != radar_policies(on).versions)


@dataclass(frozen=True)
class RadarCount:
    """One policy over the area of the reader: firms by standing, and how many of the entitled have applied."""

    criteria: PolicyCriteria
    met: int
    near: int
    unknown: int
    not_met: int
    applied: int

    @property
    def waiting(self) -> int:
        """Entitled firms that have not applied."""
        return max(self.met - self.applied, 0)


def radar_area(actor: Actor, run: RadarRun) -> list[RadarCount]:
    """Return the policies of a run with the counts of the actor's area, those with most entitled firms first.

    Raises: PEOPLE.NOT_ALLOWED.
    """
    district, found, applied_for = _district(actor), [], _applied_for()
    rows = {pack_id(one.policy_id): one for one in radar_policies(run.on).criteria}
    for pack, criteria in rows.items():
        by_district = run.counts.get(pack)
        if by_district is None:
            continue
        own = [counts for code, counts in by_district.items() if district in {None, code}]
        met, near, unknown, not_met = (sum(column) for column in zip(*own, strict=True)) if own else (0, 0, 0, 0)
        applied = 0
        if met and criteria.policy_id in applied_for:
            applied = len(_firms_of(run, pack, "met", district) & applied_firms(criteria.policy_id))
        found.append(RadarCount(criteria, met, near, unknown, not_met, applied))
    return sorted(found, key=lambda one: (-one.waiting, -(one.criteria.version.amount_fen or 0), one.criteria.pk))


def _district(actor: Actor) -> str | None:
    """Return the district that bounds the actor's sight, None for all. Raises: PEOPLE.NOT_ALLOWED."""
    if not actor.may(Action.SEE_CHECK_UP) or own_firm(actor) is not None or actor.role == Role.FIRM_USER:
        raise NotAllowedError(action=str(Action.SEE_CHECK_UP), role=str(actor.role))
    return actor.district_code or "-" if actor.role == Role.DISTRICT_OFFICER else None


def _firms_of(run: RadarRun, pack: str, standing: str, district: str | None) -> set[int]:
    found: set[int] = set()
    for name in run.tables:
        table = kept_table(name).select("firm_id", "district_code", pack).filter(pl.col(pack) == CODES[standing])
        if district is not None:
            table = table.filter(pl.col("district_code") == district)
        found |= set(table.select("firm_id").collect()["firm_id"])
    return found


def firms_standing(run: RadarRun, pack: str, standing: str, policy_id: int) -> set[int]:
    """Return the firms of the whole book that stand so to a policy and have not applied; for work without a reader."""
    return _firms_of(run, pack, standing, None) - applied_firms(policy_id)


def _applied_for() -> set[int]:
    """Return the policies under which anybody has applied."""
    with scope(EVERYTHING):
        return set(_handed_in().values_list("call__policy", flat=True).distinct())


def _handed_in() -> QuerySet[Application]:
    drafts = (ApplicationState.DRAFT.value, ApplicationState.WITHDRAWN.value)
    return Application.objects.exclude(state__in=drafts).order_by()


def applied_firms(policy_id: int) -> set[int]:
    """Return the firms that have handed in an application under a policy; to subtract them only."""
    with scope(EVERYTHING):
        return set(_handed_in().filter(call__policy=policy_id).values_list("firm_id", flat=True))


@dataclass(frozen=True)
class RadarFirm:
    """One firm of a list, with what its standing rests on."""

    pk: int
    name: str
    identifier: str
    district_code: str | None
    line: Line
    local: Local | None

    @property
    def standing(self) -> Standing:
        """How the firm stands."""
        return standing_of(self.line, self.local)

    @property
    def why(self) -> Text:
        """What that rests on."""
        return self.local.why if self.local else why(self.line)


@dataclass(frozen=True)
class RadarList:
    """The firms of one standing to one policy that have not applied."""

    criteria: PolicyCriteria
    on: date
    ids: Sequence[int]
    before: Sequence[Local]

    def firms(self, ids: Iterable[int]) -> list[RadarFirm]:
        """Return some of the firms, each with its reasons, as known now."""
        some = list(ids)
        found, pack = firms(some), pack_of(self.criteria.pack_version, self.criteria.pack)
        facts = firm_facts(some, found, self.on)
        return [
            RadarFirm(
                pk, found[pk].name, found[pk].identifier, found[pk].district_code,
                line_of(pack, facts[pk], self.on, asks=False), speaker(self.before, facts[pk].get("district_code")),
            )
            for pk in some
        ]  # fmt: skip


def listed_firms(actor: Actor, run: RadarRun, policy_id: int, standing: str) -> RadarList:
    """Return who stands so to a policy in the actor's area and has not applied. Raises: PEOPLE.NOT_ALLOWED."""
    district = _district(actor)
    policies = radar_policies(run.on)
    criteria = next(one for one in policies.criteria if one.policy_id == policy_id)
    ids = _firms_of(run, pack_id(policy_id), standing, district) - applied_firms(policy_id)
    return RadarList(criteria, run.on, sorted(ids), policies.over.get(policy_id, ()))
