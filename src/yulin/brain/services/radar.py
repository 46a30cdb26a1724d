"""The radar's writes: criteria proposed, edited, confirmed by another person; runs over all firms; lists that leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

import polars as pl
from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from yulin.atlas.selectors import Part, firm_count, last_statement_id, said_in_parts
from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.brain.adapters.area_tables import drop_table, keep_table
from yulin.brain.core.criteria import About, pack_text, plain_rows, policy_pack
from yulin.brain.core.criteria_reading import UNREAD, Criterion, read_criteria
from yulin.brain.core.radar import radar_counts, radar_facts, radar_table
from yulin.brain.enums import CriteriaState
from yulin.brain.errors import (
    CriteriaRuleError,
    CriteriaStateError,
    PolicyReasonError,
    RadarRunningError,
    SamePersonError,
)
from yulin.brain.models import PolicyCriteria, PolicyVersion, RadarRun
from yulin.brain.selectors.radar import (
    RadarFirm,
    RadarPolicies,
    latest_radar,
    listed_firms,
    policies_without_criteria,
    radar_is_old,
    radar_policies,
)
from yulin.kit import clock
from yulin.kit.tasks import defer
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import organisations_of_kind
from yulin.people.services import notify, record_audit, settle_notices
from yulin.rules.adapters.shipped import shipped_vocabulary
from yulin.rules.core.pack import Pack

KEPT_RUNS = 2
PARTS_AT_ONCE = 5  # 50,000 firms: planning 500 policies costs as much as deciding some thousand firms
DRAFTS_A_TASK = 500
READ_BY_RULES = "规则读取 · read by rules"
_ABOUT = "policy_criteria"
_AT_ONCE = 500


def draft_criteria(*, actor: Actor, most: int = DRAFTS_A_TASK) -> int:
    """Propose criteria for published versions that have none, from their own words; return how many.

    Effects: a set of criteria a policy, which waits for a person; one audit row.
    """
    drafted = 0
    with transaction.atomic():
        for version in policies_without_criteria()[:most]:
            rows = read_criteria([(part, text) for part, text in version.parts], version.area)
            rows = rows or [Criterion(version.title, 0, 0, 0, "", UNREAD)]
            _keep(version, rows, actor=actor, name=READ_BY_RULES)
            drafted += 1
        if drafted:
            record_audit(actor=actor, action="brain.draft_criteria", subject=("policies", 0), facts={"drafts": drafted})
    return drafted


@transaction.atomic
def propose_criteria(
    *, actor: Actor, version_id: int, base: int, rows: Sequence[Criterion], note: str = ""
) -> PolicyCriteria:
    """Keep what a person makes of a policy's criteria, for another to confirm.

    Raises: PEOPLE.NOT_ALLOWED, BRAIN.CRITERIA.RULE, BRAIN.CRITERIA.STATE where something newer than `base` stands.
    Effects: a set of criteria in the place of that which waited; notices to the authorities; audit row.
    """
    maker_id = _person(actor, Action.EDIT_POLICIES)
    version = PolicyVersion.objects.select_related("policy").get(pk=version_id)
    if not rows:
        raise CriteriaRuleError(policy=version.policy.key, found="0")
    last = _last_number(version)
    if last != base or version.policy.current_id != version.pk:
        raise CriteriaStateError(policy=version.policy.key, found=str(last))
    waiting = version.policy.criteria.filter(state=CriteriaState.PROPOSED.value)
    for one in waiting:
        settle_notices(about=(_ABOUT, one.pk))
    waiting.update(state=CriteriaState.REPLACED.value)
    kept = _keep(version, rows, actor=actor, name=actor.name, maker_id=maker_id, note=note.strip()[:600])
    title = Text("确认政策条件：%(title)s", "Confirm the criteria: %(title)s").with_values(title=version.title)
    for organisation in organisations_of_kind(OrganisationKind.AUTHORITY):
        notify(
            actor=actor, organisation_id=organisation.pk, kind="brain.criteria", title=title,
            path=reverse("brain:criteria", args=[version.policy_id]), about=(_ABOUT, kept.pk),
        )  # fmt: skip
    facts = {"policy": version.policy.key, "number": kept.number, "pack": kept.pack_version}
    record_audit(actor=actor, action="brain.propose_criteria", subject=(_ABOUT, kept.pk), facts=facts)
    return kept


@transaction.atomic
def decide_criteria(*, actor: Actor, criteria_id: int, is_confirmed: bool, reason: str = "") -> PolicyCriteria:
    """Confirm criteria, so that the radar uses them, or return them; never by who wrote them.

    Raises: PEOPLE.NOT_ALLOWED, BRAIN.CRITERIA.STATE, BRAIN.POLICY.SAME_PERSON, BRAIN.POLICY.REASON.
    Effects: the criteria's state, that of those before them; a new run of the radar is asked for; audit row.
    """
    checker_id = _person(actor, Action.PUBLISH_POLICIES)
    kept = PolicyCriteria.objects.select_for_update(of=("self",)).select_related("policy").get(pk=criteria_id)
    if kept.state != CriteriaState.PROPOSED.value or kept.policy.current_id != kept.version_id:
        raise CriteriaStateError(policy=kept.policy.key, found=kept.state)
    if kept.made_by_id == checker_id:
        raise SamePersonError(policy=kept.policy.key, name=kept.made_by_name)
    if not is_confirmed and not reason.strip():
        raise PolicyReasonError(policy=kept.policy.key)
    settle_notices(about=(_ABOUT, kept.pk))
    if is_confirmed:
        kept.policy.criteria.filter(state=CriteriaState.CONFIRMED.value).update(state=CriteriaState.REPLACED.value)
    kept.state = (CriteriaState.CONFIRMED if is_confirmed else CriteriaState.RETURNED).value
    kept.checked_by_id, kept.checked_by_name, kept.checked_at = checker_id, actor.name, clock.now()
    kept.reason = "" if is_confirmed else reason.strip()[:600]
    kept.save(update_fields=["state", "checked_by", "checked_by_name", "checked_at", "reason"])
    facts = {"policy": kept.policy.key, "number": kept.number, "pack": kept.pack_version, "reason": kept.reason}
    action = "brain.confirm_criteria" if is_confirmed else "brain.return_criteria"
    record_audit(actor=actor, action=action, subject=(_ABOUT, kept.pk), facts=facts)
    if is_confirmed:
        transaction.on_commit(lambda: defer("brain.compute_radar", once_as="brain.compute_radar"))
    return kept


def _keep(
    version: PolicyVersion,
    rows: Sequence[Criterion],
    *,
    actor: Actor,
    name: str,
    maker_id: int | None = None,
    note: str = "",
) -> PolicyCriteria:
    text = pack_text(About(version.policy_id, version.title, version.document_number), rows)
    try:
        pack = policy_pack(text, shipped_vocabulary())
    except YulinError as error:
        raise CriteriaRuleError(policy=version.policy.key, found=str(error.message)) from error
    return PolicyCriteria.objects.create(
        policy=version.policy, version=version, number=_last_number(version) + 1, rows=plain_rows(rows), pack=text,
        pack_version=pack.version, made_by_id=maker_id, made_by_name=name or actor.name, note=note,
    )  # fmt: skip


def _last_number(version: PolicyVersion) -> int:
    return int(version.policy.criteria.aggregate(last=Max("number"))["last"] or 0)


def _person(actor: Actor, action: Action) -> int:
    if not actor.may(action) or actor.user_id is None:
        raise NotAllowedError(action=str(action), role=str(actor.role))
    return actor.user_id


def ask_for_radar(*, on: date) -> RadarRun | None:
    """Return the last finished run; where it is old, a new one is put into the queue once.

    Effects: at most one task.
    """
    run = latest_radar()
    if radar_is_old(run, on=on) or policies_without_criteria().exists():
        defer("brain.compute_radar", once_as="brain.compute_radar")
    return run


def compute_radar(*, actor: Actor, on: date) -> RadarRun:
    """Decide all firms against all live policies, some firms at a time; what stopped goes on, what holds stays.

    Raises: BRAIN.RADAR.RUNNING where another process moves the same run.
    Effects: a table in the storage for some firms each, the run with its counts, an audit row; the oldest runs go.
    """
    kept = latest_radar()
    if kept is not None and not radar_is_old(kept, on=on):
        return kept
    policies = radar_policies(on)
    packs = policies.packs
    run = _run_to_go_on(on, policies)
    parts = said_in_parts(on=on, known_at=run.asked_at, after=run.last_firm)
    while some := [_facts_and_places(part, on) for part in islice(parts, PARTS_AT_ONCE)]:
        facts, places = (pl.concat(each, how="diagonal_relaxed") for each in zip(*some, strict=True))
        run = _keep_part(run, packs, _decided(policies, facts, on).join(places, on="firm_id", how="inner"))
    with transaction.atomic():
        run.computed_at = clock.now()
        run.save(update_fields=["computed_at"])
        facts_said = {"on": on.isoformat(), "firms": run.firms_done, "policies": len(packs)}
        record_audit(actor=actor, action="brain.compute_radar", subject=("radar", run.pk), facts=facts_said)
        _forget_old_runs()
    return run


def _decided(policies: RadarPolicies, facts: pl.DataFrame, on: date) -> pl.DataFrame:
    return radar_table(policies.packs, facts, on, policies.over_packs)


def _facts_and_places(part: Part, on: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what is said of some firms as columns, and their districts."""
    places = pl.DataFrame(
        [(firm, code or "") for firm, code in part.firms],
        schema={"firm_id": pl.Int64, "district_code": pl.String}, orient="row",
    )  # fmt: skip
    return radar_facts(part.said, part.firms, shipped_vocabulary(), on), places


