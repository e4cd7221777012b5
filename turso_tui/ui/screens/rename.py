"""What a result is called: on its tab, and by SQL over the results."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input

from turso_tui.errors import InputError
from turso_tui.printable import printable
from turso_tui.ui.screens.form import Form, FormEnd, FormFrame
from turso_tui.ui.widgets.field import Field


class RenameScreen(Form[bool]):
    """Calls ``rename`` with the name, whose `InputError` stands beside the field; answers True once it has one."""

    DEFAULT_CSS = """
    RenameScreen {
        & > .frame { width: 64; }
        Field > .field--name { width: 8; }
    }
    """

    def __init__(self, name: str, rename: Callable[[str], None]) -> None:
        super().__init__()
        self._called = name
        self._rename = rename

    def compose(self) -> ComposeResult:
        with FormFrame(classes="frame") as frame:
            frame.border_title = Content(f"Rename {printable(self._called)}")
            frame.border_subtitle = "enter renames · esc leaves"
            yield Field("name", Input(self._called, compact=True), word="scratch knows it by this name; it is pinned")
            with Horizontal(classes="buttons"):
                yield Button("Rename", compact=True)
            yield FormEnd()

    def on_mount(self) -> None:
        self.query_exactly_one(Input).focus()

    def submit(self) -> None:
        try:
            self._rename(self.query_exactly_one(Input).value)
        except InputError as error:
            self.query_exactly_one(Field).complain(error.what, error.next_step)
        else:
            self.dismiss(True)
