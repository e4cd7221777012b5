"""One table, read page by page: filtered, sorted and paged at the server, where each row read costs money."""

import asyncio
import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from turso_tui.errors import InputError
from turso_tui.service.database import Database
from turso_tui.service.link import Executed
from turso_tui.service.results import ResultSet, ResultStore
from turso_tui.service.rows.facts import TableFacts, read_facts
from turso_tui.service.rows.filtering import Condition, Fragment, RawText, all_of, where_sql
from turso_tui.service.rows.identity import Identity, IdentityKind, Refused, identity_of, paging_key
from turso_tui.service.rows.keyset import Term, order_sql, pages_after
from turso_tui.service.rows.reading import raw_places, read_rows
from turso_tui.service.rows.staging import SeenRow
from turso_tui.service.schema import Table, TableColumn
from turso_tui.sql.facts import quote_identifier
from turso_tui.values import Column, Row

PAGE = 500


@dataclass(frozen=True, slots=True)
class RowOrder:
    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class BrowseQuery:
    """Rows that meet all ``conditions`` and the expression ``where``, sorted by ``order`` and then by identity."""

    conditions: Sequence[Condition] = ()
    order: Sequence[RowOrder] = ()
    where: str = ""


class Browser:
    """The rows of one table as a person looks through them. One call of `read` or `more` at a time.

    The columns of `result` are the table's own, in their order. A rowid that is none of them is kept beside it in eight
    bytes a row; every other identity is made of columns.
    """

    def __init__(self, database: Database, table: Table, store: ResultStore, *, page: int = PAGE) -> None:
        """``page`` is how many rows are read at once."""
        self.page = page
        self.table = table
        self.query = BrowseQuery()
        self.result: ResultSet | None = None
        self.complete = False
        """Whether `result` has all rows; while False the count is “500 of more than 500”."""
        self.rows_read: int | None = None
        """What the last page cost, where the server said so."""
        self.facts: TableFacts | None = None
        """None until the first `read`."""
        self.database = database
        """May be replaced by another handle to the same database."""
        self._store = store
        self._rowids = array("q")
        self._raw: set[tuple[int, int]] = set()

    @property
    def columns(self) -> tuple[TableColumn, ...]:
        """Those that are shown, generated ones included."""
        return self.table.columns

    @property
    def identity(self) -> Identity | Refused:
        """How rows are told apart when they are changed, or why they cannot be. After the first `read` only."""
        if self.facts is None:
            return Refused(f"{self.table.name} has not been read yet.")
        return identity_of(self.facts)

    async def read(self, query: BrowseQuery, *, rows: int | None = None) -> None:
        """The first page, or as many as ``rows``, into a new result; the one before is retired.

        Raises `InputError` for a ``where`` that is no expression and a column that is not there, `SqlError` for what
        the database refuses, `StorageError`. When cancelled, everything is as before.
        """
        facts = self.facts or await read_facts(self.database, self.table)
        await self._read(facts, query, rows or self.page)

    async def refresh(self) -> None:
        """As many rows as there were, as they are now, into a new result; what is known of the table is read again."""
        facts = await read_facts(self.database, self.table)
        await self._read(facts, self.query, max(self.page, self.result.row_count if self.result else 0))

    async def _read(self, facts: TableFacts, query: BrowseQuery, rows: int) -> None:
        page = _Page(facts, query, self.page)
        answer = await read_rows(self.database, page.first(rows + 1), page.width)
        result = await self._store.create([Column(column.name, column.type or None) for column in self.columns])
        before = self.result
        try:
            await result.append([row[page.extra :] for row in answer.rows[:rows]])
            self.result, self.query, self.facts = result, query, facts
            self._rowids, self._raw = array("q"), set()
            self._note(page, answer, rows)
        finally:
            if self.result is not result:
                await result.drop()
        if before is not None:
            await before.retire()

    async def more(self) -> int:
        """Append the next page; how many rows it had, 0 at the end. Raises as `read` does."""
        if self.result is None or self.facts is None or self.complete:
            return 0
        page = _Page(self.facts, self.query, self.page)
        answer = await read_rows(self.database, self._next(page, self.result.row_count), page.width)
        # A chunk that was stored and not counted would shift every row after it.
        adding = asyncio.create_task(self._append(page, self.result, answer))
        try:
            return await asyncio.shield(adding)
        except asyncio.CancelledError:
            await asyncio.wait([adding])
            raise

    async def count(self) -> int:
        """How many rows the query has; the server reads all of them."""
        filtered = _where(where_sql(self.query.conditions, self.query.where))
        sql = f"SELECT count(*) FROM {quote_identifier(self.table.name)}{filtered.sql}"
        ((count,),) = (await self.database.execute(sql, filtered.args)).rows
        return int(str(count))

    def identity_at(self, row: int) -> Row:
        """What the row at this place of `result` is known by. Raises `InputError` where rows have no identity."""
        return self.seen_at(row).identity

    def identities(self, start: int, stop: int) -> Sequence[Row]:
        """What the rows from ``start`` to ``stop`` are known by, as `identity_at` says of each."""
        identity = self.identity
        if isinstance(identity, Refused):
            raise InputError(identity.reason, next_step=identity.next_step)
        if _is_beside(identity, self.table):
            return [(rowid,) for rowid in self._rowids[start:stop]]
        places = [_place(self.table, name) for name in identity.columns]
        return [tuple(row[place] for place in places) for row in self._values(start, stop)]

    def values_at(self, row: int) -> Row:
        """The row's values as they were read, exactly; a text that is not valid UTF-8, which `result` shows as a BLOB,
        is a `RawText`. Raises `InputError` where there is no such row."""
        rows = self._values(row, row + 1) if row >= 0 else ()
        if not rows:
            raise InputError("There is no such row here.")
        return rows[0]

    def _values(self, start: int, stop: int) -> Sequence[Row]:
        rows = self.result.rows(start, stop) if self.result is not None else ()
        if not self._raw:
            return rows
        return [
            tuple(
                RawText(value) if isinstance(value, bytes) and (number, place) in self._raw else value
                for place, value in enumerate(row)
            )
            for number, row in enumerate(rows, start)
        ]

    def seen_at(self, row: int) -> SeenRow:
        """Both, as `Changes` takes them."""
        identity = self.identity
        if isinstance(identity, Refused):
            raise InputError(identity.reason, next_step=identity.next_step)
        return SeenRow(self._key_at(identity, row), self.values_at(row))

    def _key_at(self, identity: Identity, row: int) -> Row:
        if _is_beside(identity, self.table):
            if not 0 <= row < len(self._rowids):
                raise InputError("There is no such row here.")
            return (self._rowids[row],)
        values = self.values_at(row)
        return tuple(values[_place(self.table, name)] for name in identity.columns)

    def _next(self, page: "_Page", count: int) -> Fragment:
        if page.key is None:
            return page.at(count)
        values = self.values_at(count - 1)
        known = {column.name.lower(): value for column, value in zip(self.columns, values, strict=True)}
        if page.extra:
            known[page.key.columns[0].lower()] = self._rowids[count - 1]
        last = tuple(known[name.lower()] for name in page.names)
        if any(isinstance(value, float) and math.isnan(value) for value in last):
            return page.at(count)  # an infinity of unknown sign: nothing can be compared with it
        return page.after(last)

    async def _append(self, page: "_Page", result: ResultSet, answer: Executed) -> int:
        if result is not self.result:
            return 0  # another query is on show by now
        await result.append([row[page.extra :] for row in answer.rows[: self.page]])
        return self._note(page, answer, self.page) if result is self.result else 0

    def _note(self, page: "_Page", answer: Executed, wanted: int) -> int:
        rows = answer.rows[:wanted]
        if page.extra:
            self._rowids.extend(int(str(row[0])) for row in rows)
        shown = [row[page.extra :] for row in rows]
        self._raw |= raw_places(shown, self.result.row_count - len(rows) if self.result is not None else 0)
        self.rows_read = answer.summary.rows_read
        self.complete = len(answer.rows) <= wanted
        if self.complete and self.result is not None:
            self.result.finish()
        return len(rows)


