"""Each role's home: one queue, sorted by deadline, and one next action, which is the queue's first row.

What an area does not do yet is not offered: a role without work here sees its notices, its loans and the public pages.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.selectors import seal_state
from yulin.pool.selectors import home as pool
from yulin.pool.selectors.claims import claims_waiting_for
from yulin.pool.selectors.enrolments import drafts_of, review_queue
from yulin.pool.selectors.moves import proposed_moves
from yulin.rules.selectors import waiting_drafts
from yulin.web.addresses import address
from yulin.web.amounts import Sums
from yulin.web.home import claims
from yulin.web.home import rows as make
from yulin.web.home.applications import application_rows
from yulin.web.home.firms import firm_rows
from yulin.web.home.parts import Home, Next, Panel
from yulin.web.home.policies import award_rows, guide_rows

ROWS_SHOWN = 30


def home_of(actor: Actor, *, today: date) -> Home:
    """Return the home of an actor's role."""
    makers: dict[OrganisationKind, Callable[[Actor, date], Home]] = {
        OrganisationKind.BANK: _bank,
        OrganisationKind.MANAGER: _manager,
        OrganisationKind.AUTHORITY: _authority,
        OrganisationKind.DISTRICT: _district,
        OrganisationKind.GUARANTOR: _guarantor,
        OrganisationKind.INSURER: _insurer,
        OrganisationKind.FIRM: _firm,
        OrganisationKind.SERVICE_BODY: _adviser,
        OrganisationKind.AUDITOR: _auditor,
        OrganisationKind.OPERATOR: _operator,
    }
    return makers.get(actor.kind, _other)(actor, today)


def _bank(actor: Actor, today: date) -> Home:
    drafts, drafts_count = make.first_and_count(drafts_of(actor), ROWS_SHOWN)
    conditional, conditional_count = make.first_and_count(pool.conditional_filings(actor), ROWS_SHOWN)
    waiting = review_queue(actor)
    rows = [*make.upload_rows(actor), *make.return_rows(actor, today), *make.package_rows(actor, today)]
    count = len(rows) + drafts_count + conditional_count
    rows += [make.draft_row(each) for each in drafts]
    rows += [make.conditional_row(each, today) for each in conditional]
    rows += (proofs := claims.certificate_rows(actor, today))
    count += len(proofs)
    claimable = claims.claimable_rows(actor, today)
    count += claims_waiting_for(actor).count() + len(claimable)
    count += len(about_firms := firm_rows(actor, today))
    rows = make.by_deadline([*rows, *claims.claim_rows(actor, today), *claimable[:ROWS_SHOWN], *about_firms])
    sums, waiting_count = pool.book_sums(actor), waiting.count()
    upload = (Text("上传借据文件", "Upload a loan file"), address("pool:uploads"))
    return Home(
        facts=make.facts(rows, Text("待我处理%(n)s项", "%(n)s to do").with_values(n=count)),
        next=make.first(rows)
        or Next(
            Text("上传本月借据文件", "Upload this month's loans"),
            Text(
                "没有待补、待报的事项。上传借据文件，核验通过的行当场取得确认编号。",
                "Nothing waits. Upload the month's loans; rows that pass get their confirmation numbers at once.",
            ),
            upload[1],
            upload[0],
        ),
        queue_name=Text("待我处理", "To do"),
        rows=rows,
        count=count,
        empty=(
            Text("没有待办", "Nothing to do"),
            Text(
                "待补的备案、将到期的条件、未报的月报、待补正的补偿申请会列在这里。",
                "Filings and claims to complete, conditions and returns due appear here.",
            ),
        ),
        panels=[
            Panel(
                Text("本行在册", "Our loans"),
                [
                    (Text("已入库", "Enrolled"), make.loans(sums.loans)),
                    (Text("累计放款", "Lent"), Sums(sums.lent)),
                    (Text("贷款余额", "Outstanding"), Sums(sums.outstanding)),
                    (Text("逾期", "Overdue"), make.loans(sums.overdue_loans)),
                    (Text("待受托机构审核", "With the manager"), make.loans(waiting_count)),
                ],
                address("pool:enrolments"),
                Text("全部备案", "All enrolments"),
            ),
            make.limit_panel(actor, today),
            make.notice_panel(actor),
        ],
        acts=[(Text("贷前测算", "Pre-loan answer"), address("pool:answer")), upload],
    )


