"""The bar under the editor that finds and replaces."""

from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.getters import query_one
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from turso_tui.ui.numbers import grouped
from turso_tui.ui.widgets.editor_search import MOST_COUNTED, Query

if TYPE_CHECKING:
    from turso_tui.ui.widgets.editor import SqlEditor


class FindBar(Widget):
    """Moves the editor's selection while one types in it; esc goes back to the text, at the place that was found."""

    DEFAULT_CSS = """
    FindBar {
        height: auto;
        display: none;
        & > Horizontal { height: 1; }
        & > #replacing { display: none; }
        &.-replacing > #replacing { display: block; }
        Label { width: 8; padding: 0 1 0 0; color: $muted; text-align: right; }
        Input { width: 1fr; background: $panel; padding: 0 1; }
        Input.-textual-compact { padding: 0 1; }
        #count, #hint { width: auto; max-width: 60%; padding: 0 1; color: $muted; }
        &:ansi Input { text-style: underline; }
    }
    """
    BORDER_TITLE = "Find"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back to the text", show=False, id="find.close"),
        Binding("enter", "enter", "Next, or replace this one", show=False, id="find.enter"),
        Binding("down,f3", "go(1)", "Next", show=False, id="find.next"),
        Binding("up,shift+enter,shift+f3", "go(-1)", "Previous", show=False, id="find.previous"),
        Binding("ctrl+f", "replace", "Replace", show=False, id="find.replace"),
        Binding("ctrl+g", "replace_all", "Replace all", show=False, id="find.replace_all"),
    ]

    wanted = query_one("#wanted", Input)
    replacement = query_one("#replacement", Input)

    def __init__(self, editor: "SqlEditor") -> None:
        super().__init__()
        self._editor = editor
        self._query = Query("")
        self._done = ""
        self._began = 0
        """Where the cursor was when one began to look: a longer query is looked for from there."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Label("find")
            yield Input(id="wanted", compact=True)
            yield Static("", id="count", markup=False)
        with Horizontal(id="replacing"):
            yield Label("replace")
            yield Input(id="replacement", compact=True)
            yield Static("enter this · ^G all", id="hint", markup=False)

    def open(self, selected: str) -> None:
        """Look for ``selected``, or for the same as last time."""
        self.display = True
        self._began = self._cursor()
        if selected and "\n" not in selected:
            self.wanted.value = selected
        self.wanted.focus()
        self.wanted.select_all()
        self._look()

    @property
    def has_query(self) -> bool:
        return bool(self._query.text)

    def text_changed(self) -> None:
        """The editor's text is another one."""
        if self.is_mounted and self.display:
            self._say()

    def go(self, steps: int) -> None:
        """To the next place (1) or the one before (-1), from where the cursor is."""
        self._done = ""
        editor, text = self._editor, self._editor.script.text
        start = editor.offset_of(min(editor.selection))
        if steps > 0:
            found = self._query.next(text, start + (0 if editor.selection.is_empty else 1))
        else:
            found = self._query.previous(text, start)
        if found is not None:
            editor.select_offsets(found, found + len(self._query.text))
            self._began = found
        self._say()

    def action_go(self, steps: int) -> None:
        self.go(steps)

    def action_enter(self) -> None:
        if self.replacement.has_focus:
            self._replace_one()
        else:
            self.go(1)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_enter()

    def action_close(self) -> None:
        self.display = False
        self.remove_class("-replacing")
        self._editor.show_found(Query(""))
        self._editor.focus()

    def action_replace(self) -> None:
        """Show the second field, or go to the other one."""
        if self.replacement.has_focus:
            self.wanted.focus()
        else:
            self.add_class("-replacing")
            self.replacement.focus()

    def action_replace_all(self) -> None:
        """All at once, as one step that can be taken back; first show what with."""
        if not self.has_class("-replacing"):
            self.action_replace()
            return
        editor = self._editor
        text, count = self._query.replaced(editor.script.text, self.replacement.value)
        if count:
            cursor = editor.cursor_location
            editor.replace(text, editor.document.start, editor.document.end)
            editor.move_cursor(cursor)
        self._done = f"replaced {grouped(count)} · "
        self._say()

    @on(Input.Changed, "#wanted")
    def _look(self) -> None:
        """From where one began, so that what is found does not run away while one types."""
        self._done = ""
        self._query = Query(self.wanted.value)
        self._editor.show_found(self._query)
        found = self._query.next(self._editor.script.text, self._began)
        if found is not None:
            self._editor.select_offsets(found, found + len(self._query.text))
        self._say()

    def on_key(self, event: events.Key) -> None:
        """Arrows in a field of one line mean the places."""
        if event.key in {"up", "down"}:
            event.stop()
            self.go(1 if event.key == "down" else -1)

    def _replace_one(self) -> None:
        editor = self._editor
        if self._query.text and list(self._query.starts(editor.selected_text)) == [0]:
            editor.replace(self.replacement.value, *editor.selection, maintain_selection_offset=False)
        self.go(1)

    def _cursor(self) -> int:
        return self._editor.offset_of(min(self._editor.selection))

    def _say(self) -> None:
        if not self.display:
            return
        self.query_exactly_one("#count", Static).update(Content.assemble((self._done, "$good"), self._count()))

    def _count(self) -> Content:
        if not self._query.text:
            return Content("^F replaces")
        starts = list(islice(self._query.starts(self._editor.script.text), MOST_COUNTED + 1))
        if not starts:
            return Content.styled("not found", "$warning")
        here = bisect_left(starts, self._cursor())
        is_on_one = here < len(starts) and starts[here] == self._cursor() and not self._editor.selection.is_empty
        which = f"{grouped(here + 1)} of " if is_on_one and here < MOST_COUNTED else ""
        total = f"more than {grouped(MOST_COUNTED)}" if len(starts) > MOST_COUNTED else grouped(len(starts))
        return Content(which + total)
