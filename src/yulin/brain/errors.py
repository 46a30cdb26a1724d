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
