"""What a statement would do, with counts, and what is asked before it does: the same words wherever they are said."""

from turso_tui.service.at_stake import Stake
from turso_tui.service.caution import Level
from turso_tui.sql.effects import Act, Effect
from turso_tui.sql.facts import leading_keyword
from turso_tui.ui.numbers import grouped

LEVELS = {
    Level.OFF: "asks only before the worst",
    Level.DESTRUCTIVE: "asks before it destroys",
    Level.EVERY_WRITE: "asks before every write",
}
STYLES = {Level.OFF: "$bad", Level.DESTRUCTIVE: "", Level.EVERY_WRITE: "$warning"}
MEANINGS = {
    Level.OFF: "before DROP, and before DELETE and UPDATE of every row; nothing else",
    Level.DESTRUCTIVE: "also before every DELETE, REPLACE, and what a table loses by ALTER",
    Level.EVERY_WRITE: "before anything that is not only a read",
}
NOT_COUNTED = "not counted"
_PRAGMAS = {
    "writable_schema": "lets statements rewrite the schema itself: the database can be lost",
    "schema_version": "sets the version of the schema: the database can be lost",
    "ignore_check_constraints": "sets whether CHECK constraints are kept",
    "foreign_keys": "sets whether foreign keys are kept",
}


def rows(count: int) -> str:
    return f"{grouped(count)} {'row' if count == 1 else 'rows'}"


def consequence(effect: Effect, stake: Stake | None = None, sql: str = "") -> str:
    """A sentence without its subject: ``deletes all 12 430 rows of users``."""
    name = effect.target
    match effect.act:
        case Act.DELETE:
            return f"deletes {_of(effect, stake)}"
        case Act.UPDATE:
            others = ", and deletes those in the way" if effect.replaces else ""
            return f"changes {_of(effect, stake)}{others}"
        case Act.REPLACE:
            return f"inserts into {name}, and deletes the rows that are in the way"
        case Act.INSERT:
            return f"inserts into {name}"
        case Act.DROP if effect.kind == "table":
            return f"drops the table {name}{_with(stake)}"
    return _of_structure(effect) or _of_the_rest(effect, sql)


def _of_structure(effect: Effect) -> str:
    name = effect.target
    match effect.act:
        case Act.DROP:
            return f"drops the {effect.kind} {name}"
        case Act.DROP_COLUMN:
            return f"drops the column {effect.detail} of {name}, and all that is in it"
        case Act.RENAME:
            what = f"the column {effect.detail} of {name}" if effect.detail else f"the table {name}"
            return f"renames {what}: what asks for the old name fails"
        case Act.CREATE:
            return f"creates the {effect.kind} {name}"
        case Act.ALTER:
            return f"alters the table {name}"
    return ""


def _of_the_rest(effect: Effect, sql: str) -> str:
    match effect.act:
        case Act.PRAGMA:
            return _PRAGMAS.get(effect.detail, f"sets PRAGMA {effect.detail}")
        case Act.VACUUM_INTO:
            return f"writes a copy of the database to {effect.detail or 'a file'}"
        case Act.MAINTAIN:
            return f"runs {f'PRAGMA {effect.detail}' if effect.detail else leading_keyword(sql)}, which writes"
        case Act.OTHER:
            return "may write: what it does cannot be told from its text"
    return "only reads"


def _of(effect: Effect, stake: Stake | None) -> str:
    name = effect.target
    if stake is None:
        return f"every row of {name}" if effect.every_row else f"rows of {name}"
    if stake.has_more:
        return f"{'all rows' if effect.every_row else 'rows'} of {name}, more than {grouped(stake.rows)}"
    if stake.rows == 0:
        return f"no row of {name}: there {'are none' if effect.every_row else 'is none like that'} now"
    if effect.every_row:
        return f"all {rows(stake.rows)} of {name}" if stake.rows > 1 else f"the only row of {name}"
    return f"{rows(stake.rows)} of {name}"


def _with(stake: Stake | None) -> str:
    if stake is None:
        return " with all its rows"
    return f" with its {rows(stake.rows)}" if not stake.has_more else f" with more than {rows(stake.rows)}"
