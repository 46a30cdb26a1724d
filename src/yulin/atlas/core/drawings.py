"""Who holds whom, drawn: a firm in the middle, above it who holds it up to the end, below it whom it holds.

Only places and lines are worked out here; the page draws them. The same holdings stand in the tables beside it.

Properties: the order of the holdings changes nothing; a ring of holdings is drawn once and ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

_MOST = 24  # boxes; a page holds no more, the tables hold all
_WIDTH, _HEIGHT, _GAP, _STEP, _EDGE = 124, 62, 14, 116, 8
_A_LINE, _LINES = 8, 3  # characters of a name in one line of a box, and lines
_ON_A_PHONE = 3  # boxes beside each other that can still be read when they are made smaller

Part = tuple[str, str]  # holder, held


@dataclass(frozen=True)
class Box:
    """One holder or firm: where it stands, what it is called in at most three lines, how it is marked."""

    code: str
    name: str
    lines: tuple[str, ...]
    x: int
    y: int
    is_centre: bool = False
    is_end: bool = False

    @property
    def middle(self) -> int:
        """Where a line meets it."""
        return self.x + _WIDTH // 2

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.y + _HEIGHT

    @property
    def baselines(self) -> list[tuple[int, str]]:
        """Each line of its name with where it is written."""
        first = self.y + _HEIGHT // 2 + 5 - 8 * (len(self.lines) - 1)
        return [(first + 17 * at, line) for at, line in enumerate(self.lines)]


@dataclass(frozen=True)
class Line:
    """One holding: from where to where, and what part it is."""

    x1: int
    y1: int
    x2: int
    y2: int
    says: str
    is_contested: bool = False

    @property
    def at(self) -> tuple[int, int]:
        """Where its part is written: nearer to the holder, so that parts of one firm stand apart."""
        return (self.x1 * 3 + self.x2 * 2) // 5, (self.y1 * 3 + self.y2 * 2) // 5


@dataclass(frozen=True)
class Drawing:
    """Boxes and lines in their size; `left_out` boxes did not fit."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    left_out: int = 0
    box_width: int = _WIDTH
    box_height: int = _HEIGHT

    @property
    def is_narrow(self) -> bool:
        """Tell whether it can be made as narrow as a phone and still be read."""
        return self.width <= _ON_A_PHONE * (_WIDTH + _GAP) + 2 * _EDGE


def drawing(
    centre: str,
    parts: Mapping[Part, Fraction],
    names: Mapping[str, str],
    *,
    end: str | None = None,
    contested: Collection[Part] = (),
) -> Drawing | None:
    """Return the holdings around a firm as a drawing; None where nobody holds it and it holds nobody.

    >>> found = drawing("b", {("a", "b"): Fraction(1, 2)}, {"a": "甲", "b": "乙"})
    >>> [(box.name, box.y) for box in found.boxes], found.lines[0].says
    ([('甲', 8), ('乙', 124)], '50%')
    """
    levels = {**_walked(centre, parts, up=False), **_walked(centre, parts, up=True), centre: 0}
    if len(levels) < 2:
        return None
    nearest = sorted(levels, key=lambda code: (abs(levels[code]), levels[code], names.get(code, code), code))
    shown = {code: levels[code] for code in nearest[:_MOST]}
    boxes = _placed(shown, names, _largest(parts), centre, end)
    lines = tuple(
        _line(boxes[holder], boxes[held], share, is_contested=(holder, held) in contested)
        for (holder, held), share in sorted(parts.items())
        if holder in boxes and held in boxes and holder != held
    )
    width = max(box.x for box in boxes.values()) + _WIDTH + _EDGE
    height = max(box.bottom for box in boxes.values()) + _EDGE
    return Drawing(width, height, tuple(boxes.values()), lines, len(levels) - len(shown))


def _walked(centre: str, parts: Iterable[Part], *, up: bool) -> dict[str, int]:
    """Return how many steps above (below 0) or below a firm each holder or held firm stands."""
    beside: dict[str, set[str]] = defaultdict(set)
    for holder, held in parts:
        beside[held if up else holder].add(holder if up else held)
    found, reached, step = {centre: 0}, [centre], 0
    while reached:
        step += -1 if up else 1
        reached = sorted({other for code in reached for other in beside[code]} - found.keys())
        found |= dict.fromkeys(reached, step)
    return found


def _largest(parts: Mapping[Part, Fraction]) -> dict[str, Fraction]:
    """Return the largest part that each holder or held firm has to do with."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for pair, share in parts.items():
        for code in pair:
            found[code] = max(found[code], share)
    return found


def _placed(
    shown: Mapping[str, int], names: Mapping[str, str], parts: Mapping[str, Fraction], centre: str, end: str | None
) -> dict[str, Box]:
    rows: dict[int, list[str]] = defaultdict(list)
    for code, level in shown.items():
        rows[level].append(code)
    widest = max(len(row) for row in rows.values())
    top, boxes = min(rows), {}
    for level, row in sorted(rows.items()):
        start = _EDGE + (widest - len(row)) * (_WIDTH + _GAP) // 2
        for at, code in enumerate(sorted(row, key=lambda code: (-parts[code], names.get(code, code), code))):
            name = names.get(code, code)
            x, y = start + at * (_WIDTH + _GAP), _EDGE + (level - top) * _STEP
            boxes[code] = Box(code, name, _in_lines(name), x, y, is_centre=code == centre, is_end=code == end)
    return boxes


def _in_lines(name: str) -> tuple[str, ...]:
    most = _A_LINE * _LINES
    whole = name if len(name) <= most else f"{name[: most - 1]}…"
    return tuple(whole[at : at + _A_LINE] for at in range(0, len(whole), _A_LINE)) or ("",)


def _line(holder: Box, held: Box, share: Fraction, *, is_contested: bool) -> Line:
    percent = f"{float(share * 100):.2f}".rstrip("0").rstrip(".")
    ends = (holder.middle, holder.bottom, held.middle, held.y)
    if held.y < holder.y:  # a ring leads upwards again
        ends = (holder.middle, holder.y, held.middle, held.bottom)
    return Line(*ends, f"{percent}%", is_contested)
