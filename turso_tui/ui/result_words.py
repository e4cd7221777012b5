"""What the frame of the results says under them: how many rows, in what order, what they cost, and where one is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from turso_tui.service.console import Failed, Finished
from turso_tui.ui.cells import number_text
from turso_tui.ui.numbers import duration, grouped
from turso_tui.ui.run_words import costs
from turso_tui.ui.widgets.grid_selection import SelectionKind

if TYPE_CHECKING:
    from turso_tui.service.comparison import Comparison
    from turso_tui.service.results import ResultSet
    from turso_tui.service.sums import Sums
    from turso_tui.ui.widgets.grid import ResultGrid


def footing(
    result: ResultSet, report: Finished | Failed | None, row: int | None, words: Sequence[str], of: Sequence[str] = ()
) -> list[str]:
    """``words`` say what the rows on show are of the result and ``of`` what that is; ``row`` is the cursor's."""
    count = grouped(result.row_count)
    noun = "row" if result.row_count == 1 else "rows"
    if result.complete:
        parts = [f"{count} {noun}"]
    elif report is None:
        parts = [f"{count} {noun} so far"]
    else:
        parts = [f"{count} {noun}, then it failed"]
    parts = [*words, *([] if words and "match" in words[0] and result.complete else parts)]
    parts = [*of, *parts]
    if report is not None:
        parts.append(duration(report.seconds))
    if isinstance(report, Finished):
        parts += costs(report)
    if row is not None:
        parts.append(f"↕ {grouped(row + 1)}")
    return parts


def fitting(parts: Sequence[str], room: int) -> str:
    """As many of the parts as fit ``room`` cells, each of them whole: half a number is another number."""
    for count in range(len(parts), 0, -1):
        line = " · ".join([*parts[:count], *(["…"] if count < len(parts) else [])])
        if cell_len(line) <= room:
            return line
    return "…" if parts and room > 0 else ""


def block_words(grid: ResultGrid) -> str:
    """What is selected: ``3 × 2 cells``, ``5 rows``; empty where nothing is."""
    block = grid.block
    if block is None or grid.selection is None:
        return ""
    rows, columns = block.row_count, len(block.columns)
    match grid.selection.kind:
        case SelectionKind.ROWS:
            return _counted(rows, "row")
        case SelectionKind.COLUMNS:
            return _counted(columns, "column")
        case _:
            return _counted(rows, "cell") if columns == 1 else f"{grouped(rows)} × {grouped(columns)} cells"


def sum_words(sums: Sums) -> list[str]:
    """What the numbers among the cells add up to; nothing where there are none."""
    mean, least, greatest = sums.mean, sums.least, sums.greatest
    if mean is None or least is None or greatest is None:
        return []
    if math.isnan(sums.total):
        return ["no sum: an infinity is among them"]
    parts = [f"sum {number_text(sums.total)}", f"avg {number_text(mean)}"]
    parts += [f"min {number_text(least)}", f"max {number_text(greatest)}"]
    return parts if sums.numbers == sums.cells else [_counted(sums.numbers, "number"), *parts]


def _counted(count: int, noun: str) -> str:
    return f"{grouped(count)} {noun}" if count == 1 else f"{grouped(count)} {noun}s"


def compared(found: Comparison) -> list[str]:
    """How many rows of each sort: ``2 added``, ``1 removed``, ``3 changed``, ``994 the same``."""
    parts = [(found.added, "added"), (found.removed, "removed")]
    if found.key:
        parts.append((found.changed, "changed"))
    parts.append((found.same, "the same"))
    return [f"{grouped(count)} {word}" for count, word in parts]
