"""What an editor writes of a call: its window and terms, and row by row its form, papers and criteria."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from yulin.base.text import Text
from yulin.brain.core.call_forms import FIELD_KINDS, CallForm, FieldKind, plain_form, read_form
from yulin.brain.core.windows import MOST_GRACE_DAYS, Window
from yulin.brain.models import Call
from yulin.brain.services.calls import CallTerms
from yulin.kit.speech import say, say_later
from yulin.rules.adapters.shipped import shipped_vocabulary

_WAN_FEN = 1_000_000
_BLANK_ROWS = 2
# What a firm writes in its form and its portrait knows: figures of its business and of its research.
_GROUPS, _KINDS = frozenset({"operation", "innovation"}), frozenset({"money", "count"})


def _text(zh: str, en: str, most: int = 200, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=say_later(Text(zh, en)), max_length=most, required=required)


def _day(zh: str, en: str) -> forms.DateField:
    return forms.DateField(label=say_later(Text(zh, en)), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


def _number(zh: str, en: str, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=say_later(Text(zh, en)), min_value=least, max_value=most)


def _wan(zh: str, en: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=say_later(Text(zh, en)), required=False, min_value=0.0001, max_digits=14, decimal_places=4
    )


class CallEditForm(forms.Form):
    """A call's title, window, review and money."""

    title_zh = _text("名称", "Title in Chinese")
    title_en = _text("英文名称", "Title in English")
    opens_on = _day("开始日", "Opens on")
    closes_on = _day("截止日（至24:00）", "Last day (to 24:00)")
    grace_days = _number("宽限天数", "Days of grace", 0, MOST_GRACE_DAYS)
    expert_count = _number("每项抽取专家数", "Experts for each application", 1, 15)
    quorum = _number("表决法定人数", "Votes needed", 1, 15)
    notice_workdays = _number("公示工作日", "Working days of public notice", 1, 60)
    budget = _wan("资金总额（万元）", "Money in all (10,000 CNY)")
    most = _wan("单项支持上限（万元）", "Most for one (10,000 CNY)")

    def clean(self) -> dict[str, Any]:
        """Refuse a window that ends before it begins, and more votes than experts."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("opens_on"), cleaned.get("closes_on")
        if first and last and last < first:
            self.add_error("closes_on", say(Text("截止日早于开始日。", "The last day is before the first.")))
        if (cleaned.get("quorum") or 0) > (cleaned.get("expert_count") or 99):
            self.add_error("quorum", say(Text("不能多于专家数。", "It cannot be more than the experts.")))
        return cleaned

    def terms(self, form: CallForm) -> CallTerms:
        """Return what was written, with the form that the rows make."""
        said = self.cleaned_data
        return CallTerms(
            Text(said["title_zh"], said["title_en"]),
            Window(said["opens_on"], said["closes_on"], said["grace_days"]),
            form,
            said["expert_count"],
            said["quorum"],
            said["notice_workdays"],
            *(None if said[name] is None else int(said[name] * _WAN_FEN) for name in ("budget", "most")),
        )


def terms_of(call: Call) -> dict[str, Any]:
    """Return what the form of a call's terms starts from."""
    plain = {name: getattr(call, name) for name in (
        "title_zh", "title_en", "opens_on", "closes_on", "grace_days", "expert_count", "quorum", "notice_workdays",
    )}  # fmt: skip
    for name, fen in (("budget", call.budget_fen), ("most", call.most_fen)):
        plain[name] = None if fen is None else f"{fen / _WAN_FEN:.4f}".rstrip("0").rstrip(".")
    return plain


