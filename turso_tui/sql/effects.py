"""What a statement would do to a database, as far as its text alone tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from turso_tui.sql.constant import is_always_true
from turso_tui.sql.lexer import TokenKind
from turso_tui.sql.scopes import Group, Item, Word, item_at, levels_at, upper


class Act(StrEnum):
    """The kind of a statement, by what becomes of the database."""

    READ = "read"
    TRANSACTION = "transaction"
    """BEGIN, COMMIT and their like: what ran in it was looked at when it ran."""
    INSERT = "insert"
    REPLACE = "replace"
    UPDATE = "update"
    DELETE = "delete"
    CREATE = "create"
    DROP = "drop"
    DROP_COLUMN = "drop column"
    RENAME = "rename"
    ALTER = "alter"
    PRAGMA = "pragma"
    """One that sets something."""
    VACUUM_INTO = "vacuum into"
    MAINTAIN = "maintain"
    """VACUUM, ANALYZE, REINDEX: work on the file, not on what is in it."""
    ATTACH = "attach"
    OTHER = "other"
    """What we cannot read: it may do anything."""
    NO_SQL = "no sql"
    """Nothing that SQLite would run begins like this."""


@dataclass(frozen=True, slots=True)
class Effect:
    """``target`` is the table, or whatever else is created, altered or dropped; names are without their quotes."""

    act: Act
    target: str = ""
    kind: str = "table"
    """Of what is created or dropped: table, index, view, trigger."""
    detail: str = ""
    """The column that is dropped, the old name, the pragma, the file."""
    every_row: bool = False
    """An UPDATE or DELETE without a WHERE, or with one that always holds."""
    replaces: bool = False
    """Rows that are in the way are deleted: OR REPLACE."""

    @property
    def writes(self) -> bool:
        return self.act not in {Act.READ, Act.TRANSACTION, Act.ATTACH, Act.NO_SQL}

    @property
    def only_reads(self) -> bool:
        """What begins like no SQL does not read either: the database has to say what it makes of it."""
        return self.act is Act.READ

    @property
    def destroys(self) -> bool:
        """Data, or what holds it, is gone afterwards."""
        if self.act is Act.PRAGMA:
            return self.detail in DANGEROUS_PRAGMAS
        if self.act is Act.UPDATE:
            return self.every_row or self.replaces or self.target.lower() in _SCHEMA_TABLES
        return self.act in _DESTRUCTIVE

    @property
    def is_worst(self) -> bool:
        """A DROP, or every row of a table: nobody wants it by mistake."""
        return self.act is Act.DROP or (self.every_row and self.act in {Act.UPDATE, Act.DELETE})


DANGEROUS_PRAGMAS = frozenset({"writable_schema", "schema_version", "ignore_check_constraints", "foreign_keys"})
"""With these set, a statement can break what SQLite otherwise keeps whole."""

_DESTRUCTIVE = frozenset({Act.DELETE, Act.REPLACE, Act.DROP, Act.DROP_COLUMN, Act.RENAME, Act.VACUUM_INTO, Act.OTHER})
_SCHEMA_TABLES = frozenset({"sqlite_schema", "sqlite_master"})
_READING_PRAGMAS = frozenset(
    """
    collation_list compile_options data_version database_list encoding foreign_key_check foreign_key_list freelist_count
    function_list index_info index_list index_xinfo integrity_check module_list page_count pragma_list quick_check stats
    table_info table_list table_xinfo
    """.split()  # noqa: SIM905
)
"""Their argument is what they read about."""
_WORKING_PRAGMAS = frozenset({"incremental_vacuum", "optimize", "shrink_memory", "wal_checkpoint"})
_TRANSACTION = frozenset({"BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"})
_NO_NAMES = frozenset({TokenKind.PUNCTUATION, TokenKind.OPERATOR, TokenKind.NUMBER, TokenKind.BLOB, TokenKind.ERROR})
_PLAIN = {
    "SELECT": Act.READ,
    "VALUES": Act.READ,
    "EXPLAIN": Act.READ,
    "ATTACH": Act.ATTACH,
    "DETACH": Act.ATTACH,
    "ANALYZE": Act.MAINTAIN,
    "REINDEX": Act.MAINTAIN,
} | dict.fromkeys(_TRANSACTION, Act.TRANSACTION)


def effect_of(sql: str) -> Effect:
    """``sql`` is one statement."""
    items = levels_at(sql, 0, 0)[0].group.items
    while items and upper(items[-1]) == ";":
        items.pop()
    return _Reader(items).effect()


class _Reader:
    """Reads the items of a statement from left to right."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._at = 0

    def effect(self) -> Effect:
        has_common_tables = self._takes("WITH")
        if has_common_tables:
            self._skip_common_tables()
        word = self._take()
        if word in _PLAIN:
            return Effect(_PLAIN[word])
        match word:
            case "INSERT" | "REPLACE":
                return self._insert(word)
            case "UPDATE":
                return self._update()
            case "DELETE":
                return self._delete()
            case "CREATE" | "DROP":
                return self._create_or_drop(Act(word.lower()))
            case "ALTER":
                return self._alter()
            case "PRAGMA":
                return self._pragma()
            case "VACUUM":
                return self._vacuum()
        return Effect(Act.OTHER if has_common_tables else Act.NO_SQL)

    def _skip_common_tables(self) -> None:
        """``name (columns) AS [NOT MATERIALIZED] (query), …``: a table may be called anything, REPLACE too."""
        self._takes("RECURSIVE")
        while True:
            self._at += 1
            if isinstance(self._item(), Group):
                self._at += 1
            while upper(self._item()) in {"AS", "NOT", "MATERIALIZED"}:
                self._at += 1
            if isinstance(self._item(), Group):
                self._at += 1
            if not self._takes(","):
                return

    def _insert(self, word: str) -> Effect:
        replaces = word == "REPLACE" or self._conflict() == "REPLACE"
        self._takes("INTO")
        return Effect(Act.REPLACE if replaces else Act.INSERT, self._name(), replaces=replaces)

    def _update(self) -> Effect:
        replaces = self._conflict() == "REPLACE"
        return Effect(Act.UPDATE, self._name(), every_row=self._is_about_every_row(), replaces=replaces)

    def _delete(self) -> Effect:
        self._takes("FROM")
        return Effect(Act.DELETE, self._name(), every_row=self._is_about_every_row())

    def _is_about_every_row(self) -> bool:
        rest = self._items[self._at :]
        where = next((place for place, item in enumerate(rest) if upper(item) == "WHERE"), None)
        if where is None:
            return True
        condition = rest[where + 1 :]
        ends = (place for place, item in enumerate(condition) if upper(item) in {"RETURNING", "ORDER", "LIMIT"})
        return is_always_true(condition[: next(ends, len(condition))])

    def _create_or_drop(self, act: Act) -> Effect:
        while upper(self._item()) in {"TEMP", "TEMPORARY", "UNIQUE", "VIRTUAL"}:
            self._at += 1
        kind = self._take().lower()
        while upper(self._item()) in {"IF", "NOT", "EXISTS"}:
            self._at += 1
        return Effect(act, self._name(), kind=kind)

    def _alter(self) -> Effect:
        self._takes("TABLE")
        table = self._name()
        match self._take():
            case "RENAME":
                if self._takes("TO"):
                    return Effect(Act.RENAME, table)
                self._takes("COLUMN")
                return Effect(Act.RENAME, table, detail=self._name())
            case "DROP":
                self._takes("COLUMN")
                return Effect(Act.DROP_COLUMN, table, detail=self._name())
        return Effect(Act.ALTER, table)

    def _pragma(self) -> Effect:
        name = self._name().lower()
        has_argument = isinstance(self._item(), Group) or upper(self._item()) == "="
        if name in _READING_PRAGMAS:
            return Effect(Act.READ)
        if name in _WORKING_PRAGMAS:
            return Effect(Act.MAINTAIN, detail=name)
        return Effect(Act.PRAGMA, detail=name) if has_argument else Effect(Act.READ)

    def _vacuum(self) -> Effect:
        items = self._items
        into = next((place for place in range(self._at, len(items)) if upper(items[place]) == "INTO"), None)
        if into is None:
            return Effect(Act.MAINTAIN)
        file = item_at(items, into + 1)
        is_text = isinstance(file, Word) and file.kind is TokenKind.STRING
        return Effect(Act.VACUUM_INTO, detail=_unquoted(file) if is_text else "")

    # --- parts

    def _item(self) -> Item | None:
        return item_at(self._items, self._at)

    def _take(self) -> str:
        word = upper(self._item())
        self._at += 1
        return word

    def _takes(self, word: str) -> bool:
        """Step over ``word``, if it stands here."""
        stands = upper(self._item()) == word
        self._at += stands
        return stands

    def _conflict(self) -> str:
        """The word behind OR, if there is one here."""
        return self._take() if self._takes("OR") else ""

    def _name(self) -> str:
        """A name without the schema before it; SQLite also takes one in the quotes of a text."""
        name = _unquoted(self._item())
        self._at += 1
        while self._takes("."):
            name = _unquoted(self._item())
            self._at += 1
        return name


def _unquoted(item: Item | None) -> str:
    if not isinstance(item, Word) or item.kind in _NO_NAMES:
        return ""
    return item.text[1:-1].replace("''", "'") if item.kind is TokenKind.STRING else item.name
