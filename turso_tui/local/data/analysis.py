"""What a statement is, asked of SQLite itself: compiled under an authorizer, and never judged by its first word."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import apsw

from turso_tui.local.data.errors import SqlFailure, parse_failure, where
from turso_tui.local.data.messages import Col
from turso_tui.local.data.text import SqlText, split

_READONLY_TRANSACTION = re.compile(r"\s*BEGIN\s+READONLY\b", re.IGNORECASE)

_ROW_CHANGES = {apsw.SQLITE_INSERT, apsw.SQLITE_UPDATE, apsw.SQLITE_DELETE}
_SCHEMA_CHANGES = {
    apsw.SQLITE_CREATE_TABLE,
    apsw.SQLITE_CREATE_TEMP_TABLE,
    apsw.SQLITE_CREATE_INDEX,
    apsw.SQLITE_CREATE_TEMP_INDEX,
    apsw.SQLITE_CREATE_TRIGGER,
    apsw.SQLITE_CREATE_TEMP_TRIGGER,
    apsw.SQLITE_CREATE_VIEW,
    apsw.SQLITE_CREATE_TEMP_VIEW,
    apsw.SQLITE_CREATE_VTABLE,
    apsw.SQLITE_DROP_TABLE,
    apsw.SQLITE_DROP_TEMP_TABLE,
    apsw.SQLITE_DROP_INDEX,
    apsw.SQLITE_DROP_TEMP_INDEX,
    apsw.SQLITE_DROP_TRIGGER,
    apsw.SQLITE_DROP_TEMP_TRIGGER,
    apsw.SQLITE_DROP_VIEW,
    apsw.SQLITE_DROP_TEMP_VIEW,
    apsw.SQLITE_DROP_VTABLE,
    apsw.SQLITE_ALTER_TABLE,
    apsw.SQLITE_ANALYZE,
}
_CONTROL = {apsw.SQLITE_TRANSACTION, apsw.SQLITE_SAVEPOINT}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a statement asked the authorizer for; the operands are those of ``sqlite3_set_authorizer``."""

    operation: int
    first: str | None
    second: str | None
    trigger: str | None


class Guard:
    """The authorizer of a connection: keeps statements away from other files, and notes what they ask for.

    It also sees what SQLite does on its own behalf while a statement runs, so refusing is kept to what is never right.
    """

    def __init__(self) -> None:
        self._actions: list[Action] | None = None

    def __call__(
        self, operation: int, first: str | None, second: str | None, _database: str | None, trigger: str | None
    ) -> int:
        if self._actions is not None:
            self._actions.append(Action(operation, first, second, trigger))
        elif operation == apsw.SQLITE_ATTACH and first != "":
            # VACUUM attaches a nameless temporary database; every other name is a file.
            return apsw.SQLITE_DENY
        return apsw.SQLITE_OK

    def compile(self, connection: apsw.Connection, text: SqlText) -> "Facts":
        """Compiles without running. Raises `apsw.Error` as SQLite does."""
        found: list[tuple[list[Col], bool, int]] = []

        def note(cursor: apsw.Cursor, _sql: str, _bindings: object) -> bool:
            columns = [Col(name, decltype) for name, decltype in cursor.get_description()]
            found.append((columns, cursor.is_readonly, cursor.is_explain))
            return False

        actions: list[Action] = []
        self._actions = actions
        cursor = connection.cursor()
        cursor.exec_trace = note
        try:
            cursor.execute(text.sql, (None,) * len(text.parameters))
        except apsw.ExecTraceAbort:
            pass
        finally:
            self._actions = None
            cursor.close()
        columns, is_readonly, is_explain = found[0]
        return Facts(text, columns, is_readonly, bool(is_explain), tuple(actions))


@dataclass(frozen=True, slots=True)
class Facts:
    """A compiled statement: its columns, SQLite's ``readonly`` and ``explain`` flags, and what it asked for."""

    text: SqlText
    columns: list[Col]
    is_readonly: bool
    is_explain: bool
    actions: tuple[Action, ...]

    @property
    def changes_schema(self) -> bool:
        """A CREATE, DROP, ALTER or ANALYZE."""
        return not self.is_explain and any(action.operation in _SCHEMA_CHANGES for action in self.actions)

    @property
    def changes_rows(self) -> bool:
        """An INSERT, REPLACE, UPDATE or DELETE: what ``sqlite3_changes()`` speaks of."""
        return self._asks_for(_ROW_CHANGES) and not self.changes_schema

    @property
    def inserts(self) -> bool:
        """An INSERT or REPLACE: what ``sqlite3_last_insert_rowid()`` speaks of."""
        return self._asks_for({apsw.SQLITE_INSERT}) and not self.changes_schema

    @property
    def controls_transaction(self) -> bool:
        """BEGIN, COMMIT, ROLLBACK, SAVEPOINT or RELEASE."""
        return self._asks_for(_CONTROL)

    @property
    def is_plain_query(self) -> bool:
        """A SELECT or VALUES."""
        return bool(self.columns) and self.is_readonly and not self.is_explain and self.pragma is None

    @property
    def begins(self) -> bool:
        """A BEGIN of any kind."""
        return any(action.operation == apsw.SQLITE_TRANSACTION and action.first == "BEGIN" for action in self.actions)

    @property
    def reads_tables(self) -> bool:
        """Whether it may look at rows at all."""
        return any(action.operation == apsw.SQLITE_READ for action in self.actions)

    @property
    def pragma(self) -> Action | None:
        """The pragma that the statement is: ``first`` is its name, ``second`` its argument."""
        return next((action for action in self.actions if action.operation == apsw.SQLITE_PRAGMA), None)

    def asks_for(self, operations: Iterable[int]) -> bool:
        """Whether the statement asked for one of the operations, itself or through a trigger."""
        wanted = set(operations)
        return any(action.operation in wanted for action in self.actions)

    def _asks_for(self, operations: set[int]) -> bool:
        return not self.is_explain and any(
            action.operation in operations and action.trigger is None for action in self.actions
        )


def one_statement(sql: str) -> SqlText:
    """The only statement of a text; more or fewer are in-band errors."""
    statements = split(sql)
    if not statements:
        raise SqlFailure("SQL_NO_STATEMENT", "SQL string does not contain any statement")
    if len(statements) > 1:
        raise SqlFailure("SQL_MANY_STATEMENTS", "SQL string contains more than one statement")
    return accept_libsql(statements[0])


def accept_libsql(text: SqlText) -> SqlText:
    """libSQL's ``BEGIN READONLY`` in SQLite's words; it does not prevent writes there either."""
    return SqlText(_READONLY_TRANSACTION.sub("BEGIN", text.sql), text.parameters)


def syntax_failure(error: apsw.Error, sql: str) -> SqlFailure | None:
    """The answer to text that is not SQL, in the words of sqld's parser; None for any other error of SQLite."""
    message = str(error)
    near = re.fullmatch(r'near "(.*)": syntax error', message, re.DOTALL)
    if near:
        token = near.group(1)
        line, column = _position(sql, where(error).offset + len(token.encode()))
        return parse_failure(f"syntax error around L{line}:{column}: `{token}`")
    if message == "incomplete input":
        line, column = _position(sql, len(sql.encode()))
        return parse_failure(f"unexpected end of input at ({line}, {column})")
    if message.startswith("unrecognized token"):
        line, column = _position(sql, where(error).offset)
        return parse_failure(f"non-terminated literal at ({line}, {column})")
    return None


def _position(sql: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of a byte offset."""
    before = sql.encode()[:offset]
    return before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
