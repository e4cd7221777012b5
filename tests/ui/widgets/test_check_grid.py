"""The grid of checks: moving, checking, what every row inherits, and what it looks like when there is little room."""

from tests.ui.panes.stage import Stage
from turso_tui.tokens.permissions import Action, Permission
from turso_tui.ui.widgets.check_grid import CheckColumn, CheckGrid, CheckRow
from turso_tui.ui.widgets.permission_grid import PermissionGrid

COLUMNS = (CheckColumn("r", "read", "r"), CheckColumn("w", "write", "w"), CheckColumn("d", "delete", "d"))
ROWS = (
    CheckRow(None, "all"),
    CheckRow("db", "databases", frozenset({"w", "d"})),
    CheckRow("g", "group", frozenset({"r"})),
)


class Checking(Stage):
    """Keeps what was said about each change."""

    def __init__(self, grid: CheckGrid) -> None:
        self.grid = grid
        super().__init__(grid)
        self.said: list[frozenset[tuple[str | None, str]]] = []

    def on_mount(self) -> None:
        self.grid.focus()

    def on_check_grid_changed(self, event: CheckGrid.Changed) -> None:
        self.said.append(event.checked)

    def lines(self) -> list[str]:
        return [self.grid.render_line(y).text.rstrip() for y in range(self.grid.size.height)]


async def test_space_checks_and_takes_the_check_away() -> None:
    async with (app := Checking(CheckGrid(COLUMNS, ROWS))).run_test() as pilot:
        await pilot.press("space", "space")
        assert app.said == [frozenset({(None, "r")}), frozenset()]


async def test_a_checks_the_whole_row_and_then_nothing_of_it() -> None:
    async with (app := Checking(CheckGrid(COLUMNS, ROWS))).run_test() as pilot:
        await pilot.press("j", "a", "a")
        assert app.said == [frozenset({("db", "w"), ("db", "d")}), frozenset()]


async def test_a_row_that_is_checked_in_part_is_completed() -> None:
    async with (app := Checking(CheckGrid(COLUMNS, ROWS))).run_test() as pilot:
        await pilot.press("space", "a")
        assert app.grid.checked == {(None, "r"), (None, "w"), (None, "d")}


async def test_the_cursor_goes_over_cells_that_a_row_does_not_have() -> None:
    async with (app := Checking(CheckGrid(COLUMNS, ROWS))).run_test() as pilot:
        await pilot.press("j")
        assert app.grid.cursor == (1, 1)
        await pilot.press("h")
        assert app.grid.cursor == (1, 1)
        await pilot.press("l", "j")
        assert app.grid.cursor == (2, 0)


async def test_the_cursor_stays_within_the_grid() -> None:
    async with (app := Checking(CheckGrid(COLUMNS, ROWS))).run_test() as pilot:
        await pilot.press("up", "left", "G", "down", "right")
        assert app.grid.cursor == (2, 0)


async def test_what_every_row_has_is_drawn_by_another_sign_than_what_one_row_has() -> None:
    async with (app := Checking(CheckGrid(COLUMNS, (CheckRow(None, "all"), CheckRow("t", "t"))))).run_test() as pilot:
        await pilot.press("space", "down", "right", "space")
        assert app.lines() == ["     read  write  delete", "all   ✓     ·      ·", "t     ↑     ✓      ·"]


async def test_headings_are_shortened_before_names_are() -> None:
    long = CheckRow("t", "a table with a long name")
    async with (app := Checking(CheckGrid(COLUMNS, (long,)))).run_test():
        assert app.lines() == ["                          r w d", "a table with a long name   ·  ·  ·"]


async def test_a_click_on_a_cell_checks_it_and_one_beside_it_does_not() -> None:
    async with (app := Checking(CheckGrid(COLUMNS, ROWS))).run_test() as pilot:
        write = app.lines()[0].index("write")
        await pilot.click(app.grid, offset=(write + 1, 1))
        await pilot.click(app.grid, offset=(2, 1))
        await pilot.click(app.grid, offset=(app.lines()[0].index("read") + 1, 2))
        assert app.said == [frozenset({(None, "w")})]


async def test_hundreds_of_rows_scroll_under_headings_that_stay() -> None:
    grid = PermissionGrid(f"t{number}" for number in range(300))
    grid.styles.max_height = 8
    grid.styles.width = 60
    async with (app := Checking(grid)).run_test() as pilot:
        await pilot.press("G", "space")
        await pilot.pause()
        lines = app.lines()
        assert lines[0].split() == ["data", "schema"]
        assert lines[-1].split()[:2] == ["t299", "✓"]
        await pilot.press("g")
        await pilot.pause()
        assert app.lines()[2].startswith("every table")


async def test_names_of_tables_are_text_and_nothing_more() -> None:
    grid = PermissionGrid(["[red]x\x1b[2J"])
    grid.styles.width = 60
    async with (app := Checking(grid)).run_test():
        assert "[red]x␛[2J" in app.lines()[3]


async def test_what_is_checked_comes_out_in_the_fewest_permissions() -> None:
    async with (app := Checking(PermissionGrid(["a", "b", "c"]))).run_test() as pilot:
        # every table: read; a and b: add; b also read, which it may anyway
        await pilot.press("space", "down", "right", "space", "down", "space", "left", "space")
        assert isinstance(app.grid, PermissionGrid)
        assert app.grid.permissions == (
            Permission(None, (Action.DATA_READ,)),
            Permission(("a", "b"), (Action.DATA_ADD,)),
        )


async def test_nothing_checked_is_no_permission() -> None:
    async with Checking(grid := PermissionGrid(["a"])).run_test():
        assert grid.permissions == ()


async def test_a_table_that_is_named_gets_a_row_and_the_cursor() -> None:
    async with Checking(grid := PermissionGrid(["a"])).run_test() as pilot:
        grid.add_table("later")
        grid.add_table("a")
        grid.add_table("later")
        await pilot.press("space")
        assert grid.tables == ("a", "later")
        assert grid.permissions == (Permission(("later",), (Action.DATA_READ,)),)


async def test_checks_of_tables_that_are_gone_are_gone_too() -> None:
    async with Checking(grid := PermissionGrid(["a", "b"])).run_test() as pilot:
        await pilot.press("space", "down", "space")
        grid.show_tables(["b"])
        assert grid.checked == {(None, "data_read")}
