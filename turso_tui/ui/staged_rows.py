"""The rows of a table as they would be: as read, with what is changed, new or marked for deletion in its place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from turso_tui.service.results_views import ResultView
from turso_tui.ui.widgets.grid_lines import MarkKind, RowMark

if TYPE_CHECKING:
    import apsw

    from turso_tui.service.results import ResultSet
    from turso_tui.service.rows.browsing import Browser
    from turso_tui.service.rows.facts import TableFacts
    from turso_tui.service.rows.staging import Changes, NewRow, SeenRow
    from turso_tui.values import Row, Value

    Target = SeenRow | int

_AT_ONCE = 1000
"""Rows of which the identity is looked up together."""


class StagedRows(ResultView):
    """Rows are counted as they are shown: a new one stands below the row that it was made at, else at the end.

    `rearrange` is to be called after every change and every page. Nothing of it asks the database.
    """

    def __init__(self, result: ResultSet, browser: Browser, changes: Changes) -> None:
        super().__init__(result.store, result, "", (), None)
        self._browser = browser
        self._changes = changes
        self._places: dict[Row, int] = {}
        self._bases: list[int] = []
        """Before which of the read rows each of the new ones stands, in order."""
        self._new: list[NewRow] = []
        self._values: dict[int, Mapping[int, Value]] = {}
        self._marks: dict[int, RowMark] = {}
        self.rearrange()

    def rearrange(self) -> None:
        """Look at the changes, and at what has been read, again."""
        self.covers = self.result.row_count
        if len(self._changes):
            for start in range(len(self._places), self.covers, _AT_ONCE):
                found = self._browser.identities(start, min(start + _AT_ONCE, self.covers))
                self._places.update(zip(found, range(start, self.covers), strict=False))
        known = self._places
        stand = [(known[new.after] + 1 if new.after in known else self.covers, new) for new in self._changes.inserts]
        stand.sort(key=lambda each: each[0])
        self._bases, self._new = [base for base, _ in stand], [new for _, new in stand]
        edits = {known[key]: edit.values for key, edit in self._changes.edits.items() if key in known}
        self._values = dict(edits)
        self._marks = {place: RowMark(MarkKind.CHANGED, frozenset(values)) for place, values in edits.items()}
        for key in self._changes.deletes:
            if key in known:
                self._marks[known[key]] = RowMark(MarkKind.REMOVED)
        self.row_count = self.covers + len(self._new)

    @property
    def has_new(self) -> bool:
        return bool(self._new)

    def read(self, connection: apsw.Connection, start: int, stop: int) -> Sequence[Row]:
        stop = min(stop, self.row_count)
        if stop <= start:
            return []
        first, last = self._places_before(start), self._places_before(stop)
        read = iter(self.result.read(connection, first, last))
        rows: list[Row] = []
        place = first
        for row in range(start, stop):
            if (new := self._new_at(row)) is not None:
                rows.append(tuple(new.values.get(column) for column in range(len(self.columns))))
            else:
                rows.append(_changed(next(read), self._values.get(place)))
                place += 1
        return rows

    def places(self, start: int, stop: int, connection: apsw.Connection | None = None) -> list[int]:  # noqa: ARG002
        return [row - self._new_before(row) for row in range(start, stop) if self._new_at(row) is None]

    async def drop(self) -> None:
        """Nothing is kept anywhere."""

    # --- between a row as it is shown and what it is

    def target_at(self, row: int) -> Target | None:
        """What `Changes` knows the row by: the row as it was read, or the number of a new one."""
        if not 0 <= row < self.row_count:
            return None
        new = self._new_at(row)
        return new.number if new is not None else self._browser.seen_at(row - self._new_before(row))

    def after_at(self, row: int) -> Row | None:
        """What a row that is made here is to be shown below."""
        if not 0 <= row < self.row_count:
            return None
        new = self._new_at(row)
        return new.after if new is not None else self._browser.identity_at(row - self._new_before(row))

    def row_of(self, place: int) -> int:
        """Where the row that was read at ``place`` is shown."""
        return place + bisect_right(self._bases, place)

    def row_of_target(self, identity: Row, number: int = 0) -> int | None:
        """Where this row is shown, or the new one of that number."""
        if number:
            index = next((index for index, new in enumerate(self._new) if new.number == number), None)
            return None if index is None else self._bases[index] + index
        place = self._places.get(identity)
        return None if place is None else self.row_of(place)

    def mark_at(self, row: int) -> RowMark | None:
        """How the grid marks the row."""
        if (new := self._new_at(row)) is not None:
            return RowMark(MarkKind.ADDED, frozenset(new.values), _words(self._changes.facts, new.values))
        return self._marks.get(row - self._new_before(row))

    def _new_before(self, row: int) -> int:
        """How many new rows are shown above ``row``: the one with index i stands at its base + i."""
        return bisect_left(range(len(self._bases)), row, key=lambda index: self._bases[index] + index)

    def _new_at(self, row: int) -> NewRow | None:
        index = self._new_before(row)
        if index < len(self._new) and self._bases[index] + index == row:
            return self._new[index]
        return None

    def _places_before(self, row: int) -> int:
        return row - self._new_before(row)


def _changed(row: Row, values: Mapping[int, Value] | None) -> Row:
    if not values:
        return row
    return tuple(values.get(column, value) for column, value in enumerate(row))


def _words(facts: TableFacts, values: Mapping[int, Value]) -> Mapping[int, str]:
    """What a new row says where nothing is set."""
    words = {}
    for place, column in enumerate(facts.columns):
        if place in values:
            continue
        if place == facts.rowid_column:
            words[place] = "auto"
        elif column.generated:
            words[place] = "computed"
        elif column.default is not None:
            words[place] = "default"
    return words
