"""From the name of a recipe to the function that fills a database."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

import apsw

from turso_tui.local.seed import agents, billing, notes, telemetry, ugly

Recipe = Callable[[apsw.Connection, random.Random], None]


def _nothing(_connection: apsw.Connection, _choice: random.Random) -> None:
    """A database without tables."""


RECIPES: Mapping[str, Recipe] = {
    "": _nothing,
    "agent": agents.fill,
    "billing": billing.fill,
    "notes": notes.fill,
    "telemetry": telemetry.fill,
    "ugly": ugly.fill,
}


def build(connection: apsw.Connection, recipe: str, name: str) -> None:
    """Fills a new database inside the transaction that is open. The name is the seed: the same rows every time."""
    RECIPES[recipe](connection, random.Random(name))  # noqa: S311 — variety, not secrecy
