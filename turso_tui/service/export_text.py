"""Rows as text in each format: a beginning, the rows in any number of pieces, and an end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from json.encoder import encode_basestring

from turso_tui.service import export_values as values
from turso_tui.sql.facts import quote_identifier
from turso_tui.values import Column, Row, Value

_ROWS_AN_INSERT = 200
"""Few enough for any limit on the length of a statement, many enough to be quick."""


@dataclass(slots=True)
class TextWriter:
    """One piece of writing. ``begin`` and ``end`` come once; ``rows`` any number of times between them."""

    columns: Sequence[Column]
    table: str = "result"
    begun: bool = field(default=False, init=False)

    def begin(self) -> str:
        return ""

    def rows(self, rows: Sequence[Row]) -> str:
        raise NotImplementedError

    def end(self) -> str:
        return ""


class PlainWriter(TextWriter):
    """Values apart by tabs, for pasting where a person looks at it."""

    def rows(self, rows: Sequence[Row]) -> str:
        return "".join(["\t".join(map(values.plain, row)) + "\n" for row in rows])


class CsvWriter(TextWriter):
    """RFC 4180, with the names first."""

    def begin(self) -> str:
        return ",".join(values.csv_text(column.name) for column in self.columns) + "\n"

    def rows(self, rows: Sequence[Row]) -> str:
        return "".join([",".join(map(values.csv, row)) + "\n" for row in rows])


class TsvWriter(TextWriter):
    """One line a row, with the names first."""

    def begin(self) -> str:
        return "\t".join(values.tsv(column.name) for column in self.columns) + "\n"

    def rows(self, rows: Sequence[Row]) -> str:
        return "".join(["\t".join(map(values.tsv, row)) + "\n" for row in rows])


class LinesWriter(TextWriter):
    """NDJSON: an object a line."""

    def rows(self, rows: Sequence[Row]) -> str:
        return "".join([f"{each}\n" for each in self.objects(rows)])

    def objects(self, rows: Sequence[Row]) -> list[str]:
        keys = [f"{encode_basestring(name)}: " for name in values.distinct_names(self.columns)]
        return [
            "{" + ", ".join([key + values.json(value) for key, value in zip(keys, row, strict=True)]) + "}"
            for row in rows
        ]


class JsonWriter(LinesWriter):
    """An array with an object for each row."""

    def begin(self) -> str:
        return "["

    def rows(self, rows: Sequence[Row]) -> str:
        if not rows:
            return ""
        comma = "," if self.begun else ""
        self.begun = True
        return f"{comma}\n" + ",\n".join(self.objects(rows))

    def end(self) -> str:
        return "\n]\n" if self.begun else "]\n"


class MarkdownWriter(TextWriter):
    """A table as GitHub draws it."""

    def begin(self) -> str:
        names = " | ".join(values.markdown_text(column.name) for column in self.columns)
        return f"| {names} |\n|{' --- |' * len(self.columns)}\n"

    def rows(self, rows: Sequence[Row]) -> str:
        return "".join([f"| {' | '.join(map(values.markdown, row))} |\n" for row in rows])


class InsertWriter(TextWriter):
    """INSERT statements, some rows in each."""

    def rows(self, rows: Sequence[Row]) -> str:
        names = ", ".join(map(quote_identifier, values.distinct_names(self.columns)))
        into = f"INSERT INTO {quote_identifier(self.table)} ({names}) VALUES\n"
        tuples = [f"({', '.join(map(values.sql, row))})" for row in rows]
        pieces = (tuples[start : start + _ROWS_AN_INSERT] for start in range(0, len(tuples), _ROWS_AN_INSERT))
        return "".join([into + ",\n".join(piece) + ";\n" for piece in pieces])


class ScriptWriter(InsertWriter):
    """A whole script: the table, without types, so that every value is kept as it is, and its rows."""

    def begin(self) -> str:
        return f"BEGIN;\n{create_table(self.table, self.columns)};\n"

    def end(self) -> str:
        return "COMMIT;\n"


def create_table(table: str, columns: Sequence[Column]) -> str:
    names = ", ".join(map(quote_identifier, values.distinct_names(columns)))
    return f"CREATE TABLE {quote_identifier(table)} ({names})"


@dataclass(frozen=True, slots=True)
class CopyFormat:
    """How something is copied: ``key`` is the letter that chooses it, ``value`` spells a cell alone."""

    id: str
    key: str
    label: str
    value: Callable[[Value], str]
    writer: Callable[[Sequence[Column], str], TextWriter]


COPY_FORMATS = (
    CopyFormat("text", "t", "text", values.plain, PlainWriter),
    CopyFormat("csv", "c", "CSV", values.csv, CsvWriter),
    CopyFormat("tsv", "v", "TSV", values.tsv, TsvWriter),
    CopyFormat("json", "j", "JSON", values.json, JsonWriter),
    CopyFormat("markdown", "m", "Markdown", values.markdown, MarkdownWriter),
    CopyFormat("sql", "s", "SQL", values.sql, InsertWriter),
)
