"""A dry run: statements run in a transaction, what they changed is learnt, and a person decides."""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from turso_tui import errors
from turso_tui.service.at_stake import MOST
from turso_tui.service.link import Executed
from turso_tui.service.rehearsal.catalog import COLUMNS, OBJECTS, Catalog, SchemaChange, Verb
from turso_tui.service.rehearsal.changes import TableChange
from turso_tui.service.rehearsal.refusals import refuse
from turso_tui.service.rehearsal.watching import WatchedTable
from turso_tui.service.scripts import atomic_failure
from turso_tui.service.statements import Parameters, one_statement
from turso_tui.sql.effects import Act, Effect, effect_of
from turso_tui.sql.facts import quote_identifier
from turso_tui.values import Row, Statement

if TYPE_CHECKING:
    from turso_tui.service.session import Session

HOLD = 30.0
SAVEPOINT = "turso_tui_dry_run"
_SHAPING = frozenset({Act.CREATE, Act.DROP, Act.DROP_COLUMN, Act.RENAME, Act.ALTER, Act.OTHER})


class Stage(StrEnum):
    NEW = "new"
    RUNNING = "running"
    WAITING = "waiting for an answer"
    APPLIED = "applied"
    ROLLED_BACK = "rolled back"
    EXPIRED = "rolled back because no answer came in time"
    LOST = "rolled back by the server"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What statements have changed, as one transaction that is still open."""

    tables: tuple[TableChange, ...]
    """Those that are not as they were."""
    schema: tuple[SchemaChange, ...]
    unassigned: int
    """Rows that triggers and foreign keys changed in large tables, ``led_to``; in which of them is not known."""
    led_to: tuple[str, ...]
    executed: tuple[Executed, ...]
    """What the database said of each statement; nothing of those that only read, which are left out."""
    skipped: int
    """Statements that only read."""
    seconds: float

    @property
    def rows(self) -> int:
        return sum(change.rows for change in self.tables) + self.unassigned

    @property
    def is_exact(self) -> bool:
        return all(change.is_exact for change in self.tables) and not self.unassigned


class Rehearsal:
    """One dry run in a session; if that has a transaction open, it runs inside it, behind a savepoint.

    Rows are compared where a table is small enough to be read as a whole (`watching`). Of a large one the database's
    own counts are taken, and what triggers and foreign keys did there is the rest of ``total_changes()``. Which tables
    a statement may write to, EXPLAIN says.
    """

    def __init__(self, session: "Session", *, hold: float = HOLD, clock: Callable[[], float] = time.monotonic) -> None:
        """After ``hold`` seconds without an answer it is rolled back: others may be waiting to write."""
        self._is_inside = not session.is_free
        self._session = session if self._is_inside else session.database.session(label="dry run")
        self._hold = hold
        self._clock = clock
        self._stage = Stage.NEW
        self._until = 0.0
        self._expiry: asyncio.TimerHandle | None = None
        self._ending = asyncio.Lock()
        self._endings: set[asyncio.Task[None]] = set()
        self._catalog = Catalog({}, {}, ())
        self._watched: dict[str, WatchedTable] = {}
        self._dropped: dict[str, int] = {}

    @property
    def is_inside(self) -> bool:
        """In a transaction that was open before: then applying keeps the changes in it, and its COMMIT decides."""
        return self._is_inside

    @property
    def stage(self) -> Stage:
        if self._stage is Stage.WAITING and self._session.transaction is None:
            return Stage.LOST
        return self._stage

    @property
    def left(self) -> float:
        """Seconds until it is rolled back by itself."""
        return max(0.0, self._until - self._clock()) if self._stage is Stage.WAITING else 0.0

    async def run(
        self, statements: Sequence[str], values: Sequence[Parameters] = (), private: Collection[int] = ()
    ) -> Rehearsed:
        """Run all of ``statements`` that does not only read; `apply` or `roll_back` must follow, or time does it.

        Raises `InputError` for what cannot be tried out, and what the statement that failed raises; of several
        `ScriptFailed`. Then, and when it is cancelled, all of it is rolled back.
        """
        refuse(statements)
        given = [one_statement(sql, values[index] if values else ()) for index, sql in enumerate(statements)]
        self._stage = Stage.RUNNING
        began = self._clock()
        try:
            await self._begin(private=bool(private))
            rehearsed = await self._try_out(given, began, private)
        except BaseException:
            await self.roll_back()
            raise
        self._stage = Stage.WAITING
        self._until = self._clock() + self._hold
        self._expiry = asyncio.get_running_loop().call_later(self._hold, self._expire)
        return rehearsed

    async def apply(self) -> None:
        """Commit. Raises what the COMMIT raises, after everything is rolled back, and `InputError` when that has
        happened already. A COMMIT that is cancelled may have been applied: `outcomes.unknown_in` tells."""
        async with self._ending:
            if self.stage is not Stage.WAITING:
                raise errors.InputError(
                    "It is rolled back already.", means="Nothing was applied.", next_step="Run it again."
                )
            try:
                await self._execute(Statement(f"RELEASE {SAVEPOINT}" if self._is_inside else "COMMIT"))
                self._stage = Stage.APPLIED
            finally:
                if self._stage is not Stage.APPLIED:
                    await self._take_back(Stage.ROLLED_BACK)
                else:
                    await self._leave()

    async def roll_back(self) -> None:
        """Take everything back; does nothing the second time. Cancelling does not keep it from happening."""
        await asyncio.shield(self._end_with(Stage.ROLLED_BACK))

    # --- the statements

    async def _begin(self, *, private: bool) -> None:
        sql = f"SAVEPOINT {SAVEPOINT}" if self._is_inside else "BEGIN IMMEDIATE"
        await self._execute(Statement(sql), private=private)
        self._catalog = await self._read_catalog()

    async def _try_out(self, statements: Sequence[Statement], began: float, private: Collection[int]) -> Rehearsed:
        before, total = self._catalog, await self._total_changes()
        executed: list[Executed] = []
        skipped = 0
        for index, statement in enumerate(statements):
            try:
                effect = effect_of(statement.sql)
                skipped += effect.only_reads
                is_private = index in private
                done = Executed() if effect.only_reads else await self._try_one(statement, effect, private=is_private)
                executed.append(done)
            except errors.TursoTuiError as error:
                if len(statements) == 1:
                    raise
                raise atomic_failure(error, index, len(statements)) from error
        affected = sum(each.summary.affected_rows for each in executed)
        led_to = await self._total_changes() - total - affected
        after = await self._read_catalog()
        schema = tuple(self._with_rows(change) for change in before.changes_to(after))
        renamed = {each.name.lower(): each.new_name for each in schema if each.verb is Verb.RENAMES}
        changes = []
        for name, table in self._watched.items():
            changes.append(await table.change(after.shape(renamed.get(name, name))))
        tables, unassigned, unsettled = self._settled(changes, led_to)
        return Rehearsed(
            tuple(sorted((change for change in tables if change.rows), key=lambda change: not change.is_direct)),
            schema,
            unassigned,
            unsettled,
            tuple(executed),
            skipped,
            self._clock() - began,
        )

    async def _try_one(self, statement: Statement, effect: Effect, *, private: bool) -> Executed:
        names = await self._touched(statement, effect)
        for name in sorted(names):
            await self._watch(name)
        target = self._watched.get(effect.target.lower())
        if target is not None:
            await target.expect(statement)
        if effect.act is Act.DROP and effect.kind == "table" and self._catalog.shape(effect.target) is not None:
            self._dropped[effect.target.lower()] = await self._count(effect.target)
        executed = await self._execute(statement, private=private)
        if target is not None:
            target.report(effect, executed.summary.affected_rows)
        for name in names:
            self._watched[name.lower()].is_led_to |= self._watched[name.lower()] is not target
        if effect.act in _SHAPING:
            self._catalog = await self._read_catalog()
        return executed

    async def _touched(self, statement: Statement, effect: Effect) -> frozenset[str]:
        shape = self._catalog.shape(effect.target)
        named = {shape.name} if shape is not None and effect.act not in {Act.CREATE, Act.ALTER} else set()
        if effect.act in {Act.CREATE, Act.ALTER, Act.RENAME}:
            return frozenset(named)
        try:
            program = await self._read(Statement(f"EXPLAIN {statement.sql}", statement.args, statement.named_args))
        except errors.SqlError:
            return frozenset(named)  # the statement will say the same, and where
        return self._catalog.touched(program) | named

    async def _watch(self, name: str) -> None:
        shape = self._catalog.shape(name)
        if shape is not None and name.lower() not in self._watched:
            table = self._watched[name.lower()] = WatchedTable(shape, self._read)
            await table.look()

    def _settled(self, changes: list[TableChange], led_to: int) -> tuple[list[TableChange], int, tuple[str, ...]]:
        """What triggers and foreign keys changed in large tables is what is left when everything else is known."""
        tables = list(self._watched.values())
        open_places = [
            place for place, table in enumerate(tables) if table.is_led_to and not table.is_small and table.shape.key
        ]
        known = sum(
            change.rows - table.reported for change, table in zip(changes, tables, strict=True) if table.is_small
        )
        rest = max(0, led_to - max(0, known))
        if not open_places or not rest:
            return changes, 0, ()
        if len(open_places) > 1:
            return changes, rest, tuple(changes[place].table for place in open_places)
        place = open_places[0]
        changes[place] = _with_more(changes[place], rest)
        return changes, 0, ()

    def _with_rows(self, change: SchemaChange) -> SchemaChange:
        is_table = change.verb is Verb.DROPS and change.kind == "table"
        return change._replace(rows=self._dropped.get(change.name.lower())) if is_table else change

    # --- in the transaction

    async def _execute(self, statement: Statement, *, private: bool = True) -> Executed:
        parameters = statement.named_args or statement.args
        async with self._session.stream(statement.sql, parameters, private=private) as stream:
            rows = [row async for chunk in stream for row in chunk]
        return Executed(stream.columns, rows, stream.summary)

    async def _read(self, statement: Statement) -> Sequence[Row]:
        return (await self._execute(statement)).rows

    async def _read_catalog(self) -> Catalog:
        return Catalog.of(await self._read(Statement(OBJECTS)), await self._read(Statement(COLUMNS)))

    async def _total_changes(self) -> int:
        ((total,),) = await self._read(Statement("SELECT total_changes()"))
        return int(str(total))

    async def _count(self, table: str) -> int:
        name = quote_identifier(table)
        ((count,),) = await self._read(Statement(f"SELECT count(*) FROM (SELECT 1 FROM {name} LIMIT {MOST + 1})"))
        return int(str(count))

    # --- its end

    def _expire(self) -> None:
        task = asyncio.get_running_loop().create_task(self._end_with(Stage.EXPIRED))
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)

    async def _end_with(self, stage: Stage) -> None:
        async with self._ending:
            if self._stage in {Stage.RUNNING, Stage.WAITING}:
                await self._take_back(self.stage if self.stage is Stage.LOST else stage)

    async def _take_back(self, stage: Stage) -> None:
        self._stage = stage
        try:
            if self._is_inside and self._session.transaction is not None:
                await self._execute(Statement(f"ROLLBACK TO {SAVEPOINT}"))
                await self._execute(Statement(f"RELEASE {SAVEPOINT}"))
        except errors.TursoTuiError:
            self._stage = Stage.LOST  # with the whole transaction, which its session tells whoever uses it next
        finally:
            await self._leave()

    async def _leave(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
        if not self._is_inside:
            await self._session.aclose()


def _with_more(change: TableChange, rows: int) -> TableChange:
    return replace(change, changed=rows, is_exact=False)
