"""From the Platform API's JSON to models, whatever casing, wrapping or nulls this year's server uses.

The API mixes ``Name``, ``primaryRegion`` and ``delete_protection``, and its official clients disagree on some of them.
Keys are therefore compared without case and underscores; null counts as absent; unknown keys are ignored.
"""

from typing import TypeAlias, TypeVar

import msgspec

from turso_tui.errors import ProtocolError, TokenRejected
from turso_tui.tokens import DatabaseToken, PlatformToken

Json: TypeAlias = object
"""What `msgspec.json.decode` makes of JSON: dict, list, str, int, float, bool or None."""

T = TypeVar("T")


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


class Model(msgspec.Struct, frozen=True, rename=_plain):
    """Something that the Platform API tells us about; immutable, and with a default for all that may be missing."""


def decode(body: bytes) -> Json:
    """The JSON value in ``body``; an empty body is an empty object, because some verbs answer with nothing."""
    if not body.strip():
        return {}
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        del body  # it may hold a token, and a debugger's traceback shows variables
        raise _misunderstood("the answer is not JSON") from None


def read(answer: Json, model: type[T]) -> T:
    """``answer`` as a ``model``. Raises `ProtocolError` naming the place that does not fit."""
    try:
        return msgspec.convert(_normal(answer), model, strict=False, dec_hook=_read_token)
    except msgspec.ValidationError as error:
        del answer  # as above
        raise _misunderstood(str(error)) from None


def one(answer: Json, key: str, model: type[T]) -> T:
    """The object under ``key``, or the whole answer when the server does not wrap it."""
    wrapped = _under(answer, key)
    return read(answer if wrapped is None else wrapped, model)


def many(answer: Json, key: str, model: type[T]) -> tuple[T, ...]:
    """The list under ``key``, or the bare list that some endpoints answer with; null is an empty one."""
    listed = _under(answer, key) if isinstance(answer, dict) else answer
    return read([] if listed is None else listed, tuple[model, ...])  # type: ignore[valid-type]


def _under(answer: Json, key: str) -> Json:
    if not isinstance(answer, dict):
        return None
    return next((value for name, value in answer.items() if _plain(name) == _plain(key)), None)


def _normal(value: Json) -> Json:
    if isinstance(value, dict):
        return {_plain(name): _normal(item) for name, item in value.items() if item is not None}
    return [_normal(item) for item in value] if isinstance(value, list) else value


def _read_token(wanted: type, value: object) -> object:
    if wanted not in (DatabaseToken, PlatformToken):
        raise NotImplementedError(f"No model has a field of type {wanted.__name__}.")
    try:
        return wanted(value if isinstance(value, str) else "")
    except TokenRejected:
        raise ValueError("Expected a token") from None


def _misunderstood(reason: str) -> ProtocolError:
    return ProtocolError(
        f"The Platform API's answer is not understood: {reason}.",
        means="This may be another kind of server, or a newer one than this program knows.",
        next_step="Check the address of the API.",
    )
