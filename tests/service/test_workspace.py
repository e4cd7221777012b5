"""Tabs in a real file: restored, adopted, never clobbered."""

import os
import stat
import time
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import pytest

from turso_tui.errors import StorageError
from turso_tui.hrana.url import parse_database_url
from turso_tui.service.entrance import ENVIRONMENT, AccountEntrance, Entrance, RemoteEntrance
from turso_tui.service.sql_files import FileStamp
from turso_tui.service.target import FileTarget
from turso_tui.service.workspace import KEPT_COPIES, Point, Restored, Tab, TabTarget, Workspace, workspace_key
from turso_tui.tokens import PlatformToken

FIRST = Tab("a", "SELECT 1;", Point(0, 2), Point(0, 7), Point(0, 3), TabTarget("acme", "agent-0042"))
STAMP = FileStamp(Path(os.fsdecode(b"/home/me/\xff.sql")), "d1", "\r\n")
SECOND = Tab("b", "UPDATE t\n   SET a = 1", cursor=Point(1, 4), name="Mine", file=STAMP, is_changed=True)
TOKEN = PlatformToken("x" * 40)


class Copies:
    """Copies of the program that share a file, on a clock of their own."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "state" / "workspace.db"
        self._seconds = 0
        self._running: list[Workspace] = []

    def start(self, key: str = "demo") -> Workspace:
        workspace = Workspace(self.path, key, clock=self._now)
        self._running.append(workspace)
        return workspace

    async def left(self, *tabs: Tab, key: str = "demo") -> None:
        """One that was started, worked with and closed."""
        workspace = self.start(key)
        workspace.keep(tabs, tabs[-1].id)
        workspace.close()

    def end(self) -> None:
        for workspace in self._running:
            workspace.close()

    def _now(self) -> float:
        self._seconds += 1
        return float(self._seconds)


@pytest.fixture
async def copies(tmp_path: Path) -> AsyncIterator[Copies]:
    copies = Copies(tmp_path)
    yield copies
    copies.end()


def texts(restored: Restored) -> list[str]:
    return [tab.text for tab in restored.tabs]


async def test_at_first_there_is_nothing(copies: Copies) -> None:
    assert await copies.start().restore() == Restored((), "")


async def test_everything_about_a_tab_is_there_again(copies: Copies) -> None:
    await copies.left(FIRST, SECOND)

    assert await copies.start().restore() == Restored((FIRST, SECOND), "b")


async def test_what_was_changed_closed_and_moved_is_so_the_next_time(copies: Copies) -> None:
    workspace = copies.start()
    workspace.keep([FIRST, SECOND], "a")
    workspace.keep([SECOND._replace(text="SELECT 2"), Tab("c", "SELECT 3")], "c")
    workspace.close()

    restored = await copies.start().restore()

    assert (texts(restored), restored.active) == (["SELECT 2", "SELECT 3"], "c")


async def test_blank_tabs_are_not_kept_and_hide_nothing(copies: Copies) -> None:
    await copies.left(FIRST)
    await copies.left(Tab("c", " \n"))

    assert texts(await copies.start().restore()) == ["SELECT 1;"]


async def test_each_way_in_has_its_own(copies: Copies) -> None:
    await copies.left(FIRST)

    assert texts(await copies.start("profile work").restore()) == []
    assert texts(await copies.start().restore()) == ["SELECT 1;"]


async def test_a_copy_that_runs_keeps_its_tabs_to_itself(copies: Copies) -> None:
    running = copies.start()
    await running.restore()
    running.keep([FIRST], "a")

    assert texts(await copies.start().restore()) == []


async def test_two_copies_write_without_harm_to_each_other(copies: Copies) -> None:
    one, other = copies.start(), copies.start()
    await one.restore()
    await other.restore()
    one.keep([FIRST], "a")
    other.keep([SECOND], "b")
    one.keep([FIRST._replace(text="SELECT 1, 2")], "a")
    one.close()
    other.close()

    assert texts(await copies.start().restore()) == [SECOND.text]  # closed last
    assert texts(await copies.start().restore()) == ["SELECT 1, 2"]  # is there for the next that starts


async def test_two_that_start_at_once_do_not_get_the_same(copies: Copies) -> None:
    await copies.left(FIRST)

    assert texts(await copies.start().restore()) + texts(await copies.start().restore()) == ["SELECT 1;"]


async def test_the_tabs_of_every_copy_that_was_killed_are_adopted(copies: Copies) -> None:
    first, second, third = copies.start(), copies.start(), copies.start()
    for workspace in (first, second, third):
        await workspace.restore()
    first.keep([FIRST], "a")
    second.keep([SECOND], "b")
    third.keep([Tab("c", "SELECT 3")], "c")
    third.close()
    for workspace in (first, second):
        await written(workspace)
        release_lock(workspace)

    restored = await copies.start().restore()

    assert sorted(texts(restored)) == sorted(["SELECT 3", FIRST.text, SECOND.text])
    assert restored.active == "c"
    assert texts(await copies.start().restore()) == []


async def written(workspace: Workspace) -> None:
    await workspace._file.run(lambda _: None)


def release_lock(workspace: Workspace) -> None:
    """What the system does when a process is killed."""
    assert workspace._lock is not None
    os.close(workspace._lock)
    workspace._lock = None


async def test_what_was_adopted_survives_the_one_that_adopted_it(copies: Copies) -> None:
    await copies.left(FIRST)
    workspace = copies.start()
    await workspace.restore()
    workspace.close()

    assert texts(await copies.start().restore()) == ["SELECT 1;"]


async def test_of_many_that_were_closed_the_oldest_give_way(copies: Copies) -> None:
    running = [copies.start() for _ in range(KEPT_COPIES + 5)]
    for number, workspace in enumerate(running):
        await workspace.restore()
        workspace.keep([Tab(f"t{number}", f"SELECT {number}")], f"t{number}")
    for workspace in running:
        workspace.close()

    assert texts(await copies.start().restore()) == [f"SELECT {KEPT_COPIES + 4}"]

    connection = apsw.Connection(str(copies.path))
    assert connection.execute("SELECT count(*) FROM copy").get == KEPT_COPIES + 1
    connection.close()


async def test_only_the_owner_can_read_it(copies: Copies) -> None:
    workspace = copies.start()
    await workspace.restore()
    workspace.keep([FIRST], "a")
    await written(workspace)

    files = [file for file in copies.path.parent.rglob("*") if file.is_file()]
    assert len(files) == 5
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(copies.path.parent.stat().st_mode) == 0o700


async def test_a_damaged_file_is_set_aside_told_and_begun_anew(copies: Copies) -> None:
    copies.path.parent.mkdir()
    copies.path.write_bytes(b"no database at all " * 500)
    workspace = copies.start()
    problems: list[StorageError] = []
    workspace.on_problem = problems.append

    assert texts(await workspace.restore()) == []
    workspace.keep([FIRST], "a")
    await written(workspace)
    workspace.close()

    assert [problem.what.endswith("was damaged.") for problem in problems] == [True]
    assert len([*copies.path.parent.glob("workspace.db.corrupt-*")]) == 1
    assert texts(await copies.start().restore()) == [FIRST.text]


@pytest.mark.parametrize(
    ("entrance", "key"),
    [
        (AccountEntrance(TOKEN, "http://127.0.0.1:40123"), "demo"),
        (AccountEntrance(TOKEN, "http://127.0.0.1:8080", kept=ENVIRONMENT), "account http://127.0.0.1:8080"),
        (AccountEntrance(TOKEN), "account https://api.turso.tech"),
        (AccountEntrance(TOKEN, profile="work"), "profile work"),
        (RemoteEntrance(parse_database_url("libsql://a.turso.io")), "url https://a.turso.io"),
        (FileTarget(Path("/srv/notes.db")), "file /srv/notes.db"),
    ],
)
def test_a_way_in_has_the_same_key_each_time(entrance: Entrance, key: str) -> None:
    assert workspace_key(entrance) == key


async def test_megabytes_are_kept_without_holding_anyone_up(copies: Copies) -> None:
    workspace = copies.start()
    began = time.perf_counter()
    workspace.keep([Tab("a", "SELECT 1;\n" * 500_000)], "a")
    handed_over = time.perf_counter() - began
    workspace.close()

    assert handed_over < 0.5
    assert len(texts(await copies.start().restore())[0]) == 5_000_000


async def test_tabs_of_a_program_from_before_files_are_still_there(copies: Copies) -> None:
    copies.path.parent.mkdir()
    connection = apsw.Connection(str(copies.path))
    connection.execute(
        """
        CREATE TABLE copy (
            id TEXT PRIMARY KEY, key TEXT NOT NULL, active TEXT NOT NULL, at REAL NOT NULL,
            closed INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE TABLE tab (
            id TEXT PRIMARY KEY, copy TEXT NOT NULL REFERENCES copy (id) ON DELETE CASCADE, position INTEGER NOT NULL,
            text TEXT NOT NULL, anchor_row INTEGER NOT NULL, anchor_column INTEGER NOT NULL,
            cursor_row INTEGER NOT NULL, cursor_column INTEGER NOT NULL,
            scroll_row INTEGER NOT NULL, scroll_column INTEGER NOT NULL,
            organization TEXT NOT NULL, database TEXT NOT NULL
        ) STRICT;
        INSERT INTO copy VALUES ('c', 'demo', 'x', 1.0, 1);
        INSERT INTO tab VALUES ('x', 'c', 0, 'SELECT 1', 0, 0, 0, 3, 0, 0, 'acme', 'agent');
        PRAGMA user_version = 1;
        """
    ).fetchall()
    connection.close()
    restored = await copies.start().restore()
    assert restored.tabs == (Tab("x", "SELECT 1", cursor=Point(0, 3), target=TabTarget("acme", "agent")),)
