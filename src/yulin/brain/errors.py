"""What the brain refuses."""

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
                "Add experts, or tell apart those who only have a holder's name, then draw.",
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


class TextUnreadableError(YulinError):
    """A line of a file of texts or of questions is not what was asked for."""

    code = "BRAIN.TEXT.UNREADABLE"

    def __init__(self, *, line: int, found: str, needed: str) -> None:
        super().__init__(
            Text("第%(line)s行无法读取：%(found)s。", "Line %(line)s cannot be read: %(found)s.").with_values(
                line=line, found=found
            ),
            Text("每行一个JSON对象：%(needed)s。", "Each line is a JSON object: %(needed)s.").with_values(
                needed=needed
            ),
            line=line,
            found=found,
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


class CollectionNotFoundError(YulinError):
    """No collection of texts has this name."""

    code = "BRAIN.COLLECTION.NOT_FOUND"

    def __init__(self, *, name: str) -> None:
        super().__init__(
            Text("没有文集“%(name)s”。", "There is no collection “%(name)s”.").with_values(name=name),
            Text("先用 yulin brain import 导入文本。", "Import texts first: yulin brain import."),
            name=name,
        )


class PolicyFileError(YulinError):
    """A file of policies cannot be read: it is not what it claims to be, or holds nothing known."""

    code = "BRAIN.POLICY.FILE"

    def __init__(self, *, name: str, why: Text) -> None:
        super().__init__(
            Text(
                "政策文件“%(name)s”无法读取：%(why)s。", "The file of policies “%(name)s” cannot be read: %(why)s."
            ).with_values(name=name, why=why),
            Text(
                "可读PDF、DOCX、HTML、文本、JSON，以及列名已知的CSV。",
                "PDF, DOCX, HTML, text, JSON, and CSV with known columns are read.",
            ),
            name=name,
        )


class PolicyProfileError(YulinError):
    """No layout of policy documents has this name."""

    code = "BRAIN.POLICY.PROFILE"

    def __init__(self, *, found: str, needed: str) -> None:
        super().__init__(
            Text("没有版式“%(found)s”。", "There is no layout “%(found)s”.").with_values(found=found),
            Text("可用：%(needed)s。", "Known: %(needed)s.").with_values(needed=needed),
            found=found,
        )


class PolicyNotFoundError(YulinError):
    """No policy, version or file of this number is in the library."""

    code = "BRAIN.POLICY.NOT_FOUND"

    def __init__(self, *, policy: object) -> None:
        super().__init__(
            Text("政策库里没有“%(policy)s”。", "“%(policy)s” is not in the library of policies.").with_values(
                policy=policy
            ),
            Text("从政策库的清单进入。", "Enter from the list of the library."),
            policy=str(policy),
        )


class PolicyStaleError(YulinError):
    """A policy was changed, or a proposal for it waits, since the person began to write."""

    code = "BRAIN.POLICY.STALE"

    def __init__(self, *, policy: str, found: int, needed: int) -> None:
        super().__init__(
            Text(
                "“%(policy)s”已有第%(needed)s版或待复核的修改，您依据的是第%(found)s版。",
                "“%(policy)s” has version %(needed)s, or a proposal that waits; you started from version %(found)s.",
            ).with_values(policy=policy, found=found, needed=needed),
            Text(
                "您写的内容仍在页面上：对照新版后再提交，或等待复核。",
                "What you wrote is still on the page: compare it with the newer version, or wait for the check.",
            ),
            policy=policy,
            found=found,
            needed=needed,
        )


class PolicyStateError(YulinError):
    """A version of a policy is no proposal any more, so it can neither be published nor returned nor withdrawn."""

    code = "BRAIN.POLICY.STATE"

    def __init__(self, *, policy: str, found: str) -> None:
        super().__init__(
            Text(
                "“%(policy)s”的该版已是“%(found)s”，不再待复核。",
                "That version of “%(policy)s” is “%(found)s” already.",
            ).with_values(policy=policy, found=found),
            Text("打开政策页看现行版本。", "Open the policy's page for the current version."),
            policy=policy,
            found=found,
        )


class SamePersonError(YulinError):
    """A version of a policy is published or returned by another person than the one who made it."""

    code = "BRAIN.POLICY.SAME_PERSON"

    def __init__(self, *, policy: str, name: str) -> None:
        super().__init__(
            Text(
                "“%(policy)s”由%(name)s提交，须由另一人复核。",
                "“%(policy)s” was made by %(name)s; another person checks it.",
            ).with_values(policy=policy, name=name),
            Text("请科技局另一位审批人员办理。", "Ask another checker of the authority."),
            policy=policy,
        )


class PolicyReasonError(YulinError):
    """A proposal is returned, or a reader answered, only with the reason."""

    code = "BRAIN.POLICY.REASON"

    def __init__(self, *, policy: str) -> None:
        super().__init__(
            Text("“%(policy)s”：没有写明理由。", "“%(policy)s”: the reason is missing.").with_values(policy=policy),
            Text("写一句理由，提交人会看到。", "Write one sentence; its author will read it."),
            policy=policy,
        )


class PolicyTextError(YulinError):
    """A policy without a title or without any text cannot be proposed or published."""

    code = "BRAIN.POLICY.TEXT"

    def __init__(self, *, policy: str) -> None:
        super().__init__(
            Text("“%(policy)s”没有名称或没有正文。", "“%(policy)s” has no title or no text.").with_values(
                policy=policy
            ),
            Text("扫描件先补录正文，再提交。", "Type in the text of a scanned document first."),
            policy=policy,
        )


class PolicyDatesError(YulinError):
    """The end of a policy lies before its start, or an end is named that is no day."""

    code = "BRAIN.POLICY.DATES"

    def __init__(self, *, policy: str, found: str) -> None:
        super().__init__(
            Text(
                "“%(policy)s”的日期不成立：%(found)s。", "The days of “%(policy)s” do not hold: %(found)s."
            ).with_values(policy=policy, found=found),
            Text(
                "截止日不早于开始日；没有截止日时选“长期有效”或“截止不明”。",
                "The end is not before the start; without an end choose “permanent” or “end unknown”.",
            ),
            policy=policy,
            found=found,
        )


class PolicyVariantError(YulinError):
    """A policy is named as a local variant of one that cannot have it: unknown, itself, or a variant too."""

    code = "BRAIN.POLICY.VARIANT"

    def __init__(self, *, policy: str, found: str) -> None:
        super().__init__(
            Text(
                "“%(policy)s”不能作为“%(found)s”的地方版本。",
                "“%(policy)s” cannot be a local variant of “%(found)s”.",
            ).with_values(policy=policy, found=found),
            Text("填写一项自身不是地方版本的政策编号。", "Name a policy that is no local variant itself."),
            policy=policy,
            found=found,
        )


class CorrectionAnsweredError(YulinError):
    """A reader's correction is answered already, or is not there."""

    code = "BRAIN.POLICY.CORRECTION"

    def __init__(self, *, correction: int) -> None:
        super().__init__(
            Text(
                "第%(n)s号更正建议不存在或已答复。", "Correction no. %(n)s is not there, or is answered already."
            ).with_values(n=correction),
            Text("刷新政策页查看。", "Load the policy's page anew."),
            correction=correction,
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
