"""The authority lets a partner show portraits in a system of its own: one person proposes, another approves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.db import transaction
from django.urls import reverse

from yulin.atlas.core.outlets import origin_of
from yulin.atlas.core.usage_bill import Prices
from yulin.atlas.enums import OutletEndReason
from yulin.atlas.errors.outlets import OutletDecidedError, OutletNotFoundError, OutletSameHandsError, OutletUnclearError
from yulin.atlas.models import Outlet, OutletDecision, OutletEnd
from yulin.atlas.selectors.outlets import outlets_in_force
from yulin.atlas.selectors.rights import possible_partners
from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import notify, record_audit, settle_notices
from yulin.rules.adapters.shipped import shipped_vocabulary

MOST_PER_MINUTE = 6_000
MOST_PRICE = 1_000_000  # fen, and free requests a month
_ABOUT = "outlet"


@dataclass(frozen=True)
class NewOutlet:
    """Whose terms, which facts (without years), origins as browsers say them, how often, news' address, prices."""

    organisation_id: int
    facts: frozenset[str]
    origins: Sequence[str]
    per_minute: int
    reason: str
    feed_url: str = ""
    prices: Prices = field(default_factory=Prices)


@transaction.atomic
def propose_outlet(*, actor: Actor, asked: NewOutlet) -> Outlet:
    """Propose the terms of a partner; nothing opens until another person approves them.

    Raises: `PEOPLE.NOT_ALLOWED`, `ATLAS.OUTLET.UNCLEAR`.
    Effects: one `Outlet`; a notice to the proposer's organisation; audit row.
    """
    _require(actor, Action.PROPOSE_OUTLETS)
    origins = _checked(asked)
    known = [fact.alias for fact in shipped_vocabulary().facts.values()]
    made = Outlet.objects.create(
        organisation_id=asked.organisation_id,
        facts=[fact for fact in known if fact in asked.facts],
        origins=origins,
        per_minute=asked.per_minute,
        feed_url=asked.feed_url.strip(),
        look_price_fen=asked.prices.look_fen,
        news_price_fen=asked.prices.news_fen,
        free_a_month=asked.prices.free_a_month,
        reason=asked.reason.strip(),
        proposed_by_id=actor.user_id,
        proposed_by_name=actor.name[:120],
    )
    if actor.organisation_id is not None:
        title = Text("审批场景接入：%(who)s", "Decide on an outlet: %(who)s")
        notify(
            actor=actor, organisation_id=actor.organisation_id, kind="atlas.outlet",
            title=title.with_values(who=made.organisation.name_zh), path=reverse("atlas:outlet", args=[made.pk]),
            about=(_ABOUT, made.pk),
        )  # fmt: skip
    facts = {"organisation": made.organisation_id, "facts": made.facts, "origins": origins, "feed": made.feed_url}
    facts |= {"look_fen": made.look_price_fen, "news_fen": made.news_price_fen, "free_a_month": made.free_a_month}
    record_audit(actor=actor, action="atlas.propose_outlet", subject=(_ABOUT, made.pk), facts=facts)
    return made


def _checked(asked: NewOutlet) -> list[str]:
    """Return the origins as browsers say them, after checking that the terms are whole."""
    if not possible_partners().filter(pk=asked.organisation_id).exists():
        raise OutletUnclearError(found="", needed=Text("一家合作机构", "a partner organisation"))
    unknown = asked.facts - {fact.alias for fact in shipped_vocabulary().facts.values()}
    if not asked.facts or unknown:
        needed = Text("词表中的至少一项事实", "at least one fact, of the vocabulary")
        raise OutletUnclearError(found=", ".join(sorted(unknown)), needed=needed)
    if not 1 <= asked.per_minute <= MOST_PER_MINUTE:
        needed = Text(f"每分钟1至{MOST_PER_MINUTE}次", f"a rate of 1 to {MOST_PER_MINUTE} a minute")
        raise OutletUnclearError(found=str(asked.per_minute), needed=needed)
    prices = (asked.prices.look_fen, asked.prices.news_fen, asked.prices.free_a_month)
    if not all(0 <= one <= MOST_PRICE for one in prices):
        needed = Text(f"价格（分）和免费次数为0至{MOST_PRICE}", f"prices in fen and free requests of 0 to {MOST_PRICE}")
        raise OutletUnclearError(found=str(prices), needed=needed)
    if not asked.reason.strip():
        raise OutletUnclearError(found="", needed=Text("事由", "a reason"))
    if asked.feed_url.strip() and not _is_address(asked.feed_url.strip()):
        needed = Text("http或https推送地址，不带用户名", "an http or https address without a user name")
        raise OutletUnclearError(found=asked.feed_url, needed=needed)
    origins = []
    for written in asked.origins:
        origin = origin_of(written)
        if origin is None:
            needed = Text("如https://bank.example的来源", "an origin such as https://bank.example")
            raise OutletUnclearError(found=written, needed=needed)
        origins.append(origin)
    return list(dict.fromkeys(origins))


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


