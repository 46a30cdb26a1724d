"""A draft over many past claims: how long the simulator needs for a number of claims with three layers.

    python bench/bench_simulation.py --claims 10000

Budget: 10,000 claims within 10 s. The claims are invented; the draft changes the ratio, lets a district join and caps
all layers, so that every claim is settled anew.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import date, timedelta

from yulin.pool.adapters.schemes import layers_of, scheme_pack
from yulin.pool.core.deciding import Law
from yulin.pool.core.loss import Loss, LossCase
from yulin.pool.core.simulation.draft import Draft, drafted
from yulin.pool.core.simulation.effects import effects_of
from yulin.pool.core.simulation.run import BankHistory, PastClaim, Sum, simulate

_DISTRICTS = (440112, 440115, 440105, 440106)
_BUDGET_SECONDS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=10_000)
    count = parser.parse_args().claims
    pack = scheme_pack("gz-credit-2021")
    law = Law(pack, layers_of(pack))
    draft = Draft({"city": 6_000}, {"440105": 2_000}, all_layers_bp=8_000, breakers_bp={"bank": 300})
    history = BankHistory(enrolled={bank: [Sum(date(2022, 1, 3), 10**12)] for bank in range(37)})
    claims = [_claim(number) for number in range(count)]
    started = time.perf_counter()
    found = simulate(drafted(law, draft), claims, history)
    effects = effects_of(found)
    seconds = time.perf_counter() - started
    print(
        json.dumps(
            {
                "claims": count,
                "unknown": len(found.unknown),
                "fired": len(found.fired),
                "difference_fen": effects.difference_fen,
                "seconds": round(seconds, 2),
                "per_second": round(count / seconds),
                "within_budget": seconds <= _BUDGET_SECONDS,
            }
        )
    )


def _claim(number: int) -> PastClaim:
    lost = 100_000_000 + 7 * number
    district = _DISTRICTS[number % len(_DISTRICTS)]
    case = LossCase(
        date(2021, 8, 2), "bank", Loss(principal_fen=lost), lost,
        {"security": "credit", "has_valid_hnte": number % 3 > 0, "district": district},
    )  # fmt: skip
    half = lost // 2
    return PastClaim(
        number, f"C-{number}", date(2022, 1, 4) + timedelta(number * 1_000 // 10_000), number % 37, "bank",
        str(district), "small", case, {"city": half, "bank": lost - half}, frozenset({"city"}),
    )  # fmt: skip


if __name__ == "__main__":
    main()
