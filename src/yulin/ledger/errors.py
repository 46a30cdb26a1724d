"""What the ledger refuses, each with its code, the facts and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from yulin.base.errors import YulinError
from yulin.base.money import yuan_text
from yulin.base.text import Text


class LedgerRefusalError(YulinError):
    """A transfer that the ledger does not book."""

    code = "LEDGER.REFUSED"
    sentence: ClassVar[Text] = Text("分录%(key)s没有入账。", "Transfer %(key)s was not booked.")
    next_step: ClassVar[Text] = Text("核对后重试。", "Check it and try again.")

    def __init__(self, *, key: str, facts: Mapping[str, Any]) -> None:
        said = {name: yuan_text(int(value)) if name.endswith("_fen") else value for name, value in facts.items()}
        super().__init__(self.sentence.with_values(key=key, **said), self.next_step, key=key, **facts)


class TransferMalformedError(YulinError):
    """A transfer is incomplete or contradicts itself."""

    code = "LEDGER.TRANSFER.MALFORMED"

    def __init__(self, *, key: str, problem: Text) -> None:
        super().__init__(
            Text("分录“%(key)s”不成立：%(problem)s。", "Transfer “%(key)s” cannot stand: %(problem)s.").with_values(
                key=key, problem=problem
            ),
            Text("改正后重新提交；本次没有任何分录入账。", "Correct it and send all again; nothing was booked."),
            key=key,
        )


class KeyConflictError(LedgerRefusalError):
    """A transfer's key was used before for another content, or only for a part of its group."""

    code = "LEDGER.KEY.CONFLICT"
    sentence = Text(
        "编号%(key)s已用于另一笔内容不同的分录，或其所在组只有一部分曾入账。",
        "Key %(key)s was used before for another content, or only a part of its group was booked before.",
    )
    next_step = Text(
        "重试须原样提交；新的一笔换新编号。", "Retry with the same content; a new transfer takes a new key."
    )


class AccountUnknownError(LedgerRefusalError):
    """A transfer names an account that is not open."""

    code = "LEDGER.ACCOUNT.UNKNOWN"
    sentence = Text("分录%(key)s所用账户没有开立。", "Transfer %(key)s names an account that is not open.")
    next_step = Text("先开立账户，或核对账户代码。", "Open the account first, or check its code.")


class OverdraftError(LedgerRefusalError):
    """An account does not hold enough: what is reserved already cannot be given again."""

    code = "LEDGER.ACCOUNT.OVERDRAFT"
    sentence = Text(
        "账户%(account)s可用%(available_fen)s元，分录%(key)s及同组分录还差%(missing_fen)s元。",
        "Account %(account)s can give %(available_fen)s yuan; transfer %(key)s with its group lacks %(missing_fen)s.",
    )
    next_step = Text("补足账户，或减少金额后重试。", "Fund the account, or take less, then try again.")


class OverfillError(LedgerRefusalError):
    """An account takes back no more than was put on it."""

    code = "LEDGER.ACCOUNT.OVERFILL"
    sentence = Text(
        "账户%(account)s还可收%(room_fen)s元，分录%(key)s及同组分录超出%(excess_fen)s元。",
        "Account %(account)s can still take %(room_fen)s yuan; transfer %(key)s with its group is %(excess_fen)s over.",
    )
    next_step = Text("核对应收金额；多收部分另行记账。", "Check what is receivable; book what is over elsewhere.")


class PeriodClosedError(LedgerRefusalError):
    """The value date lies in a closed period."""

    code = "LEDGER.PERIOD.CLOSED"
    sentence = Text(
        "分录%(key)s的起息日%(value_on)s在已关账期间（%(closed_until)s之前）。",
        "The value date %(value_on)s of transfer %(key)s lies in a closed period (before %(closed_until)s).",
    )
    next_step = Text(
        "迟到的分录记入未关账期间，原起息日作为事实注明。",
        "Book a late entry into an open period, with its original value date as a fact.",
    )


class HoldUnknownError(LedgerRefusalError):
    """There is no hold of that key."""

    code = "LEDGER.HOLD.UNKNOWN"
    sentence = Text("分录%(key)s所指的冻结不存在。", "There is no such hold as transfer %(key)s names.")
    next_step = Text("核对冻结编号。", "Check the key of the hold.")


class HoldClosedError(LedgerRefusalError):
    """Nothing is left of a hold: it was posted, released or has expired."""

    code = "LEDGER.HOLD.CLOSED"
    sentence = Text("分录%(key)s所指的冻结已经用完或解除。", "Nothing is left of the hold that transfer %(key)s names.")
    next_step = Text("需要时重新冻结。", "Place a new hold if it is needed.")


class HoldTooSmallError(LedgerRefusalError):
    """Less is left of a hold than is to be posted or released from it."""

    code = "LEDGER.HOLD.TOO_SMALL"
    sentence = Text(
        "冻结尚余%(rest_fen)s元，分录%(key)s及同组分录要%(asked_fen)s元。",
        "%(rest_fen)s yuan are left of the hold; transfer %(key)s with its group asks for %(asked_fen)s.",
    )
    next_step = Text("按余额入账，超出部分另行冻结。", "Post what is left, and hold the rest anew.")


