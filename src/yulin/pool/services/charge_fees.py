"""Charge every guarantee fee of a scheme whose day lies in a period: one look, one lock, one booking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import transaction

from yulin.kit.clock import business_date
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.core.fees import FeeVerdict
from yulin.pool.errors import FeePeriodError, FeesChangedError, FeeSchemeError
from yulin.pool.selectors.fees import PeriodFee, period_fees, schemes_with_fees
from yulin.pool.services.charge_fee import ToCharge, write_charges


@dataclass(frozen=True)
class FeePeriod:
    """Fees of one scheme whose day lies from `since` to `until`, both included."""

    scheme_id: str
    since: date
    until: date


@dataclass(frozen=True)
class FeeRun:
    """Every fee of a period with what happened to it, or would."""

    period: FeePeriod
    lines: list[PeriodFee]

    def of(self, verdict: FeeVerdict) -> list[PeriodFee]:
        """Return the fees to which one thing happened."""
        return [line for line in self.lines if line.verdict is verdict]

    @property
    def charged(self) -> list[PeriodFee]:
        """Those that were charged by this run, or would be."""
        return self.of(FeeVerdict.CHARGED)

    @property
    def charged_fen(self) -> int:
        """What they sum to."""
        return sum(line.amount_fen or 0 for line in self.charged)


def preview_fees(*, actor: Actor, period: FeePeriod) -> FeeRun:
    """Return what charging a period would do today, and why the rest is not charged.

    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.FEE.NO_TABLE`, `POOL.FEE.PERIOD`.
    """
    _check(actor, period)
    with scope(EVERYTHING):
        return _looked_at(period, is_locked=False)


def charge_fees(*, actor: Actor, period: FeePeriod, shown_fen: int | None = None) -> FeeRun:
    """Charge every fee of a period that can be charged today; run again, it charges nothing more.

    `shown_fen` is the sum that the actor was shown; None charges whatever is found.

    Effects: the charges, the lenders' and the scheme's accounts, one call of the ledger, audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.FEE.NO_TABLE`, `POOL.FEE.PERIOD`, `POOL.FEE.CHANGED`.
    """
    _check(actor, period)
    with transaction.atomic(), scope(EVERYTHING):
        run = _looked_at(period, is_locked=True)
        if shown_fen is not None and shown_fen != run.charged_fen:
            raise FeesChangedError(shown_fen=shown_fen, found_fen=run.charged_fen)
        asked = [ToCharge(line.enrolment, line.due, line.turn) for line in run.charged]
        charges = iter(write_charges(actor, asked, on=business_date()))
        lines = [
            replace(line, charge=next(charges)) if line.verdict is FeeVerdict.CHARGED else line for line in run.lines
        ]
        record_audit(
            actor=actor,
            action="pool.charge_fees",
            subject=("fees", f"{period.scheme_id}/{period.since}/{period.until}"),
            facts={
                "charged": len(asked), "charged_fen": run.charged_fen,
                "charges": [line.charge.pk for line in lines if line.verdict is FeeVerdict.CHARGED and line.charge],
            },
        )  # fmt: skip
    return replace(run, lines=lines)


def _check(actor: Actor, period: FeePeriod) -> None:
    if not actor.may(Action.CHARGE_FEES):
        raise NotAllowedError(action=str(Action.CHARGE_FEES), role=str(actor.role))
    if period.scheme_id not in schemes_with_fees():
        raise FeeSchemeError(scheme=period.scheme_id)
    if period.until < period.since:
        raise FeePeriodError(since=period.since, until=period.until)


def _looked_at(period: FeePeriod, *, is_locked: bool) -> FeeRun:
    after, today = period.until + timedelta(1), business_date()
    return FeeRun(period, period_fees(period.scheme_id, period.since, after, today=today, is_locked=is_locked))
