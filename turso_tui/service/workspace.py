"""Editor tabs that are there again: after a restart, after a crash, and whatever other copies of the program do."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from turso_tui.errors import StorageError
from turso_tui.service.entrance import AccountEntrance, Entrance, RemoteEntrance
from turso_tui.service.private_database import Contents, PrivateDatabase, storable
from turso_tui.service.sql_files import FileStamp

if TYPE_CHECKING:
    import apsw

KEPT_COPIES = 20
"""Of how many copies of the program that were closed the tabs are kept, for each way in."""

_LOCAL = {"127.0.0.1", "localhost", "::1"}

_WORKSPACE = Contents(
    "workspace",
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
        organization TEXT NOT NULL, database TEXT NOT NULL,
        name TEXT NOT NULL DEFAULT '',
        path TEXT NOT NULL DEFAULT '', digest TEXT NOT NULL DEFAULT '', line_end TEXT NOT NULL DEFAULT '',
        is_changed INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX tab_by_copy ON tab (copy);
    """,
    upgrades=(
        """
        ALTER TABLE tab ADD COLUMN name TEXT NOT NULL DEFAULT '';
        ALTER TABLE tab ADD COLUMN path TEXT NOT NULL DEFAULT '';
        ALTER TABLE tab ADD COLUMN digest TEXT NOT NULL DEFAULT '';
        ALTER TABLE tab ADD COLUMN line_end TEXT NOT NULL DEFAULT '';
        ALTER TABLE tab ADD COLUMN is_changed INTEGER NOT NULL DEFAULT 0;
        """,
    ),
)


class Point(NamedTuple):
    """A place in a text: row and column from 0; or how far it is scrolled: lines and cells."""

    row: int = 0
    column: int = 0


class TabTarget(NamedTuple):
    """The database that a tab speaks to; the organization is empty where there is no account."""

    organization: str
    database: str


class Tab(NamedTuple):
    """What is in a tab, where one was in it, and where it goes."""

    id: str
    text: str = ""
    anchor: Point = Point()
    """Where the selection began; the cursor itself when nothing is selected."""
    cursor: Point = Point()
    scroll: Point = Point()
    target: TabTarget | None = None
    name: str = ""
    """What a person calls it; empty until somebody does."""
    file: FileStamp | None = None
    """Where it was read from or written to last, and what was there then."""
    is_changed: bool = False
    """Whether the text is another one than was in the file."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing would be lost with it."""
        return not self.text.strip() and self.file is None and not self.name


class _Copy(NamedTuple):
    """A copy of the program that has tabs here; ``closed`` says that it ended by itself."""

    id: str
    active: str
    closed: bool


class Restored(NamedTuple):
    tabs: tuple[Tab, ...]
    active: str
    """The id of the tab that was in front; empty where there are no tabs."""


