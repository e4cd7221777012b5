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
        self._starting = asyncio.Lock()

    async def start(self) -> AccountEntrance:
        """The way into the demo; started when it is first asked for. Raises `DemoFailed`."""
        async with self._starting:
            if self._entrance is None:
                try:
                    self._entrance = await self._launch()
                except BaseException:
                    await self.aclose()
                    raise
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

    async def _launch(self) -> AccountEntrance:
        with tempfile.TemporaryDirectory(prefix="turso-tui-") as name:
            ready, complaints = Path(name) / "ready.json", Path(name) / "complaints"
            with complaints.open("wb") as stderr:  # not a pipe: one that nobody reads would fill up and block
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "turso_tui",
                    *("dev", "--seed", "demo", "--tenants", str(self._tenants)),
                    *("--ready-file", str(ready), "--until-stdin-closes"),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=stderr,
                    start_new_session=True,  # a ctrl+c in the terminal is ours to handle
                )  # fmt: skip
            await self._await_ready(self._process, ready, complaints)
            answer = msgspec.json.decode(ready.read_bytes(), type=_Ready)
        return AccountEntrance(PlatformToken(answer.token), answer.api, organization=answer.organization)

    async def _await_ready(self, process: asyncio.subprocess.Process, ready: Path, complaints: Path) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                while not ready.exists():
                    if process.returncode is not None:
                        said = complaints.read_text("utf-8", "replace").strip()
                        raise DemoFailed("The demo did not start.", means=said)
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as error:
            raise DemoFailed(f"The demo did not start within {START_SECONDS:g} s.") from error
