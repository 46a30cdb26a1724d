from fractions import Fraction

import pytest

from yulin.rules.adapters.shipped import shipped_vocabulary
from yulin.rules.core.language import area_range, parse_expression
from yulin.rules.core.nodes import Constant, FactRef
from yulin.rules.core.vocabulary import BOOL, MONEY, RATIO
from yulin.rules.errors import (
    ExpressionNameError,
    ExpressionSizeError,
    ExpressionSyntaxError,
    ExpressionTypeError,
    Where,
)


def parse(text, **more):
    return parse_expression(text, shipped_vocabulary(), **more)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yuan(1_000)", 100_000),
        ("yuan(0.01)", 1),
        ("wan(500)", 500_000_000),
        ("wan(0.5)", 500_000),
        ("yi(2)", 20_000_000_000),
        ("pct(5)", Fraction(1, 20)),
        ("pct(4.35)", Fraction(435, 10_000)),
        ("years(3)", 36),
        ("days(365)", 365),
        ("1_000", 1_000),
        ("date(2025, 10, 1)", 739_525),
    ],
)
def test_literal_is_exact_in_its_unit(text, value):
    node = parse(text).node
    assert isinstance(node, Constant)
    assert node.value == value


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("rd_expense[0] / revenue[0]", RATIO),
        ("revenue[0] + revenue[-1] - wan(1)", MONEY),
        ("revenue[0] / 3", MONEY),
        ("revenue[0] / staff_count", MONEY),
        ("pct(80) * revenue[0]", MONEY),
        ("max(revenue[0], wan(3))", MONEY),
        ("wan(3) if is_first_loan else wan(5)", MONEY),
        ("0 < staff_count <= 500", BOOL),
        ("disbursed_on + years(3) >= due_on", BOOL),
        ("on - registered_on >= days(365)", BOOL),
        ("registered_on <= year_end(-1)", BOOL),
        ("security in (credit, ip_pledge)", BOOL),
        ("size_class != large", BOOL),
        ("district in (nansha, 440112)", BOOL),
        ("is_registered_in(guangzhou) and known(list_number)", BOOL),
        ("count(is_first_loan, is_pure_credit) >= 1", BOOL),
        ("any(is_first_loan, not is_pure_credit)", BOOL),
        ("is_first_loan == is_pure_credit", BOOL),
    ],
)
def test_type_of_an_expression(text, type_):
    assert parse(text).type == type_


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("loan_amount > 500", ExpressionTypeError, "wan(500)"),
        ("staff_count <= wan(3)", ExpressionTypeError, "money"),
        ("staff_count == ip_class1_count", ExpressionTypeError, "persons"),
        ("due_on - disbursed_on <= years(3)", ExpressionTypeError, "disbursed_on + years(3)"),
        ("revenue > wan(1)", ExpressionTypeError, "revenue[0]"),
        ("revenue[1] > wan(1)", ExpressionTypeError, "[-1]"),
        ("staff_count[0] > 1", ExpressionTypeError, "[-1]"),
        ("revenue[0] and is_first_loan", ExpressionTypeError, "money"),
        ("registered_on + registered_on", ExpressionTypeError, "date"),
        ("wan(1) if is_first_loan else 3", ExpressionTypeError, "number"),
        ("sum(revenue[0], staff_count)", ExpressionTypeError, "sum"),
        ("yuan(0.001)", ExpressionTypeError, "yuan(0.001)"),
        ("revenue[0] / 0", ExpressionTypeError, "0"),
        ("revenue[0] / (staff_count / 3 / tech_staff_count)", ExpressionTypeError, "除法"),
        ("staf_count <= 500", ExpressionNameError, "staff_count"),
        ("revenue_fen > 1", ExpressionNameError, "revenue"),
        ("security == ip", ExpressionNameError, "ip_pledge"),
        ("wann(3) > wan(2)", ExpressionNameError, "wan"),
        ("total >= 60", ExpressionNameError, "total"),
        ("staff_count.__class__", ExpressionNameError, "__class__"),
        ("__import__('os').system('true')", ExpressionSyntaxError, "规则语言"),
        ("staff_count ** 2", ExpressionSyntaxError, "**"),
        ("[staff_count]", ExpressionSyntaxError, "规则语言"),
        ("lambda: 1", ExpressionSyntaxError, "规则语言"),
        ("staff_count <=", ExpressionSyntaxError, "无法读懂"),
        ("security > credit", ExpressionSyntaxError, "=="),
        ("security in ()", ExpressionSyntaxError, "in"),
        ("known(1)", ExpressionSyntaxError, "known"),
        ("date(2025, 13, 1)", ExpressionSyntaxError, "date"),
        ("max(revenue[0], key=1)", ExpressionSyntaxError, "key"),
        ("'text'", ExpressionSyntaxError, "text"),
        ("not " * 60 + "is_first_loan", ExpressionSizeError, "depth"),
        ("staff_count > 1 and " * 200 + "is_first_loan", ExpressionSizeError, "2000"),
        ("(" * 3_000, ExpressionSizeError, "2000"),
        ("-" * 1_500 + "1", ExpressionSizeError, "nodes"),
    ],
)
def test_expression_is_refused(text, error, says):
    with pytest.raises(error, match=r"pack\.yaml:7") as refused:
        parse(text, where=Where("pack.yaml", 7))
    assert says in str(refused.value)


def test_expression_knows_what_it_reads():
    expression = parse("rd_expense[0] / revenue[-1] > pct(3) and total >= 60", scope={"total": parse("60").type})
    assert expression.slots == {"rd_expense[0]", "revenue[-1]"}
    assert expression.names == {"total"}
    assert expression.has_division


def test_expected_type_reads_a_bare_number_as_area():
    node = parse("440100", expected=FactRef(shipped_vocabulary().facts["district"].type, "district").type).node
    assert node.value == 440_100


@pytest.mark.parametrize(
    ("code", "first", "last"), [(440000, 440000, 449999), (440100, 440100, 440199), (440112, 440112, 440112)]
)
def test_area_holds_what_lies_inside(code, first, last):
    assert area_range(code) == (first, last)
