"""The text of a document as its file has it: PDF page by page, DOCX and HTML line by line, text in its encoding.

A file that is not what it claims, or is closed by a password, is refused with the reason; one that holds no text, as a
scanned PDF, is no error here: its reader says so.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from yulin.base.text import Text
from yulin.brain.core.tidy import full_width, joined_lines
from yulin.brain.errors import PolicyFileError
from yulin.exchange.adapters.xml_files import parse_xml

_PAGE_NUMBER = re.compile(r"^[\s—–-]*(?:\d{1,4}|[IVXLivxl]{1,7})[\s—–-]*$")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_MOST_XML = 60_000_000
MOST_PAGES = 1_000
"""So many pages of one PDF are read; a longer one would keep its reader waiting for minutes."""
_PIECES = re.compile(rb"(?<=[\n>])")  # neither byte is ever part of a longer character, in UTF-8 or in GB18030
_LEFT_OUT = frozenset({"script", "style", "nav", "header", "footer", "aside", "form", "noscript", "template", "svg",
                       "button", "select", "iframe"})  # fmt: skip
_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "table",
                     "ul", "ol", "dd", "dt", "main", "body"})  # fmt: skip
_VOID = frozenset({"br", "img", "input", "meta", "link", "hr", "source", "wbr"})


@dataclass(frozen=True)
class Line:
    """One line of a document and the page on which it stands, from 1; 0 where a document has no pages."""

    text: str
    page: int = 0


@dataclass(frozen=True)
class ReadText:
    """The lines of a document, the title that it gives itself, how many pages it has, and what was wrong with it."""

    lines: tuple[Line, ...]
    title: str = ""
    pages: int = 0
    defects: tuple[str, ...] = ()

    @property
    def has_text(self) -> bool:
        """Whether the document holds any text: a scanned one holds none."""
        return sum(len(line.text.strip()) for line in self.lines) > self.pages

    @property
    def full(self) -> int:
        """The width of a full line."""
        return full_width([line.text for line in self.lines])

    def paragraphs(self) -> str:
        """Return the text with the lines of a page joined where a sentence goes on."""
        lines = [line.text for line in self.lines]
        return joined_lines(lines, self.full) if self.pages else "\n".join(lines)


def pdf_text(content: bytes, name: str) -> ReadText:
    """Return the text of a PDF, without the numbers of its pages. Raises: BRAIN.POLICY.FILE."""
    import pypdfium2  # noqa: PLC0415 - slow import

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        why = Text("不是可读的PDF，或有口令保护", "it is no readable PDF, or a password closes it")
        raise PolicyFileError(name=name, why=why) from error
    try:
        if len(document) > MOST_PAGES:
            why = Text(
                "共%(n)s页，一次最多读取%(most)s页；请拆分后分别导入",
                "it has %(n)s pages, and at most %(most)s are read at once; split it and take the parts in",
            )
            raise PolicyFileError(name=name, why=why.with_values(n=len(document), most=MOST_PAGES))
        pages = [_page_lines(document, number) for number in range(len(document))]
    finally:
        document.close()
    lines = tuple(Line(line, number) for number, page in enumerate(pages, 1) for line in page)
    return ReadText(lines, pages=len(pages))


def _page_lines(document: Any, number: int) -> list[str]:
    page = document[number]
    text = page.get_textpage()
    try:
        # A hyphen that PDFium takes for a broken word comes as U+FFFE.
        said = text.get_text_range().replace("\ufffe", "-").replace("\r", "")
    finally:
        text.close()
        page.close()
    lines = [line.strip() for line in said.split("\n") if line.strip()]
    if lines and _PAGE_NUMBER.match(lines[0]):
        lines = lines[1:]
    if lines and _PAGE_NUMBER.match(lines[-1]):
        lines = lines[:-1]
    return lines


def docx_text(content: bytes, name: str) -> ReadText:
    """Return the text of a DOCX: paragraphs, and the rows of tables with a blank between cells.

    Raises: BRAIN.POLICY.FILE.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            part = archive.getinfo("word/document.xml")
            if part.file_size > _MOST_XML:
                why = Text("正文展开后过大", "its text is too large when unpacked")
                raise PolicyFileError(name=name, why=why)
            xml = archive.read(part)
    except (zipfile.BadZipFile, KeyError, EOFError, RuntimeError, NotImplementedError) as error:
        why = Text("不是可读的DOCX", "it is no readable DOCX")
        raise PolicyFileError(name=name, why=why) from error
    body = parse_xml(xml, lambda why: PolicyFileError(name=name, why=why)).find("body")
    lines: list[str] = []
    for each in body if body is not None else ():
        if each.tag == "p":
            lines.extend(_said(each).split("\n"))
        elif each.tag == "tbl":
            lines.extend(" ".join(filter(None, map(_said, row.iter("tc")))) for row in each.iter("tr"))
    return ReadText(tuple(Line(line) for line in lines if line.strip()))


