"""What came back: the rows of each statement, and a log that says what every statement did and cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from turso_tui.printable import printable, printable_lines
from turso_tui.service.console import Failed, Finished
from turso_tui.ui.panes.result_table import ResultTable
from turso_tui.ui.panes.result_tabs import MESSAGES, Panel, ResultTabs, Shown
from turso_tui.ui.problems import in_words
from turso_tui.ui.result_words import footing
from turso_tui.ui.run_words import fate, said
from turso_tui.ui.widgets.grid import ResultGrid
from turso_tui.ui.widgets.notice import Notice
from turso_tui.ui.widgets.run_log import RunLog
from turso_tui.ui.widgets.strip import TabStrip

if TYPE_CHECKING:
    from turso_tui.service.results import ResultSet

ROWS = "rows"
GROWTH_SECONDS = 0.1
"""How often a result that is arriving is looked at: often enough to see it grow, rarely enough for SSH."""

NOTHING_YET = ("Nothing here yet.", "F5 runs the statement under the cursor; enter on a table shows its rows.")


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
    }
    """
    BORDER_TITLE = "Results"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "tab(-1)", "Previous result", show=False, id="results.previous"),
        Binding("right_square_bracket", "tab(1)", "Next result", show=False, id="results.next"),
        Binding("x", "close", "Close the tab", show=False, id="results.close"),
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
        shown = self._tabs.open(index, result)
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
        """A panel's owner is asked first."""
        panel = self._tabs.panel_of(self.strip.active)
        if panel is None:
            raise SkipAction
        self.post_message(self.PanelCloseAsked(panel.id, panel.widget))

    def _leave(self, id: str) -> None:
        """A tab is about to close: if it is in view, go to the one beside it."""
        if self.strip.active == id:
            beside = self._tabs.beside(id)
            if beside is not None:
                self._show(beside)
            else:
                self._clear_grid()

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
        words = printable(panel.footing) if panel is not None else ""
        if shown is not None:
            row = self.grid.cursor.row if self.grid.row_count else None
            words = footing(shown.result, shown.report, row, self.table.words)
        self.border_subtitle = Content(words)

    def _note(self, message: Content) -> None:
        self.run_log.note(message)
        self._draw_tabs()
