"""Statements of ours put into the editor, where a person finds them and can take them out again."""

from collections.abc import Sequence

from turso_tui.sql.split import Span
from turso_tui.ui.widgets.editor import SqlEditor

GAP = "\n\n"


def put_below(editor: SqlEditor, statement: str, additions: Sequence[str]) -> list[Span]:
    """Put ``additions`` under ``statement``, or under the last one where that is not there any more.

    The result says where they stand now. What stands right there already is not put in twice.
    """
    spans = editor.statements()
    index = next((index for index, span in enumerate(spans) if span.text == statement), len(spans) - 1)
    there = spans[index + 1 : index + 1 + len(additions)]
    if _texts(there) != list(additions):
        there = _insert(editor, spans[index].end if spans else 0, additions)
    editor.move_cursor(editor.location_of(there[0].start))
    return there


def put_back(editor: SqlEditor, statements: Sequence[str]) -> bool:
    """Put ``statements`` at the end, unless they still stand there in this order; whether that had to be done."""
    spans, count = editor.statements(), len(statements)
    starts = (index for index in range(len(spans)) if _texts(spans[index : index + count]) == list(statements))
    index = next(starts, None)
    there = spans[index:] if index is not None else _insert(editor, spans[-1].end if spans else 0, statements)
    editor.move_cursor(editor.location_of(there[0].start))
    return index is None


def _insert(editor: SqlEditor, end: int, statements: Sequence[str]) -> list[Span]:
    """Put them behind the statement that ends there, which gets the semicolon that it may not have."""
    text = editor.text
    behind = len(text) - len(text[end:].lstrip())
    is_closed = text[behind:].startswith(";")
    at = behind + 1 if is_closed else end
    before = ("" if is_closed else ";") + GAP if text[:at].strip() else ""
    line, _, _ = text[at:].partition("\n")
    block = "\n".join(f"{statement};" for statement in statements)
    editor.insert(f"{before}{block}{GAP if line.strip() else ''}", editor.location_of(at))
    return _spans(at + len(before), statements)


def _texts(spans: Sequence[Span]) -> list[str]:
    return [span.text for span in spans]


def _spans(start: int, statements: Sequence[str]) -> list[Span]:
    """Of statements that stand one below the other, each with its semicolon."""
    spans = []
    for statement in statements:
        spans.append(Span(start, start + len(statement), statement))
        start += len(statement) + 2
    return spans
