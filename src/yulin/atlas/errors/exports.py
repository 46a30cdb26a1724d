"""What is refused where facts of firms leave as a file."""

from __future__ import annotations

from yulin.base.errors import YulinError
from yulin.base.text import Text


class ExportNotFoundError(YulinError):
    """There is no request for a file of this number that the reader may see."""

    code = "ATLAS.EXPORT.NOT_FOUND"

    def __init__(self, *, request: int) -> None:
        super().__init__(
            Text("没有编号EX%(request)s的导出申请。", "There is no request EX%(request)s.").with_values(
                request=request
            ),
            Text("从“数据导出”页选择。", "Choose it on the page of exports."),
            request=request,
        )


class ExportUnclearError(YulinError):
    """A file is asked for without known firms, classes or a purpose."""

    code = "ATLAS.EXPORT.UNCLEAR"

    def __init__(self, *, found: str, needed: Text) -> None:
        super().__init__(
            Text("导出申请写的是“%(found)s”，需要%(needed)s。", "The request says “%(found)s”; it needs %(needed)s.")
            .with_values(found=found, needed=needed),
            Text("补全后再提交。", "Complete it and ask again."),
            found=found,
        )  # fmt: skip


class ExportDecidedError(YulinError):
    """A request for a file is decided once more."""

    code = "ATLAS.EXPORT.DECIDED"

    def __init__(self, *, request: int) -> None:
        super().__init__(
            Text("导出申请EX%(request)s已有决定。", "Request EX%(request)s is decided.").with_values(request=request),
            Text("打开它看决定；要改，另提新的。", "Open it to see the decision; to change it ask anew."),
            request=request,
        )


class ExportSameHandsError(YulinError):
    """Who asked for a file approves it too."""

    code = "ATLAS.EXPORT.SAME_HANDS"

    def __init__(self, *, request: int) -> None:
        super().__init__(
            Text("申请人不能审批自己的导出申请EX%(request)s。", "Who asked for EX%(request)s cannot approve it.")
            .with_values(request=request),
            Text("请另一位复核或审批人员办理。", "Ask another checker."),
            request=request,
        )  # fmt: skip


class ExportClosedError(YulinError):
    """A file is taken that is not approved, was approved too long ago, or was asked for by another."""

    code = "ATLAS.EXPORT.CLOSED"

    def __init__(self, *, request: int, days: int) -> None:
        super().__init__(
            Text(
                "导出申请EX%(request)s的文件只供申请人在批准后%(days)s日内取用。",
                "The file of EX%(request)s is for who asked, within %(days)s {days:day|days} of its approval.",
            ).with_values(request=request, days=days),
            Text("未批准的请等审批；过期的请重新申请。", "Wait for the approval, or ask anew if it is too old."),
            request=request,
        )
