"""Who holds whom, drawn: holders above, held firms below, each once, whatever the order and the rings."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.core.drawings import drawing

CODES = st.sampled_from("abcdef")
PARTS = st.dictionaries(st.tuples(CODES, CODES), st.fractions(Fraction(1, 100), 1), max_size=12)
NAMES = {code: f"示例{code}企业有限公司" for code in "abcdef"}


def levels(parts: dict[tuple[str, str], Fraction], centre: str = "b") -> dict[str, int]:
    found = drawing(centre, parts, NAMES)
    assert found is not None
    return {box.code: box.y for box in found.boxes}


def test_a_chain_stands_in_the_order_of_who_holds_whom() -> None:
    found = levels({("a", "b"): Fraction(1), ("c", "a"): Fraction(1, 2), ("b", "d"): Fraction(2, 3)})
    assert sorted(found, key=lambda code: found[code]) == ["c", "a", "b", "d"]


def test_the_firm_and_who_controls_it_are_marked_and_parts_are_said_to_a_hundredth() -> None:
    parts = {("a", "b"): Fraction(2, 3), ("c", "b"): Fraction(1, 3)}
    found = drawing("b", parts, NAMES, end="a", contested={("c", "b")})
    assert found is not None
    assert {(box.code, box.is_centre, box.is_end) for box in found.boxes} == {
        ("a", False, True), ("b", True, False), ("c", False, False),
    }  # fmt: skip
    assert [(line.says, line.is_contested) for line in found.lines] == [("66.67%", False), ("33.33%", True)]


def test_nobody_around_is_no_drawing_and_more_than_fit_are_counted() -> None:
    assert drawing("b", {("c", "d"): Fraction(1)}, NAMES) is None
    assert drawing("b", {("b", "b"): Fraction(1)}, NAMES) is None
    many = drawing("b", {(f"h{n}", "b"): Fraction(1, 40) for n in range(40)}, {})
    assert many is not None
    assert (len(many.boxes), many.left_out) == (24, 17)


def test_a_long_name_stands_in_three_lines_and_is_whole_for_who_asks() -> None:
    name = "广州市示例卓睿创数据与人工智能技术研究院有限责任公司"
    found = drawing("b", {("a", "b"): Fraction(1)}, {"a": name})
    assert found is not None
    [box] = [one for one in found.boxes if one.code == "a"]
    assert (box.name, len(box.lines), box.lines[2][-1]) == (name, 3, "…")


def test_who_holds_most_stands_first_and_three_beside_each_other_fit_a_phone() -> None:
    parts = {("a", "b"): Fraction(1, 5), ("c", "b"): Fraction(3, 5), ("d", "b"): Fraction(1, 5)}
    found = drawing("b", parts, NAMES)
    assert found is not None
    above = [box for box in found.boxes if box.code != "b"]
    assert [box.code for box in sorted(above, key=lambda box: box.x)] == ["c", "a", "d"]
    assert found.is_narrow
    four = drawing("b", parts | {("e", "b"): Fraction(1, 100)}, NAMES)
    assert four is not None
    assert not four.is_narrow


@given(PARTS)
def test_every_box_is_whole_inside_the_drawing_apart_from_the_others_and_the_order_changes_nothing(
    parts: dict[tuple[str, str], Fraction],
) -> None:
    found = drawing("b", parts, NAMES)
    assert found == drawing("b", dict(reversed(parts.items())), NAMES)
    if found is None:
        return
    places = [(box.x, box.y) for box in found.boxes]
    assert len(set(places)) == len(places) == len({box.code for box in found.boxes})
    for box in found.boxes:
        assert 0 <= box.x <= found.width - found.box_width
        assert 0 <= box.y <= found.height - found.box_height
        assert all(box.y != other.y or abs(box.x - other.x) >= found.box_width for other in found.boxes if other != box)
