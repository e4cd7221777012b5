"""What goes to the clipboard, by scope and format."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from turso_tui.errors import InputError
from turso_tui.service.copying import Scope, Selection, copied, copy_format
from turso_tui.service.results import ResultSet, ResultStore
from turso_tui.service.results_views import Order
from turso_tui.values import Column

EXPECTED = {
    ("text", Scope.CELL): "it's",
    ("text", Scope.ROW): "2\tit's\tx'00'\n",
    ("text", Scope.COLUMN): "a,b\nit's\nNULL",
    ("csv", Scope.CELL): "it's",
    ("csv", Scope.ROW): "n,t,b\n2,it's,x'00'\n",
    ("csv", Scope.COLUMN): '"a,b"\nit\'s\n',
    ("csv", Scope.ALL): "n,t,b\n1,\"a,b\",\n2,it's,x'00'\n3,,0.5\n",
    ("tsv", Scope.ROW): "n\tt\tb\n2\tit's\tx'00'\n",
    ("tsv", Scope.COLUMN): "a,b\nit's\n\\N",
    ("json", Scope.CELL): '"it\'s"',
    ("json", Scope.ROW): '{"n": 2, "t": "it\'s", "b": {"base64": "AA=="}}',
    ("json", Scope.COLUMN): '["a,b", "it\'s", null]',
    ("markdown", Scope.ROW): "| n | t | b |\n| --- | --- | --- |\n| 2 | it's | `x'00'` |\n",
    ("sql", Scope.CELL): "'it''s'",
    ("sql", Scope.ROW): "INSERT INTO r1 (n, t, b) VALUES\n(2, 'it''s', x'00');\n",
    ("sql", Scope.COLUMN): "('a,b', 'it''s', NULL)",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ResultStore]:
    with ResultStore(tmp_path / "scratch") as store:
        yield store


async def three(store: ResultStore) -> ResultSet:
    result = await store.create([Column("n"), Column("t"), Column("b")])
    await result.append([(1, "a,b", None), (2, "it's", b"\0"), (3, None, 0.5)])
    return result


@pytest.mark.parametrize(("format", "scope"), EXPECTED)
async def test_each_scope_in_each_format(store: ResultStore, format: str, scope: Scope) -> None:
    selection = Selection(await three(store), scope, row=1, column=1, columns=range(3))
    assert await copied(selection, copy_format(format), table="r1") == EXPECTED[format, scope]


async def test_hidden_columns_are_left_out_and_a_view_keeps_its_order(store: ResultStore) -> None:
    view = await (await three(store)).view([Order(0, descending=True)])
    assert await copied(Selection(view, Scope.ALL, 0, 0, columns=[0]), copy_format("csv")) == "n\n3\n2\n1\n"


async def test_what_is_too_much_for_a_clipboard_is_refused_and_a_cell_never_is(store: ResultStore) -> None:
    result = await store.create([Column("t")])
    await result.append([("x" * 2000,)])
    with pytest.raises(InputError, match="Export it"):
        await copied(Selection(result, Scope.ALL, 0, 0, [0]), copy_format("text"), limit=1000)
    assert len(await copied(Selection(result, Scope.CELL, 0, 0, [0]), copy_format("text"), limit=1000)) == 2000


def test_an_unknown_format_is_the_first() -> None:
    assert copy_format("excel").id == "text"
