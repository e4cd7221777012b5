"""One table while a rehearsal runs: its rows before, what the statements said they did, its rows after."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from turso_tui.errors import ResponseTooLarge
from turso_tui.service.checks import source_of
from turso_tui.service.rehearsal.catalog import Shape
from turso_tui.service.rehearsal.changes import EXAMPLES, Key, RowChange, TableChange, change_of, is_same
from turso_tui.sql.effects import Act, Effect
from turso_tui.sql.facts import quote_identifier
from turso_tui.values import Row, Statement, Value

Read = Callable[[Statement], Awaitable[Sequence[Row]]]
"""Runs a SELECT inside the rehearsal's transaction."""

MOST_ROWS = 1000
MOST_BYTES = 4_000_000
MOST_COLUMNS = 100
"""A table within all three is read as a whole, before and after."""

TOO_LARGE = "Too large to be compared: the numbers are the database's own."


class WatchedTable:
    """Watched from before the first statement that may write to it."""

    def __init__(self, shape: Shape, read: Read) -> None:
        self.shape = shape
        self.is_direct = False
        """A statement names it."""
        self.is_led_to = False
        """Triggers or foreign keys of a statement write to it."""
        self.is_small = False
        self._read = read
        self._before: Mapping[Key, Row] = {}
        self._reported: Counter[Act] = Counter()
        self._samples: dict[Key, Row] = {}
        self._last_rowid: Value = None

    async def look(self) -> None:
        """Keep the rows as they are, if they are few."""
        rows = await self._all_rows(self.shape)
        self.is_small = rows is not None
        self._before = rows or {}
        if not self.is_small and self.shape.has_rowid:
            ((self._last_rowid,),) = await self._read(Statement(f"SELECT max({self.shape.key[0]}) FROM {self._name}"))

    async def expect(self, statement: Statement) -> None:
        """Before a statement about this very table runs: of a large table, keep some of the rows it is about."""
        self.is_direct = True
        source = source_of(statement) if not self.is_small and self.shape.key else None
        if source is not None and len(self._samples) < EXAMPLES:
            columns = self.shape.selected(source.address)
            rows = await self._read(
                Statement(f"{source.common}SELECT {columns} FROM {source.text} LIMIT {EXAMPLES - len(self._samples)}")
            )
            for key, row in self._by_key(self.shape, rows).items():
                self._samples.setdefault(key, row)

    def report(self, effect: Effect, affected: int) -> None:
        """What the database said of a statement about this table."""
        self._reported[effect.act] += affected

    @property
    def reported(self) -> int:
        return self._reported.total()

    async def change(self, shape: Shape | None) -> TableChange:
        """What became of it. ``shape`` is what it looks like now, None when it is gone."""
        if shape is None:
            change = change_of(self.shape.name, self.shape.columns, self._before, {}, is_direct=self.is_direct)
            return change if self.is_small else replace(change, note=TOO_LARGE, is_exact=False)
        rows = await self._all_rows(shape) if self.is_small else None
        if rows is not None:
            common = [column for column in self.shape.columns if column in shape.columns]
            before, after = _only(common, self.shape, self._before), _only(common, shape, rows)
            change = change_of(shape.name, common, before, after, is_direct=self.is_direct)
            return replace(change, note=self._as_they_were(change))
        inserted = self._reported[Act.INSERT] + self._reported[Act.REPLACE]
        note = TOO_LARGE
        if self._reported[Act.REPLACE]:
            note += "\nRows that made way for others are not in them."
        return TableChange(
            shape.name,
            self.shape.columns,
            inserted,
            self._reported[Act.UPDATE],
            self._reported[Act.DELETE],
            examples=await self._examples(shape) if shape.columns == self.shape.columns else (),
            is_direct=self.is_direct,
            is_exact=False,
            note=note,
        )

    def _as_they_were(self, change: TableChange) -> str:
        """Of an UPDATE alone: how many rows it wrote that are what they were."""
        same = self._reported[Act.UPDATE] - change.rows
        if self.is_led_to or same <= 0 or self._reported.keys() != {Act.UPDATE}:
            return ""
        return f"{same} more {'row is' if same == 1 else 'rows are'} written with the values that they have."

    @property
    def _name(self) -> str:
        return quote_identifier(self.shape.name)

    async def _all_rows(self, shape: Shape) -> Mapping[Key, Row] | None:
        """None where they are too many, or cannot be told apart."""
        name = quote_identifier(shape.name)
        if not shape.key or len(shape.columns) > MOST_COLUMNS:
            return None
        sizes = " + ".join(f"total(octet_length({quote_identifier(column)}))" for column in shape.columns)
        limited = f"(SELECT * FROM {name} LIMIT {MOST_ROWS + 1})"
        ((count, size),) = await self._read(Statement(f"SELECT count(*), {sizes} FROM {limited}"))
        if not isinstance(count, int) or count > MOST_ROWS or float(str(size)) > MOST_BYTES:
            return None
        try:
            rows = await self._read(Statement(f"SELECT {shape.selected()} FROM {name}"))
        except ResponseTooLarge:
            return None
        return self._by_key(shape, rows)

    def _by_key(self, shape: Shape, rows: Sequence[Row]) -> dict[Key, Row]:
        width = len(shape.key)
        return {tuple(row[:width]): tuple(row[width:]) for row in rows}

    async def _examples(self, shape: Shape) -> tuple[RowChange, ...]:
        """The rows that were kept before as they are now, and the newest ones."""
        now = await self._rows_at(shape, list(self._samples))
        examples = []
        for key, row in self._samples.items():
            after = now.get(key)
            was_moved = after is None and not self._reported[Act.DELETE]
            if not was_moved and (after is None or not is_same(row, after)):
                examples.append(RowChange(row, after))
        if shape.has_rowid and self._reported[Act.INSERT] + self._reported[Act.REPLACE]:
            last = max((key[0] for key in self._before), default=self._last_rowid, key=_number)
            newest = f"WHERE {shape.key[0]} > ? ORDER BY {shape.key[0]} LIMIT {EXAMPLES}"
            rows = await self._select(shape, newest, (_number(last),))
            examples += [RowChange(None, row) for row in rows.values()]
        return tuple(examples[:EXAMPLES])

    async def _rows_at(self, shape: Shape, keys: Sequence[Key]) -> Mapping[Key, Row]:
        if not keys:
            return {}
        one = f"({', '.join('?' * len(shape.key))})"
        wanted = f"({', '.join(shape.key)}) IN (VALUES {', '.join([one] * len(keys))})"
        return await self._select(shape, f"WHERE {wanted}", [value for key in keys for value in key])

    async def _select(self, shape: Shape, which: str, values: Sequence[Value]) -> Mapping[Key, Row]:
        sql = f"SELECT {shape.selected()} FROM {quote_identifier(shape.name)} {which}"
        return self._by_key(shape, await self._read(Statement(sql, args=values)))


def _only(columns: Sequence[str], shape: Shape, rows: Mapping[Key, Row]) -> Mapping[Key, Row]:
    """The rows with these columns alone."""
    if tuple(columns) == shape.columns:
        return rows
    places = [shape.columns.index(column) for column in columns]
    return {key: tuple(row[place] for place in places) for key, row in rows.items()}


def _number(value: Value) -> int:
    return value if isinstance(value, int) else -(2**63)
