"""Foreign keys as links: where a cell leads, and from where rows lead here."""

from collections.abc import Sequence
from dataclasses import dataclass

from turso_tui.service.rows.facts import ForeignKey, TableFacts
from turso_tui.service.rows.filtering import Condition
from turso_tui.values import Row


@dataclass(frozen=True, slots=True)
class Link:
    """Rows of ``table`` that meet ``conditions``. ``reason`` says why it leads nowhere, empty where it does."""

    table: str
    conditions: tuple[Condition, ...]
    key: ForeignKey
    reason: str = ""


def links_from(facts: TableFacts, values: Row, column: int | None = None) -> Sequence[Link]:
    """The parents of a row: all of them, or those by a key that ``column`` is part of."""
    raise NotImplementedError


def links_to(facts: TableFacts, values: Row) -> Sequence[Link]:
    """The rows of this and of other tables that name this row, one link for each foreign key."""
    raise NotImplementedError
