"""What the firm register refuses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from yulin.base.errors import YulinError
from yulin.base.text import Text


class FirmNotFoundError(YulinError):
    """No firm is registered under this code."""

    code = "ATLAS.FIRM.NOT_FOUND"

    def __init__(self, *, firm_code: str) -> None:
        super().__init__(
            Text("没有代码为%(code)s的企业。", "No firm is registered under the code %(code)s.").with_values(
                code=firm_code
            ),
            Text("核对统一社会信用代码，或先登记该企业。", "Check the USCC, or register the firm first."),
            firm_code=firm_code,
        )


class FirmCodeTakenError(YulinError):
    """A code already leads to another firm."""

    code = "ATLAS.FIRM.CODE_TAKEN"

    def __init__(self, *, firm_code: str, holder: str) -> None:
        super().__init__(
            Text("代码%(code)s已属于%(holder)s。", "The code %(code)s already leads to %(holder)s.").with_values(
                code=firm_code, holder=holder
            ),
            Text(
                "核对代码；确属同一企业时，登记为该企业的代码。",
                "Check the code; if it is the same firm, add it to that firm.",
            ),
            firm_code=firm_code,
        )


class EInvoiceUnreadableError(YulinError):
    """A digital invoice cannot be read; nothing of it was taken."""

    code = "ATLAS.INVOICE.UNREADABLE"

    def __init__(self, *, name: str, where: Text) -> None:
        super().__init__(
            Text(
                "发票文件“%(name)s”读不通：%(where)s。", "Invoice file “%(name)s” cannot be read: %(where)s."
            ).with_values(name=name, where=where),
            Text(
                "请从电子税务局重新下载数电票XML（可为zip）。",
                "Download the digital invoice again from the tax bureau, as XML or as a zip of XML.",
            ),
            name=name,
            where=where,
        )


class InvoiceColumnsError(YulinError):
    """A table of invoices lacks columns."""

    code = "ATLAS.INVOICE.COLUMNS"

    def __init__(self, *, name: str, missing: str, found: str) -> None:
        super().__init__(
            Text(
                "发票表“%(name)s”缺少列：%(missing)s；表中有：%(found)s。",
                "The table of invoices “%(name)s” has no column %(missing)s; it has %(found)s.",
            ).with_values(name=name, missing=missing, found=found),
            Text(
                "销项表须有“购方单位代号”，进项表须有“销方单位代号”。",
                "A table of sales names the buyer (购方单位代号), one of purchases the seller (销方单位代号).",
            ),
            name=name,
            missing=missing,
        )


class InvoiceFirmMissingError(YulinError):
    """Digital invoices are given without saying whose they are."""

    code = "ATLAS.INVOICE.FIRM_MISSING"

    def __init__(self, *, name: str) -> None:
        super().__init__(
            Text(
                "“%(name)s”是数电票，未说明是哪家企业的。",
                "“%(name)s” holds digital invoices, and whose they are is not said.",
            ).with_values(name=name),
            Text("请以--firm写明企业的统一社会信用代码。", "Give the firm's USCC with --firm."),
            name=name,
        )


class ContractError(YulinError):
    """The contract of a source is not written as a contract is."""

    code = "ATLAS.SOURCE.CONTRACT"

    def __init__(self, *, where: str, at: str, needed: Text) -> None:
        super().__init__(
            Text(
                "数据源约定%(where)s在“%(at)s”处无法读取：需要%(needed)s。",
                "The source contract %(where)s cannot be read at “%(at)s”: needed is %(needed)s.",
            ).with_values(where=where, at=at, needed=needed),
            Text("改正约定文件后再试。", "Mend the contract and try again."),
            where=where,
            at=at,
        )


class SourceUnknownError(YulinError):
    """No source of this name is known."""

    code = "ATLAS.SOURCE.UNKNOWN"

    def __init__(self, *, source: str, known: tuple[str, ...]) -> None:
        super().__init__(
            Text("没有名为%(source)s的数据源。", "No source is called %(source)s.").with_values(source=source),
            Text(
                "已有：%(known)s；也可给出约定文件的路径。", "Known: %(known)s; the path of a contract will do too."
            ).with_values(known=", ".join(known)),
            source=source,
        )


class SourceFileError(YulinError):
    """A source's file cannot be read, or not to its end."""

    code = "ATLAS.SOURCE.FILE"

    def __init__(self, *, file: str, why: Text, rows_taken: int = 0) -> None:
        super().__init__(
            Text(
                "文件%(file)s无法读取：%(why)s。此前的%(rows)s行已入库。",
                "The file %(file)s cannot be read: %(why)s. The %(rows)s {rows:row|rows} before that are kept.",
            ).with_values(file=file, why=why, rows=rows_taken),
            Text("请数据源重新提供完整文件。", "Ask the source for the whole file again."),
            file=file,
            why=why,
        )


