"""What reads and what writes, as the server says, remembered so that a statement run again costs one round trip."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from turso_tui.service.link import Description
from turso_tui.sql.facts import leading_keyword

MOST = 1000
LONGEST_TEXT = 10_000
"""Characters of a statement that is remembered."""
MOST_SECONDS = 600.0

_CHANGE_THE_SCHEMA = frozenset({"CREATE", "ALTER", "DROP", "ATTACH", "DETACH", "PRAGMA", "ROLLBACK"})
_READ_OR_NOT = frozenset(
    {"SELECT", "VALUES", "EXPLAIN", "WITH", "PRAGMA", "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"}
)
"""Of these the text alone decides, whatever the schema; a REINDEX only reads until there is an index."""

_ONLY_READ = frozenset({"SELECT", "VALUES", "EXPLAIN"})
"""SQLite's grammar knows no other use of them."""


class Kinds:
    """The kinds of the statements of one database, by their text.

    What is remembered belongs to the schema that it was asked of: it is forgotten with every statement of ours that
    may change that, with every error, and with time. Someone else may still have changed it, and that does no harm: a
    read is remembered only where the schema has no say in it, and still runs with a token that only reads, where one
    can be had; a write that is none only waits for its turn.
    """

    def __init__(
        self, describe: Callable[[str], Awaitable[Description]], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._describe = describe
        self._clock = clock
        self._known: OrderedDict[str, tuple[bool, float]] = OrderedDict()
        self.generation = 0
        """Of the schema, as far as statements of ours change it: another number, another schema."""

    async def writes(self, sql: str) -> bool:
        """Whether ``sql`` may write. Raises what the server says when it cannot be prepared; that is not kept."""
        writes, learnt_at = self._known.get(sql, (True, float("-inf")))
        if self._clock() - learnt_at < MOST_SECONDS:
            self._known.move_to_end(sql)
            return writes
        described = await self._describe(sql)
        writes = not (described.readonly or described.is_explain)
        if described.readonly is None and leading_keyword(sql) in _ONLY_READ:
            writes = False
        self._keep(sql, writes)
        return writes

    def refused_as_a_read(self, sql: str) -> None:
        """Servers count some statements as writes that SQLite does not, most of them pragmas."""
        self._keep(sql, True)

    def ran(self, sql: str) -> None:
        """After a statement of ours: what may have changed the schema makes everything be asked again."""
        if leading_keyword(sql) in _CHANGE_THE_SCHEMA:
            self._known.clear()
            self.generation += 1

    def failed(self, sql: str) -> None:
        """After an error, what was known of ``sql`` may be what is wrong."""
        self._known.pop(sql, None)

    def _keep(self, sql: str, writes: bool) -> None:
        if len(sql) > LONGEST_TEXT or (not writes and leading_keyword(sql) not in _READ_OR_NOT):
            return
        self._known[sql] = (writes, self._clock())
        self._known.move_to_end(sql)
        if len(self._known) > MOST:
            self._known.popitem(last=False)
