"""Changes of rows as a person reads them: what each cell was and is to be, and the SQL of it in colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from turso_tui.printable import printable
from turso_tui.service.rows.identity import Refused, identity_of
from turso_tui.service.rows.staging import ChangeKind
from turso_tui.sql.lexer import TokenKind, tokenize
from turso_tui.ui.cells import CellKind, cell_text
from turso_tui.ui.numbers import grouped
from turso_tui.ui.widgets.grid_lines import SIGNS, MarkKind

if TYPE_CHECKING:
    from turso_tui.service.rows.applying import ChangedRow
    from turso_tui.service.rows.facts import TableFacts
    from turso_tui.service.rows.staging import Change, SeenRow
    from turso_tui.values import Row, Value

SHOWN_CHANGES = 500
SHOWN_SQL = 40_000
"""Characters: more than anybody reads."""

LIMIT = 48
"""Cells of one value."""

_MARKS = {
    ChangeKind.INSERT: (SIGNS[MarkKind.ADDED], "$good"),
    ChangeKind.EDIT: (SIGNS[MarkKind.CHANGED], "$warning"),
    ChangeKind.DELETE: (SIGNS[MarkKind.REMOVED], "$bad"),
}
_SQL_STYLES = {
    TokenKind.KEYWORD: "bold $sql-keyword",
    TokenKind.TYPE: "$sql-type",
    TokenKind.FUNCTION: "$sql-function",
    TokenKind.STRING: "$sql-string",
    TokenKind.BLOB: "$sql-string",
    TokenKind.NUMBER: "$sql-number",
    TokenKind.COMMENT: "italic $sql-comment",
}


def diff_lines(facts: TableFacts, changes: Sequence[Change]) -> Iterator[Content]:
    """A heading for each row, and a line for each cell."""
    for change in changes[:SHOWN_CHANGES]:
        yield _heading(facts, change)
        yield from _cells(facts, change)
    if len(changes) > SHOWN_CHANGES:
        yield Content.styled(f"… and {grouped(len(changes) - SHOWN_CHANGES)} more changes", "$muted")


def conflict_lines(facts: TableFacts, rows: Sequence[ChangedRow], changes: Sequence[Change]) -> Iterator[Content]:
    """Of each row, the cells that differ: as they were seen, as they are, and as we want them."""
    ours = {change.seen.identity: change for change in changes if change.seen is not None}
    for row in rows[:SHOWN_CHANGES]:
        change = ours.get(row.seen.identity)
        fate = "" if row.now is not None else "  is gone"
        wish = "  we delete it" if change is not None and change.kind is ChangeKind.DELETE else ""
        yield Content.assemble(("! ", "$warning"), (_name(facts, row.seen), "bold"), (fate, "$bad"), (wish, "$muted"))
        if row.now is not None:
            yield from _three_sides(facts, row.seen, row.now, change)
    if len(rows) > SHOWN_CHANGES:
        yield Content.styled(f"… and {grouped(len(rows) - SHOWN_CHANGES)} more rows", "$muted")


def sql_content(sql: str) -> Content:
    """SQL in the editor's colours, safe to draw."""
    shown = sql[:SHOWN_SQL]
    parts = [(_printable(shown[start:end]), _SQL_STYLES.get(kind, "")) for kind, start, end in tokenize(shown)]
    rest = len(sql) - len(shown)
    if rest > 0:
        parts.append((f"\n… {grouped(rest)} more characters; y copies all of them", "$muted"))
    return Content.assemble(*parts)


def _printable(text: str) -> str:
    return "\n".join(printable(line) for line in text.split("\n"))


def _heading(facts: TableFacts, change: Change) -> Content:
    sign, style = _MARKS[change.kind]
    if change.seen is None:
        return Content.assemble((f"{sign} ", style), ("new row", "bold"))
    word = "" if change.kind is ChangeKind.EDIT else "  deleted"
    return Content.assemble((f"{sign} ", style), (_name(facts, change.seen), "bold"), (word, style))


def _cells(facts: TableFacts, change: Change) -> Iterator[Content]:
    seen = change.seen.values if change.seen is not None else None
    if change.kind is ChangeKind.DELETE and seen is not None:
        parts = [f"{printable(column.name)} {_word(value)}" for column, value in zip(facts.columns, seen, strict=True)]
        yield Content.styled(f"    {', '.join(parts)}", "$muted").truncate(2 * LIMIT, ellipsis=True)
        return
    width = max((len(printable(facts.columns[place].name)) for place in change.values), default=0)
    for place, value in sorted(change.values.items()):
        name = f"    {printable(facts.columns[place].name):<{width}}  "
        if seen is None:
            yield Content.assemble((name, "$muted"), _value(value, "$good"))
        else:
            old, new = _pair(seen[place], value)
            yield Content.assemble((name, "$muted"), (old, "$bad"), (" → ", "$muted"), (new, "$good"))
    if not change.values:
        yield Content.styled("    every column gets its default", "$muted")


def _three_sides(facts: TableFacts, seen: SeenRow, now: Row, change: Change | None) -> Iterator[Content]:
    values = change.values if change is not None else {}
    for place, column in enumerate(facts.columns):
        was, is_now = seen.values[place], now[place]
        if _word(was) == _word(is_now) and place not in values:
            continue
        parts = [(f"    {printable(column.name)}  ", "$muted"), ("was ", "$muted"), (_word(was), "")]
        parts += [("  is now ", "$muted"), (_word(is_now), "$warning" if is_now != was else "")]
        if place in values:
            parts += [("  ours ", "$muted"), (_word(values[place]), "$good")]
        yield Content.assemble(*parts)


def _name(facts: TableFacts, seen: SeenRow) -> str:
    """``id = 42``, and what a person knows the row by."""
    identity = identity_of(facts)
    names = () if isinstance(identity, Refused) else identity.columns
    key = ", ".join(f"{printable(name)} = {_word(value)}" for name, value in zip(names, seen.identity, strict=False))
    told = next((value for value in seen.values if isinstance(value, str) and value and value not in seen.identity), "")
    return f"{key}  {_word(told)}" if told else key


def _value(value: Value, style: str) -> tuple[str, str]:
    return _word(value), style


def _word(value: Value) -> str:
    cell = cell_text(value, limit=LIMIT)
    return f"'{cell.text}'" if cell.kind is CellKind.TEXT else cell.text if cell.kind is not CellKind.EMPTY else "''"


def _pair(old: Value, new: Value) -> tuple[str, str]:
    """Two values that look alike where they are cut are cut where they begin to differ."""
    words = _word(old), _word(new)
    if words[0] != words[1] or not (isinstance(old, str) and isinstance(new, str)):
        return words if words[0] != words[1] else (f"{words[0]} {_kind(old)}", f"{words[1]} {_kind(new)}")
    same = next((index for index, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), 0)
    start = max((same or min(len(old), len(new))) - LIMIT // 3, 0)
    return f"…{_word(old[start:])}", f"…{_word(new[start:])}"


def _kind(value: Value) -> str:
    return {int: "INTEGER", float: "REAL", bytes: "BLOB"}.get(type(value), "TEXT")
