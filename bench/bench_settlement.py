"""10,000 losses settled under a scheme with three layers (city, district, bank), and their vouchers held in the ledger.

    python bench/bench_settlement.py

The settlement is `pool.core.settlement.settle` as a claim's decision runs it: the pack's rules, ratios, caps and
rounding for each case, one by one. Then one hold a public layer goes from its budget to the bank, both of a claim in a
group, through `book_transfers` on a throw-away instance. The peer is the cheapest thing that could be done instead:
each share as amount × ratio in whole numbers, without any rule.
"""

from __future__ import annotations

import os
import random
import subprocess
import tempfile
import time
from datetime import date

from instance import YULIN, report

CLAIMS = 10_000
PACK = "gz-credit-2021"
DISTRICTS = (440112, 440115)
ON = date(2021, 12, 31)
BUDGET_SECONDS = 10


def main() -> int:
    """Settle, book, print; return 1 where the budget is passed."""
    with tempfile.TemporaryDirectory(prefix="yulin-bench-", dir="/tmp") as home:
        os.environ["YULIN_HOME"] = home
        subprocess.run([YULIN, "prepare"], check=True, stdout=subprocess.DEVNULL)
        from yulin.cli.instance import database_ready

        with database_ready():
            shares, settling = settled()
            booking = booked(shares)
    busy = f"{os.getloadavg()[0]:.1f}"
    peer = ("amount × ratio, no rule", divided(shares))
    met = report(
        "settlement of 10,000 claims, three layers", settling, peer, unit="s", budget=BUDGET_SECONDS, load=busy
    )
    title = "settlement of 10,000 claims and their vouchers held in the ledger"
    return int(not met & report(title, settling + booking, None, unit="s", budget=BUDGET_SECONDS, load=busy))


def settled() -> tuple[list[dict[str, int]], float]:
    """Settle the cases; return the shares of each and the seconds that it took."""
    from yulin.pool.adapters.schemes import layers_of, scheme_pack
    from yulin.pool.core.loss import Loss, LossCase
    from yulin.pool.core.settlement import settle

    pack = scheme_pack(PACK)
    layers = layers_of(pack)
    dice = random.Random(1)
    cases = []
    for _ in range(CLAIMS):
        amount = dice.randint(100_000_00, 3_000_000_00)
        facts = {"security": "credit", "district": dice.choice(DISTRICTS)}
        loss = Loss(principal_fen=dice.randint(amount // 3, amount))
        cases.append(LossCase(on=ON, mode="bank", loss=loss, amount_fen=amount, facts=facts, bonuses=frozenset()))
    start = time.perf_counter()
    answers = [settle(pack, case, layers) for case in cases]
    seconds = time.perf_counter() - start
    shares = [dict(answer.shares_fen) for answer in answers]
    for answer, case in zip(answers, cases, strict=True):
        assert sum(answer.shares_fen.values()) == case.loss.principal_fen, answer
        assert len(answer.shares_fen) == 3, answer
    return shares, seconds


def booked(shares: list[dict[str, int]]) -> float:
    """Hold the vouchers of the public layers; return the seconds that it took."""
    from yulin.ledger.core.accounts import NewAccount
    from yulin.ledger.core.transfers import NewTransfer
    from yulin.ledger.enums import AccountKind, TransferKind
    from yulin.ledger.services import book_transfers, open_accounts
    from yulin.people.core.actors import SYSTEM_ACTOR

    public = sorted({layer for one in shares for layer in one} - {"bank"})
    accounts = [NewAccount("funding", AccountKind.FUNDING, None, "bench", "", may_overdraw=True)]
    accounts += [NewAccount(layer, AccountKind.BUDGET, None, "bench", layer, may_overdraw=False) for layer in public]
    accounts += [NewAccount(f"bank-{n}", AccountKind.BANK, None, "bench", "", may_overdraw=True) for n in range(20)]
    open_accounts(actor=SYSTEM_ACTOR, accounts=accounts)
    money = [NewTransfer(f"fund-{one}", TransferKind.POSTED, "funding", one, 10**14, ON) for one in public]
    book_transfers(actor=SYSTEM_ACTOR, transfers=money)
    start = time.perf_counter()
    vouchers = [
        NewTransfer(f"{n}-{layer}", TransferKind.HOLD, layer, f"bank-{n % 20}", fen, ON, group=f"claim-{n}")
        for n, one in enumerate(shares)
        for layer, fen in one.items()
        if layer != "bank" and fen
    ]
    answers = book_transfers(actor=SYSTEM_ACTOR, transfers=vouchers)
    seconds = time.perf_counter() - start
    assert all(one.is_new for one in answers)
    return seconds


def divided(shares: list[dict[str, int]]) -> float:
    """Return how long it takes to multiply each loss by three ratios."""
    losses = [sum(one.values()) for one in shares]
    start = time.perf_counter()
    for loss in losses:
        city, district = loss * 5_000 // 10_000, loss * 4_000 // 10_000
        assert loss - city - district >= 0
    return time.perf_counter() - start


if __name__ == "__main__":
    raise SystemExit(main())
