"""What the check-up, the radar, stacking and the effect of a law refuse."""

from __future__ import annotations

from collections.abc import Sequence

from yulin.base.errors import YulinError
from yulin.base.text import Text


class FirmNotFoundError(YulinError):
    """No firm has this number, or it is not yours to see; both are answered alike."""

    code = "BRAIN.FIRM.NOT_FOUND"

    def __init__(self, *, firm: object) -> None:
        super().__init__(
            Text("没有可供体检的企业“%(firm)s”。", "There is no firm “%(firm)s” to check up.").with_values(firm=firm),
            Text("从企业清单进入，或核对统一社会信用代码。", "Enter from the list of firms, or check the USCC."),
            firm=str(firm),
        )


class EffectNotComputedError(YulinError):
    """The effect of a change of law on the firms has not been computed yet; a list of firms comes after it."""

    code = "BRAIN.EFFECT.NOT_COMPUTED"

    def __init__(self, *, old: str, new: str) -> None:
        super().__init__(
            Text(
                "“%(old)s”改为“%(new)s”对企业的影响尚未算出。",
                "What “%(new)s” in place of “%(old)s” does to the firms is not computed yet.",
            ).with_values(old=old, new=new),
            Text(
                "先打开影响页，待结果出现后再导出。",
                "Open the page of the effect first; export when its result is there.",
            ),
            old=old,
            new=new,
        )


class CriteriaRuleError(YulinError):
    """A criterion's rule is not in the language of packs, or criteria hold nothing at all."""

    code = "BRAIN.CRITERIA.RULE"

    def __init__(self, *, policy: str, found: str) -> None:
        super().__init__(
            Text(
                "“%(policy)s”的条件不能成立：%(found)s。", "The criteria of “%(policy)s” do not hold: %(found)s."
            ).with_values(policy=policy, found=found),
            Text(
                "规则按规则包的写法，如 revenue[0] >= wan(500)；规则读不了的选“人工核对”。",
                "Write rules as packs do, such as revenue[0] >= wan(500); leave to a person what no rule can say.",
            ),
            policy=policy,
            found=found,
        )


class CriteriaStateError(YulinError):
    """Criteria are not waiting any more, or something newer stands in their place."""

    code = "BRAIN.CRITERIA.STATE"

    def __init__(self, *, policy: str, found: str) -> None:
        super().__init__(
            Text(
                "“%(policy)s”的条件已不在待确认状态：%(found)s。",
                "The criteria of “%(policy)s” do not wait: %(found)s.",
            ).with_values(policy=policy, found=found),
            Text("刷新条件页，按最新一版处理。", "Load the page of its criteria anew and work on the newest."),
            policy=policy,
            found=found,
        )


class RadarRunningError(YulinError):
    """Another process is deciding the radar right now."""

    code = "BRAIN.RADAR.RUNNING"

    def __init__(self, *, run: int) -> None:
        super().__init__(
            Text(
                "政策匹配第%(run)s次核算正由另一进程进行。",
                "Run %(run)s of the radar is being made by another process.",
            ).with_values(run=run),
            Text(
                "等它完成，或稍后再试；已完成的部分不会重算。",
                "Wait for it, or try again later; what is done is not done again.",
            ),
            run=run,
        )


class StackingCircleError(YulinError):
    """Benefits give way to, or presuppose, one another in a circle, so that none of them could be had."""

    code = "BRAIN.STACKING.CIRCLE"

    def __init__(self, *, chain: Sequence[str], rules: Sequence[str], exclude: bool) -> None:
        arrow = Text("让位于", "gives way to") if exclude else Text("以之为前提", "presupposes")
        super().__init__(
            Text("叠加规则成环：%(chain)s（%(arrow)s）。", "Rules of stacking run in a circle: %(chain)s (%(arrow)s).")
            .with_values(chain=" → ".join(chain), arrow=arrow),
            Text(
                "核对这些规则的原文，改正其中一条：%(rules)s。", "Read the clauses again and mend one of: %(rules)s."
            ).with_values(rules=", ".join(rules)),
            chain=list(chain),
            rules=list(rules),
        )  # fmt: skip


class StackingContradictionError(YulinError):
    """A benefit presupposes another that the rules forbid beside it."""

    code = "BRAIN.STACKING.CONTRADICTION"

    def __init__(self, *, benefit: str, other: str, needs: str, forbids: str) -> None:
        super().__init__(
            Text(
                "“%(benefit)s”以“%(other)s”为前提（规则%(needs)s），而规则%(forbids)s不许两者并存。",
                "“%(benefit)s” presupposes “%(other)s” (rule %(needs)s), which rule %(forbids)s forbids beside it.",
            ).with_values(benefit=benefit, other=other, needs=needs, forbids=forbids),
            Text("核对两条规则的原文，改正其中一条。", "Read both clauses again and mend one of the rules."),
            benefit=benefit,
            other=other,
            rules=[needs, forbids],
        )


class StackingTimeError(YulinError):
    """The best combination of benefits could not be proved within the time that one question may take."""

    code = "BRAIN.STACKING.TIME"

    def __init__(self, *, benefits: int, seconds: float) -> None:
        super().__init__(
            Text(
                "%(n)s项互有规则的政策，未能在%(seconds)s秒内证明最优组合。",
                "The best of %(n)s benefits with rules between them was not proved within %(seconds)s seconds.",
            ).with_values(n=benefits, seconds=round(seconds)),
            Text("减少待选的政策后再试。", "Try again with fewer benefits."),
            benefits=benefits,
        )


class StackingNothingNewError(YulinError):
    """A text of the law of stacking is proposed as it stands in force already."""

    code = "BRAIN.STACKING.NOTHING_NEW"

    def __init__(self, *, key: str) -> None:
        super().__init__(
            Text("“%(key)s”与现行内容相同。", "“%(key)s” is what is in force already.").with_values(key=key),
            Text("修改内容后再提交。", "Change the text, then submit it."),
            key=key,
        )


class FeedNotFoundError(YulinError):
    """A calendar address is unknown, was taken back, or its person no longer works for the firm."""

    code = "BRAIN.FEED.NOT_FOUND"

    def __init__(self) -> None:
        super().__init__(
            Text("日历地址不存在或已撤销。", "There is no such calendar address, or it was taken back."),
            Text("在“我能享受的政策”页重新建立。", "Make a new one on the page “What I can have”."),
        )
