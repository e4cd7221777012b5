"""The other parenthesis of a pair, as SQL sees it."""

from textual.widgets.text_area import DocumentBase, Location

from turso_tui.sql.lexer import TokenKind
from turso_tui.sql.lines import LineLexer

FARTHEST = 200
"""Lines that are looked through for the other one."""


def other_parenthesis(document: DocumentBase, lexer: LineLexer, bracket: str, place: Location) -> Location | None:
    """Those in strings and comments are none, and distant ones are not sought."""
    row, column = place
    if bracket not in {"(", ")"} or _parentheses(document, lexer, row).get(column) != bracket:
        return None
    step = 1 if bracket == "(" else -1
    depth = 0
    for line in range(row, max(-1, min(row + step * FARTHEST, document.line_count)), step):
        for at, sign in sorted(_parentheses(document, lexer, line).items(), reverse=step < 0):
            if line != row or (at - column) * step >= 0:
                depth += 1 if sign == bracket else -1
                if depth == 0:
                    return line, at
    return None


def _parentheses(document: DocumentBase, lexer: LineLexer, row: int) -> dict[int, str]:
    line = document.get_line(row)
    tokens = lexer.tokens(row) if "(" in line or ")" in line else []
    return {start: line[start] for kind, start, _ in tokens if kind is TokenKind.PUNCTUATION and line[start] in "()"}
