"""What the pool refuses about money that comes back: amounts, days, references, remittances, write-offs."""

from __future__ import annotations

from datetime import date

from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.pool.errors.root import PoolError


class RecoveryNotFoundError(PoolError):
    """There is no such recovery, or it is not this organisation's to see."""

    code = "POOL.RECOVERY.NOT_FOUND"

    def __init__(self, *, recovery: int) -> None:
        super().__init__(
            Text("没有回收%(id)s，或它不属于本机构。", "There is no recovery %(id)s, or it is not yours.").with_values(
                id=recovery
            ),
            Text("从追偿回收列表进入。", "Start from the list of recoveries."),
            recovery=recovery,
        )


class RecoveryStateError(PoolError):
    """Only a loss that was decided to be borne has recoveries to share."""

    code = "POOL.RECOVERY.STATE"

    def __init__(self, *, claim: str, state: Text) -> None:
        super().__init__(
            Text(
                "%(claim)s为“%(state)s”，审定补偿之后的还款才按比例回流。",
                "%(claim)s is “%(state)s”; money is shared once compensation was decided.",
            ).with_values(claim=claim, state=state),
            Text(
                "审定前收回的款项填在申请表“申请前已回收”。",
                "Money that came in before goes into the claim's form as recovered before.",
            ),
            claim=claim,
        )


class RecoveryDayError(PoolError):
    """The value date lies before the claim was handed in, or in the future."""

    code = "POOL.RECOVERY.DAY"

    def __init__(self, *, on: date, first: date, last: date) -> None:
        super().__init__(
            Text(
                "到账日%(found)s不在%(first)s至%(last)s之间。",
                "The value date %(found)s is not between %(first)s and %(last)s.",
            ).with_values(found=on, first=first, last=last),
            Text(
                "按银行流水的到账日填写；提交申请之前到账的填在申请表。",
                "Give the day of the bank's statement; what came in before the claim belongs in its form.",
            ),
            on=on.isoformat(),
            first=first.isoformat(),
            last=last.isoformat(),
        )


class RecoveryAboveLossError(PoolError):
    """More would be recovered than was lost."""

    code = "POOL.RECOVERY.ABOVE_LOSS"

    def __init__(self, *, claim: str, found_fen: int, loss_fen: int) -> None:
        super().__init__(
            Text(
                "%(claim)s的回收净额将达%(found)s元，损失只有%(most)s元。",
                "Net recoveries of %(claim)s would be CNY %(found)s; the loss is CNY %(most)s.",
            ).with_values(claim=claim, found=yuan_text(found_fen), most=yuan_text(loss_fen)),
            Text(
                "只登记归属本笔损失的部分；借款人其他债务的还款不在此列。",
                "Enter only what belongs to this loss; what pays the borrower's other debts does not.",
            ),
            found_fen=found_fen,
            loss_fen=loss_fen,
        )


class RecoveryRecalledError(PoolError):
    """A layer would get back by a recovery what it has asked back already."""

    code = "POOL.RECOVERY.RECALLED"

    def __init__(self, *, claim: str, party: Text, found_fen: int, most_fen: int) -> None:
        super().__init__(
            Text(
                "%(claim)s的补偿款已追回：%(party)s追偿所得最多%(most)s元，登记后将达%(found)s元。",
                "Compensation on %(claim)s was asked back: %(party)s may get CNY %(most)s by recoveries, "
                "and would get CNY %(found)s.",
            ).with_values(claim=claim, party=party, most=yuan_text(most_fen), found=yuan_text(found_fen)),
            Text(
                "超出部分归银行，不登记为追偿回收；按预览把金额降到能分完为止。",
                "What is above belongs to the bank and is no recovery: enter no more than the preview can share.",
            ),
            claim=claim,
            found_fen=found_fen,
            most_fen=most_fen,
        )


