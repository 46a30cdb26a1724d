"""Resolve 1,000,000 invented records of firms by `yulin atlas resolve`, the truth of each known.

    python bench/bench_resolve.py [RECORDS]

Of five firms four have one record, the fifth a second one from another source: its code in small letters, by its
registration number of before 2015, by its organisation code under a former name, or with no code at all. One in
fifty has a twin: another firm of the very same name. Said are recall and precision of what codes make one (nothing
less joins), how many of the records without a code wait for a person beside their firm, and twins merged: none may be.
"""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from instance import YULIN, report

from yulin.base.ids import make_uscc

RECORDS, SEED = 1_000_000, 1
MOST_SECONDS, MOST_MB = 300, 4096
HEAD = ("key", "name", "code", "former_codes", "former_names", "founded_on", "representative", "address")
PLACES = ("广州", "深圳", "佛山", "东莞", "珠海", "惠州", "中山", "江门", "肇庆", "汕头")
TRADES = ("科技", "电子科技", "生物医药", "新材料", "信息技术", "智能装备", "软件", "新能源", "环保科技", "精密仪器")
LETTERS = "云衡远岚启明智汇卓越博睿恒泰锐新天元弘创瑞丰景行佳信凯德润达宏图星海晨曦立方致和维思格物中科源泉鼎峰百川领航"
FAMILY = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗"


def main(count: int = RECORDS) -> int:
    with tempfile.TemporaryDirectory() as folder:
        records, out, possible = (Path(folder) / name for name in ("records.csv", "out.csv", "possible.csv"))
        with records.open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines).writerows([HEAD, *rows(count)])
        started = time.perf_counter()
        words = [YULIN, "atlas", "resolve", records, "--out", out, "--possible", possible]
        process = subprocess.Popen(list(map(str, words)), stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        seconds, peak = time.perf_counter() - started, used.ru_maxrss / 1024
        if status:
            raise SystemExit("the command failed")
        figures = judged(out, possible)
    met = report(f"{count:,} records resolved", seconds, None, unit="s", budget=MOST_SECONDS)
    met &= report("peak memory of that", peak, None, unit="MB", budget=MOST_MB)
    for name, (value, budget) in figures.items():
        met &= report(name, value, None, unit="" if name.startswith("twins") else "% found", budget=budget)
    return 0 if met else 1


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """Yield records; a key says firm and what is planted: `12`, `12-again`, `12-bare`, and `12-twin`, another firm."""
    chance = random.Random(SEED)
    made = number = 0
    while made < count:
        name = f"{chance.choice(PLACES)}{''.join(chance.choices(LETTERS, k=chance.choice((2, 3, 3, 4))))}"
        name += f"{chance.choice(TRADES)}有限公司"
        code = make_uscc("440106", 2 * number)
        born = f"{chance.randrange(1990, 2014)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        head = f"{chance.choice(FAMILY)}{''.join(chance.choices(LETTERS, k=2))}"
        home = f"天河区{''.join(chance.choices(LETTERS, k=2))}路{chance.randrange(1, 999)}号"
        found = [(f"{number}", name, code, "", "", born, head, home)]
        if chance.random() < 0.2:
            found.append(again(chance, number, found[0]))
        if chance.random() < 0.02:
            other = make_uscc("440106", 2 * number + 1)
            found.append((f"{number}-twin", name, other, "", "", "2014-05-06", "欧阳另", f"越秀区另路{number}号"))
        yield from found
        made += len(found)
        number += 1


def again(chance: random.Random, number: int, first: tuple[str, ...]) -> tuple[str, ...]:
    _, name, code, _, _, born, head, home = first
    written = name.replace("有限公司", "有限责任公司")
    renamed = f"{name[:2]}{''.join(chance.choices(LETTERS, k=3))}{name[-6:]}"
    kind = chance.randrange(4)
    if kind == 0:
        return (f"{number}-again", written, code.lower(), "", "", born, head, home)
    if kind == 1:
        return (f"{number}-again", renamed, code, "", name, born, head, "")
    if kind == 2:
        return (f"{number}-again", renamed, code[8:17], "", "", born, "", home)
    return (f"{number}-bare", written, "", "", "", born, head, "")


def judged(out: Path, possible: Path) -> dict[str, tuple[float, float]]:
    """Return each figure with what is asked of it."""
    with out.open(encoding="utf-8", newline="") as lines:
        entity = {row["key"]: row["entity"] for row in csv.DictReader(lines)}
    firm = {key: key if key.endswith("-twin") else key.split("-")[0] for key in entity}
    planted = [key for key in entity if key.endswith("-again")]
    found = sum(entity[key] == entity[firm[key]] for key in planted)
    size: dict[str, int] = {}
    for number in entity.values():
        size[number] = size.get(number, 0) + 1
    pairs = sum(count * (count - 1) // 2 for count in size.values())
    twins = sum(entity[key] == entity[key.split("-")[0]] for key in entity if key.endswith("-twin"))
    with possible.open(encoding="utf-8", newline="") as lines:
        waiting = {frozenset((row["left"], row["right"])) for row in csv.DictReader(lines)}
    bare = [key for key in entity if key.endswith("-bare")]
    beside = sum(frozenset((key, firm[key])) in waiting for key in bare)
    return {
        f"planted duplicates with a code ({len(planted):,}): recall": (100 * found / len(planted), 100),
        "the same: precision of all pairs joined": (100 * found / pairs, 100),
        f"records without a code ({len(bare):,}): wait beside their firm": (100 * beside / len(bare), 99),
        "twins merged": (float(twins), 0),
    }


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