def _said(element: Any) -> str:
    marks = {"tab": " ", "br": "\n", "cr": "\n"}
    return "".join(str(one.text or "") if one.tag == "t" else marks.get(one.tag, "") for one in element.iter()).strip()


def html_text(text: str) -> ReadText:
    """Return the text of a page: without scripts, menus and forms, and without lists of links."""
    reader = _Page()
    reader.feed(text)
    reader.close()
    reader.end_block()
    lines = tuple(Line(line) for line, linked in reader.lines if line.strip() and linked * 2 <= len(line))
    return ReadText(lines, reader.heading or reader.title)


class _Page(HTMLParser):
    """Lines of a page, each with how many of its characters are links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[tuple[str, int]] = []
        self.title = self.heading = ""
        self._said: list[str] = []
        self._linked = self._links = self._left_out = 0
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Begin an element."""
        if tag in _LEFT_OUT:
            self._left_out += 1
        if tag in _BLOCKS:
            self.end_block()
        if tag == "a":
            self._links += 1
        if tag in {"title", "h1"}:
            self._open = tag
        if tag in {"td", "th"} and self._said:
            self._said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag in _LEFT_OUT and self._left_out:
            self._left_out -= 1
        if tag == "a" and self._links:
            self._links -= 1
        if tag == self._open:
            self._open = ""
        if tag in _BLOCKS and tag not in _VOID:
            self.end_block()

    def handle_data(self, data: str) -> None:
        """Take text."""
        if self._open == "title":
            self.title += data.strip()
            return
        if self._left_out:
            return
        if self._open == "h1":
            self.heading += data.strip()
        said = re.sub(r"\s+", " ", data)
        self._said.append(said)
        self._linked += len(said.strip()) if self._links else 0

    def end_block(self) -> None:
        """End a line."""
        line = "".join(self._said).strip()
        if line:
            self.lines.append((line, self._linked))
        self._said, self._linked = [], 0


def decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    """Return bytes as text: UTF-8, UTF-16 with its mark, the encoding that a page declares, GB18030.

    Where none reads all of it, each line and element is read by the one that reads it, and the text said to be mixed;
    what none reads is read as far as it goes, and said to be broken.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), ()
    declared = _CHARSET.search(content[:2_000])
    names = ["utf-8-sig", *([declared[1].decode("ascii").lower()] if declared else []), "gb18030"]
    for name in names:
        try:
            return content.decode(name), ()
        except (UnicodeDecodeError, LookupError):
            continue
    pieces = [_decoded_piece(piece) for piece in _PIECES.split(content.removeprefix(codecs.BOM_UTF8))]
    return "".join(text for text, _ in pieces), (
        "mixed_encoding" if all(whole for _, whole in pieces) else "broken_encoding",
    )


def _decoded_piece(piece: bytes) -> tuple[str, bool]:
    """Return a piece of a text, and whether one of two encodings read all of it."""
    read = [piece.decode(name, errors="replace") for name in ("utf-8", "gb18030")]
    best = min(read, key=lambda text: text.count("\ufffd"))
    return best, "\ufffd" not in best