def _manager(actor: Actor, today: date) -> Home:
    waiting = review_queue(actor)
    count = waiting.count()
    money = [
        *claims.claim_rows(actor, today), *claims.payout_rows(actor), *make.package_rows(actor, today),
        *claims.certificate_rows(actor, today), *firm_rows(actor, today),
    ]  # fmt: skip
    rows = [*make.by_deadline(money), *(make.review_row(each, today) for each in waiting[:ROWS_SHOWN])]
    missing = make.missing_returns(today)
    review = address("pool:review")
    sums = pool.book_sums(actor)
    return Home(
        facts=make.facts(
            rows,
            Text(
                "补偿、拨付、转让与企业数据%(c)s项，待审备案%(n)s笔，%(m)s家银行未报月报",
                "%(c)s {c:matter|matters} of claims, payouts, assignments and firms' facts, "
                "%(n)s {n:filing|filings} to review, the {m:return|returns} of %(m)s {m:bank|banks} missing",
            ).with_values(c=len(money), n=count, m=len(missing)),
        ),
        next=make.first(make.by_deadline(money)) or _manager_next(count, len(missing)),
        queue_name=Text("待我处理", "To do"),
        rows=rows,
        count=count + len(money),
        empty=(
            Text("没有待办", "Nothing to do"),
            Text(
                "待审核的补偿申请、待放款的批次和规则不能判定的备案会排在这里。",
                "Claims to review, batches to release and filings that the rules cannot decide queue here.",
            ),
        ),
        panels=[
            Panel(
                Text("未报月报的银行", "Returns missing"),
                missing[:8],
                address("pool:returns"),
                Text("还款月报", "Monthly returns"),
                None if missing else Text("上月月报已收齐。", "All of last month's returns have come."),
            ),
            make.sums_panel(sums),
            make.notice_panel(actor),
        ],
        more=(Text("进入审核队列", "Open the queue"), review) if count > ROWS_SHOWN else None,
    )


def _manager_next(waiting: int, missing: int) -> Next:
    """Return what the manager does next: review, else chase returns, else look at the book."""
    if waiting:
        return Next(
            Text("审核%(n)s笔备案", "Review %(n)s {n:filing|filings}").with_values(n=waiting),
            Text(
                "规则不能判定的备案在这里等人定，最早一笔在最前。",
                "Filings that the rules could not decide wait for a person, the oldest first.",
            ),
            address("pool:review"),
            Text("开始审核", "Start reviewing"),
        )
    if missing:
        return Next(
            Text("催收%(n)s家银行的上月月报", "Chase last month's return of %(n)s {n:bank|banks}").with_values(
                n=missing
            ),
            Text(
                "没有待审的备案。各行应报、已收与缺报的笔数在月报页。",
                "No filing waits. The page of the month says what each bank owes and what came.",
            ),
            address("pool:returns"),
            Text("查看缺报的月报", "See what is missing"),
        )
    return Next(
        Text("查看在册备案", "Look at the book"),
        Text(
            "没有待审的备案，上月月报已收齐。在册备案可筛选、排序、导出。",
            "No filing waits and last month's returns have come. The book can be filtered, sorted and exported.",
        ),
        address("pool:enrolments"),
        Text("打开备案清单", "Open the enrolments"),
    )


