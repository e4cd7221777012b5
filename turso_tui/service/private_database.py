"""A small SQLite file that only its owner can read, shared by every copy of the program, used in one thread."""

from __future__ import annotations

import asyncio
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from turso_tui.errors import StorageError

if TYPE_CHECKING:
    import apsw

    Job = Callable[[apsw.Connection], "T"]

T = TypeVar("T")

_FILE_MODE = 0o600
_DIRECTORY_MODE = 0o700
_BUSY_MILLISECONDS = 5000
_BESIDE = ("-wal", "-shm")
_SETTINGS = {"journal_mode": "wal", "synchronous": "normal", "foreign_keys": True, "secure_delete": True}


@dataclass(frozen=True, slots=True)
class Contents:
    """``what`` a person would call it, and the ``schema`` of ``version``, which stands in the file's user_version.

    ``upgrades`` are what brings a file from the first version to the second, from that to the third, and so on.
    """

    what: str
    schema: str
    upgrades: Sequence[str] = ()

    @property
    def version(self) -> int:
        return 1 + len(self.upgrades)


class PrivateDatabase:
    """Runs jobs one after the other, each in a transaction. The file is opened by the first of them.

    A damaged file is set aside under another name and begun anew. That, and what goes wrong where nobody waits for
    it, is told to ``on_problem``, in the thread of the event loop, once for as long as it stays the same.
    """

    def __init__(self, path: Path, contents: Contents, *, clock: Callable[[], float] = time.time) -> None:
        """``clock`` (unix seconds) names what is set aside."""
        self.path = path
        self.on_problem: Callable[[StorageError], None] | None = None
        self._contents = contents
        self._clock = clock
        self._connection: apsw.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=path.stem)
        self._told = ""
        self._closed = False

    async def run(self, job: Job[T]) -> T:
        """What ``job`` answers. Raises `StorageError`; cancelling does not wait for a job that runs."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._do, job, loop)

    def post(self, job: Job[T], done: Callable[[T], None] = lambda _: None) -> None:
        """Run ``job`` behind those that were given before it, with nobody waiting for it.

        ``done`` is called with its answer, in the thread, once that is in the file.
        """
        self._thread.submit(self._try, job, done, asyncio.get_running_loop())

    def close(self) -> None:
        """Waits for what was posted; to be called once more does no harm."""
        if not self._closed:
            self._closed = True
            self._thread.submit(self._close)
            self._thread.shutdown(wait=True)

    # --- in the thread

    def _try(self, job: Job[T], done: Callable[[T], None], loop: asyncio.AbstractEventLoop) -> None:
        try:
            done(self._do(job, loop))
        except StorageError as error:
            self._tell(error, loop)

    def _do(self, job: Job[T], loop: asyncio.AbstractEventLoop) -> T:
        import apsw  # here, because a front end paints first

        try:
            try:
                answer = self._transact(job)
            except (apsw.NotADBError, apsw.CorruptError):
                aside = self._set_aside()
                answer = self._transact(job)
                self._tell(self._damaged(aside), loop)
            else:
                self._told = ""
        except (OSError, apsw.Error) as error:
            self._close()
            raise StorageError(
                f"The {self._contents.what} in {self.path} cannot be used: {_reason(error)}.",
                next_step="Check the permissions of the directory and the space on the disk.",
            ) from error
        return answer

    def _transact(self, job: Job[T]) -> T:
        from turso_tui.service.transaction import transaction

        connection = self._connection = self._connection or self._open()
        with transaction(connection, immediate=True):
            return job(connection)

    def _open(self) -> apsw.Connection:
        import apsw

        self.path.parent.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
        _restrict(self.path.parent, _DIRECTORY_MODE)
        with _alone(self.path.with_name(f"{self.path.name}.lock")):  # SQLite waits for nobody who makes it a WAL file
            _make(self.path)
            self._file = _identity(self.path)
            connection = apsw.Connection(str(self.path))
            try:
                connection.set_busy_timeout(_BUSY_MILLISECONDS)
                for setting, value in _SETTINGS.items():
                    connection.pragma(setting, value)
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
        return connection

    def _prepare(self, connection: apsw.Connection) -> None:
        """The tables, unless they are there; another copy of the program may be making them at this moment."""
        from turso_tui.service.transaction import transaction

        with transaction(connection, immediate=True):
            version = connection.pragma("user_version")
            if version == 0:
                connection.execute(self._contents.schema).fetchall()
                connection.pragma("user_version", self._contents.version)
            elif 0 < version < self._contents.version:
                for upgrade in self._contents.upgrades[version - 1 :]:
                    connection.execute(upgrade).fetchall()
                connection.pragma("user_version", self._contents.version)
            elif version != self._contents.version:
                raise StorageError(
                    f"The {self._contents.what} in {self.path} was written by another version of this program.",
                    next_step="Use that version, or move the file away.",
                )

    def _set_aside(self) -> Path | None:
        """Under which name; None when another copy of the program was quicker."""
        self._close()
        if _identity(self.path) != self._file:
            return None
        when = datetime.fromtimestamp(self._clock(), UTC)
        aside = self.path.with_name(f"{self.path.name}.corrupt-{when:%Y%m%dT%H%M%S.%fZ}")
        self.path.rename(aside)
        for suffix in _BESIDE:
            with suppress(FileNotFoundError):
                self.path.with_name(self.path.name + suffix).rename(aside.with_name(aside.name + suffix))
        return aside

    def _damaged(self, aside: Path | None) -> StorageError:
        kept = f"It has been kept as {aside.name}; a new one begins." if aside else "A new one begins."
        return StorageError(f"The {self._contents.what} in {self.path} was damaged.", means=kept)

    def _tell(self, error: StorageError, loop: asyncio.AbstractEventLoop) -> None:
        if self.on_problem is None or str(error) == self._told:
            return
        self._told = str(error)
        loop.call_soon_threadsafe(self.on_problem, error)

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold an advisory lock; the system releases it even when the process is killed."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make(path: Path) -> None:
    """An empty file of ours: SQLite would make one for everyone, and what it puts beside has the same permissions.

    One that is there is not even opened: closing it would end the locks of other connections of this process.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE))
    except FileExistsError:
        _restrict(path, _FILE_MODE)


def storable(text: str) -> str:
    """``text``, but half of a surrogate pair is no UTF-8 and therefore no SQLite text."""
    return text.encode("utf-8", "replace").decode()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _restrict(path: Path, mode: int) -> None:
    """Take back what others may do, in case it came from a backup or was made by hand."""
    if stat.S_IMODE(path.stat().st_mode) & ~mode:
        path.chmod(mode)


def _reason(error: OSError | apsw.Error) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
