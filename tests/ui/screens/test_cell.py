"""One cell, as what it means and as it is."""

import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import ContentSwitcher, Static

from turso_tui.ui.screens.cell import CellScreen, kind_of
from turso_tui.ui.themes import default_variables, load_themes, shipped_directory
from turso_tui.ui.widgets.json_tree import LARGEST, JsonTree, Number, Pairs, read_json
from turso_tui.values import Column, Value

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
JSON = '{"b": 1.10, "a": [1, 2, {"deep": null}], "b": "[bold]\\u001b[31m", "n": 12345678901234567890}'


class CellApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        for theme in load_themes([shipped_directory()]).themes:
            self.register_theme(theme)
        self.theme = "turso-dark"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables(self.current_theme)


@asynccontextmanager
async def shown(value: Value, decltype: str | None = None) -> AsyncIterator[tuple[CellScreen, Pilot[None]]]:
    app = CellApp()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = CellScreen(Column("c", decltype), 0, value, zone=UTC)
        await app.push_screen(screen)
        await pilot.pause()
        yield screen, pilot


def text(screen: CellScreen) -> str:
    """What the side on show says."""
    current = screen.query_one(ContentSwitcher).visible_content
    assert current is not None
    return str(current.query_one(Static).content)


async def test_json_is_a_tree_with_its_numbers_as_they_are_written() -> None:
    async with shown(JSON) as (screen, pilot):
        tree = screen.query_one(JsonTree)
        labels = [str(node.label) for node in tree.root.children]
        assert labels == ["b: 1.10", "a: [3]", 'b: "[bold]␛[31m"', "n: 12345678901234567890"]
        await pilot.press("v")
        assert text(screen) == JSON


async def test_a_branch_folds_and_unfolds() -> None:
    async with shown(JSON) as (screen, pilot):
        tree = screen.query_one(JsonTree)
        branch = tree.root.children[1]
        await pilot.press("j", "j", "h")
        seen = [branch.is_expanded]
        await pilot.press("l")
        seen.append(branch.is_expanded)
        assert seen == [False, True]
        assert [str(node.label) for node in branch.children] == ["0: 1", "1: 2", "2: {1}"]


async def test_a_vector_is_its_numbers() -> None:
    async with shown(struct.pack("<4f", 0.1, -2.0, 3.5, 1e-7), "F32_BLOB(4)") as (screen, pilot):
        assert text(screen) == "0.1, -2, 3.5, 1e-07"
        await pilot.press("v")
        assert text(screen).startswith("00000000  cd cc cc 3d")


async def test_bytes_say_what_they_begin_like() -> None:
    async with shown(PNG) as (screen, pilot):
        assert text(screen).startswith("00000000  89 50 4e 47")
        assert kind_of(PNG) == "BLOB, PNG, 48 B"
        await pilot.press("v")
        assert text(screen).startswith("00000000"), "there is no other side"


async def test_a_time_is_said_above_the_value() -> None:
    async with shown(1_795_514_400) as (screen, _):
        word = screen.query_one(".word", Static)
        assert str(word.content) == "2026-11-24 10:00:00 UTC · read as seconds since 1970"
        assert text(screen) == "1795514400"


async def test_copying_is_of_the_value_whatever_is_on_show() -> None:
    async with shown(JSON) as (screen, pilot):
        await pilot.press("y")
        assert screen.app.clipboard == JSON


@pytest.mark.parametrize("value", ["{", "[1, 2", "12", '"text"', "[" * 100_000, "[" + "1," * LARGEST + "1]", " plain"])
def test_what_is_no_json_or_too_much_of_it_is_a_text(value: str) -> None:
    assert read_json(value) is None


def test_an_object_keeps_its_order_and_its_doubles() -> None:
    read = read_json('{"b": 1.10, "a": 1e400, "b": 2}')
    assert isinstance(read, Pairs)
    assert list(read) == [("b", Number("1.10")), ("a", Number("1e400")), ("b", Number("2"))]


async def test_a_wide_array_is_unfolded_without_harm() -> None:
    async with shown("[" + ",".join(map(str, range(20_000))) + "]") as (screen, pilot):
        await pilot.press("h", "l", "end")
        assert len(screen.query_one(JsonTree).root.children) == 20_000