def _authority(actor: Actor, today: date) -> Home:
    dated = [*claims.claim_rows(actor, today), *make.package_rows(actor, today), *firm_rows(actor, today)]
    dated += [*award_rows(actor, today), *guide_rows(actor, today)]
    rows = [*make.by_deadline(dated), *application_rows(actor, today)]
    rows += [make.pack_row(pack, actor) for pack in waiting_drafts()]
    rows += [make.move_row(move, actor) for move in proposed_moves()]
    return Home(
        facts=make.facts(rows, Text("待办%(n)s项", "%(n)s to do").with_values(n=len(rows)))
        if rows
        else Text("方案、在册贷款与公布的数字", "Schemes, enrolled loans and published figures"),
        next=make.first(rows)
        or Next(
            Text("查看数据公告", "See the headline board"),
            Text(
                "没有待审定的补偿、方案草案与提议。每个数字都可打开定义与名单核对。",
                "No claim, draft or proposal waits. Each figure opens its definition and list.",
            ),
            address("web:board"),
            Text("打开数据公告", "Open the board"),
        ),
        queue_name=Text(
            "待审定的补偿、申报、方案草案、债权转让与企业数据",
            "Claims, applications, draft schemes, assignments, firms' facts",
        ),
        rows=rows,
        count=len(rows),
        empty=(
            Text("没有待办", "Nothing to do"),
            Text(
                "复核后的补偿申请和由另一人发布的方案草案会列在这里。",
                "Checked claims, and drafts that another person publishes, appear here.",
            ),
        ),
        panels=[make.sums_panel(pool.book_sums(actor)), make.entitled_panel(actor), make.notice_panel(actor)],
        acts=[(Text("方案", "Schemes"), address("pool:schemes"))],
    )


def _district(actor: Actor, _: date) -> Home:
    late, count = make.first_and_count(pool.overdue_loans(actor), ROWS_SHOWN)
    rows = [make.overdue_row(each) for each in late]
    return Home(
        facts=Text("本区在册贷款与叠加层", "Loans and the top-up layer of this district"),
        next=Next(
            Text("查看本区备案", "See the district's enrolments"),
            Text(
                "按备案日企业注册地归入本区；可筛选、导出。",
                "By the firm's district on the filing day; filter and export.",
            ),
            address("pool:enrolments"),
            Text("打开本区备案", "Open the enrolments"),
        ),
        queue_name=Text("逾期贷款", "Overdue loans"),
        rows=rows,
        count=count,
        empty=(
            Text("本区没有逾期贷款", "No overdue loan in this district"),
            Text("银行月报显示逾期的贷款会列在这里。", "Loans that the banks report overdue appear here."),
        ),
        panels=[make.sums_panel(pool.book_sums(actor)), make.entitled_panel(actor), make.notice_panel(actor)],
    )


def _guarantor(actor: Actor, today: date) -> Home:
    claimable = claims.claimable_rows(actor, today)
    proofs = claims.certificate_rows(actor, today)
    rows = make.by_deadline([*claims.claim_rows(actor, today), *claimable[:ROWS_SHOWN], *proofs])
    count = claims_waiting_for(actor).count() + len(claimable) + len(proofs)
    return Home(
        facts=make.facts(rows, Text("待我处理%(n)s项", "%(n)s to do").with_values(n=count)),
        next=make.first(rows)
        or Next(
            Text("查看本机构担保的贷款", "See the loans that we guarantee"),
            Text(
                "代偿后凭代偿证明申请补偿；没有待补正或可申请的。",
                "After paying out, claim with the certificate; nothing waits and nothing can be claimed.",
            ),
            address("pool:enrolments"),
            Text("打开备案", "Open the enrolments"),
        ),
        queue_name=Text("待我处理", "To do"),
        rows=rows,
        count=count,
        empty=(
            Text("没有待办", "Nothing to do"),
            Text(
                "月报显示违约的担保贷款、退回补正的申请会列在这里。",
                "Guaranteed loans that the returns show in default, and claims to mend, appear here.",
            ),
        ),
        panels=[make.sums_panel(pool.book_sums(actor)), make.notice_panel(actor)],
        acts=[(Text("预警线", "Breakers"), address("pool:breakers"))],
    )


