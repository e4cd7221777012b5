"""What a server's refusal means, as an error that says what to do next."""

import math
import re
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx
import msgspec

from turso_tui import errors
from turso_tui.hrana.messages import WireError

_PREFIX = re.compile(
    r"^(?:error executing a request on the primary: |SQLite error: |SQL input error: |SQLite input error: "
    r"|Runtime error: |SQL string could not be parsed: )+"
)
_OFFSET = re.compile(r"\s*\(at offset (\d+)\)\s*$")
_UNAUTHORIZED_REASON = re.compile(r"^Unauthorized: `?(.*?)`?$", re.DOTALL)
_BLOCKED_KIND = re.compile(r"\b(reads?|writes?)\b", re.IGNORECASE)
_ASLEEP = re.compile(r"\b(?:is|are) (?:sleeping|asleep|archived)|\bunarchive\b", re.IGNORECASE)
_BODY_LIMIT = 2000

_IN_WORDS: dict[str, tuple[str, str]] = {
    "SQLITE_FULL": (
        "The database has reached its size limit, or the server's disk is full; nothing was changed.",
        "Delete what is not needed, or raise the limit in the database's configuration.",
    ),
    "SQLITE_TOOBIG": ("A value or a row is larger than the server takes; this did not run.", "Store it in parts."),
    "SQLITE_READONLY": ("This way in may only read; nothing was changed.", "Use a token that may write."),
    "SQLITE_AUTH": ("The server does not allow this statement; nothing was changed.", ""),
    "SQLITE_SCHEMA": ("The schema was changed while the statement began; it did not run.", "Run it again."),
    "SQLITE_INTERRUPT": ("It was interrupted; what it had changed is rolled back.", "Run it again."),
    "SQLITE_NOMEM": (
        "The server had no memory left; nothing was changed.",
        "Ask for less at once.",
    ),
    "SQLITE_IOERR": ("The server could not read or write its file; nothing was changed.", "Try again later."),
    "SQLITE_CANTOPEN": ("The server could not open the database's file; nothing was changed.", "Try again later."),
    "SQLITE_PROTOCOL": ("The server could not lock its file; nothing was changed.", "Try again."),
    "SQLITE_CORRUPT": (
        "The database's file is damaged.",
        "Write nothing more to it; restore a point in time before the damage.",
    ),
    "SQLITE_NOTADB": ("What the server opened is not a database, or is encrypted with another key.", ""),
}
"""What SQLite's terse words mean, by primary result code: meaning, next step."""

IS_IT_A_DATABASE = "Is this the address of a database, and no proxy or sign-in page in between?"

STREAM_GONE = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class _Body(msgspec.Struct):
    """The two JSON shapes of an error body: sqld's ``error``, and ``message`` with ``code`` for stream expiry."""

    error: str | None = None
    message: str | None = None
    code: str | None = None


def sql_error(wire: WireError) -> errors.SqlError:
    """The in-band error of one statement; servers' prefixes go, SQLite's own words stay."""
    message = _PREFIX.sub("", wire.message) or "The statement failed, and the server did not say why."
    offset = None
    if found := _OFFSET.search(message):
        offset = int(found.group(1))
        message = message[: found.start()]
    code = wire.extended_code or wire.code or ""
    match wire.code:
        case "BLOCKED":
            return _blocked(message, code)
        case "SQLITE_BUSY" | "TRANSACTION_BUSY":
            return errors.Busy(message, code=code, means="Another writer holds the database; this did not run.")
        case "TRANSACTION_TIMEOUT":
            return _transaction_lost(code)
        case "PROXY_ERROR" if message.startswith("Transaction timed"):  # a replica says everything with one code
            return _transaction_lost(code)
        case "RESPONSE_TOO_LARGE":
            return errors.ResponseTooLarge(
                message,
                code=code,
                means="The statement ran, but its answer does not fit one response.",
                next_step="Ask for fewer rows or columns, with LIMIT.",
            )
    means, next_step = _IN_WORDS.get(wire.code or "", ("", ""))
    return errors.SqlError(message, code=code, offset=offset, means=means, next_step=next_step)


def _blocked(message: str, code: str) -> errors.Blocked:
    found = _BLOCKED_KIND.search(message)
    what = "Reading and writing are" if found is None else "Reading is" if found[0][0] in "rR" else "Writing is"
    return errors.Blocked(
        message,
        code=code,
        means=f"{what} blocked, by the database's configuration or because a quota of the plan is used up; "
        "this did not run.",
        next_step="Look at the database's configuration and at the organization's usage.",
    )


def _transaction_lost(code: str) -> errors.TransactionLost:
    return errors.TransactionLost(
        "The transaction is lost: the server rolled it back.",
        code=code,
        means="Someone else was waiting for the lock, and a server takes it away after about five seconds.",
        next_step="Begin again; keep transactions short.",
        reason=errors.Loss.LOCK_TAKEN,
    )


