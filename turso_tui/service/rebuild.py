"""A table written anew, for what ALTER TABLE cannot do: SQLite's twelve steps, as text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from turso_tui.errors import InputError
from turso_tui.service.ddl import NewColumn, check_strict, column_text
from turso_tui.service.schema import Schema, Table, TableColumn, TableKind, Trigger
from turso_tui.sql.definition import TableText, canonical, mentions, read_table
from turso_tui.sql.facts import quote_identifier, quote_string
from turso_tui.sql.lexer import INSIGNIFICANT, tokenize

OVERFLOW = "abs(-9223372036854775808)"
"""An expression that fails ("integer overflow"): the one way of plain SQL to stop a script."""

_STAYS = frozenset({"CHECK", "COLLATE", "GENERATED", "AS", "PRIMARY"})
"""What is said of a column and stays when the column is changed by a form that does not show it."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands in the way while a table is replaced, and is made again behind it."""

    views: tuple[Table, ...]
    triggers: tuple[Trigger, ...]
    """On the table, on the views, and on other tables."""

    def dropped(self) -> list[str]:
        """Each by itself: while one of several tables is gone already, the triggers of the others must be, too."""
        return [
            *(f"DROP TRIGGER {quote_identifier(trigger.name)}" for trigger in self.triggers),
            *(f"DROP VIEW {quote_identifier(view.name)}" for view in self.views),
        ]

    def made(self) -> list[str]:
        return [*(view.sql for view in self.views), *(trigger.sql for trigger in self.triggers)]


def surroundings(schema: Schema, *tables: str) -> Surroundings:
    """The views that read ``tables``, directly or through others, and the triggers that touch any of these."""
    names = {name.lower() for name in tables}
    views = [table for table in schema.tables if table.kind is TableKind.VIEW]
    found: list[Table] = []
    while more := [view for view in views if view not in found and any(mentions(view.sql, name) for name in names)]:
        found += more
        names |= {view.name.lower() for view in more}
    touched = [
        trigger
        for trigger in schema.triggers
        if trigger.table.lower() in names or any(mentions(trigger.sql, name) for name in names)
    ]
    return Surroundings(tuple(found), tuple(touched))


def is_referenced(schema: Schema, table: str) -> bool:
    """Whether a foreign key leads to ``table``: then dropping it would delete, or orphan, the rows that refer to it."""
    return any(key.table.lower() == table.lower() for each in schema.tables for key in each.foreign_keys)


def replacement(schema: Schema, table: Table, new: TableText, renamed: Mapping[str, str] | None = None) -> list[str]:
    """The statements that put ``new`` in the place of ``table`` and copy its rows, without its surroundings.

    ``renamed`` is by the new name of a column, and says from which old one it comes.
    """
    renamed = renamed or {}
    free = _free_name(schema, table.name)
    copied = _copied(table, new, renamed)
    statements = [new.renamed(free)]
    if copied:
        into, out_of = zip(*copied, strict=True)
        statements.append(
            f"INSERT INTO {quote_identifier(free)} ({', '.join(into)})\n"
            f"SELECT {', '.join(out_of)} FROM {quote_identifier(table.name)}"
        )
    if _counts(table.sql) and _counts(new.sql):
        statements += _sequence_kept(table.name, free)
    return [
        *statements,
        f"DROP TABLE {quote_identifier(table.name)}",
        f"ALTER TABLE {quote_identifier(free)} RENAME TO {quote_identifier(table.name)}",
    ]


