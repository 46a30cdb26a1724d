"""How the templates of firms name a source, classes of facts and the basis of a reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from yulin.atlas.core.panels import Panel, is_contested
from yulin.atlas.core.particulars import FORMS, kind_of, words_of
from yulin.atlas.core.portrait import FactShown, PortraitLine, value_text
from yulin.atlas.core.source_quality import WHOLE_BP
from yulin.atlas.core.statements import Said
from yulin.atlas.enums import FoundBy, ParticularKind, Problem
from yulin.atlas.selectors.entities import LABELS
from yulin.atlas.selectors.objections import Mark
from yulin.atlas.selectors.portrait import Portrait, SourcesNamed
from yulin.atlas.selectors.rights import basis_names, group_names
from yulin.base.text import Text
from yulin.kit.templatetags.yulin import day, percent, say

register = template.Library()

_CHANNELS = {
    "page": Text("网页", "Page"),
    "pdf": Text("PDF", "PDF"),
    "api": Text("接口", "API"),
    "export": Text("导出", "Export"),
    "answer": Text("贷前测算", "Pre-loan answer"),
    "predicate": Text("是否问答", "Yes-or-no question"),
    "embedded": Text("机构系统内嵌入", "Shown in the organisation's own system"),
    "feed": Text("变更推送", "News of changes"),
}
_SCHEDULES = {
    "daily": Text("每日", "daily"),
    "weekly": Text("每周", "weekly"),
    "monthly": Text("每月", "monthly"),
    "quarterly": Text("每季", "each quarter"),
    "yearly": Text("每年", "yearly"),
}
_SCALE_BP = 1_000  # a trend is drawn over the last ten points at least: a hundredth less is no cliff
_WAYS = {
    "widget": Text("页面框架", "Frame"),
    "link": Text("链接", "Link"),
    "feed": Text("变更接口", "Feed"),
    "webhook": Text("变更推送", "News sent"),
}
_SENDING_ERRORS = {
    "the receiver answered": "接收方答复",
    "no answer within": "规定时间内没有答复：",
    "a redirect": "不跟随跳转",
    "the address is private": "地址属于内网",
    "a public address needs https": "公网地址须用https",
}
_OUTCOMES = {
    "shown": Text("已展示", "shown"),
    "refused": Text("未获授权", "refused, no consent"),
    "limited": Text("超出频次", "refused, too many"),
}
_PROBLEMS = {
    Problem.CODE_MISSING: Text("没有代码", "No code"),
    Problem.CODE_WRONG: Text("代码校验不符", "Wrong code"),
    Problem.CODE_OF_PERSON: Text("个人身份证号码", "A person's number"),
    Problem.CODE_CHANGES_HANDS: Text("代码换了企业", "Code of another firm"),
    Problem.KEY_CONFLICT: Text("同一主键内容不一", "One key, two contents"),
    Problem.REQUIRED_MISSING: Text("缺必填值", "Required value missing"),
    Problem.TOO_LONG: Text("过长", "Too long"),
    Problem.UNREADABLE: Text("无法识读", "Unreadable"),
    Problem.FOREIGN_CURRENCY: Text("外币金额", "Foreign currency"),
    Problem.OUT_OF_BOUNDS: Text("超出范围", "Out of bounds"),
    Problem.IN_FUTURE: Text("日期在将来", "Day in the future"),
    Problem.WRONG_FORM: Text("格式不符", "Of another form"),
    Problem.NOT_LISTED: Text("不在列表中", "Not in the list"),
    Problem.ENDS_BEFORE: Text("止于起始之前", "Ends before it begins"),
    Problem.WRONG_WIDTH: Text("列数不符", "Wrong number of cells"),
    Problem.ENCODING: Text("编码不一", "Mixed encoding"),
    Problem.NO_INVOICE: Text("发票读不通", "Unreadable invoice"),
}
_LICENCES = {
    "public-record": Text("公开记录", "public record"),
    "internal": Text("内部使用", "internal use"),
    "consent": Text("企业授权", "the firm's consent"),
}
_FOUND_BY = {
    FoundBy.CODE: Text("代码", "code"),
    FoundBy.FORMER_CODE: Text("曾用或其他代码", "former or other code"),
    FoundBy.BRAND: Text("字号", "brand"),
    FoundBy.NAME: Text("名称开头", "beginning of the name"),
    FoundBy.PART: Text("名称中的字", "part of the name"),
    FoundBy.PINYIN: Text("拼音", "pinyin"),
    FoundBy.INITIALS: Text("拼音首字母", "first letters"),
    FoundBy.FORMER_NAME: Text("曾用或更正前的名称", "former name, or before a correction"),
}


@register.filter
def problem_name(problem: str) -> Text:
    """Return why a row or a cell is in quarantine, in words."""
    return _PROBLEMS[Problem(problem)]


@register.filter
def size_of(panel: Panel) -> Text:
    """Say how much a panel holds: figures, and rows of its tables."""
    counts = {"figures": len(panel.figures), "rows": sum(len(table.rows) for table in panel.tables)}
    figures = Text("%(figures)s项指标", "%(figures)s {figures:figure|figures}")
    rows = Text("%(rows)s行", "%(rows)s {rows:row|rows}")
    both = Text("%(figures)s项指标，%(rows)s行", "%(figures)s {figures:figure|figures}, %(rows)s {rows:row|rows}")
    said = both if all(counts.values()) else rows if counts["rows"] else figures
    return said.with_values(**counts)


@register.filter
def source_name(code: str, portrait: SourcesNamed) -> Text:
    """Return what a source is called."""
    return portrait.source_name(code)


@register.filter
def licence(code: str, portrait: SourcesNamed) -> Text | str:
    """Return under which licence a source is used, in words where it is one of the usual; empty where none is known."""
    known = portrait.licence_of(code)
    return _LICENCES.get(known) or (Text(known, known) if known else "")


@register.filter
def told_of(record: Mapping[str, Any]) -> list[tuple[Text, str]]:
    """Return what a record of a source says beside the name, of the firm and of the thing that it lists."""
    of_firm = [(LABELS[name], record[name]) for name in LABELS if record.get(name)]
    return of_firm + [(Text(zh, en), cell) for zh, en, cell in record.get("thing", ())]


_VALID, _KNOWN = Text("有效自", "Valid from"), Text("获知", "Known since")
_LICENCE, _ORIGINAL = Text("许可", "licence"), Text("原文", "Original")


@register.simple_tag
def said_lines(line: PortraitLine, portrait: Portrait) -> SafeString:
    """List every statement behind a fact, the one that counts first: hundreds a portrait, so not by a template each."""
    valid, known, licensed, original = map(_escaped, (_VALID, _KNOWN, _LICENCE, _ORIGINAL))
    lines = []
    for one in line.statements:
        said, use = one.said, licence(one.said.source, portrait)
        until = f" – {day(said.valid_until)}" if said.valid_until else ""
        under = f" · {licensed} {_escaped(use)}" if use else ""
        written = f'<br><span class="yl-3">{original} </span>{escape(said.original)}' if said.original else ""
        basis = f"<br>{_escaped(said.basis)}" if said.basis else ""
        lines.append(
            f'<li class="mb-2"><b class="fw-medium">{_escaped(one.value)}</b> · <span class="yl-name">'
            f'{_escaped(portrait.source_name(said.source))}</span><br><span class="yl-3">{valid} {day(said.valid_from)}'
            f"{until} · {known} {localtime(said.known_at):%Y-%m-%d %H:%M}{under}</span>{written}{basis}<br>"
            f"{_escaped(one.why)}</li>"
        )
    return mark_safe("".join(lines))


def _escaped(text: Text | str) -> str:
    return escape(say(text))


@register.filter
def licence_words(code: str) -> Text | str:
    """Return a licence in words where it is one of the usual."""
    return _LICENCES.get(code, code)


@register.filter
def schedule_name(schedule: str) -> Text:
    """Return how often files of a source come; words of its own stay."""
    return _SCHEDULES.get(schedule, Text(schedule, schedule))


@register.simple_tag
def trend(rates_bp: Iterable[int | None]) -> SafeString:
    """Draw how a rate went, the earliest first, and say its figures; nothing to compare is a dash."""
    rates = list(rates_bp)
    known = [(at, rate) for at, rate in enumerate(rates) if rate is not None]
    if len(known) < 2:
        return mark_safe("–")
    lowest = min(*(rate for _, rate in known), WHOLE_BP - _SCALE_BP)
    points = " ".join(f"{4 + at * 88 // (len(rates) - 1)},{_y(rate, lowest)}" for at, rate in known)
    says = escape(", ".join(percent(rate) for rate in rates))
    return mark_safe(
        f'<svg class="yl-trend" role="img" aria-label="{says}" width="96" height="24" viewBox="0 0 96 24"><title>{says}'
        f'</title><polyline points="{points}"/></svg>'
    )


def _y(rate: int, lowest: int) -> int:
    return 20 - (rate - lowest) * 16 // (WHOLE_BP - lowest)


@register.filter
def kinds(rests_on: Iterable[Said]) -> list[str]:
    """Return the kinds of particulars among statements, each once."""
    return list(dict.fromkeys(kind_of(one).value for one in rests_on))


@register.filter
def kind_title(kind: str) -> Text:
    """Return what a kind of particulars is called."""
    return FORMS[ParticularKind(kind)].title


@register.filter
def particular_words(said: Said) -> Text:
    """Return the filled fields of a particular in words."""
    return words_of(kind_of(said), said.value)


@register.filter
def contested(rests_on: Iterable[Said]) -> bool:
    """Tell whether anything of what a figure or a row rests on is contested."""
    return is_contested(rests_on)


@register.filter
def mark_of(fact: str, portrait: Portrait) -> Mark | None:
    """Return what stands beside a contested fact."""
    return portrait.marks.get(fact)


@register.filter
def groups(classes: Iterable[str]) -> tuple[Text, ...]:
    """Return what classes of facts are called."""
    return group_names(classes)


@register.filter
def bases(basis: Iterable[str]) -> tuple[Text, ...]:
    """Return on what a reading rested."""
    return basis_names(basis)


@register.filter
def channel_name(channel: str) -> Text:
    """Return by which way facts were read."""
    return _CHANNELS[channel]


@register.filter
def sending_error(error: str) -> Text:
    """Return why a message did not arrive; what a system says itself stays as it says it."""
    for beginning, words in _SENDING_ERRORS.items():
        if error.startswith(beginning):
            return Text(words + error.removeprefix(beginning), error)
    return Text(error, error)


@register.filter
def way_name(kind: str) -> Text:
    """Return by which way a partner's own system asked."""
    return _WAYS[kind]


