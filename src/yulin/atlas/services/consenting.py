"""A firm lets an organisation read some of its facts, and takes that back at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse

from yulin.atlas.errors import ConsentUnclearError
from yulin.atlas.models import Consent, ConsentRevocation, Firm
from yulin.atlas.selectors.rights import consent_of, own_firm_of, possible_partners
from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.services import notify, record_audit
from yulin.rules.adapters.shipped import shipped_vocabulary


@dataclass(frozen=True)
class NewConsent:
    """To whom, for which classes of facts, for what, up to which day (not included)."""

    organisation_id: int
    classes: frozenset[str]
    purpose: str
    valid_until: date


@transaction.atomic
def give_consent(*, actor: Actor, asked: NewConsent) -> Consent:
    """Let an organisation read classes of the actor's own firm, and return the consent.

    Raises: `ATLAS.FIRM.NOT_FOUND`, `ATLAS.CONSENT.UNCLEAR`.
    Effects: one `Consent`; a notice to the organisation; audit row.
    """
    firm = own_firm_of(actor)
    _check(asked)
    given = Consent.objects.create(
        firm=firm,
        organisation_id=asked.organisation_id,
        classes=_in_order(asked.classes),
        purpose=asked.purpose.strip(),
        valid_until=asked.valid_until,
        given_by_id=actor.user_id,
    )
    _tell(actor, firm, given, Text("%(firm)s授权本机构查看其画像", "%(firm)s lets you read its portrait"))
    facts = {"organisation": given.organisation_id, "classes": given.classes, "until": given.valid_until.isoformat()}
    record_audit(actor=actor, action="atlas.give_consent", subject=("consent", given.pk), facts=facts)
    return given


def _check(asked: NewConsent) -> None:
    if not possible_partners().filter(pk=asked.organisation_id).exists():
        raise ConsentUnclearError(needed=Text("一家可授权的机构", "an organisation that can be let in"))
    if not asked.classes or asked.classes - set(shipped_vocabulary().groups):
        raise ConsentUnclearError(needed=Text("至少一类已有的事实", "at least one class of facts that there is"))
    if not asked.purpose.strip():
        raise ConsentUnclearError(needed=Text("用途", "the purpose"))
    if asked.valid_until <= clock.business_date():
        raise ConsentUnclearError(needed=Text("今日之后的截止日", "an end after today"))


def _in_order(classes: Iterable[str]) -> list[str]:
    return [group for group in shipped_vocabulary().groups if group in classes]


@transaction.atomic
def revoke_consent(*, actor: Actor, consent_id: int) -> Consent:
    """Take a consent of the actor's own firm back; what was revoked before stays as it is.

    Raises: `ATLAS.FIRM.NOT_FOUND`, `ATLAS.CONSENT.NOT_FOUND`.
    Effects: one `ConsentRevocation`; a notice to the organisation; audit row.
    """
    firm = own_firm_of(actor)
    consent = consent_of(firm, consent_id)
    _, is_new = ConsentRevocation.objects.get_or_create(consent=consent, defaults={"revoked_by_id": actor.user_id})
    if is_new:
        _tell(actor, firm, consent, Text("%(firm)s撤回了对本机构的授权", "%(firm)s has taken its consent back"))
        record_audit(actor=actor, action="atlas.revoke_consent", subject=("consent", consent.pk))
    return consent


def _tell(actor: Actor, firm: Firm, consent: Consent, title: Text) -> None:
    notify(
        actor=actor,
        organisation_id=consent.organisation_id,
        kind="atlas.consent",
        title=title.with_values(firm=firm.name),
        path=reverse("atlas:open-portraits"),
    )
