"""Values survive the way to JSON and back."""

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.local.data.values import Argument, decode, encode
from turso_tui.values import Value

VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.binary(),
)


def read(document: object) -> Value:
    return decode(msgspec.json.decode(msgspec.json.encode(document), type=Argument))


@given(VALUES)
def test_every_value_comes_back_as_it_was(value: Value) -> None:
    returned = decode(msgspec.json.decode(msgspec.json.encode(encode(value)), type=Argument))
    assert (returned, type(returned)) == (value, type(value))


@given(st.binary())
def test_blobs_are_written_without_padding_and_read_with_or_without(data: bytes) -> None:
    padded = base64.b64encode(data).decode()
    assert msgspec.to_builtins(encode(data)) == {"type": "blob", "base64": padded.rstrip("=")}
    assert read({"type": "blob", "base64": padded}) == data


def test_an_infinite_float_is_written_as_null() -> None:
    assert msgspec.json.encode(encode(float("-inf"))) == b'{"type":"float","value":null}'


def test_an_integer_literal_is_a_float_where_a_float_is_due() -> None:
    assert isinstance(read({"type": "float", "value": 3}), float)


@pytest.mark.parametrize(
    "document",
    [
        {"type": "integer", "value": 1},
        {"type": "integer", "value": "9223372036854775808"},
        {"type": "integer", "value": "1.5"},
        {"type": "integer", "value": " 1"},
        {"type": "integer", "value": "9" * 10_000},
        {"type": "float", "value": None},
        {"type": "float", "value": "1"},
        {"type": "blob", "base64": "__8"},
        {"type": "blob", "base64": "A"},
        {"type": "blob", "base64": "AA="},
        {"type": "blob", "base64": "AA\n"},
        {"type": "text"},
        {"type": "boolean", "value": True},
    ],
    ids=str,
)
def test_what_sqld_refuses_is_refused(document: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(document)