@register.filter
def outcome_name(outcome: str) -> Text:
    """Return what came of a request of a partner's own system."""
    return _OUTCOMES[outcome]


@register.filter
def value_in_words(value: Any, form: FactShown) -> Text:
    """Return a value of a fact as people say it."""
    return value_text(value, form)


@register.filter
def found_by_word(found_by: FoundBy) -> Text:
    """Return what a firm was found by."""
    return _FOUND_BY[found_by]


_BROUGHT = Text("已带入%(statements)s条陈述", "{statements:statement|statements} taken in: %(statements)s")
_ENDED = Text("已收回%(ended)s条陈述", "{ended:statement|statements} taken back: %(ended)s")
_OUTDONE = Text(
    "%(outdone)s条因同一来源另有陈述而未带入", "%(outdone)s left out: the source says it elsewhere of the same day"
)
_KEPT_OUT = Text("未带入：%(column)s“%(found)s” %(problem)s", "Not taken in: %(column)s “%(found)s”, %(problem)s")
_ROW_GONE = Text(
    "原始行已按保存规则删去，无从带入", "The row has gone by the rules of retention: nothing can be taken in"
)
_NOTHING = Text("未带入任何陈述", "Nothing was taken in")


@register.filter
def brought_words(brought: Mapping[str, Any] | None, is_same: bool) -> list[Text]:
    """Say what a judgement brought: statements taken in or back, and what of the row does not hold."""
    if not brought:
        return []
    counts = [(_BROUGHT, "statements"), (_ENDED, "ended"), (_OUTDONE, "outdone")]
    said = [words.with_values(**{name: brought[name]}) for words, name in counts if brought.get(name)]
    said += [
        _KEPT_OUT.with_values(column=column, found=found, problem=problem_name(problem))
        for column, problem, found in brought.get("kept_out", ())
    ]
    if brought.get("is_gone"):
        return [*said, _ROW_GONE]
    return said or ([_NOTHING] if is_same else [])


@register.filter
def told(reason: tuple[str, str]) -> Text:
    """Return a reason that is kept in both languages."""
    return Text(*reason)


@register.filter
def beside(cells: Iterable[Text], heads: Iterable[Text]) -> list[tuple[Text, Text]]:
    """Return each cell with its column's head."""
    return list(zip(cells, heads, strict=True))
