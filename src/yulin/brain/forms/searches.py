"""What somebody says who keeps a search of the library."""

from __future__ import annotations

from typing import Any

from django import forms

from yulin.base.text import Text
from yulin.brain.core.policies import AUDIENCES, STATE_NAMES
from yulin.brain.models.searches import NAME, QUESTION
from yulin.brain.services import Asked
from yulin.kit.speech import say, say_later


class SavedSearchForm(forms.Form):
    """A search to keep: a question, filters, or both, under a name."""

    question = forms.CharField(
        label=say_later(Text("问题", "Question")), max_length=QUESTION, required=False,
        help_text=say_later(Text("如：发明专利资助；可不写", "in Chinese; may stay empty")),
    )  # fmt: skip
    area = forms.ChoiceField(label=say_later(Text("地区", "Area")), required=False)
    audience = forms.ChoiceField(label=say_later(Text("对象", "Audience")), required=False)
    state = forms.ChoiceField(label=say_later(Text("状态", "State")), required=False)
    name = forms.CharField(
        label=say_later(Text("名称", "Name")), max_length=NAME, required=False,
        help_text=say_later(Text("通知里用它；不写时用问题", "it stands in notices; left empty, the question does")),
    )  # fmt: skip

    def __init__(self, *args: Any, areas: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = {
            "area": [(one, one.replace("/", " ")) for one in areas],
            "audience": [(key, say(name)) for key, (name, _) in AUDIENCES.items()],
            "state": [(str(key), say(name)) for key, (_, name) in STATE_NAMES.items()],
        }
        for name, named in options.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
            field.choices = [("", say(Text("不限", "Any"))), *named]

    @property
    def asked(self) -> Asked:
        """What the search asks."""
        said = self.cleaned_data
        return Asked(said["question"], said["area"], said["audience"], said["state"])


class SearchNameForm(forms.Form):
    """Another name for a search."""

    name = forms.CharField(label=say_later(Text("名称", "Name")), max_length=NAME)
