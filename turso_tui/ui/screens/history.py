"""Every statement that was run, found by typing a part of it, and put into the editor again."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.getters import query_one
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from turso_tui.errors import StorageError
from turso_tui.service.history import FOUND, Remembered
from turso_tui.ui.history_words import line, preview
from turso_tui.ui.numbers import grouped
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.dialog import Dialog
from turso_tui.ui.widgets.notice import Notice
from turso_tui.ui.widgets.pick_list import PickList

if TYPE_CHECKING:
    from turso_tui.service.history import History

NOTHING_YET = ("Nothing has been run yet.", "F5 runs the statement under the cursor.")
NOTHING_KEPT = ("The history is turned off.", "“keep = true” under [history] in config.toml turns it on.")
NO_MATCH = ("No statement has all of these words.", "esc clears them.")


class HistoryScreen(Dialog[Remembered]):
    """Answers with the statement that was chosen. The field keeps the focus; the arrows walk the list."""

    DEFAULT_CSS = """
    HistoryScreen {
        & > .frame { width: 96%; height: 92%; padding: 0 1; }
        & Input, & Input:focus { border: none; height: 1; padding: 0 1; background: transparent; }
        & PickList, & PickList:focus { height: 1fr; margin-top: 1; }
        & Notice { height: 1fr; margin-top: 1; }
        & VerticalScroll { height: 10; border-top: solid $border-blurred; }
        &.-short VerticalScroll { height: 7; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk('cursor_up')", "Up", id="list.up", show=False, priority=True),
        Binding("down", "walk('cursor_down')", "Down", id="list.down", show=False, priority=True),
        Binding("pageup", "walk('page_up')", "Page up", id="list.page_up", show=False, priority=True),
        Binding("pagedown", "walk('page_down')", "Page down", id="list.page_down", show=False, priority=True),
        Binding("ctrl+y,y", "copy", "Copy the statement", id="history.copy", show=False),
    ]

    field = query_one(Input)
    listing = query_one(PickList)
    notice = query_one(Notice)
    frame = query_one(".frame", Vertical)
    shown = query_one("#preview", Static)

    def __init__(self, history: "History", *, clock: Callable[[], float] = time.time) -> None:
        """``clock`` (unix seconds) says what today is."""
        super().__init__()
        self._history = history
        self._clock = clock
        self._found: list[Remembered] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="frame") as frame:
            frame.border_title = "History"
            frame.border_subtitle = "enter puts it into the editor · ^Y copies it · esc leaves"
            yield Input(placeholder="parts of a statement, of a database's name", select_on_focus=False)
            yield PickList(markup=False)
            yield Notice()
            with VerticalScroll(can_focus=False):
                yield Static(id="preview", markup=False)

    def on_mount(self) -> None:
        self.field.focus()
        self._search("")

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self._search(event.value)

    @work(exclusive=True, group="search")
    async def _search(self, query: str) -> None:
        try:
            found = await self._history.search(query)
        except StorageError as error:
            self._show([], *in_words(error), tone="$bad")
            return
        if query == self.field.value:
            nothing = NOTHING_YET if self._history.keep else NOTHING_KEPT
            self._show(found, *(NO_MATCH if query.strip() else nothing))

    def _show(self, found: list[Remembered], what: str, next_step: str, tone: str = "$muted") -> None:
        self._found = found
        now, narrow = self._clock(), self.has_class("-narrow")
        self.listing.set_options(Option(line(each, now, narrow=narrow)) for each in found)
        self.listing.display = self.query_one(VerticalScroll).display = bool(found)
        self.listing.highlighted = 0 if found else None
        if found:
            self.notice.hush()
        else:
            self.notice.say(what, next_step, tone=tone)
        count = f"the newest {grouped(FOUND)}" if len(found) == FOUND else grouped(len(found))
        self.frame.border_title = f"History · {count}" if found else "History"

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self.shown.update(preview(self._found[event.option_index]))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index])

    @on(Input.Submitted)
    def _accept(self) -> None:
        if (remembered := self._highlighted_one) is not None:
            self.dismiss(remembered)

    @property
    def _highlighted_one(self) -> Remembered | None:
        place = self.listing.highlighted
        return self._found[place] if place is not None else None

    def action_copy(self) -> None:
        if (remembered := self._highlighted_one) is not None:
            self.app.copy_to_clipboard(remembered.sql)
            self.notify("Copied the statement.")

    def action_leave(self) -> None:
        """One step: what was typed goes first."""
        if self.field.value:
            self.field.clear()
        else:
            self.dismiss(None)

    async def action_walk(self, step: str) -> None:
        """Move in the list, whatever has the focus."""
        await self.app.run_action(step, self.listing)
