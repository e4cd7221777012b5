"""The one key that helps: what it would do now, and doing it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.screen import Screen

from turso_tui.errors import TursoTuiError
from turso_tui.sql.split import Span
from turso_tui.ui.inserting import put_back, put_below
from turso_tui.ui.remedies import KEY, Check, PutBack, Remedy, Wake, remedy_for
from turso_tui.ui.screens.outcome import OutcomeScreen
from turso_tui.ui.speaking import Speaker
from turso_tui.ui.widgets.editor import SqlEditor
from turso_tui.ui.widgets.statusline import Status, StatusKind

if TYPE_CHECKING:
    from turso_tui.service.account import Account


def _binding(kind: type[Remedy], name: str, tooltip: str) -> Binding:
    """It goes before the editor's own use of the key."""
    kind_name = kind.__name__
    id_ = f"console.help.{kind_name.lower()}"
    return Binding(KEY.lower(), f"help('{kind_name}')", name, id=id_, tooltip=tooltip, priority=True)


BINDINGS = [
    _binding(Check, "Check", "See a write that nobody has an answer to, and check it"),
    _binding(PutBack, "Lost", "See what a lost transaction had run, and put it back"),
    _binding(Wake, "Wake", "Wake the group of the database"),
]
"""Of the screen that has ``action_help(kind)``, and in whose ``check_action`` `Helping.is_of` decides."""


class Helping:
    """Keeps the remedy for what went wrong last."""

    def __init__(
        self,
        screen: Screen[None],
        speaker: Speaker,
        editor: Callable[[], SqlEditor],
        run: Callable[[Sequence[Span]], None],
    ) -> None:
        """``run`` is told which statements of the editor to run; they only read."""
        self._screen = screen
        self._speaker = speaker
        self._editor = editor
        self._run = run
        self.remedy: Remedy | None = None

    def is_of(self, kind: object) -> bool:
        """Whether the remedy is of the class of that name."""
        return type(self.remedy).__name__ == kind

    def offer(self, error: TursoTuiError | None, path: Sequence[str] = ()) -> None:
        """Find what helps with ``error``, if anything does, and show its key; None takes it back."""
        self.remedy = remedy_for(error, path) if error is not None else None
        self._screen.refresh_bindings()

    def show(self, remedy: Check | PutBack) -> None:
        """Say it in full, and do what is chosen then."""

        def answer(is_wanted: bool | None) -> None:
            if is_wanted:
                self._apply(remedy)

        self._screen.app.push_screen(OutcomeScreen(remedy), answer)

    def _apply(self, remedy: Check | PutBack) -> None:
        editor, statements = self._editor(), remedy.error.statements
        if isinstance(remedy, Check):
            self._run(put_below(editor, statements[-1], remedy.error.checks))
        elif not put_back(editor, statements):
            self._speaker.say(Status(StatusKind.IDLE, "They are still in the editor.", "The cursor is at the first."))
        editor.focus()

    async def wake(self, remedy: Wake, account: "Account") -> bool:
        """Wait until it is awake, and say so; whether it is. To cancel this is only to wait no longer."""
        say, group = self._speaker.say, remedy.group
        say(Status(StatusKind.BUSY, f"Waking the group {group}", "ctrl+c waits no longer"))
        try:
            await account.wake(remedy.organization, group)
        except TursoTuiError as error:
            self._speaker.say_error(error)
            return False
        except asyncio.CancelledError:
            say(Status(StatusKind.WARNING, f"The group {group} was asked to wake.", "F9 shows whether it is awake."))
            raise
        self.offer(None)
        say(Status(StatusKind.OK, f"The group {group} is awake."))
        return True
