"""The codec of values: exact for all that SQLite can hold, and a sentence for everything else."""

import base64
import math
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from turso_tui.errors import InputError, ProtocolError
from turso_tui.hrana.values import WireValue, decode, encode
from turso_tui.values import Value

SMALLEST, LARGEST = -(2**63), 2**63 - 1
values = st.one_of(
    st.none(),
    st.integers(SMALLEST, LARGEST),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8")),
    st.binary(),
)


def from_json(wire: dict[str, Any]) -> Value:
    return decode(msgspec.json.decode(msgspec.json.encode(wire), type=WireValue))


@given(values)
@example(SMALLEST)
@example(LARGEST)
@example(-0.0)
@example(5e-324)
@example("before\0after")
def test_what_is_sent_comes_back(value: Value) -> None:
    returned = from_json(encode(value))
    assert returned == value
    assert type(returned) is type(value)
    if isinstance(value, float):
        assert math.copysign(1, value) == math.copysign(1, returned if isinstance(returned, float) else 0)


@given(st.binary())
def test_a_blob_is_sent_without_padding_and_read_with_and_without(blob: bytes) -> None:
    assert "=" not in encode(blob)["base64"]
    padded = base64.b64encode(blob).decode()
    assert from_json({"type": "blob", "base64": padded}) == blob
    assert from_json({"type": "blob", "base64": padded.rstrip("=")}) == blob


def test_booleans_are_integers() -> None:
    assert encode(True) == {"type": "integer", "value": "1"}


@pytest.mark.parametrize("value", [LARGEST + 1, SMALLEST - 1, math.nan, math.inf, -math.inf, "\ud800"])
def test_what_cannot_be_sent_is_said_before_it_is(value: Value) -> None:
    with pytest.raises(InputError):
        encode(value)


def test_a_float_without_a_number_is_not_finite() -> None:
    value = from_json({"type": "float", "value": None})
    assert isinstance(value, float)
    assert math.isnan(value)


def test_an_integral_number_of_type_float_is_a_float() -> None:
    value = from_json({"type": "float", "value": 12})
    assert value == 12.0
    assert isinstance(value, float)


@pytest.mark.parametrize(
    "wire",
    [
        {"type": "integer", "value": "one"},
        {"type": "integer", "value": str(LARGEST + 1)},
        {"type": "integer", "value": 1.5},
        {"type": "integer", "value": "9" * 5000},
        {"type": "integer"},
        {"type": "float", "value": "1.5"},
        {"type": "text"},
        {"type": "text", "value": 1},
        {"type": "blob"},
        {"type": "blob", "base64": "A"},
        {"type": "blob", "base64": "_-_-"},
        {"type": "blob", "base64": "QQ==QQ=="},
        {"type": "blob", "base64": "ünïcode"},
        {"type": "date", "value": "today"},
    ],
)
def test_what_no_server_may_send_is_a_protocol_error(wire: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        from_json(wire)


def test_a_float_of_too_many_digits_is_a_protocol_error() -> None:
    with pytest.raises(ProtocolError):
        decode(WireValue("float", 10**400))
