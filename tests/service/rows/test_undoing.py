"""Whatever is applied can be undone to the bit, for tables of every kind."""

import math
from contextlib import suppress
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.rows.tables import facts_of, seen_rows
from turso_tui.errors import InputError, SqlError
from turso_tui.service.database import Database
from turso_tui.service.rows.applying import RowRefused, apply, undo
from turso_tui.service.rows.identity import Identity, identity_of
from turso_tui.service.rows.staging import Changes, SeenRow
from turso_tui.service.services import Services
from turso_tui.values import Row, Value

TABLES = (
    "CREATE TABLE t (a, b TEXT, c REAL)",
    "CREATE TABLE t (a INTEGER, b INTEGER PRIMARY KEY, c AS (typeof(a)) VIRTUAL UNIQUE)",
    "CREATE TABLE t (a BLOB, b NUMERIC, c UNIQUE, rowid, oid TEXT)",
    "CREATE TABLE t (a TEXT COLLATE NOCASE, b, c DEFAULT 'd', PRIMARY KEY (a, b)) WITHOUT ROWID",
    "CREATE TABLE t (a REAL, b BLOB, c, rowid, oid, _rowid_ NOT NULL UNIQUE DEFAULT (random()))",
    "CREATE TABLE t (a ANY, b INTEGER UNIQUE, c TEXT) STRICT",
)
values = st.one_of(
    st.sampled_from(
        (None, 0, 1, 1.0, -1.5, math.inf, -(2**63), "", "1", "1.0", "a", "A", "a\0b", b"", b"a", "é" * 5000)
    ),
    st.integers(-3, 3),
    st.text(max_size=3),
)


@dataclass(frozen=True)
class Move:
    """Something that a person does to one of the rows."""

    kind: str
    row: int
    column: int
    value: Value


moves = st.builds(
    Move,
    st.sampled_from(("set", "set", "set", "delete", "insert", "duplicate")),
    st.integers(0, 5),
    st.integers(0, 2),
    values,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(TABLES), st.lists(st.tuples(values, values, values), max_size=6), st.lists(moves, max_size=10))
async def test_applied_and_undone_is_as_before(
    file: Database, services: Services, table: str, rows: list[Row], steps: list[Move]
) -> None:
    changes = Changes(await facts_of(file, f"DROP TABLE IF EXISTS t; {table}"))
    for row in rows:
        await fill(file, changes, row)
    before = await everything(file, changes)
    seen = await seen_rows(file, services.results)
    for move in steps:
        stage(changes, seen, move)
    wanted = len(before) + len(changes.inserts) - len(changes.deletes)
    try:
        applied = await apply(file, changes.facts, changes.diff())
    except RowRefused:
        assert await everything(file, changes) == before
        return
    after = await everything(file, changes)
    assert len(after) == wanted
    undone = await undo(file, changes.facts, applied)
    assert await everything(file, changes) == before
    await undo(file, changes.facts, undone)
    assert await everything(file, changes) == after


def stage(changes: Changes, seen: list[SeenRow], move: Move) -> None:
    columns = [place for place, column in enumerate(changes.facts.columns) if not column.generated]
    column = columns[move.column % len(columns)]
    if move.kind == "insert" or not seen:
        with suppress(InputError):
            changes.insert({column: move.value})
        return
    row = seen[move.row % len(seen)]
    match move.kind:
        case "set":
            with suppress(InputError):
                changes.set_value(row, column, move.value)
        case "delete":
            changes.delete([row])
        case "duplicate":
            changes.duplicate(row)


async def fill(file: Database, changes: Changes, row: Row) -> None:
    """A row of these values, or none where the table does not take them."""
    names = [column.name for column in changes.facts.columns if not column.generated][: len(row)]
    places = ", ".join("?" * len(names))
    with suppress(SqlError):
        await file.execute(f"INSERT INTO t ({', '.join(names)}) VALUES ({places})", row[: len(names)])


async def everything(file: Database, changes: Changes) -> list[str]:
    """All rows with their identities, spelled so that nothing is equal to anything else."""
    identity = identity_of(changes.facts)
    assert isinstance(identity, Identity)
    rows = (await file.execute(f"SELECT {', '.join(identity.columns)}, * FROM t ORDER BY 1, 2")).rows
    return sorted(repr(row) for row in rows)
