"""For what the book itself refuses or remarks on a row: duplicates, limits that are used up, a row filed before.

Screening judges a row by the law and the file alone; these findings need the book under its locks.
"""

from __future__ import annotations

from yulin.base.text import Text
from yulin.exchange.core.verdicts import Reason
from yulin.exchange.enums import Severity

_SMALLER = Text(
    "把本笔降到余量以内，或改在下一年度报送；其余行不受影响。",
    "Bring the loan down to the room that is left, or file it next year; other rows are not affected.",
)
_REPAY_FIRST = Text(
    "把本笔降到余量以内；或待该户结清、还款（月报余额下降后即腾出额度）再报送，其余行不受影响。",
    "Bring the loan down to the room that is left, or file it once the firm has repaid: a lower balance in the monthly "
    "return makes room at once. Other rows are not affected.",
)
_OTHER_BANK = Text(
    "核对借据与合同；若为他行误报，请受托管理机构处理。",
    "Check loan and contract; if the other bank filed it by mistake, ask the manager.",
)

_TABLE = (
    Reason(
        "POOL.LOAN.ENROLLED",
        Severity.WARNED,
        Text(
            "借据%(found)s已备案（%(needed)s），内容未变。",
            "Loan %(found)s is enrolled already (%(needed)s), unchanged.",
        ),
        Text("无须操作；没有重复登记。", "There is nothing to do; it was not enrolled twice."),
    ),
    Reason(
        "POOL.LOAN.CHANGED",
        Severity.REFUSED,
        Text(
            "借据%(found)s已备案，原放款金额%(needed)s元，与本行不同。",
            "Loan %(found)s is enrolled with another amount (CNY %(needed)s).",
        ),
        Text(
            "备案内容不能由文件改写；如有误，申请撤销后重报。",
            "A file cannot change an enrolment; have it revoked, then file again.",
        ),
    ),
    Reason(
        "POOL.DUPLICATE.LOAN",
        Severity.REFUSED,
        Text(
            "同一企业的借据%(found)s已由另一家银行备案。",
            "Loan %(found)s of the same firm is enrolled by another bank.",
        ),
        _OTHER_BANK,
    ),
    Reason(
        "POOL.DUPLICATE.CONTRACT",
        Severity.REFUSED,
        Text(
            "同一企业的合同%(found)s已由另一家银行备案。",
            "Contract %(found)s of the same firm is enrolled by another bank.",
        ),
        _OTHER_BANK,
    ),
    Reason(
        "POOL.LIMIT.FIRM",
        Severity.REFUSED,
        Text(
            "该户在本方案的贷款余额（各银行合计）将达%(found)s元，单户上限%(needed)s元。",
            "What the firm owes under the scheme, over all banks, would be CNY %(found)s; the ceiling of one firm is "
            "CNY %(needed)s.",
        ),
        _REPAY_FIRST,
    ),
    Reason(
        "POOL.LIMIT.FIRM_YEAR",
        Severity.REFUSED,
        Text(
            "单户年度合计%(found)s元，上限%(needed)s元。",
            "The firm's total of the year would be CNY %(found)s; the limit is CNY %(needed)s.",
        ),
        _SMALLER,
    ),
    Reason(
        "POOL.LIMIT.BANK",
        Severity.REFUSED,
        Text(
            "本行年度合计%(found)s元，上限%(needed)s元。",
            "The bank's total would be CNY %(found)s; the limit is CNY %(needed)s.",
        ),
        _SMALLER,
    ),
    Reason(
        "POOL.LIMIT.SCHEME",
        Severity.REFUSED,
        Text(
            "方案年度合计%(found)s元，上限%(needed)s元。",
            "The scheme's total of the year would be CNY %(found)s; the limit is CNY %(needed)s.",
        ),
        _SMALLER,
    ),
    Reason(
        "POOL.LIMIT.CAPACITY",
        Severity.REFUSED,
        Text(
            "本笔需分险层承担%(found)s元，该层备案额度剩余%(needed)s元。",
            "A layer's share of this loan is %(found)s; what is left of its capacity is CNY %(needed)s.",
        ),
        Text(
            "联系受托管理机构：该层增加额度后再报送本笔。",
            "Ask the manager: file this loan again once the layer has more capacity.",
        ),
    ),
    Reason(
        "POOL.SCHEME.NOT_IN_FORCE",
        Severity.REFUSED,
        Text("放款日%(found)s没有生效的方案版本。", "No version of the scheme is in force on %(found)s."),
        Text("核对放款日，或选择当日生效的方案。", "Check the day, or choose the scheme in force then."),
    ),
    Reason(
        "POOL.BANK.NOT_PARTNER",
        Severity.REFUSED,
        Text("放款日%(found)s本行不是该方案的合作银行。", "On %(found)s the bank was no partner of the scheme."),
        Text("由受托管理机构登记合作期后再报送。", "Let the manager record the partnership first."),
    ),
    Reason(
        "POOL.ELIGIBILITY.NOT_MET",
        Severity.REFUSED,
        Text("不符合备案条件：%(found)s。", "The conditions are not met: %(found)s."),
        Text("核对企业事实；有误则更正后重报。", "Check the firm's facts; correct them and file again."),
    ),
    Reason(
        "POOL.ELIGIBILITY.UNKNOWN",
        Severity.WARNED,
        Text("缺少事实，暂不能认定：%(found)s。", "Facts are missing: %(found)s."),
        Text(
            "已转受托管理机构审核；补齐事实可自动确认。",
            "The manager will review it; complete facts confirm it at once.",
        ),
    ),
    Reason(
        "POOL.RATIO.OPEN",
        Severity.WARNED,
        Text("分担比例的条文未查证，不作承诺。", "The clause of the ratio is not verified, so nothing is promised."),
        Text("已转受托管理机构审核。", "The manager will review it."),
    ),
    Reason(
        "POOL.PARTY.UNKNOWN",
        Severity.REFUSED,
        Text(
            "平台没有“%(found)s”这家机构，不能按政担或5+X模式备案。",
            "The platform knows no organisation “%(found)s”; the loan cannot be enrolled in a shared mode with it.",
        ),
        Text(
            "填写机构代码或登记名称；新机构先由主管部门登记。",
            "Give its code or registered name; a new one is registered by the authority first.",
        ),
    ),
    Reason(
        "POOL.PARTY.NOT_KNOWN_HERE",
        Severity.WARNED,
        Text(
            "平台没有“%(found)s”这家机构，备案不记它。",
            "The platform knows no organisation “%(found)s”; the enrolment does not name it.",
        ),
        Text("本模式不需要它；无误则无须操作。", "This mode does not need it; if it is right there is nothing to do."),
    ),
    Reason(
        "POOL.INSURER.STOPPED",
        Severity.REFUSED,
        Text(
            "保险机构“%(found)s”本年赔付率或逾期率已到停办线，停办新业务。",
            "The loss ratio or the overdue rate of the insurer “%(found)s” has reached its level this year: no new "
            "business with it.",
        ),
        Text("改由其他机构承保，或待下一年度。", "Insure the loan with another insurer, or wait for the next year."),
    ),
    Reason(
        "POOL.PARTY.NO_GUARANTOR",
        Severity.WARNED,
        Text(
            "借据%(found)s为政担模式，没有写明担保机构；担保机构写明前不能申请补偿。",
            "Loan %(found)s is in guarantee mode and names no guarantor; until it does, nobody can claim on it.",
        ),
        Text(
            "补报担保机构与担保金额，或请受托管理机构在备案页补充。",
            "Name guarantor and guaranteed amount, or let the manager add them on the enrolment's page.",
        ),
    ),
    Reason(
        "POOL.MODE.NOT_OFFERED",
        Severity.REFUSED,
        Text("方案没有“%(found)s”模式。", "The scheme has no mode “%(found)s”."),
        Text("核对业务模式。", "Check the mode."),
    ),
)

BOOK_REASONS: dict[str, Reason] = {reason.code: reason for reason in _TABLE}
