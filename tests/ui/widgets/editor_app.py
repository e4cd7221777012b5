"""A screen with nothing but an editor in a frame, over a database whose names are known."""

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from turso_tui.sql.names import ForeignKey, KnownColumn, Names, Relation, RelationKind
from turso_tui.ui.themes import default_variables, load_themes, shipped_directory
from turso_tui.ui.widgets.editor import SqlEditor

NAMES = Names(
    relations=(
        Relation(
            "messages",
            (
                KnownColumn("id", "INTEGER"),
                KnownColumn("thread_id", "INTEGER"),
                KnownColumn("role", "TEXT"),
                KnownColumn("content", "TEXT"),
                KnownColumn("created_at", "TEXT"),
            ),
        ),
        Relation(
            "threads", (KnownColumn("id", "INTEGER"), KnownColumn("title", "TEXT"), KnownColumn("order", "INTEGER"))
        ),
        Relation("latest", (KnownColumn("role", "TEXT"),), RelationKind.VIEW),
        Relation("[b]tool calls[/b]", (KnownColumn("a\x1b[31m", "TEXT"),)),
    ),
    foreign_keys=(ForeignKey("messages", "thread_id", "threads", "id"),),
)


class EditorApp(App[None]):
    """The editor has the focus; there is something else to walk to."""

    CSS = """
    Screen { background: $background; }
    Vertical { border: solid $border; height: 1fr; }
    """

    def __init__(self, text: str = "", theme_name: str = "turso-dark") -> None:
        super().__init__()
        self.editor = SqlEditor(text)
        self.editor.cursor_blink = False
        self.editor.names = NAMES
        for theme in load_themes([shipped_directory()]).themes:
            self.register_theme(theme)
        self.theme = theme_name

    def on_mount(self) -> None:
        self.editor.focus()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield self.editor
        yield Input()
