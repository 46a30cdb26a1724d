"""`yulin atlas link` over invented records whose truth is known, as its users run it."""

from __future__ import annotations

import csv
import json
import random
from importlib.util import find_spec

import pytest

from yulin.cli.__main__ import main

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("splink") is None, reason="needs make link"),
    pytest.mark.filterwarnings("ignore::UserWarning:splink"),
]
BRANDS = [first + last for first in "海云星光华科天宇创新" for last in "格维思图泰达信联智能"]


def _records(chance):
    """Return rows (key, name, founded_on, representative, address, phone) of firms, some twice, some twins by name."""
    rows = []
    for number in range(400):
        name = f"广州{chance.choice(BRANDS)}{chance.choice(BRANDS)}科技有限公司"
        firm = [
            name,
            f"{chance.randrange(1995, 2020)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",
            "".join(chance.sample("王李张刘陈杨赵黄周吴明华军强丽芳伟敏静涛", 3)),
            f"天河区{chance.choice(BRANDS)}路{chance.randrange(1, 400)}号",
            f"020-8{chance.randrange(10**6, 10**7)}",
        ]
        rows.append([f"f{number:03}", *firm])
        if number % 3 == 0:
            again = firm.copy()
            again[chance.choice((0, 2, 4))] = ""
            rows.append([f"f{number:03}-again", *again])
        if number % 20 == 1:  # another firm of the very same name: nothing else is the same
            own = f"{1970 + number // 20}-09-09", f"欧阳{number}", f"越秀区另路{number}号", f"020-3{number:07}"
            rows.append([f"f{number:03}-twin", name, *own])
    return rows


@pytest.fixture(scope="module")
def linked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("link")
    with (folder / "records.csv").open("w", encoding="utf-8", newline="") as out:
        head = ("key", "name", "founded_on", "representative", "address", "phone")
        csv.writer(out).writerows([head, *_records(random.Random(7))])
    return folder


def _run(folder, *more):
    words = ["atlas", "link", "firms", folder / "records.csv", "--out", folder / "entities.csv"]
    return main([str(word) for word in (*words, "--pairs", folder / "pairs.csv", *more)])


def _entities(folder):
    with (folder / "entities.csv").open(encoding="utf-8", newline="") as rows:
        return {row["key"]: row for row in csv.DictReader(rows)}


def test_planted_duplicates_are_found_and_twins_never_merge(linked, capsys):
    assert _run(linked) == 0
    answer = json.loads(capsys.readouterr().out)
    found = _entities(linked)
    again = [key for key in found if key.endswith("-again")]
    together = [key for key in again if found[key]["entity"] == found[key.removesuffix("-again")]["entity"]]
    assert len(together) >= 0.97 * len(again)
    assert answer["entities"] == len(found) - len(together)  # nothing else is one with anything
    twins = [key for key in found if key.endswith("-twin")]
    assert len(twins) == 20
    assert {found[key]["tied_to"] for key in twins} == {""}
    assert found[together[0]]["tied_to"] == together[0].removesuffix("-again")
    assert "same " in found[together[0]]["why"]
    assert "相同" in found[together[0]]["why_zh"]


def test_what_a_person_judged_is_kept(linked, capsys):
    with (linked / "judgements.csv").open("w", encoding="utf-8", newline="") as out:
        rows = [
            ("left", "right", "same", "judged_at", "judged_by", "reason"),
            ("f000", "f000-again", "no", "2026-01-02T09:00:00+08:00", "王", "母子公司"),
            ("f001", "f001-twin", "yes", "2026-01-02T09:00:00+08:00", "王", "迁址并更名"),
        ]
        csv.writer(out).writerows(rows)
    assert _run(linked, "--judgements", linked / "judgements.csv") == 0
    assert json.loads(capsys.readouterr().out)["kept_apart_by_judgement"] == 1
    found = _entities(linked)
    assert found["f000"]["entity"] != found["f000-again"]["entity"]
    assert found["f001"]["entity"] == found["f001-twin"]["entity"]


def test_a_file_without_a_column_of_the_plan_is_refused_by_name(linked, capsys):
    (linked / "short.csv").write_text("key,name\na,甲\nb,乙\n", encoding="utf-8")
    assert main(["atlas", "link", "firms", str(linked / "short.csv"), "--out", str(linked / "none.csv")]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "ATLAS.LINK.PLAN"
    assert "founded_on" in json.dumps(error, ensure_ascii=False)
    assert not (linked / "none.csv").exists()
