"""What calls, applications, their review and their contracts refuse."""

from __future__ import annotations

from yulin.base.errors import YulinError
from yulin.base.text import Text


class CallNotFoundError(YulinError):
    """No call has this number, or it is not published and not yours to see; both are answered alike."""

    code = "BRAIN.CALL.NOT_FOUND"

    def __init__(self, *, call: object) -> None:
        super().__init__(
            Text("没有申报通知“%(call)s”。", "There is no call “%(call)s”.").with_values(call=call),
            Text("从申报通知的清单进入。", "Enter from the list of calls."),
            call=str(call),
        )


class CallDatesError(YulinError):
    """The days of a call make no window, or an extension would not be later."""

    code = "BRAIN.CALL.DATES"

    def __init__(self, *, found: str) -> None:
        super().__init__(
            Text("申报期限不成立：%(found)s。", "These days make no window: %(found)s.").with_values(found=found),
            Text(
                "截止日不早于开始日，宽限0至60天；延期只能延后。",
                "The last day is not before the first, grace is 0 to 60 days; an extension is later, never earlier.",
            ),
            found=found,
        )


class CallFormError(YulinError):
    """The form of a call does not hold: a label, a bound, a choice or a criterion is missing or contradicts itself."""

    code = "BRAIN.CALL.FORM"

    def __init__(self, *, found: str) -> None:
        super().__init__(
            Text("申报表不成立：%(found)s。", "The form does not hold: %(found)s.").with_values(found=found),
            Text(
                "每项写明中英文名称；下限不大于上限；选项至少一个；申请金额至多一项；评分标准满分至少1分。",
                "Each row has its name in both languages; a lower bound is not above the upper; a choice has its "
                "options; one amount at most is what is applied for; a criterion gives at least one point.",
            ),
            found=found,
        )


class CallStateError(YulinError):
    """A call is not in the state that a step needs: it is published already, or not yet, or another person's turn."""

    code = "BRAIN.CALL.STATE"

    def __init__(self, *, call: str, why: Text) -> None:
        super().__init__(
            Text("“%(call)s”：%(why)s。", "“%(call)s”: %(why)s.").with_values(call=call, why=why),
            Text("打开通知页查看目前状态。", "Open the call to see where it stands."),
            call=call,
        )


class CallShutError(YulinError):
    """A call takes nothing today: it is not open yet, or closed, grace counted."""

    code = "BRAIN.CALL.SHUT"

    def __init__(self, *, call: str, why: Text) -> None:
        super().__init__(
            Text("“%(call)s”今天不受理：%(why)s。", "“%(call)s” takes nothing today: %(why)s.").with_values(
                call=call, why=why
            ),
            Text("已填写的内容留存。", "What was written is kept."),
            call=call,
        )


class ApplicationNotFoundError(YulinError):
    """No application has this number, or it is not yours to see; both are answered alike."""

    code = "BRAIN.APPLICATION.NOT_FOUND"

    def __init__(self, *, application: object) -> None:
        super().__init__(
            Text("没有申报“%(application)s”。", "There is no application “%(application)s”.").with_values(
                application=application
            ),
            Text("从申报清单进入。", "Enter from the list of applications."),
            application=str(application),
        )


class ApplicationStateError(YulinError):
    """An application is not in the state that a step needs."""

    code = "BRAIN.APPLICATION.STATE"

    def __init__(self, *, number: str, found: Text, needed: Text) -> None:
        super().__init__(
            Text(
                "%(number)s现为“%(found)s”，此步需要“%(needed)s”。",
                "%(number)s is “%(found)s”; this step needs “%(needed)s”.",
            ).with_values(number=number, found=found, needed=needed),
            Text("刷新页面查看目前状态。", "Load the page anew to see where it stands."),
            number=number,
        )


class ApplicationValueError(YulinError):
    """What was written in a field is not what the field holds."""

    code = "BRAIN.APPLICATION.VALUE"

    def __init__(self, *, field: Text, found: Text, needed: Text) -> None:
        super().__init__(
            Text("“%(field)s”写的是%(found)s，应为%(needed)s。", "“%(field)s” holds %(found)s; needed: %(needed)s.")
            .with_values(field=field, found=found, needed=needed),
            Text("改正后自动保存；原值未动。", "Correct it and it is saved by itself; what stood before is untouched."),
            field=str(field),
        )  # fmt: skip


class ApplicationIncompleteError(YulinError):
    """An application cannot be submitted: something is missing, or two people's words still stand side by side."""

    code = "BRAIN.APPLICATION.INCOMPLETE"

    def __init__(self, *, number: str, lacking: list[Text]) -> None:
        named = Text("、".join(one.zh for one in lacking), ", ".join(one.en for one in lacking))
        super().__init__(
            Text("%(number)s还不能提交，缺：%(named)s。", "%(number)s cannot be submitted yet; missing: %(named)s.")
            .with_values(number=number, named=named),
            Text("补齐后再提交；草稿已保存。", "Complete it and submit again; the draft is saved."),
            number=number, lacking=[str(one) for one in lacking],
        )  # fmt: skip


