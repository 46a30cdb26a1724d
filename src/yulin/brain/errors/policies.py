"""What the library of policies and its search refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from yulin.base.errors import YulinError
from yulin.base.text import Text


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


class AlikePolicy(Protocol):
    """A policy that another is like."""

    @property
    def policy_id(self) -> int:
        """Which policy it is."""

    @property
    def title(self) -> str:
        """What it is called."""


class PolicyAlikeError(YulinError):
    """The library has a policy of nearly the same text, or of the same title; a person says whether it is another."""

    code = "BRAIN.POLICY.ALIKE"

    def __init__(self, *, policy: str, alike: Sequence[AlikePolicy]) -> None:
        super().__init__(
            Text(
                "“%(policy)s”与政策库中的“%(found)s”相同或几乎相同。",
                "“%(policy)s” is the same as, or nearly the same as, “%(found)s” of the library.",
            ).with_values(policy=policy, found=alike[0].title),
            Text(
                "是同一项政策的，打开该政策修改；确为另一项的，勾选后再提交。",
                "If it is the same policy, edit that one; if it is another, say so and submit again.",
            ),
            policy=policy,
            found=alike[0].policy_id,
        )
        self.alike = alike


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


class SavedSearchNotFoundError(YulinError):
    """No saved search of this number is the person's own: it was deleted, or is another person's."""

    code = "BRAIN.SEARCH.NOT_FOUND"

    def __init__(self, *, search: int) -> None:
        super().__init__(
            Text("您没有第%(n)s号订阅的搜索。", "You have no saved search no. %(n)s.").with_values(n=search),
            Text("从“我的订阅”的清单进入。", "Enter from the list of your saved searches."),
            search=search,
        )


class SavedSearchEmptyError(YulinError):
    """A search cannot be saved that asks nothing: no question with words, no filter that is known."""

    code = "BRAIN.SEARCH.EMPTY"

    def __init__(self) -> None:
        super().__init__(
            Text(
                "这个搜索没有可查找的文字，也没有可用的筛选条件。",
                "This search holds no words and no known filter to look for.",
            ),
            Text(
                "写一句问题，或选地区、对象、状态之一。", "Write a question, or choose an area, an audience or a state."
            ),
        )


class SavedSearchesFullError(YulinError):
    """A person keeps only so many saved searches."""

    code = "BRAIN.SEARCH.FULL"

    def __init__(self, *, found: int) -> None:
        super().__init__(
            Text(
                "您已有%(n)s个订阅的搜索，已到上限。", "You keep %(n)s saved searches, the most there can be."
            ).with_values(n=found),
            Text("删除不再需要的一个，再保存。", "Delete one that you need no more, then save."),
            found=found,
        )


class GuideTextError(YulinError):
    """A policy's guide or manual is empty, or says what the last one says."""

    code = "BRAIN.GUIDE.TEXT"

    def __init__(self, *, kind: Text, policy: str) -> None:
        super().__init__(
            Text("“%(policy)s”的%(kind)s没有新内容。", "The %(kind)s of “%(policy)s” says nothing new.").with_values(
                policy=policy, kind=kind
            ),
            Text("写好正文再发布；原文已保留。", "Write its text, then publish; what was published stays."),
            policy=policy,
        )


class ScanUnreadableError(YulinError):
    """A scanned document cannot be read by a program: none is installed, it is too long, or a page failed."""

    code = "BRAIN.SCAN.UNREADABLE"

    def __init__(self, *, name: str, why: Text) -> None:
        super().__init__(
            Text("扫描件“%(name)s”无法识别：%(why)s。", "The scan “%(name)s” cannot be read: %(why)s.").with_values(
                name=name, why=why
            ),
            Text(
                "安装tesseract-ocr和tesseract-ocr-chi-sim，或按原件补录正文。",
                "Install tesseract-ocr and tesseract-ocr-chi-sim, or type the text in from the document.",
            ),
            name=name,
        )
        self.why = why


class ModelAnswerError(YulinError):
    """The model outside gave no answer that can be used: none is set up, it was slow, it failed, its form is wrong."""

    code = "BRAIN.MODEL.ANSWER"

    def __init__(self, *, why: Text) -> None:
        super().__init__(
            Text(
                "外部模型没有可用的回答：%(why)s。", "The model gave no answer that can be used: %(why)s."
            ).with_values(why=why),
            Text(
                "条件可按规则读出的草稿修改；地址、密钥和时限由运维设置（YULIN_MODEL_URL）。",
                "Mend what the rules drafted; the operator sets the address, the key and the time (YULIN_MODEL_URL).",
            ),
        )
        self.why = why
