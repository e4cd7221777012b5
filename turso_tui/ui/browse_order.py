"""The order in which the rows of a table are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turso_tui.service.rows.browsing import BrowseQuery
    from turso_tui.service.schema import TableColumn

_SIGNS = ("▲", "▼")


def turned(query: BrowseQuery, column: str, *, further: bool) -> BrowseQuery:
    """By ``column``; the same again turns it round, and once more takes it out. ``further`` keeps what comes before."""
    from turso_tui.service.rows.browsing import RowOrder

    before = next((each for each in query.order if each.column == column), None)
    others = [each for each in query.order if each.column != column] if further else []
    ours = [] if before is not None and before.descending else [RowOrder(column, descending=before is not None)]
    return replace(query, order=(*others, *ours))


def signs(query: BrowseQuery, columns: Sequence[TableColumn]) -> dict[int, str]:
    """What the header of a column says of it, by the column's place."""
    places = {column.name: place for place, column in enumerate(columns)}
    return {places[each.column]: _SIGNS[each.descending] for each in query.order if each.column in places}