class SourcePullError(YulinError):
    """A source's API could not be pulled to its end; what was pulled is kept and the next run goes on behind it."""

    code = "ATLAS.SOURCE.PULL"

    def __init__(self, *, address: str, why: Text) -> None:
        super().__init__(
            Text("%(address)s未能拉取完整：%(why)s。", "%(address)s was not pulled to its end: %(why)s.").with_values(
                address=address, why=why
            ),
            Text(
                "核对地址、令牌与来源约定中的pull，再次运行即从断点继续。",
                "Check the address, the token and the contract's pull; the next run goes on where this one stopped.",
            ),
            address=address,
            why=why,
        )


class SchemaDriftError(YulinError):
    """A file has not the columns, or not the kind of values, that its source's contract promises."""

    code = "ATLAS.SOURCE.DRIFT"

    def __init__(self, *, file: str, why: Text) -> None:
        super().__init__(
            Text(
                "文件%(file)s与数据源约定不符：%(why)s。未写入任何内容。",
                "The file %(file)s does not keep its source's contract: %(why)s. Nothing was written.",
            ).with_values(file=file, why=why),
            Text("与数据源确认后，更新约定或更换文件。", "Ask the source, then change the contract or the file."),
            file=file,
        )


class ConsentMissingError(YulinError):
    """The firm has not let the reader in, or not any more."""

    code = "ATLAS.CONSENT.MISSING"

    def __init__(self, *, reader: str) -> None:
        super().__init__(
            Text(
                "%(reader)s没有该企业的有效授权，也没有可适用的法定依据。",
                "%(reader)s has no consent of this firm that is in force, and no legal ground applies.",
            ).with_values(reader=reader),
            Text(
                "请企业在“数据授权”页授权本机构，并写明事实类别、用途和期限。",
                "Ask the firm to let you in on its page of consents: classes of facts, purpose, until when.",
            ),
            reader=reader,
        )


class ConsentNotFoundError(YulinError):
    """The firm has given no consent of this number."""

    code = "ATLAS.CONSENT.NOT_FOUND"

    def __init__(self, *, consent: int) -> None:
        super().__init__(
            Text("本企业没有编号%(consent)s的授权。", "Your firm has given no consent %(consent)s.").with_values(
                consent=consent
            ),
            Text("从“数据授权”页选择。", "Choose it on the page of consents."),
            consent=consent,
        )


class ConsentUnclearError(YulinError):
    """A consent does not say to whom, for which classes of facts or until when."""

    code = "ATLAS.CONSENT.UNCLEAR"

    def __init__(self, *, needed: Text) -> None:
        super().__init__(
            Text("授权不明确：需要%(needed)s。", "The consent is not clear: needed is %(needed)s.").with_values(
                needed=needed
            ),
            Text("补全后再提交。", "Complete it and send it again."),
            needed=needed,
        )


class LinkPlanError(YulinError):
    """A plan of linking records without codes is not written as a plan is, or asks for columns that are not there."""

    code = "ATLAS.LINK.PLAN"

    def __init__(self, *, where: str, at: str, needed: Text) -> None:
        super().__init__(
            Text(
                "关联方案%(where)s在“%(at)s”处无法使用：需要%(needed)s。",
                "The plan of linking %(where)s cannot be used at “%(at)s”: needed is %(needed)s.",
            ).with_values(where=where, at=at, needed=needed),
            Text("改正方案或记录文件后再试。", "Mend the plan or the file of records, and try again."),
            where=where,
            at=at,
        )