class RecoveryHolderError(PoolError):
    """Money is held by a debt's owner only where the debt was taken over by one that collects for all parties."""

    code = "POOL.RECOVERY.HOLDER"

    def __init__(self, *, claim: str, on: date) -> None:
        super().__init__(
            Text(
                "%(claim)s在%(on)s没有代各方收款的受让方，款项不能登记为由受让方收取。",
                "On %(on)s no new owner collects for all parties of %(claim)s: the money cannot be entered as its own.",
            ).with_values(claim=claim, on=on),
            Text(
                "改为由申请机构收取；转让给资产管理公司或信托的，按转付登记。",
                "Enter it as received by the claimant; what a buyer is owed is recorded on its package.",
            ),
            claim=claim,
            on=on.isoformat(),
        )


class RecoveryAmountError(PoolError):
    """A recovery is more than nothing, its cost is not negative."""

    code = "POOL.RECOVERY.AMOUNT"

    def __init__(self, *, gross_fen: int, cost_fen: int) -> None:
        super().__init__(
            Text(
                "到账%(gross)s元、费用%(cost)s元：到账须大于0，费用不能为负。",
                "Received CNY %(gross)s, cost CNY %(cost)s: the first is above 0, the second not below.",
            ).with_values(gross=yuan_text(gross_fen), cost=yuan_text(cost_fen)),
            Text("核对两项金额。", "Check both amounts."),
            gross_fen=gross_fen,
            cost_fen=cost_fen,
        )


class ReferenceTakenError(PoolError):
    """The bank's reference stands for other money already."""

    code = "POOL.RECOVERY.REFERENCE"

    def __init__(self, *, reference: str, found_fen: int, found_on: date) -> None:
        super().__init__(
            Text(
                "流水号%(reference)s已登记：%(day)s，%(amount)s元，与本次不同。",
                "The reference %(reference)s is taken: %(day)s, CNY %(amount)s, which differs.",
            ).with_values(reference=reference, day=found_on, amount=yuan_text(found_fen)),
            Text("核对流水号；原登记有误的先撤销。", "Check the reference; undo the earlier entry if that is wrong."),
            reference=reference,
        )


class RemittanceAboveDueError(PoolError):
    """More would be remitted than is due on the debt."""

    code = "POOL.REMITTANCE.ABOVE_DUE"

    def __init__(self, *, claim: str, found_fen: int, due_fen: int) -> None:
        super().__init__(
            Text(
                "%(claim)s待上缴%(due)s元，本次登记%(found)s元。",
                "CNY %(due)s is due on %(claim)s; CNY %(found)s was entered.",
            ).with_values(claim=claim, due=yuan_text(due_fen), found=yuan_text(found_fen)),
            Text("先登记对应的回收，或核对金额。", "Enter the recovery that it belongs to first, or check the amount."),
            found_fen=found_fen,
            due_fen=due_fen,
        )


class RefundAboveDueError(PoolError):
    """More would be refunded than the bank has remitted of its own part."""

    code = "POOL.REFUND.ABOVE_DUE"

    def __init__(self, *, claim: str, found_fen: int, due_fen: int) -> None:
        super().__init__(
            Text(
                "%(claim)s应返还%(due)s元，本次登记%(found)s元。",
                "CNY %(due)s are to be refunded on %(claim)s; CNY %(found)s were entered.",
            ).with_values(claim=claim, found=yuan_text(found_fen), due=yuan_text(due_fen)),
            Text("只返还银行已全额上缴中属于自己的部分。", "Refund only the bank's own part of what it has remitted."),
            found_fen=found_fen,
            due_fen=due_fen,
        )


class RemittanceDayError(PoolError):
    """Money is remitted after it came in or was asked back, and not tomorrow."""

    code = "POOL.REMITTANCE.DAY"

    def __init__(self, *, on: date, first: date, last: date) -> None:
        super().__init__(
            Text(
                "上缴日%(found)s不在%(first)s至%(last)s之间。",
                "The day of the remittance, %(found)s, is not between %(first)s and %(last)s.",
            ).with_values(found=on, first=first, last=last),
            Text("按银行回单的到账日填写。", "Give the day on the bank's receipt."),
            on=on.isoformat(),
            first=first.isoformat(),
            last=last.isoformat(),
        )


