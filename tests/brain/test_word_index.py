"""The word index on disk: written in parts, read while it is written, whole after a crash."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from yulin.brain.adapters import word_index as under_test
from yulin.brain.adapters.word_index import WordIndex
from yulin.brain.core.passages import grams


def found(index: WordIndex, question: str) -> list[int]:
    return [int(number) for number in index.find(grams(question), 10).numbers]


def test_a_text_written_again_stands_in_the_place_of_the_older(tmp_path: Path) -> None:
    index = WordIndex(tmp_path / "a.4")
    index.write([(1, 7, "贷款贴息"), (2, 7, "租金补助")])
    index.write([(2, 8, "专利资助"), (3, 7, "贴息期限")])
    assert (index.count(), sorted(index.numbers())) == (3, [1, 2, 3])
    assert (found(index, "租金"), found(index, "专利")) == ([], [2])
    assert index.find(grams("专利"), 1).groups.tolist() == [8]
    index.remove([1, 99])
    assert (index.count(), found(index, "贴息")) == (2, [3])
    assert index.rarity(["贴", "利"])["利"] == 1


def test_parts_stay_few_and_nothing_of_the_others_stays_on_disk(tmp_path: Path) -> None:
    index = WordIndex(tmp_path / "a.4")
    for number in range(100):
        index.write([(number, 0, f"贷款{number}")])
    index.remove([5])
    index.remove([6])
    parts = json.loads((index.folder / "parts.json").read_text())
    assert len(parts) <= 8
    assert sorted(one.name for one in index.folder.glob("[0-9]*")) == sorted(name for name, _, _ in parts)
    assert len(list(index.folder.glob("*/stands.*"))) == 1
    assert (index.count(), len(found(index, "贷款"))) == (98, 10)


def test_many_texts_are_written_in_several_parts(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(under_test, "_AT_ONCE", 10)
    index = WordIndex(tmp_path / "a.4")
    assert index.write((number, 0, "贷款贴息") for number in range(20)) == 20
    assert index.write([(1, 0, "甲"), (1, 0, "乙丙")]) == 1
    assert (index.count(), found(index, "乙丙"), found(index, "甲")) == (20, [1], [])


def test_what_a_crash_left_is_no_part_and_goes(tmp_path: Path) -> None:
    index = WordIndex(tmp_path / "a.4")
    index.write([(1, 0, "贷款贴息")])
    unfinished = index.folder / "000077"
    unfinished.mkdir()
    (unfinished / "grams.npy").write_bytes(b"half")
    assert found(WordIndex(index.folder), "贴息") == [1]
    index.write([(2, 0, "贴息")])
    assert not unfinished.exists()
    assert sorted(found(index, "贴息")) == [1, 2]


def test_a_reader_beside_a_writer_sees_a_whole_index(tmp_path: Path) -> None:
    index = WordIndex(tmp_path / "a.4")
    index.write([(0, 0, "贷款贴息")])

    def read(_: int) -> bool:
        held = WordIndex(index.folder).find(grams("贴息"), 1_000)
        return 0 in held.numbers and len(np.unique(held.numbers)) == len(held.numbers)

    with ThreadPoolExecutor(4) as pool:
        reads = pool.map(read, range(200))
        for number in range(40):
            index.write([(number, 0, "贴息"), (0, 0, "贷款贴息")])
        assert all(reads)
    assert index.count() == 40


def test_an_index_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    index = WordIndex(tmp_path / "none.3")
    assert (index.count(), index.numbers(), found(index, "贴息"), index.rarity(["贴"])) == (0, [], [], {"贴": 0})
    index.drop()