@transaction.atomic
def decide_outlet(*, actor: Actor, outlet_id: int, is_approved: bool, reasons: str = "") -> OutletDecision:
    """Approve a partner's terms or turn them down; approved, they replace those in force before.

    Raises: `PEOPLE.NOT_ALLOWED`, `ATLAS.OUTLET.NOT_FOUND`, `ATLAS.OUTLET.DECIDED`, `ATLAS.OUTLET.SAME_HANDS`,
    `ATLAS.OUTLET.UNCLEAR` (turned down without a reason).
    Effects: one `OutletDecision`; the `OutletEnd` of what it replaces; a notice to the partner; audit row.
    """
    _require(actor, Action.APPROVE_OUTLETS)
    outlet = _held(outlet_id)
    if OutletDecision.objects.filter(outlet=outlet).exists() or OutletEnd.objects.filter(outlet=outlet).exists():
        raise OutletDecidedError(outlet=outlet_id)
    if outlet.proposed_by_id is not None and outlet.proposed_by_id == actor.user_id:
        raise OutletSameHandsError(outlet=outlet_id)
    if not is_approved and not reasons.strip():
        raise OutletUnclearError(found="", needed=Text("不同意的理由", "the reason for turning it down"))
    if is_approved:
        # Locked in the order of their keys, so that two approvals for one partner take turns.
        list(Outlet.objects.filter(organisation=outlet.organisation_id).order_by("pk").select_for_update())
        for before in outlets_in_force().filter(organisation=outlet.organisation_id):
            OutletEnd.objects.create(outlet=before, why=str(OutletEndReason.REPLACED), ended_by_name=actor.name[:120])
    decided = OutletDecision.objects.create(
        outlet=outlet,
        is_approved=is_approved,
        reasons=reasons.strip(),
        decided_by_id=actor.user_id,
        decided_by_name=actor.name[:120],
    )
    settle_notices(about=(_ABOUT, outlet.pk))
    if is_approved:
        _tell_partner(actor, outlet, Text("场景接入已开通", "Your outlet is open"))
    record_audit(
        actor=actor, action="atlas.decide_outlet", subject=(_ABOUT, outlet.pk), facts={"is_approved": is_approved}
    )
    return decided


@transaction.atomic
def end_outlet(*, actor: Actor, outlet_id: int) -> OutletEnd:
    """Take a partner's terms back: no link made under them opens any more. Done twice, done once.

    Raises: `PEOPLE.NOT_ALLOWED`, `ATLAS.OUTLET.NOT_FOUND`.
    Effects: one `OutletEnd`; a notice to the partner; audit row.
    """
    _require(actor, Action.PROPOSE_OUTLETS)
    outlet = _held(outlet_id)
    ended, is_new = OutletEnd.objects.get_or_create(
        outlet=outlet, defaults={"why": str(OutletEndReason.REVOKED), "ended_by_name": actor.name[:120]}
    )
    if is_new:
        settle_notices(about=(_ABOUT, outlet.pk))
        _tell_partner(actor, outlet, Text("场景接入已终止", "Your outlet is closed"))
        record_audit(actor=actor, action="atlas.end_outlet", subject=(_ABOUT, outlet.pk))
    return ended


def _held(outlet_id: int) -> Outlet:
    found = Outlet.objects.select_for_update(of=("self",)).filter(pk=outlet_id).select_related("organisation").first()
    if found is None:
        raise OutletNotFoundError(outlet=outlet_id)
    return found


def _tell_partner(actor: Actor, outlet: Outlet, title: Text) -> None:
    path = reverse("atlas:outlet", args=[outlet.pk])
    notify(actor=actor, organisation_id=outlet.organisation_id, kind="atlas.outlet", title=title, path=path)


def _require(actor: Actor, action: Action) -> None:
    if not actor.may(action):
        raise NotAllowedError(action=str(action), role=str(actor.role))
