"""What a front end holds: the three ways in, and everything that must be closed at the end."""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from turso_tui import locations
from turso_tui.service.writer import Writers
from turso_tui.tokens import DatabaseToken, PlatformToken

if TYPE_CHECKING:
    import httpx

    from turso_tui.hrana.url import DatabaseUrl
    from turso_tui.service.account import Account
    from turso_tui.service.caution import CautionConfig, Levels
    from turso_tui.service.config import CostConfig, EditorConfig, HistoryConfig, TokenConfig, WriterConfig
    from turso_tui.service.database import Database
    from turso_tui.service.desk import Desk
    from turso_tui.service.entrance import Entrance
    from turso_tui.service.history import History
    from turso_tui.service.results import ResultStore
    from turso_tui.service.scratch import ScratchDatabase
    from turso_tui.service.workspace import Workspace

API_URL = "https://api.turso.tech"


class Services:
    """The ways in to everything else; an async context manager that leaves no connection and no file behind.

    What speaks HTTP or SQLite is imported when it is first used, because a front end paints before it connects.
    """

    def __init__(
        self,
        *,
        scratch: Path | None = None,
        locks: Path | None = None,
        state: Path | None = None,
        tokens: "TokenConfig | None" = None,
        writer: "WriterConfig | None" = None,
        history: "HistoryConfig | None" = None,
        caution: "CautionConfig | None" = None,
        cost: "CostConfig | None" = None,
        editor: "EditorConfig | None" = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``tokens`` says how long the tokens live that are minted here, and when a group's serves many databases;
        ``writer`` how long a write waits for its turn (by default for ever), and for writers from elsewhere."""
        self._clock = clock
        self._token_config = tokens
        self._history_config = history
        self._caution_config = caution
        self._cost_config = cost
        self._editor_config = editor
        self._scratch = scratch or locations.scratch_directory()
        self._state = state or locations.state_directory()
        self.writers = _writers(locks or locations.lock_directory(), writer)
        self._http: httpx.AsyncClient | None = None
        self._results: ResultStore | None = None
        self._scratch_database: ScratchDatabase | None = None
        self._history: History | None = None
        self._levels: Levels | None = None
        self._workspaces: list[Workspace] = []
        self._accounts: list[Account] = []
        self._desks: list[Desk] = []

    def account(self, token: PlatformToken, base_url: str = API_URL, *, organization: str = "") -> "Account":
        """The account of a platform token; nothing is sent yet. ``organization`` is that of a token of one group,
        which may not list any."""
        from turso_tui.platform.client import PlatformClient
        from turso_tui.platform.transport import PlatformTransport
        from turso_tui.service.account import Account
        from turso_tui.service.config import TokenConfig
        from turso_tui.service.minted_tokens import Lifetimes

        config = self._token_config or TokenConfig()
        account = Account(
            PlatformClient(PlatformTransport(base_url, token)),
            self._database_http(),
            self.writers,
            lifetimes=Lifetimes(config.read_lifetime, config.write_lifetime),
            group_from=config.group_from,
            organization=organization,
        )
        self._accounts.append(account)
        return account

    def remote(self, url: "DatabaseUrl", token: DatabaseToken | None = None) -> "Database":
        """A database by its URL, with the token that was given or none (a self-hosted server)."""
        from turso_tui.hrana.client import HranaClient
        from turso_tui.service.broker import GivenToken
        from turso_tui.service.database import Database
        from turso_tui.service.remote import RemoteLink

        return Database(url.host, RemoteLink(HranaClient(url, self._database_http()), GivenToken(token)), self.writers)

    def file(self, path: Path) -> "Database":
        """A local SQLite file."""
        from turso_tui.service.database import Database
        from turso_tui.service.file import FileLink

        return Database(path.name, FileLink(path), self.writers)

    @property
    def results(self) -> "ResultStore":
        """Where results live while the program runs. Raises `StorageError` when there is no room for them."""
        from turso_tui.service.results import ResultStore

        if self._results is None:
            self._results = ResultStore(self._scratch)
        return self._results

    @property
    def cost(self) -> "CostConfig":
        """Of what a statement may read before somebody is told."""
        from turso_tui.service.config import CostConfig

        return self._cost_config or CostConfig()

    @property
    def vim_keys(self) -> bool:
        """Whether the editor's keys are to mean what they mean in Vim."""
        return self._editor_config is not None and self._editor_config.keys == "vim"

    @property
    def history(self) -> "History":
        """Every statement that was run here; nothing is read or written yet."""
        from turso_tui.service.config import HistoryConfig
        from turso_tui.service.history import History

        if self._history is None:
            config = self._history_config or HistoryConfig()
            path = self._state / "history.db"
            self._history = History(path, keep=config.keep, most_entries=config.entries)
        return self._history

    @property
    def levels(self) -> "Levels":
        """What is asked before a write, and where; nothing is read yet."""
        from turso_tui.service.caution import CautionConfig, Levels

        if self._levels is None:
            self._levels = Levels(self._caution_config or CautionConfig(), self._state / "caution.json")
        return self._levels

    def workspace(self, entrance: "Entrance") -> "Workspace":
        """The tabs that belong to a way in; nothing is read yet."""
        from turso_tui.service.workspace import Workspace, workspace_key

        workspace = Workspace(self._state / "workspace.db", workspace_key(entrance))
        self._workspaces.append(workspace)
        return workspace

    @property
    def scratch(self) -> "ScratchDatabase":
        """SQL over the results. Raises `StorageError` when there is no room for them."""
        from turso_tui.service.scratch import ScratchDatabase

        if self._scratch_database is None:
            self._scratch_database = ScratchDatabase(self.results, self.writers)
        return self._scratch_database

    def desk(self) -> "Desk":
        """A place for open databases and their results. Raises `StorageError` when there is no room for them."""
        from turso_tui.service.desk import Desk

        desk = Desk(self.results, clock=self._clock)
        self._desks.append(desk)
        return desk

    async def aclose(self) -> None:
        """Everything is closed even where closing one thing fails."""
        async with AsyncExitStack() as stack:
            if self._history is not None:
                stack.callback(self._history.close)
            for workspace in self._workspaces:
                stack.callback(workspace.close)
            if self._results is not None:
                stack.callback(self._results.close)
            if self._http is not None:
                stack.push_async_callback(self._http.aclose)
            for account in self._accounts:
                stack.push_async_callback(account.aclose)
            for desk in self._desks:
                stack.push_async_callback(desk.aclose)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def _database_http(self) -> "httpx.AsyncClient":
        from turso_tui.hrana.http import database_http_client

        if self._http is None:
            self._http = database_http_client()
        return self._http


def _writers(locks: Path, config: "WriterConfig | None") -> Writers:
    if config is None:
        return Writers(locks)
    return Writers(locks, limit=config.wait.total_seconds(), busy_limit=config.busy.total_seconds())
