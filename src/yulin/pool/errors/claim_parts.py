"""What the pool refuses about joint meetings and about the events that make later instalments due."""

from __future__ import annotations

from datetime import date

from yulin.base.text import Text
from yulin.pool.errors.root import PoolError


class MeetingNeededError(PoolError):
    """The scheme decides this claim on a joint meeting's minutes, and none of this round is recorded."""

    code = "POOL.CLAIM.MEETING_NEEDED"

    def __init__(self, *, claim: str, since: date) -> None:
        super().__init__(
            Text(
                "%(claim)s须经联席会议审议：复核（%(since)s）以后还没有会议记录。",
                "%(claim)s goes before the joint meeting: no meeting since its check (%(since)s) is recorded.",
            ).with_values(claim=claim, since=since),
            Text("登记会议日期、议题、参会人和纪要。", "Record the meeting: day, agenda, members, minutes."),
            claim=claim,
        )


class MeetingRecordError(PoolError):
    """A joint meeting cannot be recorded: its day, its members or its minutes do not hold."""

    code = "POOL.CLAIM.MEETING"

    def __init__(self, *, claim: str, held_on: date, members: int, since: date, today: date) -> None:
        super().__init__(
            Text(
                "%(claim)s的联席会议不能登记：会议日%(on)s须在复核日%(since)s至今天%(today)s之间，参会%(n)s人须不少于2人，"
                "并附纪要。",
                "The joint meeting on %(claim)s cannot be recorded: its day, %(on)s, has to lie between the check "
                "(%(since)s) and today (%(today)s); members %(n)s, at least 2; and the minutes are needed.",
            ).with_values(claim=claim, on=held_on, since=since, today=today, n=members),
            Text("核对日期和参会人，上传纪要。", "Check day and members, and add the minutes."),
            claim=claim,
            held_on=held_on.isoformat(),
            members=members,
        )


class InstalmentEventError(PoolError):
    """An event does not make this instalment due: the scheme names no such event for it, or it lies in the future."""

    code = "POOL.CLAIM.INSTALMENT_EVENT"

    def __init__(self, *, claim: str, instalment: int, event: Text, on: date, today: date) -> None:
        super().__init__(
            Text(
                "%(claim)s第%(n)s期不能登记“%(event)s”（%(on)s）：方案没有这一条件，或日期晚于今天%(today)s，或该期不在等待。",
                "“%(event)s” of %(on)s cannot be stated for instalment %(n)s of %(claim)s: the scheme has no such "
                "condition for it, the day is after today (%(today)s), or the instalment does not wait.",
            ).with_values(claim=claim, n=instalment, event=event, on=on, today=today),
            Text("按方案分期条款核对事件和日期。", "Check event and day against the scheme's instalments."),
            claim=claim,
            instalment=instalment,
        )


class ObjectionOpenError(PoolError):
    """A claim whose public notice drew an objection that nobody has answered yet is not approved."""

    code = "POOL.CLAIM.OBJECTION_OPEN"

    def __init__(self, *, claim: str, receipts: list[str]) -> None:
        super().__init__(
            Text(
                "%(claim)s公示期内收到的异议尚未答复：%(receipts)s。",
                "An objection to %(claim)s in its notice is not answered yet: %(receipts)s.",
            ).with_values(claim=claim, receipts="、".join(receipts)),
            Text(
                "逐件核实后答复：成立的重新审定，不成立的写明理由。",
                "Look into it and answer: uphold it, so that the claim is decided again, or say why it does not hold.",
            ),
            claim=claim,
            receipts=receipts,
        )


class NoObjectionError(PoolError):
    """There is no objection to this claim that waits for an answer."""

    code = "POOL.CLAIM.NO_OBJECTION"

    def __init__(self, *, claim: str) -> None:
        super().__init__(
            Text("%(claim)s没有待答复的异议。", "No objection to %(claim)s waits for an answer.").with_values(
                claim=claim
            ),
            Text("刷新页面，看是否已有人答复。", "Reload the page: somebody may have answered."),
            claim=claim,
        )
