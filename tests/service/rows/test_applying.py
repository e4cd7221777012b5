"""Changes are applied where every row is as it was seen, and nowhere else."""

import math

import pytest

from tests.service.rows.tables import facts_of, rows_of, run, seen_rows
from turso_tui import errors
from turso_tui.service.database import Database
from turso_tui.service.rows.applying import RowConflict, RowRefused, apply, plan, sql_text, undo
from turso_tui.service.rows.identity import Refused
from turso_tui.service.rows.staging import Changes
from turso_tui.service.services import Services
from turso_tui.sql.split import split
from turso_tui.values import Statement, Value

USERS = """
    CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, age, size AS (length(email)) STORED);
    INSERT INTO t (id, email, age) VALUES (1, 'ann@x', 30), (2, 'bob@x', 40), (3, 'cid@x', NULL)
"""


class TestEverywhere:
    """On a file, on our server and on the real one."""

    async def test_changes_are_applied_together_and_undone(self, database: Database, services: Services) -> None:
        changes = Changes(await facts_of(database, USERS))
        before = await rows_of(database)
        ann, bob, _ = await seen_rows(database, services.results)
        changes.set_value(ann, 1, "ann@y")
        changes.set_value(ann, 0, 10)
        changes.delete([bob])
        changes.insert({1: "dan@x", 2: 1.0})

        applied = await apply(database, changes.facts, changes.diff())
        assert await rows_of(database) == [(3, "cid@x", None, 5), (10, "ann@y", 30, 5), (11, "dan@x", 1.0, 5)]

        again = await undo(database, changes.facts, applied)
        assert await rows_of(database) == before
        await undo(database, changes.facts, again)
        assert len(await rows_of(database)) == 3

    async def test_a_row_that_changed_stops_all_of_it(self, database: Database, services: Services) -> None:
        changes = Changes(await facts_of(database, USERS))
        ann, bob, cid = await seen_rows(database, services.results)
        changes.set_values([(ann, 2, 31), (bob, 2, 41), (cid, 2, 51)])
        await run(database, "UPDATE t SET age = 40.0 WHERE id = 2; DELETE FROM t WHERE id = 3")
        with pytest.raises(RowConflict, match="2 rows of t are no longer what you saw: 2; 3") as caught:
            await apply(database, changes.facts, changes.diff())
        assert [(row.seen.identity, row.now) for row in caught.value.rows] == [
            ((2,), (2, "bob@x", 40.0, 5)),
            ((3,), None),
        ]
        assert await rows_of(database) == [(1, "ann@x", 30, 5), (2, "bob@x", 40.0, 5)]

        changes.rebase({row.seen.identity: row.now for row in caught.value.rows})
        await apply(database, changes.facts, changes.diff())
        assert [row[2] for row in await rows_of(database)] == [31, 41]

    async def test_a_refused_row_is_named_and_the_others_are_not_applied(
        self, database: Database, services: Services
    ) -> None:
        changes = Changes(await facts_of(database, USERS))
        ann, bob, _ = await seen_rows(database, services.results)
        changes.set_value(ann, 2, 0)
        changes.set_value(bob, 1, "cid@x")
        with pytest.raises(RowRefused, match=r"row 2 of t was refused: UNIQUE constraint failed: t\.email") as caught:
            await apply(database, changes.facts, changes.diff())
        assert caught.value.change.seen == bob
        assert (await rows_of(database))[0] == (1, "ann@x", 30, 5)

    async def test_rows_that_name_each_other_go_together(self, database: Database, services: Services) -> None:
        script = """
            CREATE TABLE t (id INTEGER PRIMARY KEY, boss REFERENCES t);
            INSERT INTO t VALUES (1, NULL), (2, 1)
        """
        changes = Changes(await facts_of(database, script))
        changes.delete(await seen_rows(database, services.results))
        changes.insert({0: 5, 1: 6})
        changes.insert({0: 6, 1: 5})
        await apply(database, changes.facts, changes.diff())
        assert await rows_of(database) == [(5, 6), (6, 5)]


