"""The formats of files: every text format, a SQLite database, and Parquet where pyarrow is installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

from turso_tui.errors import InputError
from turso_tui.service import export_values as values
from turso_tui.service.export_text import (
    CsvWriter,
    JsonWriter,
    LinesWriter,
    MarkdownWriter,
    ScriptWriter,
    TextWriter,
    TsvWriter,
    create_table,
)
from turso_tui.sql.facts import quote_identifier
from turso_tui.values import Column, Row, Value

if TYPE_CHECKING:
    import pyarrow

_EXACT_IN_A_DOUBLE = 2**53


@dataclass(frozen=True, slots=True)
class Rows:
    """What is to be written; ``chunks`` can be begun again by who has to look at everything first."""

    columns: Sequence[Column]
    chunks: Callable[[], Iterator[Sequence[Row]]]
    table: str


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A kind of file, recognised by its ``ending``. ``write`` blocks, and makes the file, which is not there yet."""

    id: str
    label: str
    ending: str
    write: Callable[[Path, Rows], None]
    needs: str = ""

    def check(self) -> None:
        """Raises `InputError` where what it needs is not installed."""
        if self.needs and importlib.util.find_spec(self.needs) is None:
            raise InputError(
                f"{self.label} files need {self.needs}, which is not installed.",
                next_step=f'pip install "turso-tui[{self.id}]" brings it.',
            )


def _text(writer_type: Callable[[Sequence[Column], str], TextWriter]) -> Callable[[Path, Rows], None]:
    def write(path: Path, rows: Rows) -> None:
        writer = writer_type(rows.columns, rows.table)
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(writer.begin())
            for chunk in rows.chunks():
                file.write(writer.rows(chunk))
            file.write(writer.end())

    return write


def _sqlite(path: Path, rows: Rows) -> None:
    """Columns have no type, so that every value is kept as it is; NaN becomes NULL, as SQLite has none."""
    path.touch(exist_ok=False)
    insert = f"INSERT INTO {quote_identifier(rows.table)} VALUES ({','.join('?' * len(rows.columns))})"
    with closing(apsw.Connection(str(path))) as connection:
        # The file has another name until it is whole: nobody needs a journal of its making.
        connection.execute("PRAGMA journal_mode = off; PRAGMA synchronous = off").fetchall()
        connection.execute("BEGIN")
        connection.execute(create_table(rows.table, rows.columns))
        for chunk in rows.chunks():
            connection.executemany(insert, chunk)
        connection.execute("COMMIT")


def _parquet(path: Path, rows: Rows) -> None:
    """A column of one kind keeps it. Integers among reals become reals where none loses a digit; any other mixture
    becomes texts, as in the grid."""
    import pyarrow
    import pyarrow.parquet

    kinds = [_Kinds() for _ in rows.columns]
    for chunk in rows.chunks():
        for place, kind in enumerate(kinds):
            kind.see([row[place] for row in chunk])
    names = values.distinct_names(rows.columns)
    schema = pyarrow.schema([(name, kind.arrow()) for name, kind in zip(names, kinds, strict=True)])
    with path.open("xb") as file, pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for chunk in rows.chunks():
            arrays = [
                pyarrow.array([kind.convert(row[place]) for row in chunk], schema.field(place).type)
                for place, kind in enumerate(kinds)
            ]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))


class _Kinds:
    """What a column holds, and therefore what it becomes."""

    def __init__(self) -> None:
        self.types: set[type] = set()
        self.exact = True

    def see(self, column: Sequence[Value]) -> None:
        self.types.update(map(type, column))
        if self.exact:
            self.exact = all(abs(value) <= _EXACT_IN_A_DOUBLE for value in column if isinstance(value, int))

    def arrow(self) -> pyarrow.DataType:
        import pyarrow

        match self._kept_as():
            case None:
                return pyarrow.null()
            case "int":
                return pyarrow.int64()
            case "float":
                return pyarrow.float64()
            case "bytes":
                return pyarrow.binary()
        return pyarrow.string()

    def convert(self, value: Value) -> Value:
        if value is None:
            return None
        match self._kept_as():
            case "float":
                return float(value) if isinstance(value, int) else value
            case "str":
                return values.plain(value)
        return value

    def _kept_as(self) -> str | None:
        types = self.types - {type(None)}
        if types == {int, float} and self.exact:
            return "float"
        if len(types) > 1:
            return "str"
        return next(iter(types)).__name__ if types else None


EXPORT_FORMATS = (
    ExportFormat("csv", "CSV", ".csv", _text(CsvWriter)),
    ExportFormat("tsv", "TSV", ".tsv", _text(TsvWriter)),
    ExportFormat("json", "JSON", ".json", _text(JsonWriter)),
    ExportFormat("ndjson", "NDJSON", ".ndjson", _text(LinesWriter)),
    ExportFormat("markdown", "Markdown", ".md", _text(MarkdownWriter)),
    ExportFormat("sql", "SQL", ".sql", _text(ScriptWriter)),
    ExportFormat("sqlite", "SQLite", ".db", _sqlite),
    ExportFormat("parquet", "Parquet", ".parquet", _parquet, needs="pyarrow"),
)
