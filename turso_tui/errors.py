"""Everything that can go wrong, as one hierarchy.

Each error says what happened, what it means and what to do next, because a message that a person cannot act upon
is noise. Texts from servers are kept as they came; whoever draws them makes them printable (`turso_tui.printable`).
And each says what became of what was asked for (`Outcome`), because only that tells whether it may be asked again.

    TursoTuiError
    ├── InputError               what a person gave cannot be used
    │   └── TokenRejected        … because it is not the token that is needed here
    ├── NetworkError
    │   ├── Unreachable          nothing was sent
    │   ├── ConnectionLost       the request had left; what became of it is unknown
    │   ├── TimedOut             likewise, and nobody answered in time
    │   └── MintFailed           no token came from the Platform API: the statement was not sent
    ├── ProtocolError            the answer is not what the protocol promises
    ├── HttpError                the server answered with a status that is an error
    │   ├── Unauthorized         401
    │   │   └── SignInEnded      … of the Platform API: the sign-in has expired or was revoked
    │   ├── Forbidden            403
    │   │   └── MintRefused      … the account may not mint the token that is needed
    │   ├── NotFound             404
    │   ├── Conflict             the name is taken: 409, 422, and 400 with a text that says so
    │   ├── RateLimited          429
    │   ├── GroupAsleep          the database's group is archived: it must be woken first
    │   └── ServerFault          5xx
    ├── SqlError                 the database refused the statement
    │   ├── Blocked              reads or writes are blocked (quota or setting)
    │   ├── Busy                 another writer has the lock; the statement did not run
    │   ├── TransactionLost      the server rolled the transaction back
    │   └── ResponseTooLarge     the statement ran, its answer was too large for one response
    ├── StreamLost               the server has forgotten the stream; this request did not run
    ├── OutcomeUnknown           a write was sent and no answer came: never repeated silently
    ├── ScriptFailed             a statement of a script failed; says how far the script got
    ├── SignInFailed             a sign-in did not come to its end
    ├── TurnTimeout              the wait for the writer's turn reached its limit
    └── StorageError             a local file cannot be read or written
"""

from collections.abc import Sequence
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a write."""

    APPLIED = "applied"
    NOT_APPLIED = "not applied"
    UNKNOWN = "unknown"


class TursoTuiError(Exception):
    """``what`` happened, what it ``means``, and what to do ``next_step``; the last two may be empty.

    ``outcome`` is what became of the statement, if it was to write.
    """

    outcome: Outcome = Outcome.NOT_APPLIED

    def __init__(self, what: str, *, means: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.means = means
        self.next_step = next_step

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.means, self.next_step) if part)


class InputError(TursoTuiError):
    """What a person gave cannot be used as it is."""


class TokenRejected(InputError):
    """A token of the wrong kind, or no token at all, was given where another is needed."""


class NetworkError(TursoTuiError):
    """Something between us and the server failed."""


class Unreachable(NetworkError):
    """The server could not be reached: nothing was sent, so repeating is safe."""


class ConnectionLost(NetworkError):
    """The connection ended after the request may have left: whether it ran is unknown."""

    outcome = Outcome.UNKNOWN


class TimedOut(NetworkError):
    """No answer in time: whether the request ran is unknown."""

    outcome = Outcome.UNKNOWN


class MintFailed(NetworkError):
    """No database token could be had from the Platform API, for a passing reason: the statement was not sent."""


class ProtocolError(TursoTuiError):
    """An answer that the protocol does not allow: another kind of server, or a truncated one."""

    outcome = Outcome.UNKNOWN


class HttpError(TursoTuiError):
    """The server answered with an error status. ``text`` is its own message, ``code`` its machine code, if any."""

    def __init__(
        self, status: int, text: str, *, code: str | None = None, means: str = "", next_step: str = ""
    ) -> None:
        super().__init__(text or f"The server answered HTTP {status}.", means=means, next_step=next_step)
        self.status = status
        self.text = text
        self.code = code


class Unauthorized(HttpError):
    """401: the token is missing, wrong, expired or revoked. Nothing ran."""


class Forbidden(HttpError):
    """403: the token is good, but may not do this."""


class SignInEnded(Unauthorized):
    """The platform token was refused: expired, revoked, or signed out everywhere. Only a new sign-in helps."""


class MintRefused(Forbidden):
    """The account may not mint the database token that is needed; a token that someone gives may still do."""


class NotFound(HttpError):
    """404: no such thing, or the token may not see it."""


class Conflict(HttpError):
    """The name is taken."""


class RateLimited(HttpError):
    """429: nothing ran. ``retry_after`` is in seconds, None when the server did not say."""

    def __init__(self, status: int, text: str, *, code: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(
            status,
            text,
            code=code,
            means="The server asks to be called less often.",
            next_step="Try again soon." if retry_after is None else f"Try again in {max(1, round(retry_after))} s.",
        )
        self.retry_after = retry_after


class GroupAsleep(HttpError):
    """The group of the database is archived, because nobody used it for a while: nothing runs until it is woken."""


class ServerFault(HttpError):
    """5xx: the server failed. Parts of the request may have run."""

    outcome = Outcome.UNKNOWN


class SqlError(TursoTuiError):
    """The database refused a statement.

    ``message`` is SQLite's own (a server's prefix removed), ``code`` the protocol's (``SQLITE_CONSTRAINT``,
    ``SQL_INPUT_ERROR`` …; empty when the server gave none), ``offset`` the byte offset into the UTF-8 of the
    statement where SQLite stopped, if known. ``step`` is the number of the statement in its batch (from 0), if known.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        offset: int | None = None,
        means: str = "",
        next_step: str = "",
    ) -> None:
        super().__init__(message, means=means, next_step=next_step)
        self.message = message
        self.code = code
        self.offset = offset
        self.step: int | None = None


