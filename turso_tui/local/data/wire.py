"""Reading requests and writing answers as JSON, with sqld's answer to a body that is no request."""

from typing import TypeVar

import msgspec

from turso_tui.local.data.errors import protocol_violation
from turso_tui.local.data.messages import CursorRequest, PipelineRequest

_Message = TypeVar("_Message")

_encoder = msgspec.json.Encoder()
_pipeline = msgspec.json.Decoder(PipelineRequest)
_cursor = msgspec.json.Decoder(CursorRequest)


def to_json(message: object) -> bytes:
    """A message of `messages`, or anything made of plain JSON values."""
    return _encoder.encode(message)


def read_pipeline(body: bytes) -> PipelineRequest:
    """The body of a pipeline. Raises `HttpFailure`; nothing has run then, and the baton is still good."""
    return _read(_pipeline, body)


def read_cursor(body: bytes) -> CursorRequest:
    """The body of a cursor; as `read_pipeline`."""
    return _read(_cursor, body)


def read_stateless(kind: type[_Message], body: bytes) -> _Message:
    """The body of a Hrana 1 request, whose ``type`` the path has already said."""
    return _read(msgspec.json.Decoder(kind), body)


def _read(decoder: msgspec.json.Decoder[_Message], body: bytes) -> _Message:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise protocol_violation(f"Cannot deserialize client message from JSON: {error}") from error
