"""What is asked before a write, and what becomes of it then."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import apsw
import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.ui.stage import StagedApp, opened, until
from turso_tui.service.at_stake import Stake
from turso_tui.service.caution import Address, CautionConfig, Level, Scope
from turso_tui.service.rehearsal.rehearsal import Rehearsal
from turso_tui.service.target import FileTarget
from turso_tui.sql.effects import effect_of
from turso_tui.ui.caution import AT_ONCE, Caution
from turso_tui.ui.caution_words import consequence
from turso_tui.ui.home import Place, home_for
from turso_tui.ui.screens.before_write import BeforeWriteScreen
from turso_tui.ui.screens.console import ConsoleScreen
from turso_tui.ui.screens.rehearsal import RehearsalScreen
from turso_tui.ui.work import Work

SIZE = (120, 36)
Count = Callable[[str], object]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with three users."""
    path = tmp_path / "a.db"
    connection = apsw.Connection(str(path))
    connection.execute(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, plan); INSERT INTO users VALUES (1, 1), (2, 1), (3, 2)"
    )
    connection.close()
    return path


@pytest.fixture
def count(path: Path) -> Iterator[Count]:
    """The first value of a query, asked of the file itself."""
    connection = apsw.Connection(str(path))
    yield lambda sql: connection.execute(sql).get
    connection.close()


@pytest.fixture
def app(tmp_path: Path, path: Path) -> StagedApp:
    """The program with that file."""
    return StagedApp(tmp_path, FileTarget(path))


async def asked(pilot: Pilot[None], sql: str, key: str = "f5") -> ConsoleScreen:
    """``sql`` is in the editor and ``key`` pressed; something stands before the Console or it has run."""
    console = await opened(pilot)
    console.editor.editor.load_text(sql)
    console.editor.focus()
    await pilot.press(key)
    await until(pilot, lambda: pilot.app.screen is not console or not console.runs_something)
    return console


async def over(pilot: Pilot[None], console: ConsoleScreen) -> None:
    await until(pilot, lambda: pilot.app.screen is console and not console.runs_something)


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
async def test_every_row_is_asked_about_and_leaving_leaves_everything_as_it_was(
    app: StagedApp, count: Count, key: str
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        console = await asked(pilot, "DELETE FROM users")
        assert isinstance(app.screen, BeforeWriteScreen)
        await pilot.press(key)
        await over(pilot, console)
        assert console.status.status.text == "Not run."
        assert console.editor.editor.text == "DELETE FROM users"
        assert count("SELECT count(*) FROM users") == 3


async def test_enter_runs_it(app: StagedApp, count: Count) -> None:
    async with app.run_test(size=SIZE) as pilot:
        console = await asked(pilot, "DELETE FROM users WHERE plan = 1")
        await pilot.press("enter")
        await over(pilot, console)
        assert count("SELECT count(*) FROM users") == 1


async def test_the_worst_wants_the_name_where_every_write_is_asked_about(
    app: StagedApp, path: Path, count: Count
) -> None:
    app.services.levels.choose(Address(file=str(path)), Scope.FILES, Level.EVERY_WRITE)
    async with app.run_test(size=SIZE) as pilot:
        console = await asked(pilot, "SELECT 1")
        assert app.screen is console
        assert console.editor.has_class("-every-write")
        await asked(pilot, "INSERT INTO users VALUES (4, 1);\nDROP TABLE users;", "f8")
        screen = app.screen
        assert isinstance(screen, BeforeWriteScreen)
        await pilot.press("enter")
        assert app.screen is screen
        screen.query_one("#word", Input).value = "users"
        await pilot.press("enter")
        await over(pilot, console)
        assert count("SELECT count(*) FROM sqlite_schema") == 0


async def test_a_dry_run_shows_what_would_change_and_is_taken_back(app: StagedApp, count: Count) -> None:
    async with app.run_test(size=SIZE) as pilot:
        console = await asked(pilot, "UPDATE users SET plan = 3 WHERE plan = 1", "f11")
        await until(pilot, lambda: isinstance(app.screen, RehearsalScreen))
        said = "\n".join(str(widget.render()) for widget in app.screen.query("Static"))
        assert "2 rows in 1 table would change." in said
        assert "plan 1 → 3" in said
        await pilot.press("escape")
        await over(pilot, console)
        assert console.status.status.text == "The dry run is rolled back."
        assert count("SELECT count(*) FROM users WHERE plan = 3") == 0


async def test_a_dry_run_from_the_question_is_applied_by_one_key(
    app: StagedApp, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = Rehearsal.apply
    said = []

    async def listened(rehearsal: Rehearsal) -> None:
        said.append(console.status.status.text)
        await apply(rehearsal)

    monkeypatch.setattr(Rehearsal, "apply", listened)
    async with app.run_test(size=SIZE) as pilot:
        console = await asked(pilot, "DELETE FROM users")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, RehearsalScreen))
        await pilot.press("c")
        await over(pilot, console)
        assert said == ["Applying what was tried out"]
        assert console.status.status.text.startswith("3 rows changed")
        assert count("SELECT count(*) FROM users") == 0


