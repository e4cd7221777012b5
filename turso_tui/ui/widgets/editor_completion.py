"""When completion is offered while one types, and what accepting an offer does."""

import asyncio
import re
from typing import TYPE_CHECKING

from textual import events
from textual.widgets.text_area import Location
from textual.worker import WorkType

from turso_tui.sql.completion import CandidateKind, Completion, complete_piece, piece_of
from turso_tui.sql.names import Names
from turso_tui.ui.widgets.completion import CompletionList

if TYPE_CHECKING:
    from turso_tui.ui.widgets.editor import SqlEditor

_WORTH_ASKING = re.compile(r"""(?:\w\w|["`\]\w]\.|\.\w+|["`\[]\w+)$""")
"""Two letters of a name, or a dot behind one."""


class Completer:
    """Asks for candidates in the background, and lets an answer go that comes too late."""

    def __init__(self, editor: "SqlEditor") -> None:
        self.names = Names()
        self.popup = CompletionList()
        self._editor = editor
        self._is_typing = False
        self._asked_at: Location | None = None

    def key(self, event: events.Key) -> bool:
        """Whether the key was meant for the list; other keys do what they always do."""
        self._is_typing = event.is_printable or (event.key == "backspace" and self.popup.display)
        if not self.popup.display:
            return False
        match event.key:
            case "down" | "up":
                self.popup.move(1 if event.key == "down" else -1)
            case "tab":
                self.accept()
            case "enter" if self.popup.is_chosen_by_hand:
                self.accept()
            case "escape":
                self.dismiss()
            case _:
                return False
        return True

    def text_changed(self) -> None:
        """After every edit: ask when a person typed it and it looks like a name."""
        row, column = self._editor.cursor_location
        typed = self._editor.document.get_line(row)[max(0, column - 80) : column]
        if self._is_typing and _WORTH_ASKING.search(typed) and self._editor.selection.is_empty:
            self.ask()
        else:
            self.dismiss()
        self._is_typing = False

    def cursor_moved(self) -> None:
        """A cursor that goes elsewhere no longer means what was asked."""
        if self._editor.cursor_location != self._asked_at:
            self.dismiss()

    def ask(self) -> None:
        """Look for candidates at the cursor; the list on show stays until they have come."""
        place = self._asked_at = self._editor.cursor_location

        async def answer() -> None:  # is not even begun where the next letter comes first
            await self._answer(place)

        work: WorkType[None] = answer
        self._editor.run_worker(work, group="completion", exclusive=True)

    async def _answer(self, place: Location) -> None:
        editor = self._editor
        cursor = editor.offset_of(place)
        piece = piece_of(editor.script, cursor)
        snippets = {name: each.about for name, each in editor.shelf.known.items() if not editor.snippet.is_active}
        completion = await asyncio.to_thread(complete_piece, piece, cursor, self.names, snippets)
        if self._asked_at != place or editor.offset_of(editor.cursor_location) != cursor or not editor.has_focus:
            return
        if completion.candidates:
            self.offer(completion)
        else:
            self.popup.hide()

    def offer(self, completion: Completion) -> None:
        """Show candidates for what ends at the cursor."""
        editor = self._editor
        self._asked_at = editor.cursor_location
        typed = completion.end - completion.start
        at = editor.cursor_screen_offset
        self.popup.offer(completion, at - (min(typed, at.x), 0), editor.screen.size)

    def dismiss(self) -> None:
        self._asked_at = None
        self._editor.workers.cancel_group(self._editor, "completion")
        if self.popup.display:
            self.popup.hide()

    def accept(self) -> None:
        """Write the chosen candidate in the place of what was typed of it."""
        completion, candidate = self.popup.completion, self.popup.chosen
        self.dismiss()
        if completion is None or candidate is None:
            return
        editor = self._editor
        if candidate.kind is CandidateKind.SNIPPET:
            editor.snippet.begin(editor.shelf.known[candidate.name].template, completion.start, completion.end)
            return
        start, end = editor.location_of(completion.start), editor.location_of(completion.end)
        editor.replace(candidate.text, start, end, maintain_selection_offset=False)
        if candidate.back:
            editor.move_cursor_relative(columns=-candidate.back)
            editor.typing.will_skip(candidate.text[-candidate.back :])
        if candidate.kind is CandidateKind.CHOICE:
            editor.snippet.walk(1)
