"""What the brain refuses."""

from __future__ import annotations

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
