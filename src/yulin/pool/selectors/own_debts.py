"""What a firm sees of the assignment of its own loans: who owns them since when, whom it has to pay, how it was told.

Invariant: a firm gets its own debts and no other's, and of a package only what concerns them: no price, no other firm.
A package is shown once it is in effect.
"""

from __future__ import annotations

from dataclasses import dataclass

from yulin.atlas.selectors.rights import own_firm
from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.pool.core.assignment.kinds import KIND_LAWS
from yulin.pool.enums import AssignmentKind, Collector, NoticeWay, PackageState
from yulin.pool.models import AssignedDebt, DebtorNotice, DebtPackage

_SHOWN = (PackageState.ACTIVE.value, PackageState.BOUGHT_BACK.value)
_WITH_TITLE = [kind.value for kind, law in KIND_LAWS.items() if law.moves_title]


@dataclass(frozen=True)
class OwnDebt:
    """One assigned loan as its debtor sees it."""

    debt: AssignedDebt
    package: DebtPackage
    notices: tuple[DebtorNotice, ...]
    is_latest: bool  # the loan's latest assignment: it alone says whom to pay

    @property
    def stands(self) -> bool:
        """Whether the new owner owns it today."""
        return self.package.state == PackageState.ACTIVE and self.debt.is_open

    @property
    def owner(self) -> Text:
        """The new owner."""
        name = self.package.transferee_name
        return self.package.transferee.name if self.package.transferee else Text(name, name)

    @property
    def pay_to(self) -> Text:
        """Whom the firm pays: the bank, where it collects for the owner or has bought the debt back."""
        law = KIND_LAWS[AssignmentKind(self.package.kind)]
        by_bank = not self.stands or law.collector == Collector.BANK
        return self.package.bank.name if by_bank else self.owner

    @property
    def is_acknowledged(self) -> bool:
        """Whether the firm has acknowledged the notice here."""
        return any(one.way == NoticeWay.PLATFORM for one in self.notices)


def own_debts(actor: Actor) -> list[OwnDebt]:
    """Return the assigned loans of a firm's person, the latest first; nothing for anybody else."""
    firm = own_firm(actor)
    if firm is None:
        return []
    with scope(EVERYTHING):  # only the firm's own, by the filter
        debts = list(
            AssignedDebt.objects.filter(claim__enrolment__firm_id=firm.pk, package__state__in=_SHOWN)
            .filter(package__kind__in=_WITH_TITLE)
            .select_related("package__bank", "package__transferee", "claim")
            .prefetch_related("notices")
            .order_by("-package__active_from", "-id")
        )
        latest = {debt.claim_id: debt.pk for debt in reversed(debts)}
        return [
            OwnDebt(debt, debt.package, tuple(debt.notices.all()), latest[debt.claim_id] == debt.pk) for debt in debts
        ]
