"""zen-engine as a peer of bench_rules_peers: 科技型中小企业 as a decision graph, all firms in one call.

    python bench/peer_zen.py TABLE.npz

Every node stands in loop mode over the array of firms, the engine's own way to take many at once. Prints one JSON
object: firms a second and how many are met. Runs in its own environment.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from itertools import pairwise

import numpy as np
import zen

ROWS, TURNS, YI_2 = 20_000, 3, 20_000_000_000
LOOP = {"executionMode": "loop", "inputField": "firms", "outputPath": "firms", "passThrough": True}


def table(name: str, source: str, steps: dict[str, int]) -> dict:
    """Return a node that gives the points of the first step that holds."""
    rules = [{"_id": f"{name}{n}", "in": test, "out": str(points)} for n, (test, points) in enumerate(steps.items())]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": "in", "name": source, "field": source}],
        "outputs": [{"id": "out", "name": name, "field": name}],
        "rules": [*rules, {"_id": f"{name}-", "in": "", "out": "0"}],
        **LOOP,
    }
    return {"id": name, "type": "decisionTableNode", "name": name, "content": content}


def expressions(name: str, lines: dict[str, str]) -> dict:
    """Return a node that computes values one by one."""
    parts = [{"id": key, "key": key, "value": value} for key, value in lines.items()]
    return {"id": name, "type": "expressionNode", "name": name, "content": {"expressions": parts, **LOOP}}


def graph() -> dict:
    """Return the graph: shares, four tables of points, the conditions and the outcome."""
    shares = {
        "staff_share": "staff_count == 0 ? -1 : tech_staff_count / staff_count",
        "revenue_share": "revenue_fen_2023 == 0 ? -1 : rd_expense_fen_2023 / revenue_fen_2023",
        "cost_share": "total_cost_fen == 0 ? -1 : rd_expense_fen_2023 / total_cost_fen",
    }
    conditions = (
        f"is_resident_enterprise and staff_count <= 500 and revenue_fen_2023 <= {YI_2} and total_assets_fen <= {YI_2}"
        " and not has_prohibited_product"
        " and not (has_major_accident or has_serious_dishonesty or is_on_abnormal_list)"
    )
    outcome = {
        "results": "ip_class1_count >= 1 ? 30 : class2",
        "total": "staff + max([by_revenue, by_cost]) + $.results",
        "conditions": conditions,
        "direct": "has_valid_hnte or has_national_award_top3_5y or has_recognised_rd_body or led_standard_5y",
        "met": "$.conditions and ($.direct or ($.total >= 60 and staff > 0))",
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        expressions("shares", shares),
        table("staff", "staff_share", {">= 0.30": 20, ">= 0.25": 16, ">= 0.20": 12, ">= 0.15": 8, ">= 0.10": 4}),
        table("by_revenue", "revenue_share", {f">= 0.0{share}": 10 * share - 10 for share in (6, 5, 4, 3, 2)}),
        table("by_cost", "cost_share", {">= 0.30": 50, ">= 0.25": 40, ">= 0.20": 30, ">= 0.15": 20, ">= 0.10": 10}),
        table("class2", "ip_class2_count", {">= 4": 24, ">= 3": 18, ">= 2": 12, ">= 1": 6}),
        expressions("outcome", outcome),
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": f"e{n}", "type": "edge", "sourceId": one["id"], "targetId": two["id"]}
        for n, (one, two) in enumerate(pairwise(nodes))
    ]
    return {"nodes": nodes, "edges": edges}


def main() -> None:
    """Build the graph, evaluate, time."""
    loaded = np.load(sys.argv[1])
    columns = {name: loaded[name][:ROWS].tolist() for name in loaded.files}
    firms = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    decision, spent, found = zen.ZenEngine().create_decision(json.dumps(graph())), [], {}
    for _ in range(TURNS):
        start = time.perf_counter()
        found = decision.evaluate({"firms": firms})
        spent.append(time.perf_counter() - start)
    count = sum(firm["met"] for firm in found["result"]["firms"])
    print(json.dumps({"loop": len(firms) / statistics.median(spent), "met": count}))


if __name__ == "__main__":
    main()
