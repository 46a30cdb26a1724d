"""The table of reasons for which reading refuses a cell or remarks on it: code, severity, sentence, next step.

A warning never stops a row; a refusal stops that row and no other. Codes are stable and documented.
"""

from __future__ import annotations

from yulin.base.ids import WRONG_DEPARTMENT, WRONG_DIVISION, WRONG_LETTER
from yulin.base.text import Text
from yulin.exchange.core.columns import UNIT_TEXTS
from yulin.exchange.core.fields import LOAN_FIELDS, RETURN_FIELDS
from yulin.exchange.core.verdicts import Reason
from yulin.exchange.enums import Severity

_CHECK = Text("请核对；无误则无须操作。", "Check it; if it is right there is nothing to do.")
_AS_TEXT = Text(
    "把该列设为“文本”后重新填写或导出，或从系统下载模板。",
    "Export or retype the column as text, or start from the template.",
)
_FIX = Text("请改正该格后重传；其余行不受影响。", "Correct the cell and upload again; the other rows are not affected.")
_DATE = Text("请填写日期，如2021-07-05。", "Write a date such as 2021-07-05.")
_AMOUNT = Text("请填写数字，如5000000.00或500万。", "Write a number such as 5000000.00.")


def _refused(code: str, zh: str, en: str, what_next: Text = _FIX) -> Reason:
    return Reason(code, Severity.REFUSED, Text(zh, en), what_next)


def _warned(code: str, zh: str, en: str, what_next: Text = _CHECK) -> Reason:
    return Reason(code, Severity.WARNED, Text(zh, en), what_next)


