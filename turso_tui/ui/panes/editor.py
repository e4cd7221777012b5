"""The editor with its frame: which database it speaks to, and what stands between a statement and running it."""

import re
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.getters import query_one
from textual.reactive import reactive
from textual.widget import Widget

from turso_tui.errors import SqlError, TursoTuiError
from turso_tui.printable import printable
from turso_tui.service.console import Failed
from turso_tui.sql.facts import character_offset
from turso_tui.sql.lexer import tokenize
from turso_tui.ui.widgets.editor import SqlEditor


class EditorPane(Widget):
    """Shows ``place`` in the frame's top and ``footing`` (token, transaction) in its bottom."""

    DEFAULT_CSS = """
    EditorPane {
        border: solid $border-blurred;
        border-title-color: $foreground;
        border-subtitle-color: $muted;
        &:focus-within { border: solid $primary; }
    }
    """
    BORDER_TITLE = "Editor"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.focus_pane('DatabasesPane')", "Back", show=False)
    ]

    place: reactive[tuple[str, ...]] = reactive((), init=False)
    footing: reactive[str] = reactive("", init=False)

    editor = query_one(SqlEditor)

    def compose(self) -> ComposeResult:
        yield SqlEditor()

    def on_mount(self) -> None:
        self.watch_place()

    def watch_place(self) -> None:
        """``org / group / database``: the last part is what a person looks for, so it alone is bright."""
        if not self.place:
            self.border_title = Content("no database")
            return
        *above, name = (printable(part) for part in self.place)
        self.border_title = Content.assemble(*((f"{part} / ", "$muted") for part in above), (name, "bold $foreground"))

    def watch_footing(self) -> None:
        self.border_subtitle = Content(printable(self.footing))

    def mark_error(self, failure: Failed, start: int) -> None:
        """Show in the text where a statement that begins at ``start`` failed, as exactly as is known."""
        place = error_place(failure.sql, failure.error)
        if place is not None:
            self.editor.error_at(start + place[0], start + place[1])

    def focus(self, scroll_visible: bool = True) -> "EditorPane":
        self.editor.focus(scroll_visible)
        return self


_NAMED = re.compile(r"""(?:no such \w+: |near "|ambiguous column name: )(?P<name>[^"\s]+)""")


def error_place(sql: str, error: TursoTuiError) -> tuple[int, int] | None:
    """Start and end, in characters of ``sql``, of what an error is about.

    The server's byte offset where there is one, else the token that the message names, else nothing.
    """
    if not isinstance(error, SqlError):
        return None
    start = None
    if error.offset is not None:
        start = character_offset(sql, error.offset)
    elif named := _NAMED.search(error.message):
        found = re.search(rf"\b{re.escape(named['name'].rpartition('.')[2])}", sql, re.IGNORECASE)
        start = found.start() if found else None
    if start is None:
        return None
    token = next((token for token in tokenize(sql) if token.start <= start < token.end), None)
    return (token.start, token.end) if token is not None else (max(0, len(sql) - 1), len(sql))
