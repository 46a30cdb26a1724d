"""How names can be typed, and what a query asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.core.name_folding import fold_name
from yulin.atlas.core.spelling import Wanted, pieces_of, spelling_of, wanted_by

NAMES = st.text(alphabet="广州深圳华科海格新通讯科技有限公司股份责任（）AB12", min_size=2, max_size=24)


@pytest.mark.parametrize(
    ("name", "brand", "pinyin", "placed"),
    [
        ("广州海格通信集团股份有限公司", "海格", "haige", "gzhg"),
        ("重庆长安汽车股份有限公司", "长安", "changan", "cqca"),
        ("海格通信", "海格", "haige", "hg"),
        ("有限公司", "有限公司", "youxiangongsi", "yxgs"),
    ],
)
def test_a_name_is_typed_by_its_brand_and_its_letters(name: str, brand: str, pinyin: str, placed: str) -> None:
    found = spelling_of(fold_name(name))
    assert (found.brand, found.pinyin, found.placed_initials) == (brand, pinyin, placed)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", Wanted()),
        ("  ’。 ", Wanted()),
        ("91440101", Wanted(code="91440101", words=("91440101",), pieces=("91", "14", "44", "40", "01", "10"))),
        ("360", Wanted(words=("360",), pieces=("36", "60"))),
        ("ＨaiGe", Wanted(letters="haige", words=("haige",), pieces=("ha", "ai", "ig", "ge"))),
        ("有限公司", Wanted(words=("有限公司",))),
        ("廣州　海格", Wanted(words=("广州", "海格"), pieces=("广州", "海格"))),
        ("华", Wanted(words=("华",))),
    ],
)
def test_what_was_typed_is_read(typed: str, wanted: Wanted) -> None:
    assert wanted_by(typed) == wanted
    assert bool(wanted) == bool(wanted.words)


def test_a_query_of_any_length_and_kind_is_read() -> None:
    assert len("".join(wanted_by("海" * 10_000).words)) == 60
    assert not wanted_by("😀\0';--")
    assert wanted_by("'; DROP TABLE x").letters == "droptablex"


@given(NAMES, st.data())
def test_every_part_of_a_name_asks_only_for_pieces_that_the_name_has(name: str, data: st.DataObject) -> None:
    folded = fold_name(name)
    begin = data.draw(st.integers(0, len(folded)))
    end = data.draw(st.integers(begin, len(folded)))
    assert set(pieces_of(folded[begin:end])) <= set(spelling_of(folded).pieces)
