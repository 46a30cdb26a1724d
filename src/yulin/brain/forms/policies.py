"""What editors write of a policy, what readers say of it, and what a second person decides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from yulin.base.text import Text
from yulin.brain.adapters.policy_profiles import shipped_profiles
from yulin.brain.core.guides import GUIDE_NAMES
from yulin.brain.core.policies import PART_NAMES, Ending, Part, Terms
from yulin.brain.models import PolicyVersion
from yulin.brain.services import PolicyEdit
from yulin.kit.limits import upload_limit_bytes
from yulin.kit.speech import say, say_later

_WAN = 10_000
_ENDINGS = (
    (Ending.UNKNOWN.value, Text("截止不明", "End unknown")),
    (Ending.PERMANENT.value, Text("长期有效", "Permanent")),
    (Ending.DATED.value, Text("有截止日", "Ends on a day")),
)
_EDITED = (Part.PURPOSE, Part.BASIS, Part.TOOLS, Part.AUDIENCE, Part.OPERATIONS, Part.AMOUNT, Part.CONDITIONS,
           Part.PROCESS, Part.FORMS, Part.SCHEDULE, Part.CONTACT, Part.BODY)  # fmt: skip


def within_bound(file: Any) -> Any:
    """Return an uploaded file; one beyond this instance's bound is refused."""
    limit = upload_limit_bytes()
    if file.size > limit:
        words = Text("文件超过%(mb)s MB。", "The file is larger than %(mb)s MB.").with_values(mb=limit // 1_000_000)
        raise forms.ValidationError(say(words))
    return file


def _text(label: Text, most: int, hint: Text | None = None, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=say_later(label), max_length=most, required=required, help_text=say_later(hint) if hint else ""
    )


def day_field(label: Text) -> forms.DateField:
    """Return a field for a day that need not be said."""
    return forms.DateField(
        label=say_later(label), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class PolicyEditForm(forms.Form):
    """A policy's facts and its text; the parts that it has, in its order, and those that it could have."""

    title = _text(Text("名称", "Title"), 300, required=True)
    document_number = _text(Text("发文字号", "Document number"), 200)
    authority = _text(Text("发文机构", "Authority"), 200)
    area = _text(
        Text("适用地区", "Area"),
        120,
        Text("如 广东/广州/黄埔区；全国留空", "province/city/district, in Chinese; empty for the whole country"),
    )
    domain = _text(Text("领域", "Domain"), 200)
    url = forms.URLField(
        label=say_later(Text("原文网址", "Address of the original")), required=False, max_length=500,
        assume_scheme="https",
    )  # fmt: skip
    issued_on = day_field(Text("发布日期", "Issued on"))
    opens_on = day_field(Text("开始日期", "Begins on"))
    ending = forms.ChoiceField(
        label=say_later(Text("截止方式", "How it ends")),
        choices=[(value, say_later(name)) for value, name in _ENDINGS],
    )
    ends_on = day_field(Text("截止日期", "Ends on"))
    used_up_on = day_field(Text("额度用完日期", "Budget used up on"))
    archived_on = day_field(Text("归档日期", "Archived on"))
    amount = forms.DecimalField(
        label=say_later(Text("最高支持金额（万元）", "Most that is paid (10,000 CNY)")),
        required=False, min_value=0, max_digits=16, decimal_places=6,
        help_text=say_later(Text("文件没有写明时留空，不填0", "empty where the document does not say; never 0")),
    )  # fmt: skip
    general = _text(
        Text("一般政策的编号", "Key of the general policy"),
        200,
        Text("本政策是其地方版本时填写", "where this is a local variant of it"),
    )
    note = forms.CharField(
        label=say_later(Text("修改说明", "What changes and why")), max_length=600,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    apart = forms.RegexField(r"[0-9]{1,18}(?:,[0-9]{1,18})*\Z", required=False, max_length=4_000)

    def __init__(self, *args: Any, version: PolicyVersion | None = None, **kwargs: Any) -> None:
        if version is not None:
            kwargs["initial"] = {**_facts_of(version), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        held = [(part, text) for part, text in version.parts] if version else []
        missing = [str(part) for part in _EDITED if part not in {part for part, _ in held}]
        self._part_fields = [
            (f"part-{place}", part) for place, part in enumerate([*(part for part, _ in held), *missing])
        ]
        texts = [text for _, text in held] + [""] * len(missing)
        for (name, part), text in zip(self._part_fields, texts, strict=True):
            self.fields[name] = forms.CharField(
                label=say_later(PART_NAMES.get(part, Text(part, part))), required=False, initial=text, strip=False,
                widget=forms.Textarea({"rows": min(max(text.count("\n") + len(text) // 60 + 1, 2), 24)}),
            )  # fmt: skip

    @property
    def part_fields(self) -> list[forms.BoundField]:
        """The fields of the parts, those that the policy has first."""
        return [self[name] for name, _ in self._part_fields]

    def clean(self) -> dict[str, Any]:
        """Refuse an amount of nothing, and a policy without text."""
        cleaned = super().clean() or {}
        if cleaned.get("amount") == 0:
            self.add_error("amount", say(Text("金额不明时留空。", "Leave it empty where the amount is unknown.")))
        if not any(str(cleaned.get(name) or "").strip() for name, _ in self._part_fields):
            self.add_error(None, say(Text("至少写一部分正文。", "Write at least one part of the text.")))
        return cleaned

    @property
    def edit(self) -> PolicyEdit:
        """What was written."""
        said = self.cleaned_data
        amount = said["amount"]
        return PolicyEdit(
            title=said["title"],
            parts=tuple((part, said[name]) for name, part in self._part_fields if said[name].strip()),
            terms=Terms(said["ending"], said["opens_on"], said["ends_on"], said["used_up_on"], said["archived_on"]),
            document_number=said["document_number"],
            authority=said["authority"],
            area=said["area"].strip("/ "),
            domain=said["domain"],
            url=said["url"],
            issued_on=said["issued_on"],
            amount_fen=None if amount is None else int(amount * _WAN * 100),
            general_key=said["general"],
            note=said["note"],
            apart_from=frozenset(int(one) for one in said["apart"].split(",") if one),
        )


def _facts_of(version: PolicyVersion) -> dict[str, Any]:
    facts: dict[str, Any] = {
        name: getattr(version, name)
        for name in ("title", "document_number", "authority", "area", "domain", "url", "issued_on", "opens_on",
                     "ending", "ends_on", "used_up_on", "archived_on")
    }  # fmt: skip
    fen = version.amount_fen
    facts["amount"] = None if fen is None else f"{Decimal(fen) / (_WAN * 100):f}"
    facts["general"] = version.general.key if version.general else ""
    return facts


class PolicyFileForm(forms.Form):
    """A file of policies, and how it is read."""

    file = forms.FileField(
        label=say_later(Text("文件", "File")),
        help_text=say_later(Text("PDF、DOCX、HTML、文本、JSON、CSV", "PDF, DOCX, HTML, text, JSON, CSV")),
    )
    source = _text(
        Text("来源名称", "Name of the source"),
        60,
        Text("同一来源再次导入时只产生有变化的版本", "taken in again, the same source makes versions of what changed"),
    )
    area = _text(
        Text("适用地区", "Area"),
        120,
        Text("文件自身没有写明时用，如 上海/徐汇区", "where the file does not say: province/city/district, in Chinese"),
    )
    profile = forms.ChoiceField(label=say_later(Text("版式", "Layout")), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["profile"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [
            ("", say(Text("自动识别", "The one that fits"))),
            *((one.id, say(one.name)) for one in shipped_profiles().values()),
        ]

    def clean_file(self) -> Any:
        """Refuse a file beyond this instance's bound."""
        return within_bound(self.cleaned_data["file"])


class CorrectionForm(forms.Form):
    """What a reader says is wrong."""

    said = forms.CharField(
        label=say_later(Text("哪里不对，应为什么", "What is wrong, and what is right")), max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    source = _text(Text("依据（网址或文号）", "What proves it (address or number)"), 500)
    clause = forms.IntegerField(
        label=say_later(Text("条款序号", "Number of the clause")), required=False, min_value=1, max_value=100_000
    )


class AnswerForm(forms.Form):
    """What a reader is answered."""

    verdict = forms.ChoiceField(
        label=say_later(Text("处理", "Decision")),
        choices=[
            ("taken", say_later(Text("采纳", "Taken"))),
            ("declined", say_later(Text("不采纳", "Declined"))),
        ],
    )
    answer = forms.CharField(
        label=say_later(Text("答复", "Answer")), max_length=1000, widget=forms.Textarea({"rows": 2})
    )


class CheckForm(forms.Form):
    """What the second person decides of a version."""

    verdict = forms.ChoiceField(
        label=say_later(Text("复核意见", "Decision")),
        choices=[
            ("publish", say_later(Text("发布", "Publish"))),
            ("return", say_later(Text("退回", "Return"))),
        ],
    )
    reason = forms.CharField(
        label=say_later(Text("退回理由", "Why it is returned")), max_length=600, required=False,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for the reason where a version is returned."""
        cleaned = super().clean() or {}
        if cleaned.get("verdict") == "return" and not str(cleaned.get("reason") or "").strip():
            self.add_error("reason", say(Text("退回须写明理由。", "Say why it is returned.")))
        return cleaned


class GuideForm(forms.Form):
    """A text that explains a policy: what it means, or how it is applied for."""

    kind = forms.ChoiceField(
        label=say_later(Text("种类", "Kind")),
        choices=[(kind.value, say_later(name)) for kind, name in GUIDE_NAMES.items()],
    )
    text = forms.CharField(
        label=say_later(Text("正文", "Text")), max_length=20_000, widget=forms.Textarea({"rows": 8}),
        help_text=say_later(Text("条款仍以政策原文为准", "the policy's own words rule")),
    )  # fmt: skip
