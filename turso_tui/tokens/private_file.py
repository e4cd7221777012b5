"""One small document that only its owner can read: locked, replaced as a whole, never overwritten when damaged."""

import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from turso_tui.errors import StorageError

_FILE_MODE = 0o600
_DIRECTORY_MODE = 0o700


class Document(msgspec.Struct, frozen=True):
    """What such a file holds; made without arguments it is the empty one, of the version that we write."""

    version: int = 1


T = TypeVar("T", bound=Document)


class PrivateFile(Generic[T]):
    """A `Document` in a file, described to a person as ``what``, such as “remembered secrets”.

    Two programs that use it at once wait for each other. Every method raises `StorageError` when the file cannot be
    used: once for a damaged one, which is then set aside under another name, so that the next call finds none.
    """

    def __init__(self, path: Path, type: type[T], what: str, *, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._type = type
        self._what = what
        self._clock = clock

    def read(self) -> T:
        """The document; the empty one where there is no file."""
        with self._alone():
            return self._read()

    def change(self, edit: Callable[[T], T]) -> T:
        """What ``edit`` makes of the document, written if it is another; no other program comes in between."""
        with self._alone():
            before = self._read()
            after = edit(before)
            if after != before:
                self._replace(msgspec.json.format(msgspec.json.encode(after)))
            return after

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            directory = self.path.parent
            directory.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
            _restrict(directory, _DIRECTORY_MODE)
            with _locked(self.path.with_name(f"{self.path.name}.lock")):
                yield
        except OSError as error:
            raise StorageError(
                f"The {self._what} in {self.path} cannot be used: {error.strerror or error}.",
                next_step="Check the permissions of the directory and the space on the disk.",
            ) from error

    def _read(self) -> T:
        empty = self._type()
        try:
            _restrict(self.path, _FILE_MODE)
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return empty
        try:
            version = msgspec.json.decode(raw, type=Document).version
            if version == empty.version:
                return msgspec.json.decode(raw, type=self._type)
        except (msgspec.DecodeError, UnicodeDecodeError):
            del raw  # secrets, and a debugger's traceback shows variables
            raise self._set_aside() from None
        del raw
        raise StorageError(
            f"The {self._what} in {self.path} were written by another version of this program.",
            next_step="Use that version, or move the file away and sign in again.",
        )

    def _replace(self, raw: bytes) -> None:
        beside = self.path.with_name(f"{self.path.name}.new-{os.getpid()}")
        beside.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE), "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        finally:
            beside.unlink(missing_ok=True)
        _sync_directory(self.path.parent)

    def _set_aside(self) -> StorageError:
        when = datetime.fromtimestamp(self._clock(), UTC)
        aside = self.path.with_name(f"{self.path.name}.corrupt-{when:%Y%m%dT%H%M%S.%fZ}")
        self.path.rename(aside)
        return StorageError(
            f"The file of {self._what}, {self.path}, is damaged.",
            means=f"It has been kept as {aside.name}; nothing is remembered now.",
            next_step="Sign in again.",
        )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an advisory lock; the system releases it even when the process is killed."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, _FILE_MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _restrict(path: Path, mode: int) -> None:
    """Take back what others may do, in case the file came from a backup or was made by hand."""
    if stat.S_IMODE(path.stat().st_mode) & ~mode:
        path.chmod(mode)


def _sync_directory(directory: Path) -> None:
    """Make the rename itself survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
