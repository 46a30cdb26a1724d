"""Errors of files from outside: what a whole file is refused for. Nothing is half-written when one of them is raised.

What a single row is refused for is not an error but a verdict: `core/reasons.py`.
"""

from __future__ import annotations

from yulin.base.errors import YulinError
from yulin.base.text import Text


class ExchangeError(YulinError):
    """A file that Yulin cannot take, with the reason and the next step."""

    code = "FILE.ERROR"


class FileEmptyError(ExchangeError):
    """The file, or every sheet of it, holds no rows below its head."""

    code = "FILE.EMPTY"

    def __init__(self, name: str) -> None:
        super().__init__(
            Text("文件“%(name)s”没有数据行。", "File “%(name)s” holds no rows of data.").with_values(name=name),
            Text(
                "请确认导出成功，第1行为表头，其后至少一行数据。",
                "Check the export: a head in row 1 and at least one row below it.",
            ),
            name=name,
        )


class FileTooLargeError(ExchangeError):
    """The file is larger than this instance accepts; it was not read."""

    code = "FILE.TOO_LARGE"

    def __init__(self, name: str, found_bytes: int, limit_bytes: int) -> None:
        found, limit = -(-found_bytes // 1_000_000), limit_bytes // 1_000_000
        super().__init__(
            Text(
                "文件“%(name)s”为%(found)sMB，上限%(limit)sMB，未读取。",
                "File “%(name)s” is %(found)s MB; at most %(limit)s MB are accepted. It was not read.",
            ).with_values(name=name, found=found, limit=limit),
            Text("请按月或按支行拆分后分别上传。", "Split it by month or by branch and upload the parts."),
            name=name,
            found_bytes=found_bytes,
            limit_bytes=limit_bytes,
        )


class TooManyCellsError(ExchangeError):
    """The sheet claims more rows or columns than this instance reads."""

    code = "FILE.TOO_MANY_CELLS"

    def __init__(self, name: str, limit_rows: int, limit_columns: int) -> None:
        super().__init__(
            Text(
                "文件“%(name)s”的工作表超过%(rows)s行或%(columns)s列，未读取。",
                "The sheet “%(name)s” has more than %(rows)s {rows:row|rows} or %(columns)s {columns:column|columns}."
                " It was not read.",
            ).with_values(name=name, rows=limit_rows, columns=limit_columns),
            Text(
                "请删除数据区以外的单元格，或拆分文件。",
                "Delete the cells outside the table (select the empty rows and columns, delete), or split the file.",
            ),
            name=name,
            limit_rows=limit_rows,
            limit_columns=limit_columns,
        )


class ArchiveBombError(ExchangeError):
    """The archive unpacks to far more than a real workbook would."""

    code = "FILE.UNPACKS_TOO_LARGE"

    def __init__(self, name: str, unpacked_bytes: int, limit_bytes: int) -> None:
        super().__init__(
            Text(
                "文件“%(name)s”解压后为%(found)sMB，超过上限%(limit)sMB或正常压缩比，未读取。",
                "File “%(name)s” unpacks to %(found)s MB: over %(limit)s MB or beyond any real workbook's ratio."
                " Not read.",
            ).with_values(name=name, found=unpacked_bytes // 1_000_000, limit=limit_bytes // 1_000_000),
            Text(
                "请在表格软件中新建工作簿，只粘贴数据后重传。",
                "Paste the values alone into a new workbook and upload that.",
            ),
            name=name,
            unpacked_bytes=unpacked_bytes,
            limit_bytes=limit_bytes,
        )


class NotAWorkbookError(ExchangeError):
    """The file is neither an XLSX workbook nor delimited text."""

    code = "FILE.NOT_A_WORKBOOK"

    def __init__(self, name: str, found: Text) -> None:
        super().__init__(
            Text(
                "文件“%(name)s”不是XLSX或CSV：内容为%(found)s。",
                "File “%(name)s” is neither XLSX nor CSV: it holds %(found)s.",
            ).with_values(name=name, found=found),
            Text(
                "请在表格软件中“另存为”XLSX后重传；改扩展名无效。",
                "Save it as XLSX in the spreadsheet program; renaming is not enough.",
            ),
            name=name,
        )


class OldWorkbookError(ExchangeError):
    """The file is a workbook of the old binary kind (.xls, 1997–2003)."""

    code = "FILE.OLD_WORKBOOK"

    def __init__(self, name: str) -> None:
        super().__init__(
            Text(
                "文件“%(name)s”是旧式.xls工作簿（97–2003）。", "File “%(name)s” is an old .xls workbook (1997–2003)."
            ).with_values(name=name),
            Text("请打开后“另存为”XLSX再上传。", "Open it, save it as XLSX, upload that."),
            name=name,
        )


class EncryptedWorkbookError(ExchangeError):
    """The workbook is locked with a password."""

    code = "FILE.ENCRYPTED"

    def __init__(self, name: str) -> None:
        super().__init__(
            Text(
                "文件“%(name)s”设有打开密码，无法读取。",
                "File “%(name)s” is locked with a password and cannot be read.",
            ).with_values(name=name),
            Text("请去除打开密码后重传。", "Remove the password and upload it again."),
            name=name,
        )


class DamagedFileError(ExchangeError):
    """The archive or the sheet inside is broken."""

    code = "FILE.DAMAGED"

    def __init__(self, name: str, where: str) -> None:
        super().__init__(
            Text(
                "文件“%(name)s”已损坏：%(where)s读不通。", "File “%(name)s” is damaged: %(where)s cannot be read."
            ).with_values(name=name, where=where),
            Text("请重新导出，或打开后另存一次再上传。", "Export it again, or open it and save it once more."),
            name=name,
            where=where,
        )


class EncodingError(ExchangeError):
    """The text file is in no encoding that Yulin reads (UTF-8, GB18030)."""

    code = "FILE.ENCODING"

    def __init__(self, name: str, where: Text) -> None:
        super().__init__(
            Text(
                "文件“%(name)s”的编码不是UTF-8或GB18030：%(where)s。",
                "File “%(name)s” is encoded neither in UTF-8 nor in GB18030: %(where)s.",
            ).with_values(name=name, where=where),
            Text("请另存为“CSV UTF-8”，或直接上传XLSX。", "Save it as “CSV UTF-8”, or upload the XLSX itself."),
            name=name,
        )


class MergedHeadError(ExchangeError):
    """The head row holds merged cells, so a column has no single name."""

    code = "FILE.HEAD.MERGED"

    def __init__(self, name: str, cells: str) -> None:
        super().__init__(
            Text(
                "文件“%(name)s”的表头有合并单元格（%(cells)s），列名不唯一。",
                "The head of “%(name)s” has merged cells (%(cells)s), so a column has no single name.",
            ).with_values(name=name, cells=cells),
            Text(
                "请取消合并，使每列在同一行有一个列名。", "Unmerge them, so that each column has one name in one row."
            ),
            name=name,
            cells=cells,
        )


class MappingIncompleteError(ExchangeError):
    """A column that every row needs is not named by the mapping."""

    code = "FILE.MAPPING.INCOMPLETE"

    def __init__(self, name: str, missing: tuple[Text, ...], heads: tuple[str, ...]) -> None:
        zh, en = "、".join(text.zh for text in missing), ", ".join(text.en for text in missing)
        found = "｜".join(head for head in heads[:30] if head)
        super().__init__(
            Text(
                "文件“%(name)s”缺少列：%(missing)s。读到的表头：%(found)s。",
                "File “%(name)s” lacks these columns: %(missing)s. Heads found: %(found)s.",
            ).with_values(name=name, missing=Text(zh, en), found=found or "-"),
            Text(
                "请在“对应列”一步指明，或从系统下载模板。", "Name them in the mapping step, or start from the template."
            ),
            name=name,
            missing=[text.en for text in missing],
        )


class MappingClashError(ExchangeError):
    """Two columns of the file are mapped to the same field."""

    code = "FILE.MAPPING.CLASH"

    def __init__(self, field: Text, heads: tuple[str, ...]) -> None:
        super().__init__(
            Text(
                "“%(field)s”对应了多列：%(heads)s。", "“%(field)s” is mapped to several columns: %(heads)s."
            ).with_values(field=field, heads="、".join(heads)),
            Text("请只保留一列。", "Keep one of them."),
            heads=list(heads),
        )


class UploadStateError(ExchangeError):
    """The upload is past, or not yet at, the step that was asked for."""

    code = "FILE.UPLOAD.STATE"

    def __init__(self, upload_id: int, state: Text, needed: Text) -> None:
        super().__init__(
            Text(
                "上传%(id)s当前为“%(state)s”，此操作需要“%(needed)s”。",
                "Upload %(id)s is “%(state)s”; this step needs “%(needed)s”.",
            ).with_values(id=upload_id, state=state, needed=needed),
            Text("请刷新页面查看最新状态。", "Reload the page to see where it stands."),
            upload_id=upload_id,
        )


class UploadNotFoundError(ExchangeError):
    """No such upload among those that this organisation may see."""

    code = "FILE.UPLOAD.NOT_FOUND"

    def __init__(self, upload_id: int) -> None:
        super().__init__(
            Text(
                "没有编号为%(id)s的上传，或不属于本机构。",
                "There is no upload %(id)s among those of your organisation.",
            ).with_values(id=upload_id),
            Text("请从上传列表打开。", "Open it from the list of uploads."),
            upload_id=upload_id,
        )


class BankUnknownError(ExchangeError):
    """No organisation has the code given with `--bank`."""

    code = "FILE.BANK.UNKNOWN"

    def __init__(self, bank: str) -> None:
        super().__init__(
            Text("没有代码为%(code)s的机构。", "No organisation has the code %(code)s.").with_values(code=bank),
            Text("核对机构代码。", "Check the organisation's code."),
            bank=bank,
        )


class PaymentBatchEmptyError(ExchangeError):
    """A payment batch holds no order."""

    code = "EXCHANGE.PAYMENT.EMPTY"

    def __init__(self, batch_id: str) -> None:
        super().__init__(
            Text("付款批次%(id)s没有付款指令。", "Payment batch %(id)s holds no order.").with_values(id=batch_id),
            Text("先将已决定的补偿加入批次。", "Put decided payouts into it first."),
            batch_id=batch_id,
        )


class PaymentFieldError(ExchangeError):
    """A payment order has a field that a bank could misread."""

    code = "EXCHANGE.PAYMENT.FIELD"

    def __init__(self, order_id: str, *, field: str, found: str, needed: Text) -> None:
        super().__init__(
            Text(
                "付款指令%(id)s的%(field)s为“%(found)s”，应为%(needed)s。",
                "Order %(id)s: %(field)s is “%(found)s”; it must be %(needed)s.",
            ).with_values(id=order_id, field=field, found=found, needed=needed),
            Text("更正收款方账户资料后重新生成批次。", "Correct the payee's account and make the batch again."),
            order_id=order_id,
            field=field,
            found=found,
        )


class PaymentAnswerUnreadableError(ExchangeError):
    """A bank's return file cannot be read; nothing of it was taken."""

    code = "EXCHANGE.PAYMENT.UNREADABLE"

    def __init__(self, name: str, where: Text) -> None:
        super().__init__(
            Text(
                "回盘文件“%(name)s”读不通：%(where)s。整个文件未处理。",
                "Return file “%(name)s” cannot be read: %(where)s. Nothing of it was taken.",
            ).with_values(name=name, where=where),
            Text("请向银行索取完整的回盘文件后重传。", "Ask the bank for the whole file and upload it again."),
            name=name,
        )


class PaymentTableError(ExchangeError):
    """A bank's own payment table is described so that it could pay wrongly or not be read back."""

    code = "EXCHANGE.PAYMENT.TABLE"

    def __init__(self, where: Text) -> None:
        super().__init__(
            Text("银行表格格式不能用：%(where)s。", "The bank's table cannot be used: %(where)s.").with_values(
                where=where
            ),
            Text("按银行的接口说明填写列名和结果用词。", "Write columns and words as the bank's description has them."),
        )


class MessageNotFoundError(ExchangeError):
    """There is no message of this number to an organisation whose messages the reader may see."""

    code = "EXCHANGE.MESSAGE.NOT_FOUND"

    def __init__(self, *, number: str) -> None:
        super().__init__(
            Text("没有编号%(number)s的推送消息。", "There is no message %(number)s.").with_values(number=number),
            Text("从场景接入页的推送清单选择。", "Choose it from the messages on the page of the outlet."),
            number=number,
        )


class MessageNotDeadError(ExchangeError):
    """A message is to be sent anew that was not given up."""

    code = "EXCHANGE.MESSAGE.NOT_DEAD"

    def __init__(self, *, number: str) -> None:
        super().__init__(
            Text("推送消息%(number)s没有被放弃。", "Message %(number)s was not given up.").with_values(number=number),
            Text(
                "只有已放弃的消息可以重发；其余会自动重试。",
                "Only one that was given up is replayed; others are tried again.",
            ),
            number=number,
        )
