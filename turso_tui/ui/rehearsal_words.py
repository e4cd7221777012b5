"""What a dry run has shown: how many rows, of which tables, and some of them before and after."""

from collections.abc import Iterator

from textual.content import Content

from turso_tui.printable import printable
from turso_tui.service.at_stake import MOST
from turso_tui.service.rehearsal.catalog import SchemaChange, Verb
from turso_tui.service.rehearsal.changes import RowChange, TableChange
from turso_tui.service.rehearsal.rehearsal import Rehearsed
from turso_tui.ui.caution_words import rows
from turso_tui.ui.cells import cell_text
from turso_tui.ui.numbers import grouped
from turso_tui.values import Value

SHOWN_ROWS = 10
VALUE_CELLS = 24
"""Of one value among others in a line."""


def total(rehearsed: Rehearsed) -> str:
    """``37 rows in 2 tables would change``."""
    known = {change.table for change in rehearsed.tables}
    tables = len(known.union(rehearsed.led_to))
    parts = []
    if rehearsed.rows:
        where = "1 table" if tables == 1 else f"{grouped(tables)} tables"
        if rehearsed.unassigned:
            where = f"up to {where}"
        parts.append(f"{rows(rehearsed.rows)} in {where} would change")
    if rehearsed.schema:
        count = len(rehearsed.schema)
        parts.append("the schema would change" if count == 1 else f"{grouped(count)} things in the schema would change")
    return " · ".join(parts) or "nothing would change"


def lines(rehearsed: Rehearsed) -> list[Content]:
    """All of it, a table after the other."""
    found = list(_lines(rehearsed))
    return found if found and found[0].plain else found[1:]


def _lines(rehearsed: Rehearsed) -> Iterator[Content]:
    for change in rehearsed.schema:
        yield Content.styled(f"! {printable(_schema(change))}", "$bad" if change.verb is Verb.DROPS else "$warning")
    for table in rehearsed.tables:
        yield Content()
        yield from _table(table)
    if rehearsed.unassigned:
        names = ", ".join(map(printable, rehearsed.led_to))
        yield Content()
        yield Content(f"{rows(rehearsed.unassigned)} more, by triggers and foreign keys, in these: {names}.")
    if not rehearsed.is_exact:
        yield Content()
        yield Content.styled("“reported” is what the database has counted, not what was compared.", "$muted")
    if rehearsed.skipped:
        yield Content()
        left = (
            "1 statement that only reads was" if rehearsed.skipped == 1 else f"{rehearsed.skipped} that only read were"
        )
        yield Content.styled(f"{left} left out.", "$muted")


def _schema(change: SchemaChange) -> str:
    what = f"{change.verb} the {change.kind} {change.name}"
    if change.verb is Verb.RENAMES:
        return f"{what} to {change.new_name}"
    if change.rows is None:
        return what
    return f"{what} with {f'more than {rows(MOST)}' if change.rows > MOST else f'its {rows(change.rows)}'}"


def _table(change: TableChange) -> Iterator[Content]:
    counts = [
        f"{grouped(count)} {word}"
        for count, word in (
            (change.inserted, "inserted"),
            (change.updated, "updated"),
            (change.deleted, "deleted"),
            (change.changed, "changed"),
        )
        if count
    ]
    how = [] if change.is_direct else ["by triggers and foreign keys"]
    how += [] if change.is_exact else ["reported"]
    yield Content.assemble(
        (printable(change.table), "bold $primary"),
        f"  {' · '.join(counts)}",
        (f"  {' · '.join(how)}" if how else "", "$muted"),
    )
    for example in change.examples[:SHOWN_ROWS]:
        yield _row(example, change.columns)
    rest = change.rows - len(change.examples[:SHOWN_ROWS])
    if rest > 0 and change.examples:
        yield Content.styled(f"  … {rows(rest)} more", "$muted")
    elif rest > 0:
        yield Content.styled("  Which rows these are is not known.", "$muted")
    for line in change.note.splitlines():
        yield Content.styled(f"  {line}", "$muted")


def _row(change: RowChange, columns: tuple[str, ...]) -> Content:
    if change.before is None or change.after is None:
        row, sign, style = (change.after, "+", "$good") if change.before is None else (change.before, "−", "$bad")
        parts = [_named(column, _value(value)) for column, value in zip(columns, row or (), strict=True)]
        return Content.assemble((f"  {sign} ", style), *_joined(parts))
    pairs = list(zip(columns, change.before, change.after, strict=True))
    parts = [_named(pairs[0][0], _value(pairs[0][1]))] if pairs and pairs[0][1] == pairs[0][2] else []
    for column, before, after in pairs:
        if before != after or type(before) is not type(after):
            changed = Content.assemble((_value(before), "$bad"), (" → ", "$muted"), (_value(after), "$good"))
            parts.append(_named(column, changed))
    return Content.assemble(("  ~ ", "$warning"), *_joined(parts))


def _named(column: str, value: Content | str) -> Content:
    return Content.assemble((f"{printable(column)} ", "$muted"), value)


def _value(value: Value) -> str:
    return cell_text(value, limit=VALUE_CELLS).text


def _joined(parts: list[Content]) -> list[Content]:
    return [each for part in parts for each in (part, Content("   "))][:-1]
