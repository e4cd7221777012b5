"""A block of a spreadsheet, laid over the rows of a table from the cursor on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turso_tui.errors import InputError
from turso_tui.service.rows.pasting import Misfit, fit_block, read_block
from turso_tui.ui.numbers import grouped

if TYPE_CHECKING:
    from turso_tui.service.rows.facts import TableFacts
    from turso_tui.ui.staged_rows import StagedRows, Target
    from turso_tui.values import Value


@dataclass(frozen=True, slots=True)
class LaidBlock:
    """Cells of rows that are there, and new rows behind the last; ``rows`` are all that the block has."""

    cells: Sequence[tuple[Target, int, Value]]
    new: Sequence[Mapping[int, Value]]
    rows: int


def lay_down(
    text: str, staged: StagedRows, facts: TableFacts, row: int, places: Sequence[int], *, more: bool
) -> LaidBlock:
    """From ``row`` on, in the columns ``places``; ``more`` says that the table has rows that were not read.

    Raises `InputError` for what does not fit.
    """
    pasted = fit_block(read_block(text), facts, places)
    if pasted.misfits:
        raise _does_not_fit(pasted.misfits)
    there = max(staged.row_count - row, 0)
    if more and len(pasted.rows) > there:
        raise InputError(
            f"The block has {grouped(len(pasted.rows))} rows, and {grouped(there)} are read from here on.",
            next_step="Read on with G, then paste again.",
        )
    cells = [
        (target, place, value)
        for index, values in enumerate(pasted.rows[:there])
        if (target := staged.target_at(row + index)) is not None
        for place, value in zip(pasted.places, values, strict=False)
    ]
    new = [dict(zip(pasted.places, values, strict=False)) for values in pasted.rows[there:]]
    return LaidBlock(cells, new, len(pasted.rows))


def _does_not_fit(misfits: Sequence[Misfit]) -> InputError:
    first, others = misfits[0], len(misfits) - 1
    more = f" So it is with {grouped(others)} more." if others else ""
    return InputError(
        f"Line {first.row + 1} of the block, {first.name or f'column {first.column + 1}'}: {first.reason}{more}",
        means="Nothing was pasted.",
    )
