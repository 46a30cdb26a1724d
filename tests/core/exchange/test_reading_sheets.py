"""From a sheet to a typed table: heads, mappings, rows that are none, findings with their cells."""

from datetime import date

import pytest

from yulin.exchange.core.columns import (
    ColumnMapping,
    DateForm,
    Unit,
    apply_kept,
    check_mapping,
    guess_mapping,
    known_heads,
)
from yulin.exchange.core.fields import loan_form, return_form
from yulin.exchange.core.reasons import REASONS, WORDS
from yulin.exchange.core.sheets import MergedRange, Sheet, find_head
from yulin.exchange.core.typing import head_of, type_sheet
from yulin.exchange.core.verdicts import tally_rows, verdicts_of
from yulin.exchange.errors import FileEmptyError, MappingClashError, MappingIncompleteError, MergedHeadError

HEADS = ["客户名称", "证件号码", "借据编号", "发放日期", "到期日期", "发放金额（万元）", "年利率（%）", "担保方式"]
ROW = ["示例甲", "91350100M000100Y43", "JJ1", "2021-07-05", "2022-07-04", "500", "4.35", "信用"]
PBOC = [
    *["金融机构代码", "内部机构号", "借款人证件代码", "借款人行业", "借款人地区代码", "借款人企业规模", "贷款借据编码"],
    *[
        "贷款合同编码",
        "贷款发放日期",
        "贷款到期日期",
        "贷款币种",
        "贷款余额",
        "利率水平",
        "贷款担保方式",
        "是否首次贷款",
    ],
    "贷款质量",
]


def sheet(*rows, **extra):
    width = max(len(row) for row in rows)
    return Sheet("f.xlsx", "Sheet1", [[*row, *([None] * (width - len(row)))] for row in rows], **extra)


def codes(typed):
    return [(line["cell"], line["code"]) for line in typed.findings.iter_rows(named=True)]


def test_head_states_the_unit():
    typed = type_sheet(sheet(HEADS, ROW), loan_form())
    assert typed.table.get_column("loan_amount_fen").to_list() == [500_000_000]
    assert codes(typed) == []


def test_row_numbers_are_the_sheets_own():
    typed = type_sheet(sheet(["放款明细表"], [], HEADS, ROW, ["  "], [*ROW[:2], "JJ2", *ROW[3:]]), loan_form())
    assert typed.table.get_column("row").to_list() == [4, 6]


def test_totals_are_no_rows():
    typed = type_sheet(sheet(HEADS, ROW, ["合计", None, None, None, None, "500"]), loan_form())
    assert typed.row_count == 1
    assert [remark.en for remark in typed.remarks] == ["Row 3 is a total and no loan."]


def test_formula_cell_refuses_only_its_row():
    typed = type_sheet(sheet(HEADS, ROW, ROW, formulas=frozenset({(1, 5)})), loan_form())
    assert codes(typed) == [("F2", "FILE.CELL.FORMULA")]
    assert typed.valid.get_column("row").to_list() == [3]
    assert typed.table.get_column("loan_amount_fen").to_list() == [None, 500_000_000]


def test_merged_rows_are_refused_but_for_the_first():
    merged = (MergedRange(1, 0, 2, 0),)
    typed = type_sheet(sheet(HEADS, ROW, [None, *ROW[1:]], merged=merged), loan_form())
    assert codes(typed) == [("A3", "FILE.CELL.MERGED")]
    assert typed.findings.get_column("found").to_list() == ["A2:A3"]


def test_merged_head_is_refused_but_a_merged_title_is_not():
    with pytest.raises(MergedHeadError) as refused:
        head_of(sheet(HEADS, ROW, merged=(MergedRange(0, 0, 0, 1),)), loan_form())
    assert "A1:B1" in refused.value.message.en
    assert head_of(sheet(["标题"], HEADS, ROW, merged=(MergedRange(0, 0, 0, 7),)), loan_form()).row == 1


@pytest.mark.parametrize("rows", [[[]], [HEADS], [HEADS, [" "]], [["", None]]])
def test_nothing_below_the_head_is_an_empty_file(rows):
    with pytest.raises(FileEmptyError):
        type_sheet(sheet(*rows), loan_form())


def test_empty_required_cell_names_the_column_in_both_languages():
    typed = type_sheet(sheet(HEADS, [*ROW[:2], None, *ROW[3:]]), loan_form())
    verdict = next(verdicts_of(typed.findings, REASONS, WORDS))
    assert (verdict.row, verdict.cell, verdict.column, verdict.code) == (2, "C2", "C", "FILE.CELL.EMPTY")
    assert (verdict.message.zh, verdict.message.en) == (
        "“借据编号”为空，此列必填。",
        "“Loan number” is empty; every row needs it.",
    )


