"""Records as firms: judgements before codes, nothing joined that a person keeps apart, numbers that stay."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.core.entities import Judgement, Resolution, candidate_pairs, resolve, standing
from yulin.atlas.core.entity_ids import number_entities
from yulin.atlas.core.identity import FirmRecord, Verdict, decide
from yulin.base.ids import make_uscc

CODES = [make_uscc("440112", number) for number in range(1, 5)]
KEYS = "abcdefgh"
RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["广州华科科技有限公司", "华科科技（广州）有限公司", "广州粤海材料有限公司", "华科"]),
        st.sampled_from(["", *CODES]),
        st.lists(st.sampled_from(CODES), max_size=1).map(tuple),
    ),
    min_size=1,
    max_size=len(KEYS),
).map(lambda rows: [FirmRecord(key, *row) for key, row in zip(KEYS, rows, strict=False)])
JUDGEMENTS = st.lists(
    st.builds(
        Judgement,
        st.sampled_from(KEYS),
        st.sampled_from(KEYS),
        st.booleans(),
        st.sampled_from([datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)]),
        st.sampled_from(["王五", "赵六"]),
        st.just("看过营业执照"),
    ).filter(lambda one: one.left != one.right),
    max_size=6,
)


def judged(left: str, right: str, *, is_same: bool, day: int = 1) -> Judgement:
    return Judgement(left, right, is_same, datetime(2026, 1, day, tzinfo=UTC), "王五", "看过营业执照")


@given(RECORDS, JUDGEMENTS, st.randoms(use_true_random=False))
def test_neither_the_order_of_records_nor_that_of_judgements_counts(
    records: list[FirmRecord], judgements: list[Judgement], dice: Random
) -> None:
    found = resolve(records, judgements)
    dice.shuffle(records)
    dice.shuffle(judgements)
    turned = [
        Judgement(one.right, one.left, one.is_same, one.judged_at, one.judged_by, one.reason) for one in judgements
    ]
    assert resolve(records, turned) == found


@given(RECORDS, JUDGEMENTS)
def test_entities_part_the_records_and_keep_apart_what_is_judged_different(
    records: list[FirmRecord], judgements: list[Judgement]
) -> None:
    found = resolve(records, judgements)
    assert sorted(key for entity in found.entities for key in entity) == sorted(record.key for record in records)
    entity_of = {key: place for place, entity in enumerate(found.entities) for key in entity}
    for (left, right), one in standing(judgements).items():
        if left in entity_of and right in entity_of and not one.is_same:
            assert entity_of[left] != entity_of[right]
    assert all(entity_of[one.pair[0]] != entity_of[one.pair[1]] for one in found.possible)
    for entity in found.entities:
        for left, right in combinations(entity, 2):
            steps = found.how(left, right)
            assert steps
            assert left in steps[0].pair
            assert right in steps[-1].pair


@given(RECORDS, JUDGEMENTS)
def test_a_group_that_nothing_ties_to_the_rest_resolves_alone_as_among_all(
    records: list[FirmRecord], judgements: list[Judgement]
) -> None:
    whole = resolve(records, judgements)
    pairs = candidate_pairs(records)[0] | standing(judgements).keys()
    group = {records[0].key}
    while grown := {key for pair in pairs if group & set(pair) for key in pair} - group:
        group |= grown
    alone = resolve([record for record in records if record.key in group], judgements)
    assert alone.entities == tuple(entity for entity in whole.entities if set(entity) <= group)
    assert alone.ties == tuple(tie for tie in whole.ties if set(tie.pair) <= group)


@given(RECORDS, JUDGEMENTS)
def test_a_judgement_that_a_later_one_takes_back_leaves_no_trace(
    records: list[FirmRecord], judgements: list[Judgement]
) -> None:
    pair = ("a", "b")
    others = [one for one in judgements if one.pair != pair]
    wrong = judged(*pair, is_same=True, day=10)
    assert resolve(records, [*others, wrong, judged(*pair, is_same=False, day=11)]) == resolve(
        records, [*others, judged(*pair, is_same=False, day=11)]
    )


@given(RECORDS)
def test_every_pair_that_codes_or_names_make_more_than_different_is_looked_at(records: list[FirmRecord]) -> None:
    pairs = candidate_pairs(records)[0]
    for left, right in combinations(records, 2):
        if decide(left, right).verdict is Verdict.MATCH:
            assert (left.key, right.key) in pairs


def test_twins_by_name_stay_two_firms_and_a_record_without_a_code_waits_for_a_person() -> None:
    twins = [FirmRecord(key, "广州华科科技有限公司", code) for key, code in zip("ab", CODES, strict=False)]
    bare = FirmRecord("c", "广州华科科技有限公司")
    found = resolve([*twins, bare])
    assert found.entities == (("a",), ("b",), ("c",))
    assert [tie.pair for tie in found.possible] == [("a", "c"), ("b", "c")]
    decided = resolve([*twins, bare], [judged("c", "a", is_same=True)])
    assert decided.entities == (("a", "c"), ("b",))
    assert not decided.possible


def test_a_tie_that_would_join_what_is_kept_apart_is_left_out_and_said() -> None:
    records = [FirmRecord(key, "", CODES[0]) for key in "abc"]
    apart = judged("a", "b", is_same=False)
    found = resolve(records, [apart])
    assert found.entities == (("a", "c"), ("b",))
    assert [(one.tie.pair, one.because) for one in found.conflicts] == [(("b", "c"), apart.why)]


def test_a_judgement_does_not_join_different_codes_but_a_former_code_does() -> None:
    old, new = FirmRecord("a", "", CODES[0]), FirmRecord("b", "", CODES[1])
    found = resolve([old, new], [judged("a", "b", is_same=True)])
    assert found.entities == (("a",), ("b",))
    assert found.conflicts[0].because.sentence.en.startswith("Different USCC")
    assert resolve([old, FirmRecord("b", "", CODES[1], (CODES[0],))]).entities == (("a", "b"),)


def test_of_two_judgements_that_do_not_go_together_the_later_joins() -> None:
    records = [FirmRecord("a", "", CODES[0]), FirmRecord("b", "", CODES[1]), FirmRecord("c")]
    early, late = judged("a", "c", is_same=True), judged("b", "c", is_same=True, day=2)
    found = resolve(records, [late, early])
    assert found.entities == (("a",), ("b", "c"))
    assert [one.tie.pair for one in found.conflicts] == [("a", "c")]


def test_a_brand_that_too_many_records_without_a_code_share_is_named_and_not_compared() -> None:
    found = resolve([FirmRecord(str(number), "广州华科科技有限公司") for number in range(501)])
    assert found.crowded == ("华科",)
    assert not found.possible


@given(RECORDS, JUDGEMENTS, JUDGEMENTS)
def test_numbers_stay_while_records_join_and_part(
    records: list[FirmRecord], first: list[Judgement], second: list[Judgement]
) -> None:
    once = number_entities(resolve(records, first).entities, {}, 1)
    then = resolve(records, second).entities
    twice = number_entities(then, once.number_of, 100)
    assert number_entities(then, twice.number_of, 200).number_of == twice.number_of
    numbers = {twice.number_of[entity[0]] for entity in then}
    assert len(numbers) == len(then)
    assert all((number in numbers) != (number in twice.merged) for number in set(once.number_of.values()))
    assert set(twice.merged.values()) <= numbers
    assert all(number >= 100 and old in once.number_of.values() for number, old in twice.parted.items())


def test_how_is_empty_between_two_entities() -> None:
    found: Resolution = resolve([FirmRecord("a", "", CODES[0]), FirmRecord("b", "", CODES[1])])
    assert found.how("a", "b") == ()
