"""What is said of the rows of a table that is browsed: how many there are, and what would become of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from turso_tui.ui.numbers import grouped
from turso_tui.ui.widgets.grid_lines import SIGNS, MarkKind

if TYPE_CHECKING:
    from turso_tui.service.rows.staging import Change

_VERBS = (("insert", MarkKind.ADDED, "inserted"), ("edit", MarkKind.CHANGED, "edited"))
_KINDS = (*_VERBS, ("delete", MarkKind.REMOVED, "deleted"))


def count_words(read: int, total: int | None, *, complete: bool) -> str:
    """``12 rows``, ``500 of more than 500``, or with a ``total`` that was asked for ``500 of 12 408``."""
    if complete:
        return f"{grouped(read)} {'row' if read == 1 else 'rows'}"
    return f"{grouped(read)} of {grouped(total) if total is not None else f'more than {grouped(read)}'}"


def nothing_words(has_columns: bool, is_filtered: bool, how_to_add: str) -> tuple[str, str]:
    """Why there is nothing to see, and what can be done about it."""
    if not has_columns:
        return "None of its columns can be shown.", ""
    return ("No row matches.", "esc clears the filter, f changes it.") if is_filtered else ("No rows yet.", how_to_add)


def change_words(changes: Sequence[Change], table: str = "") -> str:
    """``3 changes: 1 inserted, 1 edited, 1 deleted``; of a ``table``, ``3 changes to people: …``."""
    parts = [f"{grouped(count)} {verb}" for _, verb, count in _counts(changes)]
    noun = ("change" if len(changes) == 1 else "changes") + (f" to {table}" if table else "")
    return f"{grouped(len(changes))} {noun}: {', '.join(parts)}"


def change_signs(changes: Sequence[Change]) -> str:
    """``+1 ~1 −1``: the same where there is little room."""
    return " ".join(f"{sign}{grouped(count)}" for sign, _, count in _counts(changes))


def _counts(changes: Sequence[Change]) -> list[tuple[str, str, int]]:
    counts = [(SIGNS[mark], verb, sum(change.kind.value == kind for change in changes)) for kind, mark, verb in _KINDS]
    return [each for each in counts if each[2]]


def foot_lines(count: str, hidden: int, words: tuple[str, str], here: int | None) -> Sequence[Sequence[str]]:
    """What there is to say under the rows, in ever fewer words: what is staged is said to the last."""
    (long, short), place = words, f"↕ {grouped(here)}" if here is not None else ""
    return [
        [count, f"{hidden} hidden" if hidden else "", long, place],
        [count, long, place],
        [count, long],
        [long, place] if long != short else [],
        [count, short, place],
        [count, short],
        [short],
    ]


def footing(parts: Sequence[Sequence[str]], width: int) -> str:
    """The first of several ways to say it that fits ``width`` cells, the last where none does."""
    lines = [" · ".join(part for part in each if part) for each in parts if any(each)] or [""]
    return next((line for line in lines if len(line) <= width), lines[-1])
