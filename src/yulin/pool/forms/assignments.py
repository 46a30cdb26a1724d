"""Forms of packages of debts: terms, papers, notices, money passed on, a buy-back. They decide nothing.

A price is a percentage of the principal, kept in parts per million.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.pool.core.assignment.kinds import KIND_LAWS, TRANSFEREE_NAMES
from yulin.pool.core.assignment.package import NOTICE_NAMES, PAPER_NAMES
from yulin.pool.core.assignment.preflight import DECLARED
from yulin.pool.enums import AssignmentKind, AssignmentPaperKind, NoticeWay, TransfereeKind
from yulin.pool.forms.claims import FenField
from yulin.pool.models import AssignedDebt, DebtPackage
from yulin.pool.services.assignments.deciding import BuyBack
from yulin.pool.services.assignments.make_package import Terms
from yulin.pool.services.assignments.papers import PassedOn, Sheet, Told

_YES_NO = (
    ("open", say_later(Text("尚未确定", "Not known yet"))),
    ("yes", say_later(Text("是", "Yes"))),
    ("no", say_later(Text("否", "No"))),
)
_PPM_OF_A_PERCENT = 10_000


def _day(label: Text, *, is_needed: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=say_later(label), required=is_needed, widget=widget)


def _percent() -> forms.DecimalField:
    """Return the field of a price; how high and low it may be is the service's to say."""
    return forms.DecimalField(
        label=say_later(Text("价格（本金的%）", "Price (% of the principal)")),
        max_digits=9,
        decimal_places=4,
        widget=forms.TextInput(attrs={"class": "yl-num", "inputmode": "decimal"}),
    )


def _ppm(percent: Decimal | None) -> int | None:
    return None if percent is None else int(percent * _PPM_OF_A_PERCENT)


def kind_choices() -> list[tuple[str, str]]:
    """Return the kinds of assignment as a form offers them."""
    return [(kind.value, say(law.name)) for kind, law in KIND_LAWS.items()]


