"""The virtual list that folds: cursor, keys, mouse, refresh."""

from textual.content import Content
from textual.pilot import Pilot

from tests.ui.panes.stage import Stage
from turso_tui.ui.widgets.tree_list import RowText, TreeList, TreeRow


def draw(row: TreeRow) -> RowText:
    return RowText(Content("  " * row.depth + str(row.item)), Content(row.id[0][:3]))


def leaves(*names: str) -> tuple[TreeRow, ...]:
    return tuple(TreeRow((name,), name) for name in names)


FAMILY = (
    TreeRow(("mother",), "mother", folded=False),
    TreeRow(("daughter",), "daughter", depth=1),
    TreeRow(("son",), "son", depth=1),
    TreeRow(("uncle",), "uncle", folded=True),
)


class Listening(Stage):
    """Keeps what the list says."""

    def __init__(self, rows: tuple[TreeRow, ...], *, clicks_to_choose: int = 1) -> None:
        self.listing = TreeList(draw, clicks_to_choose=clicks_to_choose)
        super().__init__(self.listing)
        self.rows = rows
        self.chosen: list[str] = []
        self.folds: list[tuple[str, bool]] = []

    def on_mount(self) -> None:
        self.listing.rows = self.rows
        self.listing.focus()

    def on_tree_list_chosen(self, event: TreeList.Chosen) -> None:
        self.chosen.append(event.row.id[0])

    def on_tree_list_fold_asked(self, event: TreeList.FoldAsked) -> None:
        self.folds.append((event.row.id[0], event.folded))


def text_of(listing: TreeList, line: int) -> str:
    return listing.render_line(line).text


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def test_the_cursor_moves_and_stays_inside() -> None:
    async with (app := Listening(leaves("a", "b", "c"))).run_test() as pilot:
        await press(pilot, "j", "down")
        assert app.listing.cursor == 2
        await press(pilot, "down")
        assert app.listing.cursor == 2
        await press(pilot, "k", "up", "up")
        assert app.listing.cursor == 0


async def test_g_and_capital_g_go_to_the_ends() -> None:
    async with (app := Listening(leaves(*map(str, range(5000))))).run_test() as pilot:
        await press(pilot, "G")
        assert app.listing.cursor == 4999
        assert text_of(app.listing, app.listing.size.height - 1).startswith("4999")
        await press(pilot, "g")
        assert app.listing.cursor == 0
        assert text_of(app.listing, 0).startswith("0 ")


async def test_a_page_is_a_screenful() -> None:
    async with (app := Listening(leaves(*map(str, range(100))))).run_test(size=(40, 10)) as pilot:
        await press(pilot, "pagedown")
        assert app.listing.cursor == 9
        await press(pilot, "pageup")
        assert app.listing.cursor == 0


async def test_the_cursor_stays_on_its_row_and_the_row_on_its_line() -> None:
    rows = leaves(*(f"{number:03}" for number in range(100)))
    async with (app := Listening(rows)).run_test(size=(40, 10)) as pilot:
        await press(pilot, *["j"] * 50)
        line = app.listing.cursor - app.listing.scroll_offset.y
        app.listing.rows = (*leaves("new", "newer"), *rows)
        await pilot.pause()
        assert app.listing.cursor_row == rows[50]
        assert app.listing.cursor - app.listing.scroll_offset.y == line


async def test_when_its_row_is_gone_the_cursor_stays_where_it_was() -> None:
    rows = leaves("a", "b", "c")
    async with (app := Listening(rows)).run_test() as pilot:
        await press(pilot, "j")
        app.listing.rows = (rows[0], rows[2])
        assert app.listing.cursor_row == rows[2]


async def test_an_empty_list_has_no_cursor_and_takes_every_key() -> None:
    async with (app := Listening(())).run_test() as pilot:
        assert app.listing.cursor_row is None
        await press(pilot, "enter", "space", "left", "right", "G", "pagedown")
        assert app.chosen == []


async def test_left_folds_and_right_unfolds() -> None:
    async with (app := Listening(FAMILY)).run_test() as pilot:
        await press(pilot, "left")
        await press(pilot, "G", "right")
        assert app.folds == [("mother", True), ("uncle", False)]


async def test_left_on_a_child_goes_to_its_parent_and_right_back_to_the_first_child() -> None:
    async with (app := Listening(FAMILY)).run_test() as pilot:
        await press(pilot, "j", "j", "h")
        assert app.listing.cursor == 0
        await press(pilot, "l")
        assert app.listing.cursor == 1


async def test_space_toggles_what_folds_and_nothing_else() -> None:
    async with (app := Listening(FAMILY)).run_test() as pilot:
        await press(pilot, "space", "j", "space")
        assert app.folds == [("mother", True)]


async def test_a_click_moves_the_cursor_and_chooses() -> None:
    async with (app := Listening(leaves("a", "b"))).run_test() as pilot:
        await pilot.click(TreeList, offset=(5, 1))
        assert (app.listing.cursor, app.chosen) == (1, ["b"])
        await pilot.click(TreeList, offset=(5, 7))
        assert (app.listing.cursor, app.chosen) == (1, ["b"])


async def test_where_one_click_is_too_easy_it_takes_two() -> None:
    async with (app := Listening(leaves("a", "b"), clicks_to_choose=2)).run_test() as pilot:
        await pilot.click(TreeList, offset=(5, 1))
        assert app.chosen == []
        await pilot.double_click(TreeList, offset=(5, 1))
        assert app.chosen == ["b"]


async def test_a_click_on_the_sign_folds() -> None:
    async with (app := Listening(FAMILY)).run_test() as pilot:
        await pilot.click(TreeList, offset=(0, 0))
        assert (app.folds, app.chosen) == ([("mother", True)], [])


async def test_a_long_label_is_cut_with_a_sign_before_the_aside() -> None:
    async with (app := Listening(leaves("x" * 80))).run_test():
        assert text_of(app.listing, 0).rstrip().endswith("x… xxx")


async def test_wide_characters_never_push_the_aside_off_its_place() -> None:
    async with (app := Listening(leaves("日本語" * 20, "ab"))).run_test():
        lines = [app.listing.render_line(line) for line in (0, 1)]
        assert [line.cell_length for line in lines] == [app.listing.size.width - 1] * 2


async def test_a_label_keeps_its_room_when_the_list_is_very_narrow() -> None:
    app = Listening(leaves("a-long-name"))
    async with app.run_test(size=(9, 5)) as pilot:
        app.listing.styles.width = 9
        await pilot.pause()
        assert text_of(app.listing, 0).rstrip() == "a-long…"
