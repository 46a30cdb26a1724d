"""What is refused where facts whose time is over are deleted or masked."""

from __future__ import annotations

from yulin.base.errors import YulinError
from yulin.base.text import Text


class RetentionRuleError(YulinError):
    """The rules on how long things are kept are not written as they are."""

    code = "ATLAS.RETENTION.RULE"

    def __init__(self, *, where: str, at: str, needed: Text) -> None:
        super().__init__(
            Text(
                "留存规则%(where)s在“%(at)s”处无法读取：需要%(needed)s。",
                "The rules on retention %(where)s cannot be read at “%(at)s”: needed is %(needed)s.",
            ).with_values(where=where, at=at, needed=needed),
            Text("改正后再试；此前不删除任何内容。", "Mend it and try again; nothing is deleted until then."),
            where=where,
            at=at,
        )


class RetentionRuleUnknownError(YulinError):
    """There is no rule of this name on how long things are kept."""

    code = "ATLAS.RETENTION.NOT_FOUND"

    def __init__(self, *, rule: str, known: tuple[str, ...]) -> None:
        super().__init__(
            Text("没有名为“%(rule)s”的留存规则。", "No rule on retention is called “%(rule)s”.").with_values(rule=rule),
            Text("可选：%(known)s。", "Known: %(known)s.").with_values(known=", ".join(known)),
            rule=rule,
        )


class RetentionOrderNotFoundError(YulinError):
    """There is no proposal of this number to put a rule on retention in force."""

    code = "ATLAS.RETENTION.NOT_FOUND_ORDER"

    def __init__(self, *, order: int) -> None:
        super().__init__(
            Text("没有编号%(order)s的规则提议。", "There is no proposal %(order)s of a rule.").with_values(order=order),
            Text("从“留存与删除”页选择。", "Choose it on the page of retention."),
            order=order,
        )  # fmt: skip


class RetentionDecidedError(YulinError):
    """A rule on retention waits for a decision already, is in force, or its proposal is decided or over."""

    code = "ATLAS.RETENTION.DECIDED"

    def __init__(self, *, rule: str) -> None:
        super().__init__(
            Text("规则“%(rule)s”已在审批、在用或已决定。", "Rule “%(rule)s” waits, is in force or is decided.")
            .with_values(rule=rule),
            Text("打开“留存与删除”页看它的状态。", "See its state on the page of retention."),
            rule=rule,
        )  # fmt: skip


class RetentionSameHandsError(YulinError):
    """Who proposed to put a rule on retention in force decides on it too."""

    code = "ATLAS.RETENTION.SAME_HANDS"

    def __init__(self, *, rule: str) -> None:
        super().__init__(
            Text("规则“%(rule)s”由您提议，须由另一人审批。", "You proposed rule “%(rule)s”: another person decides.")
            .with_values(rule=rule),
            Text("请另一位审批人员办理。", "Ask another checker."),
            rule=rule,
        )  # fmt: skip


class RetentionChangedError(YulinError):
    """A rule on retention has changed since it was proposed."""

    code = "ATLAS.RETENTION.CHANGED"

    def __init__(self, *, rule: str) -> None:
        super().__init__(
            Text("规则“%(rule)s”在提议后已改动。", "Rule “%(rule)s” has changed since it was proposed.").with_values(
                rule=rule
            ),
            Text("退回本提议，按现行文本重新提议。", "Turn this proposal down and propose the rule as it stands."),
            rule=rule,
        )


class RetentionReasonError(YulinError):
    """A proposal, its refusal or a hold gives no reason."""

    code = "ATLAS.RETENTION.REASON"

    def __init__(self) -> None:
        super().__init__(
            Text("没有写明理由：需要所据。", "No reason is given: what it rests on is needed."),
            Text("写明理由后再提交。", "Say why, and send it again."),
        )


class HoldNotFoundError(YulinError):
    """There is no hold of this number that still holds anything."""

    code = "ATLAS.RETENTION.HOLD_NOT_FOUND"

    def __init__(self, *, hold: int) -> None:
        super().__init__(
            Text("没有编号%(hold)s的有效保留。", "There is no hold %(hold)s in force.").with_values(hold=hold),
            Text("从“留存与删除”页选择。", "Choose it on the page of retention."),
            hold=hold,
        )
