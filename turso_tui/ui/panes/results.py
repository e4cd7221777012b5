"""What came back: the rows of each statement, and a log that says what every statement did and cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from turso_tui.errors import StorageError, TursoTuiError
from turso_tui.printable import printable, printable_lines
from turso_tui.service.console import Failed, Finished
from turso_tui.ui.panes.result_comparing import compare_results
from turso_tui.ui.panes.result_table import ResultTable
from turso_tui.ui.panes.result_tabs import MESSAGES, Panel, ResultTabs, Shown
from turso_tui.ui.problems import in_words
from turso_tui.ui.result_words import fitting, footing
from turso_tui.ui.run_words import fate, said
from turso_tui.ui.runs import runs
from turso_tui.ui.screens.compare import CompareAsked, CompareScreen
from turso_tui.ui.screens.rename import RenameScreen
from turso_tui.ui.widgets.framed import Framed
from turso_tui.ui.widgets.grid import ResultGrid
from turso_tui.ui.widgets.grid_marks import difference_mark
from turso_tui.ui.widgets.notice import Notice
from turso_tui.ui.widgets.run_log import RunLog
from turso_tui.ui.widgets.statusline import Status, StatusKind
from turso_tui.ui.widgets.strip import TabStrip

if TYPE_CHECKING:
    from turso_tui.service.results import ResultSet

ROWS = "rows"
COMPARING = "compare"
FRAME = 4
"""Cells of the frame's foot that are the frame's own."""

GROWTH_SECONDS = 0.1
"""How often a result that is arriving is looked at: often enough to see it grow, rarely enough for SSH."""

NOTHING_YET = ("Nothing here yet.", "F5 runs the statement under the cursor; enter on a table shows its rows.")


class ResultsPane(Framed):
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
    }
    """
    BORDER_TITLE = "Results"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "tab(-1)", "Previous result", show=False, id="results.previous"),
        Binding("right_square_bracket", "tab(1)", "Next result", show=False, id="results.next"),
        Binding("p", "pin", "Pin", show=False, id="results.pin", tooltip="Keep the result over the next runs, or not"),
        Binding("A", "rename", "Rename", show=False, id="results.rename", tooltip="Name the result, also for scratch"),
        Binding("equals_sign", "compare", "Compare", show=False, id="results.compare", tooltip="Compare two results"),
        Binding(
            "x", "close", "Close the tab", show=False, id="results.close", tooltip="Close the result, or the table"
        ),
        Binding("escape", "stop", "Stop comparing", show=False, id="results.stop"),
    ]

    strip = query_one(TabStrip)
    switcher = query_one(ContentSwitcher)
    table = query_one(ResultTable)
    grid = query_one("ResultTable ResultGrid", ResultGrid)
    notice = query_one("#rows > Notice", Notice)
    run_log = query_one(RunLog)

    @dataclass
    class PanelCloseAsked(Message):
        """Whoever added the panel closes it, unless something in it would be lost."""

        id: str
        widget: Widget

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tabs = ResultTabs()
        self._growth: Timer | None = None

    def compose(self) -> ComposeResult:
        yield TabStrip()
        with ContentSwitcher(initial=ROWS):
            with Widget(id=ROWS):
                yield Notice()
                yield ResultTable()
            yield RunLog(id=MESSAGES)

    def on_mount(self) -> None:
        self.table.display = False
        self.notice.say(*NOTHING_YET)

    def focus(self, scroll_visible: bool = True) -> "ResultsPane":
        panel = self._tabs.panel_of(self.strip.active)
        if panel is not None:
            panel.widget.focus(scroll_visible)
        else:
            target: Widget = self.run_log if self.strip.active == MESSAGES else self.table
            (target if target.display else self.strip).focus(scroll_visible)
        return self

    @property
    def results(self) -> "Sequence[ResultSet]":
        """Every result on show, for whoever drops them."""
        return self._tabs.results

    # --- what the screen tells us

    def begin(self) -> None:
        """A new run: its results take the place of the old ones as soon as there are any; the pinned ones stay."""
        self._tabs.begin()
        self.table.keep_only(self._tabs.results)
        self._growth = self.set_interval(GROWTH_SECONDS, self._grow)

    def open(self, index: int, result: "ResultSet") -> None:
        """Rows of statement ``index`` are arriving."""
        self._open(Shown(index, result))

    def _open(self, shown: Shown) -> None:
        self._tabs.open(shown)
        self._draw_tabs()
        self._show(shown.id)

    def finish(self, event: Finished | Failed, next_step: str = "") -> None:
        """A statement has ended, well or not; ``next_step`` is what to do after a failure."""
        self._tabs.finish(event)
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
        if self.switcher.current == ROWS and self._current is None:
            self._clear_grid()
        self._draw_tabs()

    def note(self, text: str, tone: str = "$muted") -> None:
        """A line for the log that no statement of a run said."""
        self._note(Content.styled(printable_lines(text), tone))

    # --- panels: tabs that hold something else

    def add_panel(self, id: str, title: str, widget: Widget) -> None:
        """Show ``widget`` as a tab that stays until `close_panel`, and go to it; ``id`` becomes the widget's own.

        Nothing is added where the panel is there already: it is only gone to.
        """
        if self._tabs.panel_of(id) is None:
            widget.id = id
            widget.display = False
            self.switcher.mount(widget)
            self._tabs.panels.append(Panel(id, title, widget))
        self._draw_tabs()
        self._show(id)

    def update_panel(
        self, id: str, *, title: str | None = None, footing: str | None = None, changed: bool | None = None
    ) -> None:
        """Call it something else, say something else in the frame under it, or mark what is not applied yet."""
        self._tabs.panels = [
            replace(
                each,
                title=each.title if title is None else title,
                footing=each.footing if footing is None else footing,
                changed=each.changed if changed is None else changed,
            )
            if each.id == id
            else each
            for each in self._tabs.panels
        ]
        self._draw_tabs()
        self._draw_footing()

    def close_panel(self, id: str) -> None:
        """Remove the tab and its widget; the neighbour comes into view."""
        panel = self._tabs.panel_of(id)
        if panel is not None:
            had_focus = panel.widget.has_focus_within
            self._leave(id)
            self._tabs.panels.remove(panel)
            panel.widget.remove()
            self._draw_tabs()
            if had_focus:
                self.focus()

    def panel(self, id: str) -> Widget | None:
        """The widget of this panel, if it is there."""
        panel = self._tabs.panel_of(id)
        return panel.widget if panel is not None else None

    # --- tabs

    def action_tab(self, steps: int) -> None:
        self.strip.action_go(steps)

    def action_close(self) -> None:
        """A panel's owner is asked first; a result that is closed is still known to SQL over the results."""
        panel = self._tabs.panel_of(self.strip.active)
        if panel is not None:
            self.post_message(self.PanelCloseAsked(panel.id, panel.widget))
        elif self._is_arriving(self._chosen):
            self._tell(StatusKind.WARNING, "Its rows are still arriving.", "ctrl+c cancels the statement.")
        else:
            self._close(self._chosen)

    def _close(self, shown: Shown) -> None:
        self._leave(shown.id)
        self._tabs.close(shown)
        self.table.keep_only(self._tabs.results)
        self._draw_tabs()
        if not self._tabs.shown and self.strip.active is None:
            self.notice.say(*NOTHING_YET)
        self.focus()
        self._retire(shown.result)

    @work(group="retire", exit_on_error=True)
    async def _retire(self, result: "ResultSet") -> None:
        result.pinned = False
        try:
            await result.retire()
        except StorageError as error:  # its space is not given back before the program ends
            self._tell(StatusKind.FAILED, *in_words(error))
        else:
            self._tell(StatusKind.OK, f"Closed {printable(result.name)}.", "SQL in scratch still knows it.")

    def _leave(self, id: str) -> None:
        """A tab is about to close: if it is in view, go to the one beside it."""
        if self.strip.active == id:
            beside = self._tabs.beside(id)
            if beside is not None:
                self._show(beside)
            else:
                self._clear_grid()

    @property
    def _chosen(self) -> Shown:
        """The result in view; where there is none, the key is someone else's."""
        shown = self._current
        if shown is None:
            raise SkipAction
        return shown

    def _is_arriving(self, shown: Shown) -> bool:
        return not shown.result.complete and shown.result.failure is None and self._growth is not None

    def action_pin(self) -> None:
        """It stays until it is closed, or unpinned before a run."""
        result = self._chosen.result
        result.pinned = not result.pinned
        name = printable(result.name)
        self._tell(StatusKind.OK, f"{name} stays." if result.pinned else f"{name} goes with the next run.")
        self._draw_tabs()

    def action_rename(self) -> None:
        result = self._chosen.result
        screen = RenameScreen(result.name, lambda name: result.store.rename(result, name))
        self.app.push_screen(screen, lambda _: self._draw_tabs())

    # --- comparing

    def action_compare(self) -> None:
        """With another result that is kept, whether it is on show or not."""
        result = self._chosen.result
        others = [each for each in result.store.results if each is not result and each.columns]
        if others and result.columns:
            self.app.push_screen(CompareScreen(result, others), self._compare_asked)
        else:
            self._tell(StatusKind.WARNING, "There is no other result to compare with.", "Run another statement first.")

    def _compare_asked(self, asked: CompareAsked | None) -> None:
        if asked is not None:
            self._compare(asked)

    @work(exclusive=True, group=COMPARING, exit_on_error=True)
    async def _compare(self, asked: CompareAsked) -> None:
        try:
            await compare_results(asked, self._open, self._tell)
        except TursoTuiError as error:
            self._tell(StatusKind.FAILED, *in_words(error))

    def action_stop(self) -> None:
        if not runs(self, COMPARING):
            raise SkipAction
        self.workers.cancel_group(self, COMPARING)
        self._tell(StatusKind.WARNING, "Stopped.")

    def _tell(self, kind: StatusKind, text: str, detail: str = "") -> None:
        self.post_message(ResultTable.Told(Status(kind, text, detail)))

    @on(TabStrip.Chosen)
    def _tab_chosen(self, event: TabStrip.Chosen) -> None:
        event.stop()
        self._show(event.id)
        self.focus()

    @on(ResultGrid.CursorMoved)
    @on(ResultGrid.ColumnsChanged)
    @on(ResultTable.Shaped)
    @on(ResultTable.Summed)
    def _cursor_moved(self) -> None:
        self._draw_footing()

    def _draw_tabs(self) -> None:
        self.strip.tabs = self._tabs.strip()
        self.set_class(bool(self._tabs.panels) or not self.run_log.is_empty, "-tabs")

    def _show(self, tab: str) -> None:
        self.strip.active = tab
        if tab == MESSAGES or self._tabs.panel_of(tab) is not None:
            self.switcher.current = tab
        else:
            self.switcher.current = ROWS
            shown = self._current
            if shown is not None:
                self.notice.hush()
                self.table.display = True
                self.table.show(shown.result)
                self.grid.mark_of = partial(difference_mark, self.grid) if shown.is_comparison else None
        self._draw_footing()

    def _say_failure(self, event: Failed, next_step: str) -> None:
        """In place of rows: an error belongs where the answer would have been."""
        if self._tabs.has_new:
            self._show(MESSAGES)
            return
        self._clear_grid()
        self.notice.say(in_words(event.error)[0], next_step, tone=fate(event)[2])

    def _clear_grid(self) -> None:
        self.switcher.current = ROWS
        self.strip.active = None
        self.table.show(None)
        self.table.display = False
        if self.screen.focused is self.grid:
            self.strip.focus()

    # --- the frame's foot and the log

    @property
    def _current(self) -> Shown | None:
        return self._tabs.result_of(self.strip.active)

    def _grow(self) -> None:
        if self._current is not None and self.switcher.current == ROWS:
            self.table.extend()
        self._draw_footing()

    def _draw_footing(self) -> None:
        shown, panel = self._current, self._tabs.panel_of(self.strip.active)
        parts = [printable(panel.footing)] if panel is not None else []
        if shown is not None:
            row = self.grid.cursor.row if self.grid.row_count else None
            parts = self.table.selected_words or footing(shown.result, shown.report, row, self.table.words, shown.words)
        room = self.size.width - FRAME
        self.say_foot(parts[0] if len(parts) == 1 else fitting(parts, room))

    def on_resize(self) -> None:
        self._draw_footing()

    def _note(self, message: Content) -> None:
        self.run_log.note(message)
        self._draw_tabs()
