"""How many rows the tables of a schema have, about, and how many bytes they and their indexes take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from turso_tui.errors import InputError, SqlError
from turso_tui.service.schema import Schema, Table, TableKind
from turso_tui.sql.facts import quote_identifier, quote_string

if TYPE_CHECKING:
    from turso_tui.service.database import Database

SMALL_BYTES = 50_000_000
"""What is measured without being asked: `dbstat` reads every page of the file, although it is billed as a few rows."""

AT_ONCE = 200
"""Tables asked after in one statement; SQLite takes 500."""

KEPT = 32
"""Databases of which the figures are remembered."""

PAGES = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
STATISTICS = "SELECT tbl, max(CAST(stat AS INTEGER)) FROM main.sqlite_stat1 GROUP BY tbl"
SIZES = "SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE"

_ROWIDS = ("rowid", "_rowid_", "oid")
_COUNTED_SHADOWS = ("_docsize", "_content", "_rowid")
"""The shadow of a full-text or R-tree table that has a row for each of its rows."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """By name. ``rows`` are estimates, exact only where they are 0; what is not known is left out.

    ``bytes`` is empty while nothing is measured; ``total`` is the size of the file. Pages that are free, and what is
    written ahead, belong to no table.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    bytes: Mapping[str, int] = field(default_factory=dict)
    total: int | None = None
    is_large: bool = False
    """Whether measuring the bytes is for the person to decide."""
    refused: str = ""
    """Why there are no bytes, in the server's words."""


class Measurer:
    """Measures each schema once, until it is asked to do it anew."""

    def __init__(self, small_bytes: int = SMALL_BYTES) -> None:
        """``small_bytes`` is the size up to which a database is measured without being asked."""
        self._small_bytes = small_bytes
        self._known: dict[str, tuple[Schema, Sizes]] = {}

    def forget(self) -> None:
        """Measure everything anew when it is asked for next."""
        self._known.clear()

    def known(self, database: Database, schema: Schema) -> Sizes | None:
        """What was measured before of this schema."""
        kept, sizes = self._known.get(database.identity, (None, None))
        return sizes if kept == schema else None

    async def measure(self, database: Database, schema: Schema, *, even_if_large: bool = False) -> Sizes:
        """Rows by estimate, at the price of about a row for each table; bytes unless the database is large.

        Raises `TursoTuiError` when the database cannot be read.
        """
        total = await _total(database)
        is_large = total is not None and total > self._small_bytes
        sizes = Sizes(await _row_estimates(database, schema), total=total, is_large=is_large)
        if even_if_large or not sizes.is_large:
            sizes = await _with_bytes(database, sizes)
        sizes = _with_virtual_tables(schema, sizes)
        self._known.pop(database.identity, None)
        self._known[database.identity] = schema, sizes
        while len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        return sizes


async def _total(database: Database) -> int | None:
    rows = (await database.execute(PAGES)).rows
    return int(str(rows[0][0])) if rows else None


async def _with_bytes(database: Database, sizes: Sizes) -> Sizes:
    try:
        rows = (await database.execute(SIZES)).rows
    except SqlError as error:  # a server may have been built without `dbstat`
        return replace(sizes, refused=error.message)
    return replace(sizes, bytes={str(name): int(str(size)) for name, size in rows})


async def _row_estimates(database: Database, schema: Schema) -> dict[str, int]:
    estimates: dict[str, int] = {}
    for sql in estimate_statements(schema):
        rows = (await database.execute(sql)).rows
        estimates |= {str(name): max(0, int(str(rowid or 0))) for name, rowid in rows}
    if schema.analyzed:
        rows = (await database.execute(STATISTICS)).rows
        known = {str(name): int(str(count)) for name, count in rows if count is not None}
        estimates |= {name: count for name, count in known.items() if estimates.get(name) != 0}
    return estimates


def estimate_statements(schema: Schema) -> Iterator[str]:
    """The greatest rowid of each table that has one: SQLite reads one row for it."""
    asked = [ask for table in schema.tables if (ask := _greatest_rowid(table)) is not None]
    for start in range(0, len(asked), AT_ONCE):
        yield " UNION ALL ".join(asked[start : start + AT_ONCE])


def _greatest_rowid(table: Table) -> str | None:
    if table.kind not in {TableKind.TABLE, TableKind.SHADOW} or table.without_rowid:
        return None
    taken = {column.name.lower() for column in table.columns}
    rowid = next((name for name in _ROWIDS if name not in taken), None)
    if rowid is None:
        return None
    try:
        return f"SELECT {quote_string(table.name)}, (SELECT max({rowid}) FROM {quote_identifier(table.name)})"
    except InputError:  # no SQL text can hold this name
        return None


def _with_virtual_tables(schema: Schema, sizes: Sizes) -> Sizes:
    """A virtual table is what its shadows are."""
    rows, bytes_ = dict(sizes.rows), dict(sizes.bytes)
    for table in schema.tables:
        if table.kind is not TableKind.VIRTUAL:
            continue
        shadows = shadows_of(schema, table.name)
        counted = (rows[name] for suffix in _COUNTED_SHADOWS if (name := f"{table.name}{suffix}") in rows)
        if (count := next(counted, None)) is not None:
            rows[table.name] = count
        known = [bytes_[shadow.name] for shadow in shadows if shadow.name in bytes_]
        if known:
            bytes_[table.name] = sum(known)
    return replace(sizes, rows=rows, bytes=bytes_)


def shadows_of(schema: Schema, owner: str) -> Sequence[Table]:
    """The shadow tables of a virtual table or of a vector index: of several owners, the longest name that fits."""
    owners = [table.name for table in schema.tables if table.kind is TableKind.VIRTUAL]
    owners += [index.name for index in schema.indexes]
    shadows = [table for table in schema.tables if table.kind is TableKind.SHADOW]
    return [each for each in shadows if _owner(each.name, owners) == owner]


def _owner(shadow: str, owners: Sequence[str]) -> str | None:
    return max((each for each in owners if shadow.startswith(f"{each}_")), key=len, default=None)
