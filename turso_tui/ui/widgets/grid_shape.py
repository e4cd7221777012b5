"""What a person has made of one result, kept while another one is on show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.coordinate import Coordinate

from turso_tui.printable import printable
from turso_tui.ui.numbers import grouped
from turso_tui.ui.widgets.grid_columns import ColumnLayout

if TYPE_CHECKING:
    from turso_tui.service.results import ResultSet
    from turso_tui.service.results_views import ResultView


@dataclass(slots=True)
class Shape:
    """What a person has made of one result: the columns it is sorted by, descending or not, and its filter."""

    result: ResultSet
    orders: tuple[tuple[int, bool], ...] = ()
    filter: str = ""
    view: ResultView | None = None
    layout: ColumnLayout | None = None
    cursor: Coordinate = field(default_factory=lambda: Coordinate(0, 0))
    first_column: int = 0
    table: str = ""
    """The table of a database that its rows are from, where they are from one."""

    @property
    def called(self) -> str:
        """What its rows are rows of, when they are copied or exported."""
        return self.table or self.result.name

    @property
    def source(self) -> ResultSet | ResultView:
        return self.view if self.view is not None else self.result

    @property
    def is_plain(self) -> bool:
        return not self.orders and not self.filter

    def turn(self, column: int, *, further: bool) -> None:
        """Sort by ``column``; the same again turns it round, and once more takes it out.

        With ``further``, what it is sorted by already comes first.
        """
        before = dict(self.orders).get(column)
        others = tuple(each for each in self.orders if each[0] != column) if further else ()
        self.orders = others if before else (*others, (column, before is not None))

    def restore(self) -> None:
        """Want what is on show, and nothing else."""
        view = self.view
        self.orders = tuple((each.column, each.descending) for each in view.orders) if view is not None else ()
        self.filter = view.condition.text if view is not None and view.condition is not None else ""

    @property
    def marks(self) -> dict[int, str]:
        """A sign behind the names of the columns that it is sorted by."""
        return {column: "▼" if descending else "▲" for column, descending in self.orders}

    @property
    def filter_words(self) -> str:
        """What stands beside the filter."""
        view = self.view
        if view is None or view.condition is None:
            return ""
        if not view.row_count:
            return "nothing matches; esc clears"
        return "text in any column" if view.condition.is_text else ""

    def name_of(self, column: int) -> str:
        """A column's name, safe to draw."""
        return printable(self.result.columns[column].name)

    def words(self, hidden: int) -> list[str]:
        """What the rows on show are of the result, in words; nothing where they are all of it."""
        view, words = self.view, []
        if view is not None and view.condition is not None:
            more = "the first " if self.result.row_count > view.covers else ""
            words.append(f"{grouped(view.row_count)} of {more}{grouped(view.covers)} match")
        if view is not None and view.orders:
            signs = [f"{self.name_of(each.column)} {'▼' if each.descending else '▲'}" for each in view.orders]
            words.append(f"by {', '.join(signs)}")
        return [*words, f"{hidden} hidden"] if hidden else words
