"""What the pool refuses about insurers' subsidies for excess losses."""

from __future__ import annotations

from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.pool.errors.root import PoolError


class SubsidyNotFoundError(PoolError):
    """There is no such insurer's year under the scheme, or it is somebody else's."""

    code = "POOL.SUBSIDY.NOT_FOUND"

    def __init__(self, *, scheme: str, insurer: int, year: int) -> None:
        super().__init__(
            Text(
                "方案%(scheme)s没有保险机构%(insurer)s在%(year)s年的承保记录。",
                "Scheme %(scheme)s has no year %(year)s of insurer %(insurer)s.",
            ).with_values(scheme=scheme, insurer=insurer, year=year),
            Text("在保险赔付页选择年度与机构。", "Choose year and insurer on the page of insurers."),
            scheme=scheme,
            insurer=insurer,
            year=year,
        )


class SubsidyNothingError(PoolError):
    """The year does not pass the level of the loss ratio, or the scheme gives nothing above it."""

    code = "POOL.SUBSIDY.NOTHING"

    def __init__(self, *, insurer: Text, year: int, ratio: str, level: str) -> None:
        super().__init__(
            Text(
                "%(insurer)s%(year)s年赔付率为%(ratio)s，补贴线为%(level)s：没有超额部分，或方案未订补贴比例。",
                "The loss ratio of %(insurer)s in %(year)s is %(ratio)s, the level %(level)s: nothing lies "
                "above it, or the scheme states no share of it.",
            ).with_values(insurer=insurer, year=year, ratio=ratio, level=level),
            Text("超过补贴线后才可决定。", "A subsidy is decided when the ratio passes the level."),
            year=year,
        )


class SubsidyYearRunsError(PoolError):
    """The subsidy of a year is decided when the year is over."""

    code = "POOL.SUBSIDY.YEAR_RUNS"

    def __init__(self, *, insurer: Text, year: int) -> None:
        super().__init__(
            Text(
                "%(year)s年尚未结束，%(insurer)s的赔付还会变化。",
                "The year %(year)s is not over: the claims of %(insurer)s still change.",
            ).with_values(insurer=insurer, year=year),
            Text("%(next)s年1月1日起再决定。", "Decide it from 1 January %(next)s on.").with_values(next=year + 1),
            year=year,
        )


class SubsidyPremiumError(PoolError):
    """Without premium the loss ratio is unknown."""

    code = "POOL.SUBSIDY.NO_PREMIUM"

    def __init__(self, *, insurer: Text, year: int) -> None:
        super().__init__(
            Text(
                "%(insurer)s没有申报%(year)s年保费，赔付率无法计算。",
                "%(insurer)s has stated no premiums for %(year)s: its loss ratio is unknown.",
            ).with_values(insurer=insurer, year=year),
            Text("请该机构先申报保费。", "Ask the insurer to state its premiums first."),
            year=year,
        )


class SubsidyPayerError(PoolError):
    """The scheme names no layer that could bear the subsidy."""

    code = "POOL.SUBSIDY.NO_PAYER"

    def __init__(self, *, scheme: str) -> None:
        super().__init__(
            Text(
                "方案%(scheme)s没有可承担超赔补贴的分险层。",
                "Scheme %(scheme)s has no layer that could bear the subsidy.",
            ).with_values(scheme=scheme),
            Text(
                "在方案“insurance.excess_subsidy”中写明payer。",
                "State the payer in the scheme's “insurance.excess_subsidy”.",
            ),
            scheme=scheme,
        )


class SubsidyTwiceError(PoolError):
    """One subsidy stands for each scheme, insurer and year."""

    code = "POOL.SUBSIDY.TWICE"

    def __init__(self, *, insurer: Text, year: int, amount_fen: int) -> None:
        super().__init__(
            Text(
                "%(insurer)s%(year)s年的超赔补贴%(sum)s元已作决定。",
                "The subsidy of %(insurer)s for %(year)s, %(sum)s, is decided already.",
            ).with_values(insurer=insurer, year=year, sum=yuan_text(amount_fen)),
            Text("要改动，先撤销原决定。", "To change it, undo that decision first."),
            year=year,
            amount_fen=amount_fen,
        )


