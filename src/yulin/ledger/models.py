"""Tables of the ledger: accounts with their totals, transfers, what is left of holds, seals, closed periods.

Invariant (the database's own): transfers, seals and closed periods are never changed or removed; an account keeps what
it is; totals move only with transfers, through the function `ledger_book`; no account passes zero where it may not;
no hold gives more than it reserved; a transfer is reversed at most once. Codes and kinds are domains of the database,
which knows the kinds of `yulin.ledger.enums`; bounds of accounts and the shape of a transfer stand in row policies,
which a plan keeps, where a check would be read again for every statement.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.base.text import Text
from yulin.ledger.core.accounts import KIND_NAMES
from yulin.ledger.core.transfers import KIND_NAMES as TRANSFER_NAMES
from yulin.ledger.core.transfers import LONGEST_KEY, LONGEST_REASON
from yulin.ledger.enums import AccountKind, TransferKind


class Account(models.Model):
    """One account; its balance is credits less debits."""

    code = models.CharField("账户", max_length=120, unique=True)
    kind = models.CharField("种类", max_length=24)
    owner = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    scheme_id = models.CharField("方案", max_length=60, blank=True)
    layer = models.CharField("分险层", max_length=60, blank=True)
    district_code = models.CharField("区划代码", max_length=12, null=True, blank=True)  # noqa: DJ001 - null is none
    name_zh = models.CharField("名称", max_length=200, blank=True)
    name_en = models.CharField("英文名称", max_length=200, blank=True)
    may_overdraw = models.BooleanField("可透支")
    may_overfill = models.BooleanField("可超收", default=True)
    posted_fen = models.BigIntegerField("余额", default=0)
    held_out_fen = models.BigIntegerField("冻结（待付）", default=0)
    held_in_fen = models.BigIntegerField("冻结（待收）", default=0)
    closed_until = models.DateField("已关账至", null=True, blank=True)
    opened_at = models.DateTimeField("开立时间", db_default=Now())

    class Meta:
        verbose_name = "账户"
        ordering: ClassVar[list[str]] = ["code"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["scheme_id", "layer"], name="ledger_account_scheme"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def available_fen(self) -> int:
        """What the account can still give."""
        return self.posted_fen - self.held_out_fen

    @property
    def kind_name(self) -> Text:
        """The kind in words."""
        return KIND_NAMES[AccountKind(self.kind)]

    @property
    def name(self) -> Text:
        """The name in both languages, the code where it has none."""
        return Text(self.name_zh or self.code, self.name_en or self.name_zh or self.code)


class Transfer(models.Model):
    """One amount from a debit to a credit account. Written by `ledger_book` alone, never changed."""

    key = models.CharField("编号", max_length=LONGEST_KEY)
    link = models.CharField("组", max_length=LONGEST_KEY, null=True)  # noqa: DJ001 - null is its own group
    kind = models.CharField("种类", max_length=8)
    # `ledger_book` has locked both accounts and found the hold: a second look at each row would only cost time.
    debit = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    credit = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    amount_fen = models.BigIntegerField("金额")
    refers_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="followers", db_constraint=False, db_index=False
    )
    value_on = models.DateField("起息日")
    booked_at = models.DateTimeField("记账时间")
    expires_on = models.DateField("到期日", null=True)
    reason = models.CharField("理由", max_length=LONGEST_REASON, blank=True)
    actor_user_id = models.BigIntegerField(null=True)
    actor_organisation_id = models.BigIntegerField(null=True)
    facts = models.JSONField("事实", default=dict)
    transaction = models.BigIntegerField()

    class Meta:
        verbose_name = "分录"
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["debit", "value_on"], name="ledger_transfer_debit"),
            models.Index(fields=["credit", "value_on"], name="ledger_transfer_credit"),
            models.Index(fields=["refers_to"], condition=Q(refers_to__isnull=False), name="ledger_transfer_refers"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key"], name="ledger_transfer_key"),
            models.UniqueConstraint(
                fields=["refers_to"], condition=Q(kind=TransferKind.REVERSAL.value), name="ledger_reversed_once"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def kind_name(self) -> Text:
        """The kind in words."""
        return TRANSFER_NAMES[TransferKind(self.kind)]


class Hold(models.Model):
    """What is left of a hold."""

    transfer = models.OneToOneField(
        "ledger.Transfer", on_delete=models.PROTECT, primary_key=True, related_name="hold", db_constraint=False
    )
    rest_fen = models.BigIntegerField("尚余")
    expires_on = models.DateField("到期日", null=True)

    class Meta:
        verbose_name = "冻结余额"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["expires_on"], condition=Q(expires_on__isnull=False), name="ledger_hold_expires"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(rest_fen__gte=0), name="ledger_hold_rest"),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id}: {self.rest_fen}"


class Seal(models.Model):
    """One link of the hash chain over a batch of transfers. Its id is its number, from 1 without gaps.

    The batch is named by ranges of transfer numbers. `marks` holds four bytes a transfer: they prove nothing, they
    find the transfer that was changed.
    """

    id = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField(db_default=Now())
    previous_hash = models.CharField(max_length=64, unique=True)
    seal_hash = models.CharField(max_length=64, unique=True)
    transfer_count = models.PositiveIntegerField()
    first_ids = ArrayField(models.BigIntegerField())
    last_ids = ArrayField(models.BigIntegerField())
    marks = models.BinaryField()
    all_below = models.BigIntegerField(help_text="Every transfer up to this number is sealed, or never came to be.")
    seen_id = models.BigIntegerField(help_text="The highest transfer number that was seen.")
    next_transaction = models.BigIntegerField(help_text="The first transaction number not given out at that time.")

    class Meta:
        verbose_name = "分录封存"
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["seen_id"], name="ledger_seal_seen")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id__gte=1), name="ledger_seal_number"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}:{self.seal_hash[:12]}"


class PeriodClose(models.Model):
    """All value dates before a day are closed for the accounts of a scheme; an empty scheme is the rest of the book."""

    scheme_id = models.CharField("方案", max_length=60, blank=True)
    closed_until = models.DateField("关账至")
    closed_at = models.DateTimeField("关账时间", db_default=Now())
    actor_user_id = models.BigIntegerField(null=True)
    actor_organisation_id = models.BigIntegerField(null=True)
    totals = models.JSONField("关账余额", default=dict)

    class Meta:
        verbose_name = "关账"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scheme_id", "closed_until"], name="ledger_period_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.closed_until}"