class Blocked(SqlError):
    """Reads or writes of this database are blocked, by a setting or because a quota is used up."""


class Busy(SqlError):
    """Another writer holds the lock (SQLITE_BUSY): this statement did not run."""


class Loss(StrEnum):
    """How a transaction was lost."""

    EXPIRED = "expired"
    """The server forgot its connection: it was idle for too long, or the server was started anew."""
    LOCK_TAKEN = "lock taken"
    """Someone else waited for the lock, and the server took it away."""
    ROLLED_BACK = "rolled back"
    """A statement in it failed, or was cancelled, and took the transaction along."""
    DISCONNECTED = "disconnected"
    """Its connection broke."""
    REFUSED = "refused"
    """Its token is no longer accepted."""


class TransactionLost(SqlError):
    """The open transaction has ended by itself: all of it is rolled back, and this statement did not run.

    ``statements`` are the texts that had run in it and are lost, in their order, its BEGIN among them.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        means: str = "",
        next_step: str = "",
        reason: Loss = Loss.ROLLED_BACK,
        statements: Sequence[str] = (),
    ) -> None:
        super().__init__(message, code=code, means=means, next_step=next_step)
        self.reason = reason
        self.statements = tuple(statements)


class ResponseTooLarge(SqlError):
    """The statement ran, but its answer does not fit one response."""

    outcome = Outcome.APPLIED


class StreamLost(TursoTuiError):
    """The server no longer knows the stream (idle too long, restarted): this request did not run."""


class OutcomeUnknown(TursoTuiError):
    """A write had left when the connection failed: it may or may not have been applied.

    ``statements`` are the texts that it is about; ``checks`` are SELECTs with which a person can look.
    """

    outcome = Outcome.UNKNOWN

    def __init__(
        self,
        what: str,
        *,
        means: str = "",
        next_step: str = "",
        statements: Sequence[str] = (),
        checks: Sequence[str] = (),
    ) -> None:
        super().__init__(what, means=means, next_step=next_step)
        self.statements = tuple(statements)
        self.checks = tuple(checks)


class ScriptFailed(TursoTuiError):
    """A script that could not be one transaction stopped at its statement number ``index`` (from 0) of ``total``.

    ``applied`` statements before it stay applied, whatever becomes of the rest; ``cause`` is what went wrong with this
    one, and ``outcome`` what became of it.
    """

    def __init__(
        self, what: str, *, cause: TursoTuiError, index: int, applied: int, total: int, means: str = ""
    ) -> None:
        super().__init__(what, means=means, next_step=cause.next_step)
        self.cause = cause
        self.index = index
        self.applied = applied
        self.total = total
        self.outcome = cause.outcome


class SignInFailed(TursoTuiError):
    """A sign-in did not come to its end: nobody came back in time, or with something that is no platform token."""


class TurnTimeout(TursoTuiError):
    """The wait for the writer's turn reached its limit; the statement did not run."""


class StorageError(TursoTuiError):
    """A local file cannot be read or written (permissions, full disk, not a database)."""
