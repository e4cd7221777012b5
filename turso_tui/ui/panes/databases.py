"""The databases of an organization: grouped, filtered as one types, thousands without lag."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import ClassVar, NamedTuple, Self

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from turso_tui.fuzzy import Match, match
from turso_tui.printable import printable
from turso_tui.ui.numbers import bytes_size, grouped
from turso_tui.ui.widgets.filter_list import FilterList
from turso_tui.ui.widgets.notice import PATIENCE
from turso_tui.ui.widgets.tree_list import RowText, TreeList, TreeRow


class DatabaseState(StrEnum):
    ACTIVE = "active"
    SLEEPING = "sleeping"
    ARCHIVED = "archived"
    READS_BLOCKED = "reads_blocked"
    WRITES_BLOCKED = "writes_blocked"


class Sign(NamedTuple):
    """A state as it is drawn: never by colour alone."""

    text: str
    style: str
    meaning: str


SIGNS = {
    DatabaseState.SLEEPING: Sign("☾", "$muted", "sleeping: it wakes when it is asked"),
    DatabaseState.ARCHIVED: Sign("☾a", "$muted", "archived: waking it takes a while"),
    DatabaseState.READS_BLOCKED: Sign("●r", "$bad", "reads and writes are blocked"),
    DatabaseState.WRITES_BLOCKED: Sign("●w", "$bad", "writes are blocked"),
}
PROTECTED = Sign("◆", "$muted", "protected from deletion")


@dataclass(frozen=True, slots=True)
class DatabaseItem:
    """A database as the list knows it. ``size_bytes`` is None until it is known."""

    name: str
    group: str
    size_bytes: int | None = None
    state: DatabaseState = DatabaseState.ACTIVE
    protected: bool = False


class Group(NamedTuple):
    name: str
    size: int


class Entry(NamedTuple):
    item: DatabaseItem
    hit: Match


def arrange(items: Iterable[DatabaseItem], query: str = "", folded: Collection[str] = ()) -> tuple[TreeRow, ...]:
    """The rows: groups in the order in which they first appear, their databases in the given order.

    With a ``query``, only what matches, the best first and equals by name, and nothing is folded away.
    """
    groups: dict[str, list[Entry]] = {}
    for item in items:
        hit = match(query, printable(item.name))
        if hit is not None:
            groups.setdefault(item.group, []).append(Entry(item, hit))
    filtering = bool(query.strip())
    rows: list[TreeRow] = []
    for name, entries in groups.items():
        is_folded = None if filtering else name in folded
        rows.append(TreeRow(("group", name), Group(name, len(entries)), folded=is_folded))
        if is_folded:
            continue
        if filtering:
            entries.sort(key=lambda entry: (-entry.hit.score, entry.item.name))
        rows.extend(TreeRow(("database", entry.item.name), entry, depth=1) for entry in entries)
    return tuple(rows)


def best(rows: tuple[TreeRow, ...]) -> int:
    """The index of the row that fits the query best; the first database when there is no query; 0 without rows."""
    scores = [(row.item.hit.score, -index) for index, row in enumerate(rows) if isinstance(row.item, Entry)]
    return -max(scores)[1] if scores else 0


NONE_YET = ("No databases yet.", "Create one, and it appears here.")


class DatabasesPane(Widget):
    """Shows ``items``; a database is opened by whoever hears `Opened`, and is then the ``current`` one."""

    DEFAULT_CSS = """
    DatabasesPane {
        border: solid $border-blurred;
        border-title-color: $muted;
        border-subtitle-color: $muted;
        padding: 0 0 0 1;
        &:focus-within { border: solid $primary; border-title-color: $primary; }
    }
    """
    BORDER_TITLE = "Databases"
    BORDER_SUBTITLE: ClassVar[str] = "/ filter · enter open"

    items: reactive[tuple[DatabaseItem, ...]] = reactive((), init=False, layout=False)
    current: reactive[str | None] = reactive(None, init=False)
    reading: reactive[bool] = reactive(False, init=False)
    """More is on its way: "Loading databases…" while there is nothing, "loaded 200…" after that."""
    problem: reactive[tuple[str, str] | None] = reactive(None, init=False)
    """What failed and what to do next. What is listed already stays, and may be stale."""

    listing = query_one(FilterList)

    @dataclass
    class Opened(Message):
        """A database was chosen."""

        item: DatabaseItem

    @dataclass
    class Unmatched(Message):
        """Enter in a filter that nothing matches."""

        text: str

    def __init__(self, *, when_empty: tuple[str, str] = NONE_YET, id: str | None = None) -> None:
        """``when_empty`` is said where there are none, and what to do then."""
        super().__init__(id=id)
        self._when_empty = when_empty
        self._folded: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        yield FilterList(self._draw, describe=_describe, placeholder="filter")

    def on_mount(self) -> None:
        self.border_subtitle = self.BORDER_SUBTITLE
        self._show_rows()

    def focus(self, scroll_visible: bool = True) -> Self:
        self.listing.focus(scroll_visible)
        return self

    def reveal(self, name: str) -> None:
        """Put the cursor on a database, if it is listed."""
        index = self.listing.listing.index_of(("database", name))
        if index is not None:
            self.listing.listing.cursor = index

    def watch_items(self) -> None:
        if self.is_mounted:
            self._show_rows()

    watch_reading = watch_items
    watch_problem = watch_items

    def watch_current(self) -> None:
        if self.is_mounted:
            self.listing.listing.refresh()

    def _show_rows(self) -> None:
        was_empty = not self.listing.listing.rows
        rows = arrange(self.items, self.listing.query_text, self._folded)
        self.listing.show(rows, count=self._count(rows))
        if was_empty:
            self.listing.listing.cursor = best(rows)
        self._explain()

    def _count(self, rows: tuple[TreeRow, ...]) -> str:
        total = grouped(len(self.items))
        if self.reading:
            return f"loaded {total}…" if self.items else ""
        if not self.listing.query_text.strip():
            return total if self.items else ""
        shown = sum(isinstance(row.item, Entry) for row in rows)
        return f"{grouped(shown)} of {total}"

    def _explain(self) -> None:
        notice = self.listing.notice
        if self.problem is not None:
            what, next_step = self.problem
            notice.say(f"✗ {what}", next_step, tone="$bad")
        elif self.items and not self.listing.listing.rows:
            notice.say(f"nothing matches “{printable(self.listing.query_text)}”; esc clears")
        elif self.items:
            notice.hush()
        elif self.reading:
            notice.say("Loading databases…", after=PATIENCE)
        else:
            notice.say(*self._when_empty)

    @on(FilterList.Filtered)
    def _narrow(self, event: FilterList.Filtered) -> None:
        event.stop()
        self._show_rows()
        if event.query.strip():
            self.listing.listing.cursor = best(self.listing.listing.rows)

    @on(FilterList.Accepted)
    def _accept(self, event: FilterList.Accepted) -> None:
        event.stop()
        if self.listing.listing.rows:
            self.listing.choose()
        elif text := self.listing.query_text.strip():
            self.post_message(self.Unmatched(text))

    @on(TreeList.Chosen)
    def _open(self, event: TreeList.Chosen) -> None:
        event.stop()
        match event.row.item:
            case Entry(item):
                self.post_message(self.Opened(item))
            case Group(name) if event.row.folded is not None:
                self._fold(name, not event.row.folded)

    @on(TreeList.FoldAsked)
    def _fold_asked(self, event: TreeList.FoldAsked) -> None:
        event.stop()
        if isinstance(event.row.item, Group):
            self._fold(event.row.item.name, event.folded)

    def _fold(self, group: str, folded: bool) -> None:
        self._folded = self._folded | {group} if folded else self._folded - {group}
        self._show_rows()

    def _draw(self, row: TreeRow) -> RowText:
        match row.item:
            case Group(name, size):
                label = ("▸ " if row.folded else "▾ ", "$muted"), (printable(name) or "no group", "bold")
                return RowText(Content.assemble(*label), Content.styled(grouped(size), "$muted"))
            case Entry(item, hit):
                return _draw_entry(item, hit, is_current=item.name == self.current)
        raise TypeError(row.item)


def _draw_entry(item: DatabaseItem, hit: Match, *, is_current: bool) -> RowText:
    name = Content.styled(printable(item.name), "$primary" if is_current else "")
    for start, stop in _runs(hit.positions):
        name = name.stylize("bold $primary", start, stop)
    parts: list[Content | str | tuple[str, str]] = [(" ▌ ", "$primary") if is_current else "   ", name]
    for sign in _signs(item):
        parts += [" ", (sign.text, sign.style)]
    size = "" if item.size_bytes is None else bytes_size(item.size_bytes)
    return RowText(Content.assemble(*parts), Content.styled(size, "$muted"))


def _runs(positions: tuple[int, ...]) -> Iterable[tuple[int, int]]:
    """Rising positions as (start, stop) of what is contiguous: fewer pieces are fewer bytes on the wire."""
    if not positions:
        return
    start = positions[0]
    for position, following in pairwise(positions):
        if following != position + 1:
            yield start, position + 1
            start = following
    yield start, positions[-1] + 1


def _signs(item: DatabaseItem) -> list[Sign]:
    signs = [SIGNS[item.state]] if item.state in SIGNS else []
    return [*signs, PROTECTED] if item.protected else signs


def _describe(row: TreeRow) -> Content | None:
    if not isinstance(row.item, Entry):
        return None
    item = row.item.item
    lines = [printable(item.name), *(f"{sign.text} {sign.meaning}" for sign in _signs(item))]
    return Content("\n".join(lines))
