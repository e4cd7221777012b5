"""The databases pane: grouping, filtering, states, and that nothing jumps."""

from time import perf_counter

import pytest
from textual.widget import Widget

from tests.ui.panes.stage import Stage
from turso_tui.ui.panes.databases import DatabaseItem, DatabasesPane, DatabaseState, Entry, arrange
from turso_tui.ui.widgets.notice import PATIENCE
from turso_tui.ui.widgets.tree_list import TreeList, TreeRow

ITEMS = (
    DatabaseItem("agent-1", "default", 1_200_000),
    DatabaseItem("prod", "default", 800_000, DatabaseState.WRITES_BLOCKED),
    DatabaseItem("agent-2", "eu", 4_000_000, DatabaseState.SLEEPING),
    DatabaseItem("agent-12", "eu"),
)


class Opening(Stage):
    """Keeps which databases were opened."""

    def __init__(self, items: tuple[DatabaseItem, ...] = ITEMS) -> None:
        self.pane = DatabasesPane()
        super().__init__(self.pane)
        self.pane.items = items
        self.opened: list[str] = []

    def on_mount(self) -> None:
        self.pane.focus()

    def on_databases_pane_opened(self, event: DatabasesPane.Opened) -> None:
        self.opened.append(event.item.name)

    @property
    def listing(self) -> TreeList:
        return self.pane.listing.listing

    @property
    def lines(self) -> list[str]:
        return [self.listing.render_line(line).text.rstrip() for line in range(len(self.listing.rows))]

    @property
    def notice(self) -> str:
        return text_of(self.pane.listing.notice) if self.pane.listing.notice.display else ""

    @property
    def count(self) -> str:
        return text_of(self.pane.query_one("#count"))


def text_of(widget: Widget) -> str:
    return str(widget.render())


def names(rows: tuple[TreeRow, ...]) -> list[str]:
    return [row.item.item.name if isinstance(row.item, Entry) else f"[{row.id[1]}]" for row in rows]


def test_groups_keep_their_order_and_databases_theirs() -> None:
    assert names(arrange(ITEMS)) == ["[default]", "agent-1", "prod", "[eu]", "agent-2", "agent-12"]


def test_a_folded_group_shows_only_its_head() -> None:
    assert names(arrange(ITEMS, folded={"default"})) == ["[default]", "[eu]", "agent-2", "agent-12"]


def test_a_query_ranks_within_the_groups_and_unfolds_them() -> None:
    assert names(arrange(ITEMS, "2", folded={"eu"})) == ["[eu]", "agent-2", "agent-12"]


async def test_shows_groups_with_counts_and_sizes_at_the_right() -> None:
    async with (app := Opening()).run_test():
        assert app.lines == [
            "▾ default                     2",
            "   agent-1               1.2 MB",
            "   prod ●w               800 kB",
            "▾ eu                          2",
            "   agent-2 ☾             4.0 MB",
            "   agent-12",
        ]
        assert app.count == "4"


async def test_the_cursor_starts_on_a_database_and_enter_opens_it() -> None:
    async with (app := Opening()).run_test() as pilot:
        await pilot.press("enter")
        assert app.opened == ["agent-1"]


async def test_a_click_opens_a_database_and_folds_a_group() -> None:
    async with (app := Opening()).run_test() as pilot:
        await pilot.click(TreeList, offset=(6, 2))
        assert app.opened == ["prod"]
        await pilot.click(TreeList, offset=(6, 0))
        assert names(app.listing.rows) == ["[default]", "[eu]", "agent-2", "agent-12"]


async def test_groups_fold_by_keys() -> None:
    async with (app := Opening()).run_test() as pilot:
        await pilot.press("left", "left")
        await pilot.pause()
        assert app.lines[:2] == ["▸ default                     2", "▾ eu                          2"]
        await pilot.press("l")
        await pilot.pause()
        assert len(app.lines) == 6


async def test_the_filter_counts_and_puts_the_cursor_on_the_best_match_of_all_groups() -> None:
    async with (app := Opening()).run_test() as pilot:
        await pilot.press("slash", *"agent2")
        await pilot.pause()
        assert names(app.listing.rows) == ["[eu]", "agent-2", "agent-12"]
        assert app.count == "2 of 4"
        await pilot.press("enter")
        await pilot.pause()
        assert app.opened == ["agent-2"]


