"""Finding what was run before, in the whole program and by itself."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.stage import StagedApp, opened, ran, said, until
from turso_tui.errors import SqlError
from turso_tui.service.console import Failed, Finished, Started
from turso_tui.service.history import Ending, History, Remembered
from turso_tui.service.link import Summary
from turso_tui.service.target import FileTarget
from turso_tui.ui.history_words import line, preview, when
from turso_tui.ui.screens.history import HistoryScreen

NOW = datetime(2026, 11, 24, 17, 42, 5, tzinfo=UTC).timestamp()


def file_app(home: Path) -> StagedApp:
    (home / "notes.db").touch()
    return StagedApp(home, FileTarget(home / "notes.db"))


def filled(path: Path) -> History:
    """A history of a few statements, some seconds apart."""
    moments = iter(NOW - 3600 * hours for hours in (30 * 24, 30, 2, 2, 1, 0.5, 0.2, 0.1, 0, 0))
    history = History(path, clock=lambda: next(moments))
    for database, sql, seconds, summary in (
        ("agent-0003", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)", 0.012, Summary(rows_written=2)),
        ("agent-0003", "SELECT role, content\n  FROM messages\n WHERE tokens > 20", 0.038, Summary(rows_read=1204)),
        ("agent-0042", "UPDATE threads SET title = trim(title)", 1.24, Summary(311, None, 622, 311)),
    ):
        record = history.record(("acme", "eu", database), [sql])
        record.saw(Started(0, sql))
        record.saw(Finished(0, sql, None, summary, seconds))
    sql = "SELECT nope FROM messages"
    record = history.record(("acme", "eu", "agent-0042"), [sql])
    record.saw(Started(0, sql))
    record.saw(Failed(0, sql, SqlError("no such column: nope"), None, 0.004))
    return history


async def shown(pilot: Pilot[None], history: History) -> tuple[HistoryScreen, list[Remembered | None]]:
    answers: list[Remembered | None] = []
    screen = HistoryScreen(history, clock=lambda: NOW)
    await pilot.app.push_screen(screen, answers.append)
    await until(pilot, lambda: screen.listing.option_count == 4)
    return screen, answers


def lines(screen: HistoryScreen) -> list[str]:
    return [" ".join(str(option.prompt).split()) for option in screen.listing.options]


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (["enter"], "SELECT nope FROM messages"),
        (["down", "enter"], "UPDATE threads SET title = trim(title)"),
        (["up", "enter"], "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)"),
        ([*"0003 create", "enter"], "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)"),
        (["escape"], None),
    ],
    ids=["the newest", "the one below", "the last", "typed", "leaving"],
)
async def test_keys_choose_a_statement(tmp_path: Path, keys: list[str], chosen: str | None) -> None:
    history = filled(tmp_path / "history.db")
    async with StagedApp(tmp_path).run_test(size=(80, 24)) as pilot:
        screen, answers = await shown(pilot, history)
        for key in keys:
            await pilot.press(key)
            if len(key) == 1:
                await until(pilot, lambda: not any(each.group == "search" for each in screen.workers))
        await until(pilot, lambda: bool(answers))

    assert [answer.sql if answer else None for answer in answers] == [chosen]
    history.close()


async def test_what_fits_nothing_is_said_and_esc_clears_it(tmp_path: Path) -> None:
    history = filled(tmp_path / "history.db")
    async with StagedApp(tmp_path).run_test(size=(80, 24)) as pilot:
        screen, answers = await shown(pilot, history)
        await pilot.press(*"nowhere")
        await until(pilot, lambda: "No statement" in said(screen))
        await pilot.press("escape")
        await until(pilot, lambda: len(lines(screen)) == 4)
        assert answers == []
    history.close()


async def test_a_history_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "history.db").mkdir()
    history = History(tmp_path / "history.db")
    async with StagedApp(tmp_path).run_test(size=(80, 24)) as pilot:
        screen = HistoryScreen(history)
        await pilot.app.push_screen(screen)
        await until(pilot, lambda: "cannot be used" in said(screen))
    history.close()


async def test_y_copies_the_statement_itself(tmp_path: Path) -> None:
    history = filled(tmp_path / "history.db")
    app = StagedApp(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, history)
        await pilot.press("down", "down", "ctrl+y")
        assert app.clipboard == "SELECT role, content\n  FROM messages\n WHERE tokens > 20"

        await pilot.press("tab", "down", "y")
        assert app.clipboard.startswith("CREATE TABLE notes")
    history.close()


async def test_what_was_run_is_found_and_comes_into_the_editor(tmp_path: Path) -> None:
    app = file_app(tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        console = await ran(pilot, "select 41 + 1 as answer")
        await ran(pilot, "select nope")
        await ran(pilot, " select 'private'")
        await pilot.press("f12")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))
        screen = app.screen
        assert isinstance(screen, HistoryScreen)
        await until(pilot, lambda: screen.listing.option_count == 2)
        assert [each.split()[0] for each in lines(screen)] == ["✗", "✓"]

        await pilot.press(*"answer", "enter")
        await until(pilot, lambda: app.screen is console)

        assert console.editor.editor.text == "select 41 + 1 as answer"
        assert len(console.editor.tabs.all) == 2
        assert app.focused is console.editor.editor


async def test_the_history_is_there_after_a_restart(tmp_path: Path) -> None:
    async with file_app(tmp_path).run_test(size=(120, 36)) as pilot:
        await ran(pilot, "select 1")
    app = file_app(tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        found = await app.services.history.search()

    assert [(each.sql, each.ending, each.database, each.rows) for each in found] == [
        ("select 1", Ending.DONE, "notes.db", 1)
    ]


@pytest.mark.usefixtures("utc")
@pytest.mark.parametrize(
    ("hours", "words"), [(0, "17:42:05"), (24, "23 Nov 17:42"), (24 * 400, "20 Oct 2025")], ids=["today", "day", "year"]
)
def test_times_are_as_exact_as_their_distance_allows(hours: int, words: str) -> None:
    assert when(NOW - hours * 3600, NOW) == words


def test_nothing_in_a_statement_acts_on_the_screen() -> None:
    evil = Remembered(1, "SELECT '\x1b[31m\u202e'", "agent\x1b-1", "acme", NOW, error="\x1b[0m", ending=Ending.FAILED)

    drawn = line(evil, NOW, narrow=False).plain + preview(evil).plain

    assert not {"\x1b", "\u202e"} & set(drawn)