def _run_to_go_on(on: date, policies: RadarPolicies) -> RadarRun:
    """Return the unfinished run that would find the same, or a new one."""
    versions, last = policies.versions, last_statement_id()
    begun = RadarRun.objects.filter(on=on, computed_at=None, last_statement=last).order_by("-pk").first()
    if begun is not None and begun.packs == versions:
        return begun
    return RadarRun.objects.create(
        on=on, asked_at=clock.now(), last_statement=last, packs=versions, firms_total=firm_count()
    )


@transaction.atomic
def _keep_part(run: RadarRun, packs: Sequence[Pack], table: pl.DataFrame) -> RadarRun:
    kept = RadarRun.objects.select_for_update().filter(pk=run.pk).first()
    if kept is None or kept.last_firm != run.last_firm or kept.computed_at is not None:
        raise RadarRunningError(run=run.pk)
    for pack, districts in radar_counts(packs, table).items():
        own = kept.counts.setdefault(pack, {})
        for code, counts in districts.items():
            own[code] = [a + b for a, b in zip(own.get(code, [0] * len(counts)), counts, strict=True)]
    for code, count in table.group_by("district_code").len().iter_rows():
        kept.firms[code] = kept.firms.get(code, 0) + count
    kept.tables = [*kept.tables, keep_table("radar", table)]
    kept.last_firm, kept.firms_done = int(table["firm_id"].max() or 0), kept.firms_done + table.height  # type: ignore[arg-type]
    kept.save()
    return kept


def _forget_old_runs() -> None:
    finished = RadarRun.objects.filter(computed_at__isnull=False).order_by("-pk")
    keep = [one.pk for one in finished[:KEPT_RUNS]]
    for old in RadarRun.objects.exclude(pk__in=keep):
        for table in old.tables:
            transaction.on_commit(lambda name=table: drop_table(name))  # type: ignore[misc]  # the name of this turn
        old.delete()


def export_entitled(
    *, actor: Actor, run: RadarRun, policy_id: int, standing: str, file_format: str
) -> Iterator[RadarFirm]:
    """Return the whole list for a file.

    Effects: an audit row that says which list was taken, by whom, and how many firms it held.
    """
    ids = list(listed_firms(actor, run, policy_id, standing).ids)
    facts = {"policy": policy_id, "standing": standing, "format": file_format, "firms": len(ids)}
    with transaction.atomic():
        record_audit(actor=actor, action="brain.export_radar", subject=("radar", run.pk), facts=facts)
    rest = iter(ids)
    listed = listed_firms(actor, run, policy_id, standing)
    while some := list(islice(rest, _AT_ONCE)):
        yield from listed.firms(some)
