"""What the pool refuses about partner banks and their products."""

from __future__ import annotations

from datetime import date

from yulin.base.text import Text
from yulin.pool.errors.root import PoolError


class NotAPartnerError(PoolError):
    """The bank is no partner of the scheme on the day."""

    code = "POOL.BANK.NOT_PARTNER"

    def __init__(self, *, bank: str, scheme: str, on: date) -> None:
        super().__init__(
            Text(
                "%(bank)s在%(on)s不是方案%(scheme)s的合作银行。",
                "%(bank)s is no partner of the scheme %(scheme)s on %(on)s.",
            ).with_values(bank=bank, scheme=scheme, on=on),
            Text("由受托管理机构登记合作关系后再报送。", "Let the manager record the partnership first."),
            scheme=scheme,
            on=on.isoformat(),
        )


class PartnershipOverlapError(PoolError):
    """The bank is a partner of the scheme already in this interval."""

    code = "POOL.PARTNERSHIP.OVERLAP"

    def __init__(self, *, scheme: str, since: date) -> None:
        super().__init__(
            Text(
                "该行自%(since)s起已是方案%(scheme)s的合作银行。",
                "The bank has been a partner of the scheme %(scheme)s since %(since)s.",
            ).with_values(scheme=scheme, since=since),
            Text("先结束原合作期，再登记新的。", "End that partnership before recording another."),
            scheme=scheme,
        )


class PartnershipIntervalError(PoolError):
    """A partnership ends after the day on which it begins."""

    code = "POOL.PARTNERSHIP.INTERVAL"

    def __init__(self, *, since: date, until: date) -> None:
        super().__init__(
            Text(
                "合作期从%(since)s开始，结束日%(until)s须晚于开始日。",
                "The partnership begins on %(since)s; its end, %(until)s, must be a later day.",
            ).with_values(since=since, until=until),
            Text(
                "填写晚于开始日的日期；从这一天起不再合作。", "Give a later day: from that day on it no longer holds."
            ),
            since=since.isoformat(),
            until=until.isoformat(),
        )


class PartnershipNotFoundError(PoolError):
    """There is no such partnership."""

    code = "POOL.PARTNERSHIP.NOT_FOUND"

    def __init__(self, *, partnership: int) -> None:
        super().__init__(
            Text("没有合作关系%(id)s。", "There is no partnership %(id)s.").with_values(id=partnership),
            Text("从合作银行列表进入。", "Start from the list of partner banks."),
            partnership=partnership,
        )


class NotABankError(PoolError):
    """Only an active bank becomes a partner of a scheme."""

    code = "POOL.PARTNERSHIP.BANK"

    def __init__(self, *, organisation: int) -> None:
        super().__init__(
            Text(
                "机构%(id)s不是在用的银行，不能登记为合作银行。",
                "Organisation %(id)s is no active bank and cannot become a partner.",
            ).with_values(id=organisation),
            Text(
                "从银行名录中选择；名录没有的，先登记机构。",
                "Choose a bank of the list, or enter the organisation first.",
            ),
            organisation=organisation,
        )


class ProductNotFoundError(PoolError):
    """There is no such product, or it is another bank's."""

    code = "POOL.PRODUCT.NOT_FOUND"

    def __init__(self, *, product: int) -> None:
        super().__init__(
            Text(
                "没有产品%(id)s，或它不属于本行。", "There is no product %(id)s, or it is not your bank's."
            ).with_values(id=product),
            Text("从本行产品列表进入。", "Start from the list of your bank's products."),
            product=product,
        )


class ProductNameTakenError(PoolError):
    """A bank's products differ in their names."""

    code = "POOL.PRODUCT.NAME_TAKEN"

    def __init__(self, *, name: str) -> None:
        super().__init__(
            Text("本行已有名为“%(name)s”的产品。", "Your bank has a product named “%(name)s” already.").with_values(
                name=name
            ),
            Text("修改已有的产品，或换一个名称。", "Change that product, or give this one another name."),
            name=name,
        )
