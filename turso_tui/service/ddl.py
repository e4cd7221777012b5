"""Statements that make and change tables, as text for the editor: nothing here runs anything."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from turso_tui.errors import InputError
from turso_tui.service.schema import Schema, Table, TableColumn, TableKind
from turso_tui.sql.definition import Part, TableText, mentions, read_table
from turso_tui.sql.facts import quote_identifier, quote_string
from turso_tui.sql.lexer import INSIGNIFICANT, TokenKind, tokenize

STRICT_TYPES = ("INTEGER", "TEXT", "REAL", "BLOB", "ANY", "INT")

_LITERALS = frozenset({TokenKind.NUMBER, TokenKind.STRING, TokenKind.BLOB})
_CONSTANTS = frozenset({"NULL", "TRUE", "FALSE", "CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP"})
_CURRENT = re.compile(r"\(|CURRENT_", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NewColumn:
    """``default`` is what a person typed: a value or an expression; ``references`` is a table and a column of it, which
    is empty for its primary key."""

    name: str
    type: str = ""
    not_null: bool = False
    default: str = ""
    key: bool = False
    references: tuple[str, str] | None = None
    unique: bool = False


def default_text(typed: str) -> str:
    """What stands behind DEFAULT: a value as it is, an expression in parentheses, any other words as a string."""
    text = typed.strip()
    tokens = list(tokenize(text))
    if any(token.kind in {TokenKind.COMMENT, TokenKind.ERROR} for token in tokens):
        return quote_string(text)
    tokens = [token for token in tokens if token.kind not in INSIGNIFICANT]
    if not tokens or text.upper() in _CONSTANTS or (len(tokens) == 1 and tokens[0].kind in _LITERALS):
        return text
    if text[0] in "+-" and len(tokens) == 2 and tokens[1].kind is TokenKind.NUMBER:
        return text
    groups = _groups([text[start:end] for _, start, end in tokens])
    if groups and (text[0] == "(" or tokens[0].kind is TokenKind.FUNCTION):
        return text if text[0] == "(" and groups == 1 else f"({text})"
    return quote_string(text)


def _groups(words: Sequence[str]) -> int:
    """How many parentheses stand side by side in an expression that ends with one; 0 for what is no expression."""
    depth = groups = 0
    for word in words:
        depth += (word == "(") - (word == ")")
        groups += word == ")" and not depth
        if depth < 0 or (not depth and word in {",", ";"}):
            return 0
    return groups if not depth and words[-1] == ")" else 0


def column_text(column: NewColumn, *, lone_key: bool = True) -> str:
    """A column as it stands in CREATE TABLE. Raises `InputError` for one without a name."""
    if not column.name.strip():
        raise InputError("A column needs a name.")
    parts = [quote_identifier(column.name), type_text(column.type)]
    if column.key and lone_key:
        parts.append("PRIMARY KEY")
    if column.not_null:
        parts.append("NOT NULL")
    if column.unique:
        parts.append("UNIQUE")
    if column.default.strip():
        parts.append(f"DEFAULT {default_text(column.default)}")
    if column.references is not None:
        parts.append(_reference(*column.references))
    return " ".join(part for part in parts if part)


def type_text(type_: str) -> str:
    """A type as SQL text; what SQLite would not read as one is quoted."""
    text = type_.strip()
    tokens = [text[start:end] for kind, start, end in tokenize(f"x {text}") if kind not in INSIGNIFICANT and start]
    if not text or re.fullmatch(r"[A-Za-z_][\w ]*(\( *[+-]?\d+ *(, *[+-]?\d+ *)?\))?", text):
        kinds = {kind for kind, start, _ in tokenize(f"x {text}") if start}
        return text if TokenKind.KEYWORD not in kinds else quote_identifier(text)
    return quote_identifier(text) if tokens else ""


def _reference(table: str, column: str) -> str:
    return f"REFERENCES {quote_identifier(table)}" + (f" ({quote_identifier(column)})" if column else "")


def create_table(name: str, columns: Sequence[NewColumn], *, strict: bool = False, without_rowid: bool = False) -> str:
    """CREATE TABLE. Raises `InputError` for what SQLite would refuse."""
    if not name.strip():
        raise InputError("A table needs a name.")
    if not columns:
        raise InputError("A table needs a column.", next_step="Give the first one a name.")
    keys = [column.name for column in columns if column.key]
    names = [column.name.lower() for column in columns]
    if twice := next((each.name for each in columns if names.count(each.name.lower()) > 1), None):
        raise InputError(f"There are two columns {twice}.", means="SQLite does not regard case in names.")
    if without_rowid and not keys:
        raise InputError("A table WITHOUT ROWID needs a primary key.")
    if strict:
        for column in columns:
            check_strict(column)
    lines = [column_text(column, lone_key=len(keys) == 1) for column in columns]
    if len(keys) > 1:
        lines.append(f"PRIMARY KEY ({_names(keys)})")
    options = ", ".join(word for word, is_on in (("STRICT", strict), ("WITHOUT ROWID", without_rowid)) if is_on)
    inside = ",\n".join(f"  {line}" for line in lines)
    return f"CREATE TABLE {quote_identifier(name)} (\n{inside}\n)" + (f" {options};" if options else ";")


def check_strict(column: NewColumn) -> None:
    """Raise `InputError` for a type that a STRICT table does not know."""
    if column.type.strip().upper() not in STRICT_TYPES:
        raise InputError(
            f"A STRICT table does not know the type of {column.name}.", next_step=f"One of {', '.join(STRICT_TYPES)}."
        )


def _names(names: Sequence[str]) -> str:
    return ", ".join(quote_identifier(name) for name in names)


def add_column(table: Table, column: NewColumn) -> str:
    """ALTER TABLE … ADD COLUMN. Raises `InputError` for what SQLite cannot add to a table that is there."""
    _only_tables(table)
    if any(each.name.lower() == column.name.lower() for each in table.columns):
        raise InputError(f"{table.name} has a column {column.name} already.")
    if column.key or column.unique:
        raise InputError("A key or a unique column cannot be added.", next_step="Add it plain and make a unique index.")
    default = default_text(column.default)
    if column.not_null and default.upper() in {"", "NULL"}:
        raise InputError(
            "A column that is NOT NULL needs a default.", means="The rows that are there have no value for it."
        )
    if _CURRENT.match(default):
        raise InputError(
            "A default that is an expression cannot be added.",
            means="SQLite would have to compute it for every row that is there.",
            next_step="Add the column without, or write the table anew.",
        )
    if column.references is not None and default.upper() not in {"", "NULL"}:
        raise InputError("A column that references another table can only be added with NULL as its default.")
    if table.strict:
        check_strict(column)
    return f"ALTER TABLE {quote_identifier(table.name)} ADD COLUMN {column_text(column)};"


def rename_table(table: Table, name: str) -> str:
    if not name.strip():
        raise InputError("A table needs a name.")
    if table.kind not in (TableKind.TABLE, TableKind.VIRTUAL):
        raise InputError(f"A {table.kind} cannot be renamed.", next_step="Drop it and create it under the new name.")
    return f"ALTER TABLE {quote_identifier(table.name)} RENAME TO {quote_identifier(name)};"


def rename_column(table: Table, column: str, name: str) -> str:
    """Views, triggers and indexes that name the column are changed by SQLite along with it."""
    _only_tables(table)
    if not name.strip():
        raise InputError("A column needs a name.")
    if any(each.name.lower() == name.lower() != column.lower() for each in table.columns):
        raise InputError(f"{table.name} has a column {name} already.")
    target = f"{quote_identifier(column)} TO {quote_identifier(name)}"
    return f"ALTER TABLE {quote_identifier(table.name)} RENAME COLUMN {target};"


def drop_column(schema: Schema, table: Table, column: TableColumn) -> str:
    """ALTER TABLE … DROP COLUMN. Raises `InputError` with the reason for which SQLite would refuse."""
    _only_tables(table)
    if reason := why_not_dropped(schema, table, column.name):
        raise InputError(f"{column.name} cannot be dropped: {reason}.", next_step="Drop or change that first.")
    return f"ALTER TABLE {quote_identifier(table.name)} DROP COLUMN {quote_identifier(column.name)};"


def why_not_dropped(schema: Schema, table: Table, column: str) -> str:
    """Why SQLite refuses to drop a column; empty when it does not."""
    text = read_table(table.sql)
    part = text.column(column) if text is not None else None
    if text is None or part is None:
        return "its table has no definition that can be read"
    if len(text.columns) == 1:
        return "it is the only one of its table"
    words = {clause.word for clause in part.clauses}
    said = " ".join(text.clauses(part)).upper()
    if any(each.key for each in table.columns if each.name.lower() == column.lower()):
        return "it is part of the primary key"
    if "UNIQUE" in words or " UNIQUE" in said:
        return "it is unique"
    if other := _other_mention(text, part, column):
        return f"{other} names it"
    return _named_elsewhere(schema, table, column)


def _other_mention(text: TableText, part: Part, column: str) -> str:
    for each in text.parts:
        if each is part:
            continue
        if each.name is None and mentions(text.text(each), column):
            return "a constraint of the table"
        if each.name is not None and any(
            mentions(clause, column) for clause in text.clauses(each) if "REFERENCES" not in clause.upper()
        ):
            return f"the column {each.name}"
    return ""


def _named_elsewhere(schema: Schema, table: Table, column: str) -> str:
    for index in schema.indexes:
        if index.table.lower() == table.name.lower() and mentions(_behind_table(index.sql), column):
            return f"the index {index.name} names it"
    for trigger in schema.triggers:
        is_near = trigger.table.lower() == table.name.lower() or mentions(trigger.sql, table.name)
        if is_near and mentions(trigger.sql, column):
            return f"the trigger {trigger.name} names it"
    for view in schema.tables:
        if view.kind is TableKind.VIEW and mentions(view.sql, table.name) and mentions(view.sql, column):
            return f"the view {view.name} names it"
    return ""


def _behind_table(index_sql: str) -> str:
    """The columns and the condition of an index: what stands from its first parenthesis on."""
    start = next((start for _, start, end in tokenize(index_sql) if index_sql[start:end] == "("), 0)
    return index_sql[start:]


def create_index(schema: Schema, table: Table, columns: Sequence[str], *, unique: bool = False) -> str:
    """An index under a name that is free."""
    if table.kind is not TableKind.TABLE:
        raise InputError(f"A {table.kind} cannot have an index.", next_step="Index the table behind it.")
    taken = {index.name.lower() for index in schema.indexes} | {each.name.lower() for each in schema.tables}
    base = name = "_".join((table.name, *columns, "index"))
    number = 2
    while name.lower() in taken:
        name, number = f"{base}_{number}", number + 1
    kind = "UNIQUE INDEX" if unique else "INDEX"
    return f"CREATE {kind} {quote_identifier(name)} ON {quote_identifier(table.name)} ({_names(columns)});"


def create_view(table: Table | None) -> str:
    """A view to be filled in, of the columns of ``table``."""
    if table is None:
        return "CREATE VIEW new_view AS\nSELECT 1 AS one;"
    columns = ",\n  ".join(quote_identifier(column.name) for column in table.columns) or "*"
    name = quote_identifier(f"{table.name}_view")
    return f"CREATE VIEW {name} AS\nSELECT\n  {columns}\nFROM {quote_identifier(table.name)};"


def create_trigger(table: Table) -> str:
    """A trigger to be filled in; of a view it stands in the place of the change."""
    if table.kind not in (TableKind.TABLE, TableKind.VIEW):
        raise InputError(f"A {table.kind} table cannot have a trigger.")
    when = "INSTEAD OF" if table.kind is TableKind.VIEW else "AFTER"
    name, column = f"{table.name}_updated", table.columns[0].name if table.columns else "rowid"
    return (
        f"CREATE TRIGGER {quote_identifier(name)} {when} UPDATE ON {quote_identifier(table.name)}\n"
        f"FOR EACH ROW BEGIN\n  SELECT old.{quote_identifier(column)}, new.{quote_identifier(column)};\nEND;"
    )


def drop(kind: str, name: str) -> str:
    """``kind`` is what stands behind DROP."""
    return f"DROP {kind.upper()} {quote_identifier(name)};"


def _only_tables(table: Table) -> None:
    if table.kind is not TableKind.TABLE:
        kind = "shadow table" if table.kind is TableKind.SHADOW else f"{table.kind} table".replace("view table", "view")
        raise InputError(f"{table.name} is a {kind}; its columns cannot be changed.", next_step="Create it anew.")
