"""A schema without a row, in the memory of this machine, where SQLite's planner can be asked what it would do."""

import re
from types import TracebackType
from typing import Self

import apsw

from turso_tui.errors import InputError
from turso_tui.service.planner import no_values
from turso_tui.service.schema import Schema, TableKind
from turso_tui.service.statements import one_statement
from turso_tui.sql.facts import leading_keyword, quote_identifier

MOST_OBJECTS = 2_000
"""Tables and indexes that are made again."""

_VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL\s", re.IGNORECASE)
_ELSEWHERE = frozenset({apsw.SQLITE_ATTACH, apsw.SQLITE_DETACH})
_DENIED = _ELSEWHERE | {apsw.SQLITE_SELECT, apsw.SQLITE_PRAGMA}
"""What a definition has no use for. It comes from a server, who may have written anything. Full text search reads what
it makes, and reaches no further."""


class Trial:
    """A context manager. Whatever this SQLite cannot make (a server may have modules of its own) is missing in it."""

    def __init__(self, schema: Schema) -> None:
        self._connection = apsw.Connection(":memory:")
        definitions = [each.sql for each in schema.tables if each.kind is not TableKind.SHADOW]
        definitions += [each.sql for each in schema.indexes]
        for sql in definitions[:MOST_OBJECTS]:
            self.define(sql)

    def define(self, sql: str) -> bool:
        """Make what ``sql`` creates, unless it does anything else or cannot be made."""
        if leading_keyword(sql) != "CREATE":
            return False
        denied = _ELSEWHERE if _VIRTUAL.match(sql) else _DENIED
        self._connection.authorizer = lambda action, *_: apsw.SQLITE_DENY if action in denied else apsw.SQLITE_OK
        try:
            self._connection.execute(one_statement(sql).sql)
        except (apsw.Error, InputError):
            return False
        finally:
            self._connection.authorizer = None
        return True

    def uses(self, sql: str, definition: str, name: str) -> bool | None:
        """Whether ``sql`` would use the index that ``definition`` makes; None where this SQLite cannot say."""
        if not self.define(definition):
            return None
        try:
            statement = one_statement(sql).sql
            rows = self._connection.execute(f"EXPLAIN QUERY PLAN {statement}", no_values(statement)).fetchall()
        except (apsw.Error, InputError):
            return None
        finally:
            self._connection.execute(f"DROP INDEX {quote_identifier(name)}")
        return any(f"INDEX {name} " in f"{detail} " for _, _, _, detail in rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
