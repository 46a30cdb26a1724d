"""How each thing that waits reads in a queue, and the panels that several roles share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from yulin.base.errors import YulinError
from yulin.base.text import OWN_CURRENCY, Text
from yulin.brain.core.radar import VERDICTS
from yulin.brain.selectors.check_up import WhatIf, check_up_of, own_firm, shown_of
from yulin.brain.selectors.radar import latest_radar, radar_area, radar_of
from yulin.exchange.enums import STATE_TEXTS, UploadState
from yulin.exchange.selectors import waiting_uploads
from yulin.people.adapters.calendar import recent_work_calendar
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.selectors import notices_for, organisation_names
from yulin.pool.core.assignment.package import PACKAGE_NAMES, PACKAGE_VERDICTS
from yulin.pool.core.names import state_name
from yulin.pool.core.public import next_month
from yulin.pool.enums import PackageState, TransferAct
from yulin.pool.selectors import home as pool
from yulin.pool.selectors.assignments import draft_packages, packages_to_decide
from yulin.pool.selectors.currencies import currency_under
from yulin.pool.selectors.partners import scheme_currencies, scheme_titles
from yulin.rules.core.names import DRAFT_NAMES
from yulin.rules.enums import DraftState
from yulin.web.addresses import address
from yulin.web.amounts import Sums
from yulin.web.facts import fact_names
from yulin.web.home.parts import Bar, Next, Panel, Row

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from yulin.exchange.models import Upload
    from yulin.pool.models import DebtPackage, Enrolment, SchemeMove
    from yulin.rules.models import PackDraft

M = TypeVar("M", bound="Model")
STATE_VERDICTS = {
    "draft": "warn",
    "submitted": "idle",
    "reviewed": "idle",
    "confirmed": "ok",
    "conditional": "unk",
    "active": "ok",
    "closed": "idle",
    "revoked": "bad",
}


def by_deadline(rows: Iterable[Row]) -> list[Row]:
    """Return rows with the nearest deadline first; those without one come last."""
    return sorted(rows, key=lambda row: (row.due_on is None, row.due_on or date.max))


def first_and_count(found: QuerySet[M], most: int) -> tuple[list[M], int]:
    """Return the first of what waits, and how many wait: counted apart only where there are more than are shown."""
    shown = list(found[: most + 1])
    return shown[:most], len(shown) if len(shown) <= most else found.count()


def first(rows: list[Row]) -> Next | None:
    """Return the queue's first row as the next action."""
    row = next((each for each in rows if each.href), None)
    if row is None:
        return None
    return Next(
        Text("下一步：%(todo)s", "Next: %(todo)s").with_values(todo=row.todo),
        Text("%(title)s，%(below)s。", "%(title)s, %(below)s.").with_values(title=row.title, below=row.below),
        row.href,
        row.act or Text("打开处理", "Open it"),
    )


