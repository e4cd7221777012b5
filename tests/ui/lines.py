"""Other programs in the writers' lines, as a test wants them to look: they never move by themselves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.hrana.endpoints import endpoint_of
from turso_tui.local.server import LocalServer
from turso_tui.service.queue_line import Line, Ticket
from turso_tui.service.queue_state import Place, encode

CRM = "sql:crm.example.org"


def identity_of(server: LocalServer, database: str) -> str:
    """What its line is known by."""
    return f"sql:{endpoint_of(server, database).url.host}"


def other(
    database: str,
    statement: str | None = "",
    *,
    pid: int = 4711,
    label: str = "",
    since: float = 0.0,
    program: str = "",
) -> Place:
    """A place of another process. ``since`` is on the clock of whoever looks."""
    return Place(database, pid, program or "turso-tui mcp", label, statement, since)


async def stand(directory: Path, *places: Place) -> list[Ticket]:
    """They stand in line in this order, until they are told to leave."""
    directory.mkdir(mode=0o700, exist_ok=True)
    return [await Line.of(directory, place.database).enter(encode(place)) for place in places]


@asynccontextmanager
async def standing(directory: Path, *places: Place) -> AsyncIterator[None]:
    """They stand in line in this order, and leave at the end."""
    tickets = await stand(directory, *places)
    try:
        yield
    finally:
        for ticket in tickets:
            ticket.leave()
