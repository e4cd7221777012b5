"""A text in the person's own editor, while this program stands aside and leaves the terminal to it."""

import asyncio
import os
import shlex
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from textual.app import App, SuspendNotSupported

from turso_tui.errors import InputError, StorageError

USUAL = ("vi", "nano")
"""Tried in this order where nobody has said which editor is theirs."""

LONE_SURROGATES = "surrogatepass"


def editor_command(environment: Mapping[str, str]) -> list[str]:
    """VISUAL, else EDITOR, else what every system has. Raises `InputError` when there is none."""
    for variable in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(environment.get(variable, ""))
        except ValueError as error:
            raise InputError(f"{variable} cannot be understood: {error}.") from error
        if words:
            return words
    found = next(
        (path for name in USUAL if (path := shutil.which(name, path=environment.get("PATH"))) is not None), None
    )
    if found is None:
        raise InputError("There is no editor here.", next_step="Set EDITOR to the one that you use.")
    return [found]


async def edit_outside(app: App[None], text: str, environment: Mapping[str, str] = os.environ) -> str:
    """What the editor made of ``text``. The file is private, and gone when this returns.

    Raises `InputError` when there is no such editor, or the terminal cannot be left to it; `StorageError` when the
    file cannot be written or read. An editor that ends with an error changes nothing.
    """
    command = editor_command(environment)
    try:
        with tempfile.TemporaryDirectory(prefix="turso-tui-") as directory:
            path = Path(directory) / "statement.sql"
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8", errors=LONE_SURROGATES, newline="")
            if await _run(app, [*command, str(path)]) != 0:
                return text
            edited = path.read_bytes().decode("utf-8", errors="replace" if _is_plain(text) else LONE_SURROGATES)
    except OSError as error:
        raise StorageError(f"The text cannot be passed to the editor: {error}.") from error
    return edited if text.endswith("\n") else edited.removesuffix("\n")


async def _run(app: App[None], command: list[str]) -> int:
    """Nothing is drawn meanwhile, but everything else goes on: an open transaction is kept alive."""
    try:
        with app.batch_update(), app.suspend(), _interrupts_are_the_editors():
            process = await asyncio.create_subprocess_exec(*command)
            return await process.wait()
    except SuspendNotSupported as error:
        raise InputError("This terminal cannot be left to an editor.") from error
    except FileNotFoundError as error:
        raise InputError(f"There is no {command[0]} here.", next_step="Set EDITOR to the one that you use.") from error


def _is_plain(text: str) -> bool:
    return text.isascii() or text == text.encode("utf-8", "replace").decode("utf-8")


@contextmanager
def _interrupts_are_the_editors() -> Iterator[None]:
    """ctrl+c in the editor reaches us too, and means nothing here. (Not ignored, for that would be inherited.)"""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
