"""The demo: the local server in a process of its own, which ends with us whatever happens to us."""

import asyncio
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import msgspec

from turso_tui.errors import TursoTuiError
from turso_tui.service.entrance import AccountEntrance
from turso_tui.tokens import PlatformToken

START_SECONDS = 30.0
STOP_SECONDS = 5.0
POLL_SECONDS = 0.02


class _Ready(msgspec.Struct):
    api: str
    token: str
    organization: str

    def __repr__(self) -> str:
        return f"_Ready({self.api!r})"


class DemoFailed(TursoTuiError):
    """The local server did not start."""


class Demo:
    """One demo account while the program runs. A process of its own, so that the screen never waits for it."""

    def __init__(self, tenants: int = 200) -> None:
        self._tenants = tenants
        self._process: asyncio.subprocess.Process | None = None
        self._entrance: AccountEntrance | None = None

    async def start(self) -> AccountEntrance:
        """The way into the demo; started when it is first asked for. Raises `DemoFailed`."""
        if self._entrance is None:
            with tempfile.TemporaryDirectory(prefix="turso-tui-") as directory:
                ready = await self._launch(Path(directory) / "ready.json")
            self._entrance = AccountEntrance(PlatformToken(ready.token), ready.api, organization=ready.organization)
        return self._entrance

    async def aclose(self) -> None:
        """Closing its standard input is what ends the server, also when we die without a word."""
        process, self._process, self._entrance = self._process, None, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _launch(self, ready: Path) -> _Ready:
        arguments = ["dev", "--seed", "demo", "--tenants", str(self._tenants), "--ready-file", str(ready)]
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "turso_tui", *arguments, "--until-stdin-closes",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # a ctrl+c in the terminal is ours to handle
        )  # fmt: skip
        try:
            async with asyncio.timeout(START_SECONDS):
                while not ready.exists():
                    if process.returncode is not None:
                        raise await self._failure(process)
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as error:
            await self.aclose()
            raise DemoFailed(f"The demo did not start within {START_SECONDS:g} s.") from error
        return msgspec.json.decode(ready.read_bytes(), type=_Ready)

    async def _failure(self, process: asyncio.subprocess.Process) -> DemoFailed:
        said = await process.stderr.read() if process.stderr is not None else b""
        self._process = None
        return DemoFailed("The demo did not start.", means=said.decode("utf-8", "replace").strip())
