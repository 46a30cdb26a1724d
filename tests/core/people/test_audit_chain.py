from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from yulin.people.core.audit_chain import GENESIS, ChainBreak, SealedBatch, entry_hash, first_break, read_export, seal

entries = st.lists(
    st.fixed_dictionaries({"id": st.integers(), "动作": st.text(), "facts": st.dictionaries(st.text(), st.integers())}),
    min_size=1,
    max_size=4,
)


def chain(batches: list[list[dict[str, Any]]]) -> list[SealedBatch]:
    previous, made = GENESIS, []
    for number, batch in enumerate(batches, start=1):
        sealed = seal(previous, map(entry_hash, batch))
        made.append(SealedBatch(number, previous, sealed, batch))
        previous = sealed
    return made


@given(st.lists(entries, max_size=4))
def test_untouched_chain_holds(batches: list[list[dict[str, Any]]]) -> None:
    assert first_break(chain(batches)) is None


@given(st.lists(entries, min_size=1, max_size=4), st.data())
def test_changed_entry_breaks_the_seal_over_it(batches: list[list[dict[str, Any]]], data: st.DataObject) -> None:
    made = chain(batches)
    which = data.draw(st.integers(0, len(made) - 1))
    one = made[which]
    place = data.draw(st.integers(0, len(one.entries) - 1))
    changed = [dict(entry) for entry in one.entries]
    changed[place]["id"] += 1
    made[which] = SealedBatch(one.number, one.previous_hash, one.seal_hash, changed)
    assert first_break(made) == ChainBreak(which + 1, "entries")


def test_missing_or_swapped_seal_is_found() -> None:
    first, second, third = chain([[{"id": 1}], [{"id": 2}], [{"id": 3}]])
    assert first_break([first, third]) == ChainBreak(2, "missing")
    assert first_break([second, first, third]) == ChainBreak(1, "missing")
    moved = SealedBatch(2, third.previous_hash, third.seal_hash, third.entries)
    assert first_break([first, moved]) == ChainBreak(2, "previous")


def test_removed_entry_breaks_the_seal() -> None:
    (only,) = chain([[{"id": 1}, {"id": 2}]])
    assert first_break([SealedBatch(1, GENESIS, only.seal_hash, only.entries[:1])]) == ChainBreak(1, "entries")


def test_exported_trail_is_read_back() -> None:
    made = chain([[{"id": 1}, {"id": 2}], [{"id": 3}]])
    lines: list[dict[str, Any]] = []
    for batch in made:
        lines += [{"seal": batch.number, "place": n, "entry": entry} for n, entry in enumerate(batch.entries, 1)]
        lines.append({"seal": batch.number, "previous_hash": batch.previous_hash, "seal_hash": batch.seal_hash})
    lines.append({"seal": None, "entry": {"id": 4}})
    assert list(read_export(lines)) == made


def test_hash_does_not_depend_on_the_order_of_fields() -> None:
    assert entry_hash({"a": 1, "b": "入库"}) == entry_hash({"b": "入库", "a": 1})
