from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from yulin.atlas.adapters.shipped_sources import contract_and_content, shipped_source_ids
from yulin.atlas.adapters.source_files import Batch, read_batches
from yulin.atlas.core.contracts import SourceField, read_contract
from yulin.atlas.core.field_rules import broken_rules
from yulin.atlas.core.intake import nothing_seen, take_rows
from yulin.atlas.core.quality import add_quality, broken_promise, drift_of
from yulin.atlas.core.quarantine import refusal_of, rule_of
from yulin.atlas.enums import FieldType, Problem
from yulin.atlas.errors import ContractError, SourceFileError, SourceUnknownError
from yulin.base.ids import make_uscc
from yulin.base.text import Text

TODAY = date(2022, 1, 19)
CODES = [make_uscc("440112", serial) for serial in range(8)]
REGISTER, CONTENT = contract_and_content("register-extract")
HEAD = ("企业名称", "统一社会信用代码", "注册日期", "企业类型", "注册资金", "经营范围", "所在省份", "地区", "注册地址")


def batch(*rows: tuple[str | None, ...], first: int = 1) -> pl.DataFrame:
    table = pl.DataFrame(rows, schema=dict.fromkeys(HEAD, pl.String), orient="row")
    return table.insert_column(0, pl.Series("row", range(first, first + len(rows)), pl.UInt32))


def firm(
    code: str, name: str = "示例甲有限公司", day: str = "2015-06-01", capital: str = "100（万元）"
) -> tuple[str, ...]:
    return (name, code, day, "N/A", capital, "软件", "广东", "广州", "海珠区")


def values(kind: FieldType, *texts: str | None, **rules: Any) -> list[tuple[str | None, str | None]]:
    """What a contract of one field takes each text for: its value, or its problem."""
    field = SourceField("fact", "cell", kind, Text("事实", "Fact"), **rules)
    contract = replace(REGISTER, name_column="", registered_column=None, naming=None, fields=(field,))
    codes = [make_uscc("440112", serial) for serial in range(len(texts))]
    rows = pl.DataFrame(
        {"row": range(len(texts)), "统一社会信用代码": codes, "cell": texts},
        schema={"row": pl.UInt32, "统一社会信用代码": pl.String, "cell": pl.String},
    )
    taken = take_rows(rows, contract, nothing_seen(), TODAY)
    said = dict(taken.statements.select("row", "value").iter_rows())
    kept_out = dict(taken.quarantine.select("row", "problem").iter_rows())
    return [(said.get(row), kept_out.get(row)) for row in range(len(texts))]


def test_amounts_are_whole_fen_or_say_why() -> None:
    texts = [
        "1,949.0600(万元人民币)",
        "50(万)",
        "1.5亿元",
        "0.01",
        "-3元",
        "90万港币",
        "0.001",
        "五十万",
        "9999999999999999",
    ]
    read = values(FieldType.MONEY, *texts, None, lowest=-(10**9))
    assert read == [
        ("1949060000", None),
        ("50000000", None),
        ("15000000000", None),
        ("1", None),
        ("-300", None),
        (None, "foreign_currency"),
        (None, "unreadable"),
        (None, "unreadable"),
        (None, "unreadable"),
        (None, None),
    ]


def test_days_keep_what_is_known_of_them() -> None:
    texts = ["2015-06-01", "2015年8月", "20150601", "2015/6/1", "2015-02-30", "2015.13", "2022-01-20", "1066-10-14"]
    assert values(FieldType.DATE, *texts, may_be_in_future=False) == [
        ("2015-06-01", None),
        ("2015-08", None),
        ("2015-06-01", None),
        ("2015-06-01", None),
        (None, "unreadable"),
        (None, "unreadable"),
        (None, "in_future"),
        (None, "out_of_bounds"),
    ]


def test_counts_and_yes_and_no() -> None:
    assert values(FieldType.COUNT, "41", "1,204人", "12.0", "-1", "约40", "2001", highest=2000) == [
        ("41", None),
        ("1204", None),
        ("12", None),
        (None, "out_of_bounds"),
        (None, "unreadable"),
        (None, "out_of_bounds"),
    ]
    assert values(FieldType.BOOL, "是", "否", "TRUE", "也许") == [
        ("true", None), ("false", None), ("true", None), (None, "unreadable")
    ]  # fmt: skip


