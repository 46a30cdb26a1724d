"""Scanned PDFs read by `tesseract`, where it stands on the PATH with simplified Chinese: page by page, within bounds.

Each page is an image of bounded size, given to a process of its own without a shell, with a limit of time, of memory
and of what it writes. What it cannot read ends the reading with the reason; nothing of a document leaves the machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yulin.base.text import Text
from yulin.brain.core.ocr_words import ScannedPage, page_of
from yulin.brain.errors import ScanUnreadableError
from yulin.kit.postgres import dies_with_parent
from yulin.kit.processes import end_session

PROGRAM, LANGUAGE = "tesseract", "chi_sim"
MOST_SCANNED_PAGES = 100
PAGE_SECONDS = 120.0
_LIST_SECONDS = 10.0
_DPI, _MOST_PIXELS = 300, 25_000_000
_MEMORY_BYTES = 2 << 30
_MOST_OUT_BYTES = 20_000_000


def missing_engine() -> Text | None:
    """Return what has to be installed before scanned pages can be read; None where nothing has."""
    program = shutil.which(PROGRAM)
    if program is None:
        return Text("未安装tesseract", "tesseract is not installed")
    try:
        said = _run([program, "--list-langs"], _LIST_SECONDS)
    except ScanUnreadableError as refusal:
        return refusal.why
    if LANGUAGE not in said.split():
        return Text("tesseract缺少简体中文数据（chi_sim）", "tesseract lacks the data of simplified Chinese (chi_sim)")
    return None


def scanned_pages(content: bytes, name: str) -> Iterator[ScannedPage]:
    """Yield the pages of a PDF as they are read. Raises: BRAIN.SCAN.UNREADABLE."""
    import pypdfium2  # noqa: PLC0415 - slow import

    program = shutil.which(PROGRAM)
    if program is None:
        raise ScanUnreadableError(name=name, why=Text("未安装tesseract", "tesseract is not installed"))
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise ScanUnreadableError(name=name, why=Text("不是可读的PDF", "it is no readable PDF")) from error
    try:
        if len(document) > MOST_SCANNED_PAGES:
            why = Text("共%(n)s页，一次最多识别%(most)s页", "it has %(n)s pages, and at most %(most)s are read at once")
            raise ScanUnreadableError(name=name, why=why.with_values(n=len(document), most=MOST_SCANNED_PAGES))
        for number in range(len(document)):
            with tempfile.TemporaryDirectory(prefix="yulin-scan-") as folder:
                image = Path(folder) / "page.pgm"
                image.write_bytes(_image(document[number]))
                command = [program, str(image), "stdout", "-l", LANGUAGE, "--psm", "3", "tsv"]
                yield page_of(_run(command, PAGE_SECONDS, name, number + 1))
    finally:
        document.close()


def _image(page: Any) -> bytes:
    """Return a page as a grey image (PGM), of bounded size."""
    width, height = page.get_size()
    scale = min(_DPI / 72, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        rows = bytes(bitmap.buffer)
        lines = (rows[at : at + bitmap.width] for at in range(0, bitmap.stride * bitmap.height, bitmap.stride))
        return b"P5\n%d %d\n255\n" % (bitmap.width, bitmap.height) + b"".join(lines)
    finally:
        bitmap.close()
        page.close()


def _run(command: list[str], seconds: float, name: str = "", page: int = 0) -> str:
    """Return what a program writes. Raises: BRAIN.SCAN.UNREADABLE where it fails, takes too long or writes too much."""
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}
    environment |= {key: os.environ[key] for key in ("TESSDATA_PREFIX",) if key in os.environ}
    with tempfile.TemporaryFile() as out:
        try:
            process = subprocess.Popen(
                [*dies_with_parent("KILL"), *_bounded(seconds), *command], stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.DEVNULL, env=environment, cwd=tempfile.gettempdir(), start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise ScanUnreadableError(name=name, why=Text("tesseract无法启动", "tesseract does not start")) from error
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            why = Text("第%(page)s页超过%(n)s秒", "page %(page)s took more than %(n)s seconds")
            raise ScanUnreadableError(name=name, why=why.with_values(page=page, n=int(seconds))) from None
        finally:
            end_session(process)
            process.wait()
        if code or os.fstat(out.fileno()).st_size >= _MOST_OUT_BYTES:
            why = Text("第%(page)s页识别失败（%(code)s）", "page %(page)s could not be read (%(code)s)")
            raise ScanUnreadableError(name=name, why=why.with_values(page=page, code=code))
        out.seek(0)
        return out.read(_MOST_OUT_BYTES).decode("utf-8", errors="replace")


def _bounded(seconds: float) -> list[str]:
    """Return the words before a command that bound its memory, its time and what it writes.

    Needs `prlimit` of util-linux, which every Linux distribution installs; elsewhere only the time is bounded.
    """
    limits = [f"--as={_MEMORY_BYTES}", f"--fsize={_MOST_OUT_BYTES}", f"--cpu={int(seconds) + 5}", "--core=0"]
    return ["prlimit", *limits, "--"] if shutil.which("prlimit") else []
