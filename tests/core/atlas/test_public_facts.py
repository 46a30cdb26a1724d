"""What is public by its source: named by fact and source, of sources that are published, and nothing beside."""

from __future__ import annotations

from yulin.atlas.adapters.public_facts import shipped_public_facts
from yulin.atlas.adapters.shipped_sources import contract_and_content, shipped_source_ids
from yulin.atlas.core.public_facts import is_public
from yulin.rules.adapters.shipped import shipped_vocabulary

PUBLIC = shipped_public_facts()


def test_a_fact_is_public_from_the_source_that_publishes_it_and_from_no_other() -> None:
    assert is_public(PUBLIC, "has_valid_hnte", "高新技术企业名单")
    for source in ("firm-facts", "s", "", "register-extract"):
        assert not is_public(PUBLIC, "has_valid_hnte", source)
    assert is_public(PUBLIC, "registered_on", "register-extract")
    assert not is_public(PUBLIC, "revenue_fen_2021", "register-extract")


def test_what_a_year_names_is_the_same_fact() -> None:
    [one, *_] = PUBLIC
    fact, source = next(iter(one.facts)), next(iter(one.sources))
    assert one.holds(f"{fact}_2021", source)
    assert not one.holds(f"{fact}_extra", source)


def test_no_source_with_a_closed_licence_is_named_and_each_fact_is_one_that_somebody_can_say() -> None:
    contracts = {name: contract_and_content(name)[0] for name in shipped_source_ids()}
    vocabulary = shipped_vocabulary()
    for one in PUBLIC:
        named = [contracts[source] for source in one.sources if source in contracts]
        assert {contract.licence for contract in named} <= {"public-record"}
        said = {field.fact for contract in named for field in contract.fields}
        assert all(vocabulary.find(fact) or fact in said for fact in one.facts), one.id
        assert (one.law, one.verified) != ("", "")
