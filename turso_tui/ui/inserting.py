"""Text of ours put into the editor, where a person finds it and can take it out again."""

from collections.abc import Sequence

from turso_tui.sql.split import Span
from turso_tui.ui.widgets.editor import SqlEditor

GAP = "\n\n"


def put_below(editor: SqlEditor, statement: str, additions: Sequence[str]) -> list[Span]:
    """Put ``additions`` under ``statement``, or under the last one where that is not there any more.

    The result says where they stand now. What stands right there already is not put in twice.
    """
    text, block = editor.text, "\n".join(f"{addition};" for addition in additions)
    at, closing = _end_of(editor, statement)
    rest = text[at:]
    if rest.lstrip().startswith(block):
        start = len(text) - len(rest.lstrip())
    else:
        gap = GAP if text[:at].strip() else ""
        editor.insert(f"{closing}{gap}{block}", editor.location_of(at), maintain_selection_offset=False)
        start = at + len(closing) + len(gap)
    editor.move_cursor(editor.location_of(start))
    return _spans(start, additions)


def _end_of(editor: SqlEditor, statement: str) -> tuple[int, str]:
    """Where something can stand under a statement, and the semicolon that has to be put there first."""
    text, spans = editor.text, editor.statements()
    if not spans:
        return len(text.rstrip()), ""
    end = next((span for span in spans if span.text == statement), spans[-1]).end
    behind = len(text) - len(text[end:].lstrip())
    return (behind + 1, "") if text[behind:].startswith(";") else (end, ";")


def _spans(start: int, statements: Sequence[str]) -> list[Span]:
    """Of statements that stand one below the other, each with its semicolon."""
    spans = []
    for statement in statements:
        spans.append(Span(start, start + len(statement), statement))
        start += len(statement) + 2
    return spans
