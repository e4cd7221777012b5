"""Scripts in ``.sql`` files: read whole, and written so that a crash leaves either the old file or the new one."""

import os
import stat
import tempfile
from pathlib import Path

from turso_tui.errors import InputError, StorageError

LARGEST = 64 * 2**20
"""Bytes of a file that is opened; what is larger is a dump, and nothing to edit."""

NEW_MODE = 0o644


def read_sql(path: Path) -> str:
    """The text of a file, without a byte order mark.

    Raises `InputError` for what is no text, or too large; `StorageError` when it cannot be read. Blocking.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path.name} is larger than {LARGEST // 2**20} MB.", next_step="Run it with a command.")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8 text.", means=f"Byte {error.start} is no part of any.") from error
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror or error}.") from error


def write_sql(path: Path, text: str, *, overwrite: bool = False) -> None:
    """A link is followed, and a file that is replaced keeps its mode.

    Raises `InputError` when there is a file already and ``overwrite`` is not set, `StorageError` when it cannot be
    written. Blocking.
    """
    target = path.resolve()
    if target.exists() and not overwrite:
        raise InputError(f"{path.name} is there already.")
    try:
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else NEW_MODE
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except UnicodeEncodeError as error:
        raise InputError("The text has half a character in it, which no file can hold.") from error
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror or error}.") from error
