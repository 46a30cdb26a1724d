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