def test_missing_columns_are_named_with_the_heads_found():
    with pytest.raises(MappingIncompleteError) as refused:
        type_sheet(sheet(["客户名称", "金额"], ["甲", "5"]), loan_form())
    assert refused.value.facts["missing"] == [
        "Firm code",
        "Loan number",
        "Disbursed on",
        "Yearly rate",
        "Security",
        "Due on or Term in months",
    ]
    assert "客户名称｜金额" in refused.value.message.zh


def test_two_columns_of_one_field_clash():
    form = loan_form()
    kept = ColumnMapping.from_json({"columns": [{"head": h, "field": "loan_number"} for h in ("甲", "乙")]})
    with pytest.raises(MappingClashError):
        check_mapping(kept, form, "f")


def test_due_date_is_worked_out_from_the_term():
    heads = [*HEADS[:4], "期限（月）", *HEADS[5:]]
    typed = type_sheet(sheet(heads, [*ROW[:4], "12", *ROW[5:]]), loan_form())
    assert typed.table.get_column("due_on").to_list() == [date(2022, 7, 5)]


@pytest.mark.parametrize(
    ("due", "code"), [("2021-07-05", "FILE.DATE.ORDER"), ("2021-07-06", None), ("2021-07-04", "FILE.DATE.ORDER")]
)
def test_due_date_is_after_the_day_of_disbursement(due, code):
    typed = type_sheet(sheet(HEADS, [*ROW[:4], due, *ROW[5:]]), loan_form())
    assert codes(typed) == ([("E2", code)] if code else [])


def test_pboc_extract_is_recognised():
    head = find_head(sheet(PBOC, ["x"]), known_heads(loan_form()))
    mapping = guess_mapping(head, loan_form())
    found = {column.head: column.field for column in mapping.columns if column.field}
    assert found == {
        "内部机构号": "bank_branch",
        "借款人证件代码": "firm_code",
        "借款人行业": "industry",
        "借款人地区代码": "district_code",
        "借款人企业规模": "size_class",
        "贷款借据编码": "loan_number",
        "贷款合同编码": "contract_number",
        "贷款发放日期": "disbursed_on",
        "贷款到期日期": "due_on",
        "利率水平": "annual_rate_ppm",
        "贷款担保方式": "security",
        "是否首次贷款": "is_first_loan",
    }
    assert mapping.position_of("firm_code") == 2


def test_a_return_file_reads_balance_class_and_status():
    heads = ["贷款借据编码", "贷款余额", "逾期天数", "贷款质量", "利率水平", "贷款状态"]
    typed = type_sheet(sheet(heads, ["JJ1", 0.0, 61.0, "FQ03", "4.35", "LS03"]), return_form())
    line = typed.table.row(0, named=True)
    assert (line["outstanding_fen"], line["overdue_days"], line["five_class"], line["loan_status"]) == (
        0,
        61,
        "substandard",
        "overdue",
    )


def test_sba_teaching_case_is_read_by_sas_days_and_cents():
    heads = ["LoanNr_ChkDgt", "Name", "Term", "DisbursementDate", "GrAppv", "SBA_Appv", "MIS_Status", "daysterm"]
    form = loan_form(currency="USD", identifier_scheme="loan_number")
    typed = type_sheet(sheet(heads, ["1004285007", "SIMPLEX", "36", "15095", "30000", "15000", "P I F", "1080"]), form)
    line = typed.table.row(0, named=True)
    assert typed.mapping.date_form is DateForm.SAS
    assert (line["disbursed_on"], line["due_on"]) == (date(2001, 4, 30), date(2004, 4, 30))
    assert (line["loan_amount_fen"], line["guaranteed_amount_fen"]) == (3_000_000, 1_500_000)
    assert (line["firm_code"], line["identifier_scheme"], line["identifier"]) == (None, "loan_number", "1004285007")


def test_kept_mapping_follows_heads_not_positions():
    form = loan_form()
    head = find_head(sheet(HEADS, ROW), known_heads(form))
    kept = ColumnMapping.from_json(guess_mapping(head, form).as_json())
    moved = find_head(sheet([*HEADS[::-1], "备注"], ROW), known_heads(form))
    applied = apply_kept(kept, moved, form)
    assert applied.position_of("firm_name") == 7
    assert next(c.unit for c in applied.columns if c.field == "loan_amount_fen") is Unit.WAN
    gone = find_head(sheet(HEADS[1:], ROW), known_heads(form))
    assert apply_kept(kept, gone, form) is None


def test_tally_counts_each_row_once_by_its_worst_finding():
    rows = [HEADS, ROW, [*ROW[:2], None, *ROW[3:5], "-5", "0.0435", ROW[7]], [*ROW[:6], "0.0435", ROW[7]]]
    typed = type_sheet(sheet(*rows), loan_form())
    tally = tally_rows(typed.row_count, typed.findings, REASONS)
    assert (tally.rows, tally.accepted, tally.warned, tally.refused, tally.enrollable) == (3, 1, 1, 1, 2)
