"""The processes together: started, killed one at a time, started again, and watched until all have done their part."""

import asyncio
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random

import msgspec

from tests.stress.journal import read_journal
from tests.stress.worker import Order
from turso_tui.service.writers_report import queues, report_lines

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds without a word in any journal until it counts as a deadlock. A server lets the lock of a process that was
killed in a transaction wait for five or ten seconds."""

LOOK_AGAIN = 0.02
LAST_WORDS = 4000
"""How many characters of what a process said are shown."""

LONGEST_PEACE = 0.4
"""Seconds between two kills, at most."""


class Stuck(Exception):
    """Nothing moves any more, or it takes too long; says who holds what."""


class Broken(Exception):
    """A process ended by itself before its work was done; says what it said."""


class Crowd:
    """``kills`` is how many processes are killed from outside; those that kill themselves come on top.

    ``limit`` is for everything together, in seconds.
    """

    def __init__(
        self, orders: Sequence[Order], *, kills: int, seed: int, limit: float, patience: float = PATIENCE
    ) -> None:
        self.killed = [0] * len(orders)
        """How often each process was killed."""
        self.identities: set[str] = set()
        """Of the database, as the processes know it."""
        self._orders = orders
        self._kills = kills
        self._chance = Random(seed)
        self._limit = limit
        self._patience = patience
        self._done: set[int] = set()
        self._running: dict[int, asyncio.subprocess.Process] = {}

    async def run(self) -> None:
        """Raises `Stuck` and `Broken`; leaves no process behind."""
        tasks = [asyncio.create_task(self._keep(order)) for order in self._orders]
        others = [asyncio.create_task(self._kill_one_by_one()), asyncio.create_task(self._watch())]
        try:
            async with asyncio.timeout(self._limit):
                pending = {*tasks, *others}
                while not all(task.done() for task in tasks):
                    done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        task.result()
        except TimeoutError:
            raise Stuck(await self._report(f"It has taken more than {self._limit:g} s.")) from None
        finally:
            for task in (*tasks, *others):
                task.cancel()
            await asyncio.gather(*tasks, *others, return_exceptions=True)

    async def _keep(self, order: Order) -> None:
        """Start it again as long as it is killed."""
        while (code := await self._once(order)) == -signal.SIGKILL:
            self.killed[order.process] += 1
        self._done.add(order.process)
        if code != 0:
            said = self._errors(order).read_text()
            raise Broken(f"Process {order.process} ended with {code}:\n{said}")

    async def _once(self, order: Order) -> int:
        with self._errors(order).open("a") as errors:
            process = await asyncio.create_subprocess_exec(
                *[sys.executable, "-m", "tests.stress.worker"],
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                cwd=ROOT,
            )
        assert process.stdin is not None
        assert process.stdout is not None
        self._running[order.process] = process
        try:
            process.stdin.write(msgspec.json.encode(order) + b"\n")
            self.identities.update((await process.stdout.read()).decode().split())
            return await process.wait()
        finally:
            del self._running[order.process]
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()

    async def _kill_one_by_one(self) -> None:
        """The next one only when the last one writes again, so that there are deaths and progress."""
        for _ in range(self._kills):
            await asyncio.sleep(self._chance.uniform(0, LONGEST_PEACE))
            await _until(self._writing)
            victim = self._chance.choice(self._writing())
            said = self._said(victim)
            with suppress(ProcessLookupError):  # it has come to its end in this moment
                self._running[victim].kill()
            await _until(partial(self._has_gone_on, victim, said))

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        said, since = -1, loop.time()
        while loop.time() - since < self._patience:
            now = sum(self._said(order.process) for order in self._orders)
            if now != said:
                said, since = now, loop.time()
            await asyncio.sleep(1)
        raise Stuck(await self._report(f"Nobody has written for {self._patience:g} s."))

    def _writing(self) -> list[int]:
        return [process for process in sorted(self._running) if self._said(process)]

    def _has_gone_on(self, process: int, said: int) -> bool:
        return self._said(process) != said or process in self._done

    def _said(self, process: int) -> int:
        """How long its journal is."""
        try:
            return self._orders[process].journal.stat().st_size
        except FileNotFoundError:
            return 0

    def _errors(self, order: Order) -> Path:
        return order.journal.with_suffix(".err")

    async def _report(self, what: str) -> str:
        """Who has the turn, who waits for it, what everyone did last, and where they are in the code."""
        lines = [what, *report_lines(queues(self._orders[0].locks))]
        for process in self._running.values():
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGUSR1)
        await asyncio.sleep(1)  # not for a result: whoever can still speak has spoken
        for order in self._orders:
            state = "running" if order.process in self._running else "ended"
            last = read_journal(order.journal)[-1:]
            lines += [f"process {order.process}, {state}, last: {last}", self._errors(order).read_text()[-LAST_WORDS:]]
        return "\n".join(lines)


async def _until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110 -- there is no event: it happens in another process
        await asyncio.sleep(LOOK_AGAIN)
