"""The form of the pre-loan answer: the loan's conditions, and the facts that the chosen scheme asks for.

The facts' fields come from the vocabulary: a new scheme brings its own questions, without new code. A field left blank
takes what the register says; where the register says nothing, the fact is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.forms import BoundField

from yulin.base.errors import YulinError
from yulin.base.money import parse_fen
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.speech import say, say_later
from yulin.pool.core.answer_shown import fact_value
from yulin.pool.core.deciding import Law
from yulin.pool.core.questions import (
    ClosedFact,
    FactUsed,
    Question,
    asked_facts,
    contract_parties,
    loan_facts,
    read_fact,
)
from yulin.pool.core.words import party_word
from yulin.rules.core.vocabulary import Fact, Vocabulary

_CODE = {"class": "yl-id", "autocomplete": "off", "spellcheck": "false"}
_LONGEST_MONTHS = 600
_FACT = "fact-"
_SHARE = "share-"


class QuestionForm(forms.Form):
    """Firm, amount, term, security, mode, day; then the scheme's own questions."""

    scheme = forms.ChoiceField(label=say_later(Text("方案", "Scheme")))
    firm_code = forms.CharField(
        label=say_later(Text("企业（统一社会信用代码）", "Firm (USCC)")),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs=_CODE),
    )
    amount = forms.CharField(
        label=say_later(Text("贷款金额（万元）", "Amount (CNY 10,000)")),
        max_length=30,
        widget=forms.TextInput(attrs={"class": "yl-num", "inputmode": "decimal"}),
    )
    months = forms.IntegerField(
        label=say_later(Text("期限（月）", "Term (months)")),
        min_value=1,
        max_value=_LONGEST_MONTHS,
        widget=forms.TextInput(attrs={"class": "yl-num", "inputmode": "numeric"}),
    )
    security = forms.ChoiceField(label=say_later(Text("担保方式", "Security")))
    mode = forms.ChoiceField(label=say_later(Text("分担模式", "Mode")))
    on = forms.DateField(
        label=say_later(Text("拟放款日", "Day of lending")),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(
        self,
        asked: Mapping[str, Any],
        *,
        law: Law,
        laws: Sequence[Law],
        register: Sequence[FactUsed],
        closed: Sequence[ClosedFact] = (),
    ) -> None:
        values = {**self._defaults(law), **{name: value for name, value in asked.items() if value != ""}}
        values |= {name: asked[name] for name in ("firm_code", "amount", "months") if name in asked}
        # Nothing is wrong with a question that was not asked yet.
        super().__init__(values if "amount" in asked else None, initial=values)
        self.law = law
        vocabulary = law.pack.vocabulary
        self._choices("scheme", [(one.pack.id, one.pack.title) for one in laws])
        self._choices("security", list(vocabulary.lists["security"].members.items()))
        self._choices("mode", [(mode.id, mode.title) for mode in law.pack.scheme.modes.values() if mode.of == mode.id])
        currency = law.pack.currency
        if currency != "CNY":
            label = Text(f"贷款金额（万{currency}）", f"Amount ({currency} 10,000)")
            self.fields["amount"].label = say_later(label)
        said = {one.name: one for one in register}
        shut = {one.name for one in closed}
        for fact in asked_facts(law):
            made = fact_field(fact, law.pack.vocabulary, said.get(fact.alias))
            if fact.alias in shut:
                made.help_text = say_later(Text("企业授权后由登记资料带入", "The firm's consent lets the register say"))
            self.fields[f"{_FACT}{fact.alias}"] = made
        for party in contract_parties(law, str(values.get("mode", "bank"))):
            self.fields[f"{_SHARE}{party}"] = _share_field(party)

    def _defaults(self, law: Law) -> dict[str, Any]:
        modes = law.pack.scheme.modes
        return {
            "scheme": law.pack.id,
            "security": "credit",
            "mode": "bank" if "bank" in modes else next(iter(modes), ""),
            "on": business_date().isoformat(),
            "months": "12",
        }

    def _choices(self, name: str, options: Sequence[tuple[str, Text]]) -> None:
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = [(value, say_later(text)) for value, text in options]

    @property
    def fact_fields(self) -> Iterator[BoundField]:
        """The scheme's own questions."""
        yield from (self[name] for name in self.fields if name.startswith((_FACT, _SHARE)))

    def clean_amount(self) -> int:
        """Return the amount in fen."""
        try:
            fen = parse_fen(self.cleaned_data["amount"], "wan").fen
        except YulinError as error:
            raise forms.ValidationError(say(error.message)) from error
        if fen <= 0:
            raise forms.ValidationError(say(Text("金额须大于零。", "The amount must be above zero.")))
        return fen

    def clean(self) -> dict[str, Any]:
        """Read the scheme's own facts."""
        cleaned = super().clean() or {}
        for fact in asked_facts(self.law):
            name = f"{_FACT}{fact.alias}"
            text = str(cleaned.get(name) or "").strip()
            if not text:
                cleaned[name] = None
                continue
            try:
                cleaned[name] = read_fact(fact, text)
            except (YulinError, ValueError):
                words = Text(f"“{text}”不能读作{fact.label.zh}。", f"“{text}” cannot be read as {fact.label.en}.")
                self.add_error(name, say(words))
        return cleaned

    def question(self) -> Question:
        """Return the question as the selector takes it."""
        data = self.cleaned_data
        loan = loan_facts(
            amount_fen=data["amount"],
            on=data["on"],
            months=data["months"],
            security=data["security"],
            mode=data["mode"],
        )
        given = {name.removeprefix(_FACT): value for name, value in data.items() if name.startswith(_FACT)}
        shares = {name.removeprefix(_SHARE): value for name, value in data.items() if name.startswith(_SHARE)}
        return Question(
            scheme_id=data["scheme"],
            on=data["on"],
            facts={**loan, **{name: value for name, value in given.items() if value is not None}},
            firm_code=data["firm_code"],
            contract_bp={party: percent * 100 for party, percent in shares.items() if percent},
        )


def fact_field(fact: Fact, vocabulary: Vocabulary, said: FactUsed | None) -> forms.Field:
    """Return the field of one fact; its blank stands for what the register says."""
    kind = fact.type.kind
    known = fact_value(fact.alias, said.value, vocabulary) if said else Text("未知", "unknown")
    blank = Text(f"登记资料：{known.zh}", f"Register: {known.en}") if said else known
    hint = Text(f"来源：{said.source.zh}", f"Source: {said.source.en}") if said else None
    if said and hint and said.is_contested:
        hint = Text(f"{hint.zh}；企业有异议，办理中", f"{hint.en}; contested by the firm, not decided yet")
    shared: dict[str, Any] = {
        "label": say_later(fact.label),
        "required": False,
        "help_text": say_later(hint) if hint else "",
    }
    if kind == "bool":
        yes_no = [("yes", say_later(Text("是", "yes"))), ("no", say_later(Text("否", "no")))]
        return forms.ChoiceField(choices=[("", say_later(blank)), *yes_no], **shared)
    if kind == "member":
        members = vocabulary.lists[fact.type.unit].members
        options = [(value, say_later(text)) for value, text in members.items()]
        return forms.ChoiceField(choices=[("", say_later(blank)), *options], **shared)
    attrs: dict[str, Any] = {"placeholder": say_later(blank)}
    if kind == "money":
        shared["label"] = say_later(Text(f"{fact.label.zh}（万元）", f"{fact.label.en} (CNY 10,000)"))
        attrs["class"] = "yl-num"
    if kind == "area":
        attrs |= {"list": "areas", "inputmode": "numeric"}
    if kind == "date":
        attrs["type"] = "date"
    return forms.CharField(max_length=40, widget=forms.TextInput(attrs=attrs), **shared)


def _share_field(party: str) -> forms.Field:
    word = party_word(party)
    return forms.IntegerField(
        label=say_later(Text(f"{word.zh}合同比例（%）", f"{word.en}'s share by contract (%)")),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.TextInput(attrs={"class": "yl-num", "inputmode": "numeric"}),
    )