_TABLE = (
    _refused(
        "FILE.CELL.FORMULA",
        "该格是公式，数值随时会变。需要固定的值。",
        "The cell holds a formula, whose value can change. A fixed value is needed.",
        Text(
            "粘贴为“数值”后重传；其余行不受影响。",
            "Paste it as a value and upload again; the other rows are not affected.",
        ),
    ),
    _refused(
        "FILE.CELL.MERGED",
        "该格属于合并单元格（%(found)s），本行没有自己的值。",
        "The cell is part of merged cells (%(found)s), so this row has no value of its own.",
        Text("取消合并并逐行填写。", "Unmerge and fill in each row."),
    ),
    _refused("FILE.CELL.EMPTY", "“%(needed)s”为空，此列必填。", "“%(needed)s” is empty; every row needs it."),
    _refused(
        "FILE.CELL.TOO_LONG",
        "内容过长，上限%(needed)s个字符。",
        "The text is longer than %(needed)s {needed:character|characters}.",
    ),
    _refused(
        "FILE.ID.NUMERIC",
        "编号被表格存为数字：%(found)s，第15位以后的数字已丢失。需要文本。",
        "The code was stored as a number: %(found)s. Digits after the 15th are lost; text is needed.",
        _AS_TEXT,
    ),
    _warned(
        "FILE.ID.NUMBER_CELL",
        "编号存为数字，按%(found)s读取；如有前导零则已丢失。",
        "The code is stored as a number and was read as %(found)s; leading zeros, if any, are lost.",
        _AS_TEXT,
    ),
    _refused(
        "FILE.ID.PERSONAL",
        "此处是公民身份号码（%(found)s）。企业代码列不接受个人证件号，不会登记。",
        "This is a personal ID number (%(found)s). The column of firm codes takes none; it is not registered.",
        Text(
            "请填写企业或个体工商户的统一社会信用代码。", "Give the firm's or sole trader's unified social credit code."
        ),
    ),
    _refused(
        "FILE.ID.CHECK",
        "统一社会信用代码%(found)s的校验位不符，末位应为%(needed)s。",
        "Unified social credit code %(found)s fails its check; its last character should be %(needed)s.",
        Text("请对照营业执照改正。", "Correct it from the business licence."),
    ),
    _refused(
        "FILE.ID.FORM",
        "%(found)s不是统一社会信用代码：%(needed)s。",
        "%(found)s is no unified social credit code: %(needed)s.",
        Text("请对照营业执照改正。", "Correct it from the business licence."),
    ),
    _refused(
        "FILE.ID.UNREADABLE",
        "“%(found)s”不是统一社会信用代码（18位）、注册号（15位）或组织机构代码（9位）。",
        "“%(found)s” is no unified social credit code (18), registration number (15) or organisation code (9).",
        Text("请对照营业执照填写18位代码。", "Give the 18 characters of the business licence."),
    ),
    _warned(
        "FILE.ID.OLD_CODE",
        "“%(found)s”是旧注册号或组织机构代码，将按登记沿革对应到企业。",
        "“%(found)s” is an old registration number or organisation code; it is resolved through the register.",
        Text("有条件时请改填统一社会信用代码。", "Give the unified social credit code where you can."),
    ),
    _warned(
        "FILE.ID.INNER_CHECK",
        "代码%(found)s校验位正确，组织机构码内层校验不符。按规则只提醒。",
        "Code %(found)s passes its check; the inner organisation code does not. By rule this only warns.",
        Text("核对营业执照；无误则无须操作。", "Compare the business licence; if it is right there is nothing to do."),
    ),
    _refused("FILE.AMOUNT.UNREADABLE", "“%(found)s”不是金额。", "“%(found)s” is not an amount.", _AMOUNT),
    _refused(
        "FILE.AMOUNT.NOT_POSITIVE",
        "金额为%(found)s，须大于0。",
        "The amount is %(found)s; it must be above 0.",
        _AMOUNT,
    ),
    _refused(
        "FILE.AMOUNT.NEGATIVE",
        "金额为%(found)s，不能为负。",
        "The amount is %(found)s; it cannot be negative.",
        _AMOUNT,
    ),
    _refused(
        "FILE.AMOUNT.FRACTION",
        "金额%(found)s不足一分的部分无法记账。",
        "Amount %(found)s has a part below 0.01.",
        _AMOUNT,
    ),
    _refused(
        "FILE.AMOUNT.OUT_OF_RANGE",
        "金额%(found)s超出可记账范围。",
        "Amount %(found)s is beyond what can be booked.",
        _AMOUNT,
    ),
    _warned(
        "FILE.UNIT.GUESSED",
        "金额写作“%(found)s”，列单位为%(needed)s；已按写明的单位读取。",
        "The amount is written “%(found)s” in a column of another unit; it was read by the unit written.",
        Text("核对金额；无误则无须操作。", "Check the amount; if it is right there is nothing to do."),
    ),
    _warned(
        "FILE.AMOUNT.SMALL",
        "金额仅%(found)s元，单位可能是万元。",
        "The amount is only %(found)s yuan; the unit may be 10,000 yuan.",
        Text("核对列的单位；无误则无须操作。", "Check the column's unit; if it is right there is nothing to do."),
    ),
    _refused(
        "FILE.DATE.UNREADABLE", "“%(found)s”不是可识别的日期。", "“%(found)s” is not a date that can be read.", _DATE
    ),
    _refused("FILE.DATE.IMPOSSIBLE", "日历上没有%(found)s这一天。", "There is no such day as %(found)s.", _DATE),
    _refused(
        "FILE.DATE.OUT_OF_RANGE",
        "日期读作%(found)s，不在1980年至2099年之间；多为表格把数字当作日期。",
        "The date reads %(found)s, outside 1980–2099; usually a number shown as a date.",
        _DATE,
    ),
    _warned(
        "FILE.DATE.SERIAL",
        "日期存为天数，读作%(found)s。",
        "The date is stored as a day number and was read as %(found)s.",
    ),
    _refused(
        "FILE.DATE.ORDER",
        "到期日%(found)s不晚于发放日%(needed)s。",
        "Due date %(found)s is not after the day of disbursement, %(needed)s.",
        Text("请核对两个日期。", "Check both dates."),
    ),
    _refused(
        "FILE.RATE.UNREADABLE",
        "“%(found)s”不是利率。",
        "“%(found)s” is not a rate.",
        Text("如4.35。", "Write for example 4.35."),
    ),
    _refused(
        "FILE.RATE.OUT_OF_RANGE",
        "年利率读作%(found)s，不在0%%至36%%之间。",
        "The yearly rate reads %(found)s, outside 0 %% to 36 %%.",
        Text("请核对单位，如4.35表示4.35%%。", "Check the unit: 4.35 means 4.35 %%."),
    ),
    _warned(
        "FILE.RATE.FRACTION",
        "利率写作%(found)s，已按%(needed)s读取。",
        "The rate is written %(found)s and was read as %(needed)s.",
        Text("核对利率；无误则无须操作。", "Check the rate; if it is right there is nothing to do."),
    ),
    _warned(
        "FILE.CHOICE.OTHER",
        "“%(found)s”不在“%(needed)s”的常用说法中，按“其他”读取。",
        "“%(found)s” is not among the known values of this column; it was read as “other”.",
        Text("核对；如常用，请告知管理方补充说法。", "Check it; if it is common, ask the manager to add the word."),
    ),
    _warned(
        "FILE.CHOICE.UNKNOWN",
        "“%(found)s”无法识别，此项按未知处理。",
        "“%(found)s” is not understood; the fact stays unknown.",
    ),
    _refused("FILE.CHOICE.REFUSED", "“%(found)s”不是此列的取值。", "“%(found)s” is none of this column's values."),
    _warned(
        "FILE.NUMBER.UNREADABLE",
        "“%(found)s”不是数字，此项按未知处理。",
        "“%(found)s” is not a number; the fact stays unknown.",
    ),
)

_FLAWS = {
    "wrong_letter": WRONG_LETTER,
    "wrong_division": WRONG_DIVISION,
    "wrong_department": WRONG_DEPARTMENT,
}
WORDS: dict[str, Text] = {
    **{field.name: field.label for fields in (LOAN_FIELDS, RETURN_FIELDS) for field in fields.values()},
    **{unit.value: text for unit, text in UNIT_TEXTS.items()},
    **_FLAWS,
}
"""Names that stand as `found` or `needed` in a finding, as a person reads them."""

REASONS: dict[str, Reason] = {reason.code: reason for reason in _TABLE}
