"""What the pool refuses about the files of bodies behind the guarantors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from yulin.base.text import Text
from yulin.pool.errors.root import PoolError


class FilingPeriodError(PoolError):
    """The period of a filing ends before it begins."""

    code = "POOL.FILING.PERIOD"

    def __init__(self, *, first: date, last: date) -> None:
        super().__init__(
            Text("期间从%(first)s到%(last)s，止早于起。", "The period %(first)s to %(last)s ends first.").with_values(
                first=first, last=last
            ),
            Text("起日不晚于止日，两日都计入。", "Begin on or before the last day; both days count."),
            first=first.isoformat(),
            last=last.isoformat(),
        )


class FilingBodyError(PoolError):
    """A scheme has no such body behind its guarantors."""

    code = "POOL.FILING.BODY"

    def __init__(self, *, scheme: str, party: str, known: Sequence[str]) -> None:
        names = "、".join(dict.fromkeys(known))
        super().__init__(
            Text("方案%(scheme)s没有分险层%(party)s。", "The scheme %(scheme)s has no layer %(party)s.").with_values(
                scheme=scheme, party=party
            ),
            Text("该方案可报送：%(names)s", "What can be filed of it: %(names)s").with_values(names=names or "—"),
            scheme=scheme,
            party=party,
            known=list(known),
        )