def _insurer(actor: Actor, _: date) -> Home:
    late, count = make.first_and_count(pool.overdue_loans(actor), ROWS_SHOWN)
    rows = [make.overdue_row(each) for each in late]
    return Home(
        facts=Text("本机构承保的贷款与结算单", "The loans that we insure, and their settlement sheets"),
        next=Next(
            Text("查看补偿申请与结算单", "See claims and settlement sheets"),
            Text(
                "每件一张结算单，各方所见相同：谁承担多少、依据哪条。",
                "One sheet a claim, the same for all parties: who bears what, under which article.",
            ),
            address("pool:claims"),
            Text("打开补偿申请", "Open the claims"),
        ),
        queue_name=Text("逾期的承保贷款", "Insured loans that are overdue"),
        rows=rows,
        count=count,
        empty=(
            Text("没有逾期的承保贷款", "No insured loan is overdue"),
            Text("银行月报显示逾期的贷款会列在这里。", "Loans that the banks report overdue appear here."),
        ),
        panels=[make.sums_panel(pool.book_sums(actor)), make.notice_panel(actor)],
    )


def _firm(actor: Actor, today: date) -> Home:
    loans = pool.loans_of_firm(actor)
    with scope(EVERYTHING):  # rows of its banks, about the firm's own loans
        own = [make.own_loan_row(each) for each in loans.order_by("-disbursed_on")[:ROWS_SHOWN]]
    drafts = make.by_deadline([*award_rows(actor, today), *application_rows(actor, today)])
    rows = [*drafts, *own]
    return Home(
        facts=Text("本企业在资金池的贷款%(n)s笔", "%(n)s {n:loan|loans} of this firm in the pool").with_values(
            n=len(own)
        ),
        next=make.first(drafts)
        or Next(
            Text("比较合作银行的产品", "Compare the banks' products"),
            Text(
                "额度、期限、利率与审批时限在一页；选定后直接向银行申请。",
                "Amounts, terms, rates and times on one page; then apply to the bank.",
            ),
            address("pool:banks"),
            Text("查看贷款产品", "See the products"),
        ),
        queue_name=Text("待领补贴、申报与本企业贷款", "Benefits, applications and loans of this firm"),
        rows=rows,
        count=len(rows),
        empty=(
            Text("还没有入库的贷款", "No loan enrolled yet"),
            Text(
                "合作银行放款并备案后，这里可见确认编号与状态。",
                "Once a partner bank enrols a loan, its number and state appear here.",
            ),
        ),
        panels=[make.radar_panel(actor, today), make.check_up_panel(actor, today), make.notice_panel(actor)],
        acts=[(Text("提出异议", "Object"), address("pool:objection"))],
    )


def _auditor(actor: Actor, _: date) -> Home:
    return Home(
        facts=Text("全部备案、月报、数字与留痕", "Every enrolment, return, figure and trace"),
        next=Next(
            Text("从一笔贷款或一个数字开始", "Start from a loan or a figure"),
            Text(
                "输入确认编号、借据号或企业代码可到一笔贷款；每个公布数字可到其名单。",
                "A confirmation, loan or firm code leads to a loan; each published figure leads to its list.",
            ),
            address("pool:enrolments"),
            Text("查找备案", "Find an enrolment"),
        ),
        queue_name=Text("逾期贷款", "Overdue loans"),
        rows=[make.overdue_row(each) for each in pool.overdue_loans(actor)[:ROWS_SHOWN]],
        count=pool.overdue_loans(actor).count(),
        empty=(
            Text("没有逾期贷款", "No overdue loan"),
            Text("银行月报显示逾期的贷款会列在这里。", "Loans that the banks report overdue appear here."),
        ),
        panels=[make.sums_panel(pool.book_sums(actor)), make.notice_panel(actor)],
        acts=[
            (Text("审计留痕", "Audit trail"), address("people:audit")),
            (Text("数据公告", "Headline board"), address("web:board")),
        ],
    )


