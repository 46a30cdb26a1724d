"""OpenFisca as a peer of bench_rules_peers: 科技型中小企业 as its variables over a table, in its own environment.

    python bench/peer_openfisca.py TABLE.npz

Prints one JSON object: firms a second of `calculate` alone, of filling the simulation and calculating, and who is met.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

YEAR, TURNS, YI_2 = "2023", 7, 20_000_000_000
FIRM = build_entity(key="firm", plural="firms", label="firm", is_person=True)


def bands(top: Any, bottom: Any, steps: dict[int, int]) -> Any:
    """Return the points of the first step that top ÷ bottom reaches, compared by cross-multiplication."""
    tests = [(top * 100 >= bottom * percent) & (bottom != 0) for percent in steps]
    return np.select(tests, list(steps.values()), 0)


def staff_points(firms: Any, period: Any) -> Any:
    """Return the points of technical staff."""
    tech, staff = firms("tech_staff_count", period), firms("staff_count", period)
    return bands(tech, staff, {30: 20, 25: 16, 20: 12, 15: 8, 10: 4})


def rd_points(firms: Any, period: Any) -> Any:
    """Return the points of R&D by the better route."""
    spent = firms("rd_expense_fen_2023", period)
    revenue = bands(spent, firms("revenue_fen_2023", period), {6: 50, 5: 40, 4: 30, 3: 20, 2: 10})
    return np.maximum(revenue, bands(spent, firms("total_cost_fen", period), {30: 50, 25: 40, 20: 30, 15: 20, 10: 10}))


def result_points(firms: Any, period: Any) -> Any:
    """Return the points of intellectual property."""
    count = firms("ip_class2_count", period)
    steps = np.select([count >= n for n in (4, 3, 2, 1)], [24, 18, 12, 6], 0)
    return np.where(firms("ip_class1_count", period) >= 1, 30, steps)


def conditions(firms: Any, period: Any) -> Any:
    """Return where conditions (1) to (4) hold."""
    return (
        firms("is_resident_enterprise", period)
        & (firms("staff_count", period) <= 500)
        & (firms("revenue_fen_2023", period) <= YI_2)
        & (firms("total_assets_fen", period) <= YI_2)
        & ~firms("has_prohibited_product", period)
        & ~(
            firms("has_major_accident", period)
            | firms("has_serious_dishonesty", period)
            | firms("is_on_abnormal_list", period)
        )
    )


def met(firms: Any, period: Any) -> Any:
    """Return who is met."""
    direct = (
        firms("has_valid_hnte", period)
        | firms("has_national_award_top3_5y", period)
        | firms("has_recognised_rd_body", period)
        | firms("led_standard_5y", period)
    )
    staff = firms("staff_points", period)
    total = staff + firms("rd_points", period) + firms("result_points", period)
    return firms("conditions", period) & (direct | ((total >= 60) & (staff > 0)))


RESULTS = {"staff_points": staff_points, "rd_points": rd_points, "result_points": result_points,
           "conditions": conditions, "met": met}  # fmt: skip


def variable(name: str, value_type: type, formula: Any = None) -> Any:
    """Return a variable of a firm by year."""
    parts = {"value_type": value_type, "entity": FIRM, "definition_period": DateUnit.YEAR, "label": name}
    return type(name, (Variable,), parts | ({"formula": formula} if formula else {}))


def system_for(table: dict[str, Any]) -> Any:
    """Return the rules; amounts become 32-bit floats, its widest number, and lose their last fen."""
    system = TaxBenefitSystem([FIRM])
    for name, values in table.items():
        system.add_variable(variable(name, bool if values.dtype == bool else float))
    for name, formula in RESULTS.items():
        system.add_variable(variable(name, bool if name in {"conditions", "met"} else int, formula))
    return system


def main() -> None:
    """Build, fill, calculate, time."""
    loaded = np.load(sys.argv[1])
    table = {name: loaded[name] for name in loaded.files}
    rows = len(next(iter(table.values())))
    system, alone, filled, found = system_for(table), [], [], 0
    for _ in range(TURNS):
        start = time.perf_counter()
        simulation = SimulationBuilder().build_default_simulation(system, rows)
        for name, values in table.items():
            simulation.set_input(name, YEAR, values)
        half = time.perf_counter()
        found = int(simulation.calculate("met", YEAR).sum())
        end = time.perf_counter()
        alone.append(end - half)
        filled.append(end - start)
    figures = {"calculate": rows / statistics.median(alone), "filled": rows / statistics.median(filled)}
    print(json.dumps({**figures, "met": found}))


if __name__ == "__main__":
    main()