class HoldExpiredError(LedgerRefusalError):
    """The last day of a hold is over; nothing can be posted from it."""

    code = "LEDGER.HOLD.EXPIRED"
    sentence = Text(
        "分录%(key)s所指的冻结已于%(expires_on)s到期。", "The hold that transfer %(key)s names ended on %(expires_on)s."
    )
    next_step = Text("重新冻结后入账。", "Place a new hold and post from that.")


class HoldNotExpiredError(LedgerRefusalError):
    """A hold has no last day, or that day is not over yet."""

    code = "LEDGER.HOLD.NOT_EXPIRED"
    sentence = Text("分录%(key)s所指的冻结尚未到期。", "The hold that transfer %(key)s names has not expired.")
    next_step = Text("要提前解除，用解冻。", "To release it earlier, void it.")


class HoldMismatchError(LedgerRefusalError):
    """Accounts or amount differ from the hold or transfer that is named."""

    code = "LEDGER.HOLD.MISMATCH"
    sentence = Text(
        "分录%(key)s的账户或金额与其所指的冻结或原分录不符。",
        "Accounts or amount of transfer %(key)s differ from the hold or transfer that it names.",
    )
    next_step = Text(
        "账户留空即按原分录；冲正须为全额。", "Leave the accounts empty to take them over; reverse all of it."
    )


class ReversalUnknownError(LedgerRefusalError):
    """What is to be reversed is not a transfer that moved money."""

    code = "LEDGER.REVERSAL.UNKNOWN"
    sentence = Text(
        "分录%(key)s要冲正的分录不存在，或不是入账分录。", "Transfer %(key)s names nothing that can be reversed."
    )
    next_step = Text("冻结用解冻；冲正有误时另记一笔新分录。", "Void a hold; mend a wrong reversal by a new transfer.")


class ReversalTwiceError(LedgerRefusalError):
    """A transfer is reversed at most once."""

    code = "LEDGER.REVERSAL.TWICE"
    sentence = Text("分录%(key)s要冲正的分录已经冲正过。", "What transfer %(key)s names was reversed before.")
    next_step = Text("需要时另记一笔新分录。", "Book a new transfer if one is needed.")


class ReversalSamePersonError(YulinError):
    """A transfer would be reversed by the person who booked it."""

    code = "LEDGER.REVERSAL.SAME_PERSON"

    def __init__(self, *, key: str) -> None:
        super().__init__(
            Text(
                "分录%(key)s由本人记账，冲正须由另一人办理。",
                "You booked transfer %(key)s yourself; another person has to reverse it.",
            ).with_values(key=key),
            Text("请另一位复核人办理。", "Ask another checker."),
            key=key,
        )


class TransferNotFoundError(YulinError):
    """There is no such transfer, or it is not on an account of yours."""

    code = "LEDGER.TRANSFER.NOT_FOUND"

    def __init__(self, *, number: int) -> None:
        super().__init__(
            Text(
                "没有第%(number)s号分录，或它不涉及本机构的账户。",
                "There is no transfer no. %(number)s, or it is on no account of yours.",
            ).with_values(number=number),
            Text("从对账单进入。", "Start from a statement."),
            number=number,
        )


class AccountConflictError(YulinError):
    """An account of that code is open for another purpose."""

    code = "LEDGER.ACCOUNT.CONFLICT"

    def __init__(self, *, account: str) -> None:
        super().__init__(
            Text(
                "账户%(account)s已开立，但所属、种类或透支规则不同。",
                "Account %(account)s is open with another owner, kind or overdraft rule.",
            ).with_values(account=account),
            Text("账户一经开立不再改变；另用一个代码。", "An account never changes; take another code."),
            account=account,
        )


class AccountNotFoundError(YulinError):
    """There is no such account, or it is not yours to see."""

    code = "LEDGER.ACCOUNT.NOT_FOUND"

    def __init__(self, *, account: str) -> None:
        super().__init__(
            Text(
                "没有账户%(account)s，或它不属于本机构。", "There is no account %(account)s, or it is not yours."
            ).with_values(account=account),
            Text("从账户列表进入。", "Start from the list of accounts."),
            account=account,
        )


class StatementTooLongError(YulinError):
    """A statement has more lines than a PDF takes."""

    code = "LEDGER.STATEMENT.TOO_LONG"

    def __init__(self, *, account: str, at_most: int) -> None:
        super().__init__(
            Text(
                "账户%(account)s该期间的分录超过%(at_most)s笔，不制PDF。",
                "Account %(account)s has more than %(at_most)s transfers in this period; no PDF is made of it.",
            ).with_values(account=account, at_most=at_most),
            Text("缩短期间，或下载CSV。", "Choose a shorter period, or take the CSV."),
            account=account,
            at_most=at_most,
        )


class PeriodNotClosableError(YulinError):
    """A period cannot be closed: it is not over, or closes nothing that is open."""

    code = "LEDGER.PERIOD.NOT_CLOSABLE"

    def __init__(self, *, closed_until: date, needed: Text) -> None:
        super().__init__(
            Text("不能关账到%(day)s：%(needed)s。", "Periods cannot be closed before %(day)s: %(needed)s.").with_values(
                day=closed_until, needed=needed
            ),
            Text("另选一天；关账不能撤销。", "Choose another day; a closed period is never opened again."),
            closed_until=closed_until,
        )


REFUSALS: Mapping[str, type[LedgerRefusalError]] = {one.code: one for one in LedgerRefusalError.__subclasses__()}