async def test_clearing_the_filter_leaves_the_cursor_on_its_database() -> None:
    async with (app := Opening()).run_test() as pilot:
        await pilot.press("slash", *"12")
        await pilot.press("escape")
        await pilot.pause()
        row = app.listing.cursor_row
        assert row is not None
        assert row.id == ("database", "agent-12")
        assert len(app.listing.rows) == 6


async def test_nothing_matches_is_said_with_the_way_out() -> None:
    async with (app := Opening()).run_test() as pilot:
        await pilot.press("slash", *"xyz")
        await pilot.pause()
        assert app.notice == "nothing matches “xyz”; esc clears"
        assert app.count == "0 of 4"
        await pilot.press("escape")
        await pilot.pause()
        assert app.notice == ""


async def test_sizes_that_arrive_later_move_neither_cursor_nor_lines() -> None:
    items = tuple(DatabaseItem(f"db-{number:03}", "default") for number in range(200))
    async with (app := Opening(items)).run_test(size=(80, 24)) as pilot:
        await pilot.press("pagedown", "pagedown", "pagedown", "up")
        before = (app.listing.cursor, app.listing.scroll_offset)
        app.pane.items = tuple(DatabaseItem(item.name, item.group, 5000) for item in items)
        await pilot.pause()
        assert (app.listing.cursor, app.listing.scroll_offset) == before
        assert app.lines[0].endswith("kB")


async def test_the_open_database_has_a_bar() -> None:
    async with (app := Opening()).run_test() as pilot:
        app.pane.current = "prod"
        await pilot.pause()
        assert app.lines[2].startswith(" ▌ prod")


async def test_reveal_puts_the_cursor_on_a_database() -> None:
    async with (app := Opening()).run_test():
        app.pane.reveal("agent-12")
        assert app.listing.cursor == 5
        app.pane.reveal("no such")
        assert app.listing.cursor == 5


async def test_loading_is_said_only_after_a_while() -> None:
    async with (app := Opening(())).run_test() as pilot:
        app.pane.reading = True
        await pilot.pause()
        assert app.notice == ""
        await pilot.pause(PATIENCE * 2)
        assert app.notice == "Loading databases…"
        app.pane.items = ITEMS
        await pilot.pause()
        assert (app.notice, app.count) == ("", "loaded 4…")
        app.pane.reading = False
        assert app.count == "4"


async def test_an_answer_in_time_is_never_called_slow() -> None:
    async with (app := Opening(())).run_test() as pilot:
        app.pane.reading = True
        app.pane.items = ITEMS
        await pilot.pause(PATIENCE * 2)
        assert app.notice == ""


async def test_no_databases_say_what_to_do() -> None:
    async with (app := Opening(())).run_test():
        assert app.notice == "No databases yet.\nCreate one, and it appears here."


async def test_a_failure_says_what_and_what_next_and_leaves_what_is_listed() -> None:
    async with (app := Opening()).run_test() as pilot:
        app.pane.problem = ("The server said [red]no\x1b[2J.", "Try again.")
        await pilot.pause()
        assert app.notice == "✗ The server said [red]no␛[2J.\nTry again."
        assert len(app.lines) == 6
        app.pane.problem = None
        await pilot.pause()
        assert app.notice == ""


@pytest.mark.parametrize("name", ["[red]x[/red]", "a\x1b[2Jb", "\u202egnp.exe", "日本語" * 30, ""])
async def test_any_name_is_drawn_as_text_in_its_own_line(name: str) -> None:
    async with (app := Opening((DatabaseItem(name, name, 1),))).run_test() as pilot:
        for line in (0, 1):
            strip = app.listing.render_line(line)
            assert strip.cell_length == app.listing.size.width - 1
            assert "\x1b" not in strip.text
            assert "\u202e" not in strip.text
        await pilot.press("slash", *"x")


async def test_a_mouse_that_rests_is_told_what_the_signs_mean() -> None:
    async with (app := Opening()).run_test() as pilot:
        await pilot.hover(TreeList, offset=(6, 2))
        assert str(app.listing.tooltip) == "prod\n●w writes are blocked"


async def test_five_thousand_databases_are_filtered_within_a_key_press() -> None:
    items = tuple(DatabaseItem(f"agent-{number:04}", f"group-{number % 9}", number) for number in range(5000))
    async with (app := Opening(items)).run_test() as pilot:
        await pilot.press("slash")
        started = perf_counter()
        await pilot.press("a", "4", "2")
        await pilot.pause()
        assert (perf_counter() - started) / 3 < 0.5
        assert 0 < len(app.listing.rows) < 5000
