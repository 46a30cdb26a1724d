"""What the pool refuses about the assignment of debts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from yulin.base.text import Text
from yulin.pool.errors.root import PoolError, listed


class AssignmentDebtError(PoolError):
    """The debt cannot change hands: not compensated, repaid, overpaid, not confirmed or never disbursed."""

    code = "POOL.ASSIGNMENT.DEBT"

    def __init__(self, *, reasons: Mapping[str, Text], debt: str = "") -> None:
        named = Text(f"债权{debt}", f"Debt {debt}") if debt else Text("该债权", "The debt")
        super().__init__(
            Text("%(debt)s不能转让：%(reasons)s。", "%(debt)s cannot be assigned: %(reasons)s.").with_values(
                debt=named, reasons=listed(list(reasons.values()))
            ),
            Text(
                "从转让包中移出，或待原因消除后再申请。",
                "Take it out of the package, or ask again when it is mended.",
            ),
            codes=list(reasons),
            debt=debt,
        )


class AssignmentStandsError(PoolError):
    """The debt is assigned already, or a request for it is pending."""

    code = "POOL.ASSIGNMENT.STANDS"

    def __init__(self, *, state: Text, transferee: str, debt: str = "") -> None:
        named = Text(f"债权{debt}", f"Debt {debt}") if debt else Text("该债权", "The debt")
        super().__init__(
            Text(
                "%(debt)s已有转让（%(state)s，受让方%(transferee)s），不能再次申请。",
                "%(debt)s has an assignment already (%(state)s, to %(transferee)s); there cannot be two.",
            ).with_values(debt=named, state=state, transferee=transferee or "—"),
            Text("先撤销原申请或回购。", "Cancel that request or buy the debt back first."),
            debt=debt,
            state=state.zh,
            transferee=transferee,
        )


class AssignmentActError(PoolError):
    """There is no assignment that this act could change."""

    code = "POOL.ASSIGNMENT.ACT"

    def __init__(self, *, act: str | None, state: str | None) -> None:
        super().__init__(
            Text(
                "没有可以撤销或回购的转让，或回购申请已在办理。",
                "There is no assignment to cancel or buy back, or a buy-back is pending already.",
            ),
            Text("刷新页面，核对该债权的转让经过。", "Reload the page and look at the debt's history."),
            act=act,
            state=state,
        )


class AssignmentSettlementError(PoolError):
    """The day of settlement lies before the day on which it could be."""

    code = "POOL.ASSIGNMENT.SETTLEMENT"

    def __init__(self, *, settles_on: date | None, earliest_on: date) -> None:
        said = Text("交割日%(found)s早于%(needed)s。", "The settlement day %(found)s lies before %(needed)s.")
        if settles_on is None:
            said = Text("未填交割日。", "No settlement day is given.")
        super().__init__(
            said.with_values(found=settles_on, needed=earliest_on),
            Text("改为%(needed)s或以后的日期。", "Choose %(needed)s or a later day.").with_values(needed=earliest_on),
            settles_on=settles_on.isoformat() if settles_on else None,
            earliest_on=earliest_on.isoformat(),
        )


class AssignmentPriceError(PoolError):
    """The price ratio is missing, not above zero, or above the whole principal."""

    code = "POOL.ASSIGNMENT.PRICE"

    def __init__(self, *, found: int | None) -> None:
        shown = Text("未填", "nothing") if found is None else f"{found / 10_000:g}%"
        super().__init__(
            Text(
                "转让价格比例为%(found)s，应大于0、不超过本金的100%%。",
                "The price ratio is %(found)s; it must be above 0 and at most 100%% of the principal.",
            ).with_values(found=shown),
            Text("填写转让合同中的价格比例。", "Give the ratio of the transfer contract."),
            price_ratio_ppm=found,
        )


class AssignmentTransfereeError(PoolError):
    """No transferee is named."""

    code = "POOL.ASSIGNMENT.TRANSFEREE"

    def __init__(self) -> None:
        super().__init__(
            Text("未填受让方。", "No transferee is named."), Text("选择受让方。", "Choose the transferee.")
        )


class PackageNotFoundError(PoolError):
    """There is no such package of debts, or it is somebody else's."""

    code = "POOL.ASSIGNMENT.NOT_FOUND"

    def __init__(self, *, package: int) -> None:
        super().__init__(
            Text("找不到该转让包。", "There is no such package of debts."),
            Text("从债权转让列表打开。", "Open it from the list of packages."),
            package=package,
        )


class OwnDebtError(PoolError):
    """A firm acknowledges only the assignment of its own debt, while it stands."""

    code = "POOL.ASSIGNMENT.OWN_DEBT"

    def __init__(self, *, debt: int) -> None:
        super().__init__(
            Text("没有可签收的转让：它不是贵公司的借款，或转让已不再有效。",
                 "There is nothing to acknowledge: it is not your loan, or its assignment no longer stands."),
            Text("从“债权转让通知”页签收。", "Acknowledge it on the page of your assigned debts."),
            debt=debt,
        )  # fmt: skip


