"""What a database offers by name, as completion and the parameters of a statement need to know it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class RelationKind(StrEnum):
    TABLE = "table"
    VIEW = "view"
    SHADOW = "shadow"
    CTE = "cte"
    FUNCTION = "table function"


class KnownColumn(NamedTuple):
    name: str
    type: str = ""


class Relation(NamedTuple):
    """Something that can stand behind FROM."""

    name: str
    columns: tuple[KnownColumn, ...] = ()
    kind: RelationKind = RelationKind.TABLE


class ForeignKey(NamedTuple):
    table: str
    column: str
    target: str
    target_column: str


@dataclass(frozen=True)
class Names:
    """The names of one database. ``functions`` is None where the server has not said which it has."""

    relations: tuple[Relation, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    functions: tuple[str, ...] | None = None
    _by_name: dict[str, Relation] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {each.name.lower(): each for each in self.relations})

    def relation(self, name: str) -> Relation | None:
        """The table or view of this name, as SQLite compares names: without regard to case."""
        return self._by_name.get(name.lower())
