"""What the staged changes of a table would do: cell by cell, and as SQL; to be applied, or not yet."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from turso_tui.printable import printable
from turso_tui.service.rows.applying import sql_text
from turso_tui.service.rows.planning import Plan
from turso_tui.service.rows.staging import Change
from turso_tui.ui.browse_words import change_words
from turso_tui.ui.change_words import diff_lines, sql_content
from turso_tui.ui.screens.dialog import Dialog
from turso_tui.ui.widgets.strip import StripTab, TabStrip

APPLY, EDITOR = "apply", "editor"
DIFF, SQL = "diff", "sql"


class QuietStrip(TabStrip, can_focus=False):
    """tab goes from one view to the other, so that nothing else wants the focus."""


class RowChangesScreen(Dialog[str]):
    """Answers with what is to become of them: `APPLY`, `EDITOR` for the SQL in the editor, None for not yet."""

    DEFAULT_CSS = """
    RowChangesScreen > .frame {
        width: 110; height: 92%; padding: 0 2;
        QuietStrip { margin-bottom: 1; }
        ContentSwitcher { height: 1fr; }
        VerticalScroll { scrollbar-size-vertical: 1; }
        #note { height: auto; color: $muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,a", "answer('apply')", "Apply", id="changes.apply"),
        Binding("e", "answer('editor')", "SQL to the editor", id="changes.editor"),
        Binding("tab,shift+tab", "turn", "The other view", id="changes.turn", priority=True),
        Binding("y", "copy", "Copy the SQL", id="changes.copy"),
        Binding("j", "focused.scroll_down", "Down", id="list.down", show=False),
        Binding("k", "focused.scroll_up", "Up", id="list.up", show=False),
    ]

    def __init__(self, plan: Plan, changes: Sequence[Change], where: str, *, in_doubt: bool = False) -> None:
        """``where`` is the database; ``in_doubt`` says that nobody knows whether they have been applied already."""
        super().__init__()
        self._plan = plan
        self._changes = changes
        self._where = where
        self._in_doubt = in_doubt
        self._sql = sql_text(plan, checked=False)

    def compose(self) -> ComposeResult:
        facts = self._plan.facts
        with Vertical(classes="frame") as frame:
            frame.border_title = Content(f"{printable(facts.table.name)} in {printable(self._where)}")
            frame.border_subtitle = "enter applies · tab SQL · e to the editor · esc back"
            yield QuietStrip()
            with ContentSwitcher(initial=DIFF):
                with VerticalScroll(id=DIFF):
                    yield Static(Content("\n").join(list(diff_lines(facts, self._changes))), markup=False)
                with VerticalScroll(id=SQL):
                    yield Static(sql_content(self._sql), markup=False)
            yield Static(self._note(), id="note", markup=False)

    def on_mount(self) -> None:
        strip = self.query_one(QuietStrip)
        strip.tabs = (StripTab(DIFF, change_words(self._changes)), StripTab(SQL, "SQL"))
        self._show(DIFF)

    def action_answer(self, answer: str) -> None:
        self.dismiss(answer)

    def action_turn(self) -> None:
        self._show(SQL if self.query_one(ContentSwitcher).current == DIFF else DIFF)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._sql)
        self.notify("Copied the SQL.")

    @on(TabStrip.Chosen)
    def _chosen(self, event: TabStrip.Chosen) -> None:
        event.stop()
        self._show(event.id)

    def _show(self, view: str) -> None:
        self.query_one(ContentSwitcher).current = view
        self.query_one(QuietStrip).active = view
        self.query_one(f"#{view}").focus()

    def _note(self) -> str:
        triggers = self._plan.facts.triggers
        fired = f" Its triggers fire: {', '.join(map(printable, triggers))}." if triggers else ""
        if self._in_doubt:
            return f"These may have been applied already: look first, or new rows come twice.{fired}"
        return f"One transaction, and only if every row is still what you saw.{fired}"
