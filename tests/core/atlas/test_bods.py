"""BODS statements: what is written is read back; the last word of a record counts, a closed one and a stray one not."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.core.bods import bods_statements, holdings_in
from yulin.atlas.core.control import Holding, sort_holdings
from yulin.base.ids import make_uscc

FIRMS = [make_uscc("440112", serial) for serial in range(4)]
HOLDERS = [*FIRMS[2:], "陈示例@x", "李示例@x"]
HOLDINGS = st.dictionaries(
    st.tuples(st.sampled_from(HOLDERS), st.sampled_from(FIRMS[:2])), st.integers(1, 200_000), max_size=6
)


@given(HOLDINGS, st.integers(0, 2**16))
def test_what_is_written_is_read_back_in_whatever_order_its_statements_stand(
    parts: dict[tuple[str, str], int], seed: int
) -> None:
    ownership = sort_holdings(Holding(*pair, Fraction(ppm, 1_000_000)) for pair, ppm in parts.items())
    written = list(bods_statements(ownership, {}, published_on=date(2022, 1, 19), publisher="Yulin"))
    random.Random(seed).shuffle(written)
    rows = [row for _, row in holdings_in(enumerate(written, 1))]
    read = {(row["holder"] or row["holder_name"], row["subject"]): row["share"] for row in rows}
    assert {pair: Fraction(share.rstrip("%")) * 10_000 for pair, share in read.items()} == parts
    assert len(rows) == len(parts)


def statement(record: str, kind: str, details: dict, on: str = "2022-01-01", status: str = "new") -> dict:
    return {
        "recordId": record, "recordType": kind, "recordDetails": details, "statementDate": on, "recordStatus": status,
    }  # fmt: skip


def held(share: object, **other: object) -> dict:
    return {"subject": "f", "interestedParty": "p", "interests": [{"type": "shareholding", "share": share, **other}]}


FIRM = statement("f", "entity", {"identifiers": [{"id": FIRMS[0], "scheme": "XX"}]})
PERSON = statement("p", "person", {"names": [{"fullName": "陈示例"}]})


def test_the_last_statement_of_a_record_counts_and_a_closed_one_is_none() -> None:
    first = statement("r", "relationship", held({"exact": 40}))
    later = statement("r", "relationship", held({"exact": 51.5}, startDate="2020-02-01"), "2022-03-01", "updated")
    row = {"subject": FIRMS[0], "holder": None, "holder_name": "陈示例", "share": "51.5%", "since": "2020-02-01"}
    assert list(holdings_in(enumerate([later, first, FIRM, PERSON]))) == [(0, row)]
    closed = statement("r", "relationship", held({"exact": 51.5}), "2022-04-01", "closed")
    assert list(holdings_in(enumerate([later, closed, FIRM, PERSON]))) == []


def test_a_part_that_is_not_exact_is_not_made_up_and_what_is_no_statement_stays() -> None:
    band = statement("r", "relationship", held({"minimum": 25, "maximum": 50}))
    stray = statement("s", "relationship", {"subject": {"unspecified": {}}, "interests": [None, {"type": "votes"}]})
    rows = dict(holdings_in(enumerate([band, stray, "no statement", FIRM, PERSON])))
    assert (rows[0]["share"], rows[0]["holder_name"]) == (None, "陈示例")
    assert set(rows[1].values()) == {None}
    assert rows[2] == "no statement"
