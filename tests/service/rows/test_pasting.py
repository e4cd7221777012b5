"""A block from a spreadsheet fits a table, or says where it does not."""

import apsw
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from turso_tui.errors import InputError
from turso_tui.service.rows.facts import TableFacts
from turso_tui.service.rows.pasting import Empty, PastedCell, fit, fit_block, read_block
from turso_tui.service.rows.staging import same
from turso_tui.service.schema import Table, TableColumn, TableKind
from turso_tui.values import Value


def facts(*columns: TableColumn, strict: bool = False) -> TableFacts:
    return TableFacts(Table("t", TableKind.TABLE, columns, strict=strict))


def texts(text: str, separator: str | None = None) -> list[list[str]]:
    return [[cell.text for cell in row] for row in read_block(text, separator)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a", [["a"]]),
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ("a\t\n\tb", [["a", ""], ["", "b"]]),
        ("a\n\nb\n", [["a"], [""], ["b"]]),
        ('"two\nlines"\tb\n', [["two\nlines", "b"]]),
        ('"a ""b"" c"\t"tab\there"', [['a "b" c', "tab\there"]]),
        ('"said" she\tb', [['"said" she', "b"]]),
        ('5"\t6"', [['5"', '6"']]),
        ('"never closed\tb\nc\td', [['"never closed', "b"], ["c", "d"]]),
        ("one, two", [["one, two"]]),
        ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
        ("a,b\nc", [["a,b"], ["c"]]),
        ('a,"b,\nc"\nd,e\n', [["a", "b,\nc"], ["d", "e"]]),
    ],
)
def test_cells_are_found(text: str, expected: list[list[str]]) -> None:
    assert texts(text) == expected


@given(st.lists(st.lists(st.text(alphabet='a"\t,\n\r ;', max_size=5), min_size=2, max_size=3), min_size=1, max_size=4))
def test_what_a_spreadsheet_quotes_is_read_back(rows: list[list[str]]) -> None:
    for separator in "\t,":
        lines = [separator.join(quoted(cell) for cell in row) for row in rows]
        assert texts("\r\n".join(lines) + "\r\n", separator) == rows


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set('"\t,\n\r') else cell


@given(st.text(alphabet='a"\t,\n\r', max_size=30))
def test_any_text_is_read_to_its_end(text: str) -> None:
    letters = "".join(cell for row in texts(text) for cell in row).count("a")
    assert letters == text.count("a")


@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        ("INTEGER", "12", 12),
        ("INTEGER", "-9223372036854775808", -(2**63)),
        ("INTEGER", "1.0", 1),
        ("INTEGER", "1.5", 1.5),
        ("INTEGER", "12 apples", "12 apples"),
        ("INTEGER", "1,234", "1,234"),
        ("INTEGER", "٣", "٣"),
        ("REAL", "1.50", 1.5),
        ("REAL", "3", 3.0),
        ("REAL", "0.1", 0.1),
        ("NUMERIC", "1e3", 1000),
        ("DECIMAL(9,2)", "19.99", 19.99),
        ("TEXT", "007", "007"),
        ("TEXT", "1e3", "1e3"),
        ("", "12", "12"),
        ("BLOB", "x'00ff'", b"\x00\xff"),
        ("BLOB", "12", "12"),
        ("TEXT", "x'00ff'", "x'00ff'"),
        ("DATE", "2024-01-31", "2024-01-31"),
    ],
)
def test_only_a_columns_affinity_makes_numbers(type: str, text: str, value: Value) -> None:
    assert same(fit(facts(TableColumn("a", type)), 0, text), value)


@pytest.mark.parametrize(
    ("type", "text", "reason"),
    [
        ("INTEGER", "007", "leading zeros"),
        ("INTEGER", "9223372036854775808", "more digits"),
        ("REAL", "0.12345678901234567890", "more digits"),
        ("REAL", "1e999", "more digits"),
        ("REAL", "1e-999999999999999999999", "more digits"),
        ("NUMERIC", "12345678901234567890", "more digits"),
    ],
)
def test_a_number_that_would_become_another_is_refused(type: str, text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        fit(facts(TableColumn("a", type)), 0, text)


@example("INTEGER", "10000000e9")
@example("NUMERIC", "-9223372036854775808.0")
@given(
    st.sampled_from(("INTEGER", "REAL", "NUMERIC", "TEXT", "BLOB", "")),
    st.one_of(
        st.from_regex(r"[ +-]?[0-9]{0,20}(\.[0-9]{0,18})?(e[+-]?[0-9]{1,3})?", fullmatch=True).filter(bool),
        st.text(max_size=5).filter(lambda text: "\0" not in text),
    ),
)
def test_sqlite_stores_exactly_what_is_shown(type: str, text: str) -> None:
    """Its own conversions find nothing left to do."""
    try:
        value = fit(facts(TableColumn("a", type)), 0, text)
    except InputError:
        return
    connection = apsw.Connection(":memory:")
    connection.execute(f"CREATE TABLE t (a {type})")
    connection.execute("INSERT INTO t VALUES (?)", (value,))
    ((stored,),) = connection.execute("SELECT a FROM t").fetchall()
    connection.close()
    assert same(stored, value)


TABLE = facts(
    TableColumn("id", "INTEGER", key=1),
    TableColumn("name", "TEXT", not_null=True),
    TableColumn("age", "INT"),
    TableColumn("big", "BLOB", generated=True),
    strict=True,
)


def test_a_block_becomes_values() -> None:
    pasted = fit_block(read_block('Ann\t30\r\n""\t\r\n\\N text\t\\N'), TABLE, [1, 2])
    assert pasted.places == (1, 2)
    assert pasted.rows == [["Ann", 30], ["", None], ["\\N text", None]]
    assert pasted.misfits == []


def test_an_empty_cell_is_what_one_says_it_is() -> None:
    block = [[PastedCell("")]]
    nullable = facts(TableColumn("a", "TEXT"))
    assert fit_block(block, nullable, [0]).rows == [[None]]
    assert fit_block(block, nullable, [0], Empty.TEXT).rows == [[""]]


def test_each_cell_that_does_not_fit_is_named() -> None:
    pasted = fit_block(read_block("x\tAnn\tten\n2\t\t3\n3\tBob"), TABLE, [0, 1, 2])
    assert [(each.row, each.column, each.name) for each in pasted.misfits] == [
        (0, 0, "id"),
        (0, 2, "age"),
        (1, 1, "name"),
        (2, 2, ""),
    ]
    assert [each.reason for each in pasted.misfits] == [
        "id takes integers only.",
        "age takes INT only: the table is STRICT.",
        "name may not be NULL.",
        "This line has 2 cells, others have 3.",
    ]


def test_a_block_wider_than_what_is_left_says_so() -> None:
    (misfit,) = fit_block(read_block("1\t2\t3"), TABLE, [2]).misfits
    assert misfit.reason == "The block has 3 columns; from here the table has 1."


def test_a_generated_column_takes_nothing() -> None:
    (misfit,) = fit_block(read_block("5\tx'00'"), TABLE, [2, 3]).misfits
    assert (misfit.name, misfit.reason) == ("big", "big is generated: its value is computed from other columns.")
