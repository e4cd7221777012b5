"""What leaves the results: how a copy is named, and an export that says how far it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from turso_tui.printable import printable
from turso_tui.ui.numbers import bytes_size, grouped
from turso_tui.ui.widgets.statusline import StatusKind

if TYPE_CHECKING:
    from turso_tui.service.copying import Selection
    from turso_tui.service.export_text import CopyFormat
    from turso_tui.ui.screens.export import ExportAsked
    from turso_tui.ui.widgets.grid_shape import Shape

STOPS = "esc in the results stops it"


async def copy(shape: Shape, selection: Selection, format: CopyFormat, selected: str) -> tuple[str, str]:
    """The text, and what it is in words; ``selected`` are those for a block. Raises `InputError`, `StorageError`."""
    from turso_tui.service.copying import Scope, copied

    text = await copied(selection, format, table=shape.called)
    name = shape.name_of(selection.column)
    what = {
        Scope.CELL: f"{name} of row {grouped(selection.row + 1)}",
        Scope.ROW: f"row {grouped(selection.row + 1)}",
        Scope.COLUMN: f"column {name}, {grouped(shape.source.row_count)} rows",
        Scope.BLOCK: selected,
        Scope.ALL: f"{grouped(shape.source.row_count)} rows",
    }[selection.scope]
    return text, what if format.id == "text" else f"{what} as {format.label}"


async def export_rows(
    shape: Shape, columns: Sequence[int], asked: ExportAsked, tell: Callable[[StatusKind, str, str], None]
) -> None:
    """Write them, telling how far it is and at last what has been written. Raises `InputError`, `StorageError`."""
    from turso_tui.service.export import export, export_format

    name = printable(asked.path.name)
    told = -1

    def on_progress(done: int, of: int) -> None:
        nonlocal told
        percent = done * 100 // max(of, 1)
        if percent != told:  # a line on the wire for each hundredth at most
            told = percent
            tell(StatusKind.BUSY, f"{grouped(done)} of {grouped(of)} rows to {name}", STOPS)

    done = await export(
        shape.source,
        asked.path,
        export_format(asked.format),
        columns=columns,
        table=shape.called,
        overwrite=asked.overwrite,
        on_progress=on_progress,
    )
    tell(StatusKind.OK, f"{grouped(done.rows)} rows in {done.path}", bytes_size(done.size))