def test_texts_are_of_their_form_and_of_their_list() -> None:
    form = Text("8位数字", "8 digits")
    assert values(FieldType.TEXT, "12345678", "123456789", "票12345678", pattern="[0-9]{8}", form=form) == [
        ("12345678", None),
        (None, "wrong_form"),
        (None, "wrong_form"),
    ]
    assert values(FieldType.TEXT, "设备", "设", "设备、存货", one_of=("设备", "存货")) == [
        ("设备", None),
        (None, "not_listed"),
        (None, "not_listed"),
    ]
    assert values(FieldType.TEXT, "长" * 8, "长" * 9, longest=8) == [("长" * 8, None), (None, "too_long")]


def test_a_form_and_a_list_are_told_in_the_words_of_the_contract() -> None:
    label, form = Text("号码", "Number"), Text("8位数字", "8 digits")
    field = SourceField("n", "号码", FieldType.TEXT, label, pattern="[0-9]{8}", form=form, one_of=("甲", "乙"))
    assert refusal_of(Problem.WRONG_FORM, field).needed == form
    assert refusal_of(Problem.NOT_LISTED, field).needed == Text("以下之一：甲、乙", "one of 甲, 乙")
    assert rule_of(field).en == "a text, no object or list; at most 2000 characters; one of 甲, 乙; 8 digits"


VALUE = st.none() | st.integers(-5, 5).map(str)
BOUND = st.none() | st.integers(-5, 5)


@given(st.lists(VALUE, max_size=8), BOUND, BOUND, st.booleans())
def test_the_library_holds_numbers_to_what_the_contract_says(
    texts: list[str | None], lowest: int | None, highest: int | None, is_required: bool
) -> None:
    assume((lowest or 0) <= (99 if highest is None else highest))
    field = SourceField("n", "n", FieldType.COUNT, Text("数", "n"), is_required, lowest=lowest, highest=highest)
    rows = pl.DataFrame({"row": range(len(texts)), "n": texts}, schema={"row": pl.UInt32, "n": pl.String})
    expected = []
    for row, text in enumerate(texts):
        least, most = 0 if lowest is None else lowest, 99 if highest is None else highest
        if text is None and is_required:
            expected.append((row, "n", "required_missing"))
        if text is not None and not least <= int(text) <= most:
            expected.append((row, "n", "out_of_bounds"))
    assert broken_rules(rows, [field], TODAY).sort("row").rows() == expected


def test_rows_that_do_not_hold_are_kept_out_with_their_reason() -> None:
    taken = take_rows(
        batch(
            firm(CODES[0]),
            firm(CODES[1][:-1] + "?"),
            firm("N/A"),
            firm("110101199003070038"),
            firm(CODES[2], name="—"),
            firm(CODES[3], day="2030-01-01", capital="90万港币"),
            firm(CODES[0], name="示例乙有限公司"),
            firm(CODES[0]),
            firm(CODES[4], name="长" * 301),
        ),
        REGISTER,
        nothing_seen(),
        TODAY,
    )
    assert taken.quarantine.sort("row", "fact").select("row", "fact", "problem").rows() == [
        (2, None, "code_wrong"),
        (3, None, "code_missing"),
        (4, None, "code_of_person"),
        (5, None, "required_missing"),
        (6, "registered_capital_fen", "foreign_currency"),
        (6, "registered_on", "in_future"),
        (7, None, "key_conflict"),
        (9, None, "too_long"),
    ]
    assert taken.firms["row"].to_list() == [1, 6]
    assert taken.repeated == 1
    assert '"企业名称":"示例乙有限公司"' in taken.quarantine.filter(row=7)["raw"].item()
    said = taken.statements.filter(subject=CODES[0], predicate="registered_capital_fen")
    assert said.select("value", "original", "row").rows() == [("100000000", "100（万元）", 1)]


def test_a_key_said_otherwise_in_a_later_batch_is_kept_out() -> None:
    first = take_rows(batch(firm(CODES[0])), REGISTER, nothing_seen(), TODAY)
    later = take_rows(batch(firm(CODES[0], capital="7万元"), firm(CODES[0]), first=2), REGISTER, first.seen, TODAY)
    assert later.quarantine.select("row", "problem").rows() == [(2, "key_conflict")]
    assert (later.firms.height, later.repeated) == (0, 1)


CELL = st.none() | st.sampled_from(["", "N/A", "x", "100万", "2015-06-01", "2015年", "是"])
ROW = st.tuples(CELL, st.sampled_from([*CODES, "", "91440101"]), *[CELL] * 7)


