"""审计包的文件 / The files of an audit pack, read from its folder or from the ZIP. Used by recompute.py."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from collections import defaultdict
from collections.abc import Iterator

csv.field_size_limit(1 << 24)


class Note(str):
    """Something that a check could not show."""

    __slots__ = ()


def fen(text: str) -> int:
    """Return an amount; an empty cell is nothing."""
    return int(text or 0)


class Pack:
    """The files of a pack, in a folder or in a ZIP."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.zip = None if os.path.isdir(place) else zipfile.ZipFile(place)
        self.manifest = json.loads(self.read("manifest.json"))
        self.names = [one["name"] for one in self.manifest["files"]]

    def close(self) -> None:
        """Let go of the ZIP."""
        if self.zip:
            self.zip.close()

    def open(self, name: str) -> io.BufferedIOBase:
        """Return a file of the pack for reading bytes."""
        return self.zip.open(name) if self.zip else open(os.path.join(self.place, *name.split("/")), "rb")

    def read(self, name: str) -> bytes:
        """Return a file of the pack whole."""
        with self.open(name) as file:
            return file.read()

    def rows(self, name: str) -> Iterator:
        """Give the rows of a CSV file as dictionaries; a pack that lacks the file has no rows."""
        if name not in self.names:
            return
        with self.open(name) as file:
            yield from csv.DictReader(io.TextIOWrapper(file, "utf-8-sig", newline=""))

    def lines(self, name: str) -> Iterator:
        """Give the lines of a JSON-lines file."""
        with self.open(name) as file:
            for line in file:
                yield json.loads(line)

    def by_claim(self, name: str) -> dict:
        """Return the rows of a CSV file by the claim that they belong to."""
        found = defaultdict(list)
        for row in self.rows(name):
            found[row["claim_id"]].append(row)
        return found
