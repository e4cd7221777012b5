"""What every form shares: enter submits, what is wrong stands beside its field, and nothing typed is ever lost."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from turso_tui.errors import TursoTuiError
from turso_tui.printable import printable
from turso_tui.ui.problems import in_words
from turso_tui.ui.screens.dialog import Answer, Dialog
from turso_tui.ui.widgets.notice import PATIENCE


class FormFrame(VerticalScroll, can_focus=False):
    """The frame, which scrolls where a terminal is too small for the form."""


class FormEnd(Static):
    """The last line: what is awaited, or what failed."""

    DEFAULT_CSS = """
    FormEnd { height: auto; margin-top: 1; display: none; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)

    def say(self, content: Content) -> None:
        self.display = bool(content.plain)
        self.update(content)


class Form(Dialog[Answer]):
    """A subclass composes fields within a `FormFrame`, ends it with `FormEnd`, and says what `submit` does."""

    DEFAULT_CSS = """
    Form {
        & > .frame { width: 84; scrollbar-size-vertical: 1; }
        & > .frame > * { height: auto; }
        Field { margin-bottom: 1; }
        .prose { width: 1fr; color: $muted; margin-bottom: 1; }
        .buttons { height: 1; align-horizontal: right; }
        Button.-style-default { background: $cursor-row; color: $primary; min-width: 10; }
        Button.-style-default:focus { background: $primary; color: $background; text-style: bold; }
    }
    Form.-short {
        & > .frame { padding: 0 2; max-height: 100%; }
        Field { margin-bottom: 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "Go on", id="form.submit", show=False)]

    is_busy = False

    def submit(self) -> None:
        """Check the fields, and act or complain."""
        raise NotImplementedError

    def action_submit(self) -> None:
        if not self.is_busy:
            self.submit()

    @on(Input.Submitted)
    def _input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_submit()

    @on(Button.Pressed)
    def _button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_submit()

    def begin(self, what: str) -> None:
        """``what`` is awaited, and said once it is slow; nothing is submitted twice meanwhile."""
        self.is_busy = True
        self._end_line().say(Content())
        self.set_timer(PATIENCE, lambda: self._say_busy(what))

    def fail(self, error: TursoTuiError) -> None:
        """It did not work; everything typed is still there."""
        self.is_busy = False
        what, next_step = in_words(error)
        line = [(f"✗ {printable(what)}", "$bad")]
        if next_step:
            line.append((f"\n  {printable(next_step)}", "$muted"))
        self._end_line().say(Content.assemble(*line))
        self._end_line().scroll_visible(animate=False)

    @property
    def said(self) -> str:
        """What the last line says."""
        return str(self._end_line().visual) if self._end_line().display else ""

    def _say_busy(self, what: str) -> None:
        if self.is_busy and self.is_current:
            self._end_line().say(Content.styled(f"… {printable(what)}", "$primary"))

    def _end_line(self) -> FormEnd:
        return self.query_exactly_one(FormEnd)