class MakeForm(forms.Form):
    """How debts are to be assigned; everything else follows on the package's page."""

    kind = forms.ChoiceField(label=say_later(Text("转让方式", "Kind of assignment")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]  # a ChoiceField


class TermsForm(forms.Form):
    """The terms of a draft package, and what only the bank can say of its contract."""

    kind = forms.ChoiceField(label=say_later(Text("转让方式", "Kind of assignment")))
    transferee_kind = forms.ChoiceField(label=say_later(Text("受让方类型", "Kind of transferee")))
    house = forms.ChoiceField(
        label=say_later(Text("受让机构（平台内）", "Transferee (on this platform)")),
        required=False,
        help_text=say_later(Text("受托管理机构、担保或保险机构", "The manager, a guarantor or an insurer")),
    )
    transferee_name = forms.CharField(
        label=say_later(Text("受让方名称", "Transferee's name")),
        max_length=140,
        required=False,
        help_text=say_later(Text("平台外的资产管理公司或信托", "An AMC or trust that is not on this platform")),
    )
    transferee_code = forms.CharField(
        label=say_later(Text("受让方统一社会信用代码", "Transferee's code")), max_length=30, required=False
    )
    price = _percent()
    settles_on = _day(Text("交割日", "Settlement"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, houses: Sequence[tuple[int, Text]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: dict[str, list[tuple[str, str]]] = {
            "kind": kind_choices(),
            "transferee_kind": [(one.value, say(name)) for one, name in TRANSFEREE_NAMES.items()],
            "house": [("", "—"), *((str(pk), say(name)) for pk, name in houses)],
        }
        for name, choices in chosen.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        for name, question in DECLARED.items():
            self.fields[name] = forms.ChoiceField(label=say(question), choices=_YES_NO)

    def terms(self) -> Terms:
        """Return the terms as they are stated."""
        given = self.cleaned_data
        return Terms(
            kind=AssignmentKind(given["kind"]),
            transferee_kind=TransfereeKind(given["transferee_kind"]),
            transferee_id=int(given["house"]) if given["house"] else None,
            transferee_name=given["transferee_name"],
            transferee_code=given["transferee_code"],
            price_ratio_ppm=_ppm(given["price"]),
            settles_on=given["settles_on"],
            answers={name: {"yes": True, "no": False}.get(given[name]) for name in DECLARED},
        )


def terms_start(package: DebtPackage) -> dict[str, Any]:
    """Return a package's terms as the form shows them."""
    words = {True: "yes", False: "no"}
    ratio = package.price_ratio_ppm
    return {
        "kind": package.kind,
        "transferee_kind": package.transferee_kind,
        "house": str(package.transferee_id or ""),
        "transferee_name": "" if package.transferee_id else package.transferee_name,
        "transferee_code": "" if package.transferee_id else package.transferee_code,
        "price": None if ratio is None else f"{Decimal(ratio) / _PPM_OF_A_PERCENT:f}",
        "settles_on": package.settles_on,
        "version": package.version,
        **{name: words.get(package.answers.get(name), "open") for name in DECLARED},
    }


class SheetForm(forms.Form):
    """A paper of the package."""

    kind = forms.ChoiceField(label=say_later(Text("文件", "Paper")))
    dated_on = _day(Text("文件日期", "Dated"), is_needed=False)
    file = forms.FileField(label=say_later(Text("文件", "File")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(one.value, say(name)) for one, name in PAPER_NAMES.items()]
        self.fields["kind"].choices = names  # type: ignore[attr-defined]  # a ChoiceField

    def sheet(self) -> Sheet:
        """Return the paper."""
        given = self.cleaned_data
        file = given["file"]
        return Sheet(AssignmentPaperKind(given["kind"]), file.name, file.read(), given["dated_on"])


class NoticeForm(forms.Form):
    """How and when debtors were told, with the proof."""

    debts = forms.MultipleChoiceField(
        label=say_later(Text("债务人", "Debtors")),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    way = forms.ChoiceField(label=say_later(Text("送达方式", "How")))
    sent_on = _day(Text("发出日", "Sent on"))
    delivered_on = _day(Text("送达日", "Delivered on"))
    proof = forms.FileField(label=say_later(Text("送达证明", "Proof of delivery")))

    def __init__(self, *args: Any, debts: Sequence[AssignedDebt], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "debts": [(str(one.pk), f"{one.firm_name} · {one.loan_number}") for one in debts],
            "way": [(one.value, say(name)) for one, name in NOTICE_NAMES.items() if one is not NoticeWay.PLATFORM],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["debts"].initial = [str(one.pk) for one in debts]

    def told(self) -> Told:
        """Return what is recorded."""
        given = self.cleaned_data
        file = given["proof"]
        proof = Sheet(AssignmentPaperKind.DELIVERY, file.name, file.read(), given["delivered_on"])
        return Told(NoticeWay(given["way"]), given["sent_on"], given["delivered_on"], proof)


class BuyBackForm(forms.Form):
    """What a bank pays to have its debts back."""

    price = _percent()
    settles_on = _day(Text("回购交割日", "Settlement of the buy-back"))
    note = forms.CharField(label=say_later(Text("回购理由", "Why")), max_length=500)

    def buy_back(self) -> BuyBack:
        """Return what is asked for."""
        given = self.cleaned_data
        return BuyBack(_ppm(given["price"]), given["settles_on"], given["note"])


class PassedOnForm(forms.Form):
    """Money that the debtor paid to the bank although the debt was another's."""

    debt = forms.ChoiceField(label=say_later(Text("债权", "Debt")))
    received_on = _day(Text("到账日", "Received on"))
    passed_on_on = _day(Text("转付日", "Passed on on"))
    amount = FenField(Text("金额（元）", "Amount (CNY)"), is_needed=True)
    reference = forms.CharField(label=say_later(Text("转付流水号", "Reference")), max_length=80)

    def __init__(self, *args: Any, debts: Sequence[AssignedDebt], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(str(one.pk), f"{one.firm_name} · {one.loan_number}") for one in debts]
        self.fields["debt"].choices = offered  # type: ignore[attr-defined]  # a ChoiceField

    def passed_on(self) -> PassedOn:
        """Return what is recorded."""
        given = self.cleaned_data
        return PassedOn(given["received_on"], given["passed_on_on"], given["amount"], given["reference"].strip())


class DecisionForm(forms.Form):
    """A step of a package with the version that was seen, and a reason where it needs one."""

    note = forms.CharField(label=say_later(Text("理由", "Reason")), max_length=500, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