class Workspace:
    """The tabs of this copy of the program for one way in. Blank ones are not worth keeping."""

    def __init__(
        self,
        path: Path,
        key: str,
        *,
        clock: Callable[[], float] = time.time,
        name: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        """``key`` names the way in, and ``name`` makes names that no other copy of the program has."""
        self._file = PrivateDatabase(path, _WORKSPACE, clock=clock)
        self._key = key
        self._clock = clock
        self._copy = name()
        self._locks = path.with_name(f"{path.name}.copies")
        self._lock: int | None = None
        self._is_closed = False
        self._kept: dict[str, tuple[int, Tab]] = {}  # position and tab; for the thread

    @property
    def on_problem(self) -> Callable[[StorageError], None] | None:
        return self._file.on_problem

    @on_problem.setter
    def on_problem(self, listener: Callable[[StorageError], None] | None) -> None:
        self._file.on_problem = listener

    async def restore(self) -> Restored:
        """The tabs of the copy that was closed last, and those of every copy that was killed. Raises `StorageError`.

        They are this copy's from then on: two that start at once do not get the same.
        """
        restored = await self._file.run(self._adopt)
        self._kept = dict(_numbered(restored.tabs))
        return restored

    def keep(self, tabs: Sequence[Tab], active: str) -> None:
        """Write what has changed, behind the caller's back and as a whole."""
        wanted = dict(_numbered([tab for tab in tabs if not tab.is_blank]))
        at = self._clock()

        def write(connection: apsw.Connection) -> dict[str, tuple[int, Tab]]:
            self._write(connection, wanted, active, at)
            return wanted

        self._file.post(write, self._remember)

    def close(self) -> None:
        """The next start of the program finds what was kept last. Waits until it is written; once more does no harm."""
        if self._is_closed:
            return
        self._is_closed = True

        def end(connection: apsw.Connection) -> None:
            connection.execute("UPDATE copy SET closed = 1, at = ? WHERE id = ?", (self._clock(), self._copy))

        self._file.post(end)
        self._file.close()
        if self._lock is not None:
            (self._locks / self._copy).unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None

    # --- in the thread

    def _remember(self, kept: dict[str, tuple[int, Tab]]) -> None:
        self._kept = kept

    def _adopt(self, connection: apsw.Connection) -> Restored:
        if self._lock is None:
            self._locks.mkdir(mode=0o700, exist_ok=True)
            self._lock = _hold(self._locks / self._copy, os.O_CREAT)
        free = [copy for copy in _copies(connection, self._key) if self._is_free(copy.id)]
        adopted = [copy for place, copy in enumerate(free) if place == 0 or not copy.closed]
        outdated = [copy for copy in free if copy not in adopted][KEPT_COPIES:]
        active = adopted[0].active if adopted else ""
        tabs = [tab for copy in adopted for tab in _tabs_of(connection, copy.id)]
        if tabs:
            self._announce(connection, active, self._clock())
        for position, tab in enumerate(tabs):
            connection.execute("UPDATE tab SET copy = ?, position = ? WHERE id = ?", (self._copy, position, tab.id))
        for copy in (*adopted, *outdated):
            connection.execute("DELETE FROM copy WHERE id = ?", (copy.id,))
            (self._locks / copy.id).unlink(missing_ok=True)
        return Restored(tuple(tabs), active)

    def _is_free(self, copy: str) -> bool:
        """Whether the copy of the program has ended, by itself or not: the system has then released its lock."""
        try:
            os.close(_hold(self._locks / copy))
        except BlockingIOError:
            return False
        except FileNotFoundError:
            pass
        return True

    def _write(self, connection: apsw.Connection, wanted: dict[str, tuple[int, Tab]], active: str, at: float) -> None:
        is_known = connection.execute("SELECT count(*) FROM copy WHERE id = ?", (self._copy,)).get
        kept = self._kept if is_known else {}
        if not wanted:
            connection.execute("DELETE FROM copy WHERE id = ?", (self._copy,))
            return
        self._announce(connection, active, at)
        connection.executemany("DELETE FROM tab WHERE id = ?", [(gone,) for gone in kept.keys() - wanted.keys()])
        connection.executemany(
            "INSERT OR REPLACE INTO tab VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (tab.id, self._copy, position, storable(tab.text), *tab.anchor, *tab.cursor, *tab.scroll)
                + (tab.target or TabTarget("", ""))
                + (storable(tab.name), *_written(tab.file), tab.is_changed)
                for position, tab in wanted.values()
                if kept.get(tab.id) != (position, tab)
            ],
        )

    def _announce(self, connection: apsw.Connection, active: str, at: float) -> None:
        connection.execute(
            "INSERT INTO copy (id, key, active, at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET active = excluded.active, at = excluded.at",
            (self._copy, self._key, active, at),
        )


def workspace_key(entrance: Entrance) -> str:
    """What stays the same from one start to the next: a profile's name, an address, a path.

    The demo has another port each time, and is one place all the same.
    """
    match entrance:
        case AccountEntrance(profile=""):
            is_demo = not entrance.kept and urlsplit(entrance.base_url).hostname in _LOCAL
            return "demo" if is_demo else f"account {entrance.base_url}"
        case AccountEntrance():
            return f"profile {entrance.profile}"
        case RemoteEntrance():
            return f"url {entrance.url.origin}"
        case _:
            return f"file {entrance.path.absolute()}"


def _numbered(tabs: Sequence[Tab]) -> list[tuple[str, tuple[int, Tab]]]:
    return [(tab.id, (position, tab)) for position, tab in enumerate(tabs)]


def _copies(connection: apsw.Connection, key: str) -> list[_Copy]:
    """Those of one way in, the one that kept something last first."""
    rows = connection.execute("SELECT id, active, closed FROM copy WHERE key = ? ORDER BY at DESC", (key,))
    return [_Copy(str(copy), str(active), bool(closed)) for copy, active, closed in rows]


def _tabs_of(connection: apsw.Connection, copy: str) -> list[Tab]:
    rows = connection.execute(
        "SELECT id, text, anchor_row, anchor_column, cursor_row, cursor_column, scroll_row, scroll_column,"
        " organization, database, name, path, digest, line_end, is_changed FROM tab WHERE copy = ? ORDER BY position",
        (copy,),
    )
    return [
        Tab(
            tab,
            text,
            Point(*numbers[:2]),
            Point(*numbers[2:4]),
            Point(*numbers[4:6]),
            TabTarget(*numbers[6:8]) if numbers[7] else None,
            numbers[8],
            _stamp(*numbers[9:12]),
            bool(numbers[12]),
        )
        for tab, text, *numbers in rows
    ]


def _written(file: FileStamp | None) -> tuple[str, str, str]:
    """A path that is no text is kept as the bytes that it is."""
    return (os.fsencode(file.path).decode("latin-1"), file.digest, file.line_end) if file is not None else ("", "", "")


def _stamp(path: str, digest: str, line_end: str) -> FileStamp | None:
    return FileStamp(Path(os.fsdecode(path.encode("latin-1"))), digest, line_end) if path else None


def _hold(path: Path, flags: int = 0) -> int:
    """Raises `BlockingIOError` while another copy of the program holds it."""
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC | flags, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise
    return file
