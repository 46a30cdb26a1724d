"""What the pool refuses about the budgets of layers."""

from __future__ import annotations

from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.pool.errors.root import PoolError


class BudgetBelowUseError(PoolError):
    """A layer's budget cannot be set below what is held on it already."""

    code = "POOL.BUDGET.BELOW_USE"

    def __init__(self, *, layer: Text, budget_fen: int, used_fen: int) -> None:
        super().__init__(
            Text(
                "%(layer)s的预算不能定为%(budget)s元：已占用%(used)s元。",
                "The budget of %(layer)s cannot be CNY %(budget)s: CNY %(used)s are held on it.",
            ).with_values(layer=layer, budget=yuan_text(budget_fen), used=yuan_text(used_fen)),
            Text("预算不低于已占用的金额。", "Set at least what is held."),
            budget_fen=budget_fen,
            used_fen=used_fen,
        )


class BudgetAboveCapError(PoolError):
    """A layer's yearly budget is above what its law lets it pay in a year."""

    code = "POOL.BUDGET.ABOVE_CAP"

    def __init__(self, *, layer: Text, budget_fen: int, cap_fen: int) -> None:
        super().__init__(
            Text(
                "%(layer)s的预算不能定为%(budget)s元：条文规定每年不超过%(cap)s元。",
                "The budget of %(layer)s cannot be CNY %(budget)s: its law allows CNY %(cap)s a year.",
            ).with_values(layer=layer, budget=yuan_text(budget_fen), cap=yuan_text(cap_fen)),
            Text("预算不超过条文的年度上限。", "Set at most what the law allows for a year."),
            budget_fen=budget_fen,
            cap_fen=cap_fen,
        )


class BudgetFormError(PoolError):
    """Only a pot takes back what was recovered, and its interest only where the law says that it stays."""

    code = "POOL.BUDGET.FORM"

    def __init__(self, *, layer: Text, interest_fen: int) -> None:
        super().__init__(
            Text(
                "%(layer)s没有可滚存的资金池，或条文没有写明利息%(interest)s元滚存。",
                "%(layer)s has no pot that goes on, or its law does not let interest (CNY %(interest)s) stay in it.",
            ).with_values(layer=layer, interest=yuan_text(interest_fen)),
            Text(
                "年度预算按年另定；利息的归属先由条文写明。",
                "Set a yearly budget anew each year; let the law say where interest goes.",
            ),
            interest_fen=interest_fen,
        )


class BudgetNotFoundError(PoolError):
    """There is no such layer, or its budget is somebody else's to see."""

    code = "POOL.BUDGET.NOT_FOUND"

    def __init__(self, *, layer: Text) -> None:
        super().__init__(
            Text(
                "没有%(layer)s的预算，或它不属于本机构。", "There is no budget of %(layer)s, or it is not yours."
            ).with_values(layer=layer),
            Text("从预算列表进入。", "Start from the list of budgets."),
        )
