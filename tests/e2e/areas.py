"""The areas that a role is shown: the first row, and the second row of each of its groups."""

from __future__ import annotations

from typing import Any


def areas_of(page: Any) -> list[str]:
    """Return the address of every area, in order; the page stays where it was."""
    here = page.url
    found = links_of(page)
    for address in list(found):
        page.goto(address)
        found += [area for area in links_of(page) if area not in found]
    page.goto(here)
    return found


def links_of(page: Any) -> list[str]:
    return list(page.locator(".yl-nav a").evaluate_all("links => links.map(link => link.href)"))