class ApplicationOnceError(YulinError):
    """A firm has one application under a call; a withdrawn one makes room."""

    code = "BRAIN.APPLICATION.ONCE"

    def __init__(self, *, call: str, number: str) -> None:
        super().__init__(
            Text("本企业在“%(call)s”下已有%(number)s。", "This firm has %(number)s under “%(call)s” already.")
            .with_values(call=call, number=number),
            Text("继续填写那一份，或先撤回。", "Go on with that one, or withdraw it first."),
            call=call, number=number,
        )  # fmt: skip


class AdviserError(YulinError):
    """An outside adviser cannot be let in: unknown, the firm itself, or in already."""

    code = "BRAIN.APPLICATION.ADVISER"

    def __init__(self, *, found: str) -> None:
        super().__init__(
            Text("不能邀请“%(found)s”。", "“%(found)s” cannot be let in.").with_values(found=found),
            Text(
                "选择一家服务机构；已邀请的先取消再改权限。",
                "Choose a service body; shut one out before changing its rights.",
            ),
            found=found,
        )


class ReviewReasonError(YulinError):
    """A step that goes against the applicant, or undoes another's, needs its reason."""

    code = "BRAIN.REVIEW.REASON"

    def __init__(self, *, number: str) -> None:
        super().__init__(
            Text("%(number)s：没有选择或写明理由。", "%(number)s: no reason is chosen or written.").with_values(
                number=number
            ),
            Text("选择一条常用理由，或写一句。", "Choose a usual reason or write one sentence."),
            number=number,
        )


class ReviewHandsError(YulinError):
    """The second person is another one than the first."""

    code = "BRAIN.REVIEW.SAME_PERSON"

    def __init__(self, *, number: str, name: str) -> None:
        super().__init__(
            Text(
                "%(number)s上一步由%(name)s办理，须由另一人复核。",
                "%(name)s made the last step on %(number)s; another person checks it.",
            ).with_values(number=number, name=name),
            Text("请另一位有权限的人员办理。", "Ask another person who may."),
            number=number,
        )


class ExpertsTooFewError(YulinError):
    """Fewer experts than the call asks for are free of any tie to the applicant."""

    code = "BRAIN.REVIEW.TOO_FEW"

    def __init__(self, *, number: str, needed: int, found: int) -> None:
        super().__init__(
            Text(
                "%(number)s需要%(needed)s名专家，无回避情形的只有%(found)s名。",
                "%(number)s needs %(needed)s {needed:expert|experts}; %(found)s {found:is|are} free of ties.",
            ).with_values(number=number, needed=needed, found=found),
            Text(
                "增加专家，或核实“身份不明”的同名情形后再抽取。",
                "Add experts, or tell apart those who only have the same name, then draw.",
            ),
            number=number,
            needed=needed,
            found=found,
        )


class ScoreError(YulinError):
    """An expert's points are not all there, out of range, in already, or not asked of this person."""

    code = "BRAIN.REVIEW.SCORE"

    def __init__(self, *, number: str, why: Text) -> None:
        super().__init__(
            Text("%(number)s的评分未收：%(why)s。", "The score for %(number)s was not taken: %(why)s.").with_values(
                number=number, why=why
            ),
            Text("每项填0至满分；提交后不再改。", "Give each criterion 0 to its most; a score that is in stays."),
            number=number,
        )


class PanelError(YulinError):
    """An outcome cannot be proposed: scores or votes are missing, or it is not what the panel voted for."""

    code = "BRAIN.REVIEW.PANEL"

    def __init__(self, *, number: str, why: Text) -> None:
        super().__init__(
            Text("%(number)s还不能定：%(why)s。", "%(number)s cannot be decided yet: %(why)s.").with_values(
                number=number, why=why
            ),
            Text("等专家评分和表决到齐；不设专家的不受此限。", "Wait for the experts' scores and votes."),
            number=number,
        )


class ContractError(YulinError):
    """A contract, or a step of one of its milestones, does not hold: sums, days, order or what is still missing."""

    code = "BRAIN.CONTRACT.TERMS"

    def __init__(self, *, number: str, why: Text) -> None:
        super().__init__(
            Text(
                "%(number)s的合同不能办理：%(why)s。", "The contract of %(number)s cannot go on: %(why)s."
            ).with_values(number=number, why=why),
            Text("核对节点、公示期和异议后再办理。", "Check milestones, days of notice and objections first."),
            number=number,
        )