def _operator(actor: Actor, _: date) -> Home:
    state = seal_state()
    return Home(
        facts=Text("人员、留痕与运行", "People, traces, running"),
        next=Next(
            Text("管理人员与身份", "Manage people and roles"),
            Text(
                "为机构开立账号、授予或结束身份；每次变更留痕。",
                "Open accounts, grant or end roles; every change leaves a trace.",
            ),
            address("people:users"),
            Text("打开人员", "Open people"),
        ),
        queue_name=Text("待办", "To do"),
        rows=[],
        count=0,
        empty=(
            Text("没有需要处理的运行事项", "Nothing to operate on"),
            Text(
                "服务状态、磁盘、时钟与队列用 yulin doctor 查看。",
                "See services, disk, clock and queue by yulin doctor.",
            ),
        ),
        panels=[
            Panel(
                Text("留痕封存", "Sealing of traces"),
                [
                    (Text("最近封号", "Last seal"), Text(f"{state.last_number:,}", f"{state.last_number:,}")),
                    (
                        Text("未封条数", "Not sealed yet"),
                        Text(f"{state.unsealed_count:,}", f"{state.unsealed_count:,}"),
                    ),
                ],
                address("people:audit"),
                Text("审计留痕", "Audit trail"),
            ),
            make.notice_panel(actor),
        ],
    )


def _adviser(actor: Actor, today: date) -> Home:
    rows = application_rows(actor, today)
    urgent = [one for one in rows if one.due_on is not None]
    return Home(
        facts=Text("协助%(n)s件申报", "Helping with %(n)s {n:application|applications}").with_values(n=len(rows)),
        next=make.first(urgent)
        or Next(
            Text("查看申报通知", "See the calls"),
            Text(
                "企业在申报页邀请本机构后，申报列在这里：为谁、可做什么、到哪天。",
                "Once a firm invites you on its application, it stands here: for whom, what you may do, until when.",
            ),
            address("brain:calls"),
            Text("打开申报通知", "Open the calls"),
        ),
        queue_name=Text("本机构协助的申报", "Applications that you help with"),
        rows=rows,
        count=len(rows),
        empty=(
            Text("还没有企业邀请", "No firm has invited you yet"),
            Text(
                "企业可随时给予和收回填写、上传的权限。",
                "A firm gives and takes back the right to write and to attach at any time.",
            ),
        ),
        panels=[make.notice_panel(actor)],
        acts=[(Text("政策库", "Policies"), address("brain:policies"))],
    )


def _other(actor: Actor, today: date) -> Home:
    rows = application_rows(actor, today)
    asks = actor.may(Action.ASK_PRE_LOAN_ANSWER)
    ask = Next(
        Text("贷前测算", "Pre-loan answer"),
        Text(
            "输入企业、金额与担保方式，看财政、第三方与银行各分担多少。",
            "Enter firm, amount and security; see what public layers, third parties and the bank carry.",
        ),
        address("pool:answer"),
        Text("开始测算", "Ask"),
    )
    look = Next(
        Text("查看合作银行与产品", "See banks and products"),
        Text("合作银行、额度、利率与审批时限在一页。", "Partner banks, amounts, rates and times on one page."),
        address("pool:banks"),
        Text("查看贷款产品", "See the products"),
    )
    return Home(
        facts=Text("通知、名单与公开数字", "Notices, lists and public figures"),
        next=make.first(rows) or (ask if asks else look),
        queue_name=Text("待办", "To do"),
        rows=rows,
        count=len(rows),
        empty=(
            Text("没有待办", "Nothing to do"),
            Text(
                "需要本机构处理的事项会先以通知到达，再列在这里。",
                "What your organisation has to do arrives as a notice and then stands here.",
            ),
        ),
        panels=[make.notice_panel(actor)],
        acts=[(Text("数据公告", "Headline board"), address("web:board"))],
    )
