"""Choose another database by typing a few letters of its name, or the path of a file."""

from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.getters import query_one

from turso_tui.printable import printable
from turso_tui.ui.panes.databases import DatabaseItem, DatabasesPane
from turso_tui.ui.screens.dialog import Dialog


class PickDatabaseScreen(Dialog[str | Path]):
    """Answers with a name or the path of a SQLite file; the filter takes what is typed at once."""

    DEFAULT_CSS = """
    PickDatabaseScreen {
        & > .frame { width: 60; height: 80%; padding: 0; border: none; }
        DatabasesPane { height: 1fr; background: $surface; }
    }
    """

    pane = query_one(DatabasesPane)

    def __init__(self, items: Sequence[DatabaseItem], title: str) -> None:
        super().__init__()
        self._items = tuple(items)
        self._heading = title

    def compose(self) -> ComposeResult:
        with Vertical(classes="frame"):
            yield DatabasesPane(when_empty=("There is no other one here.", "Type the path of a SQLite file."))

    def on_mount(self) -> None:
        self.pane.border_title = self._heading
        self.pane.border_subtitle = "type a name or the path of a file · enter chooses · esc leaves"
        self.pane.items = self._items
        self.pane.listing.action_filter()

    @on(DatabasesPane.Opened)
    def _chosen(self, event: DatabasesPane.Opened) -> None:
        event.stop()
        self.dismiss(event.item.name)

    @on(DatabasesPane.Unmatched)
    def _typed(self, event: DatabasesPane.Unmatched) -> None:
        event.stop()
        path = Path(event.text).expanduser()
        if path.is_file():
            self.dismiss(path)
        else:
            self.pane.listing.notice.say(f"✗ No database and no file is called {printable(event.text)}.", tone="$bad")
