"""Remembered secrets in one file that only its owner can read."""

import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from turso_tui.errors import StorageError

_FILE_MODE = 0o600
_DIRECTORY_MODE = 0o700
_VERSION = 1


class _Contents(msgspec.Struct):
    version: int
    secrets: dict[str, str]

    def __repr__(self) -> str:
        return f"_Contents({sorted(self.secrets)})"


class Vault:
    """Secrets by name, such as ``platform:default``.

    A change replaces the file as a whole (written beside it, synced, renamed), and two programs that use it at
    once wait for each other. Every method raises `StorageError` when the file cannot be used: once for a damaged
    file, which is then set aside under another name, so that the next call finds an empty vault.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock

    def __repr__(self) -> str:
        return f"Vault({str(self._path)!r})"

    def get(self, name: str) -> str | None:
        """The secret of that name, None if there is none."""
        with self._opened() as secrets:
            return secrets.get(name)

    def names(self) -> list[str]:
        """The names of all secrets, sorted."""
        with self._opened() as secrets:
            return sorted(secrets)

    def put(self, name: str, secret: str) -> None:
        """Remember ``secret``, in place of the one that had the name."""
        with self._opened() as secrets:
            secrets[name] = secret

    def forget(self, name: str) -> None:
        """Remove the secret of that name; nothing happens if there is none."""
        with self._opened() as secrets:
            secrets.pop(name, None)

    @contextmanager
    def _opened(self) -> Iterator[dict[str, str]]:
        """The secrets, under the lock; what the caller changes in them is written when it is done."""
        with _storage_errors(self._path):
            directory = self._path.parent
            directory.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
            _restrict(directory, _DIRECTORY_MODE)
            with _locked(self._path.with_name(f"{self._path.name}.lock")):
                before = self._read()
                after = dict(before)
                yield after
                if after != before:
                    self._replace(after)

    def _read(self) -> dict[str, str]:
        try:
            _restrict(self._path, _FILE_MODE)
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        try:
            contents = msgspec.json.decode(raw, type=_Contents)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise self._set_aside() from None
        if contents.version != _VERSION:
            raise StorageError(
                f"The remembered secrets in {self._path} were written by another version of this program.",
                next_step="Use that version, or move the file away and sign in again.",
            )
        return contents.secrets

    def _replace(self, secrets: Mapping[str, str]) -> None:
        beside = self._path.with_name(f"{self._path.name}.new-{os.getpid()}")
        beside.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE), "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(_Contents(_VERSION, dict(secrets)))))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        finally:
            beside.unlink(missing_ok=True)
        _sync_directory(self._path.parent)

    def _set_aside(self) -> StorageError:
        when = datetime.fromtimestamp(self._clock(), UTC)
        aside = self._path.with_name(f"{self._path.name}.corrupt-{when:%Y%m%dT%H%M%S.%fZ}")
        self._path.rename(aside)
        return StorageError(
            f"The file of remembered secrets, {self._path}, is damaged.",
            means=f"It has been kept as {aside.name}; nothing is remembered now.",
            next_step="Sign in again.",
        )


@contextmanager
def _storage_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The remembered secrets in {path} cannot be used: {error.strerror or error}.",
            next_step="Check the permissions of the directory and the space on the disk.",
        ) from error


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
