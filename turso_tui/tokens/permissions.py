"""Fine-grained permissions: which actions on which tables a token allows, on the wire and in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from turso_tui.tokens.wording import listed, word


class Action(StrEnum):
    """What may be done with the rows of a table, or with the table itself."""

    DATA_READ = "data_read"
    DATA_ADD = "data_add"
    DATA_UPDATE = "data_update"
    DATA_DELETE = "data_delete"
    SCHEMA_ADD = "schema_add"
    SCHEMA_UPDATE = "schema_update"
    SCHEMA_DELETE = "schema_delete"


_VERBS = {
    Action.DATA_READ: "reads",
    Action.DATA_ADD: "adds to",
    Action.DATA_UPDATE: "updates",
    Action.DATA_DELETE: "deletes from",
    Action.SCHEMA_ADD: "creates",
    Action.SCHEMA_UPDATE: "alters",
    Action.SCHEMA_DELETE: "drops",
}

_ACTIONS = {action.value: action for action in Action} | {"data_insert": Action.DATA_ADD}
"""The last is what the help of Turso's CLI calls it; the API knows it by the other name."""


@dataclass(frozen=True, slots=True)
class Permission:
    """``actions`` on ``tables``; None means every table, those to come included."""

    tables: tuple[str, ...] | None
    actions: tuple[Action, ...]

    def to_wire(self) -> dict[str, list[str] | None]:
        """As the API takes it and the claim ``perm`` holds it."""
        return {"t": None if self.tables is None else list(self.tables), "a": [action.value for action in self.actions]}


def read_permissions(claim: object) -> tuple[Permission, ...]:
    """The permissions in a ``perm`` claim. What is no permission, and actions that we do not know, are left out."""
    entries = claim if isinstance(claim, list) else ()
    read = [_permission(entry) for entry in entries if isinstance(entry, Mapping)]
    return tuple(permission for permission in read if permission.actions)


def merged(permissions: Iterable[Permission]) -> tuple[Permission, ...]:
    """The same rights in the fewest entries: every table first, then tables that allow the same stand together."""
    by_table: dict[str | None, set[Action]] = {}
    for permission in permissions:
        for table in (None,) if permission.tables is None else permission.tables:
            by_table.setdefault(table, set()).update(permission.actions)
    allowed_everywhere = by_table.pop(None, set())
    everywhere = tuple(action for action in Action if action in allowed_everywhere)
    by_actions: dict[tuple[Action, ...], list[str]] = {}
    for table, allowed in by_table.items():
        actions = tuple(action for action in Action if action in allowed and action not in everywhere)
        if actions and table is not None:
            by_actions.setdefault(actions, []).append(table)
    narrow = [Permission(tuple(tables), actions) for actions, tables in by_actions.items()]
    return (Permission(None, everywhere), *narrow) if everywhere else tuple(narrow)


def in_words(permissions: Sequence[Permission]) -> str:
    """For a person, printable: ``reads messages and threads; adds to messages``. Empty where nothing is allowed."""
    simplest = merged(permissions)
    by_tables: dict[tuple[str, ...] | None, list[Action]] = {}
    for action in Action:
        allowing = [permission.tables for permission in simplest if action in permission.actions]
        if allowing:
            tables = None if None in allowing else tuple(table for tables in allowing for table in tables or ())
            by_tables.setdefault(tables, []).append(action)
    return "; ".join(
        f"{listed([_VERBS[action] for action in actions])} {_tables(tables)}" for tables, actions in by_tables.items()
    )


def _tables(tables: tuple[str, ...] | None) -> str:
    return "every table" if tables is None else listed([word(table) for table in tables])


def _permission(entry: Mapping[object, object]) -> Permission:
    tables, actions = entry.get("t"), entry.get("a")
    return Permission(
        None if tables is None else tuple(_texts(tables)),
        tuple(dict.fromkeys(_ACTIONS[text] for text in _texts(actions) if text in _ACTIONS)),
    )


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
