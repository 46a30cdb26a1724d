"""Filters that say what a code is called: districts, securities, industries, sectors, facts."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yulin.base.text import OWN_CURRENCY, Text
from yulin.kit.speech import MISSING, full_amount, say, unit_word
from yulin.kit.templatetags.yulin import beside_in, verdict, wan_in
from yulin.pool.core import names
from yulin.pool.core.assignment.kinds import KIND_LAWS
from yulin.pool.core.assignment.package import PACKAGE_NAMES, PACKAGE_VERDICTS
from yulin.pool.core.claims.states import STATE_NAMES, STATE_VERDICTS
from yulin.pool.core.words import party_word
from yulin.pool.enums import AssignmentKind, BatchState, ClaimState, PackageState, SubsidyState, VoucherState
from yulin.pool.selectors.claim_page import VOUCHER_NAMES
from yulin.pool.selectors.partners import scheme_currencies, scheme_titles
from yulin.pool.selectors.payouts import BATCH_STATES, OUTCOMES, UNANSWERED
from yulin.pool.selectors.subsidies import SUBSIDY_STATES
from yulin.web import facts

register = template.Library()


@register.filter
def district_name(code: str | None) -> str:
    """Say a district."""
    return say(names.district_name(code))


@register.filter
def member_name(code: str | None, closed_list: str) -> str:
    """Say a member of a closed list of the vocabulary; a code that is not in it stands for itself."""
    return say(facts.list_names(closed_list).get(code or "") or Text(code or "—", code or "—"))


@register.filter
def fact_names(names: Iterable[str]) -> str:
    """Say what facts are called, in one line."""
    return say(facts.fact_names(names))


@register.simple_tag(takes_context=True)
def scheme_name(context: Context, scheme_id: str) -> SafeString:
    """Say a scheme by its latest title, its code below it; the titles are read once a page."""
    titles = context.render_context.get("scheme_titles") or scheme_titles()
    context.render_context["scheme_titles"] = titles
    title = titles.get(scheme_id)
    code = format_html('<span class="yl-id">{}</span>', scheme_id)
    return format_html('<span class="yl-name">{}</span><small>{}</small>', say(title), code) if title else code


def _currency(context: Context, scheme_id: str) -> str:
    """Return a scheme's currency; the currencies are read once a page."""
    found = context.render_context.get("scheme_currencies")
    if found is None:
        found = context.render_context["scheme_currencies"] = scheme_currencies()
    return str(found.get(scheme_id, OWN_CURRENCY))


@register.simple_tag(takes_context=True)
def amount(context: Context, fen: int | str | None, scheme_id: str) -> SafeString:
    """Say an amount in full in the currency of its scheme; what is not there as a dash."""
    if not isinstance(fen, int):
        return format_html("{}", MISSING)
    return format_html('<data value="{}">{}</data>', fen, full_amount(fen, _currency(context, scheme_id)))


@register.simple_tag(takes_context=True)
def beside(context: Context, fen: int | None, scheme_id: str) -> SafeString:
    """Say an amount in full below a head in yuan: bare where its scheme is in yuan, else with its own currency."""
    return SafeString(beside_in(fen, _currency(context, scheme_id)))


@register.simple_tag(takes_context=True)
def wan_beside(context: Context, fen: int | None, scheme_id: str) -> SafeString:
    """Say an amount below a head in 万元: in ten thousands where its scheme is in yuan, else in full, with currency."""
    return SafeString(wan_in(fen, _currency(context, scheme_id)))


@register.simple_tag(takes_context=True)
def scheme_unit(context: Context, scheme_id: str) -> str:
    """Say in what a scheme's amounts are written, for the head of a column."""
    return unit_word(_currency(context, scheme_id))


@register.simple_tag
def claim_state(state: str) -> SafeString:
    """Say a claim's state as a verdict."""
    return verdict(STATE_VERDICTS[ClaimState(state)], STATE_NAMES[ClaimState(state)])


@register.simple_tag
def package_state(state: str) -> SafeString:
    """Say the state of a package of debts as a verdict."""
    return verdict(PACKAGE_VERDICTS[PackageState(state)], PACKAGE_NAMES[PackageState(state)])


@register.simple_tag
def assignment_kind(kind: str) -> str:
    """Say how debts are assigned."""
    return say(KIND_LAWS[AssignmentKind(kind)].name)


@register.simple_tag
def voucher_state(state: str) -> SafeString:
    """Say a voucher's state as a verdict."""
    tone, name = VOUCHER_NAMES[VoucherState(state)]
    return verdict(tone, name)


@register.simple_tag
def subsidy_state(state: str) -> SafeString:
    """Say where an insurer's subsidy stands as a verdict."""
    tone, name = SUBSIDY_STATES[SubsidyState(state)]
    return verdict(tone, name)


@register.simple_tag
def batch_state(state: str) -> SafeString:
    """Say the state of a batch of payments as a verdict."""
    tone, name = BATCH_STATES[BatchState(state)]
    return verdict(tone, name)


@register.simple_tag
def order_outcome(outcome: str, state: str) -> SafeString:
    """Say what became of a payment of a batch in a state as a verdict."""
    is_open = outcome == "unknown" and state in UNANSWERED
    tone, name = UNANSWERED[BatchState(state)] if is_open else OUTCOMES[outcome]
    return verdict(tone, name)


@register.simple_tag
def party_name(party: str) -> str:
    """Say what a party of a loss is called."""
    return say(party_word(party))
