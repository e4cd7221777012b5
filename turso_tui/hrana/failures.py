"""What a server's refusal means, as an error that says what to do next."""

import re
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
_BODY_LIMIT = 2000

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
            return errors.Blocked(
                message,
                code=code,
                means="This database is blocked: by its configuration, or because a quota of the plan is used up.",
                next_step="Look at the database's configuration and at the organization's usage.",
            )
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
    return errors.SqlError(message, code=code, offset=offset)


def _transaction_lost(code: str) -> errors.TransactionLost:
    return errors.TransactionLost(
        "The transaction is lost: the server rolled it back.",
        code=code,
        means="Someone else was waiting for the lock, and a server takes it away after about five seconds.",
        next_step="Begin again; keep transactions short.",
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
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return _unauthorized(status, text)
        case HTTPStatus.BAD_REQUEST if text.startswith("JWT error"):  # Turso's word for a token that is no JWT
            return _unauthorized(status, text)
        case HTTPStatus.FORBIDDEN:
            return errors.Forbidden(status, text, code=code, means="The token may not do this.")
        case HTTPStatus.NOT_FOUND:
            return errors.NotFound(
                status,
                text or "There is no database at this address.",
                means="It may have been deleted, or the token is for another one.",
            )
        case HTTPStatus.TOO_MANY_REQUESTS:
            return errors.RateLimited(status, text, code=code, retry_after=_retry_after(response))
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return errors.ServerFault(status, text or f"The server failed (HTTP {status}).", code=code)
    return errors.HttpError(status, text, code=code)


def _unauthorized(status: int, text: str) -> errors.Unauthorized:
    reason = _UNAUTHORIZED_REASON.sub(r"\1", text)
    return errors.Unauthorized(status, f"The database refused the token: {reason or 'it gave no reason'}.")


def network_failure(error: httpx.HTTPError, host: str) -> errors.NetworkError:
    """Whether anything had been sent decides what may be repeated, so it decides the type."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return errors.Unreachable(
            f"{host} cannot be reached.", means=str(error), next_step="Is the address right, and the network up?"
        )
    if isinstance(error, httpx.TimeoutException):
        return errors.TimedOut(f"{host} did not answer in time.", means="Whether the request ran is unknown.")
    return errors.ConnectionLost(
        f"The connection to {host} broke.",
        means=f"{str(error) or type(error).__name__}: whether the request ran is unknown.",
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


def _retry_after(response: httpx.Response) -> float | None:
    try:
        return max(0.0, float(response.headers["retry-after"]))
    except (KeyError, ValueError):
        return None
