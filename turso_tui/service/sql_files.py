"""Scripts in ``.sql`` files: read whole, and written so that a crash leaves either the old file or the new one."""

import os
import stat
import tempfile
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from turso_tui.errors import InputError, StorageError

LARGEST = 64 * 2**20
"""Bytes of a file that is opened; what is larger is a dump, and nothing to edit."""

NEW_MODE = 0o644


class FileStamp(NamedTuple):
    """What a file held when we saw it last: the ``digest`` of its bytes, and how its lines end."""

    path: Path
    digest: str
    line_end: str = "\n"


class SqlFile(NamedTuple):
    """The text of a file, with line feeds at the ends of its lines, and what it is known by."""

    text: str
    stamp: FileStamp


class IsThere(InputError):
    """A file would be replaced that nobody spoke of."""


class ChangedOnDisk(InputError):
    """Somebody else has written the file since."""


def read_sql(path: Path) -> SqlFile:
    """The text of a file, without a byte order mark.

    Raises `InputError` for what is no text, or too large; `StorageError` when it cannot be read. Blocking.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path.name} is larger than {LARGEST // 2**20} MB.", next_step="Run it with a command.")
        held = path.read_bytes()
        text = held.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8 text.", means=f"Byte {error.start} is no part of any.") from error
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror or error}.") from error
    line_end = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return SqlFile(text, FileStamp(path.absolute(), _digest(held), line_end))


def write_sql(path: Path, text: str, *, overwrite: bool = False, line_end: str = "\n") -> FileStamp:
    """A link is followed, and a file that is replaced keeps its mode.

    Raises `IsThere` when there is a file already and ``overwrite`` is not set, `InputError` for what no file can hold,
    `StorageError` when it cannot be written. Blocking.
    """
    try:
        written = text.replace("\n", line_end).encode()
    except UnicodeEncodeError as error:
        raise InputError("The text has half a character in it, which no file can hold.") from error
    try:
        target = path.resolve()
        if target.exists() and not overwrite:
            raise IsThere(f"{path.name} is there already.")
        _replace(target, written)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror or error}.") from error
    return FileStamp(path.absolute(), _digest(written), line_end)


def save_sql(known: FileStamp, text: str) -> FileStamp:
    """Write a file that we have seen before; one that is gone is made anew.

    Raises `ChangedOnDisk` when it holds something else by now, and as `write_sql` does. Blocking.
    """
    held = _held(known.path)
    if held is not None and _digest(held) != known.digest:
        raise ChangedOnDisk(
            f"{known.path.name} has changed on the disk.", means="Somebody else has written it since it was read here."
        )
    return write_sql(known.path, text, overwrite=True, line_end=known.line_end)


def differs(text: str, stamp: FileStamp) -> bool:
    """Whether ``text`` is another one than the file held."""
    written = text.replace("\n", stamp.line_end).encode("utf-8", "surrogatepass")
    return _digest(written) != stamp.digest and _digest(b"\xef\xbb\xbf" + written) != stamp.digest


def _held(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror or error}.") from error


def _replace(target: Path, written: bytes) -> None:
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else NEW_MODE
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()
