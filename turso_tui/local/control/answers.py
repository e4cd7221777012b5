"""How the Platform API speaks: always 200 and a JSON object when it worked, ``{"error": …}`` when it did not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

Json: TypeAlias = Mapping[str, Any] | list[Any]
Body = TypeVar("Body", bound=msgspec.Struct)

NOTHING: Json = {}
"""What the documentation calls "no content": clients parse every 200, so it is an empty object."""


class ApiError(Exception):
    """Answered as ``{"error": text}`` with this status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def answer(body: Json, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


async def answer_api_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101 — registered for this class only
    return answer({"error": error.text}, error.status)


async def answer_storage_error(_request: Request, error: Exception) -> Response:
    return answer({"error": str(error)}, 500)


async def answer_http_exception(_request: Request, error: Exception) -> Response:
    """Starlette's own 404 and 405, in this API's words."""
    assert isinstance(error, HTTPException)  # noqa: S101 — registered for this class only
    response = answer({"error": error.detail.lower()}, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def read_body(request: Request, shape: type[Body]) -> Body:
    """The body in the shape of a struct, whatever its content type; an empty one means no keys at all.

    Keys match without regard to case, because clients send ``Name`` as well as ``name``.
    """
    raw = await request.body()
    try:
        decoded = msgspec.json.decode(raw) if raw.strip() else {}
        return msgspec.convert(_lower_keys(decoded), shape)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise ApiError(400, f"invalid request body: {error}") from error


def _lower_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key).lower(): _lower_keys(item) for key, item in value.items()}
    return value
