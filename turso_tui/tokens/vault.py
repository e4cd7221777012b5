"""Remembered secrets: what every place for them can do, and the place that is always there, a file."""

import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import msgspec

from turso_tui.tokens.private_file import Document, PrivateFile


class Kept(StrEnum):
    """Where a secret is remembered."""

    KEYRING = "keyring"
    FILE = "file"


class Vault(Protocol):
    """Secrets by name, such as ``profile:work``. Every method blocks and may raise `StorageError`."""

    @property
    def kept(self) -> Kept:
        """Which kind of vault this is."""
        ...

    def get(self, name: str) -> str | None:
        """The secret of that name, None if there is none."""
        ...

    def put(self, name: str, secret: str) -> None:
        """Remember ``secret``, in place of the one that had the name."""
        ...

    def forget(self, name: str) -> None:
        """Remove the secret of that name; nothing happens if there is none."""
        ...


class _Contents(Document, frozen=True):
    secrets: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"_Contents({sorted(self.secrets)})"


class FileVault:
    """A `Vault` in one file, mode 0600 in a directory of mode 0700."""

    kept = Kept.FILE

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._file = PrivateFile(path, _Contents, "remembered secrets", clock=clock)

    def __repr__(self) -> str:
        return f"FileVault({str(self.path)!r})"

    def get(self, name: str) -> str | None:
        return self._file.read().secrets.get(name)

    def names(self) -> list[str]:
        """The names of all secrets, sorted."""
        return sorted(self._file.read().secrets)

    def put(self, name: str, secret: str) -> None:
        self._file.change(lambda contents: _with(contents, {**contents.secrets, name: secret}))

    def forget(self, name: str) -> None:
        self._file.change(
            lambda contents: _with(contents, {key: secret for key, secret in contents.secrets.items() if key != name})
        )


def _with(contents: _Contents, secrets: dict[str, str]) -> _Contents:
    return msgspec.structs.replace(contents, secrets=secrets)
