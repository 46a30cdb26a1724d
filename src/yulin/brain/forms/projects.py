"""What somebody says who takes a list of approved projects in, or compares a proposal with those that are held."""

from __future__ import annotations

from typing import Any

from django import forms

from yulin.base.ids import IdKind, check_id
from yulin.base.text import Text
from yulin.brain.core.overlap import Person, Work
from yulin.brain.core.projects import LEVEL_NAMES, Usual, people_in
from yulin.brain.forms.policies import day_field, within_bound
from yulin.brain.services.projects import ProjectHow
from yulin.kit.speech import say, say_later

_UNITS = (
    ("", Text("按列名或单元格写明的单位", "As the head or the cell says")),
    ("wan", Text("万元", "10,000 CNY")),
    ("yuan", Text("元", "CNY")),
)


def _text(label: Text, most: int, hint: Text | None = None) -> forms.CharField:
    return forms.CharField(
        label=say_later(label), max_length=most, required=False, help_text=say_later(hint) if hint else ""
    )


class ProjectFileForm(forms.Form):
    """A list of approved projects, and what holds for all of its rows."""

    file = forms.FileField(
        label=say_later(Text("立项清单", "List of approved projects")),
        help_text=say_later(Text("XLSX、CSV、JSON；不得含身份证号", "XLSX, CSV, JSON; without personal ID numbers")),
    )
    amount_unit = forms.ChoiceField(label=say_later(Text("金额单位", "Unit of amounts")), required=False)
    programme = _text(
        Text("计划类别", "Programme"), 200, Text("清单逐行没有写明时用，下同", "where a row does not say, as below")
    )
    year = forms.IntegerField(label=say_later(Text("立项年度", "Year")), required=False, min_value=1980, max_value=2100)
    level = forms.ChoiceField(label=say_later(Text("级别", "Level")), required=False)
    authority = _text(Text("立项部门", "Authority"), 200)
    document = _text(
        Text("来源文件", "Source document"), 300, Text("如 通知或公示的名称", "such as the notice's title")
    )
    url = forms.URLField(
        label=say_later(Text("原文网址", "Address of the original")), required=False, max_length=500,
        assume_scheme="https",
    )  # fmt: skip
    columns = forms.CharField(
        label=say_later(Text("列名对应", "Other heads")), required=False, max_length=4_000,
        widget=forms.Textarea({"rows": 2}),
        help_text=say_later(
            Text("认不出列名时每行写一个，如 主持人姓名=leader", "one a line where a head is not known: head=field")
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unsaid = ("", say(Text("未写明", "Not said")))
        named = {
            "amount_unit": [(key, say(name)) for key, name in _UNITS],
            "level": [unsaid, *((str(key), say(name)) for key, name in LEVEL_NAMES.items())],
        }
        for name, options in named.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
            field.choices = options

    def clean_file(self) -> Any:
        """Refuse a file beyond this instance's bound."""
        return within_bound(self.cleaned_data["file"])

    @property
    def how(self) -> ProjectHow:
        """How the list is read."""
        said = self.cleaned_data
        usual = Usual(
            amount_unit=said["amount_unit"], programme=said["programme"], level=said["level"], year=said["year"],
            authority=said["authority"], document=said["document"], url=said["url"],
        )  # fmt: skip
        return ProjectHow(said["columns"], usual)


class OverlapForm(forms.Form):
    """A proposal to compare with the approved projects; nothing of it is kept."""

    title = forms.CharField(label=say_later(Text("项目名称", "Title")), max_length=300)
    text = forms.CharField(
        label=say_later(Text("研究内容或摘要", "Work or abstract")), required=False, max_length=20_000,
        widget=forms.Textarea({"rows": 8}),
    )  # fmt: skip
    unit = _text(Text("申报单位", "Unit"), 300)
    unit_code = _text(Text("统一社会信用代码", "USCC"), 30)
    people = _text(
        Text("人员", "People"),
        2_000,
        Text("如 张某（某某公司）、李某；写明单位才能认定", "names, each with the unit in brackets"),
    )
    programme = _text(Text("申报计划", "Programme"), 200)
    starts_on = day_field(Text("开始日期", "Starts on"))
    ends_on = day_field(Text("结束日期", "Ends on"))

    def clean_unit_code(self) -> str:
        """Return the code; one that is none is refused."""
        said = self.cleaned_data["unit_code"].strip()
        checked = check_id(said)
        if said and not (checked.kind is IdKind.USCC and checked.valid):
            raise forms.ValidationError(say(Text("不是有效的统一社会信用代码。", "It is no valid USCC.")))
        return checked.normalised or "" if said else ""

    @property
    def work(self) -> Work:
        """The proposal as it is compared."""
        said = self.cleaned_data
        people = tuple(Person(*each) for each in people_in(said["people"]))
        return Work(
            "", said["title"], said["text"], said["unit"], said["unit_code"], people, said["programme"],
            said["starts_on"], said["ends_on"],
        )  # fmt: skip
