"""What of the text a command is about: what is selected, or what lies on the way of a motion."""

from collections.abc import Callable

from turso_tui.ui.vim.changes import Span, lines_of, span_of, within_lines
from turso_tui.ui.vim.grammar import Command, Move
from turso_tui.ui.vim.host import Host
from turso_tui.ui.vim.lines import line_end, line_start, lines_down
from turso_tui.ui.vim.mode import Mode
from turso_tui.ui.vim.motions import Memory, Target, target
from turso_tui.ui.vim.objects import text_object


def shown(text: str, anchor: int, head: int, mode: Mode) -> tuple[int, int]:
    """What is selected for the eye: the sign under the cursor too."""
    if mode is Mode.VISUAL_LINE:
        span = lines_of(text, anchor, head)
        start, end = span.start, span.end - text[span.start : span.end].endswith("\n")
    else:
        start, end = min(anchor, head), min(max(anchor, head) + 1, len(text))
    return (start, end) if anchor <= head else (end, start)


def covered(text: str, anchor: int, head: int, *, whole: bool) -> Span:
    """What an operator takes of a selection: its lines as a ``whole``, or its signs."""
    first, last = sorted((anchor, head))
    return lines_of(text, first, last) if whole else Span(first, min(last + 1, len(text)))


def taken(
    command: Command, host: Host, at: int, goal_of: Callable[[Move, int | None], Target | None], memory: Memory
) -> Span | None:
    """What an operator takes with its move; None where that goes nowhere."""
    text, move, count = host.text, command.move, command.count
    if move is None:
        return None
    if move.name == command.name:
        return lines_of(text, at, lines_down(text, at, count))
    if move.name[0] in "ia" and len(move.name) == 2:
        found = text_object(move.name, text, at, host.statement)
        return Span(*found[0], found[1]) if found is not None else None
    if command.name == "c" and move.name in {"w", "W"} and not text[at : at + 1].isspace():
        # What stands behind a word stays there when it is changed.
        goal = target(Move("e" if move.name == "w" else "E"), text, at - 1, count, memory)
    else:
        goal = goal_of(move, count)
    if goal is None:
        return None
    if move.name == "$" and line_start(text, at) == line_end(text, at):
        return Span(at, at)
    span = span_of(text, at, goal)
    return within_lines(text, span) if move.name in {"w", "W"} else span
