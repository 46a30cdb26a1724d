"""Payment of vouchers, subsidies and payables of other areas: accounts, batches, orders, and the bank's answers.

Invariant (the database's too): an order pays one voucher, one insurer's subsidy or one payable of another area (an
award, a milestone), by the same fen; each of these has at most one order that is paid or unanswered, so that nothing is
paid twice; two different people release a batch; an order that is answered keeps its answer; a batch and all its
orders are in one currency.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now

from yulin.base.text import OWN_CURRENCY
from yulin.pool.enums import BatchState

_CURRENCY = "^[A-Z]{3}$"
_OUTCOMES = ("unknown", "paid", "failed")


class PaymentAccount(models.Model):
    """The account of an organisation in one currency: the manager's, which pays, or a bank's, which is paid."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField("币种", max_length=3, default=OWN_CURRENCY, db_default=OWN_CURRENCY)
    name = models.CharField("户名", max_length=140)
    account = models.CharField("账号", max_length=34)
    bank_code = models.CharField("联行号", max_length=12)
    table = models.JSONField("银行表格格式", default=dict, blank=True)  # of the bank that pays; {}: the common one
    updated_at = models.DateTimeField("更新", auto_now=True)

    class Meta:
        verbose_name = "收付款账户"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "currency"], name="account_one_of_a_currency"),
            models.CheckConstraint(condition=Q(currency__regex=_CURRENCY), name="account_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.account}"


class PayoutBatch(models.Model):
    """Orders of one currency that go to the paying bank in one file."""

    number = models.CharField("批次号", max_length=35, unique=True)
    scheme_id = models.CharField("方案", max_length=60)
    payable_kind = models.CharField("其他款项", max_length=20, blank=True, default="", db_default="")  # "": the pool's
    about = models.JSONField(
        "款项", default=dict, blank=True, db_default=Value({}, models.JSONField())
    )  # {}: the scheme
    currency = models.CharField("币种", max_length=3, default=OWN_CURRENCY, db_default=OWN_CURRENCY)
    state = models.CharField("状态", max_length=10, default=BatchState.DRAFT.value)
    execute_on = models.DateField("付款日")
    payer_name = models.CharField("付款户名", max_length=140)
    payer_account = models.CharField("付款账号", max_length=34)
    payer_bank_code = models.CharField("付款行联行号", max_length=12)
    table = models.JSONField("银行表格格式", default=dict, blank=True)  # as it was when the batch was made
    made_at = models.DateTimeField("建立时间", db_default=Now())
    made_by_id = models.BigIntegerField("经办", null=True)
    first_release_by_id = models.BigIntegerField("第一放款人", null=True, blank=True)
    second_release_by_id = models.BigIntegerField("第二放款人", null=True, blank=True)
    released_at = models.DateTimeField("放款时间", null=True, blank=True)

    class Meta:
        verbose_name = "拨付批次"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(currency__regex=_CURRENCY), name="batch_currency"),
            models.UniqueConstraint(fields=["id", "currency"], name="batch_of_one_currency"),  # orders refer to both
            models.CheckConstraint(condition=Q(state__in=[str(each) for each in BatchState]), name="batch_state"),
            models.CheckConstraint(
                condition=Q(second_release_by_id__isnull=True)
                | (Q(first_release_by_id__isnull=False) & ~Q(second_release_by_id=F("first_release_by_id"))),
                name="batch_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "void"])
                | (Q(second_release_by_id__isnull=False) & Q(released_at__isnull=False)),
                name="batch_released_by_two",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PayoutOrder(models.Model):
    """One payment of one voucher, of one insurer's subsidy, or of one payable that another area keeps.

    The database refers from (batch, currency) to the batch's own two, so no order is in another currency than its file.
    """

    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="orders")
    voucher = models.ForeignKey("pool.Voucher", on_delete=models.PROTECT, null=True, related_name="orders")
    subsidy = models.ForeignKey("pool.ExcessSubsidy", on_delete=models.PROTECT, null=True, related_name="orders")
    payable_kind = models.CharField("其他款项", max_length=20, blank=True, default="", db_default="")
    payable_id = models.BigIntegerField("款项编号", null=True)
    reference = models.CharField("业务参考号", max_length=35, unique=True)
    payee_name = models.CharField("收款户名", max_length=140)
    account = models.CharField("收款账号", max_length=34)
    bank_code = models.CharField("联行号", max_length=12)
    currency = models.CharField("币种", max_length=3, default=OWN_CURRENCY, db_default=OWN_CURRENCY)
    amount_fen = models.BigIntegerField("金额")
    purpose = models.CharField("用途", max_length=140)
    outcome = models.CharField("结果", max_length=8, default="unknown")
    reason = models.CharField("原因", max_length=300, blank=True)
    answered_on = models.DateField("回盘日", null=True, blank=True)

    class Meta:
        verbose_name = "付款指令"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["voucher"], condition=~Q(outcome="failed"), name="order_one_that_may_pay"),
            models.UniqueConstraint(
                fields=["subsidy"], condition=~Q(outcome="failed"), name="order_one_that_may_pay_subsidy"
            ),
            models.CheckConstraint(
                condition=Q(voucher__isnull=True, subsidy__isnull=False, payable_id__isnull=True, payable_kind="")
                | Q(voucher__isnull=False, subsidy__isnull=True, payable_id__isnull=True, payable_kind="")
                | Q(Q(voucher__isnull=True, subsidy__isnull=True, payable_id__isnull=False) & ~Q(payable_kind="")),
                name="order_of_one",
            ),
            models.UniqueConstraint(
                fields=["payable_kind", "payable_id"],
                condition=~Q(outcome="failed") & ~Q(payable_kind=""),
                name="order_one_that_may_pay_payable",
            ),
            models.CheckConstraint(condition=Q(outcome__in=_OUTCOMES), name="order_outcome"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="order_amount"),
            models.CheckConstraint(
                condition=Q(outcome="unknown") | Q(answered_on__isnull=False), name="order_answered_on"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class PayoutAnswer(models.Model):
    """One return file of the bank as it came, and what of it did not fit."""

    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="answers")
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("内容散列", max_length=64)
    received_at = models.DateTimeField("收到", db_default=Now())
    received_by_id = models.BigIntegerField("经办", null=True)
    settled_count = models.PositiveIntegerField("入账笔数")
    repeated_count = models.PositiveIntegerField("重复笔数")
    misfits = models.JSONField("不符", default=list)

    class Meta:
        verbose_name = "回盘"
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.file_name}"
