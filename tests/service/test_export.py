"""Files: what is written is what was there, whole or not at all."""

import asyncio
import base64
import csv
import json
import math
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import apsw
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from turso_tui.errors import InputError, StorageError
from turso_tui.service.export import export, format_for
from turso_tui.service.export_files import EXPORT_FORMATS, ExportFormat
from turso_tui.service.export_values import distinct_names
from turso_tui.service.results import ResultSet, ResultStore
from turso_tui.service.results_conditions import read_condition
from turso_tui.service.results_views import Order
from turso_tui.values import Column, Row, Value

COLUMNS = [Column("id"), Column("id"), Column("")]
NAMES = ["id", "id_2", "column"]
FORMATS = {each.id: each for each in EXPORT_FORMATS}

texts = st.text(st.characters(codec="utf-8")) | st.sampled_from(
    [
        "NULL",
        "null",
        "1",
        "1.0",
        "-0",
        "Inf",
        "nan",
        "x'00'",
        " a",
        "a ",
        "\\N",
        "a,b",
        'a"b',
        "a\r\nb",
        "\n",
        "'",
        "\0",
    ]
)
values = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), texts, st.binary())
rows_of_three = st.lists(st.tuples(values, values, values), max_size=5)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ResultStore]:
    with ResultStore(tmp_path_factory.mktemp("scratch")) as store:
        yield store


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")


async def result_of(store: ResultStore, rows: Sequence[Row], columns: Sequence[Column] = COLUMNS) -> ResultSet:
    result = await store.create(columns)
    await result.append(rows)
    result.finish()
    return result


async def exported(store: ResultStore, folder: Path, rows: Sequence[Row], format: str) -> Path:
    result = await result_of(store, rows)
    path = folder / f"rows{FORMATS[format].ending}"
    done = await export(result, path, FORMATS[format], overwrite=True)
    assert (done.rows, done.size) == (len(rows), path.stat().st_size)
    await result.drop()
    return path


def exact(rows: Sequence[Sequence[Value]]) -> list[list[tuple[type, object]]]:
    """Comparable without 1 == 1.0 and 0.0 == -0.0."""
    return [
        [(type(value), struct.pack("d", value) if isinstance(value, float) else value) for value in row] for row in rows
    ]


def fields(text: str) -> Iterator[list[tuple[str, bool]]]:
    """CSV read with what its quotes say, which Python's reader forgets."""
    row: list[tuple[str, bool]] = []
    place = 0
    while place < len(text):
        if text[place] == '"':
            end = place + 1
            while text[end] != '"' or text[end + 1] == '"':
                end += 2 if text[end] == '"' else 1
            row.append((text[place + 1 : end].replace('""', '"'), True))
            place = end + 1
        else:
            end = min(found for found in (text.find(",", place), text.find("\n", place)) if found >= 0)
            row.append((text[place:end], False))
            place = end
        if text[place] == "\n":
            yield row
            row = []
        place += 1
        if text[place - 1] == "," and text[place] == "\n":
            row.append(("", False))
            yield row
            row = []
            place += 1


def from_csv(field: str, quoted: bool) -> Value:
    if quoted:
        return field
    if not field:
        return None
    if field.startswith("x'"):
        return bytes.fromhex(field[2:-1])
    try:
        return int(field)
    except ValueError:
        pass
    try:
        return float(field)
    except ValueError:
        return field


def from_json(value: object) -> Value:
    match value:
        case {"base64": str(text)}:
            return base64.b64decode(text)
        case {"real": str(text)}:
            return float(text)
        case None | int() | float() | str():
            return value
    raise AssertionError(value)


def from_object(text: str) -> list[Value]:
    pairs = json.loads(text, object_pairs_hook=lambda pairs: pairs)
    assert [name for name, _ in pairs] == NAMES
    return [from_json(dict(value) if isinstance(value, list) else value) for _, value in pairs]


