"""How the rows of a comparison are marked: as what they are, came, went or changed."""

from turso_tui.service.comparison_signs import ADDED, BETWEEN, CHANGED, REMOVED
from turso_tui.ui.widgets.grid_lines import MarkKind, RowMark
from turso_tui.ui.widgets.grid_view import GridView

_KINDS = {ADDED: MarkKind.ADDED, REMOVED: MarkKind.GONE, CHANGED: MarkKind.CHANGED}


def difference_mark(grid: GridView, row: int) -> RowMark | None:
    """The first column of a comparison says how a row differs, the second in which columns."""
    values = grid.row_at(row)
    kind = _KINDS.get(str(values[0])) if values else None
    if values is None or kind is not MarkKind.CHANGED:
        unnamed = {1: ""} if values is not None and values[1] is None else {}
        return RowMark(kind, words=unnamed) if kind is not None else None
    names = set(str(values[1]).split(BETWEEN))
    columns = grid.source.columns if grid.source is not None else ()
    return RowMark(kind, frozenset(place for place, column in enumerate(columns) if column.name in names and place > 1))
