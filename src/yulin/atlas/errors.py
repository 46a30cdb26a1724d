"""What the firm register refuses."""

from __future__ import annotations

from yulin.base.errors import YulinError
from yulin.base.text import Text


class FirmNotFoundError(YulinError):
    """No firm is registered under this code."""

    code = "ATLAS.FIRM.NOT_FOUND"

    def __init__(self, *, firm_code: str) -> None:
        super().__init__(
            Text("没有代码为%(code)s的企业。", "No firm is registered under the code %(code)s.").with_values(
                code=firm_code
            ),
            Text("核对统一社会信用代码，或先登记该企业。", "Check the USCC, or register the firm first."),
            firm_code=firm_code,
        )


class FirmCodeTakenError(YulinError):
    """A code already leads to another firm."""

    code = "ATLAS.FIRM.CODE_TAKEN"

    def __init__(self, *, firm_code: str, holder: str) -> None:
        super().__init__(
            Text("代码%(code)s已属于%(holder)s。", "The code %(code)s already leads to %(holder)s.").with_values(
                code=firm_code, holder=holder
            ),
            Text(
                "核对代码；确属同一企业时，登记为该企业的代码。",
                "Check the code; if it is the same firm, add it to that firm.",
            ),
            firm_code=firm_code,
        )
