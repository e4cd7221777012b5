"""A table that is browsed, and what is to become of its rows: changes are staged here, and applied elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Static

from turso_tui.errors import InputError
from turso_tui.printable import printable
from turso_tui.ui.browse_words import change_signs, change_words
from turso_tui.ui.numbers import grouped
from turso_tui.ui.panes.table_keys import CHANGING, FOLLOWING
from turso_tui.ui.panes.table_rows import TableRows
from turso_tui.ui.problems import in_words
from turso_tui.ui.widgets.statusline import StatusKind

if TYPE_CHECKING:
    from turso_tui.service.results import ResultSet, ResultStore
    from turso_tui.service.rows.applying import Applied, ChangedRow
    from turso_tui.service.rows.browsing import BrowseQuery
    from turso_tui.service.rows.identity import Refused
    from turso_tui.service.rows.references import Link
    from turso_tui.service.rows.staging import Changes
    from turso_tui.service.schema import Table
    from turso_tui.ui.home import Place
    from turso_tui.ui.screens.row_value import RowValueScreen
    from turso_tui.ui.staged_rows import StagedRows, Target
    from turso_tui.values import Row, Value

    Step = Callable[[Changes], object]


class TableBrowser(TableRows):
    """Whoever holds it shows the changes for review, applies them, and follows links."""

    BORDER_TITLE = "Table"
    DEFAULT_CSS = """
    TableBrowser > #trail {
        height: 1; padding: 0 1; color: $muted; text-wrap: nowrap; text-overflow: ellipsis; display: none;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*CHANGING, *FOLLOWING]

    @dataclass
    class ReviewAsked(Message):
        """The staged changes are to be looked at, and perhaps applied."""

        page: TableBrowser

    @dataclass
    class UndoAsked(Message):
        """What was applied last is to be undone."""

        page: TableBrowser

    @dataclass
    class LinksAsked(Message):
        """One of these links is to be followed."""

        page: TableBrowser
        links: Sequence[Link]

    @dataclass
    class ReturnAsked(Message):
        """Back to where this was opened from."""

        page: TableBrowser

    def __init__(
        self,
        place: Place,
        table: Table,
        store: ResultStore,
        query: BrowseQuery | None = None,
        origin: TableBrowser | None = None,
    ) -> None:
        """``origin`` is where a link was followed from."""
        super().__init__(place, table, store, query)
        self.origin = origin
        self.leaves_before_filter = origin is not None
        self.changes: Changes | None = None
        self.refused: Refused | None = None
        """Why its rows cannot be changed."""
        self.applied: Applied | None = None
        """What was applied last, for as long as that can be undone."""
        self.is_applying = False
        self.in_doubt = False
        """Whether what is staged may have been applied: nobody knows."""
        self.panel = ""
        """What its tab is known by."""
        self._dialog: RowValueScreen | None = None
        self._staged: StagedRows | None = None
        self._words = ("", "")

    def compose(self) -> ComposeResult:
        yield Static(id="trail", markup=False)
        yield from super().compose()

    def on_mount(self) -> None:
        if self.origin is not None:
            trail = self.query_exactly_one("#trail", Static)
            trail.update(f"{' › '.join(self.trail)}   backspace goes back")
            trail.display = True

    @property
    def trail(self) -> list[str]:
        """The tables that were gone through, this one the last."""
        before = self.origin.trail if self.origin is not None else []
        return [*before, printable(self.table.name)]

    @property
    def unsaved(self) -> int:
        """How many rows have changes that are not applied."""
        return len(self.changes) if self.changes is not None else 0

    # --- what is laid over the rows

    def staged(self, result: ResultSet) -> StagedRows | None:
        from turso_tui.service.rows.identity import Refused
        from turso_tui.service.rows.staging import Changes
        from turso_tui.ui.staged_rows import StagedRows

        if self.changes is None and self.refused is None and self.facts is not None:
            identity = self.browser.identity
            if isinstance(identity, Refused):
                self.refused = identity
                self.tell(StatusKind.WARNING, f"Read only. {identity.reason}", identity.next_step)
            else:
                self.changes = Changes(self.facts)
        self._staged = StagedRows(result, self.browser, self.changes) if self.changes is not None else None
        self._find_words()
        return self._staged

    def foot_words(self) -> tuple[str, str]:
        return self._words

    def scope_words(self) -> Sequence[str]:
        diff = self.changes.diff() if self.changes is not None else ()
        return (f"with {change_signs(diff)} staged",) if diff else ()

    def how_to_add(self) -> str:
        return "o adds one." if self.refused is None else self.refused.reason

    def show_changes(self) -> None:
        """The staged changes are others now."""
        self.in_doubt = self.in_doubt and self.unsaved > 0
        if self._staged is not None:
            self._staged.rearrange()
            self.grid.reread()
        self._find_words()
        self.explain()
        self.say_foot()
        self.post_message(self.Changed(self))

    def resolve(self, rows: Sequence[ChangedRow], *, keep: bool) -> None:
        """Rows that others have changed: ``keep`` ours over what they are now, else leave them alone.

        A row that is gone cannot be kept.
        """
        from turso_tui.service.rows.staging import ChangeKind, SeenRow

        if self.changes is None:
            return
        wanted = {change.seen.identity: change for change in self.changes.diff() if change.seen is not None}
        for row in rows:
            change = wanted.get(row.seen.identity)
            self.changes.revert_row(row.seen)
            if change is None or row.now is None or not keep:
                continue
            now = SeenRow(row.seen.identity, row.now)
            if change.kind is ChangeKind.DELETE:
                self.changes.delete([now])
            else:
                self.changes.set_values([(now, place, value) for place, value in change.values.items()])
        self.show_changes()

    def go_to(self, identity: Row, number: int = 0, column: int | None = None) -> None:
        """The cursor to this row, or the new one of that number, if it is on show."""
        row = self._staged.row_of_target(identity, number) if self._staged is not None else None
        if row is not None:
            place = self.grid.cursor_column if column is None else column
            self.grid.cursor = self.grid.cursor._replace(row=row, column=place)

    def _find_words(self) -> None:
        diff = self.changes.diff() if self.changes is not None else ()
        if diff:
            self._words = f"{change_words(diff)} · w reviews", f"{change_signs(diff)} · w reviews"
        else:
            self._words = ("read only",) * 2 if self.refused is not None else ("", "")

    # --- changing

    def action_edit(self) -> None:
        """The cell under the cursor, in a dialog."""
        from turso_tui.ui.screens.row_value import RowValueScreen

        changes, target, place = self._changeable(), self._target, self.grid.cursor_column
        if changes is None or target is None:
            return

        def answer(given: tuple[Value] | None) -> None:
            self._dialog = None
            if given is not None:
                self._step(lambda changes: changes.set_value(target, place, given[0]))

        try:
            self._dialog = RowValueScreen(changes.facts, place, changes.value_of(target, place))
        except InputError as error:
            self.tell(StatusKind.WARNING, *in_words(error))
        else:
            self.app.push_screen(self._dialog, answer)

    def open_field(self, action: str) -> bool:
        if action == "edit":
            self.action_edit()
            return True
        return super().open_field(action)

    def on_key(self, event: events.Key) -> None:
        """Nothing that was meant for the dialog may do anything to the rows."""
        if self._dialog is not None:
            self._dialog.take(event.key, event.character if event.is_printable else None)
            event.stop()
            event.prevent_default()

    def action_stage(self, what: str) -> None:
        """One step of a change: of the cell or the row under the cursor, or of all."""
        changes, target = self._changeable(), self._target
        if changes is None:
            return
        match what:
            case "insert":
                after = self._staged.after_at(self.grid.cursor_row) if self._staged is not None else None
                self._step_to_new(lambda changes: changes.insert(after=after))
            case "redo":
                self._step(lambda changes: changes.redo())
            case "revert all":
                self._step(lambda changes: changes.revert_all())
            case _ if target is not None:
                self._stage_row(what, changes, target)

    def _stage_row(self, what: str, changes: Changes, target: Target) -> None:
        match what:
            case "null":
                cells = [(row, place, None) for row in self._rows_meant(target) for place in self._places_meant()]
                self._step(lambda changes: changes.set_values(cells))
            case "duplicate":
                self._step_to_new(lambda changes: changes.duplicate(target))
            case "delete":
                rows = self._rows_meant(target)
                is_marked = not isinstance(target, int) and target.identity in changes.deletes
                self._step(lambda changes: changes.revert_row(target) if is_marked else changes.delete(rows))
            case "revert":
                self._step(lambda changes: changes.revert_row(target))

    def _rows_meant(self, target: Target) -> list[Target]:
        """Those that are selected, else the one under the cursor."""
        block, staged = self.grid.block, self._staged
        if block is None or staged is None:
            return [target]
        found = (staged.target_at(row) for row in range(block.start, min(block.stop, staged.row_count)))
        return [each for each in found if each is not None]

    def _places_meant(self) -> Sequence[int]:
        block = self.grid.block
        return block.columns if block is not None else [self.grid.cursor_column]

    def action_undo(self) -> None:
        """The last step of staging, and when there is none, what was applied."""
        changes = self._changeable()
        if changes is None:
            return
        if changes.can_undo:
            self._step(lambda changes: changes.undo())
        elif self.applied is not None:
            self.post_message(self.UndoAsked(self))
        else:
            self.tell(StatusKind.WARNING, "There is nothing to undo.")

    def on_paste(self, event: events.Paste) -> None:
        """A block of a spreadsheet goes into the cells from the cursor on."""
        if self.grid.has_focus:
            event.stop()
            self.paste(event.text)

    def paste(self, text: str) -> None:
        """Cells in lines; what goes beyond the last row makes new ones."""
        from turso_tui.ui.pasted_rows import lay_down

        changes, staged = self._changeable(), self._staged
        if changes is None or staged is None:
            return
        visible, cursor = self.grid.layout_of_columns.visible, self.grid.cursor
        places = visible[visible.index(cursor.column) :] if cursor.column in visible else []
        try:
            laid = lay_down(text, staged, changes.facts, cursor.row, places, more=not self.browser.complete)
        except InputError as error:
            self.tell(StatusKind.FAILED, *in_words(error))
            return
        if self._step(lambda changes: changes.set_values(laid.cells, laid.new)):
            rows = f"{grouped(laid.rows)} {'row' if laid.rows == 1 else 'rows'}"
            new = f"{grouped(len(laid.new))} of them new · " if laid.new else ""
            self.tell(StatusKind.OK, f"Pasted {rows}", f"{new}u takes it back")

    def action_review(self) -> None:
        if self._changeable() is None:
            return
        if self.unsaved:
            self.post_message(self.ReviewAsked(self))
        else:
            self.tell(StatusKind.WARNING, "Nothing is changed.", "c changes a cell, o adds a row, d deletes one.")

    def _changeable(self) -> Changes | None:
        """What changes are staged in; None, and said, where there are none to be."""
        if self.refused is not None:
            self.tell(StatusKind.WARNING, self.refused.reason, self.refused.next_step)
        elif self.is_applying:
            self.tell(StatusKind.WARNING, "The changes are being applied.", "ctrl+c cancels that.")
        else:
            return self.changes
        return None

    @property
    def _target(self) -> Target | None:
        return self._staged.target_at(self.grid.cursor_row) if self._staged is not None else None

    def _step(self, change: Step) -> bool:
        """Whether the step was taken; what cannot be changed is said."""
        if self.changes is None:
            return False
        try:
            change(self.changes)
        except InputError as error:
            self.tell(StatusKind.WARNING, *in_words(error))
            return False
        self.show_changes()
        return True

    def _step_to_new(self, make: Callable[[Changes], int]) -> None:
        numbers: list[int] = []
        if self._step(lambda changes: numbers.append(make(changes))):
            self.go_to((), numbers[0])

    # --- links

    def action_follow(self) -> None:
        """To the row that the cell refers to, or where it refers to none, to one that the row refers to."""
        from turso_tui.service.rows.references import links_from

        facts, values = self.facts, self._values
        if facts is not None and values is not None:
            links = links_from(facts, values, self.grid.cursor_column) or links_from(facts, values)
            self._ask_for(links, "refers to no other table")

    def action_follow_back(self) -> None:
        """To the rows that refer to this one."""
        from turso_tui.service.rows.references import links_to

        facts, values = self.facts, self._values
        if facts is not None and values is not None:
            self._ask_for(links_to(facts, values), "is referred to by no table")

    def _ask_for(self, links: Sequence[Link], nothing: str) -> None:
        leading = [link for link in links if not link.reason]
        if leading:
            self.post_message(self.LinksAsked(self, leading))
        else:
            self.tell(StatusKind.WARNING, links[0].reason if links else f"{printable(self.table.name)} {nothing}.")

    @property
    def _values(self) -> Row | None:
        """Of the row under the cursor, as they would be."""
        if not self.grid.row_count:
            return None
        return tuple(self.grid.value_at(self.grid.cursor_row, place) for place in range(len(self.browser.columns)))

    def action_return(self) -> None:
        if self.origin is None:
            raise SkipAction
        self.post_message(self.ReturnAsked(self))

    def leave(self) -> None:
        self.action_return()
