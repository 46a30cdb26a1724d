"""The form of a simulation: a few numbers, in the address; it parses and shapes them, it decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from yulin.base.districts import GUANGZHOU_DISTRICTS
from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.pool.core.simulation.draft import Draft
from yulin.pool.core.simulation.scenario import MOST_YEARS, YEARS, Scenario

_BP = 100  # basis points of a percent
_FEN_OF_WAN = 1_000_000


class _Percent(forms.DecimalField):
    """A percentage with two places, from 0 to 100."""

    def __init__(self, label: Text) -> None:
        super().__init__(
            label=say_later(label), required=False, min_value=Decimal(0), max_value=Decimal(100),
            max_digits=5, decimal_places=2, widget=forms.NumberInput(attrs={"class": "yl-num", "step": "0.01"}),
        )  # fmt: skip


class SimulationForm(forms.Form):
    """Which scheme, how many years, which version, and the numbers that are changed; empty is as the law says."""

    scheme = forms.ChoiceField(label=say_later(Text("方案", "Scheme")))
    years = forms.IntegerField(
        label=say_later(Text("最近几年的补偿", "Claims of the last years")),
        min_value=1,
        max_value=MOST_YEARS,
        widget=forms.NumberInput(attrs={"class": "yl-num"}),
    )
    version = forms.ChoiceField(
        label=say_later(Text("以哪一版为底稿", "Version to start from")),
        help_text=say_later(Text("含尚未发布的草案", "drafts included")),
        required=False,
    )
    text = forms.CharField(required=False, min_length=64, max_length=64, widget=forms.HiddenInput())
    ratio = _Percent(Text("市级分担比例（%）", "City's ratio (%)"))
    district = forms.ChoiceField(
        label=say_later(Text("新增或改变的区", "District that joins or changes")), required=False
    )
    district_ratio = _Percent(Text("该区分担比例（%）", "That district's ratio (%)"))
    all_layers = _Percent(Text("各级财政合计上限（%）", "Cap on all layers (%)"))
    loan_limit = forms.DecimalField(
        label=say_later(Text("单笔贷款上限（万元）", "Limit of one loan (CNY 10,000)")),
        required=False,
        min_value=Decimal(1),
        max_digits=10,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"class": "yl-num", "step": "0.01"}),
    )
    breaker = _Percent(Text("熔断线（%）", "Level of the breakers (%)"))

    def __init__(
        self, *args: Any, schemes: Mapping[str, Text], versions: Sequence[tuple[int, Text]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        as_is = say(Text("现行或最后一版", "the version that ruled last"))
        self.fields["scheme"].choices = [(key, say(title)) for key, title in schemes.items()]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["version"].choices = [("", as_is), *((str(key), say(name)) for key, name in versions)]  # type: ignore[attr-defined]
        named = [(code, say(name)) for code, name in GUANGZHOU_DISTRICTS.items()]
        self.fields["district"].choices = [("", "—"), *named]  # type: ignore[attr-defined]
        self.fields["years"].initial = YEARS

    def clean(self) -> dict[str, Any]:
        """Refuse a district without its ratio, and a ratio without its district."""
        cleaned: dict[str, Any] = super().clean() or {}
        has_ratio = cleaned.get("district_ratio") is not None
        if "district_ratio" in cleaned and bool(cleaned.get("district")) != has_ratio:
            missing = "district" if has_ratio else "district_ratio"
            self.add_error(missing, say(Text("区与该区比例须一并填写。", "Give the district and its ratio together.")))
        return cleaned

    def scenario(self, *, party: str, breakers: Sequence[str]) -> Scenario:
        """Return what is asked; `party` is the layer whose ratio is changed, `breakers` those whose level is."""
        asked = self.cleaned_data
        ratio, level = _bp(asked["ratio"]), _bp(asked["breaker"])
        district = _bp(asked["district_ratio"])
        limit: Decimal | None = asked["loan_limit"]
        return Scenario(
            scheme=asked["scheme"],
            years=asked["years"],
            version=int(asked["version"]) if asked["version"] else None,
            text=asked["text"],
            draft=Draft(
                ratios_bp={} if ratio is None else {party: ratio},
                districts_bp={} if district is None else {asked["district"]: district},
                all_layers_bp=_bp(asked["all_layers"]),
                loan_limit_fen=None if limit is None else int(limit * _FEN_OF_WAN),
                breakers_bp={} if level is None else dict.fromkeys(breakers, level),
            ),
        )


class DraftTextForm(forms.Form):
    """A drafted text from a file, and the scheme whose past it is tried on."""

    scheme = forms.ChoiceField(label=say_later(Text("以哪个方案的补偿试算", "Try it on the claims of")))
    file = forms.FileField(
        label=say_later(Text("草案文本（pack.yaml）", "Drafted text (pack.yaml)")),
        help_text=say_later(
            Text("方案的新文本，或叠加于它的一区之法", "a new text of the scheme, or a district's law on top of it")
        ),
    )

    def __init__(self, *args: Any, schemes: Mapping[str, Text], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["scheme"].choices = [(key, say(title)) for key, title in schemes.items()]  # type: ignore[attr-defined]  # a ChoiceField


def _bp(percent: Decimal | None) -> int | None:
    return None if percent is None else int(percent * _BP)
