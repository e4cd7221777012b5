"""What a rehearsal must know of a schema: where each table's rows are kept, and how a row is told from the others."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from turso_tui.sql.facts import quote_identifier
from turso_tui.values import Row, Value

OBJECTS = "SELECT type, name, tbl_name, rootpage, coalesce(sql, '') FROM main.sqlite_schema"
COLUMNS = """
    SELECT t.name, t.type, t.wr, c.name, c.pk, c.hidden FROM pragma_table_list AS t, pragma_table_xinfo(t.name) AS c
    WHERE t.schema = 'main' AND t.ncol > 0 ORDER BY t.name, c.cid
"""

_ROWID = ("rowid", "_rowid_", "oid")
_HIDDEN = 1
_IS_REGISTER = 0x10
_MAIN = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a table, and the SQL of what tells its rows apart: nothing for a view."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def has_rowid(self) -> bool:
        return len(self.key) == 1 and self.key[0] in _ROWID

    def selected(self, address: str = "") -> str:
        """The key and then the columns, of the table at ``address``."""
        prefix = f"{address}." if address else ""
        return ", ".join(prefix + each for each in (*self.key, *map(quote_identifier, self.columns)))


class Verb(StrEnum):
    CREATES = "creates"
    DROPS = "drops"
    RENAMES = "renames"
    CHANGES = "changes"


class SchemaChange(NamedTuple):
    """``rows`` went with a table that is dropped, None where they were not counted; more than `at_stake.MOST` are
    not counted to their end."""

    verb: Verb
    kind: str
    name: str
    new_name: str = ""
    rows: int | None = None


class _Entry(NamedTuple):
    kind: str
    name: str
    root: int
    sql: str


@dataclass(frozen=True, slots=True)
class Catalog:
    shapes: Mapping[str, Shape]
    """By the name in lower case."""
    _tables: Mapping[int, str]
    _entries: tuple[_Entry, ...]

    @classmethod
    def of(cls, objects: Sequence[Row], columns: Sequence[Row]) -> "Catalog":
        """From the rows of `OBJECTS` and `COLUMNS`."""
        entries = tuple(_Entry(str(kind), str(name), _integer(root), str(sql)) for kind, name, _, root, sql in objects)
        tables = {_integer(root): str(table) for _, _, table, root, _ in objects if root}
        by_table: defaultdict[str, list[Row]] = defaultdict(list)
        for row in columns:
            by_table[str(row[0])].append(row)
        shapes = {name.lower(): _shape(name, rows) for name, rows in by_table.items()}
        return cls(shapes, tables, entries)

    def shape(self, name: str) -> Shape | None:
        return self.shapes.get(name.lower())

    def touched(self, program: Sequence[Row]) -> frozenset[str]:
        """The tables that a statement may write to, from the rows of its EXPLAIN: those of its triggers and of its
        foreign keys' actions are programs of their own in it."""
        roots = set()
        for _, opcode, p1, p2, p3, _, p5, *_ in program:
            if opcode == "OpenWrite" and p3 == _MAIN and not _integer(p5) & _IS_REGISTER:
                roots.add(_integer(p2))
            elif opcode == "Clear" and p2 == _MAIN:
                roots.add(_integer(p1))
        names = {self._tables[root] for root in roots if root in self._tables}
        return frozenset(name for name in names if name.lower() in self.shapes and not name.startswith("sqlite_"))

    def changes_to(self, after: "Catalog") -> list[SchemaChange]:
        """What was created, dropped, renamed or changed; automatic indexes go with their table."""
        old = {(entry.kind, entry.name): entry for entry in self._entries if entry.sql}
        new = {(entry.kind, entry.name): entry for entry in after._entries if entry.sql}
        gone = {entry.root: entry for entry in old.values() if (entry.kind, entry.name) not in new and entry.root}
        changes: list[SchemaChange] = []
        for key, entry in new.items():
            if key in old:
                if old[key].sql != entry.sql:
                    changes.append(SchemaChange(Verb.CHANGES, *key))
            elif entry.root in gone and gone[entry.root].kind == entry.kind:
                before = gone.pop(entry.root)
                old.pop((before.kind, before.name))
                changes.append(SchemaChange(Verb.RENAMES, before.kind, before.name, entry.name))
            else:
                changes.append(SchemaChange(Verb.CREATES, *key))
        dropped = [SchemaChange(Verb.DROPS, *key) for key in old if key not in new]
        return [*dropped, *changes]


def _shape(name: str, rows: Sequence[Row]) -> Shape:
    columns = tuple(str(row[3]) for row in rows if row[5] != _HIDDEN)
    _, kind, without_rowid, *_ = rows[0]
    if kind == "view":
        return Shape(name, columns, ())
    if without_rowid:
        keys = sorted((_integer(row[4]), str(row[3])) for row in rows if row[4])
        return Shape(name, columns, tuple(quote_identifier(column) for _, column in keys))
    taken = {column.lower() for column in columns}
    return Shape(name, columns, tuple(each for each in _ROWID if each not in taken)[:1])


def _integer(value: Value) -> int:
    return value if isinstance(value, int) else 0
