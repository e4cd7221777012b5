import httpx
import pytest

from turso_tui import errors
from turso_tui.platform.failures import answer_error


def answer(status: int, text: str) -> errors.HttpError:
    return answer_error(httpx.Response(status, json={"error": text}), None)


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (400, "Invalid expiration format", errors.HttpError),
        (400, "database with same name already exists", errors.Conflict),
        (400, "group name 'x' is not available", errors.Conflict),
        (400, "cannot create database on group default because it is sleeping", errors.GroupAsleep),
        (401, "unauthorized", errors.SignInEnded),
        (402, "payment required", errors.HttpError),
        (403, "forbidden", errors.Forbidden),
        (404, "organization X not found", errors.NotFound),
        (409, "database with name x already exists", errors.Conflict),
        (422, "name", errors.Conflict),
        (429, "slow down", errors.RateLimited),
        (500, "internal", errors.ServerFault),
        (503, "database already exists", errors.ServerFault),
    ],
)
def test_every_status_has_its_error(status: int, text: str, kind: type[errors.HttpError]) -> None:
    error = answer(status, text)
    assert type(error) is kind
    assert (error.status, error.text) == (status, text)


def test_the_cryptic_answer_to_a_database_token_is_explained() -> None:
    error = answer(401, "could not parse jwt id")
    assert isinstance(error, errors.Unauthorized)
    assert "database token" in error.means
    assert "platform token" in error.next_step


@pytest.mark.parametrize(
    ("status", "text", "words"),
    [
        (400, "cannot create database on group default because it is sleeping", "Unarchive the group"),
        (401, "token has been revoked", "Sign in again"),
        (403, "group-scoped token cannot access org-level resources", "organization's token"),
        (403, "group-scoped token does not have the scope db:create", "has the scope"),
        (403, "missing required scope db:mint-token", "has the scope"),
        (403, "organization-scoped token cannot access user resources", "token of your own"),
        (403, "token is not allowed to access organization you", "token of your own"),
        (400, "database app has delete protection enabled", "Switch delete protection off"),
    ],
)
def test_a_known_refusal_says_what_to_do(status: int, text: str, words: str) -> None:
    assert words in answer(status, text).next_step


def test_a_name_in_a_message_is_not_taken_for_a_reason() -> None:
    assert "archived" not in answer(404, "could not find database with name archived: record not found").means


@pytest.mark.parametrize(
    ("content", "text", "code"),
    [
        (b'{"error": "no", "code": "feature_not_available"}', "no", "feature_not_available"),
        (b'{"error": {"message": "no"}}', '{"message":"no"}', None),
        (b'"a bare string"', "a bare string", None),
        (b"<html>\n  <b>Bad gateway</b>", "HTTP 400 Bad Request: <html> <b>Bad gateway</b>", None),
        (b'{"error": null}', 'HTTP 400 Bad Request: {"error": null}', None),
        (b"", "HTTP 400 Bad Request", None),
        (b"[" * 100_000, "HTTP 400 Bad Request: " + "[" * 200, None),
    ],
)
def test_the_text_is_found_in_every_shape_of_error(content: bytes, text: str, code: str | None) -> None:
    error = answer_error(httpx.Response(400, content=content), None)
    assert (error.text, error.code) == (text, code)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00" * 9, b"null", b"0"])
def test_a_body_that_is_no_text_is_no_obstacle(content: bytes) -> None:
    assert answer_error(httpx.Response(502, content=content), None).status == 502