def facts(rows: list[Row], said: Text) -> Text:
    """Return the line below the heading: how many wait, how many are over, how many nearly."""
    over = sum(row.is_over for row in rows)
    soon = sum(row.workdays_left is not None and 0 <= row.workdays_left <= 3 for row in rows)
    parts = [said]
    if over:
        parts.append(Text(f"{over}项已逾期", f"{over} overdue"))
    if soon:
        parts.append(Text(f"{soon}项在3个工作日内到期", f"{soon} due within 3 working days"))
    return Text("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def loans(count: int) -> Text:
    """Return a number of loans."""
    return Text("%(n)s笔", "%(n)s {n:loan|loans}").with_values(n=f"{count:,}")


def _lent(loan: Enrolment) -> dict[str, int]:
    return {currency_under(loan.pack_id): loan.loan_amount_fen}


def firms(count: int) -> Text:
    """Return a number of firms."""
    return Text("%(n)s家", "%(n)s {n:firm|firms}").with_values(n=f"{count:,}")


def draft_row(filing: Enrolment) -> Row:
    """Return a filing that the bank has to complete."""
    return Row(
        title=_filing(filing),
        below=_plain(filing.firm_name),
        href=address("pool:enrolment", filing.pk),
        state=_state(filing),
        todo=Text("补齐后重新报送", "Complete and submit again"),
        amounts=_lent(filing),
        act=Text("补齐备案", "Complete the filing"),
    )


def conditional_row(filing: Enrolment, today: date) -> Row:
    """Return a filing that lapses unless its proof arrives."""
    return Row(
        title=_filing(filing),
        below=_plain(filing.firm_name),
        href=address("pool:enrolment", filing.pk),
        state=_state(filing),
        todo=Text("补录证明：%(condition)s", "Bring the proof: %(condition)s").with_values(condition=filing.condition)
        if filing.condition
        else Text("补录所附条件的证明", "Bring the proof that the condition asks for"),
        amounts=_lent(filing),
        due_on=filing.conditional_until,
        workdays_left=workdays_left(today, filing.conditional_until),
        act=Text("补录证明", "Bring the proof"),
    )


def review_row(filing: Enrolment, today: date) -> Row:
    """Return a filing that the manager decides."""
    lacks = fact_names(filing.missing)
    todo = Text(f"缺{lacks.zh}", f"lacks {lacks.en}") if filing.missing else Text("核对后定", "Check and decide")
    return Row(
        title=_filing(filing),
        below=Text(f"{filing.firm_name} · {filing.bank.name.zh}", f"{filing.firm_name} · {filing.bank.name.en}"),
        href=address("pool:enrolment", filing.pk),
        state=_state(filing),
        todo=todo,
        amounts=_lent(filing),
        waited=workdays_left(filing.submitted_on, today) if filing.submitted_on else None,
    )


def overdue_row(loan: Enrolment) -> Row:
    """Return an enrolled loan that is overdue."""
    return Row(
        title=_filing(loan),
        below=Text(f"{loan.firm_name} · {loan.bank.name.zh}", f"{loan.firm_name} · {loan.bank.name.en}"),
        href=address("pool:enrolment", loan.pk),
        state=(
            "bad" if loan.defaulted_on else "warn",
            Text("逾期%(n)s天", "%(n)s {n:day|days} overdue").with_values(n=loan.overdue_days),
        ),
        todo=Text("看还款月报", "See its returns"),
        amounts={currency_under(loan.pack_id): loan.outstanding_fen},
    )


def own_loan_row(loan: Enrolment) -> Row:
    """Return a loan as its borrower sees it; the letter can be verified by its code."""
    href = address("pool:verified", loan.verification_code) if loan.verification_code else ""
    return Row(
        title=_plain(loan.number or loan.loan_number),
        below=loan.bank.name,
        href=href,
        state=_state(loan),
        todo=Text("查验确认书", "See the confirmation")
        if href
        else Text("由银行与受托机构办理", "With the bank and the manager"),
        amounts=_lent(loan),
    )


def upload_rows(actor: Actor) -> list[Row]:
    """Return the files of a bank that wait for its decision."""
    return [_upload_row(upload) for upload in waiting_uploads(actor)]


def _upload_row(upload: Upload) -> Row:
    good = upload.accepted_count + upload.warned_count
    todo, act = {
        UploadState.MAPPING.value: (Text("核对列的对应", "Check the columns"), Text("核对列", "Check the columns")),
        UploadState.FAILED.value: (Text("看原因，换文件重传", "See why, upload another"), Text("看原因", "See why")),
    }.get(
        upload.state,
        (
            Text("确认%(n)s行入库，%(m)s行拒绝", "Enrol %(n)s {n:row|rows}, %(m)s refused").with_values(
                n=f"{good:,}", m=f"{upload.refused_count:,}"
            ),
            Text("确认%(n)s行", "Enrol %(n)s {n:row|rows}").with_values(n=f"{good:,}"),
        ),
    )
    return Row(
        title=Text(f"文件 {upload.file_name}", f"File {upload.file_name}"),
        below=Text("%(n)s行", "%(n)s {n:row|rows}").with_values(n=f"{upload.rows_total:,}"),
        href=address("pool:upload", upload.pk),
        state=("bad" if upload.state == UploadState.FAILED else "warn", STATE_TEXTS[UploadState(upload.state)]),
        todo=todo,
        act=act,
    )


def pack_row(draft: PackDraft, actor: Actor) -> Row:
    """Return a draft of the law: its maker writes it and then waits, another person with the right publishes."""
    is_own, waits = draft.made_by_id == actor.user_id, draft.state == DraftState.SUBMITTED.value
    may_publish = waits and not is_own and actor.may(Action.PUBLISH_PACK)
    todo = Text("等待另一人发布", "Another person publishes it") if waits else Text("起草中", "Being written")
    if may_publish:
        todo = Text("核对后发布", "Check and publish")
    elif is_own and not waits:
        todo = Text("写完后提交复核", "Finish and submit it")
    return Row(
        title=draft.title,
        below=Text(f"第{draft.pk}号草案 {draft.pack_id}", f"Draft no. {draft.pk} {draft.pack_id}"),
        href=address("rules:draft", draft.pk),
        state=("warn", DRAFT_NAMES[draft.state][1]),
        todo=todo,
        due_on=None,
        act=Text("核对草案", "Check the draft") if may_publish else Text("打开草案", "Open the draft"),
    )


def move_row(move: SchemeMove, actor: Actor) -> Row:
    """Return a proposal on the loans of a replaced scheme: another person with the right decides."""
    may_decide = actor.may(Action.MOVE_ENROLMENTS) and move.made_by_id != actor.user_id
    old, new = move.from_pack.title, move.to_pack.title
    return Row(
        title=Text("新旧方案衔接：%(old)s", "Loans under %(old)s").with_values(old=old),
        below=Text("→ %(new)s", "→ %(new)s").with_values(new=new),
        href=address("pool:move", move.pk),
        state=("warn", Text("待复核", "Waits")),
        todo=Text("核对前后对照，执行或退回", "Check before and after, then decide")
        if may_decide
        else Text("等待另一人复核", "Another person checks it"),
        act=Text("核对提议", "Check the proposal"),
    )


def package_rows(actor: Actor, today: date) -> list[Row]:
    """Return the packages of debts that wait for the actor: a bank's drafts, or what others ask to approve."""
    if actor.may(Action.REQUEST_ASSIGNMENTS):
        todo = Text("补齐条件与文件后提交", "Complete terms and papers, then submit")
        return [_package_row(each, each.settles_on, todo, today) for each in draft_packages(actor)]
    if not actor.may(Action.APPROVE_ASSIGNMENTS):
        return []
    words = {
        TransferAct.SALE.value: Text("审批债权转让", "Decide on the assignment"),
        TransferAct.BUY_BACK.value: Text("审批回购", "Decide on the buy-back"),
    }
    asks = packages_to_decide(actor)
    return [_package_row(ask.package, ask.settles_on, words[ask.act], today) for ask in asks]


def _package_row(package: DebtPackage, due_on: date | None, todo: Text, today: date) -> Row:
    state = PackageState(package.state)
    return Row(
        title=Text(f"转让包 {package.number}", f"Package {package.number}"),
        below=Text(f"{package.bank.name.zh}，{package.debt_count}笔", f"{package.bank.name.en}, {package.debt_count}"),
        href=address("pool:package", package.pk),
        state=(PACKAGE_VERDICTS[state], PACKAGE_NAMES[state]),
        todo=todo,
        amounts={package.currency: package.principal_fen},
        due_on=due_on,
        workdays_left=workdays_left(today, due_on),
        act=todo,
    )


def return_rows(actor: Actor, today: date) -> list[Row]:
    """Return the month's return of a bank while it has not come."""
    bank_id, month = actor.organisation_id, last_month(today)
    if bank_id is None or bank_id in pool.returns_received(month, bank_id=bank_id):
        return []
    count = pool.banks_with_open_loans(next_month(month), bank_id=bank_id).get(bank_id, 0)
    if not count:
        return []
    return [
        Row(
            title=Text(f"还款月报 {month:%Y-%m}", f"Monthly return {month:%Y-%m}"),
            below=Text("%(n)s笔在册借据", "%(n)s {n:loan|loans} to report on").with_values(n=f"{count:,}"),
            href=address("pool:returns"),
            state=("warn", Text("未报", "Missing")),
            todo=Text("上传还款月报", "Upload the return"),
            act=Text("上传月报", "Upload the return"),
        )
    ]


def missing_returns(today: date) -> list[tuple[Text, Text]]:
    """Return the banks whose return of last month has not come, the largest books first."""
    month = last_month(today)
    received = pool.returns_received(month)
    due = {bank: count for bank, count in pool.banks_with_open_loans(next_month(month)).items() if bank not in received}
    names = bank_names(due)
    return [(names[bank], loans(count)) for bank, count in sorted(due.items(), key=lambda each: (-each[1], each[0]))]


def limit_panel(actor: Actor, today: date) -> Panel | None:
    """Return how far the bank has used its year's limits; None where no scheme knows one."""
    if actor.organisation_id is None:
        return None
    uses = pool.bank_limits(actor.organisation_id, year=today.year)
    if not uses:
        return None
    titles, currencies = scheme_titles(), scheme_currencies()
    bars = [
        Bar(
            titles.get(use.scheme_id, _plain(use.scheme_id)), use.used_fen, use.limit_fen or 0,
            currencies.get(use.scheme_id, OWN_CURRENCY),
        )
        for use in uses
    ]  # fmt: skip
    return Panel(Text("本行剩余空间", "Room left for us"), bars=bars)


def sums_panel(sums: pool.BookSums) -> Panel:
    """Return what the actor's loans add up to."""
    return Panel(
        Text("在册贷款", "Enrolled loans"),
        [
            (Text("已入库", "Enrolled"), loans(sums.loans)),
            (Text("企业", "Firms"), Text(f"{sums.firms:,}家", f"{sums.firms:,}")),
            (Text("累计放款", "Lent"), Sums(sums.lent)),
            (Text("贷款余额", "Outstanding"), Sums(sums.outstanding)),
            (Text("逾期", "Overdue"), loans(sums.overdue_loans)),
            (Text("逾期余额", "Overdue amount"), Sums(sums.overdue)),
        ],
        address("pool:enrolments"),
        Text("打开备案", "Open the enrolments"),
    )


def notice_panel(actor: Actor) -> Panel:
    """Return the newest notices."""
    notices = list(islice(notices_for(actor), 5))
    return Panel(
        Text("通知", "Notices"),
        href=address("people:notices"),
        act=Text("全部通知", "All notices"),
        note=None if notices else Text("没有通知。", "No notices."),
        notices=notices,
    )


def workdays_left(today: date, due_on: date | None) -> int | None:
    """Return the working days up to a day; None where there is no day, or its year is not announced yet."""
    if due_on is None:
        return None
    try:
        return recent_work_calendar().workdays_left(today, due_on)
    except YulinError:
        return None


def last_month(today: date) -> date:
    """Return the first day of the month that ended last."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def bank_names(ids: Iterable[int]) -> dict[int, Text]:
    """Return the names of banks."""
    return {pk: bank.name for pk, bank in organisation_names(ids).items()}


def _filing(filing: Enrolment) -> Text:
    name = filing.number or filing.loan_number
    return Text(f"入库备案 {name}", f"Enrolment {name}")


def _state(filing: Enrolment) -> tuple[str, Text]:
    return STATE_VERDICTS.get(filing.state, "idle"), state_name(filing.state)


def _plain(text: str) -> Text:
    return Text(text, text)


def radar_panel(actor: Actor, today: date) -> Panel | None:
    """Return how many policies the actor's own firm can have, nearly has, and of how many that is not known."""
    firm = own_firm(actor)
    if firm is None:
        return None
    standing = Counter(str(one.standing) for one in radar_of(firm, on=today))
    lines = [(VERDICTS[each][1], standing[str(each)]) for each in VERDICTS]
    return Panel(
        Text("我能享受的政策", "What I can have"),
        lines if standing else (),
        address("brain:firm-radar", firm.pk),
        Text("逐项与依据", "Each with its reasons"),
        None if standing else Text("还没有条件已确认的政策。", "No policy has confirmed criteria yet."),
    )


def entitled_panel(actor: Actor) -> Panel | None:
    """Return the policies with most firms that are entitled and have not applied, in the actor's area; None: no run."""
    run = latest_radar()
    if run is None:
        return None
    lines = [
        (Text(one.criteria.version.title, one.criteria.version.title), firms(one.waiting))
        for one in radar_area(actor, run)[:5]
        if one.waiting
    ]
    return Panel(
        Text("应享未申报", "Entitled, not applied"),
        lines,
        address("brain:radar"),
        Text("名单", "The list"),
        None if lines else Text("没有应享未申报的企业。", "No firm is entitled without having applied."),
    )


def check_up_panel(actor: Actor, today: date) -> Panel | None:
    """Return how the actor's own firm stands to each title; None where no firm stands for its organisation."""
    firm = own_firm(actor)
    if firm is None:
        return None
    page = check_up_of(firm, on=today, what_if=WhatIf({}))
    lines = [(row.line.pack.title, row.verdict[1]) for row in shown_of(page).titles]
    return Panel(
        Text("科技体检", "Technology check-up"),
        lines,
        address("brain:check-up", firm.pk),
        Text("逐项与途径", "Row by row"),
    )
