"""The Django application of the pool."""

from __future__ import annotations

from django.apps import AppConfig

from yulin.atlas.adapters.holders import hold_for
from yulin.atlas.adapters.kept_names import keep_names
from yulin.atlas.adapters.legal_grounds import ask_enrolments_of
from yulin.atlas.adapters.loans_outside import ask_owed_of
from yulin.rules.adapters.trade import Trade, register_trade


class PoolConfig(AppConfig):
    """Schemes, enrolments, monthly returns, pre-loan answers, the headline board."""

    name = "yulin.pool"
    label = "pool"
    verbose_name = "风险补偿资金池"

    def ready(self) -> None:
        """Answer the firm register who is party to a firm's loans, what it owes and what is held; check schemes."""
        from yulin.pool.adapters.schemes import trade_cases, trade_remarks  # noqa: PLC0415 - app ready
        from yulin.pool.selectors.enrolments import is_party_to_loan_of, owed_by_firms  # noqa: PLC0415 - app ready
        from yulin.pool.selectors.holding import HOLDERS, OBJECTORS  # noqa: PLC0415 - app ready

        for holder in HOLDERS:
            hold_for(holder)
        keep_names(OBJECTORS)
        ask_enrolments_of(is_party_to_loan_of)
        ask_owed_of(owed_by_firms)
        register_trade("scheme", Trade(trade_cases, trade_remarks))