@given(rows_of_three)
@example([(None, "", "NULL"), (1, "1", 1.0), (b"", "x''", math.inf), (-0.0, "Inf", None)])
async def test_csv_says_everything_by_its_quotes(store: ResultStore, folder: Path, rows: list[Row]) -> None:
    path = await exported(store, folder, rows, "csv")
    header, *body = fields(path.read_bytes().decode())
    assert header == [("id", False), ("id", False), ("", True)]
    assert exact([[from_csv(*field) for field in row] for row in body]) == exact(rows)


@given(st.lists(st.tuples(texts, texts, texts), max_size=5))
async def test_any_reader_of_csv_gets_the_texts(store: ResultStore, folder: Path, rows: list[Row]) -> None:
    path = await exported(store, folder, rows, "csv")
    with path.open(encoding="utf-8", newline="") as file:
        assert [tuple(row) for row in csv.reader(file)][1:] == rows


@given(rows_of_three)
async def test_json_comes_back_exactly(store: ResultStore, folder: Path, rows: list[Row]) -> None:
    path = await exported(store, folder, rows, "json")
    objects = json.loads(path.read_bytes(), object_pairs_hook=lambda pairs: pairs)
    read = [[from_json(dict(value) if isinstance(value, list) else value) for _, value in each] for each in objects]
    assert exact(read) == exact(rows)


@given(rows_of_three)
async def test_ndjson_is_an_object_a_line_and_comes_back_exactly(
    store: ResultStore, folder: Path, rows: list[Row]
) -> None:
    path = await exported(store, folder, rows, "ndjson")
    lines = path.read_bytes().decode().split("\n")
    assert lines.pop() == ""
    assert exact([from_object(line) for line in lines]) == exact(rows)


@given(rows_of_three)
async def test_tsv_is_a_line_a_row(store: ResultStore, folder: Path, rows: list[Row]) -> None:
    path = await exported(store, folder, rows, "tsv")
    lines = path.read_bytes().decode().split("\n")
    assert len(lines) == len(rows) + 2
    assert all(line.count("\t") == 2 for line in lines[:-1])


@given(rows_of_three)
async def test_a_script_of_sql_makes_the_same_rows(store: ResultStore, folder: Path, rows: list[Row]) -> None:
    path = await exported(store, folder, rows, "sql")
    with closing(apsw.Connection(":memory:")) as connection:
        connection.execute(path.read_bytes().decode())
        assert exact(connection.execute("SELECT * FROM result").fetchall()) == exact(rows)


@given(rows_of_three)
async def test_a_sqlite_file_holds_the_same_rows(store: ResultStore, folder: Path, rows: list[Row]) -> None:
    path = await exported(store, folder, rows, "sqlite")
    with closing(sqlite3.connect(path)) as connection:
        cursor = connection.execute("SELECT * FROM result")
        assert [column[0] for column in cursor.description] == NAMES
        assert exact(cursor.fetchall()) == exact(rows)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(-(2**63), 2**63 - 1),
            st.none() | st.floats(allow_nan=False),
            st.none() | st.binary(),
        ),
        max_size=5,
    )
)
async def test_parquet_keeps_columns_of_one_kind_exactly(store: ResultStore, folder: Path, rows: list[Row]) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(await exported(store, folder, rows, "parquet"))
    assert table.column_names == NAMES
    assert exact([tuple(row.values()) for row in table.to_pylist()]) == exact(rows)


async def test_parquet_writes_a_mixture_without_losing_a_digit(store: ResultStore, folder: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    rows: list[Row] = [(1, 2**60, 1), (0.5, 0.5, "x"), (None, None, b"\x00")]
    table = parquet.read_table(await exported(store, folder, rows, "parquet"))
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        (1.0, "1152921504606846976", "1"),
        (0.5, "0.5", "x"),
        (None, None, "x'00'"),
    ]


async def test_a_format_whose_library_is_not_there_says_what_to_install(store: ResultStore, tmp_path: Path) -> None:
    parquet = replace(FORMATS["parquet"], needs="pyarrow_that_is_not_there")
    with pytest.raises(InputError, match=r"need pyarrow_that_is_not_there.*turso-tui\[parquet\]"):
        await export(await result_of(store, []), tmp_path / "a.parquet", parquet)
    assert list(tmp_path.iterdir()) == []