class _Page:
    """The statements of one query. ``names`` are the columns of its whole order; ``extra`` is how many columns come
    before the table's own."""

    def __init__(self, facts: TableFacts, query: BrowseQuery, size: int) -> None:
        self._size = size
        self.key = paging_key(facts)
        self.extra = int(self.key is not None and _is_beside(self.key, facts.table))
        self.names, self._terms = _order(facts, query, self.key)
        for condition in query.conditions:
            facts.place(condition.column)  # SQLite would take a quoted name that it does not know for a text
        if not facts.columns:
            raise InputError(
                f"{facts.table.name} has no columns.", next_step="Is what the view reads from still there?"
            )
        first = self.names[0].lower() if self.names else ""
        self._indexed = any(key.whole and key.columns[0].lower() == first for key in facts.keys)
        columns = [*(self.key.columns if self.key and self.extra else ()), *(column.name for column in facts.columns)]
        self.width = len(columns)
        self._select = f"SELECT {', '.join(map(quote_identifier, columns))} FROM {quote_identifier(facts.table.name)}"
        self._filter = where_sql(query.conditions, query.where)

    def first(self, rows: int) -> Fragment:
        return self._part([], rows)

    def after(self, last: Row) -> Fragment:
        """The page behind the row with these values of `names`, and one row more."""
        rows = self._size + 1
        parts = [self._part([behind], rows) for behind in pages_after(self._terms, last, indexed=self._indexed)]
        if len(parts) == 1:
            return parts[0]
        sql = " UNION ALL ".join(f"SELECT * FROM ({part.sql})" for part in parts)
        return Fragment(f"{sql} LIMIT {rows}", tuple(arg for part in parts for arg in part.args))

    def at(self, offset: int) -> Fragment:
        """The page from a place: the server reads everything before it again."""
        part = self.first(self._size + 1)
        return Fragment(f"{part.sql} OFFSET {offset}", part.args)

    def _part(self, conditions: Sequence[Fragment], rows: int) -> Fragment:
        where = _where([*self._filter, *conditions])
        order = f" ORDER BY {order_sql(self._terms)}" if self._terms else ""
        return Fragment(f"{self._select}{where.sql}{order} LIMIT {rows}", where.args)


