"""What a group-scoped API token may do, by the names that the Platform API gives to it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from turso_tui.local.control.answers import ApiError


class Scope(StrEnum):
    READ = "read"
    DB_CREATE = "db:create"
    DB_DELETE = "db:delete"
    DB_CONFIGURE = "db:configure"
    DB_MINT_TOKEN = "db:mint-token"
    DB_ROTATE_CREDS = "db:rotate-creds"
    GROUP_CONFIGURE = "group:configure"
    GROUP_MINT_TOKEN = "group:mint-token"
    GROUP_ROTATE_CREDS = "group:rotate-creds"


PRESETS = {"read-only": frozenset({Scope.READ}), "full-access": frozenset(Scope)}


def expand(names: Iterable[str]) -> list[Scope]:
    """The scopes that are meant, each once, in the API's order. Raises 400 for a name that there is not."""
    wanted: set[Scope] = set()
    for name in names:
        try:
            wanted |= PRESETS[name] if name in PRESETS else {Scope(name)}
        except ValueError as error:
            raise ApiError(400, f"invalid scope: {name}") from error
    return [scope for scope in Scope if scope in wanted]