@pytest.mark.parametrize(
    ("column", "seen", "now"),
    [
        ("a", 1, 1.0),
        ("a", 1, "1"),
        ("a", "1", 1),
        ("a", "a", b"a"),
        ("a", None, ""),
        ("a", 2**53, float(2**53)),
        ("a TEXT COLLATE NOCASE", "a", "A"),
        ("a TEXT COLLATE RTRIM", "a", "a "),
        ("a REAL", 1.0, 1.0000000000000002),
        ("a TEXT", "a\0b", "a\0c"),
        ("a TEXT", "x" * 5000, "x" * 4999 + "y"),
        ("a TEXT", "x" * 5000, "x" * 5001),
        ("a BLOB", b"x" * 5000, "x" * 5000),
        ("a", math.inf, -math.inf),
    ],
)
async def test_another_value_or_another_type_is_a_conflict(
    file: Database, services: Services, column: str, seen: Value, now: Value
) -> None:
    changes = Changes(await facts_of(file, f"CREATE TABLE t ({column}, b)"))
    await file.execute("INSERT INTO t (a) VALUES (?)", (seen,))
    (row,) = await seen_rows(file, services.results)
    changes.set_value(row, 1, "mine")
    await file.execute("UPDATE t SET a = ?", (now,))
    with pytest.raises(RowConflict):
        await apply(file, changes.facts, changes.diff())
    await file.execute("UPDATE t SET a = ?", (seen,))
    await apply(file, changes.facts, changes.diff())
    assert (await rows_of(file))[0][1] == "mine"


async def test_a_large_cell_is_not_sent_back(file: Database, services: Services) -> None:
    changes = Changes(await facts_of(file, "CREATE TABLE t (a, b, c)"))
    await file.execute("INSERT INTO t VALUES (?, ?, 1)", ("\0" + "é" * 100_000, b"\xff" * 100_000))
    (row,) = await seen_rows(file, services.results)
    changes.set_value(row, 2, 2)
    (update, _) = plan(changes.facts, changes.diff()).statements
    assert sum(len(arg) for arg in update.args if isinstance(arg, str | bytes)) < 1000
    await apply(file, changes.facts, changes.diff())
    assert (await rows_of(file))[0][2] == 2


async def test_a_table_of_many_columns(file: Database, services: Services) -> None:
    names = [f"c{number}" for number in range(1900)]
    changes = Changes(
        await facts_of(file, f"CREATE TABLE t ({', '.join(names)}); INSERT INTO t (c0, c1899) VALUES (1, 2)")
    )
    (row,) = await seen_rows(file, services.results)
    changes.set_value(row, 1000, "x")
    await apply(file, changes.facts, changes.diff())
    assert (await rows_of(file))[0][1000] == "x"


class TestOrder:
    """Statements do not stand in each other's way."""

    @pytest.fixture
    async def changes(self, file: Database) -> Changes:
        return Changes(
            await facts_of(
                file, "CREATE TABLE t (id INTEGER PRIMARY KEY, a UNIQUE); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)"
            )
        )

    async def test_a_value_is_given_up_before_it_is_taken(
        self, file: Database, services: Services, changes: Changes
    ) -> None:
        rows = await seen_rows(file, services.results)
        changes.set_values([(row, place, int(str(row.values[place])) + 1) for row in rows for place in (0, 1)])
        applied = await apply(file, changes.facts, changes.diff())
        assert await rows_of(file) == [(2, 2), (3, 3), (4, 4)]
        await undo(file, changes.facts, applied)
        assert await rows_of(file) == [(1, 1), (2, 2), (3, 3)]

    async def test_a_deleted_rows_value_is_free(self, file: Database, services: Services, changes: Changes) -> None:
        first, second, _ = await seen_rows(file, services.results)
        changes.insert({1: 1})
        changes.set_value(second, 1, 9)
        changes.insert({0: 1, 1: 2})
        changes.delete([first])
        await apply(file, changes.facts, changes.diff())
        assert await rows_of(file) == [(1, 2), (2, 9), (3, 3), (4, 1)]

    async def test_a_swap_of_unique_values_fails_cleanly(
        self, file: Database, services: Services, changes: Changes
    ) -> None:
        first, second, _ = await seen_rows(file, services.results)
        changes.set_values([(first, 1, 2), (second, 1, 1)])
        with pytest.raises(RowRefused, match="UNIQUE"):
            await apply(file, changes.facts, changes.diff())
        assert await rows_of(file) == [(1, 1), (2, 2), (3, 3)]