class PackageChangedError(PoolError):
    """Somebody changed the package after this page was loaded."""

    code = "POOL.ASSIGNMENT.CHANGED"

    def __init__(self, *, package: str, found: int, expected: int) -> None:
        super().__init__(
            Text("转让包%(package)s已被他人更新。", "Package %(package)s was changed meanwhile.").with_values(
                package=package
            ),
            Text("刷新页面后再办理。", "Reload the page, then go on."),
            package=package,
            found=found,
            expected=expected,
        )


class PackageStepError(PoolError):
    """The package's state has no such step."""

    code = "POOL.ASSIGNMENT.STEP"

    def __init__(self, *, step: Text, found: Text, needed: list[Text]) -> None:
        super().__init__(
            Text(
                "转让包处于“%(found)s”，不能“%(step)s”；该步骤要求状态为%(needed)s。",
                "The package is “%(found)s”; “%(step)s” needs: %(needed)s.",
            ).with_values(found=found, step=step, needed=listed(needed)),
            Text("刷新页面，按页面给出的下一步办理。", "Reload the page and take the next step that it offers."),
            found=found.zh,
            step=step.zh,
        )


class PackageNoteError(PoolError):
    """The step needs a reason and none was given."""

    code = "POOL.ASSIGNMENT.NOTE"

    def __init__(self, *, step: Text) -> None:
        super().__init__(
            Text("“%(step)s”须填写理由。", "“%(step)s” needs a reason.").with_values(step=step),
            Text("写明理由，将留在转让经过中。", "Write the reason; it stays in the package's history."),
            step=step.zh,
        )


class PackageEmptyError(PoolError):
    """The package would hold no debt."""

    code = "POOL.ASSIGNMENT.EMPTY"

    def __init__(self) -> None:
        super().__init__(
            Text("转让包中没有债权，至少需要一笔。", "The package holds no debt; it needs at least one."),
            Text(
                "选择补偿已拨付、尚未转让的债权。", "Choose debts whose compensation is paid and that are not assigned."
            ),
        )


class PackageBankError(PoolError):
    """The debts of one package belong to more than one bank."""

    code = "POOL.ASSIGNMENT.ONE_BANK"

    def __init__(self, *, banks: int) -> None:
        super().__init__(
            Text(
                "所选债权属于%(banks)s家银行，一个转让包只能有一个出让方。",
                "The debts chosen belong to %(banks)s {banks:bank|banks}; a package has one seller.",
            ).with_values(banks=banks),
            Text("每家银行各建一个转让包。", "Make one package for each bank."),
            banks=banks,
        )


class PackageCurrencyError(PoolError):
    """The debts of one package are in more than one currency."""

    code = "POOL.ASSIGNMENT.CURRENCIES"

    def __init__(self, *, currencies: list[str]) -> None:
        super().__init__(
            Text(
                "所选债权有%(n)s种币种（%(found)s），一个转让包只有一个价款。",
                "The debts chosen are in %(n)s currencies (%(found)s); a package has one price.",
            ).with_values(n=len(currencies), found="、".join(currencies)),
            Text("每种币种各建一个转让包。", "Make one package for each currency."),
            currencies=currencies,
        )


class TransfereeKindError(PoolError):
    """The kind of transferee does not fit the kind of assignment."""

    code = "POOL.ASSIGNMENT.TRANSFEREE_KIND"

    def __init__(self, *, kind: Text, found: Text, needed: list[Text]) -> None:
        super().__init__(
            Text(
                "“%(kind)s”的受让方不能是“%(found)s”，应为%(needed)s。",
                "“%(kind)s” is not made to “%(found)s”; it needs: %(needed)s.",
            ).with_values(kind=kind, found=found, needed=listed(needed)),
            Text("改选转让方式或受让方类型。", "Choose another kind of assignment or of transferee."),
            kind=kind.zh,
            found=found.zh,
        )


class PreflightBlockedError(PoolError):
    """An item of the true-sale pre-flight stands against the package."""

    code = "POOL.ASSIGNMENT.PRE_FLIGHT"

    def __init__(self, *, items: Mapping[str, Text]) -> None:
        super().__init__(
            Text("出表预检未通过：%(items)s。", "The pre-flight does not pass: %(items)s.").with_values(
                items=listed(list(items.values()))
            ),
            Text("消除不符的事项，或移出不符的债权。", "Mend these items, or take the debts concerned out."),
            items=list(items),
        )


class PreflightOpenError(PoolError):
    """An item of the true-sale pre-flight has no answer yet."""

    code = "POOL.ASSIGNMENT.PRE_FLIGHT_OPEN"

    def __init__(self, *, items: Mapping[str, Text]) -> None:
        super().__init__(
            Text("出表预检尚有未答事项：%(items)s。", "The pre-flight has open items: %(items)s.").with_values(
                items=listed(list(items.values()))
            ),
            Text(
                "补录回答、转让合同或送达证明后再办理。", "Add the answer, the contract or the proof of delivery first."
            ),
            items=list(items),
        )


