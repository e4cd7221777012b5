"""Pictures of the left side of the console, in the sizes and themes that matter."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest
from textual.app import App
from textual.pilot import Pilot

from tests.ui.panes.stage import Stage
from tests.ui.panes.test_schema import SCHEMA
from turso_tui.ui.panes.databases import DatabaseItem, DatabasesPane, DatabaseState
from turso_tui.ui.panes.schema import SchemaPane
from turso_tui.ui.widgets.statusline import Status, StatusKind, StatusLine
from turso_tui.ui.widgets.topline import Quota, SignIn, TopLine

Compare: TypeAlias = Callable[..., bool]
Prepare: TypeAlias = Callable[[Pilot[None]], Awaitable[None]]

SIZES = [(80, 24), (120, 36)]
STATES = list(DatabaseState)
AGENTS = [
    DatabaseItem(
        f"agent-{number:04}",
        "eu" if number % 5 == 0 else "default",
        number * 123_456 if number % 7 else None,
        STATES[number % 5] if number % 9 == 4 else DatabaseState.ACTIVE,
        protected=number % 11 == 3,
    )
    for number in range(1, 313)
]
ITEMS = (*AGENTS, DatabaseItem("[red]not red\x1b[2J\u202e 日本語日本語日本語", "eu", 1))


class LeftSide(Stage):
    """Both panes between the two lines, as the console stacks them."""

    CSS = "Screen > .pane { width: 36; height: 1fr; }"

    def __init__(self, theme: str = "turso-dark") -> None:
        self.databases, self.schema = DatabasesPane(), SchemaPane()
        self.databases.add_class("pane")
        self.schema.add_class("pane")
        top, status = TopLine(), StatusLine()
        super().__init__(top, self.databases, self.schema, status, theme=theme)
        top.organization, top.databases = "acme", len(ITEMS)
        top.quotas = (Quota("reads", 41, 100), Quota("storage", 8_100_000_000, 9_000_000_000, "bytes"))
        top.signed_in = SignIn("you@acme", 6 * 86400)
        status.status = Status(StatusKind.OK, "1 204 rows in 38 ms", "read 1 204")
        status.context = "read-only token 14 m · writer free"

    def on_mount(self) -> None:
        self.databases.listing.input.cursor_blink = False
        self.databases.focus()


class Filled(LeftSide):
    def on_mount(self) -> None:
        super().on_mount()
        self.databases.items = ITEMS
        self.databases.current = "agent-0042"
        self.schema.database = "agent-0042"
        self.schema.schema = SCHEMA


class Failed(LeftSide):
    def on_mount(self) -> None:
        super().on_mount()
        self.databases.problem = ("The platform token has expired.", "Sign in again with ctrl+p, sign in.")
        self.schema.database = "agent-0042"
        self.schema.problem = ("Reads of agent-0042 are blocked.", "The quota of the plan is used up.")


async def filtered(pilot: Pilot[None]) -> None:
    await pilot.press("slash", *"004")
    await pilot.pause()


async def unfolded(pilot: Pilot[None]) -> None:
    await pilot.press("tab", "right")
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("prepare", [filtered, unfolded])
@pytest.mark.parametrize("theme", ["turso-dark", "turso-light"])
def test_in_use(snap_compare: Compare, size: tuple[int, int], prepare: Prepare, theme: str) -> None:
    assert snap_compare(Filled(theme), terminal_size=size, run_before=prepare)


@pytest.mark.parametrize("stage", [LeftSide, Failed])
def test_with_nothing_to_show(snap_compare: Compare, stage: type[App[None]]) -> None:
    assert snap_compare(stage(), terminal_size=(80, 24))
