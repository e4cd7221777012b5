"""What must be known of one table before its rows are changed: keys, foreign keys, triggers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from turso_tui.errors import InputError
from turso_tui.service.database import Database
from turso_tui.service.schema import Table, TableColumn, TableKind
from turso_tui.values import Row

_FACTS = """
    SELECT 'key' AS what, i.name AS name, i.seq AS id, x.seqno AS seq, i."unique" AS a, i.origin AS b,
        i.partial AS c, x.name AS d, x.coll AS e, NULL AS f, NULL AS g
    FROM pragma_index_list(?1) AS i, pragma_index_xinfo(i.name) AS x WHERE x."key"
    UNION ALL
    SELECT 'reference', ?1, k.id, k.seq, k."table", k."from", k."to",
        (
            SELECT p.name FROM pragma_table_list AS l, pragma_table_xinfo(l.name) AS p
            WHERE l.schema = 'main' AND l.type = 'table' AND l.name = k."table" COLLATE NOCASE AND p.pk = k.seq + 1
        ),
        k.on_update, k.on_delete,
        (
            SELECT max(p.pk) FROM pragma_table_list AS l, pragma_table_xinfo(l.name) AS p
            WHERE l.schema = 'main' AND l.type = 'table' AND l.name = k."table" COLLATE NOCASE
        )
    FROM pragma_foreign_key_list(?1) AS k
    UNION ALL
    SELECT 'referrer', l.name, k.id, k.seq, ?1, k."from", k."to",
        (SELECT p.name FROM pragma_table_xinfo(?1) AS p WHERE p.pk = k.seq + 1),
        k.on_update, k.on_delete,
        (SELECT max(p.pk) FROM pragma_table_xinfo(?1) AS p)
    FROM pragma_table_list AS l, pragma_foreign_key_list(l.name) AS k
    WHERE l.schema = 'main' AND l.type = 'table' AND k."table" = ?1 COLLATE NOCASE
    UNION ALL
    SELECT 'trigger', name, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM main.sqlite_schema
    WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE
    ORDER BY 1, 2, 3, 4
"""
"""Everything in one round trip; what is not a table has none of it. Pragmas as tables are reads everywhere."""


@dataclass(frozen=True, slots=True)
class Key:
    """An index or a primary key, by its columns and how it compares them; ``whole`` is False for one with an expression
    or a WHERE."""

    name: str
    columns: tuple[str, ...]
    collations: tuple[str, ...] = ()
    unique: bool = False
    primary: bool = False
    whole: bool = True


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Rows of ``table`` name rows of ``parent``: the one's ``columns`` are the other's ``parent_columns``.

    ``parent_columns`` is empty where they cannot be told: the parent is missing or has no such key.
    """

    table: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    on_update: str = "NO ACTION"
    on_delete: str = "NO ACTION"
    parent_exists: bool = True


@dataclass(frozen=True, slots=True)
class TableFacts:
    """``references`` lead from this table, ``referrers`` to it; a table that names itself is in both."""

    table: Table
    keys: tuple[Key, ...] = ()
    references: tuple[ForeignKey, ...] = ()
    referrers: tuple[ForeignKey, ...] = ()
    triggers: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[TableColumn, ...]:
        return self.table.columns

    @property
    def names(self) -> frozenset[str]:
        """Of the columns, in lower case."""
        return frozenset(column.name.lower() for column in self.columns)

    @property
    def has_rowid(self) -> bool:
        return self.table.kind in {TableKind.TABLE, TableKind.SHADOW} and not self.table.without_rowid

    @property
    def primary_key(self) -> tuple[str, ...]:
        return tuple(each.name for each in sorted(self.columns, key=lambda each: each.key) if each.key)

    @property
    def rowid_column(self) -> int | None:
        """The place of the INTEGER PRIMARY KEY, which is the rowid under another name: it alone has no index."""
        if not self.has_rowid or len(self.primary_key) != 1 or any(key.primary for key in self.keys):
            return None
        return self.place(self.primary_key[0])

    def place(self, name: str) -> int:
        """Where the column ``name`` stands. Raises `InputError` where there is none."""
        wanted = name.lower()
        for place, column in enumerate(self.columns):
            if column.name.lower() == wanted:
                return place
        raise InputError(f"{self.table.name} has no column {name}.", next_step="Read the schema again.")


async def read_facts(database: Database, table: Table) -> TableFacts:
    """One plain SELECT. Raises what `Database.execute` raises."""
    if table.kind is TableKind.VIEW:
        return TableFacts(table)
    rows = (await database.execute(_FACTS, (table.name,))).rows
    found = {what: list(group) for what, group in groupby(rows, key=lambda row: str(row[0]))}
    return TableFacts(
        table,
        keys=tuple(_key(parts) for parts in _by_owner(found.get("key", ()))),
        references=tuple(_foreign_key(parts) for parts in _by_owner(found.get("reference", ()))),
        referrers=tuple(_foreign_key(parts) for parts in _by_owner(found.get("referrer", ()))),
        triggers=tuple(str(row[1]) for row in found.get("trigger", ())),
    )


def _by_owner(rows: Iterable[Row]) -> list[list[Row]]:
    return [list(group) for _, group in groupby(rows, key=lambda row: row[1:3])]


def _key(parts: Sequence[Row]) -> Key:
    _, name, _, _, unique, origin, partial, *_ = parts[0]
    columns = [row[7] for row in parts]
    return Key(
        str(name),
        tuple(str(column) for column in columns if column is not None),
        tuple(str(row[8]) for row in parts),
        unique=bool(unique),
        primary=origin == "pk",
        whole=not partial and None not in columns,
    )


def _foreign_key(parts: Sequence[Row]) -> ForeignKey:
    _, table, _, _, parent, _, target, _, on_update, on_delete, key_columns = parts[0]
    # What names no columns means the whole primary key, or nothing where that has another number of them.
    targets = [row[7] if target is None else row[6] for row in parts]
    known = target is not None or key_columns == len(parts)
    return ForeignKey(
        str(table),
        tuple(str(row[5]) for row in parts),
        str(parent),
        tuple(str(each) for each in targets) if known else (),
        str(on_update),
        str(on_delete),
        parent_exists=key_columns is not None,
    )
