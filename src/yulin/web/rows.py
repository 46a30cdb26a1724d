"""The rows behind a figure: loans, firms, credit lines or technology units, filtered, sorted, paged, exported.

Invariant: without a filter the rows of a list are those that its figure counts, no more and no fewer.
"""

from __future__ import annotations

from django.http import HttpRequest

from yulin.base.text import Text
from yulin.kit.lists import Column, Filter, Listing, Plan, read_listing
from yulin.people.selectors import organisation_names
from yulin.pool.core.board import Figure
from yulin.pool.core.names import DISTRICTS, SECTORS, state_name
from yulin.pool.selectors.board import BoardFigures, counted_firms, counted_lines, counted_loans, counted_units
from yulin.pool.services.board import BOARD_GROUP
from yulin.web.amounts import yuan
from yulin.web.facts import industry_names

FIND = {
    "loans": Text("企业、代码、借据号或确认编号", "firm, code, loan or confirmation number"),
    "firms": Text("企业名称或代码", "firm or code"),
    "lines": Text("企业、代码或合同号", "firm, code or contract number"),
    "units": Text("科技支行或部门名称", "name of the unit"),
}


def row_list(request: HttpRequest, figure: Figure, figures: BoardFigures) -> Listing:
    """Return the rows behind `figure`, as the address of the page narrows them."""
    makers = {"loans": _loans, "firms": _firms, "lines": _lines, "units": _units}
    return makers[figure.list_kind](request, figure, figures)


def _loans(request: HttpRequest, _: Figure, figures: BoardFigures) -> Listing:
    columns = (
        Column("firm", Text("企业与借据", "Firm and loan"), "firm_name", export=lambda row: row.firm_name),
        Column("code", Text("代码", "USCC"), export=lambda row: row.firm_code),
        Column("number", Text("确认编号", "Confirmation"), "number", export=lambda row: row.number),
        Column("loan", Text("借据号", "Loan"), export=lambda row: row.loan_number),
        Column("state", Text("状态", "State"), "state", export=lambda row: state_name(row.state)),
        Column("disbursed", Text("放款日", "Paid out"), "disbursed_on", export=lambda row: row.disbursed_on),
        Column(
            "amount",
            Text("贷款金额（元）", "Loan (CNY)"),
            "loan_amount_fen",
            is_number=True,
            export=lambda row: yuan(row.loan_amount_fen),
        ),
    )
    return read_listing(
        request,
        counted_loans(scheme_group=BOARD_GROUP, as_of=figures.as_of).select_related("bank"),
        Plan(
            columns,
            order="-disbursed",
            filters=(_year_filter(figures, "disbursed_on__year"), *_place_filters(figures)),
            search=("firm_name__icontains", "firm_code__iexact", "loan_number__iexact", "number__iexact"),
        ),
    )


def _firms(request: HttpRequest, figure: Figure, figures: BoardFigures) -> Listing:
    rows = counted_firms(scheme_group=BOARD_GROUP, as_of=figures.as_of, share=figure.key)
    columns = (
        Column("name", Text("企业", "Firm"), "name", export=lambda row: row["name"]),
        Column("code", Text("代码", "USCC"), export=lambda row: row["code"]),
        Column("first", Text("首笔放款", "First loan"), "first_on", export=lambda row: row["first_on"]),
        Column("sector", Text("产业方向", "Sector"), export=lambda row: SECTORS.get(row["sectors"][0], "")),
        Column("hnte", Text("高企", "HNTE"), export=lambda row: _yes_no(row["hnte"][0])),
        Column("pure", Text("纯信用", "Pure credit"), export=lambda row: _yes_no(row["has_pure_credit"])),
        Column("loans", Text("笔数", "Loans"), "loans", is_number=True, export=lambda row: row["loans"]),
        Column(
            "lent",
            Text("累计放款（元）", "Lent (CNY)"),
            "lent_fen",
            is_number=True,
            export=lambda row: yuan(row["lent_fen"]),
        ),
    )
    return read_listing(
        request,
        rows,
        Plan(
            columns,
            order="-lent",
            search=("name__icontains", "code__iexact"),
            tie="firm_id",
        ),
    )


def _lines(request: HttpRequest, _: Figure, figures: BoardFigures) -> Listing:
    columns = (
        Column("firm", Text("企业", "Firm"), "firm__name", export=lambda row: row.firm.name),
        Column("code", Text("代码", "USCC"), export=lambda row: row.firm.identifier),
        Column("bank", Text("银行", "Bank"), "bank__name_zh", export=lambda row: row.bank.name),
        Column("contract", Text("合同号", "Contract"), "contract_number", export=lambda row: row.contract_number),
        Column("signed", Text("签订日", "Signed"), "signed_on", export=lambda row: row.signed_on),
        Column(
            "line", Text("额度（元）", "Line (CNY)"), "line_fen", is_number=True, export=lambda row: yuan(row.line_fen)
        ),
    )
    return read_listing(
        request,
        counted_lines(scheme_group=BOARD_GROUP, as_of=figures.as_of).select_related("firm", "bank"),
        Plan(
            columns,
            order="-line",
            filters=(_year_filter(figures, "signed_on__year"), _bank_filter(figures)),
            search=("firm__name__icontains", "firm__identifier__iexact", "contract_number__iexact"),
        ),
    )


def _units(request: HttpRequest, _: Figure, figures: BoardFigures) -> Listing:
    columns = (
        Column("unit", Text("科技支行或部门", "Unit"), "unit_name", export=lambda row: row.unit_name),
        Column("bank", Text("银行", "Bank"), "bank_id", export=lambda row: row.bank.name),
        Column("since", Text("自", "Since"), export=lambda row: row.valid_from),
    )
    ids = list(counted_units(scheme_group=BOARD_GROUP, as_of=figures.as_of).values_list("pk", flat=True))
    rows = counted_units(scheme_group=BOARD_GROUP, as_of=figures.as_of).model.objects.filter(pk__in=ids)
    return read_listing(request, rows.select_related("bank"), Plan(columns, "bank", search=("unit_name__icontains",)))


def _year_filter(figures: BoardFigures, lookup: str) -> Filter:
    years = [(str(year.year), Text(f"{year.year}年", str(year.year))) for year in reversed(figures.years)]
    return Filter("year", Text("年份", "Year"), lookup, years, int)


def _bank_filter(figures: BoardFigures) -> Filter:
    banks = organisation_names(int(group.key) for group in figures.banks)
    options = [(str(pk), bank.name) for pk, bank in sorted(banks.items())]
    return Filter("bank", Text("银行", "Bank"), "bank_id", options, int)


def _place_filters(figures: BoardFigures) -> tuple[Filter, ...]:
    industries = industry_names()
    return (
        _bank_filter(figures),
        Filter(
            "district",
            Text("区", "District"),
            "district_code",
            [
                (group.key, DISTRICTS.get(group.key[:6]) or Text(group.key, group.key))
                for group in figures.districts
                if group.key
            ],
        ),
        Filter(
            "industry",
            Text("行业", "Industry"),
            "industry",
            [
                (group.key, industries.get(group.key) or Text(group.key, group.key))
                for group in figures.industries
                if group.key
            ],
        ),
    )


def _yes_no(value: bool | None) -> Text:
    return {True: Text("是", "yes"), False: Text("否", "no"), None: Text("未知", "unknown")}[value]
