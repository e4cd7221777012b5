"""Rows that somebody else has changed: as they were seen, as they are, and as we want them. Nothing was applied."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from turso_tui.printable import printable_lines
from turso_tui.service.rows.applying import RowConflict
from turso_tui.service.rows.facts import TableFacts
from turso_tui.service.rows.staging import Change
from turso_tui.ui.change_words import conflict_lines
from turso_tui.ui.screens.dialog import Dialog

KEEP, DROP = "keep", "drop"


class RowConflictScreen(Dialog[str]):
    """Answers `KEEP` to stage ours over the rows as they are now, `DROP` to leave those rows alone."""

    DEFAULT_CSS = """
    RowConflictScreen > .frame {
        width: 110; height: auto; max-height: 92%; border: solid $warning; border-title-color: $warning;
        .head { height: auto; margin-bottom: 1; }
        VerticalScroll { height: auto; scrollbar-size-vertical: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "answer('keep')", "Keep ours", id="conflict.keep"),
        Binding("d", "answer('drop')", "Drop ours", id="conflict.drop"),
    ]

    def __init__(self, facts: TableFacts, conflict: RowConflict, changes: Sequence[Change]) -> None:
        super().__init__()
        self._facts = facts
        self._conflict = conflict
        self._changes = changes

    def compose(self) -> ComposeResult:
        lines = list(conflict_lines(self._facts, self._conflict.rows, self._changes))
        with Vertical(classes="frame") as frame:
            frame.border_title = "Conflict: nothing was applied"
            frame.border_subtitle = "k stages ours again · d drops ours · esc back"
            yield Static(printable_lines(self._conflict.what), classes="head", markup=False)
            with VerticalScroll():
                yield Static(Content("\n").join(lines), markup=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_answer(self, answer: str) -> None:
        self.dismiss(answer)
