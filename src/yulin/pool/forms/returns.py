"""The form of a monthly return: one file; the month is the page's."""

from __future__ import annotations

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say_later


class ReturnFileForm(forms.Form):
    """A bank's return file of one month."""

    file = forms.FileField(
        label=say_later(Text("月报文件", "Return file")),
        help_text=say_later(
            Text(
                "XLSX或CSV：借据编号、余额、五级分类；可有逾期天数、利率、状态",
                "XLSX or CSV: loan number, balance, class; days overdue, rate and status if held",
            )
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
