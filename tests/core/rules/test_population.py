import random
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.rules.firms import boundary_firms, random_known, table_of

from yulin.rules.adapters.shipped import shipped_pack, shipped_pack_ids
from yulin.rules.core.assess import _answer
from yulin.rules.core.facts import environment
from yulin.rules.core.population import assess_population
from yulin.rules.core.program import program_of
from yulin.rules.errors import FactValueError

TITLES = ("title-techsme-2017", "title-hnte-2016", "size-2011")


def day_in_force(pack):
    days = pack.applies_to[pack.decision]
    last = (days.until or date(2030, 1, 1)) - timedelta(days=1)
    return min(max(days.first, date(2024, 5, 6)), last)


def one_by_one(pack, firms, on):
    program = program_of(pack)
    rows = []
    for known in firms:
        env = environment(pack.vocabulary, known, on, program.slots)
        outcome, band = _answer(program.run(env))
        low, high = env["total"][:2] if pack.scores else (None, None)
        rows.append((outcome.value, low, high, band))
    return rows


@pytest.mark.parametrize("pack_id", shipped_pack_ids())
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32), share_unknown=st.sampled_from([0, 0.1, 0.4]))
def test_population_equals_assess_on_every_boundary(pack_id, seed, share_unknown):
    rng = random.Random(seed)
    pack = shipped_pack(pack_id)
    pack = pack.deciding(rng.choice(sorted(pack.applies_to)))
    on = day_in_force(pack)
    firms = [f for _ in range(3) for f in boundary_firms(pack, random_known(pack, rng, share_unknown), on)]
    found = assess_population(pack, table_of(pack, firms, on), on).rows()
    for firm, expected, actual in zip(firms, one_by_one(pack, firms, on), found, strict=True):
        assert actual == expected, firm


def test_population_without_any_column_is_unknown():
    pack = shipped_pack("title-techsme-2017")
    found = assess_population(pack, pl.DataFrame({"firm_id": [1, 2]}), date(2024, 5, 6))
    assert found["outcome"].to_list() == ["unknown", "unknown"]
    assert found["score_high"].to_list() == [100, 100]


def test_population_refuses_a_value_outside_the_vocabulary():
    pack = shipped_pack("size-2011")
    with pytest.raises(FactValueError, match="staff_count"):
        assess_population(pack, pl.DataFrame({"staff_count": [-1]}), date(2024, 5, 6))
    with pytest.raises(FactValueError, match="industry"):
        assess_population(pack, pl.DataFrame({"industry": ["mining"]}), date(2024, 5, 6))