def _copied(table: Table, new: TableText, renamed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Where values go and where they come from, as SQL text."""
    old = {column.name.lower(): column for column in table.columns if not column.generated}
    pairs = []
    for part in new.columns:
        name = part.name or ""
        source = old.get(renamed.get(name, name).lower())
        words = {clause.word for clause in part.clauses}
        if source is not None and not words & {"GENERATED", "AS"}:
            pairs.append((quote_identifier(name), _filled(source, new.clauses(part))))
    if pairs and _has_bare_rowid(table) and _keeps_bare_rowid(new):
        return [("rowid", "rowid"), *pairs]
    return pairs


def _filled(source: TableColumn, clauses: Sequence[str]) -> str:
    """What was NULL takes the default where it must not be NULL any more."""
    name = quote_identifier(source.name)
    must = any("NOT NULL" in " ".join(clause.upper().split()) for clause in clauses)
    default = next((clause[7:].strip() for clause in clauses if clause[:7].upper() == "DEFAULT"), "")
    return f"coalesce({name}, {default})" if must and not source.not_null and default else name


def _has_bare_rowid(table: Table) -> bool:
    """Whether rows are known by a rowid that no column shows, which others may have noted all the same."""
    keys = [column for column in table.columns if column.key]
    shown = len(keys) == 1 and keys[0].type.upper() == "INTEGER"
    return not (table.without_rowid or shown or any(column.name.lower() == "rowid" for column in table.columns))


def _keeps_bare_rowid(new: TableText) -> bool:
    if ("without", "rowid") in new.options or new.column("rowid") is not None:
        return False
    return not any(
        new.type(part).upper() == "INTEGER" and any(clause.word == "PRIMARY" for clause in part.clauses)
        for part in new.columns
    ) and not any("primary" in constraint for constraint in new.constraints)


def _counts(sql: str) -> bool:
    return any(sql[start:end].upper() == "AUTOINCREMENT" for _, start, end in tokenize(sql))


def _sequence_kept(old: str, new: str) -> list[str]:
    """So that no number is given twice."""
    return [
        f"DELETE FROM sqlite_sequence WHERE name = {quote_string(new)}",
        f"INSERT INTO sqlite_sequence (name, seq)\n"
        f"SELECT {quote_string(new)}, seq FROM sqlite_sequence WHERE name = {quote_string(old)}",
    ]


def _free_name(schema: Schema, name: str) -> str:
    taken = {table.name.lower() for table in schema.tables} | {index.name.lower() for index in schema.indexes}
    free = f"new_{name}"
    while free.lower() in taken:
        free = f"new_{free}"
    return free


def rebuild(
    schema: Schema,
    table: Table,
    new: TableText,
    renamed: Mapping[str, str] | None = None,
    *,
    without_indexes: Sequence[str] = (),
) -> str:
    """The script that puts ``new`` in the place of ``table``, its rows copied, and all around it made again."""
    around = surroundings(schema, table.name)
    indexes = [
        index.sql
        for index in schema.indexes
        if index.table.lower() == table.name.lower() and index.name not in without_indexes and index.sql
    ]
    statements = [
        *around.dropped(),
        *replacement(schema, table, new, renamed),
        *indexes,
        *around.made(),
    ]
    return transaction(statements, keys_matter=keys_matter(schema, table, new))


def keys_matter(schema: Schema, table: Table, new: TableText | None = None) -> bool:
    """Whether a foreign key leads to ``table`` or away from it, before or after the change."""
    return bool(table.foreign_keys) or is_referenced(schema, table.name) or (new is not None and _refers(new))


def _refers(text: TableText) -> bool:
    return any("references" in canonical(text.text(part)) for part in text.parts)


def transaction(statements: Sequence[str], *, keys_matter: bool) -> str:
    """All or nothing; where ``keys_matter``, with foreign keys off meanwhile, and looked at before the end."""
    lines = ["BEGIN;"]
    if keys_matter:
        lines = [
            "-- With foreign keys on, dropping a table would delete the rows that refer to it.",
            "PRAGMA foreign_keys = off;",
            "BEGIN;",
            '-- Stops here ("integer overflow"), before anything is done, where they are on all the same.',
            f"SELECT CASE WHEN foreign_keys THEN {OVERFLOW} END AS ready FROM pragma_foreign_keys;",
        ]
    lines += [f"{statement.rstrip().rstrip(';')};" for statement in statements]
    if keys_matter:
        lines += [
            '-- Stops here ("integer overflow") where a reference leads nowhere; ROLLBACK then undoes all of it.',
            f"SELECT CASE WHEN count(*) THEN {OVERFLOW} END AS broken_references FROM pragma_foreign_key_check;",
        ]
    lines.append("COMMIT;")
    return "\n".join([*lines, "PRAGMA foreign_keys = on;"] if keys_matter else lines)


def rebuild_as_it_is(schema: Schema, table: Table) -> str:
    """The script for a change that is then made by hand, in its CREATE TABLE. Raises `InputError`."""
    return rebuild(schema, table, _text_of(table))


def _text_of(table: Table) -> TableText:
    text = read_table(table.sql)
    if text is None:
        raise InputError(f"The definition of {table.name} cannot be read.", next_step="Create it anew by hand.")
    return text


def change_column(schema: Schema, table: Table, old: str, column: NewColumn) -> str:
    """The script that gives a column another type, name, default or constraint.

    Raises `InputError` for what cannot be done. What the form does not show (CHECK, COLLATE, the key) stays.
    """
    text = _text_of(table)
    part = text.column(old)
    if part is None:
        raise InputError(f"{table.name} has no column {old} any more.")
    if table.strict:
        check_strict(column)
    stays = _STAYS | _unchanged(column_of(table, old), column)
    kept = [said for said in text.clauses(part) if _subject(said) in stays]
    shown = replace(
        column,
        not_null=column.not_null and "NOT" not in stays,
        unique=column.unique and "UNIQUE" not in stays,
        default="" if "DEFAULT" in stays else column.default,
        references=None if "REFERENCES" in stays else column.references,
    )
    new = text.with_part(part, " ".join([column_text(shown, lone_key=False), *kept]))
    renamed = {column.name: old} if column.name != old else {}
    if renamed and _names_column(schema, table, text, old):
        raise InputError(f"{old} is named elsewhere.", next_step="Rename it first, and then change it.")
    return rebuild(schema, table, new, renamed)


def _unchanged(was: NewColumn, column: NewColumn) -> set[str]:
    """What the form shows and leaves as it was: its text stays too, with all that the form does not know of it."""
    same = {
        "NOT": was.not_null and column.not_null,
        "UNIQUE": was.unique and column.unique,
        "DEFAULT": was.default == column.default,
        "REFERENCES": was.references == column.references,
    }
    return {word for word, is_same in same.items() if is_same}


def _subject(clause: str) -> str:
    """The word that a clause begins with, behind the name that it may have."""
    words = [clause[start:end].upper() for kind, start, end in tokenize(clause) if kind not in INSIGNIFICANT]
    return words[2] if words[0] == "CONSTRAINT" and len(words) > 2 else words[0]


def _names_column(schema: Schema, table: Table, text: TableText, column: str) -> bool:
    around = surroundings(schema, table.name)
    near = [index.sql for index in schema.indexes if index.table == table.name]
    own = [text.text(part) for part in text.parts if part is not text.column(column)]
    keys = any(key.table.lower() == table.name.lower() for each in schema.tables for key in each.foreign_keys)
    return keys or any(mentions(sql, column) for sql in (*around.made(), *near, *own))


def column_of(table: Table, name: str) -> NewColumn:
    """A column as a form shows it."""
    text = read_table(table.sql)
    column = next(each for each in table.columns if each.name == name)
    part = text.column(name) if text is not None else None
    words = {clause.word for clause in part.clauses} if part is not None else set()
    key = next((key for key in table.foreign_keys if key.columns == (name,)), None)
    has_own = key is not None and "REFERENCES" in words
    references = (key.table, key.targets[0] if key.targets else "") if key is not None and has_own else None
    return NewColumn(
        name, column.type, column.not_null, column.default or "", bool(column.key), references, "UNIQUE" in words
    )
