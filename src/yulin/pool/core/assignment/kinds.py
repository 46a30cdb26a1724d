"""The kinds of assignment: whether title moves, whether the debt leaves the balance sheet, and who collects afterwards.

Compensation is none of them: a bank that was compensated still owns the debt, until an assignment says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yulin.base.text import Text
from yulin.pool.enums import AssignmentKind, Collector


@dataclass(frozen=True)
class KindLaw:
    """What one kind of assignment does."""

    name: Text
    moves_title: bool
    leaves_balance_sheet: bool
    collector: Collector


KIND_LAWS: Mapping[AssignmentKind, KindLaw] = {
    AssignmentKind.TO_MANAGER: KindLaw(
        Text("转让给受托管理机构", "Assigned to the pool's manager"),
        moves_title=True,
        leaves_balance_sheet=True,
        collector=Collector.TRANSFEREE,
    ),
    AssignmentKind.TO_AMC: KindLaw(
        Text("转让给资产管理公司", "Assigned to an asset-management company"),
        moves_title=True,
        leaves_balance_sheet=True,
        collector=Collector.TRANSFEREE,
    ),
    AssignmentKind.TO_TRUST: KindLaw(
        Text("信托受益权/资产证券化", "Moved into a trust (securitisation)"),
        moves_title=True,
        leaves_balance_sheet=True,
        collector=Collector.BANK,
    ),
    AssignmentKind.SUBROGATION_WITH_TITLE: KindLaw(
        Text("代位求偿并移转债权", "Subrogation with title"),
        moves_title=True,
        leaves_balance_sheet=True,
        collector=Collector.TRANSFEREE,
    ),
    AssignmentKind.SUBROGATION: KindLaw(
        Text("代位求偿，债权不移转", "Subrogation without title"),
        moves_title=False,
        leaves_balance_sheet=False,
        collector=Collector.BANK,
    ),
}
COLLECTOR_NAMES: Mapping[Collector, Text] = {
    Collector.BANK: Text("原银行代收", "the bank, on the new owner's account"),
    Collector.TRANSFEREE: Text("受让方", "the new owner"),
}
