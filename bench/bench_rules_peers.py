"""One pack over 300,000 firms beside OpenFisca and zen-engine with the same rule, same table, same run.

Both peers are put into an environment of their own, which is thrown away: neither is ever a dependency. All three have
to name the same firms, else nothing is printed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from pathlib import Path

import numpy as np
from bench_rules import DAY, FIRMS, firms, median_ms, say

from yulin.rules.adapters.shipped import shipped_pack
from yulin.rules.core.population import assess_population

PEERS = {"peer_openfisca.py": "openfisca-core==46.0.1", "peer_zen.py": "zen-engine==2.1.3"}
ZEN_ROWS = 20_000  # what baselines take for an engine that needs a dictionary a firm


def measured(home: Path, script: str, table: Path) -> dict[str, float]:
    """Run a peer in its environment and return what it printed."""
    words = [str(home / "bin" / "python"), str(Path(__file__).with_name(script)), str(table)]
    answer = subprocess.run(words, check=True, capture_output=True, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


def per_second(run: Callable[[], object]) -> float:
    """Return how many firms a second a run over all of them takes."""
    return FIRMS / median_ms(run, 21) * 1000


def main() -> None:
    """Measure and print."""
    pack, table = shipped_pack("title-techsme-2017"), firms(0).drop("industry")
    is_met = assess_population(pack, table, DAY)["outcome"] == "met"
    with tempfile.TemporaryDirectory(prefix="yulin-peers-") as folder:
        home, kept = Path(folder) / "venv", Path(folder) / "table.npz"
        venv.create(home, with_pip=True)
        install = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "numpy", *PEERS.values()]
        if subprocess.run(install, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            print("NOT RUN: the peers cannot be installed here", file=sys.stderr)
            return
        np.savez(kept, **{name: table[name].to_numpy() for name in table.columns})
        turns = []
        for script in PEERS:  # what the machine does besides changes from minute to minute: ours is taken on both sides
            before = per_second(lambda: assess_population(pack, table, DAY))
            peer = measured(home, script, kept)
            turns.append((peer, (before + per_second(lambda: assess_population(pack, table, DAY))) / 2))
    (fisca, beside_fisca), (zen, beside_zen) = turns
    if fisca["met"] != is_met.sum() or zen["met"] != is_met[:ZEN_ROWS].sum():
        raise SystemExit(f"The answers differ: {is_met.sum()}, {fisca['met']}; {is_met[:ZEN_ROWS].sum()}, {zen['met']}")
    for least, peer, value, ours in (
        (4, "openfisca-core, calculate alone", fisca["calculate"], beside_fisca),
        (4, "openfisca-core, filled and calculated", fisca["filled"], beside_fisca),
        (200, "zen-engine, a decision graph in loop mode, 20,000 firms a call", zen["loop"], beside_zen),
    ):
        say(
            "population: one pack, 300,000 firms", ours, "firms/s", f"≥ {least} × {peer.partition(',')[0]}",
            peer=peer, peer_value=round(value), ratio=round(ours / value, 1), met=ours >= least * value,
        )  # fmt: skip


if __name__ == "__main__":
    main()
