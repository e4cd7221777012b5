"""The end of a dry run: what would change, and a clock that runs until somebody decides."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Button, Input, Static

from turso_tui.printable import printable
from turso_tui.service.rehearsal.rehearsal import Rehearsal, Rehearsed, Stage
from turso_tui.ui.numbers import passing
from turso_tui.ui.rehearsal_words import lines, total
from turso_tui.ui.screens.dialog import Dialog
from turso_tui.ui.widgets.field import Field

LOOK_AGAIN = 0.25

_ENDINGS = {
    Stage.EXPIRED: "Rolled back: no answer came in time. Nothing is applied.",
    Stage.LOST: "Rolled back by the server: someone else wanted to write, or the connection broke. Nothing is applied.",
}


class RehearsalScreen(Dialog[bool]):
    """Answers True to apply what was shown; anything else rolls it back. ``word`` is to be typed first, if given."""

    DEFAULT_CSS = """
    RehearsalScreen {
        & > .frame { width: 110; border: solid $warning; border-title-color: $warning; padding: 1 2; }
        #total { text-style: bold; }
        .place { color: $muted; }
        #clock { color: $warning; }
        VerticalScroll { height: auto; max-height: 22; margin-top: 1; scrollbar-size-vertical: 1; }
        #rows { width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
        Field { display: none; margin-top: 1; }
        &.-asks-word Field { display: block; }
        .buttons { height: 1; align-horizontal: right; margin-top: 1; }
        Button { margin-left: 1; }
        Button.-style-default { background: $cursor-row; color: $primary; min-width: 10; }
        Button.-style-default:focus { background: $primary; color: $background; text-style: bold; }
        &.-over > .frame { border: solid $bad; border-title-color: $bad; }
        &.-over #clock { color: $bad; }
        &.-over #apply { display: none; }
    }
    RehearsalScreen.-short {
        & > .frame { padding: 0 2; max-height: 100%; }
        VerticalScroll { max-height: 14; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "apply", "Commit", id="rehearsal.commit", show=False),
        Binding("r", "leave", "Roll back", id="rehearsal.roll_back", show=False),
        Binding("j", "scroll(1)", "Down", id="list.down", show=False),
        Binding("k", "scroll(-1)", "Up", id="list.up", show=False),
    ]

    body = query_one(VerticalScroll)
    clock = query_one("#clock", Static)

    def __init__(self, place: Sequence[str], rehearsal: Rehearsal, rehearsed: Rehearsed, word: str = "") -> None:
        super().__init__()
        self._path = place
        self._rehearsal = rehearsal
        self._rehearsed = rehearsed
        self._word = word
        self._said = ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="frame") as frame:
            frame.border_title = "Dry run"
            headline = total(self._rehearsed)
            yield Static(printable(f"{headline[:1].upper()}{headline[1:]}."), id="total", markup=False)
            yield Static(" / ".join(map(printable, self._path)), classes="place", markup=False)
            yield Static(id="clock", markup=False)
            with VerticalScroll():
                yield Static(Content("\n").join(lines(self._rehearsed)), id="rows", markup=False)
            yield Field("its name", Input(id="word", compact=True), word=f"To commit, type {printable(self._word)}")
            with Horizontal(classes="buttons"):
                yield Button("Commit", id="apply", compact=True)
                yield Button("Roll back", id="leave", compact=True)

    def on_mount(self) -> None:
        self.body.focus()
        self._look()
        self.set_interval(LOOK_AGAIN, self._look)

    @property
    def is_over(self) -> bool:
        """It is rolled back already."""
        return self._rehearsal.stage is not Stage.WAITING

    def _look(self) -> None:
        """A line on the wire for each second, no more."""
        said = self._clock_words()
        if said != self._said:
            self._said = said
            self.clock.update(said)
            if self.is_over:
                self.add_class("-over")
                self.query_one("#leave", Button).label = "Leave"
            keys = "esc leaves" if self.is_over else "c commits · esc rolls back · j k scroll"
            self.query_one(".frame").border_subtitle = keys

    def _clock_words(self) -> str:
        if self.is_over:
            return _ENDINGS.get(self._rehearsal.stage, "Rolled back. Nothing is applied.")
        inside = "to where your transaction was" if self._rehearsal.is_inside else "by itself"
        return f"Rolled back {inside} in {passing(self._rehearsal.left)}; until then nobody else can write here."

    # --- the answer

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "apply":
            self.action_apply()
        else:
            self.action_leave()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip() in {self._word, printable(self._word)}:
            self._apply()
        else:
            self.query_exactly_one(Field).complain("That is not its name.", "Nothing is applied.")

    def action_apply(self) -> None:
        if self._word and not self.is_over:
            self.add_class("-asks-word")
            self.query_one("#word", Input).focus()
        else:
            self._apply()

    def _apply(self) -> None:
        if self.is_over:
            self.app.bell()
        else:
            self.dismiss(True)

    def action_scroll(self, steps: int) -> None:
        self.body.scroll_relative(y=steps, animate=False)
