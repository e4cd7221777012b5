"""Pictures of plans, and what their keys do."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import apsw
import pytest
from textual.pilot import Pilot

from tests.ui.panes.stage import Stage
from tests.ui.stage import StagedApp, opened, until
from turso_tui.service.database import Database
from turso_tui.service.file import FileLink
from turso_tui.service.plans import ReadsQuota
from turso_tui.service.target import FileTarget
from turso_tui.service.writer import Writers
from turso_tui.ui.screens.plan import PlanScreen

Snap = Callable[..., bool]
Play = Callable[[Pilot[None]], Awaitable[None]]
Size = tuple[int, int]
SIZES = pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["120x36", "80x24"])

SETUP = """
    CREATE TABLE users(id INTEGER PRIMARY KEY, email TEXT, "plan" TEXT, created_at TEXT);
    CREATE TABLE orders(id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), total REAL, placed_at TEXT);
    CREATE INDEX orders_user ON orders(user_id);
    CREATE TRIGGER cleaned AFTER DELETE ON users BEGIN DELETE FROM orders WHERE user_id = old.id; END;
    WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 4000)
    INSERT INTO users SELECT i, 'u' || i || '@example.com', i % 3, '2026-01-01' FROM n;
    INSERT INTO orders SELECT id, id, id / 7.0, '2026-02-02' FROM users WHERE id <= 1500;
"""
DEAR = (
    "SELECT u.email, sum(o.total), (SELECT count(*) FROM orders x WHERE x.placed_at > u.created_at) FROM users u "
    "JOIN orders o ON o.user_id = u.id WHERE u.\"plan\" = '2' GROUP BY u.email ORDER BY 2 DESC LIMIT 20"
)


class Bare(Stage):
    """Dialogs are as wide as they are in the program."""

    CSS = ""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    connection = apsw.Connection(str(tmp_path / "shop.db"))
    connection.execute(SETUP)
    connection.close()
    return tmp_path / "shop.db"


@pytest.fixture
def database(path: Path, tmp_path: Path) -> Database:
    return Database("shop", FileLink(path), Writers(tmp_path / "locks"))


def showing(screen: PlanScreen) -> Play:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.app.push_screen(screen)
        await until(pilot, lambda: screen.view.findings is not None or screen.view.problem is not None)

    return play


@SIZES
class TestPlans:
    def test_scans_their_price_and_what_may_help(self, snap_compare: Snap, database: Database, size: Size) -> None:
        screen = PlanScreen(database, DEAR, scan_rows=3000, quota=ReadsQuota(400_000, 1_000_000))
        assert snap_compare(Bare(), run_before=showing(screen), terminal_size=size)

    def test_nothing_to_worry_about_and_what_is_left_out(
        self, snap_compare: Snap, database: Database, size: Size
    ) -> None:
        screen = PlanScreen(
            database, "DELETE FROM users WHERE id = ? OR id IN (SELECT user_id FROM orders WHERE id = 1)"
        )
        assert snap_compare(Bare(), run_before=showing(screen), terminal_size=size)

    def test_a_statement_that_has_no_plan(self, snap_compare: Snap, database: Database, size: Size) -> None:
        screen = PlanScreen(database, "SELECT * FROM nowhere")
        assert snap_compare(Bare(), run_before=showing(screen), terminal_size=size)


async def test_f3_shows_the_plan_and_i_puts_its_index_into_the_editor(path: Path, tmp_path: Path) -> None:
    app = StagedApp(tmp_path, FileTarget(path))
    async with app.run_test(size=(120, 36)) as pilot:
        console = await opened(pilot)
        console.editor.editor.load_text("SELECT 1;\nSELECT * FROM users WHERE email = ?")
        console.editor.editor.move_cursor((1, 3))
        console.editor.focus()
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, PlanScreen) and app.screen.view.findings is not None)
        await pilot.press("i")
        await until(pilot, lambda: app.screen is console)
        assert console.editor.editor.text == "CREATE INDEX users_email ON users (email);\n"


async def test_the_plan_is_copied_as_sqlite_said_it_and_esc_leaves(database: Database) -> None:
    app = Bare()
    async with app.run_test() as pilot:
        screen = PlanScreen(database, "SELECT (SELECT max(total) FROM orders WHERE user_id = users.id) FROM users")
        await showing(screen)(pilot)
        await pilot.press("y")
        assert app.clipboard.splitlines()[:2] == ["SCAN users", "CORRELATED SCALAR SUBQUERY 1"]
        assert app.clipboard.splitlines()[2].startswith("  SEARCH orders USING INDEX orders_user")
        await pilot.press("i")  # there is no index to insert
        assert app.screen is screen
        await pilot.press("escape")
        assert app.screen is not screen
