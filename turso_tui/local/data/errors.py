"""How things go wrong on the data plane, and how each server writes it down.

A `SqlFailure` is the answer to one request of a pipeline, whose other requests go on. An `HttpFailure` is the answer to
the whole HTTP request, and it ends the stream.
"""

from typing import NamedTuple

import apsw

from turso_tui.local.data.messages import Error
from turso_tui.local.tenant import Dialect


class SqlFailure(Exception):
    """A request that failed in-band, with the protocol's code (``SQLITE_CONSTRAINT``, ``ARGS_INVALID`` …)."""

    def __init__(self, code: str, message: str, extended_code: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extended_code = extended_code

    def to_message(self) -> Error:
        """The in-band error object."""
        if self.extended_code is None:
            return Error(self.message, self.code)
        return Error(self.message, self.code, self.extended_code)


class HttpFailure(Exception):
    """An HTTP error: a mapping is sent as JSON, a text as ``text/plain``."""

    def __init__(self, status: int, body: dict[str, str] | str) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


def protocol_violation(text: str) -> HttpFailure:
    """400: the client broke the protocol."""
    return HttpFailure(400, text)


def parse_failure(reason: str) -> SqlFailure:
    """The text is not SQL, or not SQL that the server takes."""
    return SqlFailure("SQL_PARSE_ERROR", f"SQL string could not be parsed: {reason}")


def args_invalid(reason: str) -> SqlFailure:
    """The arguments do not fit the parameters."""
    return SqlFailure("ARGS_INVALID", f"Arguments do not match SQL parameters: {reason}")


def response_too_large() -> SqlFailure:
    """The statement ran, but its rows do not fit one answer."""
    return SqlFailure("RESPONSE_TOO_LARGE", "Response is too large")


def transaction_timeout() -> SqlFailure:
    """The write lock was taken away since the last request."""
    return SqlFailure("TRANSACTION_TIMEOUT", "Transaction timed out")


def broken_text(error: UnicodeDecodeError) -> HttpFailure:
    """500: a text in the result is not valid UTF-8, which JSON cannot carry. sqld gives up the whole request."""
    count = error.end - error.start
    return HttpFailure(500, {"error": f"invalid utf-8 sequence of {count} bytes from index {error.start}"})


class Where(NamedTuple):
    """SQLite's result codes, and the byte offset into the text where it stopped, or -1."""

    primary: int
    extended: int
    offset: int


def where(error: apsw.Error) -> Where:
    """What apsw knows of an error; its type stubs do not say that the attributes exist."""
    primary = getattr(error, "result", apsw.SQLITE_ERROR)
    return Where(primary, getattr(error, "extendedresult", primary), getattr(error, "error_offset", -1))


def sqlite_failure(error: apsw.Error, dialect: Dialect) -> SqlFailure:
    """SQLite's error as the dialect reports it.

    sqld calls a plain SQLITE_ERROR ``SQLITE_UNKNOWN``, unless SQLite says where in the text it is
    (``SQL_INPUT_ERROR``, with a byte offset), and never shows extended codes; Turso Cloud does.
    """
    message = str(error)
    primary, extended, offset = where(error)
    if primary == apsw.SQLITE_ERROR and offset >= 0:
        return SqlFailure("SQL_INPUT_ERROR", f"SQL input error: {message} (at offset {offset})")
    code = "SQLITE_UNKNOWN"
    if primary != apsw.SQLITE_ERROR:
        code = str(apsw.mapping_result_codes.get(primary, code))
    if dialect is not Dialect.CLOUD:
        return SqlFailure(code, f"SQLite error: {message}")
    name = apsw.mapping_extended_result_codes.get(extended)
    return SqlFailure(code, message, str(name) if name else None)