@settings(max_examples=12, deadline=None)  # each example takes the file in twice
@given(st.lists(ROW, max_size=8), st.integers(1, 4))
def test_no_row_is_lost_and_batches_do_not_matter(rows: list[tuple[str | None, ...]], size: int) -> None:
    whole = take_rows(batch(*rows), REGISTER, nothing_seen(), TODAY)
    seen, parts = nothing_seen(), []
    for at in range(0, len(rows), size):
        parts.append(take_rows(batch(*rows[at : at + size], first=at + 1), REGISTER, seen, TODAY))
        seen = parts[-1].seen
    kept_out = whole.quarantine.filter(pl.col("fact").is_null()).height
    assert whole.read == whole.firms.height + whole.repeated + kept_out == len(rows)
    if parts:
        assert (
            pl.concat(part.statements for part in parts)
            .sort("row", "predicate")
            .equals(whole.statements.sort("row", "predicate"))
        )
        assert (
            pl.concat(part.quarantine for part in parts)
            .sort("row", "fact")
            .equals(whole.quarantine.sort("row", "fact"))
        )


def test_quality_and_drift() -> None:
    rows = batch(firm(CODES[0]), firm(CODES[1], capital="?"))
    taken = take_rows(rows, REGISTER, nothing_seen(), TODAY)
    quality = add_quality({}, taken, {("registered_capital_fen", "unreadable"): 1})
    twice = add_quality(quality, taken, {("registered_capital_fen", "unreadable"): 1})
    assert twice["registered_capital_fen"] == {"filled": 4, "taken": 2, "problems": {"unreadable": 2}}
    assert twice["firm_type"]["filled"] == 0
    assert drift_of(["row", *HEAD[:-1], "电话"], REGISTER) == {"missing": ["注册地址"], "new": ["电话"]}
    assert broken_promise(rows.columns, taken, REGISTER) is None
    lacking = broken_promise([name for name in rows.columns if name != "企业名称"], taken, REGISTER)
    assert lacking is not None
    assert lacking.en == "it lacks column 企业名称"


def test_a_source_that_lies_about_a_column_is_found_out() -> None:
    rows = batch(*(firm(make_uscc("440112", 100 + at), day="广州" if at % 3 else "2015-06-01") for at in range(30)))
    why = broken_promise(rows.columns, take_rows(rows, REGISTER, nothing_seen(), TODAY), REGISTER)
    assert why is not None
    assert why.en == "only 10 of 30 values in column “注册日期” read as Registered on"


_COURT_HEAD = ("统一社会信用代码", "企业名称", "案号", "类型", "法院", "日期", "结束日期", "涉案金额")


@pytest.mark.parametrize(
    ("missing", "wrong", "is_named", "kept"),
    [
        (35, 0, True, None),  # 35 of 40 name their firm only: the five with a code are taken
        (20, 10, True, None),  # of 20 with a code half are wrong: as many hold
        (20, 11, True, "of the first 20 rows only 9 have a subject that holds"),
        (0, 21, True, "of the first 40 rows only 19 have a subject that holds"),
        (21, 0, False, "of the first 40 rows only 19 have a subject that holds"),  # nothing to know the firm by
    ],
)
def test_a_source_that_may_lack_codes_is_judged_by_the_rows_that_have_one(
    missing: int, wrong: int, is_named: bool, kept: str | None
) -> None:
    court = contract_and_content("court-extract")[0]
    cells = []
    for at in range(40):
        code = "" if at < missing else "91440112XX0000000X" if at < missing + wrong else make_uscc("440112", 100 + at)
        name = f"示例{at}公司" if is_named else ""
        cells.append([code, name, f"（2021）粤示民初{at}号", "买卖合同纠纷", "示例法院", "2021-05", "", ""])
    rows = pl.DataFrame(cells, schema=list(_COURT_HEAD), orient="row").insert_column(
        0, pl.Series("row", range(2, 42), pl.UInt32)
    )
    why = broken_promise(rows.columns, take_rows(rows, court, nothing_seen(), TODAY), court)
    assert (why.in_language("en") if why else None) == kept


