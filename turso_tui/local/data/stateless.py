"""The stateless endpoints of Hrana 1, ``/v1/execute`` and ``/v1/batch``, which older clients still use."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from turso_tui.local.data import answers
from turso_tui.local.data.connection import Connection, Database
from turso_tui.local.data.errors import HttpFailure, SqlFailure
from turso_tui.local.data.messages import BatchRequest, BatchResult, ExecuteRequest, StmtResult
from turso_tui.local.data.pipeline import Pipeline
from turso_tui.local.data.streams import Stream
from turso_tui.local.data.wire import read_stateless
from turso_tui.local.tenant import Dialect, Tenant

_STATUS = {
    "ARGS_BOTH_POSITIONAL_AND_NAMED": 501,
    "TRANSACTION_TIMEOUT": 503,
    "TRANSACTION_BUSY": 503,
}


class _Answer(msgspec.Struct):
    result: StmtResult | BatchResult


class Stateless:
    """Each request has a connection of its own. Errors are HTTP errors here, with ``message`` and ``code``."""

    def __init__(
        self,
        executor: Executor,
        resolve: Callable[[Request], Awaitable[tuple[Tenant, Database]]],
        dialect: Dialect,
        max_response_bytes: int,
    ) -> None:
        self._executor = executor
        self._resolve = resolve
        self._dialect = dialect
        self._max_response_bytes = max_response_bytes

    async def execute(self, request: Request) -> Response:
        """``{"stmt": Stmt}`` to ``{"result": StmtResult}``."""
        message = read_stateless(ExecuteRequest, await request.body())
        return await self._run(request, lambda pipeline: pipeline.run_statement(message.stmt))

    async def batch(self, request: Request) -> Response:
        """``{"batch": Batch}`` to ``{"result": BatchResult}``."""
        message = read_stateless(BatchRequest, await request.body())
        return await self._run(request, lambda pipeline: pipeline.run_batch(message.batch))

    async def _run(self, request: Request, work: Callable[[Pipeline], StmtResult | BatchResult]) -> Response:
        tenant, database = await self._resolve(request)

        def run() -> StmtResult | BatchResult:
            connection = Connection(database, self._dialect)
            try:
                stream = Stream(0, tenant.key, connection)
                return work(Pipeline(stream, tenant, version=1, max_response_bytes=self._max_response_bytes))
            except SqlFailure as failure:
                default = 500 if failure.code.startswith("SQLITE_") else 400
                status = _STATUS.get(failure.code, default)
                raise HttpFailure(status, {"message": failure.message, "code": failure.code}) from failure
            finally:
                connection.close()

        result = await asyncio.get_running_loop().run_in_executor(self._executor, run)
        return answers.json(_Answer(result))
