"""A grid of cells on which boxes and lines are drawn, and lines that meet join."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

BOX_WIDTH = 44
"""Cells of a box, at most."""


def cell_width(text: str) -> int:
    """How many cells of a terminal a printable text takes."""
    return sum(map(_width, text)) if not text.isascii() else len(text)


def _width(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def fitted(text: str, width: int) -> str:
    """``text`` in exactly so many cells, cut with a sign."""
    if (room := width - cell_width(text)) >= 0:
        return text + " " * room
    cut = text
    while cut and cell_width(cut) > width - 1:
        cut = cut[:-1]
    return f"{cut}…{' ' * (width - 1 - cell_width(cut))}" if width > 0 else ""


class BoxRow(NamedTuple):
    """``key`` is what an edge finds it by."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    name: str
    title: str
    rows: tuple[BoxRow, ...] = ()
    is_missing: bool = False

    @property
    def width(self) -> int:
        widest = max((cell_width(row.text) for row in self.rows), default=0)
        return min(BOX_WIDTH, max(cell_width(self.title) + 6, widest + 4))

    @property
    def height(self) -> int:
        return len(self.rows) + 2

    def row_of(self, key: str) -> int:
        """The line of the box at which an edge meets it; the title's where there is no such row."""
        rows = (index for index, row in enumerate(self.rows, start=1) if row.key == key.lower())
        return next(rows, 1 if self.is_missing else 0)


class Placed(NamedTuple):
    """Where a box is, in cells."""

    name: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """``lines`` are of one width; ``boxes`` say what is where in them."""

    lines: tuple[str, ...] = ()
    boxes: tuple[Placed, ...] = ()
    width: int = 0

    def box(self, name: str) -> Placed | None:
        return next((box for box in self.boxes if box.name == name), None)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines) + "\n"


_NORTH, _EAST, _SOUTH, _WEST = 1, 2, 4, 8
_LINES = dict(enumerate(" ╵╶└╷│┌├╴┘─┴┐┤┬┼"))


class Canvas:
    """Cells, each of them a part of a line or a character."""

    def __init__(self) -> None:
        self._lines: defaultdict[tuple[int, int], int] = defaultdict(int)
        self._signs: dict[tuple[int, int], str] = {}

    def horizontal(self, y: int, start: int, end: int) -> None:
        for x in range(start, end + 1):
            self._lines[x, y] |= (_WEST if x > start else 0) | (_EAST if x < end else 0)

    def vertical(self, x: int, start: int, end: int) -> None:
        for y in range(start, end + 1):
            self._lines[x, y] |= (_NORTH if y > start else 0) | (_SOUTH if y < end else 0)

    def meet(self, x: int, y: int, box: Box | None, *, east: bool) -> None:
        """Join a line to the border of a box, or to the line that goes on through the layer."""
        self._lines[x + (1 if east else -1), y] |= _WEST if east else _EAST
        if box is None:
            self._lines[x, y] |= _EAST if east else _WEST
        elif self._signs.get((x, y)) == "│":
            self._signs[x, y] = "├" if east else "┤"

    def head(self, x: int, y: int, sign: str) -> None:
        self._signs[x, y] = sign

    def box(self, box: Box, x: int, y: int) -> Placed:
        width = box.width
        across, down = ("╌", "┆") if box.is_missing else ("─", "│")
        title = fitted(box.title, min(cell_width(box.title), width - 6))
        self._text(x, y, f"┌{across} {title} {across * (width - 5 - cell_width(title))}┐")
        for index, row in enumerate(box.rows, start=1):
            self._text(x, y + index, f"{down} {fitted(row.text, width - 4)} {down}")
        self._text(x, y + box.height - 1, f"└{across * (width - 2)}┘")
        return Placed(box.name, x, y, width, box.height)

    def _text(self, x: int, y: int, text: str) -> None:
        for character in text:
            width = cell_width(character)
            if width == 0:
                before = max((at for at in (x - 1, x - 2) if self._signs.get((at, y))), default=x)
                self._signs[before, y] = self._signs.get((before, y), " ") + character
                continue
            self._signs[x, y] = character
            if width == 2:
                self._signs[x + 1, y] = ""
            x += width

    def drawing(self, boxes: Sequence[Placed]) -> Drawing:
        cells = self._lines.keys() | self._signs.keys()
        width = max((x for x, _ in cells), default=-1) + 1
        height = max((y for _, y in cells), default=-1) + 1
        rows = [[" "] * width for _ in range(height)]
        for (x, y), arms in self._lines.items():
            rows[y][x] = _LINES[arms]
        for (x, y), sign in self._signs.items():
            rows[y][x] = sign
        lines = ["".join(row) for row in rows]
        return Drawing(tuple(lines), tuple(boxes), width)
