"""What SQLite and libSQL offer by themselves: functions, pragmas, and the words that may follow a word."""

from collections.abc import Mapping


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FUNCTIONS: tuple[str, ...] = _words(
    """
    abs avg changes char coalesce concat concat_ws count cume_dist date datetime dense_rank exp first_value floor format
    glob group_concat hex ifnull iif instr json json_array json_array_length json_each json_error_position json_extract
    json_group_array json_group_object json_insert json_object json_patch json_pretty json_quote json_remove
    json_replace json_set json_type json_valid jsonb jsonb_array jsonb_extract jsonb_group_array jsonb_group_object
    jsonb_insert jsonb_object jsonb_patch jsonb_remove jsonb_replace jsonb_set julianday lag last_insert_rowid
    last_value lead length libsql_vector_idx like likelihood likely ln log log10 log2 lower ltrim max min mod nth_value
    ntile nullif octet_length percent_rank pi pow power printf quote random randomblob rank replace round row_number
    rtrim sign sqlite_version sqrt strftime string_agg substr sum time timediff total total_changes trim trunc typeof
    unhex unicode unixepoch unlikely upper vector vector32 vector64 vector_concat vector_distance_cos
    vector_distance_l2 vector_extract vector_slice vector_top_k zeroblob ceil
    """
)
"""Where the server has not listed its own."""

WITHOUT_ARGUMENTS = frozenset(
    _words("""
    changes cume_dist dense_rank last_insert_rowid percent_rank pi random rank row_number sqlite_source_id
    sqlite_version total_changes
    """)
)

TABLE_FUNCTIONS: tuple[str, ...] = _words(
    """
    generate_series json_each json_tree pragma_foreign_key_list pragma_function_list pragma_index_info
    pragma_index_list pragma_table_info pragma_table_list pragma_table_xinfo vector_top_k
    """
)

PRAGMAS: tuple[str, ...] = _words(
    """
    analysis_limit application_id auto_vacuum automatic_index busy_timeout cache_size cache_spill
    case_sensitive_like cell_size_check collation_list compile_options data_version database_list defer_foreign_keys
    encoding foreign_key_check foreign_key_list foreign_keys freelist_count function_list hard_heap_limit
    ignore_check_constraints incremental_vacuum index_info index_list index_xinfo integrity_check journal_mode
    journal_size_limit legacy_alter_table legacy_file_format locking_mode max_page_count mmap_size module_list optimize
    page_count page_size pragma_list query_only quick_check read_uncommitted recursive_triggers
    reverse_unordered_selects secure_delete shrink_memory soft_heap_limit synchronous table_info table_list table_xinfo
    temp_store threads trusted_schema user_version wal_autocheckpoint wal_checkpoint writable_schema
    """
)

PRAGMAS_OF_TABLES = frozenset(
    {"FOREIGN_KEY_CHECK", "FOREIGN_KEY_LIST", "INDEX_LIST", "INTEGRITY_CHECK", "QUICK_CHECK", "TABLE_INFO",
     "TABLE_LIST", "TABLE_XINFO"}
)  # fmt: skip


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split(","))


BEGINNINGS = _phrases(
    "SELECT, INSERT INTO, UPDATE, DELETE FROM, WITH, CREATE TABLE, CREATE INDEX, CREATE UNIQUE INDEX, CREATE VIEW, "
    "CREATE TRIGGER, CREATE VIRTUAL TABLE, ALTER TABLE, DROP TABLE, DROP INDEX, DROP VIEW, DROP TRIGGER, PRAGMA, "
    "EXPLAIN QUERY PLAN, EXPLAIN, BEGIN, COMMIT, ROLLBACK, VALUES, REPLACE INTO, SAVEPOINT, RELEASE, ANALYZE, REINDEX, "
    "VACUUM, ATTACH, DETACH, END"
)
QUERIES = _phrases("SELECT, WITH, VALUES")
IN_EXPRESSION = _phrases(
    "CASE, CAST, NOT, NULL, EXISTS, DISTINCT, SELECT, CURRENT_TIMESTAMP, CURRENT_DATE, CURRENT_TIME, WHEN, THEN, ELSE, "
    "END, RAISE, ALL"
)
BEHIND_OPERAND = _phrases(
    "AND, OR, IS NULL, IS NOT NULL, IS, IN, NOT IN, LIKE, NOT LIKE, BETWEEN, GLOB, COLLATE, AS, ASC, DESC, END, WHEN, "
    "THEN, ELSE, NULLS FIRST, NULLS LAST, OVER, FILTER, UNION, UNION ALL, EXCEPT, INTERSECT, ESCAPE, MATCH, REGEXP, "
    "NOTNULL, ISNULL"
)

