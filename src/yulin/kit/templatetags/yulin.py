"""Tags and filters of every template: two languages side by side, amounts, ratios, days, verdicts, deadlines, forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, Select, SelectMultiple
from django.forms.forms import BaseForm
from django.template.context import RequestContext
from django.urls import translate_url
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from yulin.base.articles import article_en
from yulin.base.text import OWN_CURRENCY, Text, numbered
from yulin.kit import speech

register = template.Library()

_FAR_WORKDAYS = 200  # beyond which a day without its year could be this year's or the next's
_VERDICT_ICONS = {"ok": "ok", "warn": "warn", "bad": "no", "unk": "unk", "idle": "clock"}


@register.simple_tag
def t(zh: str, en: str, **values: Any) -> SafeString:
    """Say one of two sentences, with `%(name)s` places filled in; the sentences and the values are escaped.

    In English `{n:loan|loans}` says the word that fits the value of `n`.
    """
    text = Text(zh, en).in_currency(speech.spoken_currency())
    sentence = conditional_escape(numbered(text.en, values) if speech.is_english() else text.zh)
    if not values:
        return mark_safe(sentence)
    said = {name: conditional_escape(speech.say(v) if isinstance(v, Text) else v) for name, v in values.items()}
    return mark_safe(sentence % said)


@register.filter
def say(text: Any) -> str:
    """Render a `Text` in the language of the page."""
    return "" if text is None else speech.say(text)


@register.filter
def cited(clause: str) -> str:
    """Render a place in a law as people cite it: as it is written, or Art. 19(3) in English."""
    return article_en(clause) if speech.is_english() else clause


@register.filter
def wan(fen: int | None) -> str:
    """Render an amount in 万元 (ten thousands), without its unit: that stands in the column's head."""
    if fen is None:
        return speech.MISSING
    return _amount(fen, "", speech.scaled(fen, speech.FEN_PER_WAN), "")


@register.filter
def money(fen: int | None) -> str:
    """Render an amount with the unit that fits it: 万元 or 亿元, CNY m or bn."""
    return speech.MISSING if fen is None else _amount(fen, *speech.money_parts(fen))


@register.filter
def yuan(fen: int | None) -> str:
    """Render an amount in full yuan and fen, as settlements, payouts and vouchers show it."""
    if fen is None:
        return speech.MISSING
    return format_html('<data value="{}">{}</data>', fen, speech.yuan(fen))


@register.filter
def money_in(fen: int | None, currency: str) -> str:
    """Render an amount of a currency with the unit that fits it."""
    return speech.MISSING if fen is None else _amount(fen, *speech.money_parts(fen, currency))


@register.filter
def beside_in(fen: int | None, currency: str) -> str:
    """Render an amount in full below a head in yuan: bare in yuan, else with its own currency."""
    if fen is None:
        return speech.MISSING
    return format_html('<data value="{}">{}</data>', fen, speech.amount_beside(fen, currency))


@register.filter
def wan_in(fen: int | None, currency: str) -> str:
    """Render an amount below a head in 万元: in ten thousands of yuan, else in full with its own currency."""
    return wan(fen) if fen is None or currency == OWN_CURRENCY else beside_in(fen, currency)


@register.filter
def in_all(sums: Mapping[str, int]) -> str:
    """Render sums of several currencies, which never add up, one beside the other."""
    return format_html_join(" + ", "{}", ((money_in(fen, currency),) for currency, fen in sorted(sums.items())))


@register.filter
def wan_all(sums: Mapping[str, int]) -> str:
    """Render sums of several currencies below a head in 万元, one beside the other."""
    return format_html_join(" + ", "{}", ((wan_in(fen, currency),) for currency, fen in sorted(sums.items())))


@register.filter
def in_full(fen: int | None, currency: str) -> str:
    """Render an amount in full with its currency."""
    if fen is None:
        return speech.MISSING
    return format_html('<data value="{}">{}</data>', fen, speech.full_amount(fen, currency))


@register.filter
def percent(share_bp: int | None) -> str:
    """Render basis points as a percentage."""
    return speech.MISSING if share_bp is None else speech.percent(share_bp, per_whole=10_000)


@register.filter
def rate(rate_ppm: int | None) -> str:
    """Render an interest rate, in parts per million, as a percentage."""
    return speech.MISSING if rate_ppm is None else speech.percent(rate_ppm, per_whole=1_000_000)


@register.filter
def number(count: int | None) -> str:
    """Render a count with comma groups."""
    return speech.MISSING if count is None else f"{count:,}"


@register.filter
def day(moment: date | datetime | None) -> str:
    """Render a day."""
    if moment is None:
        return speech.MISSING
    return format_html('<time datetime="{}">{}</time>', speech.day_of(moment).isoformat(), speech.day(moment))


@register.filter
def instant(moment: datetime | None) -> str:
    """Render an instant in the business zone."""
    if moment is None:
        return speech.MISSING
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(timespec="seconds"), speech.instant(moment))


