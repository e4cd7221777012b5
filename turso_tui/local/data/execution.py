"""One statement, from its arguments to its cost: what pipelines and cursors have in common."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import apsw

from turso_tui.local.data.analysis import Facts
from turso_tui.local.data.connection import Connection
from turso_tui.local.data.errors import SqlFailure, args_invalid, broken_text, sqlite_failure
from turso_tui.local.data.messages import Col, NamedArg, Stmt
from turso_tui.local.data.permissions import check_permissions
from turso_tui.local.data.policy import check_kind, check_permission, writes_data
from turso_tui.local.data.text import SqlText
from turso_tui.local.data.values import decode
from turso_tui.local.interference import Statement
from turso_tui.local.tenant import Dialect, Tenant
from turso_tui.values import Row, Value


@dataclass(frozen=True, slots=True)
class Ready:
    """A statement whose text is known to be SQL, with its arguments."""

    text: SqlText
    stmt: Stmt


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a statement did. ``last_insert_rowid`` is None unless it was an INSERT."""

    affected_row_count: int
    last_insert_rowid: int | None
    rows_read: int
    rows_written: int
    elapsed_ms: float


def prepare(connection: Connection, sql: str, stmt: Stmt) -> Ready:
    """Everything that can be refused from the text alone, so that a batch is refused before any of it runs."""
    if stmt.args and stmt.named_args:
        message = "Specifying both positional and named arguments is not supported"
        raise SqlFailure("ARGS_BOTH_POSITIONAL_AND_NAMED", message)
    text, facts = connection.parse(sql)
    if facts is not None:
        check_kind(facts, connection.dialect, sql)
    return Ready(text, stmt)


class Execution:
    """A statement that runs: take its ``rows`` to the end, or `abandon` it; then its `outcome` is known.

    Raises `SqlFailure`, on construction and while rows are taken, and `HttpFailure` for text that is not UTF-8.
    """

    def __init__(self, connection: Connection, tenant: Tenant, ready: Ready) -> None:
        self._connection = connection
        self._tenant = tenant
        connection.raise_if_timed_out()
        self._facts = facts = connection.compile(ready.text)
        check_kind(facts, connection.dialect, ready.text.sql)
        check_permission(facts, tenant, connection.dialect)
        if tenant.permissions is not None:
            check_permissions(facts, tenant.permissions, connection.has_table)
        bindings = bind(ready.text, ready.stmt, is_explain=facts.is_explain)
        self._model = connection.cost_model(ready.text) if self._has_cost else None
        self._changes_before = connection.total_changes
        tenant.interference.meet(_about_to_run(facts, connection))
        connection.wait_to_run(facts)
        self._started = time.perf_counter()
        self._cursor = connection.start(facts, bindings)

    @property
    def columns(self) -> list[Col]:
        """The result's columns; none for a statement that returns no rows."""
        return self._facts.columns

    def rows(self, size: int) -> Iterator[list[Row]]:
        """The rows, at most ``size`` at a time."""
        try:
            while True:
                chunk = []
                for row in self._cursor:
                    chunk.append(row)
                    if len(chunk) == size:
                        break
                if not chunk:
                    return
                yield chunk
        except apsw.Error as error:
            self.abandon()
            raise sqlite_failure(error, self._connection.dialect) from error
        except UnicodeDecodeError as error:
            self.abandon()
            raise broken_text(error) from error

    def abandon(self) -> None:
        """Stops without the remaining rows. What the statement has changed stays changed, as in SQLite."""
        self._cursor.close(True)
        self._connection.settle()

    def outcome(self) -> Outcome:
        """Counts the statement, on the database's meter too."""
        self._cursor.close(True)
        self._connection.settle()
        elapsed_ms = round((time.perf_counter() - self._started) * 1000, 3)
        rows_read, rows_written = self._cost()
        facts, connection = self._facts, self._connection
        self._tenant.meter.count(
            facts.text.sql.strip(), rows_read=rows_read, rows_written=rows_written, elapsed_ms=elapsed_ms
        )
        return Outcome(
            affected_row_count=connection.changes if facts.changes_rows else 0,
            last_insert_rowid=connection.last_insert_rowid if facts.inserts else None,
            rows_read=rows_read,
            rows_written=rows_written,
            elapsed_ms=elapsed_ms,
        )

    @property
    def _has_cost(self) -> bool:
        facts = self._facts
        return not facts.is_explain and not facts.changes_schema and (facts.reads_tables or facts.changes_rows)

    def _cost(self) -> tuple[int, int]:
        changed = self._connection.total_changes - self._changes_before
        if self._model is not None:
            read = self._model.rows_read(self._connection.status, changed) if self._facts.reads_tables else 0
            return read, self._model.rows_written(changed)
        if self._facts.changes_schema:
            return 1, 1
        # A SELECT without a table: Turso bills one row, sqld counts none.
        counts = self._connection.dialect is not Dialect.SQLD and self._facts.is_plain_query
        return int(counts), changed


def _about_to_run(facts: Facts, connection: Connection) -> Statement:
    return Statement(
        facts.text.sql,
        writes=not facts.is_explain and writes_data(facts, connection.dialect),
        waits=connection.would_wait(facts),
        ends_transaction=facts.controls_transaction and not facts.begins,
    )


def bind(text: SqlText, stmt: Stmt, *, is_explain: bool) -> list[Value]:
    """The values of a statement's parameters, in index order. EXPLAIN does without values."""
    positional, named = stmt.args or [], stmt.named_args or []
    given, expected = len(positional) + len(named), len(text.parameters)
    if given > expected:
        raise args_invalid(f"too many parameters, expected {expected} found {given}")
    by_name = _by_name(named)
    values: list[Value] = []
    for index, name in enumerate(text.parameters, start=1):
        is_positional = name is None or name.startswith("?")
        if is_positional and index <= len(positional):
            values.append(decode(positional[index - 1]))
        elif name is not None and name in by_name:
            values.append(by_name[name])
        elif name is not None and name[1:] in by_name:
            values.append(by_name[name[1:]])
        elif is_explain:
            values.append(None)
        else:
            raise args_invalid(f"value for parameter {name or index} not found")
    return values


def _by_name(named: Sequence[NamedArg]) -> dict[str, Value]:
    return {argument.name: decode(argument.value) for argument in named}
