"""What the pool refuses about the assignment of debts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from yulin.base.text import Text
from yulin.pool.errors.root import PoolError, listed


class AssignmentDebtError(PoolError):
    """The debt cannot change hands: not compensated, repaid, overpaid, not confirmed or never disbursed."""

    code = "POOL.ASSIGNMENT.DEBT"

    def __init__(self, *, reasons: Mapping[str, Text]) -> None:
        super().__init__(
            Text("该债权不能转让：%(reasons)s。", "The debt cannot be assigned: %(reasons)s.").with_values(
                reasons=listed(list(reasons.values()))
            ),
            Text(
                "从转让包中移出，或待原因消除后再申请。",
                "Take it out of the package, or ask again when it is mended.",
            ),
            codes=list(reasons),
        )


class AssignmentStandsError(PoolError):
    """The debt is assigned already, or a request for it is pending."""

    code = "POOL.ASSIGNMENT.STANDS"

    def __init__(self, *, state: str, transferee: str) -> None:
        super().__init__(
            Text(
                "该债权已有转让（%(state)s，受让方%(transferee)s），不能再次申请。",
                "The debt has an assignment already (%(state)s, to %(transferee)s); there cannot be two.",
            ).with_values(state=state, transferee=transferee),
            Text("先撤销原申请或回购。", "Cancel that request or buy the debt back first."),
            state=state,
            transferee=transferee,
        )


class AssignmentActError(PoolError):
    """There is no assignment that this act could change."""

    code = "POOL.ASSIGNMENT.ACT"

    def __init__(self, *, act: str | None, state: str | None) -> None:
        super().__init__(
            Text(
                "没有可以撤销或回购的转让，或回购申请已在办理。",
                "There is no assignment to cancel or buy back, or a buy-back is pending already.",
            ),
            Text("刷新页面，核对该债权的转让经过。", "Reload the page and look at the debt's history."),
            act=act,
            state=state,
        )


class AssignmentSettlementError(PoolError):
    """The day of settlement lies before the day on which it could be."""

    code = "POOL.ASSIGNMENT.SETTLEMENT"

    def __init__(self, *, settles_on: date, earliest_on: date) -> None:
        super().__init__(
            Text("交割日%(found)s早于%(needed)s。", "The settlement day %(found)s lies before %(needed)s.").with_values(
                found=settles_on, needed=earliest_on
            ),
            Text("改为%(needed)s或以后的日期。", "Choose %(needed)s or a later day.").with_values(needed=earliest_on),
            settles_on=settles_on.isoformat(),
            earliest_on=earliest_on.isoformat(),
        )


class AssignmentPriceError(PoolError):
    """The price ratio is missing, not above zero, or above the whole principal."""

    code = "POOL.ASSIGNMENT.PRICE"

    def __init__(self, *, found: int | None) -> None:
        shown = Text("未填", "nothing") if found is None else f"{found / 10_000:g}%"
        super().__init__(
            Text(
                "转让价格比例为%(found)s，应大于0、不超过本金的100%%。",
                "The price ratio is %(found)s; it must be above 0 and at most 100%% of the principal.",
            ).with_values(found=shown),
            Text("填写转让合同中的价格比例。", "Give the ratio of the transfer contract."),
            price_ratio_ppm=found,
        )


class AssignmentTransfereeError(PoolError):
    """No transferee is named."""

    code = "POOL.ASSIGNMENT.TRANSFEREE"

    def __init__(self) -> None:
        super().__init__(
            Text("未填受让方。", "No transferee is named."), Text("选择受让方。", "Choose the transferee.")
        )
