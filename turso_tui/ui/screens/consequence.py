"""Something that cannot be taken back: says what it ends, with counts, and wants a name typed."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from turso_tui.printable import printable
from turso_tui.ui.screens.form import Form, FormEnd, FormFrame
from turso_tui.ui.widgets.field import Field


class ConsequenceScreen(Form[bool]):
    """Answers True once ``word`` has been typed; ``act`` is the verb on the button."""

    DEFAULT_CSS = """
    ConsequenceScreen {
        & > .frame { width: 72; border: solid $bad; border-title-color: $bad; }
        .consequence { width: 1fr; margin-bottom: 1; }
        .warning { color: $warning; text-style: bold; }
        Field > .field--name { width: 11; }
        Button.-style-default { color: $bad; }
        Button.-style-default:focus { background: $bad; color: $background; }
    }
    """

    def __init__(self, title: str, consequences: Sequence[str], *, word: str, act: str, warning: str = "") -> None:
        super().__init__()
        self._heading = title
        self._consequences = consequences
        self._word = word
        self._act = act
        self._warning = warning

    def compose(self) -> ComposeResult:
        with FormFrame(classes="frame") as frame:
            frame.border_title = Content(printable(self._heading))
            frame.border_subtitle = f"enter {self._act}s · esc leaves everything as it is"
            if self._warning:
                yield Static(Content(f"! {printable(self._warning)}"), classes="consequence warning", markup=False)
            for line in self._consequences:
                yield Static(Content(printable(line)), classes="consequence", markup=False)
            yield Static(
                Content.assemble(("To go on, type ", "$muted"), (printable(self._word), "bold")),
                classes="consequence",
                markup=False,
            )
            yield Field("its name", Input(id="word", compact=True))
            with Horizontal(classes="buttons"):
                yield Button(self._act.capitalize(), compact=True)
            yield FormEnd()

    def on_mount(self) -> None:
        self.query_one("#word", Input).focus()

    def submit(self) -> None:
        if self.query_one("#word", Input).value.strip() in {self._word, printable(self._word)}:
            self.dismiss(True)
        else:
            self.query_exactly_one(Field).complain("That is not its name.", f"Nothing has been {self._act}d.")
