"""What is in quarantine, said to a person: which thing, what was found, what is needed, what to do next.

Rules are told as the contract states them by which the file was read; where it has changed since, without numbers.

Invariant: every problem has a sentence of what is needed and one of what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from yulin.atlas.core.contracts import SourceField
from yulin.atlas.enums import FieldType, Problem
from yulin.base.money import yuan_text
from yulin.base.text import Text

LONGEST_TOLD = 200  # characters of a cell that a person is shown; the Parquet keeps all of it

_ASK = Text("请数据源改正后重新提供该行。", "Ask the source to mend the row and send it again.")
_NEEDED: Mapping[Problem, Text] = {
    Problem.CODE_MISSING: Text("主体代码", "a code that says which firm it is"),
    Problem.CODE_WRONG: Text("校验位正确的18位统一社会信用代码", "a USCC of 18 characters whose check character holds"),
    Problem.CODE_OF_PERSON: Text("企业的代码，而非身份证号码", "a firm's code, no person's identity number"),
    Problem.CODE_CHANGES_HANDS: Text("该代码已登记的企业", "the firm that the code is registered for"),
    Problem.KEY_CONFLICT: Text(
        "与同一主键的首行一致的内容（首行行号）", "what the first row of the same key says (number of that row)"
    ),
    Problem.REQUIRED_MISSING: Text("必填值", "a value: the column is required"),
    Problem.TOO_LONG: Text("不超过约定长度的文字", "a text no longer than the contract allows"),
    Problem.UNREADABLE: Text(
        "约定类型的值，或每个名称只说一次的JSON对象",
        "a value of the contract's type, or a JSON object that says each thing once",
    ),
    Problem.FOREIGN_CURRENCY: Text("人民币金额", "an amount in CNY"),
    Problem.OUT_OF_BOUNDS: Text("约定范围内的值", "a value within the contract's bounds"),
    Problem.IN_FUTURE: Text("不晚于入库日的日期", "a day not after the one on which the file was taken in"),
    Problem.WRONG_FORM: Text("约定格式的文字", "a text of the contract's form"),
    Problem.NOT_LISTED: Text("约定列表中的值", "a value of the contract's list"),
    Problem.ENDS_BEFORE: Text("晚于起始日的结束日期", "an end after the beginning"),
    Problem.WRONG_WIDTH: Text("与表头相同的列数", "as many cells as the head has columns"),
    Problem.ENCODING: Text("与文件其余各行相同的编码", "the encoding of the file's other lines"),
    Problem.NO_INVOICE: Text("可识读的数电票（XML或OFD）", "a digital invoice that can be read, as XML or OFD"),
}
_NEXT: Mapping[Problem, Text] = {
    Problem.CODE_MISSING: Text(
        "在“同一性核对”页判定是哪家企业，或请数据源补充代码。",
        "Judge on the page of identities which firm it is, or ask the source for its code.",
    ),
    Problem.CODE_OF_PERSON: Text(
        "该行不应含个人身份证号码；请数据源删除后重新提供。",
        "An identity number has no place here; ask the source to take it out and send the row again.",
    ),
    Problem.CODE_CHANGES_HANDS: Text(
        "向登记机关核实代码归属；核实前不入库。",
        "Ask the registration authority whose the code is; until then the row stays out.",
    ),
    Problem.KEY_CONFLICT: Text(
        "请数据源说明哪一行正确，并重新提供。", "Ask the source which row is right, and to send it again."
    ),
    Problem.FOREIGN_CURRENCY: Text(
        "请数据源按其口径折算为人民币后提供。", "Ask the source for the amount in CNY by its own rate."
    ),
    Problem.ENCODING: Text(
        "请数据源将整个文件以UTF-8重新导出。", "Ask the source to export the whole file again as UTF-8."
    ),
    Problem.NO_INVOICE: Text(
        "请企业从电子税务局重新下载该张发票，另行提供。",
        "Ask the firm to download this invoice again from the tax bureau, and to send it by itself.",
    ),
    Problem.WRONG_WIDTH: Text(
        "检查该行的分隔符和引号后重新提供。", "Check separators and quotes of the row, and send it again."
    ),
}
_TYPES: Mapping[FieldType, Text] = {
    FieldType.TEXT: Text("文字，而非对象或列表", "a text, no object or list"),
    FieldType.DATE: Text("日期，如2021-12-31或2021年12月", "a day such as 2021-12-31, or a month such as 2021-12"),
    FieldType.MONEY: Text("精确到分的金额，如1,200.5万元", "an amount to the fen, such as 1,200.5万元"),
    FieldType.COUNT: Text("整数", "a whole number"),
    FieldType.RATIO: Text("带%号的百分比，如33.4%%", "a percentage with its sign, such as 33.4%%"),
    FieldType.BOOL: Text("是或否", "yes or no"),
}
_REQUIRED, _NOT_LATER = Text("必填", "required"), Text("不晚于入库日", "not after the day it is taken in")
_AT_MOST = Text("至多%(most)s个字符", "at most %(most)s {most:character|characters}")
_ONE_OF = Text("以下之一：%(listed)s", "one of %(listed)s")
_PPM_PLACES = 4


@dataclass(frozen=True)
class Refusal:
    """What is said of one row or cell in quarantine."""

    needed: Text
    next_step: Text


def refusal_of(problem: Problem, field: SourceField | None, needed: str | None = None) -> Refusal:
    """Return what a row or cell needs and what to do next.

    `field`: the column's rule, where it is known; `needed`: what exactly this row had to say, where that is known.

    >>> refusal_of(Problem.OUT_OF_BOUNDS, SourceField("n", "人数", FieldType.COUNT, Text("人数", "Staff"))).needed.en
    'at least 0'
    """
    said = _NEEDED[problem]
    if field is not None:
        said = _by_rule(problem, field) or said
    if needed:
        said = Text(f"{said.zh}：{needed}", f"{said.en}: {needed}")
    return Refusal(said, _NEXT.get(problem, _ASK))


def rule_of(field: SourceField) -> Text:
    """Return what a field's values have to be, in words.

    >>> rule_of(SourceField("n", "人数", FieldType.COUNT, Text("人数", "Staff"), is_required=True)).en
    'required; a whole number; at least 0'
    """
    parts = [_REQUIRED] if field.is_required else []
    parts.append(_TYPES[field.type].with_values())
    if field.type in {FieldType.MONEY, FieldType.COUNT, FieldType.RATIO}:
        parts.append(_bounds(field))
    if field.type is FieldType.TEXT:
        parts.append(_AT_MOST.with_values(most=field.longest))
    parts += [_ONE_OF.with_values(listed=_listed(field))] if field.one_of else []
    parts += [field.form] if field.form else []
    if not field.may_be_in_future:
        parts.append(_NOT_LATER)
    return Text("；".join(one.zh for one in parts), "; ".join(one.en for one in parts))


def told(cell: str | None) -> str:
    """Return a cell as a person is shown it: its beginning, and how long it is where that is not all.

    >>> told("长" * 300)[-9:]
    '…（300个字符）'
    """
    if cell is None or len(cell) <= LONGEST_TOLD:
        return cell or ""
    return f"{cell[:LONGEST_TOLD]}…（{len(cell)}个字符）"


def _by_rule(problem: Problem, field: SourceField) -> Text | None:
    if problem is Problem.UNREADABLE:
        return _TYPES[field.type].with_values()
    if problem is Problem.TOO_LONG:
        return _AT_MOST.with_values(most=field.longest)
    if problem is Problem.OUT_OF_BOUNDS:
        return _bounds(field)
    if problem is Problem.WRONG_FORM:
        return field.form
    if problem is Problem.NOT_LISTED and field.one_of:
        return _ONE_OF.with_values(listed=_listed(field))
    return None


def _listed(field: SourceField) -> Text:
    return Text("、".join(field.one_of), ", ".join(field.one_of))


def _bounds(field: SourceField) -> Text:
    if field.type is FieldType.DATE:
        return Text("1800年以后的日期", "a day from 1800 on")
    lowest = _number(0 if field.lowest is None else field.lowest, field.type)
    if field.highest is None:
        return Text("不小于%(lowest)s", "at least %(lowest)s").with_values(lowest=lowest)
    between = Text("%(lowest)s至%(highest)s", "%(lowest)s to %(highest)s")
    return between.with_values(lowest=lowest, highest=_number(field.highest, field.type))


def _number(value: int, kind: FieldType) -> str:
    if kind is FieldType.MONEY:
        return f"{yuan_text(value)}元"
    if kind is FieldType.RATIO:
        return f"{Decimal(value).scaleb(-_PPM_PLACES).normalize():f}%"
    return str(value)
