"""What is said under a statement that failed: lines between those of the text, and no part of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from rich.console import Console
from rich.style import Style
from rich.text import Text
from textual.widgets.text_area import Edit

from turso_tui.printable import printable

MOST_ROWS = 6
"""Rows that a note may take; the whole of it stands among the messages."""

SIGN = "✗ "


@dataclass(frozen=True, slots=True)
class Note:
    """Belongs to a statement from line ``first`` to line ``last``, and stands under it, or under the place in it."""

    first: int
    last: int
    what: str
    advice: str = ""
    """What it means and what to do next."""
    row: int | None = None
    """The line that it stands under, where that is another one than the last."""

    @property
    def under(self) -> int:
        return self.last if self.row is None else self.row

    def after(self, edit: Edit) -> Self | None:
        """Where it stands once ``edit`` is done; nowhere when that changes the statement."""
        if edit.top[0] > self.last:
            return self
        if edit.bottom[0] >= self.first:
            return None
        growth = edit.text.count("\n") - (edit.bottom[0] - edit.top[0])
        row = None if self.row is None else self.row + growth
        return replace(self, first=self.first + growth, last=self.last + growth, row=row)

    def rows(self, console: Console, width: int, bad: Style, muted: Style) -> Sequence[Text]:
        """Wrapped to ``width`` cells; a sign stands before the first of them."""
        room = max(width - len(SIGN), 8)
        text = Text.assemble((printable(self.what), bad), " ", (printable(self.advice), muted))
        text.rstrip()
        rows = list(text.wrap(console, room))
        if len(rows) > MOST_ROWS:
            rows = [*rows[: MOST_ROWS - 1], Text.assemble(rows[MOST_ROWS - 1].plain[: room - 1], "…", style=muted)]
        return [Text.assemble((SIGN if row == 0 else " " * len(SIGN), bad), line) for row, line in enumerate(rows)]
