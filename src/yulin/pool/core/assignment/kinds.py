"""The kinds of assignment: whether title moves, whether the debt leaves the balance sheet, who collects, for whom.

Compensation is none of them: a bank that was compensated still owns the debt, until an assignment says otherwise. Where
a debt is sold to somebody outside the pool, its price is money recovered and is shared as the loss was borne; what
comes in afterwards is the buyer's. Where it passes to the pool's manager or to a guarantor, money is shared as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yulin.base.text import Text
from yulin.pool.enums import AssignmentKind, Collector, LaterMoney, TransfereeKind


@dataclass(frozen=True)
class KindLaw:
    """What one kind of assignment does."""

    name: Text
    moves_title: bool
    leaves_balance_sheet: bool
    collector: Collector
    later_money: LaterMoney
    transferees: frozenset[TransfereeKind]

    @property
    def shares_price(self) -> bool:
        """Whether the price is money recovered, shared as the loss was borne."""
        return self.later_money == LaterMoney.TRANSFEREE


_OTHER = TransfereeKind.OTHER  # can be named, so that the pre-flight says why it cannot be
_AMC = frozenset({TransfereeKind.NATIONAL_AMC, TransfereeKind.LOCAL_AMC, TransfereeKind.BANK_AMC, _OTHER})
KIND_LAWS: Mapping[AssignmentKind, KindLaw] = {
    AssignmentKind.TO_MANAGER: KindLaw(
        Text("转让给受托管理机构", "Assignment to the pool's manager"),
        moves_title=True,
        leaves_balance_sheet=True,
        collector=Collector.TRANSFEREE,
        later_money=LaterMoney.POOL,
        transferees=frozenset({TransfereeKind.POOL_MANAGER}),
    ),
    AssignmentKind.TO_AMC: KindLaw(
        Text("转让给资产管理公司", "Assignment to an asset-management company"),
        moves_title=True,
        leaves_balance_sheet=True,
        collector=Collector.TRANSFEREE,
        later_money=LaterMoney.TRANSFEREE,
        transferees=_AMC,
    ),
    AssignmentKind.TO_TRUST: KindLaw(
        Text("信托受益权/资产证券化", "Transfer into a trust (securitisation)"),
        moves_title=True,
        leaves_balance_sheet=True,
        collector=Collector.BANK,
        later_money=LaterMoney.TRANSFEREE,
        transferees=frozenset({TransfereeKind.TRUST, _OTHER}),
    ),
    AssignmentKind.SUBROGATION_WITH_TITLE: KindLaw(
        Text("代位求偿并移转债权", "Subrogation with title"),
        moves_title=True,
        leaves_balance_sheet=True,
        collector=Collector.TRANSFEREE,
        later_money=LaterMoney.POOL,
        transferees=frozenset({TransfereeKind.GUARANTOR}),
    ),
    AssignmentKind.SUBROGATION: KindLaw(
        Text("代位求偿，债权不移转", "Subrogation without title"),
        moves_title=False,
        leaves_balance_sheet=False,
        collector=Collector.BANK,
        later_money=LaterMoney.POOL,
        transferees=frozenset({TransfereeKind.GUARANTOR}),
    ),
}
COLLECTOR_NAMES: Mapping[Collector, Text] = {
    Collector.BANK: Text("原银行代收", "the bank, on the new owner's account"),
    Collector.TRANSFEREE: Text("受让方", "the new owner"),
}
LATER_MONEY_NAMES: Mapping[LaterMoney, Text] = {
    LaterMoney.POOL: Text("仍按承担比例分回各方", "shared as the loss was borne, as before"),
    LaterMoney.TRANSFEREE: Text("归受让方", "the new owner's"),
}
TRANSFEREE_NAMES: Mapping[TransfereeKind, Text] = {
    TransfereeKind.POOL_MANAGER: Text("资金池受托管理机构", "The pool's manager"),
    TransfereeKind.NATIONAL_AMC: Text("全国性资产管理公司", "National asset-management company"),
    TransfereeKind.LOCAL_AMC: Text("地方资产管理公司", "Local asset-management company"),
    TransfereeKind.BANK_AMC: Text("金融资产投资公司", "Bank-owned asset-investment company"),
    TransfereeKind.TRUST: Text("信托或特定目的载体", "Trust or special-purpose vehicle"),
    TransfereeKind.GUARANTOR: Text("担保或保险机构", "Guarantor or insurer"),
    TransfereeKind.OTHER: Text("其他机构或个人", "Others"),
}
