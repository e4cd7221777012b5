"""What a column holds: kinds, how many different values, the ends, the values seen most, and how numbers are spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from turso_tui.errors import TursoTuiError
from turso_tui.printable import printable
from turso_tui.ui.cells import cell_text, number_text
from turso_tui.ui.numbers import grouped
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.dialog import Dialog
from turso_tui.ui.widgets.notice import PATIENCE

if TYPE_CHECKING:
    from turso_tui.service.results import ResultSet
    from turso_tui.service.results_views import ResultView
    from turso_tui.service.statistics import ColumnStatistics
    from turso_tui.values import Value

BAR = 28
LABEL = 12
SHOWN = 40


class ColumnScreen(Dialog[None]):
    """Reads the column when it is opened; leaving stops the reading."""

    DEFAULT_CSS = """
    ColumnScreen > .frame { width: 76; scrollbar-size-vertical: 1; }
    """

    def __init__(self, source: ResultSet | ResultView, column: int, of: Sequence[str]) -> None:
        super().__init__()
        self._source = source
        self._column = column
        self._of = of

    def compose(self) -> ComposeResult:
        column = self._source.columns[self._column]
        with VerticalScroll(classes="frame") as frame:
            declared = f" · {printable(column.decltype)}" if column.decltype else ""
            frame.border_title = Content(printable(column.name) + declared)
            frame.border_subtitle = "esc leaves"
            yield Static(markup=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
        self.set_timer(PATIENCE, self._say_busy)
        self._read()

    def _say_busy(self) -> None:
        if not self.said:
            self.query_one(Static).update(Content.styled("Reading the column…", "$muted"))

    @property
    def said(self) -> str:
        return str(self.query_one(Static).content)

    @work(exclusive=True, group="column", exit_on_error=True)
    async def _read(self) -> None:
        from turso_tui.service.statistics import statistics

        try:
            found = await statistics(self._source, self._column)
        except TursoTuiError as error:
            what, next_step = in_words(error)
            self.query_one(Static).update(
                Content.assemble((f"✗ {printable(what)}", "$bad"), f"\n{printable(next_step)}")
            )
        else:
            self.query_one(Static).update(described(found, self._of))


def described(found: ColumnStatistics, of: Sequence[str] = ()) -> Content:
    """All of it as lines; ``of`` says which rows these are, where they are not all."""
    rows = grouped(found.rows)
    lines = [_line("rows", " · ".join([rows, *of])), _line("NULL", _share(found.nulls, found.rows))]
    lines.append(_line("different", grouped(found.distinct)))
    kinds = [f"{kind} {grouped(count)}" for kind, count in found.kinds.items() if kind != "null"]
    if kinds:
        lines.append(_line("kinds", " · ".join(kinds)))
        lines += [_line("least", _value(found.minimum)), _line("greatest", _value(found.maximum))]
    if found.mean is not None:
        lines.append(_line("mean", number_text(found.mean)))
    if found.common:
        lines += [Content(""), Content.styled("seen most", "$muted")]
        most = max(count for _, count in found.common)
        lines += [_bar(_value(value), count, most) for value, count in found.common]
    if found.buckets:
        lines += [Content(""), Content.styled("spread", "$muted")]
        most = max(bucket.count for bucket in found.buckets)
        lines += [_bar(f"{bucket.low:.6g} …", bucket.count, most) for bucket in found.buckets]
    return Content("\n").join(lines)


def _line(label: str, text: str) -> Content:
    return Content.assemble((f"{label:<{LABEL}}", "$muted"), text)


def _bar(label: str, count: int, most: int) -> Content:
    cell = Content(label).truncate(24, ellipsis=True, pad=True)
    halves = round(count / most * BAR * 2)
    bar = "━" * (halves // 2) + "╸" * (halves % 2)
    return Content.assemble(cell, " ", (f"{bar:<{BAR}}", "$primary"), f" {grouped(count)}")


def _share(count: int, of: int) -> str:
    return f"{grouped(count)} ({count * 100 / of:.1f} %)" if of and count else grouped(count)


def _value(value: Value) -> str:
    return cell_text(value, limit=SHOWN).text
