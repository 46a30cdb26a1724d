"""The search for facts that matter remembers and looks at the likely places first; what it finds stays the same."""

import random
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.rules.firms import random_known
from tests.core.rules.test_population import day_in_force

from yulin.rules.adapters.shipped import shipped_pack, shipped_pack_ids
from yulin.rules.core.bounds import FALSE
from yulin.rules.core.facts import environment
from yulin.rules.core.program import program_of
from yulin.rules.core.relevance import (
    _differ,
    _Remembering,
    _Search,
    _whole_crossings,
    crossings,
    is_settled,
    missing_slots,
)


class Forgetful(dict):
    """Keeps nothing."""

    def __setitem__(self, key, value):
        pass


class Plain(_Search):
    """The search case by case."""

    def __init__(self, program, env):
        found = _Remembering.of(program)
        super().__init__(_Remembering(**{**vars(found), "results": Forgetful(), "cut": Forgetful()}), env)

    def tells_alone(self, slot):
        return False


@pytest.mark.parametrize("pack_id", shipped_pack_ids())
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**32), share_unknown=st.sampled_from([0.1, 0.4, 0.8]))
def test_what_is_missing_is_what_the_plain_search_finds(pack_id, seed, share_unknown):
    pack = shipped_pack(pack_id).deciding()
    program, on = program_of(pack), day_in_force(pack)
    known = random_known(pack, random.Random(seed), share_unknown)
    env = environment(pack.vocabulary, known, on, program.slots)
    verdict = program.run(env)
    plain = Plain(program, env)
    expected = {} if is_settled(verdict) else {k: v for k, v in plain.verdicts.items() if plain.matters(k)}
    found = missing_slots(program, env, verdict)
    assert expected.items() <= found.items()
    for slot in found.keys() - expected.keys():  # found beyond the first value of each cell: with a case that proves it
        search = _Search(program, env)
        assert search.matters(slot)
        assert _differ(search.under(search.telling[0], slot)), slot


@pytest.mark.parametrize("seed", [5, 20, 35])
def test_a_fact_each_of_whose_values_fails_alone_is_searched_as_well(seed):
    pack = shipped_pack("title-hnte-2016-score").deciding()
    program = program_of(pack)
    known = random_known(pack, random.Random(seed), 0.4)
    env = environment(pack.vocabulary, known, day_in_force(pack), program.slots)
    verdict = program.run(env)
    search = _Search(program, env)
    assert any(
        all(search.program.rerun(env, slot, value)[1] == FALSE for value in search.values(slot)) for slot in search.open
    )
    assert missing_slots(program, env, verdict)


@given(
    st.tuples(*[st.integers(-(10**14), 10**14)] * 4),
    st.one_of(st.integers(-(10**12), 10**12), st.fractions(-(10**6), 10**6, max_denominator=10_000)),
    st.sampled_from([1, 100, 1_000_000]),
)
def test_cells_are_cut_in_whole_units_where_exact_fractions_cut_them(form, target, scale):
    exact = [root * scale for root in crossings(form, target)]
    expected = [start for at in exact for start in (ceil(at), floor(at) + 1)]
    assert list(_whole_crossings(form, target, scale)) == expected
