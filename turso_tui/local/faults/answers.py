"""Answers that are none: errors in the words of the servers that people meet, and garbage."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import Response

from turso_tui.local.data.wire import to_json
from turso_tui.local.faults.fault import DATA, Form

_WORDS = {
    (401, True): "Unauthorized: `The JWT has expired`",
    (401, False): "invalid token",
    (403, True): "Authorization forbidden: a fault on purpose",
    (429, True): "Too many concurrent requests",
    (429, False): "rate limit exceeded",
    (503, True): "Namespace store has shutdown",
}
_BY_GATEWAYS = {HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}
_PAGE = "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
_WRONG_SHAPE = {"baton": 7, "results": "ok", "databases": 7, "error": None}


def error(status: int, plane: str, retry_after: str | None) -> Response:
    """JSON as the plane writes it; 502 and 504 are a gateway's, which speaks HTML."""
    headers = {} if retry_after is None else {"retry-after": retry_after}
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else f"Status {status}"
    if status in _BY_GATEWAYS:
        page = _PAGE.format(title=f"{status} {phrase}").encode()
        return Response(page, status, headers=headers, media_type="text/html")
    text = _WORDS.get((status, plane == DATA), phrase)
    return Response(to_json({"error": text}), status, headers=headers, media_type="application/json")


def garbage(form: Form) -> Response:
    """Status 200; for the forms that do not need the real answer."""
    match form:
        case Form.HTML:
            return Response(_PAGE.format(title="Sign in to this network"), media_type="text/html")
        case Form.EMPTY:
            return Response(b"", media_type="application/json")
        case Form.JSON:
            body = b'{"baton":null,"results":[{"type":"ok",'
        case Form.UTF8:
            body = b'{"baton":null,"results":[{"type":"\xff\xfe"}]}'
        case _:
            body = to_json(_WRONG_SHAPE)
    return Response(body, media_type="application/json")


def spoilt(form: Form, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> Response:
    """The real answer, with the wrong content type or without its second half; whole for HTTP."""
    response = Response(body[: len(body) // 2] if form is Form.HALF else body, status)
    content_type = b"application/octet-stream" if form is Form.TYPE else None
    for name, value in headers:
        if name == b"content-type":
            response.headers["content-type"] = (content_type or value).decode("latin-1")
    return response
