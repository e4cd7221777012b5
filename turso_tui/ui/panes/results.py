"""What came back: the rows of each statement, and a log that says what every statement did and cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from turso_tui.printable import printable_lines
from turso_tui.service.console import Failed, Finished
from turso_tui.ui.numbers import duration, grouped
from turso_tui.ui.panes.result_table import ResultTable
from turso_tui.ui.problems import in_words
from turso_tui.ui.run_words import costs, fate, said
from turso_tui.ui.widgets.grid import ResultGrid
from turso_tui.ui.widgets.notice import Notice
from turso_tui.ui.widgets.strip import StripTab, TabStrip

if TYPE_CHECKING:
    from turso_tui.service.results import ResultSet

MESSAGES = "messages"
SHOWN_MESSAGES = 200
GROWTH_SECONDS = 0.1
"""How often a result that is arriving is looked at: often enough to see it grow, rarely enough for SSH."""

NOTHING_YET = ("Nothing here yet.", "F5 runs the statement under the cursor; enter on a table shows its rows.")


@dataclass(frozen=True, slots=True)
class Shown:
    """One result as a tab, and what its statement cost once that is known."""

    index: int
    result: "ResultSet"
    report: Finished | Failed | None = None

    @property
    def id(self) -> str:
        return f"result-{self.index}"


class ResultsPane(Widget):
    """Fed by the screen while statements run; the chosen tab never changes by itself once a person has chosen."""

    DEFAULT_CSS = """
    ResultsPane {
        border: solid $border-blurred;
        border-title-color: $muted;
        border-subtitle-color: $muted;
        &:focus-within { border: solid $primary; border-title-color: $primary; }
        TabStrip { padding: 0 1; display: none; }
        &.-tabs TabStrip { display: block; }
        ContentSwitcher { height: 1fr; }
        #messages { padding: 0 1; }
    }
    """
    BORDER_TITLE = "Results"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "tab(-1)", "Previous result", show=False, id="results.previous"),
        Binding("right_square_bracket", "tab(1)", "Next result", show=False, id="results.next"),
    ]

    strip = query_one(TabStrip)
    switcher = query_one(ContentSwitcher)
    table = query_one(ResultTable)
    grid = query_one(ResultGrid)
    notice = query_one(Notice)
    log_text = query_one("#log", Static)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: list[Shown] = []
        self._messages: list[Content] = []
        self._growth: Timer | None = None

    def compose(self) -> ComposeResult:
        yield TabStrip()
        with ContentSwitcher(initial="rows"):
            with Widget(id="rows"):
                yield Notice()
                yield ResultTable()
            with VerticalScroll(id=MESSAGES):
                yield Static(id="log", markup=False)

    def on_mount(self) -> None:
        self.table.display = False
        self.notice.say(*NOTHING_YET)

    def focus(self, scroll_visible: bool = True) -> "ResultsPane":
        target = self.query_one("#messages") if self.strip.active == MESSAGES else self.table
        (target if target.display else self.strip).focus(scroll_visible)
        return self

    @property
    def results(self) -> "Sequence[ResultSet]":
        """Every result on show, for whoever drops them."""
        return [shown.result for shown in self._shown]

    # --- what the screen tells us

    def begin(self) -> None:
        """A new run: its results take the place of the old ones as soon as there are any."""
        self._shown = []
        self.table.keep_only([])
        self._growth = self.set_interval(GROWTH_SECONDS, self._grow)

    def open(self, index: int, result: "ResultSet") -> None:
        """Rows of statement ``index`` are arriving."""
        self._shown.append(Shown(index, result))
        self._draw_tabs()
        self._show(self._shown[-1].id)

    def finish(self, event: Finished | Failed, next_step: str = "") -> None:
        """A statement has ended, well or not; ``next_step`` is what to do after a failure."""
        self._shown = [
            Shown(each.index, each.result, event) if each.index == event.index else each for each in self._shown
        ]
        self._note(said(event))
        self._grow()
        if isinstance(event, Failed) and event.result is None:
            self._draw_tabs()
            self._say_failure(event, next_step)

    def end(self) -> None:
        """The run is over, or was cancelled."""
        if self._growth is not None:
            self._growth.stop()
            self._growth = None
        self._grow()
        if not self._shown:
            self._clear_grid()
        self._draw_tabs()

    def note(self, text: str, tone: str = "$muted") -> None:
        """A line for the log that no statement of a run said."""
        self._note(Content.styled(printable_lines(text), tone))

    # --- tabs

    def action_tab(self, steps: int) -> None:
        self.strip.action_go(steps)

    @on(TabStrip.Chosen)
    def _tab_chosen(self, event: TabStrip.Chosen) -> None:
        event.stop()
        self._show(event.id)
        self.focus()

    @on(ResultGrid.CursorMoved)
    @on(ResultGrid.ColumnsChanged)
    @on(ResultTable.Shaped)
    def _cursor_moved(self) -> None:
        self._draw_footing()

    def _draw_tabs(self) -> None:
        many = len(self._shown) > 1
        tabs = [StripTab(shown.id, f"Result {shown.result.name}" if many else "Result") for shown in self._shown]
        self.strip.tabs = (*tabs, StripTab(MESSAGES, "Messages"))
        self.set_class(bool(self._messages), "-tabs")

    def _show(self, tab: str) -> None:
        self.strip.active = tab
        if tab == MESSAGES:
            self.switcher.current = MESSAGES
        else:
            self.switcher.current = "rows"
            shown = self._current
            if shown is not None:
                self.notice.hush()
                self.table.display = True
                self.table.show(shown.result)
        self._draw_footing()

    def _say_failure(self, event: Failed, next_step: str) -> None:
        """In place of rows: an error belongs where the answer would have been."""
        if self._shown:
            self._show(MESSAGES)
            return
        self._clear_grid()
        self.notice.say(in_words(event.error)[0], next_step, tone=fate(event)[2])

    def _clear_grid(self) -> None:
        self.switcher.current = "rows"
        self.strip.active = None
        self.table.show(None)
        self.table.display = False
        if self.screen.focused is self.grid:
            self.strip.focus()

    # --- the frame's foot and the log

    @property
    def _current(self) -> Shown | None:
        return next((shown for shown in self._shown if shown.id == self.strip.active), None)

    def _grow(self) -> None:
        if self._current is not None and self.switcher.current == "rows":
            self.table.extend()
        self._draw_footing()

    def _draw_footing(self) -> None:
        shown = self._current
        row = self.grid.cursor.row if self.grid.row_count else None
        self.border_subtitle = Content(_footing(shown, row, self.table.words) if shown else "")

    def _note(self, message: Content) -> None:
        self._messages = [*self._messages[-SHOWN_MESSAGES:], message]
        self.log_text.update(Content("\n").join(reversed(self._messages)))
        self._draw_tabs()


def _footing(shown: Shown, row: int | None, words: Sequence[str]) -> str:
    result, report = shown.result, shown.report
    count = grouped(result.row_count)
    noun = "row" if result.row_count == 1 else "rows"
    if result.complete:
        parts = [f"{count} {noun}"]
    elif report is None:
        parts = [f"{count} {noun} so far"]
    else:
        parts = [f"{count} {noun}, then it failed"]
    parts = [*words, *([] if words and "match" in words[0] and result.complete else parts)]
    if report is not None:
        parts.append(duration(report.seconds))
    if isinstance(report, Finished):
        parts += costs(report)
    if row is not None:
        parts.append(f"↕ {grouped(row + 1)}")
    return " · ".join(parts)
