"""What is refused about audit packs and simulations."""

from __future__ import annotations

from yulin.base.text import Text
from yulin.pool.errors.root import PoolError


class AuditPackScopeError(PoolError):
    """An audit pack is asked for nothing, or for several things at once."""

    code = "POOL.AUDIT_PACK.SCOPE"

    def __init__(self, *, loan: str, claim: str, year: int | None, scheme: str) -> None:
        found = ", ".join(str(one) for one in (loan, claim, year, scheme) if one)
        super().__init__(
            Text(
                "审计包须且只须指明一项：借据、补偿申请或年度（年度可再加方案）；现为“%(found)s”。",
                "An audit pack is about one loan, one claim, or one year (of one scheme, if named); found “%(found)s”.",
            ).with_values(found=found or "—"),
            Text("填写其中一项，其余留空。", "Fill in one of them and leave the others empty."),
            loan=loan,
            claim=claim,
            year=year,
            scheme=scheme,
        )


class AuditPackEmptyError(PoolError):
    """Nothing in the book is what an audit pack is asked for."""

    code = "POOL.AUDIT_PACK.EMPTY"

    def __init__(self, *, title: Text) -> None:
        super().__init__(
            Text("账簿中没有%(title)s的备案。", "The book has no enrolment for: %(title)s.").with_values(title=title),
            Text(
                "核对编号；年度按确认、申请与回收的日期取。",
                "Check the number; a year goes by days of confirmation, claim and recovery.",
            ),
            title=title.en,
        )


class AuditPackAmbiguousError(PoolError):
    """A loan number is that of several banks' loans."""

    code = "POOL.AUDIT_PACK.AMBIGUOUS"

    def __init__(self, *, loan: str, numbers: list[str]) -> None:
        super().__init__(
            Text(
                "借据号%(loan)s属于多笔备案：%(numbers)s。",
                "Loan number %(loan)s is that of several enrolments: %(numbers)s.",
            ).with_values(loan=loan, numbers=", ".join(numbers)),
            Text("改用其中一笔的确认编号。", "Give the confirmation number of one of them."),
            loan=loan,
            numbers=numbers,
        )


class AuditPackNotFoundError(PoolError):
    """There is no such audit pack, or it is not made yet."""

    code = "POOL.AUDIT_PACK.NOT_FOUND"

    def __init__(self, *, pack: str | int) -> None:
        super().__init__(
            Text("没有可下载的审计包%(id)s。", "There is no audit pack %(id)s to download.").with_values(id=pack),
            Text(
                "从审计包列表进入；正在生成的请稍候。",
                "Start from the list of audit packs; one in the making takes a moment.",
            ),
            pack=str(pack),
        )
