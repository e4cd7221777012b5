"""Rows into a file: streamed in a thread, whole or not at all, never over something that is there unless told."""

import asyncio
import os
import secrets
import stat
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import apsw

from turso_tui.errors import InputError, StorageError
from turso_tui.service.copying import picker
from turso_tui.service.export_files import EXPORT_FORMATS, ExportFormat, Rows
from turso_tui.service.results import ResultSet
from turso_tui.service.results_views import ResultView
from turso_tui.values import Row

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, in rows and bytes."""

    path: Path
    rows: int
    size: int


class _Stopped(Exception):
    """Someone has cancelled."""


def export_format(id: str) -> ExportFormat:
    """The format of this name. Raises `InputError` where there is none."""
    for each in EXPORT_FORMATS:
        if each.id == id:
            return each
    raise InputError(
        f"There is no format {id}.", next_step=f"There are {', '.join(each.id for each in EXPORT_FORMATS)}."
    )


def format_for(path: str) -> ExportFormat | None:
    """The format that the ending of ``path`` names."""
    return next((each for each in EXPORT_FORMATS if path.lower().endswith(each.ending)), None)


async def export(
    source: ResultSet | ResultView,
    path: Path,
    format: ExportFormat,
    *,
    columns: Sequence[int] | None = None,
    table: str = "result",
    overwrite: bool = False,
    on_progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Exported:
    """Write the rows that are there now, ``columns`` of them by their places, into ``path``.

    ``on_progress`` hears how many of how many rows are written. Cancelling stops the writing and leaves no file.
    Raises `InputError` when the path is taken or a part of what is needed is not installed, `StorageError` when the
    writing fails; then there is no file either, or the one before.
    """
    places = list(range(len(source.columns))) if columns is None else list(columns)
    loop, stop = asyncio.get_running_loop(), threading.Event()

    def report(done: int, of: int) -> None:
        if stop.is_set():
            raise _Stopped
        loop.call_soon_threadsafe(on_progress, done, of)

    format.check()
    if not places:
        raise InputError("Every column is hidden: there is nothing to export.", next_step="Show one of them first.")
    target = _target(path, overwrite)
    writing = loop.run_in_executor(None, _write, source, target, format, places, table, overwrite, report)
    try:
        return await asyncio.shield(writing)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([writing])
        raise


def _write(
    source: ResultSet | ResultView,
    target: Path,
    format: ExportFormat,
    places: Sequence[int],
    table: str,
    overwrite: bool,
    report: Callable[[int, int], None],
) -> Exported:
    store = source.result.store if isinstance(source, ResultView) else source.store
    count, pick = source.row_count, picker(places, len(source.columns))
    beside = target.with_name(f".{target.name[:200]}.{secrets.token_hex(8)}")
    try:
        with closing(store.open_reader()) as connection:

            def rows() -> Iterator[Sequence[Row]]:
                for start in range(0, count, CHUNK):
                    report(start, count)
                    yield pick(source.read(connection, start, min(start + CHUNK, count)))

            columns = [source.columns[place] for place in places]
            format.write(beside, Rows(columns, rows, table))
        report(count, count)
        size = _settle(beside, target, overwrite)
    except (OSError, apsw.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise StorageError(
            f"The rows cannot be written to {target}: {reason or error}.",
            means="Nothing was left there.",
            next_step="Choose a place that you may write to, with room enough.",
        ) from error
    finally:
        beside.unlink(missing_ok=True)
    return Exported(target, count, size)


def _target(path: Path, overwrite: bool) -> Path:
    try:
        target = path.expanduser().resolve()
        kind = target.stat().st_mode if target.exists() else None
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(f"{path} cannot be the path of a file.", means=str(error)) from error
    if kind is None:
        return target
    if stat.S_ISDIR(kind):
        raise InputError(f"{path} is a folder.", next_step="Give the name of a file in it.")
    if not stat.S_ISREG(kind):
        raise InputError(f"{path} is a device or a pipe, not a file.", next_step="Choose another name.")
    if not overwrite:
        raise _taken(target)
    return target


def _taken(path: Path) -> InputError:
    return InputError(
        f"{path} is already there.", means="Nothing was written.", next_step="Choose another name, or replace it."
    )


def _settle(beside: Path, target: Path, overwrite: bool) -> int:
    """Safe on the disk, then under its name. Who has taken the name meanwhile keeps it."""
    with beside.open("rb") as file:
        os.fsync(file.fileno())
        size = os.fstat(file.fileno()).st_size
    if overwrite and target.exists():
        beside.chmod(stat.S_IMODE(target.stat().st_mode))
        beside.replace(target)
        return size
    try:
        os.link(beside, target)
    except FileExistsError as error:
        raise _taken(target) from error
    except OSError:  # a file system without hard links
        if target.exists():
            raise _taken(target) from None
        beside.rename(target)
    return size
