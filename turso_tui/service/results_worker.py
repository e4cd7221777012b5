"""A connection to the scratch files with a thread of its own, whose work can be stopped in the middle."""

import asyncio
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import apsw

from turso_tui.errors import StorageError

T = TypeVar("T")

_INTERRUPT_SECONDS = 0.02


class ResultsWorker:
    """Does one job after the other. SQLite works outside Python's lock, so the event loop goes on meanwhile."""

    def __init__(self, connection: apsw.Connection, name: str) -> None:
        self._connection = connection
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def do(self, job: Callable[[apsw.Connection], T]) -> T:
        """Run ``job``; cancelling interrupts it and waits until it has stopped. Raises `StorageError`."""
        future = self._thread.submit(_run, job, self._connection)
        waiting = asyncio.wrap_future(future)
        try:
            return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            while not future.cancel() and not future.done():
                self._connection.interrupt()
                # An interrupt is lost on a statement that begins after it, so it is repeated until the job ends.
                await asyncio.wait([waiting], timeout=_INTERRUPT_SECONDS)
            waiting.add_done_callback(_ignore)  # nobody wants its outcome any more
            raise
        except apsw.FullError as error:
            raise StorageError("The disk is full.", next_step="Free some space for the results.") from error
        except apsw.Error as error:
            raise StorageError(f"The result cannot be read: {error}.") from error

    def close(self) -> None:
        """Interrupts what runs and waits for it."""
        self._connection.interrupt()
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._connection.close()


def _run(job: Callable[[apsw.Connection], T], connection: apsw.Connection) -> T:
    """Frames of a job that was interrupted hold cursors in the middle of their rows; as long as there is one of these,
    SQLite takes every statement that begins for interrupted too."""
    try:
        return job(connection)
    except apsw.InterruptError as error:
        raised: BaseException | None = error
        while raised is not None:
            traceback.clear_frames(raised.__traceback__)
            raised = raised.__context__
        raise


def _ignore(job: asyncio.Future[T]) -> None:
    if not job.cancelled():
        job.exception()