class TestWhatTheTableDoesItself:
    async def test_it_replaces_no_other_row(self, file: Database, services: Services) -> None:
        script = """
            CREATE TABLE t (id INTEGER PRIMARY KEY, a UNIQUE ON CONFLICT REPLACE, b NOT NULL ON CONFLICT IGNORE);
            INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 1)
        """
        changes = Changes(await facts_of(file, script))
        _, second = await seen_rows(file, services.results)
        changes.set_value(second, 1, "x")
        with pytest.raises(RowRefused, match="UNIQUE"):
            await apply(file, changes.facts, changes.diff())
        changes.revert_all()
        changes.insert({1: "z"})
        with pytest.raises(RowRefused, match="new row 1 of t was refused: NOT NULL"):
            await apply(file, changes.facts, changes.diff())
        assert await rows_of(file) == [(1, "x", 1), (2, "y", 1)]

    async def test_a_trigger_that_ignores_a_change_is_told(self, file: Database, services: Services) -> None:
        changes = Changes(await facts_of(file, USERS))
        await run(file, "CREATE TRIGGER no BEFORE DELETE ON t BEGIN SELECT RAISE(IGNORE); END")
        changes.delete((await seen_rows(file, services.results))[:1])
        with pytest.raises(RowRefused, match="left as it is, by a trigger"):
            await apply(file, changes.facts, changes.diff())

    async def test_undo_is_refused_where_triggers_ran(self, file: Database, services: Services) -> None:
        await run(file, USERS)
        await run(
            file, "CREATE TABLE log (x); CREATE TRIGGER l AFTER UPDATE ON t BEGIN INSERT INTO log VALUES (1); END"
        )
        changes = Changes(await facts_of(file))
        changes.set_value((await seen_rows(file, services.results))[0], 2, 99)
        applied = await apply(file, changes.facts, changes.diff())
        assert isinstance(applied.inverse, Refused)
        with pytest.raises(errors.InputError, match="triggers"):
            await undo(file, changes.facts, applied)

    @pytest.mark.parametrize(
        ("action", "stage", "undone"),
        [
            ("ON DELETE CASCADE", "delete", False),
            ("ON DELETE SET NULL", "edit the key", True),
            ("ON UPDATE CASCADE", "edit the key", False),
            ("ON UPDATE CASCADE", "edit", True),
            ("", "edit", True),
        ],
    )
    async def test_undo_is_refused_where_other_rows_went_along(
        self, file: Database, services: Services, action: str, stage: str, undone: bool
    ) -> None:
        await run(file, USERS)
        await run(file, f"CREATE TABLE child (of REFERENCES t {action})")
        changes = Changes(await facts_of(file))
        row = (await seen_rows(file, services.results))[0]
        if stage == "delete":
            changes.delete([row])
        else:
            changes.set_value(row, 0 if "key" in stage else 2, 77)
        applied = await apply(file, changes.facts, changes.diff())
        assert isinstance(applied.inverse, Refused) is not undone

    async def test_undo_checks_too(self, file: Database, services: Services) -> None:
        changes = Changes(await facts_of(file, USERS))
        changes.insert({1: "new@x"})
        applied = await apply(file, changes.facts, changes.diff())
        await run(file, "UPDATE t SET age = 5 WHERE id = 4")
        with pytest.raises(RowConflict):
            await undo(file, changes.facts, applied)
        assert len(await rows_of(file)) == 4

    async def test_a_deleted_row_gets_its_rowid_back(self, file: Database, services: Services) -> None:
        changes = Changes(
            await facts_of(file, "CREATE TABLE t (a); INSERT INTO t (rowid, a) VALUES (7, 'x'), (9, 'y')")
        )
        changes.delete(await seen_rows(file, services.results))
        applied = await apply(file, changes.facts, changes.diff())
        await undo(file, changes.facts, applied)
        assert (await file.execute("SELECT rowid, a FROM t")).rows == [(7, "x"), (9, "y")]


ODD = """
    CREATE TABLE "od'd" ("sel""ect" TEXT, "?" BLOB, r REAL, PRIMARY KEY ("sel""ect")) WITHOUT ROWID;
    INSERT INTO "od'd" VALUES ('a?', x'00ff', 0.1), ('b''', NULL, -9e999), ('c', 'x', 2)
"""


@pytest.mark.parametrize("checked", [True, False])
async def test_the_script_does_the_same_by_hand(file: Database, services: Services, checked: bool) -> None:
    changes = Changes(await facts_of(file, ODD, "od'd"))
    first, second, third = await seen_rows(file, services.results, "od'd")
    changes.set_values([(first, 0, "it's ?\0!"), (second, 1, b"?"), (second, 2, math.inf)])
    changes.delete([third])
    changes.insert({0: "new", 1: 'a\n"b'})
    script = sql_text(plan(changes.facts, changes.diff()), checked=checked)
    await file.script([Statement(span.text) for span in split(script)])
    assert sorted(await rows_of(file, "od'd"), key=repr) == sorted(
        [("it's ?\0!", b"\x00\xff", 0.1), ("b'", b"?", math.inf), ("new", 'a\n"b', None)], key=repr
    )
    if checked:
        with pytest.raises(errors.ScriptFailed, match="Nothing was applied"):
            await file.script([Statement(span.text) for span in split(script)])


async def test_nothing_staged_does_nothing(file: Database) -> None:
    changes = Changes(await facts_of(file, USERS))
    assert (await apply(file, changes.facts, changes.diff())).changes == ()
