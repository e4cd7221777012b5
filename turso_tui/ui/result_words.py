"""What the frame of the results says under them: how many rows, in what order, what they cost, and where one is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from turso_tui.service.console import Failed, Finished
from turso_tui.ui.numbers import duration, grouped
from turso_tui.ui.run_words import costs

if TYPE_CHECKING:
    from turso_tui.service.comparison import Comparison
    from turso_tui.service.results import ResultSet


def footing(
    result: ResultSet, report: Finished | Failed | None, row: int | None, words: Sequence[str], of: Sequence[str] = ()
) -> str:
    """``words`` say what the rows on show are of the result and ``of`` what that is; ``row`` is the cursor's."""
    count = grouped(result.row_count)
    noun = "row" if result.row_count == 1 else "rows"
    if result.complete:
        parts = [f"{count} {noun}"]
    elif report is None:
        parts = [f"{count} {noun} so far"]
    else:
        parts = [f"{count} {noun}, then it failed"]
    parts = [*words, *([] if words and "match" in words[0] and result.complete else parts), *of]
    if report is not None:
        parts.append(duration(report.seconds))
    if isinstance(report, Finished):
        parts += costs(report)
    if row is not None:
        parts.append(f"↕ {grouped(row + 1)}")
    return " · ".join(parts)


def compared(found: Comparison) -> str:
    """How many rows of each sort: ``2 added, 1 removed, 3 changed, 994 the same``."""
    parts = [(found.added, "added"), (found.removed, "removed")]
    if found.key:
        parts.append((found.changed, "changed"))
    parts.append((found.same, "the same"))
    return ", ".join(f"{grouped(count)} {word}" for count, word in parts)
