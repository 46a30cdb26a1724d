"""What a command writes to a file, and how far it is: a file appears whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write; it takes its name when the block ends well, and is gone when it does not."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("wb") as out:
            yield out
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def show_percent(percent: int) -> None:
    """Show a person at a terminal how far the work is."""
    if sys.stderr.isatty():
        print(f"\r{percent:3} %", end="\n" if percent >= 100 else "", file=sys.stderr, flush=True)
