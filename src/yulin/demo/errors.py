"""What the demo book refuses."""

from __future__ import annotations

from yulin.base.errors import YulinError
from yulin.base.text import Text


class BookNotEmptyError(YulinError):
    """The demo book is loaded into an empty database only."""

    code = "DEMO.BOOK.NOT_EMPTY"

    def __init__(self) -> None:
        super().__init__(
            Text(
                "账本里已有机构或备案，演示账本只装入空账本。",
                "The book holds organisations or enrolments; the demo book goes into an empty one.",
            ),
            Text("换一个空的YULIN_HOME再装入。", "Take an empty folder as YULIN_HOME and load it there."),
        )