async def test_markdown_is_one_table_whatever_the_rows_hold(store: ResultStore, folder: Path) -> None:
    path = await exported(
        store, folder, [(None, "NULL", "*NULL*"), ("a|b", "a\r\nb", b"\x01"), (1.5, "my_id", "_x_")], "markdown"
    )
    assert path.read_text().splitlines() == [
        "| id | id |  |",
        "| --- | --- | --- |",
        r"| *NULL* | NULL | \*NULL\* |",
        r"| a\|b | a<br>b | `x'01'` |",
        r"| 1.5 | my_id | \_x\_ |",
    ]


@pytest.mark.parametrize("format", EXPORT_FORMATS, ids=list(FORMATS))
async def test_what_is_there_stays_unless_told(store: ResultStore, tmp_path: Path, format: ExportFormat) -> None:
    result = await result_of(store, [(1, 2, 3)])
    path = tmp_path / f"rows{format.ending}"
    path.write_text("mine")
    path.chmod(0o600)
    with pytest.raises(InputError, match="already there"):
        await export(result, path, format)
    assert path.read_text() == "mine"
    await export(result, path, format, overwrite=True)
    assert path.read_bytes() != b"mine"
    assert path.stat().st_mode & 0o777 == 0o600, "as private as it was"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("format", EXPORT_FORMATS, ids=list(FORMATS))
async def test_cancelling_leaves_no_file(store: ResultStore, tmp_path: Path, format: ExportFormat) -> None:
    result = await result_of(store, [(n, "x", None) for n in range(50_000)])
    begun = asyncio.Event()
    exporting = asyncio.create_task(
        export(result, tmp_path / "rows", format, on_progress=lambda _done, _of: begun.set())
    )
    await begun.wait()
    exporting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await exporting
    assert list(tmp_path.iterdir()) == []
    await result.drop()


async def test_progress_is_told_in_rows(store: ResultStore, tmp_path: Path) -> None:
    result = await result_of(store, [(n, "x", None) for n in range(5000)])
    seen: list[tuple[int, int]] = []
    await export(result, tmp_path / "rows.csv", FORMATS["csv"], on_progress=lambda *told: seen.append(told))
    await asyncio.sleep(0)
    assert seen == [(0, 5000), (2000, 5000), (4000, 5000), (5000, 5000)]


async def test_a_view_is_exported_in_its_order_with_the_columns_that_are_shown(
    store: ResultStore, tmp_path: Path
) -> None:
    result = await result_of(store, [(n, -n, "x") for n in range(5)], [Column("a"), Column("b"), Column("c")])
    view = await result.view([Order(0, descending=True)], read_condition("a > 2", result.columns))
    await export(view, tmp_path / "rows.csv", FORMATS["csv"], columns=[1, 0])
    assert (tmp_path / "rows.csv").read_text() == "b,a\n-4,4\n-3,3\n"


async def test_a_place_that_cannot_be_written_is_one_sentence(store: ResultStore, tmp_path: Path) -> None:
    result = await result_of(store, [(1, 2, 3)])
    with pytest.raises(InputError, match="is a folder"):
        await export(result, tmp_path, FORMATS["csv"])
    with pytest.raises(StorageError, match="cannot be written"):
        await export(result, tmp_path / "nowhere" / "rows.csv", FORMATS["csv"])
    with pytest.raises(InputError, match="Every column is hidden"):
        await export(result, tmp_path / "rows.csv", FORMATS["csv"], columns=[])


def test_the_ending_names_the_format() -> None:
    assert [format_for(f"A{each.ending.upper()}") for each in EXPORT_FORMATS] == list(EXPORT_FORMATS)
    assert format_for("rows.xlsx") is None


@given(st.lists(st.sampled_from(["id", "ID", "id_2", "", "column", "a\0"])))
def test_no_two_columns_share_a_name(names: list[str]) -> None:
    distinct = distinct_names([Column(name) for name in names])
    assert len({name.lower() for name in distinct}) == len(names)
    assert all(given and "\0" not in given for given in distinct)
