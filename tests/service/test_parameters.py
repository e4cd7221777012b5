"""From what is typed to values: strictly, and remembered for the session."""

import struct

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import InputError
from turso_tui.service.parameters import REMEMBERED, Entry, ParameterMemory, ValueType, bind, value_of
from turso_tui.sql.parameters import parameters


@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        (ValueType.TEXT, " it's ", " it's "),
        (ValueType.TEXT, "", ""),
        (ValueType.NULL, "anything", None),
        (ValueType.INTEGER, " -12 ", -12),
        (ValueType.INTEGER, "9223372036854775807", 2**63 - 1),
        (ValueType.INTEGER, "0xFFFFFFFFFFFFFFFF", -1),
        (ValueType.REAL, "1", 1.0),
        (ValueType.REAL, "-.5e3", -500.0),
        (ValueType.BLOB, "00 ff\n10", b"\x00\xff\x10"),
        (ValueType.BLOB, "x'00FF'", b"\x00\xff"),
        (ValueType.BLOB, "", b""),
    ],
)
def test_values(type: ValueType, text: str, value: object) -> None:
    assert value_of(Entry(type, text)) == value


@pytest.mark.parametrize(
    ("type", "text"),
    [
        (ValueType.INTEGER, ""),
        (ValueType.INTEGER, "1.0"),
        (ValueType.INTEGER, "1_000"),
        (ValueType.INTEGER, "٣"),
        (ValueType.INTEGER, "9223372036854775808"),
        (ValueType.INTEGER, "9" * 5_000),
        (ValueType.REAL, "nan"),
        (ValueType.REAL, "inf"),
        (ValueType.REAL, "1e999"),
        (ValueType.REAL, "1,5"),
        (ValueType.BLOB, "0"),
        (ValueType.BLOB, "hello"),
    ],
)
def test_what_is_no_value_is_refused_in_words(type: ValueType, text: str) -> None:
    with pytest.raises(InputError, match="This is"):
        value_of(Entry(type, text))


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_are_exact(number: int) -> None:
    assert value_of(Entry(ValueType.INTEGER, str(number))) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_reals_are_exact(number: float) -> None:
    value = value_of(Entry(ValueType.REAL, repr(number)))
    assert struct.pack("d", value) == struct.pack("d", number)


@given(st.binary())
def test_blobs_are_exact(data: bytes) -> None:
    assert value_of(Entry(ValueType.BLOB, data.hex())) == data


class TestBinding:
    def test_numbers(self) -> None:
        assert bind(parameters("select ?3, ?1"), ["one", "three"]) == ("one", None, "three")

    def test_names(self) -> None:
        assert bind(parameters("select :a, $b"), [1, 2]) == {":a": 1, "$b": 2}

    def test_both_at_once_is_refused(self) -> None:
        with pytest.raises(InputError, match="with a name and without"):
            bind(parameters("select ?, :a"), [1, 2])

    def test_sqlite_takes_them(self) -> None:
        connection = apsw.Connection(":memory:")
        sql = "select ?2, ?"
        values = bind(parameters(sql), ["b", "c"])
        assert connection.execute(sql, values).get == ("b", "c")


class TestMemory:
    def test_the_last_entries_of_a_statement(self) -> None:
        memory = ParameterMemory()
        wanted = parameters("select ?, :a")
        entry = Entry(ValueType.INTEGER, "1")
        memory.remember("select ?, :a", {"?1": entry})
        assert memory.recall("select ?, :a", wanted) == [entry, Entry()]

    def test_a_name_means_the_same_elsewhere_but_a_number_does_not(self) -> None:
        memory = ParameterMemory()
        memory.remember("select :a, ?", {":a": Entry(text="x"), "?2": Entry(text="y")})
        assert memory.recall("select ?, :a", parameters("select ?, :a")) == [Entry(), Entry(text="x")]

    def test_it_does_not_grow_for_ever(self) -> None:
        memory = ParameterMemory()
        for number in range(REMEMBERED + 1):
            memory.remember(f"select {number}, ?", {"?1": Entry(text="x")})
        assert memory.recall("select 0, ?", parameters("select ?")) == [Entry()]
        assert memory.recall("select 1, ?", parameters("select ?")) == [Entry(text="x")]
