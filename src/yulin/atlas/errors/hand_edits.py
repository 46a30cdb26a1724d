"""What is refused where a person states a value of a firm by hand."""

from __future__ import annotations

from yulin.base.errors import YulinError
from yulin.base.text import Text


class HandEditNotFoundError(YulinError):
    """There is no value of this number that was stated by hand."""

    code = "ATLAS.HAND_EDIT.NOT_FOUND"

    def __init__(self, *, edit: int) -> None:
        super().__init__(
            Text("没有编号HE%(edit)s的手工录入。", "Nothing was stated by hand as HE%(edit)s.").with_values(edit=edit),
            Text("从“手工录入”页选择。", "Choose it on the page of what is stated by hand."),
            edit=edit,
        )


class HandEditUnclearError(YulinError):
    """A value is stated by hand, decided or taken back without what that needs."""

    code = "ATLAS.HAND_EDIT.UNCLEAR"

    def __init__(self, *, found: str, needed: Text) -> None:
        super().__init__(
            Text(
                "手工录入写的是“%(found)s”，需要%(needed)s。", "It says “%(found)s”; it needs %(needed)s."
            ).with_values(found=found, needed=needed),
            Text("补全后再提交。", "Complete it and send it again."),
            found=found,
        )


class HandEditDecidedError(YulinError):
    """What was stated by hand is decided or taken back once more, or taken back before it is approved."""

    code = "ATLAS.HAND_EDIT.DECIDED"

    def __init__(self, *, edit: int) -> None:
        super().__init__(
            Text(
                "手工录入HE%(edit)s的状态不允许此操作。", "HE%(edit)s does not stand so that this can be done."
            ).with_values(edit=edit),
            Text(
                "待复核的可复核，已采用的可撤回；要改值，另录一条。",
                "What waits can be decided, what counts can be taken back; to change a value state another.",
            ),
            edit=edit,
        )


class HandEditSameHandsError(YulinError):
    """Who stated a value by hand approves it too."""

    code = "ATLAS.HAND_EDIT.SAME_HANDS"

    def __init__(self, *, edit: int) -> None:
        super().__init__(
            Text("录入人不能复核自己的手工录入HE%(edit)s。", "Who stated HE%(edit)s cannot approve it.").with_values(
                edit=edit
            ),
            Text("请另一位审批人员复核。", "Ask another checker."),
            edit=edit,
        )