@pytest.mark.parametrize("source", shipped_source_ids())
def test_shipped_contracts_can_be_read(source: str) -> None:
    assert contract_and_content(source)[0].id == source


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"priority": 0}, "priority"),
        ({"owner": ""}, "owner"),
        ({"colour": "red"}, "colour"),
        ({"name": "", "subject": {"column": "a", "scheme": "USCC", "optional": True}}, "subject.optional"),
        ({"registered_on": "别的列"}, "registered_on"),
        ({"fields": {"x": {"column": "a", "type": "number", "label": ["甲", "A"]}}}, "fields.x.type"),
        ({"fields": {"x": {"column": "a", "type": "text", "label": ["甲", "A"], "longets": 3}}}, "fields.x.longets"),
        (
            {
                "fields": {
                    "x": {"column": "a", "type": "text", "label": ["甲", "A"], "pattern": "(", "form": ["甲", "A"]}
                }
            },
            "fields.x.pattern",
        ),
        ({"fields": {"x": {"column": "a", "type": "text", "label": ["甲", "A"], "pattern": "a"}}}, "fields.x.form"),
        ({"fields": {"x": {"column": "a", "type": "date", "label": ["甲", "A"], "one_of": ["a"]}}}, "fields.x.one_of"),
        ({"fields": {"x": {"column": "a", "type": "count", "label": ["甲", "A"], "highest": -1}}}, "fields.x.highest"),
    ],
)
def test_a_wrong_contract_says_where(change: dict[str, Any], at: str) -> None:
    with pytest.raises(ContractError) as caught:
        read_contract({**CONTENT, **change}, "test")
    assert caught.value.facts["at"] == at


def test_an_unknown_source_is_named() -> None:
    with pytest.raises(SourceUnknownError):
        contract_and_content("nobody")


def batches(path: Path, content: bytes, size: int = 2) -> list[Batch]:
    path.write_bytes(content)
    return list(read_batches(path, size))


def test_csv_with_lines_in_two_encodings(tmp_path: Path) -> None:
    content = "代码,名称\n1,甲\n2,乙\n".encode() + "3,丙丁\n".encode("gb18030") + '4,"戊\n己"\n5\n'.encode()
    read = batches(tmp_path / "a.csv", content)
    rows = pl.concat(batch.rows for batch in read)
    assert rows.rows() == [(2, "1", "甲"), (3, "2", "乙"), (6, "4", "戊\n己")]
    apart = [(row, problem.value) for batch in read for row, problem, _ in batch.unreadable]
    assert apart == [(4, "encoding"), (7, "wrong_width")]


def test_csv_in_gb18030_and_a_cell_of_ten_megabytes(tmp_path: Path) -> None:
    content = f"代码;名称\n1;{'长' * 5_000_000}\n2;乙\n".encode("gb18030")
    (read,) = batches(tmp_path / "a.csv", content, size=10)
    assert [len(name) for name in read.rows["名称"]] == [5_000_000, 1]


def test_csv_with_an_open_quote_stops_after_the_rows_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yulin.atlas.adapters.source_files._LONGEST_CELL", 1000)
    path = tmp_path / "a.csv"
    path.write_text('代码,名称\n1,甲\n2,乙\n3,"丙\n' + "x,y\n" * 1000, encoding="utf-8")
    reading = read_batches(path, 2)
    assert next(reading).rows.height == 2
    with pytest.raises(SourceFileError) as caught:
        next(reading)
    assert "2行" in str(caught.value)


def test_json_lines_and_lists(tmp_path: Path) -> None:
    lines = b'{"code": "1", "n": 12.0, "ok": true}\nnonsense\n{"code": "2", "more": {"a": 1}}\n'
    read = batches(tmp_path / "a.jsonl", lines, size=5)
    assert read[0].rows.rows() == [(1, "1", "12", "true", None), (3, "2", None, None, '{"a": 1}')]
    assert [row for row, _, _ in read[0].unreadable] == [2]
    assert batches(tmp_path / "a.json", b'[{"code": "1"}]')[0].rows.rows() == [(1, "1")]
    with pytest.raises(SourceFileError):
        batches(tmp_path / "b.json", b'[{"code": "1"}')


def test_parquet_whole_and_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"code": [1, 2, 3], "day": [date(2015, 6, 1)] * 3}).write_parquet(path)
    assert pl.concat(batch.rows for batch in read_batches(path, 2)).rows()[2] == (3, "3", "2015-06-01")
    content = path.read_bytes()
    for cut in (len(content) - 20, 30):
        with pytest.raises(SourceFileError):
            batches(path, content[:cut])


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceFileError):
        batches(tmp_path / "a.csv", b" \n")


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=5))
def test_csv_reads_back_what_was_written(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    out = StringIO()
    csv.writer(out).writerows([("a", "b"), *rows])
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    read = batches(path, out.getvalue().encode("utf-8", "replace"), size=50)
    expected = [tuple(cell.encode("utf-8", "replace").decode() for cell in row) for row in rows]
    assert [row[1:] for batch in read for row in batch.rows.rows()] == expected