class LinkEngineMissingError(YulinError):
    """Records without codes were to be linked on a machine that lacks the engine for it."""

    code = "ATLAS.LINK.ENGINE"

    def __init__(self, *, lacks: str) -> None:
        super().__init__(
            Text(
                "这台机器不能按方案关联记录：缺少%(lacks)s。",
                "This machine cannot link records by a plan: it lacks %(lacks)s.",
            ).with_values(lacks=lacks),
            Text(
                "运行make link安装；有代码的记录用yulin atlas resolve，不需要它。",
                "Run make link; records with codes need none of it: yulin atlas resolve.",
            ),
            lacks=lacks,
        )


class ObjectionNotFoundError(YulinError):
    """No objection of this number is the reader's business."""

    code = "ATLAS.OBJECTION.NOT_FOUND"

    def __init__(self, *, objection: int) -> None:
        super().__init__(
            Text("没有编号%(objection)s的异议。", "There is no objection %(objection)s.").with_values(
                objection=objection
            ),
            Text("从“数据异议”页选择。", "Choose it on the page of objections."),
            objection=objection,
        )


class NothingToContestError(YulinError):
    """The firm contests a fact of which nothing is known."""

    code = "ATLAS.OBJECTION.NOTHING_KNOWN"

    def __init__(self, *, fact: str) -> None:
        super().__init__(
            Text("本企业画像没有“%(fact)s”。", "Your portrait holds nothing called “%(fact)s”.").with_values(fact=fact),
            Text("从画像上该值旁提出异议。", "Contest a value from beside it on the portrait."),
            fact=fact,
        )


class ObjectionOpenError(YulinError):
    """The firm has contested this fact already, and it is not decided yet."""

    code = "ATLAS.OBJECTION.OPEN"

    def __init__(self, *, fact: str, due_on: date) -> None:
        super().__init__(
            Text(
                "该项已在异议办理中，期限%(due_on)s。", "This fact is contested already; the answer is due %(due_on)s."
            ).with_values(due_on=f"{due_on:%Y-%m-%d}"),
            Text("等待决定；对决定仍有异议的，可再次提出。", "Wait for the decision; it can be contested again."),
            fact=fact,
            due_on=due_on,
        )


class ObjectionDecidedError(YulinError):
    """The objection is decided already."""

    code = "ATLAS.OBJECTION.DECIDED"

    def __init__(self, *, objection: int) -> None:
        super().__init__(
            Text(
                "异议%(objection)s已有决定，不再更改。", "Objection %(objection)s is decided and stays so."
            ).with_values(objection=objection),
            Text("企业可再次提出异议。", "The firm can contest the fact again."),
            objection=objection,
        )


class CorrectionUnreadableError(YulinError):
    """The corrected value is not one of the fact's kind."""

    code = "ATLAS.OBJECTION.VALUE"

    def __init__(self, *, found: str, needed: Text) -> None:
        super().__init__(
            Text(
                "更正值“%(found)s”无法采用：需要%(needed)s。", "“%(found)s” cannot be taken: needed is %(needed)s."
            ).with_values(found=found, needed=needed),
            Text("按所示单位重新填写。", "Write it again in the unit shown."),
            found=found,
            needed=needed,
        )


class RecallNotFoundError(YulinError):
    """No recall notice of this number was sent to the reader."""

    code = "ATLAS.RECALL.NOT_FOUND"

    def __init__(self, *, notice: int) -> None:
        super().__init__(
            Text("没有发给本机构的召回通知%(notice)s。", "No recall notice %(notice)s was sent to you.").with_values(
                notice=notice
            ),
            Text("从“数据召回”页选择。", "Choose it on the page of recalls."),
            notice=notice,
        )


class RecordNotFoundError(YulinError):
    """No adverse record of this number is the reader's business."""

    code = "ATLAS.RECORD.NOT_FOUND"

    def __init__(self, *, record: int) -> None:
        super().__init__(
            Text("没有编号%(record)s的失信记录。", "There is no adverse record %(record)s.").with_values(record=record),
            Text("从“失信记录”页选择。", "Choose it on the page of adverse records."),
            record=record,
        )