class _Row(forms.Form):
    is_all_optional = True  # a row without names is left out
    id = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)
    zh = _text("名称", "Name in Chinese", 80, required=False)
    en = _text("英文名称", "Name in English", 80, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the name in both languages; a row without any is left out."""
        cleaned = super().clean() or {}
        if bool(cleaned.get("zh")) != bool(cleaned.get("en")):
            name = "en" if cleaned.get("zh") else "zh"
            self.add_error(name, say(Text("中英文名称都要写。", "Name it in both languages.")))
        return cleaned


class FieldRow(_Row):
    """One field of a call's form."""

    kind = forms.ChoiceField(
        label=say_later(Text("类型", "Kind")),
        choices=[(one.value, say_later(name)) for one, name in FIELD_KINDS.items()],
    )
    is_required = forms.BooleanField(label=say_later(Text("必填", "Needed")), required=False)
    asks = forms.BooleanField(label=say_later(Text("是申请金额", "The amount applied for")), required=False)
    fact = forms.ChoiceField(label=say_later(Text("由画像预填", "Pre-filled from")), required=False)
    choices = forms.CharField(
        label=say_later(Text("选项（每行：中文 | 英文）", "Choices (a line each: Chinese | English)")), required=False,
        max_length=2000, widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip
    most = forms.IntegerField(
        label=say_later(Text("上限（字数、数目或元）", "At most (characters, number, CNY)")), required=False,
        min_value=1, max_value=10**12,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["fact"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        facts = shipped_vocabulary().facts.values()
        options = [(one.name, say(one.label)) for one in facts if one.group in _GROUPS and one.type.kind in _KINDS]
        field.choices = [("", say(Text("不预填", "Nothing"))), *sorted(options, key=lambda one: one[1])]


class PaperRow(_Row):
    """One kind of paper that a call asks for."""

    is_required = forms.BooleanField(label=say_later(Text("必交", "Needed")), required=False)


class CriterionRow(_Row):
    """One criterion of the experts."""

    most = forms.IntegerField(label=say_later(Text("满分", "Most points")), required=False, min_value=1, max_value=1000)

    def clean(self) -> dict[str, Any]:
        """Ask for the points of a criterion that has a name."""
        cleaned = super().clean()
        if cleaned.get("zh") and not cleaned.get("most"):
            self.add_error("most", say(Text("写明满分。", "Say how many points.")))
        return cleaned


_SETS: dict[str, type[_Row]] = {"fields": FieldRow, "papers": PaperRow, "criteria": CriterionRow}


class CallRows:
    """The three tables of a call's form as formsets, and the form that they make."""

    def __init__(self, data: Any = None, *, form: CallForm | None = None) -> None:
        plain = plain_form(form) if form else {"fields": [], "papers": [], "criteria": []}
        self.sets: dict[str, Any] = {
            name: forms.formset_factory(row, extra=_BLANK_ROWS, max_num=60)(
                data, prefix=name, initial=[_initial(one) for one in plain[name]]
            )
            for name, row in _SETS.items()
        }

    def is_valid(self) -> bool:
        """Tell whether every row holds."""
        return sum(not each.is_valid() for each in self.sets.values()) == 0  # each says what is wrong with it

    @property
    def form(self) -> CallForm:
        """The form that the rows make. Raises: `BRAIN.CALL.FORM`."""
        plain: dict[str, list[dict[str, Any]]] = {name: [] for name in self.sets}
        taken = {row.get("id") for each in self.sets.values() for row in each.cleaned_data if row.get("zh")}
        for name, rows in self.sets.items():
            for row in rows.cleaned_data:
                if row.get("zh"):
                    plain[name].append(_plain(row, row.get("id") or _new_id(name, taken)))
        return read_form(plain)


def _new_id(name: str, taken: set[Any]) -> str:
    number = next(n for n in range(1, 1000) if f"{name[0]}{n}" not in taken)
    taken.add(f"{name[0]}{number}")
    return f"{name[0]}{number}"


def _initial(plain: Mapping[str, Any]) -> dict[str, Any]:
    initial = dict(plain)
    if "choices" in initial:
        initial["choices"] = "\n".join(f"{one['zh']} | {one['en']}" for one in initial["choices"])
    if initial.get("kind") == FieldKind.MONEY.value and initial.get("most"):
        initial["most"] = initial["most"] // 100
    return initial


def _plain(row: Mapping[str, Any], row_id: str) -> dict[str, Any]:
    plain = {key: value for key, value in row.items() if value not in (None, "") and key != "choices"} | {"id": row_id}
    if plain.get("kind") == FieldKind.MONEY.value and plain.get("most"):
        plain["most"] *= 100
    lines = [line for line in str(row.get("choices") or "").splitlines() if line.strip()]
    if lines and plain.get("kind") == FieldKind.CHOICE.value:
        pairs = [(line.partition("|")[0].strip(), line.partition("|")[2].strip()) for line in lines]
        plain["choices"] = [{"code": f"c{n}", "zh": zh, "en": en or zh} for n, (zh, en) in enumerate(pairs, start=1)]
    return plain


class ExtensionForm(forms.Form):
    """A later last day, and why."""

    until = _day("延至（至24:00）", "Runs until (to 24:00)")
    reason = forms.CharField(label=say_later(Text("理由", "Why")), max_length=600, widget=forms.Textarea({"rows": 2}))
