"""What the pool refuses when loans would pass from one version of the law to another."""

from __future__ import annotations

from yulin.base.text import Text
from yulin.pool.errors.root import PoolError


class MoveCurrencyError(PoolError):
    """Loans would move to a scheme in another currency."""

    code = "POOL.MOVE.CURRENCY"

    def __init__(self, *, old: str, new: str) -> None:
        super().__init__(
            Text(
                "旧方案的金额以%(old)s计，新方案以%(new)s计，在册贷款不能转入。",
                "The old scheme is in %(old)s, the new one in %(new)s: its loans cannot move.",
            ).with_values(old=old, new=new),
            Text("选择“留在旧方案”。", "Choose that they stay under the old scheme."),
            old=old,
            new=new,
        )


class NothingToMoveError(PoolError):
    """No enrolment in force stands under the old scheme."""

    code = "POOL.MOVE.NOTHING"

    def __init__(self, *, old: Text, new: Text) -> None:
        super().__init__(
            Text(
                "“%(old)s”下没有在册备案，无须决定是否转入“%(new)s”。",
                "No enrolment in force stands under “%(old)s”; there is nothing to decide about “%(new)s”.",
            ).with_values(old=old, new=new),
            Text("核对所选的两个版本。", "Check which two versions were chosen."),
            old=old.en,
            new=new.en,
        )


class NotReplacedError(PoolError):
    """Loans pass only to a version that replaces theirs."""

    code = "POOL.MOVE.NOT_REPLACED"

    def __init__(self, *, old: Text, new: Text) -> None:
        super().__init__(
            Text(
                "“%(new)s”没有写明替代“%(old)s”，备案不能转入。",
                "“%(new)s” does not say that it replaces “%(old)s”, so no enrolment can move to it.",
            ).with_values(old=old, new=new),
            Text("选择写明替代关系的新方案。", "Choose the scheme that says it replaces the old one."),
            old=old.en,
            new=new.en,
        )


class AgainstReplacementLawError(PoolError):
    """Where the scheme's verified text says what becomes of old loans, nobody decides otherwise."""

    code = "POOL.MOVE.AGAINST_LAW"

    def __init__(self, *, clause: str, needed: Text, found: Text) -> None:
        super().__init__(
            Text(
                "方案%(clause)s规定旧贷款%(needed)s，所选为%(found)s。",
                "The scheme (%(clause)s) says that old loans are to be %(needed)s; chosen was: %(found)s.",
            ).with_values(clause=clause, needed=needed, found=found),
            Text(
                "按方案的规定选择；规定有误则先发布更正的版本。",
                "Choose what the scheme says, or publish a corrected version first.",
            ),
            clause=clause,
        )


class MoveNotFoundError(PoolError):
    """There is no such decision on old enrolments."""

    code = "POOL.MOVE.NOT_FOUND"

    def __init__(self, *, move: int) -> None:
        super().__init__(
            Text("没有新旧衔接记录%(id)s。", "There is no decision %(id)s on old enrolments.").with_values(id=move),
            Text("从新旧衔接列表进入。", "Start from the list of decisions."),
            move=move,
        )


class MoveWaitsError(PoolError):
    """A proposal for the same two versions waits already."""

    code = "POOL.MOVE.WAITS"

    def __init__(self, *, move: int) -> None:
        super().__init__(
            Text(
                "这两个版本已有待复核的提议%(id)s。",
                "The proposal %(id)s for the same two versions waits for its checker.",
            ).with_values(id=move),
            Text("先复核或退回该提议。", "Let it be carried out or turned down first."),
            move=move,
        )


class MoveDecidedError(PoolError):
    """A decided proposal is not decided again."""

    code = "POOL.MOVE.DECIDED"

    def __init__(self, *, move: int, state: Text) -> None:
        super().__init__(
            Text(
                "新旧衔接%(id)s的状态为“%(state)s”，只有“待复核”的提议可以决定。",
                "Decision %(id)s is “%(state)s”; only a proposal that waits can be decided.",
            ).with_values(id=move, state=state),
            Text("需要改变时另行提议。", "Propose anew where something is to change."),
            move=move,
        )


class MoveSameHandsError(PoolError):
    """Whoever proposed what becomes of old loans does not carry it out."""

    code = "POOL.MOVE.SAME_HANDS"

    def __init__(self, *, move: int) -> None:
        super().__init__(
            Text(
                "提议%(id)s由您提出，须由另一人复核。", "You made the proposal %(id)s; another person must check it."
            ).with_values(id=move),
            Text("请本机构或主管部门的复核人员办理。", "Ask a checker of the manager or the authority."),
            move=move,
        )


class MoveStaleError(PoolError):
    """The book has changed since the proposal was made, so what would move is no longer what was shown."""

    code = "POOL.MOVE.STALE"

    def __init__(self, *, move: int, loans: int) -> None:
        super().__init__(
            Text(
                "提议%(id)s之后有%(n)s笔备案变化，执行结果将与所示不同，没有写入任何内容。",
                "%(n)s {n:enrolment|enrolments} changed since proposal %(id)s: it would not do what it shows."
                " Nothing was written.",
            ).with_values(id=move, n=loans),
            Text("退回该提议，按现在的账重新提议。", "Turn it down and propose again from the book as it stands."),
            move=move,
            loans=loans,
        )
