"""The Django application of the ledger."""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Accounts, transfers, holds, seals and closed periods."""

    name = "yulin.ledger"
    label = "ledger"
    verbose_name = "资金账本"

    def ready(self) -> None:
        """Tell the clock who seals the transfers."""
        from yulin.kit import sealing  # noqa: PLC0415 - app ready
        from yulin.ledger.services import seal_transfers  # noqa: PLC0415 - app ready

        sealing.seal_with("ledger.transfers", seal_transfers)
