"""A layer's budget: set by the authority as the layer's law funds it, and what waited for it is held.

A pot (cash pool) has one account that goes on; a yearly budget, also one in arrears, an account of its year. What was
promised or paid before anybody set a budget counts as used from the first day of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from yulin.kit import clock
from yulin.kit.idempotency import idempotent
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.tasks import defer
from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import locked_balances, standing_holds
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.core.budgets import LayerBooks, layer_money
from yulin.pool.core.postings import Place, closed, voucher_held
from yulin.pool.core.words import place_name
from yulin.pool.enums import VoucherState
from yulin.pool.errors import BudgetAboveCapError, BudgetBelowUseError, BudgetFormError
from yulin.pool.models import ExcessSubsidy, Voucher
from yulin.pool.selectors.budgets import (
    CASH_POOL,
    LayerLaw,
    layer_law,
    paid_out_fen,
    subsidies_of_year,
    vouchers_of_year,
)
from yulin.pool.selectors.vouchers import due_of
from yulin.pool.services.booking import book
from yulin.pool.services.claims._steps import lock_decisions
from yulin.pool.services.claims.vouchers import UNPAID, hold_vouchers, open_payers
from yulin.pool.services.layer_accounts import grant, open_layer_accounts
from yulin.pool.services.subsidies._steps import due_of_subsidy

_MONEY = (AccountKind.FUNDING, AccountKind.BUDGET, AccountKind.COMPENSATION_PAID)


def set_layer_budget(*, actor: Actor, place: Place, year: int, budget_fen: int) -> int:
    """Set what a layer may pay in a year (of a pot: what was put into it in all), and hold what waited for it.

    Effects: the layer's accounts; one grant; holds moved onto the budget; vouchers that now fit, oldest decision first;
    audit row. Returns how many vouchers were taken from the queue.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.BUDGET.BELOW_USE`, `POOL.BUDGET.ABOVE_CAP`.
    """
    _check_right(actor)
    with transaction.atomic(), scope(EVERYTHING):
        lock_decisions(place.scheme_id)
        law = layer_law(place, year)
        _check_cap(place, law, budget_fen)
        account = place.account(AccountKind.BUDGET, law.account_year)
        loose = _unbudgeted(place, law.account_year)
        subsidies = _unbudgeted_subsidies(place, law.account_year)
        _open(place, law)
        stands = locked_balances([place.account(kind) for kind in _MONEY] + [account])[account]
        paid = paid_out_fen(place, law.account_year)
        used = stands.held_fen + sum(one.amount_fen for one in loose) + sum(one.amount_fen for one in subsidies) + paid
        if budget_fen < used:
            raise BudgetBelowUseError(layer=place_name(place.code), budget_fen=budget_fen, used_fen=used)
        before = stands.posted_fen + paid
        book(
            actor, place.scheme_id, grant(place.account(AccountKind.FUNDING), account, budget_fen - before, place.code)
        )
        _hold_on_budget(actor, loose, subsidies, account)
        waiting = vouchers_of_year(place, law.account_year).filter(state=VoucherState.QUEUED.value)
        in_order = list(waiting.order_by("claim__decided_on", "claim_id", "instalment", "id"))
        held = hold_vouchers(actor, in_order) if in_order else []
        record_audit(
            actor=actor,
            action="pool.set_layer_budget",
            subject=("layer_budget", f"{place.scheme_id}/{place.code}/{year}"),
            facts={"before_fen": before, "budget_fen": budget_fen, "held": [voucher.pk for voucher in held]},
        )
    return len(held)


@idempotent
def roll_in(*, actor: Actor, place: Place, year: int, interest_fen: int) -> int:
    """Put into a pot what came back to its layer, and its interest where the law says that it stays; return how much.

    Takes `idempotency_key`: the same key rolls the same interest in once.

    Effects: at most two transfers; what waits for the room is held once this is committed; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.BUDGET.FORM`.
    """
    _check_right(actor)
    with transaction.atomic(), scope(EVERYTHING):
        lock_decisions(place.scheme_id)
        law = layer_law(place, year)
        if law.layer is None or law.layer.budget != CASH_POOL or (interest_fen and law.layer.interest != "rolls_in"):
            raise BudgetFormError(layer=place_name(place.code), interest_fen=interest_fen)
        _open(place, law)
        account, received = place.account(AccountKind.BUDGET), place.account(AccountKind.RECOVERY_RECEIVED)
        open_layer_accounts([(place, AccountKind.RECOVERY_RECEIVED, None)])
        back = locked_balances([received, account, place.account(AccountKind.FUNDING)])[received].available_fen
        book(
            actor,
            place.scheme_id,
            [
                *grant(received, account, back, "rolled in"),
                *grant(place.account(AccountKind.FUNDING), account, interest_fen, "interest"),
            ],
        )
        if back + interest_fen:
            defer("pool.hold_waiting", once_as="pool.hold_waiting")
        facts = {"received_fen": back, "interest_fen": interest_fen}
        subject = ("layer_budget", f"{place.scheme_id}/{place.code}/{year}")
        record_audit(actor=actor, action="pool.roll_in", subject=subject, facts=facts)
    return back + interest_fen


def _check_right(actor: Actor) -> None:
    if not actor.may(Action.SET_BUDGETS):
        raise NotAllowedError(action=str(Action.SET_BUDGETS), role=str(actor.role))


def _check_cap(place: Place, law: LayerLaw, budget_fen: int) -> None:
    """Keep a yearly budget within the cap that the law states. Raises: `POOL.BUDGET.ABOVE_CAP`."""
    if law.layer is None:
        return
    money = layer_money(law.layer, law.cap_fen, 0, LayerBooks(granted_fen=budget_fen, verified_fen=budget_fen))
    if money is not None and money.over_cap_fen:
        raise BudgetAboveCapError(layer=place_name(place.code), budget_fen=budget_fen, cap_fen=law.cap_fen or 0)


def _open(place: Place, law: LayerLaw) -> None:
    years = {AccountKind.BUDGET: law.account_year}
    open_layer_accounts([(place, kind, years.get(kind)) for kind in _MONEY])


def _unbudgeted(place: Place, year: int | None) -> list[Voucher]:
    """Return the unpaid vouchers of a layer that stand on no budget yet, locked."""
    rows = vouchers_of_year(place, year).filter(state__in=[state.value for state in UNPAID])
    return [voucher for voucher in rows.select_for_update(of=("self",)).order_by("id") if due_of(voucher).is_unbudgeted]


def _unbudgeted_subsidies(place: Place, year: int | None) -> list[ExcessSubsidy]:
    """Return the unpaid subsidies of insurers that a layer bears and that stand on no budget yet, locked."""
    rows = subsidies_of_year(place, year).due().select_for_update().order_by("id")
    return [one for one in rows if due_of_subsidy(one).is_unbudgeted]


def _hold_on_budget(actor: Actor, loose: Sequence[Voucher], subsidies: Sequence[ExcessSubsidy], account: str) -> None:
    """Move holds that stand on the funding onto the budget: released there, held here, together."""
    today = clock.business_date()
    rows: list[Voucher | ExcessSubsidy] = [*loose, *subsidies]
    standing = standing_holds([one.hold_key for one in rows])
    moved: list[NewTransfer] = []
    for one in rows:
        due = due_of(one) if isinstance(one, Voucher) else due_of_subsidy(one)
        anew = due.held_on(account)
        moved += closed([due.hold_key] if due.hold_key in standing else [], today)
        moved.append(voucher_held(anew, today, account))
        one.hold_key = anew.hold_key
    if moved:
        open_payers([due_of(voucher) for voucher in loose])
        book(actor, account.partition(":")[0], moved)
        Voucher.objects.bulk_update(loose, ["hold_key"])
        ExcessSubsidy.objects.bulk_update(subsidies, ["hold_key"])
