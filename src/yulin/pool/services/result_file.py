"""The file given back to a bank: its own rows with verdict, code, reason and confirmation number."""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePath
from typing import IO

from yulin.base.text import Text
from yulin.exchange.adapters.files import read_bytes
from yulin.exchange.adapters.result_files import RowOutcome, write_result
from yulin.exchange.core.sheets import Sheet
from yulin.exchange.core.typing import head_of, is_blank_row
from yulin.exchange.selectors import upload_for, verdicts_of_upload
from yulin.kit.documents import read_document
from yulin.people.core.actors import Actor
from yulin.pool.selectors.currencies import currency_of
from yulin.pool.selectors.uploads import form_of_upload, numbers_of_upload

ADDED = (Text("核验结果", "Verdict"), Text("代码", "Code"), Text("说明", "Explanation"), Text("入库编号", "Number"))
_WORDS = {
    "accepted": Text("接受", "Accepted"),
    "warned": Text("提醒", "Warned"),
    "refused": Text("拒绝", "Refused"),
}
_WAITING = Text("待审核", "To be reviewed")


def result_file(*, actor: Actor, upload_id: int, target: IO[bytes], language: str) -> str:
    """Write the file of an upload with what became of each row, and return a name for it.

    Effects: none in the book; `target` is written. Raises: FILE.UPLOAD.NOT_FOUND, and what reading the file may refuse.
    """
    upload = upload_for(actor, upload_id)
    sheet = read_bytes(read_document(upload.sha256), upload.file_name)
    head = head_of(sheet, form_of_upload(upload.kind, upload.scheme_id))
    found: defaultdict[int, list[tuple[str, str, str]]] = defaultdict(list)
    message = "message_en" if language.startswith("en") else "message_zh"
    rows = verdicts_of_upload(upload).values_list("row", "severity", "code", message)
    currency = currency_of(upload.scheme_id)
    for row, severity, code, sentence in rows.iterator(chunk_size=5000):
        found[row].append((severity, code, Text(sentence, sentence).in_currency(currency).in_language(language)))
    outcomes = _outcomes(sheet, head.row, found, numbers_of_upload(upload_id), language)
    write_result(target, sheet, head, [text.in_language(language) for text in ADDED], outcomes)
    return f"{PurePath(upload.file_name).stem}-{Text('核验结果', 'verdicts').in_language(language)}.xlsx"


def _outcomes(
    sheet: Sheet,
    head_row: int,
    found: dict[int, list[tuple[str, str, str]]],
    numbers: dict[int, str],
    language: str,
) -> dict[int, RowOutcome]:
    outcomes: dict[int, RowOutcome] = {}
    for index in range(head_row + 1, len(sheet.rows)):
        row = index + 1
        if is_blank_row(sheet.rows[index]):
            continue
        mine = found.get(row, [])
        worst = min((severity for severity, _, _ in mine), default="accepted")  # "refused" sorts before "warned"
        number = numbers.get(row)
        shown = _WAITING.in_language(language) if number == "" else number or ""
        codes, sentences = "; ".join(code for _, code, _ in mine), " ".join(sentence for _, _, sentence in mine)
        outcomes[row] = (_WORDS[worst].in_language(language), codes, sentences, shown)
    return outcomes
