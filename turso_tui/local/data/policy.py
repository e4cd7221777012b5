"""Which statements a server takes, and who may run them.

sqld and Turso Cloud take only what their lists name. The protocol itself sets no list, so the spec dialect refuses no
more than what would reach beyond the database or break it for others.
"""

import apsw

from turso_tui.local.data.analysis import Facts
from turso_tui.local.data.errors import HttpFailure, SqlFailure, parse_failure
from turso_tui.local.data.text import first_word
from turso_tui.local.tenant import Dialect, Tenant


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_READ_PRAGMAS = _names(
    "table_list index_list table_info table_xinfo index_info index_xinfo pragma_list compile_options database_list "
    "function_list module_list encoding"
)
_WRITE_PRAGMAS = _names(
    "defer_foreign_keys foreign_keys foreign_key_list foreign_key_check collation_list data_version freelist_count "
    "integrity_check legacy_file_format page_count quick_check stats user_version"
)
_PRAGMAS_WITHOUT_ARGUMENT = _names(
    "analysis_limit application_id auto_vacuum automatic_index busy_timeout cache_size cache_spill cell_size_check "
    "checkpoint_fullfsync fullfsync hard_heap_limit journal_mode journal_size_limit legacy_alter_table locking_mode "
    "max_page_count mmap_size page_size query_only read_uncommitted recursive_triggers reverse_unordered_selects "
    "secure_delete soft_heap_limit synchronous temp_store threads trusted_schema "
    "wal_autocheckpoint schema_version"
)
_CLOUD_READS_ONLY = frozenset(["user_version", "application_id"])
_DANGEROUS_TO_SET = _names(
    "journal_mode locking_mode writable_schema temp_store_directory data_store_directory hard_heap_limit "
    "soft_heap_limit schema_version max_page_count page_size key rekey"
)
_TEMPORARY = (
    apsw.SQLITE_CREATE_TEMP_TABLE,
    apsw.SQLITE_CREATE_TEMP_INDEX,
    apsw.SQLITE_CREATE_TEMP_TRIGGER,
    apsw.SQLITE_CREATE_TEMP_VIEW,
)
_NOT_LISTED = (*_TEMPORARY, apsw.SQLITE_ATTACH, apsw.SQLITE_DETACH)
_SILENT = frozenset(["VACUUM", "ANALYZE"])
"""Statements that need not ask the authorizer for anything; nothing else can begin with their words."""


def check_kind(facts: Facts, dialect: Dialect, quoted: str) -> None:
    """Refuses kinds of statements that the dialect does not take; ``quoted`` is the text that the refusal shows."""
    refused = _is_dangerous(facts) if dialect is Dialect.SPEC else not _is_listed(facts, dialect)
    if refused:
        raise parse_failure(f"unsupported statement: {quoted}")


def check_permission(facts: Facts, tenant: Tenant, dialect: Dialect) -> None:
    """Refuses what is blocked (in-band) or what the token does not allow (sqld: the whole request, and the stream)."""
    writes = not facts.is_explain and writes_data(facts, dialect)
    ends_transaction = facts.controls_transaction and not facts.begins
    if (tenant.block_reads and not ends_transaction) or (tenant.block_writes and writes):
        reason = f": {tenant.block_reason}" if tenant.block_reason else ""
        raise SqlFailure("BLOCKED", f"Operation was blocked{reason}")
    if writes and not tenant.may_write:
        denied = "Current session doesn't have permission to write to this database"
        if dialect is Dialect.CLOUD:
            raise SqlFailure("SQLITE_READONLY", f"attempt to write a readonly database: {denied}")
        raise HttpFailure(403, {"error": f"Authorization forbidden: {denied}"})


def writes_data(facts: Facts, dialect: Dialect) -> bool:
    """Whether the statement needs the right to write. Transactions do not; some reading pragmas of sqld do."""
    if facts.controls_transaction:
        return False
    if facts.pragma and dialect is not Dialect.SPEC:
        return _pragma_name(facts) not in _READ_PRAGMAS and _pragma_name(facts) != "schema_version"
    return not facts.is_readonly


def _is_dangerous(facts: Facts) -> bool:
    if facts.asks_for((apsw.SQLITE_ATTACH,)):
        return True
    pragma = facts.pragma
    return pragma is not None and _pragma_name(facts) in _DANGEROUS_TO_SET and pragma.second is not None


def _is_listed(facts: Facts, dialect: Dialect) -> bool:
    if facts.pragma:
        return _is_listed_pragma(facts, dialect)
    if facts.is_explain:
        return True
    return not facts.asks_for(_NOT_LISTED) and first_word(facts.text.sql).upper() not in _SILENT


def _is_listed_pragma(facts: Facts, dialect: Dialect) -> bool:
    name, has_argument = _pragma_name(facts), facts.pragma is not None and facts.pragma.second is not None
    if has_argument and dialect is Dialect.CLOUD and name in _CLOUD_READS_ONLY:
        return False
    return name in _READ_PRAGMAS or name in _WRITE_PRAGMAS or (name in _PRAGMAS_WITHOUT_ARGUMENT and not has_argument)


def _pragma_name(facts: Facts) -> str:
    return (facts.pragma.first or "").lower() if facts.pragma else ""
