"""What the pool refuses about payments."""

from __future__ import annotations

from datetime import date

from yulin.base.text import Text
from yulin.pool.errors.root import PoolError, listed


class NothingToPayError(PoolError):
    """No approved voucher waits for payment under the scheme."""

    code = "POOL.PAYOUT.NOTHING"

    def __init__(self, *, scheme: str) -> None:
        super().__init__(
            Text("方案%(scheme)s没有待拨付的凭证。", "No voucher waits for payment under %(scheme)s.").with_values(
                scheme=scheme
            ),
            Text("公示通过的申请才可以拨付。", "Only claims whose notice has passed are paid."),
            scheme=scheme,
        )


class PayoutDayError(PoolError):
    """A batch is to be paid on a day that is over."""

    code = "POOL.PAYOUT.DAY"

    def __init__(self, *, on: date, today: date) -> None:
        super().__init__(
            Text(
                "付款日%(found)s已过，今日%(today)s。", "The day of payment, %(found)s, is over: today is %(today)s."
            ).with_values(found=on, today=today),
            Text(
                "改为今日或以后；银行不接受过去的付款日。", "Choose today or later; a bank takes no day that is over."
            ),
            on=on.isoformat(),
            today=today.isoformat(),
        )


class AccountMissingError(PoolError):
    """An organisation that pays or is paid has no account in the currency of the payment on record."""

    code = "POOL.PAYOUT.ACCOUNT"

    def __init__(self, *, organisations: list[Text], currency: str) -> None:
        super().__init__(
            Text(
                "%(names)s没有登记%(currency)s账户。", "No %(currency)s account is on record for %(names)s."
            ).with_values(names=listed(organisations), currency=currency),
            Text("先登记该币种的户名、账号与联行号。", "Enter name, account and bank code in that currency first."),
            organisations=[one.en for one in organisations],
            currency=currency,
        )


class MixedCurrenciesError(PoolError):
    """One batch would hold payments in two currencies."""

    code = "POOL.PAYOUT.CURRENCIES"

    def __init__(self, *, scheme: str, currencies: list[str]) -> None:
        super().__init__(
            Text(
                "方案%(scheme)s待拨付的款项有%(n)s种币种（%(found)s），一个批次只能有一种。",
                "What waits under %(scheme)s is in %(n)s currencies (%(found)s); a batch holds one.",
            ).with_values(scheme=scheme, n=len(currencies), found="、".join(currencies)),
            Text(
                "同一方案的各版本应为同一币种；请管理员核对这些申请所依版本。",
                "All versions of a scheme have one currency; have the versions behind these claims checked.",
            ),
            scheme=scheme,
            currencies=currencies,
        )


class BatchNotFoundError(PoolError):
    """There is no such batch."""

    code = "POOL.PAYOUT.NOT_FOUND"

    def __init__(self, *, batch: str | int) -> None:
        super().__init__(
            Text("没有批次%(id)s。", "There is no batch %(id)s.").with_values(id=batch),
            Text("从拨付列表进入。", "Start from the list of payouts."),
            batch=str(batch),
        )


class BatchStateError(PoolError):
    """The batch is not in a state for this step."""

    code = "POOL.PAYOUT.STATE"

    def __init__(self, *, batch: str, found: str, needed: str) -> None:
        super().__init__(
            Text(
                "批次%(batch)s处于“%(found)s”，此步需要“%(needed)s”。",
                "The batch %(batch)s is “%(found)s”; this step needs “%(needed)s”.",
            ).with_values(batch=batch, found=found, needed=needed),
            Text("刷新页面后再办。", "Reload the page."),
            batch=batch,
            found=found,
        )


class ReleaseSameHandsError(PoolError):
    """A batch is released by two different people."""

    code = "POOL.PAYOUT.SAME_HANDS"

    def __init__(self, *, batch: str) -> None:
        super().__init__(
            Text(
                "批次%(batch)s须由两个人放款，您已放款一次。", "Two people release %(batch)s; you have already."
            ).with_values(batch=batch),
            Text("由另一人放款。", "Let another person release it."),
            batch=batch,
        )


class OrderAnsweredError(PoolError):
    """An order that the bank has answered is not declared unpaid by hand."""

    code = "POOL.PAYOUT.ANSWERED"

    def __init__(self, *, order: str, outcome: str) -> None:
        super().__init__(
            Text(
                "付款指令%(order)s已有结果“%(outcome)s”。", "The order %(order)s is answered: “%(outcome)s”."
            ).with_values(order=order, outcome=outcome),
            Text("以银行回盘为准。", "The bank's answer stands."),
            order=order,
            outcome=outcome,
        )