class SubsidyChangedError(PoolError):
    """Premium or claims give another amount than the one that was shown or decided."""

    code = "POOL.SUBSIDY.CHANGED"

    def __init__(self, *, insurer: Text, year: int, shown_fen: int, found_fen: int) -> None:
        super().__init__(
            Text(
                "%(insurer)s%(year)s年的超赔补贴原为%(shown)s元，按现有保费与赔付为%(found)s元。",
                "The subsidy of %(insurer)s for %(year)s was %(shown)s; premiums and claims now give %(found)s.",
            ).with_values(insurer=insurer, year=year, shown=yuan_text(shown_fen), found=yuan_text(found_fen)),
            Text("核对后按新的金额重新决定。", "Look at the figures again, then decide anew."),
            year=year,
            shown_fen=shown_fen,
            found_fen=found_fen,
        )


class SubsidyBudgetError(PoolError):
    """The layer's budget has no room for the subsidy."""

    code = "POOL.SUBSIDY.BUDGET"

    def __init__(self, *, layer: Text, amount_fen: int, available_fen: int) -> None:
        super().__init__(
            Text(
                "%(layer)s预算可用%(left)s元，超赔补贴需要%(sum)s元，差%(short)s元。",
                "The budget of the layer “%(layer)s” has %(left)s left; the subsidy takes %(sum)s, %(short)s more.",
            ).with_values(
                layer=layer, left=yuan_text(available_fen), sum=yuan_text(amount_fen),
                short=yuan_text(amount_fen - available_fen),
            ),
            Text("追加预算后再确认。", "Raise the budget, then confirm."),
            amount_fen=amount_fen,
            available_fen=available_fen,
        )  # fmt: skip


class SubsidySamePersonError(PoolError):
    """Two people decide on public money: who decides does not confirm, who confirms does not undo."""

    code = "POOL.SUBSIDY.SAME_PERSON"

    def __init__(self, *, insurer: Text, year: int) -> None:
        super().__init__(
            Text(
                "%(insurer)s%(year)s年超赔补贴的上一步由您办理，这一步须由另一人办理。",
                "You took the last step on the subsidy of %(insurer)s for %(year)s: another person takes this one.",
            ).with_values(insurer=insurer, year=year),
            Text("请另一位有权人员办理。", "Ask another person who may."),
            year=year,
        )


class SubsidyStateError(PoolError):
    """The subsidy has come too far, or not far enough, for this step."""

    code = "POOL.SUBSIDY.STATE"

    def __init__(self, *, insurer: Text, year: int, state: Text, needed: Text) -> None:
        super().__init__(
            Text(
                "%(insurer)s%(year)s年超赔补贴处于“%(state)s”，此步需要“%(needed)s”。",
                "The subsidy of %(insurer)s for %(year)s is “%(state)s”; this step needs “%(needed)s”.",
            ).with_values(insurer=insurer, year=year, state=state, needed=needed),
            Text("看补贴页所列的下一步。", "See the next step on the subsidy's page."),
            year=year,
        )


class SubsidyReasonError(PoolError):
    """A subsidy is undone with a reason."""

    code = "POOL.SUBSIDY.REASON"

    def __init__(self, *, insurer: Text, year: int) -> None:
        super().__init__(
            Text(
                "撤销%(insurer)s%(year)s年的超赔补贴没有写明理由。",
                "The subsidy of %(insurer)s for %(year)s is undone without a reason.",
            ).with_values(insurer=insurer, year=year),
            Text("写明为什么撤销。", "Say why it is undone."),
            year=year,
        )


class PremiumFrozenError(PoolError):
    """While a subsidy that was computed from it stands, the premium of a year is not stated anew."""

    code = "POOL.SUBSIDY.PREMIUM_FROZEN"

    def __init__(self, *, year: int, premium_fen: int, amount_fen: int) -> None:
        super().__init__(
            Text(
                "%(year)s年保费%(premium)s元已用于决定超赔补贴%(sum)s元，不能改报。",
                "The premiums of %(year)s, %(premium)s, carry a subsidy of %(sum)s that was decided: they stand.",
            ).with_values(year=year, premium=yuan_text(premium_fen), sum=yuan_text(amount_fen)),
            Text(
                "申报有误时，请主管部门先撤销补贴。", "If they are wrong, ask the authority to undo the subsidy first."
            ),
            year=year,
            premium_fen=premium_fen,
        )
