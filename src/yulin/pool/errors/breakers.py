"""What the pool refuses because a breaker has closed: a claim of its bank, a queue that is still held."""

from __future__ import annotations

from yulin.base.text import Text
from yulin.pool.errors.root import PoolError


class BankSuspendedError(PoolError):
    """A breaker of the scheme has stopped this bank's claims."""

    code = "POOL.CLAIM.BANK_SUSPENDED"

    def __init__(self, *, bank: Text, breaker: Text, found: str, level: str) -> None:
        super().__init__(
            Text(
                "%(bank)s：%(breaker)s为%(found)s，界限%(level)s，暂停受理补偿申请。",
                "%(bank)s: %(breaker)s stands at %(found)s, the line is %(level)s; no claims are taken.",
            ).with_values(bank=bank, breaker=breaker, found=found, level=level),
            Text(
                "指标回到界限以内或主管部门解除后再申请；预警页显示距离。",
                "Claim when the measure is back within the line or the authority releases it; "
                "the breaker page shows the distance.",
            ),
            found=found,
            level=level,
        )


class ClaimDeferredError(PoolError):
    """A breaker defers the bank's claims; the claim keeps its place and is not denied."""

    code = "POOL.CLAIM.BANK_DEFERRED"

    def __init__(self, *, claim: str, breaker: Text, found: str, level: str) -> None:
        super().__init__(
            Text(
                "计入%(claim)s后%(breaker)s为%(found)s，界限%(level)s：暂缓，不是不予补偿，排队次序保留。",
                "With %(claim)s, %(breaker)s stands at %(found)s, the line is %(level)s: it is deferred, not denied, "
                "and keeps its place.",
            ).with_values(claim=claim, breaker=breaker, found=found, level=level),
            Text("选择“暂缓”，解除后按次序补偿。", "Choose “defer”; it is paid in order on release."),
            claim=claim,
            found=found,
            level=level,
        )


class QueueHeldError(PoolError):
    """A breaker still holds the first claim of a deferred queue; nothing behind it is taken up before it."""

    code = "POOL.BREAKER.STILL_HELD"

    def __init__(self, *, claim: str, breaker: Text, found: str, level: str) -> None:
        super().__init__(
            Text(
                "计入排在最前的%(claim)s后%(breaker)s为%(found)s，界限%(level)s：现在一件也不能恢复办理。",
                "With %(claim)s, the first of the queue, %(breaker)s stands at %(found)s, the line is %(level)s: none "
                "can be taken up now.",
            ).with_values(claim=claim, breaker=breaker, found=found, level=level),
            Text(
                "本年备案增加或损失回落后再解除；排队次序保留。",
                "Release them when more was enrolled or the loss has fallen; each keeps its place.",
            ),
            claim=claim,
            found=found,
            level=level,
        )


class BreakerNotFoundError(PoolError):
    """The scheme has no breaker for this bank, or the bank is another's to see."""

    code = "POOL.BREAKER.NOT_FOUND"

    def __init__(self, *, scheme: str) -> None:
        super().__init__(
            Text(
                "方案%(scheme)s在该银行没有预警线，或不属于本机构。",
                "The scheme %(scheme)s has no breaker for this bank, or the bank is not yours.",
            ).with_values(scheme=scheme),
            Text("从预警线一览进入。", "Start from the list of breakers."),
            scheme=scheme,
        )