class RepairTooEarlyError(YulinError):
    """The rule in force does not let the firm ask for repair, or not yet."""

    code = "ATLAS.REPAIR.TOO_EARLY"

    def __init__(self, *, record: int, lacks: Sequence[Text], repair_from: date | None) -> None:
        needed = Text("；".join(one.zh for one in lacks), "; ".join(one.en for one in lacks))
        none = Text("录入时没有适用的信用修复规则", "no rule on repair was in force when it was entered")
        super().__init__(
            Text("记录%(record)s还不能申请修复：%(needed)s。", "Repair of record %(record)s: %(needed)s.").with_values(
                record=record, needed=needed if lacks else none
            ),
            Text("%(day)s起可申请。", "Ask from %(day)s.").with_values(day=f"{repair_from:%Y-%m-%d}")
            if repair_from
            else Text("请向作出决定的机关查询。", "Ask who decided."),
            record=record,
            repair_from=repair_from,
        )


class RepairDecidedError(YulinError):
    """No request for repair waits for a decision."""

    code = "ATLAS.REPAIR.DECIDED"

    def __init__(self, *, record: int) -> None:
        super().__init__(
            Text("记录%(record)s没有待决定的修复申请。", "No request on record %(record)s waits.").with_values(
                record=record
            ),
            Text("打开该记录看已有的决定。", "Open the record to see what was decided."),
            record=record,
        )


class QuestionUnknownError(YulinError):
    """No yes-or-no question has this name."""

    code = "ATLAS.QUESTION.UNKNOWN"

    def __init__(self, *, question: str, known: tuple[str, ...]) -> None:
        super().__init__(
            Text("没有名为“%(question)s”的问题。", "No question is called “%(question)s”.").with_values(
                question=question
            ),
            Text("可问：%(known)s。", "Known: %(known)s.").with_values(known=", ".join(known)),
            question=question,
        )


class CandidateNotFoundError(YulinError):
    """There is no row of this number that may be a firm."""

    code = "ATLAS.IDENTITY.NOT_FOUND"

    def __init__(self, *, candidate: int) -> None:
        super().__init__(
            Text("没有编号%(candidate)s的待核同一性。", "There is no candidate %(candidate)s.").with_values(
                candidate=candidate
            ),
            Text("从“同一性核对”页选择。", "Choose it on the page of identities."),
            candidate=candidate,
        )


class JudgementReasonError(YulinError):
    """Somebody judges whether two are one firm without saying why."""

    code = "ATLAS.IDENTITY.REASON"

    def __init__(self) -> None:
        super().__init__(
            Text("判定没有理由：需要所据。", "The judgement gives no reason: what it rests on is needed."),
            Text("写明所据，如执照、年报或电话核实。", "Say what you saw: a licence, a yearly report, a call."),
        )


class AlreadyOneFirmError(YulinError):
    """A row is judged to be one firm, and was judged to be another before."""

    code = "ATLAS.IDENTITY.ALREADY"

    def __init__(self, *, row: int, firm: str) -> None:
        super().__init__(
            Text(
                "第%(row)s行已判为%(firm)s：一行只能是一家企业。",
                "Row %(row)s is judged to be %(firm)s: a row is one firm only.",
            ).with_values(row=row, firm=firm),
            Text("先将原判定改判为不同企业。", "First judge it to be another firm than that one."),
            row=row,
            firm=firm,
        )


class EntityNotFoundError(YulinError):
    """No entity bears this number, and none ever did."""

    code = "ATLAS.ENTITY.NOT_FOUND"

    def __init__(self, *, entity: int) -> None:
        super().__init__(
            Text("没有编号%(entity)s的主体。", "There is no entity %(entity)s.").with_values(entity=entity),
            Text("从“主体归并”页查找。", "Look for it on the page of entities."),
            entity=entity,
        )


class RecordPairNotFoundError(YulinError):
    """Two records are judged of which one is not known, or that are one record."""

    code = "ATLAS.ENTITY.PAIR"

    def __init__(self, *, left: str, right: str) -> None:
        super().__init__(
            Text(
                "“%(left)s”与“%(right)s”不是两条已知记录。", "“%(left)s” and “%(right)s” are not two known records."
            ).with_values(left=left, right=right),
            Text("从“主体归并”页选择一对记录。", "Choose a pair on the page of entities."),
            left=left,
            right=right,
        )
