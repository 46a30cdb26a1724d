from __future__ import annotations

import time
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yulin.base import ids
from yulin.base.id_columns import check_id_columns, uscc_valid_mask
from yulin.base.ids import IdKind, check_id, make_uscc

SOUND = [
    "91350100M000100Y43",
    "91330000142942095H",
    "91330106MACKX4QG41",
    "91120118MA06R1D13A",
    "913205830880018839",
    "9153000077859986X2",
    "915300007194052520",
    "92141127MA0KD1Y64A",
]
DIVISIONS = st.sampled_from(["440103", "440112", "110108", "310115"])
CODES = st.text(ids.ORGANISATION_ALPHABET, min_size=18, max_size=18)
MESSY = st.one_of(
    st.text(max_size=20),
    CODES,
    st.sampled_from([*SOUND, "362322198709086409", "440112198002300017", "110108000000016", "M000100Y4", "9.15E+17"]),
    st.builds(
        lambda code, blank: f" {code[:8]}{blank}{code[8:].lower()}", st.sampled_from(SOUND), st.sampled_from(" -　")
    ),
    st.builds(
        lambda region, day, tail: f"{region}0103{day:%Y%m%d}{tail:03d}X",
        st.sampled_from(["44", "11", "91"]),
        st.dates(date(1850, 1, 1)),
        st.integers(0, 999),
    ),
)


@pytest.mark.parametrize("code", SOUND)
def test_uscc_of_real_firms_holds_without_warning(code: str) -> None:
    check = check_id(code)
    assert (check.kind, check.valid, check.normalised, check.warnings) == (IdKind.USCC, True, code, ())


@pytest.mark.parametrize(
    ("text", "kind", "valid"),
    [
        ("91350100M000100Y44", "uscc", False),
        ("111111111111111111", "uscc", False),
        ("91120116103067825E", "uscc", False),
        ("91440300MA5F1234XA", "uscc", False),
        ("9135O100M000100Y43", "uscc", False),
        ("362322198709086409", "personal_id", True),
        ("362322198709086408", "personal_id", False),
        ("36232219870230640X", "uscc", False),
        ("110108000000016", "registration_15", True),
        ("110108000000017", "registration_15", False),
        ("440103820101001", "registration_15", False),
        ("M000100Y4", "organisation_code", True),
        ("M000100Y-4", "organisation_code", True),
        ("M000100Y5", "organisation_code", False),
        ("9.15E+17", "none", False),
        ("9.15300007194053E+17", "none", False),
        ("915300007194052520.0", "none", False),
        ("", "none", False),
        ("   ", "none", False),
        ("91350100M000100Y4", "none", False),
        ("91350100M000100Y433", "none", False),
        ("某某公司", "none", False),
        ("１" * 18, "uscc", False),
        ("²" * 18, "uscc", False),
    ],
)
def test_identifier_is_of_a_kind(text: str, kind: str, valid: bool) -> None:
    check = check_id(text)
    assert (str(check.kind), check.valid, check.original) == (kind, valid, text)
    assert (check.normalised is None) is (kind == "none")


def test_uscc_with_wrong_inner_code_only_warns() -> None:
    first_17 = make_uscc("440112", 1)[:16] + "9"
    check = check_id(f"{first_17}{ids.uscc_check_char(first_17)}")
    assert (check.kind, check.valid, check.warnings) == (IdKind.USCC, True, (ids.WRONG_INNER_CHECK,))


def test_uscc_of_a_public_body_holds() -> None:
    """Worked example §4 says that its inner code fails; by the weights of GB 11714 it does not."""
    check = check_id("12440600MB2C07549J")
    assert (check.kind, check.valid, check.warnings) == (IdKind.USCC, True, ())


def test_organisation_code_counts_j_as_nineteen() -> None:
    """A reprint of GB 11714 skips I and counts J as 18, which would make the check character 1."""
    assert ids.organisation_check_char("J0000000") == "9"


@pytest.mark.parametrize(
    "text",
    [
        " 91350100m000100y43 ",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "91350100-M000100Y-43",
        "91350100 M000100Y43",
        "\ufeff91350100M000100Y43\u200b",
        "'91350100M000100Y43",
    ],
)
def test_uscc_is_understood_as_people_write_it(text: str) -> None:
    check = check_id(text)
    assert (check.valid, check.normalised, check.original) == (True, "91350100M000100Y43", text)


def test_identifier_says_what_is_wrong() -> None:
    assert check_id("9135O100M000100Y43").warnings == (ids.WRONG_LETTER,)
    assert check_id("9.15E+17").warnings == (ids.LOST_DIGITS,)
    assert check_id("440103820101001").warnings == (ids.WRONG_CHECK, ids.OLD_PERSON)


@given(DIVISIONS, st.integers(0, 31**6 - 1))
def test_uscc_made_holds_and_is_marked(division: str, serial: int) -> None:
    code = make_uscc(division, serial)
    check = check_id(code)
    assert (check.kind, check.valid, check.warnings) == (IdKind.USCC, True, ())
    assert code[2:10] == f"{division}YL"


@given(DIVISIONS, st.integers(0, 31**6 - 1), st.integers(0, 17), st.sampled_from(ids.USCC_ALPHABET))
def test_uscc_with_one_character_changed_fails(division: str, serial: int, place: int, char: str) -> None:
    code = make_uscc(division, serial)
    changed = code[:place] + char + code[place + 1 :]
    assert check_id(changed).valid is (changed == code)


@settings(max_examples=20)
@given(st.lists(st.one_of(st.none(), MESSY), max_size=20))
def test_column_answers_as_each_text_does(texts: list[str | None]) -> None:
    answered = check_id_columns(pl.Series("code", texts, dtype=pl.String))
    one_by_one = [check_id(text or "") for text in texts]
    assert answered["kind"].to_list() == [str(check.kind) for check in one_by_one]
    assert answered["valid"].to_list() == [check.valid for check in one_by_one]
    assert answered["normalised"].to_list() == [check.normalised for check in one_by_one]
    assert answered["warning"].to_list() == [bool(check.warnings) for check in one_by_one]


def test_uscc_mask_takes_no_other_kind() -> None:
    column = pl.Series(["91350100M000100Y43", "362322198709086409", "110108000000016", None])
    assert uscc_valid_mask(column).to_list() == [True, False, False, False]


def test_column_of_a_hundred_thousand_codes_is_checked_fast() -> None:
    column = pl.Series([make_uscc("440112", serial) for serial in range(1_000)] * 100)
    started = time.perf_counter()
    assert check_id_columns(column)["valid"].all()
    assert time.perf_counter() - started < 1