def http_failure(response: httpx.Response, *, had_baton: bool) -> errors.TursoTuiError:
    """The error for a status that is not 2xx; ``response`` has been read."""
    text, code = _read_body(response)
    status = response.status_code
    if had_baton and status in STREAM_GONE and _is_about_the_stream(text, code, status):
        return errors.StreamLost(
            "The connection's session is gone.",
            means="The server forgets a session after about ten idle seconds; an open transaction was rolled back.",
            next_step="Run it again.",
        )
    if status == HTTPStatus.UNAUTHORIZED or text.startswith("JWT error"):  # Turso's word for what is no JWT
        return _unauthorized(status, text)
    if _ASLEEP.search(text):
        return _group_asleep(status, text, code)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return errors.RateLimited(status, text, code=code, retry_after=seconds_to_wait(response))
    return _by_status(status, text, code)


def _by_status(status: int, text: str, code: str | None) -> errors.TursoTuiError:
    match status:
        case HTTPStatus.FORBIDDEN:
            return errors.Forbidden(
                status,
                text,
                code=code,
                means="The token may not do this; nothing was changed.",
                next_step="Use another token.",
            )
        case HTTPStatus.NOT_FOUND:
            return errors.NotFound(
                status,
                text or "There is no database at this address.",
                means="It may have been deleted, or the token is for another one.",
                next_step="Look at the list of databases, or check the address.",
            )
        case HTTPStatus.REQUEST_TIMEOUT:
            return errors.TimedOut(
                text or "The server gave up waiting.",
                means="Whether the request ran is unknown.",
                next_step="Look at the data before you run it again, if it was a write.",
            )
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return errors.ServerFault(
                status,
                text or f"The server failed (HTTP {status}).",
                code=code,
                means="The fault is on the server's side.",
                next_step="Try again later.",
            )
        case _ if status < HTTPStatus.BAD_REQUEST:
            return errors.HttpError(
                status,
                f"The server answered with a redirection (HTTP {status}).",
                means="It is not followed: a token must not travel to another address. Nothing ran.",
                next_step="Use the address that it redirects to, if you trust it.",
            )
    return errors.HttpError(
        status,
        text,
        code=code,
        means=f"The server did not take the request (HTTP {status}); it did not run.",
        next_step="Is this the address of a database?",
    )


def _group_asleep(status: int, text: str, code: str | None) -> errors.GroupAsleep:
    return errors.GroupAsleep(
        status,
        text,
        code=code,
        means="Its group is archived, because nobody used it for ten days. Nothing ran; the data is intact.",
        next_step="Unarchive the group; that takes some seconds.",
    )


def _unauthorized(status: int, text: str) -> errors.Unauthorized:
    reason = _UNAUTHORIZED_REASON.sub(r"\1", text)
    return errors.Unauthorized(status, f"The database refused the token: {reason or 'it gave no reason'}.")


def network_failure(error: httpx.HTTPError, host: str) -> errors.TursoTuiError:
    """Whether anything had been sent decides what may be repeated, so it decides the type."""
    reason = str(error) or type(error).__name__
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout() | httpx.ProxyError():
            return errors.Unreachable(
                f"{host} cannot be reached.",
                means=f"{reason}: nothing was sent.",
                next_step="Is the address right, and the network up?",
            )
        case httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
            return errors.Unreachable(f"{host} cannot be reached.", means=f"{reason}: nothing was sent.")
        case httpx.DecodingError():
            return errors.ProtocolError(
                f"The answer of {host} cannot be unpacked.", means=reason, next_step=IS_IT_A_DATABASE
            )
        case httpx.TimeoutException():
            return errors.TimedOut(
                f"{host} did not answer in time.",
                means="Whether the request ran is unknown.",
                next_step="Is the network up? Look at the data before you repeat a write.",
            )
    return errors.ConnectionLost(
        f"The connection to {host} broke.",
        means=f"{reason}: whether the request ran is unknown.",
        next_step="Is the network up? Look at the data before you repeat a write.",
    )


def _read_body(response: httpx.Response) -> tuple[str, str | None]:
    raw = response.content[:_BODY_LIMIT]
    if response.headers.get("content-type", "").startswith("application/json"):
        try:
            body = msgspec.json.decode(response.content, type=_Body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return raw.decode("utf-8", "replace"), None
        return body.error or body.message or "", body.code
    return raw.decode("utf-8", "replace").strip(), None


def _is_about_the_stream(text: str, code: str | None, status: int) -> bool:
    lowered = text.lower()
    if code in {"STREAM_EXPIRED", "STREAM_LOST", "STREAM_NOT_FOUND"}:
        return True
    return "baton" in lowered or "stream" in lowered or status == HTTPStatus.GONE


def seconds_to_wait(response: httpx.Response) -> float | None:
    """What ``Retry-After`` asks for: seconds, or a date by the clock of the server that sent it."""
    text = response.headers.get("retry-after", "")
    try:
        seconds = float(text)
    except ValueError:
        until, now = _date(text), _date(response.headers.get("date", ""))
        return None if until is None or now is None else max(0.0, until - now)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, IndexError, TypeError):  # what the parser raises for what is no date
        return None
