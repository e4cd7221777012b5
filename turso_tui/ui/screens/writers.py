"""Who writes and who waits: to the open database, and to every other one from this machine."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from turso_tui.errors import StorageError
from turso_tui.printable import printable
from turso_tui.service.queue_state import QueueState
from turso_tui.service.writer import Writers
from turso_tui.service.writers_report import KEPT_BACK, address, queues
from turso_tui.ui.line_words import who
from turso_tui.ui.numbers import passing
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.dialog import Dialog

LOOK_AGAIN = 0.5
"""Seconds between two looks at the lines."""

HERE = "this program"
STATEMENT_ROOM = 30
"""Cells from which on a statement stands beside its writer, and not below."""

LONGEST = 28
"""Cells that a process or a label may take."""

GAP = 2
"""Cells between two columns."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The lines at one moment; ``problem`` says why those of other databases are not known."""

    open: QueueState
    others: Sequence[QueueState] = ()
    problem: tuple[str, str] | None = None


class WritersScreen(Dialog[None]):
    """Looks again and again while it is open. ``identity`` and ``name`` are the open database's, None without one."""

    DEFAULT_CSS = """
    WritersScreen > .frame { width: 108; height: 80%; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f6", "leave", "Back", id="writers.leave", show=False),
        Binding("j", "focused.scroll_down", "Down", id="list.down", show=False),
        Binding("k", "focused.scroll_up", "Up", id="list.up", show=False),
    ]

    frame = query_one(VerticalScroll)
    table = query_one("#lines", Static)

    def __init__(self, writers: Writers, identity: str | None = None, name: str = "") -> None:
        super().__init__()
        self._writers = writers
        self._identity = identity
        self._database = name
        self._drawn = Content()

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="frame") as frame:
            frame.border_title = "Writers"
            frame.border_subtitle = "one writes, the others wait in this order · esc leaves"
            yield Static(id="lines", markup=False)

    def on_mount(self) -> None:
        self.frame.focus()
        self.set_interval(LOOK_AGAIN, self._look)

    def on_resize(self) -> None:
        self.call_after_refresh(self._look)

    def _look(self) -> None:
        """What is drawn already is not sent again."""
        drawn = Content("\n").join(self._lines(self._looked(), self.table.size.width))
        if drawn != self._drawn:
            self._drawn = drawn
            self.table.update(drawn)

    def _looked(self) -> Looked:
        mine = self._writers.state(self._identity) if self._identity is not None else QueueState()
        try:
            states = queues(self._writers.directory)
        except StorageError as error:
            return Looked(mine, problem=in_words(error))
        return Looked(mine, [state for state in states if state.places[0].database != self._identity])

    def _lines(self, looked: Looked, width: int) -> Iterator[Content]:
        now = self._writers.now()
        tables = [_rows(state, now) for state in (looked.open, *looked.others)]
        widths = _widths([row for table in tables for row in table])
        yield Content.styled(printable(self._database) or "No database is open.", "bold")
        if looked.open.places:
            yield from _drawn(tables[0], widths, width)
        elif self._identity is not None:
            yield Content.styled("Nobody writes: a write begins at once.", "$muted")
        yield Content()
        yield Content.styled("Other databases", "bold")
        if looked.problem is not None:
            yield Content.styled(f"✗ {printable(looked.problem[0])}", "$bad")
            yield Content.styled(f"  {printable(looked.problem[1])}", "$muted")
        elif not looked.others:
            yield Content.styled("Nobody writes to any from this machine.", "$muted")
        for state, table in zip(looked.others, tables[1:], strict=True):
            yield Content(printable(address(state))).truncate(width, ellipsis=True)
            yield from _drawn(table, widths, width)


class Row(NamedTuple):
    """A place as texts that are safe to draw; the first is ``writes`` or its number in the line."""

    rank: str
    time: str
    process: str
    label: str
    statement: str


def _rows(state: QueueState, now: float) -> list[Row]:
    return [
        Row(
            "writes" if number == 0 else f"{number}.",
            passing(place.seconds(now)),
            printable(HERE if place.mine or place.pid == os.getpid() else who(place)),
            printable(place.label),
            printable(KEPT_BACK if place.statement is None else " ".join(place.statement.split())),
        )
        for number, place in enumerate(state.places)
    ]


def _widths(rows: Sequence[Row]) -> tuple[int, ...]:
    """Of every column but the last, the same in all tables."""
    columns = zip(*(row[:-1] for row in rows), strict=True)
    return tuple(min(LONGEST, max(map(cell_len, column))) for column in columns)


def _drawn(rows: Sequence[Row], widths: tuple[int, ...], width: int) -> Iterator[Content]:
    """A line for each where there is room, else its statement on a line below."""
    stands_beside = width - sum(widths) - GAP * len(widths) >= STATEMENT_ROOM
    indent = Content(" " * (widths[0] + widths[1] + 2 * GAP))
    for row in rows:
        rank = Content.styled(row.rank, "$primary" if row.rank == "writes" else "$muted")
        time = Content(row.time.rjust(widths[1]))
        cells = zip((rank, time, Content(row.process), Content(row.label)), widths, strict=True)
        padded = [cell.truncate(room, ellipsis=True, pad=True) for cell, room in cells]
        head, statement = Content(" " * GAP).join(padded), Content.styled(row.statement, "$muted")
        if stands_beside:
            yield (head + " " * GAP + statement).truncate(width, ellipsis=True)
        else:
            yield head.rstrip().truncate(width, ellipsis=True)
            yield (indent + statement).truncate(width, ellipsis=True)
