"""What sets the schema of the open database apart from that of another one, and the SQL that would end it."""

from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.screen import Screen
from textual.widgets import Footer, Static

from turso_tui.printable import printable, printable_lines
from turso_tui.service.migration import propose
from turso_tui.service.schema_diff import Change, Detail, Difference, SchemaDiff
from turso_tui.ui.numbers import grouped
from turso_tui.ui.widgets.notice import Notice
from turso_tui.ui.widgets.tree_list import RowId, RowText, TreeList, TreeRow

SIGNS = {Change.ADDED: ("+", "$good"), Change.REMOVED: ("−", "$bad"), Change.CHANGED: ("~", "$warning")}


class Side(NamedTuple):
    """One side of what has changed."""

    sign: Change
    text: str


def arrange(diff: SchemaDiff, folded: frozenset[RowId]) -> Iterator[TreeRow]:
    """A row for each difference, and beneath it what exactly differs; what is the same is not there."""
    for each in diff.differences:
        row_id = (each.kind, each.name)
        sides = [*_sides(each)]
        yield TreeRow(row_id, each, folded=row_id in folded if sides else None)
        if row_id not in folded:
            yield from (TreeRow((*row_id, str(index)), side, 1) for index, side in enumerate(sides))
    for name in diff.reordered:
        yield TreeRow(("order", name), name)


def _sides(difference: Difference) -> Iterator[Side]:
    if difference.change is not Change.CHANGED:
        return
    details = difference.details
    if not details and difference.before is not None and difference.after is not None:
        details = (Detail(Change.CHANGED, "", difference.before.sql, difference.after.sql),)
    for each in details:
        if each.before:
            yield Side(Change.REMOVED, each.before)
        if each.after:
            yield Side(Change.ADDED, each.after)


def draw(row: TreeRow) -> RowText:
    match row.item:
        case Difference(change, kind, name):
            sign = " " if row.folded is None else "▸" if row.folded else "▾"
            label = Content.assemble(
                (f"{sign} ", "$muted"), SIGNS[change], f" {printable(name)}", (f"  {kind}", "$muted")
            )
            words = _WORDS[change] + (", another order of columns" if row.item.reordered else "")
            return RowText(label, Content.styled(words, "$muted"))
        case Side(change, text):
            return RowText(Content.assemble("    ", SIGNS[change], f" {printable(' '.join(text.split()))}"))
        case str(name):
            label = Content.assemble("  ", ("·", "$muted"), f" {printable(name)}  ", ("table", "$muted"))
            return RowText(label, Content.styled("the columns stand in another order", "$muted"))
    raise TypeError(row.item)


_WORDS = {
    Change.ADDED: "only there",
    Change.REMOVED: "only here",
    Change.CHANGED: "differs",
}


class SchemaDiffScreen(Screen[str | None]):
    """Answers with the SQL that is wanted in the editor, or None. Nothing is run here."""

    DEFAULT_CSS = """
    SchemaDiffScreen {
        & > #title { height: 1; padding: 0 1; background: $panel; }
        & > #diff, & > #sql {
            border: solid $border-blurred;
            border-title-color: $muted;
            border-subtitle-color: $muted;
            padding: 0 0 0 1;
            &:focus-within { border: solid $primary; border-title-color: $primary; }
        }
        & > #diff { height: 1fr; }
        & > #sql { height: 1fr; scrollbar-size-vertical: 1; }
        & > #diff.-blank > TreeList { height: 0; }
        & > #diff.-blank > Notice { height: 1fr; padding: 1 1 0 0; }
        Footer { padding-left: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", id="schema_diff.leave"),
        Binding("e", "send", "To the editor", id="schema_diff.send", tooltip="The SQL into a new tab of the editor"),
        Binding("x", "drops", "Drops", id="schema_diff.drops", tooltip="Also drop what only this database has, or not"),
        Binding("y", "copy", "Copy", id="schema_diff.copy", tooltip="Copy the SQL"),
        Binding("tab", "app.focus_next", "Other half", id="schema_diff.other", show=False),
    ]

    listing = query_one(TreeList)
    notice = query_one(Notice)

    def __init__(self, diff: SchemaDiff, here: str, there: str) -> None:
        """``here`` is the database that the SQL would change, ``there`` the one that it would become like."""
        super().__init__()
        self._diff = diff
        self._here, self._there = here, there
        self._folded: frozenset[RowId] = frozenset()
        self._drops = False

    @property
    def sql(self) -> str:
        return propose(self._diff, drops=self._drops)

    def compose(self) -> ComposeResult:
        yield Static(self._title(), id="title", markup=False)
        with Vertical(id="diff") as top:
            top.border_title = "Differences"
            yield TreeList(draw)
            yield Notice()
        with VerticalScroll(id="sql") as bottom:
            bottom.border_title = Content(f"SQL that makes {printable(self._here)} like it")
            yield Static(id="text", markup=False)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.listing.focus()
        self._show()

    def _title(self) -> Content:
        counts = {change: sum(each.change is change for each in self._diff.differences) for change in Change}
        words = " · ".join(f"{grouped(count)} {_WORDS[change]}" for change, count in counts.items() if count)
        names = Content.assemble(printable(self._here), (" against ", "$muted"), printable(self._there))
        return Content.assemble(names, (f"  {words or 'no difference'}", "$muted"))

    def _show(self) -> None:
        rows = tuple(arrange(self._diff, self._folded))
        self.query_exactly_one("#diff").set_class(not rows, "-blank")
        self.listing.rows = rows
        if rows:
            self.notice.hush()
        else:
            self.notice.say("The schemas are the same.", "White space, comments and the quotes of names do not count.")
        sql = self.sql
        self.query_exactly_one("#text", Static).update(printable_lines(sql) or "Nothing needs to be done.")
        drops = "dropped" if self._drops else "kept"
        self.query_exactly_one("#sql").border_subtitle = f"what is only here is {drops} · x · e to the editor"

    @on(TreeList.FoldAsked)
    def _fold_asked(self, event: TreeList.FoldAsked) -> None:
        self._folded = self._folded | {event.row.id} if event.folded else self._folded - {event.row.id}
        self._show()

    @on(TreeList.Chosen)
    def _chosen(self, event: TreeList.Chosen) -> None:
        if event.row.folded is not None:
            self._fold_asked(TreeList.FoldAsked(event.row, not event.row.folded))

    def action_drops(self) -> None:
        self._drops = not self._drops
        self._show()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self.sql)
        self.notify("Copied the SQL.")

    def action_send(self) -> None:
        """Nothing to do is nothing to send."""
        if self.sql:
            self.dismiss(self.sql)
        else:
            self.notify("Nothing needs to be done.")
