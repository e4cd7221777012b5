"""Several statements in a row: whether they can be one transaction, and how far they got where they cannot."""

from collections.abc import Awaitable, Callable, Sequence

from turso_tui import errors
from turso_tui.errors import Outcome
from turso_tui.sql.facts import leading_keyword

_ON_THEIR_OWN = frozenset(
    {"BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "VACUUM", "ATTACH", "DETACH"}
)
"""What ends a transaction, cannot run in one, or means something else in one."""

MAY_READ = frozenset({"SELECT", "VALUES", "EXPLAIN", "WITH"})
_NO_SQL = ("syntax error", "incomplete input", "unrecognized token")
_SEARCHED = 200
"""Statements among which one that is no SQL is looked for."""

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


async def is_atomic(statements: Sequence[str], writes: Callable[[str], Awaitable[bool]]) -> bool:
    """Whether they are to be one transaction: some may write, and none needs to be on its own.

    What only reads runs one by one, so that its rows come as a stream.
    """
    if any(leading_keyword(sql) in _ON_THEIR_OWN for sql in statements):
        return False
    return any(leading_keyword(sql) not in MAY_READ for sql in statements) or await _some_write(statements, writes)


async def _some_write(statements: Sequence[str], writes: Callable[[str], Awaitable[bool]]) -> bool:
    for sql in statements:
        try:
            if await writes(sql):
                return True
        except errors.SqlError:
            return False  # none before it writes, and nothing after it will run
    return False


async def culprit(
    statements: Sequence[str], error: errors.TursoTuiError, describe: Callable[[str], Awaitable[object]]
) -> tuple[int, errors.TursoTuiError]:
    """Which of the statements of a batch failed, and with what; of a text that is no SQL the server does not say."""
    if not isinstance(error, errors.SqlError) or isinstance(error, errors.Busy | errors.TransactionLost):
        return 0, error
    if error.step is not None:
        return error.step, error
    for index, sql in enumerate(statements[:_SEARCHED]):
        try:
            await describe(sql)
        except errors.SqlError as found:
            if any(words in found.message for words in _NO_SQL):
                return index, found
        except errors.TursoTuiError:
            break  # what is wrong now is not what was wrong
    return 0, error


class Tally:
    """How far a script got that runs one statement after the other."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._ran = 0
        self._applied = 0
        self._pending = 0

    def ran(self, sql: str, *, in_transaction: bool) -> None:
        """The next statement has run; ``in_transaction`` says whether one is open after it."""
        self._ran += 1
        self._pending += 1
        if in_transaction:
            return
        if leading_keyword(sql) != "ROLLBACK":
            self._applied += self._pending
        self._pending = 0

    def failure(self, error: errors.TursoTuiError, *, in_transaction: bool) -> errors.ScriptFailed:
        """The error of a script whose next statement failed with ``error``."""
        said = f"{self._applied} of {self._total} statements {'was' if self._applied == 1 else 'were'} applied"
        if not self._applied:
            said = "Nothing was applied" if error.outcome is not Outcome.UNKNOWN else "The script stopped"
        verb = "may or may not have been" if error.outcome is Outcome.UNKNOWN else "failed"
        return errors.ScriptFailed(
            f"{said}; the {ordinal(self._ran)} {verb}: {error.what}",
            cause=error,
            index=self._ran,
            applied=self._applied,
            total=self._total,
            means=" ".join(part for part in (error.means, self._open_words(in_transaction)) if part),
        )

    def _open_words(self, in_transaction: bool) -> str:
        if in_transaction:
            return "The transaction is still open, and what ran in it is not applied until its COMMIT."
        return "What had run in its transaction is rolled back." if self._pending else ""


def atomic_failure(error: errors.TursoTuiError, index: int, total: int) -> errors.ScriptFailed:
    """The error of a script that ran as one transaction."""
    match error:
        case _ if error.outcome is Outcome.UNKNOWN:
            what = f"All {total} statements were applied, or none of them: {error.what}"
        case errors.Busy() | errors.TransactionLost():
            what = f"Nothing was applied: {error.what}"
        case errors.SqlError():
            what = f"Nothing was applied; the {ordinal(index)} of {total} statements failed: {error.what}"
        case _:
            what = f"Nothing was applied: {error.what}"
    return errors.ScriptFailed(what, cause=error, index=index, applied=0, total=total, means=error.means)


def left_open(total: int) -> errors.InputError:
    return errors.InputError(
        f"The script of {total} statements left its transaction open.",
        means="It is rolled back.",
        next_step="Put a COMMIT at its end.",
    )


def ordinal(index: int) -> str:
    """``third`` for 2."""
    return _ORDINALS[index] if index < len(_ORDINALS) else f"number {index + 1}"
