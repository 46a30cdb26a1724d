"""Whether a proposal overlaps with an approved project: texts, units, people, frame, and what it comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.brain.core.overlap import LEAST_SHARED, STRETCH, Outcome, Person, Work, check, common, compare, prints

TEXT = "研制面向产线的示例光学检测模组：标定、成像、缺陷识别三个子系统，样机在两条产线上验证。"
MORE = (
    "算法以少量样本训练，误检率低于千分之一；结构件采用整体压铸，镜头组由协作企业按图加工，整机成本较进口设备降低四成，"
    "并提供安装调试培训服务。"
)
OTHER = "开发稻谷烘干控制程序，比较四种温度曲线下的能耗与碎米率，在三个合作社试用一季。"
CODE, CODE_2 = "91440112YL0000012M", "91440112YL0000020D"
PROPOSAL = Work(
    "0", "示例光学检测模组研制", TEXT + MORE, "示例光学有限公司", CODE,
    (Person("示例甲", "示例光学有限公司"),), "示例专项", date(2022, 3, 1), date(2024, 2, 29),
)  # fmt: skip
STRANGER = Work(
    "9", "稻谷烘干控制程序开发", OTHER, "示例农机合作社", CODE_2, (Person("示例戊", "示例农机合作社"),), "示例农业专项",
    date(2015, 1, 1), date(2016, 12, 31),
)  # fmt: skip
PART = OTHER + TEXT[:28]
BESIDE = {"unit_code": CODE, "programme": "示例专项", "ends_on": date(2025, 1, 1)}

texts = st.text(alphabet="甲乙丙丁 ，。Ａa1", max_size=60)
people = st.builds(Person, st.sampled_from(["甲", "乙"]), st.sampled_from(["", "一公司", "二公司"]))
days = st.none() | st.dates(date(2020, 1, 1), date(2023, 1, 1))
works = st.builds(
    Work, st.text("0123456789", min_size=1, max_size=3), texts, texts, st.sampled_from(["", "一公司", "二公司"]),
    st.sampled_from(["", CODE, CODE_2]), st.lists(people, max_size=3).map(tuple), st.sampled_from(["", "专项"]),
    days, days,
)  # fmt: skip


def outcome(**changes: object) -> Outcome | None:
    return compare(PROPOSAL, replace(STRANGER, **changes)).outcome


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, None),
        ({"text": TEXT}, Outcome.OVERLAPS),
        ({"title": "示例光学 检测模组研制"}, Outcome.OVERLAPS),
        ({"text": PART}, Outcome.RESEMBLES),
        ({"text": PART, "unit_code": CODE}, Outcome.OVERLAPS),
        ({"text": PART, "persons": (Person("示例甲", "示例光学有限公司"),)}, Outcome.OVERLAPS),
        ({"text": PART, "persons": (Person("示例甲", "示例大学"),)}, Outcome.RESEMBLES),
        ({"unit_code": CODE}, None),
        (BESIDE | {"starts_on": date(2024, 2, 29)}, Outcome.RESEMBLES),
        (BESIDE | {"starts_on": date(2024, 3, 1)}, None),
        (BESIDE | {"starts_on": None}, None),
        ({"unit": "示例光学有限公司", "unit_code": ""}, Outcome.SAME_NAME),
        ({"unit": "示例光学有限公司"}, None),
        ({"persons": (Person("示例甲"),)}, Outcome.SAME_NAME),
        ({"persons": (Person("示例甲", "示例大学"),)}, Outcome.SAME_NAME),
        ({"persons": (Person("示例甲", "示例光学有限公司"),)}, None),
    ],
)  # fmt: skip
def test_what_two_works_share_decides_the_outcome(changes: dict[str, object], found: Outcome | None) -> None:
    assert outcome(**changes) is found


@given(works, st.text("甲乙丙丁", min_size=LEAST_SHARED))
def test_a_text_is_found_whole_in_itself(work: Work, letters: str) -> None:
    work = replace(work, text=work.text + letters)
    found = compare(work, work)
    assert (found.outcome, found.text.share_bp) == (Outcome.OVERLAPS, 10_000)


@given(works, works)
def test_a_comparison_is_the_same_from_both_sides(one: Work, other: Work) -> None:
    there, back = compare(one, other), compare(other, one)
    assert there.outcome is back.outcome
    assert there.codes == back.codes
    assert (there.text.one, there.text.other) == (back.text.other, back.text.one)
    assert (there.title.one, there.title.other) == (back.title.other, back.title.one)


@given(st.text("甲乙丙丁戊", max_size=80), st.text("子丑寅卯辰", max_size=80))
def test_texts_without_a_common_stretch_share_nothing(one: str, other: str) -> None:
    assert common(one, other).share_bp == 0
    assert not set(prints("", one)) & set(prints("", other))


@given(works, st.lists(works, max_size=6, unique_by=lambda one: one.key), st.randoms())
def test_the_order_of_projects_changes_nothing(proposal: Work, projects: list[Work], order: object) -> None:
    shuffled = list(projects)
    order.shuffle(shuffled)
    assert check(proposal, shuffled) == check(proposal, projects)


@given(texts, st.text("子丑寅卯辰巳午未", min_size=STRETCH, max_size=20), texts, texts, texts)
def test_what_shares_a_stretch_shares_a_print(a: str, shared: str, b: str, c: str, d: str) -> None:
    one, other = a + shared + b, c + shared + d
    assert common(one, other).shared >= len(shared)
    assert set(prints("", one)) & set(prints("", other))


def test_prints_are_those_that_the_rows_of_a_book_hold_already() -> None:
    held = [87554813, 320897792, 527706052, 696159814, 1446448380, 1582344026]
    assert prints("示例光学检测模组", "本项目研制示例光学检测模组") == held
    assert prints("", "") == prints("短", "更短") == []


@given(texts, texts)
def test_pieces_are_the_whole_text_in_order(one: str, other: str) -> None:
    found = common(one, other)
    assert ("".join(piece for piece, _ in found.one.pieces), "".join(piece for piece, _ in found.other.pieces)) == (
        one, other,
    )  # fmt: skip


@pytest.mark.parametrize(("count", "found"), [(LEAST_SHARED - 1, None), (LEAST_SHARED, Outcome.OVERLAPS)])
def test_few_common_characters_say_nothing(count: int, found: Outcome | None) -> None:
    run = "".join(chr(0x4E00 + place) for place in range(count))
    assert outcome(text=run) is None
    one = replace(PROPOSAL, text=run)
    assert compare(one, replace(STRANGER, text=run)).outcome is found


def test_reasons_are_said_in_both_languages_with_their_numbers():
    found = compare(PROPOSAL, replace(STRANGER, text=TEXT, programme="示例专项", starts_on=date(2023, 1, 1),
                                      ends_on=date(2025, 1, 1)))  # fmt: skip
    assert [str(one.zh) for one in found.reasons][-1] == "执行期有重叠：2023-01-01至2024-02-29。"
    assert "100%" in found.reasons[0].en