async def test_ctrl_c_ends_a_dry_run_that_waits(app: StagedApp, count: Count) -> None:
    async with app.run_test(size=SIZE) as pilot:
        console = await asked(pilot, "UPDATE users SET plan = 3 WHERE plan = 1", "f11")
        await until(pilot, lambda: isinstance(app.screen, RehearsalScreen))
        await pilot.press("ctrl+c")
        await over(pilot, console)
        assert console.status.status.text == "The dry run is rolled back."
        count("DELETE FROM users WHERE id = 1")
        assert count("SELECT count(*) FROM users WHERE plan = 1") == 1


async def test_a_dry_run_that_nobody_answers_is_over_and_cannot_be_applied_any_more(
    app: StagedApp, count: Count
) -> None:
    app.services.levels.config = CautionConfig(hold=timedelta(seconds=0.2))
    async with app.run_test(size=SIZE) as pilot:
        console = await asked(pilot, "UPDATE users SET plan = 3 WHERE plan = 1", "f11")
        await until(pilot, lambda: isinstance(app.screen, RehearsalScreen) and app.screen.has_class("-over"))
        count("DELETE FROM users WHERE id = 1")
        await pilot.press("c")
        assert isinstance(app.screen, RehearsalScreen)
        await pilot.press("escape")
        await over(pilot, console)
        assert "no answer came in time" in console.status.status.text
        assert count("SELECT count(*) FROM users WHERE plan = 3") == 0


async def test_what_cannot_be_tried_out_says_why(app: StagedApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        console = await asked(pilot, "VACUUM", "f11")
        await over(pilot, console)
        assert "does not allow VACUUM" in console.status.status.text


async def test_a_level_is_chosen_for_this_place(app: StagedApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        console = await opened(pilot)
        console.editor.focus()
        await pilot.press("alt+c")
        await until(pilot, lambda: app.screen is not console)
        first = app.screen
        await pilot.press("enter")
        await until(pilot, lambda: app.screen not in {console, first})
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: app.screen is console and console.editor.caution is Level.EVERY_WRITE)
        assert "asks before every write" in str(console.editor.border_subtitle)


@dataclass
class Scan:
    """A warning such as plans give."""

    words: str
    detail: str


async def test_a_long_scan_is_asked_about_in_the_same_way(app: StagedApp, path: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        console = await opened(pilot)
        place = Place(path.name, (str(path.parent), path.name), app.services.file(path))

        async def warn(_place: Place, _sql: str) -> Scan:
            return Scan("It reads all 3 rows of users.", "That is 1 % of the month.")

        caution = Caution(console, home_for(app.services, FileTarget(path), ""), app.services.levels, warn)
        work = Work(["SELECT * FROM users"])
        results: list[Work | None] = []

        async def ask() -> None:
            results.append(await caution.allows(place, work, place.database.session()))

        for keys, result in ((["escape"], None), (["d", "escape"], None), (["enter"], work)):
            console.run_worker(ask())
            await until(pilot, lambda: isinstance(app.screen, BeforeWriteScreen))
            await pilot.press(*keys)
            await until(pilot, lambda: app.screen is console)
            assert results[-1] is result


async def test_the_statements_of_a_script_are_looked_at_a_few_at_once_and_told_in_their_order(
    app: StagedApp, path: Path
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        console = await opened(pilot)
        place = Place(path.name, (str(path.parent), path.name), app.services.file(path))
        full = asyncio.Barrier(AT_ONCE)
        looked_at = [0, 0]

        async def warn(_place: Place, sql: str) -> Scan:
            looked_at[0] += 1
            looked_at[1] = max(looked_at)
            if sql != "SELECT 0":
                await full.wait()
            looked_at[0] -= 1
            return Scan(sql, "")

        caution = Caution(console, home_for(app.services, FileTarget(path), ""), app.services.levels, warn)
        work = Work([f"SELECT {number}" for number in range(2 * AT_ONCE + 1)])
        console.run_worker(caution.allows(place, work, place.database.session()))
        await until(pilot, lambda: isinstance(app.screen, BeforeWriteScreen))
        said = [str(widget.render()) for widget in app.screen.query(".warning").results(Static)]
        assert said == [f"! {sql}" for sql in work.statements]
        assert looked_at[1] == AT_ONCE


@pytest.mark.parametrize(
    ("sql", "stake", "words"),
    [
        ("DELETE FROM users", Stake(12430), "deletes all 12 430 rows of users"),
        ("DELETE FROM users WHERE id = 1", Stake(1), "deletes 1 row of users"),
        ("DELETE FROM users", None, "deletes every row of users"),
        ("UPDATE users SET a = 1", Stake(100, has_more=True), "changes all rows of users, more than 100"),
        ("DROP TABLE users", Stake(2), "drops the table users with its 2 rows"),
        ("ALTER TABLE users DROP plan", None, "drops the column plan of users, and all that is in it"),
    ],
)
def test_a_consequence_is_said_with_its_count(sql: str, stake: Stake | None, words: str) -> None:
    assert consequence(effect_of(sql), stake) == words
