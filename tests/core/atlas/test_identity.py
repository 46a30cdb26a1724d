"""Two records decided: codes before names, names never alone."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.core.identity import POSSIBLE_FROM, FirmRecord, Verdict, decide
from yulin.atlas.core.linkage import group
from yulin.base.ids import make_uscc, registration_check_digit

ONE, TWO = make_uscc("440112", 1), make_uscc("440112", 2)
MOVED = make_uscc("440305", 1)  # the same organisation code in the USCC of another registration authority
OLD = "44011200000001"
OLD += registration_check_digit(OLD)
NAME = "广州华科科技有限公司"


@pytest.mark.parametrize(
    ("left", "right", "verdict", "begins"),
    [
        ({"name": NAME, "code": ONE}, {"name": NAME, "code": ONE.lower()}, "match", "Same USCC"),
        ({"name": NAME, "code": ONE}, {"name": NAME, "code": TWO}, "different", "Different USCC"),
        ({"name": NAME, "code": ONE}, {"name": NAME, "code": MOVED}, "match", "Same organisation code"),
        ({"name": NAME, "code": ONE}, {"name": NAME, "code": ONE[8:17]}, "match", "Same organisation code"),
        ({"name": NAME, "code": ONE}, {"name": NAME, "code": TWO[8:17]}, "different", "Different organisation code"),
        ({"name": "甲", "code": ONE, "former_codes": (OLD,)}, {"code": OLD}, "match", "The registration number of one"),
        ({"code": ONE, "former_codes": (OLD,)}, {"code": TWO, "former_codes": (OLD,)}, "possible", "Same registration"),
        ({"name": NAME, "code": TWO, "former_codes": (ONE,)}, {"code": ONE}, "match", "The USCC of one is a former"),
        ({"name": NAME, "code": ONE}, {"name": NAME}, "possible", "Same name"),
        ({"name": NAME}, {"name": NAME}, "possible", "Same name"),
        ({"name": NAME, "code": ONE}, {"name": "广州华科科技有限公司佛山分公司"}, "different", "Different names"),
        ({"name": NAME}, {"name": "广州粤科科技有限公司"}, "different", "Different names"),
        ({"name": NAME, "code": "91440112YL00000120"}, {"name": NAME, "code": ONE}, "possible", "Same name"),
        ({}, {}, "different", ""),
    ],
)
def test_codes_decide_and_names_only_suggest(
    left: dict[str, str], right: dict[str, str], verdict: str, begins: str
) -> None:
    found = decide(FirmRecord("a", **left), FirmRecord("b", **right))  # type: ignore[arg-type] # a table of cases
    assert found.verdict.value == verdict
    first = found.reasons[0].sentence if found.reasons else None
    assert (first.en if first else "").startswith(begins)


def test_one_code_under_two_names_warns() -> None:
    found = decide(FirmRecord("a", NAME, ONE), FirmRecord("b", "佛山粤海材料有限公司", ONE))
    assert found.verdict is Verdict.MATCH
    assert "mistyped" in found.reasons[1].sentence.en


def test_a_former_name_explains_another_name() -> None:
    renamed = FirmRecord("b", "佛山粤海材料有限公司", ONE, former_names=(NAME,))
    assert [reason.points for reason in decide(FirmRecord("a", NAME, ONE), renamed).reasons] == [100]


def test_what_else_is_known_moves_a_name_over_and_under_the_bar() -> None:
    bare = FirmRecord("a", NAME, founded_on=date(2015, 3, 2), representative="张三", address="科学城1号")
    other = FirmRecord("b", "佛山粤海材料有限公司", ONE, (), (), date(2015, 3, 2), "张三", "科学城1号")
    assert decide(bare, other).points == 45
    assert decide(bare, other).verdict is Verdict.POSSIBLE
    twin = FirmRecord("c", NAME, ONE, (), (), date(2016, 3, 2), "李四", "科学城1号")
    assert decide(bare, twin).points == 35
    assert decide(bare, twin).verdict is Verdict.DIFFERENT


NAMES = st.sampled_from(
    ["", NAME, "华科科技（广州）有限公司", "深圳华科科技有限公司", "广州粤科科技有限公司", "华科", "A"]
)
CODES = st.sampled_from(["", ONE, TWO, MOVED, ONE[8:17], OLD, "91440112", "362322198709086409"])
RECORDS = st.builds(
    FirmRecord,
    st.sampled_from("abc"),
    NAMES,
    CODES,
    st.lists(CODES, max_size=2).map(tuple),
    st.lists(NAMES, max_size=2).map(tuple),
    st.sampled_from([None, date(2015, 3, 2), date(2016, 3, 2)]),
    st.sampled_from(["", "张三", "李四"]),
    st.sampled_from(["", "科学城1号"]),
)


@given(RECORDS, RECORDS)
def test_deciding_is_symmetric_and_only_codes_match(left: FirmRecord, right: FirmRecord) -> None:
    found = decide(left, right)
    back = decide(right, left)
    assert (found.verdict, found.points) == (back.verdict, back.points)
    assert sorted(reason.points for reason in found.reasons) == sorted(reason.points for reason in back.reasons)
    assert found.verdict is not Verdict.MATCH or left.codes.ever & right.codes.ever
    assert (found.verdict is Verdict.DIFFERENT) == (found.points < POSSIBLE_FROM)


@given(RECORDS)
def test_a_record_with_a_code_matches_itself(record: FirmRecord) -> None:
    assert (decide(record, record).verdict is Verdict.MATCH) == bool(record.codes.ever)


def test_p_20_borrowers_under_one_code_are_one_and_those_of_one_name_and_address_go_to_a_person() -> None:
    """What SBA's inspector found: 2,689 borrowers by tax number, 1,571 by name and address, with 8,731 loans."""
    by_code, by_name, loans = 2_689, 1_571, 8_731
    thrice = loans - 2 * (by_code + by_name)  # borrowers with a third loan
    records = []
    for number in range(by_code + by_name):
        code = make_uscc("440112", number + 1) if number < by_code else ""
        name, address = ("", "") if code else (f"广州第{number}科技有限公司", f"科学大道{number}号")
        times = 3 if number < thrice else 2
        records.append([FirmRecord(f"{number}-{at}", name, code, address=address) for at in range(times)])
    pairs = {(many[0].key, other.key): decide(many[0], other) for many in records for other in many[1:]}
    verdicts = {
        verdict: [pair for pair, one in pairs.items() if one.verdict is verdict]
        for verdict in (Verdict.MATCH, Verdict.POSSIBLE)
    }
    keys = [one.key for many in records for one in many]
    assert len(keys) == loans
    found = {
        verdict: len([each for each in group(keys, two, [1.0] * len(two), {}).groups if len(each) > 1])
        for verdict, two in verdicts.items()
    }
    assert found == {Verdict.MATCH: by_code, Verdict.POSSIBLE: by_name}
    assert sum(found.values()) == 4_260
    neighbours = pairwise(records)
    assert {decide(one[0], other[0]).verdict for one, other in neighbours} == {Verdict.DIFFERENT}
