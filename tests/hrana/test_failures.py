"""What each refusal of a server becomes."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui import errors
from turso_tui.hrana.failures import http_failure, network_failure, sql_error
from turso_tui.hrana.messages import WireError

EXPIRED = {"message": "The stream has expired due to inactivity", "code": "STREAM_EXPIRED"}


@pytest.mark.parametrize(
    ("wire", "kind", "message"),
    [
        (WireError("SQLite error: UNIQUE constraint failed: t.a", "SQLITE_CONSTRAINT"), errors.SqlError, "UNIQUE con"),
        (WireError("SQLite error: database is locked", "SQLITE_BUSY"), errors.Busy, "database is locked"),
        (WireError("Transaction timed out", "TRANSACTION_TIMEOUT"), errors.TransactionLost, "The transaction is lost"),
        (WireError("Operation was blocked: quota", "BLOCKED"), errors.Blocked, "Operation was blocked: quota"),
        (WireError("Response is too large", "RESPONSE_TOO_LARGE"), errors.ResponseTooLarge, "Response is too large"),
        (
            WireError("error executing a request on the primary: SQLite error: no such table: x", "PROXY_ERROR"),
            errors.SqlError,
            "no such table: x",
        ),
        (
            WireError("error executing a request on the primary: Transaction timed-out", "PROXY_ERROR"),
            errors.TransactionLost,
            "The transaction is lost",
        ),
        (WireError("no such table: x"), errors.SqlError, "no such table: x"),
        (WireError(), errors.SqlError, "did not say why"),
    ],
)
def test_in_band_errors(wire: WireError, kind: type[errors.SqlError], message: str) -> None:
    error = sql_error(wire)
    assert type(error) is kind
    assert message in error.message
    assert error.code == (wire.code or "")


def test_the_place_of_a_syntax_error_is_a_number() -> None:
    error = sql_error(WireError('SQL input error: near "SELEC": syntax error (at offset 7)', "SQL_INPUT_ERROR"))
    assert (error.message, error.offset) == ('near "SELEC": syntax error', 7)


def test_the_extended_code_says_more() -> None:
    wire = WireError("UNIQUE constraint failed: t.a", "SQLITE_CONSTRAINT", "SQLITE_CONSTRAINT_UNIQUE")
    assert sql_error(wire).code == "SQLITE_CONSTRAINT_UNIQUE"


@pytest.mark.parametrize(
    ("response", "kind", "message"),
    [
        (
            httpx.Response(401, json={"error": "Unauthorized: `The JWT has expired`"}),
            errors.Unauthorized,
            "refused the token: The JWT has expired",
        ),
        (httpx.Response(401), errors.Unauthorized, "gave no reason"),
        (
            httpx.Response(400, json={"error": "JWT error: InvalidToken"}),
            errors.Unauthorized,
            "JWT error: InvalidToken",
        ),
        (httpx.Response(403, json={"error": "Authorization forbidden: no"}), errors.Forbidden, "forbidden: no"),
        (httpx.Response(404, json={"error": "Namespace `x` doesn't exist"}), errors.NotFound, "Namespace `x`"),
        (httpx.Response(404), errors.NotFound, "no database at this address"),
        (httpx.Response(302), errors.HttpError, "redirection"),
        (httpx.Response(408), errors.TimedOut, "gave up waiting"),
        (
            httpx.Response(503, json={"error": "database app is sleeping: unarchive its group to wake it"}),
            errors.GroupAsleep,
            "Unarchive the group",
        ),
        (httpx.Response(403, json={"error": "group x is archived"}), errors.GroupAsleep, "Unarchive the group"),
        (httpx.Response(404, json={"error": "Namespace `archived` doesn't exist"}), errors.NotFound, "deleted"),
        (httpx.Response(429, json={"error": "Too many concurrent requests"}), errors.RateLimited, "Too many"),
        (httpx.Response(500, json={"error": "Internal Error"}), errors.ServerFault, "Internal Error"),
        (httpx.Response(503), errors.ServerFault, "HTTP 503"),
        (httpx.Response(400, text="Cannot deserialize client message"), errors.HttpError, "Cannot deserialize"),
        (httpx.Response(418, text="short and stout"), errors.HttpError, "short and stout"),
    ],
)
def test_http_errors(response: httpx.Response, kind: type[errors.HttpError], message: str) -> None:
    error = http_failure(response, had_baton=False)
    assert type(error) is kind
    assert message in str(error)


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(400, json=EXPIRED),
        httpx.Response(400, text="Received an invalid baton"),
        httpx.Response(400, text="Received a baton that has already been used"),
        httpx.Response(400, text="Stream for this baton was closed"),
        httpx.Response(404, json={"error": "stream not found: x"}),
        httpx.Response(410, json={"code": "STREAM_LOST", "message": "gone"}),
        httpx.Response(410),
    ],
)
def test_a_forgotten_stream_is_one_thing_in_every_dialect(response: httpx.Response) -> None:
    assert isinstance(http_failure(response, had_baton=True), errors.StreamLost)
    assert not isinstance(http_failure(response, had_baton=False), errors.StreamLost)


def test_a_bad_body_on_a_stream_is_not_the_end_of_the_stream() -> None:
    response = httpx.Response(400, text="Cannot deserialize client message from JSON: missing field")
    assert type(http_failure(response, had_baton=True)) is errors.HttpError


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("-1", 0.0),
        ("nan", None),
        ("1e999", None),
        ("Wed, 21 Oct 2015 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2015 07:27:00 GMT", 0.0),
        ("Wed, 99 Oct", None),
        (None, None),
    ],
)
def test_how_long_to_wait(header: str | None, seconds: float | None) -> None:
    """By the clock of the server, which is years away from ours."""
    asked = {} if header is None else {"retry-after": header}
    response = httpx.Response(429, headers={"date": "Wed, 21 Oct 2015 07:28:00 GMT", **asked})
    error = http_failure(response, had_baton=False)
    assert isinstance(error, errors.RateLimited)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            "Operation was blocked: SQL read operations are forbidden (reads are blocked)",
            "Reading is blocked",
        ),
        ("Operation was blocked: SQL write operations are forbidden (writes are blocked)", "Writing is blocked"),
        ("Operation was blocked", "Reading and writing are blocked"),
    ],
)
def test_what_is_blocked(message: str, words: str) -> None:
    assert words in sql_error(WireError(message, "BLOCKED")).means


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("SQLITE_FULL", "size limit"),
        ("SQLITE_TOOBIG", "in parts"),
        ("SQLITE_READONLY", "may only read"),
        ("SQLITE_IOERR", "nothing was changed"),
        ("SQLITE_CORRUPT", "damaged"),
        ("SQLITE_SCHEMA", "Run it again"),
    ],
)
def test_sqlites_terse_words_are_explained(code: str, words: str) -> None:
    error = sql_error(WireError("SQLite error: terse", code))
    assert error.message == "terse"
    assert words in str(error)


@given(st.integers(400, 599), st.binary(), st.booleans(), st.booleans())
def test_any_body_becomes_an_error(status: int, body: bytes, is_json: bool, had_baton: bool) -> None:
    headers = {"content-type": "application/json" if is_json else "text/plain"}
    response = httpx.Response(status, content=body, headers=headers)
    assert str(http_failure(response, had_baton=had_baton))


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.ConnectError("refused"), errors.Unreachable),
        (httpx.ConnectTimeout("slow"), errors.Unreachable),
        (httpx.PoolTimeout("busy"), errors.Unreachable),
        (httpx.ProxyError("refused"), errors.Unreachable),
        (httpx.UnsupportedProtocol("gopher"), errors.Unreachable),
        (httpx.DecodingError("no gzip"), errors.ProtocolError),
        (httpx.ReadTimeout("silence"), errors.TimedOut),
        (httpx.WriteTimeout("stuck"), errors.TimedOut),
        (httpx.ReadError("reset"), errors.ConnectionLost),
        (httpx.RemoteProtocolError("incomplete"), errors.ConnectionLost),
    ],
)
def test_whether_anything_was_sent_decides(failure: httpx.HTTPError, kind: type[errors.TursoTuiError]) -> None:
    error = network_failure(failure, "db.example")
    assert type(error) is kind
    assert "db.example" in str(error)