class PackageHandsError(PoolError):
    """Who asks for an assignment does not approve it."""

    code = "POOL.ASSIGNMENT.SAME_HANDS"

    def __init__(self, *, package: str) -> None:
        super().__init__(
            Text(
                "转让包%(package)s由您提交，须由另一人审批。",
                "You submitted package %(package)s; another person decides on it.",
            ).with_values(package=package),
            Text("请另一位有权人员审批。", "Ask another person with the right to decide."),
            package=package,
        )


class OwnPurchaseError(PoolError):
    """The transferee approves its own purchase."""

    code = "POOL.ASSIGNMENT.OWN_PURCHASE"

    def __init__(self, *, package: str, transferee: str) -> None:
        super().__init__(
            Text(
                "%(transferee)s是转让包%(package)s的受让方，不能审批自己的受让。",
                "%(transferee)s buys package %(package)s and does not approve its own purchase.",
            ).with_values(package=package, transferee=transferee),
            Text("由科技局审批。", "The authority decides on it."),
            package=package,
            transferee=transferee,
        )


class NoticeDayError(PoolError):
    """A debtor's notice was delivered before it was sent, or after today."""

    code = "POOL.ASSIGNMENT.NOTICE_DAY"

    def __init__(self, *, sent_on: date, delivered_on: date, today: date) -> None:
        super().__init__(
            Text(
                "通知于%(sent)s发出、%(delivered)s送达；送达日应在发出日与%(today)s之间。",
                "The notice was sent on %(sent)s and delivered on %(delivered)s; delivery lies between that day and"
                " %(today)s.",
            ).with_values(sent=sent_on, delivered=delivered_on, today=today),
            Text("按送达证明更正日期。", "Correct the days as the proof of delivery says."),
            sent_on=sent_on.isoformat(),
            delivered_on=delivered_on.isoformat(),
        )


class DebtorToldError(PoolError):
    """The debtor was told of the assignment: its debt stays in the package."""

    code = "POOL.ASSIGNMENT.DEBTOR_TOLD"

    def __init__(self, *, debt: str) -> None:
        super().__init__(
            Text(
                "债权%(debt)s的债务人已收到转让通知，不能移出转让包。",
                "The debtor of %(debt)s was told of the assignment: the debt stays in the package.",
            ).with_values(debt=debt),
            Text("撤销整个转让包并通知债务人。", "Cancel the whole package and tell the debtor."),
            debt=debt,
        )


class NotOwnedError(PoolError):
    """Money can be passed on only on a debt whose owner is the transferee on that day."""

    code = "POOL.ASSIGNMENT.NOT_OWNED"

    def __init__(self, *, debt: str, on: date) -> None:
        super().__init__(
            Text(
                "%(on)s债权%(debt)s不归受让方所有，没有应转付的款项。",
                "On %(on)s debt %(debt)s was not the transferee's: there is nothing to pass on.",
            ).with_values(debt=debt, on=on),
            Text("按回收登记，或核对到账日。", "Enter it as a recovery, or check the value date."),
            debt=debt,
            on=on.isoformat(),
        )


class RecoveryAssignedError(PoolError):
    """Money that came in after the assignment of a debt belongs to its new owner, not to the pool."""

    code = "POOL.RECOVERY.ASSIGNED"

    def __init__(self, *, claim: str, on: date, owner: str, since: date) -> None:
        super().__init__(
            Text(
                "申请%(claim)s的债权自%(since)s起归%(owner)s所有，%(on)s到账的款项归受让方，不再分回各层。",
                "The debt of claim %(claim)s belongs to %(owner)s since %(since)s: money of %(on)s is the new owner's"
                " and is not shared among the layers.",
            ).with_values(claim=claim, since=since, owner=owner, on=on),
            Text(
                "将款项转付受让方，并在转让包中登记转付。",
                "Pass the money on to the new owner and record it on the package.",
            ),
            claim=claim,
            owner=owner,
            since=since.isoformat(),
        )


class SalePriceError(PoolError):
    """The price of an assigned debt was booked by its assignment and is not undone by hand."""

    code = "POOL.RECOVERY.SALE_PRICE"

    def __init__(self, *, claim: str, reference: str) -> None:
        super().__init__(
            Text(
                "申请%(claim)s的这笔款项是转让包%(package)s的价款，不能撤销登记。",
                "This money on claim %(claim)s is the price of package %(package)s and is not undone by hand.",
            ).with_values(claim=claim, package=reference),
            Text("转让有误的，申请回购。", "Where the assignment was wrong, ask to buy the debts back."),
            claim=claim,
            reference=reference,
        )
