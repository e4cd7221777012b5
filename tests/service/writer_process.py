"""A process that writes in turn; see `Process`. It is run as a script of its own: ``python writer_process.py …``."""

import asyncio
import fcntl
import json
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from turso_tui.errors import StorageError
from turso_tui.service.queue_line import Line
from turso_tui.service.writer import Writers

DATABASE = "sql:db.example"


class Process:
    """A writer in a process of its own: stands in line once and holds the turn until it is told to leave."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid

    async def has_turn(self) -> None:
        """Wait until it has."""
        assert await self.line() == "writing"

    async def leave(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        assert await self.line() == "left"
        assert await self._process.wait() == 0

    async def kill(self) -> None:
        await kill(self._process)

    async def line(self) -> str:
        assert self._process.stdout is not None
        return (await asyncio.wait_for(self._process.stdout.readline(), 60)).decode().strip()


async def start(*arguments: object) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *[sys.executable, __file__, *map(str, arguments)],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**20,
    )


@asynccontextmanager
async def writing(directory: Path, label: str = "someone", statement: str = "") -> AsyncIterator[Process]:
    """Someone who stands in line, in another process; killed at the end if they have not left."""
    process = await start("once", directory, label, statement)
    try:
        yield Process(process)
    finally:
        await kill(process)


async def kill(process: asyncio.subprocess.Process) -> None:
    """Kill it if it still runs, and let go of its pipes."""
    if process.returncode is None:
        process.kill()
    await process.communicate()


async def _once(directory: Path, label: str, statement: str) -> None:
    async with Writers(directory).turn(DATABASE, label, statement):
        print("writing", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
    print("left", flush=True)


async def _count(directory: Path, folder: Path, turns: int) -> None:
    """Add one to a number ``turns`` times; a number that two had in their hands at once would lose one.

    Prints the seconds of each wait.
    """
    writers = Writers(directory)
    witness = os.open(folder / "witness", os.O_RDWR | os.O_CREAT, 0o600)
    waits = []
    for _ in range(turns):
        began = asyncio.get_running_loop().time()
        async with writers.turn(DATABASE, str(os.getpid())):
            waits.append(asyncio.get_running_loop().time() - began)
            # The kernel drops this lock of a killed process before it closes any of its files.
            fcntl.lockf(witness, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _add_one(folder / "number")
            fcntl.lockf(witness, fcntl.LOCK_UN)
    print(json.dumps(waits), flush=True)


def _add_one(number: Path) -> None:
    """In one step for whoever kills us."""
    draft = number.with_suffix(f".{os.getpid()}")
    draft.write_text(str(int(number.read_text()) + 1))
    draft.replace(number)


async def _fork(directory: Path) -> None:
    """Fork while having the turn. The child, whose process id comes first, does nothing until it is killed."""
    async with Writers(directory).turn(DATABASE):
        child = os.fork()
        if child == 0:
            signal.pause()
        print(child, flush=True)
        print("writing", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
    print("left", flush=True)


async def _no_space(directory: Path) -> None:
    """No file of this process may grow."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        async with Writers(directory).turn(DATABASE):
            print("writing", flush=True)
    except StorageError as error:
        print(error, flush=True)


def _shut_door(directory: Path) -> None:
    """Stay where others want to come in."""
    with Line.of(directory, DATABASE).door() as is_inside:
        print("shut" if is_inside else "already shut", flush=True)
        signal.pause()


def main(what: str, directory: str, *rest: str) -> None:
    match what:
        case "once":
            asyncio.run(_once(Path(directory), *rest))
        case "count":
            asyncio.run(_count(Path(directory), Path(rest[0]), int(rest[1])))
        case "fork":
            asyncio.run(_fork(Path(directory)))
        case "no space":
            asyncio.run(_no_space(Path(directory)))
        case "door":
            _shut_door(Path(directory))


if __name__ == "__main__":
    main(*sys.argv[1:])
