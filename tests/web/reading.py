"""Reads a page as a person would meet it: its headings, fields, words, without a browser."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

CJK = re.compile(r"[\u3400-\u9fff\uff01-\uff5e\u3001-\u303f]")
VOID = {
    "area",
    "base",
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
    "path",
    "circle",
    "rect",
    "use",
}
SKIPPED = {"script", "style"}
SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-l")


@dataclass
class _Open:
    tag: str
    is_name: bool


@dataclass
class Page(HTMLParser):
    """What a page says and holds."""

    headings: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    labelled: set[str] = field(default_factory=set)
    fields: list[dict[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    scopes: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[_Open] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        inside = bool(self._open and self._open[-1].is_name)
        is_name = inside or "yl-name" in found.get("class", "").split() or found.get("lang", "").startswith("zh")
        if tag not in VOID:
            self._open.append(_Open(tag, is_name and tag != "html"))
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "label" and "for" in found:
            self.labelled.add(found["for"])
        if tag in {"input", "select", "textarea"} and found.get("type") not in {"hidden", "submit"}:
            self.fields.append({**found, "tag": tag, "in_label": str(any(each.tag == "label" for each in self._open))})
        if tag == "a":
            self.links.append(found.get("href", ""))
        if "style" in found and not re.fullmatch(r"(--[a-z]+:\s*-?[\d.]+;?\s*)+", found["style"]):
            self.faults.append(f"style={found['style']}")
        self.faults += [name for name in found if name.startswith("on")]
        if not is_name:
            self.foreign += [found[name] for name in SPOKEN if CJK.search(found.get(name, ""))]

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else None
        if inside is None or inside.is_name or any(each.tag in SKIPPED for each in self._open):
            return
        if CJK.search(data):
            self.foreign.append(data.strip())

    def unlabelled(self) -> list[str]:
        """Return the fields that say nothing of what they are for."""
        return [
            each.get("name") or each.get("id") or each["tag"]
            for each in self.fields
            if each.get("id") not in self.labelled
            and "aria-label" not in each
            and each["in_label"] == "False"
            and "hidden" not in each
        ]

    def jumps(self) -> list[str]:
        """Return headings that skip a level."""
        levels = [int(each[1]) for each in self.headings]
        return [f"h{a} → h{b}" for a, b in pairwise(levels) if b > a + 1]


def read(html: str) -> Page:
    """Return the page."""
    page = Page()
    page.feed(html)
    return page
