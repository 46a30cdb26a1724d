"""Every write of packs: draft, publish, withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q

from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.rules.adapters.shipped import shipped_texts, shipped_vocabulary
from yulin.rules.adapters.trade import cases_run
from yulin.rules.core.load import load_pack
from yulin.rules.enums import PackState
from yulin.rules.errors import (
    NotADraftError,
    PackCasesFailError,
    PackCurrencyError,
    PackOverlapError,
    SameHandsError,
    UnknownPackError,
)
from yulin.rules.models import PublishedPack
from yulin.rules.selectors import SCHEME, interval_text, loaded_pack


@transaction.atomic
def draft_pack(
    *, actor: Actor, texts: Mapping[str, str], manager_values: Mapping[str, Any] | None = None
) -> PublishedPack:
    """Keep a version as a draft; every defect of its text is refused here.

    Raises: RULES.PACK.*, RULES.EXPRESSION.*, PEOPLE.NOT_ALLOWED.
    Effects: one `PublishedPack` in draft; audit row. The same text drafted again is the same draft.
    """
    maker_id = person_who_may(actor, Action.DRAFT_PACK)
    pack = load_pack(texts, shipped_vocabulary(), manager_values)
    same = PublishedPack.objects.exclude(state=PackState.WITHDRAWN.value).filter(
        pack_id=pack.id, version=pack.version, manager_values=dict(manager_values or {})
    )
    if found := same.first():
        return found
    draft = PublishedPack.objects.create(
        pack_id=pack.id,
        version=pack.version,
        kind=pack.kind,
        title_zh=pack.title.zh,
        title_en=pack.title.en,
        document=pack.document,
        currency=pack.currency,
        content=dict(texts),
        manager_values=dict(manager_values or {}),
        effective_from=pack.effective_from,
        effective_until=pack.effective_until,
        made_by_id=maker_id,
    )
    record_audit(actor=actor, action="rules.draft_pack", subject=("pack", draft.pk), facts=_facts(draft))
    return draft


def draft_shipped_pack(*, actor: Actor, pack_id: str, manager_values: Mapping[str, Any] | None = None) -> PublishedPack:
    """Draft the version of a pack that ships with Yulin. Raises and effects: as `draft_pack`."""
    return draft_pack(actor=actor, texts=shipped_texts(pack_id), manager_values=manager_values)


@transaction.atomic
def publish_pack(*, actor: Actor, draft_id: int) -> PublishedPack:
    """Make a draft law, by a second person; the version in force before ends where the new one begins.

    Raises: RULES.PACK.NOT_A_DRAFT, RULES.PACK.SAME_HANDS, RULES.PACK.CASES_FAIL, RULES.PACK.OVERLAP,
    RULES.PACK.CURRENCY.
    Effects: the draft is published; an open earlier version gets its end; audit row.
    """
    checker_id = person_who_may(actor, Action.PUBLISH_PACK)
    draft = _locked_draft(draft_id)
    if draft.made_by_id == checker_id:
        raise SameHandsError(draft.pack_id, draft.made_by.name)
    _refuse_other_currency(draft)
    refuse_failing_cases(draft.pack_id, draft.content, draft.manager_values)
    ended = _end_earlier(draft)
    draft.state = PackState.PUBLISHED.value
    draft.checked_by_id = checker_id
    draft.published_at = clock.now()
    draft.save(update_fields=["state", "checked_by", "published_at"])
    record_audit(
        actor=actor, action="rules.publish_pack", subject=("pack", draft.pk), facts={**_facts(draft), "ended": ended}
    )
    return draft


@transaction.atomic
def withdraw_draft(*, actor: Actor, draft_id: int) -> PublishedPack:
    """Take a draft back.

    Raises: RULES.PACK.NOT_A_DRAFT, PEOPLE.NOT_ALLOWED.
    Effects: the draft is withdrawn and kept; audit row.
    """
    person_who_may(actor, Action.DRAFT_PACK)
    draft = _locked_draft(draft_id)
    draft.state = PackState.WITHDRAWN.value
    draft.save(update_fields=["state"])
    record_audit(actor=actor, action="rules.withdraw_draft", subject=("pack", draft.pk), facts=_facts(draft))
    return draft


def person_who_may(actor: Actor, action: Action) -> int:
    """Return the user of an actor who has a right. Raises: PEOPLE.NOT_ALLOWED."""
    if actor.user_id is None or not actor.may(action):
        raise NotAllowedError(action=str(action), role=str(actor.role))
    return actor.user_id


def _locked_draft(draft_id: int) -> PublishedPack:
    draft = PublishedPack.objects.select_for_update(of=("self",)).select_related("made_by").filter(pk=draft_id).first()
    if draft is None:
        raise UnknownPackError(str(draft_id), ())
    if draft.state != PackState.DRAFT.value:
        raise NotADraftError(draft.pack_id, draft.state)
    return draft


def refuse_failing_cases(pack_id: str, texts: Mapping[str, str], manager_values: Mapping[str, Any]) -> None:
    """Refuse a version of which a case does not come out, a scheme's of losses and fees too.

    Raises: RULES.PACK.CASES_FAIL, and what loading raises.
    """
    results = [each for each in cases_run(texts, manager_values) if not each.holds]
    if results:
        raise PackCasesFailError(pack_id, [each.says for each in results])


def _refuse_other_currency(draft: PublishedPack) -> None:
    """Refuse a version in another currency than the pack's other versions, what it tops up, or what tops it up.

    Raises: RULES.PACK.CURRENCY.
    """
    on_top = _topped_up(draft)
    others = [
        one for one in PublishedPack.objects.published() if one.pack_id in on_top or draft.pack_id in _topped_up(one)
    ]
    others += PublishedPack.objects.published().filter(pack_id=draft.pack_id)
    other = next((one for one in others if one.currency != draft.currency), None)
    if other is not None:
        raise PackCurrencyError(draft.pack_id, found=draft.currency, needed=other.currency, other=other.pack_id)


def _topped_up(version: PublishedPack) -> tuple[str, ...]:
    scheme = loaded_pack(version).scheme if version.kind == SCHEME else None
    return tuple(scheme.on_top_of.packs) if scheme and scheme.on_top_of else ()


def _end_earlier(draft: PublishedPack) -> list[int]:
    """End the open version before the draft; refuse an overlap that ending it does not mend."""
    others = PublishedPack.objects.published().select_for_update().filter(pack_id=draft.pack_id)
    overlapping = others.filter(Q(effective_until__isnull=True) | Q(effective_until__gt=draft.effective_from))
    if draft.effective_until is not None:
        overlapping = overlapping.filter(effective_from__lt=draft.effective_until)
    ended = []
    for other in overlapping:
        if other.effective_from >= draft.effective_from:
            raise PackOverlapError(draft.pack_id, found=interval_text(draft), other=interval_text(other))
        _end(other, draft.effective_from)
        ended.append(other.pk)
    return ended


def _end(version: PublishedPack, until: date) -> None:
    version.effective_until = until
    version.save(update_fields=["effective_until"])


def _facts(version: PublishedPack) -> dict[str, Any]:
    return {
        "pack": version.pack_id,
        "version": version.version,
        "from": version.effective_from.isoformat(),
        "until": version.effective_until.isoformat() if version.effective_until else None,
        "manager_values": version.manager_values,
    }