@register.simple_tag
def icon(name: str) -> SafeString:
    """Render an icon of the sprite; it says nothing to a screen reader, the word beside it does."""
    return format_html('<svg class="yl-i" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def verdict(state: str, zh: str | Text, en: str = "") -> SafeString:
    """Render a verdict: `ok`, `warn`, `bad`, `unk` or `idle`, with its word in both languages or a `Text`."""
    word = zh if isinstance(zh, Text) else Text(zh, en or zh)
    return format_html('<span class="yl-v yl-v--{}">{}{}</span>', state, icon(_VERDICT_ICONS[state]), speech.say(word))


@register.simple_tag
def deadline(due_on: date | None, workdays_left: int | None = None, *, is_stopped: bool = False) -> SafeString:
    """Render a deadline: working days left (or over) and the day; amber from three days on, red when over."""
    if due_on is None:
        return mark_safe(speech.MISSING)
    state, words = _deadline_words(workdays_left, is_stopped=is_stopped)
    at = speech.deadline_day(due_on, with_year=abs(workdays_left or 0) > _FAR_WORKDAYS)
    day_words = Text(f"{at}到期", f"was due {at}") if state == "over" else Text(f"{at}24:00", f"{at} 24:00")
    return format_html(
        '<time class="yl-due yl-due--{}" datetime="{}"><b>{}</b><small>{}</small></time>',
        state,
        due_on.isoformat(),
        speech.say(words),
        speech.say(day_words),
    )


@register.simple_tag
def field(bound: BoundField, **attributes: Any) -> SafeString:
    """Render a form field: label, hint, control, and its errors tied to it."""
    ids = [f"{bound.id_for_label}-hint"] if bound.help_text else []
    ids += [f"{bound.id_for_label}-error"] if bound.errors else []
    attrs = {"class": _control_class(bound), **{key.replace("_", "-"): value for key, value in attributes.items()}}
    if ids:
        attrs["aria-describedby"] = " ".join(ids)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return format_html(
        '<div class="yl-field{}">{}{}{}{}</div>',
        mark_safe(" yl-field--bad" if bound.errors else ""),
        _label(bound),
        bound.as_widget(attrs=attrs),
        format_html('<p class="form-hint" id="{}-hint">{}</p>', bound.id_for_label, say(bound.help_text))
        if bound.help_text
        else "",
        format_html(
            '<p class="yl-err" id="{}-error">{} {}</p>',
            bound.id_for_label,
            icon("warn"),
            " ".join(map(str, bound.errors)),
        )
        if bound.errors
        else "",
    )


@register.simple_tag
def form_errors(form: BaseForm) -> SafeString:
    """Render the summary of a form's errors, with links to the fields; nothing when there are none."""
    if not form.errors:
        return mark_safe("")
    places = [
        (
            form[name].id_for_label,
            f"{say(form[name].label)}：{message}" if not speech.is_english() else f"{say(form[name].label)}: {message}",
        )
        for name, messages in form.errors.items()
        if name in form.fields
        for message in messages
    ]
    items = format_html_join("", '<li><a href="#{}">{}</a></li>', places)
    items += format_html_join("", "<li>{}</li>", ((message,) for message in form.non_field_errors()))
    count = len(places) + len(form.non_field_errors())
    title = speech.say(Text(f"有{count}处要改", f"{count} to correct"))
    return format_html(
        '<div class="yl-errors" role="alert" tabindex="-1"><h3>{}</h3><ul class="mt-1 mb-0">{}</ul></div>', title, items
    )


@register.simple_tag(takes_context=True)
def in_other_language(context: RequestContext) -> str:
    """Return the address of this page in the other language."""
    request = context["request"]
    return translate_url(request.get_full_path(), "zh-hans" if speech.is_english() else "en")


def _amount(fen: int, before: str, figure: str, unit: str) -> SafeString:
    tail = format_html('<i class="yl-u">{}</i>', unit.strip()) if unit else ""
    return format_html('<data value="{}" title="{}">{}{}{}</data>', fen, speech.full_amount(fen), before, figure, tail)


def _deadline_words(left: int | None, *, is_stopped: bool) -> tuple[str, Text]:
    if is_stopped:
        return "hold", Text("停表", "clock stopped")
    if left is None:
        return "ok", Text("期限", "due")
    if left < 0:
        over = -left
        return "over", Text("超%(n)s个工作日", "%(n)s working {n:day|days} over").with_values(n=over)
    if left == 0:
        return "soon", Text("今天到期", "due today")
    return "soon" if left <= 3 else "ok", Text("剩%(n)s个工作日", "%(n)s working {n:day|days} left").with_values(n=left)


def _control_class(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, Select | SelectMultiple) else "form-control"


def _label(bound: BoundField) -> SafeString:
    is_marked = not bound.field.required and not getattr(bound.form, "is_all_optional", False)
    optional = speech.say(Text("（可不填）", " (optional)")) if is_marked else ""
    return format_html(
        '<label class="form-label" for="{}">{}{}</label>', bound.id_for_label, say(bound.label), optional
    )
