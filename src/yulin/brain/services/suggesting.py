"""Criteria proposed by a model outside, where the operator has named one: asked for by a person, in the background.

It is sent the published text of one policy and nothing else. What it proposes stands only with a quote of that text;
the set waits in the name of the person who asked, so that another confirms it.
"""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.brain.adapters.model_endpoint import answer_of, model_host
from yulin.brain.core.criteria import About, pack_text, policy_pack
from yulin.brain.core.criteria_reading import UNREAD, Criterion
from yulin.brain.core.proposals import Proposed, messages_of, proposals_in, put_together
from yulin.brain.enums import CriteriaState
from yulin.brain.errors import CriteriaStateError, ModelAnswerError, PolicyNotFoundError
from yulin.brain.models import Policy, PolicyCriteria, PolicyVersion
from yulin.brain.services._askers import carried
from yulin.brain.services.radar import propose_criteria
from yulin.kit.tasks import defer
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import notify, record_audit
from yulin.rules.adapters.shipped import shipped_vocabulary


@transaction.atomic
def ask_for_criteria(*, actor: Actor, policy_id: int) -> None:
    """Put a question to the model outside into the queue; while it waits it is not asked again.

    Raises: PEOPLE.NOT_ALLOWED, BRAIN.POLICY.NOT_FOUND, BRAIN.MODEL.ANSWER where no model is set up.
    Effects: a task; audit row with the host that receives the policy's text.
    """
    if not actor.may(Action.EDIT_POLICIES) or actor.user_id is None:
        raise NotAllowedError(action=str(Action.EDIT_POLICIES), role=str(actor.role))
    host, version = model_host(), _current(policy_id)
    if not host:
        raise ModelAnswerError(why=Text("没有配置外部模型", "no model is set up"))
    asked_by = carried(actor)
    once = f"brain.suggest_criteria:{policy_id}"
    if defer("brain.suggest_criteria", lock=once, once_as=once, policy_id=policy_id, asked_by=asked_by):
        facts = {"policy": version.policy.key, "version": version.number, "host": host}
        record_audit(actor=actor, action="brain.ask_for_criteria", subject=("policy_version", version.pk), facts=facts)


def suggest_criteria(*, actor: Actor, policy_id: int) -> PolicyCriteria | None:
    """Ask the model outside for a policy's criteria, and propose those that quote it, beside the rows that stand.

    Effects: a set of criteria that waits, in the actor's name; or a notice to the actor that says why there is none.
    """
    version = _current(policy_id)
    parts = [(part, text) for part, text in version.parts]
    vocabulary = shipped_vocabulary()
    try:
        answer = answer_of(messages_of(version.title, parts, vocabulary.facts))
    except ModelAnswerError as refusal:
        return _tell_why(actor, version, refusal.why)
    proposed = proposals_in(answer, parts)
    if proposed is None:
        return _tell_why(actor, version, Text("回答不是约定的JSON", "its answer is not the JSON that was agreed on"))
    if not proposed.rows:
        why = Text("%(n)s条建议的引文都不在文中", "none of its %(n)s proposals quotes the text")
        return _tell_why(actor, version, why.with_values(n=proposed.dropped))
    return _proposed(actor, version, proposed)


def _proposed(actor: Actor, version: PolicyVersion, proposed: Proposed) -> PolicyCriteria | None:
    sets = list(version.policy.criteria.order_by("-number"))
    stands = next(
        (one for one in sets if one.state in {CriteriaState.PROPOSED.value, CriteriaState.CONFIRMED.value}), None
    )
    rows = put_together(stands.criteria if stands else [], [_read(one) for one in proposed.rows])
    note = f"外部模型（{model_host()}）提出{len(proposed.rows)}条，引文不在文中而丢弃{proposed.dropped}条"
    try:
        return propose_criteria(
            actor=actor, version_id=version.pk, base=sets[0].number if sets else 0, rows=rows, note=note
        )
    except CriteriaStateError as refusal:
        why = refusal.message
        return _tell_why(actor, version, why if isinstance(why, Text) else Text(why, why))


def _read(row: Criterion) -> Criterion:
    """Return a row with its rule, or left to a person where the rule is none that can be read."""
    if not row.that:
        return row
    try:
        policy_pack(pack_text(About(1, "policy", ""), [row]), shipped_vocabulary())
    except YulinError:
        return Criterion(row.quote, row.start, row.end, row.clause, "", UNREAD)
    return row


@transaction.atomic
def _tell_why(actor: Actor, version: PolicyVersion, why: Text) -> None:
    facts = {"policy": version.policy.key, "why": why.zh}
    record_audit(actor=actor, action="brain.fail_criteria", subject=("policy_version", version.pk), facts=facts)
    if actor.organisation_id is not None:
        title = Text("外部模型没有提出条件：%(title)s", "The model proposed no criteria: %(title)s")
        notify(
            actor=actor, organisation_id=actor.organisation_id, user_id=actor.user_id, kind="brain.suggest",
            title=title.with_values(title=version.title), body=why,
            path=reverse("brain:criteria", args=[version.policy_id]),
        )  # fmt: skip


def _current(policy_id: int) -> PolicyVersion:
    """Return a policy's published version. Raises: BRAIN.POLICY.NOT_FOUND."""
    policy = Policy.objects.select_related("current__policy").filter(pk=policy_id).first()
    if policy is None or policy.current is None:
        raise PolicyNotFoundError(policy=policy_id)
    return policy.current
