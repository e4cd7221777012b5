"""Two results become a third, which shows where they differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from turso_tui.printable import printable
from turso_tui.ui.panes.result_tabs import Shown
from turso_tui.ui.result_words import compared
from turso_tui.ui.widgets.statusline import StatusKind

if TYPE_CHECKING:
    from turso_tui.ui.screens.compare import CompareAsked


async def compare_results(
    asked: CompareAsked, show: Callable[[Shown], None], tell: Callable[[StatusKind, str, str], None]
) -> None:
    """Compare, show what was found, and say it. Raises what `compare` raises."""
    from turso_tui.service.comparison import compare

    title = f"{asked.before.name} → {asked.after.name}"
    tell(StatusKind.BUSY, f"Comparing {printable(title)}", "esc in the results stops it")
    found = await compare(asked.before, asked.after, asked.key)
    words = compared(found)
    show(Shown(None, found.result, title=title, words=tuple(words), is_comparison=True))
    by = ", ".join(map(printable, found.key))
    tell(StatusKind.OK, f"{printable(title)}: {', '.join(words)}", f"by {by}" if by else "whole rows were counted")