class WriteOffStandsError(PoolError):
    """A debt is written off once, by two persons."""

    code = "POOL.WRITE_OFF.STANDS"

    def __init__(self, *, claim: str, on: date) -> None:
        super().__init__(
            Text(
                "%(claim)s已于%(day)s提出核销，一笔债权只核销一次。",
                "%(claim)s was put up for write-off on %(day)s; a debt is written off once.",
            ).with_values(claim=claim, day=on),
            Text("打开该核销继续办理。", "Go on with that one."),
            claim=claim,
        )


class WriteOffHandsError(PoolError):
    """Whoever proposes a write-off does not approve it."""

    code = "POOL.WRITE_OFF.SAME_HANDS"

    def __init__(self, *, claim: str) -> None:
        super().__init__(
            Text(
                "%(claim)s的核销须由提出人以外的人批准。", "The write-off of %(claim)s is approved by another person."
            ).with_values(claim=claim),
            Text("由科技局另一人批准。", "Let another person of the authority approve it."),
            claim=claim,
        )


class RecallOnItsWayError(PoolError):
    """Compensation is not asked back while a bank's order may still pay a part of it."""

    code = "POOL.RECALL.ON_ITS_WAY"

    def __init__(self, *, claim: str, order: str, batch: str) -> None:
        super().__init__(
            Text(
                "%(claim)s还有付款指令%(order)s（批次%(batch)s）没有结果，现在不能追回。",
                "The order %(order)s (batch %(batch)s) of %(claim)s is not answered yet: nothing is asked back now.",
            ).with_values(claim=claim, order=order, batch=batch),
            Text(
                "未放款的批次先作废；已放款的等银行回盘后再追回。",
                "Void the batch if nobody has released it, else wait for the bank's answer, then ask it back.",
            ),
            claim=claim,
            order=order,
        )


class RecallRepaidError(PoolError):
    """A recalled compensation comes back once."""

    code = "POOL.RECALL.REPAID"

    def __init__(self, *, claim: str, on: date, reference: str) -> None:
        super().__init__(
            Text(
                "%(claim)s的追回款已于%(day)s以回单%(reference)s退回。",
                "What was asked back on %(claim)s came in on %(day)s by receipt %(reference)s.",
            ).with_values(claim=claim, day=on, reference=reference),
            Text("核对回单；不再登记第二次。", "Check the receipt; it is not entered twice."),
            claim=claim,
        )


class CertificateNotOwedError(PoolError):
    """No certificate is owed for this scheme and year: the law asks for none, or the year is not over."""

    code = "POOL.CERTIFICATE.NOT_OWED"

    def __init__(self, *, scheme: str, as_of: date) -> None:
        super().__init__(
            Text(
                "%(scheme)s截至%(day)s没有应提交的审计证明。",
                "No certificate is owed under %(scheme)s for the year to %(day)s.",
            ).with_values(scheme=scheme, day=as_of),
            Text("从“年度审计证明”页选择待提交的年度。", "Choose a year that is open on the page of certificates."),
            scheme=scheme,
            as_of=as_of,
        )


class CertificateDayError(PoolError):
    """A certificate is signed after the year that it proves, and not in the future."""

    code = "POOL.CERTIFICATE.DAY"

    def __init__(self, *, signed_on: date, as_of: date, today: date) -> None:
        super().__init__(
            Text(
                "出具日%(day)s不在%(as_of)s之后、%(today)s以前：证明须在所证年度结束后出具。",
                "Signed on %(day)s; it has to be after %(as_of)s, when the year ended, and not after %(today)s.",
            ).with_values(day=signed_on, as_of=as_of, today=today),
            Text("核对证明上的日期。", "Check the date on the certificate."),
            signed_on=signed_on,
            as_of=as_of,
        )


class CertificateNotFoundError(PoolError):
    """There is no such certificate, or it is not this organisation's to see."""

    code = "POOL.CERTIFICATE.NOT_FOUND"

    def __init__(self, *, certificate: int) -> None:
        super().__init__(
            Text(
                "没有审计证明%(id)s，或它不属于本机构。", "There is no certificate %(id)s, or it is not yours."
            ).with_values(id=certificate),
            Text("从“年度审计证明”页打开。", "Open it from the page of certificates."),
            certificate=certificate,
        )