_AFTER_SOURCE = (
    "WHERE, JOIN, LEFT JOIN, INNER JOIN, CROSS JOIN, NATURAL JOIN, ON, USING, GROUP BY, ORDER BY, LIMIT, RETURNING, "
)
BEHIND_OPERAND_OF: Mapping[str, tuple[str, ...]] = {
    clause: _phrases(text)
    for clause, text in {
        "SELECT": "FROM, WHERE, ORDER BY, LIMIT",
        "FROM": _AFTER_SOURCE + "HAVING, INDEXED BY, NOT INDEXED, SET, FULL JOIN, RIGHT JOIN",
        "ON": _AFTER_SOURCE + "DO UPDATE SET, DO NOTHING",
        "WHERE": "GROUP BY, ORDER BY, LIMIT, RETURNING, DO UPDATE SET, DO NOTHING",
        "BY": "HAVING, ORDER BY, LIMIT, ROWS BETWEEN, RANGE BETWEEN, WINDOW",
        "HAVING": "ORDER BY, LIMIT",
        "LIMIT": "OFFSET",
        "INTO": "VALUES, SELECT, DEFAULT VALUES",
        "VALUES": "ON CONFLICT, RETURNING",
        "UPDATE": "SET",
        "SET": "WHERE, FROM, RETURNING",
        "CONFLICT": "DO UPDATE SET, DO NOTHING, WHERE",
        "CREATE": "AS SELECT, STRICT, WITHOUT ROWID, USING, BEFORE, AFTER, INSTEAD OF, ON, WHERE, BEGIN, WHEN",
        "ALTER": "RENAME TO, RENAME COLUMN, ADD COLUMN, DROP COLUMN",
    }.items()
}
"""By the word that the clause begins with."""

OF_COLUMN = _phrases(
    "PRIMARY KEY, NOT NULL, UNIQUE, DEFAULT, REFERENCES, CHECK, COLLATE, GENERATED ALWAYS AS, AUTOINCREMENT, "
    "ON DELETE CASCADE, ON DELETE SET NULL, ON UPDATE CASCADE, FOREIGN KEY, CONSTRAINT"
)
USUAL_TYPES = _phrases("INTEGER, TEXT, REAL, BLOB, NUMERIC, ANY, F32_BLOB, DATETIME, BOOLEAN, JSON")

FOLLOWERS: Mapping[str, tuple[str, ...]] = {
    word: _phrases(text)
    for word, text in {
        "ALTER": "TABLE",
        "ADD": "COLUMN",
        "BEGIN": "IMMEDIATE, DEFERRED, EXCLUSIVE, TRANSACTION",
        "CREATE": "TABLE, INDEX, UNIQUE INDEX, VIEW, TRIGGER, VIRTUAL TABLE, TEMP TABLE",
        "CROSS": "JOIN",
        "DEFAULT": "VALUES, NULL, CURRENT_TIMESTAMP",
        "DELETE": "FROM",
        "DO": "UPDATE SET, NOTHING",
        "DROP": "TABLE, INDEX, VIEW, TRIGGER, COLUMN",
        "EXPLAIN": "QUERY PLAN, SELECT",
        "FULL": "JOIN, OUTER JOIN",
        "GROUP": "BY",
        "IF": "EXISTS, NOT EXISTS",
        "INDEXED": "BY",
        "INNER": "JOIN",
        "INSERT": "INTO, OR IGNORE INTO, OR REPLACE INTO",
        "LEFT": "JOIN, OUTER JOIN",
        "NATURAL": "JOIN, LEFT JOIN",
        "NULLS": "FIRST, LAST",
        "ORDER": "BY",
        "OUTER": "JOIN",
        "PARTITION": "BY",
        "PRIMARY": "KEY",
        "QUERY": "PLAN",
        "RENAME": "TO, COLUMN",
        "REPLACE": "INTO",
        "RIGHT": "JOIN",
        "ROLLBACK": "TO",
        "UNION": "ALL, SELECT",
        "UNIQUE": "INDEX",
        "VIRTUAL": "TABLE",
        "WITHOUT": "ROWID",
    }.items()
}
"""What comes behind a word that leaves little choice."""