def _order(facts: TableFacts, query: BrowseQuery, key: Identity | None) -> tuple[tuple[str, ...], Sequence[Term]]:
    """A column of the key sorts as the key does; behind the whole key there is nothing left to sort."""
    in_key = dict(zip(key.columns, key.terms, strict=True)) if key is not None else {}
    left = dict(in_key)
    names: list[str] = []
    terms: list[Term] = []
    for each in query.order:
        place = facts.place(each.column)
        column = facts.columns[place]
        if column.name in names:
            continue
        names.append(column.name)
        sql = in_key.get(column.name, quote_identifier(column.name))
        never_null = column.not_null or column.name in in_key or place == facts.rowid_column
        terms.append(Term(sql, each.descending, nullable=not never_null))
        left.pop(column.name, None)
        if place == facts.rowid_column or (in_key and not left):
            return tuple(names), terms
    # In the direction of what is before it, so that an index on that gives both by being read one way.
    descending = bool(terms) and terms[-1].descending
    return (*names, *left), [*terms, *(Term(sql, descending, nullable=False) for sql in left.values())]


def _where(parts: Sequence[Fragment]) -> Fragment:
    if not parts:
        return Fragment("")
    joined = all_of(parts)
    return Fragment(f" WHERE {joined.sql}", joined.args)


def _is_beside(key: Identity, table: Table) -> bool:
    """Whether it is a rowid that is no column."""
    names = {column.name.lower() for column in table.columns}
    return key.kind is IdentityKind.ROWID and key.columns[0].lower() not in names


def _place(table: Table, name: str) -> int:
    return next(place for place, column in enumerate(table.columns) if column.name.lower() == name.lower())
